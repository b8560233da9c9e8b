/*
 * The kernel's side: real processes.  Commands and replies go through pipes,
 * one pair for each task, made before the first process so that all have them.
 * All run on one processor: a new page waits in that processor's batch for its
 * LRU list, and only the same processor can drain it before it decides whether
 * a page may be written in place.
 */
#include "sides.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PM_PRESENT (1ull << 63)
#define PM_FRAME ((1ull << 55) - 1)
#define KPF_ZERO_PAGE 24
#define KPF_ANON_EXCLUSIVE 34 /* KPF_MAPPEDTODISK: the same page flag */
#define PATIENCE 20000	      /* milliseconds until a process is given up */

struct process {
	pid_t pid;		  /* 0: none */
	int pidfd;		  /* readable when it has ended */
	int maps, smaps, pagemap; /* /proc/PID/... */
};

static struct process procs[MAX_TASKS];
static int in[MAX_TASKS], to[MAX_TASKS];    /* commands: worker, judge */
static int out[MAX_TASKS], from[MAX_TASKS]; /* replies: worker, judge */
static int kpagecount = -1, kpageflags = -1;
struct sight sight;

/* -- what may be seen ----------------------------------------------------- */

static void leave_out(const char *what)
{
	size_t n = strlen(sight.why);

	snprintf(sight.why + n, sizeof sight.why - n, "%s%s", n ? ", " : "",
		what);
}

static bool frames_shown(void)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	off_t at = (off_t)((uintptr_t)&sight >> PAGE_SHIFT) * 8;
	bool ok;

	sight.live = true; /* now the page is there */
	ok = fd >= 0 && pread(fd, &entry, 8, at) == 8 && (entry & PM_FRAME);
	close(fd);
	return ok;
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
	sight.frames = frames_shown();
	kpagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	sight.counts = sight.frames && kpagecount >= 0 && kpageflags >= 0;
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

/* -- processes ------------------------------------------------------------ */

static bool make_pipes(void)
{
	int c[2], r[2];

	for (unsigned i = 0; i < MAX_TASKS; i++) {
		if (pipe(c) || pipe(r))
			return false;
		in[i] = c[0];
		to[i] = c[1];
		from[i] = r[0];
		out[i] = r[1];
	}
	return true;
}

static void close_pipes(void)
{
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		close(in[i]);
		close(to[i]);
		close(from[i]);
		close(out[i]);
	}
}

static int open_proc(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static bool watch(unsigned n, pid_t pid)
{
	procs[n] = (struct process){ pid, (int)syscall(SYS_pidfd_open, pid, 0),
		open_proc(pid, "maps"), open_proc(pid, "smaps"),
		open_proc(pid, "pagemap") };
	return procs[n].pidfd >= 0 && procs[n].maps >= 0 &&
	       procs[n].smaps >= 0 && procs[n].pagemap >= 0;
}

static bool wait_for(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int n;

	do
		n = poll(&p, 1, PATIENCE);
	while (n < 0 && errno == EINTR);
	return n == 1 && (p.revents & POLLIN);
}

/* Its memory is gone before its end can be seen. */
static bool ended(unsigned n)
{
	bool ok = wait_for(procs[n].pidfd);

	close(procs[n].pidfd);
	close(procs[n].maps);
	close(procs[n].smaps);
	close(procs[n].pagemap);
	procs[n].pid = 0;
	return ok;
}

static void end(void)
{
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (procs[i].pid) {
			kill(procs[i].pid, SIGKILL);
			ended(i);
		}
	close_pipes();
}

static _Noreturn void be_worker(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		close(to[i]);
		close(from[i]);
	}
	worker_serve(0, in, out);
}

static void one_processor(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

static bool begin(void)
{
	pid_t pid;

	memset(procs, 0, sizeof procs);
	/* nobody waits: not for children, not for those that these leave */
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	one_processor();
	if (!make_pipes())
		return false;
	fflush(NULL);
	pid = fork();
	if (!pid)
		be_worker();
	return pid > 0 && watch(0, pid);
}

/* -- looking -------------------------------------------------------------- */

static void see_frame(struct page_view *p)
{
	uint64_t flags = 0, count = 0;

	if (!sight.counts)
		return;
	if (pread(kpageflags, &flags, 8, (off_t)p->pfn * 8) != 8 ||
		pread(kpagecount, &count, 8, (off_t)p->pfn * 8) != 8)
		return;
	p->zero = flags >> KPF_ZERO_PAGE & 1;
	p->exclusive = flags >> KPF_ANON_EXCLUSIVE & 1;
	p->mapcount = (int)count;
}

static bool see_pages(int fd, struct task_view *t)
{
	uint64_t entry[WINDOW_PAGES];
	off_t at = (off_t)(WINDOW_BASE >> PAGE_SHIFT) * 8;

	if (pread(fd, entry, sizeof entry, at) != sizeof entry)
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

/* "VmFlags: rd wr mr mw me ac sd " */
static void see_flags(const char *line, struct vma_view *v)
{
	for (unsigned i = 0; i < NR_VMA_FLAGS; i++) {
		char word[8];

		snprintf(word, sizeof word, " %s ", vma_flags[i].letters);
		if (strstr(line, word))
			v->flags |= 1u << i;
	}
}

/* A line of maps or smaps.  False behind the window. */
static bool see_line(const char *line, struct task_view *t)
{
	unsigned long start, stop;
	char r, w, x;

	if (t->nr_vmas && !strncmp(line, "VmFlags:", 8))
		see_flags(line, &t->vma[t->nr_vmas - 1]);
	if (sscanf(line, "%lx-%lx %c%c%c", &start, &stop, &r, &w, &x) != 5)
		return true;
	if (start >= WINDOW_END)
		return false;
	if (stop > WINDOW_BASE && t->nr_vmas < WINDOW_PAGES)
		t->vma[t->nr_vmas++] = (struct vma_view){ clip(start),
			clip(stop),
			(r == 'r' ? PROT_R : 0) | (w == 'w' ? PROT_W : 0) |
				(x == 'x' ? PROT_X : 0),
			0 };
	return true;
}

/* The file's first lines are the window's: it lies lowest. */
static bool see_vmas(const struct process *p, struct task_view *t)
{
	static char text[65536];
	int fd = sight.deep ? p->smaps : p->maps;
	size_t n = 0, enough = sight.deep ? 50000 : 5000;
	ssize_t got;

	lseek(fd, 0, SEEK_SET);
	do {
		got = read(fd, text + n, sizeof text - 1 - n);
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0 && n < enough);
	text[n] = 0;
	for (char *line = text, *next; (next = strchr(line, '\n'));
		line = next + 1) {
		*next = 0;
		if (!see_line(line, t))
			break;
	}
	return n > 0;
}

/* -- running -------------------------------------------------------------- */

static bool ask(unsigned n, const struct step *step, struct reply *reply)
{
	struct command c = {
		.id = step->op.id, .child = step->child, .given = step->op.given
	};

	memcpy(c.arg, step->op.arg, sizeof c.arg);
	if (c.id == OP_MMAP && !(c.given & 1u << 3))
		c.arg[3] = PROT_R | PROT_W;
	return write(to[n], &c, sizeof c) == sizeof c && wait_for(from[n]) &&
	       read(from[n], reply, sizeof *reply) == sizeof *reply;
}

/* The parent and the child both say who the child is. */
static bool do_fork(unsigned n, const struct step *step, struct reply *reply)
{
	struct reply own;
	unsigned c = step->child;

	if (!ask(n, step, reply))
		return false;
	if (reply->status)
		return true;
	if (!wait_for(from[c]) || read(from[c], &own, sizeof own) <= 0)
		return false;
	return watch(c, (pid_t)reply->value);
}

static bool do_exit(unsigned n)
{
	struct command c = { .id = OP_EXIT };

	return write(to[n], &c, sizeof c) == sizeof c && ended(n);
}

static void note_answer(
	const struct step *step, const struct reply *reply, struct answer *a)
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
	struct reply reply = { 0, -1, 0 };
	bool ok;

	a->faults = -1;
	if (!procs[n].pid || (step->op.id == OP_FORK && procs[step->child].pid))
		return true;
	a->done = true;
	if (step->op.id == OP_EXIT)
		return do_exit(n);
	ok = step->op.id == OP_FORK ? do_fork(n, step, &reply)
				    : ask(n, step, &reply);
	note_answer(step, &reply, a);
	return ok;
}

static bool run(const struct step *step, struct view *view)
{
	memset(view, 0, sizeof *view);
	if (!run_step(step, &view->answer)) {
		fprintf(stderr, "a process is lost\n");
		return false;
	}
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		struct task_view *t = &view->task[i];

		t->alive = procs[i].pid;
		if (t->alive && (!see_vmas(&procs[i], t) ||
					!see_pages(procs[i].pagemap, t)))
			return false;
	}
	view_number(view);
	return true;
}

const struct side side_kernel = { "kernel", begin, run, end };
