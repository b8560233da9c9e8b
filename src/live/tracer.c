/*
 * The loop around ptrace(2): start the program, wait for what is traced to
 * stop, look, let it go on.
 *
 * A new process may stop before its maker has told of it: it waits then, and
 * its faults are kept.  A tracee that is stopped changes nothing, so what is
 * read of it at a stop stands in the right order to its faults and calls.
 *
 * Stops of several are not reported in the order in which they came.  So of
 * threads that share an address space one at a time is in a call that changes
 * it, and who called vfork goes on when its child has been seen to leave.
 */
#include "live/tracer.h"

#include "live/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | \
	PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
	PTRACE_O_TRACEEXIT)
#define MAX_POLL 256

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE 0
#endif

static long ptrace_do(int request, pid_t pid, uintptr_t addr, uintptr_t data)
{
	return ptrace((enum __ptrace_request)request, pid, (void *)addr,
		(void *)data);
}

/* -- going on ------------------------------------------------------------- */

/* Let it go on; when the recording is over, for good: @e is no more. */
static void resume(struct trace *t, struct tracee *e, int sig)
{
	ptrace_do(t->over ? PTRACE_DETACH : PTRACE_SYSCALL, e->tid, 0,
		(uintptr_t)sig);
	if (t->over)
		tracee_delete(t, e);
}

/* @e is in no call any more: another one may change their address space. */
static void let_next(struct trace *t, struct tracee *e)
{
	struct live_mm *mm = e->mm;

	if (!mm || mm->busy != e)
		return;
	mm->busy = NULL;
	for (size_t i = t->nr; i-- > 0 && !mm->busy;) {
		struct tracee *next = t->tracee[i];

		if (next->mm != mm || !next->held)
			continue;
		next->held = false;
		mm->busy = t->over ? NULL : next;
		resume(t, next, 0);
	}
}

/* May @e begin the call that it has entered?  Else it is held. */
static bool take_turn(struct tracee *e)
{
	struct live_mm *mm = e->mm;

	if (!mm || !trace_changes(e->call.nr))
		return true;
	e->held = mm->busy && mm->busy != e;
	if (!e->held)
		mm->busy = e;
	return !e->held;
}

/* @c, a child of vfork, has its own memory now or is gone. */
static void vfork_done(struct trace *t, const struct tracee *c)
{
	for (size_t i = 0; i < t->nr; i++) {
		struct tracee *e = t->tracee[i];

		if (e->vforked != c)
			continue;
		e->vforked = NULL;
		if (!e->vfork_held)
			return;
		e->vfork_held = false;
		resume(t, e, 0);
		return;
	}
}

static uint64_t message(pid_t tid)
{
	unsigned long value = 0;

	ptrace_do(PTRACE_GETEVENTMSG, tid, 0, (uintptr_t)&value);
	return value;
}

static void take_name(struct trace *t, const struct tracee *e)
{
	char name[64];

	proc_name(e->tid, name, sizeof name);
	if (e->task < t->rec->nr_tasks)
		t->rec->task[e->task].name = recording_text(t->rec, name);
}

/* -- fork ----------------------------------------------------------------- */

/* The flags of the clone() that @e is in. */
static uint64_t clone_flags(const struct tracee *e, bool vfork)
{
	if (e->call.nr == SYS_clone)
		return e->call.arg[0];
#ifdef SYS_clone3
	if (e->call.nr == SYS_clone3) /* the first word of struct clone_args */
		return (uint64_t)ptrace_do(PTRACE_PEEKDATA, e->tid,
			e->call.arg[0], 0);
#endif
	return vfork ? CLONE_VM | CLONE_VFORK : 0;
}

static struct tracee *child_of(struct trace *t, pid_t tid)
{
	struct tracee *c = tracee_find(t, tid);

	return c ? c : tracee_new(t, tid);
}

static bool give_memory(struct tracee *c, const struct tracee *e, bool shared)
{
	if (shared) {
		tracee_share_mm(c, e->mm);
		return true;
	}
	if (!tracee_new_mm(c))
		return false;
	c->mm->brk = e->mm->brk;
	c->mm->family = e->mm->family;
	map_fork(&c->mm->map, &e->mm->map);
	return !c->mm->map.failed;
}

static void on_fork(struct trace *t, struct tracee *e, bool vfork)
{
	struct tracee *c = child_of(t, (pid_t)message(e->tid));
	uint64_t flags = clone_flags(e, vfork);
	bool shared = flags & CLONE_VM;

	if (!c || !e->mm)
		return;
	trace_missed(t, e);
	c->task = recording_task(t->rec, c->tid, flags & CLONE_THREAD);
	if (c->task == REC_NONE || !give_memory(c, e, shared)) {
		t->rec->failed = true;
		return;
	}
	t->rec->task[c->task].name = t->rec->task[e->task].name;
	trace_note(t, e, (struct rec_op){ .other = c->task,
		.kind = !shared ? REC_FORK : vfork ? REC_VFORK : REC_CLONE });
	if (shared && vfork)
		e->vforked = c;
	if (!c->waits)
		return;
	c->waits = false;
	resume(t, c, 0);
}

/* -- exec and exit -------------------------------------------------------- */

/* Another thread than the first took the place of all. */
static struct tracee *take_over(struct trace *t, struct tracee *e, pid_t former)
{
	struct tracee *thread = tracee_find(t, former);

	if (!thread || thread == e)
		return e;
	trace_note(t, e, (struct rec_op){ .kind = REC_EXIT });
	e->task = thread->task;
	let_next(t, thread);
	tracee_delete(t, thread);
	return e;
}

static char *program_of(pid_t tid, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/exe", (int)tid);
	n = readlink(link, path, size - 1);
	path[n > 0 ? n : 0] = 0;
	return path;
}

static void on_exec(struct trace *t, struct tracee *e)
{
	char path[1024];
	bool first = e->task == REC_NONE;
	struct rec_op op = { .kind = first ? REC_SPAWN : REC_EXEC };

	if (first)
		e->task = recording_task(t->rec, e->tid, false);
	else
		e = take_over(t, e, (pid_t)message(e->tid));
	if (e->task == REC_NONE)
		return;
	let_next(t, e);
	take_name(t, e);
	op.other = recording_text(t->rec,
		program_of(e->tid, path, sizeof path));
	trace_exec(t, e, &op);
	vfork_done(t, e);
}

static void on_exit_stop(struct trace *t, struct tracee *e)
{
	if (e->gone || !e->mm)
		return;
	take_name(t, e);
	trace_missed(t, e);
	trace_note(t, e, (struct rec_op){ .kind = REC_EXIT,
		.what = message(e->tid) });
	e->gone = true;
	let_next(t, e);
	vfork_done(t, e);
}

/* -- system calls --------------------------------------------------------- */

static bool is_exec(uint64_t nr)
{
	return nr == SYS_execve || nr == SYS_execveat;
}

/* May it go on? */
static bool on_entry(struct trace *t, struct tracee *e,
	const struct __ptrace_syscall_info *info)
{
	e->in_call = info->arch == NATIVE;
	if (!e->in_call)
		return true;
	e->call.nr = info->entry.nr;
	memcpy(e->call.arg, info->entry.args, sizeof e->call.arg);
	if (trace_wants(e->call.nr) || is_exec(e->call.nr))
		trace_missed(t, e);
	e->in_exec = is_exec(e->call.nr);
	return take_turn(e);
}

/* Calls with which nothing is done are looked at only where faults inside of
 * them are not told by events. */
static bool on_return(struct trace *t, struct tracee *e,
	const struct __ptrace_syscall_info *info)
{
	bool failed = info->exit.is_error;
	int64_t value = info->exit.rval;

	if (!e->in_call)
		return true;
	e->in_call = e->in_exec = false;
	if (trace_wants(e->call.nr))
		trace_call(t, e, failed ? (int)-value : 0, (uint64_t)value);
	else if (!t->faults || !faults_in_kernel(t->faults))
		trace_missed(t, e);
	let_next(t, e);
	e->vfork_held = e->vforked;
	return !e->vfork_held;
}

static bool on_syscall(struct trace *t, struct tracee *e)
{
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace_do(PTRACE_GET_SYSCALL_INFO, e->tid, sizeof info,
		    (uintptr_t)&info) <= 0)
		return true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		return on_entry(t, e, &info);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		return on_return(t, e, &info);
	return true;
}

/* -- stops ---------------------------------------------------------------- */

static void on_event(struct trace *t, struct tracee *e, int event)
{
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_VFORK:
		on_fork(t, e, event == PTRACE_EVENT_VFORK);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(t, e);
		break;
	case PTRACE_EVENT_EXIT:
		on_exit_stop(t, e);
		break;
	}
}

static bool is_stopping(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
		sig == SIGTTOU;
}

static void on_stop(struct trace *t, struct tracee *e, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	trace_faults(t);
	if (event == PTRACE_EVENT_STOP) {
		/* a new one's first stop, or all of a job stop */
		if (is_stopping(sig) && !t->over)
			ptrace_do(PTRACE_LISTEN, e->tid, 0, 0);
		else
			resume(t, e, 0);
		return;
	}
	if (event) {
		on_event(t, e, event);
		resume(t, e, 0);
		return;
	}
	if (sig != (SIGTRAP | 0x80))
		resume(t, e, sig);
	else if (on_syscall(t, e) || t->over)
		resume(t, e, 0);
}

static void on_end(struct trace *t, struct tracee *e, int status)
{
	trace_faults(t);
	let_next(t, e);
	vfork_done(t, e);
	if (!e->gone && e->mm)
		trace_note(t, e, (struct rec_op){ .kind = REC_EXIT,
			.what = (uint64_t)status });
	tracee_delete(t, e);
}

static void on_wait(struct trace *t, pid_t tid, int status)
{
	struct tracee *e = tracee_find(t, tid);

	if (tid == t->first && !WIFSTOPPED(status)) {
		t->status = status;
		t->ended = true;
	}
	if (!WIFSTOPPED(status)) {
		if (e)
			on_end(t, e, status);
		return;
	}
	if (!e)
		e = tracee_new(t, tid);
	if (!e)
		return;
	e->waits = !e->mm && tid != t->first && !t->over;
	if (!e->waits)
		on_stop(t, e, status);
}

/* -- waiting -------------------------------------------------------------- */

/* Let all go at once. */
static void let_go(struct trace *t)
{
	t->over = t->leave = true;
	for (size_t i = t->nr; i-- > 0;) {
		struct tracee *e = t->tracee[i];

		if (e->waits || e->held || e->vfork_held)
			resume(t, e, 0);
		else
			ptrace_do(PTRACE_INTERRUPT, e->tid, 0, 0);
	}
}

/* The terminal's signals reach the program by themselves.  Asked to end, so is
 * the program; asked again, or when only what it left behind still runs, the
 * recording ends. */
static void on_signal(struct trace *t, int sig)
{
	bool pass = sig == SIGTERM || sig == SIGHUP;

	if (sig == SIGCHLD)
		return;
	if (t->ended || (pass && t->asked))
		let_go(t);
	else if (pass)
		kill(t->first, sig);
	t->asked |= pass;
}

/* Until a tracee stops, a ring fills or a signal comes. */
static void pause_for(struct trace *t, int signals)
{
	struct pollfd poll_fd[MAX_POLL] = { { .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo info;
	int fd[MAX_POLL - 1];
	size_t n = t->faults ? faults_descriptors(t->faults, fd, MAX_POLL - 1)
			     : 0;
	bool ready = false;

	n = n > MAX_POLL - 1 ? MAX_POLL - 1 : n;
	for (size_t i = 0; i < n; i++)
		poll_fd[i + 1] = (struct pollfd){ .fd = fd[i],
			.events = POLLIN };
	poll(poll_fd, n + 1, -1);
	for (size_t i = 1; i <= n; i++)
		ready |= poll_fd[i].revents & POLLIN;
	if (ready)
		trace_faults(t);
	while (read(signals, &info, sizeof info) == sizeof info)
		on_signal(t, (int)info.ssi_signo);
}

static void follow(struct trace *t, int signals)
{
	while (!t->leave || t->nr) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);

		if (tid > 0)
			on_wait(t, tid, status);
		else if (tid < 0 && errno == ECHILD)
			return;
		else if (tid == 0)
			pause_for(t, signals);
	}
}

/* -- the program ---------------------------------------------------------- */

struct start {
	int ready[2]; /* the parent writes when all is prepared */
	int failed[2];/* the child writes errno when exec fails */
};

/* In the child: the same addresses in each run, where that is allowed, and no
 * huge pages, which no simulated kernel has. */
static _Noreturn void be_program(char **argv, struct start *s,
	const sigset_t *mask)
{
	char go;
	int err;

	close(s->ready[1]);
	if (read(s->ready[0], &go, 1) != 1)
		_exit(127);
	sigprocmask(SIG_SETMASK, mask, NULL);
	personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	execvp(argv[0], argv);
	err = errno;
	if (write(s->failed[1], &err, sizeof err) < 0)
		_exit(126);
	_exit(127);
}

/* What exec said: 0 when the program runs. */
static int exec_error(const struct start *s)
{
	int err = 0;

	return read(s->failed[0], &err, sizeof err) == sizeof err ? err : 0;
}

static void open_faults(struct trace *t, const struct tracer_request *req)
{
	t->want_faults = !req->no_faults;
	if (t->want_faults && !req->no_events)
		t->faults = faults_open(t->first);
	t->rec->faults = t->want_faults;
	t->rec->diffs = t->want_faults && !t->faults;
}

/* The child is there and waits: trace it. */
static const char *seize(struct trace *t)
{
	if (ptrace_do(PTRACE_SEIZE, t->first, 0, OPTIONS)) {
		kill(t->first, SIGKILL);
		waitpid(t->first, NULL, 0);
		return "tracing with ptrace is not allowed here (a security "
		       "module, a container's filter, or another tracer)";
	}
	return tracee_new(t, t->first) ? NULL : "out of memory";
}

static const char *run(struct trace *t, const struct tracer_request *req,
	struct start *s, int signals)
{
	const char *why = seize(t);
	int err;

	if (why)
		return why;
	open_faults(t, req);
	if (write(s->ready[1], "", 1) != 1)
		return "the program could not be started";
	close(s->failed[1]);
	s->failed[1] = -1;
	follow(t, signals);
	err = exec_error(s);
	return err ? strerror(err) : NULL;
}

/* Signals of the terminal reach the program by themselves; we stay. */
static int watch_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, before);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool tracer_run(const struct tracer_request *req, struct recording *rec,
	int *status, const char **why)
{
	struct trace t = { .rec = rec };
	struct start s;
	sigset_t before;
	int signals;

	*why = "no pipe or process could be made";
	if (pipe2(s.ready, O_CLOEXEC) || pipe2(s.failed, O_CLOEXEC))
		return false;
	signals = watch_signals(&before);
	t.first = fork();
	if (!t.first)
		be_program(req->argv, &s, &before);
	close(s.ready[0]);
	if (t.first > 0)
		*why = run(&t, req, &s, signals);
	*status = t.status;
	trace_free(&t);
	close(s.ready[1]);
	close(s.failed[0]);
	if (s.failed[1] >= 0)
		close(s.failed[1]);
	close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !*why;
}
