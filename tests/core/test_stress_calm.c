/*
 * Random operations of all kinds on machines that are always short of memory.
 * After each the checker must find nothing, and no task may see anything
 * changed but what the operation changes by its definition (calm.h).  What is
 * refused at once leaves the machine as it was, byte for byte.
 *
 * A failure is cut down to the operations that it needs.  RANDOM_OPS and
 * RANDOM_SEED make it longer or different.
 */
#include "run.h"

#include "calm.h"
#include "lock_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WINDOW 96 /* pages that operations are about */
#define FILES 3	  /* on disk, of tmpfs, a hole */
#define DEFAULT_OPS 1000
#define DEFAULT_SEEDS 8

struct plan {
	const char *era, *arch;
	uint64_t seed;
};

static uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % n;
}

static struct machine *new_machine(const struct plan *p)
{
	struct machine_config config = { .era = era_find(p->era),
		.paging = paging_find(p->arch),
		.ram = (256 << 10) + (p->seed % 5) * (64 << 10),
		.swap = (p->seed % 4) * (96 << 10),
		.tune = tunables_default(era_find(p->era)) };

	config.tune.no_oom_killer = p->seed % 2;
	config.tune.lru_batches = p->seed % 4 >= 2;
	config.tune.pcp = p->seed % 7 == 3;
	config.tune.swappiness = p->seed % 5 == 4 ? 100 : 60;
	config.tune.page_cluster = p->seed % 3 == 1 ? 2 : 0;
	config.tune.swap_cluster = p->seed % 3 ? 32 : 4;
	config.tune.pages_min = p->seed % 5 == 2 ? 8 : 0;
	config.tune.overcommit = p->seed % 6 == 5 ? 2 : p->seed % 6 == 4;
	config.tune.overcommit_ratio = 80;
	config.tune.max_map_count = p->seed % 8 == 6 ? 14 : 0;
	return machine_new(&config);
}

/* -- a random operation ------------------------------------------------------ */

static uint32_t some_pid(const struct machine *m)
{
	if (!rnd(80))
		return rnd(300);
	for (unsigned i = 0; i < 400; i++) {
		uint32_t pid = 1 + rnd(m->tasks.last);
		const struct task_struct *t = task_find(m, pid);

		if (t && t->mm && (!t->vfork_child || !rnd(30)))
			return pid;
	}
	return 1;
}

/* Of a VMA that the task has, most times. */
static uint64_t some_addr(const struct machine *m, const struct op *op)
{
	unsigned tries = op->id == OP_WRITE && rnd(9) ? 8 : 0;
	uint32_t pid = op->subject;
	const struct task_struct *t = task_find(m, pid);
	const struct vm_area_struct *vma = NULL;

	if (t && t->mm && t->mm->map_count && rnd(5)) {
		unsigned n = rnd(t->mm->map_count);

		for (vma = t->mm->mmap; vma && n; n--)
			vma = vma->vm_next;
	}
	for (unsigned i = 0; vma && i < tries && !(vma->vm_flags & VM_WRITE);
		i++)
		vma = vma->vm_next;
	if (vma && vma_pages(vma) < 200)
		return vma->vm_start +
			((uint64_t)rnd((uint32_t)vma_pages(vma)) << PAGE_SHIFT);
	return BASE + ((uint64_t)rnd(WINDOW) << PAGE_SHIFT);
}

static uint64_t some_len(void)
{
	static const unsigned sizes[] = { 1, 1, 2, 3, 4, 6, 12, 30 };

	return (uint64_t)sizes[rnd(8)] << PAGE_SHIFT;
}

static unsigned some_prot(void)
{
	static const unsigned prots[] = { PROT_R | PROT_W, PROT_R | PROT_W,
		PROT_R | PROT_W, PROT_R, 0, PROT_R | PROT_W | PROT_X };

	return prots[rnd(6)];
}

static void make_range(const struct machine *m, struct op *op)
{
	set_arg(op, "addr", some_addr(m, op));
	set_arg(op, "len", some_len());
}

static void maybe(struct op *op, const char *name, unsigned one_in)
{
	if (!rnd(one_in))
		set_arg(op, name, 1);
}

static void make_mmap(const struct machine *m, struct op *op)
{
	make_range(m, op);
	set_arg(op, "prot", some_prot());
	if (rnd(5)) {
		set_arg(op, "addr", BASE + ((uint64_t)rnd(WINDOW) << PAGE_SHIFT));
		set_arg(op, "fixed", rnd(9) ? 1 : 2);
	}
	if (!rnd(3))
		set_arg(op, "file", 1 + rnd(FILES + 1));
	if (!rnd(3))
		set_arg(op, "pgoff", rnd(8));
	maybe(op, "shared", 3);
	maybe(op, "populate", 6);
	maybe(op, "noreserve", 6);
	maybe(op, "locked", 12);
	maybe(op, "grows_down", 8);
	maybe(op, "droppable", 8);
}

static void make_mremap(const struct machine *m, struct op *op)
{
	uint64_t old = some_len();

	set_arg(op, "addr", some_addr(m, op));
	set_arg(op, "old_len", rnd(20) ? old : 0);
	set_arg(op, "new_len", rnd(3) ? old : some_len());
	set_arg(op, "maymove", rnd(4) > 0);
	if (rnd(3)) {
		set_arg(op, "maymove", 1);
		set_arg(op, "fixed", 1);
		set_arg(op, "to", BASE + ((uint64_t)rnd(WINDOW) << PAGE_SHIFT));
	}
	maybe(op, "dontunmap", 4);
}

static void make_madvise(const struct machine *m, struct op *op)
{
	static const enum advice list[] = { ADVICE_NORMAL, ADVICE_RANDOM,
		ADVICE_WILLNEED, ADVICE_WILLNEED, ADVICE_DONTNEED,
		ADVICE_DONTNEED, ADVICE_FREE, ADVICE_FREE, ADVICE_FREE,
		ADVICE_REMOVE, ADVICE_DONTFORK, ADVICE_DOFORK,
		ADVICE_MERGEABLE, ADVICE_MERGEABLE, ADVICE_MERGEABLE,
		ADVICE_UNMERGEABLE, ADVICE_HUGEPAGE, ADVICE_DONTDUMP,
		ADVICE_WIPEONFORK, ADVICE_KEEPONFORK, ADVICE_COLD,
		ADVICE_PAGEOUT, ADVICE_PAGEOUT, ADVICE_POPULATE_READ,
		ADVICE_POPULATE_WRITE, ADVICE_DONTNEED_LOCKED,
		ADVICE_COLLAPSE, ADVICE_GUARD_INSTALL, ADVICE_GUARD_INSTALL,
		ADVICE_GUARD_REMOVE };

	make_range(m, op);
	set_arg(op, "advice", list[rnd(sizeof list / sizeof *list)]);
}

static void make_limits(struct op *op)
{
	static const char *const names[] = { "as", "data", "stack", "memlock" };

	set_arg(op, names[rnd(4)],
		rnd(2) ? UINT64_MAX : (uint64_t)rnd(400) << PAGE_SHIFT);
}

static void make_exec(struct op *op)
{
	set_arg(op, "file", 1 + rnd(FILES + 1));
	set_arg(op, "text", rnd(4));
	set_arg(op, "data", rnd(3));
	set_arg(op, "bss", rnd(4));
	set_arg(op, "args", 7);
	set_arg(op, "shift", rnd(2) ? 0 : rnd(40));
}

static void make_access(const struct machine *m, struct op *op)
{
	uint64_t addr = some_addr(m, op);

	if (!rnd(12))
		addr -= (uint64_t)rnd(5) << PAGE_SHIFT;
	set_arg(op, "addr", addr);
	if (op->id == OP_WRITE)
		set_arg(op, "value", 1 + (rnd(2) ? rnd(4) : rnd(100000)));
}

static void make_brk(const struct machine *m, struct op *op)
{
	const struct task_struct *t = task_find(m, op->subject);
	uint64_t brk = t && t->mm ? t->mm->start_brk : BASE;

	set_arg(op, "addr", brk + ((uint64_t)rnd(20) << PAGE_SHIFT));
}

static void make_file_op(struct op *op)
{
	op->subject = rnd(40) ? 1 + rnd(FILES) : rnd(9);
	if (op->id == OP_PREAD || op->id == OP_PWRITE)
		set_arg(op, "page", rnd(14));
	if (op->id == OP_PWRITE)
		set_arg(op, "value", 1 + rnd(5));
	if (op->id == OP_FTRUNCATE)
		set_arg(op, "pages", rnd(14));
}

static void make_sync(const struct machine *m, struct op *op)
{
	static const char *const how[] = { "async", "sync", "invalidate" };

	make_range(m, op);
	set_arg(op, how[rnd(3)], 1);
}

static void make_file(const struct machine *m, struct op *op)
{
	set_text(op, "F");
	set_arg(op, "pages", 6 + rnd(5));
	set_arg(op, "tmpfs", m->inodes.last == 1);
	set_arg(op, "hole", m->inodes.last == 2);
}

static void fill(const struct machine *m, struct op *op)
{
	switch ((enum op_id)op->id) {
	case OP_MMAP:
		make_mmap(m, op);
		break;
	case OP_MPROTECT:
		make_range(m, op);
		set_arg(op, "prot", some_prot());
		break;
	case OP_MUNMAP:
	case OP_MINCORE:
	case OP_MLOCK:
	case OP_MUNLOCK:
		make_range(m, op);
		if (op->id == OP_MLOCK)
			maybe(op, "onfault", 3);
		break;
	case OP_MREMAP:
		make_mremap(m, op);
		break;
	case OP_MADVISE:
		make_madvise(m, op);
		break;
	case OP_MSYNC:
		make_sync(m, op);
		break;
	case OP_READ:
	case OP_WRITE:
		make_access(m, op);
		break;
	case OP_MLOCKALL:
		maybe(op, "current", 2);
		maybe(op, "future", 3);
		maybe(op, "onfault", 3);
		break;
	case OP_SETRLIMIT:
		make_limits(op);
		break;
	case OP_EXEC:
		make_exec(op);
		break;
	case OP_BRK:
		make_brk(m, op);
		break;
	case OP_KSM:
		if (rnd(2))
			set_arg(op, "pages", 1 + rnd(30));
		break;
	case OP_RECLAIM:
		set_arg(op, "pages", 1 + rnd(40));
		break;
	case OP_CLONE:
		set_text(op, "t");
		set_arg(op, "vm", rnd(3) > 0);
		break;
	case OP_SPAWN:
	case OP_FORK:
	case OP_VFORK:
		set_text(op, "t");
		break;
	case OP_FILE:
		make_file(m, op);
		break;
	default:
		break;
	}
}

/* How often each is chosen. */
static const struct {
	enum op_id id;
	unsigned weight;
} weights[] = { { OP_WRITE, 350 }, { OP_READ, 100 }, { OP_MMAP, 90 },
	{ OP_MUNMAP, 30 }, { OP_MPROTECT, 50 }, { OP_MREMAP, 70 },
	{ OP_MADVISE, 130 }, { OP_MINCORE, 8 }, { OP_MSYNC, 10 },
	{ OP_KSM, 25 }, { OP_BRK, 12 }, { OP_FORK, 10 }, { OP_EXIT, 10 },
	{ OP_CLONE, 5 }, { OP_VFORK, 5 }, { OP_WAIT, 8 }, { OP_EXEC, 12 },
	{ OP_RMAP, 20 }, { OP_RECLAIM, 15 }, { OP_MIGRATE, 25 },
	{ OP_MLOCK, 8 }, { OP_MUNLOCK, 10 }, { OP_MLOCKALL, 2 },
	{ OP_MUNLOCKALL, 4 }, { OP_SETRLIMIT, 4 }, { OP_PREAD, 12 },
	{ OP_PWRITE, 12 }, { OP_FTRUNCATE, 6 }, { OP_FSYNC, 5 },
	{ OP_SWAPOFF, 1 } };

static enum op_id some_id(const struct machine *m)
{
	unsigned n = 0;

	if (m->inodes.last < FILES)
		return OP_FILE;
	if (!m->nr_tasks || (m->nr_tasks < 3 && !rnd(20)))
		return OP_SPAWN;
	if (m->nr_tasks > 12)
		return OP_EXIT;
	for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
		n += weights[i].weight;
	n = rnd(n);
	for (size_t i = 0;; i++) {
		if (n < weights[i].weight)
			return weights[i].id;
		n -= weights[i].weight;
	}
}

static struct op some_op(const struct machine *m)
{
	enum op_id id = some_id(m);
	struct op op = make_op(id, 0);

	switch (op_desc(id)->subject) {
	case ON_TASK:
		op.subject = some_pid(m);
		break;
	case ON_FILE:
		make_file_op(&op);
		break;
	case ON_PAGE:
		op.subject = rnd((uint32_t)m->nr_frames + 2);
		break;
	case ON_NOTHING:
		break;
	}
	fill(m, &op);
	return op;
}

/* -- byte for byte ----------------------------------------------------------- */

#ifndef __SANITIZE_ADDRESS__
static struct {
	char *bytes;
	size_t size, room;
} old;

static void keep_bytes(const struct machine *m)
{
	old.size = arena_used(m);
	if (old.size > old.room) {
		old.room = old.size * 2;
		old.bytes = realloc(old.bytes, old.room);
	}
	memcpy(old.bytes, m, old.size);
}

/* What counts operations is not meant. */
static void take_counters(struct machine *to, const struct machine *from)
{
	to->op_costs = from->op_costs;
	to->total = from->total;
	to->ops = from->ops;
	to->faults = from->faults;
	to->major_faults = from->major_faults;
	to->nr_killed = from->nr_killed;
	to->fault_again = from->fault_again;
	memcpy(to->killed, from->killed, sizeof to->killed);
}

/* Others find VMAs (and remember them), place, or work VMA by VMA before they
 * refuse. */
static bool refuses_at_once(enum op_id id)
{
	return id != OP_MADVISE && id != OP_MREMAP && id != OP_MPROTECT &&
		id != OP_MMAP && id != OP_MLOCK && id != OP_MUNLOCK &&
		id != OP_MSYNC && id != OP_EXEC;
}

static bool refused_at_once(const struct op *op, const struct op_result *res)
{
	switch (res->status) {
	case -ENOSYS:
	case -ESRCH:
	case -EEXIST:
		return true;
	case -EBADF:
		return op->id != OP_MADVISE;
	default:
		return res->status < 0 && res->status > STATUS_SIGSEGV &&
			res->status != -ENOMEM &&
			refuses_at_once((enum op_id)op->id);
	}
}

static bool bytes_ok(const struct machine *m, const struct op *op,
	const struct op_result *res, char why[200])
{
	struct machine *was = (struct machine *)(void *)old.bytes;
	const char *now = (const char *)m;

	if (!refused_at_once(op, res))
		return true;
	take_counters(was, m);
	for (size_t i = 0; i < old.size; i++)
		if (old.bytes[i] != now[i])
			return snprintf(why, 200, "refused (%s), byte %zu is"
				       " another", status_name(res->status), i),
				false;
	return arena_used(m) == old.size;
}
#else
static void keep_bytes(const struct machine *m)
{
	(void)m;
}

static bool bytes_ok(const struct machine *m, const struct op *op,
	const struct op_result *res, char why[200])
{
	(void)m, (void)op, (void)res, (void)why;
	return true;
}
#endif

/* -- runs ---------------------------------------------------------------------- */

static struct calm before, after;
static struct lock_watch watch;
static unsigned left_out; /* operations that could not be compared */

static bool check_one(struct machine *m, const struct op *op, char why[200])
{
	struct op_result res = { .found = NULL };
	struct check_failure f;

	calm_look(m, &before);
	keep_bytes(m);
	lock_watch_start(&watch, m);
	trace_attach(m, &watch.tracer);
	machine_run(m, op, &res);
	trace_attach(m, NULL);
	if (watch.wrong[0])
		return snprintf(why, 200, "%s", watch.wrong), false;
	if (!machine_check(m, &f))
		return snprintf(why, 200, "rule %s of kind %u id %u addr %#llx:"
			       " %llu, not %llu", f.rule, f.o.kind, f.o.id,
			       (unsigned long long)f.o.addr,
			       (unsigned long long)f.got,
			       (unsigned long long)f.want), false;
	calm_look(m, &after);
	left_out += before.full || after.full;
	return calm_compare(&before, &after, op, &res, why) &&
		bytes_ok(m, op, &res, why);
}

static void print_op(const struct op *op)
{
	const struct op_desc *d = op_desc((enum op_id)op->id);

	fprintf(stderr, "  %u:%s", op->subject, d->name);
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (op->given >> i & 1)
			fprintf(stderr, " %s=%#llx", d->arg[i].name,
				(unsigned long long)op->arg[i]);
	fprintf(stderr, "\n");
}

static bool still_fails(const struct plan *p, const struct op *ops, unsigned n,
	const bool *keep, char why[200])
{
	struct machine *m = new_machine(p);
	bool ok = true;

	for (unsigned i = 0; i < n && ok; i++)
		if (keep[i])
			ok = check_one(m, &ops[i], why);
	machine_delete(m);
	return !ok;
}

#define SHRINK_SECONDS 20

static void shrink(const struct plan *p, const struct op *ops, unsigned n,
	bool *keep, char why[200])
{
	time_t end = time(NULL) + SHRINK_SECONDS;

	for (unsigned size = n / 2 + 1; size; size /= 2)
		for (unsigned at = 0; at < n && time(NULL) < end; at += size) {
			unsigned len = at + size > n ? n - at : size;
			bool kept[size];

			memcpy(kept, keep + at, len);
			memset(keep + at, 0, len);
			if (!still_fails(p, ops, n, keep, why))
				memcpy(keep + at, kept, len);
		}
}

static void report(const struct plan *p, const struct op *ops, unsigned n,
	char why[200])
{
	bool *keep = malloc(n);

	memset(keep, 1, n);
	fprintf(stderr, "RANDOM_SEED=%llu, %s on %s, operation %u: %s\n",
		(unsigned long long)p->seed, p->era, p->arch, n, why);
	shrink(p, ops, n, keep, why);
	still_fails(p, ops, n, keep, why);
	for (unsigned i = 0; i < n; i++)
		if (keep[i])
			print_op(&ops[i]);
	fprintf(stderr, "  %s\n", why);
	free(keep);
}

static unsigned wanted(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static bool run_plan(const struct plan *p)
{
	unsigned n = wanted("RANDOM_OPS", DEFAULT_OPS), i;
	struct op *ops = calloc(n, sizeof *ops);
	struct machine *m = new_machine(p);
	char why[200] = "";
	bool ok = true;

	assert_non_null(m);
	state = p->seed * 0x9e3779b97f4a7c15ull + 1;
	for (i = 0; i < n && ok; i++) {
		ops[i] = some_op(m);
		ok = check_one(m, &ops[i], why);
	}
	if (!ok)
		report(p, ops, i, why);
	machine_delete(m);
	free(ops);
	return ok;
}

static void run_seeds(const char *era, const char *arch)
{
	unsigned first = wanted("RANDOM_SEED", 60);
	unsigned seeds = wanted("RANDOM_SEEDS", DEFAULT_SEEDS), bad = 0;
	unsigned ops = seeds * wanted("RANDOM_OPS", DEFAULT_OPS);

	left_out = 0;
	for (unsigned i = 0; i < seeds; i++)
		bad += !run_plan(&(struct plan){ era, arch, first + i });
	assert_int_equal(bad, 0);
	assert_true(left_out <= ops / 10);
}

static void stress_2_4(void **unused)
{
	(void)unused;
	run_seeds("2.4", "i386");
}

static void stress_2_6_0(void **unused)
{
	(void)unused;
	run_seeds("2.6.0", "pae");
}

static void stress_2_6_11(void **unused)
{
	(void)unused;
	run_seeds("2.6.11", "i386");
}

static void stress_4_0(void **unused)
{
	(void)unused;
	run_seeds("4.0", "x86_64");
}

static void stress_6_18(void **unused)
{
	(void)unused;
	run_seeds("6.18", "x86_64");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stress_2_4),
		cmocka_unit_test(stress_2_6_0),
		cmocka_unit_test(stress_2_6_11),
		cmocka_unit_test(stress_4_0),
		cmocka_unit_test(stress_6_18),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
