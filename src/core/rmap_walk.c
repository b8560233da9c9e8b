/*
 * The walk from a page to the PTEs that map it, as all object-based kernels do
 * it (mm/rmap.c): look at each VMA of the page's anon_vma, or of its file's
 * i_mmap, compute where the page would be in it, and see whether the PTE there
 * names the frame.  What is done at such a PTE is the job of the walk.
 *
 * A walk that is not full stops once it has found as many PTEs as map the page.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/ksm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"

#include <errno.h>

void rmap_found(struct op_result *res, const struct vm_area_struct *vma,
	uint64_t addr)
{
	if (res->found && res->nr_found < res->max_found)
		res->found[res->nr_found] = (struct mapping){ vma->vm_mm->id,
			vma->id, addr };
	res->nr_found++;
}

/* -- one PTE ---------------------------------------------------------------- */

static bool maps_it(const struct machine *m, const struct rmap_walk *w,
	pteval_t pte)
{
	return pte_present(m, pte) && pte_pfn(m, pte) == page_pfn(m, w->page);
}

/* A PTE of a KSM page may be met once by its own item and once more by that of
 * the mm it was forked from. */
static bool met_before(const struct rmap_walk *w,
	const struct vm_area_struct *vma, uint64_t addr)
{
	const struct op_result *res = w->res;

	if (!page_is_ksm(w->page) || !res || !res->found)
		return false;
	for (uint32_t i = 0; i < res->nr_found && i < res->max_found; i++)
		if (res->found[i].vma == vma->id && res->found[i].addr == addr)
			return true;
	return false;
}

static enum rmap_step found(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	bool again = met_before(w, vma, addr);

	w->to_find -= !again;
	w->found += !again;
	cost(m, again ? COST_WASTED : COST_MATCHED, 1);
	if (w->res && !again)
		rmap_found(w->res, vma, addr);
	tell(m, EV_RMAP_HIT, pte_ref(vma->vm_mm, addr), page_ref(m, w->page),
		(uint64_t)(w->to_find > 0 ? w->to_find : 0));
	return w->job->hit ? w->job->hit(m, w, vma, addr, pte) : RMAP_GO_ON;
}

/* Does the PTE that @vma's mm has for @addr concern the page? */
static enum rmap_step check_pte(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	enum rmap_step step = RMAP_GO_ON;
	pteval_t pte;
	bool hit;

	ptl_lock(m, mm);
	pte = get_pte(m, mm, addr);
	cost(m, COST_PTES, 1);
	hit = w->job->matches ? w->job->matches(m, w, pte)
			      : maps_it(m, w, pte);
	if (hit) {
		step = found(m, w, vma, addr, pte);
	} else {
		cost(m, COST_WASTED, 1);
		tell(m, EV_RMAP_MISS, pte_ref(mm, addr),
			pte_present(m, pte)
				? ref_make(REF_PAGE, (uint32_t)pte_pfn(m, pte))
				: NO_REF,
			(uint64_t)w->to_find);
	}
	ptl_unlock(m, mm);
	if (hit && step == RMAP_GO_ON && w->job->after)
		step = w->job->after(m, w, vma);
	return step;
}

/* -- one VMA ---------------------------------------------------------------- */

/* 2.6.11 page_referenced_one: if (!mm->rss) goto out. */
static bool maps_nothing(const struct machine *m, const struct mm_struct *mm)
{
	return ops_of(m)->walk_needs_rss && !mm->anon_rss && !mm->file_rss;
}

/* 4.0 page_check_address, 6.18 map_pte: a quick check without the lock. */
static bool is_absent(struct machine *m, const struct rmap_walk *w,
	struct mm_struct *mm, uint64_t addr)
{
	if (!ops_of(m)->walk_peeks || w->job->always_locks)
		return false;
	return !pte_present(m, get_pte(m, mm, addr));
}

static enum rmap_step look_into(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, uint64_t index)
{
	struct ref o = vma_ref(vma);

	if (maps_nothing(m, vma->vm_mm)) {
		cost(m, COST_WASTED, 1);
		tell(m, EV_RMAP_NO_RSS, o, mm_ref(vma->vm_mm), 0);
	} else if (index < vma->vm_pgoff ||
		index >= vma->vm_pgoff + vma_pages(vma)) {
		cost(m, COST_WASTED, 1);
		tell(m, EV_RMAP_OUTSIDE, o, NO_REF, index);
	} else if (is_absent(m, w, vma->vm_mm, addr)) {
		cost(m, COST_PTES, 1);
		cost(m, COST_WASTED, 1);
		tell(m, EV_RMAP_ABSENT, pte_ref(vma->vm_mm, addr), NO_REF, 0);
	} else {
		return check_pte(m, w, vma, addr);
	}
	return RMAP_GO_ON;
}

bool rmap_visit_at(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, uint64_t index)
{
	enum rmap_step step = w->job->look ? w->job->look(m, w, vma)
					   : RMAP_GO_ON;

	if (step != RMAP_GO_ON)
		return step == RMAP_SKIP;
	cost(m, COST_VISITED, 1);
	cost(m, COST_VMAS, 1);
	call(m, w->job->one, vma_ref(vma), addr_ref(vma->vm_mm, addr), index);
	tell(m, EV_RMAP_VISIT, vma_ref(vma), addr_ref(vma->vm_mm, addr), index);
	step = look_into(m, w, vma, addr, index);
	ret(m, w->job->one);
	return step == RMAP_GO_ON && (w->job->full || w->to_find > 0);
}

bool rmap_visit(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma)
{
	uint64_t index = w->page->index;

	return rmap_visit_at(m, w, vma,
		vma->vm_start + ((index - vma->vm_pgoff) << PAGE_SHIFT), index);
}

/* -- all of them ------------------------------------------------------------ */

static void tell_done(struct machine *m, const struct rmap_walk *w)
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_RMAP_DONE,
				     .o = page_ref(m, w->page),
				     .type = VT_INT,
				     .old = m->op_costs.n[COST_VISITED],
				     .new = m->op_costs.n[COST_WASTED],
				     .n = w->found });
}

static void walk_anon(struct machine *m, struct rmap_walk *w,
	struct anon_vma *av)
{
	struct ref o = page_ref(m, w->page);

	call(m, w->job->anon, o, anon_vma_ref(av), w->page->index);
	tell(m, EV_RMAP_START, o, anon_vma_ref(av), w->page->index);
	ops_of(m)->walk_anon(m, w);
	tell_done(m, w);
	ret(m, w->job->anon);
}

/* A KSM page has no index that means anything. */
static void walk_ksm(struct machine *m, struct rmap_walk *w)
{
	rmap_walk_ksm(m, w);
	tell_done(m, w);
}

static bool visit_of_file(struct machine *m, struct vm_area_struct *vma,
	void *ctx)
{
	return rmap_visit(m, ctx, vma);
}

static void walk_file(struct machine *m, struct rmap_walk *w,
	struct address_space *mapping)
{
	struct ref o = page_ref(m, w->page);
	struct ref file = ref_make(REF_FILE, mapping->id);
	uint64_t index = w->page->index;

	call(m, w->job->file, o, file, index);
	tell(m, EV_RMAP_START, o, file, index);
	i_mmap_lock_read(m, mapping);
	i_mmap_walk(m, mapping, index, index, visit_of_file, w);
	i_mmap_unlock_read(m, mapping);
	tell_done(m, w);
	ret(m, w->job->file);
}

void rmap_walk_page(struct machine *m, struct rmap_walk *w)
{
	struct anon_vma *av = page_anon_vma(w->page);

	if (page_is_ksm(w->page))
		walk_ksm(m, w);
	else if (av)
		walk_anon(m, w, av);
	else if (w->page->mapping)
		walk_file(m, w, (struct address_space *)w->page->mapping);
}

/* -- the operation ---------------------------------------------------------- */

/* remove_migration_ptes goes on to the end. */
static const struct rmap_job see_all = {
	.anon = FN_RMAP_WALK,
	.file = FN_RMAP_WALK_FILE,
	.one = FN_RMAP_ONE,
	.full = true,
};

int rmap_walk_op(struct machine *m, struct page *page, bool full,
	struct op_result *res)
{
	struct rmap_walk w = { .page = page,
		.job = &see_all,
		.to_find = page_mapcount(page),
		.res = res };
	bool file = page_inode(m, page);

	if (ops_of(m)->rmap_walk)
		return ops_of(m)->rmap_walk(m, page, full, res);
	/* an unmapped page of a file still has VMAs to look into */
	if (!page->mapping || (w.to_find <= 0 && !(file && full))) {
		tell(m, EV_NOT_MAPPED, page_ref(m, page), NO_REF, 0);
		return page->kind == PAGE_FREE ? -EINVAL : 0;
	}
	if (file) /* it stays where it is in the file meanwhile */
		lock_page(m, page);
	if (full)
		rmap_walk_page(m, &w);
	else
		ops_of(m)->page_referenced(m, page, true, res, NULL);
	if (file)
		unlock_page(m, page);
	return 0;
}
