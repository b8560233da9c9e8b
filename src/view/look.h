/*
 * What a pane sees: one instant of one history, and what the viewer looks at.
 * Panes read it and draw; they change nothing in it.
 */
#ifndef VIEW_LOOK_H
#define VIEW_LOOK_H

#include "history/history.h"
#include "history/source.h"

enum lang { LANG_EN, LANG_ZH };

/* Objects that events name, with how strongly: a set for quick questions. */
struct ref_set;
struct ref_set *ref_set_new(void);
void ref_set_delete(struct ref_set *s);
void ref_set_clear(struct ref_set *s);
void ref_set_add(struct ref_set *s, struct ref ref);
bool ref_set_has(const struct ref_set *s, struct ref ref);

struct compare; /* view/compare.h */

struct look {
	struct history *h;
	const struct machine *m;       /* history_machine(h) */
	const struct source_info *info; /* of the source, may be NULL */
	struct pos pos;
	const struct step *step;       /* of pos.op: &here; NULL at the start */
	struct step here;              /* history_step()'s own does not last */
	const struct event *events;    /* of that operation, all */
	size_t nr_events;
	size_t done;                   /* how many have happened */
	const struct event *now;       /* the last that happened; NULL: none */
	struct ref_set *changed;       /* by this operation, up to now */
	struct ref_set *touched;       /* by the current event */
	struct ref selected;           /* NO_REF: nothing */
	struct ref_set *related;       /* tied to the selected object */
	struct compare *compare;       /* other eras' costs, or NULL */
	unsigned compare_left;         /* eras that are still to be run */
	enum lang lang;
	bool ascii;
	bool presenter;
};

/* Fill in all that follows from @h's position and from look->selected (the
 * sets are made on the first call).  Call after every move. */
void look_update(struct look *look, struct history *h);
void look_release(struct look *look);

/* STYLE_... flags for an object: changed, touched, selected, related. */
unsigned look_marks(const struct look *look, struct ref ref);

/* The text in the viewer's language ("" for none). */
const char *look_text(const struct look *look, struct text text);

/* The last operation that notes speak of here: on a branch those that it shares
 * with the lesson, in the lesson UINT32_MAX. */
uint32_t look_lesson_end(const struct look *look);

/* The last note of a kind in force at the position; NULL: none. */
const struct note *look_note(const struct look *look, enum note_kind kind);

#endif
