/*
 * A scenario's operations on real processes of the running kernel, beside the
 * simulated ones: each is run by a worker as the simulator has run it, and what
 * both have then is compared.
 */
#ifndef LIVE_BESIDE_H
#define LIVE_BESIDE_H

#include "core/ops.h"

struct beside;

/* How one operation went on both sides. */
struct beside_step {
	const char *why; /* not NULL: simulated only, and why */
	bool parts;      /* and what it changed is not changed really */
	int real;        /* status of the real call, as op_result.status */
	int simulated;
	bool valued;     /* both gave a value */
	uint64_t real_value, simulated_value; /* as the simulator's */
};

/* Something that is not the same. */
struct beside_difference {
	uint32_t pid;      /* of the simulated task; 0: the result */
	uint64_t addr;     /* 0: none */
	const char *what;  /* "VMA", "map count" ... */
	char real[64], simulated[64];
};

/* A page of one side. */
struct beside_page {
	uint32_t pid;      /* of the simulated task */
	uint64_t addr;     /* as the simulator's */
	uint64_t pfn;      /* of that side; 0: not to be known */
	bool zero;         /* the zero page */
	bool anon;         /* memory without a file */
	bool exclusive;    /* PageAnonExclusive */
	int mapcount;      /* -1: not to be known */
	size_t first;      /* the first page of that side with this frame */
	unsigned sharers;  /* pages with this frame, in that one */
};

struct beside_vma {
	uint32_t pid;
	uint64_t start, end;
	uint32_t prot;     /* PROT_R ... */
	bool shared;
};

/* One side as it is now, by task and address. */
struct beside_view {
	struct beside_page *page;
	size_t nr_pages, room_pages;
	struct beside_vma *vma;
	size_t nr_vmas, room_vmas;
	bool failed;       /* memory ran out, or a worker is lost */
};

/* NULL: *why says why there are no real processes here. */
struct beside *beside_new(const char **why);
void beside_delete(struct beside *b);
/* Frames and counts are seen. */
bool beside_sees_frames(const struct beside *b);

/* Run @op, which the simulator has answered by @res; @m is its machine at any
 * time after it.  False: a worker is lost. */
bool beside_run(struct beside *b, const struct machine *m, const struct op *op,
	const struct op_result *res, struct beside_step *step);

/* Look at both sides; the views are valid until the next call. */
bool beside_look(struct beside *b, const struct machine *m,
	const struct beside_view **real, const struct beside_view **simulated);
/* What differs between them: stores up to @max, returns how many there are. */
size_t beside_compare(const struct beside_view *real,
	const struct beside_view *simulated, struct beside_difference *list,
	size_t max);

/* -- between its parts ---------------------------------------------------- */

/* An address of a real process as the simulator has it; false: not of the
 * scenario. */
bool beside_back(uint64_t real, uint64_t *addr);
void beside_view_free(struct beside_view *v);
struct proc;
/* Add what one task has to a view; then find who shares frames in it. */
void beside_see_real(struct beside_view *v, uint32_t pid,
	const struct proc *proc);
void beside_see_simulated(struct beside_view *v, uint32_t pid,
	const struct machine *m, const struct mm_struct *mm);
void beside_join(struct beside_view *v);

#endif
