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
#include "core/mm.h"
#include "core/vma.h"

#include <errno.h>

/* What each kernel's source calls the cases. */
const char *const merge_names_2_4[] = {
	[1] = "prev and next",
	[2] = "prev",
	[3] = "next",
	[5] = "mprotect_fixup_start",
	[7] = "mprotect_fixup_all",
	[8] = "sys_mprotect, next",
};
const char *const merge_names_2_6_0[] = {
	[1] = "prev and next",
	[2] = "prev",
	[3] = "next",
	[5] = "mprotect_attempt_merge, part",
	[7] = "mprotect_attempt_merge, whole",
	[8] = "sys_mprotect, next",
};
const char *const merge_names_cases[] = {
	[1] = "case 1", [2] = "case 2", [3] = "case 3", [4] = "case 4",
	[5] = "case 5", [6] = "case 6", [7] = "case 7", [8] = "case 8",
};
const char *const merge_names_6_18[] = {
	[1] = "merge left and right",
	[2] = "merge left",
	[3] = "merge right",
	[4] = "merge_right, middle shrinks",
	[5] = "merge_left, middle shrinks",
	[6] = "merge_both",
	[7] = "merge_left, middle deleted",
	[8] = "merge_right, middle deleted",
};

void tell_merge(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr, unsigned which)
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_MERGE_CASE,
				     .o = vma_ref(vma),
				     .p = addr_ref(vma->vm_mm, addr),
				     .field = ops_of(m)->merge_names[which],
				     .n = which });
}

void tell_no_merge(struct machine *m, const struct mm_struct *mm,
	uint64_t addr, const char *side, const struct vm_area_struct *vma,
	enum no_merge why, uint64_t vm_flags)
{
	struct event ev = { .id = EV_NO_MERGE,
		.o = addr_ref(mm, addr),
		.p = vma ? vma_ref(vma) : NO_REF,
		.field = side,
		.n = why };

	if (!tracing(m))
		return;
	if (vma && why == NO_MERGE_FLAGS) {
		ev.type = VT_VM_FLAGS;
		ev.old = vma->vm_flags;
		ev.new = vm_flags;
	}
	emit_full(m, &ev);
}

static void tell_neighbour(struct machine *m, const struct merge_request *req,
	const char *side, const struct neighbour *n)
{
	bool touches = n->why != NO_MERGE_NOBODY;

	tell_no_merge(m, req->mm, req->start, side, touches ? n->vma : NULL,
		n->why, req->vm_flags);
}

void tell_neighbours(struct machine *m, const struct merge_request *req,
	const struct neighbour *prev, const struct neighbour *next)
{
	bool merges = !prev->why || !next->why;

	if (prev->why == NO_MERGE_NOBODY && next->why == NO_MERGE_NOBODY) {
		tell_neighbour(m, req, NULL, prev);
		return;
	}
	if (prev->why && (prev->why != NO_MERGE_NOBODY || !merges))
		tell_neighbour(m, req, "prev", prev);
	if (next->why && (next->why != NO_MERGE_NOBODY || !merges))
		tell_neighbour(m, req, "next", next);
}

/* is_mergeable_vma, is_mergeable_anon_vma, then vm_pgoff. */
static enum no_merge against(struct machine *m,
	const struct merge_request *req, const struct vm_area_struct *vma,
	bool continues)
{
	enum no_merge why;

	if ((vma->vm_flags ^ req->vm_flags) & ~ops_of(m)->sticky)
		return NO_MERGE_FLAGS;
	if (vma->vm_file != req->vm_file)
		return NO_MERGE_FILE;
	why = ops_of(m)->anon_no_merge(req, vma);
	if (!why && !continues)
		why = NO_MERGE_PGOFF;
	return why;
}

/* can_vma_merge_after; @middle: the VMA that the range is in. */
static enum no_merge against_prev(struct machine *m,
	const struct merge_request *req, const struct vm_area_struct *prev,
	const struct vm_area_struct *middle)
{
	if (middle && middle->vm_start != req->start)
		return NO_MERGE_INSIDE;
	if (!prev || prev->vm_end != req->start)
		return NO_MERGE_NOBODY;
	return against(m, req, prev,
		prev->vm_pgoff + vma_pages(prev) == req->vm_pgoff);
}

/* can_vma_merge_before */
static enum no_merge against_next(struct machine *m,
	const struct merge_request *req, const struct vm_area_struct *next,
	const struct vm_area_struct *middle)
{
	uint64_t pages = (req->end - req->start) >> PAGE_SHIFT;

	if (next && next == middle)
		return NO_MERGE_INSIDE;
	if (!next || next->vm_start != req->end)
		return NO_MERGE_NOBODY;
	return against(m, req, next, req->vm_pgoff + pages == next->vm_pgoff);
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

/* Memory for letting @vma have [start, end); before anything is changed. */
static int reserve(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	return vma_reserve(m, vma->vm_mm, start, end, vma);
}

/* Let @keep, which comes first, hold all up to the end of @gone too. */
static int swallow_next(struct machine *m, struct vm_area_struct *keep,
	struct vm_area_struct *gone)
{
	int err = reserve(m, keep, keep->vm_start, gone->vm_end);
	bool locked;

	if (!err)
		err = import_anon(m, keep, gone);
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
	int err = reserve(m, keep, start, keep->vm_end);
	bool locked;

	if (!err)
		err = import_anon(m, keep, gone);
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

/* 6.18 commit_merge: both neighbours at once, one store into the tree. */
static void swallow_two(struct machine *m, struct vm_area_struct *keep,
	struct vm_area_struct *middle, struct vm_area_struct *next)
{
	bool locked = vma_file_lock(m, keep);

	vma_set_range(m, keep, keep->vm_start, next->vm_end, keep->vm_pgoff);
	vma_absorbed(m, middle);
	vma_absorbed(m, next);
	vma_file_unlock(m, keep, locked);
}

/* Cases 1 and 6. */
static int merge_both(struct machine *m, const struct merge_request *req,
	struct vm_area_struct *prev, struct vm_area_struct *middle,
	struct vm_area_struct *next)
{
	int err;

	tell_merge(m, prev, req->start, middle ? 6 : 1);
	/* Import first what can fail: nothing has changed then. */
	err = reserve(m, prev, prev->vm_start, next->vm_end);
	if (!err)
		err = import_anon(m, prev, next);
	if (!err)
		err = middle ? import_anon(m, prev, middle)
			     : import_source(m, prev, req);
	if (err)
		return err;
	if (middle && ops_of(m)->index->ranges) {
		swallow_two(m, prev, middle, next);
		return 0;
	}
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
		tell_merge(m, prev, req->start, 2);
		err = reserve(m, prev, prev->vm_start, req->end);
		if (!err)
			err = import_source(m, prev, req);
		if (!err)
			vma_set_range(m, prev, prev->vm_start, req->end,
				prev->vm_pgoff);
		return err;
	}
	tell_merge(m, prev, req->start, middle->vm_end == req->end ? 7 : 5);
	if (middle->vm_end == req->end)
		return swallow_next(m, prev, middle);
	err = reserve(m, prev, prev->vm_start, req->end);
	if (!err)
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
		bool keeps = ops_of(m)->right_merge_keeps_next;

		tell_merge(m, keeps ? n : middle, req->start, 8);
		if (keeps)
			return swallow_prev(m, n, middle);
		*next = middle;
		return swallow_next(m, middle, n);
	}
	tell_merge(m, n, req->start, middle ? 4 : 3);
	err = reserve(m, n, req->start, n->vm_end);
	if (!err)
		err = middle ? import_anon(m, n, middle)
			     : import_source(m, n, req);
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

/* What one of them had, all have now (6.18.44 vma.c: sticky flags). */
static struct vm_area_struct *with_sticky(struct machine *m,
	struct vm_area_struct *vma, uint64_t vm_flags)
{
	uint64_t new = vm_flags & ops_of(m)->sticky & ~vma->vm_flags;

	if (new)
		vma_set_flags(m, vma, vma->vm_flags | new);
	return vma;
}

static struct vm_area_struct *merge(struct machine *m,
	const struct merge_request *req, int *err)
{
	struct vm_area_struct *middle = middle_of(req);
	struct vm_area_struct *prev = vma_before(req->mm, req->start);
	struct vm_area_struct *next = vma_lookup(req->mm, req->end);
	struct neighbour left = { prev, against_prev(m, req, prev, middle) };
	struct neighbour right = { next, against_next(m, req, next, middle) };
	uint64_t keep = req->vm_flags;

	if (left.why == NO_MERGE_INSIDE)
		left.vma = middle;
	if (!left.why && !right.why && !ends_agree(prev, next))
		right.why = NO_MERGE_ENDS;
	if (tracing(m))
		tell_neighbours(m, req, &left, &right);
	if (left.why && right.why)
		return NULL;
	if (!left.why)
		keep |= prev->vm_flags;
	if (!right.why)
		keep |= next->vm_flags;
	if (!left.why && !right.why)
		*err = merge_both(m, req, prev, middle, next);
	else if (!left.why)
		*err = merge_prev(m, req, prev, middle);
	else
		*err = merge_next(m, req, middle, &next);
	return with_sticky(m, left.why ? next : prev, keep);
}

/* Is it tried at all?  MERGE_FITS if so. */
static enum no_merge not_tried(struct machine *m,
	const struct merge_request *req)
{
	unsigned kind = req->existing ? MERGES_CHANGED : MERGES_NEW;

	if (req->vm_flags & ops_of(m)->unmergeable)
		return NO_MERGE_SPECIAL;
	if (req->vm_file && !(ops_of(m)->file_merges & kind))
		return NO_MERGE_NOT_FILES;
	return MERGE_FITS;
}

struct vm_area_struct *vma_merge(struct machine *m,
	const struct merge_request *req, int *err)
{
	enum fn fn = req->existing ? FN_MERGE_EXISTING : FN_MERGE_NEW;
	enum no_merge never = not_tried(m, req);
	struct vm_area_struct *vma = NULL;

	*err = 0;
	if (never) {
		tell_no_merge(m, req->mm, req->start, NULL, NULL, never,
			req->vm_flags);
		return NULL;
	}
	call(m, fn, addr_ref(req->mm, req->start),
		addr_ref(req->mm, req->end), 0);
	vma = merge(m, req, err);
	if (*err)
		vma_unreserve(m);
	ret(m, fn);
	return *err ? NULL : vma;
}
