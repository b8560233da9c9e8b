/*
 * exec until 2.6.11 (2.4, 2.6.0, 2.6.11 fs/exec.c): the strings wait in frames
 * that no page table maps (bprm->page).  Once the task has the new mm, a stack
 * VMA is made for them and they are mapped into it, one PTE at a time.
 */
#include "core/exec.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/task.h"

#include <errno.h>

/* copy_strings: into a frame of their own. */
static int copy_strings(struct machine *m, struct exec *x)
{
	call(m, FN_COPY_STRINGS, task_ref(x->task), NO_REF, x->strings);
	x->page = alloc_pages(m, 0, PAGE_ANON);
	if (x->page) {
		fault_copy_page(m, NULL, x->page);
		exec_put_strings(m, x, x->page);
	}
	ret(m, FN_COPY_STRINGS);
	return x->page ? 0 : -ENOMEM;
}

static int prepare_2_4(struct machine *m, struct exec *x)
{
	int err = exec_read_header(m, x);

	return err ? err : copy_strings(m, x);
}

static int prepare_2_6(struct machine *m, struct exec *x)
{
	int err = exec_mm_alloc(m, x);

	return err ? err : prepare_2_4(m, x);
}

/* -- exec_mmap ---------------------------------------------------------------- */

/* Nobody else uses the mm: it is emptied and used again, with what exit_mmap
 * does not touch (def_flags among it). */
static void reuse_mm(struct machine *m, struct exec *x)
{
	x->mm = x->task->mm;
	mm_release(m, x->task);
	tell(m, EV_MM_REUSED, task_ref(x->task), NO_REF, 0);
	ops_of(m)->exit_mmap(m, x->mm);
}

static int exec_mmap_2_4(struct machine *m, struct exec *x)
{
	int err;

	if (x->task->mm->mm_users == 1) {
		reuse_mm(m, x);
		return 0;
	}
	err = exec_mm_alloc(m, x);
	if (err)
		return err;
	mmlist_add(m, x->mm, NULL);
	exec_switch_mm(m, x);
	mm_release(m, x->task);
	mmput(m, x->task, &x->task->exec_mm);
	return 0;
}

static int exec_mmap_2_6_0(struct machine *m, struct exec *x)
{
	mmlist_add(m, x->mm, NULL);
	mm_release(m, x->task);
	exec_switch_mm(m, x);
	mmput(m, x->task, &x->task->exec_mm);
	return 0;
}

/* The lock is for a core dump that may be under way; 4.0 and 6.18 hold it,
 * too. */
int exec_mmap_locked(struct machine *m, struct exec *x)
{
	struct mm_struct *old = x->task->mm;

	mm_release(m, x->task);
	lock_read(m, &old->mmap_lock, mm_ref(old), ops_of(m)->mmap_lock);
	exec_switch_mm(m, x);
	unlock_read(m, &old->mmap_lock, mm_ref(old), ops_of(m)->mmap_lock);
	mmput(m, x->task, &x->task->exec_mm);
	return 0;
}

/* -- setup_arg_pages ---------------------------------------------------------- */

static void map_arg_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page)
{
	lru_cache_add(m, page);
	set_pte(m, vma->vm_mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
	page_add_new_rmap(m, page, vma, addr);
	add_anon_rss(m, vma->vm_mm, 1);
}

static void map_arg_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page)
{
	add_anon_rss(m, vma->vm_mm, 1);
	lru_cache_add(m, page);
	set_pte(m, vma->vm_mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
	page_add_new_rmap(m, page, vma, addr);
}

/* put_dirty_page, install_arg_page. */
static int install_arg_page(struct machine *m, struct exec *x,
	struct vm_area_struct *vma, uint64_t addr)
{
	int err;

	call(m, FN_INSTALL_ARG, vma_ref(vma), page_ref(m, x->page), 0);
	err = ops_of(m)->anon_vma_prepare(m, vma);
	if (!err)
		err = rmap_reserve(m);
	if (!err)
		err = pte_alloc(m, vma->vm_mm, addr);
	if (!err) {
		ptl_lock(m, vma->vm_mm);
		ops_of(m)->exec->map_arg(m, vma, addr, x->page);
		ptl_unlock(m, vma->vm_mm);
		x->page = NULL;
	}
	rmap_release(m);
	ret(m, FN_INSTALL_ARG);
	return err ? -ENOMEM : 0;
}

static int arg_pages_old(struct machine *m, struct exec *x)
{
	uint64_t end = machine_paging(m)->stack_top;
	uint64_t pages = 1u + ops_of(m)->exec->stack_extra;
	struct vm_area_struct *vma;
	int err = -ENOMEM;

	mmap_write_lock(m, x->mm);
	vma = exec_stack_vma(m, x, end - (pages << PAGE_SHIFT), end);
	if (vma)
		err = install_arg_page(m, x, vma, end - PAGE_SIZE);
	mmap_write_unlock(m, x->mm);
	x->mm->start_stack = end - PAGE_SIZE;
	return err;
}

const struct exec_ops exec_2_4 = {
	.prepare = prepare_2_4,
	.mmap = exec_mmap_2_4,
	.arg_pages = arg_pages_old,
	.map_arg = map_arg_old,
	.stack_exec = VM_EXEC,
	.tail_always = true,
};

const struct exec_ops exec_2_6_0 = {
	.prepare = prepare_2_6,
	.mmap = exec_mmap_2_6_0,
	.arg_pages = arg_pages_old,
	.map_arg = map_arg_old,
	.stack_exec = VM_EXEC,
	.tail_always = true,
};

const struct exec_ops exec_2_6_11 = {
	.prepare = prepare_2_6,
	.mmap = exec_mmap_locked,
	.arg_pages = arg_pages_old,
	.map_arg = map_arg_2_6_11,
	.stack_extra = 20, /* EXTRA_STACK_VM_PAGES */
	.tail_always = true,
};
