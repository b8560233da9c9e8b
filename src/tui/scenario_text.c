/*
 * Writing a scenario.  Tasks are kept in a table by pid, since Lua allows only
 * 200 local names and tasks' names need not be unique.
 */
#include "tui/scenario_text.h"

#include "core/objects.h"
#include "core/tunables.h"

#include <inttypes.h>
#include <string.h>

struct out {
	struct buf *buf;
	struct history *h;
	const char *indent; /* "\t" inside of a batch */
	uint32_t pid;       /* mapped the frame of the walk before; 0: none */
};

/* A Lua string; what is not plain text is escaped. */
static void put_string(struct buf *b, const char *text)
{
	buf_putc(b, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c == '\n')
			buf_puts(b, "\\n");
		else if (c < ' ' || c == 127)
			buf_printf(b, "\\%03u", c);
		else
			buf_putc(b, (char)c);
	}
	buf_putc(b, '"');
}

static void put_text(struct buf *b, struct text text)
{
	if (!text.zh) {
		put_string(b, text.en);
		return;
	}
	buf_puts(b, "{ en = ");
	put_string(b, text.en);
	buf_puts(b, ", zh = ");
	put_string(b, text.zh);
	buf_puts(b, " }");
}

/* -- arguments ---------------------------------------------------------- */

static void put_value(struct buf *b, const struct op *op, int i)
{
	uint64_t v = op->arg[i] & 0xffffffffffffull;

	if (op->text_value)
		put_string(b, op->text);
	else
		buf_printf(b, "%" PRId64, (int64_t)(v << 16) / 65536);
}

static void put_fixed(struct buf *b, const struct op *op, int i)
{
	static const char *const words[] = { "false", "true", "\"noreplace\"" };

	buf_puts(b, words[op->arg[i] % 3]);
}

static void put_arg(
	struct buf *b, const struct op_desc *d, const struct op *op, int i)
{
	uint64_t v = op->arg[i];

	switch (d->arg[i].type) {
	case ARG_ADDR:
		buf_printf(b, "0x%" PRIx64, v);
		break;
	case ARG_BOOL:
		buf_puts(b, v ? "true" : "false");
		break;
	case ARG_PROT:
		put_string(b, prot_name((unsigned)v));
		break;
	case ARG_ADVICE:
		put_string(b, advice_name((enum advice)v)
				      ? advice_name((enum advice)v)
				      : "normal");
		break;
	case ARG_FIXED:
		put_fixed(b, op, i);
		break;
	case ARG_VALUE:
		put_value(b, op, i);
		break;
	case ARG_NAME:
		put_string(b, op->text);
		break;
	case ARG_FILE:
		buf_printf(b, "f[%" PRIu64 "]", v);
		break;
	default:
		buf_printf(b, "%" PRIu64, v);
	}
}

/* Calls whose arguments stand in a table, from which argument on. */
static int first_named(const struct op_desc *d)
{
	switch (d->id) {
	case OP_MMAP:
	case OP_RMAP:
	case OP_CLONE:
	case OP_MLOCKALL:
	case OP_SETRLIMIT:
		return 0;
	case OP_EXEC:
		return 1;
	case OP_FILE:
	case OP_MLOCK:
		return 2;
	case OP_MREMAP:
		return 3;
	default:
		return OP_MAX_ARGS;
	}
}

static void put_args(
	struct buf *b, const struct op_desc *d, const struct op *op)
{
	int named = first_named(d), n = 0;
	bool table = false;

	buf_putc(b, '(');
	for (int i = 0; d->arg[i].type != ARG_END; i++) {
		if (!(op->given & 1u << i))
			continue;
		buf_puts(b, n++ ? ", " : "");
		if (i >= named && !table) {
			buf_puts(b, "{ ");
			table = true;
		}
		if (table)
			buf_printf(b, "%s = ", d->arg[i].name);
		put_arg(b, d, op, i);
	}
	buf_puts(b, table ? " })" : ")");
}

/* -- operations --------------------------------------------------------- */

struct place {
	uint64_t pfn, addr;
};

static int find_place(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct place *place = ctx;

	(void)mm;
	place->addr = addr;
	return pte_present(m, pte) && pte_pfn(m, pte) == place->pfn;
}

static bool task_maps(
	const struct machine *m, uint32_t pid, struct place *place)
{
	const struct task_struct *task = task_find(m, pid);

	return task && task->mm &&
	       mm_for_each_pte(m, task->mm, 0, machine_paging(m)->task_size,
		       find_place, place);
}

/* Who maps the frame, 0: nobody.  Walks that follow each other often go from
 * one task to the next, and there may be a million PTEs: begin with the task
 * that was found last. */
static uint32_t who_maps(struct out *o, struct place *place)
{
	const struct machine *m = history_machine(o->h);
	uint32_t last = m->tasks.last, first = o->pid;

	if (!first || first > last)
		first = 1;
	for (uint32_t i = 0; i < last; i++) {
		uint32_t pid = (first - 1 + i) % last + 1;

		if (task_maps(m, pid, place))
			return o->pid = pid;
	}
	return 0;
}

/* A walk from a frame, by an address that maps it at @before. */
static void put_walk(struct out *o, const struct op_desc *d,
	const struct op *op, struct pos before)
{
	struct place place = { op->subject, 0 };
	uint32_t pid = history_goto(o->h, before) ? 0 : who_maps(o, &place);

	if (!pid) {
		buf_printf(o->buf, "%s-- frame %x was not mapped here\n",
			o->indent, op->subject);
		return;
	}
	if (!strcmp(d->name, "migrate")) { /* a function in Lua */
		buf_printf(o->buf, "%smigrate(page_at(t[%u], 0x%" PRIx64 "))\n",
			o->indent, pid, place.addr);
		return;
	}
	buf_printf(o->buf, "%spage_at(t[%u], 0x%" PRIx64 "):%s", o->indent,
		pid, place.addr, d->name);
	put_args(o->buf, d, op);
	buf_putc(o->buf, '\n');
}

static void put_op(struct out *o, const struct op *op,
	const struct op_result *res, struct pos before)
{
	const struct op_desc *d = op_desc((enum op_id)op->id);

	if (!d)
		return;
	if (d->subject == ON_PAGE) {
		put_walk(o, d, op, before);
		return;
	}
	buf_puts(o->buf, o->indent);
	if (d->result == RESULT_TASK && !res->status)
		buf_printf(o->buf, "t[%" PRIu64 "] = ", res->value);
	if (d->result == RESULT_FILE && !res->status)
		buf_printf(o->buf, "f[%" PRIu64 "] = ", res->value);
	if (d->subject == ON_TASK)
		buf_printf(o->buf, "t[%u]:", op->subject);
	if (d->subject == ON_FILE)
		buf_printf(o->buf, "f[%u]:", op->subject);
	buf_puts(o->buf, d->method ? d->method : d->name);
	put_args(o->buf, d, op);
	buf_putc(o->buf, '\n');
}

static void put_batch(struct out *o, uint32_t n, const struct step *step)
{
	buf_puts(o->buf, "batch(");
	put_string(o->buf, step->batch_text ? step->batch_text : "");
	buf_puts(o->buf, ", function()\n");
	o->indent = "\t";
	for (uint32_t i = 0; i < step->calls; i++) {
		struct op_result res = { 0 };
		const struct op *op = history_call(o->h, n, i, &res);
		struct pos before = { n, i, 0 };

		if (op)
			put_op(o, op, &res, i ? before : pos_after(n - 1));
	}
	o->indent = "";
	buf_puts(o->buf, "end)\n");
}

static void put_step(struct out *o, uint32_t n)
{
	const struct step *step = history_step(o->h, n);
	struct op_result res = { 0 };

	if (step->op.id == OP_BATCH) {
		put_batch(o, n, step);
		return;
	}
	res.status = step->status;
	res.value = step->value;
	put_op(o, &step->op, &res, pos_after(n - 1));
}

/* -- what was said ------------------------------------------------------ */

static void put_notes(struct out *o, uint32_t n)
{
	for (size_t i = history_notes_of(o->h, n); i < history_note_count(o->h);
		i++) {
		const struct note *note = history_note(o->h, i);

		if (note->op != n)
			return;
		if (note->kind != NOTE_SCENE && note->kind != NOTE_SAY)
			continue;
		buf_puts(
			o->buf, note->kind == NOTE_SCENE ? "\nscene(" : "say(");
		put_text(o->buf, note->text);
		buf_puts(o->buf, ")\n");
	}
}

static void put_zones(struct buf *b, const struct machine_config *c)
{
	int n = 0;

	for (int i = 0; i < NR_ZONES_MAX; i++)
		if (c->zone_pages[i] && c->zone_name[i])
			buf_printf(b, "%s%s = %" PRIu64,
				n++ ? ", " : ",\n\tzones = { ", c->zone_name[i],
				c->zone_pages[i]);
	buf_puts(b, n ? " }" : "");
}

/* What is not the era's default. */
static void put_tunables(struct buf *b, const struct machine *m)
{
	struct tunables normal = tunables_default(machine_era(m));
	const struct tunable *t;

	for (unsigned i = 0; (t = tunable_at(i)); i++) {
		uint64_t n = tunable_get(&m->tune, t);

		if (n == tunable_get(&normal, t))
			continue;
		if (t->kind == TUNE_FLAG || t->kind == TUNE_FLAG_NOT)
			buf_printf(b, ",\n\t%s = %s", t->name,
				n ? "true" : "false");
		else
			buf_printf(b, ",\n\t%s = %" PRIu64, t->name, n);
	}
}

static void put_head(struct out *o, const char *title)
{
	const struct machine *m = history_machine(o->h);

	buf_puts(o->buf, "scenario {\n\ttitle = ");
	put_string(o->buf, title);
	buf_printf(o->buf,
		",\n\tera = \"%s\",\n\tarch = \"%s\",\n\tram = %" PRIu64
		",\n\tswap = %" PRIu64,
		machine_era(m)->name, machine_paging(m)->name, m->ram, m->swap);
	put_zones(o->buf, history_config(o->h));
	put_tunables(o->buf, m);
	buf_puts(o->buf, ",\n}\n\nlocal t = {} -- tasks by pid\n"
			 "local f = {} -- files by number\n");
}

bool scenario_text(struct buf *out, struct history *h, uint32_t last,
	uint32_t told, const char *title)
{
	struct out o = { out, h, "", 0 };
	struct pos at = history_pos(h);

	put_head(&o, title);
	for (uint32_t n = 1; n <= last; n++) {
		if (n <= told)
			put_notes(&o, n);
		put_step(&o, n);
	}
	history_goto(h, at);
	return !out->failed;
}
