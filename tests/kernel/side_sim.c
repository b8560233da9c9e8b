/* The simulator's side: a 6.18 machine. */
#include "sides.h"
#include "core/check.h"

#include <string.h>

static struct machine *m;
static uint32_t pids[MAX_TASKS]; /* pid of each task of the list, 0: none */

static bool begin(void)
{
	struct machine_config config = { .era = era_find("6.18") };
	struct op op = { .id = OP_SPAWN, .text = "t0" };
	struct op_result res = { .status = 0 };

	memset(pids, 0, sizeof pids);
	m = machine_new(&config);
	if (!m || machine_run(m, &op, &res))
		return false;
	pids[0] = (uint32_t)res.value;
	return true;
}

static void end(void)
{
	if (m)
		machine_delete(m);
	m = NULL;
}

static void see_page(
	const struct mm_struct *mm, unsigned i, struct page_view *p)
{
	pteval_t pte = mm_pte(m, mm, WINDOW_BASE + i * (uint64_t)PAGE_SIZE);
	const struct page *page;

	p->present = pte_present(m, pte);
	if (!p->present)
		return;
	p->pfn = pte_pfn(m, pte);
	page = page_by_pfn(m, p->pfn);
	p->zero = p->pfn == m->zero_pfn;
	p->mapcount = sight.counts ? page_mapcount(page) : -1;
	p->exclusive = sight.counts && (page->flags & PG(ANON_EXCLUSIVE));
}

static unsigned page_of(uint64_t addr)
{
	if (addr <= WINDOW_BASE)
		return 0;
	return addr >= WINDOW_END ? WINDOW_PAGES
				  : (unsigned)((addr - WINDOW_BASE) >> 12);
}

static void see_vma(const struct vm_area_struct *v, struct vma_view *view)
{
	view->start = page_of(v->vm_start);
	view->end = page_of(v->vm_end);
	view->prot = v->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);
	for (unsigned i = 0; sight.deep && i < NR_VMA_FLAGS; i++)
		if (v->vm_flags & vma_flags[i].bit)
			view->flags |= 1u << i;
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

/* What lies outside the window is not compared: take it away again. */
static void forget_elsewhere(uint32_t pid, const struct op_result *res)
{
	struct op op = { .id = OP_MUNMAP, .subject = pid };
	struct op_result ignored = { .status = 0 };

	op_set(&op, "addr", res->value);
	op_set(&op, "len", res->len);
	machine_run(m, &op, &ignored);
}

static void run_op(const struct step *step, struct answer *a)
{
	struct op op = step->op;
	struct op_result res = { .status = 0 };
	bool access = op.id == OP_READ || op.id == OP_WRITE;

	op.subject = pids[step->op.subject];
	a->done = true;
	a->status = machine_run(m, &op, &res);
	a->faults = access && !a->status && sight.faults ? (int)res.faults : -1;
	if (a->status)
		return;
	if (op.id == OP_FORK)
		pids[step->child] = (uint32_t)res.value;
	else if (op.id == OP_READ)
		a->value = res.value;
	if (op.id == OP_EXIT)
		pids[step->op.subject] = 0;
	if (!gives_addr(&op))
		return;
	a->value = res.value;
	if (!in_window(res.value)) {
		a->value = ELSEWHERE;
		forget_elsewhere(op.subject, &res);
	}
}

static bool run(const struct step *step, struct view *view)
{
	struct check_failure f;

	memset(view, 0, sizeof *view);
	view->answer.faults = -1;
	if (pids[step->op.subject] &&
		(step->op.id != OP_FORK || !pids[step->child]))
		run_op(step, &view->answer);
	if (!machine_check(m, &f)) {
		fprintf(stderr, "the simulator's state breaks its rule %s\n",
			f.rule);
		return false;
	}
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (pids[i])
			see_task(pids[i], &view->task[i]);
	view_number(view);
	return true;
}

const struct side side_simulator = { "simulator", begin, run, end };
