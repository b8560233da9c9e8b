/*
 * From page faults to reads and writes.
 *
 * The kernel's event tells where a fault was, not what it wanted.  Afterwards
 * pagemap shows what it left behind:
 *
 *   a page of a file (PM_FILE)                      it read
 *   neither of a file nor mapped by one alone: the zero page, and the page
 *   was never written before                        it read
 *   any other memory without a file                 it wrote
 *   a page that a fork shared                       it wrote: reads find it
 *
 * A private page that faults twice before we look was read first and written
 * then.  For MAP_SHARED nothing tells them apart; the fault is taken for a
 * write where the mapping may be written.
 *
 * What is not told by events (all faults where events are not allowed; those
 * taken inside the kernel where only user mode is told; lost ones) is found by
 * comparing pagemap with what is known, when the kernel's count of faults has
 * grown by more than was told.  Then the order within the stretch is that of
 * the addresses; fault-around is recognized by its windows of 16 pages.  The
 * last of those that shared a page after a fork writes without a trace that
 * pagemap shows: such a fault is missing (may_be_written).
 */
#include "live/trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE REGION_PAGE
#define AROUND (16 * PAGE) /* mapped by one fault on a file's page */
#define STACK_ROOM (8ull << 20)
#define SCAN_MAX (1ull << 32) /* bytes of address space looked at in one go */

/* -- one fault ------------------------------------------------------------ */

/* Who else has a page at @addr from before a fork: a task, or REC_NONE. */
static uint32_t sharer(const struct trace *t, const struct tracee *e,
	uint64_t addr)
{
	for (size_t i = 0; i < t->nr; i++) {
		const struct tracee *x = t->tracee[i];

		if (x->mm && x->mm != e->mm && !x->gone && !x->in_exec &&
			x->mm->family == e->mm->family &&
			map_touched(&x->mm->map, addr) == TOUCHED_SHARED)
			return x->task;
	}
	return REC_NONE;
}

static void note_fault(struct trace *t, struct tracee *e, uint64_t addr,
	bool write)
{
	struct address_map *map = &e->mm->map;
	const struct live_region *r = map_find(map, addr);
	struct rec_op op = {
		.kind = write ? REC_WRITE : REC_READ,
		.addr = addr,
		.other = REC_NONE,
	};

	if (r->file == REC_NONE)
		op.flags |= REC_ANON;
	if (write && map_touched(map, addr) == TOUCHED_SHARED) {
		op.flags |= REC_COPIED;
		op.other = sharer(t, e, addr);
	}
	if (write)
		op.what = ++t->value;
	if (!write && map_touched(map, addr) == TOUCHED_NOT)
		map_touch(map, addr, TOUCHED_READ);
	if (write)
		map_touch(map, addr, TOUCHED_OWN);
	trace_note(t, e, op);
}

/* A fault just below a stack makes it grow, down to that page. */
static bool grow_stack(struct tracee *e, uint64_t addr)
{
	uint64_t page = addr & ~(PAGE - 1);
	struct address_map *map = &e->mm->map;

	for (size_t i = 0; i < map->nr; i++) {
		struct live_region r = map->region[i];

		if (!r.grows || r.start <= addr || r.start - addr > STACK_ROOM ||
			!map_is_free(map, page, r.start))
			continue;
		r.end = r.start;
		r.start = page;
		map_set(map, &r);
		return true;
	}
	return false;
}

/* Did the fault write, as far as the page table shows it now? */
static bool wrote(const struct tracee *e, const struct live_region *r,
	const struct fault *f)
{
	enum touched before = map_touched(&e->mm->map, f->addr);
	uint64_t pte = 0;

	if (!(r->prot & 2))
		return false;
	if (r->shared || before == TOUCHED_OWN || before == TOUCHED_SHARED)
		return true;
	if (f->again)
		return false;
	if (!proc_pagemap(&e->mm->proc, f->addr & ~(PAGE - 1), &pte, 1) ||
		!(pte & PM_PRESENT))
		return r->file == REC_NONE;
	return !(pte & PM_FILE) && (pte & PM_EXCLUSIVE);
}

static void take_fault(struct trace *t, struct tracee *e,
	const struct fault *f)
{
	const struct live_region *r;

	e->told++;
	if (e->in_exec || e->gone || !tracee_open(e))
		return;
	if (!map_find(&e->mm->map, f->addr) && !grow_stack(e, f->addr)) {
		t->rec->lost++;
		return;
	}
	r = map_find(&e->mm->map, f->addr);
	if (!r->special)
		note_fault(t, e, f->addr, wrote(e, r, f));
}

/* -- events --------------------------------------------------------------- */

struct place {
	const struct live_mm *mm;
	uint64_t page;
	size_t i; /* in the list */
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->mm != y->mm)
		return (uintptr_t)x->mm < (uintptr_t)y->mm ? -1 : 1;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* Which of them are followed by another at the same page? */
static void mark_again(struct trace *t, struct fault *list, size_t n)
{
	struct place *place = n > 1 ? malloc(n * sizeof *place) : NULL;

	for (size_t i = 0; i < n && place; i++) {
		const struct tracee *e = tracee_find(t, list[i].tid);

		place[i] = (struct place){ e ? e->mm : NULL,
			list[i].addr / PAGE, i };
	}
	if (place)
		qsort(place, n, sizeof *place, by_place);
	for (size_t i = 0; i + 1 < n && place; i++)
		list[place[i].i].again = place[i].mm &&
			place[i].mm == place[i + 1].mm &&
			place[i].page == place[i + 1].page;
	free(place);
}

static void keep_early(struct trace *t, const struct fault *f)
{
	struct fault *more = realloc(t->early,
		(t->nr_early + 1) * sizeof *more);

	if (!more) {
		t->rec->failed = true;
		return;
	}
	t->early = more;
	more[t->nr_early++] = *f;
}

/* Faults of tracees that have become known meanwhile. */
static void take_early(struct trace *t)
{
	size_t left = 0;

	for (size_t i = 0; i < t->nr_early; i++) {
		struct fault f = t->early[i];
		struct tracee *e = tracee_find(t, f.tid);

		if (e && e->mm)
			take_fault(t, e, &f);
		else
			t->early[left++] = f;
	}
	t->nr_early = left;
}

void trace_faults(struct trace *t)
{
	struct fault *list;
	bool lost;
	size_t n;

	if (!t->faults || !t->want_faults)
		return;
	take_early(t);
	n = faults_drain(t->faults, &list, &lost);
	if (lost)
		t->rec->lost++;
	mark_again(t, list, n);
	for (size_t i = 0; i < n; i++) {
		struct tracee *e = tracee_find(t, list[i].tid);

		if (e && e->mm)
			take_fault(t, e, &list[i]);
		else
			keep_early(t, &list[i]);
	}
}

/* -- differences ---------------------------------------------------------- */

/* The kernel's count of the thread's faults. */
static uint64_t count_of(pid_t tid)
{
	unsigned long minor = 0, major = 0;
	char path[64], text[1024], *at;
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)tid,
		(int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = 0;
	at = strrchr(text, ')'); /* a name may hold anything */
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu",
			   &minor, &major) != 2)
		return 0;
	return minor + major;
}

/* Looking for what changed. */
struct look {
	struct trace *t;
	struct tracee *e;
	struct live_region r; /* that is looked at */
	uint64_t missing;     /* faults that were counted and not told */
	bool silent;          /* take notice, record nothing */
};

/* Was a page near it touched, so that fault-around has mapped it? */
static bool around(const struct look *l, uint64_t addr)
{
	uint64_t from = addr & ~(AROUND - 1);

	for (uint64_t a = from; a < from + AROUND; a += PAGE)
		if (a >= l->r.start && a < l->r.end &&
			map_touched(&l->e->mm->map, a) != TOUCHED_NOT)
			return true;
	return false;
}

/*
 * A page from before a fork that is mapped here alone was written, or the
 * others that had it are gone: then a write leaves no trace.  Where user mode's
 * faults are told it was the kernel if anyone, and it writes where the call's
 * arguments point.
 */
static bool may_be_written(const struct look *l, uint64_t addr)
{
	if (!l->missing || !(l->r.prot & 2))
		return false;
	if (!l->t->faults)
		return sharer(l->t, l->e, addr) != REC_NONE;
	for (int i = 0; i < 6; i++)
		if (addr == (l->e->call.arg[i] & ~(PAGE - 1)))
			return true;
	return false;
}

static void found(struct look *l, uint64_t addr, bool write)
{
	if (l->silent || (write && !(l->r.prot & 2)))
		map_touch(&l->e->mm->map, addr,
			write ? TOUCHED_OWN : TOUCHED_READ);
	else
		note_fault(l->t, l->e, addr, write);
	l->missing -= l->missing != 0;
}

static void look_at(struct look *l, uint64_t addr, uint64_t pte)
{
	enum touched before = map_touched(&l->e->mm->map, addr);
	bool own = !(pte & PM_FILE) && (pte & PM_EXCLUSIVE);

	if (!(pte & PM_PRESENT))
		return;
	if (l->r.shared || (pte & PM_FILE)) {
		if (before == TOUCHED_NOT && !around(l, addr))
			found(l, addr, l->r.shared && (l->r.prot & 2));
		return;
	}
	if (own && (before == TOUCHED_NOT || before == TOUCHED_READ))
		found(l, addr, true);
	else if (own && before == TOUCHED_SHARED &&
		may_be_written(l, addr))
		found(l, addr, true);
	else if (!own && before == TOUCHED_NOT)
		found(l, addr, false);
}

static void look_region(struct look *l)
{
	uint64_t pte[512];
	uint64_t end = l->r.end - l->r.start > SCAN_MAX
			? l->r.start + SCAN_MAX : l->r.end;

	for (uint64_t a = l->r.start; a < end;) {
		size_t n = (end - a) / PAGE < 512 ? (end - a) / PAGE : 512;

		if (!proc_pagemap(&l->e->mm->proc, a, pte, n))
			return;
		for (size_t i = 0; i < n; i++, a += PAGE)
			if (pte[i])
				look_at(l, a, pte[i]);
	}
}

/* A stack that grew is larger in /proc/PID/maps than we know. */
static bool grown(void *ctx, const struct proc_vma *v)
{
	struct look *l = ctx;

	if (!strcmp(v->name, "[stack]") && !map_find(&l->e->mm->map, v->start))
		grow_stack(l->e, v->start);
	return true;
}

static void look_all(struct look *l)
{
	struct address_map *map = &l->e->mm->map;

	if (!tracee_open(l->e))
		return;
	proc_vmas(&l->e->mm->proc, false, grown, l);
	for (size_t i = 0; i < map->nr; i++) {
		l->r = map->region[i];
		if (!l->r.special)
			look_region(l);
	}
}

void trace_missed(struct trace *t, struct tracee *e)
{
	struct look l = { .t = t, .e = e };
	uint64_t now;

	if (!t->want_faults || !e->mm || e->in_exec)
		return;
	now = count_of(e->tid);
	l.missing = now > e->counted + e->told ? now - e->counted - e->told : 0;
	e->counted = now;
	e->told = 0;
	if (l.missing)
		look_all(&l);
}

void trace_settle(struct trace *t, struct tracee *e)
{
	struct look l = { .t = t, .e = e, .silent = true };

	if (!t->want_faults || !e->mm)
		return;
	look_all(&l);
	e->counted = count_of(e->tid);
	e->told = 0;
}
