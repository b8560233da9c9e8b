/*
 * Notes stand in the history in the order in which the script made them, and
 * each names its operation: what announces the next operation (scene, say,
 * ask ...) that one, what looks back (print, expect, error) the one just done.
 * So before operation n everything is told that looks back at less than n or
 * announces at most n; and after the last operation all that is left.
 */
#include "view/report.h"

static bool looks_back(const struct note *note)
{
	return note->kind == NOTE_PRINT || note->kind == NOTE_EXPECT ||
	       note->kind == NOTE_ERROR;
}

static bool is_before(const struct note *note, uint32_t n)
{
	return looks_back(note) ? note->op < n : note->op <= n;
}

static bool stopped(const struct report *r)
{
	return r->stop && r->stop();
}

/* Tell the notes from @i on that come before operation @n; returns the next */
static size_t tell_notes(
	struct report *r, const struct report_ops *ops, size_t i, uint32_t n)
{
	size_t count = history_note_count(r->h);

	for (; i < count && is_before(history_note(r->h, i), n); i++) {
		const struct note *note = history_note(r->h, i);

		if (note->kind == NOTE_EXPECT && note->ok)
			r->sums.passed++;
		else if (note->kind == NOTE_EXPECT)
			r->sums.failed++;
		ops->note(r, note);
	}
	return i;
}

static void tell_events(
	struct report *r, const struct report_ops *ops, uint32_t n)
{
	size_t count, done;
	const struct event *ev = history_events(r->h, &count, &done);

	r->sums.events += count;
	for (size_t k = 0; r->events && k < count; k++)
		ops->event(r, n, (uint32_t)k + 1, &ev[k]);
}

static void tell_step(
	struct report *r, const struct report_ops *ops, uint32_t n)
{
	bool batch = history_step(r->h, n)->op.id == OP_BATCH;

	/* Going step by step is cheap, and counting the events of a step from
	 * afar is not. */
	history_goto(r->h, pos_after(n));
	ops->step(r, n);
	if (!batch)
		tell_events(r, ops, n);
	if (r->state == STATE_EACH)
		ops->state(r, n);
}

void report_run(struct report *r, const struct report_ops *ops)
{
	uint32_t length = history_length(r->h);
	size_t note = 0;

	r->sums = (struct record_sums){ .ops = length };
	ops->begin(r);
	for (uint32_t n = 1; n <= length && !stopped(r); n++) {
		note = tell_notes(r, ops, note, n);
		tell_step(r, ops, n);
	}
	tell_notes(r, ops, note, UINT32_MAX);
	history_goto(r->h, pos_after(length));
	if (r->state == STATE_END)
		ops->state(r, length);
	ops->end(r);
}

/* -- as JSON lines ------------------------------------------------------- */

static void json_begin(struct report *r)
{
	struct json j = json_to(r->f);

	record_scenario(&j, r->h, r->info, r->lang);
}

static void json_note(struct report *r, const struct note *note)
{
	struct json j = json_to(r->f);

	record_note(&j, r->h, r->info, note, r->lang);
}

static void json_step(struct report *r, uint32_t n)
{
	struct json j = json_to(r->f);

	record_op(&j, r->h, n);
}

static void json_event(
	struct report *r, uint32_t n, uint32_t k, const struct event *ev)
{
	struct json j = json_to(r->f);

	record_event(&j, history_machine(r->h), n, k, ev, r->lang);
}

static void json_state(struct report *r, uint32_t n)
{
	struct json j = json_to(r->f);

	record_state(&j, history_machine(r->h), pos_after(n));
}

static void json_end(struct report *r)
{
	struct json j = json_to(r->f);

	record_end(&j, &r->sums);
}

const struct report_ops report_json = {
	.begin = json_begin,
	.note = json_note,
	.step = json_step,
	.event = json_event,
	.state = json_state,
	.end = json_end,
};
