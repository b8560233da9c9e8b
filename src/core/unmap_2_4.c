/*
 * 2.4 mm/mmap.c: munmap and exit.  The VMAs of the range leave the index whole,
 * with what shall stay of them; then, from the highest to the lowest, each is
 * unmapped and what is left of it enters the index again.  Because a hole needs
 * one VMA more, one is taken before anything is done.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/limits.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/pgtable.h"
#include "core/slab.h"
#include "core/vma.h"

#include <errno.h>

/* Out of the index; chained by vm_next, the highest first. */
static struct vm_area_struct *take_out(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = vma_intersection(mm, start, end);
	struct vm_area_struct *free = NULL;

	ptl_lock(m, mm);
	while (vma && vma->vm_start < end) {
		struct vm_area_struct *next = vma->vm_next;

		vma_detach(m, vma);
		vma->vm_next = free;
		free = vma;
		vma = next;
	}
	vma_detached(m, mm, start, end);
	ptl_unlock(m, mm);
	return free;
}

/* The part above the hole; @vma keeps the one below. */
static void fill_extra(struct vm_area_struct *extra,
	const struct vm_area_struct *vma, uint64_t end)
{
	extra->name = vma->name;
	extra->vm_mm = vma->vm_mm;
	extra->vm_start = end;
	extra->vm_end = vma->vm_end;
	extra->vm_flags = vma->vm_flags;
	extra->vm_pgoff = linear_page_index(vma, end);
	extra->vm_file = vma->vm_file;
	if (extra->vm_file)
		inode_get(extra->vm_file);
}

/* What of @vma is outside [start, end) enters the index again.  @extra if it
 * was not used. */
static struct vm_area_struct *unmap_fixup(struct machine *m,
	struct vm_area_struct *vma, uint64_t start, uint64_t end,
	struct vm_area_struct *extra)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *upper = NULL;

	vm_stat_account(mm, vma->vm_flags,
		-(int64_t)((end - start) >> PAGE_SHIFT));
	if (vma->vm_flags & VM_LOCKED)
		add_locked_vm(m, mm, -(int64_t)((end - start) >> PAGE_SHIFT));
	if (start == vma->vm_start && end == vma->vm_end) {
		vma_free(m, vma);
		return extra;
	}
	if (end == vma->vm_end) {
		tell_cut(m, vma, start, CUT_TAIL, "unmap_fixup, tail");
		vma_set_range(m, vma, vma->vm_start, start, vma->vm_pgoff);
	} else if (start == vma->vm_start) {
		tell_cut(m, vma, end, CUT_HEAD, "unmap_fixup, head");
		vma_set_range(m, vma, end, vma->vm_end,
			linear_page_index(vma, end));
	} else {
		tell_cut(m, vma, start, CUT_HOLE, "unmap_fixup, hole");
		upper = extra;
		fill_extra(upper, vma, end);
		vma_set_range(m, vma, vma->vm_start, start, vma->vm_pgoff);
	}
	ptl_lock(m, mm);
	if (upper) {
		vma_link(m, upper);
		vma_link_file(m, upper);
	}
	vma_link(m, vma);
	vma_link_file(m, vma);
	ptl_unlock(m, mm);
	return upper ? NULL : extra;
}

static struct vm_area_struct *unmap_one(struct machine *m,
	struct vm_area_struct *vma, uint64_t start, uint64_t end,
	struct vm_area_struct *extra)
{
	struct mm_struct *mm = vma->vm_mm;

	if (start < vma->vm_start)
		start = vma->vm_start;
	if (end > vma->vm_end)
		end = vma->vm_end;
	vma_unlink_file(m, vma);
	zap_range(m, vma, start, end, 0);
	gather_flush(m, mm);
	call(m, FN_UNMAP_FIXUP, vma_ref(vma), addr_ref(mm, start), end);
	extra = unmap_fixup(m, vma, start, end, extra);
	ret(m, FN_UNMAP_FIXUP);
	return extra;
}

static void free_pgtables(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *prev = vma_before(mm, start);
	struct vm_area_struct *next = vma_lookup(mm, end - 1);

	call(m, FN_FREE_PGTABLES, mm_ref(mm), NO_REF, 0);
	free_page_tables(m, mm, start, end, prev ? prev->vm_end : 0,
		next ? next->vm_start : 0);
	ret(m, FN_FREE_PGTABLES);
}

/* A hole in one VMA makes two of it. */
static bool too_many(const struct machine *m, const struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	return vma->vm_start < start && vma->vm_end > end &&
		vma->vm_mm->map_count >= m->tune.max_map_count;
}

int unmap_range_2_4(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end)
{
	struct vm_area_struct *vma, *free, *extra;

	find_vma(m, mm, start);
	vma = vma_intersection(mm, start, end);
	if (!vma)
		return 0;
	extra = too_many(m, vma, start, end) ? NULL : vma_alloc(m);
	if (!extra)
		return -ENOMEM;
	slab_tell(m, CACHE_VMA, vma_ref(extra));
	free = take_out(m, mm, start, end);
	while (free) {
		vma = free;
		free = vma->vm_next;
		vma->vm_next = NULL;
		extra = unmap_one(m, vma, start, end, extra);
	}
	if (extra)
		vma_free(m, extra);
	free_pgtables(m, mm, start, end);
	return 0;
}

/* VMA by VMA, from the lowest: its pages, then itself; the tables last. */
void exit_mmap_2_4(struct machine *m, struct mm_struct *mm)
{
	call(m, FN_EXIT_MMAP, mm_ref(mm), NO_REF, 0);
	lower_rss(m, mm, mm->anon_rss, mm->file_rss);
	mm->locked_vm = 0; /* an exec may use it again */
	while (mm->mmap) {
		struct vm_area_struct *vma = mm->mmap;

		vma_unlink(m, vma);
		vm_stat_account(mm, vma->vm_flags, -(int64_t)vma_pages(vma));
		vma_unlink_file(m, vma);
		zap_range(m, vma, vma->vm_start, vma->vm_end, 0);
		gather_flush(m, mm);
		vma_free(m, vma);
	}
	/* exec may go on with this mm */
	if (mm->locked_vm)
		add_locked_vm(m, mm, -(int64_t)mm->locked_vm);
	clear_page_tables(m, mm);
	flush_tlb_mm(m, mm);
	ret(m, FN_EXIT_MMAP);
}
