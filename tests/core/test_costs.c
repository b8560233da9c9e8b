/*
 * Events against counters: what an operation counts is what it tells, locks
 * are taken in the kernel's order, and the TLB is flushed where it must be.
 */
#include "recorder.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

static const char *const story[] = { "map 10-20", "touch 10", "read 12",
	"touch 12", "map 20-24 rwx", "touch 20", "fork C", "C: touch 10",
	"touch 10", "C: read 9 =SIGSEGV", "protect 11-12 r", "protect 11-12 rw",
	"move 10-14 40", "move 40-44 10", "unmap 11-12", "map 11-12",
	"touch 11", "advise 10-14 dontneed", "resize 14-18 16", "brk 4",
	"brk 2", "C: fork G", "exit", "C: exit", "G: touch 12",
	"G: unmap 10-30", "G: exit" };
#define NR_STEPS (sizeof(story) / sizeof(story[0]))

static struct recorder rec;

static void record(const char *text)
{
	record_start(&rec, run.m);
	script(text);
	record_stop(&rec, run.m);
}

static unsigned told(enum event_id id)
{
	unsigned n = 0;
	for (unsigned i = 0; i < rec.count; i++)
		n += rec.event[i].id == id;
	return n;
}

/* A counter and the events that it counts; TASK_NEW tells of the mm. */
static const struct {
	enum cost_id cost;
	enum event_id event[4];
} counted[] = { { COST_LOCKS, { EV_LOCK } },
	{ COST_TLB_FLUSHES, { EV_FLUSH_PAGE, EV_FLUSH_MM } },
	{ COST_COPIES, { EV_COPY_PAGE } },
	{ COST_ALLOCS, { EV_ALLOC_PAGE, EV_ALLOC_OBJECT, EV_TASK_NEW } },
	{ COST_FREES,
		{ EV_FREE_PAGE, EV_FREE_TABLE, EV_FREE_SLAB, EV_FREE_OBJECT } },
	{ COST_VISITED, { EV_RMAP_VISIT } },
	{ COST_MATCHED, { EV_RMAP_HIT } } };

static void expect_counted(const char *era, const char *step)
{
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		unsigned n = 0;
		for (unsigned e = 0; e < 4 && counted[i].event[e]; e++)
			n += told(counted[i].event[e]);
		if (n != cost(counted[i].cost))
			fail_msg("%s, %s: %s counts %u, %u told", era, step,
				cost_name(counted[i].cost),
				(unsigned)cost(counted[i].cost), n);
	}
}

/* Each counter is the number of its events. */
static void counters_are_events(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		for (size_t i = 0; i < NR_STEPS; i++) {
			record(story[i]);
			expect_counted(eras[e], story[i]);
		}
		finish();
	}
}

/* The totals are the sum of the operations before the last. */
static void totals_add_up(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		struct costs sum = run.res.costs;
		memset(&sum, 0, sizeof(sum));
		begin(eras[e]);
		sum = run.m->total;
		for (size_t i = 0; i < NR_STEPS; i++) {
			for (unsigned c = 0; c < NR_COSTS; c++)
				sum.n[c] += run.res.costs.n[c];
			script(story[i]);
			assert_memory_equal(&run.m->total, &sum, sizeof(sum));
			assert_memory_equal(
				&run.m->op_costs, &run.res.costs, sizeof(sum));
		}
		finish();
	}
}

/* ---- the order of locks ---- */

static const struct {
	const char *field;
	unsigned rank; /* no lower rank is taken while it is held */
} ranks[] = { { "mmap_sem", 1 }, { "mmap_lock", 1 }, { "vm_lock", 1 },
	{ "lock", 2 }, { "rwsem", 2 }, { "page_table_lock", 3 },
	{ "PG_chainlock", 4 }, { "mmlist_lock", 1 },
	{ "PG_locked", 0 } }; /* 0: only ever tried */

static unsigned rank_of(const char *field)
{
	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		if (!strcmp(ranks[i].field, field))
			return ranks[i].rank;
	fail_msg("no rank for lock %s", field);
	return 0;
}

#define NR_RANKS 5

static void expect_ranks(const char *era, const char *step)
{
	int held[NR_RANKS] = { 0 };
	for (unsigned i = 0; i < rec.count; i++) {
		const struct event *e = &rec.event[i];
		if (e->id != EV_LOCK && e->id != EV_UNLOCK)
			continue;
		unsigned rank = rank_of(e->field);
		held[rank] += e->id == EV_LOCK ? 1 : -1;
		for (unsigned r = rank + 1;
			e->id == EV_LOCK && rank && r < NR_RANKS; r++)
			if (held[r] > 0)
				fail_msg("%s, %s: %s is taken too late", era,
					step, e->field);
	}
}

/* mmap_sem, then an anon_vma's lock, then the page table lock. */
static void locks_are_taken_in_order(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		for (size_t i = 0; i < NR_STEPS; i++) {
			record(story[i]);
			expect_ranks(eras[e], story[i]);
		}
		finish();
	}
}

/* Memory is allocated only while no page table lock of 2.6.11 is held. */
static void no_allocation_under_spinlock(void **state)
{
	(void)state;
	begin("2.6.11");
	script("map 10-14; map 14-18 rwx; read 11");
	static const char *const faults[] = { "touch 10", "touch 11",
		"touch 14" };
	for (size_t s = 0; s < 3; s++) {
		int held = 0;
		record(faults[s]);
		for (unsigned i = 0; i < rec.count; i++) {
			const struct event *e = &rec.event[i];
			bool ptl = e->field &&
				   !strcmp(e->field, "page_table_lock");
			held += ptl && e->id == EV_LOCK;
			held -= ptl && e->id == EV_UNLOCK;
			if (e->kind == EVENT_ALLOC)
				expect_num(held, 0);
		}
	}
	finish();
}

/* ---- the TLB ---- */

/* T2.10: fork ends with one flush of the parent, not one for each page. */
static void t2_10_fork_flushes_once(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-40; touch 10-40");
		record("fork C");
		expect_num(told(EV_FLUSH_PAGE), 0);
		expect_num(told(EV_FLUSH_MM), 1);
		finish();
	}
}

/* T2.8: mapping a page needs no flush, unmapping and replacing one do. */
static void t2_8_flushes(void **state)
{
	static const struct {
		const char *first, *step;
		bool flushes;
	} row[] = { { "map 10-14", "touch 10", false },
		{ "map 10-14", "read 10", false },
		{ "map 10-14; touch 10", "unmap 10-14", true },
		{ "map 10-14; touch 10", "advise 10-14 dontneed", true },
		{ "map 10-14; touch 10", "protect 10-14 r", true },
		{ "map 10-14; touch 10", "move 10-14 20", true },
		{ "map 10-14; touch 10; fork C", "touch 10", true },
		{ "map 10-14; touch 10", "touch 10", false } };
	(void)state;
	for (size_t i = 0; i < NR_ERAS * 8; i++) {
		begin(eras[i / 8]);
		script(row[i % 8].first);
		script(row[i % 8].step);
		expect_num(cost(COST_TLB_FLUSHES) > 0, row[i % 8].flushes);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_are_events),
		cmocka_unit_test(totals_add_up),
		cmocka_unit_test(locks_are_taken_in_order),
		cmocka_unit_test(no_allocation_under_spinlock),
		cmocka_unit_test(t2_10_fork_flushes_once),
		cmocka_unit_test(t2_8_flushes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, run_teardown);
	record_free(&rec);
	return failed;
}
