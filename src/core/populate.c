/*
 * MAP_POPULATE: pages are mapped before they are touched.  4.0 and 6.18 fault
 * all of the range in (mm/gup.c __mm_populate), writing where that makes a
 * private copy; 2.6 puts in what a shared file has (mm/filemap.c
 * filemap_populate); 2.4 does not know the flag.  What fails is left for the
 * access that needs it.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/madvise.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/stack.h"
#include "core/vma.h"

#include <errno.h>

/* follow_page with FOLL_TOUCH: @dirty: it is had for writing, which the entry
 * does not tell yet. */
static void touch_page(struct machine *m, struct page *page, bool dirty)
{
	if (dirty && !(page->flags & PG(DIRTY)))
		set_page_dirty(m, page);
	mark_page_accessed(m, page);
}

int make_present(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write)
{
	struct page *page;

	for (;;) {
		pteval_t pte = mm_pte(m, vma->vm_mm, addr);
		int err;

		if (pte_present(m, pte) && (!write || pte_write(m, pte)))
			break;
		err = fault_in_page(m, vma, addr, write);
		if (err)
			return err;
	}
	page = vm_normal_page(m, mm_pte(m, vma->vm_mm, addr));
	if (page)
		touch_page(m, page, write && !pte_dirty(m, mm_pte(m,
						      vma->vm_mm, addr)));
	if (page && (vma->vm_flags & VM_LOCKED) && !ops_of(m)->mlocks_by_rmap)
		mlock_vma_page(m, page); /* 4.0 follow_page_pte */
	return 0;
}

/* What a fault for the kernel says to who asked for it: a signal is EFAULT. */
static int populate_error(int err)
{
	if (err == STATUS_SIGBUS || err == STATUS_SIGSEGV)
		return -EFAULT;
	return err ? -ENOMEM : 0;
}

/* 2.x mm/memory.c make_pages_present: a write where writing is allowed, which
 * makes private copies.  Where get_user_pages() gets fewer pages than wanted,
 * but some, this is -1, EPERM. */
int make_pages_present(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	bool write = vma->vm_flags & VM_WRITE;
	int err = 0;

	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EFAULT;
	for (uint64_t a = start; a < end && !err; a += PAGE_SIZE) {
		if (write || vma->vm_file ||
			!ops_of(m)->gup_skips_untouched ||
			pte_table(m, vma->vm_mm, a))
			err = make_present(m, vma, a, write);
		if (err && a > start)
			return -EPERM;
	}
	return populate_error(err);
}

/* populate_vma_page_range: VM_LOCKONFAULT waits for its faults. */
int populate_vma_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	uint64_t access = VM_READ | VM_WRITE | VM_EXEC;
	bool write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
	int err = 0;

	if (vma->vm_flags & VM_LOCKONFAULT)
		return 0;
	if (!(vma->vm_flags & access))
		return -EFAULT;
	for (uint64_t a = start; a < end && !err; a += PAGE_SIZE)
		if (!is_stack_guard_page(m, vma, a))
			err = make_present(m, vma, a, write);
	return populate_error(err);
}

/* What cannot be faulted in ends its VMA; @or_fail: and the call, too. */
static int populate_all(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, bool or_fail)
{
	struct vm_area_struct *vma = vma_intersection(mm, start, end);

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		uint64_t from = vma->vm_start > start ? vma->vm_start : start;
		uint64_t to = vma->vm_end < end ? vma->vm_end : end;
		int err = populate_vma_range(m, vma, from, to);

		if (err && or_fail)
			return err;
	}
	return 0;
}

/* filemap_populate: only if all of it lies within the file. */
static void populate_shared(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = vma_lookup(mm, start);
	uint64_t last = linear_page_index(vma, end - PAGE_SIZE);

	if (!(vma->vm_flags & VM_SHARED) || last >= vma->vm_file->i_size)
		return;
	for (uint64_t a = start; a < end; a += PAGE_SIZE)
		if (make_present(m, vma, a, false))
			break;
}

static int populate(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, bool or_fail)
{
	const struct era_ops *ops = ops_of(m);
	int err = 0;

	if (!len || (!ops->populates_all && !ops->populates_shared))
		return 0;
	call(m, FN_POPULATE, addr_ref(mm, start), NO_REF, len >> PAGE_SHIFT);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops->mmap_lock);
	if (ops->populates_all)
		err = populate_all(m, mm, start, start + len, or_fail);
	else
		populate_shared(m, mm, start, start + len);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops->mmap_lock);
	ret(m, FN_POPULATE);
	return err;
}

void mm_populate(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len)
{
	populate(m, mm, start, len, false);
}

int mm_populate_locked(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len)
{
	return populate(m, mm, start, len, true);
}

/* faultin_page_range, which stops where it cannot go on: what it has done
 * stays. */
static int populate_until(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, bool write)
{
	uint64_t needs = write ? VM_WRITE : VM_READ;
	int err = 0;

	while (start < end && !err) {
		struct vm_area_struct *vma = find_vma(m, mm, start);

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		if (!(vma->vm_flags & needs))
			return -EINVAL;
		for (; start < end && start < vma->vm_end && !err;
			start += PAGE_SIZE)
			err = make_present(m, vma, start, write);
	}
	return populate_error(err);
}

int madvise_populate(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, bool write)
{
	int err;

	call(m, FN_MADV_POPULATE, addr_ref(mm, start), NO_REF, write);
	err = populate_until(m, mm, start, end, write);
	ret(m, FN_MADV_POPULATE);
	return err;
}
