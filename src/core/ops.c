/* Running an operation: by its number, for its task, file or page. */
#include "core/ops.h"
#include "core/emit.h"
#include "core/exec.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/ksm.h"
#include "core/limits.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/swap.h"
#include "core/task.h"

#include <errno.h>
#include <string.h>

/* Who does what to whom, as an operation sees it. */
struct run {
	struct machine *m;
	const struct op *op;
	struct task_struct *task; /* ON_TASK */
	struct inode *inode;      /* ON_FILE */
	struct op_result *res;
};

static int run_mlock(struct run *r)
{
	return do_mlock(r->m, r->task->mm, r->op->arg[0], r->op->arg[1],
		r->op->arg[2] ? MLOCK_ONFAULT : MLOCK_NOW);
}

static int run_munlock(struct run *r)
{
	return do_mlock(r->m, r->task->mm, r->op->arg[0], r->op->arg[1],
		MLOCK_NOT);
}

static int run_mlockall(struct run *r)
{
	return do_mlockall(r->m, r->task->mm, r->op->arg[0], r->op->arg[1],
		r->op->arg[2]);
}

static int run_munlockall(struct run *r)
{
	do_munlockall(r->m, r->task->mm);
	return 0;
}

static int run_swapoff(struct run *r)
{
	return do_swapoff(r->m);
}

static int run_spawn(struct run *r)
{
	uint32_t pid = 0;
	int err = task_spawn(r->m, r->op->text, &pid);

	r->res->value = pid;
	return err;
}

/* 4.0 on: MAP_LOCKED and MCL_FUTURE fault in once mmap_sem is released. */
static bool wants_locked(const struct run *r, const struct op *op)
{
	bool locked = op->arg[MMAP_LOCKED] ||
		(r->task->mm->def_flags & VM_LOCKED);

	return locked && !ops_of(r->m)->lock_faults_in;
}

static int run_mmap(struct run *r)
{
	struct mm_struct *mm = r->task->mm;
	struct op op = *r->op;
	int err;

	if (!(op.given & 1u << 3))
		op.arg[3] = PROT_R | PROT_W;
	mmap_write_lock(r->m, mm);
	err = do_mmap(r->m, mm, &op, &r->res->value, &r->res->len);
	mmap_write_unlock(r->m, mm);
	if (!err && (op.arg[MMAP_POPULATE] || wants_locked(r, &op)))
		mm_populate(r->m, mm, r->res->value, r->res->len);
	return err;
}

static int run_munmap(struct run *r)
{
	struct mm_struct *mm = r->task->mm;
	int err;

	mmap_write_lock(r->m, mm);
	err = do_munmap(r->m, mm, r->op->arg[0], r->op->arg[1]);
	mmap_write_unlock(r->m, mm);
	return err;
}

static int run_mprotect(struct run *r)
{
	struct mm_struct *mm = r->task->mm;
	int err;

	mmap_write_lock(r->m, mm);
	err = do_mprotect(r->m, mm, r->op->arg[0], r->op->arg[1],
		(unsigned)r->op->arg[2]);
	mmap_write_unlock(r->m, mm);
	return err;
}

/* 4.0 on: what a locked VMA has grown by is faulted in. */
static void populate_grown(struct run *r, uint64_t old_len)
{
	struct mm_struct *mm = r->task->mm;
	uint64_t grown = r->res->value + page_align(old_len);
	const struct vm_area_struct *vma = vma_lookup(mm, grown);

	if (page_align(old_len) < r->res->len && vma &&
		(vma->vm_flags & VM_LOCKED) && !ops_of(r->m)->lock_faults_in)
		mm_populate(r->m, mm, grown,
			r->res->len - page_align(old_len));
}

static int run_mremap(struct run *r)
{
	struct mm_struct *mm = r->task->mm;
	int err;

	mmap_write_lock(r->m, mm);
	err = do_mremap(r->m, mm, r->op, &r->res->value, &r->res->len);
	mmap_write_unlock(r->m, mm);
	if (!err)
		populate_grown(r, r->op->arg[1]);
	return err;
}

static int run_madvise(struct run *r)
{
	return do_madvise(r->m, r->task->mm, r->op->arg[0], r->op->arg[1],
		(enum advice)r->op->arg[2]);
}

static int run_mincore(struct run *r)
{
	int err = do_mincore(r->m, r->task->mm, r->op->arg[0], r->op->arg[1],
		r->res);

	r->res->value = r->res->nr_found;
	return err;
}

static int run_msync(struct run *r)
{
	unsigned flags = (r->op->arg[2] ? MSYNC_ASYNC : 0) |
		(r->op->arg[3] ? MSYNC_SYNC : 0) |
		(r->op->arg[4] ? MSYNC_INVALIDATE : 0);

	return do_msync(r->m, r->task->mm, r->op->arg[0], r->op->arg[1],
		flags);
}

static int run_brk(struct run *r)
{
	struct mm_struct *mm = r->task->mm;

	uint64_t old = page_align(mm->brk);

	mmap_write_lock(r->m, mm);
	r->res->value =
		r->op->given & 1 ? do_brk(r->m, mm, r->op->arg[0]) : mm->brk;
	mmap_write_unlock(r->m, mm);
	if (page_align(mm->brk) > old && (mm->def_flags & VM_LOCKED) &&
		!ops_of(r->m)->lock_faults_in)
		mm_populate(r->m, mm, old, page_align(mm->brk) - old);
	return 0;
}

/* With the stack pointer where argument @i says. */
static int access_at_sp(struct run *r, unsigned i, bool write, value_t *value)
{
	uint64_t addr = r->op->arg[0];
	uint64_t sp = r->op->given & 1u << i ? r->op->arg[i] : addr;

	return access_user_sp(r->m, r->task->mm, addr, sp, write, value);
}

static int run_read(struct run *r)
{
	value_t value = 0;
	int status = access_at_sp(r, 1, false, &value);

	r->res->value = value;
	return status;
}

static value_t string_value(uint32_t string)
{
	return (uint64_t)VALUE_STRING << 48 | string;
}

/* The word that ARG_VALUE, an argument by its place, stands for. */
static value_t value_arg(struct run *r, unsigned arg)
{
	if (r->op->text_value)
		return string_value(string_intern(r->m, r->op->text));
	return r->op->arg[arg] & 0xffffffffffffull;
}

static int run_write(struct run *r)
{
	value_t value = value_arg(r, 1);

	return access_at_sp(r, 2, true, &value);
}

static int run_fork(struct run *r)
{
	uint32_t pid = 0;
	int err = task_fork(r->m, r->task, r->op->text, &pid);

	r->res->value = pid;
	return err;
}

static int run_exit(struct run *r)
{
	task_exit(r->m, r->task);
	return 0;
}

static int run_clone(struct run *r)
{
	uint32_t pid = 0;

	if (!r->op->arg[1]) /* without CLONE_VM */
		return run_fork(r);
	task_clone(r->m, r->task, r->op->text, &pid);
	r->res->value = pid;
	return 0;
}

static int run_vfork(struct run *r)
{
	uint32_t pid = 0;

	task_vfork(r->m, r->task, r->op->text, &pid);
	r->res->value = pid;
	return 0;
}

enum { EXEC_FILE, EXEC_TEXT, EXEC_DATA, EXEC_BSS, EXEC_ARGS, EXEC_SHIFT };

static bool was_given(const struct op *op, unsigned arg)
{
	return op->given >> arg & 1;
}

/* Without sizes all of the file is the program, its last page data. */
static void exec_sizes(const struct op *op, struct exec *x)
{
	uint64_t size = x->inode->i_size;

	x->data = was_given(op, EXEC_DATA) ? op->arg[EXEC_DATA] : size > 1;
	x->text = was_given(op, EXEC_TEXT) ? op->arg[EXEC_TEXT]
		: size > x->data	   ? size - x->data
					   : 0;
	x->bss = op->arg[EXEC_BSS];
	x->shift = op->arg[EXEC_SHIFT];
}

/* STACK_RND_MASK: randomization does not go further. */
static uint64_t stack_random_pages(const struct paging *p)
{
	return p->addr_bits == 32 ? 0x7ff : 0x3fffff;
}

static int run_exec(struct run *r)
{
	const struct op *op = r->op;
	struct exec x = { .task = r->task,
		.inode = inode_by_id(r->m, (uint32_t)op->arg[EXEC_FILE]) };
	int err;

	if (!x.inode || x.inode->hidden)
		return -EBADF;
	if (op->arg[EXEC_SHIFT] > stack_random_pages(machine_paging(r->m)))
		return -EINVAL;
	exec_sizes(op, &x);
	x.string[x.strings++] = string_value(x.inode->name);
	if (was_given(op, EXEC_ARGS))
		x.string[x.strings++] = value_arg(r, EXEC_ARGS);
	err = do_exec(r->m, &x);
	if (err && x.lost)
		task_exit(r->m, r->task);
	return err;
}

static int run_wait(struct run *r)
{
	uint32_t pid = 0;
	int err = task_wait(r->m, r->task, &pid);

	r->res->value = pid;
	return err;
}

static int run_file(struct run *r)
{
	uint32_t id = 0;
	int err = do_file(r->m, r->op->text, r->op->arg[1], r->op->arg[2],
		r->op->arg[3], &id);

	r->res->value = id;
	return err;
}

static int run_pread(struct run *r)
{
	value_t value = 0;
	int err = do_pread(r->m, r->inode, r->op->arg[0], &value);

	r->res->value = value;
	return err;
}

static int run_pwrite(struct run *r)
{
	return do_pwrite(r->m, r->inode, r->op->arg[0], value_arg(r, 1));
}

static int run_ftruncate(struct run *r)
{
	return do_ftruncate(r->m, r->inode, r->op->arg[0]);
}

static int run_fsync(struct run *r)
{
	do_fsync(r->m, r->inode);
	return 0;
}

static int run_rmap(struct run *r)
{
	struct page *page = page_by_pfn(r->m, r->op->subject);
	int status;

	if (!page)
		return -EINVAL;
	status = rmap_walk_op(r->m, page, r->op->arg[0], r->res);
	r->res->value = r->res->nr_found;
	return status;
}

static int run_reclaim(struct run *r)
{
	uint64_t want = r->op->arg[0];

	/* Who asks for more than there is would scan for ages. */
	if (want > r->m->nr_frames)
		want = r->m->nr_frames;
	r->res->value = reclaim_pages(r->m, want);
	return 0;
}

static int run_migrate(struct run *r)
{
	struct page *page = page_by_pfn(r->m, r->op->subject);

	return page ? migrate_page(r->m, page) : -EINVAL;
}

static int run_setrlimit(struct run *r)
{
	do_setrlimit(r->m, r->task, r->op->given, r->op->arg);
	return 0;
}

static int run_ksm(struct run *r)
{
	return ksm_scan(r->m, r->op->arg[0], &r->res->value);
}

static int (*const runs[NR_OPS])(struct run *) = {
	[OP_SPAWN] = run_spawn,
	[OP_FILE] = run_file,
	[OP_MMAP] = run_mmap,
	[OP_MUNMAP] = run_munmap,
	[OP_MPROTECT] = run_mprotect,
	[OP_MREMAP] = run_mremap,
	[OP_MADVISE] = run_madvise,
	[OP_BRK] = run_brk,
	[OP_READ] = run_read,
	[OP_WRITE] = run_write,
	[OP_FORK] = run_fork,
	[OP_EXIT] = run_exit,
	[OP_PREAD] = run_pread,
	[OP_PWRITE] = run_pwrite,
	[OP_FTRUNCATE] = run_ftruncate,
	[OP_FSYNC] = run_fsync,
	[OP_RMAP] = run_rmap,
	[OP_RECLAIM] = run_reclaim,
	[OP_MIGRATE] = run_migrate,
	[OP_MLOCK] = run_mlock,
	[OP_MUNLOCK] = run_munlock,
	[OP_MLOCKALL] = run_mlockall,
	[OP_MUNLOCKALL] = run_munlockall,
	[OP_SWAPOFF] = run_swapoff,
	[OP_MINCORE] = run_mincore,
	[OP_MSYNC] = run_msync,
	[OP_SETRLIMIT] = run_setrlimit,
	[OP_CLONE] = run_clone,
	[OP_VFORK] = run_vfork,
	[OP_EXEC] = run_exec,
	[OP_WAIT] = run_wait,
	[OP_KSM] = run_ksm,
};

/* What the operations before cost becomes part of the total. */
static void begin(struct machine *m)
{
	for (int i = 0; i < NR_COSTS; i++) {
		m->total.n[i] += m->op_costs.n[i];
		m->op_costs.n[i] = 0;
	}
	m->faults = 0;
	m->major_faults = 0;
	m->nr_killed = 0;
	m->fault_again = false;
	m->oom_current = false;
	m->current_pid = 0;
	m->ops++;
}

/* The OOM killer chose the task whose operation it was: it ends with it. */
static int end_oom_victim(struct run *r)
{
	r->m->oom_current = false;
	if (r->task->mm)
		task_exit(r->m, r->task);
	return STATUS_OOM;
}

static void fill_result(const struct machine *m, struct op_result *res)
{
	res->faults = m->faults;
	res->major = m->major_faults;
	res->costs = m->op_costs;
	res->nr_killed = m->nr_killed;
	memcpy(res->killed, m->killed, sizeof(res->killed));
}

static int run_as(struct run *r)
{
	int status;

	r->m->current_pid = r->task ? r->task->pid : 0;
	status = runs[r->op->id](r);
	if (r->m->oom_current)
		status = end_oom_victim(r);
	r->m->current_pid = 0;
	return status;
}

/* The living task or the file that the operation is about. */
static int find_subject(struct run *r)
{
	enum op_subject on = op_desc(r->op->id)->subject;

	if (on == ON_TASK) {
		r->task = task_find(r->m, r->op->subject);
		if (!r->task || !r->task->mm)
			return -ESRCH;
		/* it waits for its vfork child: it cannot do anything */
		return r->task->vfork_child ? -EBUSY : 0;
	}
	if (on == ON_FILE) {
		r->inode = inode_by_id(r->m, r->op->subject);
		return r->inode && !r->inode->hidden ? 0 : -EBADF;
	}
	return 0;
}

int machine_run(struct machine *m, const struct op *op, struct op_result *res)
{
	struct run r = { m, op, NULL, NULL, res };
	int status = -EINVAL;

	begin(m);
	res->value = 0;
	res->len = 0;
	res->nr_found = 0;
	if (op->id > OP_NONE && op->id < NR_OPS) {
		status = find_subject(&r);
		if (!status)
			status = run_as(&r);
	}
	kswapd_run(m);
	if (status)
		tell(m, EV_REFUSE, NO_REF, NO_REF, (uint64_t)(int64_t)status);
	io_end_all(m);
	res->status = status;
	fill_result(m, res);
	return status;
}
