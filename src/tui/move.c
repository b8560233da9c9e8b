/* Moving in history: steps, events, scenes, positions. */
#include "tui/state.h"

#include "view/format.h"
#include "view/lang.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool pos_parse(const char *text, struct pos *pos)
{
	char *end;
	unsigned long n[3] = { 0, WHOLE, 0 };
	int i = 0;

	if (!strcmp(text, "end")) {
		*pos = pos_after(UINT32_MAX);
		return true;
	}
	for (;;) {
		if (*text < '0' || *text > '9')
			return false;
		n[i] = strtoul(text, &end, 10);
		if (n[i] >= UINT32_MAX)
			return false;
		if (!*end)
			break;
		if (*end != '.' || ++i == 3)
			return false;
		text = end + 1;
	}
	*pos = (struct pos){ (uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2] };
	if (i == 1 && !pos->event)
		*pos = pos_after(pos->op ? pos->op - 1 : 0);
	return true;
}

/* Does the scenario point at something just before or in this operation? */
static const struct note *pointing(const struct app *a)
{
	const struct note *point = look_note(&a->look, NOTE_POINT);
	struct pos p = a->look.pos;

	if (!point || !point->point.kind)
		return NULL;
	return point->op == p.op || (pos_is_whole(p) && point->op == p.op + 1)
		       ? point
		       : NULL;
}

/* Select what the scenario points at; when it no longer does, what it pointed
 * at is let go unless the viewer has selected something else. */
static void look_where_pointed(struct app *a)
{
	const struct note *point = pointing(a);

	if (point == a->pointed)
		return;
	if (point)
		app_select(a, point->point, -1);
	else if (ref_eq(a->look.selected, a->pointed->point))
		app_select(a, NO_REF, -1);
	a->pointed = point;
}

/* Look again, compare an answer, look where the scenario points. */
static void moved(struct app *a)
{
	app_look(a);
	app_question_check(a);
	look_where_pointed(a);
}

/* Say which positions there are in place of @pos. */
static bool no_position(struct app *a, struct pos pos)
{
	uint32_t length = history_length(a->h);
	const struct step *step = history_step(a->h, pos.op);
	char text[48];

	format_pos(text, sizeof(text), pos);
	if (step && step->calls)
		return app_fail(a,
			_("no position %s: the batch %u has %u calls, and each "
			  "of them its events"),
			text, pos.op, step->calls);
	if (step)
		return app_fail(a,
			_("no position %s: operation %u has %u events"), text,
			pos.op, history_event_count(a->h, pos.op));
	return app_fail(
		a, _("no position %s: steps go from 0 to %u"), text, length);
}

bool app_goto(struct app *a, struct pos pos)
{

	if (pos.op == UINT32_MAX)
		pos = pos_after(history_length(a->h));
	if (history_goto(a->h, pos) < 0) {
		no_position(a, pos);
		app_look(a); /* counting that step's events took ours away */
		return false;
	}
	moved(a);
	return true;
}

bool app_jump(struct app *a, struct pos pos)
{
	struct pos from = history_pos(a->h);

	if (!app_goto(a, pos))
		return false;
	a->before = from;
	return true;
}

/* -- operations --------------------------------------------------------- */

static bool step_forward(struct app *a, long n)
{
	struct pos p = history_pos(a->h);
	uint32_t length = history_length(a->h);
	/* Ending the operation that one is inside of counts as a step. */
	uint64_t to = (uint64_t)p.op + (uint64_t)n - !pos_is_whole(p);

	if (p.op == length && pos_is_whole(p)) {
		app_say(a, _("This is the end. o does an operation by hand, u "
			     "goes back, ]/[ change the scene."));
		return true;
	}
	app_question_pass(a);
	return app_goto(a, pos_after(to > length ? length : (uint32_t)to));
}

static bool step_back(struct app *a, long n)
{
	struct pos p = history_pos(a->h);

	if (!p.op) {
		app_say(a, _("This is the start. Space goes on."));
		return true;
	}
	return app_goto(a, pos_after(n > (long)p.op ? 0 : p.op - (uint32_t)n));
}

bool app_step(struct app *a, long n)
{
	return n >= 0 ? step_forward(a, n) : step_back(a, -n);
}

/* -- events ------------------------------------------------------------- */

/* The position one event (in a batch: one call) after @p; the last event
 * ends the operation.  False at the end. */
static bool next_event(struct app *a, struct pos *p)
{
	uint32_t count;
	size_t total, done;

	if (pos_is_whole(*p)) {
		if (p->op == history_length(a->h))
			return false;
		*p = (struct pos){ p->op + 1, 0, 0 };
	}
	if (p->sub) {
		history_events(a->h, &total, &done);
		if (p->sub + 1 < total) {
			p->sub++;
			return true;
		}
		p->sub = 0;
	}
	count = history_event_count(a->h, p->op);
	if (++p->event >= count)
		*p = pos_after(p->op);
	return true;
}

/* The position one event before @p; false at the start. */
static bool last_event(struct app *a, struct pos *p)
{
	uint32_t count;

	if (!p->op)
		return false;
	if (p->sub > 1) {
		p->sub--;
		return true;
	}
	if (p->sub) {
		p->sub = 0;
	} else {
		count = history_event_count(a->h, p->op);
		p->event = pos_is_whole(*p) ? count : p->event;
		p->event -= p->event > 0;
	}
	if (!p->event)
		*p = pos_after(p->op - 1);
	return true;
}

bool app_event_step(struct app *a, long n)
{
	struct pos p = history_pos(a->h);
	bool forward = n > 0, any = false;

	if (forward)
		app_question_pass(a);
	for (n = labs(n); n; n--) {
		if (!(forward ? next_event(a, &p) : last_event(a, &p)))
			break;
		any = true;
		/* The events of a call are only known when standing in it. */
		if (p.sub && n > 1 && history_goto(a->h, p) < 0)
			break;
	}
	if (!any) {
		app_say(a, forward ? _("This is the end.")
				   : _("This is the start."));
		return true;
	}
	return app_goto(a, p);
}

/* -- scenes ------------------------------------------------------------- */

uint32_t app_lesson_length(const struct app *a)
{
	uint32_t end = look_lesson_end(&a->look);

	return end < a->source_len ? end : a->source_len;
}

/* The position at which the scene of @note begins; false: it is no scene, or
 * not of this branch. */
static bool scene_start(
	const struct app *a, const struct note *note, struct pos *pos)
{
	uint32_t length = app_lesson_length(a);

	if (note->kind != NOTE_SCENE || !note->op)
		return false;
	if (note->op > length + (length == a->source_len))
		return false;
	*pos = pos_after(note->op - 1);
	return true;
}

int app_scenes(const struct app *a, int *current)
{
	struct pos at = history_pos(a->h), start;
	int n = 0;

	*current = 0;
	for (size_t i = 0; i < history_note_count(a->h); i++) {
		if (!scene_start(a, history_note(a->h, i), &start))
			continue;
		n++;
		if (pos_cmp(start, at) <= 0)
			*current = n;
	}
	return n;
}

/* The start of the scene next to @at in a direction; false: none. */
static bool scene_beside(
	const struct app *a, struct pos at, bool forward, struct pos *pos)
{
	struct pos start;
	bool found = false;

	for (size_t i = 0; i < history_note_count(a->h); i++) {
		if (!scene_start(a, history_note(a->h, i), &start))
			continue;
		if (forward && pos_cmp(start, at) > 0) {
			*pos = start;
			return true;
		}
		if (!forward && pos_cmp(start, at) < 0) {
			*pos = start;
			found = true;
		}
	}
	return found;
}

bool app_scene(struct app *a, long n)
{
	struct pos p = history_pos(a->h);
	bool forward = n > 0;

	for (n = labs(n); n; n--)
		if (!scene_beside(a, p, forward, &p)) {
			p = pos_after(forward ? history_length(a->h) : 0);
			break;
		}
	if (!pos_cmp(p, history_pos(a->h))) {
		app_say(a, forward ? _("This is the end.")
				   : _("This is the start."));
		return true;
	}
	return app_goto(a, p);
}

/* -- playing ------------------------------------------------------------ */

static bool pauses_here(const struct app *a)
{
	struct pos p = history_pos(a->h);

	if (p.op >= app_lesson_length(a))
		return false;
	for (size_t i = history_notes_of(a->h, p.op + 1);
		i < history_note_count(a->h); i++) {
		const struct note *note = history_note(a->h, i);

		if (note->op != p.op + 1)
			break;
		if (note->kind == NOTE_PAUSE)
			return true;
	}
	return false;
}

bool app_play_step(struct app *a)
{
	struct pos p = history_pos(a->h);

	if (p.op == history_length(a->h) && pos_is_whole(p))
		return false;
	if (!app_step(a, 1))
		return false;
	p = history_pos(a->h);
	return p.op < history_length(a->h) && !pauses_here(a) &&
	       !app_question(a, NULL);
}
