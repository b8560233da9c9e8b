/* mprotect: changes of what may be done with a range of an address space. */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/limits.h"
#include "core/mm.h"
#include "core/overcommit.h"
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

	vm_flags |= old & ops_of(m)->sticky;
	if (vm_flags == old)
		return;
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

/* RLIMIT_DATA where a mapping turns into data. */
static bool may_become_data(struct machine *m,
	const struct vm_area_struct *vma, uint64_t pages, uint64_t vm_flags)
{
	struct mm_struct *mm = vma->vm_mm;

	return !ops_of(m)->limits_data ||
		may_expand_vm(m, mm, vm_flags, (int64_t)pages) ||
		!may_expand_vm(m, mm, vma->vm_flags, (int64_t)pages);
}

int account_protection(struct machine *m, const struct vm_area_struct *vma,
	uint64_t pages, uint64_t *vm_flags)
{
	uint64_t old = vma->vm_flags;

	if (*vm_flags & VM_WRITE) {
		if (!may_become_data(m, vma, pages, *vm_flags))
			return -ENOMEM;
		if (old & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))
			return 0;
		if (vm_enough_memory(m, pages))
			return -ENOMEM;
		*vm_flags |= VM_ACCOUNT;
	} else if (ops_of(m)->unaccount_unfaulted && !vma->vm_file &&
		!vma->anon_vma) {
		*vm_flags &= ~VM_ACCOUNT;
	}
	return 0;
}

void account_flags(struct mm_struct *mm, uint64_t old, uint64_t new,
	uint64_t bytes)
{
	vm_stat_account(mm, old, -(int64_t)(bytes >> PAGE_SHIFT));
	vm_stat_account(mm, new, (int64_t)(bytes >> PAGE_SHIFT));
}

void unaccount_protection(struct machine *m, uint64_t had, uint64_t has,
	uint64_t bytes)
{
	if ((had & VM_ACCOUNT) && !(has & VM_ACCOUNT))
		vm_unacct_memory(m, bytes >> PAGE_SHIFT);
}

/* 4.2 on: a locked VMA that becomes writable gets its private copies at once. */
static void populate_writable(struct machine *m, struct vm_area_struct *vma,
	uint64_t old, uint64_t start, uint64_t end)
{
	if (ops_of(m)->mprotect_populates && (vma->vm_flags & VM_WRITE) &&
		(old & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED)
		populate_vma_range(m, vma, start, end);
}

/* @err; the VMA that holds @start afterwards is where the caller goes on. */
static int mprotect_fixup(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, unsigned prot)
{
	uint64_t old = vma->vm_flags, vm_flags = old & ~VM_ACCESS;
	struct mm_struct *mm = vma->vm_mm;
	int err;

	vm_flags |= prot_flags(prot);
	if (vm_flags == old)
		return 0;
	call(m, FN_MPROTECT, vma_ref(vma), addr_ref(mm, start), end);
	err = account_protection(m, vma, (end - start) >> PAGE_SHIFT, &vm_flags);
	if (!err) {
		vma = vma_modify(m, vma, start, end, vm_flags, &err);
		if (err)
			unaccount_protection(m, vm_flags, old, end - start);
	}
	if (!err) {
		if (vma->vm_flags != vm_flags)
			vma_set_flags(m, vma, vm_flags);
		change_protection(m, vma, start, end);
		populate_writable(m, vma, old, start, end);
		account_flags(mm, old, vm_flags, end - start);
		unaccount_protection(m, old, vm_flags, end - start);
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
