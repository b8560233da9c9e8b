/*
 * 6.18 mm/memory.c: what is its own in do_wp_page.  A page marked AnonExclusive
 * may be written at once; another one only if this PTE's reference is the only
 * one.  The fault holds the lock of the VMA alone; only the first one of a VMA
 * needs mmap_lock, to set vma->anon_vma.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/rmap.h"
#include "core/swap.h"

/* vmf_anon_prepare: mmap_lock for as long as anon_vma is being set, if the fault
 * has but the lock of the VMA (FAULT_FLAG_VMA_LOCK). */
int fault_prepare_6_18(struct machine *m, struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	int err;

	if (vma->anon_vma)
		return 0;
	if (!vma->vm_lock.readers)
		return ops_of(m)->anon_vma_prepare(m, vma);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), "mmap_lock");
	err = ops_of(m)->anon_vma_prepare(m, vma);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), "mmap_lock");
	return err;
}

/* Is its PTE's the only reference, once it has left the swap cache?  It stays
 * locked then. */
static bool lock_if_ours(struct machine *m, struct page *page)
{
	int cached = page->flags & PG(SWAPCACHE) ? 1 : 0;

	if (page->_refcount > 3)
		return false;
	if (!(page->flags & PG(LRU)))
		lru_add_drain(m); /* a batch may hold a reference */
	if (page->_refcount > 1 + cached || !trylock_page(m, page))
		return false;
	if (cached)
		try_to_free_swap(m, page);
	if (page->_refcount == 1)
		return true;
	unlock_page(m, page);
	return false;
}

/* wp_can_reuse_anon_folio: the page was shared and is not any more. */
static bool can_reuse(struct machine *m, struct vm_area_struct *vma,
	struct page *page)
{
	bool yes;

	call(m, FN_CAN_REUSE, page_ref(m, page), NO_REF, 0);
	yes = lock_if_ours(m, page);
	tell(m, yes ? EV_REUSE_YES : EV_REUSE_NO, page_ref(m, page), NO_REF,
		(uint64_t)page->_refcount);
	if (yes) {
		page_move_rmap(m, page, vma);
		unlock_page(m, page);
	}
	ret(m, FN_CAN_REUSE);
	if (yes)
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	return yes;
}

bool may_write_in_place_6_18(struct machine *m, struct vm_area_struct *vma,
	struct page *page)
{
	if (!(page->flags & PG(ANON_EXCLUSIVE)))
		return can_reuse(m, vma, page);
	tell(m, EV_REUSE_EXCLUSIVE, page_ref(m, page), NO_REF, 0);
	return true;
}
