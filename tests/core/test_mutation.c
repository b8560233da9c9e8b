/*
 * A machine broken by hand must be caught by the checker, under the right
 * rule.  Here: pages, page tables and VMAs.
 */
#include "mutate.h"

#include <string.h>

/* ---- pages ---- */

static void mapcount_too_high(void)
{
	frame("P", 11)->_mapcount++;
}

static void mapcount_too_low(void)
{
	frame("P", 11)->_mapcount--;
}

static void refcount_too_high(void)
{
	frame("P", 10)->_refcount++;
}

static void wrong_index(void)
{
	frame("P", 10)->index++;
}

static void wrong_mapping(void)
{
	frame("P", 10)->mapping =
		(uintptr_t)vma("P", 20)->anon_vma | PAGE_MAPPING_ANON;
}

static void mapping_lost(void)
{
	frame("P", 10)->mapping = 0;
}

static void mapping_without_tag(void)
{
	frame("P", 10)->mapping &= ~(uintptr_t)PAGE_MAPPING_ANON;
}

static void wrong_kind(void)
{
	frame("P", 10)->kind = PAGE_SLAB;
}

static void mapped_page_is_free(void)
{
	frame("P", 10)->kind = PAGE_FREE;
}

static void bad_value(void)
{
	frame("P", 10)->value = 0x7777000000000001ull;
}

static void exclusive_but_shared(void)
{
	frame("P", 11)->flags |= PG(ANON_EXCLUSIVE);
}

static void writable_but_not_exclusive(void)
{
	frame("P", 20)->flags &= ~PG(ANON_EXCLUSIVE);
}

/* ---- page tables ---- */

static void shared_page_writable(void)
{
	poke("P", 11, machine_paging(run.m)->rw, 0);
}

static void pte_lost(void)
{
	poke("P", 10, 0, all_bits());
}

static void pte_to_other_frame(void)
{
	poke("P", 10, (uint64_t)page_pfn(run.m, frame("P", 20)) << PAGE_SHIFT,
		machine_paging(run.m)->pfn_mask);
}

static void pte_to_free_frame(void)
{
	uint64_t pfn = run.m->nr_frames;
	while (page_by_pfn(run.m, --pfn)->kind != PAGE_FREE)
		;
	poke("P", 10, pfn << PAGE_SHIFT, machine_paging(run.m)->pfn_mask);
}

static void pte_beyond_memory(void)
{
	poke("P", 10, run.m->nr_frames << PAGE_SHIFT,
		machine_paging(run.m)->pfn_mask);
}

static void pte_outside_vmas(void)
{
	poke("P", 15, pte_at("P", 20), all_bits());
}

static void writable_in_read_only_vma(void)
{
	struct vm_area_struct *v = vma("P", 20);

	v->vm_mm->data_vm -= vma_pages(v);
	if (v->vm_flags & VM_EXEC)
		v->vm_mm->exec_vm += vma_pages(v);
	v->vm_flags &= ~VM_WRITE;
}

static void table_count(void)
{
	mm_of("P")->nr_ptes++;
}

/* ---- what is counted of an address space, and promised ---- */

static void data_count(void)
{
	mm_of("P")->data_vm++;
}

static void stack_count(void)
{
	mm_of("P")->stack_vm++;
}

static void exec_count(void)
{
	mm_of("P")->exec_vm++;
}

static void promised_too_much(void)
{
	run.m->committed++;
}

static void cached_too_many(void)
{
	run.m->nr_pagecache++;
}

static void shmem_too_many(void)
{
	run.m->nr_shmem++;
}

/* ---- VMAs ---- */

static void vma_overlap(void)
{
	vma("P", 10)->vm_end = vma("P", 20)->vm_start + PAGE_SIZE;
}

static void vma_empty(void)
{
	vma("P", 30)->vm_end = vma("P", 30)->vm_start;
}

static void vma_unaligned(void)
{
	vma("P", 30)->vm_end += 1;
}

static void vma_not_in_tree(void)
{
	rb_erase(&mm_of("P")->mm_rb, &vma("P", 20)->vm_rb, NULL);
}

static void vma_not_in_list(void)
{
	struct vm_area_struct *v = vma("P", 20);
	v->vm_prev->vm_next = v->vm_next;
	v->vm_next->vm_prev = v->vm_prev;
}

static void vma_prev_wrong(void)
{
	vma("P", 20)->vm_prev = NULL;
}

static void vma_of_other_mm(void)
{
	vma("P", 30)->vm_mm = mm_of("C");
}

static void vma_without_id(void)
{
	run.m->vmas.slot[vma("P", 30)->id] = NULL;
}

static void map_count(void)
{
	mm_of("P")->map_count--;
}

static void total_vm(void)
{
	mm_of("P")->total_vm++;
}

static void rss(void)
{
	mm_of("P")->anon_rss++;
}

static void dangling_mmap_cache(void)
{
	mm_of("P")->mmap_cache = vma("C", 10);
}

static void short_cut_to_other_table(void)
{
	mm_of("P")->near_table = mm_of("C")->near_table;
}

static void short_cut_for_other_address(void)
{
	mm_of("P")->near_addr = 0;
}

static void lock_left_held(void)
{
	mm_of("P")->mmap_lock.writer = 1;
}

static void page_table_lock_left_held(void)
{
	mm_of("C")->page_table_lock.writer = 1;
}

static const struct mutation mutations[] = {
	M(mapcount_too_high, ALL, "mapcount"),
	M(mapcount_too_low, ALL, "mapcount"),
	M(refcount_too_high, ALL, "refcount"),
	M(wrong_index, ALL, "index"),
	M(wrong_mapping, ALL, "mapping"),
	M(mapping_lost, ALL, "mapping"),
	M(mapping_without_tag, ALL, "mapping"),
	M(wrong_kind, ALL, "kind"),
	M(mapped_page_is_free, ALL, "kind"),
	M(bad_value, ALL, "value"),
	M(exclusive_but_shared, K618, "exclusive"),
	M(writable_but_not_exclusive, K618, "exclusive"),
	M(shared_page_writable, ALL, "writable"),
	M(pte_lost, ALL, "mapcount"),
	M(pte_to_other_frame, ALL, "mapcount"),
	M(pte_to_free_frame, ALL, "pte"),
	M(pte_beyond_memory, ALL, "pte"),
	M(pte_outside_vmas, ALL, "pte"),
	M(writable_in_read_only_vma, ALL, "writable"),
	M(table_count, ALL, "nr_ptes"),
	M(data_count, ALL, "data_vm"),
	M(stack_count, ALL, "stack_vm"),
	M(exec_count, ALL, "exec_vm"),
	M(promised_too_much, ALL, "committed"),
	M(cached_too_many, ALL, "nr_pagecache"),
	M(shmem_too_many, ALL, "nr_shmem"),
	M(vma_overlap, ALL, "vma"),
	M(vma_empty, ALL, "vma"),
	M(vma_unaligned, ALL, "vma"),
	M(vma_not_in_tree, LIST | K40, "vma"),
	M(vma_not_in_list, ALL, "vma maple_vma"),
	M(vma_prev_wrong, ALL, "vma"),
	M(vma_of_other_mm, ALL, "vma"),
	M(vma_without_id, ALL, "id"),
	M(map_count, ALL, "map_count"),
	M(total_vm, ALL, "total_vm"),
	M(rss, ALL, "rss"),
	M(dangling_mmap_cache, LIST | K40, "mmap_cache"),
	M(short_cut_to_other_table, ALL, "near_table"),
	M(short_cut_for_other_address, ALL, "near_table"),
	M(lock_left_held, ALL, "lock"),
	M(page_table_lock_left_held, ALL, "lock"),
};
#define NR_MUTATIONS (sizeof(mutations) / sizeof(mutations[0]))

static void caught_in_2_6_11(void **state)
{
	(void)state;
	run_mutations(mutations, NR_MUTATIONS, "2.6.11", LIST);
}

static void caught_in_4_0(void **state)
{
	(void)state;
	run_mutations(mutations, NR_MUTATIONS, "4.0", K40);
}

static void caught_in_6_18(void **state)
{
	(void)state;
	run_mutations(mutations, NR_MUTATIONS, "6.18", K618);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(caught_in_2_6_11),
		cmocka_unit_test(caught_in_4_0),
		cmocka_unit_test(caught_in_6_18),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
