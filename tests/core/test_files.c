/*
 * Files in every kernel: what a fault maps, what is copied, which page holds
 * what, what the counts are.
 */
#include "filerun.h"

#include "core/i_mmap.h"
#include "core/io.h"
#include "core/page_tree.h"

#include <errno.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))
#define EACH_ERA(e) for (size_t e = 0; e < NR_ERAS; e++)

static bool is(size_t e, const char *era)
{
	return !strcmp(eras[e], era);
}

static bool is_2(size_t e)
{
	return eras[e][0] == '2';
}

/* 2.4 and 2.6.0 have no anon_vma. */
static bool has_anon_vma(size_t e)
{
	return e >= 2;
}

static struct mm_struct *mm(const char *task)
{
	return mm_of(task);
}

/* ---- the page cache ---- */

/* A page reads as name#i, then as what was written; the disk gets it by
 * fsync(). */
static void reads_and_writes(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		script("file F 8; file H 8 hole; file T 4 tmpfs");
		expect_text(text_in("F", 3), "F#3");
		expect_num(cost(COST_IO_READS), 1);
		expect_text(text_in("F", 3), "F#3");
		expect_num(cost(COST_IO_READS), 0);
		expect_text(text_in("H", 3), "0");
		expect_text(text_in("T", 3), "T#3");
		expect_num(cost(COST_IO_READS), 0);
		expect_text(text_in("F", 8), "EOF");
		script("fwrite F 3 77; fwrite F 5 78");
		expect_num(cost(COST_IO_READS), 0);
		assert_true(has_flag(cached("F", 3), PG(DIRTY)));
		assert_true(disk_read(file_named("F"), 3) != 77);
		script("sync F");
		expect_num(cost(COST_IO_WRITES), 2);
		expect_num(disk_read(file_named("F"), 3), 77);
		assert_false(has_flag(cached("F", 3), PG(DIRTY)));
		script("sync F");
		expect_num(cost(COST_IO_WRITES), 0);
		expect_num(file_named("F")->i_mapping.nrpages, 2);
		expect_num(cached("F", 3)->_refcount, 1 + is(e, "2.4"));
		script("fwrite F 9 5");
		expect_num(file_named("F")->i_size, 10);
		expect_text(text_in("F", 8), "0");
		finish_files();
	}
}

/* T9.1, T9.2: the tree's height, and the tag in all levels. */
static void tree_grows(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		script("file F 6000");
		struct radix_tree *t = &file_named("F")->i_mapping.page_tree;
		expect_num(t->height, 0);
		script("fread F 0");
		expect_num(t->height, 1);
		script("fread F 63");
		expect_num(t->height, 1);
		unsigned nodes = t->nr_nodes;
		script("fread F 5000");
		expect_num(t->height, 3);
		expect_num(t->nr_nodes - nodes, 4);
		script("fread F 131; fwrite F 5000 1");
		assert_true(radix_tag_get(t, 5000, RADIX_DIRTY));
		expect_num(t->node->tag[RADIX_DIRTY], 2);
		script("sync F");
		expect_num(t->node->tag[RADIX_DIRTY], 0);
		script("truncate F 0");
		expect_num(t->height, 0);
		expect_num(t->nr_nodes, 0);
		finish_files();
	}
}

/* ---- private mappings ---- */

/* T8.3, T611-24, N40-38: written without a read before: one fault, a copy; the
 * page in the cache is not mapped and clean. */
static void early_cow(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		script("file F 20; fmap 10-14 F 10; write 12 5");
		expect_num(run.res.faults, 1);
		expect_num(run.res.major, 1);
		struct page *copy = frame("P", 12), *page = cached("F", 12);
		assert_ptr_not_equal(copy, page);
		expect_num(copy->kind, PAGE_ANON);
		if (has_anon_vma(e))
			expect_num(copy->index, 12);
		expect_num(page->index, 12);
		expect_num(page_mapcount(page), 0);
		expect_num(page->_refcount, 1);
		assert_false(has_flag(page, PG(DIRTY)));
		assert_ptr_equal(page_inode(run.m, page), file_named("F"));
		if (has_anon_vma(e))
			assert_ptr_equal(page_anon_vma(copy),
				vma_at("P", 12)->anon_vma);
		expect_num(mm("P")->anon_rss, 1);
		expect_num(mm("P")->file_rss, 0);
		expect_num(file_named("F")->i_mapping.nr_mmap, 1);
		expect_text(text_in("F", 12), "F#12");
		expect_text(text_at("P", 12), "5");
		finish_files();
	}
}

/* T8.4, N6-26: read, then written: two faults, the cache page loses its
 * mapping. */
static void read_then_write(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		script("file F 8; fmap 10-14 F 0; read 11");
		struct page *page = cached("F", 1);
		assert_ptr_equal(frame("P", 11), page);
		expect_num(page_mapcount(page), 1);
		expect_num(page->_refcount, 2);
		expect_num(mm("P")->file_rss, 1);
		expect_text(pte_text("P", 11), "--A");
		assert_null(vma_at("P", 11)->anon_vma);
		script("write 11 9");
		expect_num(run.res.faults, 1);
		expect_num(cost(COST_COPIES), 1);
		expect_num(page_mapcount(page), 0);
		expect_num(mm("P")->file_rss, 0);
		expect_num(mm("P")->anon_rss, 1);
		expect_num(vma_at("P", 11)->anon_vma != NULL, has_anon_vma(e));
		expect_text(text_in("F", 1), "F#1");
		finish_files();
	}
}

/* ---- shared mappings ---- */

/* A write is seen by all; dirt lies in the PTE until it is taken away (T9.8),
 * from 4.0 on the page is dirty at once. */
static void shared_write(void **state)
{
	(void)state;
	EACH_ERA(e) {
		bool old = is_2(e);
		begin(eras[e]);
		script("file F 8; fmap 10-14 F 2 rw shared; spawn Q; "
		       "Q: fmap 30-34 F 2 rw shared; write 11 9");
		struct page *page = cached("F", 3);
		expect_num(run.res.faults, 1);
		expect_num(cost(COST_COPIES), 0);
		expect_text(pte_text("P", 11), "WDA");
		expect_num(has_flag(page, PG(DIRTY)), !old);
		expect_text(text_at("Q", 31), "9");
		expect_num(page_mapcount(page), 2);
		expect_num(page->_refcount, 3);
		assert_null(vma_at("P", 11)->anon_vma);
		expect_text(text_in("F", 3), "9");
		script("unmap 10-14");
		assert_true(has_flag(page, PG(DIRTY)));
		script("sync F");
		expect_num(disk_read(file_named("F"), 3), 9);
		finish_files();
	}
}

/* Mapped by a read: 2.x writes without a fault; later the first write after
 * each writing to disk is a fault, of tmpfs never. */
static void write_notify(void **state)
{
	(void)state;
	EACH_ERA(e) {
		unsigned fault = !is_2(e);
		begin(eras[e]);
		script("file F 8; file T 8 tmpfs; fmap 10-14 F 0 rw shared; "
		       "fmap 20-24 T 0 rw shared; read 10; write 10 1");
		expect_num(run.res.faults, fault);
		expect_num(cost(COST_COPIES), 0);
		script("write 10 2");
		expect_num(run.res.faults, 0);
		script("sync F; write 10 3");
		expect_num(run.res.faults, fault);
		script("read 20; write 20 1");
		expect_num(run.res.faults, 0);
		expect_text(text_in("T", 0), "1");
		script("protect 10-14 r; protect 10-14 rw; write 10 4");
		expect_num(run.res.faults, 0);
		finish_files();
	}
}

/* T611-27, N40-41, N6-24, T12.4: shared anonymous memory is a file without a
 * name; the child sees what is written. */
static void shared_anonymous(void **state)
{
	(void)state;
	EACH_ERA(e) {
		bool old = is_2(e), now = is(e, "6.18");
		begin(eras[e]);
		script("share 10-14; write 12 5");
		struct page *page = frame("P", 12);
		expect_num(page->kind, PAGE_SHMEM);
		expect_num(page->mapping & PAGE_MAPPING_ANON, 0);
		expect_num(page->index, 2);
		assert_true(file_at("P", 12)->hidden);
		assert_true(file_at("P", 12)->tmpfs);
		expect_num(has_flag(page, PG(SWAPBACKED)), !old);
		expect_num(page->lru_list, LRU_INACTIVE_ANON);
		expect_num(mm("P")->file_rss, !now);
		expect_num(mm("P")->shmem_rss, now);
		script("fork C");
		expect_num(frame("C", 12) != NULL, old);
		script("C: write 12 6");
		expect_num(cost(COST_COPIES), 0);
		expect_text(text_at("P", 12), "6");
		assert_null(vma_at("P", 12)->anon_vma);
		assert_null(vma_at("C", 12)->anon_vma);
		script("exit");
		expect_text(text_at("C", 12), "6");
		script("C: exit");
		expect_num(run.m->caches[CACHE_INODE].nr_objects, 0);
		finish_files();
	}
}

/* ---- fork ---- */

/* T611-25, T611-26, T24-09: the child's VMA stands beside the parent's; of a
 * shared page its PTE is clean and old. */
static void fork_2_6_11(void **state)
{
	(void)state;
	begin("2.6.11");
	script("file F 20; fmap 10-14 F 10; write 12 5; "
	       "fmap 20-24 F 0 rw shared; write 21 7; fork C");
	expect_text(pte_text("P", 21), "WDA");
	expect_text(pte_text("C", 21), "W--");
	struct page *page = cached("F", 1);
	assert_false(has_flag(page, PG(DIRTY)));
	expect_num(page_mapcount(page), 2);
	expect_walk(page, true, 2, 2);
	assert_null(vma_at("C", 21)->anon_vma);
	assert_ptr_equal(vma_at("C", 12)->anon_vma, vma_at("P", 12)->anon_vma);
	expect_num(file_named("F")->i_mapping.nr_mmap, 4);
	finish_files();
}

/* N40-40, N6-21, N6-22: PTEs are copied only of a VMA with an anon_vma, but
 * then those of the cache, too. */
static void fork_skips_files(void **state)
{
	(void)state;
	for (size_t e = 3; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("file F 20; fread F 0; fread F 1; fmap 10-14 F 0; "
		       "read 10; fmap 20-24 F 0; read 20; write 23 4; "
		       "fmap 30-34 F 0 rw shared; read 30; write 31 6; fork C");
		assert_null(frame("C", 10));
		assert_ptr_equal(frame("C", 20), cached("F", 0));
		assert_ptr_equal(frame("C", 21), cached("F", 1));
		assert_ptr_equal(frame("C", 23), frame("P", 23));
		assert_null(frame("C", 30));
		assert_null(frame("C", 31));
		expect_text(text_at("C", 31), "6");
		finish_files();
	}
}

/* ---- the walk ---- */

/* N40-39: the walk of a page in the cache visits the VMA that copied it. */
static void walk_of_a_file(void **state)
{
	(void)state;
	for (size_t e = 2; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("file F 20; fmap 10-14 F 0; write 11 5; spawn Q; "
		       "Q: fmap 10-12 F 0; Q: fmap 30-40 F 5");
		expect_walk(cached("F", 1), true, 2, 0);
		script("Q: read 11");
		expect_walk(cached("F", 1), true, 2, 1);
		expect_walk(cached("F", 1), false, 2, 1);
		script("spawn S; S: fmap 10-14 F 1 r shared; S: read 10");
		expect_walk(cached("F", 1), true, 3, 2);
		finish_files();
	}
}

/* ---- the end of the file ---- */

/* T8.6, T12.8: beyond the end is SIGBUS; truncation takes copies, too. */
static void truncation(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		script("file F 4; fmap 10-20 F 0; fmap 30-40 F 0 rw shared; "
		       "read 14 =SIGBUS; write 14 1 =SIGBUS; read 13; "
		       "write 12 5; write 33 6; fork C; C: read 33; "
		       "truncate F 2; read 13 =SIGBUS; read 12 =SIGBUS; "
		       "C: read 12 =SIGBUS; write 33 1 =SIGBUS; read 11; "
		       "write 30 8");
		expect_num(file_named("F")->i_mapping.nrpages, 2);
		assert_null(cached("F", 3));
		script("truncate F 6");
		expect_text(text_at("P", 13), "0");
		expect_text(text_at("C", 12), "0");
		expect_text(text_at("P", 10), "8");
		expect_text(text_at("P", 11), "F#1");
		finish_files();
	}
}

/* ---- mmap's arguments ---- */

static void mmap_errors(void **state)
{
	(void)state;
	EACH_ERA(e) {
		struct op op;
		begin(eras[e]);
		script("file F 8");
		op = make_op(OP_MMAP, pid_of("P"));
		set_arg(&op, "len", 4096);
		set_arg(&op, "file", 99);
		expect_num(run_op(&op), -EBADF);
		set_arg(&op, "file", 1);
		set_arg(&op, "pgoff", UINT64_MAX);
		expect_text(status_name(run_op(&op)),
			is_2(e) ? "EINVAL" : "EOVERFLOW");
		set_arg(&op, "pgoff", 3);
		expect_num(run_op(&op), 0);
		expect_num(vma_lookup(mm("P"), run.res.value)->vm_pgoff, 3);
		script("exit");
		expect_num(run_op(&op), -ESRCH);
		finish_files();
	}
}

/* Same file, continuous offsets: one VMA; else two.  A split leaves both in
 * i_mmap, and they become one again. */
static void merging(void **state)
{
	(void)state;
	for (size_t e = 2; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("file F 40; file G 40; fmap 10-14 F 0; fmap 14-18 F 4");
		expect_num(count_vmas("P"), is(e, "2.4") ? 2 : 1);
		script("fmap 18-20 F 9; fmap 20-22 G 11; fmap 22-24 G 13 rw "
		       "shared");
		expect_num(count_vmas("P"), 4);
		expect_num(file_named("F")->i_mapping.nr_mmap, 2);
		script("protect 12-14 r");
		expect_num(file_named("F")->i_mapping.nr_mmap, 4);
		expect_num(vma_at("P", 15)->vm_pgoff, 4);
		script("protect 12-14 rw");
		expect_num(file_named("F")->i_mapping.nr_mmap, 2);
		script("unmap 13-14");
		expect_num(file_named("F")->i_mapping.nr_mmap, 3);
		script("read 16; move 14-18 50; read 52");
		expect_num(run.res.faults, 0);
		expect_num(vma_at("P", 52)->vm_pgoff, 4);
		script("share 60-62; share 62-64");
		assert_ptr_not_equal(file_at("P", 60), file_at("P", 62));
		finish_files();
	}
}

/* populate=: 2.6.11 for shared files alone; later everything, private memory
 * as copies. */
static void populating(void **state)
{
	(void)state;
	EACH_ERA(e) {
		struct op op;
		begin(eras[e]);
		script("file F 8");
		op = make_op(OP_MMAP, pid_of("P"));
		set_arg(&op, "len", 4 * 4096);
		set_arg(&op, "populate", 1);
		expect_num(run_op(&op), 0);
		expect_num(mm("P")->anon_rss, is_2(e) ? 0 : 4);
		set_arg(&op, "file", 1);
		expect_num(run_op(&op), 0);
		expect_num(mm("P")->anon_rss, is_2(e) ? 0 : 8);
		set_arg(&op, "shared", 1);
		expect_num(run_op(&op), 0);
		expect_num(mm("P")->file_rss, is(e, "2.4") ? 0 : 4);
		finish_files();
	}
}

/* madvise: WILLNEED reads ahead, DONTNEED forgets PTEs, not pages. */
static void advice(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		script("file F 8; fmap 10-20 F 0 rw shared; advise 12-20 "
		       "willneed");
		expect_num(cost(COST_IO_READS), 6);
		expect_num(file_named("F")->i_mapping.nrpages, 6);
		script("write 13 5; advise 10-20 dontneed");
		assert_null(frame("P", 13));
		assert_true(has_flag(cached("F", 3), PG(DIRTY)));
		expect_text(text_at("P", 13), "5");
		expect_num(cost(COST_IO_READS), 0);
		finish_files();
	}
}

/* ---- fault-around ---- */

/* N6-25: up to 16 cached pages, aligned, within the VMA; not in 2.x. */
static void around(void **state)
{
	(void)state;
	EACH_ERA(e) {
		unsigned mapped = 0;
		begin(eras[e]);
		script("file F 64; fmap 0-64 F 0; advise 0-40 willneed");
		for (unsigned i = 0; i < 64; i++)
			assert_null(frame("P", i));
		script("write 18 5; read 20");
		for (unsigned i = 0; i < 64; i++)
			mapped += frame("P", i) != NULL;
		expect_num(mapped, is_2(e) ? 2 : 16);
		expect_num(frame("P", 16) != NULL, !is_2(e));
		assert_null(frame("P", 15));
		assert_null(frame("P", 32));
		expect_num(mm("P")->file_rss, mapped - 1);
		script("read 39");
		for (unsigned i = 32, n = 0; i < 64; i++)
			expect_num(n += frame("P", i) != NULL,
				is_2(e) ? i >= 39 : i < 40 ? i - 31 : 8);
		finish_files();
	}
}

/* A fault is major when it had to read; in 2.4 and 2.6.0 each of a file is
 * (1.9). */
static void major_faults(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin(eras[e]);
		unsigned all = !has_anon_vma(e);
		script("file F 8; fread F 0; fmap 10-14 F 0; read 10");
		expect_num(run.res.major, all);
		script("read 11");
		expect_num(run.res.major, 1);
		expect_num(mm("P")->maj_flt, 1 + all);
		expect_num(mm("P")->min_flt, 1 - all);
		finish_files();
	}
}

/* ---- memory runs out ---- */

static uint64_t slots_in_use(void)
{
	return run.m->swap_info.inuse_pages;
}

/* Of core/fault.h, whose cost() is another. */
void lock_page(struct machine *m, struct page *page);

/* T12.5, T611-27: a tmpfs page that is reclaimed leaves no entry in the PTEs;
 * its slot stands in the file's tree, and any mapping brings it back. */
static void shmem_swaps(void **state)
{
	(void)state;
	EACH_ERA(e) {
		begin_swapping(eras[e], NULL, 1 << 20);
		script("share 10-14; write 10 5; write 11 6; fork C; C: read 10");
		struct inode *file = file_at("P", 10);
		struct page *page = frame("P", 10);
		script("advise 10-11 dontneed; C: advise 10-11 dontneed");
		assert_true(has_flag(page, PG(DIRTY)));
		page->_refcount++; /* as who isolates it has one */
		lock_page(run.m, page);
		assert_true(writepage(run.m, page));
		io_end_all(run.m);
		page->_refcount--;
		expect_num(pte_at("P", 10), 0);
		expect_num(cache_entry(file, 0) & ENTRY_BITS, ENTRY_SWAP);
		expect_num(file->i_mapping.nrpages, 1);
		expect_num(slots_in_use(), 1);
		assert_true(has_flag(page, PG(SWAPCACHE)));
		expect_text(text_at("C", 10), "5");
		assert_ptr_equal(frame("C", 10), page);
		expect_num(slots_in_use(), 0);
		assert_true(has_flag(page, PG(DIRTY)));
		expect_text(text_at("P", 10), "5");
		finish_files();
	}
}

/* No memory at any point: refused, and nothing is lost or left over. */
static void out_of_memory(void **state)
{
	(void)state;
	EACH_ERA(e)
		for (unsigned left = 0; left < 7; left++) {
			begin_on(eras[e], NULL, 512 << 10);
			run.m->tune.no_oom_killer = true;
			script("file F 8; fmap 10-14 F 0; fmap 2000-2004 F 0 rw "
			       "shared; share 4000-4004; spawn H; "
			       "H: map 6000-6060; H: map 6060-6120");
			for (unsigned p = 6000; free_frames(run.m) > left; p++)
				if (try_write(pid_of("H"), addr_of(p), 1))
					break;
			try_write(pid_of("P"), addr_of(10), 5);
			try_write(pid_of("P"), addr_of(2001), 6);
			try_write(pid_of("P"), addr_of(4001), 7);
			try_map_file(pid_of("P"), addr_of(20), 4096, PROT_R,
				NULL, 0, SHARED);
			try_pwrite("F", 7, 8);
			try_fork(pid_of("P"), "X");
			script("H: exit; write 10 5; write 2001 6; write 4001 7; "
			       "fwrite F 7 8");
			expect_text(text_at("P", 10), "5");
			expect_text(text_in("F", 1), "6");
			expect_text(text_at("P", 4001), "7");
			expect_text(text_in("F", 7), "8");
			finish_files();
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(tree_grows),
		cmocka_unit_test(early_cow),
		cmocka_unit_test(read_then_write),
		cmocka_unit_test(shared_write),
		cmocka_unit_test(write_notify),
		cmocka_unit_test(shared_anonymous),
		cmocka_unit_test(fork_2_6_11),
		cmocka_unit_test(fork_skips_files),
		cmocka_unit_test(walk_of_a_file),
		cmocka_unit_test(truncation),
		cmocka_unit_test(mmap_errors),
		cmocka_unit_test(merging),
		cmocka_unit_test(populating),
		cmocka_unit_test(advice),
		cmocka_unit_test(around),
		cmocka_unit_test(major_faults),
		cmocka_unit_test(shmem_swaps),
		cmocka_unit_test(out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
