/* A run as text for people: the narration, each operation, each check. */
#include "view/report.h"

#include "view/buf.h"
#include "view/format.h"
#include "view/lang.h"
#include "view/plain.h"
#include "view/style.h"
#include "view/text.h"

#include <inttypes.h>

#define STEP_COLUMNS 44 /* of an operation, before its result */

static void put_line(struct report *r, const char *first, const char *text)
{
	plain_wrap(r->f, first, text ? text : "", r->width);
}

static void text_begin(struct report *r)
{
	const struct machine *m = history_machine(r->h);
	const char *title = record_text(r->info->title, r->lang);

	if (r->quiet)
		return;
	if (title && *title)
		put_line(r, "", title);
	plain_put(r->f, record_file(r->h, r->info, 0));
	fprintf(r->f, ", Linux %s, %s, %" PRIu64 " MiB\n",
		machine_era(m)->release, machine_paging(m)->name, m->ram >> 20);
	if (r->info->summary.en && *r->info->summary.en) {
		fputc('\n', r->f);
		put_line(r, "", record_text(r->info->summary, r->lang));
	}
}

/* -- what the script said ------------------------------------------------ */

static void say_scene(struct report *r, const struct note *note)
{
	fputc('\n', r->f);
	put_line(r, "== ", record_text(note->text, r->lang));
}

static void say_text(struct report *r, const struct note *note)
{
	put_line(r, "  ", record_text(note->text, r->lang));
}

static void say_note(struct report *r, const struct note *note)
{
	put_line(r, "  (i) ", record_text(note->text, r->lang));
}

static void say_print(struct report *r, const struct note *note)
{
	put_line(r, "  | ", record_text(note->text, r->lang));
}

static void put_choice(struct report *r, const struct note *note, unsigned i)
{
	char number[16];

	snprintf(number, sizeof(number), "      %u) ", i + 1);
	put_line(r, number, record_text(note->choice[i], r->lang));
}

static void say_ask(struct report *r, const struct note *note)
{
	put_line(r, "  ? ", record_text(note->text, r->lang));
	for (unsigned i = 0; i < note->nr_choices; i++)
		put_choice(r, note, i);
	r->ask = note;
}

/* The answer comes once the operation has shown it. */
static void answer(struct report *r)
{
	const struct note *note = r->ask;

	r->ask = NULL;
	if (!note || r->quiet)
		return;
	if (note->answer && note->answer <= note->nr_choices) {
		fprintf(r->f, "  %s\n", _("The answer:"));
		put_choice(r, note, note->answer - 1);
	}
	if (note->why.en)
		put_line(r, "      ", record_text(note->why, r->lang));
}

static void say_expect(struct report *r, const struct note *note)
{
	char first[64];

	snprintf(first, sizeof(first), "  %s %s",
		glyph_text(note->ok ? GL_CHECK : GL_CROSS, r->ascii),
		note->ok ? "" : _("FAILED: "));
	put_line(r, first, record_text(note->text, r->lang));
	if (!note->ok)
		fprintf(r->f, "    %s:%" PRIu32 "\n",
			record_file(r->h, r->info, note->file), note->line);
}

static void say_error(struct report *r, const struct note *note)
{
	put_line(r, "  ! ", record_text(note->text, r->lang));
}

static void say_nothing(struct report *r, const struct note *note)
{
	(void)r;
	(void)note;
}

static void (*const say[])(struct report *, const struct note *) = {
	[NOTE_SCENE] = say_scene,
	[NOTE_SAY] = say_text,
	[NOTE_NOTE] = say_note,
	[NOTE_ASK] = say_ask,
	[NOTE_SHOW] = say_nothing,
	[NOTE_POINT] = say_nothing,
	[NOTE_PAUSE] = say_nothing,
	[NOTE_PRINT] = say_print,
	[NOTE_EXPECT] = say_expect,
	[NOTE_ERROR] = say_error,
};

static void text_note(struct report *r, const struct note *note)
{
	bool failed = note->kind == NOTE_ERROR ||
		      (note->kind == NOTE_EXPECT && !note->ok);

	if (!r->quiet || failed)
		say[note->kind](r, note);
}

/* -- what happened ------------------------------------------------------- */

static void put_batch(struct report *r, const struct step *s)
{
	plain_put(r->f, s->batch_text);
	fprintf(r->f,
		ngettext(" (%" PRIu32 " operation)\n",
			" (%" PRIu32 " operations)\n", s->calls),
		s->calls);
}

static void text_step(struct report *r, uint32_t n)
{
	const struct machine *m = history_machine(r->h);
	const struct step *s = history_step(r->h, n);
	char op[256], result[128];

	if (r->quiet)
		return;
	fprintf(r->f, "%6" PRIu32 "  ", n);
	if (s->op.id == OP_BATCH) {
		put_batch(r, s);
	} else {
		format_op(op, sizeof(op), m, &s->op);
		format_result(result, sizeof(result), m, s);
		plain_put(r->f, op);
		fprintf(r->f, "%*s  ",
			text_width(op) < STEP_COLUMNS
				? STEP_COLUMNS - text_width(op)
				: 0,
			"");
		plain_put(r->f, result);
		fputc('\n', r->f);
	}
	answer(r);
}

static void text_event(
	struct report *r, uint32_t n, uint32_t k, const struct event *ev)
{
	char first[64], sentence[512];

	(void)n;
	if (r->quiet)
		return;
	snprintf(first, sizeof(first), "%10" PRIu32 " %*s", k,
		ev->depth < 12 ? ev->depth * 2 : 24, "");
	put_line(r, first,
		format_event(sentence, sizeof(sentence), history_machine(r->h),
			ev, r->lang));
}

static void put_state(struct report *r, uint32_t n)
{
	fprintf(r->f, "\n");
	fprintf(r->f, _("State after operation %" PRIu32), n);
	fprintf(r->f, "\n");
	text_state(r->f, history_machine(r->h));
	if (r->state == STATE_EACH)
		fprintf(r->f, "\n");
}

static void put_costs(struct report *r)
{
	const struct machine *m = history_machine(r->h);
	struct buf b = { 0 };

	for (unsigned i = 0; i < NR_COSTS; i++) {
		uint64_t n = m->total.n[i] + m->op_costs.n[i];

		if (n)
			buf_printf(&b, "%s%s %" PRIu64, b.len ? ", " : "",
				cost_name((enum cost_id)i), n);
	}
	if (b.len)
		put_line(r, _("Costs: "), b.data);
	buf_free(&b);
}

static void text_end(struct report *r)
{
	const struct record_sums *s = &r->sums;

	answer(r);
	if (!r->quiet) {
		fputc('\n', r->f);
		put_costs(r);
	}
	fprintf(r->f,
		ngettext("%" PRIu32 " operation, ", "%" PRIu32 " operations, ",
			s->ops),
		s->ops);
	fprintf(r->f,
		_("%" PRIu64 " events; checks: %" PRIu32 " passed, %" PRIu32
		  " failed\n"),
		s->events, s->passed, s->failed);
}

const struct report_ops report_text = {
	.begin = text_begin,
	.note = text_note,
	.step = text_step,
	.event = text_event,
	.state = put_state,
	.end = text_end,
};
