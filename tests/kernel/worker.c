/*
 * A process that does what it is told, in its own address space.  It counts
 * faults around an access; whatever the counting itself touches (stack, jump
 * buffer, the library) is touched once before, so that only the access counts.
 */
#include "sides.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static sigjmp_buf back;
static uint64_t word; /* what is written, what was read */
static uint64_t dummy;

static void on_signal(int sig)
{
	siglongjmp(back, sig);
}

static long minor_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

__attribute__((no_sanitize("address"), noinline)) static int touch(
	volatile uint64_t *at, bool write)
{
	int sig = sigsetjmp(back, 0);

	if (sig)
		return sig == SIGBUS ? STATUS_SIGBUS : STATUS_SIGSEGV;
	if (write)
		*at = word;
	else
		word = *at;
	return 0;
}

/* Run it on memory of our own first, then where it is meant. */
static void access_memory(const struct command *c, struct reply *reply)
{
	uint64_t addr = c->arg[0] & PAGE_MASK;
	bool write = c->id == OP_WRITE;
	long before = 0;

	for (int i = 0; i < 2; i++) {
		volatile uint64_t *at = i ? (volatile uint64_t *)addr : &dummy;

		word = c->arg[1];
		minor_faults();
		before = minor_faults();
		reply->status = touch(at, write);
		reply->faults = (int32_t)(minor_faults() - before);
	}
	reply->value = write ? 0 : word;
}

static int mmap_flags(uint64_t fixed)
{
	static const int flags[] = { 0, MAP_FIXED, MAP_FIXED_NOREPLACE };

	return MAP_PRIVATE | MAP_ANONYMOUS | flags[fixed % 3];
}

static long call_kernel(const struct command *c)
{
	const uint64_t *a = c->arg;

	switch (c->id) {
	case OP_MMAP:
		return syscall(
			SYS_mmap, a[1], a[0], a[3], mmap_flags(a[2]), -1, 0);
	case OP_MUNMAP:
		return syscall(SYS_munmap, a[0], a[1]);
	case OP_MPROTECT:
		return syscall(SYS_mprotect, a[0], a[1], a[2]);
	case OP_MREMAP:
		return syscall(SYS_mremap, a[0], a[1], a[2],
			(a[4] ? MREMAP_MAYMOVE : 0) |
				(a[5] ? MREMAP_FIXED : 0) |
				(a[6] ? MREMAP_DONTUNMAP : 0),
			a[3]);
	case OP_MADVISE:
		return syscall(SYS_madvise, a[0], a[1], a[2]);
	}
	errno = ENOSYS;
	return -1;
}

/* What lies outside the window is not compared: take it away again. */
static void call_system(const struct command *c, struct reply *reply)
{
	long result = call_kernel(c);
	uint64_t len = c->id == OP_MMAP ? c->arg[0] : c->arg[2];

	reply->status = result == -1 ? -errno : 0;
	reply->value = result == -1 ? 0 : (uint64_t)result;
	if (result == -1 || (c->id != OP_MMAP && c->id != OP_MREMAP))
		return;
	if (!in_window(reply->value))
		syscall(SYS_munmap, result, len);
}

/* In the child it returns the child's channel, in the parent @n. */
static unsigned make_child(
	const struct command *c, unsigned n, struct reply *reply)
{
	pid_t pid = fork();

	if (!pid)
		n = c->child;
	reply->status = pid < 0 ? -errno : 0;
	reply->value = pid ? (uint64_t)pid : (uint64_t)getpid();
	return n;
}

static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal,
		.sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	signal(SIGCHLD, SIG_IGN);
}

_Noreturn void worker_serve(unsigned n, int in[], int out[])
{
	struct command c;

	catch_signals();
	while (read(in[n], &c, sizeof c) == sizeof c) {
		struct reply reply = { 0, -1, 0 };

		if (c.id == OP_EXIT)
			break;
		if (c.id == OP_FORK)
			n = make_child(&c, n, &reply);
		else if (c.id == OP_READ || c.id == OP_WRITE)
			access_memory(&c, &reply);
		else
			call_system(&c, &reply);
		/* after a fork both answer, each in its own channel */
		if (write(out[n], &reply, sizeof reply) < 0)
			break;
	}
	_exit(0);
}
