/*
 * A machine broken by hand must be caught by the checker, under the right
 * rule.  Each mutation is one mistake that a kernel could make.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

static const char setup[] =
	"map 10-14; touch 10-13; fork C; C: touch 10; map 20-24 rwx; touch 20; "
	"map 30-34";

static struct vm_area_struct *vma(const char *task, uint64_t page)
{
	struct vm_area_struct *v = vma_at(task, page);
	assert_non_null(v);
	return v;
}

static struct anon_vma_chain *first_avc(const char *task, uint64_t page)
{
	struct list_head *head = &vma(task, page)->anon_vma_chain;
	assert_false(list_empty(head));
	return container_of(head->next, struct anon_vma_chain, same_vma);
}

/* Overwrite the entry at @level for the page (the leaf is the last). */
static void poke(const char *task, uint64_t page, pteval_t set, pteval_t clear)
{
	struct walk w;
	const struct paging *p = machine_paging(run.m);
	paging_walk(run.m, mm_of(task), addr_of(page), &w);
	assert_int_equal(w.depth, p->nr_levels);
	const struct walk_level *l = &w.level[w.depth - 1];
	char *at = (char *)page_by_pfn(run.m, l->table)->table +
		   (size_t)l->index * p->entry_size;
	pteval_t value = (l->entry & ~clear) | set;
	memcpy(at, &value, p->entry_size);
}

static uint64_t all_bits(void)
{
	return ~(uint64_t)0;
}

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
	vma("P", 20)->vm_flags &= ~VM_WRITE;
}

static void table_count(void)
{
	mm_of("P")->nr_ptes++;
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

static void lock_left_held(void)
{
	mm_of("P")->mmap_lock.writer = 1;
}

static void page_table_lock_left_held(void)
{
	mm_of("C")->page_table_lock.writer = 1;
}

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

/* Which kernels a mutation makes sense in. */
#define LIST 1u
#define K40 2u
#define K618 4u
#define AVC (K40 | K618)
#define ALL (LIST | AVC)

struct mutation {
	const char *name;
	unsigned eras;
	void (*apply)(void);
	const char *rules; /* those that may report it, between spaces */
};

#define M(fn, eras, rules)                                                     \
	{                                                                      \
#fn, eras, fn, " " rules " "                                   \
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
	M(vma_overlap, ALL, "vma"),
	M(vma_empty, ALL, "vma"),
	M(vma_unaligned, ALL, "vma"),
	M(vma_not_in_tree, ALL, "vma"),
	M(vma_not_in_list, ALL, "vma"),
	M(vma_prev_wrong, ALL, "vma"),
	M(vma_of_other_mm, ALL, "vma"),
	M(vma_without_id, ALL, "id"),
	M(map_count, ALL, "map_count"),
	M(total_vm, ALL, "total_vm"),
	M(rss, ALL, "rss"),
	M(dangling_mmap_cache, LIST | K40, "mmap_cache"),
	M(lock_left_held, ALL, "lock"),
	M(page_table_lock_left_held, ALL, "lock"),
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
};
#define NR_MUTATIONS (sizeof(mutations) / sizeof(mutations[0]))

static bool is_among(const char *rule, const char *rules)
{
	char text[64];
	snprintf(text, sizeof(text), " %s ", rule);
	return strstr(rules, text) != NULL;
}

/* @return the number of mutations missed or misnamed. */
static unsigned run_mutation(const struct mutation *mu, const char *era)
{
	struct check_failure f = { "nothing", NO_REF, 0, 0 };
	begin(era);
	script(setup);
	mu->apply();
	if (!machine_check(run.m, &f) && is_among(f.rule, mu->rules))
		return 0;
	fprintf(stderr, "%s in %s: reported as %s, not%s\n", mu->name, era,
		f.rule, mu->rules);
	return 1;
}

static void run_era(const char *era, unsigned bit)
{
	unsigned missed = 0;
	for (size_t i = 0; i < NR_MUTATIONS; i++)
		if (mutations[i].eras & bit)
			missed += run_mutation(&mutations[i], era);
	expect_num(missed, 0);
}

static void caught_in_2_6_11(void **state)
{
	(void)state;
	run_era("2.6.11", LIST);
}

static void caught_in_4_0(void **state)
{
	(void)state;
	run_era("4.0", K40);
}

static void caught_in_6_18(void **state)
{
	(void)state;
	run_era("6.18", K618);
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
