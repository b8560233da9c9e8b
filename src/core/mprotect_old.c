/*
 * mprotect and madvise before vma_merge() did all of it (2.4 mm/mprotect.c and
 * mm/filemap.c, 2.6.0 mm/mprotect.c and mm/madvise.c).  A range that changes is
 * joined with the VMA before it, if that has the new flags; with the one after
 * it only at the very end of the call, and only when the range ends where a VMA
 * does.  A VMA with a file joins none.
 *
 * 2.4 cuts a VMA into its pieces at once: a changed start or end is the new
 * VMA, of a changed middle both sides are.  2.6.0 calls split_vma().
 */
#include "core/emit.h"
#include "core/mm.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/vma.h"

#include <errno.h>

#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)

/* @prev, which ends at @vma, takes it all in. */
static void swallow(struct machine *m, struct vm_area_struct *prev,
	struct vm_area_struct *vma)
{
	struct mm_struct *mm = prev->vm_mm;

	ptl_lock(m, mm);
	vma_set_range(m, prev, prev->vm_start, vma->vm_end, prev->vm_pgoff);
	vma_unlink(m, vma);
	ptl_unlock(m, mm);
	vma_free(m, vma);
}

/* can_vma_merge and what its callers ask before. */
static enum no_merge against_prev(const struct vm_area_struct *prev,
	const struct vm_area_struct *vma, uint64_t vm_flags)
{
	if (!prev || prev->vm_end != vma->vm_start)
		return NO_MERGE_NOBODY;
	if (prev->vm_file || vma->vm_file || (vma->vm_flags & VM_SHARED))
		return NO_MERGE_NOT_FILES;
	return prev->vm_flags == vm_flags ? MERGE_FITS : NO_MERGE_FLAGS;
}

/* Does the changed range, which begins where @vma does, join @prev?  Told:
 * @whole, all of it or its first part. */
static bool joins_prev(struct machine *m, const struct vm_area_struct *prev,
	const struct vm_area_struct *vma, uint64_t vm_flags, bool whole)
{
	enum no_merge why = against_prev(prev, vma, vm_flags);

	if (!why)
		tell_merge(m, prev, vma->vm_start, whole ? 7 : 5);
	else
		tell_no_merge(m, vma->vm_mm, vma->vm_start, "prev",
			why == NO_MERGE_NOBODY ? NULL : prev, why, vm_flags);
	return !why;
}

/* The boundary between the two moves up to @end; vm_pgoff stays. */
static void shift_boundary(struct machine *m, struct vm_area_struct *prev,
	struct vm_area_struct *vma, uint64_t end)
{
	ptl_lock(m, prev->vm_mm);
	vma_set_range(m, prev, prev->vm_start, end, prev->vm_pgoff);
	vma_set_range(m, vma, end, vma->vm_end, vma->vm_pgoff);
	ptl_unlock(m, prev->vm_mm);
}

/* -- 2.4 ----------------------------------------------------------------- */

/* What cuts are called, by enum vma_cut. */
typedef const char *const cut_names[3];
static cut_names mprotect_cuts = { "mprotect_fixup_start",
	"mprotect_fixup_end", "mprotect_fixup_middle" };
static cut_names madvise_cuts = { "madvise_fixup_start", "madvise_fixup_end",
	"madvise_fixup_middle" };

static void set_flags_locked(struct machine *m, struct vm_area_struct *vma,
	uint64_t vm_flags)
{
	ptl_lock(m, vma->vm_mm);
	vma_set_flags(m, vma, vm_flags);
	ptl_unlock(m, vma->vm_mm);
}

/* The first part of @vma, up to @end, as a VMA of its own with the flags. */
static struct vm_area_struct *cut_start(struct machine *m,
	struct vm_area_struct *vma, uint64_t end, uint64_t vm_flags,
	cut_names names)
{
	struct vm_area_struct *n;

	tell_cut(m, vma, end, CUT_BELOW, names[CUT_BELOW]);
	n = vma_dup(m, vma, vma->vm_mm);
	if (!n)
		return NULL;
	n->vm_end = end;
	n->vm_flags = vm_flags;
	ptl_lock(m, vma->vm_mm);
	vma_set_range(m, vma, end, vma->vm_end, linear_page_index(vma, end));
	vma_link(m, n);
	vma_link_file(m, n);
	ptl_unlock(m, vma->vm_mm);
	return n;
}

/* The last part of @vma, from @start. */
static struct vm_area_struct *cut_end(struct machine *m,
	struct vm_area_struct *vma, uint64_t start, uint64_t vm_flags,
	cut_names names)
{
	struct vm_area_struct *n;

	tell_cut(m, vma, start, CUT_ABOVE, names[CUT_ABOVE]);
	n = vma_dup(m, vma, vma->vm_mm);
	if (!n)
		return NULL;
	n->vm_pgoff = linear_page_index(vma, start);
	n->vm_start = start;
	n->vm_flags = vm_flags;
	ptl_lock(m, vma->vm_mm);
	vma_set_range(m, vma, vma->vm_start, start, vma->vm_pgoff);
	vma_link(m, n);
	vma_link_file(m, n);
	ptl_unlock(m, vma->vm_mm);
	return n;
}

/* @vma becomes [start, end) with the flags; the VMA right of it, or NULL. */
static struct vm_area_struct *cut_middle(struct machine *m,
	struct vm_area_struct *vma, uint64_t start, uint64_t end,
	uint64_t vm_flags, cut_names names)
{
	struct vm_area_struct *left, *right;

	tell_cut(m, vma, start, CUT_MIDDLE, names[CUT_MIDDLE]);
	left = vma_dup(m, vma, vma->vm_mm);
	if (!left)
		return NULL;
	right = vma_dup(m, vma, vma->vm_mm);
	if (!right) {
		vma_free(m, left);
		return NULL;
	}
	left->vm_end = start;
	right->vm_pgoff = linear_page_index(vma, end);
	right->vm_start = end;
	ptl_lock(m, vma->vm_mm);
	vma_set_range(m, vma, start, end, linear_page_index(vma, start));
	vma_set_flags(m, vma, vm_flags);
	vma_link(m, left);
	vma_link_file(m, left);
	vma_link(m, right);
	vma_link_file(m, right);
	ptl_unlock(m, vma->vm_mm);
	return right;
}

/* mprotect_fixup_all, _start, _end, _middle.  *pprev: the VMA that ends last
 * of those that are done. */
static int fixup_2_4(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct **pprev, uint64_t start, uint64_t end,
	uint64_t vm_flags)
{
	struct vm_area_struct *prev = *pprev, *n = vma;
	bool joins = start == vma->vm_start &&
		joins_prev(m, prev, vma, vm_flags, end == vma->vm_end);

	if (start == vma->vm_start && end == vma->vm_end) {
		if (joins) {
			swallow(m, prev, vma);
			return 0;
		}
		set_flags_locked(m, vma, vm_flags);
	} else if (start == vma->vm_start) {
		if (joins)
			shift_boundary(m, prev, vma, end);
		else if (!cut_start(m, vma, end, vm_flags, mprotect_cuts))
			return -ENOMEM;
	} else if (end == vma->vm_end) {
		n = cut_end(m, vma, start, vm_flags, mprotect_cuts);
	} else {
		n = cut_middle(m, vma, start, end, vm_flags, mprotect_cuts);
	}
	if (n)
		*pprev = n;
	return n ? 0 : -ENOMEM;
}

/* -- 2.6.0 --------------------------------------------------------------- */

/* mprotect_attempt_merge */
static bool attempt_merge(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *prev, uint64_t end, uint64_t vm_flags)
{
	bool joins;

	call(m, FN_MERGE_EXISTING, vma_ref(vma), addr_ref(vma->vm_mm, end), 0);
	joins = joins_prev(m, prev, vma, vm_flags, end == vma->vm_end);
	if (joins && end == vma->vm_end)
		swallow(m, prev, vma);
	else if (joins)
		shift_boundary(m, prev, vma, end);
	ret(m, FN_MERGE_EXISTING);
	return joins;
}

/* The cuts, unless the range joins the VMA before it. */
static int cut_2_6_0(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct **pprev, uint64_t start, uint64_t end,
	uint64_t vm_flags)
{
	int err = 0;

	if (start != vma->vm_start)
		err = vma_split(m, vma, start, true);
	else if (attempt_merge(m, vma, *pprev, end, vm_flags))
		return 0;
	if (err)
		return err;
	*pprev = vma;
	if (end != vma->vm_end)
		err = vma_split(m, vma, end, false);
	if (!err)
		set_flags_locked(m, vma, vm_flags);
	return err;
}

static int fixup_2_6_0(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct **pprev, uint64_t start, uint64_t end,
	uint64_t vm_flags)
{
	uint64_t old = vma->vm_flags;
	int err = account_protection(m, vma, (end - start) >> PAGE_SHIFT,
		&vm_flags);

	if (err)
		return err;
	err = cut_2_6_0(m, vma, pprev, start, end, vm_flags);
	if (err)
		unaccount_protection(m, vm_flags, old, end - start);
	return err;
}

/* -- the call ------------------------------------------------------------ */

typedef int fixup_fn(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct **pprev, uint64_t start, uint64_t end,
	uint64_t vm_flags);

static int mprotect_fixup(struct machine *m, fixup_fn *fixup,
	struct vm_area_struct *vma, struct vm_area_struct **pprev,
	uint64_t start, uint64_t end, unsigned prot)
{
	uint64_t old = vma->vm_flags;
	uint64_t vm_flags = (old & ~VM_ACCESS) | prot_flags(prot);
	struct mm_struct *mm = vma->vm_mm;
	int err;

	if (vm_flags == old) {
		*pprev = vma;
		return 0;
	}
	call(m, FN_MPROTECT, vma_ref(vma), addr_ref(mm, start), end);
	err = fixup(m, vma, pprev, start, end, vm_flags);
	if (!err) {
		change_protection(m, vma_lookup(mm, start), start, end);
		account_flags(mm, old, vm_flags, end - start);
	}
	ret(m, FN_MPROTECT);
	return err;
}

/* The VMA after the range has what the last changed one has now. */
static void merge_final(struct machine *m, struct vm_area_struct *prev,
	struct vm_area_struct *next)
{
	enum no_merge why = NO_MERGE_NOBODY;

	if (next)
		why = against_prev(prev, next, next->vm_flags);
	if (!why && (prev->vm_flags & VM_SHARED))
		why = NO_MERGE_NOT_FILES;
	if (why) {
		if (why != NO_MERGE_NOBODY)
			tell_no_merge(m, prev->vm_mm, prev->vm_end, "next",
				next, why, prev->vm_flags);
		return;
	}
	tell_merge(m, prev, next->vm_start, 8);
	swallow(m, prev, next);
}

static int mprotect_by_prev(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, unsigned prot, fixup_fn *fixup)
{
	struct vm_area_struct *vma = find_vma(m, mm, start), *prev, *next;

	if (!vma || vma->vm_start > start)
		return -ENOMEM;
	prev = vma->vm_prev;
	for (;;) {
		uint64_t stop = vma->vm_end;
		int err;

		if (stop > end)
			return mprotect_fixup(m, fixup, vma, &prev, start, end,
				prot);
		next = vma->vm_next;
		err = mprotect_fixup(m, fixup, vma, &prev, start, stop, prot);
		if (err)
			return err;
		if (stop == end)
			break;
		if (!next || next->vm_start != stop)
			return -ENOMEM;
		start = stop;
		vma = next;
	}
	merge_final(m, prev, next);
	return 0;
}

int mprotect_2_4(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, unsigned prot)
{
	return mprotect_by_prev(m, mm, start, end, prot, fixup_2_4);
}

int mprotect_2_6_0(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, unsigned prot)
{
	return mprotect_by_prev(m, mm, start, end, prot, fixup_2_6_0);
}

/* -- madvise ------------------------------------------------------------- */

/* madvise_fixup_start, _end, _middle: cut even where nothing changes, never
 * joined again. */
int advise_2_4(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, uint64_t vm_flags)
{
	struct vm_area_struct *n = vma;

	if (vma->vm_mm->map_count > m->tune.max_map_count)
		return -ENOMEM;
	if (start == vma->vm_start && end == vma->vm_end)
		vma_set_flags(m, vma, vm_flags);
	else if (start == vma->vm_start)
		n = cut_start(m, vma, end, vm_flags, madvise_cuts);
	else if (end == vma->vm_end)
		n = cut_end(m, vma, start, vm_flags, madvise_cuts);
	else
		n = cut_middle(m, vma, start, end, vm_flags, madvise_cuts);
	return n ? 0 : -EAGAIN;
}

/* madvise_behavior: it is cut out. */
static int advise_split(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	if (start != vma->vm_start && vma_split(m, vma, start, true))
		return -EAGAIN;
	if (end != vma->vm_end && vma_split(m, vma, end, false))
		return -EAGAIN;
	return 0;
}

int advise_2_6_0(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, uint64_t vm_flags)
{
	int err = advise_split(m, vma, start, end);

	if (!err)
		set_flags_locked(m, vma, vm_flags);
	return err;
}

/* mmap_sem is enough. */
int advise_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t vm_flags)
{
	int err = advise_split(m, vma, start, end);

	if (!err)
		vma_set_flags(m, vma, vm_flags);
	return err;
}
