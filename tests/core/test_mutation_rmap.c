/*
 * A machine broken by hand must be caught by the checker, under the right
 * rule.  Here: anon_vmas, the buddy allocator, slabs and rarer mistakes.
 */
#include "mutate.h"

#include <string.h>

/* ---- anon_vmas ---- */

static void anon_vma_lost(void)
{
	vma("P", 10)->anon_vma = NULL;
}

static void anon_vma_of_unfaulted(void)
{
	vma("P", 30)->anon_vma = vma("P", 10)->anon_vma;
}

static void list_entry_lost(void)
{
	list_del(&vma("C", 10)->anon_vma_node);
}

static void nr_linked(void)
{
	vma("P", 10)->anon_vma->nr_linked++;
}

static void avc_not_in_tree(void)
{
	struct anon_vma_chain *avc = first_avc("P", 10);
	rb_erase(&avc->anon_vma->rb_root, &avc->rb, NULL);
}

static void avc_not_in_chain(void)
{
	list_del(&first_avc("C", 10)->same_vma);
}

static void avc_of_other_vma(void)
{
	first_avc("P", 20)->vma = vma("P", 10);
}

static void avc_of_other_anon_vma(void)
{
	first_avc("P", 20)->anon_vma = vma("P", 10)->anon_vma;
}

static void subtree_last(void)
{
	first_avc("P", 10)->rb_subtree_last += 100;
}

static void anon_refcount(void)
{
	vma("P", 10)->anon_vma->refcount++;
}

static void degree(void)
{
	vma("P", 10)->anon_vma->degree--;
}

static void num_children(void)
{
	vma("P", 10)->anon_vma->num_children++;
}

static void num_active_vmas(void)
{
	vma("P", 10)->anon_vma->num_active_vmas = 0;
}

static void wrong_root(void)
{
	struct anon_vma *av = vma("C", 10)->anon_vma;
	av->root = av;
}

static void wrong_parent(void)
{
	vma("C", 10)->anon_vma->parent = vma("P", 20)->anon_vma;
}

static void anon_lock_left_held(void)
{
	vma("P", 10)->anon_vma->lock.writer = 1;
}

/* ---- frames ---- */

static struct free_area *some_area(void)
{
	struct free_area *area = run.m->zones[0].free_area;
	while (list_empty(&area->free_list))
		area++;
	return area;
}

static void nr_free(void)
{
	some_area()->nr_free++;
}

static void free_page_count(void)
{
	run.m->zones[0].free_pages--;
}

static void block_lost(void)
{
	list_del(some_area()->free_list.next);
}

static void block_in_wrong_list(void)
{
	struct free_area *area = some_area();
	struct list_head *node = area->free_list.next;
	list_del(node);
	list_add(node, &area[1].free_list);
}

static void used_frame_on_free_list(void)
{
	struct page *p = frame("P", 10);
	list_del(&p->lru);
	list_add(&p->lru, &run.m->zones[0].free_area[0].free_list);
	run.m->zones[0].free_area[0].nr_free++;
}

static void lru_page_lost(void)
{
	list_del(&frame("P", 10)->lru);
}

static void lru_count(void)
{
	run.m->zones[0].nr_lru[frame("P", 10)->lru_list]++;
}

static void lru_flag_lost(void)
{
	frame("P", 10)->flags &= ~PG(LRU);
}

static void slab_inuse(void)
{
	struct list_head *list = &run.m->caches[CACHE_VMA].partial;
	assert_false(list_empty(list));
	container_of(list->next, struct slab, list)->inuse++;
}

static void slab_objects(void)
{
	run.m->caches[CACHE_VMA].nr_objects++;
}

static void slab_count(void)
{
	run.m->caches[CACHE_MM].nr_slabs--;
}

static void task_count(void)
{
	run.m->nr_tasks++;
}

static void zero_page_freed(void)
{
	page_by_pfn(run.m, run.m->zero_pfn)->kind = PAGE_ANON;
}

/* ---- rarer mistakes ---- */

static void page_left_locked(void)
{
	frame("P", 10)->flags |= PG(LOCKED);
}

static void page_on_wrong_lru(void)
{
	frame("P", 10)->lru_list ^= 1;
}

static void mapping_that_the_walk_misses(void)
{
	frame("P", 11)->mapping =
		(uintptr_t)vma("C", 10)->anon_vma | PAGE_MAPPING_ANON;
}

static void zero_page_writable(void)
{
	poke("P", 13,
		(uint64_t)run.m->zero_pfn << PAGE_SHIFT |
			machine_paging(run.m)->rw,
		all_bits());
}

static void zero_page_counted(void)
{
	page_by_pfn(run.m, run.m->zero_pfn)->_mapcount++;
}

static struct page *free_page(void)
{
	return container_of(some_area()->free_list.next, struct page, lru);
}

static void free_page_with_mapping(void)
{
	free_page()->mapping = frame("P", 10)->mapping;
}

static void free_page_referenced(void)
{
	free_page()->_refcount = 1;
}

static void free_page_mapcount(void)
{
	free_page()->_mapcount = 0;
}

/* Split a free block by hand and leave the halves side by side. */
static void buddies_not_joined(void)
{
	struct zone *z = &run.m->zones[0];
	unsigned order = NR_ORDERS - 1;
	while (list_empty(&z->free_area[order].free_list))
		order--;
	assert_true(order > 0);
	struct list_head *node = z->free_area[order].free_list.next;
	struct page *low = container_of(node, struct page, lru);
	struct page *high = low + (1u << (order - 1));
	list_del(node);
	z->free_area[order--].nr_free--;
	high->flags = low->flags;
	high->private = low->private = order;
	high->order = low->order = (uint8_t)order;
	list_add(&high->lru, &z->free_area[order].free_list);
	list_add(&low->lru, &z->free_area[order].free_list);
	z->free_area[order].nr_free += 2;
}

/* Two address spaces with one page table. */
static void table_shared(void)
{
	const struct paging *p = machine_paging(run.m);
	struct page *to = page_by_pfn(run.m, mm_of("C")->pgd);
	struct page *from = page_by_pfn(run.m, mm_of("P")->pgd);
	size_t at = (size_t)paging_index(p, 0, addr_of(10)) * p->entry_size;
	memcpy((char *)to->table + at, (char *)from->table + at, p->entry_size);
}

static void entry_without_table(void)
{
	struct walk w;
	const struct paging *p = machine_paging(run.m);
	paging_walk(run.m, mm_of("P"), addr_of(10), &w);
	page_by_pfn(run.m, w.level[p->nr_levels - 1].table)->kind = PAGE_ANON;
}

static void in_list_of_other_anon_vma(void)
{
	struct vm_area_struct *v = vma("P", 20);
	list_del(&v->anon_vma_node);
	list_add(&v->anon_vma_node, &vma("P", 10)->anon_vma->head);
}

static void avc_tree_order(void)
{
	struct anon_vma *av = vma("P", 10)->anon_vma;
	struct anon_vma_chain *avc =
		container_of(rb_first(&av->rb_root), struct anon_vma_chain, rb);
	avc->vma->vm_pgoff += 50;
	avc->rb_subtree_last += 50;
}

static void avc_without_id(void)
{
	run.m->avcs.slot[first_avc("P", 10)->id] = NULL;
}

static void anon_vma_without_id(void)
{
	run.m->anon_vmas.slot[vma("P", 10)->anon_vma->id] = NULL;
}

static void slab_free_list_cycle(void)
{
	struct list_head *list = &run.m->caches[CACHE_VMA].partial;
	struct slab *slab = container_of(list->next, struct slab, list);
	slab->next_free[slab->free] = slab->free;
}

static void slab_on_wrong_list(void)
{
	struct kmem_cache *c = &run.m->caches[CACHE_VMA];
	struct list_head *node = c->partial.next;
	list_del(node);
	list_add(node, &c->full);
}

static void slab_frame_lost(void)
{
	struct list_head *list = &run.m->caches[CACHE_VMA].partial;
	struct slab *slab = container_of(list->next, struct slab, list);
	page_by_pfn(run.m, slab->pfn)->kind = PAGE_RESERVED;
}

static void vma_lock_left_held(void)
{
	vma("P", 10)->vm_lock.readers = 1;
}

static void pages_not_flushed(void)
{
	run.m->gather.count = 1;
}

static void brk_below_start(void)
{
	mm_of("P")->brk = mm_of("P")->start_brk - PAGE_SIZE;
}

static void vma_beyond_task_size(void)
{
	struct vm_area_struct *v = vma("P", 30);
	while (v->vm_next)
		v = v->vm_next;
	v->vm_end = machine_paging(run.m)->task_size + PAGE_SIZE;
}

static void tree_is_unbalanced(void)
{
	struct rb_node *root = mm_of("P")->mm_rb.node;
	root->red = true;
	if (root->left)
		root->left->red = true;
}

static const struct mutation mutations[] = {
	M(anon_vma_lost, ALL, "anon_vma"),
	M(anon_vma_of_unfaulted, ALL, "anon_vma"),
	M(list_entry_lost, LIST, "anon_vma"),
	M(nr_linked, ALL, "nr_linked"),
	M(avc_not_in_tree, AVC, "avc"),
	M(avc_not_in_chain, AVC, "avc"),
	M(avc_of_other_vma, AVC, "avc"),
	M(avc_of_other_anon_vma, AVC, "avc"),
	M(subtree_last, AVC, "avc"),
	M(anon_refcount, AVC, "refcount"),
	M(degree, K40, "degree"),
	M(num_children, K618, "num_children"),
	M(num_active_vmas, K618, "num_active_vmas"),
	M(wrong_root, AVC, "root"),
	M(wrong_parent, AVC, "parent"),
	M(anon_lock_left_held, ALL, "lock"),
	M(nr_free, ALL, "nr_free"),
	M(free_page_count, ALL, "free_pages"),
	M(block_lost, ALL, "free"),
	M(block_in_wrong_list, ALL, "free"),
	M(used_frame_on_free_list, ALL, "free"),
	M(lru_page_lost, ALL, "lru"),
	M(lru_count, ALL, "lru"),
	M(lru_flag_lost, ALL, "lru"),
	M(slab_inuse, ALL, "slab"),
	M(slab_objects, ALL, "slab"),
	M(slab_count, ALL, "slab"),
	M(task_count, ALL, "tasks"),
	M(zero_page_freed, ALL, "zero"),
	M(page_left_locked, ALL, "lock"),
	M(page_on_wrong_lru, ALL, "lru"),
	M(mapping_that_the_walk_misses, AVC, "mapping"),
	M(zero_page_writable, ALL, "writable pte zero exclusive"),
	M(zero_page_counted, ALL, "zero mapcount"),
	M(free_page_with_mapping, ALL, "free mapping"),
	M(free_page_referenced, ALL, "free refcount"),
	M(free_page_mapcount, ALL, "free mapcount"),
	M(buddies_not_joined, ALL, "free"),
	M(table_shared, ALL, "table"),
	M(entry_without_table, ALL, "table kind"),
	M(in_list_of_other_anon_vma, LIST, "anon_vma"),
	M(avc_tree_order, AVC, "avc index"),
	M(avc_without_id, AVC, "id avc"),
	M(anon_vma_without_id, ALL, "id anon_vma avc"),
	M(slab_free_list_cycle, ALL, "slab"),
	M(slab_on_wrong_list, ALL, "slab"),
	M(slab_frame_lost, ALL, "slab kind"),
	M(vma_lock_left_held, K618, "lock"),
	M(pages_not_flushed, ALL, "gather"),
	M(brk_below_start, ALL, "brk"),
	M(vma_beyond_task_size, ALL, "vma"),
	M(tree_is_unbalanced, LIST | K40, "vma"),
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
