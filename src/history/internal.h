/* The inside of a history, shared by the files of this folder. */
#ifndef HISTORY_INTERNAL_H
#define HISTORY_INTERNAL_H

#include "history/history.h"
#include "history/keyframes.h"
#include "history/log.h"

#include <setjmp.h>

/* What was done on one branch after it left its parent. */
struct branch {
	struct log steps; /* step from + 1 is record 0 */
	struct log calls; /* of all batches, one after the other */
	char *name;	  /* ours */
	int parent;	  /* branch; -1 for the lesson */
	uint32_t from;	  /* steps shared with the parent */
};

/* A batch that is being made. */
struct batch {
	bool open;	      /* between begin and end */
	struct record record; /* its step, summed up so far */
};

/* The tracer that records all events of a run, or leaves at one of them. */
struct recorder {
	struct tracer tracer; /* first: what the sink gets */
	struct event *event;  /* recorded */
	size_t room;	      /* of event */
	size_t count;	      /* events so far */
	size_t stop;	      /* leave at this one */
	jmp_buf leave;	      /* where to */
	bool valid;	      /* event[0..count) are those of the run at ... */
	place_t place;	      /* ... this place of the current branch */
};

/* What the operation's task has mapped, see before.c. */
struct vmas {
	struct op op;		/* the operation */
	struct vma_was *before; /* nr_before of them */
	struct vma_was *now;	/* as history_vmas() found them last */
	size_t nr_before;
	size_t room_before, room_now;
};

#define STEP_RING 16u /* steps that a reader may hold at a time */

struct history {
	struct machine_config config; /* zone names are ours */
	struct machine *machine;
	struct keyframes *keyframes;
	struct pool texts;	/* of operations, files, notes */
	struct branch *branch;	/* 0 is the lesson */
	size_t branch_room;	/* of branch */
	int branches;		/* in it, at least 1 */
	int current;		/* branch */
	struct pos pos;		/* where the viewer is */
	place_t at;		/* runs that are done whole */
	bool inside;		/* the machine is inside the run after them */
	uint64_t work;		/* done from the start to at */
	uint64_t replayed;	/* runs that were not the first of their kind */
	struct batch batch;	/* under way */
	uint32_t fetched;	/* step that fetch is; 0: none */
	struct record fetch;	/* the step last asked for by number */
	struct recorder events; /* all of one run */
	struct vmas vmas;	     /* before the run of events */
	struct recorder stopper;     /* for going into a run; records nothing */
	struct note **note;	     /* in order */
	uint32_t *note_reach;	     /* largest op of notes 0..i */
	size_t notes;		     /* in both */
	size_t note_room;	     /* of note */
	size_t reach_room;	     /* of note_reach */
	struct step step[STEP_RING]; /* handed out, used in turn */
	struct op call[STEP_RING];   /* the same for calls */
	uint32_t next_step;	     /* of step */
	uint32_t next_call;	     /* of call */
};

/* -- branch.c: the log of the current branch ----------------------------- */

/* Step @n (1..length), as it is in the log; valid until the next call. */
const struct record *branch_step(struct history *h, uint32_t n);
/* Call @i (0..calls - 1) of step @n, a batch. */
void branch_call(struct history *h, uint32_t n, uint32_t i, struct record *r);
void branch_add(struct history *h, int parent, uint32_t from);
static inline struct branch *branch_now(const struct history *h)
{
	return &h->branch[h->current];
}

/* -- move.c: the machine along the log ----------------------------------- */

/* What a run costs, in the unit of struct mark.work. */
uint64_t work_of(const struct costs *costs);
/* Take a keyframe here. */
void take_keyframe(struct history *h);
/* Take one if it is time for one. */
void space_keyframes(struct history *h);
/* The machine as it is between two runs. */
void go(struct history *h, place_t to);
/* What runs at h->at; false for a batch of no calls. */
bool next_op(struct history *h, struct op *op);
/* Run what comes next at h->at, with events on if @recorder is not NULL.
 * False when it was left at recorder->stop. */
bool history_run_next(struct history *h, struct recorder *recorder);
/* Bring the machine to a position that is known to exist. */
void settle(struct history *h, struct pos pos);
/* What has been run until @pos, whole runs only. */
place_t place_before(struct history *h, struct pos pos);

/* -- events.c ------------------------------------------------------------ */

/* Make h->events those of the run at @place; moves the machine, not pos. */
void record_events(struct history *h, place_t place);
/* Go into the run at @place up to its event @k, which exists. */
void enter_run(struct history *h, place_t place, size_t k);

/* -- before.c ------------------------------------------------------------ */

/* The machine stands just before @op: note what its task has mapped. */
void note_before(struct history *h, const struct op *op);
void free_before(struct history *h);

/* -- notes.c ------------------------------------------------------------- */

void notes_free(struct history *h);

#endif
