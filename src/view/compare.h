/*
 * The same scenario under several kernels, step by step: what each operation
 * gave and cost in each era.  A run is read off its history once and takes a
 * few bytes a step then, so that nobody needs to keep the machines.  Steps
 * line up by the number of the operation.
 */
#ifndef VIEW_COMPARE_H
#define VIEW_COMPARE_H

#include "history/history.h"
#include "view/buf.h"
#include "view/canvas.h"

#include <stdio.h>

#define COMPARE_ERAS 8
#define COMPARE_POINTS 513 /* of a curve, at most */
#define COMPARE_TEXT 160   /* bytes of an operation's text, with the 0 */
#define COMPARE_RESULT 48  /* of a result's, with the 0 */

/* How a result is compared and written. */
enum compare_result {
	COMPARE_TRUE,	 /* "ok" */
	COMPARE_ERROR,	 /* the error's name */
	COMPARE_NUMBER,
	COMPARE_STRING,
	COMPARE_ADDRESS, /* differs between eras as they place regions */
};

/* One operation in one era. */
struct compare_step {
	enum op_id id;
	uint32_t subject;
	uint32_t calls;	 /* of a batch, else 0 */
	uint32_t faults;
	struct costs costs;
	enum compare_result kind;
	char result[COMPARE_RESULT]; /* "ok", "3 ok", "ENOMEM", "12", "task:2" */
	char text[COMPARE_TEXT];     /* the operation as it is typed */
};

/* One era's run. */
struct compare_run {
	const struct era *era;
	const struct paging *paging;
	char *why;	       /* why it is not whole, or NULL */
	uint32_t steps;	       /* operations */
	uint32_t passed, failed; /* expects */
	uint64_t faults;       /* in all */
	struct costs total;    /* in all */
	struct buf log;	       /* the steps, one after another */
	size_t *at;	       /* where step i + 1 begins in it */
	uint64_t curve[COMPARE_POINTS]; /* of compare.set, up to each point */
};

struct compare {
	struct compare_run run[COMPARE_ERAS];
	unsigned nr;	/* runs, in the order in which they are shown */
	uint32_t steps; /* of the longest */
	uint32_t set;	/* costs of bars and curves: bit 1 << enum cost_id */
	unsigned points; /* of each curve; 0: not yet known */
};

struct compare *compare_new(void); /* NULL: no memory */
void compare_delete(struct compare *c);

/* Read off the whole of @h, the lesson's branch; moves nothing in it.  @why:
 * how it ended badly, or NULL.  False: no memory, or too many. */
bool compare_add(struct compare *c, const struct history *h, const char *why);
/* An era that could not be run at all. */
bool compare_add_nothing(struct compare *c, const struct era *era,
	const char *why);
/* The oldest era first. */
void compare_sort(struct compare *c);
/* The run of @era, or -1. */
int compare_find(const struct compare *c, const struct era *era);

/* Step @n (from 1) of a run; false: it has none. */
bool compare_step(
	const struct compare_run *r, uint32_t n, struct compare_step *s);
/* Did step @n give another result in some era, or was it another call? */
bool compare_differs(const struct compare *c, uint32_t n);

/* The costs of @set, added up. */
uint64_t compare_cost(const struct costs *costs, uint32_t set);
/* "visited+ptes" to bits of compare.set; 0 with @err when one is unknown. */
uint32_t compare_set_parse(const char *text, char *err, size_t size);
char *compare_set_name(uint32_t set, char *buf, size_t size);
/* Make the curves of c->set; called by who draws. */
void compare_curves(struct compare *c);
/* The step that point @i stands after. */
uint32_t compare_point_step(const struct compare *c, unsigned i);

/* "1234567" in at most @w columns: "1235k", "1.2M". */
char *compare_number(char *buf, size_t size, uint64_t n, int w);

/* -- telling (compare_tell.c) -------------------------------------------- */

/* A line for each step from @from to @to with the chosen cost of each era, in
 * @width columns. */
void compare_list(FILE *f, const struct compare *c, uint32_t from, uint32_t to,
	int width);
/* JSON lines: what is compared, a record for each step, the sums. */
void compare_json(FILE *f, const struct compare *c, uint32_t from, uint32_t to,
	const char *title, const char *file);

/* -- drawing (compare_draw.c) -------------------------------------------- */

struct compare_view {
	struct compare *c;
	uint32_t step; /* its costs; 0: those of the whole run */
	int current;   /* the run that is looked at, -1: none */
	int cursor;    /* the run under the cursor, -1: none */
	int top;       /* first row of the table that is shown */
	int rows;      /* of the table; set by drawing */
};

/* Table, bars and, where there is room, the curves. */
void compare_draw(struct canvas *cv, int w, int h, struct compare_view *v);
/* Lines that all of it takes. */
int compare_height(const struct compare_view *v, int w);

#endif
