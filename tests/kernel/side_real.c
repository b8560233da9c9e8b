/*
 * The kernel's side: a crew of real processes.  All run on one processor: a
 * new page waits in that processor's batch for its LRU list, and only the same
 * processor can drain it before it decides whether a page may be written in
 * place.
 */
#include "sides.h"
#include "live/worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct crew *crew;
struct sight sight;

/* -- what may be seen ----------------------------------------------------- */

static void leave_out(const char *what)
{
	size_t n = strlen(sight.why);

	snprintf(sight.why + n, sizeof sight.why - n, "%s%s", n ? ", " : "",
		what);
}

/* A processor with protection keys can execute without reading. */
static bool executes_only(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[8192];
	bool found = false;

	while (file && !found && fgets(line, sizeof line, file))
		found = !strncmp(line, "flags", 5) && strstr(line, " ospke");
	if (file)
		fclose(file);
	return found;
}

/* Can a process be made, told what to do and looked at? */
static bool can_look(void)
{
	static const struct step nothing = { .op.id = OP_MUNMAP };
	static struct view view;
	bool ok = side_kernel.begin() && side_kernel.run(&nothing, &view);

	side_kernel.end();
	return ok;
}

/* Why there are no real processes to compare with; NULL: there are. */
static const char *not_live(void)
{
	const char *runner = getenv("RUNNER");
	struct utsname u;

	if (runner && *runner)
		return "real processes (run by another program)";
	if (uname(&u) || strncmp(u.release, "6.18.", 5))
		return "real processes (the kernel is not 6.18)";
	return can_look() ? NULL : "real processes (they cannot be looked at)";
}

void sight_find(void)
{
	const char *why;

	memset(&sight, 0, sizeof sight);
	sight.frames = proc_sight()->frames;
	sight.counts = proc_sight()->counts;
	sight.faults = true;
#ifdef __SANITIZE_ADDRESS__
	sight.faults = false;
	leave_out("faults (the sanitizer takes some)");
#endif
	if (!sight.frames)
		leave_out("frames (not shown to this user)");
	else if (!sight.counts)
		leave_out("counts of mappings (not shown to this user)");
	sight.no_exec_only = executes_only();
	if (sight.no_exec_only)
		leave_out("PROT_EXEC alone (the processor has keys for it)");
	why = not_live();
	sight.live = !why;
	if (why)
		snprintf(sight.why, sizeof sight.why, "%s", why);
}

/* -- begin and end -------------------------------------------------------- */

static bool begin(void)
{
	static const struct crew_config config = { .base = WINDOW_BASE,
		.pages = WINDOW_PAGES,
		.room = MAX_TASKS,
		.one_cpu = true };

	crew = crew_begin(&config);
	return crew && crew_spawn(crew, 0);
}

static void end(void)
{
	crew_end(crew);
	crew = NULL;
}

/* -- looking -------------------------------------------------------------- */

static void see_frame(struct page_view *p)
{
	uint64_t flags, count;

	if (!proc_frame(p->pfn, &flags, &count))
		return;
	p->zero = flags >> KPF_ZERO_PAGE & 1;
	p->exclusive = flags >> KPF_ANON_EXCLUSIVE & 1;
	p->mapcount = (int)count;
}

static bool see_pages(const struct proc *proc, struct task_view *t)
{
	uint64_t entry[WINDOW_PAGES];

	if (!proc_pagemap(proc, WINDOW_BASE, entry, WINDOW_PAGES))
		return false;
	for (unsigned i = 0; i < WINDOW_PAGES; i++) {
		struct page_view *p = &t->page[i];

		p->present = entry[i] & PM_PRESENT;
		p->pfn = p->present ? entry[i] & PM_FRAME : 0;
		p->mapcount = -1;
		if (p->present)
			see_frame(p);
	}
	return true;
}

static unsigned clip(unsigned long addr)
{
	if (addr < WINDOW_BASE)
		addr = WINDOW_BASE;
	if (addr > WINDOW_END)
		addr = WINDOW_END;
	return (unsigned)((addr - WINDOW_BASE) >> PAGE_SHIFT);
}

/* "rd wr mr mw me ac sd " */
static void see_flags(const char *flags, struct vma_view *v)
{
	for (unsigned i = 0; i < NR_VMA_FLAGS; i++) {
		char word[8];

		snprintf(word, sizeof word, "%s ", vma_flags[i].letters);
		if (strstr(flags, word))
			v->flags |= 1u << i;
	}
}

/* The lines come by address: the window's first. */
static bool see_vma(void *ctx, const struct proc_vma *v)
{
	struct task_view *t = ctx;
	struct vma_view *view = &t->vma[t->nr_vmas];

	if (v->start >= WINDOW_END)
		return false;
	if (v->end <= WINDOW_BASE || t->nr_vmas == WINDOW_PAGES)
		return true;
	*view = (struct vma_view){ clip(v->start), clip(v->end), v->prot, 0 };
	t->nr_vmas++;
	if (v->deep)
		see_flags(v->flags, view);
	return true;
}

/* -- running -------------------------------------------------------------- */

static void note_answer(
	const struct step *step, const struct worker_reply *reply,
	struct answer *a)
{
	bool access = step->op.id == OP_READ || step->op.id == OP_WRITE;

	a->status = reply->status;
	a->faults = access && !a->status && sight.faults ? reply->faults : -1;
	if (a->status)
		return;
	if (gives_addr(&step->op))
		a->value = in_window(reply->value) ? reply->value : ELSEWHERE;
	else if (step->op.id == OP_READ)
		a->value = reply->value;
}

static bool run_step(const struct step *step, struct answer *a)
{
	unsigned n = step->op.subject;
	struct worker_reply reply;

	a->faults = -1;
	if (!crew_proc(crew, n) ||
		(step->op.id == OP_FORK && crew_proc(crew, step->child)))
		return true;
	a->done = true;
	if (!crew_run(crew, n, &step->op, step->child, &reply))
		return false;
	note_answer(step, &reply, a);
	return true;
}

static bool see_task(unsigned n, struct task_view *t)
{
	const struct proc *proc = crew_proc(crew, n);

	t->alive = proc;
	return !proc || (proc_vmas(proc, sight.deep, see_vma, t) &&
				see_pages(proc, t));
}

static bool run(const struct step *step, struct view *view)
{
	memset(view, 0, sizeof *view);
	if (!run_step(step, &view->answer)) {
		fprintf(stderr, "a process is lost\n");
		return false;
	}
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (!see_task(i, &view->task[i]))
			return false;
	view_number(view);
	return true;
}

const struct side side_kernel = { "kernel", begin, run, end };
