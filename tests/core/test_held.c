/*
 * What somebody else holds - a reference, a lock, a write under way - and what
 * that changes.  Statements of the sheets by their numbers.
 */
#define cost cost_of_machine /* emit.h has one, too */
#include "core/io.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/page_tree.h"
#undef cost

#include "filerun.h"
#include "recorder.h"
#include "run.h"
#include "scan_by_hand.h"

#include <stdio.h>
#include <string.h>

/* -- references -------------------------------------------------------------------- */

/* A write while the page is held by somebody whom the checker does not know. */
static void write_held(const char *task, uint64_t page, unsigned faults)
{
	struct op op = make_op(OP_WRITE, pid_of(task));

	set_arg(&op, "addr", addr_of(page));
	set_arg(&op, "value", 77);
	expect_num(machine_run(run.m, &op, &run.res), 0);
	expect_num(run.res.faults, faults);
}

static void drop(struct page *page)
{
	put_page(run.m, page);
	hand_check();
	finish();
}

/* N40-12, and the child holds its page by get_user_pages: mapcount decides. */
static void n40_14_mapcount_decides(void **state)
{
	struct page *page;

	(void)state;
	begin("4.0");
	script("map 10-14; touch 10; fork C; touch 10");
	page = frame("C", 10);
	expect_num(page_mapcount(page), 1);
	page->_refcount++;
	write_held("C", 10, 1);
	assert_ptr_equal(frame("C", 10), page);
	expect_num(cost(COST_COPIES), 0);
	drop(page);
}

/* 6.18: references decide, of a page that was shared once... */
static void n6_11_references_decide(void **state)
{
	struct page *page;

	(void)state;
	begin("6.18");
	script("map 10-14; touch 10; fork C; touch 10");
	page = frame("C", 10);
	expect_num(page_mapcount(page), 1);
	page->_refcount++;
	write_held("C", 10, 1);
	assert_ptr_not_equal(frame("C", 10), page);
	expect_num(cost(COST_COPIES), 1);
	expect_num(page->_refcount, 1);
	drop(page);
}

/* ... but not of one that never was. */
static void n6_11_always_exclusive(void **state)
{
	struct page *page;

	(void)state;
	begin("6.18");
	script("map 10-14; touch 10");
	page = frame("P", 10);
	page->_refcount++;
	write_held("P", 10, 0);
	assert_ptr_equal(frame("P", 10), page);
	drop(page);
}

/* -- locks ------------------------------------------------------------------------- */

/* Times that @lock was taken while @op ran. */
static unsigned locks_taken(const struct op *op, const char *lock)
{
	struct recorder r = { .room = 0 };
	unsigned n = 0;
	char text[64];

	snprintf(text, sizeof(text), "LOCK %s", lock);
	record_start(&r, run.m);
	expect_num(run_op(op), 0);
	record_stop(&r, run.m);
	for (unsigned i = 0; i < r.count; i++)
		n += !strcmp(event_text(run.m, &r.event[i]), text);
	record_free(&r);
	return n;
}

static struct op write_op(uint64_t page)
{
	struct op op = make_op(OP_WRITE, pid_of("P"));

	set_arg(&op, "addr", addr_of(page));
	set_arg(&op, "value", 5);
	return op;
}

/* The first fault of a VMA needs mmap_lock, to give it an anon_vma; the others
 * do with the VMA's own. */
static void n6_59_faults_without_mmap_lock(void **state)
{
	struct op first, second;

	(void)state;
	begin("6.18");
	script("map 10-14");
	first = write_op(10);
	second = write_op(11);
	expect_num(locks_taken(&first, "mmap_lock"), 1);
	expect_num(run.res.faults, 1);
	expect_num(locks_taken(&second, "mmap_lock"), 0);
	expect_num(run.res.faults, 1);
	script("advise 10-14 dontneed");
	expect_num(locks_taken(&first, "vm_lock"), 1);
	expect_num(run.res.faults, 1);
	finish();
}

/* fork locks each VMA of the parent, and until its end. */
static void n6_60_fork_locks_vmas(void **state)
{
	struct recorder r = { .room = 0 };
	struct op op;
	unsigned parents = 0;

	(void)state;
	begin("6.18");
	script("map 10-14; map 20-24 r; map 30-34; touch 30; advise 30-34 "
	       "dontfork");
	expect_num(count_vmas("P"), 3);
	op = make_op(OP_FORK, pid_of("P"));
	set_text(&op, "C");
	record_start(&r, run.m);
	expect_num(run_op(&op), 0);
	record_stop(&r, run.m);
	for (unsigned i = 0; i < r.count; i++)
		for (struct vm_area_struct *v = mm_of("P")->mmap; v;
			v = v->vm_next)
			parents += r.event[i].o.kind == REF_VMA &&
				   r.event[i].o.id == v->id &&
				   !strcmp(event_text(run.m, &r.event[i]),
					   "LOCK vm_lock");
	record_free(&r);
	expect_num(parents, 3);
	for (struct vm_area_struct *v = mm_of("P")->mmap; v; v = v->vm_next)
		expect_num(v->vm_lock.writer, 0);
}

/* Reclaim does not wait for the lock of the reverse map: the page is kept, as if
 * nobody had been asked. */
static void n6_47_contended_lock(void **state)
{
	struct page *page;

	(void)state;
	begin_swapping("6.18", NULL, 0);
	script("map 10-14; touch 10");
	page = frame("P", 10);
	page->flags |= PG(REFERENCED);
	hand_deactivate(page);
	vma_at("P", 10)->anon_vma->root->lock.writer = 1;
	expect_num(hand_shrink(page), 0);
	vma_at("P", 10)->anon_vma->root->lock.writer = 0;
	hand_check();
	assert_ptr_equal(frame("P", 10), page);
	expect_num(page->lru_list, LRU_INACTIVE_ANON);
	assert_true(has_flag(page, PG(REFERENCED)));
	expect_text(pte_text("P", 10), "WDA");
	expect_num(run.m->swap_info.inuse_pages, 0);
	finish();
}

/* -- what is moved away ---------------------------------------------------------------- */

/* MREMAP_DONTUNMAP of a whole VMA: it is as if never faulted. */
static void n6_56_anon_vma_becomes_null(void **state)
{
	struct op op;

	(void)state;
	begin("6.18");
	script("map 10-14; touch 10");
	assert_non_null(vma_at("P", 10)->anon_vma);
	op = make_op(OP_MREMAP, pid_of("P"));
	set_arg(&op, "addr", addr_of(10));
	set_arg(&op, "old_len", 4 * PAGE_SIZE);
	set_arg(&op, "new_len", 4 * PAGE_SIZE);
	set_arg(&op, "to", addr_of(30));
	set_arg(&op, "maymove", 1);
	set_arg(&op, "fixed", 1);
	set_arg(&op, "dontunmap", 1);
	expect_num(run_op(&op), 0);
	assert_null(vma_at("P", 10)->anon_vma);
	assert_true(list_empty(&vma_at("P", 10)->anon_vma_chain));
	assert_non_null(vma_at("P", 30)->anon_vma);
	finish();
}

/* -- files -------------------------------------------------------------------------------- */

#define NO_FLAG 0u

/* Which of DIRTY and WRITEBACK an event changes. */
static uint32_t changed_flags(const struct event *e, const struct page *page)
{
	if (e->id != EV_SET || !e->field || strcmp(e->field, "flags") ||
		e->o.kind != REF_PAGE || e->o.id != page_pfn(run.m, page))
		return NO_FLAG;
	return (uint32_t)(e->old ^ e->new) & (PG(DIRTY) | PG(WRITEBACK));
}

/* Clean, then being written, then written; the tag goes with the dirt. */
static void t9_10_write_out(void **state)
{
	static const char *const eras[] = { "2.6.0", "2.6.11", "4.0", "6.18" };

	(void)state;
	for (unsigned e = 0; e < 4; e++) {
		static const uint32_t want[] = { PG(DIRTY), PG(WRITEBACK),
			PG(WRITEBACK) };
		struct recorder r = { .room = 0 };
		struct page *page;
		unsigned n = 0;

		begin(eras[e]);
		script("file F 4; fwrite F 0 5");
		page = cached("F", 0);
		assert_true(radix_tag_get(
			&file_named("F")->i_mapping.page_tree, 0, RADIX_DIRTY));
		record_start(&r, run.m);
		writeback_inode(run.m, file_named("F"), 4);
		assert_true(has_flag(page, PG(WRITEBACK)));
		assert_false(radix_tag_get(
			&file_named("F")->i_mapping.page_tree, 0, RADIX_DIRTY));
		io_end_all(run.m);
		record_stop(&r, run.m);
		for (unsigned i = 0; i < r.count; i++) {
			uint32_t flags = changed_flags(&r.event[i], page);

			if (!flags)
				continue;
			assert_true(n < 3);
			expect_num(flags, want[n]);
			expect_num(!!(r.event[i].new & flags), n == 1);
			n++;
		}
		expect_num(n, 3);
		record_free(&r);
		finish_files();
	}
}

/* Read, another, and again: active.  Read at once a second time it counts as
 * one use. */
static void t10_3_reading_again(void **state)
{
	static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0",
		"6.18" };

	(void)state;
	for (unsigned e = 0; e < 5; e++) {
		begin(eras[e]);
		script("file F 4; fread F 0; fread F 1");
		assert_false(has_flag(cached("F", 0), PG(ACTIVE)));
		script("fread F 0");
		assert_true(has_flag(cached("F", 0), PG(ACTIVE)));
		script("fread F 3; fread F 3; fread F 3");
		expect_num(has_flag(cached("F", 3), PG(ACTIVE)), e < 2);
		finish_files();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(n40_14_mapcount_decides),
		cmocka_unit_test(n6_11_references_decide),
		cmocka_unit_test(n6_11_always_exclusive),
		cmocka_unit_test(n6_59_faults_without_mmap_lock),
		cmocka_unit_test(n6_60_fork_locks_vmas),
		cmocka_unit_test(n6_47_contended_lock),
		cmocka_unit_test(n6_56_anon_vma_becomes_null),
		cmocka_unit_test(t9_10_write_out),
		cmocka_unit_test(t10_3_reading_again),
	};

	return cmocka_run_group_tests_name("held", tests, NULL, run_teardown);
}
