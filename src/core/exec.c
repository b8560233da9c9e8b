/*
 * execve and load_elf_binary: a new address space is built while the old one
 * still stands, takes its place, and gets the program's segments.
 *
 *   prepare     the new mm, the strings at the top of a stack
 *   exec_mmap   the point of no return: the task has the new mm
 *   arg_pages   the stack where and as large as it will be
 *   load        text, data and bss, the break behind them
 *
 * Until exec_mmap the new mm is task->exec_mm, after it the old one is, until
 * it has been dropped; its id then says so (MM_EXEC).  In 2.4 an mm that nobody
 * else uses is emptied and used again.
 *
 * The program has one segment of code and one of data, whose file part ends
 * within its last page; no interpreter is loaded.
 */
#include "core/exec.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/limits.h"
#include "core/mm.h"
#include "core/overcommit.h"
#include "core/page_alloc.h"
#include "core/slab.h"
#include "core/task.h"
#include "core/vma.h"

#include <errno.h>
#include <string.h>

/* -- steps that the kernels share ------------------------------------------ */

int exec_mm_alloc(struct machine *m, struct exec *x)
{
	call(m, FN_MM_ALLOC, task_ref(x->task), NO_REF, 0);
	x->mm = mm_new(m, x->task->pid | MM_EXEC);
	if (x->mm) {
		x->task->exec_mm = x->mm;
		slab_tell(m, CACHE_MM, mm_ref(x->mm));
	}
	ret(m, FN_MM_ALLOC);
	return x->mm ? 0 : -ENOMEM;
}

int exec_read_header(struct machine *m, struct exec *x)
{
	value_t header;
	int err;

	call(m, FN_READ_HEADER, inode_ref(x->inode), NO_REF, 0);
	err = do_pread(m, x->inode, 0, &header);
	ret(m, FN_READ_HEADER);
	return err == STATUS_EOF ? -ENOEXEC : err;
}

void exec_put_strings(struct machine *m, struct exec *x, struct page *page)
{
	for (unsigned i = 0; i < x->strings; i++) {
		value_t old = page->value;

		page->value = x->string[i];
		if (tracing(m))
			emit_full(m, &(struct event){ .id = EV_ARG_WRITE,
					     .o = page_ref(m, page),
					     .p = task_ref(x->task),
					     .field = "value",
					     .type = VT_VALUE,
					     .old = old,
					     .new = page->value });
	}
}

struct vm_area_struct *exec_stack_vma(struct machine *m, struct exec *x,
	uint64_t start, uint64_t end)
{
	const struct era_ops *ops = ops_of(m);
	struct vm_area_struct *vma = vma_alloc(m);

	if (!vma)
		return NULL;
	vma->name = string_intern(m, "[stack]");
	vma->vm_mm = x->mm;
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_flags = VM_READ | VM_WRITE | ops->exec->stack_exec |
		VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_GROWSDOWN |
		ops->account_flag;
	vma->vm_pgoff = ops->anon_pgoff ? start >> PAGE_SHIFT : 0;
	slab_tell(m, CACHE_VMA, vma_ref(vma));
	if (ops->account_flag && vm_enough_memory(m, vma_pages(vma))) {
		vma_free(m, vma);
		return NULL;
	}
	if (vma_reserve(m, x->mm, start, end, vma)) {
		vma_free(m, vma);
		return NULL;
	}
	vma_link(m, vma);
	vm_stat_account(x->mm, vma->vm_flags, (int64_t)vma_pages(vma));
	return vma;
}

void exec_switch_mm(struct machine *m, struct exec *x)
{
	struct task_struct *task = x->task;
	struct mm_struct *old = task->mm;

	task->mm = x->mm;
	task->exec_mm = old;
	x->mm->id = task->pid;
	if (old->id == task->pid)
		old->id |= MM_EXEC;
	if (old->mm_users > 1)
		mm_update_owner(m, old, task);
	memset(task->vmacache, 0, sizeof task->vmacache); /* vmacache_flush */
	tell(m, EV_EXEC_MMAP, task_ref(task), NO_REF, 0);
}

/* -- load_elf_binary --------------------------------------------------------- */

static uint64_t bytes(uint64_t pages)
{
	return pages << PAGE_SHIFT;
}

/* One mapping of the program's file, or a hint where all of it will be. */
static int map_file(struct machine *m, struct exec *x, uint64_t addr,
	uint64_t len, uint64_t pgoff, unsigned prot, const char *name)
{
	struct op op = { .id = OP_MMAP };

	op_set(&op, "addr", addr);
	op_set(&op, "len", len);
	op_set(&op, "prot", prot);
	op_set(&op, "file", x->inode->id);
	op_set(&op, "pgoff", pgoff);
	op_set(&op, "fixed", 1);
	strncpy(op.text, name, NAME_SIZE - 1);
	return do_mmap(m, x->mm, &op, &addr, &len);
}

/* elf_map: the pages [pgoff, pgoff + pages) of the file; the first segment may
 * reserve room for @whole. */
static int elf_map(struct machine *m, struct exec *x, uint64_t addr,
	uint64_t pages, uint64_t whole, unsigned prot, const char *name)
{
	uint64_t pgoff = prot & PROT_X ? 0 : x->text;
	int err;

	call(m, FN_ELF_MAP, addr_ref(x->mm, addr), inode_ref(x->inode), pages);
	mmap_write_lock(m, x->mm);
	err = map_file(m, x, addr, bytes(whole), pgoff, prot, name);
	if (!err && whole > pages)
		err = do_munmap(m, x->mm, addr + bytes(pages),
			bytes(whole - pages));
	mmap_write_unlock(m, x->mm);
	ret(m, FN_ELF_MAP);
	return err;
}

/* The last page of data holds what is not of the program behind its end: clear
 * that.  This write makes the page private. */
static int padzero(struct machine *m, struct exec *x)
{
	const struct exec_ops *ops = ops_of(m)->exec;
	int err;

	if (!x->data || (!x->bss && !ops->tail_always))
		return 0;
	call(m, FN_PADZERO, addr_ref(x->mm, x->mm->end_data), NO_REF, 0);
	err = clear_user(m, x->mm, x->mm->end_data);
	ret(m, FN_PADZERO);
	return err;
}

/* set_brk: zeroed pages, and the heap will begin behind them. */
static int set_brk(struct machine *m, struct exec *x, uint64_t start)
{
	uint64_t end = start + bytes(x->bss), size = machine_paging(m)->task_size;
	int err = 0;

	call(m, FN_SET_BRK, addr_ref(x->mm, start), addr_ref(x->mm, end), 0);
	if (x->bss > (size - start) >> PAGE_SHIFT ||
		vma_intersection(x->mm, start, end))
		err = -ENOMEM;
	if (!err && x->bss) {
		mmap_write_lock(m, x->mm);
		err = vm_brk(m, x->mm, start, bytes(x->bss), "bss");
		mmap_write_unlock(m, x->mm);
	}
	if (!err)
		x->mm->start_brk = x->mm->brk = end;
	ret(m, FN_SET_BRK);
	return err;
}

static int load_bss(struct machine *m, struct exec *x, uint64_t start)
{
	bool tail_first = ops_of(m)->exec->tail_first;
	int err = 0;

	if (tail_first)
		err = padzero(m, x);
	if (!err)
		err = set_brk(m, x, start);
	if (!err && !tail_first)
		err = padzero(m, x);
	return err;
}

static int load_segments(struct machine *m, struct exec *x)
{
	struct mm_struct *mm = x->mm;
	uint64_t addr = machine_paging(m)->text_base;
	uint64_t data = addr + bytes(x->text), end = data + bytes(x->data);
	uint64_t whole = ops_of(m)->exec->maps_whole
		? x->text + x->data + x->bss
		: x->text;
	int err = elf_map(m, x, addr, x->text, whole, PROT_R | PROT_X, "text");

	if (!err && x->data)
		err = elf_map(m, x, data, x->data, x->data, PROT_R | PROT_W,
			"data");
	if (err)
		return err;
	mm->start_code = addr;
	mm->end_code = data;
	/* the last segment, be it the code */
	mm->start_data = x->data ? data : addr;
	mm->end_data = x->data ? end - PAGE_SIZE / 2 : data;
	return load_bss(m, x, end);
}

static int flush_old_exec(struct machine *m, struct exec *x)
{
	int err;

	call(m, FN_FLUSH_OLD_EXEC, task_ref(x->task), NO_REF, 0);
	call(m, FN_EXEC_MMAP, task_ref(x->task), NO_REF, 0);
	err = ops_of(m)->exec->mmap(m, x);
	ret(m, FN_EXEC_MMAP);
	ret(m, FN_FLUSH_OLD_EXEC);
	x->lost = !err;
	return err;
}

static int setup_arg_pages(struct machine *m, struct exec *x)
{
	int err;

	call(m, FN_SETUP_ARG_PAGES, task_ref(x->task), NO_REF, 0);
	err = ops_of(m)->exec->arg_pages(m, x);
	ret(m, FN_SETUP_ARG_PAGES);
	return err;
}

/* What its headers say must be in the file. */
static bool is_program(const struct exec *x)
{
	uint64_t size = x->inode->i_size;

	return x->text && x->text <= size && x->data <= size - x->text;
}

static int load_elf_binary(struct machine *m, struct exec *x)
{
	int err = is_program(x) ? 0 : -ENOEXEC;

	call(m, FN_LOAD_ELF, task_ref(x->task), inode_ref(x->inode), 0);
	if (!err)
		err = flush_old_exec(m, x);
	if (!err)
		err = setup_arg_pages(m, x);
	if (!err)
		err = load_segments(m, x);
	ret(m, FN_LOAD_ELF);
	return err;
}

/* -- execve ------------------------------------------------------------------- */

/* Nothing has happened to the task: what was made for it goes. */
static void give_up(struct machine *m, struct exec *x)
{
	if (x->page)
		put_page(m, x->page);
	if (x->task->exec_mm && !x->lost)
		mmput(m, x->task, &x->task->exec_mm);
}

int do_exec(struct machine *m, struct exec *x)
{
	int err;

	call(m, FN_EXECVE, task_ref(x->task), inode_ref(x->inode), 0);
	inode_get(x->inode); /* the open file */
	err = ops_of(m)->exec->prepare(m, x);
	if (!err)
		err = load_elf_binary(m, x);
	if (err)
		give_up(m, x);
	inode_put(m, x->inode);
	if (err && x->lost)
		tell(m, EV_EXEC_KILLED, task_ref(x->task), NO_REF, 0);
	ret(m, FN_EXECVE);
	return err;
}
