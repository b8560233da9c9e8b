/*
 * Keyframes of a plain region against full copies of it: random writes, walks
 * back and forth, growth, a tiny budget; with both barriers.
 */
#include "history/alloc.h"
#include "history/keyframes.h"
#include "history/raw.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#define REGION ((size_t)64 * BARRIER_PAGE)
#define STEPS 200u

static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* A region whose first word is how much of it is used, as in an arena. */
struct world {
	struct region region;
	uint64_t *base;
	struct keyframes *k;
	char *copy[STEPS + 1];	   /* the state at each place, in full */
	uint64_t seeds[STEPS + 1]; /* of the step from there */
	uint32_t at;		   /* place of the state */
};

static size_t world_used(void *ctx)
{
	return *((struct world *)ctx)->base;
}

static void world_commit(void *ctx, size_t bytes)
{
	(void)ctx;
	(void)bytes;
}

static void world_restored(void *ctx)
{
	(void)ctx;
}

static void world_open(struct world *w, enum barrier_kind kind, size_t budget)
{
	*w = (struct world){ 0 };
	w->base = mmap(NULL, REGION, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(w->base != MAP_FAILED);
	w->base[0] = 5 * BARRIER_PAGE + 24;
	w->region = (struct region){ .base = (char *)w->base,
		.ctx = w,
		.used = world_used,
		.commit = world_commit,
		.restored = world_restored };
	w->k = keyframes_new(&w->region, kind, budget);
}

static void world_close(struct world *w)
{
	keyframes_delete(w->k);
	for (unsigned i = 0; i <= STEPS; i++)
		free(w->copy[i]);
	munmap(w->base, REGION);
}

/* New bytes are zeroed, as the arena does it. */
static void grow(struct world *w, size_t bytes)
{
	memset((char *)w->base + w->base[0], 0, bytes);
	w->base[0] += bytes;
}

/* One deterministic step: some words change, sometimes the end moves up. */
static void step(struct world *w)
{
	uint64_t keep = seed;

	seed = w->seeds[w->at];
	if (below(4) == 0 && w->base[0] + 3000 < REGION)
		grow(w, below(3000) / 8 * 8);
	for (unsigned n = below(12); n; n--)
		w->base[1 + below((uint32_t)(w->base[0] / 8 - 1))] = seed;
	seed = keep;
	w->at++;
	if (w->at == keyframes_next(w->k) || below(5) == 0)
		keyframes_take(
			w->k, (struct mark){ place_of(0, w->at), w->at });
}

static void check(struct world *w)
{
	assert_int_equal(w->base[0], *(uint64_t *)(void *)w->copy[w->at]);
	assert_memory_equal(w->base, w->copy[w->at], w->base[0]);
}

static void record(struct world *w)
{
	for (;;) {
		w->copy[w->at] = xmalloc(w->base[0]);
		memcpy(w->copy[w->at], w->base, w->base[0]);
		if (w->at == STEPS)
			return;
		w->seeds[w->at] = below(1u << 30);
		step(w);
	}
}

static void go(struct world *w, uint32_t to)
{
	place_t before = keyframes_before(w->k, place_of(0, to)).place;

	if (to < w->at || before > w->at || below(3) == 0) {
		w->at = (uint32_t)keyframes_seek(w->k, place_of(0, to)).place;
		assert_true(w->at <= to && w->at == before);
		check(w);
	}
	while (w->at < to)
		step(w);
	check(w);
}

static void walk(enum barrier_kind kind, size_t budget, uint64_t with)
{
	struct world w;

	seed = with;
	world_open(&w, kind, budget);
	record(&w);
	for (unsigned i = 0; i < 300; i++) {
		uint32_t to = below(STEPS + 1);

		if (below(3) == 0)
			to = w.at ? w.at - 1 : 0;
		go(&w, to);
	}
	world_close(&w);
}

static void walks(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 8; i++) {
		walk(BARRIER_COMPARE, SIZE_MAX, i);
		walk(BARRIER_PROTECT, SIZE_MAX, i);
		walk(BARRIER_AUTO, SIZE_MAX, i);
	}
}

static void walks_in_a_tiny_budget(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 8; i++) {
		walk(BARRIER_COMPARE, 0, i);
		walk(BARRIER_PROTECT, 0, i);
		walk(BARRIER_COMPARE, 20000, i);
		walk(BARRIER_PROTECT, 60000, i);
	}
}

/* Fewer keyframes are kept far from the present than near it. */
static void thins_with_age(void **state)
{
	struct world w;
	unsigned near = 0;
	unsigned far = 0;

	(void)state;
	seed = 7;
	world_open(&w, BARRIER_COMPARE, SIZE_MAX);
	record(&w);
	keyframes_budget(w.k, keyframes_bytes(w.k) / 3);
	for (uint32_t i = 0; i < STEPS; i++) {
		bool is = keyframes_before(w.k, place_of(0, i)).place == i;

		*(i < STEPS / 2 ? &far : &near) += is;
	}
	assert_true(near > far);
	assert_int_equal(keyframes_before(w.k, 0).place, 0);
	world_close(&w);
}

/* A future that will not be is forgotten, and another one can be made. */
static void another_future(void **state)
{
	struct world w;

	(void)state;
	for (int kind = BARRIER_COMPARE; kind <= BARRIER_PROTECT; kind++) {
		seed = 11;
		world_open(&w, (enum barrier_kind)kind, SIZE_MAX);
		record(&w);
		go(&w, 50);
		keyframes_drop_future(w.k);
		assert_true(keyframes_next(w.k) == PLACE_END);
		for (uint32_t i = 51; i <= STEPS; i++) {
			free(w.copy[i]);
			w.copy[i] = NULL;
		}
		free(w.copy[50]);
		record(&w);
		go(&w, 20);
		go(&w, 150);
		world_close(&w);
	}
}

/* Two regions at once: each fault finds its own. */
static void two_regions(void **state)
{
	struct world a, b;

	(void)state;
	seed = 3;
	world_open(&a, BARRIER_PROTECT, SIZE_MAX);
	world_open(&b, BARRIER_PROTECT, SIZE_MAX);
	record(&a);
	record(&b);
	for (unsigned i = 0; i < 100; i++) {
		go(&a, below(STEPS + 1));
		go(&b, below(STEPS + 1));
	}
	world_close(&a);
	go(&b, 0);
	go(&b, STEPS);
	world_close(&b);
}

/* More scattered pages than the host allows separate mappings for. */
static void many_pages(void **state)
{
	size_t size = (size_t)70000 * BARRIER_PAGE;
	struct world w = { 0 };

	(void)state;
	w.base = xmap(size);
	w.base[0] = size;
	w.region = (struct region){ .base = (char *)w.base,
		.ctx = &w,
		.used = world_used,
		.commit = world_commit,
		.restored = world_restored };
	w.k = keyframes_new(&w.region, BARRIER_PROTECT, SIZE_MAX);
	for (size_t i = 1; i < 70000; i += 2)
		w.base[i * BARRIER_PAGE / 8 + 3] = i;
	keyframes_seek(w.k, 0);
	for (size_t i = 1; i < 70000; i++)
		assert_int_equal(w.base[i * BARRIER_PAGE / 8 + 3], 0);
	keyframes_delete(w.k);
	xunmap(w.base, size);
}

/* A region that outgrows comparing is protected from then on. */
static void grows_large(void **state)
{
	size_t size = (size_t)3000 * BARRIER_PAGE;
	struct world w = { 0 };

	(void)state;
	w.base = xmap(size);
	w.base[0] = BARRIER_PAGE;
	w.region = (struct region){ .base = (char *)w.base,
		.ctx = &w,
		.used = world_used,
		.commit = world_commit,
		.restored = world_restored };
	w.k = keyframes_new(&w.region, BARRIER_AUTO, SIZE_MAX);
	for (uint32_t i = 1; i <= 30; i++) {
		w.base[0] = (size_t)i * 100 * BARRIER_PAGE;
		w.base[1] = i;
		w.base[w.base[0] / 8 - 1] = i;
		keyframes_take(w.k, (struct mark){ place_of(0, i), i });
	}
	for (uint32_t i = 0; i < 60; i++) {
		uint32_t to = 1 + i * 7 % 30;

		w.base[2] = i;
		keyframes_seek(w.k, place_of(0, to));
		assert_int_equal(w.base[0], to * 100 * BARRIER_PAGE);
		assert_int_equal(w.base[1], to);
		assert_int_equal(w.base[2], 0);
		for (uint32_t n = 1; n <= to; n++)
			assert_int_equal(
				w.base[n * 100 * BARRIER_PAGE / 8 - 1], n);
	}
	keyframes_delete(w.k);
	xunmap(w.base, size);
}

static int passed_on;
static sigjmp_buf out;

static void stranger(int sig)
{
	(void)sig;
	passed_on++;
	siglongjmp(out, 1);
}

/* Faults that are not ours reach who was there before. */
static void foreign_fault(void **state)
{
	struct sigaction keep, sa = { .sa_handler = stranger };
	volatile char *none = mmap(NULL, BARRIER_PAGE, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct world w;

	(void)state;
	sigaction(SIGSEGV, &sa, &keep);
	world_open(&w, BARRIER_PROTECT, SIZE_MAX);
	assert_false(barrier_fault(NULL));
	assert_false(barrier_fault((char *)w.base + REGION));
	passed_on = 0;
	if (!sigsetjmp(out, 1))
		*none = 1;
	assert_int_equal(passed_on, 1);
	w.base[3] = 1;
	assert_int_equal(passed_on, 1);
	world_close(&w);
	sigaction(SIGSEGV, &keep, NULL);
	munmap((void *)(uintptr_t)none, BARRIER_PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(walks_in_a_tiny_budget),
		cmocka_unit_test(thins_with_age),
		cmocka_unit_test(another_future),
		cmocka_unit_test(two_regions),
		cmocka_unit_test(many_pages),
		cmocka_unit_test(grows_large),
		cmocka_unit_test(foreign_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
