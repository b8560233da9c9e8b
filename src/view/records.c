#include "view/records.h"

#include "view/format.h"

#include <string.h>

const char *record_text(struct text text, enum lang lang)
{
	return lang == LANG_ZH && text.zh ? text.zh : text.en;
}

const char *record_file(
	const struct history *h, const struct source_info *info, uint32_t file)
{
	const char *path = file ? history_file_name(h, file) : info->path;
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

void json_value(
	struct json *j, const char *key, const struct machine *m, value_t value)
{
	char buf[64];

	if (VALUE_TAG(value) == VALUE_INT)
		json_number(j, key, (int64_t)(value << 16) >> 16);
	else if (VALUE_TAG(value) == VALUE_STRING)
		json_string(j, key, string_text(m, (uint32_t)value));
	else
		json_string(j, key, format_value(buf, sizeof(buf), m, value));
}

void json_ref(struct json *j, const char *key, struct ref ref)
{
	char buf[64];

	json_string(j, key,
		ref.kind == REF_NONE ? NULL
				     : format_ref_id(buf, sizeof(buf), ref));
}

void json_costs(struct json *j, const char *key, const struct costs *costs)
{
	json_object(j, key);
	for (unsigned i = 0; i < NR_COSTS; i++)
		if (costs->n[i])
			json_count(j, cost_name((enum cost_id)i), costs->n[i]);
	json_object_end(j);
}

static void begin(struct json *j, const char *type)
{
	json_object(j, NULL);
	json_string(j, "type", type);
}

static void end(struct json *j)
{
	json_object_end(j);
	json_line_end(j);
}

void record_scenario(struct json *j, const struct history *h,
	const struct source_info *info, enum lang lang)
{
	const struct machine *m = history_machine(h);
	const char *title = record_text(info->title, lang);

	begin(j, "scenario");
	json_string(j, "title", title ? title : "");
	json_string(j, "era", machine_era(m)->name);
	json_string(j, "arch", machine_paging(m)->name);
	json_count(j, "ram", m->ram);
	json_count(j, "swap", m->swap);
	json_string(j, "file", record_file(h, info, 0));
	if (info->summary.en)
		json_string(j, "summary", record_text(info->summary, lang));
	end(j);
}

/* -- what the script said ------------------------------------------------ */

struct said {
	struct json *j;
	const struct history *h;
	const struct source_info *info;
	const struct note *note;
	enum lang lang;
};

static void put_text(const struct said *s)
{
	const char *text = record_text(s->note->text, s->lang);

	json_string(s->j, "text", text ? text : "");
}

static void put_place(const struct said *s)
{
	json_string(s->j, "file", record_file(s->h, s->info, s->note->file));
	json_count(s->j, "line", s->note->line);
}

static void put_ask(const struct said *s)
{
	put_text(s);
	json_array(s->j, "choices");
	for (unsigned i = 0; i < s->note->nr_choices; i++)
		json_string(
			s->j, NULL, record_text(s->note->choice[i], s->lang));
	json_array_end(s->j);
	if (s->note->answer)
		json_count(s->j, "answer", s->note->answer);
	else
		json_null(s->j, "answer");
	json_string(s->j, "why", record_text(s->note->why, s->lang));
}

static void put_show(const struct said *s)
{
	const char *p = s->note->panes ? s->note->panes : "";

	json_array(s->j, "panes");
	for (p += strspn(p, " "); *p; p += strspn(p, " ")) {
		char name[32];
		size_t n = strcspn(p, " ");

		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		json_string(s->j, NULL, name);
		p += n;
	}
	json_array_end(s->j);
}

static void put_point(const struct said *s)
{
	json_ref(s->j, "object", s->note->point);
}

static void put_expect(const struct said *s)
{
	json_bool(s->j, "ok", s->note->ok);
	put_text(s);
	put_place(s);
}

static void put_error(const struct said *s)
{
	put_text(s);
	put_place(s);
}

static const struct {
	const char *type; /* NULL: no record */
	void (*put)(const struct said *s);
} note_records[] = {
	[NOTE_SCENE] = { "scene", put_text },
	[NOTE_SAY] = { "say", put_text },
	[NOTE_NOTE] = { "note", put_text },
	[NOTE_ASK] = { "ask", put_ask },
	[NOTE_SHOW] = { "show", put_show },
	[NOTE_POINT] = { "point", put_point },
	[NOTE_PAUSE] = { NULL, NULL },
	[NOTE_PRINT] = { "print", put_text },
	[NOTE_EXPECT] = { "expect", put_expect },
	[NOTE_ERROR] = { "error", put_error },
};

void record_note(struct json *j, const struct history *h,
	const struct source_info *info, const struct note *note, enum lang lang)
{
	const struct said s = { j, h, info, note, lang };

	if (!note_records[note->kind].type)
		return;
	begin(j, note_records[note->kind].type);
	note_records[note->kind].put(&s);
	end(j);
}

/* -- operations and events ----------------------------------------------- */

static void put_fixed(struct json *j, const char *key, uint64_t v)
{
	if (v == 2)
		json_string(j, key, "noreplace");
	else
		json_bool(j, key, v);
}

static void put_arg(struct json *j, const struct arg_desc *d,
	const struct op *op, uint64_t v)
{
	if (d->type == ARG_FILE)
		json_ref(j, d->name, ref_make(REF_FILE, (uint32_t)v));
	else if (d->type == ARG_ADDR || d->type == ARG_PFN ||
		!strcmp(d->name, "pgoff"))
		json_hex(j, d->name, v);
	else if (d->type == ARG_NAME ||
		 (d->type == ARG_VALUE && op->text_value))
		json_string(j, d->name, op->text);
	else if (d->type == ARG_PROT)
		json_string(j, d->name, prot_name((unsigned)v));
	else if (d->type == ARG_ADVICE)
		json_string(j, d->name, advice_name((enum advice)v));
	else if (d->type == ARG_BOOL)
		json_bool(j, d->name, v);
	else if (d->type == ARG_FIXED)
		put_fixed(j, d->name, v);
	else
		json_number(j, d->name, (int64_t)v);
}

static void put_args(
	struct json *j, const struct op_desc *d, const struct op *op)
{
	json_object(j, "args");
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (op->given & 1u << i)
			put_arg(j, &d->arg[i], op, op->arg[i]);
	json_object_end(j);
}

static void put_subject(struct json *j, const struct machine *m,
	const struct op_desc *d, const struct op *op)
{
	const struct task_struct *task;

	if (d->subject == ON_PAGE)
		json_ref(j, "page", ref_make(REF_PAGE, op->subject));
	if (d->subject == ON_FILE)
		json_ref(j, "file", ref_make(REF_FILE, op->subject));
	if (d->subject != ON_TASK)
		return;
	task = task_find(m, op->subject);
	json_string(j, "task", task ? task->name : NULL);
	json_count(j, "pid", op->subject);
}

static void put_error_result(struct json *j, int status)
{
	json_object(j, "result");
	json_string(j, "error", status_name(status));
	json_object_end(j);
}

static void put_result(struct json *j, const struct machine *m,
	enum op_result_type type, const struct step *s)
{
	if (s->status < 0)
		put_error_result(j, s->status);
	else if (type == RESULT_TASK)
		json_ref(j, "result", ref_make(REF_TASK, (uint32_t)s->value));
	else if (type == RESULT_FILE)
		json_ref(j, "result", ref_make(REF_FILE, (uint32_t)s->value));
	else if (type == RESULT_REGION || type == RESULT_ADDR)
		json_hex(j, "result", s->value);
	else if (type == RESULT_VALUE)
		json_value(j, "result", m, s->value);
	else if (type == RESULT_WALK || type == RESULT_COUNT ||
		type == RESULT_VECTOR)
		json_count(j, "result", s->value);
	else
		json_bool(j, "result", true);
	if (type == RESULT_REGION && s->status >= 0)
		json_count(j, "len", s->len);
}

/* Whom the OOM killer ended in it. */
static void put_killed(struct json *j, const struct step *s)
{
	if (!s->nr_killed)
		return;
	json_array(j, "killed");
	for (unsigned i = 0; i < s->nr_killed && i < MAX_KILLED; i++)
		json_ref(j, NULL, ref_make(REF_TASK, s->killed[i]));
	json_array_end(j);
}

void record_op(struct json *j, const struct history *h, uint32_t n)
{
	static const struct op_desc batch = { .name = "batch" };
	const struct machine *m = history_machine(h);
	const struct step *s = history_step(h, n);
	bool is_batch = s->op.id == OP_BATCH;
	const struct op_desc *d =
		is_batch ? &batch : op_desc((enum op_id)s->op.id);

	begin(j, "op");
	json_count(j, "op", n);
	json_string(j, "call", d->name);
	if (is_batch) {
		json_object(j, "args");
		json_string(j, "text", s->batch_text);
		json_object_end(j);
		json_count(j, "count", s->calls);
	} else {
		put_subject(j, m, d, &s->op);
		put_args(j, d, &s->op);
	}
	put_result(j, m, d->result, s);
	json_count(j, "faults", s->faults);
	put_killed(j, s);
	json_costs(j, "costs", &s->costs);
	if (s->line)
		json_count(j, "line", s->line);
	end(j);
}

void record_event(struct json *j, const struct machine *m, uint32_t n,
	uint32_t k, const struct event *ev, enum lang lang)
{
	/* Nothing runs yet where an operation begins with a lock. */
	const char *fn = ev->fn < NR_FNS ? machine_era(m)->fn[ev->fn] : NULL;
	char buf[512];

	begin(j, "event");
	json_count(j, "op", n);
	json_count(j, "event", k);
	json_string(j, "kind", event_kind_name((enum event_kind)ev->kind));
	json_string(j, "fn", fn);
	json_ref(j, "object", ev->o);
	if (ev->field)
		json_string(j, "field", ev->field);
	if (ev->kind == EVENT_SET) {
		enum value_type type = (enum value_type)ev->type;

		json_string(j, "old",
			format_typed(buf, sizeof(buf), m, type, ev->old));
		json_string(j, "new",
			format_typed(buf, sizeof(buf), m, type, ev->new));
	}
	json_string(j, "text", format_event(buf, sizeof(buf), m, ev, lang));
	end(j);
}

void record_end(struct json *j, const struct record_sums *sums)
{
	begin(j, "end");
	json_count(j, "ops", sums->ops);
	json_count(j, "events", sums->events);
	json_count(j, "passed", sums->passed);
	json_count(j, "failed", sums->failed);
	end(j);
}
