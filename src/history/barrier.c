/*
 * `old` is shaped like the region.  Comparing, it is a copy of all of it at
 * the last barrier_begin(), and the pages in `list` are those in which it no
 * longer is.  Protecting, only the pages in `list` are valid in it: the fault
 * handler copied them before it let the write pass.  In both, seen[page] is 1
 * exactly for the pages in `list`, and no page at or above `pages` is there.
 *
 * Everything that the handler needs is allocated by barrier_begin(), so that
 * it only copies and calls mprotect.
 */
#include "history/barrier.h"
#include "history/alloc.h"
#include "history/raw.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

/* Bytes above which a fault a page is cheaper than looking at all pages: a
 * fault costs what comparing some 300 KiB does. */
#define AUTO_LIMIT ((size_t)4 << 20)

/*
 * Pages are let through one by one while they are few, then in pieces: who has
 * written to many writes to their neighbours, too, and every piece may split
 * a mapping of the host's, which allows some 65,000.
 */
#define FEW 128u
#define SOME 8u
#define MANY 8192u
#define LARGE 64u

struct barrier {
	struct region region;
	enum barrier_kind kind; /* what was asked for */
	bool protect;		/* what it is now; once true it stays */
	char *old;		/* room * BARRIER_PAGE bytes */
	uint8_t *seen;		/* by page: 1 when in list */
	uint32_t *list;		/* pages noted, in no order */
	uint32_t count;		/* of them */
	uint32_t pages;		/* in use at the beginning */
	uint32_t room;		/* pages that old, seen and list can hold */
	struct barrier *next;	/* of all barriers */
};

static struct barrier *barriers;
static struct sigaction before; /* what handled SIGSEGV before us */

enum barrier_kind barrier_default(void)
{
	const char *say = getenv("RMAPSCOPE_BARRIER");

	if (say && !strcmp(say, "mprotect"))
		return BARRIER_PROTECT;
	if (say && !strcmp(say, "compare"))
		return BARRIER_COMPARE;
	if (say && !strcmp(say, "auto"))
		return BARRIER_AUTO;
#ifdef RAW_SANITIZED
	return BARRIER_COMPARE;
#else
	return BARRIER_AUTO;
#endif
}

/* -- the handler's side -------------------------------------------------- */

static void note(struct barrier *b, uint32_t page)
{
	size_t at = (size_t)page * BARRIER_PAGE;

	if (b->seen[page])
		return;
	raw_copy(b->old + at, b->region.base + at, BARRIER_PAGE);
	b->seen[page] = 1;
	b->list[b->count++] = page;
}

static bool set_prot(struct barrier *b, uint32_t from, uint32_t to, int prot)
{
	return from >= to ||
	       !mprotect(b->region.base + (size_t)from * BARRIER_PAGE,
		       (size_t)(to - from) * BARRIER_PAGE, prot);
}

/* Note the pages [from, to) and let them be written. */
static bool let_through(struct barrier *b, uint32_t from, uint32_t to)
{
	if (to > b->pages)
		to = b->pages;
	for (uint32_t page = from; page < to; page++)
		note(b, page);
	return set_prot(b, from, to, PROT_READ | PROT_WRITE);
}

/* Let @page be written; all pages if the host has no mapping left. */
static bool open_page(struct barrier *b, uint32_t page)
{
	uint32_t n = b->count < FEW ? 1 : b->count < MANY ? SOME : LARGE;

	page -= page % n;
	return let_through(b, page, page + n) || let_through(b, 0, b->pages);
}

static bool fault_in(struct barrier *b, const char *addr)
{
	size_t page = (size_t)(addr - b->region.base) / BARRIER_PAGE;

	return b->protect && addr >= b->region.base && page < b->pages &&
	       !b->seen[page] && open_page(b, (uint32_t)page);
}

bool barrier_fault(const void *addr)
{
	for (struct barrier *b = barriers; b; b = b->next)
		if (fault_in(b, addr))
			return true;
	return false;
}

/* As if nobody handled it.  Returning repeats the faulting instruction; a
 * signal that somebody sent has to be repeated by hand. */
static void fall(int sig, const siginfo_t *info)
{
	signal(sig, SIG_DFL);
	if (info->si_code <= 0)
		raise(sig);
}

/*
 * Not ours: as if we had never been here.  Who stood there before may in turn
 * pass on to who stood there before him, which may be us again: that ends it.
 */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	static volatile sig_atomic_t passing;

	if (passing || before.sa_handler == SIG_DFL ||
		before.sa_handler == SIG_IGN) {
		fall(sig, info);
		return;
	}
	passing = 1;
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(sig, info, context);
	else
		before.sa_handler(sig);
	passing = 0;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	if (info->si_code <= 0 || !barrier_fault(info->si_addr))
		pass_on(sig, info, context);
	errno = saved;
}

/* Again for each barrier: somebody else may have taken the place since. */
static void install_handler(void)
{
	struct sigaction now;
	struct sigaction sa = { .sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaction(SIGSEGV, NULL, &now);
	if (now.sa_flags & SA_SIGINFO && now.sa_sigaction == on_fault)
		return;
	sigemptyset(&sa.sa_mask);
	before = now;
	sigaction(SIGSEGV, &sa, NULL);
}

/* -- the owner's side ---------------------------------------------------- */

struct barrier *barrier_new(const struct region *region, enum barrier_kind kind)
{
	struct barrier *b = xcalloc(1, sizeof(*b));

	/* Valgrind does not keep all registers for a handler that returns. */
	if (RUNNING_ON_VALGRIND)
		kind = BARRIER_COMPARE;
	b->region = *region;
	b->kind = kind;
	b->protect = kind == BARRIER_PROTECT;
	if (b->protect)
		install_handler();
	b->next = barriers;
	barriers = b;
	return b;
}

void barrier_delete(struct barrier *b)
{
	struct barrier **link = &barriers;

	if (!b)
		return;
	if (b->protect)
		set_prot(b, 0, b->pages, PROT_READ | PROT_WRITE);
	while (*link != b)
		link = &(*link)->next;
	*link = b->next;
	xunmap(b->old, (size_t)b->room * BARRIER_PAGE);
	free(b->seen);
	free(b->list);
	free(b);
}

static void make_room(struct barrier *b, uint32_t pages)
{
	uint32_t room = pages + pages / 2 + 16;
	size_t size = (size_t)room * BARRIER_PAGE;

	if (pages <= b->room)
		return;
	b->old = b->old ? xremap(b->old, (size_t)b->room * BARRIER_PAGE, size)
			: xmap(size);
	b->seen = xrealloc(b->seen, room);
	memset(b->seen + b->room, 0, room - b->room);
	b->list = xrealloc(b->list, room * sizeof(*b->list));
	b->room = room;
}

static void copy_page(struct barrier *b, uint32_t page)
{
	size_t at = (size_t)page * BARRIER_PAGE;

	raw_copy(b->old + at, b->region.base + at, BARRIER_PAGE);
}

/* Make the copy equal to the region again: what was written, what is new. */
static void refresh_copy(struct barrier *b, uint32_t pages)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (b->list[i] < pages)
			copy_page(b, b->list[i]);
	for (uint32_t page = b->pages; page < pages; page++)
		copy_page(b, page);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void sort_list(struct barrier *b)
{
	if (b->count)
		qsort(b->list, b->count, sizeof(*b->list), by_number);
}

/* Protect the pages of the list again, neighbours at once. */
static bool protect_list(struct barrier *b, uint32_t pages)
{
	uint32_t i = 0;
	bool ok = true;

	sort_list(b);
	while (i < b->count && b->list[i] < pages) {
		uint32_t from = b->list[i];
		uint32_t to = from;

		while (i < b->count && b->list[i] == to && to < pages) {
			i++;
			to++;
		}
		ok &= set_prot(b, from, to, PROT_READ);
	}
	return ok;
}

/*
 * The first @pages can be read only, what was in use behind them is free.  A
 * piece may be refused when the host allows no more mappings; all at once is
 * not, since that leaves one mapping of them.
 */
static void protect(struct barrier *b, uint32_t pages)
{
	set_prot(b, pages, b->pages, PROT_READ | PROT_WRITE);
	if (b->count > pages / 8 || !protect_list(b, pages) ||
		!set_prot(b, b->pages, pages, PROT_READ))
		set_prot(b, 0, pages, PROT_READ);
}

static void forget_list(struct barrier *b)
{
	for (uint32_t i = 0; i < b->count; i++)
		b->seen[b->list[i]] = 0;
	b->count = 0;
}

/* The region has grown large: protect it from now on, without a copy. */
static void stop_comparing(struct barrier *b)
{
	install_handler();
	b->protect = true;
	madvise(b->old, (size_t)b->room * BARRIER_PAGE, MADV_DONTNEED);
	forget_list(b);
	b->pages = 0;
}

void barrier_begin(struct barrier *b)
{
	size_t used = b->region.used(b->region.ctx);
	uint32_t pages = barrier_pages(used);

	make_room(b, pages);
	if (b->kind == BARRIER_AUTO && !b->protect && used > AUTO_LIMIT)
		stop_comparing(b);
	if (b->protect)
		protect(b, pages);
	else
		refresh_copy(b, pages);
	forget_list(b);
	b->pages = pages;
}

void barrier_touch(struct barrier *b, uint32_t page)
{
	if (page >= b->pages || b->seen[page])
		return;
	if (b->protect) {
		open_page(b, page);
		return;
	}
	b->seen[page] = 1;
	b->list[b->count++] = page;
}

static void compare_all(struct barrier *b)
{
	for (uint32_t page = 0; page < b->pages; page++) {
		size_t at = (size_t)page * BARRIER_PAGE;

		if (!raw_same(b->old + at, b->region.base + at, BARRIER_PAGE))
			barrier_touch(b, page);
	}
}

const uint32_t *barrier_changes(struct barrier *b, uint32_t *count)
{
	if (b->protect)
		sort_list(b);
	else
		compare_all(b);
	*count = b->count;
	return b->list;
}

const char *barrier_old(const struct barrier *b)
{
	return b->old;
}
