/* What all generations with an anon_vma share. */
#include "core/rmap.h"
#include "core/emit.h"
#include "core/idmap.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/slab.h"

#include <errno.h>

static void set_mapping(struct machine *m, struct page *page,
	struct anon_vma *av)
{
	const struct anon_vma *old = page_anon_vma(page);

	page->mapping = (uintptr_t)av | PAGE_MAPPING_ANON;
	tell_set(m, page_ref(m, page), "mapping", VT_MAPPING, old ? old->id : 0,
		av->id);
}

static void set_index(struct machine *m, struct page *page, uint64_t index)
{
	uint64_t old = page->index;

	page->index = index;
	tell_set(m, page_ref(m, page), "index", VT_HEX, old, index);
}

void page_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	call(m, FN_ADD_NEW_RMAP, page_ref(m, page), vma_ref(vma), addr);
	page_set_flag(m, page, ops_of(m)->new_page_flags);
	page_change_mapcount(m, page, 1);
	set_mapping(m, page, vma->anon_vma);
	set_index(m, page, linear_page_index(vma, addr));
	if (ops_of(m)->exclusive)
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	ret(m, FN_ADD_NEW_RMAP);
}

/* 2.6.11: the first mapping says where it belongs.  4.0, 6.18: a page that is
 * anonymous already has kept that while it was unmapped; one read anew belongs
 * to the oldest anon_vma unless it is ours alone (__page_set_anon_rmap). */
void page_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive)
{
	const struct era_ops *ops = ops_of(m);
	struct anon_vma *av = vma->anon_vma;
	bool first = page_mapcount(page) == 0;
	bool known = ops->swapin_root ? page_anon_vma(page) != NULL : !first;
	enum fn fn = known || !ops->exclusive ? FN_ADD_RMAP : FN_ADD_NEW_RMAP;

	call(m, fn, page_ref(m, page), vma_ref(vma), addr);
	page_change_mapcount(m, page, 1);
	if (!known) {
		set_mapping(m, page,
			ops->swapin_root && !exclusive ? av->root : av);
		set_index(m, page, linear_page_index(vma, addr));
	}
	if (ops->exclusive && exclusive)
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	ret(m, fn);
}

void page_remove_rmap(struct machine *m, struct page *page)
{
	call(m, FN_REMOVE_RMAP, page_ref(m, page), NO_REF, 0);
	page_change_mapcount(m, page, -1);
	ret(m, FN_REMOVE_RMAP);
}

void page_move_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma)
{
	call(m, FN_MOVE_RMAP, page_ref(m, page), vma_ref(vma), 0);
	set_mapping(m, page, vma->anon_vma);
	ret(m, FN_MOVE_RMAP);
}

/* -- anon_vmas ---------------------------------------------------------- */

struct anon_vma *anon_vma_alloc(struct machine *m)
{
	struct anon_vma *av = slab_alloc(m, CACHE_ANON_VMA);

	if (!av)
		return NULL;
	av->id = idmap_next(&m->anon_vmas);
	av->root = av->parent = av;
	list_init(&av->head);
	idmap_add(m, &m->anon_vmas, av);
	slab_tell(m, CACHE_ANON_VMA, anon_vma_ref(av));
	return av;
}

void anon_vma_free(struct machine *m, struct anon_vma *av)
{
	struct ref ref = anon_vma_ref(av);

	idmap_remove(&m->anon_vmas, av->id);
	slab_free(m, CACHE_ANON_VMA, av, ref);
}

void vma_set_anon_vma(struct machine *m, struct vm_area_struct *vma,
	struct anon_vma *av)
{
	uint64_t old = ref_value(anon_vma_ref(vma->anon_vma));

	vma->anon_vma = av;
	tell_set(m, vma_ref(vma), "anon_vma", VT_REF, old,
		ref_value(anon_vma_ref(av)));
}

/* Could the two be one VMA but for their protection?  @b comes after @a. */
static bool nearly_mergeable(const struct vm_area_struct *a,
	const struct vm_area_struct *b)
{
	uint64_t access = VM_READ | VM_WRITE | VM_EXEC;

	return a->vm_end == b->vm_start && a->vm_file == b->vm_file &&
		!((a->vm_flags ^ b->vm_flags) & ~access) &&
		a->vm_pgoff + vma_pages(a) == b->vm_pgoff;
}

struct anon_vma *find_mergeable_anon_vma(struct machine *m,
	struct vm_area_struct *vma,
	bool (*fits)(const struct vm_area_struct *neighbour))
{
	struct vm_area_struct *const near[] = { vma->vm_next, vma->vm_prev };
	struct anon_vma *found = NULL;

	call(m, FN_FIND_MERGEABLE, vma_ref(vma), NO_REF, 0);
	for (int i = 0; i < 2 && !found; i++) {
		struct vm_area_struct *n = near[i];

		if (!n)
			continue;
		cost(m, COST_VMAS, 1);
		tell(m, EV_TRY_NEIGHBOUR, vma_ref(vma), vma_ref(n), 0);
		if (n->anon_vma && fits(n) &&
			(i ? nearly_mergeable(n, vma)
			   : nearly_mergeable(vma, n)))
			found = n->anon_vma;
		if (found)
			tell(m, EV_ADOPT_ANON_VMA, vma_ref(vma),
				anon_vma_ref(found), 0);
		else
			tell(m, EV_NO_ADOPTION, vma_ref(vma), vma_ref(n), 0);
	}
	ret(m, FN_FIND_MERGEABLE);
	return found;
}

/* -- the walk ----------------------------------------------------------- */

static void remember(struct rmap_walk *w, const struct vm_area_struct *vma,
	uint64_t addr)
{
	struct op_result *res = w->res;

	if (res->found && res->nr_found < res->max_found)
		res->found[res->nr_found] = (struct mapping){ vma->vm_mm->id,
			vma->id, addr };
	res->nr_found++;
}

/* Test and clear the accessed bit, as page_referenced does. */
static void clear_young(struct machine *m, struct mm_struct *mm, uint64_t addr,
	pteval_t pte)
{
	if (!pte_young(m, pte))
		return;
	set_pte(m, mm, addr, pte_mkold(m, pte), EV_SET_PTE);
	flush_tlb_page(m, mm, addr);
}

/* Does the PTE that @vma's mm has for @addr map the page? */
static bool check_pte(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	pteval_t pte;
	bool hit;

	lock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	pte = get_pte(m, mm, addr);
	cost(m, COST_PTES, 1);
	hit = pte_present(m, pte) && pte_pfn(m, pte) == page_pfn(m, w->page);
	if (hit) {
		w->to_find--;
		cost(m, COST_MATCHED, 1);
		remember(w, vma, addr);
		tell(m, EV_RMAP_HIT, pte_ref(mm, addr), page_ref(m, w->page),
			(uint64_t)w->to_find);
		if (!w->full)
			clear_young(m, mm, addr, pte);
	} else {
		cost(m, COST_WASTED, 1);
		tell(m, EV_RMAP_MISS, pte_ref(mm, addr),
			pte_present(m, pte)
				? ref_make(REF_PAGE, (uint32_t)pte_pfn(m, pte))
				: NO_REF,
			(uint64_t)w->to_find);
	}
	unlock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	return hit;
}

bool rmap_visit(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma)
{
	uint64_t index = w->page->index;
	uint64_t addr = vma->vm_start + ((index - vma->vm_pgoff) << PAGE_SHIFT);

	cost(m, COST_VISITED, 1);
	cost(m, COST_VMAS, 1);
	call(m, FN_RMAP_ONE, vma_ref(vma), addr_ref(vma->vm_mm, addr), index);
	tell(m, EV_RMAP_VISIT, vma_ref(vma), addr_ref(vma->vm_mm, addr), index);
	if (index < vma->vm_pgoff || index >= vma->vm_pgoff + vma_pages(vma)) {
		cost(m, COST_WASTED, 1);
		tell(m, EV_RMAP_OUTSIDE, vma_ref(vma), NO_REF, index);
	} else {
		check_pte(m, w, vma, addr);
	}
	ret(m, FN_RMAP_ONE);
	return w->full || w->to_find > 0;
}

int rmap_walk_op(struct machine *m, struct page *page, bool full,
	struct op_result *res)
{
	struct rmap_walk w = { page, full, page_mapcount(page), res };
	struct anon_vma *av = page_anon_vma(page);
	struct ref o = page_ref(m, page);

	if (!av || page->kind != PAGE_ANON || w.to_find <= 0) {
		tell(m, EV_NOT_MAPPED, o, NO_REF, 0);
		return page->kind == PAGE_FREE ? -EINVAL : 0;
	}
	if (!full) {
		call(m, FN_REFERENCED, o, NO_REF, 0);
		if (ops_of(m)->referenced_clears_flag)
			page_clear_flag(m, page, PG(REFERENCED));
	}
	call(m, FN_RMAP_WALK, o, anon_vma_ref(av), page->index);
	tell(m, EV_RMAP_START, o, anon_vma_ref(av), page->index);
	ops_of(m)->walk_anon(m, &w);
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_RMAP_DONE, .o = o,
				     .type = VT_INT,
				     .old = m->op_costs.n[COST_VISITED],
				     .new = m->op_costs.n[COST_WASTED],
				     .n = res->nr_found });
	ret(m, FN_RMAP_WALK);
	if (!full)
		ret(m, FN_REFERENCED);
	return 0;
}
