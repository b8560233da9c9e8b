/*
 * A program that runs under ptrace(2), and everything that it makes: what the
 * parts of the recorder share.  tracer.h is what others use.
 */
#ifndef LIVE_TRACE_H
#define LIVE_TRACE_H

#include "live/faults.h"
#include "live/proc.h"
#include "live/recording.h"
#include "live/regions.h"

/* An address space; threads and a vfork's child share one. */
struct live_mm {
	struct address_map map; /* what is known of it */
	struct proc proc;       /* its files; pid 0: not open */
	uint64_t brk;           /* end of the heap, 0: not known */
	unsigned users;         /* tracees */
	struct tracee *busy;    /* that is in a call which changes it */
	unsigned family;        /* of forks: pages may be shared within it */
};

/* A system call at its entry. */
struct call {
	uint64_t nr;
	uint64_t arg[6];
};

struct tracee {
	pid_t tid;
	uint32_t task;      /* its number in the recording */
	struct live_mm *mm; /* NULL: its maker has not told of it yet */
	struct call call;   /* that it is in */
	bool in_call;
	bool in_exec;       /* its faults are the kernel's, in a space to come */
	bool waits;         /* stopped until its maker has told of it */
	bool held;          /* stopped until mm->busy has come back */
	struct tracee *vforked; /* its child, in its address space until it
				 * executes or exits; or NULL */
	bool vfork_held;    /* stopped until that has been seen */
	bool gone;          /* has exited */
	uint64_t counted;   /* faults that the kernel counted for it */
	uint64_t told;      /* faults that were told of since */
};

struct trace {
	struct recording *rec;
	struct tracee **tracee; /* each on its own */
	size_t nr, room;
	struct fault_source *faults; /* NULL: differences alone, or none */
	struct fault *early;    /* faults of tracees that are not known yet */
	size_t nr_early;
	bool want_faults;       /* page faults are recorded */
	bool over;              /* let each go that stops, record no more */
	bool leave;             /* do not wait for what was let go */
	bool asked;             /* a signal asked us to end */
	uint64_t value;         /* number that was written last */
	unsigned families;      /* so many were there */
	pid_t first;            /* the program itself */
	int status;             /* with which it ended */
	bool ended;             /* it has */
};

/* -- tracees (tracees.c) -- */

struct tracee *tracee_find(const struct trace *t, pid_t tid);
/* NULL: no memory. */
struct tracee *tracee_new(struct trace *t, pid_t tid);
void tracee_delete(struct trace *t, struct tracee *e);
/* A new, empty address space for it; the one before loses a user. */
bool tracee_new_mm(struct tracee *e);
void tracee_share_mm(struct tracee *e, struct live_mm *mm);
void tracee_drop_mm(struct tracee *e);
void trace_free(struct trace *t);
/* Its pagemap; false: it cannot be looked at. */
bool tracee_open(struct tracee *e);

/* -- what is recorded -- */

/* Add what @e did. */
void trace_note(struct trace *t, const struct tracee *e, struct rec_op op);
/* A remark why something is missing. */
__attribute__((format(printf, 3, 4)))
void trace_remark(struct trace *t, const struct tracee *e,
	const char *format, ...);

/* The call has come back (trace_calls.c): 0 or its errno, and its value. */
void trace_call(struct trace *t, struct tracee *e, int err, uint64_t value);
/* Is it one that trace_call() records?  And does it change the address space,
 * without waiting for anybody? */
bool trace_wants(uint64_t nr);
bool trace_changes(uint64_t nr);
/* @e has a new program, which @op tells: all of its regions (trace_exec.c). */
void trace_exec(struct trace *t, struct tracee *e, struct rec_op *op);
/* What a mapping of @file, a path, is: its number; REC_NONE: memory.
 * *special: nothing that can be told. */
uint32_t trace_file(struct trace *t, const char *path, uint64_t device,
	uint64_t inode, uint64_t pages, bool *special);

/* Record the faults that came since the last time (trace_faults.c). */
void trace_faults(struct trace *t);
/* The same for what the page table of @e shows and no event told, now that
 * it is stopped. */
void trace_missed(struct trace *t, struct tracee *e);
/* @e had pages made by a call: they are no faults. */
void trace_settle(struct trace *t, struct tracee *e);

#endif
