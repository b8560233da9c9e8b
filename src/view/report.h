/*
 * A run told from its beginning to its end, as text or as JSON lines.  One
 * walk over the history; the two forms are rows of functions.
 */
#ifndef VIEW_REPORT_H
#define VIEW_REPORT_H

#include "view/look.h"
#include "view/records.h"

#include <stdio.h>

enum report_state { STATE_NONE, STATE_END, STATE_EACH };

struct report {
	FILE *f;
	struct history *h;
	const struct source_info *info;
	enum lang lang;
	bool ascii;		 /* marks are plain ASCII */
	bool quiet;		 /* text: only failed checks and the sums */
	bool events;		 /* tell each operation's events */
	enum report_state state; /* when to tell the machine's state */
	int width;		 /* columns of text */
	bool (*stop)(void);	 /* true: leave off here; may be NULL */
	struct record_sums sums; /* filled in as it goes */
	const struct note *ask;	 /* text: a question not yet answered */
};

struct report_ops {
	void (*begin)(struct report *r);
	void (*note)(struct report *r, const struct note *note);
	void (*step)(struct report *r, uint32_t n);
	void (*event)(struct report *r, uint32_t n, uint32_t k,
		const struct event *ev);
	void (*state)(struct report *r, uint32_t n);
	void (*end)(struct report *r);
};

extern const struct report_ops report_text; /* textrun.c */
extern const struct report_ops report_json; /* report.c */

/* Tell the whole of r->h.  Moves in it; it is at the end afterwards. */
void report_run(struct report *r, const struct report_ops *ops);

/* A machine's state as text; textstate.c */
void text_state(FILE *f, const struct machine *m);

#endif
