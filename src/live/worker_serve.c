/*
 * A process that does what it is told, in its own address space.  It counts
 * faults around an operation; whatever the counting itself touches (stack, jump
 * buffer, the library) is touched once before, so that only the operation
 * counts.  Workers that share memory share the variables here as well: one at a
 * time runs, the others wait for a command.
 */
#include "live/worker.h"
#include "core/mm.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/capability.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#define STACK (32u << 10) /* of a worker that shares its parent's memory */

static sigjmp_buf back;
static volatile sig_atomic_t touching; /* back leads out of an access */
static uint64_t word; /* what is written, what was read */
static uint64_t own[PAGE_SIZE / 8]
	__attribute__((aligned(PAGE_SIZE))); /* a page of our own */
static unsigned char seen[CREW_VECTOR * 64]; /* mincore's answer */

static struct {
	const int *channel;
	unsigned n; /* who serves on it next */
} start; /* what a new worker that shares memory begins with */

/* -- messages ------------------------------------------------------------- */

union control {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

bool worker_send(int channel, const void *message, size_t size, int fd)
{
	struct iovec io = { (void *)(uintptr_t)message, size };
	union control control = { { 0 } };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd >= 0) {
		h.msg_control = &control;
		h.msg_controllen = sizeof control;
		c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	return sendmsg(channel, &h, MSG_NOSIGNAL) == (ssize_t)size;
}

bool worker_receive(int channel, void *message, size_t size, int *fd)
{
	struct iovec io = { message, size };
	union control control = { { 0 } };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *c;
	ssize_t got;

	do
		got = recvmsg(channel, &h, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	c = got > 0 ? CMSG_FIRSTHDR(&h) : NULL;
	*fd = -1;
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	return got == (ssize_t)size;
}

/* -- reading and writing -------------------------------------------------- */

/* A fault that no access here was meant to take is the worker's own: it dies
 * of it. */
static void on_signal(int sig)
{
	if (!touching) {
		signal(sig, SIG_DFL);
		return;
	}
	touching = 0;
	siglongjmp(back, sig);
}

__attribute__((no_sanitize("address,undefined"), noinline)) static int touch(
	volatile uint64_t *at, bool write)
{
	int sig = sigsetjmp(back, 0);

	if (sig)
		return sig == SIGBUS ? STATUS_SIGBUS : STATUS_SIGSEGV;
	touching = 1;
	if (write)
		*at = word;
	else
		word = *at;
	touching = 0;
	return 0;
}

/* Parts may be read-only after all (relro): those stay as they are. */
__attribute__((no_sanitize("address,undefined"), noinline)) static void touch_own(
	volatile char *at, bool write)
{
	if (sigsetjmp(back, 0))
		return;
	touching = 1;
	if (write)
		*at = *at;
	else
		(void)*at;
	touching = 0;
}

/* A short text is a number, too: FNV-1a of its bytes. */
uint64_t worker_word(const struct op *op)
{
	uint32_t hash = 2166136261u;

	if (!op->text_value)
		return op->arg[1] & 0xffffffffffffull;
	for (const char *c = op->text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return (uint64_t)VALUE_STRING << 48 | hash;
}

static long do_access(const struct op *op)
{
	bool write = op->id == OP_WRITE;

	return touch((volatile uint64_t *)(op->arg[0] & PAGE_MASK), write);
}

/* -- system calls --------------------------------------------------------- */

static int mmap_flags(const struct op *op)
{
	static const int fixed[] = { 0, MAP_FIXED, MAP_FIXED_NOREPLACE };
	const uint64_t *a = op->arg;
	int flags = a[MMAP_SHARED] ? MAP_SHARED : MAP_PRIVATE;

	if (a[MMAP_DROPPABLE])
		flags = MAP_DROPPABLE | (a[MMAP_SHARED] ? MAP_SHARED : 0);
	return flags | fixed[a[MMAP_FIXED] % 3] |
		(a[MMAP_FILE] ? 0 : MAP_ANONYMOUS) |
		(a[MMAP_POPULATE] ? MAP_POPULATE : 0) |
		(a[MMAP_NORESERVE] ? MAP_NORESERVE : 0) |
		(a[MMAP_LOCKED] ? MAP_LOCKED : 0) |
		(a[MMAP_GROWSDOWN] ? MAP_GROWSDOWN : 0);
}

static long do_mmap_call(const struct op *op, int fd)
{
	const uint64_t *a = op->arg;
	uint64_t prot = op->given & 1u << MMAP_PROT ? a[MMAP_PROT]
						    : PROT_R | PROT_W;

	return syscall(SYS_mmap, a[MMAP_ADDR], a[MMAP_LEN], prot,
		mmap_flags(op), fd, a[MMAP_PGOFF] << PAGE_SHIFT);
}

static long do_mremap_call(const uint64_t *a)
{
	return syscall(SYS_mremap, a[0], a[1], a[2],
		(a[4] ? MREMAP_MAYMOVE : 0) | (a[5] ? MREMAP_FIXED : 0) |
			(a[6] ? MREMAP_DONTUNMAP : 0),
		a[3]);
}

static long do_mlockall_call(const uint64_t *a)
{
	return syscall(SYS_mlockall,
		(a[0] ? MCL_CURRENT : 0) | (a[1] ? MCL_FUTURE : 0) |
			(a[2] ? MCL_ONFAULT : 0));
}

static long do_msync_call(const uint64_t *a)
{
	return syscall(SYS_msync, a[0], a[1],
		(a[2] ? MS_ASYNC : 0) | (a[3] ? MS_SYNC : 0) |
			(a[4] ? MS_INVALIDATE : 0));
}

/* The vector may be too short for what the caller asks: then he can have the
 * errors of its beginning. */
static long do_mincore_call(const uint64_t *a)
{
	uint64_t room = (uint64_t)sizeof seen << PAGE_SHIFT;

	if (a[1] <= room || a[1] > 1ull << 46)
		return syscall(SYS_mincore, a[0], a[1], seen);
	if (syscall(SYS_mincore, a[0], room, seen))
		return -1;
	errno = E2BIG;
	return -1;
}

/* Who has it is not held to RLIMIT_MEMLOCK. */
static long give_up_ipc_lock(void)
{
	struct __user_cap_header_struct head = {
		_LINUX_CAPABILITY_VERSION_3, 0
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -1;
	data[0].effective &= ~(1u << CAP_IPC_LOCK);
	data[0].permitted &= ~(1u << CAP_IPC_LOCK);
	return syscall(SYS_capset, &head, data);
}

static long do_setrlimit_call(const struct op *op)
{
	static const int which[NR_LIMITS] = { [LIMIT_AS] = RLIMIT_AS,
		[LIMIT_DATA] = RLIMIT_DATA, [LIMIT_STACK] = RLIMIT_STACK,
		[LIMIT_MEMLOCK] = RLIMIT_MEMLOCK };

	for (unsigned i = 0; i < NR_LIMITS; i++) {
		struct rlimit limit;

		if (!(op->given & 1u << i))
			continue;
		if (getrlimit((__rlimit_resource_t)which[i], &limit))
			return -1;
		limit.rlim_cur = op->arg[i] == NO_LIMIT ? RLIM_INFINITY
							: op->arg[i];
		if (limit.rlim_cur > limit.rlim_max) /* all that he may */
			limit.rlim_cur = limit.rlim_max;
		if (setrlimit((__rlimit_resource_t)which[i], &limit))
			return -1;
	}
	return op->given & 1u << LIMIT_MEMLOCK ? give_up_ipc_lock() : 0;
}

static long call_kernel(const struct op *op, int fd)
{
	const uint64_t *a = op->arg;

	switch (op->id) {
	case OP_READ:
	case OP_WRITE:
		return do_access(op);
	case OP_MMAP:
		return do_mmap_call(op, fd);
	case OP_MUNMAP:
		return syscall(SYS_munmap, a[0], a[1]);
	case OP_MPROTECT:
		return syscall(SYS_mprotect, a[0], a[1], a[2]);
	case OP_MREMAP:
		return do_mremap_call(a);
	case OP_MADVISE:
		return syscall(SYS_madvise, a[0], a[1], a[2]);
	case OP_BRK:
		return syscall(SYS_brk, a[0]);
	case OP_MLOCK:
		return a[2] ? syscall(SYS_mlock2, a[0], a[1], MLOCK_ONFAULT)
			    : syscall(SYS_mlock, a[0], a[1]);
	case OP_MUNLOCK:
		return syscall(SYS_munlock, a[0], a[1]);
	case OP_MLOCKALL:
		return do_mlockall_call(a);
	case OP_MUNLOCKALL:
		return syscall(SYS_munlockall);
	case OP_MINCORE:
		return do_mincore_call(a);
	case OP_MSYNC:
		return do_msync_call(a);
	case OP_SETRLIMIT:
		return do_setrlimit_call(op);
	}
	errno = ENOSYS;
	return -1;
}

/* What lies outside the window is taken away again, if it is to be. */
static void stay_inside(const struct worker_command *c, uint64_t addr)
{
	uint64_t len = c->op.id == OP_MMAP ? c->op.arg[0] : c->op.arg[2];

	if (c->bytes && (addr < c->base || addr - c->base >= c->bytes))
		syscall(SYS_munmap, addr, len);
}

/* filemap.c, do_sync_mmap_readahead: a VMA that is read at random has none.  The
 * VMA joins its neighbours when it is marked as they are. */
static void read_at_random(const struct worker_command *c, uint64_t addr)
{
	if (c->no_ahead && c->op.arg[MMAP_FILE])
		syscall(SYS_madvise, addr, c->op.arg[0], MADV_RANDOM);
}

static void fill_vector(uint64_t len, struct worker_reply *reply)
{
	for (size_t i = 0; i < sizeof seen && i < len >> PAGE_SHIFT; i++)
		if (seen[i] & 1)
			reply->vector[i / 64] |= 1ull << i % 64;
}

static void fill_reply(const struct worker_command *c, const struct op *op,
	long result, int err, struct worker_reply *reply)
{
	unsigned id = op->id;

	if (id == OP_READ || id == OP_WRITE) {
		reply->status = (int32_t)result;
		reply->value = id == OP_READ && !result ? word : 0;
		return;
	}
	reply->status = result == -1 ? -err : 0;
	reply->value = result == -1 ? 0 : (uint64_t)result;
	if (result == -1)
		return;
	if (id == OP_MMAP || id == OP_MREMAP)
		stay_inside(c, reply->value);
	if (id == OP_MMAP)
		read_at_random(c, reply->value);
	if (id == OP_MINCORE)
		fill_vector(op->arg[1] + PAGE_SIZE - 1, reply);
}

/* Pages that it has mapped by kind, and locked: of /proc/self/status. */
struct pages {
	int32_t rss[3], locked;
};

static int32_t status_pages(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? (int32_t)(strtol(at + strlen(name), NULL, 10) / 4) : 0;
}

static void count_pages(struct pages *p)
{
	static char text[4096];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

	text[got > 0 ? got : 0] = 0;
	p->locked = status_pages(text, "VmLck:");
	p->rss[0] = status_pages(text, "RssAnon:");
	p->rss[1] = status_pages(text, "RssFile:");
	p->rss[2] = status_pages(text, "RssShmem:");
	close(fd);
}

static void fill_changes(const struct pages *before,
	const struct pages *after, struct worker_reply *reply)
{
	for (int i = 0; i < 3; i++)
		reply->rss[i] = after->rss[i] - before->rss[i];
	reply->locked = after->locked - before->locked;
}

/* One call, counted. */
static void count_call(const struct worker_command *c, const struct op *op,
	int fd, struct worker_reply *reply)
{
	static struct pages pages[2];
	static struct rusage before, after;
	long result;
	int err;

	errno = 0;
	memset(seen, 0, sizeof seen);
	word = worker_word(op);
	if (c->count_rss)
		count_pages(&pages[0]);
	getrusage(RUSAGE_SELF, &before);
	result = call_kernel(op, fd);
	err = errno;
	getrusage(RUSAGE_SELF, &after);
	reply->faults = (int32_t)(after.ru_minflt - before.ru_minflt);
	reply->major = (int32_t)(after.ru_majflt - before.ru_majflt);
	fill_reply(c, op, result, err, reply);
	if (c->count_rss)
		count_pages(&pages[1]);
	fill_changes(&pages[0], &pages[1], reply);
}

/* Run one on memory of our own first, then the one that is meant. */
static void do_call(const struct worker_command *c, int fd,
	struct worker_reply *reply)
{
	struct op dry = { .id = OP_WRITE, .arg = { (uintptr_t)own } };

	count_call(c, &dry, fd, reply);
	count_call(c, &c->op, fd, reply);
}

/* -- a new process -------------------------------------------------------- */

/* The program and its libraries, page by page. */
static int touch_object(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		uint64_t at = info->dlpi_addr + h->p_vaddr;
		uint64_t end = at + h->p_memsz;

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_R))
			continue;
		for (at &= PAGE_MASK; at < end; at += PAGE_SIZE)
			touch_own((volatile char *)at, h->p_flags & PF_W);
	}
	return 0;
}

/* A process that is new takes faults in its own code and data.  Take them
 * before anything is counted.  Not for one that shares memory: it has them, and
 * its parent runs beside it. */
static void settle(void)
{
	volatile char deep[4 * PAGE_SIZE];

	for (unsigned i = 0; i < sizeof deep; i += PAGE_SIZE)
		deep[i] = 0;
	dl_iterate_phdr(touch_object, NULL);
	touch(NULL, false); /* and the way that a signal takes */
}

void worker_begin(void)
{
	struct sigaction act = { .sa_handler = on_signal,
		.sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &act, NULL);
	sigaction(SIGBUS, &act, NULL);
	signal(SIGCHLD, SIG_IGN);
	settle();
}

/* -- making workers ------------------------------------------------------- */

static int begin_shared(void *unused)
{
	const int *channel = start.channel;
	unsigned n = start.n;
	struct worker_reply reply = { .faults = -1, .major = -1,
		.value = (uint64_t)getpid() };

	(void)unused;
	if (worker_send(channel[n], &reply, sizeof reply, -1))
		worker_serve(n, channel);
	_exit(0);
}

/* Its stack is never used again: who was forked from it runs on a copy. */
static pid_t make_shared(unsigned n, const int channel[], int flags)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (stack == MAP_FAILED)
		return -1;
	start.channel = channel;
	start.n = n;
	return clone(begin_shared, stack + STACK, flags | CLONE_VM | SIGCHLD, NULL);
}

/* The child answers in its own channel; its number is returned there. */
static unsigned make_child(const struct worker_command *c, unsigned n,
	const int channel[], struct worker_reply *reply)
{
	bool vfork = c->op.id == OP_VFORK;
	bool shared = vfork || (c->op.id == OP_CLONE && c->op.arg[1]);
	pid_t pid;

	if (shared)
		pid = make_shared(c->child, channel, vfork ? CLONE_VFORK : 0);
	else
		pid = fork();
	if (!pid)
		n = c->child;
	reply->status = pid < 0 ? -errno : 0;
	reply->value = pid ? (uint64_t)pid : (uint64_t)getpid();
	if (!shared) /* what both have is copied on the next write */
		settle();
	return n;
}

/* -- serving -------------------------------------------------------------- */

static bool makes_worker(unsigned id)
{
	return id == OP_FORK || id == OP_CLONE || id == OP_VFORK;
}

_Noreturn void worker_serve(unsigned n, const int channel[])
{
	struct worker_command c;
	int fd;

	while (worker_receive(channel[n], &c, sizeof c, &fd)) {
		struct worker_reply reply = { .faults = -1, .major = -1 };

		if (c.op.id == OP_EXIT)
			break;
		if (makes_worker(c.op.id)) {
			n = make_child(&c, n, channel, &reply);
		} else {
			do_call(&c, fd, &reply);
		}
		if (fd >= 0)
			close(fd);
		/* after a fork both answer, each in its own channel */
		if (!worker_send(channel[n], &reply, sizeof reply, -1))
			break;
	}
	_exit(0);
}
