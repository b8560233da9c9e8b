/*
 * Linux 2.4.22: no reverse map; VMAs are merged by their flags alone.  Each
 * test is one statement, T24-nn, or a rule of the same sheet by its section.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

static void start(const char *text)
{
	begin("2.4");
	script(text);
}

static void expect_page(const struct page *p, int count, int mapcount)
{
	assert_non_null(p);
	expect_num(p->_refcount, count);
	expect_num(page_mapcount(p), mapcount);
	expect_num(p->mapping, 0);
}

static void t24_01_read_maps_zero_page(void **state)
{
	(void)state;
	start("map 10-14; map 500-501; touch 500");
	uint64_t free = free_frames(run.m);
	uint32_t rss = mm_of("P")->anon_rss;
	script("read 10");
	expect_num(run.res.faults, 1);
	assert_true(is_zero_page(frame("P", 10)));
	expect_text(pte_text("P", 10), "--A");
	expect_num(mm_of("P")->anon_rss, rss);
	expect_num(free_frames(run.m), free);
	finish();
}

/* Each copy of the zero page leaves a reference behind. */
static void t24_02_then_write(void **state)
{
	(void)state;
	start("map 10-14; read 10; read 11");
	int32_t zero = frame("P", 10)->_refcount;
	script("touch 10");
	expect_page(frame("P", 10), 1, 1);
	expect_num(mm_of("P")->anon_rss, 1);
	assert_false(has_flag(frame("P", 10), PG(REFERENCED)));
	expect_text(pte_text("P", 10), "WDA");
	expect_num(frame("P", 11)->_refcount, zero + 1);
	script("touch 11");
	expect_num(run.m->mem_map[run.m->zero_pfn]._refcount, zero + 2);
	finish();
}

static const struct page *lru_head(enum lru_list list)
{
	return container_of(run.m->zones[0].lru[list].next, struct page, lru);
}

static void t24_03_write_first(void **state)
{
	(void)state;
	start("map 10-14; touch 11; touch 10");
	const struct page *a = frame("P", 10);
	assert_true(has_flag(a, PG(REFERENCED)));
	assert_false(has_flag(a, PG(ACTIVE)));
	assert_false(has_flag(a, PG(DIRTY)));
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	assert_ptr_equal(lru_head(LRU_INACTIVE_ANON), a);
	expect_num(count_anon_vmas(), 0);
	finish();
}

static uint64_t on_lru(void)
{
	return run.m->zones[0].nr_lru[LRU_INACTIVE_ANON] +
		run.m->zones[0].nr_lru[LRU_ACTIVE_ANON];
}

static void t24_04_fork(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	uint64_t listed = on_lru(), slab = run.m->caches[CACHE_VMA].nr_objects;
	script("fork C");
	expect_page(frame("P", 10), 2, 2);
	expect_text(pte_text("P", 10), "-DA");
	expect_text(pte_text("C", 10), "-D-");
	expect_num(mm_of("C")->anon_rss, 1);
	expect_num(on_lru(), listed);
	expect_num(run.m->caches[CACHE_VMA].nr_objects, slab + 1);
	assert_null(vma_at("C", 10)->anon_vma);
	finish();
}

static void t24_05_child_writes(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	const struct page *a = frame("P", 10);
	script("C: touch 10");
	const struct page *b = frame("C", 10);
	expect_page(b, 1, 1);
	assert_false(has_flag(b, PG(REFERENCED)));
	assert_ptr_equal(lru_head(LRU_INACTIVE_ANON), b);
	expect_page(a, 1, 1);
	expect_num(mm_of("C")->anon_rss, 1);
	expect_text(pte_text("P", 10), "-DA");
	finish();
}

static void t24_06_parent_reuses(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	const struct page *a = frame("P", 10);
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	assert_ptr_equal(frame("P", 10), a);
	expect_text(pte_text("P", 10), "WDA");
	finish();
}

static void t24_07_child_exits(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: exit");
	const struct page *a = frame("P", 10);
	expect_page(a, 1, 1);
	expect_text(pte_text("P", 10), "-DA");
	script("touch 10");
	expect_num(run.res.faults, 1);
	assert_ptr_equal(frame("P", 10), a);
	finish();
}

/* No call of 2.4 sets VM_DONTCOPY on anonymous memory: drivers do. */
static void t24_08_dontcopy(void **state)
{
	(void)state;
	start("map 10-12; map 20-22; touch 10; touch 20");
	vma_at("P", 20)->vm_flags |= VM_DONTCOPY;
	script("fork C");
	expect_text(vmas("C"), "10-12rw");
	expect_num(frame("P", 20)->_refcount, 1);
	finish();
}

static void t24_23_unmap_middle(void **state)
{
	(void)state;
	start("map 10-13; touch 10-13");
	const struct vm_area_struct *old = vma_at("P", 10);
	uint64_t at = old->vm_pgoff;
	uint32_t count = mm_of("P")->map_count;
	script("unmap 11-12");
	expect_text(vmas("P"), "10-11rw 12-13rw");
	assert_ptr_equal(vma_at("P", 10), old);
	expect_num(vma_at("P", 12)->vm_pgoff, at + 2);
	expect_num(mm_of("P")->map_count, count + 1);
	finish();
}

static void t24_24_mremap(void **state)
{
	(void)state;
	start("map 10-14; touch 10; touch 11; fork C");
	struct page before = *frame("P", 10);
	pteval_t pte = pte_at("P", 10);
	script("move 10-14 40");
	expect_num(memcmp(frame("P", 40), &before, sizeof(before)), 0);
	expect_num(pte_at("P", 40), pte);
	expect_num(pte_at("P", 10), 0);
	expect_text(vmas("P"), "40-44rw");
	finish();
}

/* -- the rest of what is 2.4's own -------------------------------------------- */

/* 2.2 C: a child stands right after its parent, a spawned task first. */
static const char *mmlist(void)
{
	static char text[256];

	text[0] = 0;
	list_for_each (node, &run.m->mmlist) {
		const struct mm_struct *mm =
			container_of(node, struct mm_struct, mmlist);

		strcat(text, mm_owner(run.m, mm)->name);
	}
	return text;
}

static void t24_2_2_mmlist(void **state)
{
	(void)state;
	start("fork C; fork D; C: fork E; spawn Q");
	expect_text(mmlist(), "QPDCE");
	script("D: exit");
	expect_text(mmlist(), "QPCE");
	finish();
}

/* T24-22: who is scanned next when the one that was leaves. */
static void t24_22_swap_mm_moves_on(void **state)
{
	(void)state;
	start("fork C; fork D");
	run.m->swap_mm = mm_of("D");
	script("D: exit");
	assert_ptr_equal(run.m->swap_mm, mm_of("C"));
	script("C: exit");
	assert_null(run.m->swap_mm);
	finish();
}

/* The scan of every mm: each slot that has a table, in the mmlist's order. */
static void t24_scan(void **state)
{
	(void)state;
	start("map 10-14; touch 10; touch 12; fork C; map 20-23; C: touch 12; "
	      "map 3000-3008");
	expect_num(try_rmap(frame("P", 10), false), 0);
	expect_text(found(), "P10,C10");
	expect_num(cost(COST_MMS), 2);
	expect_num(cost(COST_VMAS), 4);
	expect_num(cost(COST_VISITED), 4 + 3 + 4);
	expect_num(cost(COST_MATCHED), 2);
	expect_num(cost(COST_WASTED), 9);
	expect_num(try_rmap(frame("C", 12), true), 0);
	expect_text(found(), "C12");
	expect_num(cost(COST_VISITED), 11);
	finish();
}

/* Guidance 11: n children, m pages: (n + 1) * m slots for one question. */
static void t24_scale_model(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14");
	for (unsigned i = 0; i < 9; i++) {
		char text[64];

		snprintf(text, sizeof(text), "fork C%u; C%u: touch 10-14", i,
			i);
		script(text);
	}
	expect_num(try_rmap(frame("P", 10), true), 0);
	expect_num(cost(COST_VISITED), 40);
	expect_num(cost(COST_MATCHED), 1);
	finish();
}

/* 5.2: a new mapping joins by flags; offsets are nobody's business. */
static void t24_5_2_merge(void **state)
{
	(void)state;
	start("map 10-12; touch 10; map 14-16; touch 14; map 12-14");
	expect_text(vmas("P"), "10-16rw");
	expect_num(vma_at("P", 10)->vm_pgoff, 0);
	script("map 20-22; map 18-20");
	expect_text(vmas("P"), "10-16rw 18-22rw");
	expect_num(vma_at("P", 18)->vm_pgoff, 0);
	script("map 30-32 r; map 32-34; protect 32-34 r");
	expect_text(vmas("P"), "10-16rw 18-22rw 30-34r");
	finish();
}

/* mprotect in the middle: both sides are new, the old struct is the middle; it
 * joins the next VMA only at the end of the call. */
static void t24_mprotect_pieces(void **state)
{
	(void)state;
	start("map 10-16");
	const struct vm_area_struct *old = vma_at("P", 10);
	script("protect 12-14 r");
	expect_text(vmas("P"), "10-12rw 12-14r 14-16rw");
	assert_ptr_equal(vma_at("P", 12), old);
	expect_num(vma_at("P", 14)->vm_pgoff, 4);
	script("protect 14-15 r"); /* the boundary moves */
	expect_text(vmas("P"), "10-12rw 12-15r 15-16rw");
	assert_ptr_equal(vma_at("P", 12), old);
	script("protect 10-11 r"); /* a start is the new VMA */
	assert_true(vma_at("P", 10)->id > vma_at("P", 11)->id);
	script("protect 11-12 r");
	expect_text(vmas("P"), "10-15r 15-16rw");
	/* ends inside the VMA after: its rest is not looked at */
	script("protect 10-13 rw; protect 13-14 rw");
	expect_text(vmas("P"), "10-14rw 14-15r 15-16rw");
	finish();
}

/* madvise cuts where nothing changes, and nothing is joined again. */
static void t24_madvise_cuts(void **state)
{
	(void)state;
	start("map 10-16; advise 12-14 normal");
	expect_num(count_vmas("P"), 3);
	script("advise 10-16 normal");
	expect_num(count_vmas("P"), 3);
	expect_text(status_name(try_madvise(pid_of("P"), addr_of(10), PAGE_SIZE,
			    ADVICE_DONTFORK)),
		"EINVAL");
	expect_text(status_name(try_madvise(pid_of("P"), addr_of(900),
			    PAGE_SIZE, ADVICE_DONTFORK)),
		"ENOMEM");
	expect_num(try_madvise(pid_of("P"), addr_of(10), 0, ADVICE_DONTFORK),
		0);
	finish();
}

/* Placement upwards from 0x40000000, the lowest hole first. */
static void t24_placement(void **state)
{
	struct op op;

	(void)state;
	start("");
	op = make_op(OP_MMAP, pid_of("P"));
	set_arg(&op, "len", 2 * PAGE_SIZE);
	set_arg(&op, "prot", PROT_R);
	expect_num(run_op(&op), 0);
	expect_num(run.res.value, 0x40000000);
	set_arg(&op, "prot", PROT_R | PROT_W);
	expect_num(run_op(&op), 0);
	expect_num(run.res.value, 0x40002000);
	expect_num(try_munmap(pid_of("P"), 0x40000000, PAGE_SIZE), 0);
	set_arg(&op, "len", PAGE_SIZE);
	expect_num(run_op(&op), 0);
	expect_num(run.res.value, 0x40000000);
	finish();
}

/* The heap may be executed: it joins no ordinary mapping. */
static void t24_brk_flags(void **state)
{
	(void)state;
	start("brk 2");
	uint64_t base = mm_of("P")->start_brk;
	const struct vm_area_struct *heap = vma_lookup(mm_of("P"), base);
	expect_num(heap->vm_flags & (VM_READ | VM_WRITE | VM_EXEC | VM_ACCOUNT),
		VM_READ | VM_WRITE | VM_EXEC);
	expect_num(try_mmap(pid_of("P"), base + 0x2000, PAGE_SIZE,
			   PROT_R | PROT_W),
		0);
	expect_num(mm_of("P")->map_count, 2);
	expect_num(try_mmap(pid_of("P"), base + 0x3000, PAGE_SIZE,
			   PROT_R | PROT_W | PROT_X),
		0);
	expect_num(mm_of("P")->map_count, 3);
	finish();
}

/* mremap: length 0 unmaps; a fixed move that shrinks finds its source too
 * long; the tail is gone by then. */
static void t24_mremap_errors(void **state)
{
	uint32_t pid;

	(void)state;
	start("map 10-16");
	pid = pid_of("P");
	expect_text(status_name(try_mremap_to(pid, addr_of(10), 4 * PAGE_SIZE,
			    2 * PAGE_SIZE, addr_of(40))),
		"EFAULT");
	expect_text(vmas("P"), "10-12rw 14-16rw");
	expect_num(try_mremap(pid, addr_of(14), PAGE_SIZE, 0), 0);
	expect_text(vmas("P"), "10-12rw 15-16rw");
	finish();
}

/* PG_dirty is set on a page whose dirty PTE is taken away (2.2 H). */
static void t24_unmap_dirties(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; unmap 10-14");
	assert_true(has_flag(frame("C", 10), PG(DIRTY)));
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t24_01_read_maps_zero_page),
		cmocka_unit_test(t24_02_then_write),
		cmocka_unit_test(t24_03_write_first),
		cmocka_unit_test(t24_04_fork),
		cmocka_unit_test(t24_05_child_writes),
		cmocka_unit_test(t24_06_parent_reuses),
		cmocka_unit_test(t24_07_child_exits),
		cmocka_unit_test(t24_08_dontcopy),
		cmocka_unit_test(t24_22_swap_mm_moves_on),
		cmocka_unit_test(t24_23_unmap_middle),
		cmocka_unit_test(t24_24_mremap),
		cmocka_unit_test(t24_2_2_mmlist),
		cmocka_unit_test(t24_scan),
		cmocka_unit_test(t24_scale_model),
		cmocka_unit_test(t24_5_2_merge),
		cmocka_unit_test(t24_mprotect_pieces),
		cmocka_unit_test(t24_madvise_cuts),
		cmocka_unit_test(t24_placement),
		cmocka_unit_test(t24_brk_flags),
		cmocka_unit_test(t24_mremap_errors),
		cmocka_unit_test(t24_unmap_dirties),
	};
	return run_on_archs("2.4", tests, sizeof(tests) / sizeof(tests[0]));
}
