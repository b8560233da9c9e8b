/* The table of operations, and running one. */
#include "core/ops.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/swap.h"
#include "core/task.h"
#include "core/text.h"

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

#define WHERE                                                                  \
	{ "addr", ARG_ADDR, false, "first address" },                          \
	{                                                                      \
		"len", ARG_LEN, false, "length in bytes"                       \
	}

static const struct op_desc descs[NR_OPS] = {
	[OP_SPAWN] = {
		.id = OP_SPAWN,
		.name = "spawn",
		.subject = ON_NOTHING,
		.arg = { { "name", ARG_NAME, false, "what to call the task" } },
		.result = RESULT_TASK,
		.summary = N_("a task with an empty address space"),
		.errors = "ENOMEM",
	},
	[OP_FILE] = {
		.id = OP_FILE,
		.name = "file",
		.subject = ON_NOTHING,
		.arg = {
			{ "name", ARG_NAME, false, "what to call the file" },
			{ "pages", ARG_PAGES, false, "its size" },
			{ "hole", ARG_BOOL, true, "nothing is written in it" },
			{ "tmpfs", ARG_BOOL, true, "in memory and swap only" },
		},
		.result = RESULT_FILE,
		.summary = N_("a file on the disk, or of tmpfs"),
		.errors = "ENOMEM EFBIG",
	},
	[OP_MMAP] = {
		.id = OP_MMAP,
		.name = "mmap",
		.subject = ON_TASK,
		.arg = {
			{ "len", ARG_LEN, false, "length in bytes" },
			{ "addr", ARG_ADDR, true, "where; a hint unless fixed" },
			{ "fixed", ARG_FIXED, true,
				"exactly there; noreplace: only if free" },
			{ "prot", ARG_PROT, true, "protection, rw- if not given" },
			{ "name", ARG_NAME, true, "what to call the region" },
			{ "shared", ARG_BOOL, true, "writes are seen by all" },
			{ "file", ARG_FILE, true, "what to map; none: memory" },
			{ "pgoff", ARG_INDEX, true, "from which page of it" },
			{ "populate", ARG_BOOL, true, "map its pages at once" },
			{ "noreserve", ARG_BOOL, true, "promise no memory" },
			{ "locked", ARG_BOOL, true, "keep it in memory" },
		},
		.result = RESULT_REGION,
		.summary = N_("map memory or a file"),
		.errors = "EBADF EINVAL EOVERFLOW ENOMEM EEXIST",
	},
	[OP_MUNMAP] = {
		.id = OP_MUNMAP,
		.name = "munmap",
		.subject = ON_TASK,
		.arg = { WHERE },
		.result = RESULT_TRUE,
		.summary = N_("unmap a range, splitting VMAs at its ends"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MPROTECT] = {
		.id = OP_MPROTECT,
		.name = "mprotect",
		.subject = ON_TASK,
		.arg = { WHERE, { "prot", ARG_PROT, false, "new protection" } },
		.result = RESULT_TRUE,
		.summary = N_("change the protection of a range"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MREMAP] = {
		.id = OP_MREMAP,
		.name = "mremap",
		.subject = ON_TASK,
		.arg = {
			{ "addr", ARG_ADDR, false, "first address" },
			{ "old_len", ARG_LEN, false, "length now" },
			{ "new_len", ARG_LEN, false, "length then" },
			{ "to", ARG_ADDR, true, "where to" },
			{ "maymove", ARG_BOOL, true, "it may be moved" },
			{ "fixed", ARG_BOOL, true, "to exactly that address" },
			{ "dontunmap", ARG_BOOL, true,
				"leave the old range mapped, empty" },
		},
		.result = RESULT_REGION,
		.summary = N_("grow, shrink or move a region"),
		.errors = "EINVAL EFAULT ENOMEM",
	},
	[OP_MADVISE] = {
		.id = OP_MADVISE,
		.name = "madvise",
		.subject = ON_TASK,
		.arg = { WHERE, { "advice", ARG_ADVICE, false, "what to expect" } },
		.result = RESULT_TRUE,
		.summary = N_("tell how a range will be used"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_BRK] = {
		.id = OP_BRK,
		.name = "brk",
		.subject = ON_TASK,
		.arg = { { "addr", ARG_ADDR, true, "new end of the heap" } },
		.result = RESULT_ADDR,
		.summary = N_("move the end of the heap; the end it has then"),
		.errors = "",
	},
	[OP_READ] = {
		.id = OP_READ,
		.name = "read",
		.subject = ON_TASK,
		.arg = { { "addr", ARG_ADDR, false, "an address" } },
		.result = RESULT_VALUE,
		.summary = N_("read what the page holds, as the processor does"),
		.errors = "SIGSEGV SIGBUS OOM",
	},
	[OP_WRITE] = {
		.id = OP_WRITE,
		.name = "write",
		.subject = ON_TASK,
		.arg = { { "addr", ARG_ADDR, false, "an address" },
			{ "value", ARG_VALUE, false, "a number or a string" } },
		.result = RESULT_TRUE,
		.summary = N_("write to the page, as the processor does"),
		.errors = "SIGSEGV SIGBUS OOM",
	},
	[OP_FORK] = {
		.id = OP_FORK,
		.name = "fork",
		.subject = ON_TASK,
		.arg = { { "name", ARG_NAME, false, "what to call the child" } },
		.result = RESULT_TASK,
		.summary = N_("a child with a copy of the address space"),
		.errors = "ENOMEM",
	},
	[OP_EXIT] = {
		.id = OP_EXIT,
		.name = "exit",
		.subject = ON_TASK,
		.result = RESULT_TRUE,
		.summary = N_("end the task and its address space"),
		.errors = "",
	},
	[OP_PREAD] = {
		.id = OP_PREAD,
		.name = "pread",
		.method = "read",
		.subject = ON_FILE,
		.arg = { { "page", ARG_INDEX, false, "which page of it" } },
		.result = RESULT_VALUE,
		.summary = N_("read a page of the file, as read() does"),
		.errors = "EOF ENOMEM",
	},
	[OP_PWRITE] = {
		.id = OP_PWRITE,
		.name = "pwrite",
		.method = "write",
		.subject = ON_FILE,
		.arg = { { "page", ARG_INDEX, false, "which page of it" },
			{ "value", ARG_VALUE, false, "a number or a string" } },
		.result = RESULT_TRUE,
		.summary = N_("write a page of the file, as write() does"),
		.errors = "EFBIG ENOMEM",
	},
	[OP_FTRUNCATE] = {
		.id = OP_FTRUNCATE,
		.name = "ftruncate",
		.method = "truncate",
		.subject = ON_FILE,
		.arg = { { "pages", ARG_PAGES, false, "its new size" } },
		.result = RESULT_TRUE,
		.summary = N_("make the file shorter or longer"),
		.errors = "EFBIG",
	},
	[OP_FSYNC] = {
		.id = OP_FSYNC,
		.name = "fsync",
		.method = "sync",
		.subject = ON_FILE,
		.result = RESULT_TRUE,
		.summary = N_("write its dirty pages to the disk"),
		.errors = "",
	},
	[OP_RMAP] = {
		.id = OP_RMAP,
		.name = "rmap",
		.subject = ON_PAGE,
		.arg = { { "full", ARG_BOOL, true,
			"to the end of the walk, as migration does" } },
		.result = RESULT_WALK,
		.summary = N_("walk the reverse map of a frame, as reclaim does"),
		.errors = "EINVAL",
	},
	[OP_RECLAIM] = {
		.id = OP_RECLAIM,
		.name = "reclaim",
		.subject = ON_NOTHING,
		.arg = { { "pages", ARG_PAGES, false, "how many are wanted" } },
		.result = RESULT_COUNT,
		.summary = N_("free page frames, as a task does that finds none"),
		.errors = "",
	},
	[OP_MIGRATE] = {
		.id = OP_MIGRATE,
		.name = "migrate",
		.subject = ON_PAGE,
		.result = RESULT_TRUE,
		.summary = N_("move what a frame holds to another one"),
		.errors = "EINVAL EBUSY EAGAIN ENOMEM ENOSYS",
	},
	[OP_MLOCK] = {
		.id = OP_MLOCK,
		.name = "mlock",
		.subject = ON_TASK,
		.arg = { WHERE,
			{ "onfault", ARG_BOOL, true,
				"lock pages as they are touched" } },
		.result = RESULT_TRUE,
		.summary = N_("keep a range in memory"),
		.errors = "EINVAL ENOMEM EAGAIN ENOSYS",
	},
	[OP_MUNLOCK] = {
		.id = OP_MUNLOCK,
		.name = "munlock",
		.subject = ON_TASK,
		.arg = { WHERE },
		.result = RESULT_TRUE,
		.summary = N_("let a range be reclaimed again"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MLOCKALL] = {
		.id = OP_MLOCKALL,
		.name = "mlockall",
		.subject = ON_TASK,
		.arg = {
			{ "current", ARG_BOOL, true, "what is mapped now" },
			{ "future", ARG_BOOL, true, "what will be mapped" },
			{ "onfault", ARG_BOOL, true,
				"lock pages as they are touched" },
		},
		.result = RESULT_TRUE,
		.summary = N_("keep a whole address space in memory"),
		.errors = "EINVAL",
	},
	[OP_MUNLOCKALL] = {
		.id = OP_MUNLOCKALL,
		.name = "munlockall",
		.subject = ON_TASK,
		.result = RESULT_TRUE,
		.summary = N_("let a whole address space be reclaimed again"),
		.errors = "",
	},
	[OP_SWAPOFF] = {
		.id = OP_SWAPOFF,
		.name = "swapoff",
		.subject = ON_NOTHING,
		.result = RESULT_TRUE,
		.summary = N_("bring all of swap back and end the area"),
		.errors = "EINVAL ENOMEM",
	},
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

/* Only what changes VMAs needs the lock for writing. */
static int run_madvise(struct run *r)
{
	struct mm_struct *mm = r->task->mm;
	bool zaps = r->op->arg[2] == ADVICE_DONTNEED &&
		!ops_of(r->m)->advice_locks_write;
	int err;

	if (zaps)
		lock_read(r->m, &mm->mmap_lock, mm_ref(mm),
			ops_of(r->m)->mmap_lock);
	else
		mmap_write_lock(r->m, mm);
	err = do_madvise(r->m, mm, r->op->arg[0], r->op->arg[1],
		(enum advice)r->op->arg[2]);
	if (zaps)
		unlock_read(r->m, &mm->mmap_lock, mm_ref(mm),
			ops_of(r->m)->mmap_lock);
	else
		mmap_write_unlock(r->m, mm);
	return err;
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

static int run_read(struct run *r)
{
	value_t value = 0;
	int status =
		access_user(r->m, r->task->mm, r->op->arg[0], false, &value);

	r->res->value = value;
	return status;
}

/* The word that ARG_VALUE, the second argument, stands for. */
static value_t value_arg(struct run *r)
{
	if (r->op->text_value)
		return (uint64_t)VALUE_STRING << 48 |
			string_intern(r->m, r->op->text);
	return r->op->arg[1] & 0xffffffffffffull;
}

static int run_write(struct run *r)
{
	value_t value = value_arg(r);

	return access_user(r->m, r->task->mm, r->op->arg[0], true, &value);
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
	return do_pwrite(r->m, r->inode, r->op->arg[0], value_arg(r));
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
	enum op_subject on = descs[r->op->id].subject;

	if (on == ON_TASK) {
		r->task = task_find(r->m, r->op->subject);
		return r->task && r->task->mm ? 0 : -ESRCH;
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

/* -- the table ----------------------------------------------------------- */

const struct op_desc *op_desc(enum op_id id)
{
	return id > OP_NONE && id < NR_OPS ? &descs[id] : NULL;
}

const struct op_desc *op_find(const char *name)
{
	for (int i = OP_NONE + 1; i < NR_OPS; i++)
		if (!strcmp(descs[i].name, name))
			return &descs[i];
	return NULL;
}

bool op_set(struct op *op, const char *name, uint64_t value)
{
	const struct op_desc *d = op_desc(op->id);

	for (int i = 0; d && d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, name)) {
			op->arg[i] = value;
			op->given |= (uint16_t)(1u << i);
			return true;
		}
	return false;
}
