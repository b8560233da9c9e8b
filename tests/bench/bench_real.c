/*
 * Faster than the real thing?  The running kernel with real processes and the
 * simulator's core (its newest era, events off) do the same in turn: 1000 pages
 * are touched for the first time, protected and unprotected, forked, copied on
 * write in the child, unmapped.  Both medians and the ratio are printed for
 * each page, and whether it reaches its target.
 *
 * Huge pages are off for this process, so that a fault is one page.  A fork
 * has costs that do not depend on its pages; the row below it is what the
 * pages alone add (a fork with them less a fork without).
 *
 * The two take turns of five rounds, so that both run with what they use in the
 * caches; the medians are over all rounds.
 *
 *   bench_real [TURNS]   default 41
 */
#include "core/ops.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGES 1000u
#define TURN 5u /* rounds */
#define LEN ((size_t)PAGES * PAGE_SIZE)

enum { TOUCH, COPY, FORK, FORK_PAGES, UNMAP, PROTECT, UPGRADE, KINDS };

static const struct row {
	const char *what; /* is measured, a page */
	double target;	  /* so many times less */
} rows[KINDS] = {
	[TOUCH] = { "first-touch fault", 20 },
	[COPY] = { "copy-on-write fault", 20 },
	[FORK] = { "fork of 1000 dirty pages", 10 },
	[FORK_PAGES] = { "  what the pages add", 10 },
	[UNMAP] = { "unmap of 1000 pages", 10 },
	[PROTECT] = { "mprotect to read-only", 10 },
	[UPGRADE] = { "mprotect to read-write", 10 },
};

/* What one round took, nanoseconds a page. */
struct round {
	double took[KINDS];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_real: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* -- the running kernel --------------------------------------------------- */

static char *real_map(void)
{
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED, "mmap");
	must(!madvise(p, LEN, MADV_NOHUGEPAGE), "madvise");
	return p;
}

/* One byte of each page; the time it took for one. */
static double real_write(volatile char *p)
{
	double start = now();

	for (size_t i = 0; i < LEN; i += PAGE_SIZE)
		p[i] = 1;
	return (now() - start) / PAGES;
}

/* Time of the fork call in the parent; the child writes to all of @p (if not
 * NULL), says in *@copy what each copy took and is gone. */
static double real_fork(char *p, double *copy)
{
	double start = now(), took;
	pid_t pid = fork();

	if (!pid) {
		if (p)
			*copy = real_write(p);
		_exit(0);
	}
	took = now() - start;
	must(pid > 0, "fork");
	must(waitpid(pid, NULL, 0) == pid, "waitpid");
	return took / PAGES;
}

static double real_protect(char *p, int prot)
{
	double start = now();

	must(!mprotect(p, LEN, prot), "mprotect");
	return (now() - start) / PAGES;
}

static double real_unmap(char *p)
{
	double start = now();

	must(!munmap(p, LEN), "munmap");
	return (now() - start) / PAGES;
}

/* @copy lies in memory that parent and child share. */
static void real_round(struct round *r, double *copy)
{
	double bare = real_fork(NULL, NULL);
	char *p = real_map();

	r->took[TOUCH] = real_write(p);
	r->took[PROTECT] = real_protect(p, PROT_READ);
	r->took[UPGRADE] = real_protect(p, PROT_READ | PROT_WRITE);
	r->took[FORK] = real_fork(p, copy);
	r->took[FORK_PAGES] = r->took[FORK] - bare;
	r->took[COPY] = *copy;
	real_write(p); /* writable again, as the simulator's */
	r->took[UNMAP] = real_unmap(p);
}

/* -- the simulator -------------------------------------------------------- */

/* What the operation gave. */
static uint64_t run(struct machine *m, const struct op *op)
{
	static struct op_result res;

	if (machine_run(m, op, &res)) {
		fprintf(stderr, "bench_real: %s: %s\n", op_desc(op->id)->name,
			status_name(res.status));
		exit(1);
	}
	return res.value;
}

static double sim_write(struct machine *m, uint32_t pid, uint64_t at)
{
	struct op op = {
		.id = OP_WRITE, .subject = pid, .given = 3, .arg = { at, 1 }
	};
	double start = now();

	for (; op.arg[0] < at + LEN; op.arg[0] += PAGE_SIZE)
		run(m, &op);
	return (now() - start) / PAGES;
}

static double sim_fork(struct machine *m, uint32_t *child)
{
	double start = now();

	*child = (uint32_t)run(
		m, &(struct op){ .id = OP_FORK, .subject = 1 });
	return (now() - start) / PAGES;
}

static double sim_range(struct machine *m, enum op_id id, uint64_t at,
	unsigned prot)
{
	double start = now();

	run(m, &(struct op){ .id = (uint16_t)id,
		       .subject = 1,
		       .given = 7,
		       .arg = { at, LEN, prot } });
	return (now() - start) / PAGES;
}

static void sim_exit(struct machine *m, uint32_t pid)
{
	run(m, &(struct op){ .id = OP_EXIT, .subject = pid });
}

static void sim_round(struct round *r, struct machine *m)
{
	uint32_t child;
	double bare = sim_fork(m, &child);
	uint64_t at;

	sim_exit(m, child);
	at = run(m, &(struct op){ .id = OP_MMAP,
			    .subject = 1,
			    .given = 1,
			    .arg = { LEN } });
	r->took[TOUCH] = sim_write(m, 1, at);
	r->took[PROTECT] = sim_range(m, OP_MPROTECT, at, PROT_R);
	r->took[UPGRADE] = sim_range(m, OP_MPROTECT, at, PROT_R | PROT_W);
	r->took[FORK] = sim_fork(m, &child);
	r->took[FORK_PAGES] = r->took[FORK] - bare;
	r->took[COPY] = sim_write(m, child, at);
	sim_exit(m, child);
	sim_write(m, 1, at);
	r->took[UNMAP] = sim_range(m, OP_MUNMAP, at, 0);
}

/* -- side by side --------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of one kind over all rounds. */
static double median(const struct round *r, unsigned rounds, unsigned kind)
{
	double *t = calloc(rounds, sizeof(*t)), middle;

	must(t, "calloc");
	for (unsigned i = 0; i < rounds; i++)
		t[i] = r[i].took[kind];
	qsort(t, rounds, sizeof(*t), by_size);
	middle = t[rounds / 2];
	free(t);
	return middle;
}

static void print_rows(const struct round *real, const struct round *sim,
	unsigned rounds)
{
	printf("%-26s %10s %10s %8s  %s\n", "ns a page, medians", "kernel",
		"simulator", "ratio", "target");
	for (unsigned k = 0; k < KINDS; k++) {
		double a = median(real, rounds, k), b = median(sim, rounds, k);

		printf("%-26s %10.1f %10.1f %8.1f  %.0f %s\n", rows[k].what, a,
			b, a / b, rows[k].target,
			a / b >= rows[k].target ? "reached" : "not reached");
	}
}

static const struct era *newest(void)
{
	const struct era *era = NULL;

	for (unsigned i = 0; era_at(i); i++)
		era = era_at(i);
	return era;
}

static struct machine *new_machine(void)
{
	struct machine *m = machine_new(
		&(struct machine_config){ .era = newest(), .ram = 64 << 20 });

	must(m, "machine_new");
	run(m, &(struct op){ .id = OP_SPAWN, .text = "parent" });
	return m;
}

int main(int argc, char **argv)
{
	unsigned rounds = TURN * (argc > 1 ? (unsigned)atoi(argv[1]) : 41);
	struct round *real = calloc(rounds, sizeof(*real));
	struct round *sim = calloc(rounds, sizeof(*sim));
	double *shared = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct machine *m = new_machine();
	struct utsname uts;

	must(rounds && real && sim && shared != MAP_FAILED, "no memory");
	must(!prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), "prctl");
	uname(&uts);
	for (unsigned i = 0; i < rounds; i += TURN) {
		for (unsigned k = 0; k < TURN; k++)
			real_round(&real[i + k], shared);
		for (unsigned k = 0; k < TURN; k++)
			sim_round(&sim[i + k], m);
	}
	printf("Linux %s and the core of %s, events off: turns of %u rounds, "
	       "%u of each\n",
		uts.release, newest()->name, TURN, rounds);
	print_rows(real, sim, rounds);
	machine_delete(m);
	free(real);
	free(sim);
	return 0;
}
