/* The simulator's side: a 6.18 machine. */
#include "sides.h"
#include "core/check.h"
#include "core/filemap.h"
#include "core/mm.h"
#include "core/page_tree.h"
#include "core/swap.h"
#include "core/swapops.h"

#include <errno.h>
#include <string.h>

static struct machine *m;
static uint32_t pids[MAX_TASKS]; /* pid of each task of the list, 0: none */
static uint32_t files[MAX_FILES + 1]; /* number of each file, 0: none */
static struct blur blur;

static struct machine *new_machine(uint32_t *pid)
{
	struct machine_config config = { .era = era_find("6.18") };
	struct op op = { .id = OP_SPAWN, .text = "t0" };
	struct op_result res = { .status = 0 };
	struct machine *made = machine_new(&config);

	if (made && machine_run(made, &op, &res)) {
		machine_delete(made);
		return NULL;
	}
	*pid = (uint32_t)res.value;
	return made;
}

static bool begin(void)
{
	memset(pids, 0, sizeof pids);
	memset(files, 0, sizeof files);
	memset(&blur, 0, sizeof blur);
	m = new_machine(&pids[0]);
	return m;
}

static void end(void)
{
	if (m)
		machine_delete(m);
	m = NULL;
}

/* -- what it can do -------------------------------------------------------- */

bool can_do(enum op_id id)
{
	struct op op = { .id = (uint16_t)id, .text = "x" };
	struct op_result res = { .status = 0 };
	uint32_t pid;
	struct machine *probe = new_machine(&pid);
	int status = -ENOSYS;

	op.subject = pid;
	if (probe) {
		status = machine_run(probe, &op, &res);
		machine_delete(probe);
	}
	return status != -ENOSYS;
}

/* An advice that is still to come is unknown. */
bool can_advise(enum advice advice)
{
	uint32_t pid;
	struct machine *probe = new_machine(&pid);
	bool found = false;

	for (int shared = 0; probe && shared < 2; shared++) {
		struct op op = { .id = OP_MMAP, .subject = pid };
		struct op_result res = { .status = 0 };

		op_set(&op, "len", PAGE_SIZE);
		op_set(&op, "shared", shared);
		machine_run(probe, &op, &res);
		op = (struct op){ .id = OP_MADVISE, .subject = pid };
		op_set(&op, "addr", res.value);
		op_set(&op, "len", PAGE_SIZE);
		op_set(&op, "advice", advice);
		machine_run(probe, &op, &res);
		found |= res.status != -EINVAL && res.status != -ENOSYS;
	}
	if (probe)
		machine_delete(probe);
	return found;
}

/* -- looking --------------------------------------------------------------- */

static void see_frame(uint64_t pfn, struct page_view *p)
{
	const struct page *page = page_by_pfn(m, pfn);

	p->pfn = pfn;
	p->zero = pfn == m->zero_pfn;
	p->file = page->kind == PAGE_FILE || page->kind == PAGE_SHMEM;
	p->ksm = page->kind == PAGE_KSM;
	p->mapcount = sight.counts ? page_mapcount(page) : -1;
	for (unsigned i = 0; i < NR_PAGE_FLAGS_SEEN && sight.counts; i++)
		if (page->flags & page_flags[i].own)
			p->flags |= 1u << i;
}

static void see_page(
	const struct mm_struct *mm, unsigned i, struct page_view *p)
{
	pteval_t pte = mm_pte(m, mm, WINDOW_BASE + i * (uint64_t)PAGE_SIZE);

	p->present = pte_present(m, pte);
	if (p->present)
		see_frame(pte_pfn(m, pte), p);
	else
		p->swapped = !pte_none(pte);
	p->guard = pte_is_guard(m, pte);
}

static void see_vma(const struct vm_area_struct *v, struct vma_view *view)
{
	view->start = window_page(v->vm_start);
	view->end = window_page(v->vm_end);
	view->prot = v->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);
	for (unsigned i = 0; i < NR_VMA_FLAGS; i++)
		if (v->vm_flags & vma_flags[i].bit)
			view->flags |= 1u << i;
	if (!v->vm_file)
		return;
	view->pgoff = v->vm_pgoff;
	view->key[0] = v->vm_file->id;
	view->file = MAX_FILES + 1;
	for (unsigned i = 1; i <= MAX_FILES; i++)
		if (files[i] == v->vm_file->id)
			view->file = (int)i;
}

static void see_task(uint32_t pid, struct task_view *t)
{
	const struct mm_struct *mm = task_find(m, pid)->mm;

	t->alive = true;
	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next)
		if (v->vm_end > WINDOW_BASE && v->vm_start < WINDOW_END)
			see_vma(v, &t->vma[t->nr_vmas++]);
	for (unsigned i = 0; i < WINDOW_PAGES; i++)
		see_page(mm, i, &t->page[i]);
}

static void see_cache(unsigned n, struct file_view *f)
{
	struct inode *inode = inode_by_id(m, files[n]);

	f->there = true;
	f->pages = inode->i_size;
	for (unsigned i = 0; i < FILE_PAGES && sight.cache; i++) {
		const struct page *page = find_page(m, inode, i);

		f->cached[i] = page;
		/* tmpfs does not tell its tree what is dirty */
		f->dirty[i] = page && !inode->tmpfs &&
			(page->flags & PG(DIRTY));
	}
}

/* -- running --------------------------------------------------------------- */

/* What lies outside the window is not compared: take it away again. */
static void forget_elsewhere(uint32_t pid, const struct op_result *res)
{
	struct op op = { .id = OP_MUNMAP, .subject = pid };
	struct op_result ignored = { .status = 0 };

	op_set(&op, "addr", res->value);
	op_set(&op, "len", res->len);
	machine_run(m, &op, &ignored);
}

/* As the kernel's side does. */
static void warm(void)
{
	for (unsigned n = 1; n <= MAX_FILES; n++) {
		struct op op = { .id = OP_PREAD, .subject = files[n] };
		struct op_result res = { .status = 0 };

		if (!files[n] || inode_by_id(m, files[n])->tmpfs)
			continue;
		for (; !res.status; op.arg[0]++)
			machine_run(m, &op, &res);
	}
}

static void fill(unsigned n, uint64_t pages)
{
	struct op op = { .id = OP_PWRITE, .subject = files[n] };
	struct op_result ignored = { .status = 0 };

	for (unsigned i = 0; i < pages && files[n]; i++) {
		op_set(&op, "page", i);
		op_set(&op, "value", first_value(n, i));
		machine_run(m, &op, &ignored);
	}
}

static bool is_void(const struct step *step)
{
	uint32_t n = step->op.subject;

	if (step->op.id == OP_FILE)
		return files[n];
	if (step->op.id == OP_KSM)
		return false;
	if (on_file(&step->op))
		return !files[n];
	return !pids[n] || (makes_task(&step->op) && pids[step->child]);
}

struct counts {
	int rss[3], locked, faults; /* as in the mm */
};

static struct counts count(uint32_t pid)
{
	const struct task_struct *t = task_find(m, pid);
	const struct mm_struct *mm = t ? t->mm : NULL;

	if (!mm)
		return (struct counts){ { 0 }, 0, 0 };
	return (struct counts){ { (int)mm->anon_rss, (int)mm->file_rss,
					(int)mm->shmem_rss },
		(int)mm->locked_vm, (int)mm->min_flt };
}

static void note_counts(const struct step *step, const struct counts *before,
	struct answer *a)
{
	bool access = step->op.id == OP_READ || step->op.id == OP_WRITE;
	struct counts now;

	if (makes_task(&step->op) || on_file(&step->op) ||
		step->op.id == OP_EXIT || step->op.id == OP_KSM ||
		reaches_outside(&step->op))
		return;
	if (a->status == -EBUSY) /* it waits in vfork */
		return;
	now = count(pids[step->op.subject]);
	if (sight.faults && !(access && a->status))
		a->faults = now.faults - before->faults;
	a->counted = sight.rss;
	for (int i = 0; i < 3; i++)
		a->rss[i] = now.rss[i] - before->rss[i];
	a->locked = now.locked - before->locked;
}

/* The pages of the range by their place in it. */
static void note_memory(const struct op *op, const struct op_result *res,
	struct answer *a)
{
	a->listed = true;
	for (uint32_t i = 0; i < res->nr_found && i < res->max_found; i++)
		a->memory |= 1ull << ((res->found[i].addr - op->arg[0]) >>
				PAGE_SHIFT) % 64;
}

static void note_answer(const struct step *step, const struct op_result *res,
	struct answer *a)
{
	unsigned id = step->op.id;

	a->status = res->status;
	if (a->status)
		return;
	if (makes_task(&step->op))
		pids[step->child] = (uint32_t)res->value;
	else if (id == OP_EXIT)
		pids[step->op.subject] = 0;
	else if (id == OP_FILE)
		files[step->op.subject] = (uint32_t)res->value;
	else if (id == OP_READ || id == OP_PREAD)
		a->value = res->value;
	else if (id == OP_MINCORE)
		note_memory(&step->op, res, a);
	if (!gives_addr(&step->op))
		return;
	a->value = in_window(res->value) ? res->value : ELSEWHERE;
	if (a->value == ELSEWHERE && id != OP_BRK)
		forget_elsewhere(pids[step->op.subject], res);
}

/* The simulator's names for what the list names. */
static void translate(struct op *op)
{
	uint64_t *file = &op->arg[MMAP_FILE];

	if (op->id == OP_KSM)
		return;
	op->subject = on_file(op) ? files[op->subject] : pids[op->subject];
	if (op->id == OP_MMAP && *file)
		*file = *file <= MAX_FILES && files[*file] ? files[*file]
							   : UINT32_MAX;
}

static void run_op(const struct step *step, struct answer *a)
{
	static struct mapping found[WINDOW_PAGES];
	struct op op = step->op;
	struct op_result res = { .found = found, .max_found = WINDOW_PAGES };
	struct counts before;

	translate(&op);
	if (op.id == OP_FILE)
		op_set(&op, "hole", 1);
	before = count(op.subject);
	a->done = true;
	machine_run(m, &op, &res);
	note_answer(step, &res, a);
	note_counts(step, &before, a);
	if (a->value == ELSEWHERE)
		a->faults = -1;
	if (op.id == OP_FILE && !step->op.arg[2])
		fill(step->op.subject, op.arg[1]);
	if (cools_files(&op))
		warm();
}

static bool run(const struct step *step, struct view *view)
{
	struct check_failure f;

	memset(view, 0, sizeof *view);
	view->answer.faults = -1;
	if (!is_void(step))
		run_op(step, &view->answer);
	if (!machine_check(m, &f)) {
		fprintf(stderr, "the simulator's state breaks its rule %s\n",
			f.rule);
		return false;
	}
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (pids[i])
			see_task(pids[i], &view->task[i]);
	for (unsigned i = 1; i <= MAX_FILES; i++)
		if (files[i])
			see_cache(i, &view->file[i]);
	blur_note(&blur, &step->op);
	view->hidden = blur.hidden;
	view_number(view);
	return true;
}

const struct side side_simulator = { "simulator", begin, run, end };
