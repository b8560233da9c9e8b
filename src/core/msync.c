/*
 * msync: what shared mappings changed goes to the file (2.4 mm/filemap.c; later
 * mm/msync.c).
 *
 * In 2.x a write through a PTE is known to that PTE alone: filemap_sync carries
 * dirty bits to the pages, and MS_SYNC then writes the whole file and waits;
 * in 2.4 MS_ASYNC begins to write it, too.  Since 2.6.19 the first write to a
 * page faults, so that the page is known to be dirty: MS_ASYNC has nothing left
 * to do, MS_SYNC is an fsync of the range.  MS_INVALIDATE does nothing anywhere
 * but refuse a locked VMA.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/mm.h"
#include "core/pgtable.h"
#include "core/vma.h"

#include <errno.h>

/* filemap_sync_pte */
static int harvest_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct vm_area_struct *vma = ctx;
	struct page *page;

	(void)mm;
	cost(m, COST_PTES, 1);
	page = pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;
	if (!page || !pte_dirty(m, pte))
		return 0;
	set_pte(m, vma->vm_mm, addr, pte_mkclean(m, pte), EV_SET_PTE);
	flush_tlb_page(m, vma->vm_mm, addr);
	set_page_dirty(m, page);
	return 0;
}

static void filemap_sync(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	call(m, FN_FILEMAP_SYNC, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	ptl_lock(m, vma->vm_mm);
	mm_for_each_pte(m, vma->vm_mm, start, end, harvest_one, vma);
	flush_tlb_mm(m, vma->vm_mm);
	ptl_unlock(m, vma->vm_mm);
	ret(m, FN_FILEMAP_SYNC);
}

/* Mechanisms: one VMA with a shared file.  2.x: all of the file. */
void msync_harvest(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, unsigned flags)
{
	struct inode *inode = vma->vm_file;

	filemap_sync(m, vma, start, end);
	if (inode->tmpfs)
		return;
	if (flags & MSYNC_SYNC)
		do_fsync(m, inode);
	else if ((flags & MSYNC_ASYNC) && ops_of(m)->msync_async_writes)
		writeback_inode(m, inode, UINT64_MAX);
}

/* vfs_fsync_range, mmap_sem released meanwhile; the VMA may be gone after. */
void msync_fsync(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, unsigned flags)
{
	const char *name = ops_of(m)->mmap_lock;
	struct mm_struct *mm = vma->vm_mm;
	struct inode *inode = vma->vm_file;
	uint64_t first = linear_page_index(vma, start);
	uint64_t last = linear_page_index(vma, end - 1);

	if (!(flags & MSYNC_SYNC))
		return;
	inode_get(inode);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	fsync_range(m, inode, first, last);
	inode_put(m, inode);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), name);
}

static int msync_vma(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, const void *ctx)
{
	unsigned flags = *(const unsigned *)ctx;

	if ((flags & MSYNC_INVALIDATE) && (vma->vm_flags & VM_LOCKED))
		return -EBUSY;
	if (vma->vm_file && (vma->vm_flags & VM_SHARED))
		ops_of(m)->msync_vma(m, vma, start, end, flags);
	return 0;
}

int do_msync(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, unsigned flags)
{
	const char *name = ops_of(m)->mmap_lock;
	bool both = (flags & MSYNC_ASYNC) && (flags & MSYNC_SYNC);
	uint64_t end;
	int err;

	if ((start & ~PAGE_MASK) || both)
		return -EINVAL;
	if (!page_range_end(m, start, len, &end))
		return ops_of(m)->msync_overflow;
	if (end == start)
		return 0;
	call(m, FN_MSYNC, addr_ref(mm, start), NO_REF, end - start);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	err = vma_each_part(m, mm, start, end, msync_vma, &flags);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	ret(m, FN_MSYNC);
	return err;
}
