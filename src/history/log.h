/*
 * The log: records of operations, one after the other, in few bytes.  A record
 * says what was done and what became of it; the steps of a branch are one log,
 * the calls inside its batches another (their costs are not kept).
 */
#ifndef HISTORY_LOG_H
#define HISTORY_LOG_H

#include "core/ops.h"
#include "history/pool.h"

#include <stdint.h>

struct record {
	struct op op;	     /* OP_BATCH: the text is in batch_text */
	int status;	     /* as op_result */
	uint64_t value;	     /* as op_result */
	uint64_t len;	     /* as op_result */
	uint32_t faults;     /* as op_result */
	uint32_t nr_killed;  /* as op_result; of a batch: of all its calls */
	uint32_t killed[MAX_KILLED]; /* the first of them */
	uint32_t line, file; /* of the script */
	uint32_t batch_text; /* OP_BATCH: number in the pool */
	uint32_t calls;	     /* OP_BATCH: how many */
	uint32_t first_call; /* OP_BATCH: its first one in the log of calls */
	struct costs costs;  /* all 0 in a call of a batch */
};

struct log {
	uint8_t *bytes;	   /* the records */
	size_t used, room; /* bytes */
	size_t *mark;	   /* where every LOG_MARK-th record begins */
	size_t mark_room;  /* of mark */
	uint32_t count;	   /* records */
	uint32_t next;	   /* a reader who goes on needs record @next ... */
	size_t next_at;	   /* ... which begins here */
};

void log_free(struct log *l);
void log_add(struct log *l, struct pool *texts, const struct record *r);
/* Record @i (0..count - 1).  Fast from one to the next. */
void log_get(
	struct log *l, const struct pool *texts, uint32_t i, struct record *r);
size_t log_bytes(const struct log *l);

#endif
