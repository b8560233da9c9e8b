/*
 * swapoff (mm/swapfile.c try_to_unuse): everything comes back from the area,
 * and who needs a slot is not written anywhere.
 *
 * Until 4.0, slot by slot: the page is read, then one mm after the other of the
 * mmlist is searched until nobody holds the slot, beginning where the last slot
 * was found.  2.4 looks at every PTE of every VMA and does not stop at the
 * first hit; 2.6.0 stops; 2.6.11 and 4.0 leave VMAs without anon_vma out and,
 * when the page still knows its mapping, look at the one address that it can
 * have in a VMA.  6.18 goes over each mm once and brings back what it meets.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/ksm.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/mlock.h"
#include "core/overcommit.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"

#include <errno.h>

static struct mm_struct *mm_at(struct list_head *node)
{
	return container_of(node, struct mm_struct, mmlist);
}

/* -- one PTE ------------------------------------------------------------------- */

/* Map @page, or the copy of it that @vma needs, read-only and old instead of
 * the entry. */
static void map_unused(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t entry, struct page *page, bool copy)
{
	struct mm_struct *mm = vma->vm_mm;
	pteval_t pte = mk_pte(m, page_pfn(m, page), vma->vm_flags);
	bool exclusive = !ops_of(m)->swapin_root ||
		(!page_is_ksm(page) && pte_swp_exclusive(m, entry));

	add_swapents(m, mm, -1);
	add_anon_rss(m, mm, 1);
	if (!copy)
		get_page(m, page);
	set_pte(m, mm, addr, pte_mkold(m, pte), EV_SET_PTE);
	if (copy) {
		page_add_new_rmap(m, page, vma, addr);
		lru_cache_add_vma(m, page, vma);
		unlock_page(m, page);
	} else {
		page_add_swapped_rmap(m, page, vma, addr, exclusive);
	}
}

/* unuse_pte, with the page table lock held, without which memory for a copy is
 * looked for.  0 or -ENOMEM. */
static int unuse_pte(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t entry, struct page *swapcache)
{
	uint64_t slot = swap_slot(m, entry);
	struct page *page = swapcache;

	call(m, FN_UNUSE_PTE, vma_ref(vma), pte_ref(vma->vm_mm, addr), slot);
	if (ksm_needs_copy(m, page, vma, addr)) {
		ptl_unlock(m, vma->vm_mm);
		page = ksm_might_need_to_copy(m, page, vma, addr);
		ptl_lock(m, vma->vm_mm);
	}
	if (page) {
		map_unused(m, vma, addr, entry, page, page != swapcache);
		swap_free(m, slot);
		if (ops_of(m)->unuse_activates)
			activate_page(m, swapcache);
	}
	ret(m, FN_UNUSE_PTE);
	return page ? 0 : -ENOMEM;
}

/* -- slot by slot: 2.4 to 4.0 ---------------------------------------------------- */

/* What is being looked for. */
struct unuse {
	uint64_t slot;
	struct page *page; /* of the slot, locked, in the cache */
	int err;           /* -ENOMEM: a copy could not be made */
};

/* Look at the PTEs of [start, end); true at the first hit where the kernel
 * stops there. */
static bool unuse_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, struct unuse *u)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;

	for (uint64_t addr = start; addr < end; addr += PAGE_SIZE) {
		pteval_t pte;

		if (!pte_table(m, vma->vm_mm, addr)) {
			addr = (addr | (span - 1)) + 1 - PAGE_SIZE;
			continue;
		}
		cost(m, COST_PTES, 1);
		pte = get_pte(m, vma->vm_mm, addr);
		if (!pte_is_swap(m, pte) || swap_slot(m, pte) != u->slot)
			continue;
		u->err = unuse_pte(m, vma, addr, pte, u->page);
		if (u->err || ops_of(m)->unuse_stops)
			return true;
	}
	return false;
}

/* unuse_vma: all of it, or, of a page that knows its anon_vma, the one address
 * (page_address_in_vma). */
static bool unuse_vma(struct machine *m, struct vm_area_struct *vma,
	struct unuse *u)
{
	const struct anon_vma *av = page_anon_vma_alive(m, u->page);
	uint64_t start = vma->vm_start, end = vma->vm_end;

	cost(m, COST_VMAS, 1);
	if (page_anon_vma(u->page)) {
		if (!av || av->root != vma->anon_vma->root)
			return false;
		start += (u->page->index - vma->vm_pgoff) << PAGE_SHIFT;
		if (u->page->index < vma->vm_pgoff || start >= end)
			return false;
		end = start + PAGE_SIZE;
	}
	return unuse_range(m, vma, start, end, u);
}

static int unuse_mm(struct machine *m, struct mm_struct *mm, struct unuse *u)
{
	bool anon = ops_of(m)->unuse_anon;
	uint32_t killed = m->nr_killed;
	bool hit = false;

	if (rmap_reserve(m))
		return -ENOMEM;
	if (m->nr_killed != killed) { /* it may be this one that is gone */
		rmap_release(m);
		return -EAGAIN;
	}
	call(m, FN_UNUSE_MM, mm_ref(mm), swap_ref(u->slot), 0);
	cost(m, COST_MMS, 1);
	if (anon)
		lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	ptl_lock(m, mm);
	for (struct vm_area_struct *v = mm->mmap; v && !hit; v = v->vm_next)
		if (!anon || v->anon_vma)
			hit = unuse_vma(m, v, u);
	ptl_unlock(m, mm);
	if (anon)
		unlock_read(m, &mm->mmap_lock, mm_ref(mm),
			ops_of(m)->mmap_lock);
	rmap_release(m);
	ret(m, FN_UNUSE_MM);
	return u->err;
}

/* Search from the mm where the last slot was found, around the mmlist (whose
 * head stands for shared memory), until nobody holds the slot.  Where the first
 * user of this one was is where the next search begins. */
static int unuse_everywhere(struct machine *m, struct unuse *u,
	struct list_head **start)
{
	struct list_head *p = *start, *first = *start;
	uint32_t before = swap_count(m, u->slot);
	bool choose;
	int err = 0;

	if (before && p != &m->mmlist)
		err = unuse_mm(m, mm_at(p), u);
	choose = swap_count(m, u->slot) >= before;
	while (!err && swap_count(m, u->slot) && (p = p->next) != *start) {
		before = swap_count(m, u->slot);
		if (p == &m->mmlist)
			choose = true;
		else
			err = unuse_mm(m, mm_at(p), u);
		if (choose && swap_count(m, u->slot) < before) {
			first = p;
			choose = false;
		}
	}
	*start = first;
	return err;
}

/* Entries are left in mms of another family: they are from a KSM page, whose
 * sharers do not find each other any more.  The next round reads them a page of
 * their own, so the slot must hold what the page holds. */
static void save_rest(struct machine *m, struct page *page)
{
	if (!(page->flags & PG(DIRTY)))
		return;
	swap_writepage(m, page);
	if (io_under_way(m, page))
		io_wait(m);
	lock_page(m, page);
}

/* The mm where a search begins is kept by a reference there (mm_users); here,
 * if a task was killed for memory, the search begins at the head. */
static int unuse_slot(struct machine *m, uint64_t slot,
	struct list_head **start)
{
	uint32_t killed = m->nr_killed;
	struct unuse u = { slot, read_swap_cache(m, slot), 0 };
	int err;

	if (m->nr_killed != killed)
		*start = &m->mmlist;
	if (!u.page)
		return m->swap_info.swap_map[slot] ? -ENOMEM : 0;
	if (io_under_way(m, u.page))
		io_wait(m);
	lock_page(m, u.page);
	while ((err = unuse_everywhere(m, &u, start)) == -EAGAIN)
		*start = &m->mmlist;
	if (!err && swap_count(m, slot))
		save_rest(m, u.page);
	if (!err && (u.page->flags & PG(SWAPCACHE)))
		delete_from_swap_cache(m, u.page);
	page_set_flag(m, u.page, PG(DIRTY)); /* no PTE says so */
	unlock_page(m, u.page);
	put_page(m, u.page);
	return err;
}

int try_to_unuse_slots(struct machine *m)
{
	struct swap_info_struct *si = &m->swap_info;
	struct list_head *start = &m->mmlist;
	int err = 0;

	for (uint64_t slot = 1; slot < si->max && !err; slot++) {
		uint32_t more = UINT32_MAX; /* once more while it helps */

		while (si->swap_map[slot] && si->swap_map[slot] < more &&
			!err) {
			more = si->swap_map[slot];
			err = unuse_slot(m, slot, &start);
		}
	}
	return err;
}

/* -- mm by mm: 6.18 ----------------------------------------------------------------- */

struct sweep {
	struct machine *m;
	struct vm_area_struct *vma;
};

/* unuse_pte_range: read what the entry names, map it, and let it leave the cache
 * if it was the last. */
static int sweep_pte(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	const struct sweep *s = ctx;
	struct machine *m = s->m;
	struct page *page;
	int err;

	(void)cm;
	(void)mm;
	cost(m, COST_PTES, 1);
	if (!pte_is_swap(m, pte))
		return 0;
	page = lookup_swap_cache(m, swap_slot(m, pte));
	if (page)
		get_page(m, page);
	else
		page = swapin_readahead(m, swap_slot(m, pte));
	if (!page)
		return -ENOMEM;
	if (io_under_way(m, page))
		io_wait(m);
	lock_page(m, page);
	ptl_lock(m, s->vma->vm_mm);
	err = unuse_pte(m, s->vma, addr, pte, page);
	ptl_unlock(m, s->vma->vm_mm);
	try_to_free_swap(m, page);
	unlock_page(m, page);
	put_page(m, page);
	return err;
}

static int sweep_mm(struct machine *m, struct mm_struct *mm)
{
	int err = 0;

	call(m, FN_UNUSE_MM, mm_ref(mm), NO_REF, 0);
	cost(m, COST_MMS, 1);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	for (struct vm_area_struct *v = mm->mmap; v && !err; v = v->vm_next) {
		struct sweep s = { m, v };

		cost(m, COST_VMAS, 1);
		if (v->anon_vma)
			err = mm_for_each_pte(m, mm, v->vm_start, v->vm_end,
				sweep_pte, &s);
	}
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	ret(m, FN_UNUSE_MM);
	return err;
}

/* What is left in the cache, which no PTE holds. */
static void drop_unused(struct machine *m)
{
	for (uint64_t slot = 1; slot < m->swap_info.max; slot++) {
		struct page *page = swap_cache_page(m, slot);

		if (!page)
			continue;
		if (io_under_way(m, page))
			io_wait(m);
		swap_reclaim_cached(m, page);
	}
}

/* 6.18 try_to_unuse. */
int try_to_unuse_mms(struct machine *m)
{
	int err = 0;

	for (struct list_head *p = m->mmlist.next;
		p != &m->mmlist && m->swap_info.inuse_pages && !err;
		p = p->next)
		err = sweep_mm(m, mm_at(p));
	if (!err)
		drop_unused(m);
	return err;
}

/* -- the call ------------------------------------------------------------------------ */

int do_swapoff(struct machine *m)
{
	struct swap_info_struct *si = &m->swap_info;
	int err;

	if (!si->on)
		return -EINVAL;
	if (ops_of(m)->swapoff_charges) {
		if (vm_enough_memory(m, total_swap_pages(m)))
			return -ENOMEM;
		vm_unacct_memory(m, total_swap_pages(m));
	}
	call(m, FN_SWAPOFF, NO_REF, NO_REF, 0);
	si->on = false;
	m->oom_origin = ops_of(m)->swapoff_oom;
	call(m, FN_TRY_TO_UNUSE, NO_REF, NO_REF, si->inuse_pages);
	err = shmem_unuse(m);
	if (!err)
		err = ops_of(m)->try_to_unuse(m);
	ret(m, FN_TRY_TO_UNUSE);
	m->oom_origin = false;
	si->on = err;
	tell(m, err ? EV_SWAP_ON_AGAIN : EV_SWAP_OFF, NO_REF, NO_REF, 0);
	ret(m, FN_SWAPOFF);
	return err;
}
