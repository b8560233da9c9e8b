/*
 * The order in which the kernels do things: first touch, fork, copy-on-write,
 * unmap and a walk.  Each list names events that come in this order, others
 * may stand between them.
 */
#include "recorder.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

#define MAX_ORDER 40

/* Events of @last after @first; "!" before a text: it does not occur from here
 * to the next one. */
struct act {
	const char *name, *era;
	const char *first, *last;
	const char *order[MAX_ORDER];
};

static const struct act acts[] = {
	/* Section 5 of the sheet on the old kernels. */
	{ "first write", "2.4", "map 10-14", "touch 10",
		{ "LOCK mmap_sem", "CALL find_vma", "LOCK page_table_lock",
			"PTE_IS_NONE", "UNLOCK page_table_lock", "ALLOC_PAGE",
			"ZERO_FILL", "LOCK page_table_lock", "SET rss 0>1",
			"LRU_ADD", "CALL mark_page_accessed", "SET flags",
			"SET_PTE", "UNLOCK page_table_lock",
			"UNLOCK mmap_sem" } },
	{ "first write", "2.6.0", "map 10-14", "touch 10",
		{ "LOCK mmap_sem", "CALL find_vma", "LOCK page_table_lock",
			"PTE_IS_NONE", "CALL pte_chain_alloc", "CHAIN_SPARE",
			"UNLOCK page_table_lock", "ALLOC_PAGE", "ZERO_FILL",
			"LOCK page_table_lock", "SET rss 0>1", "LRU_ADD",
			"SET_PTE", "CALL page_add_rmap", "LOCK PG_chainlock",
			"CHAIN_DIRECT", "UNLOCK PG_chainlock",
			"UNLOCK page_table_lock", "CHAIN_STASH",
			"UNLOCK mmap_sem" } },
	{ "fork", "2.4", "map 10-14; touch 10", "fork C",
		{ "CALL do_fork", "CALL dup_mmap", "LOCK mmap_sem",
			"MMLIST_ADD", "DUP_VMA", "LOCK page_table_lock",
			"LOCK page_table_lock", "WRPROTECT", "SET count 1>2",
			"SHARE_PAGE", "UNLOCK page_table_lock",
			"UNLOCK page_table_lock", "FLUSH_MM",
			"UNLOCK mmap_sem" } },
	{ "fork", "2.6.0", "map 10-14; touch 10", "fork C",
		{ "MMLIST_ADD", "DUP_VMA", "LOCK page_table_lock",
			"CHAIN_SPARE", "LOCK page_table_lock", "WRPROTECT",
			"SET count 1>2", "SHARE_PAGE", "CALL page_add_rmap",
			"LOCK PG_chainlock", "CHAIN_PUSH", "CHAIN_FILL",
			"CHAIN_FILL", "UNLOCK PG_chainlock", "ALLOC_OBJECT",
			"CHAIN_SPARE", "UNLOCK page_table_lock", "CHAIN_STASH",
			"FLUSH_MM", "UNLOCK mmap_sem" } },
	{ "copy", "2.4", "map 10-14; touch 10; fork C", "C: touch 10",
		{ "LOCK page_table_lock", "LOCK PG_locked", "REUSE_NO",
			"UNLOCK PG_locked", "SET count 2>3",
			"UNLOCK page_table_lock", "ALLOC_PAGE", "COPY_PAGE",
			"LOCK page_table_lock", "SET_PTE", "FLUSH_PAGE",
			"LRU_ADD", "UNLOCK page_table_lock", "SET count 3>2",
			"SET count 2>1" } },
	{ "copy", "2.6.0", "map 10-14; touch 10; fork C", "C: touch 10",
		{ "LOCK page_table_lock", "LOCK PG_locked", "REUSE_NO",
			"UNLOCK PG_locked", "SET count 2>3",
			"UNLOCK page_table_lock", "CHAIN_SPARE", "ALLOC_PAGE",
			"COPY_PAGE", "LOCK page_table_lock",
			"CALL page_remove_rmap", "CHAIN_EMPTY", "SET_PTE",
			"FLUSH_PAGE", "CALL page_add_rmap", "CHAIN_DIRECT",
			"LRU_ADD", "SET count 3>2", "SET count 2>1",
			"UNLOCK page_table_lock", "CHAIN_STASH" } },
	{ "unmap", "2.4", "map 10-14; touch 10; touch 13", "unmap 11-12",
		{ "CALL do_munmap", "ALLOC_OBJECT", "LOCK page_table_lock",
			"VMA_UNLINK", "UNLOCK page_table_lock",
			"CALL zap_page_range", "CALL unmap_fixup", "VMA_RANGE",
			"LOCK page_table_lock", "VMA_LINK", "VMA_LINK",
			"UNLOCK page_table_lock", "CALL free_pgtables" } },
	{ "exit", "2.4", "map 10-14; touch 10; map 20-24 r; touch 13", "exit",
		{ "CALL do_exit", "MMLIST_DEL", "CALL exit_mmap", "SET rss 2>0",
			"VMA_UNLINK", "CALL zap_page_range", "CLEAR_PTE",
			"FREE_OBJECT", "VMA_UNLINK", "FREE_OBJECT",
			"CALL clear_page_tables", "FREE_TABLE", "TASK_GONE" } },
	{ "first write", "2.6.11", "map 10-14", "touch 10",
		{ "CALL do_page_fault", "LOCK mmap_sem", "FOUND_VMA",
			"CALL handle_mm_fault", "LOCK page_table_lock",
			"CALL handle_pte_fault", "CALL do_anonymous_page",
			"UNLOCK page_table_lock", "CALL anon_vma_prepare",
			"ALLOC_OBJECT", "LOCK page_table_lock", "LINK_ANON_VMA",
			"UNLOCK page_table_lock", "RETURN anon_vma_prepare",
			"ALLOC_PAGE", "LOCK page_table_lock", "LRU_ADD",
			"CALL page_add_anon_rmap", "SET _mapcount -1>0",
			"SET_PTE", "UNLOCK page_table_lock",
			"UNLOCK mmap_sem" } },
	{ "first write", "4.0", "map 10-14", "touch 10",
		{ "LOCK mmap_sem", "FOUND_VMA", "CALL handle_mm_fault",
			"CALL do_anonymous_page", "CALL anon_vma_prepare",
			"CALL find_mergeable_anon_vma", "ALLOC_OBJECT",
			"LINK_ANON_VMA", "RETURN anon_vma_prepare",
			"ALLOC_PAGE", "LOCK page_table_lock",
			"CALL page_add_new_anon_rmap", "SET _mapcount -1>0",
			"LRU_ADD", "SET_PTE", "UNLOCK page_table_lock",
			"UNLOCK mmap_sem" } },
	{ "first write", "6.18", "map 10-14", "touch 10",
		{ "CALL do_user_addr_fault", "CALL handle_mm_fault",
			"CALL do_anonymous_page", "CALL __anon_vma_prepare",
			"LINK_ANON_VMA", "ALLOC_PAGE", "LOCK page_table_lock",
			"CALL folio_add_new_anon_rmap", "SET _mapcount -1>0",
			"LRU_ADD", "SET_PTE", "UNLOCK page_table_lock" } },
	{ "fork", "2.6.11", "map 10-14; touch 10", "fork C",
		{ "CALL do_fork", "CALL copy_mm", "CALL dup_mmap",
			"LOCK mmap_sem", "DUP_VMA", "CALL anon_vma_link",
			"LINK_ANON_VMA", "VMA_LINK", "CALL copy_page_range",
			"WRPROTECT", "SHARE_PAGE", "SET _mapcount 0>1",
			"RETURN copy_page_range", "UNLOCK mmap_sem" } },
	{ "fork", "4.0", "map 10-14; touch 10", "fork C",
		{ "CALL dup_mmap", "LOCK mmap_sem", "DUP_VMA",
			"CALL anon_vma_fork", "CALL anon_vma_clone",
			"LINK_ANON_VMA", "RETURN anon_vma_clone",
			"LINK_ANON_VMA", "RETURN anon_vma_fork", "VMA_LINK",
			"CALL copy_page_range", "WRPROTECT",
			"SET _mapcount 0>1", "SHARE_PAGE",
			"RETURN copy_page_range", "UNLOCK mmap_sem" } },
	{ "fork", "6.18", "map 10-14; touch 10", "fork C",
		{ "CALL dup_mmap", "LOCK mmap_lock", "DUP_VMA",
			"CALL anon_vma_fork", "CALL anon_vma_clone",
			"LINK_ANON_VMA", "RETURN anon_vma_clone",
			"LINK_ANON_VMA", "CALL copy_page_range",
			"SET _mapcount 0>1", "WRPROTECT", "SHARE_PAGE",
			"UNLOCK mmap_lock" } },
	{ "copy", "2.6.11", "map 10-14; touch 10; fork C", "C: touch 10",
		{ "LOCK page_table_lock", "CALL do_wp_page", "REUSE_NO",
			"UNLOCK page_table_lock", "CALL anon_vma_prepare",
			"ALLOC_PAGE", "COPY_PAGE", "LOCK page_table_lock",
			"SET _mapcount 1>0", "SET_PTE", "LRU_ADD",
			"SET _mapcount -1>0", "UNLOCK page_table_lock" } },
	{ "copy", "4.0", "map 10-14; touch 10; fork C", "C: touch 10",
		{ "CALL do_wp_page", "REUSE_NO", "ALLOC_PAGE", "COPY_PAGE",
			"CLEAR_PTE", "FLUSH_PAGE", "SET _mapcount -1>0",
			"LRU_ADD", "SET_PTE", "SET _mapcount 1>0" } },
	{ "copy", "6.18", "map 10-14; touch 10; fork C", "C: touch 10",
		{ "CALL do_wp_page", "REUSE_NO", "CALL wp_page_copy",
			"ALLOC_PAGE", "COPY_PAGE", "CLEAR_PTE", "FLUSH_PAGE",
			"SET _mapcount -1>0", "LRU_ADD", "SET_PTE",
			"SET _mapcount 1>0" } },
	{ "reuse", "2.6.11", "map 10-14; touch 10; fork C; C: touch 10",
		"touch 10",
		{ "CALL do_wp_page", "REUSE_YES", "!ALLOC_PAGE", "!COPY_PAGE",
			"SET_PTE", "FLUSH_PAGE" } },
	{ "reuse", "4.0", "map 10-14; touch 10; fork C; C: touch 10",
		"touch 10",
		{ "CALL do_wp_page", "REUSE_YES", "!ALLOC_PAGE",
			"CALL page_move_anon_rmap", "SET_PTE" } },
	{ "reuse", "6.18", "map 10-14; touch 10; fork C; C: touch 10",
		"touch 10",
		{ "CALL do_wp_page", "REUSE_YES", "CALL folio_move_anon_rmap",
			"!ALLOC_PAGE", "SET_PTE" } },
	{ "unmap", "2.6.11", "map 10-14; touch 10; fork C", "C: unmap 10-14",
		{ "CALL do_munmap", "VMA_UNLINK", "CALL unmap_vmas",
			"CLEAR_PTE", "SET _mapcount 1>0", "RETURN unmap_vmas",
			"CALL anon_vma_unlink", "UNLINK_ANON_VMA",
			"FREE_OBJECT" } },
	{ "unmap", "4.0", "map 10-14; touch 10; fork C", "C: unmap 10-14",
		{ "CALL do_munmap", "VMA_UNLINK", "CALL unmap_vmas",
			"CLEAR_PTE", "SET _mapcount 1>0", "RETURN unmap_vmas",
			"CALL free_pgtables", "CALL unlink_anon_vmas",
			"UNLINK_ANON_VMA", "FREE_TABLE", "CALL remove_vma",
			"FREE_OBJECT" } },
	{ "unmap", "6.18", "map 10-14; touch 10; fork C", "C: unmap 10-14",
		{ "CALL do_vmi_align_munmap", "VMA_UNLINK", "CALL unmap_vmas",
			"CLEAR_PTE", "SET _mapcount 1>0", "RETURN unmap_vmas",
			"CALL free_pgtables", "CALL unlink_anon_vmas",
			"UNLINK_ANON_VMA", "FREE_TABLE", "CALL remove_vma",
			"FREE_OBJECT" } },
	/* N40-57: an exit frees the pages before it unlinks the VMAs. */
	{ "exit", "4.0",
		"map 10-14; touch 10; map 20-24 r; map 24-28; "
		"touch 24",
		"exit",
		{ "CALL do_exit", "CALL exit_mmap", "CALL unmap_vmas",
			"SET _mapcount 0>-1", "SET _mapcount 0>-1",
			"RETURN unmap_vmas", "UNLINK_ANON_VMA",
			"UNLINK_ANON_VMA", "TASK_GONE" } },
	{ "exit", "2.6.11",
		"map 10-14; touch 10; map 20-24 r; map 24-28; "
		"touch 24",
		"exit",
		{ "CALL do_exit", "CALL exit_mmap", "SET _mapcount 0>-1",
			"SET _mapcount 0>-1", "UNLINK_ANON_VMA",
			"UNLINK_ANON_VMA", "TASK_GONE" } },
	/* A split: mprotect of the middle. */
	{ "split", "4.0", "map 10-14; touch 10", "protect 11-12 r",
		{ "CALL mprotect_fixup", "CALL __split_vma", "LINK_ANON_VMA",
			"VMA_RANGE", "CALL __split_vma", "LINK_ANON_VMA",
			"CALL change_protection" } },
};

static struct recorder rec;

static const char *text_at(unsigned i)
{
	return event_text(run.m, &rec.event[i]);
}

static bool starts_with(const char *text, const char *want)
{
	size_t n = strlen(want);
	return !strncmp(text, want, n) && (!text[n] || text[n] == ' ');
}

/* The first event from @from that is @want, or -1. */
static int look_for(const char *want, unsigned from)
{
	for (unsigned i = from; i < rec.count; i++)
		if (starts_with(text_at(i), want))
			return (int)i;
	return -1;
}

static void print_events(void)
{
	for (unsigned i = 0; i < rec.count; i++)
		fprintf(stderr, "  %*s%s\n", rec.event[i].depth, "",
			text_at(i));
}

static void fail_act(const struct act *a, const char *want)
{
	print_events();
	fail_msg("%s in %s: %s is not where it should be", a->name, a->era,
		want);
}

static void expect_order(const struct act *a)
{
	unsigned at = 0, absent = 0;
	for (unsigned i = 0; i < MAX_ORDER && a->order[i]; i++) {
		if (a->order[i][0] == '!') {
			absent++;
			continue;
		}
		int found_at = look_for(a->order[i], at);
		if (found_at < 0)
			fail_act(a, a->order[i]);
		for (; absent; absent--) {
			int no = look_for(a->order[i - absent] + 1, at);
			if (no >= 0 && no < found_at)
				fail_act(a, a->order[i - absent]);
		}
		at = (unsigned)found_at + 1;
	}
}

static void record(const char *era, const char *first, const char *last)
{
	begin(era);
	script(first);
	record_start(&rec, run.m);
	script(last);
	record_stop(&rec, run.m);
}

static void order_of_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		record(acts[i].era, acts[i].first, acts[i].last);
		expect_order(&acts[i]);
		finish();
	}
}

/* ---- what holds for every stream ---- */

struct held {
	struct ref o;
	const char *field;
};

static unsigned take(struct held *held, unsigned n, const struct event *e)
{
	assert_true(n < 64);
	held[n] = (struct held){ e->o, e->field };
	return n + 1;
}

static unsigned release(struct held *held, unsigned n, const struct event *e)
{
	for (unsigned i = n; i-- > 0;)
		if (ref_eq(held[i].o, e->o) &&
			!strcmp(held[i].field, e->field)) {
			memmove(&held[i], &held[i + 1],
				(n - i - 1) * sizeof(held[0]));
			return n - 1;
		}
	fail_msg("%s of kind %u id %u released but not held", e->field,
		e->o.kind, e->o.id);
	return n;
}

/* A VMA's lock taken for writing ends with mmap_lock, all at once. */
static bool ends_with_mmap_lock(const struct event *e)
{
	return !strcmp(e->field, "vm_lock") && e->n;
}

/* Every lock taken is released by its taker and by nobody else. */
static void expect_locks_pair(void)
{
	struct held held[64];
	unsigned n = 0;
	for (unsigned i = 0; i < rec.count; i++) {
		const struct event *e = &rec.event[i];
		if (e->id == EV_LOCK && !ends_with_mmap_lock(e))
			n = take(held, n, e);
		if (e->id == EV_UNLOCK)
			n = release(held, n, e);
	}
	if (n)
		fail_msg("%s of kind %u id %u is still held", held[n - 1].field,
			held[n - 1].o.kind, held[n - 1].o.id);
}

/* Calls and returns nest; depth says how deep; the kind is the id's. */
static void expect_calls_nest(void)
{
	uint16_t stack[64];
	unsigned depth = 0;
	for (unsigned i = 0; i < rec.count; i++) {
		const struct event *e = &rec.event[i];
		expect_num(e->kind, event_kind_of((enum event_id)e->id));
		if (e->id == EV_CALL) {
			assert_true(depth < 64);
			expect_num(e->depth, depth);
			stack[depth++] = e->fn;
			assert_non_null(machine_era(run.m)->fn[e->fn]);
		} else if (e->id == EV_RETURN) {
			assert_true(depth > 0);
			expect_num(e->fn, stack[--depth]);
			expect_num(e->depth, depth);
		} else {
			expect_num(e->depth, depth);
			if (depth)
				expect_num(e->fn, stack[depth - 1]);
		}
	}
	expect_num(depth, 0);
}

static const char *const stories[] = {
	"map 10-20; touch 10-14; read 15; touch 15; fork C; C: touch 10-12; "
	"touch 10; C: read 9 =SIGSEGV",
	"protect 11-12 r; protect 11-12 rw; move 10-14 40; move 40-44 10; "
	"unmap 11-12; map 11-12; touch 11; advise 10-14 dontneed; "
	"resize 14-20 22; brk 4; brk 2",
	"C: fork G; exit; C: exit; G: touch 11; G: map 30-34; "
	"G: unmap 30-34 ; G: exit",
};

static void locks_and_calls_pair(void **state)
{
	static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0",
		"6.18" };
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		begin(eras[i]);
		for (unsigned s = 0; s < 3; s++) {
			record_start(&rec, run.m);
			script(stories[s]);
			record_stop(&rec, run.m);
			expect_locks_pair();
			expect_calls_nest();
		}
		finish();
	}
}

/* ---- walks ---- */

static void record_walk(const char *era, const char *text, const char *task)
{
	begin(era);
	script(text);
	const struct page *p = frame(task, 10);
	record_start(&rec, run.m);
	expect_num(try_rmap(p, false), 0);
	record_stop(&rec, run.m);
}

static unsigned count_events(const char *want)
{
	unsigned n = 0;
	for (unsigned i = 0; i < rec.count; i++)
		n += starts_with(text_at(i), want);
	return n;
}

/* T611-06 as events: a miss in V', then a hit in V. */
static void walk_of_2_6_11(void **state)
{
	static const struct act want = { "walk", "2.6.11", NULL, NULL,
		{ "CALL page_referenced", "RMAP_START", "LOCK", "RMAP_VISIT",
			"LOCK page_table_lock", "RMAP_MISS",
			"UNLOCK page_table_lock", "RMAP_VISIT",
			"LOCK page_table_lock", "RMAP_HIT",
			"UNLOCK page_table_lock", "UNLOCK", "RMAP_DONE" } };
	(void)state;
	record_walk("2.6.11", "map 10-14; touch 10; fork C; C: touch 10", "P");
	expect_order(&want);
	expect_num(count_events("RMAP_VISIT"), 2);
	expect_locks_pair();
	expect_calls_nest();
	finish();
}

/* N40-16 as events: one visit, one hit; the root's lock is held. */
static void walk_of_4_0(void **state)
{
	static const struct act want = { "walk", "4.0", NULL, NULL,
		{ "CALL page_referenced", "LOCK", "RMAP_VISIT", "RMAP_HIT",
			"UNLOCK" } };
	(void)state;
	record_walk("4.0", "map 10-14; touch 10; fork C; C: touch 10", "P");
	expect_order(&want);
	expect_num(count_events("RMAP_VISIT"), 1);
	expect_num(count_events("RMAP_HIT"), 1);
	expect_locks_pair();
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_events),
		cmocka_unit_test(locks_and_calls_pair),
		cmocka_unit_test(walk_of_2_6_11),
		cmocka_unit_test(walk_of_4_0),
	};
	int failed = cmocka_run_group_tests(tests, NULL, run_teardown);
	record_free(&rec);
	return failed;
}
