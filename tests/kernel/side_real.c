/*
 * The kernel's side: a crew of real processes.  All run on one processor: a
 * page waits in that processor's batches for its place on an LRU list, and only
 * the same processor can drain them, which the kernel does before it decides
 * whether a page may be written in place, and the judge before it looks.
 */
#include "sides.h"
#include "core/mm.h"
#include "live/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct crew *crew;
static uint32_t files[MAX_FILES + 1]; /* the crew's numbers; 0: not there */
static struct blur blur;
static uint64_t keys[MAX_FILES + 1][2]; /* device and inode, as maps has them */
static bool on_disk[MAX_FILES + 1];
struct sight sight;

/* cachestat(2), since 6.5. */
struct cache_range {
	uint64_t off, len; /* bytes */
};
struct cache_state {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted,
		nr_recently_evicted;
};

static bool cachestat_page(int fd, uint64_t page, struct cache_state *state)
{
	struct cache_range range = { page << PAGE_SHIFT, PAGE_SIZE };

	return !syscall(451, fd, &range, state, 0);
}

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

	if (runner && *runner)
		return "real processes (run by another program)";
	return can_look() ? NULL : "real processes (they cannot be looked at)";
}

static bool has_cachestat(void)
{
	struct cache_state state;
	int fd = memfd_create("probe", MFD_CLOEXEC);
	bool ok = fd >= 0 && cachestat_page(fd, 0, &state);

	close(fd);
	return ok;
}

static void find_version(void)
{
	struct utsname u;

	sight.same = !getenv("JUDGE_OTHER") && !uname(&u) &&
		!strncmp(u.release, "6.18.", 5);
	if (!sight.same)
		leave_out("what depends on the version: VMAs, faults, counts"
			  " (the kernel is not 6.18)");
}

static void find_counts(void)
{
	sight.frames = proc_sight()->frames;
	sight.counts = sight.same && proc_sight()->counts;
	sight.faults = sight.rss = sight.same;
#ifdef __SANITIZE_ADDRESS__
	sight.faults = sight.rss = false;
	leave_out("faults and rss (the sanitizer adds some)");
#endif
	if (!sight.frames)
		leave_out("frames (not shown to this user)");
	else if (!proc_sight()->counts)
		leave_out("counts of mappings (not shown to this user)");
	sight.cache = has_cachestat();
	if (!sight.cache)
		leave_out("what is cached (no cachestat)");
	sight.locks = sight.same && !geteuid();
	if (sight.same && !sight.locks)
		leave_out("mlock (this user has a limit)");
#ifdef __SANITIZE_ADDRESS__
	sight.locks = false;
	leave_out("mlock (the sanitizer's shadow would be locked, too)");
#endif
}

void sight_find(void)
{
	const char *why;

	memset(&sight, 0, sizeof sight);
	find_version();
	find_counts();
	sight.ksm = getenv("JUDGE_KSM") && sight.counts && ksmd_take();
	if (!sight.ksm)
		leave_out("ksmd (only with JUDGE_KSM, if nobody uses it)");
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
	const struct crew_config config = { .base = WINDOW_BASE,
		.pages = WINDOW_PAGES,
		.room = MAX_TASKS,
		.count_rss = sight.rss,
		.one_cpu = true };

	memset(files, 0, sizeof files);
	memset(&blur, 0, sizeof blur);
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
	p->ksm = flags >> KPF_KSM & 1;
	p->mapcount = (int)count;
	for (unsigned i = 0; i < NR_PAGE_FLAGS_SEEN; i++)
		if (flags >> page_flags[i].kernel & 1)
			p->flags |= 1u << i;
	/* of a page of a file the same bit means something else */
	if (!(flags >> KPF_ANON & 1))
		p->flags &= ~1u;
}

static bool see_pages(const struct proc *proc, struct task_view *t)
{
	uint64_t entry[WINDOW_PAGES];

	if (!proc_pagemap(proc, WINDOW_BASE, entry, WINDOW_PAGES))
		return false;
	for (unsigned i = 0; i < WINDOW_PAGES; i++) {
		struct page_view *p = &t->page[i];

		p->present = entry[i] & PM_PRESENT;
		p->swapped = entry[i] & PM_SWAP;
		p->guard = entry[i] & PM_GUARD;
		p->file = p->present && (entry[i] & PM_FILE);
		p->pfn = p->present ? entry[i] & PM_FRAME : 0;
		p->mapcount = -1;
		if (p->present)
			see_frame(p);
	}
	return true;
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

static void see_file(const struct proc_vma *v, struct vma_view *view)
{
	if (!v->inode)
		return;
	view->key[0] = v->dev;
	view->key[1] = v->inode;
	view->pgoff = v->pgoff >> PAGE_SHIFT;
	view->file = MAX_FILES + 1;
	for (unsigned i = 1; i <= MAX_FILES; i++)
		if (files[i] && !memcmp(keys[i], view->key, sizeof keys[i]))
			view->file = (int)i;
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
	*view = (struct vma_view){ .start = window_page(v->start),
		.end = window_page(v->end),
		.prot = v->prot };
	t->nr_vmas++;
	see_flags(v->flags, view);
	see_file(v, view);
	return true;
}

static bool see_task(unsigned n, struct task_view *t)
{
	const struct proc *proc = crew_proc(crew, n);

	t->alive = proc;
	return !proc || (proc_vmas(proc, sight.same, see_vma, t) &&
				see_pages(proc, t));
}

static void see_cache(unsigned n, struct file_view *f)
{
	int fd = crew_file(crew, files[n]);
	struct cache_state state;
	struct stat st;

	f->there = true;
	f->pages = fstat(fd, &st) ? 0 : (uint64_t)st.st_size >> PAGE_SHIFT;
	for (unsigned i = 0; i < FILE_PAGES && sight.cache; i++)
		if (cachestat_page(fd, i, &state)) {
			f->cached[i] = state.nr_cache;
			f->dirty[i] = state.nr_dirty;
		}
}

/* -- files ---------------------------------------------------------------- */

static bool first_vma(void *ctx, const struct proc_vma *v)
{
	uint64_t *key = ctx;

	if (v->start != WINDOW_BASE)
		return true;
	key[0] = v->dev;
	key[1] = v->inode;
	return false;
}

/* What maps says of it, which need not be what stat does. */
static bool find_key(int fd, uint64_t key[2])
{
	void *at = mmap((void *)(uintptr_t)WINDOW_BASE, PAGE_SIZE, PROT_NONE,
		MAP_PRIVATE | MAP_FIXED, fd, 0);
	struct proc self;
	bool ok = at != MAP_FAILED && proc_open(&self, getpid());

	if (ok) {
		ok = proc_vmas(&self, false, first_vma, key);
		proc_close(&self);
	}
	munmap((void *)(uintptr_t)WINDOW_BASE, PAGE_SIZE);
	return ok;
}

static bool run_own(struct op *op, uint32_t subject, struct worker_reply *r)
{
	op->subject = subject;
	return crew_run(crew, 0, op, 0, r);
}

/* What is on the disk is in memory, too: nothing is read ahead. */
static bool warm(void)
{
	for (unsigned n = 1; n <= MAX_FILES; n++) {
		struct op op = { .id = OP_PREAD };
		struct worker_reply r = { .status = 0 };

		for (; files[n] && on_disk[n] && !r.status; op.arg[0]++)
			if (!run_own(&op, files[n], &r))
				return false;
	}
	return true;
}

static bool fill(unsigned n, uint64_t pages)
{
	struct op op = { .id = OP_PWRITE };
	struct worker_reply r;

	for (unsigned i = 0; i < pages; i++) {
		op_set(&op, "page", i);
		op_set(&op, "value", first_value(n, i));
		if (!run_own(&op, files[n], &r))
			return false;
	}
	return true;
}

/* Bytes of @n that lie outside of the window, of all or of private data. */
static uint64_t outside(unsigned n, bool data)
{
	static struct task_view t;
	const struct proc *proc = crew_proc(crew, n);
	int64_t kib = proc_status(proc->pid, data ? "VmData" : "VmSize");
	uint64_t inside = 0;

	memset(&t, 0, sizeof t);
	proc_vmas(proc, true, see_vma, &t);
	for (unsigned i = 0; i < t.nr_vmas; i++)
		if (!data || is_data(&t.vma[i]))
			inside += t.vma[i].end - t.vma[i].start;
	return ((uint64_t)kib << 10) - (inside << PAGE_SHIFT);
}

/* The simulator's task has nothing else than the window. */
static void raise_limits(unsigned n, struct op *op)
{
	for (int i = LIMIT_AS; i <= LIMIT_DATA; i++)
		if ((op->given & 1u << i) && op->arg[i] != NO_LIMIT)
			op->arg[i] += outside(n, i == LIMIT_DATA);
}

/* -- running -------------------------------------------------------------- */

static bool is_void(const struct step *step)
{
	uint32_t n = step->op.subject;

	if (step->op.id == OP_FILE)
		return files[n];
	if (step->op.id == OP_KSM)
		return false;
	if (on_file(&step->op))
		return !files[n];
	return !crew_proc(crew, n) ||
	       (makes_task(&step->op) && crew_proc(crew, step->child));
}

static void note_counts(const struct step *step, const struct worker_reply *r,
	struct answer *a)
{
	bool access = step->op.id == OP_READ || step->op.id == OP_WRITE;

	if (makes_task(&step->op) || on_file(&step->op) ||
		reaches_outside(&step->op) || a->status == -EBUSY)
		return;
	if (sight.faults && !(access && a->status))
		a->faults = r->faults;
	a->counted = sight.rss;
	memcpy(a->rss, r->rss, sizeof a->rss);
	a->locked = r->locked;
}

static void note_answer(const struct step *step, const struct worker_reply *r,
	struct answer *a)
{
	unsigned id = step->op.id;

	a->status = r->status;
	note_counts(step, r, a);
	if (a->status)
		return;
	if (gives_addr(&step->op))
		a->value = in_window(r->value) ? r->value : ELSEWHERE;
	else if (id == OP_READ || id == OP_PREAD)
		a->value = r->value;
	a->listed = id == OP_MINCORE;
	a->memory = r->vector[0];
	if (a->value == ELSEWHERE)
		a->faults = -1;
}

static bool note_file(const struct step *step, const struct worker_reply *r)
{
	uint32_t n = step->op.subject;

	if (r->status)
		return true;
	files[n] = (uint32_t)r->value;
	on_disk[n] = !step->op.arg[3];
	return find_key(crew_file(crew, files[n]), keys[n]) &&
	       (step->op.arg[2] || fill(n, step->op.arg[1]));
}

static bool run_step(const struct step *step, struct answer *a)
{
	struct op op = step->op;
	struct worker_reply reply;

	a->faults = -1;
	if (is_void(step))
		return true;
	a->done = true;
	if (op.id == OP_KSM)
		return ksmd_round();
	if (op.id == OP_MMAP && op.arg[MMAP_FILE])
		op.arg[MMAP_FILE] = op.arg[MMAP_FILE] <= MAX_FILES &&
				files[op.arg[MMAP_FILE]]
			? files[op.arg[MMAP_FILE]]
			: CREW_FILES;
	if (op.id == OP_FILE)
		op_set(&op, "hole", 1);
	if (op.id == OP_SETRLIMIT)
		raise_limits(op.subject, &op);
	op.subject = on_file(&op) ? files[op.subject] : op.subject;
	if (!crew_run(crew, step->op.subject, &op, step->child, &reply))
		return false;
	note_answer(step, &reply, a);
	if (op.id == OP_FILE && !note_file(step, &reply))
		return false;
	return !cools_files(&op) || warm();
}

/* What waits for its place on an LRU list gets there (lru_add_drain). */
static void drain(void)
{
	static char page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

	madvise(page, sizeof page, MADV_COLD);
}

static bool run(const struct step *step, struct view *view)
{
	memset(view, 0, sizeof *view);
	if (!run_step(step, &view->answer)) {
		char line[512];

		step_print(step, line, sizeof line);
		fprintf(stderr, "a process is lost in: %s\n", line);
		return false;
	}
	drain();
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (!see_task(i, &view->task[i]))
			return false;
	for (unsigned i = 1; i <= MAX_FILES; i++)
		if (files[i])
			see_cache(i, &view->file[i]);
	blur_note(&blur, &step->op);
	view->hidden = blur.hidden;
	view_number(view);
	return true;
}

const struct side side_kernel = { "kernel", begin, run, end };
