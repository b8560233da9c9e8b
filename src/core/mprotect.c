/* mprotect and madvise: changes of what a range of an address space is. */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/mm.h"
#include "core/pgtable.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>

#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)

/* vma_merge, else split_vma at both ends (6.18 vma_modify). */
struct vm_area_struct *vma_modify(struct machine *m,
	struct vm_area_struct *vma, uint64_t start, uint64_t end,
	uint64_t vm_flags, int *err)
{
	struct merge_request req = {
		.mm = vma->vm_mm,
		.start = start,
		.end = end,
		.vm_flags = vm_flags,
		.vm_pgoff = linear_page_index(vma, start),
		.vm_file = vma->vm_file,
		.anon_vma = vma->anon_vma,
		.source = vma,
		.existing = true,
	};
	struct vm_area_struct *merged = vma_merge(m, &req, err);

	if (merged || *err)
		return merged;
	if (start > vma->vm_start)
		*err = vma_split(m, vma, start, true);
	if (!*err && end < vma->vm_end)
		*err = vma_split(m, vma, end, false);
	return *err ? NULL : vma;
}

void vma_set_flags(struct machine *m, struct vm_area_struct *vma,
	uint64_t vm_flags)
{
	uint64_t old = vma->vm_flags;

	vma_start_write(m, vma);
	vma->vm_flags = vm_flags;
	tell_set(m, vma_ref(vma), "vm_flags", VT_VM_FLAGS, old, vm_flags);
}

/* -- mprotect ------------------------------------------------------------ */

/* 6.18 can_change_pte_writable: its page is this process's alone.  4.0 and
 * 6.18: the file knows already that the shared page is dirty. */
static bool may_upgrade(struct machine *m, const struct vm_area_struct *vma,
	pteval_t pte)
{
	const struct page *page = vm_normal_page(m, pte);

	if (wants_writenotify(m, vma))
		return pte_dirty(m, pte);

	return ops_of(m)->write_upgrade && (vma->vm_flags & VM_WRITE) &&
		page && (page->flags & PG(ANON_EXCLUSIVE));
}

static int change_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct vm_area_struct *vma = ctx;
	bool present = pte_present(m, pte);
	pteval_t new = present ? pte_modify(m, pte, vma_pte_flags(m, vma))
			       : protect_entry(m, pte);

	(void)mm;
	cost(m, COST_PTES, 1);
	if (present && may_upgrade(m, vma, pte))
		new = pte_mkwrite(m, new);
	if (new != pte)
		set_pte(m, vma->vm_mm, addr, new, EV_SET_PTE);
	return 0;
}

void change_protection(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	call(m, FN_CHANGE_PROT, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	ptl_lock(m, vma->vm_mm);
	mm_for_each_pte(m, vma->vm_mm, start, end, change_one, vma);
	ptl_unlock(m, vma->vm_mm);
	flush_tlb_mm(m, vma->vm_mm);
	ret(m, FN_CHANGE_PROT);
}

int account_protection(struct machine *m, const struct vm_area_struct *vma,
	uint64_t pages, uint64_t *vm_flags)
{
	uint64_t old = vma->vm_flags;

	if (*vm_flags & VM_WRITE) {
		if (old & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))
			return 0;
		if (!ops_of(m)->enough_memory(m, pages))
			return -ENOMEM;
		*vm_flags |= VM_ACCOUNT;
	} else if (ops_of(m)->unaccount_unfaulted && !vma->anon_vma) {
		*vm_flags &= ~VM_ACCOUNT;
	}
	return 0;
}

/* @err; the VMA that holds @start afterwards is where the caller goes on. */
static int mprotect_fixup(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, unsigned prot)
{
	uint64_t vm_flags = vma->vm_flags & ~VM_ACCESS;
	int err;

	vm_flags |= prot_flags(prot);
	if (vm_flags == vma->vm_flags)
		return 0;
	call(m, FN_MPROTECT, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	err = account_protection(m, vma, (end - start) >> PAGE_SHIFT, &vm_flags);
	if (!err)
		vma = vma_modify(m, vma, start, end, vm_flags, &err);
	if (!err) {
		if (vma->vm_flags != vm_flags)
			vma_set_flags(m, vma, vm_flags);
		change_protection(m, vma, start, end);
	}
	ret(m, FN_MPROTECT);
	return err;
}

int mprotect_merging(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, unsigned prot)
{
	while (start < end) {
		struct vm_area_struct *vma = find_vma(m, mm, start);
		uint64_t stop;
		int err;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		stop = vma->vm_end < end ? vma->vm_end : end;
		err = mprotect_fixup(m, vma, start, stop, prot);
		if (err)
			return err;
		start = stop;
	}
	return 0;
}

int do_mprotect(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, unsigned prot)
{
	uint64_t end;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	len = page_align(len);
	end = start + len;
	if (end <= start)
		return -ENOMEM;
	return ops_of(m)->mprotect(m, mm, start, end, prot);
}

/* -- madvise ------------------------------------------------------------- */

/* How an advice changes vm_flags: some are cleared, one is set. */
static const struct flag_advice {
	enum advice advice;
	uint64_t clear, set;
} flag_advices[] = {
	{ ADVICE_NORMAL, VM_RAND_READ | VM_SEQ_READ, 0 },
	{ ADVICE_SEQUENTIAL, VM_RAND_READ, VM_SEQ_READ },
	{ ADVICE_RANDOM, VM_SEQ_READ, VM_RAND_READ },
	{ ADVICE_DONTFORK, 0, VM_DONTCOPY },
	{ ADVICE_DOFORK, VM_DONTCOPY, 0 },
	{ ADVICE_WIPEONFORK, 0, VM_WIPEONFORK },
	{ ADVICE_KEEPONFORK, VM_WIPEONFORK, 0 },
};

static const struct flag_advice *flag_advice(enum advice advice)
{
	for (size_t i = 0; i < sizeof flag_advices / sizeof *flag_advices; i++)
		if (flag_advices[i].advice == advice)
			return &flag_advices[i];
	return NULL;
}

static bool knows_advice(const struct machine *m, enum advice advice)
{
	switch (advice) {
	case ADVICE_NORMAL:
	case ADVICE_RANDOM:
	case ADVICE_SEQUENTIAL:
	case ADVICE_WILLNEED:
	case ADVICE_DONTNEED:
		return true;
	case ADVICE_DONTFORK:
	case ADVICE_DOFORK:
		return ops_of(m)->has_dontfork;
	case ADVICE_WIPEONFORK:
	case ADVICE_KEEPONFORK:
		return ops_of(m)->has_wipeonfork;
	default:
		return false;
	}
}

int advise_merging(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t vm_flags)
{
	int err = 0;

	if (vm_flags == vma->vm_flags)
		return 0;
	vma = vma_modify(m, vma, start, end, vm_flags, &err);
	if (!err && vma->vm_flags != vm_flags)
		vma_set_flags(m, vma, vm_flags);
	return err;
}

static int advise_flags(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, const struct flag_advice *a)
{
	uint64_t vm_flags = (vma->vm_flags & ~a->clear) | a->set;
	int err;

	if (a->advice == ADVICE_WIPEONFORK &&
		(vma->vm_file || (vma->vm_flags & VM_SHARED)))
		return -EINVAL;
	call(m, FN_ADVISE_FLAGS, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	err = ops_of(m)->advise_flags(m, vma, start, end, vm_flags);
	ret(m, FN_ADVISE_FLAGS);
	return err;
}

static int dontneed(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	if (vma->vm_flags & VM_LOCKED)
		return -EINVAL;
	call(m, FN_DONTNEED, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	lru_add_drain(m);
	zap_range(m, vma, start, end);
	gather_flush(m, vma->vm_mm);
	ret(m, FN_DONTNEED);
	return 0;
}

/* madvise_willneed; of tmpfs there is nothing to read. */
static int willneed(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	if (!vma->vm_file)
		return ops_of(m)->willneed_anon;
	if (!vma->vm_file->tmpfs)
		force_readahead(m, vma->vm_file, linear_page_index(vma, start),
			linear_page_index(vma, end - 1));
	return 0;
}

static int advise_vma(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, enum advice advice)
{
	const struct flag_advice *a = flag_advice(advice);

	if (!knows_advice(m, advice))
		return -EINVAL;
	if (a)
		return advise_flags(m, vma, start, end, a);
	if (advice == ADVICE_DONTNEED)
		return dontneed(m, vma, start, end);
	return willneed(m, vma, start, end);
}

/* Holes are passed over and told at the end (ENOMEM). */
static int advise_range(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, enum advice advice)
{
	int hole = 0;

	while (start < end) {
		struct vm_area_struct *vma = find_vma(m, mm, start);
		uint64_t stop;
		int err;

		if (!vma)
			return -ENOMEM;
		if (start < vma->vm_start) {
			hole = -ENOMEM;
			start = vma->vm_start;
			if (start >= end)
				break;
		}
		stop = vma->vm_end < end ? vma->vm_end : end;
		err = advise_vma(m, vma, start, stop, advice);
		if (err)
			return err;
		start = stop;
	}
	return hole;
}

int do_madvise(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, enum advice advice)
{
	uint64_t aligned = page_align(len);
	int err;

	if ((!knows_advice(m, advice) && !ops_of(m)->unknown_advice_late) ||
		(start & ~PAGE_MASK))
		return -EINVAL;
	if ((len && !aligned) || start + aligned < start)
		return -EINVAL;
	if (!aligned)
		return 0;
	call(m, FN_MADVISE, addr_ref(mm, start), NO_REF, aligned);
	err = advise_range(m, mm, start, start + aligned, advice);
	ret(m, FN_MADVISE);
	return err;
}
