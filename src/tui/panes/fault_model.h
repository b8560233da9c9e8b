/*
 * The decision tree of a page fault as rows, and the way that one fault takes
 * through it, as far as its events prove it.
 */
#ifndef TUI_PANES_FAULT_MODEL_H
#define TUI_PANES_FAULT_MODEL_H

#include "view/look.h"

/* What of the proving event a row shows. */
enum fault_show { SHOW_NOTHING, SHOW_O, SHOW_P, SHOW_N };

#define ANYWHERE (-1)

/* The event that proves that a fault came by a row. */
struct fault_proof {
	int id;       /* enum event_id + 1; 0: no proof */
	int fn;       /* EV_CALL: of what function; else ANYWHERE */
	int inside;   /* enum fn that it must be within, or ANYWHERE */
	int outside;  /* enum fn that it must not be within, or ANYWHERE */
};

/* A row: an answer to the question of the row above it that it belongs to,
 * what follows, and the next question. */
struct fault_row {
	uint8_t depth;     /* below the row that asks */
	uint8_t show;      /* enum fault_show */
	int needs;         /* enum fn that the kernel has, or ANYWHERE */
	int lacks;         /* enum fn that it has not, or ANYWHERE */
	const char *label; /* the answer, or NULL */
	int fn;            /* what is called then, or ANYWHERE: nothing */
	const char *text;  /* what happens, or NULL */
	const char *ask;   /* the question, or NULL */
	struct fault_proof proof[2]; /* either */
};

extern const struct fault_row fault_rows[];
extern const unsigned nr_fault_rows;
#define MAX_FAULT_ROWS 72

/* Events first .. end - 1 of the look are one fault. */
struct fault {
	size_t first, end;
	bool by_kernel;  /* get_user_pages calls handle_mm_fault itself */
};

struct fault_way {
	unsigned count;            /* faults of the operation */
	unsigned which;            /* the one that is shown, from 1 */
	struct fault fault;
	bool exists[MAX_FAULT_ROWS]; /* this kernel has the row */
	/* event that proves a row, 1 more than its index; 0: none.  Also of
	 * what has not happened yet */
	size_t by[MAX_FAULT_ROWS];
	int now;                   /* row that was proved last; -1: none */
	const struct event *started; /* MMU_FAULT or the call; NULL */
	enum fault_end ended;      /* FAULT_UNSAID: not yet */
};

/* Only way->exists. */
void fault_rows_of(struct fault_way *way, const struct machine *m);
/* The fault around the position; false when the operation takes none, but
 * way->exists is right then, too. */
bool fault_find(struct fault_way *way, const struct look *look);
/* Has the fault come by row @i? */
bool fault_lit(const struct fault_way *way, const struct look *look,
	unsigned i);
/* The row whose question row @i answers; -1: none. */
int fault_parent(const struct fault_way *way, unsigned i);
/* The lit row that answers the question of row @i; -1: none yet. */
int fault_answer(const struct fault_way *way, const struct look *look,
	unsigned i);

#endif
