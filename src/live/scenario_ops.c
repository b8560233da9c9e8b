/*
 * One operation of a recording as a line of Lua: a row for each kind.  Faults
 * on pages that follow each other become a loop; a call that the kernel
 * refused becomes a comment, since another kernel might not refuse it and
 * what follows was done by a program that was refused.
 */
#include "live/scenario_out.h"

#include "core/ops.h"
#include "view/lua_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096ull
#define MAX_PROGRAM 262144u /* pages, of a program that is laid out as it was */
#define MAX_CHECKS 2 /* of copies, for each task */

void out_addr(struct out *o, uint64_t addr)
{
	buf_printf(o->b, "at(0x%" PRIx64 ")", addr);
}

const char *out_text(const struct out *o, uint32_t text)
{
	return recording_get_text(o->rec, text);
}

void out_base(struct buf *b, const char *path, size_t max)
{
	const char *slash = strrchr(path, '/');

	lua_plain(b, slash && slash[1] ? slash + 1 : path, max);
}

static void put_task(struct out *o, const struct rec_op *op)
{
	buf_printf(o->b, "%sp[%" PRIu32 "]", o->indent, op->task + 1);
}

static void put_prot(struct out *o, const struct rec_op *op)
{
	buf_printf(o->b, "\"%s\"", prot_name(op->prot));
}

/* -- mmap ----------------------------------------------------------------- */

static void put_flags(struct out *o, const struct rec_op *op)
{
	static const struct {
		uint16_t flag;
		const char *text;
	} words[] = {
		{ REC_SHARED, "shared" },
		{ REC_LOCKED, "locked" },
		{ REC_POPULATE, "populate" },
		{ REC_NORESERVE, "noreserve" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (op->flags & words[i].flag)
			buf_printf(o->b, ", %s = true", words[i].text);
}

static void put_region_name(struct out *o, const struct rec_op *op)
{
	if (op->other != REC_NONE)
		out_base(o->b, out_text(o, o->rec->file[op->other].path), 0);
	else if (op->flags & REC_GROWS)
		buf_puts(o->b, "[stack]");
	else
		buf_puts(o->b, "memory");
}

static void put_mmap(struct out *o, const struct rec_op *op)
{
	put_task(o, op);
	buf_puts(o->b, ":mmap { addr = ");
	out_addr(o, op->addr);
	if (op->flags & REC_FIXED || op->kind == REC_IMAGE)
		buf_puts(o->b, ", fixed = true");
	buf_printf(o->b, ", len = 0x%" PRIx64 ", prot = ", op->len);
	put_prot(o, op);
	if (op->other != REC_NONE)
		buf_printf(o->b, ", file = f[%" PRIu32 "], pgoff = %" PRIu64,
			op->other + 1, op->more);
	put_flags(o, op);
	if (op->flags & REC_GROWS)
		buf_puts(o->b, ", grows_down = true, name = \"[stack]\"");
	buf_puts(o->b, " } -- ");
	put_region_name(o, op);
	buf_putc(o->b, '\n');
}

/* -- ranges --------------------------------------------------------------- */

static void put_range(struct out *o, const struct rec_op *op, const char *call)
{
	put_task(o, op);
	buf_printf(o->b, ":%s(", call);
	out_addr(o, op->addr);
	buf_printf(o->b, ", 0x%" PRIx64, op->len);
}

static void put_munmap(struct out *o, const struct rec_op *op)
{
	put_range(o, op, "munmap");
	buf_puts(o->b, ")\n");
}

static void put_mprotect(struct out *o, const struct rec_op *op)
{
	put_range(o, op, "mprotect");
	buf_puts(o->b, ", ");
	put_prot(o, op);
	buf_puts(o->b, ")\n");
}

static void put_mremap(struct out *o, const struct rec_op *op)
{
	put_range(o, op, "mremap");
	buf_printf(o->b, ", 0x%" PRIx64 ", { maymove = %s", op->more,
		op->flags & REC_MAYMOVE ? "true" : "false");
	if (op->to != op->addr) {
		buf_puts(o->b, ", fixed = true, to = ");
		out_addr(o, op->to);
	}
	if (op->flags & REC_DONTUNMAP)
		buf_puts(o->b, ", dontunmap = true");
	buf_puts(o->b, " })\n");
}

static void put_madvise(struct out *o, const struct rec_op *op)
{
	const char *advice = advice_name((enum advice)op->what);

	if (!advice) {
		buf_printf(o->b, "%s-- madvise with advice %" PRIu64 "\n",
			o->indent, op->what);
		return;
	}
	put_range(o, op, "madvise");
	buf_printf(o->b, ", \"%s\")\n", advice);
}

static void put_mlock(struct out *o, const struct rec_op *op)
{
	put_range(o, op, "mlock");
	buf_puts(o->b, op->flags & REC_ONFAULT ? ", { onfault = true })\n"
					       : ")\n");
}

static void put_munlock(struct out *o, const struct rec_op *op)
{
	put_range(o, op, "munlock");
	buf_puts(o->b, ")\n");
}

/* The words of the bits 1, 2, 4 of a call's flags. */
static void put_words(struct out *o, uint64_t flags, const char *const words[3])
{
	const char *between = "{ ";

	for (int i = 0; i < 3; i++)
		if (flags >> i & 1) {
			buf_printf(o->b, "%s%s = true", between, words[i]);
			between = ", ";
		}
	buf_puts(o->b, *between == '{' ? "{})\n" : " })\n");
}

static void put_mlockall(struct out *o, const struct rec_op *op)
{
	put_task(o, op);
	buf_puts(o->b, ":mlockall(");
	put_words(o, op->what,
		(const char *const[]){ "current", "future", "onfault" });
}

static void put_munlockall(struct out *o, const struct rec_op *op)
{
	put_task(o, op);
	buf_puts(o->b, ":munlockall()\n");
}

static void put_msync(struct out *o, const struct rec_op *op)
{
	put_range(o, op, "msync");
	buf_printf(o->b, ", %s, %s, %s)\n", op->what & MS_ASYNC ? "true" : "false",
		op->what & MS_SYNC ? "true" : "false",
		op->what & MS_INVALIDATE ? "true" : "false");
}

/*
 * Where the simulated heap is where the real one was it is brk's; elsewhere it
 * grows by memory at its end and shrinks by an unmapping, which is what brk
 * does.
 */
static void put_brk(struct out *o, const struct rec_op *op)
{
	uint64_t to = (op->addr + PAGE - 1) & ~(PAGE - 1);
	uint64_t from = (op->more + PAGE - 1) & ~(PAGE - 1);

	if (!o->heap[op->task] && to == from)
		return;
	put_task(o, op);
	if (o->heap[op->task]) {
		buf_puts(o->b, ":brk(");
		out_addr(o, op->addr);
		buf_puts(o->b, ")\n");
		return;
	}
	if (to > from) {
		buf_puts(o->b, ":mmap { addr = ");
		out_addr(o, from);
		buf_printf(o->b, ", fixed = true, len = 0x%" PRIx64
			", name = \"[heap]\" }", to - from);
	} else {
		buf_puts(o->b, ":munmap(");
		out_addr(o, to);
		buf_printf(o->b, ", 0x%" PRIx64 ")", from - to);
	}
	buf_printf(o->b, " -- brk(0x%" PRIx64 ")\n", op->addr);
}

/* -- processes ------------------------------------------------------------ */

void out_spawn(struct out *o, const struct rec_op *op)
{
	buf_printf(o->b, "%sp[%" PRIu32 "] = spawn ", o->indent, op->task + 1);
	lua_string(o->b, o->name[op->task]);
	buf_putc(o->b, '\n');
}

/* What exec @op mapped first of a file: the program; NULL: not known. */
static const struct rec_op *program_of(const struct out *o,
	const struct rec_op *op)
{
	const struct rec_op *end = o->rec->op + o->rec->nr_ops;

	for (op++; op < end && op->kind == REC_IMAGE; op++)
		if (op->other != REC_NONE)
			return op;
	return NULL;
}

/* The simulated kernel puts a program where the real one does without
 * randomization; its heap begins behind as many pages as we say. */
static void put_exec(struct out *o, const struct rec_op *op)
{
	const struct rec_op *program = program_of(o, op);
	uint64_t pages = (op->to - PROGRAM_BASE + PAGE - 1) / PAGE, text;
	uint32_t file = program ? program->other : REC_NONE;

	o->heap[op->task] = program && program->addr == PROGRAM_BASE &&
		op->to > PROGRAM_BASE && pages < MAX_PROGRAM &&
		spans_begin(&o->spans, PROGRAM_BASE);
	if (!o->heap[op->task])
		pages = 1;
	buf_printf(o->b, "%sexec(p[%" PRIu32 "], ", o->indent, op->task + 1);
	if (file == REC_NONE) {
		buf_puts(o->b, "file(\"program\", 1), 1, 0)\n");
		return;
	}
	text = o->rec->file[file].pages;
	text = text < pages ? text : pages;
	buf_printf(o->b, "f[%" PRIu32 "], %" PRIu64 ", %" PRIu64 ")\n",
		file + 1, text, pages - text);
}

static void put_child(struct out *o, const struct rec_op *op, const char *call)
{
	buf_printf(o->b, "%sp[%" PRIu32 "] = ", o->indent, op->other + 1);
	buf_printf(o->b, "p[%" PRIu32 "]:%s ", op->task + 1, call);
	lua_string(o->b, o->name[op->other]);
	buf_printf(o->b, " -- pid %d\n", o->rec->task[op->other].pid);
}

static void put_fork(struct out *o, const struct rec_op *op)
{
	o->heap[op->other] = o->heap[op->task];
	put_child(o, op, op->kind == REC_VFORK ? "vfork" : "fork");
}

static void put_clone(struct out *o, const struct rec_op *op)
{
	o->heap[op->other] = o->heap[op->task];
	buf_printf(o->b, "%sp[%" PRIu32 "] = p[%" PRIu32
		"]:clone { vm = true, name = ",
		o->indent, op->other + 1, op->task + 1);
	lua_string(o->b, o->name[op->other]);
	buf_printf(o->b, " } -- tid %d\n", o->rec->task[op->other].pid);
}

static void put_exit(struct out *o, const struct rec_op *op)
{
	put_task(o, op);
	if (op->what & 127)
		buf_printf(o->b, ":exit() -- signal %" PRIu64 "\n",
			op->what & 127);
	else
		buf_printf(o->b, ":exit() -- status %" PRIu64 "\n",
			op->what >> 8 & 255);
}

/* A simulated thread would be waited for, too. */
static void put_wait(struct out *o, const struct rec_op *op)
{
	for (uint32_t i = 0; i < o->rec->nr_tasks; i++)
		if (o->rec->task[i].thread)
			return;
	put_task(o, op);
	buf_puts(o->b, ":wait() -- ");
	lua_plain(o->b, o->name[op->other], 0);
	buf_putc(o->b, '\n');
}

static void put_remark(struct out *o, const struct rec_op *op)
{
	buf_printf(o->b, "%s-- ", o->indent);
	lua_plain(o->b, out_text(o, op->other), 0);
	buf_putc(o->b, '\n');
}

static void (*const put[NR_REC_KINDS])(struct out *o,
	const struct rec_op *op) = {
	[REC_SPAWN] = put_exec,
	[REC_EXEC] = put_exec,
	[REC_IMAGE] = put_mmap,
	[REC_MMAP] = put_mmap,
	[REC_MUNMAP] = put_munmap,
	[REC_MPROTECT] = put_mprotect,
	[REC_MREMAP] = put_mremap,
	[REC_BRK] = put_brk,
	[REC_MADVISE] = put_madvise,
	[REC_MLOCK] = put_mlock,
	[REC_MUNLOCK] = put_munlock,
	[REC_MLOCKALL] = put_mlockall,
	[REC_MUNLOCKALL] = put_munlockall,
	[REC_MSYNC] = put_msync,
	[REC_FORK] = put_fork,
	[REC_VFORK] = put_fork,
	[REC_WAIT] = put_wait,
	[REC_CLONE] = put_clone,
	[REC_EXIT] = put_exit,
	[REC_REMARK] = put_remark,
};

/* -- faults --------------------------------------------------------------- */

/* How many operations from @i on are faults of one kind on page after page. */
static size_t run_length(const struct out *o, size_t i)
{
	const struct rec_op *op = &o->rec->op[i];
	size_t n = 1;

	for (; i + n < o->rec->nr_ops; n++) {
		const struct rec_op *next = &op[n];

		if (next->kind != op->kind || next->task != op->task ||
			next->flags & REC_COPIED || op->flags & REC_COPIED ||
			next->addr / PAGE != op->addr / PAGE + n ||
			(op->kind == REC_WRITE && next->what != op->what + n))
			break;
	}
	return n;
}

static void put_run(struct out *o, const struct rec_op *op, size_t n)
{
	buf_printf(o->b, "%sfor i = 0, %zu do p[%" PRIu32 "]:%s(", o->indent,
		n - 1, op->task + 1, op->kind == REC_READ ? "read" : "write");
	out_addr(o, op->addr & ~(PAGE - 1));
	buf_puts(o->b, " + i * 4096");
	if (op->kind == REC_WRITE)
		buf_printf(o->b, ", %" PRIu64 " + i", op->what);
	buf_puts(o->b, ") end\n");
}

/* The one who wrote has a frame of its own now, the other one the old. */
static void put_check(struct out *o, const struct rec_op *op)
{
	if (!(op->flags & REC_COPIED) || op->other == REC_NONE ||
		*o->indent || o->checks[op->task]++ >= MAX_CHECKS)
		return;
	buf_printf(o->b, "expect(page_at(p[%" PRIu32 "], ", op->task + 1);
	out_addr(o, op->addr);
	buf_printf(o->b, ").pfn ~= page_at(p[%" PRIu32 "], ", op->other + 1);
	out_addr(o, op->addr);
	buf_puts(o->b, ").pfn,\n\t\"");
	lua_plain(o->b, "the page was shared, the writer has its own now", 0);
	buf_puts(o->b, "\")\n");
}

static void put_fault(struct out *o, const struct rec_op *op)
{
	put_task(o, op);
	buf_printf(o->b, ":%s(", op->kind == REC_READ ? "read" : "write");
	out_addr(o, op->addr);
	if (op->kind == REC_WRITE)
		buf_printf(o->b, ", %" PRIu64, op->what);
	buf_puts(o->b, op->flags & REC_COPIED ? ") -- shared since a fork\n"
					      : ")\n");
	put_check(o, op);
}

static void put_refused(struct out *o, const struct rec_op *op)
{
	static const char *const calls[NR_REC_KINDS] = {
		[REC_MMAP] = "mmap", [REC_MUNMAP] = "munmap",
		[REC_MPROTECT] = "mprotect", [REC_MREMAP] = "mremap",
		[REC_MADVISE] = "madvise", [REC_MLOCK] = "mlock",
		[REC_MUNLOCK] = "munlock", [REC_MLOCKALL] = "mlockall",
		[REC_MUNLOCKALL] = "munlockall", [REC_MSYNC] = "msync",
		[REC_FORK] = "fork", [REC_VFORK] = "vfork",
	};

	buf_printf(o->b, "%s-- refused with %s: p[%" PRIu32 "] %s(0x%" PRIx64
		", 0x%" PRIx64 ")\n", o->indent, status_name(-op->err),
		op->task + 1, calls[op->kind] ? calls[op->kind] : "call",
		op->addr, op->len);
}

size_t out_operation(struct out *o, size_t i)
{
	const struct rec_op *op = &o->rec->op[i];
	size_t n = 1;

	if (op->err) {
		put_refused(o, op);
	} else if (op->kind == REC_READ || op->kind == REC_WRITE) {
		n = run_length(o, i);
		if (n > 1)
			put_run(o, op, n);
		else
			put_fault(o, op);
	} else {
		put[op->kind](o, op);
	}
	return i + n;
}
