/*
 * One reserved range of memory that holds all state of one machine.  Objects
 * in it point at each other with plain pointers; a snapshot is a copy of the
 * used bytes, a restore copies them back to the same place.
 *
 *   base                base + ARENA_HEADER              + used
 *   | struct arena ...  | struct machine, then all else  | not yet committed
 *     host's side, not    the state
 *     part of the state
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARENA_HEADER 4096u /* bytes before the state */
#define ARENA_CLASSES 44u  /* free lists: 16, 24, 32, 48, 64 ... bytes */

struct era;
struct era_ops;
struct paging;
struct tracer;

struct arena {
	size_t reserved;           /* bytes of address space, header included */
	size_t committed;          /* state bytes that may be touched */
	size_t high;               /* state bytes above were never used */
	const struct era *era;     /* chosen at creation, never changes */
	const struct era_ops *ops; /* its mechanisms, close at hand */
	const struct paging *paging;
	struct tracer *tracer;     /* host's; NULL: events are off */
};

struct machine; /* the state; lies at base + ARENA_HEADER */

/* In the state itself: who may use which bytes. */
struct arena_state {
	size_t used;                     /* state bytes handed out so far */
	void *free[ARENA_CLASSES];       /* freed blocks by size class */
};

/* Reserve @bytes of address space; NULL with errno when the host refuses. */
struct arena *arena_new(size_t bytes);
void arena_delete(struct arena *a);

static inline struct machine *arena_machine(struct arena *a)
{
	return (struct machine *)(void *)((char *)a + ARENA_HEADER);
}

static inline struct arena *arena_of(const struct machine *m)
{
	return (struct arena *)(void *)((char *)(uintptr_t)m - ARENA_HEADER);
}

/* Zeroed bytes, aligned to 8.  NULL only when the reserve is used up, which
 * arena_new()'s caller has made large enough for any state of its machine. */
void *arena_alloc(struct machine *m, size_t size);
/* Give back what arena_alloc(m, size) returned. */
void arena_free(struct machine *m, void *p, size_t size);

/* State bytes in use: what a snapshot copies. */
size_t arena_used(const struct machine *m);
/* After the state was overwritten (a restore): make the committed size fit
 * what the state says and rebuild the sanitizer's view of what is free. */
void arena_restored(struct machine *m);

/* Mark bytes as unusable or usable for AddressSanitizer; nothing elsewhere. */
void arena_poison(const void *p, size_t size);
void arena_unpoison(const void *p, size_t size);

#endif
