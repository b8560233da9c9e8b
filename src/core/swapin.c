/*
 * PTEs that hold a swap entry: the fault that brings the page back
 * (mm/memory.c do_swap_page), in the three forms of its history, and what
 * becomes of such a PTE when it is copied or taken away.
 *
 * Until 2.6.11 the slot's count goes first and a page that is ours alone, by
 * its references, is mapped writable at once.  4.0 looks at the mappings and
 * the slot's users and takes the page out of the cache if there is no other.
 * 6.18 keeps in the PTE itself whether the page was exclusive.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/ksm.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"

#include <errno.h>

void add_swapents(struct machine *m, struct mm_struct *mm, int n)
{
	uint32_t old = mm->swapents;

	if (n > 0 && list_empty(&mm->mmlist))
		list_add(&mm->mmlist, &m->mmlist);
	if (!ops_of(m)->swapents)
		return;
	mm->swapents += (uint32_t)n;
	tell_set(m, mm_ref(mm), "swapents", VT_INT, old, mm->swapents);
}

/* -- the PTE ------------------------------------------------------------------- */

/* The PTE of @page; writable and dirty if @write. */
static pteval_t swapped_pte(const struct machine *m, const struct page *page,
	const struct vm_area_struct *vma, bool write)
{
	pteval_t pte = mk_pte(m, page_pfn(m, page), vma->vm_flags);

	if (!write)
		return pte;
	pte = pte_mkdirty(m, pte);
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(m, pte) : pte;
}

/* What the PTE maps is known to it; a copy that was made is a new page. */
static void add_rmap(struct machine *m, struct swapin *s, bool exclusive)
{
	if (s->page == s->swapcache) {
		page_add_swapped_rmap(m, s->page, s->vma, s->addr, exclusive);
		return;
	}
	page_add_new_rmap(m, s->page, s->vma, s->addr);
	lru_cache_add_vma(m, s->page, s->vma);
}

/* The page of the slot is not needed any more when it was copied. */
static void unlock_both(struct machine *m, struct swapin *s)
{
	unlock_page(m, s->page);
	if (s->page == s->swapcache)
		return;
	unlock_page(m, s->swapcache);
	put_page(m, s->swapcache);
}

/* 2.4, 2.6.11 do_swap_page. */
bool map_swapped_2_x(struct machine *m, struct swapin *s)
{
	struct vm_area_struct *vma = s->vma;
	bool reuse;

	swap_free(m, s->slot);
	if (vm_swap_full(m))
		try_to_free_swap(m, s->page);
	add_anon_rss(m, vma->vm_mm, 1);
	add_swapents(m, vma->vm_mm, -1);
	reuse = s->write && can_share_swap_page(m, s->page);
	unlock_page(m, s->page);
	s->pte = swapped_pte(m, s->page, vma, reuse);
	set_pte(m, vma->vm_mm, s->addr, s->pte, EV_SET_PTE);
	page_add_swapped_rmap(m, s->page, vma, s->addr, true);
	return s->write && !reuse;
}

/* 4.0 do_swap_page: the slot's count of this PTE still counts while it is
 * decided. */
bool map_swapped_4_0(struct machine *m, struct swapin *s)
{
	struct vm_area_struct *vma = s->vma;
	bool reuse;

	add_anon_rss(m, vma->vm_mm, 1);
	add_swapents(m, vma->vm_mm, -1);
	reuse = s->write && can_share_swap_page(m, s->page);
	s->pte = swapped_pte(m, s->page, vma, reuse);
	set_pte(m, vma->vm_mm, s->addr, s->pte, EV_SET_PTE);
	add_rmap(m, s, reuse);
	swap_free(m, s->slot);
	if (vm_swap_full(m) || (vma->vm_flags & VM_LOCKED) ||
		(s->page->flags & PG(MLOCKED)))
		try_to_free_swap(m, s->page);
	unlock_both(m, s);
	return s->write && !reuse;
}

/* 6.18 should_try_to_free_swap: also when that would make the page ours. */
static bool should_free_swap(const struct machine *m, const struct swapin *s)
{
	if (!(s->page->flags & PG(SWAPCACHE)))
		return false;
	if (vm_swap_full(m) || (s->vma->vm_flags & VM_LOCKED) ||
		(s->page->flags & PG(MLOCKED)))
		return true;
	return s->write && !page_is_ksm(s->page) && s->page->_refcount == 2;
}

/* 6.18 do_swap_page: an exclusive page is writable after a read, too. */
bool map_swapped_6_18(struct machine *m, struct swapin *s)
{
	struct vm_area_struct *vma = s->vma;
	bool ksm = page_is_ksm(s->page), pending = s->write;
	bool exclusive = !ksm && (s->page != s->swapcache ||
					 pte_swp_exclusive(m, s->pte));

	swap_free(m, s->slot);
	if (should_free_swap(m, s))
		try_to_free_swap(m, s->page);
	add_anon_rss(m, vma->vm_mm, 1);
	add_swapents(m, vma->vm_mm, -1);
	s->pte = swapped_pte(m, s->page, vma, false);
	if (exclusive || (!ksm && s->page->_refcount == 1)) {
		exclusive = true;
		if (vma->vm_flags & VM_WRITE) {
			s->pte = pte_mkwrite(m, s->pte);
			if (s->write)
				s->pte = pte_mkdirty(m, s->pte);
			pending = false;
		}
	}
	tell(m, exclusive ? EV_SWAP_EXCLUSIVE : EV_SWAP_SHARED,
		page_ref(m, s->page), swap_ref(s->slot),
		(uint64_t)s->page->_refcount);
	add_rmap(m, s, exclusive);
	set_pte(m, vma->vm_mm, s->addr, s->pte, EV_SET_PTE);
	unlock_both(m, s);
	return pending;
}

/* -- the fault ----------------------------------------------------------------- */

/* The page with a reference, from the cache (a minor fault) or the disk. */
static struct page *get_swapped_page(struct machine *m, uint64_t slot)
{
	struct page *page = lookup_swap_cache(m, slot);

	if (page) {
		get_page(m, page);
		return page;
	}
	page = swapin_readahead(m, slot);
	if (page)
		m->major = true;
	return page;
}

/* The page table lock is taken; map the page that was found, or, if the PTE
 * has changed meanwhile, let the access look again. */
static int map_swapped(struct machine *m, struct swapin *s)
{
	struct mm_struct *mm = s->vma->vm_mm;

	if (get_pte(m, mm, s->addr) != s->pte) {
		tell(m, EV_PTE_CHANGED, pte_ref(mm, s->addr), NO_REF, 0);
		ptl_unlock(m, mm);
		unlock_both(m, s);
		put_page(m, s->page);
		return 0;
	}
	if (ops_of(m)->map_swapped(m, s) && ops_of(m)->swapin_wp)
		return do_wp_page(m, s->vma, s->addr, s->pte);
	ptl_unlock(m, mm);
	return 0;
}

/* The page was found or read. */
static int lock_and_map(struct machine *m, struct swapin *s)
{
	if (ops_of(m)->swapin_marks)
		mark_page_accessed(m, s->page);
	lock_page(m, s->page);
	s->swapcache = s->page;
	s->page = ksm_might_need_to_copy(m, s->page, s->vma, s->addr);
	if (!s->page) {
		unlock_page(m, s->swapcache);
		put_page(m, s->swapcache);
		return -ENOMEM;
	}
	if (s->write && ops_of(m)->exclusive && !(s->page->flags & PG(LRU)) &&
		!page_is_ksm(s->page))
		lru_add_drain(m); /* a batch may hold a reference */
	ptl_lock(m, s->vma->vm_mm);
	return map_swapped(m, s);
}

int do_swap_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte, bool write)
{
	struct swapin s = { .vma = vma, .addr = addr, .pte = pte,
		.write = write, .slot = swap_slot(m, pte) };
	int err = -ENOMEM;

	call(m, FN_SWAP_FAULT, vma_ref(vma), swap_ref(s.slot), write);
	if (ops_of(m)->faults_locked)
		ptl_unlock(m, vma->vm_mm);
	s.page = get_swapped_page(m, s.slot);
	if (s.page && rmap_reserve(m))
		put_page(m, s.page);
	else if (s.page)
		err = lock_and_map(m, &s);
	rmap_release(m);
	ret(m, FN_SWAP_FAULT);
	return err;
}

/* -- copied and taken away ------------------------------------------------------- */

/* fork: one more PTE holds the slot; neither of them is exclusive then (4.0
 * copy_one_pte, 6.18 copy_nonpresent_pte). */
static pteval_t copy_swap_pte(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte)
{
	swap_duplicate(m, swap_slot(m, pte));
	if (list_empty(&dst->vm_mm->mmlist))
		list_add(&dst->vm_mm->mmlist, &src->vm_mm->mmlist);
	if (pte_swp_exclusive(m, pte)) {
		pte = pte_swp_clear_exclusive(m, pte);
		set_pte(m, src->vm_mm, addr, pte, EV_SET_PTE);
	}
	add_swapents(m, dst->vm_mm, 1);
	return pte;
}

/* A page that is being moved stays counted; nobody may write it after. */
static pteval_t copy_migration_pte(struct machine *m,
	struct vm_area_struct *dst, struct vm_area_struct *src, uint64_t addr,
	pteval_t pte)
{
	pteval_t readable = migration_mk_readable(m, pte);

	add_anon_rss(m, dst->vm_mm, 1);
	if (!is_cow_mapping(src->vm_flags) || readable == pte)
		return pte;
	set_pte(m, src->vm_mm, addr, readable, EV_SET_PTE);
	return readable;
}

void copy_entry(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte)
{
	if (pte_is_swap(m, pte))
		pte = copy_swap_pte(m, dst, src, addr, pte);
	else if (pte_is_migration(m, pte))
		pte = copy_migration_pte(m, dst, src, addr, pte);
	set_pte(m, dst->vm_mm, addr, pte, EV_SHARE_PAGE);
}

void zap_entry(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte, unsigned flags)
{
	bool guard = pte_is_guard(m, pte);

	if (guard ? !(flags & ZAP_MARKERS) : flags & ZAP_FILE_ONLY) {
		tell(m, EV_ENTRY_STAYS, pte_ref(vma->vm_mm, addr), NO_REF,
			guard);
		return;
	}
	if (pte_is_swap(m, pte)) {
		add_swapents(m, vma->vm_mm, -1);
		free_swap_and_cache(m, swap_slot(m, pte));
	} else if (!guard) {
		add_anon_rss(m, vma->vm_mm, -1);
	}
	set_pte(m, vma->vm_mm, addr, 0, EV_CLEAR_PTE);
}

pteval_t protect_entry(const struct machine *m, pteval_t pte)
{
	if (!pte_is_migration(m, pte) || !migration_is_write(m, pte))
		return pte;
	return mk_migration_pte(m, pte_to_swp(m, pte).offset, false,
		migration_is_exclusive(m, pte));
}
