/*
 * mincore: which pages of a range are in memory (2.4 mm/filemap.c; later
 * mm/mincore.c).  2.x asks the page cache, so that it knows mappings of files
 * alone (ENOMEM for others) and says of a private copy what the file's page is;
 * it passes holes over and tells them at the end.  Later the PTE is asked first
 * and the first hole is the end.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/mm.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>

static bool is_uptodate(const struct page *page)
{
	return page && (page->flags & PG(UPTODATE));
}

static uint64_t swap_entry_slot(uint64_t entry)
{
	return (entry & ENTRY_BITS) == ENTRY_SWAP ? entry >> 2 : 0;
}

/* Mechanisms: is the page at @addr in memory?  2.x: in the file's cache. */
bool in_core_by_cache(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t addr)
{
	uint64_t index = linear_page_index(vma, addr);

	(void)m;
	return is_uptodate(entry_page(cache_entry(vma->vm_file, index)));
}

/* mincore_page: tmpfs may have it in the swap cache. */
static bool file_in_core(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t addr)
{
	uint64_t index = linear_page_index(vma, addr);
	uint64_t entry = cache_entry(vma->vm_file, index);
	uint64_t slot = swap_entry_slot(entry);

	return is_uptodate(slot ? swap_cache_page(m, slot)
				: entry_page(entry));
}

/* mincore_pte_range: a marker says no more than an empty PTE does, and a page
 * that is being moved is somewhere. */
bool in_core_by_pte(const struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr)
{
	pteval_t pte = mm_pte(m, vma->vm_mm, addr);

	if (pte_none(pte) || pte_is_guard(m, pte))
		return vma->vm_file && file_in_core(m, vma, addr);
	if (pte_is_swap(m, pte))
		return is_uptodate(swap_cache_page(m, swap_slot(m, pte)));
	return true;
}

static void tell_found(struct machine *m, struct op_result *res,
	const struct vm_area_struct *vma, uint64_t addr)
{
	if (res->found && res->nr_found < res->max_found)
		res->found[res->nr_found] = (struct mapping){ m->current_pid,
			vma->id, addr };
	res->nr_found++;
	tell(m, EV_IN_CORE, addr_ref(vma->vm_mm, addr), vma_ref(vma), 0);
}

static int mincore_vma(struct machine *m, const struct vm_area_struct *vma,
	uint64_t start, uint64_t end, struct op_result *res)
{
	if (!vma->vm_file && ops_of(m)->mincore_files)
		return -ENOMEM;
	cost(m, COST_VMAS, 1);
	for (uint64_t a = start; a < end; a += PAGE_SIZE) {
		cost(m, COST_PTES, 1);
		if (ops_of(m)->in_core(m, vma, a))
			tell_found(m, res, vma, a);
	}
	return 0;
}

static int mincore_range(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, struct op_result *res)
{
	int hole = 0;

	while (start < end) {
		struct vm_area_struct *vma = find_vma(m, mm, start);
		uint64_t stop;
		int err;

		if (vma && start < vma->vm_start) {
			hole = -ENOMEM;
			start = vma->vm_start;
		}
		if (!vma || (hole && !ops_of(m)->mincore_files))
			return -ENOMEM;
		stop = vma->vm_end < end ? vma->vm_end : end;
		err = mincore_vma(m, vma, start, stop, res);
		if (err)
			return err;
		start = stop > start ? stop : end;
	}
	return hole;
}

/* The end of the range, if the arguments are right.  2.4 and 2.6.0 know no end
 * of user space here; 2.6.11 looks at it first, even for no page. */
static int check_range(const struct machine *m, uint64_t start, uint64_t len,
	uint64_t *end)
{
	uint64_t limit = machine_paging(m)->task_size;
	bool ok = page_range_end(m, start, len, end);

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (ops_of(m)->wrapped_len_is_0)
		return ok ? 0 : -EINVAL;
	if (ops_of(m)->mincore_files && start >= limit)
		return -ENOMEM;
	if (start > limit || len > limit - start)
		return -ENOMEM;
	return 0;
}

int do_mincore(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, struct op_result *res)
{
	const char *name = ops_of(m)->mmap_lock;
	uint64_t end;
	int err = check_range(m, start, len, &end);

	if (err || start == end)
		return err;
	call(m, FN_MINCORE, addr_ref(mm, start), NO_REF, end - start);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	err = mincore_range(m, mm, start, end, res);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	ret(m, FN_MINCORE);
	return err;
}
