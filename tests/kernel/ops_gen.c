/*
 * Random lists.  They stay in a window so small that ranges meet all the time,
 * and prefer addresses that were used before, so that boundaries are hit.  A
 * rough idea of what is mapped (a bit for each page, wrong where the kernel
 * refuses) makes most operations meet something.
 */
#include "sides.h"

#include <string.h>

#define GENERATIONS 8
#define NO_ADVICE 0x55 /* no kernel knows it */
#define HOT 6	       /* pages remembered */

static struct gen {
	uint64_t state;
	unsigned hot[HOT];
	unsigned depth[MAX_TASKS]; /* generation, 0: not there */
	uint64_t mapped[MAX_TASKS], writable[MAX_TASKS]; /* bit: a page */
	unsigned self; /* the task that acts */
	bool plain;    /* few protections and advices: much can merge */
	struct list *list;
} g;

static uint32_t rnd(uint32_t n)
{
	g.state ^= g.state << 13;
	g.state ^= g.state >> 7;
	g.state ^= g.state << 17;
	return (uint32_t)(g.state >> 20) % n;
}

static unsigned page(void)
{
	unsigned p = 4 + rnd(28);

	if (rnd(3))
		p = g.hot[rnd(HOT)] + rnd(3) - 1 + (rnd(4) ? 0 : 1);
	p %= WINDOW_PAGES - 12;
	g.hot[rnd(HOT)] = p;
	return p;
}

static uint64_t addr_of(unsigned p)
{
	return WINDOW_BASE + (uint64_t)p * PAGE_SIZE;
}

static uint64_t uneven(void)
{
	return rnd(80) ? 0 : 1 + rnd(PAGE_SIZE - 1);
}

/* Now and then beyond all address spaces. */
static uint64_t addr(void)
{
	if (!rnd(400)) /* no bytes into the last page: errnos lie there */
		return (rnd(2) ? 1ull << 63 : ~0ull << (PAGE_SHIFT + 2)) +
		       rnd(4) * (uint64_t)PAGE_SIZE;
	return addr_of(page()) + uneven();
}

/* Mostly a page that is in @set. */
static uint64_t addr_in(uint64_t set)
{
	unsigned p = page();

	if (!rnd(100))
		return addr();
	for (unsigned i = 0; rnd(10) && i < 20 && !(set >> p & 1); i++)
		p = i < 5 ? page() : rnd(WINDOW_PAGES);
	g.hot[rnd(HOT)] = p;
	return addr_of(p) + uneven();
}

/* Bits of the pages that a range touches. */
static uint64_t bits(uint64_t at, uint64_t bytes)
{
	uint64_t first = (at - WINDOW_BASE) >> PAGE_SHIFT;
	uint64_t n = bytes >> PAGE_SHIFT;

	if (at < WINDOW_BASE || first >= WINDOW_PAGES || !n)
		return 0;
	return (n > 63 ? ~0ull : (1ull << n) - 1) << first;
}

/* Far too long: never so that it would reach other memory of the process. */
static uint64_t absurd(enum op_id id)
{
	static const uint64_t lens[] = { 1ull << 44, 0, ~0ull,
		~0ull << PAGE_SHIFT, 1ull << 47, 1ull << 63 };

	return lens[rnd(id == OP_MADVISE ? 4 : 6)];
}

static uint64_t len(enum op_id id)
{
	static const unsigned sizes[] = { 1, 1, 2, 2, 3, 4, 6, 8, 12 };

	if (!rnd(100))
		return absurd(id);
	if (!rnd(50))
		return rnd(5 * PAGE_SIZE);
	return (uint64_t)sizes[rnd(9)] * PAGE_SIZE;
}

static uint64_t prot(void)
{
	static const uint8_t prots[] = { 3, 3, 3, 3, 3, 3, 1, 1, 0, 0, 7, 5, 2,
		4 };

	uint64_t p = prots[rnd(g.plain ? 8 : 14)];

	return p == PROT_X && sight.no_exec_only ? PROT_X | PROT_R : p;
}

/* Mostly not beyond what is mapped at @at. */
static uint64_t len_at(enum op_id id, uint64_t at)
{
	uint64_t bytes = len(id), set = g.mapped[g.self];

	while (bytes > PAGE_SIZE && bytes < 64 * PAGE_SIZE && rnd(8) &&
		(bits(at, bytes) & ~set))
		bytes -= PAGE_SIZE;
	return bytes;
}

static void note(uint64_t pages, bool mapped, bool writable)
{
	uint64_t *m = &g.mapped[g.self], *w = &g.writable[g.self];

	*m = mapped ? *m | pages : *m & ~pages;
	*w = writable ? *w | pages : *w & ~pages;
}

static void gen_mmap(struct op *op)
{
	uint64_t p = prot(), bytes = len(OP_MMAP), at = addr();

	op_set(op, "len", bytes);
	if (rnd(30))
		op_set(op, "addr", at);
	op_set(op, "fixed", rnd(2) ? 1 : rnd(3));
	/* without an address it must not be fixed: page 0 is not the window */
	if (!(op->given & 2))
		op_set(op, "fixed", 0);
	else
		note(bits(at, bytes), true, p & PROT_W);
	op_set(op, "prot", p);
}

static void gen_range(struct op *op)
{
	uint64_t at = addr_in(g.mapped[g.self]);

	op_set(op, "addr", at);
	op_set(op, "len", len_at((enum op_id)op->id, at));
	if (op->id == OP_MUNMAP)
		note(bits(at, op->arg[1]), false, false);
}

static void gen_mprotect(struct op *op)
{
	uint64_t p = prot();

	gen_range(op);
	op_set(op, "prot", p);
	note(bits(op->arg[0], op->arg[1]) & g.mapped[g.self], true, p & PROT_W);
}

/* To or from: most moves that end go on from where the range now is. */
static void gen_remap_to(struct op *op, bool fixed, uint64_t old)
{
	uint64_t to = addr();

	for (unsigned i = 0;
		i < 3 && (bits(to, op->arg[2]) & bits(op->arg[0], old)); i++)
		to = addr();
	if (fixed || !rnd(3))
		op_set(op, "to", to);
	if (fixed || rnd(2))
		op_set(op, "maymove", rnd(20) != 0);
	if (!fixed)
		return;
	op_set(op, "fixed", 1);
	note(bits(op->arg[0], old), false, false);
	note(bits(to, op->arg[2]), true, true);
}

static void gen_mremap(struct op *op)
{
	uint64_t at = addr_in(g.mapped[g.self]), old = len_at(OP_MREMAP, at);

	op_set(op, "addr", at);
	op_set(op, "old_len", old);
	op_set(op, "new_len", rnd(5) < 3 ? old : len(OP_MREMAP));
	gen_remap_to(op, rnd(3), old);
	if (!rnd(6))
		op_set(op, "dontunmap", 1);
}

static void gen_madvise(struct op *op)
{
	static const uint8_t advices[] = { ADVICE_DONTNEED, ADVICE_DONTNEED,
		ADVICE_DONTNEED, ADVICE_DONTFORK, ADVICE_DOFORK,
		ADVICE_WIPEONFORK, ADVICE_KEEPONFORK, ADVICE_NORMAL,
		ADVICE_RANDOM, ADVICE_SEQUENTIAL, ADVICE_WILLNEED };

	gen_range(op);
	op_set(op, "advice",
		rnd(200) ? advices[rnd(g.plain ? 5 : 11)] : NO_ADVICE);
}

static void gen_read(struct op *op)
{
	op_set(op, "addr", addr_in(g.mapped[g.self]));
}

static void gen_write(struct op *op)
{
	op_set(op, "addr", addr_in(g.mapped[g.self] & g.writable[g.self]));
	op_set(op, "value", 1 + rnd(9999));
}

static void gen_exit(struct op *op)
{
	(void)op;
}

static const struct recipe {
	enum op_id id;
	unsigned weight;
	void (*make)(struct op *op);
} recipes[] = {
	{ OP_MMAP, 15, gen_mmap },
	{ OP_MUNMAP, 5, gen_range },
	{ OP_MPROTECT, 14, gen_mprotect },
	{ OP_MREMAP, 14, gen_mremap },
	{ OP_MADVISE, 12, gen_madvise },
	{ OP_READ, 11, gen_read },
	{ OP_WRITE, 24, gen_write },
	{ OP_FORK, 6, gen_exit },
	{ OP_EXIT, 4, gen_exit },
};

static const struct recipe *recipe(void)
{
	const struct recipe *r = recipes;
	unsigned n = rnd(105);

	while (n >= r->weight)
		n -= r++->weight;
	return r;
}

/* One that lives; now and then one that does not. */
static unsigned task(void)
{
	unsigned t = rnd(MAX_TASKS);

	for (unsigned i = 0; i < 40 && !g.depth[t]; i++)
		t = rnd(MAX_TASKS);
	return g.depth[t] ? t : 0;
}

/* False when there is no place for a child. */
static bool plan_fork(struct step *s)
{
	unsigned parent = s->op.subject;

	if (g.depth[parent] >= GENERATIONS)
		return false;
	for (unsigned t = 1; t < MAX_TASKS; t++)
		if (!g.depth[t]) {
			s->child = t;
			g.mapped[t] = g.mapped[parent];
			g.writable[t] = g.writable[parent];
			g.depth[t] = g.depth[parent] + 1;
			s->op.text[0] = 't';
			s->op.text[1] = (char)('0' + t);
			return true;
		}
	return false;
}

static unsigned living(void)
{
	unsigned n = 0;

	for (unsigned t = 0; t < MAX_TASKS; t++)
		n += g.depth[t] > 0;
	return n;
}

static bool generate_step(struct step *s)
{
	/* something to work with first */
	const struct recipe *r = g.list->n < 3 ? recipes : recipe();

	memset(s, 0, sizeof *s);
	s->op.id = r->id;
	s->op.subject = g.self = task();
	r->make(&s->op);
	if (r->id == OP_FORK)
		return plan_fork(s);
	if (r->id == OP_EXIT) {
		if (living() < 2)
			return false;
		g.depth[s->op.subject] = 0;
	}
	return true;
}

void list_generate(struct list *list, uint64_t seed, unsigned n)
{
	memset(&g, 0, sizeof g);
	g.state = (seed + 1) * 0x9e3779b97f4a7c15ull;
	for (unsigned i = 0; i < 8; i++)
		rnd(2);
	for (unsigned i = 0; i < HOT; i++)
		g.hot[i] = 4 + rnd(28);
	g.depth[0] = 1;
	g.list = list;
	g.plain = seed % 2;
	list->n = 0;
	list->seed = seed;
	while (list->n < n && list->n < MAX_STEPS)
		list->n += generate_step(&list->step[list->n]);
}
