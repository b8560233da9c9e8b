/*
 * Random operations on small machines: after each the checker and the shadow
 * must agree with the machine.  A failure is cut down to the operations that
 * it needs.  RANDOM_OPS and RANDOM_SEED make it longer or different.
 */
#include "run.h"
#include "shadow.h"

#include "core/mechanism.h"
#include "swap_by_hand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_OPS 2000

struct plan {
	const char *era, *arch;
	uint64_t ram, swap;
	unsigned tasks; /* alive at most: many on little memory run out */
	uint64_t seed;
};

static uint64_t state;
static uint64_t merged; /* by ksmd, in all runs of an era */

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % n;
}

/* ---- a random operation ---- */

static uint32_t some_pid(const struct shadow *s)
{
	if (!s->nr_tasks || !rnd(60))
		return rnd(300);
	for (unsigned i = 0; i < 50; i++) {
		const struct shadow_task *t = s->task[rnd(s->nr_tasks)];
		if (t->alive)
			return t->pid;
	}
	return s->task[0]->pid;
}

static bool suits(const struct shadow_page *p, bool writable)
{
	return p->mapped && (!writable || (p->prot & PROT_W));
}

/* An address of the window: mostly of a page that the task has mapped. */
static uint64_t some_addr(const struct shadow *s, const struct op *op)
{
	uint32_t page = rnd(SHADOW_WINDOW - 12);
	bool writable = op->id == OP_WRITE;
	const struct shadow_task *t = NULL;
	for (unsigned i = 0; i < s->nr_tasks; i++)
		if (s->task[i]->pid == op->subject && s->task[i]->alive)
			t = s->task[i];
	for (unsigned i = 0; t && i < 12 && !suits(&t->page[page], writable);
		i++)
		page = rnd(SHADOW_WINDOW - 12);
	uint64_t addr = SHADOW_BASE + ((uint64_t)page << PAGE_SHIFT);
	return rnd(100) ? addr : addr + 1 + rnd(4095);
}

static uint64_t some_len(void)
{
	static const unsigned sizes[] = { 1, 1, 2, 3, 4, 6, 8, 12 };
	if (!rnd(80))
		return rnd(2) ? 0 : rnd(20000);
	return (uint64_t)sizes[rnd(8)] << PAGE_SHIFT;
}

static unsigned some_prot(void)
{
	static const unsigned prots[] = { PROT_R | PROT_W, PROT_R | PROT_W,
		PROT_R | PROT_W, PROT_R, 0, PROT_R | PROT_W | PROT_X,
		PROT_R | PROT_X };
	return prots[rnd(7)];
}

static void make_range(const struct shadow *s, struct op *op)
{
	set_arg(op, "addr", some_addr(s, op));
	set_arg(op, "len", some_len());
}

static void make_mmap(const struct shadow *s, struct op *op)
{
	if (!rnd(25)) {
		set_arg(op, "len", some_len());
		return;
	}
	make_range(s, op);
	if (rnd(3)) {
		uint64_t page = rnd(SHADOW_WINDOW - 24);
		set_arg(op, "addr", SHADOW_BASE + (page << PAGE_SHIFT));
		set_arg(op, "len", (uint64_t)(1 + rnd(24)) << PAGE_SHIFT);
	}
	set_arg(op, "prot", some_prot());
	set_arg(op, "fixed", 1);
}

static void make_mprotect(const struct shadow *s, struct op *op)
{
	make_range(s, op);
	set_arg(op, "prot", some_prot());
}

static void make_madvise(const struct shadow *s, struct op *op)
{
	static const enum advice list[] = { ADVICE_DONTNEED, ADVICE_DONTNEED,
		ADVICE_DONTFORK, ADVICE_DOFORK, ADVICE_WIPEONFORK,
		ADVICE_KEEPONFORK, ADVICE_MERGEABLE, ADVICE_MERGEABLE,
		ADVICE_MERGEABLE, ADVICE_UNMERGEABLE, ADVICE_FREE, ADVICE_FREE, ADVICE_COLD,
		ADVICE_PAGEOUT, ADVICE_PAGEOUT, ADVICE_WILLNEED, ADVICE_REMOVE,
		ADVICE_POPULATE_READ, ADVICE_POPULATE_WRITE,
		ADVICE_DONTNEED_LOCKED, ADVICE_GUARD_INSTALL,
		ADVICE_GUARD_INSTALL, ADVICE_GUARD_REMOVE, ADVICE_DONTDUMP,
		ADVICE_DODUMP, ADVICE_RANDOM, ADVICE_NORMAL, ADVICE_HUGEPAGE,
		ADVICE_NOHUGEPAGE, ADVICE_COLLAPSE, ADVICE_HWPOISON };
	if (!rnd(3)) { /* much, so that equal pages meet */
		set_arg(op, "addr", SHADOW_BASE);
		set_arg(op, "len", (uint64_t)SHADOW_WINDOW << PAGE_SHIFT);
		set_arg(op, "advice", ADVICE_MERGEABLE);
		return;
	}
	make_range(s, op);
	set_arg(op, "advice", list[rnd(sizeof list / sizeof *list)]);
}

static void make_msync(const struct shadow *s, struct op *op)
{
	static const char *const how[] = { "async", "sync", "invalidate" };
	make_range(s, op);
	set_arg(op, how[rnd(3)], 1);
	set_arg(op, how[rnd(3)], 1);
}

static void make_mremap(const struct shadow *s, struct op *op)
{
	uint64_t old_len = (1 + rnd(8)) << PAGE_SHIFT;
	set_arg(op, "addr", some_addr(s, op));
	set_arg(op, "old_len", old_len);
	set_arg(op, "new_len", rnd(3) ? old_len : some_len());
	set_arg(op, "maymove", rnd(4) > 0);
	if (!rnd(4))
		return;
	set_arg(op, "maymove", 1);
	set_arg(op, "fixed", 1);
	set_arg(op, "to", some_addr(s, op));
}

static uint64_t heap_addr(const struct shadow *s, unsigned pages)
{
	return machine_paging(s->m)->start_brk +
	       ((uint64_t)rnd(pages) << PAGE_SHIFT);
}

static void make_access(const struct shadow *s, struct op *op)
{
	uint64_t addr = rnd(8) ? some_addr(s, op) : heap_addr(s, SHADOW_HEAP);
	if (!rnd(100))
		addr = rnd(2) ? 0x1000 : machine_paging(s->m)->task_size;
	set_arg(op, "addr", addr & PAGE_MASK);
	if (op->id == OP_WRITE)
		set_arg(op, "value", 1 + (rnd(3) ? rnd(5) : rnd(1000000)));
}

static void make_rmap(const struct shadow *s, struct op *op)
{
	for (unsigned i = 0; i < 200; i++) {
		op->subject = rnd((uint32_t)s->m->nr_frames + 2);
		const struct page *p = page_by_pfn(s->m, op->subject);
		if (p && kind_is_anon(p->kind))
			break;
	}
	set_arg(op, "full", rnd(2));
}

/* So large that the heap begins where it does without a program: there the
 * shadow looks for it. */
static void make_exec(const struct shadow *s, struct op *op)
{
	const struct paging *p = machine_paging(s->m);
	uint64_t pages = (p->start_brk - p->text_base) >> PAGE_SHIFT;
	uint64_t data = rnd((uint32_t)pages);
	set_arg(op, "file", rnd(50) ? 1 : 2);
	set_arg(op, "text", rnd(50) ? 1 : 0);
	set_arg(op, "data", data);
	set_arg(op, "bss", pages - 1 - data);
	set_arg(op, "shift", rnd(2) ? rnd(100) : 0);
}

static void fill(const struct shadow *s, struct op *op)
{
	switch ((enum op_id)op->id) {
	case OP_MMAP:
		make_mmap(s, op);
		break;
	case OP_MUNMAP:
		make_range(s, op);
		break;
	case OP_MPROTECT:
		make_mprotect(s, op);
		break;
	case OP_MREMAP:
		make_mremap(s, op);
		break;
	case OP_MADVISE:
		make_madvise(s, op);
		break;
	case OP_MINCORE:
		make_range(s, op);
		break;
	case OP_MSYNC:
		make_msync(s, op);
		break;
	case OP_BRK:
		set_arg(op, "addr", heap_addr(s, SHADOW_HEAP));
		break;
	case OP_READ:
	case OP_WRITE:
		make_access(s, op);
		break;
	case OP_RMAP:
		make_rmap(s, op);
		break;
	case OP_EXEC:
		make_exec(s, op);
		break;
	case OP_SWAPOFF:
	case OP_EXIT:
	case OP_WAIT:
		break;
	case OP_CLONE:
		set_text(op, "t");
		set_arg(op, "vm", rnd(4) > 0);
		break;
	case OP_RECLAIM:
		set_arg(op, "pages", 1 + rnd(40));
		break;
	case OP_KSM:
		if (rnd(3))
			set_arg(op, "pages", 1 + rnd(30));
		break;
	case OP_MIGRATE:
		op->subject = rnd((uint32_t)s->m->nr_frames);
		break;
	case OP_FILE:
		set_text(op, "prog");
		set_arg(op, "pages", 5);
		break;
	default:
		set_text(op, "t");
	}
}

/* How often each operation is chosen, of 100. */
static const struct {
	enum op_id id;
	unsigned weight;
} weights[] = { { OP_WRITE, 35 }, { OP_READ, 8 }, { OP_MMAP, 8 },
	{ OP_MUNMAP, 3 }, { OP_MPROTECT, 8 }, { OP_MREMAP, 8 },
	{ OP_MADVISE, 7 }, { OP_MINCORE, 1 }, { OP_MSYNC, 1 }, { OP_KSM, 4 },
	{ OP_BRK, 2 }, { OP_FORK, 2 }, { OP_EXIT, 1 }, { OP_CLONE, 1 },
	{ OP_VFORK, 1 }, { OP_WAIT, 1 }, { OP_EXEC, 1 },
	{ OP_RMAP, 5 }, { OP_RECLAIM, 1 }, { OP_MIGRATE, 2 } };

static enum op_id some_id(const struct plan *p, const struct shadow *s)
{
	unsigned n = rnd(100);
	if (!s->m->inodes.last)
		return OP_FILE; /* the program */
	if (!s->alive)
		return OP_SPAWN;
	if (p->swap && s->m->ops > 1200 && !rnd(400))
		return OP_SWAPOFF;
	if (s->alive > p->tasks)
		return OP_EXIT;
	for (size_t i = 0;; i++) {
		if (n < weights[i].weight)
			return weights[i].id;
		n -= weights[i].weight;
	}
}

static struct op some_op(const struct plan *p, const struct shadow *s)
{
	enum op_id id = some_id(p, s);
	bool on_task = id != OP_SPAWN && id != OP_FILE;
	struct op op = make_op(id, on_task ? some_pid(s) : 0);
	fill(s, &op);
	return op;
}

/* ---- swapping by hand ---- */

static uint32_t hash(uint64_t seed, unsigned i)
{
	uint64_t h = (seed + i + 1) * 0x9e3779b97f4a7c15ull;
	h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9ull;
	return (uint32_t)(h >> 32);
}

/* How far a page is taken: out of its PTEs, written, freed. */
static void swap_page(struct machine *m, struct page *page, unsigned far)
{
	if (!hand_unmap(m, page) || !far--)
		return;
	hand_write(m, page);
	if (far && (page->flags & PG(SWAPCACHE)))
		hand_free(m, page);
}

/* After operation @i swap some pages out, the same ones in a replay. */
/* What MADV_FREE gave up has no place in swap. */
static bool is_given_up(const struct machine *m, const struct page *page)
{
	return (ops_of(m)->new_page_flags & PG(SWAPBACKED)) &&
	       !(page->flags & PG(SWAPBACKED));
}

static bool swap_some(const struct plan *p, struct shadow *s, unsigned i)
{
	uint32_t h = hash(p->seed, i);
	uint64_t pfn = (h >> 8) % s->m->nr_frames;
	if (!p->swap || h % 2)
		return true;
	for (unsigned n = 1 + h / 2 % 6, tries = 0; n && tries < 200; tries++) {
		struct page *page = page_by_pfn(s->m, pfn++);
		if (!page)
			break;
		if (!kind_is_anon(page->kind) || page_mapcount(page) > 60 ||
			!(page->flags & PG(LRU)) || is_given_up(s->m, page))
			continue;
		swap_page(s->m, page, (h + n) % 3);
		n--;
	}
	return shadow_check(s);
}

/* ---- runs ---- */

static struct machine *new_machine(const struct plan *p)
{
	struct machine_config config = { .era = era_find(p->era),
		.paging = paging_find(p->arch),
		.ram = p->ram,
		.swap = p->swap,
		.tune = tunables_default(era_find(p->era)) };
	config.tune.no_oom_killer = true;
	config.tune.lru_batches = p->seed % 4 >= 2;
	config.tune.swap_cluster = p->seed % 3 ? 32 : 4;
	config.tune.pages_min = p->seed % 5 == 2 ? 8 : 0;
	struct machine *m = machine_new(&config);
	assert_non_null(m);
	return m;
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

/* Replay ops[i] for which keep[i]; true when it still fails. */
static bool still_fails(const struct plan *p, const struct op *ops, unsigned n,
	const bool *keep)
{
	struct shadow s;
	bool ok = true;
	struct machine *m = new_machine(p);
	shadow_init(&s, m);
	for (unsigned i = 0; i < n && ok && !s.full; i++)
		if (keep[i])
			ok = shadow_run(&s, &ops[i]) && swap_some(p, &s, i);
	shadow_free(&s);
	machine_delete(m);
	return !ok;
}

#define SHRINK_SECONDS 20

/* Leave out what the failure does not need, in ever smaller pieces; for so
 * long only, since each try is a whole run. */
static void shrink(
	const struct plan *p, const struct op *ops, unsigned n, bool *keep)
{
	time_t end = time(NULL) + SHRINK_SECONDS;

	for (unsigned size = n / 2 + 1; size; size /= 2)
		for (unsigned at = 0; at < n && time(NULL) < end; at += size) {
			bool old[size];
			unsigned len = at + size > n ? n - at : size;
			memcpy(old, keep + at, len);
			memset(keep + at, 0, len);
			if (!still_fails(p, ops, n, keep))
				memcpy(keep + at, old, len);
		}
}

static void report(
	const struct plan *p, const struct op *ops, unsigned n, const char *why)
{
	bool *keep = malloc(n);
	memset(keep, 1, n);
	fprintf(stderr, "RANDOM_SEED=%llu, %s on %s, operation %u: %s\n",
		(unsigned long long)p->seed, p->era, p->arch, n, why);
	shrink(p, ops, n, keep);
	for (unsigned i = 0; i < n; i++)
		if (keep[i])
			print_op(&ops[i]);
	free(keep);
}

static unsigned wanted_ops(void)
{
	const char *text = getenv("RANDOM_OPS");
	return text ? (unsigned)strtoul(text, NULL, 10) : DEFAULT_OPS;
}

static bool run_plan(const struct plan *p)
{
	struct shadow s;
	unsigned n = wanted_ops(), i;
	bool ok = true;
	struct op *ops = calloc(n, sizeof(*ops));
	struct machine *m = new_machine(p);
	state = p->seed * 0x9e3779b97f4a7c15ull + 1;
	shadow_init(&s, m);
	for (i = 0; i < n && ok && !s.full; i++) {
		ops[i] = some_op(p, &s);
		ok = shadow_run(&s, &ops[i]) && swap_some(p, &s, i);
	}
	if (!ok)
		report(p, ops, i, s.why);
	if (ok && p->swap) /* it was not for nothing */
		assert_true(m->total.n[COST_IO_READS] > 0);
	merged += m->ksm.merged;
	shadow_free(&s);
	machine_delete(m);
	free(ops);
	return ok;
}

static void run_seeds(const char *era, const char *arch)
{
	const char *text = getenv("RANDOM_SEED");
	struct plan p = { .era = era, .arch = arch };
	for (unsigned i = 0; i < 2; i++) {
		p.seed = text ? strtoull(text, NULL, 10) : 20 + i;
		p.ram = p.seed % 2 ? 2 << 20 : 1 << 20;
		p.tasks = p.seed % 2 ? 6 : 20;
		p.swap = 0;
		assert_true(run_plan(&p));
		p.swap = p.seed % 2 ? 2 << 20 : 200 << 10;
		assert_true(run_plan(&p));
	}
}

static void random_2_4(void **unused)
{
	(void)unused;
	run_seeds("2.4", "i386");
	run_seeds("2.4", "pae");
}

static void random_2_6_0(void **unused)
{
	(void)unused;
	run_seeds("2.6.0", "i386");
	run_seeds("2.6.0", "pae");
}

static void random_2_6_11(void **unused)
{
	(void)unused;
	run_seeds("2.6.11", "i386");
	run_seeds("2.6.11", "pae");
}

static void random_4_0(void **unused)
{
	merged = 0;
	(void)unused;
	run_seeds("4.0", "x86_64");
	run_seeds("4.0", "i386");
	run_seeds("4.0", "pae");
	assert_true(merged > 20);
}

static void random_6_18(void **unused)
{
	merged = 0;
	(void)unused;
	run_seeds("6.18", "x86_64");
	run_seeds("6.18", "x86_64-la57");
	assert_true(merged > 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_2_4),
		cmocka_unit_test(random_2_6_0),
		cmocka_unit_test(random_2_6_11),
		cmocka_unit_test(random_4_0),
		cmocka_unit_test(random_6_18),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
