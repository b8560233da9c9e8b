/*
 * Which pages of a region were written since a given instant, and what stood
 * in them then.  Two ways to know it, with the same answers: the processor's
 * write protection, and comparing with a full copy.
 */
#ifndef HISTORY_BARRIER_H
#define HISTORY_BARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BARRIER_PAGE 4096u

/* The bytes that are watched: [base, base + used()). */
struct region {
	char *base; /* aligned to BARRIER_PAGE, never moves */
	void *ctx;  /* for the functions below */
	size_t (*used)(void *ctx);
	/* Make the first @bytes writable; changes none of those in use. */
	void (*commit)(void *ctx, size_t bytes);
	/* The bytes were overwritten from outside; used() may have changed. */
	void (*restored)(void *ctx);
};

enum barrier_kind {
	BARRIER_COMPARE, /* a copy of all; cost grows with the region */
	BARRIER_PROTECT, /* a fault for each page; cost grows with changes */
	BARRIER_AUTO	 /* compare while the region is small */
};

/* The environment's RMAPSCOPE_BARRIER ("compare", "mprotect", "auto") if it
 * says so, compare under sanitizers, else auto.  Under valgrind all compare. */
enum barrier_kind barrier_default(void);

struct barrier;

/* Nothing is watched before barrier_begin(). */
struct barrier *barrier_new(
	const struct region *region, enum barrier_kind kind);
/* Before the region goes away; leaves it writable. */
void barrier_delete(struct barrier *b);

/* From here on: what stands now is the old content. */
void barrier_begin(struct barrier *b);
/* Pages written since, ascending, of those that were in use at the beginning;
 * perhaps some that were written with what they held. */
const uint32_t *barrier_changes(struct barrier *b, uint32_t *count);
/* All old pages, by their number; only those of barrier_changes() are valid. */
const char *barrier_old(const struct barrier *b);

/* The owner is about to write this page itself. */
void barrier_touch(struct barrier *b, uint32_t page);

/* True when @addr is in a watched page of any barrier that was not written
 * before; it may be written now.  Async-signal-safe. */
bool barrier_fault(const void *addr);

static inline uint32_t barrier_pages(size_t bytes)
{
	return (uint32_t)((bytes + BARRIER_PAGE - 1) / BARRIER_PAGE);
}

#endif
