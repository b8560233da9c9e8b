/*
 * KSM: merging pages and taking them apart again (mm/ksm.c).  Before a page is
 * compared for good its PTE is made read-only, and it must have no references
 * but those of its PTEs, of the swap cache and ksmd's own: somebody may be
 * writing to it through another.
 */
#include "core/fault.h"
#include "core/ksm_in.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"

#include <errno.h>

void set_page_stable_node(struct machine *m, struct page *page,
	struct stable_node *node)
{
	struct ref old = page_stable_node(page)
		? stable_ref(page_stable_node(page))
		: anon_vma_ref(page_anon_vma(page));

	page->kind = PAGE_KSM;
	page->mapping = (uintptr_t)node | PAGE_MAPPING_BITS;
	tell_set(m, page_ref(m, page), "mapping", VT_MAPPING, ref_value(old),
		node ? ref_value(stable_ref(node))
		     : ref_value(ref_make(REF_STABLE_NODE, 0)));
}

/* -- one PTE ------------------------------------------------------------------------- */

static bool maps(const struct machine *m, const struct page *page,
	pteval_t pte)
{
	return pte_present(m, pte) && pte_pfn(m, pte) == page_pfn(m, page);
}

/* References beside those that are explained. */
static int others(const struct page *page)
{
	int cached = page->flags & PG(SWAPCACHE) ? 1 : 0;

	return page->_refcount - page_mapcount(page) - 1 - cached;
}

/* The PTE is cleared meanwhile, so that no new reference can come by it. */
static bool protect_pte(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr, pteval_t *pte)
{
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	flush_tlb_page(m, mm, addr);
	if (others(page)) {
		set_pte(m, mm, addr, *pte, EV_SET_PTE);
		tell(m, EV_KSM_BUSY, page_ref(m, page), NO_REF,
			(uint64_t)others(page));
		return false;
	}
	page_clear_flag(m, page, PG(ANON_EXCLUSIVE));
	if (pte_dirty(m, *pte))
		set_page_dirty(m, page);
	*pte = pte_mkclean(m, pte_wrprotect(m, *pte));
	set_pte(m, mm, addr, *pte, EV_WRPROTECT);
	return true;
}

/* write_protect_page: the PTE of @vma for @addr, if it maps @page, is read-only
 * and clean afterwards; *pte is what it holds. */
static bool write_protect_page(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, pteval_t *pte)
{
	struct mm_struct *mm = vma->vm_mm;
	bool ok;

	call(m, FN_KSM_PROTECT, pte_ref(mm, addr), page_ref(m, page), 0);
	ptl_lock(m, mm);
	*pte = get_pte(m, mm, addr);
	cost(m, COST_PTES, 1);
	ok = maps(m, page, *pte);
	if (ok && (pte_write(m, *pte) || pte_dirty(m, *pte) ||
			  (page->flags & PG(ANON_EXCLUSIVE))))
		ok = protect_pte(m, page, mm, addr, pte);
	ptl_unlock(m, mm);
	ret(m, FN_KSM_PROTECT);
	return ok;
}

/* The PTE maps @kpage instead; @page loses a mapping and a reference. */
static void switch_page(struct machine *m, struct page *page,
	struct page *kpage, struct vm_area_struct *vma, uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;

	get_page(m, kpage);
	page_add_swapped_rmap(m, kpage, vma, addr, false);
	pte_locks(m, vma, kpage);
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	flush_tlb_page(m, mm, addr);
	set_pte(m, mm, addr,
		mk_pte(m, page_pfn(m, kpage), vma_pte_flags(m, vma)),
		EV_SET_PTE);
	page_remove_rmap(m, page, mm, addr);
	if (ops_of(m)->mlocks_by_rmap)
		pte_unlocks(m, vma, page);
	if (!page_mapcount(page))
		try_to_free_swap(m, page);
	put_page(m, page);
	m->ksm.merged++;
}

/* False: it is not @pte any more. */
static bool replace_page(struct machine *m, struct page *page,
	struct page *kpage, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte)
{
	struct mm_struct *mm = vma->vm_mm;
	bool same;

	call(m, FN_KSM_REPLACE, pte_ref(mm, addr), page_ref(m, kpage), 0);
	ptl_lock(m, mm);
	same = get_pte(m, mm, addr) == pte;
	if (same)
		switch_page(m, page, kpage, vma, addr);
	ptl_unlock(m, mm);
	ret(m, FN_KSM_REPLACE);
	return same;
}

/* -- one page ------------------------------------------------------------------------- */

/* What holds more than one address needs to be swapped, even if it is clean. */
static void become_ksm(struct machine *m, struct page *page)
{
	set_page_stable_node(m, page, NULL);
	mark_page_accessed(m, page);
	if (ksm_rule(m)->dirties)
		set_page_dirty(m, page);
}

/* 4.0: the lock of the page goes over to the other; 6.18 counts by PTEs.
 * Which of both is locked afterwards. */
static struct page *move_mlock(struct machine *m, struct vm_area_struct *vma,
	struct page *page, struct page *kpage)
{
	if (!(vma->vm_flags & VM_LOCKED) || ops_of(m)->mlocks_by_rmap)
		return page;
	munlock_vma_page(m, page);
	if (kpage->flags & PG(MLOCKED))
		return page;
	unlock_page(m, page);
	lock_page(m, kpage);
	mlock_vma_page(m, kpage);
	return kpage;
}

/* Locked pages are left for another time. */
static bool merge_locked(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, struct page *kpage)
{
	pteval_t pte;
	bool ok;

	if (!page_is_anon(page) || !trylock_page(m, page))
		return false;
	ok = write_protect_page(m, page, vma, addr, &pte);
	if (ok && !kpage)
		become_ksm(m, page);
	else if (ok)
		ok = page->value == kpage->value && /* pages_identical */
			replace_page(m, page, kpage, vma, addr, pte);
	if (ok && kpage)
		page = move_mlock(m, vma, page, kpage);
	unlock_page(m, page);
	return ok;
}

static bool try_to_merge_one_page(struct machine *m,
	struct vm_area_struct *vma, uint64_t addr, struct page *page,
	struct page *kpage)
{
	bool ok = true;

	call(m, FN_KSM_MERGE_ONE, pte_ref(vma->vm_mm, addr), page_ref(m, page),
		0);
	if (page == kpage) /* a KSM page that was forked */
		tell(m, EV_KSM_FORKED, page_ref(m, page),
			pte_ref(vma->vm_mm, addr), 0);
	else
		ok = merge_locked(m, vma, addr, page, kpage);
	ret(m, FN_KSM_MERGE_ONE);
	return ok;
}

bool try_to_merge_with_ksm_page(struct machine *m, struct rmap_item *item,
	struct page *page, struct page *kpage)
{
	uint64_t addr = item_addr(item);
	struct vm_area_struct *vma;
	bool ok;

	call(m, FN_KSM_MERGE, item_ref(item), page_ref(m, page), 0);
	ksm_lock_mm(m, item->mm);
	vma = find_mergeable_vma(m, item->mm, addr);
	ok = vma && try_to_merge_one_page(m, vma, addr, page, kpage);
	if (ok) {
		remove_rmap_item_from_tree(m, item);
		item->anon_vma = vma->anon_vma;
		anon_vma_get(m, vma->anon_vma);
	}
	ksm_unlock_mm(m, item->mm);
	ret(m, FN_KSM_MERGE);
	return ok;
}

bool try_to_merge_two_pages(struct machine *m, struct rmap_item *item,
	struct page *page, struct rmap_item *tree_item,
	struct page *tree_page)
{
	bool ok;

	call(m, FN_KSM_MERGE_TWO, page_ref(m, page), page_ref(m, tree_page), 0);
	ok = try_to_merge_with_ksm_page(m, item, page, NULL);
	if (ok && !try_to_merge_with_ksm_page(m, tree_item, tree_page, page)) {
		break_cow(m, item); /* a KSM page of one PTE */
		ok = false;
	}
	ret(m, FN_KSM_MERGE_TWO);
	return ok;
}

/* -- apart again ------------------------------------------------------------------------ */

static struct page *ksm_page_at(struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	pteval_t pte = get_pte(m, mm, addr);
	struct page *page;

	cost(m, COST_PTES, 1);
	page = pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;
	return page && page_is_ksm(page) ? page : NULL;
}

int break_ksm(struct machine *m, struct vm_area_struct *vma, uint64_t addr)
{
	struct page *page;
	int err = 0;

	while (!err && (page = ksm_page_at(m, vma->vm_mm, addr))) {
		call(m, FN_KSM_BREAK, pte_ref(vma->vm_mm, addr),
			page_ref(m, page), 0);
		m->unshare = ksm_rule(m)->unshares;
		err = fault_for_kernel(m, vma, addr);
		m->unshare = false;
		ret(m, FN_KSM_BREAK);
	}
	return err ? -ENOMEM : 0;
}

void break_cow(struct machine *m, struct rmap_item *item)
{
	struct vm_area_struct *vma;

	anon_vma_put(m, item->anon_vma);
	item->anon_vma = NULL;
	ksm_lock_mm(m, item->mm);
	vma = find_mergeable_vma(m, item->mm, item_addr(item));
	if (vma)
		break_ksm(m, vma, item_addr(item));
	ksm_unlock_mm(m, item->mm);
}
