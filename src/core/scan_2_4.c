/*
 * 2.4 mm/vmscan.c, the virtual scan.
 *
 * The mms stand on a ring that begins at init_mm (m->mmlist).  m->swap_mm is
 * the one being scanned, NULL for init_mm; its swap_address is the next address
 * to look at, task_size once it has been scanned to its end.  Both outlive the
 * scan.  No page is searched for: whatever old PTE the cursor meets is taken
 * away, and a page becomes freeable when its last one happens to be met.
 */
#include "core/scan_2_4.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"
#include "core/vma.h"

/* -- one PTE --------------------------------------------------------------- */

static int skip(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	enum event_id why)
{
	tell(m, why, pte_ref(vma->vm_mm, addr), NO_REF, 0);
	return 0;
}

/* Used, or not to be looked at: the PTE stays.  With the page locked else. */
static bool passes_by(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t pte, struct page *page)
{
	struct mm_struct *mm = vma->vm_mm;

	if ((vma->vm_flags & VM_LOCKED) || pte_young(m, pte)) {
		if (vma->vm_flags & VM_LOCKED)
			skip(m, vma, addr, EV_SCAN_LOCKED_VMA);
		else
			set_pte(m, mm, addr, pte_mkold(m, pte), EV_SET_PTE);
		mark_page_accessed(m, page);
		return true;
	}
	if (page->flags & PG(ACTIVE))
		return !skip(m, vma, addr, EV_SCAN_ACTIVE);
	if (!trylock_page(m, page))
		return !skip(m, vma, addr, EV_SCAN_BUSY);
	return false;
}

/*
 * Where the page can be found once the PTE is gone: 0 for a clean page or one
 * of a file, else its swap entry.  False: there is no such place.
 */
static bool swap_entry(struct machine *m, struct page *page, pteval_t *entry)
{
	uint64_t slot;

	*entry = 0;
	if (page->flags & PG(SWAPCACHE)) {
		slot = page_swap_slot(m, page);
		swap_duplicate(m, slot);
		*entry = mk_swap_pte(m, slot);
		return true;
	}
	if (page->mapping || !(page->flags & PG(DIRTY)))
		return true;
	if (page->flags & PG(PRIVATE))
		return false;
	if (!add_to_swap(m, page))
		return false;
	*entry = mk_swap_pte(m, page_swap_slot(m, page));
	return true;
}

/* References beside those of buffers: this PTE's and a cache's at most? */
static int is_freeable(const struct page *page)
{
	return page->_refcount - !!(page->flags & PG(PRIVATE)) <= 2;
}

/* The PTE is cleared already; @entry takes its place. */
static int drop_pte(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, pteval_t entry)
{
	int freeable;

	if (entry)
		set_pte(m, vma->vm_mm, addr, entry, EV_SET_PTE);
	add_rss(m, vma->vm_mm, page, -1);
	page_remove_rmap(m, page, vma->vm_mm, addr);
	unlock_page(m, page);
	freeable = is_freeable(page);
	tell(m, freeable ? EV_SCAN_FREEABLE : EV_SCAN_STILL_HELD,
		page_ref(m, page), pte_ref(vma->vm_mm, addr),
		(uint64_t)page->_refcount - 1);
	put_page(m, page);
	return freeable;
}

int try_to_swap_out(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page)
{
	struct mm_struct *mm = vma->vm_mm;
	pteval_t pte = mm_pte(m, mm, addr), entry;
	int freeable = 0;

	call(m, FN_TRY_TO_SWAP_OUT, pte_ref(mm, addr), page_ref(m, page), 0);
	cost(m, COST_PTES, 1);
	if (!passes_by(m, vma, addr, pte, page)) {
		set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
		flush_tlb_page(m, mm, addr);
		if (pte_dirty(m, pte))
			set_page_dirty(m, page);
		if (swap_entry(m, page, &entry)) {
			freeable = drop_pte(m, vma, addr, page, entry);
		} else {
			tell(m, EV_SCAN_NO_SLOT, page_ref(m, page), NO_REF, 0);
			set_pte(m, mm, addr, pte, EV_SET_PTE);
			unlock_page(m, page);
		}
	}
	ret(m, FN_TRY_TO_SWAP_OUT);
	return freeable;
}

/* -- one VMA, one mm --------------------------------------------------------
 */

/* The end of the page table that maps @addr, or @end. */
static uint64_t table_end(const struct machine *m, uint64_t addr, uint64_t end)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;
	uint64_t stop = (addr | (span - 1)) + 1;

	return stop < end ? stop : end;
}

static void set_cursor(struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	uint64_t old = mm->swap_address;

	mm->swap_address = addr;
	tell_set(m, mm_ref(mm), "swap_address", VT_ADDR, old, addr);
}

/* swap_out_pmd: the PTEs of one table; the cursor is set behind the last. */
static uint64_t swap_out_table(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, uint64_t end, uint64_t count)
{
	struct mm_struct *mm = vma->vm_mm;

	while (addr < end && count) {
		pteval_t pte = mm_pte(m, mm, addr);
		struct page *page =
			pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;

		cost(m, COST_VISITED, 1);
		if (page)
			count -= (uint64_t)try_to_swap_out(m, vma, addr, page);
		addr += PAGE_SIZE;
	}
	set_cursor(m, mm, addr);
	return count;
}

static uint64_t swap_out_vma(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, uint64_t count)
{
	call(m, FN_SWAP_OUT_VMA, vma_ref(vma), addr_ref(vma->vm_mm, addr),
		count);
	cost(m, COST_VMAS, 1);
	while (addr < vma->vm_end && count) {
		uint64_t end = table_end(m, addr, vma->vm_end);

		if (pte_table(m, vma->vm_mm, addr))
			count = swap_out_table(m, vma, addr, end, count);
		addr = end;
	}
	ret(m, FN_SWAP_OUT_VMA);
	return count;
}

/* It ends in the last VMA: that the count was reached there is not looked at,
 * so the rest of that VMA is passed over. */
static uint64_t swap_out_vmas(
	struct machine *m, struct mm_struct *mm, uint64_t count)
{
	uint64_t addr = mm->swap_address;
	struct vm_area_struct *vma = find_vma(m, mm, addr);

	if (vma && addr < vma->vm_start)
		addr = vma->vm_start;
	while (vma) {
		count = swap_out_vma(m, vma, addr, count);
		vma = vma->vm_next;
		if (vma && !count)
			return 0;
		addr = vma ? vma->vm_start : 0;
	}
	set_cursor(m, mm, machine_paging(m)->task_size);
	return count;
}

static uint64_t swap_out_mm(
	struct machine *m, struct mm_struct *mm, uint64_t count)
{
	call(m, FN_SWAP_OUT_MM, mm_ref(mm), NO_REF, count);
	cost(m, COST_MMS, 1);
	ptl_lock(m, mm);
	count = swap_out_vmas(m, mm, count);
	ptl_unlock(m, mm);
	ret(m, FN_SWAP_OUT_MM);
	return count;
}

/* -- the ring of mms --------------------------------------------------------
 */

/* Behind @mm (NULL: init_mm) on the ring; NULL when that is init_mm. */
static struct mm_struct *next_mm(struct machine *m, struct mm_struct *mm)
{
	struct list_head *next = mm ? mm->mmlist.next : m->mmlist.next;

	if (next == &m->mmlist)
		return NULL;
	return container_of(next, struct mm_struct, mmlist);
}

static void set_swap_mm(struct machine *m, struct mm_struct *mm)
{
	struct mm_struct *old = m->swap_mm;

	m->swap_mm = mm;
	tell_set(m, NO_REF, "swap_mm", VT_REF, old ? ref_value(mm_ref(old)) : 0,
		mm ? ref_value(mm_ref(mm)) : 0);
}

/* The mm to scan: past those that have been scanned to their end, which begin
 * anew the next time.  NULL: there is none but init_mm. */
static struct mm_struct *pick_mm(struct machine *m)
{
	uint64_t end = machine_paging(m)->task_size;
	struct mm_struct *mm = m->swap_mm;

	lock_write(m, &m->mmlist_lock, NO_REF, "mmlist_lock");
	while (!mm || mm->swap_address == end) {
		if (mm)
			set_cursor(m, mm, 0);
		mm = next_mm(m, mm);
		cost(m, COST_LIST_NODES, 1);
		if (mm == m->swap_mm)
			break;
		set_swap_mm(m, mm);
	}
	unlock_write(m, &m->mmlist_lock, NO_REF, "mmlist_lock");
	return mm && mm->swap_address != end ? mm : NULL;
}

static uint64_t nr_mms(const struct machine *m)
{
	uint64_t n = 0;

	for (struct list_head *p = m->mmlist.next; p != &m->mmlist; p = p->next)
		n++;
	return n;
}

bool swap_out(struct machine *m)
{
	uint64_t count = m->tune.swap_cluster;
	int64_t counter = (int64_t)nr_mms(m);

	call(m, FN_SWAP_OUT, NO_REF, NO_REF, count);
	do {
		struct mm_struct *mm = pick_mm(m);

		if (!mm)
			break;
		count = swap_out_mm(m, mm, count);
	} while (count && --counter >= 0);
	ret(m, FN_SWAP_OUT);
	return !count;
}
