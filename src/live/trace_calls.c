/*
 * System calls that change an address space: each row says how a call that has
 * come back is recorded, and what it did to what is known of the space.  A call
 * that was refused is recorded with its errno and changes nothing.
 */
#include "live/trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE REGION_PAGE
#define TMPFS 0x01021994 /* statfs(2) */

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#ifndef SYS_mlock2
#define SYS_mlock2 325
#endif

static uint64_t whole_pages(uint64_t len)
{
	return (len + PAGE - 1) & ~(PAGE - 1);
}

/* -- mmap ----------------------------------------------------------------- */

/* What is mapped by a descriptor of the tracee. */
struct backing {
	uint32_t file;  /* or REC_NONE */
	bool special;
	char path[512];
};

static bool on_tmpfs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == TMPFS;
}

static struct backing backing_of(struct trace *t, const struct tracee *e,
	int fd, uint64_t pages)
{
	struct backing b = { .file = REC_NONE };
	struct stat st;
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)e->tid, fd);
	n = readlink(link, b.path, sizeof b.path - 1);
	b.path[n > 0 ? n : 0] = 0;
	if (n <= 0 || stat(link, &st)) {
		b.special = true;
		return b;
	}
	if (!strcmp(b.path, "/dev/zero"))
		return b;
	b.special = !S_ISREG(st.st_mode);
	if (b.special)
		return b;
	if (pages < whole_pages((uint64_t)st.st_size) / PAGE)
		pages = whole_pages((uint64_t)st.st_size) / PAGE;
	b.file = recording_file(t->rec, b.path, st.st_dev, st.st_ino, pages);
	if (b.file != REC_NONE)
		t->rec->file[b.file].tmpfs = on_tmpfs(link);
	return b;
}

static const struct {
	uint64_t flag;
	uint16_t rec;
} map_flags[] = {
	{ MAP_FIXED, REC_FIXED },
	{ MAP_LOCKED, REC_LOCKED },
	{ MAP_POPULATE, REC_POPULATE },
	{ MAP_NORESERVE, REC_NORESERVE },
	{ MAP_GROWSDOWN, REC_GROWS },
};

static uint16_t mmap_flags(uint64_t flags)
{
	uint64_t type = flags & MAP_TYPE;
	uint16_t rec = 0;

	if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
		rec |= REC_SHARED;
	for (size_t i = 0; i < sizeof map_flags / sizeof *map_flags; i++)
		if (flags & map_flags[i].flag)
			rec |= map_flags[i].rec;
	if ((flags & MAP_FIXED_NOREPLACE) == MAP_FIXED_NOREPLACE)
		rec |= REC_FIXED;
	return rec;
}

static void after_mmap(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	const uint64_t *arg = e->call.arg;
	uint64_t len = whole_pages(arg[1]);
	struct backing b = { .file = REC_NONE };

	if (!op->err)
		op->addr = value;
	op->len = len;
	op->prot = arg[2] & 7;
	op->flags = mmap_flags(arg[3]);
	op->more = arg[5] / PAGE;
	if (!(arg[3] & MAP_ANONYMOUS) && !op->err)
		b = backing_of(t, e, (int)arg[4], op->more + len / PAGE);
	op->other = b.file;
	if (op->err) {
		trace_note(t, e, *op);
		return;
	}
	if (b.special)
		trace_remark(t, e, "mmap of %s: its pages are not shown",
			b.path);
	else
		trace_note(t, e, *op);
	map_set(&e->mm->map, &(struct live_region){ .start = value,
		.end = value + len, .pgoff = op->more, .file = b.file,
		.prot = op->prot, .shared = op->flags & REC_SHARED,
		.special = b.special, .grows = op->flags & REC_GROWS });
	if (op->flags & (REC_LOCKED | REC_POPULATE))
		trace_settle(t, e);
}

/* -- the others ----------------------------------------------------------- */

static void after_munmap(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	(void)value;
	trace_note(t, e, *op);
	if (!op->err)
		map_cut(&e->mm->map, op->addr, op->addr + op->len);
}

static void after_mprotect(struct trace *t, struct tracee *e,
	struct rec_op *op, uint64_t value)
{
	(void)value;
	op->prot = e->call.arg[2] & 7;
	trace_note(t, e, *op);
	if (!op->err)
		map_protect(&e->mm->map, op->addr, op->addr + op->len,
			op->prot);
}

static void after_mremap(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	const uint64_t *arg = e->call.arg;

	op->more = whole_pages(arg[2]);
	op->to = op->err ? arg[4] : value;
	op->flags = (arg[3] & MREMAP_MAYMOVE ? REC_MAYMOVE : 0) |
		(arg[3] & MREMAP_FIXED ? REC_FIXED : 0) |
		(arg[3] & MREMAP_DONTUNMAP ? REC_DONTUNMAP : 0);
	trace_note(t, e, *op);
	if (!op->err)
		map_move(&e->mm->map, op->addr, op->addr + op->len, op->to,
			op->more, arg[3] & MREMAP_DONTUNMAP);
}

/* brk() answers where the heap ends, which is where it ended before when the
 * call was refused or only asked. */
static void after_brk(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	struct live_mm *mm = e->mm;
	uint64_t old = mm->brk ? mm->brk : value, was = whole_pages(old);

	mm->brk = value;
	if (value == old)
		return;
	op->addr = value;
	op->more = old;
	op->err = 0;
	trace_note(t, e, *op);
	if (whole_pages(value) > was)
		map_set(&mm->map, &(struct live_region){ .start = was,
			.end = whole_pages(value), .file = REC_NONE,
			.prot = 3 });
	else
		map_cut(&mm->map, whole_pages(value), was);
}

static void after_madvise(struct trace *t, struct tracee *e,
	struct rec_op *op, uint64_t value)
{
	(void)value;
	op->what = e->call.arg[2];
	trace_note(t, e, *op);
	if (op->err)
		return;
	if (op->what == MADV_DONTNEED || op->what == MADV_REMOVE)
		map_untouch(&e->mm->map, op->addr, op->addr + op->len);
	else if (op->what == 22 || op->what == 23) /* MADV_POPULATE_... */
		trace_settle(t, e);
}

/* Locking makes pages; unlocking and msync do not. */
static void after_lock(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	(void)value;
	if (op->kind == REC_MLOCKALL)
		op->what = e->call.arg[0];
	if (e->call.nr == SYS_mlock2 && e->call.arg[2] & 1)
		op->flags |= REC_ONFAULT;
	trace_note(t, e, *op);
	if (!op->err)
		trace_settle(t, e);
}

static void after_other(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	(void)value;
	op->what = e->call.arg[2];
	trace_note(t, e, *op);
}

static void after_fork(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	(void)value;
	if (op->err) /* else the tracer has seen the child */
		trace_note(t, e, *op);
}

/* A child that exited; of one that stopped nothing is told. */
static void after_wait(struct trace *t, struct tracee *e, struct rec_op *op,
	uint64_t value)
{
	if (op->err || !value)
		return;
	op->other = recording_exited(t->rec, (int)value);
	if (op->other != REC_NONE)
		trace_note(t, e, *op);
}

/* Memory that is not mapped by mmap and is not told. */
static void after_foreign(struct trace *t, struct tracee *e,
	struct rec_op *op, uint64_t value)
{
	(void)value;
	if (!op->err)
		trace_remark(t, e, "System V shared memory is not shown");
}

static const struct row {
	uint64_t nr;
	enum rec_kind kind;
	bool range; /* the first arguments are address and length */
	void (*after)(struct trace *t, struct tracee *e, struct rec_op *op,
		uint64_t value);
} rows[] = {
	{ SYS_mmap, REC_MMAP, true, after_mmap },
	{ SYS_munmap, REC_MUNMAP, true, after_munmap },
	{ SYS_mprotect, REC_MPROTECT, true, after_mprotect },
	{ SYS_pkey_mprotect, REC_MPROTECT, true, after_mprotect },
	{ SYS_mremap, REC_MREMAP, true, after_mremap },
	{ SYS_brk, REC_BRK, false, after_brk },
	{ SYS_madvise, REC_MADVISE, true, after_madvise },
	{ SYS_mlock, REC_MLOCK, true, after_lock },
	{ SYS_mlock2, REC_MLOCK, true, after_lock },
	{ SYS_munlock, REC_MUNLOCK, true, after_other },
	{ SYS_mlockall, REC_MLOCKALL, false, after_lock },
	{ SYS_munlockall, REC_MUNLOCKALL, false, after_other },
	{ SYS_msync, REC_MSYNC, true, after_other },
	{ SYS_clone, REC_FORK, false, after_fork },
#ifdef SYS_clone3
	{ SYS_clone3, REC_FORK, false, after_fork },
#endif
#ifdef SYS_fork
	{ SYS_fork, REC_FORK, false, after_fork },
	{ SYS_vfork, REC_VFORK, false, after_fork },
#endif
	{ SYS_wait4, REC_WAIT, false, after_wait },
	{ SYS_shmat, REC_REMARK, false, after_foreign },
};

static const struct row *find_row(uint64_t nr)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].nr == nr)
			return &rows[i];
	return NULL;
}

bool trace_wants(uint64_t nr)
{
	return find_row(nr) != NULL;
}

bool trace_changes(uint64_t nr)
{
	const struct row *row = find_row(nr);

	return row && (row->range || row->kind == REC_BRK ||
			      row->kind == REC_MLOCKALL ||
			      row->kind == REC_MUNLOCKALL);
}

void trace_call(struct trace *t, struct tracee *e, int err, uint64_t value)
{
	const struct row *row = find_row(e->call.nr);
	struct rec_op op = { .other = REC_NONE };

	if (!row || !e->mm)
		return;
	op.kind = (uint8_t)row->kind;
	op.err = err;
	if (row->range) {
		op.addr = e->call.arg[0];
		op.len = whole_pages(e->call.arg[1] + (op.addr & (PAGE - 1)));
		op.addr &= err ? ~0ull : ~(PAGE - 1);
	}
	row->after(t, e, &op, value);
}
