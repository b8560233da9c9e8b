/*
 * A crew: its workers, the channels to them, its files.  Channels are made
 * before the first worker, one for each number, so that every worker has those
 * of all that it may fork; the caller keeps one end, the workers share the
 * other ones.  A number is in use while procs[number].pid is not 0.
 */
#include "live/worker.h"
#include "core/mm.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* milliseconds until a worker is given up */

struct crew {
	struct crew_config config;
	struct proc procs[CREW_MAX]; /* by number; pid 0: nobody */
	int pidfd[CREW_MAX];	     /* readable when it has ended */
	int waits_for[CREW_MAX];     /* vfork: its child's number; -1 none */
	int ours[CREW_MAX];	     /* the caller's end of each channel */
	int theirs[CREW_MAX];	     /* the worker's */
	int file[CREW_FILES];	     /* descriptors by number; -1 */
	unsigned nr_files;	     /* numbers given */
	pid_t group[CREW_MAX];	     /* of the last workers that were spawned */
	unsigned nr_groups;	     /* spawned */
	bool lost;		     /* a worker did not answer */
	cpu_set_t cpus;		     /* what the caller may run on otherwise */
	struct sigaction sigchld;    /* what the caller did with it */
};

/* -- what is changed in the caller for a crew's time ---------------------- */

/* Nobody waits: not for children, not for those that these leave. */
static void change_caller(struct crew *crew)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	int cpu = sched_getcpu();
	cpu_set_t set;

	sigaction(SIGCHLD, &ignore, &crew->sigchld);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sched_getaffinity(0, sizeof crew->cpus, &crew->cpus);
	if (!crew->config.one_cpu)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

static void restore_caller(struct crew *crew)
{
	sched_setaffinity(0, sizeof crew->cpus, &crew->cpus);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	sigaction(SIGCHLD, &crew->sigchld, NULL);
}

/* -- begin and end -------------------------------------------------------- */

static bool make_channels(struct crew *crew)
{
	for (unsigned i = 0; i < crew->config.room; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			    pair))
			return false;
		crew->ours[i] = pair[0];
		crew->theirs[i] = pair[1];
	}
	return true;
}

static void close_all(int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

struct crew *crew_begin(const struct crew_config *config)
{
	struct crew *crew = calloc(1, sizeof *crew);

	if (!crew)
		return NULL;
	crew->config = *config;
	if (!config->room || config->room > CREW_MAX)
		crew->config.room = CREW_MAX;
	for (unsigned i = 0; i < CREW_MAX; i++)
		crew->ours[i] = crew->theirs[i] = crew->pidfd[i] =
			crew->waits_for[i] = -1;
	for (unsigned i = 0; i < CREW_FILES; i++)
		crew->file[i] = -1;
	change_caller(crew);
	if (make_channels(crew))
		return crew;
	crew_end(crew);
	return NULL;
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
static bool ended(struct crew *crew, unsigned n)
{
	bool ok = wait_for(crew->pidfd[n]);

	close(crew->pidfd[n]);
	crew->pidfd[n] = -1;
	proc_close(&crew->procs[n]);
	return ok;
}

/* All at once: a parent in vfork ends only after its child. */
static void kill_all(struct crew *crew)
{
	for (unsigned i = 0; i < CREW_MAX; i++)
		if (crew->procs[i].pid)
			kill(crew->procs[i].pid, SIGKILL);
	for (unsigned i = 0; i < CREW_MAX; i++)
		if (crew->procs[i].pid)
			ended(crew, i);
}

void crew_end(struct crew *crew)
{
	int err = errno;

	if (!crew)
		return;
	for (unsigned i = 0; crew->lost && i < CREW_MAX; i++)
		if (crew->group[i])
			kill(-crew->group[i], SIGKILL);
	kill_all(crew);
	close_all(crew->ours, CREW_MAX);
	close_all(crew->theirs, CREW_MAX);
	close_all(crew->file, CREW_FILES);
	restore_caller(crew);
	free(crew);
	errno = err;
}

/* -- workers -------------------------------------------------------------- */

const struct proc *crew_proc(const struct crew *crew, unsigned n)
{
	return n < CREW_MAX && crew->procs[n].pid ? &crew->procs[n] : NULL;
}

static bool watch(struct crew *crew, unsigned n, pid_t pid)
{
	crew->pidfd[n] = (int)syscall(SYS_pidfd_open, pid, 0);
	return crew->pidfd[n] >= 0 && proc_open(&crew->procs[n], pid);
}

static _Noreturn void be_worker(struct crew *crew, unsigned n)
{
	setpgid(0, 0); /* of its own group, with all that come from it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	close_all(crew->ours, CREW_MAX);
	close_all(crew->file, CREW_FILES);
	worker_begin();
	worker_serve(n, crew->theirs);
}

bool crew_spawn(struct crew *crew, unsigned n)
{
	pid_t pid;

	if (n >= crew->config.room || crew->procs[n].pid) {
		errno = EBUSY;
		return false;
	}
	fflush(NULL);
	pid = fork();
	if (!pid)
		be_worker(crew, n);
	if (pid > 0)
		crew->group[crew->nr_groups++ % CREW_MAX] = pid;
	return pid > 0 && watch(crew, n, pid);
}

/* -- running -------------------------------------------------------------- */

int crew_file(const struct crew *crew, unsigned number)
{
	return number < CREW_FILES ? crew->file[number] : -1;
}

static bool tell(struct crew *crew, unsigned n, const struct op *op,
	unsigned child)
{
	struct worker_command c = { .op = *op, .base = crew->config.base,
		.bytes = crew->config.keep_outside
			? 0
			: crew->config.pages << PAGE_SHIFT,
		.child = child, .count_rss = crew->config.count_rss,
		.no_ahead = crew->config.no_ahead };
	int fd = -1;

	if (op->id == OP_MMAP && op->arg[MMAP_FILE])
		fd = crew_file(crew, (unsigned)op->arg[MMAP_FILE]);
	return worker_send(crew->ours[n], &c, sizeof c, fd);
}

static bool hear(struct crew *crew, unsigned n, struct worker_reply *reply)
{
	int fd;

	return wait_for(crew->ours[n]) &&
	       worker_receive(crew->ours[n], reply, sizeof *reply, &fd);
}

/* Parent and child both say who the child is; in vfork only the child can. */
static bool run_fork(struct crew *crew, unsigned n, const struct op *op,
	unsigned child, struct worker_reply *reply)
{
	struct worker_reply own;
	bool waits = op->id == OP_VFORK;

	if (child >= crew->config.room || crew->procs[child].pid)
		return false;
	if (!tell(crew, n, op, child))
		return false;
	if (!waits && (!hear(crew, n, reply) || reply->status))
		return reply->status;
	if (!hear(crew, child, waits ? reply : &own))
		return false;
	if (waits)
		crew->waits_for[n] = (int)child;
	return watch(crew, child, (pid_t)reply->value);
}

/* Who waited for it in vfork goes on, and says so. */
static bool release(struct crew *crew, unsigned child)
{
	struct worker_reply reply;

	for (unsigned i = 0; i < CREW_MAX; i++)
		if (crew->waits_for[i] == (int)child) {
			crew->waits_for[i] = -1;
			return hear(crew, i, &reply);
		}
	return true;
}

static bool run_exit(struct crew *crew, unsigned n, const struct op *op)
{
	return tell(crew, n, op, 0) && ended(crew, n) && release(crew, n);
}

static void make_file(struct crew *crew, const struct op *op,
	struct worker_reply *reply)
{
	unsigned number = crew->nr_files + 1;
	int fd = -1;

	errno = EMFILE;
	if (number < CREW_FILES)
		fd = worker_file(number, op);
	if (fd < 0) {
		reply->status = -errno;
		return;
	}
	crew->file[number] = fd;
	crew->nr_files = number;
	reply->value = number;
}

static bool run_worker(struct crew *crew, unsigned n, const struct op *op,
	unsigned child, struct worker_reply *reply)
{
	if (!crew_proc(crew, n)) {
		reply->status = -ESRCH;
		return true;
	}
	if (crew->waits_for[n] >= 0) {
		reply->status = -EBUSY;
		return true;
	}
	if (op->id == OP_EXIT)
		return run_exit(crew, n, op);
	if (op->id == OP_FORK || op->id == OP_CLONE || op->id == OP_VFORK)
		return run_fork(crew, n, op, child, reply);
	return tell(crew, n, op, child) && hear(crew, n, reply);
}

bool crew_run(struct crew *crew, unsigned n, const struct op *op,
	unsigned child, struct worker_reply *reply)
{
	const struct op_desc *desc = op_desc(op->id);

	*reply = (struct worker_reply){ .faults = -1, .major = -1 };
	if (op->id == OP_FILE)
		make_file(crew, op, reply);
	else if (desc && desc->subject == ON_FILE)
		worker_file_op(crew_file(crew, op->subject), op, reply);
	else if (desc && desc->subject == ON_TASK)
		crew->lost |= !run_worker(crew, n, op, child, reply);
	else
		reply->status = -ENOSYS;
	return !crew->lost;
}
