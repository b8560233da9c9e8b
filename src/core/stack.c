/*
 * Stack growth: expand_stack (2.4 include/linux/mm.h; 2.6.0, 2.6.11, 4.0
 * mm/mmap.c; 6.18 mm/vma.c).  vm_start and vm_pgoff move down together, so that
 * no page->index changes; with an anon_vma the trees are put right around it.
 *
 * What keeps a stack from running into what lies below: nothing until 2.6.36;
 * then, as in 4.0, its own lowest page, which is never used; since 4.12 a gap
 * of 256 pages that is no part of it, kept by placement, too.
 */
#include "core/stack.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/overcommit.h"
#include "core/vma.h"

#include <errno.h>

#define MMAP_MIN_ADDR 65536u /* vm.mmap_min_addr, as it usually is */

static int refuse(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr, enum why why)
{
	tell(m, EV_STACK_REFUSED, vma_ref(vma), addr_ref(vma->vm_mm, addr),
		why);
	return -ENOMEM;
}

static uint64_t growth(const struct vm_area_struct *vma, uint64_t addr)
{
	return (vma->vm_start - addr) >> PAGE_SHIFT;
}

/* What it would hold is compared with RLIMIT_STACK but for @spared bytes. */
static int check_limits(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, uint64_t spared, bool memlock)
{
	struct mm_struct *mm = vma->vm_mm;
	uint64_t pages = growth(vma, addr);

	if (!may_expand_vm(m, mm, vma->vm_flags, (int64_t)pages))
		return refuse(m, vma, addr, WHY_STACK_LIMIT_AS);
	if (vma->vm_end - addr - spared > rlimit(m, LIMIT_STACK))
		return refuse(m, vma, addr, WHY_STACK_LIMIT_STACK);
	if (memlock && !mlock_future_ok(m, mm, vma->vm_flags,
			       pages << PAGE_SHIFT))
		return refuse(m, vma, addr, WHY_STACK_LIMIT_MEMLOCK);
	if (vm_enough_memory(m, pages))
		return refuse(m, vma, addr, WHY_STACK_NO_MEMORY);
	if (!(vma->vm_flags & VM_ACCOUNT)) /* the kernels forget these */
		vm_unacct_memory(m, pages);
	return 0;
}

static void grow(struct machine *m, struct vm_area_struct *vma, uint64_t addr)
{
	uint64_t pages = growth(vma, addr);
	uint64_t mask = machine_paging(m)->addr_bits == 32 ? UINT32_MAX
							   : UINT64_MAX;

	if (vma->vm_flags & VM_LOCKED)
		add_locked_vm(m, vma->vm_mm, (int64_t)pages);
	vm_stat_account(vma->vm_mm, vma->vm_flags, (int64_t)pages);
	/* without an anon_vma it may wrap, which harms nobody */
	vma_set_range(m, vma, addr, vma->vm_end,
		(vma->vm_pgoff - pages) & mask);
}

/* -- 2.4, 2.6.0: under the page table lock -------------------------------- */

int expand_stack_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	int err;

	call(m, FN_EXPAND_STACK, vma_ref(vma), addr_ref(mm, addr), 0);
	ptl_lock(m, mm);
	err = check_limits(m, vma, addr, 0, false);
	if (!err)
		grow(m, vma, addr);
	ptl_unlock(m, mm);
	ret(m, FN_EXPAND_STACK);
	return err;
}

/* -- with an anon_vma ------------------------------------------------------ */

/* Under the lock of the root: 2.6.11's anon_vmas are their own. */
static struct anon_vma *locked_anon_vma(const struct vm_area_struct *vma)
{
	struct anon_vma *av = vma->anon_vma;

	return av->root ? av->root : av;
}

/* @tables: the page table lock is taken, too. */
static int expand_locked(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, uint64_t spared, bool tables)
{
	struct mm_struct *mm = vma->vm_mm;
	struct anon_vma *av;
	int err;

	if (vma_reserve(m, mm, addr, vma->vm_end, vma))
		return refuse(m, vma, addr, WHY_STACK_NO_MEMORY);
	if (ops_of(m)->anon_vma_prepare(m, vma)) {
		vma_unreserve(m);
		return refuse(m, vma, addr, WHY_STACK_NO_MEMORY);
	}
	av = locked_anon_vma(vma);
	lock_write(m, &av->lock, anon_vma_ref(av), ops_of(m)->anon_lock);
	err = check_limits(m, vma, addr, spared, true);
	if (!err && tables)
		ptl_lock(m, mm);
	if (!err)
		grow(m, vma, addr);
	if (!err && tables)
		ptl_unlock(m, mm);
	unlock_write(m, &av->lock, anon_vma_ref(av), ops_of(m)->anon_lock);
	if (err)
		vma_unreserve(m);
	return err;
}

int expand_stack_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	int err;

	call(m, FN_EXPAND_STACK, vma_ref(vma), addr_ref(vma->vm_mm, addr), 0);
	err = expand_locked(m, vma, addr, 0, false);
	ret(m, FN_EXPAND_STACK);
	return err;
}

/* Its lowest page is for nobody, and not counted against the limit; so it may
 * not touch the VMA below, unless that is a part of the same stack. */
int expand_stack_4_0(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	const struct vm_area_struct *prev = vma->vm_prev;
	int err;

	call(m, FN_EXPAND_STACK, vma_ref(vma), addr_ref(vma->vm_mm, addr), 0);
	if (prev && prev->vm_end == addr && !(prev->vm_flags & VM_GROWSDOWN))
		err = refuse(m, vma, addr, WHY_STACK_NEIGHBOUR);
	else if (growth(vma, addr) > vma->vm_pgoff)
		err = refuse(m, vma, addr, WHY_STACK_LOWEST);
	else
		err = expand_locked(m, vma, addr, PAGE_SIZE, true);
	ret(m, FN_EXPAND_STACK);
	return err;
}

/* 6.18 asks for the gap only where the VMA below can be accessed. */
static int check_6_18(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr)
{
	const struct vm_area_struct *prev = vma->vm_prev;
	uint64_t access = VM_READ | VM_WRITE | VM_EXEC;

	if (addr < MMAP_MIN_ADDR || growth(vma, addr) > vma->vm_pgoff)
		return refuse(m, vma, addr, WHY_STACK_LOWEST);
	if (prev && !(prev->vm_flags & VM_GROWSDOWN) &&
		(prev->vm_flags & access) &&
		addr - prev->vm_end < STACK_GUARD_GAP * PAGE_SIZE)
		return refuse(m, vma, addr, WHY_STACK_GAP);
	return 0;
}

/* expand_downwards; mmap_lock is held for writing. */
int expand_stack_locked(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	int err;

	call(m, FN_EXPAND_STACK, vma_ref(vma), addr_ref(vma->vm_mm, addr), 0);
	err = check_6_18(m, vma, addr);
	if (!err) {
		vma_start_write(m, vma);
		err = expand_locked(m, vma, addr, 0, false);
	}
	ret(m, FN_EXPAND_STACK);
	return err;
}

/* A fault holds it for reading (mmap_upgrade_trylock). */
int expand_stack_6_18(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	int err;

	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	mmap_write_lock(m, mm);
	err = expand_stack_locked(m, vma, addr);
	mmap_write_unlock(m, mm);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	return err;
}

/* -- the fault -------------------------------------------------------------- */

/* arch/i386, arch/x86 mm/fault.c: how far below the stack pointer an access may
 * be; later kernels have no such rule. */
static bool too_far_below(const struct machine *m, uint64_t addr, uint64_t sp)
{
	const struct era_ops *ops = ops_of(m);
	unsigned word = machine_paging(m)->addr_bits == 32 ? 4 : 8;
	uint64_t cushion = ops->stack_cushion +
		(uint64_t)ops->stack_cushion_words * word;

	return cushion && addr + cushion < sp;
}

struct vm_area_struct *grow_stack(struct machine *m, struct mm_struct *mm,
	uint64_t addr, uint64_t sp)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	uint64_t start = addr & PAGE_MASK;

	if (!vma || vma->vm_start <= addr || !(vma->vm_flags & VM_GROWSDOWN)) {
		tell(m, EV_BAD_AREA, addr_ref(mm, addr), NO_REF, 0);
		return NULL;
	}
	tell(m, EV_STACK_FAULT, vma_ref(vma), addr_ref(mm, addr),
		growth(vma, start));
	if (too_far_below(m, addr, sp)) {
		refuse(m, vma, addr, WHY_STACK_BELOW_SP);
		return NULL;
	}
	if (vma->vm_flags & VM_SHARED) {
		/* 2.x would let it grow over the start of its file */
		refuse(m, vma, addr, WHY_STACK_NOT_PRIVATE);
		return NULL;
	}
	return ops_of(m)->expand_stack(m, vma, start) ? NULL : vma;
}

/* -- 4.0: the guard page ---------------------------------------------------- */

static bool touches_stack_below(const struct vm_area_struct *vma)
{
	const struct vm_area_struct *prev = vma->vm_prev;

	return prev && prev->vm_end == vma->vm_start &&
		(prev->vm_flags & VM_GROWSDOWN);
}

int check_stack_guard_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	const struct vm_area_struct *prev = vma->vm_prev;
	int err = 0;

	addr &= PAGE_MASK;
	if (!ops_of(m)->stack_guard_page || !(vma->vm_flags & VM_GROWSDOWN) ||
		addr != vma->vm_start || !addr)
		return 0;
	call(m, FN_GUARD_PAGE, vma_ref(vma), addr_ref(vma->vm_mm, addr), 0);
	if (!prev || prev->vm_end != addr) {
		tell(m, EV_STACK_GUARD, vma_ref(vma),
			addr_ref(vma->vm_mm, addr), 0);
		err = ops_of(m)->expand_stack(m, vma, addr - PAGE_SIZE);
	} else if (!(prev->vm_flags & VM_GROWSDOWN)) {
		err = refuse(m, vma, addr, WHY_STACK_NEIGHBOUR);
	}
	ret(m, FN_GUARD_PAGE);
	return err;
}

bool is_stack_guard_page(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t addr)
{
	return ops_of(m)->stack_guard_page && (vma->vm_flags & VM_GROWSDOWN) &&
		addr == vma->vm_start && !touches_stack_below(vma);
}

/* -- 6.18: the gap ---------------------------------------------------------- */

uint64_t vm_start_gap(const struct machine *m,
	const struct vm_area_struct *vma)
{
	uint64_t gap = (uint64_t)ops_of(m)->stack_guard_gap << PAGE_SHIFT;

	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > gap ? vma->vm_start - gap : 0;
}
