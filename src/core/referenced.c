/*
 * page_referenced (mm/rmap.c): how many PTEs have used a page since last asked;
 * their accessed bits are cleared.  In 2.6 PG_referenced counts as one more and
 * is cleared, too; later kernels leave it to the one who asks.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/rmap.h"

/* What a walk has learned. */
struct referenced {
	int count;         /* PTEs that were young */
	uint64_t vm_flags; /* of their VMAs, and VM_LOCKED if one has it */
};

/* ptep_clear_flush_young */
static bool clear_young(struct machine *m, struct mm_struct *mm, uint64_t addr,
	pteval_t pte)
{
	if (!pte_young(m, pte))
		return false;
	set_pte(m, mm, addr, pte_mkold(m, pte), EV_SET_PTE);
	flush_tlb_page(m, mm, addr);
	return true;
}

/* Who asks without holding the page's lock must get it for a file's page or a
 * KSM page: its mapping may go.  A page that is locked counts as used. */
static bool lock_for_walk(struct machine *m, struct page *page, bool locked)
{
	return locked || page_anon_vma(page) || trylock_page(m, page);
}

static void unlock_after(struct machine *m, struct page *page, bool locked)
{
	if (!locked && !page_anon_vma(page))
		unlock_page(m, page);
}

static int walk(struct machine *m, struct page *page,
	const struct rmap_job *job, bool locked, struct op_result *res,
	struct referenced *r)
{
	struct rmap_walk w = { .page = page,
		.job = job,
		.to_find = page_mapcount(page),
		.res = res,
		.ctx = r };

	if (w.to_find <= 0 || !page->mapping)
		return r->count;
	if (!lock_for_walk(m, page, locked))
		return r->count + 1;
	rmap_walk_page(m, &w);
	unlock_after(m, page, locked);
	return r->count;
}

/* -- 2.6.11 ------------------------------------------------------------------ */

/* page_referenced_file: a shared mapping that is locked in memory is use
 * enough. */
static enum rmap_step look_2_6_11(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma)
{
	const uint64_t locked = VM_LOCKED | VM_MAYSHARE;
	struct referenced *r = w->ctx;

	if (page_anon_vma(w->page) || (vma->vm_flags & locked) != locked)
		return RMAP_GO_ON;
	tell(m, EV_RMAP_LOCKED, vma_ref(vma), NO_REF, 0);
	r->count++;
	return RMAP_STOP;
}

static enum rmap_step hit_2_6_11(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct referenced *r = w->ctx;

	r->count += clear_young(m, vma->vm_mm, addr, pte);
	return RMAP_GO_ON;
}

static const struct rmap_job referenced_2_6_11 = {
	.anon = FN_RMAP_WALK,
	.file = FN_RMAP_WALK_FILE,
	.one = FN_RMAP_ONE,
	.look = look_2_6_11,
	.hit = hit_2_6_11,
};

int page_referenced_2_6_11(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags)
{
	struct referenced r = { 0, 0 };
	int count;

	(void)vm_flags;
	call(m, FN_REFERENCED, page_ref(m, page), NO_REF, 0);
	if (page->flags & PG(REFERENCED)) {
		page_clear_flag(m, page, PG(REFERENCED));
		r.count++;
	}
	count = walk(m, page, &referenced_2_6_11, locked, res, &r);
	ret(m, FN_REFERENCED);
	return count;
}

/* -- 4.0 --------------------------------------------------------------------- */

/* VM_LOCKED is all that the caller wants to know then. */
static enum rmap_step hit_4_0(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct referenced *r = w->ctx;

	if (vma->vm_flags & VM_LOCKED) {
		tell(m, EV_RMAP_LOCKED, vma_ref(vma), NO_REF, 0);
		r->vm_flags |= VM_LOCKED;
		return RMAP_STOP;
	}
	/* one pass over the file with the hint is not use */
	if (clear_young(m, vma->vm_mm, addr, pte) &&
		!(vma->vm_flags & VM_SEQ_READ)) {
		r->count++;
		r->vm_flags |= vma->vm_flags;
	}
	return RMAP_GO_ON;
}

static const struct rmap_job referenced_4_0 = {
	.anon = FN_RMAP_WALK,
	.file = FN_RMAP_WALK_FILE,
	.one = FN_RMAP_ONE,
	.hit = hit_4_0,
};

static int referenced_flags(struct machine *m, struct page *page,
	const struct rmap_job *job, bool locked, struct op_result *res,
	uint64_t *vm_flags)
{
	struct referenced r = { 0, 0 };
	int count;

	call(m, FN_REFERENCED, page_ref(m, page), NO_REF, 0);
	count = walk(m, page, job, locked, res, &r);
	if (vm_flags)
		*vm_flags = r.vm_flags;
	ret(m, FN_REFERENCED);
	return count;
}

int page_referenced_4_0(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags)
{
	return referenced_flags(m, page, &referenced_4_0, locked, res,
		vm_flags);
}

/* -- 6.18 -------------------------------------------------------------------- */

/* invalid_folio_referenced_vma: how such VMAs use a page says nothing. */
static enum rmap_step look_6_18(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma)
{
	(void)w;
	if (!(vma->vm_flags & (VM_SEQ_READ | VM_RAND_READ)))
		return RMAP_GO_ON;
	tell(m, EV_RMAP_SKIP, vma_ref(vma), NO_REF, 0);
	return RMAP_SKIP;
}

static enum rmap_step hit_6_18(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct referenced *r = w->ctx;

	if (vma->vm_flags & VM_LOCKED) {
		tell(m, EV_RMAP_LOCKED, vma_ref(vma), NO_REF, 0);
		mlock_vma_page(m, w->page); /* a lock that was missed */
		r->vm_flags |= VM_LOCKED;
		return RMAP_STOP;
	}
	if (clear_young(m, vma->vm_mm, addr, pte)) {
		r->count++;
		r->vm_flags |= vma->vm_flags;
	}
	return RMAP_GO_ON;
}

static const struct rmap_job referenced_6_18 = {
	.anon = FN_RMAP_WALK,
	.file = FN_RMAP_WALK_FILE,
	.one = FN_RMAP_ONE,
	.look = look_6_18,
	.hit = hit_6_18,
};

/* rwc.try_lock: who holds the lock of the reverse map is not waited for. */
static bool is_contended(struct machine *m, const struct page *page)
{
	const struct anon_vma *av = page_anon_vma(page);
	const struct lock *lock;

	if (page_is_ksm(page)) /* its items' anon_vmas are asked one by one */
		return false;
	lock = av ? &av->root->lock
		  : &((const struct address_space *)page->mapping)->i_mmap_lock;
	if (!lock->writer)
		return false;
	tell(m, EV_TRYLOCK_FAILED,
		av ? anon_vma_ref(av->root) : page_ref(m, page), NO_REF, 0);
	return true;
}

int page_referenced_6_18(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags)
{
	if (page_mapcount(page) > 0 && page->mapping && is_contended(m, page))
		return -1;
	return referenced_flags(m, page, &referenced_6_18, locked, res,
		vm_flags);
}

int page_referenced(struct machine *m, struct page *page, bool locked,
	uint64_t *vm_flags)
{
	if (vm_flags)
		*vm_flags = 0;
	return ops_of(m)->page_referenced(m, page, locked, NULL, vm_flags);
}
