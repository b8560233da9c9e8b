/*
 * The OOM killer: who is chosen when nothing can be reclaimed.  Each kernel's
 * badness() is a function of facts about a task, so that its formula stands
 * alone.  Time does not pass in the machine: processor time and age are 0.
 */
#include "core/oom_kill.h"
#include "core/emit.h"
#include "core/paging.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/task.h"

/* -- points --------------------------------------------------------------- */

uint64_t int_sqrt(uint64_t x)
{
	uint64_t root = 0;

	for (int shift = 31; shift >= 0; shift--) {
		uint64_t next = root | 1ull << shift;

		if (next * next <= x)
			root = next;
	}
	return root;
}

/* 2.4 mm/oom_kill.c int_sqrt: rough, and never 0. */
static uint64_t rough_sqrt(uint64_t x)
{
	uint64_t out = x;

	while (x & ~1ull) {
		x >>= 2;
		out >>= 1;
	}
	if (x)
		out -= out >> 2;
	return out ? out : 1;
}

/* What 2.x does for and against a task, whatever its size. */
static uint64_t privileges(const struct oom_facts *f, uint64_t points)
{
	if (f->niced)
		points *= 2;
	if (f->admin)
		points /= 4;
	return f->rawio ? points / 4 : points;
}

uint64_t badness_2_4(const struct oom_facts *f)
{
	uint64_t points = f->total_vm / rough_sqrt(f->cpu_time);

	return privileges(f, points / rough_sqrt(rough_sqrt(f->run_time)));
}

uint64_t badness_2_6_11(const struct oom_facts *f)
{
	uint64_t points = f->total_vm + f->children_vm;
	uint64_t cpu = int_sqrt(f->cpu_time);
	uint64_t run = int_sqrt(int_sqrt(f->run_time));

	if (cpu)
		points /= cpu;
	if (run)
		points /= run;
	points = privileges(f, points);
	return f->adj < 0 ? points >> -f->adj : points << f->adj;
}

/* oom_score_adj is in thousandths of all memory. */
static uint64_t adjusted(const struct oom_facts *f, int64_t points)
{
	if (f->adj == -1000)
		return 0;
	points += f->adj * (int64_t)(f->total_pages / 1000);
	return points > 0 ? (uint64_t)points : 1;
}

uint64_t badness_4_0(const struct oom_facts *f)
{
	int64_t points = (int64_t)(f->rss + f->swapents + f->tables_below_pud);

	if (f->admin)
		points -= points * 3 / 100;
	return adjusted(f, points);
}

uint64_t badness_6_18(const struct oom_facts *f)
{
	return adjusted(f, (int64_t)(f->rss + f->swapents + f->tables));
}

/* -- facts ---------------------------------------------------------------- */

static bool has_own_mm(
	const struct task_struct *task, const struct task_struct *parent)
{
	return task && task->mm && !task->starting && task->mm != parent->mm;
}

static uint64_t children_vm(
	const struct machine *m, const struct task_struct *parent)
{
	uint64_t pages = 0;

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *t = task_find(m, pid);

		if (t && t->parent == parent->pid && has_own_mm(t, parent))
			pages += t->mm->total_vm;
	}
	return pages;
}

/* Tables that the top one points at: with four levels the puds. */
static uint64_t nr_second(const struct machine *m, const struct mm_struct *mm)
{
	const struct paging *p = machine_paging(m);
	uint64_t n = 0;

	for (unsigned i = 0; i < 1u << p->level[0].bits; i++)
		n += !!(table_entry(m, mm->pgd, i) & p->present);
	return n;
}

struct oom_facts oom_facts(
	const struct machine *m, const struct task_struct *task)
{
	const struct mm_struct *mm = task->mm;
	bool has_puds = machine_paging(m)->nr_levels > 3;

	return (struct oom_facts){
		.total_vm = mm->total_vm,
		.children_vm = children_vm(m, task),
		.rss = (uint64_t)mm->anon_rss + mm->file_rss,
		.swapents = mm->swapents,
		.tables = mm->nr_ptes,
		.tables_below_pud =
			mm->nr_ptes - (has_puds ? nr_second(m, mm) : 0),
		.total_pages = m->nr_frames +
			       (m->swap_info.max ? m->swap_info.max - 1 : 0),
	};
}

/* -- choosing -------------------------------------------------------------- */

struct choice {
	struct task_struct *task; /* NULL: nobody yet */
	uint64_t points;
};

/* Equal points: the first of them, in 6.18 the last. */
static void consider(
	struct machine *m, struct choice *c, struct task_struct *task)
{
	struct oom_facts facts = oom_facts(m, task);
	uint64_t points = ops_of(m)->badness(&facts);

	tell(m, EV_OOM_POINTS, task_ref(task), NO_REF, points);
	if (!points || points < c->points ||
		(c->task && points == c->points &&
			!ops_of(m)->oom_last_of_equals))
		return;
	c->task = task;
	c->points = points;
}

static struct task_struct *select_bad_process(struct machine *m)
{
	struct choice c = { 0 };

	call(m, FN_OOM_SELECT, NO_REF, NO_REF, 0);
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		struct task_struct *t = task_find(m, pid);

		if (t && t->mm && !t->starting)
			consider(m, &c, t);
	}
	ret(m, FN_OOM_SELECT);
	return c.task;
}

/* 2.6.11: the first child with another mm dies in its parent's place; 4.0: the
 * child with the most points. */
static struct task_struct *child_of(
	struct machine *m, struct task_struct *parent)
{
	struct choice c = { 0 };

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		struct task_struct *t = task_find(m, pid);

		if (!t || t->parent != parent->pid || !has_own_mm(t, parent))
			continue;
		if (ops_of(m)->oom_child == OOM_FIRST_CHILD)
			return t;
		consider(m, &c, t);
	}
	return c.task;
}

static struct task_struct *select_victim(struct machine *m)
{
	struct task_struct *victim = select_bad_process(m), *child = NULL;

	if (victim && ops_of(m)->oom_child != OOM_NO_CHILD)
		child = child_of(m, victim);
	return child ? child : victim;
}

static void note_killed(struct machine *m, struct task_struct *victim)
{
	if (m->nr_killed < MAX_KILLED)
		m->killed[m->nr_killed] = victim->pid;
	m->nr_killed++;
	tell(m, EV_OOM_KILL, task_ref(victim), NO_REF, 0);
}

/* One task of the victim's mm.  The one that asks cannot end in the middle of
 * its own operation. */
static void kill_one(struct machine *m, struct task_struct *task)
{
	note_killed(m, task);
	if (task->pid == m->current_pid)
		m->oom_current = true;
	else
		task_exit(m, task);
}

/* Whoever uses the mm dies, too: else nothing would be free.  The victim's
 * memory is free when this returns: its exit is not waited for.  False: it is
 * that of the task that asks. */
static bool oom_kill_process(struct machine *m, struct task_struct *victim)
{
	const struct mm_struct *mm = victim->mm;

	call(m, FN_OOM_KILL, task_ref(victim), NO_REF, 0);
	kill_one(m, victim);
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		struct task_struct *t = task_find(m, pid);

		if (t && t != victim && t->mm == mm)
			kill_one(m, t);
	}
	ret(m, FN_OOM_KILL);
	return !m->oom_current;
}

bool oom_waits(const struct machine *m)
{
	return ops_of(m)->oom_waits_for_swap && nr_swap_pages(m);
}

bool out_of_memory(struct machine *m)
{
	struct task_struct *victim;
	bool killed = false;

	if (m->tune.no_oom_killer || m->oom_current || m->oom_origin)
		return false;
	call(m, FN_OUT_OF_MEMORY, NO_REF, NO_REF, 0);
	if (oom_waits(m)) {
		tell(m, EV_OOM_SWAP_LEFT, NO_REF, NO_REF, nr_swap_pages(m));
	} else {
		victim = select_victim(m);
		killed = victim && oom_kill_process(m, victim);
	}
	ret(m, FN_OUT_OF_MEMORY);
	return killed;
}
