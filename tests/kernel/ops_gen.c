/*
 * Random lists.  They stay in a window so small that ranges meet all the time,
 * and prefer addresses that were used before, so that boundaries are hit.  A
 * rough idea of what is mapped (a bit for each page, wrong where the kernel
 * refuses) makes most operations meet something.
 */
#include "profiles.h"
#include "sides.h"

#include <string.h>

#define GENERATIONS 8
#define ENORMOUS (1ull << 44) /* bytes that no machine can promise */
#define NO_ADVICE 0x55 /* no kernel knows it */
#define HOT 6	       /* pages remembered */
#define ADVICES 110    /* numbers of advices are below */

static bool doable[NR_OPS], advisable[ADVICES]; /* by the simulator */

static struct gen {
	uint64_t state;
	const struct profile *profile;
	unsigned hot[HOT];
	unsigned depth[MAX_TASKS]; /* generation, 0: not there */
	uint64_t mapped[MAX_TASKS], writable[MAX_TASKS]; /* bit: a page */
	unsigned size[MAX_FILES + 1]; /* pages of each file; 0: not there */
	unsigned self; /* the task that acts */
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
	return rnd(80) || !sight.same ? 0 : 1 + rnd(PAGE_SIZE - 1);
}

/* Now and then beyond all address spaces. */
static uint64_t addr(void)
{
	if (!rnd(400) && sight.same) /* no bytes into the last page: errnos lie there */
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
	static const uint64_t lens[] = { ENORMOUS, 0, ~0ull,
		~0ull << PAGE_SHIFT, 1ull << 47, 1ull << 63 };

	/* what promises nothing may grow that far, and be filled then */
	if (id == OP_MREMAP && g.profile->options)
		return lens[1 + rnd(5)];
	return lens[rnd(id == OP_MADVISE ? 4 : 6)];
}

static uint64_t len(enum op_id id)
{
	static const unsigned sizes[] = { 1, 1, 2, 2, 3, 4, 6, 8, 12 };

	if (!rnd(100) && sight.same)
		return absurd(id);
	if (!rnd(50) && sight.same)
		return rnd(5 * PAGE_SIZE);
	return (uint64_t)sizes[rnd(9)] * PAGE_SIZE;
}

static uint64_t prot(void)
{
	static const uint8_t prots[] = { 3, 3, 3, 3, 3, 3, 1, 1, 0, 0, 7, 5, 2,
		4 };

	uint64_t p = prots[rnd(g.profile->plain ? 8 : 14)];

	/* what cannot be accessed is no neighbour to keep away from */
	if (g.profile->stacks && !rnd(3))
		p = 0;

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

/* One that is there; now and then one that is not. */
static unsigned file(void)
{
	unsigned f = 1 + rnd(MAX_FILES);

	for (unsigned i = 0; i < 20 && rnd(60) && !g.size[f]; i++)
		f = 1 + rnd(MAX_FILES);
	return f;
}

/* Neighbours that map neighbouring pages of the file can merge. */
static void gen_file_part(struct op *op, uint64_t at)
{
	unsigned f = file(), p = (unsigned)((at - WINDOW_BASE) >> PAGE_SHIFT);

	op_set(op, "file", f);
	if (rnd(4) && p >= f * 4 && p < WINDOW_PAGES)
		op_set(op, "pgoff", p - f * 4);
	else if (rnd(3))
		op_set(op, "pgoff", rnd(rnd(10) ? 4 : FILE_PAGES));
}

/* ksmd passes over pages that wait in a batch to be locked or unlocked. */
static bool may_lock(void)
{
	return sight.locks && !g.profile->ksm;
}

static void gen_options(struct op *op)
{
	static const char *const names[] = { "populate", "noreserve", "locked",
		"grows_down", "droppable" };
	unsigned n = g.profile->options;

	if (g.profile->stacks && !rnd(3))
		op_set(op, names[3], 1);
	for (unsigned i = 0; n && i < 5; i++)
		if (!rnd(i < 3 ? n : 4 * n) && (i != 2 || may_lock()))
			op_set(op, names[i], 1);
}

static void gen_mmap(struct op *op)
{
	uint64_t p = prot(), bytes = len(OP_MMAP), at = addr();
	bool huge = bytes == ENORMOUS;

	if (huge) /* refused: it must never be filled */
		p = PROT_R | PROT_W;
	op_set(op, "len", bytes);
	if (rnd(30))
		op_set(op, "addr", at);
	op_set(op, "fixed", rnd(2) || !sight.same ? 1 : rnd(3));
	/* without an address it must not be fixed: page 0 is not the window */
	if (!(op->given & 2))
		op_set(op, "fixed", 0);
	else
		note(bits(at, bytes), true, p & PROT_W);
	op_set(op, "prot", p);
	if (huge)
		return;
	if (rnd(16) < g.profile->shared)
		op_set(op, "shared", 1);
	if (rnd(16) < g.profile->files)
		gen_file_part(op, at);
	gen_options(op);
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

static enum advice advice(void)
{
	static const uint8_t old[] = { ADVICE_DONTNEED, ADVICE_DONTNEED,
		ADVICE_DONTNEED, ADVICE_DONTFORK, ADVICE_DOFORK,
		ADVICE_WIPEONFORK, ADVICE_KEEPONFORK, ADVICE_NORMAL,
		ADVICE_RANDOM, ADVICE_SEQUENTIAL, ADVICE_WILLNEED };
	static const uint8_t all[] = { ADVICE_FREE, ADVICE_FREE, ADVICE_FREE,
		ADVICE_REMOVE, ADVICE_REMOVE, ADVICE_COLD, ADVICE_PAGEOUT,
		ADVICE_PAGEOUT, ADVICE_POPULATE_READ, ADVICE_POPULATE_READ,
		ADVICE_POPULATE_WRITE, ADVICE_POPULATE_WRITE,
		ADVICE_DONTNEED_LOCKED, ADVICE_GUARD_INSTALL,
		ADVICE_GUARD_INSTALL, ADVICE_GUARD_REMOVE, ADVICE_DONTDUMP,
		ADVICE_DODUMP, ADVICE_MERGEABLE, ADVICE_UNMERGEABLE };
	enum advice a;

	if (g.profile->ksm && rnd(2))
		return rnd(8) ? ADVICE_MERGEABLE : ADVICE_UNMERGEABLE;
	if (!sight.same)
		return ADVICE_DONTNEED;
	if (!rnd(200))
		return NO_ADVICE;
	if (!g.profile->advice || !rnd(3))
		return old[rnd(g.profile->plain ? 5 : 11)];
	a = all[rnd(sizeof all)];
	return advisable[a] ? a : ADVICE_DONTNEED;
}

static void gen_madvise(struct op *op)
{
	gen_range(op);
	op_set(op, "advice", advice());
}

static void gen_read(struct op *op)
{
	op_set(op, "addr", addr_in(g.mapped[g.self]));
}

static void gen_write(struct op *op)
{
	op_set(op, "addr", addr_in(g.mapped[g.self] & g.writable[g.self]));
	op_set(op, "value", 1 + rnd(g.profile->ksm ? 3 : 9999));
}

static void gen_nothing(struct op *op)
{
	(void)op;
}

static void gen_shared_clone(struct op *op)
{
	op_set(op, "vm", rnd(8) != 0);
}

/* -- files ----------------------------------------------------------------- */

static unsigned pages(void)
{
	return rnd(8) ? 1 + rnd(12) : rnd(FILE_PAGES);
}

static void gen_new_file(struct op *op)
{
	op->subject = 1 + rnd(MAX_FILES);
	for (unsigned f = 1; f <= MAX_FILES && g.size[op->subject]; f++)
		op->subject = f;
	op_set(op, "pages", pages());
	if (!(g.profile->disk && rnd(4)))
		op_set(op, "tmpfs", 1);
	/* one on a disk is filled by writing: nothing is to be read */
	if (!(op->given & 8) || rnd(2))
		op_set(op, "hole", 1);
	g.size[op->subject] = (unsigned)op->arg[1];
}

static void gen_truncate(struct op *op)
{
	op->subject = file();
	op_set(op, "pages", pages());
}

static unsigned page_of_file(unsigned f)
{
	return rnd(10) && g.size[f] ? rnd(g.size[f]) : rnd(FILE_PAGES);
}

static void gen_pread(struct op *op)
{
	op->subject = file();
	op_set(op, "page", page_of_file(op->subject));
}

static void gen_pwrite(struct op *op)
{
	gen_pread(op);
	op_set(op, "value", 1 + rnd(9999));
}

static void gen_fsync(struct op *op)
{
	op->subject = file();
}

/* -- the rest -------------------------------------------------------------- */

static void gen_mlock(struct op *op)
{
	gen_range(op);
	if (!rnd(3))
		op_set(op, "onfault", 1);
}

static void gen_mlockall(struct op *op)
{
	if (rnd(6))
		op_set(op, "current", 1);
	if (!rnd(2))
		op_set(op, "future", 1);
	if (!rnd(3))
		op_set(op, "onfault", 1);
}

static void gen_msync(struct op *op)
{
	static const char *const names[] = { "sync", "async", "invalidate" };

	gen_range(op);
	op_set(op, names[rnd(2)], 1);
	if (!rnd(5))
		op_set(op, names[rnd(3)], 1);
}

static void gen_limit(struct op *op)
{
	static const char *const names[] = { "as", "data", "stack",
		"memlock" };

	for (unsigned i = 0; i < 4; i++)
		if (!rnd(3))
			op_set(op, names[i],
				rnd(5) || i == 3 /* what root may not raise */
					? (uint64_t)rnd(30) * PAGE_SIZE
					: NO_LIMIT);
}

static const struct recipe {
	enum op_id id;
	void (*make)(struct op *op);
} recipes[NR_KINDS] = {
	[K_MMAP] = { OP_MMAP, gen_mmap },
	[K_MUNMAP] = { OP_MUNMAP, gen_range },
	[K_MPROTECT] = { OP_MPROTECT, gen_mprotect },
	[K_MREMAP] = { OP_MREMAP, gen_mremap },
	[K_MADVISE] = { OP_MADVISE, gen_madvise },
	[K_READ] = { OP_READ, gen_read },
	[K_WRITE] = { OP_WRITE, gen_write },
	[K_FORK] = { OP_FORK, gen_nothing },
	[K_EXIT] = { OP_EXIT, gen_nothing },
	[K_FILE] = { OP_FILE, gen_new_file },
	[K_TRUNCATE] = { OP_FTRUNCATE, gen_truncate },
	[K_PWRITE] = { OP_PWRITE, gen_pwrite },
	[K_PREAD] = { OP_PREAD, gen_pread },
	[K_FSYNC] = { OP_FSYNC, gen_fsync },
	[K_MLOCK] = { OP_MLOCK, gen_mlock },
	[K_MUNLOCK] = { OP_MUNLOCK, gen_range },
	[K_MLOCKALL] = { OP_MLOCKALL, gen_mlockall },
	[K_MUNLOCKALL] = { OP_MUNLOCKALL, gen_nothing },
	[K_MINCORE] = { OP_MINCORE, gen_range },
	[K_MSYNC] = { OP_MSYNC, gen_msync },
	[K_CLONE] = { OP_CLONE, gen_shared_clone },
	[K_VFORK] = { OP_VFORK, gen_nothing },
	[K_LIMIT] = { OP_SETRLIMIT, gen_limit },
	[K_KSM] = { OP_KSM, gen_nothing },
};

/* On another kernel only what was always so. */
static bool possible(enum kind k)
{
	enum op_id id = recipes[k].id;

	if (k == K_KSM)
		return sight.ksm;
	if (!sight.same && (k > K_EXIT || k == K_MREMAP))
		return false;
	return doable[id] && (sight.locks || k < K_MLOCK || k > K_MUNLOCKALL);
}

/* The first operations make something to work with. */
static enum kind choose_kind(void)
{
	const uint8_t *weight = g.profile->weight;
	unsigned sum = 0, n;

	if (g.list->n < 2 && weight[K_FILE])
		return K_FILE;
	if (g.list->n < 4)
		return K_MMAP;
	for (unsigned k = 0; k < NR_KINDS; k++)
		sum += possible(k) ? weight[k] : 0;
	n = rnd(sum);
	for (unsigned k = 0; k < NR_KINDS; k++) {
		unsigned w = possible(k) ? weight[k] : 0;

		if (n < w)
			return k;
		n -= w;
	}
	return K_MMAP;
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
	const struct recipe *r = &recipes[choose_kind()];

	memset(s, 0, sizeof *s);
	s->op.id = r->id;
	if (!on_file(&s->op))
		s->op.subject = g.self = task();
	r->make(&s->op);
	if (makes_task(&s->op))
		return plan_fork(s);
	if (r->id == OP_EXIT) {
		if (living() < 2)
			return false;
		g.depth[s->op.subject] = 0;
	}
	return true;
}

/* What the simulator has learned until now. */
static void look_up(void)
{
	static bool known;

	for (int i = OP_NONE + 1; i < NR_OPS && !known; i++)
		doable[i] = can_do(i);
	for (int i = 0; i < ADVICES && !known; i++)
		advisable[i] = can_advise(i);
	known = true;
}

static const struct profile *profile_of(uint64_t seed)
{
	/* the last one is for ksmd */
	return &profiles[sight.same ? seed % (NR_PROFILES - !sight.ksm) : 1];
}

const char *list_profile(uint64_t seed)
{
	return profile_of(seed)->name;
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
	g.profile = profile_of(seed);
	look_up();
	list->n = 0;
	list->seed = seed;
	while (list->n < n && list->n < MAX_STEPS)
		list->n += generate_step(&list->step[list->n]);
}
