/*
 * PG_mlocked and the unevictable list.
 *
 * 4.0 (mm/mlock.c): the flag says that some VMA with VM_LOCKED maps the page.
 * Who unlocks does not know about others and asks the reverse map.
 * 6.18: mlock_count says how many VMAs do, as long as the page is on the
 * unevictable list; it may count too few, and reclaim, which meets the VMA,
 * puts that right.  Its batches are drained at once.
 */
#include "core/emit.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/fault.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/rmap.h"

void mlock_vma_page(struct machine *m, struct page *page)
{
	if (ops_of(m)->mlock_page)
		ops_of(m)->mlock_page(m, page);
}

void munlock_vma_page(struct machine *m, struct page *page)
{
	if (ops_of(m)->munlock_page)
		ops_of(m)->munlock_page(m, page);
}

void lru_cache_add_vma(struct machine *m, struct page *page,
	const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_LOCKED) || !ops_of(m)->mlock_page) {
		lru_cache_add(m, page);
		return;
	}
	page->mlock_count = 1; /* 6.18; 4.0 has no such count */
	page_set_flag(m, page, PG(MLOCKED) | PG(UNEVICTABLE) |
		ops_of(m)->new_page_flags);
	lru_add(m, page, LRU_UNEVICTABLE);
}

/* -- 4.0 ---------------------------------------------------------------------- */

/* putback_lru_page of a page that lru_isolate() took. */
void lru_putback_by_mlock(struct machine *m, struct page *page)
{
	if (page->flags & PG(MLOCKED)) {
		if (!(page->flags & PG(UNEVICTABLE)))
			page->mlock_count = 0; /* who locks it counts */
		page_clear_flag(m, page, PG(ACTIVE));
		page_set_flag(m, page, PG(UNEVICTABLE));
	} else {
		page_clear_flag(m, page, PG(UNEVICTABLE));
	}
	lru_putback(m, page);
}

void mlock_page_4_0(struct machine *m, struct page *page)
{
	call(m, FN_MLOCK_PAGE, page_ref(m, page), NO_REF, 0);
	if (!(page->flags & PG(MLOCKED))) {
		page_set_flag(m, page, PG(MLOCKED));
		if (lru_isolate(m, page))
			lru_putback_by_mlock(m, page);
	}
	ret(m, FN_MLOCK_PAGE);
}

/* try_to_munlock_one: this VMA holds it still. */
static enum rmap_step hit_munlock(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	(void)addr;
	(void)pte;
	if (vma->vm_flags & VM_LOCKED) {
		tell(m, EV_STILL_LOCKED, vma_ref(vma), page_ref(m, w->page),
			0);
		page_set_flag(m, w->page, PG(MLOCKED));
		return RMAP_STOP;
	}
	return RMAP_GO_ON;
}

static const struct rmap_job try_to_munlock = {
	.anon = FN_MUNLOCK_WALK,
	.file = FN_MUNLOCK_WALK_FILE,
	.one = FN_UNMAP_ONE,
	.hit = hit_munlock,
};

void munlock_page_4_0(struct machine *m, struct page *page)
{
	struct rmap_walk w = { .page = page, .job = &try_to_munlock };

	call(m, FN_MUNLOCK_PAGE, page_ref(m, page), NO_REF, 0);
	if (page->flags & PG(MLOCKED)) {
		page_clear_flag(m, page, PG(MLOCKED));
		if (lru_isolate(m, page)) {
			w.to_find = page_mapcount(page);
			if (w.to_find > 1)
				rmap_walk_page(m, &w);
			lru_putback_by_mlock(m, page);
		}
	}
	ret(m, FN_MUNLOCK_PAGE);
}

/* Who maps it yet may not have locked it.  The page table lock is not held, since
 * all who map it are asked. */
void munlock_copied(struct machine *m, const struct vm_area_struct *vma,
	struct page *page)
{
	if (!(vma->vm_flags & VM_LOCKED) || !ops_of(m)->munlock_page ||
		ops_of(m)->mlocks_by_rmap)
		return;
	lock_page(m, page);
	munlock_vma_page(m, page);
	unlock_page(m, page);
}

/* -- 6.18 ---------------------------------------------------------------------- */

static void count(struct machine *m, struct page *page, int delta)
{
	uint64_t old = page->mlock_count;

	page->mlock_count = (uint16_t)(page->mlock_count + delta);
	tell_set(m, page_ref(m, page), "mlock_count", VT_INT, old,
		page->mlock_count);
}

/* __mlock_folio */
void mlock_folio_6_18(struct machine *m, struct page *page)
{
	call(m, FN_MLOCK_PAGE, page_ref(m, page), NO_REF, 0);
	page_set_flag(m, page, PG(MLOCKED));
	if (page->flags & PG(UNEVICTABLE)) {
		count(m, page, 1);
	} else if (lru_isolate(m, page)) {
		page_clear_flag(m, page, PG(ACTIVE));
		page_set_flag(m, page, PG(UNEVICTABLE));
		page->mlock_count = 0;
		count(m, page, 1);
		lru_putback(m, page);
	}
	ret(m, FN_MLOCK_PAGE);
}

/* __munlock_folio: without a count it is taken for the last one. */
void munlock_folio_6_18(struct machine *m, struct page *page)
{
	call(m, FN_MUNLOCK_PAGE, page_ref(m, page), NO_REF, 0);
	if ((page->flags & PG(UNEVICTABLE)) && (page->flags & PG(LRU)) &&
		page->mlock_count)
		count(m, page, -1);
	if (!(page->flags & PG(UNEVICTABLE)) || !page->mlock_count ||
		!(page->flags & PG(LRU))) {
		page_clear_flag(m, page, PG(MLOCKED));
		if ((page->flags & PG(UNEVICTABLE)) && lru_isolate(m, page)) {
			page_clear_flag(m, page, PG(UNEVICTABLE));
			lru_putback(m, page);
		}
	}
	ret(m, FN_MUNLOCK_PAGE);
}
