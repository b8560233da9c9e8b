/*
 * exec of 4.0 and 6.18 (fs/exec.c; 6.18 mm/vma_exec.c): the new mm gets a stack
 * VMA of one page at the very top before anything else, and the strings are
 * written into it by page faults.  Later the stack is moved down to where it is
 * to be, by as many pages as randomization chose (here: as were asked for).
 *
 * The move keeps vm_pgoff, as page->index of its pages is not touched: address
 * = vm_start + (index - vm_pgoff) pages holds before and after it, but not in
 * between, which VM_SEQ_READ | VM_RAND_READ (VM_STACK_INCOMPLETE_SETUP) tells
 * migration.
 */
#include "core/exec.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/mm.h"
#include "core/overcommit.h"
#include "core/mremap.h"
#include "core/paging.h"
#include "core/pgtable.h"
#include "core/stack.h"
#include "core/vma.h"

#include <errno.h>

#define INCOMPLETE (VM_SEQ_READ | VM_RAND_READ)
#define STACK_EXPAND (32 * PAGE_SIZE) /* setup_arg_pages: 128 KiB */

static int init_stack(struct machine *m, struct exec *x)
{
	uint64_t end = machine_paging(m)->task_size;

	call(m, FN_INIT_STACK, mm_ref(x->mm), addr_ref(x->mm, end), 0);
	mmap_write_lock(m, x->mm);
	x->vma = exec_stack_vma(m, x, end - PAGE_SIZE, end);
	if (x->vma)
		vma_set_flags(m, x->vma, x->vma->vm_flags | INCOMPLETE);
	mmap_write_unlock(m, x->mm);
	ret(m, FN_INIT_STACK);
	return x->vma ? 0 : -ENOMEM;
}

static int bprm_mm_init(struct machine *m, struct exec *x)
{
	int err;

	call(m, FN_BPRM_MM_INIT, task_ref(x->task), NO_REF, 0);
	err = exec_mm_alloc(m, x);
	if (!err)
		err = init_stack(m, x);
	ret(m, FN_BPRM_MM_INIT);
	return err;
}

/* get_arg_page: no memory for it looks like too many strings. */
static int copy_strings(struct machine *m, struct exec *x)
{
	bool locks = ops_of(m)->exec->gup_locks;
	uint64_t addr = x->vma->vm_end - PAGE_SIZE;
	int err;

	call(m, FN_COPY_STRINGS, task_ref(x->task), NO_REF, x->strings);
	if (locks)
		lock_read(m, &x->mm->mmap_lock, mm_ref(x->mm),
			ops_of(m)->mmap_lock);
	err = make_present(m, x->vma, addr, true);
	if (!err)
		exec_put_strings(m, x,
			vm_normal_page(m, get_pte(m, x->mm, addr)));
	if (locks)
		unlock_read(m, &x->mm->mmap_lock, mm_ref(x->mm),
			ops_of(m)->mmap_lock);
	ret(m, FN_COPY_STRINGS);
	return err ? -E2BIG : 0;
}

static int prepare_4_0(struct machine *m, struct exec *x)
{
	int err = bprm_mm_init(m, x);

	if (!err)
		err = exec_read_header(m, x);
	return err ? err : copy_strings(m, x);
}

static int prepare_6_18(struct machine *m, struct exec *x)
{
	int err = bprm_mm_init(m, x);

	if (!err)
		err = copy_strings(m, x);
	return err ? err : exec_read_header(m, x);
}

/* -- setup_arg_pages ---------------------------------------------------------- */

/* It was to have @pages.  As wide as it is now it goes with the mm, where the
 * kernel gives back more than was promised; so that is counted. */
static void count_wide(struct machine *m, const struct vm_area_struct *vma,
	uint64_t pages)
{
	uint64_t more = vma_pages(vma) - pages;

	vm_stat_account(vma->vm_mm, vma->vm_flags, (int64_t)more);
	vm_acct_memory(m, more);
}

/* shift_arg_pages, relocate_vma_down: the VMA covers both places while its
 * pages move. */
static int shift_stack(struct machine *m, struct exec *x, uint64_t shift)
{
	struct vm_area_struct *vma = x->vma;
	uint64_t start = vma->vm_start, end = vma->vm_end;
	struct remap r = { .mm = x->mm, .vma = vma, .addr = start,
		.old_len = end - start, .new_addr = start - shift,
		.new_len = end - start };
	int err;

	call(m, FN_SHIFT_STACK, vma_ref(vma), addr_ref(x->mm, start - shift),
		shift >> PAGE_SHIFT);
	err = vma_reserve(m, x->mm, start - shift, end, vma);
	if (!err) {
		vma_set_range(m, vma, start - shift, end, vma->vm_pgoff);
		err = remap_move_tables(m, &r);
	}
	if (!err) {
		free_page_tables(m, x->mm, start, end, end - shift, 0);
		err = vma_shrink(m, vma, start - shift, end - shift);
	}
	if (err)
		count_wide(m, vma, (end - start) >> PAGE_SHIFT);
	ret(m, FN_SHIFT_STACK);
	return err;
}

/* Room for what the program pushes first, as far as the limit allows. */
static int expand_stack(struct machine *m, struct vm_area_struct *vma)
{
	uint64_t limit = rlimit(m, LIMIT_STACK) & PAGE_MASK;
	uint64_t start = vma->vm_start - STACK_EXPAND;

	if (vma->vm_end - start > limit)
		start = vma->vm_end - limit;
	return start < vma->vm_start
		? ops_of(m)->exec->expand(m, vma, start)
		: 0;
}

static int arg_pages_new(struct machine *m, struct exec *x)
{
	struct vm_area_struct *vma = x->vma;
	uint64_t top = machine_paging(m)->stack_top - (x->shift << PAGE_SHIFT);
	int err = 0;

	mmap_write_lock(m, x->mm);
	if (vma->vm_end != top)
		err = shift_stack(m, x, vma->vm_end - top);
	vma_set_flags(m, vma, vma->vm_flags & ~INCOMPLETE);
	x->mm->start_stack = vma->vm_end - PAGE_SIZE;
	if (!err)
		err = expand_stack(m, vma);
	mmap_write_unlock(m, x->mm);
	return err;
}

const struct exec_ops exec_4_0 = {
	.prepare = prepare_4_0,
	.mmap = exec_mmap_locked,
	.arg_pages = arg_pages_new,
	.expand = expand_stack_4_0,
};

const struct exec_ops exec_6_18 = {
	.prepare = prepare_6_18,
	.mmap = exec_mmap_locked,
	.arg_pages = arg_pages_new,
	.expand = expand_stack_locked,
	.tail_first = true,
	.maps_whole = true,
	.gup_locks = true,
};
