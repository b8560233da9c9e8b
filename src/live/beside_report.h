/* What a run beside the kernel gave: a row for each operation, drawn or as JSON
 * lines, and both sides as they stand at the end. */
#ifndef LIVE_BESIDE_REPORT_H
#define LIVE_BESIDE_REPORT_H

#include "history/history.h"
#include "live/beside.h"
#include "view/canvas.h"

#include <stdio.h>

#define BESIDE_LISTED 16 /* differences of a step that are kept */

/* An operation, or a call inside a batch. */
struct beside_row {
	uint32_t step;     /* its number */
	char *op;          /* as text */
	struct beside_step went;
	char answer[48];   /* of the simulator, as text */
	char real[48];     /* the kernel's, as text */
	bool address;      /* its values are addresses */
	bool follows;      /* the two had parted by then */
	size_t nr;         /* new differences after it, all */
	size_t still;      /* those that were there before it, too */
	struct beside_difference list[BESIDE_LISTED];
};

struct beside_report {
	const char *title;
	char kernel[80];   /* that runs here */
	bool other;        /* and it is not the one that is simulated */
	bool frames;       /* frames could be seen */
	struct beside_row *row;
	size_t nr, room;
	size_t only;       /* rows that were simulated only */
	uint32_t parted;   /* the step from which on the simulated machine did
			    * what the real one did not; 0: none */
	size_t differ;     /* rows after which something differed, */
	size_t follow;     /* and those after they had parted */
	const struct beside_view *real, *simulated; /* at the end */
	const char **name; /* of each task, by pid */
	uint32_t nr_names;
	bool quiet;        /* rows that agree are left out */
};

/* NULL: no memory. */
struct beside_row *beside_report_add(struct beside_report *r);
void beside_report_free(struct beside_report *r);

/* Draw it from the top; returns the lines that the whole needs. */
int beside_draw(struct canvas *cv, int w, const struct beside_report *r);
void beside_json(FILE *f, const struct beside_report *r);

#endif
