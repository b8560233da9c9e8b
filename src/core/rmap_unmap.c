/*
 * try_to_unmap (mm/rmap.c): take away the PTEs that map a page, so that it can
 * be written and freed.  An anonymous page leaves its swap entry, a page of a
 * file nothing: it is found again by its place in the file.
 *
 * What stops it differs: 2.6.11 and 4.0 leave a page that was used since the
 * last look; 2.6.11 one with references it does not know; 6.18 has asked
 * before and unmaps what it can.  PTEs taken away before the stop stay away.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/swap.h"

struct unmap {
	unsigned flags;           /* enum ttu_flags */
	enum unmap_result result; /* of the VMA looked at last */
};

/* Stop with @result, and why. */
static enum rmap_step stop(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, enum unmap_result result,
	enum event_id why)
{
	struct unmap *u = w->ctx;

	u->result = result;
	tell(m, why, vma_ref(vma), page_ref(m, w->page), 0);
	return RMAP_STOP;
}

/* ptep_clear_flush_young, as a test. */
static bool young_again(struct machine *m, struct mm_struct *mm, uint64_t addr,
	pteval_t pte)
{
	if (!pte_young(m, pte))
		return false;
	set_pte(m, mm, addr, pte_mkold(m, pte), EV_SET_PTE);
	flush_tlb_page(m, mm, addr);
	return true;
}

/* The PTE goes, its dirty bit to the page. */
static void clear_pte(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr, pteval_t pte)
{
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	flush_tlb_page(m, mm, addr);
	if (pte_dirty(m, pte))
		set_page_dirty(m, page);
}

/* The swap entry in its place. */
static void set_swap_pte(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr, bool exclusive)
{
	pteval_t pte = mk_swap_pte(m, page_swap_slot(m, page));

	if (exclusive)
		pte = pte_swp_mkexclusive(m, pte);
	set_pte(m, mm, addr, pte, EV_SET_PTE);
}

static void drop_mapping(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	page_remove_rmap(m, page, mm, addr);
	put_page(m, page);
}

/* -- 2.6.11 ------------------------------------------------------------------ */

static enum rmap_step unmap_one_2_6_11(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page = w->page;

	if (vma->vm_flags & VM_LOCKED)
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_LOCKED);
	if (young_again(m, mm, addr, pte))
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_YOUNG);
	/* don't pull it out from under get_user_pages */
	if ((page->flags & PG(SWAPCACHE)) &&
		page->_refcount != page_mapcount(page) + 2)
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_REFERENCES);
	clear_pte(m, page, mm, addr, pte);
	if (page_is_anon(page)) {
		swap_duplicate(m, page_swap_slot(m, page));
		add_swapents(m, mm, 1);
		set_swap_pte(m, page, mm, addr, false);
		add_anon_rss(m, mm, -1);
	} else {
		add_rss(m, mm, page, -1);
	}
	drop_mapping(m, page, mm, addr);
	return RMAP_GO_ON;
}

/* -- 4.0 --------------------------------------------------------------------- */

/* An entry that finds the page at its new place; rss stays. */
static void set_migration_pte(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr, pteval_t pte, bool exclusive)
{
	pteval_t entry = mk_migration_pte(m, page_pfn(m, page),
		pte_write(m, pte), exclusive);

	entry = migration_keep_bits(m, entry, pte);
	set_pte(m, mm, addr, entry, EV_SET_PTE);
}

static void leave_entry_4_0(struct machine *m, struct rmap_walk *w,
	struct mm_struct *mm, uint64_t addr, pteval_t pte)
{
	const struct unmap *u = w->ctx;
	struct page *page = w->page;

	/* one in the swap cache gets its swap entry even if it migrates */
	if (page_is_anon(page) && (page->flags & PG(SWAPCACHE))) {
		swap_duplicate(m, page_swap_slot(m, page));
		add_anon_rss(m, mm, -1);
		add_swapents(m, mm, 1);
		set_swap_pte(m, page, mm, addr, false);
	} else if (u->flags & TTU_MIGRATION) {
		set_migration_pte(m, page, mm, addr, pte, false);
	} else {
		add_rss(m, mm, page, -1);
	}
}

static enum rmap_step unmap_one_4_0(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mm_struct *mm = vma->vm_mm;
	struct unmap *u = w->ctx;

	u->result = UNMAP_AGAIN;
	if ((vma->vm_flags & VM_LOCKED) && !(u->flags & TTU_IGNORE_MLOCK)) {
		u->result = UNMAP_MLOCK;
		return RMAP_GO_ON; /* to mlock_again() */
	}
	if (!(u->flags & TTU_IGNORE_ACCESS) && young_again(m, mm, addr, pte))
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_YOUNG);
	clear_pte(m, w->page, mm, addr, pte);
	leave_entry_4_0(m, w, mm, addr, pte);
	drop_mapping(m, w->page, mm, addr);
	return RMAP_GO_ON;
}

/* out_mlock: VM_LOCKED counts if mmap_sem can be had without waiting; else the
 * walk goes on with AGAIN. */
static enum rmap_step mlock_again(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	struct unmap *u = w->ctx;

	if (u->result != UNMAP_MLOCK)
		return RMAP_GO_ON;
	u->result = UNMAP_AGAIN;
	if (mm->mmap_lock.writer) {
		tell(m, EV_TRYLOCK_FAILED, mm_ref(mm), NO_REF, 0);
		return RMAP_GO_ON;
	}
	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	mlock_vma_page(m, w->page);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	return stop(m, w, vma, UNMAP_MLOCK, EV_UNMAP_LOCKED);
}

/* -- 6.18 -------------------------------------------------------------------- */

/* AnonExclusive goes into the entry; the page gives it up. */
static bool take_exclusive(struct machine *m, struct page *page)
{
	if (!(page->flags & PG(ANON_EXCLUSIVE)))
		return false;
	page_clear_flag(m, page, PG(ANON_EXCLUSIVE));
	return true;
}

/*
 * A page that MADV_FREE has marked leaves nothing behind.  Written since: it
 * stays and is an ordinary page again; a reference that nobody explains: it
 * stays.
 */
static enum rmap_step discard_one(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct page *page = w->page;

	if ((page->flags & PG(DIRTY)) && !(vma->vm_flags & VM_DROPPABLE)) {
		set_pte(m, vma->vm_mm, addr, pte, EV_SET_PTE);
		page_set_flag(m, page, PG(SWAPBACKED));
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_REDIRTIED);
	}
	if (page->_refcount != 1 + page_mapcount(page)) {
		set_pte(m, vma->vm_mm, addr, pte, EV_SET_PTE);
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_REFERENCES);
	}
	add_anon_rss(m, vma->vm_mm, -1);
	drop_mapping(m, page, vma->vm_mm, addr);
	return RMAP_GO_ON;
}

static enum rmap_step unmap_one_6_18(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mm_struct *mm = vma->vm_mm;
	struct unmap *u = w->ctx;
	struct page *page = w->page;

	if ((vma->vm_flags & VM_LOCKED) && !(u->flags & TTU_IGNORE_MLOCK)) {
		mlock_vma_page(m, page); /* a lock that was missed */
		return stop(m, w, vma, UNMAP_FAIL, EV_UNMAP_LOCKED);
	}
	clear_pte(m, page, mm, addr, pte);
	if (page_is_anon(page) && !(page->flags & PG(SWAPBACKED)))
		return discard_one(m, w, vma, addr, pte);
	if (page_is_anon(page)) {
		swap_duplicate(m, page_swap_slot(m, page));
		add_anon_rss(m, mm, -1);
		add_swapents(m, mm, 1);
		set_swap_pte(m, page, mm, addr, take_exclusive(m, page));
	} else {
		add_rss(m, mm, page, -1);
	}
	drop_mapping(m, page, mm, addr);
	return RMAP_GO_ON;
}

/* try_to_migrate_one */
static enum rmap_step migrate_one_6_18(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mm_struct *mm = vma->vm_mm;

	clear_pte(m, w->page, mm, addr, pte);
	set_migration_pte(m, w->page, mm, addr, pte,
		take_exclusive(m, w->page));
	drop_mapping(m, w->page, mm, addr);
	return RMAP_GO_ON;
}

/* -- the walks ---------------------------------------------------------------- */

const struct rmap_job unmap_job_2_6_11 = {
	.anon = FN_UNMAP_WALK,
	.file = FN_UNMAP_WALK_FILE,
	.one = FN_UNMAP_ONE,
	.hit = unmap_one_2_6_11,
};

const struct rmap_job unmap_job_4_0 = {
	.anon = FN_UNMAP_WALK,
	.file = FN_UNMAP_WALK_FILE,
	.one = FN_UNMAP_ONE,
	.hit = unmap_one_4_0,
	.after = mlock_again,
};

const struct rmap_job unmap_job_6_18 = {
	.anon = FN_UNMAP_WALK,
	.file = FN_UNMAP_WALK_FILE,
	.one = FN_UNMAP_ONE,
	.hit = unmap_one_6_18,
};

const struct rmap_job migrate_job_6_18 = {
	.anon = FN_UNMAP_WALK,
	.file = FN_UNMAP_WALK_FILE,
	.one = FN_MIGRATE_ONE,
	.hit = migrate_one_6_18,
};

static enum unmap_result unmap_by_walk(struct machine *m, struct page *page,
	const struct rmap_job *job, unsigned flags)
{
	struct unmap u = { flags, UNMAP_AGAIN };
	struct rmap_walk w = { .page = page,
		.job = job,
		.to_find = page_mapcount(page),
		.ctx = &u };

	rmap_walk_page(m, &w);
	return page_mapcount(page) ? u.result : UNMAP_SUCCESS;
}

enum unmap_result try_to_unmap(struct machine *m, struct page *page,
	unsigned flags)
{
	const struct era_ops *ops = ops_of(m);
	bool migrates = (flags & TTU_MIGRATION) && ops->migrate_job;
	enum fn fn = migrates ? FN_MIGRATE_UNMAP : FN_UNMAP;
	enum unmap_result result;

	call(m, fn, page_ref(m, page), NO_REF, flags);
	if (ops->try_to_unmap)
		result = ops->try_to_unmap(m, page, flags);
	else
		result = unmap_by_walk(m, page,
			migrates ? ops->migrate_job : ops->unmap_job, flags);
	tell(m, EV_UNMAP_RESULT, page_ref(m, page), NO_REF, result);
	ret(m, fn);
	return result;
}
