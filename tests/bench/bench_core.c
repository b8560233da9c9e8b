/*
 * What the machine's operations take in each era, events off: a first touch, a
 * fork of 1000 dirty pages, a copy-on-write fault, an unmap of 1000 pages.
 * Times are medians; compare them only within one run.
 */
#include "core/ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGES 1000u
#define ROUNDS 41u
#define MIB ((uint64_t)1 << 20)

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times, size_t n)
{
	qsort(times, n, sizeof(*times), by_size);
	return times[n / 2];
}

/* -- operations ----------------------------------------------------------- */

static struct op_result run(struct machine *m, struct op op)
{
	struct op_result res = { 0 };

	if (machine_run(m, &op, &res)) {
		fprintf(stderr, "bench_core: %s: %s\n", op_desc(op.id)->name,
			status_name(res.status));
		exit(1);
	}
	return res;
}

static void write_all(struct machine *m, uint32_t pid, uint64_t at)
{
	for (unsigned i = 0; i < PAGES; i++)
		run(m, (struct op){ .id = OP_WRITE,
			       .subject = pid,
			       .given = 3,
			       .arg = { at + i * PAGE_SIZE, i } });
}

static uint64_t map(struct machine *m, uint32_t pid)
{
	return run(m, (struct op){ .id = OP_MMAP,
			      .subject = pid,
			      .given = 1,
			      .arg = { PAGES * PAGE_SIZE } })
		.value;
}

static void unmap(struct machine *m, uint32_t pid, uint64_t at)
{
	run(m, (struct op){ .id = OP_MUNMAP,
		       .subject = pid,
		       .given = 3,
		       .arg = { at, PAGES * PAGE_SIZE } });
}

static uint32_t fork_of(struct machine *m, uint32_t pid)
{
	return (uint32_t)run(m, (struct op){ .id = OP_FORK, .subject = pid })
		.value;
}

static struct machine *machine_of(const struct era *era, uint64_t ram)
{
	struct machine *m =
		machine_new(&(struct machine_config){ .era = era, .ram = ram });

	if (!m) {
		perror("bench_core: machine_new");
		exit(1);
	}
	run(m, (struct op){ .id = OP_SPAWN, .text = "parent" });
	return m;
}

/* -- one operation at a time ------------------------------------------------ */

enum { TOUCH, FORK, COPY, UNMAP, KINDS };

/* A round: touch 1000 pages, fork, copy them in the child, unmap it all. */
static void round_of(struct machine *m, double took[KINDS])
{
	double t0 = now(), t1, t2, t3, t4;
	uint64_t at = map(m, 1);
	uint32_t child;

	write_all(m, 1, at);
	t1 = now();
	child = fork_of(m, 1);
	t2 = now();
	write_all(m, child, at);
	t3 = now();
	unmap(m, child, at);
	t4 = now();
	took[TOUCH] = (t1 - t0) / PAGES;
	took[FORK] = t2 - t1;
	took[COPY] = (t3 - t2) / PAGES;
	took[UNMAP] = t4 - t3;
	run(m, (struct op){ .id = OP_EXIT, .subject = child });
	unmap(m, 1, at);
}

static void bench_operations(const struct era *era)
{
	struct machine *m = machine_of(era, 64 * MIB);
	double times[KINDS][ROUNDS], took[KINDS];

	for (unsigned i = 0; i < ROUNDS; i++) {
		round_of(m, took);
		for (unsigned k = 0; k < KINDS; k++)
			times[k][i] = took[k];
	}
	printf("%-8s %12.0f %14.0f %12.0f %14.0f\n", era->name,
		median(times[TOUCH], ROUNDS), median(times[FORK], ROUNDS),
		median(times[COPY], ROUNDS), median(times[UNMAP], ROUNDS));
	machine_delete(m);
}

int main(void)
{
	printf("One operation, ns (median of %u rounds), events off\n", ROUNDS);
	printf("%-8s %12s %14s %12s %14s\n", "era", "first touch",
		"fork 1000", "copy", "unmap 1000");
	for (unsigned i = 0; era_at(i); i++)
		bench_operations(era_at(i));
	return 0;
}
