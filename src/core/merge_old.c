/*
 * Joining a new mapping with its neighbours by their flags alone (2.4 and 2.6.0
 * mm/mmap.c vma_merge, and move_vma of mm/mremap.c).  Anonymous memory needs no
 * vm_pgoff there: nothing is found through it.  2.6.0 joins new mappings of a
 * file, too.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/vma.h"

static enum no_merge against(const struct merge_request *req,
	const struct vm_area_struct *vma, bool continues)
{
	if (vma->vm_file != req->vm_file)
		return NO_MERGE_FILE;
	if (vma->vm_flags != req->vm_flags)
		return NO_MERGE_FLAGS;
	return !req->vm_file || continues ? MERGE_FITS : NO_MERGE_PGOFF;
}

/* 2.6.0 can_vma_merge_after, _before: the pages of a file must go on. */
static enum no_merge against_prev(const struct merge_request *req,
	const struct vm_area_struct *prev)
{
	if (!prev || prev->vm_end != req->start)
		return NO_MERGE_NOBODY;
	return against(req, prev,
		prev->vm_pgoff + vma_pages(prev) == req->vm_pgoff);
}

static enum no_merge against_next(const struct merge_request *req,
	const struct vm_area_struct *next)
{
	uint64_t pages = (req->end - req->start) >> PAGE_SHIFT;

	if (!next || next->vm_start != req->end)
		return NO_MERGE_NOBODY;
	return against(req, next, req->vm_pgoff + pages == next->vm_pgoff);
}

/* The previous VMA grows over the range, and over the next one if it can. */
static void grow_up(struct machine *m, const struct merge_request *req,
	struct vm_area_struct *prev, struct vm_area_struct *next, bool both)
{
	bool locked;

	tell_merge(m, prev, req->start, both ? 1 : 2);
	locked = vma_file_lock(m, prev);
	ptl_lock(m, req->mm);
	vma_set_range(m, prev, prev->vm_start, both ? next->vm_end : req->end,
		prev->vm_pgoff);
	if (both) {
		vma_unlink(m, next);
		vma_unlink_file(m, next);
	}
	ptl_unlock(m, req->mm);
	vma_file_unlock(m, prev, locked);
	if (both)
		vma_free(m, next);
}

/* The next VMA grows down to the start of the range. */
static void grow_down(struct machine *m, const struct merge_request *req,
	struct vm_area_struct *next, uint64_t less)
{
	tell_merge(m, next, req->start, 3);
	ptl_lock(m, req->mm);
	/* 32 bits: it may wrap, which harms nobody */
	vma_set_range(m, next, req->start, next->vm_end,
		(next->vm_pgoff - less) & UINT32_MAX);
	ptl_unlock(m, req->mm);
}

/* @moves_pgoff: 2.6.0 keeps vm_pgoff in step when a VMA grows down. */
static struct vm_area_struct *merge(struct machine *m,
	const struct merge_request *req, bool moves_pgoff)
{
	struct vm_area_struct *prev = vma_before(req->mm, req->start);
	struct vm_area_struct *next = vma_lookup(req->mm, req->end);
	uint64_t pages = (req->end - req->start) >> PAGE_SHIFT;
	struct neighbour left = { prev, against_prev(req, prev) };
	struct neighbour right = { next, against_next(req, next) };

	if (tracing(m))
		tell_neighbours(m, req, &left, &right);
	if (!left.why) {
		grow_up(m, req, prev, next, !right.why);
		return prev;
	}
	if (right.why)
		return NULL;
	grow_down(m, req, next, moves_pgoff ? pages : 0);
	return next;
}

struct vm_area_struct *vma_merge_2_4(struct machine *m,
	const struct merge_request *req, int *err)
{
	struct vm_area_struct *vma;

	*err = 0;
	if (req->vm_file) { /* do_mmap_pgoff asks for anonymous memory alone */
		tell_no_merge(m, req->mm, req->start, NULL, NULL,
			NO_MERGE_NOT_FILES, req->vm_flags);
		return NULL;
	}
	call(m, FN_MERGE_NEW, addr_ref(req->mm, req->start),
		addr_ref(req->mm, req->end), 0);
	vma = merge(m, req, false);
	ret(m, FN_MERGE_NEW);
	return vma;
}

struct vm_area_struct *vma_merge_2_6_0(struct machine *m,
	const struct merge_request *req, int *err)
{
	struct vm_area_struct *vma;

	*err = 0;
	if (req->vm_flags & ops_of(m)->unmergeable) {
		tell_no_merge(m, req->mm, req->start, NULL, NULL,
			NO_MERGE_SPECIAL, req->vm_flags);
		return NULL;
	}
	call(m, FN_MERGE_NEW, addr_ref(req->mm, req->start),
		addr_ref(req->mm, req->end), 0);
	vma = merge(m, req, true);
	ret(m, FN_MERGE_NEW);
	return vma;
}

struct vm_area_struct *vma_merge_moved(struct machine *m,
	const struct merge_request *req)
{
	return merge(m, req, false);
}
