/*
 * Joining VMAs.  A range - a new mapping, or (a part of) a VMA whose flags are
 * to change - may become part of the VMA before it, of the one after it, or
 * make one of both.  Numbers of the cases as in 2.6.11 mm/mmap.c vma_merge;
 * 6.18 has the same outcomes in vma_merge_new_range and
 * vma_merge_existing_range (mm/vma.c).
 *
 *   1  new range fills the hole      6  whole VMA, joins both neighbours
 *   2  new range joins the previous  7  whole VMA, joins the previous
 *   3  new range joins the next      8  whole VMA, joins the next
 *   4  tail of the previous VMA joins the next
 *   5  head of the next VMA joins the previous
 */
#include "core/emit.h"
#include "core/filemap.h"
#include "core/vma.h"

#include <errno.h>

static bool like(const struct merge_request *req,
	const struct vm_area_struct *vma)
{
	return vma->vm_flags == req->vm_flags && vma->vm_file == req->vm_file;
}

static bool can_merge_after(struct machine *m, const struct merge_request *req,
	const struct vm_area_struct *prev)
{
	return prev->vm_end == req->start && like(req, prev) &&
		prev->vm_pgoff + vma_pages(prev) == req->vm_pgoff &&
		ops_of(m)->anon_can_merge(req, prev);
}

static bool can_merge_before(struct machine *m,
	const struct merge_request *req, const struct vm_area_struct *next)
{
	uint64_t pages = (req->end - req->start) >> PAGE_SHIFT;

	return next->vm_start == req->end && like(req, next) &&
		req->vm_pgoff + pages == next->vm_pgoff &&
		ops_of(m)->anon_can_merge(req, next);
}

/* May the outer two become one?  Either is unfaulted, or both are one's. */
static bool ends_agree(const struct vm_area_struct *prev,
	const struct vm_area_struct *next)
{
	return !prev->anon_vma || !next->anon_vma ||
		prev->anon_vma == next->anon_vma;
}

/* @dst is about to hold pages of @src: it must be found by their walks. */
static int import_anon(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src)
{
	int err;

	if (!src->anon_vma || dst->anon_vma)
		return 0;
	call(m, FN_DUP_ANON, vma_ref(dst), vma_ref(src), 0);
	dst->anon_vma = src->anon_vma;
	tell_set(m, vma_ref(dst), "anon_vma", VT_REF, 0,
		ref_value(anon_vma_ref(src->anon_vma)));
	err = ops_of(m)->anon_vma_clone(m, dst, src);
	ret(m, FN_DUP_ANON);
	return err;
}

static void tell_case(struct machine *m, const struct vm_area_struct *vma,
	const struct merge_request *req, unsigned which)
{
	tell(m, EV_MERGE_CASE, vma_ref(vma), addr_ref(req->mm, req->start),
		which);
}

/* Let @keep, which comes first, hold all up to the end of @gone too. */
static int swallow_next(struct machine *m, struct vm_area_struct *keep,
	struct vm_area_struct *gone)
{
	int err = import_anon(m, keep, gone);
	bool locked;

	if (err)
		return err;
	locked = vma_file_lock(m, keep);
	vma_set_range(m, keep, keep->vm_start, gone->vm_end, keep->vm_pgoff);
	vma_absorbed(m, gone);
	vma_file_unlock(m, keep, locked);
	return 0;
}

/* Let @keep, which comes after, hold all from the start of @gone too. */
static int swallow_prev(struct machine *m, struct vm_area_struct *keep,
	struct vm_area_struct *gone)
{
	uint64_t start = gone->vm_start, pgoff = gone->vm_pgoff;
	int err = import_anon(m, keep, gone);
	bool locked;

	if (err)
		return err;
	locked = vma_file_lock(m, keep);
	vma_set_range(m, keep, start, keep->vm_end, pgoff);
	vma_absorbed(m, gone);
	vma_file_unlock(m, keep, locked);
	return 0;
}

/* A range that is copied from a faulted VMA brings that one's pages. */
static int import_source(struct machine *m, struct vm_area_struct *dst,
	const struct merge_request *req)
{
	if (req->existing || !req->source || !req->anon_vma || dst->anon_vma)
		return 0;
	return import_anon(m, dst, (struct vm_area_struct *)req->source);
}

/* Cases 1 and 6. */
static int merge_both(struct machine *m, const struct merge_request *req,
	struct vm_area_struct *prev, struct vm_area_struct *middle,
	struct vm_area_struct *next)
{
	int err;

	tell_case(m, prev, req, middle ? 6 : 1);
	/* Import first what can fail: nothing has changed then. */
	err = import_anon(m, prev, next);
	if (!err)
		err = middle ? import_anon(m, prev, middle)
			     : import_source(m, prev, req);
	if (err)
		return err;
	if (middle)
		swallow_next(m, prev, middle);
	return swallow_next(m, prev, next);
}

/* Cases 2, 5 and 7: the previous VMA grows over the range. */
static int merge_prev(struct machine *m, const struct merge_request *req,
	struct vm_area_struct *prev, struct vm_area_struct *middle)
{
	bool locked;
	int err;

	if (!middle) {
		tell_case(m, prev, req, 2);
		err = import_source(m, prev, req);
		if (!err)
			vma_set_range(m, prev, prev->vm_start, req->end,
				prev->vm_pgoff);
		return err;
	}
	tell_case(m, prev, req, middle->vm_end == req->end ? 7 : 5);
	if (middle->vm_end == req->end)
		return swallow_next(m, prev, middle);
	err = import_anon(m, prev, middle);
	if (err)
		return err;
	locked = vma_file_lock(m, prev);
	vma_set_range(m, middle, req->end, middle->vm_end,
		linear_page_index(middle, req->end));
	vma_set_range(m, prev, prev->vm_start, req->end, prev->vm_pgoff);
	vma_file_unlock(m, prev, locked);
	return 0;
}

/* Cases 3, 4 and 8: the next VMA gets the range. */
static int merge_next(struct machine *m, const struct merge_request *req,
	struct vm_area_struct *middle, struct vm_area_struct **next)
{
	struct vm_area_struct *n = *next;
	bool locked;
	int err;

	if (middle && middle->vm_start == req->start) {
		tell_case(m, n, req, 8);
		if (ops_of(m)->right_merge_keeps_next)
			return swallow_prev(m, n, middle);
		*next = middle;
		return swallow_next(m, middle, n);
	}
	tell_case(m, n, req, middle ? 4 : 3);
	err = middle ? import_anon(m, n, middle) : import_source(m, n, req);
	if (err)
		return err;
	locked = vma_file_lock(m, n);
	if (middle)
		vma_set_range(m, middle, middle->vm_start, req->start,
			middle->vm_pgoff);
	vma_set_range(m, n, req->start, n->vm_end, req->vm_pgoff);
	vma_file_unlock(m, n, locked);
	return 0;
}

/* The VMA that the range is (a part of), for a change of flags. */
static struct vm_area_struct *middle_of(const struct merge_request *req)
{
	return req->existing ? vma_lookup(req->mm, req->start) : NULL;
}

static struct vm_area_struct *merge(struct machine *m,
	const struct merge_request *req, int *err)
{
	struct vm_area_struct *middle = middle_of(req);
	struct vm_area_struct *prev = vma_before(req->mm, req->start);
	struct vm_area_struct *next = vma_lookup(req->mm, req->end);
	bool left, right;

	/* the range is a tail: what is before it is not a neighbour */
	left = prev && (!middle || middle->vm_start == req->start) &&
		can_merge_after(m, req, prev);
	right = next && next != middle && can_merge_before(m, req, next);
	if (left && right && ends_agree(prev, next)) {
		*err = merge_both(m, req, prev, middle, next);
		return prev;
	}
	if (left) {
		*err = merge_prev(m, req, prev, middle);
		return prev;
	}
	if (right) {
		*err = merge_next(m, req, middle, &next);
		return next;
	}
	tell(m, EV_NO_MERGE, addr_ref(req->mm, req->start), NO_REF, 0);
	return NULL;
}

struct vm_area_struct *vma_merge(struct machine *m,
	const struct merge_request *req, int *err)
{
	enum fn fn = req->existing ? FN_MERGE_EXISTING : FN_MERGE_NEW;
	struct vm_area_struct *vma = NULL;

	*err = 0;
	if (req->vm_flags & ops_of(m)->unmergeable)
		return NULL;
	if (req->vm_file &&
		!(ops_of(m)->file_merges &
			(req->existing ? MERGES_CHANGED : MERGES_NEW)))
		return NULL;
	call(m, fn, addr_ref(req->mm, req->start),
		addr_ref(req->mm, req->end), 0);
	vma = merge(m, req, err);
	ret(m, fn);
	return *err ? NULL : vma;
}
