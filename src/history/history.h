/*
 * The history of one machine: a log of operations, a position in it, and the
 * machine as it was at that position.
 *
 * Every position can be reached from every other one, inside an operation
 * too.  Going back copies home what was noted before it was first written
 * (delta.h); going on runs the log again, which a deterministic machine does
 * in the same way each time.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "core/ops.h"
#include "core/trace.h"
#include "history/note.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Where in the log.  {n, WHOLE}: after operation n; {0, WHOLE}: the start.
 * {n, k}: inside operation n just after its k-th event, 1 <= k.
 * In a batch k counts the calls that are done and sub the events of call k + 1
 * (0: between two calls); elsewhere sub is 0.
 */
#define WHOLE UINT32_MAX
struct pos {
	uint32_t op;
	uint32_t event;
	uint32_t sub;
};

/* One operation of the log, and what became of it. */
struct step {
	struct op op;        /* OP_BATCH: op.text is cut, see batch_text */
	int status;          /* as op_result */
	uint64_t value;
	uint64_t len;
	uint32_t faults;
	uint32_t nr_killed;  /* tasks that the OOM killer ended */
	uint32_t killed[MAX_KILLED]; /* the first of them */
	uint32_t calls;      /* OP_BATCH: operations inside; else 0 */
	uint32_t line;       /* of the script; 0: made by hand */
	uint32_t file;       /* history_file_name(); 0: the script itself */
	const char *batch_text; /* OP_BATCH: its text, else NULL */
	struct costs costs;
};

struct history;

/* The budget for keyframes, in bytes, when nothing else is said. */
#define HISTORY_BUDGET (64ull << 20)

/* A history of a new machine.  NULL with errno as machine_new(). */
struct history *history_new(const struct machine_config *config);
void history_delete(struct history *h);
/* The configuration that it was made with. */
const struct machine_config *history_config(const struct history *h);
void history_set_budget(struct history *h, size_t bytes);

/* The machine at the current position.  Never run on directly. */
const struct machine *history_machine(const struct history *h);

/* -- making it ---------------------------------------------------------- */

/*
 * Run @op after the last operation of the current branch and log it; the
 * position is then there.  If the position was not the end a new branch is
 * started there instead: nothing is lost.  Inside an operation that one is
 * finished first.  @line and @file of the script, or 0.  Returns res->status;
 * a refused operation is logged, too.
 */
int history_do(struct history *h, const struct op *op, struct op_result *res,
	uint32_t line, uint32_t file);

/*
 * Operations between these are calls of one step, also when there are none.
 * May not be nested.  Its status is that of the first call that was refused.
 * Until the end the step is not yet in the log, history_pos() counts the calls
 * and there is no moving: history_goto() returns -ERANGE.
 */
void history_batch_begin(struct history *h, const char *text, uint32_t line,
	uint32_t file);
void history_batch_end(struct history *h);

/* A file name of the script's, for step.file and note.file; never freed.  The
 * name of 0 is "". */
uint32_t history_file(struct history *h, const char *name);
const char *history_file_name(const struct history *h, uint32_t file);

/* -- moving in it ------------------------------------------------------- */

struct pos history_pos(const struct history *h);
/* Operations in the current branch, from its very start. */
uint32_t history_length(const struct history *h);
/* Go there.  -ERANGE when there is no such position; then nothing moved. */
int history_goto(struct history *h, struct pos pos);

/* The step @n (1..length) of the current branch; NULL outside.  Decoded from
 * the log: valid until the 16th call after it. */
const struct step *history_step(const struct history *h, uint32_t n);
/* Call @i (0..calls-1) of the batch that is step @n, and into @res, if it is
 * not NULL, all but its costs; NULL outside.  Valid until the 16th call after
 * it. */
const struct op *history_call(const struct history *h, uint32_t n, uint32_t i,
	struct op_result *res);

/*
 * All events of the operation that the position stands at or in (pos.op; in a
 * batch those of call pos.event + 1 when sub is not 0, else of the call just
 * done), those that have not happened yet too.  *@done: how many of them have.
 * At the start there are none.  Valid until the next call that moves or asks
 * for events.
 */
const struct event *history_events(struct history *h, size_t *count,
	size_t *done);
/* A VMA as it is or was. */
struct vma_was {
	uint32_t id;
	uint32_t anon_vma;   /* 0: none */
	uint32_t chain;      /* entries of its anon_vma_chain */
	uint32_t file;       /* 0: anonymous */
	uint32_t name;       /* interned string; 0: none */
	uint64_t start, end; /* first byte, first byte after */
	uint64_t pgoff;
	uint64_t flags;      /* VM_... */
};

/* What the task of that operation had mapped just before it, and has now. */
struct vma_lists {
	const struct vma_was *before, *now; /* by address */
	size_t before_count, now_count;
};
/* False where there is no operation.  An operation that is about no task has
 * empty lists.  Valid as events are. */
bool history_vmas(struct history *h, struct vma_lists *lists);
/* How many events (of a batch: calls) operation @n has; 0 if there is no such.
 * Runs it, unless it is the one that history_events() told of. */
uint32_t history_event_count(struct history *h, uint32_t n);

static inline bool pos_is_whole(struct pos p)
{
	return p.event == WHOLE;
}

static inline struct pos pos_after(uint32_t op)
{
	return (struct pos){ op, WHOLE, 0 };
}

/* -1, 0, 1 as @a comes before, is, comes after @b. */
int pos_cmp(struct pos a, struct pos b);

/* -- branches ----------------------------------------------------------- */

/* Branches are numbered from 0, the lesson; a branch shares its past. */
struct branch_info {
	const char *name;    /* "lesson", "branch 1" or the user's */
	int parent;          /* branch, -1 for the lesson */
	uint32_t from;       /* operations shared with the parent */
	uint32_t length;     /* operations, the shared ones included */
};
int history_branch_count(const struct history *h);
int history_branch(const struct history *h); /* the current one */
bool history_branch_info(const struct history *h, int branch,
	struct branch_info *info);
/* Switch to a branch, at the operation where it left its parent (or, for the
 * parent, where the current one left it).  -ENOENT when there is none. */
int history_switch(struct history *h, int branch);
void history_branch_name(struct history *h, int branch, const char *name);

/* -- what was said about it --------------------------------------------- */

/* Notes lie between steps; see note.h.  Of the lesson, in order. */
void history_add_note(struct history *h, const struct note *note); /* copies */
size_t history_note_count(const struct history *h);
const struct note *history_note(const struct history *h, size_t i);
/* The first note that belongs to operation @n or later: an index for
 * history_note(), history_note_count() when there is none.  Behind it there may
 * be single notes of n - 1: what was printed after a say for n. */
size_t history_notes_of(const struct history *h, uint32_t n);

/* -- how it is doing ---------------------------------------------------- */

struct history_stats {
	size_t log_bytes;
	size_t keyframe_bytes; /* what the budget is for */
	uint32_t keyframes;
	uint64_t replayed;   /* operations run again since the beginning */
};
void history_stats(const struct history *h, struct history_stats *stats);

/*
 * While the state is small, keyframes find what was written by comparing; when
 * it is large the processor tells (barrier.h), and a fault in the arena is ours
 * before it is a crash.  True when @addr was such a write and the program may
 * go on.  A crash handler for SIGSEGV asks this first.  The history installs a
 * handler of its own when it needs one; that asks it and otherwise passes the
 * signal on to whatever stood there before.
 */
bool history_handles_fault(const void *addr);

#endif
