/*
 * The arena hands out bytes from its used end and keeps what is given back on
 * free lists by size class: 16, 24, 32, 48, 64, 96 ... bytes.  A free block's
 * first word is the next one on its list.
 *
 * Invariant: the state is [0, used) and nothing else; all of it is committed;
 * bytes at or above `high` are zero because nobody has ever written them.
 */
#include "core/arena.h"
#include "core/machine.h"
#include "core/slab.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISONS 1
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define POISONS 0 /* then free memory need not be looked for */
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define COMMIT_STEP ((size_t)1 << 20)

void arena_poison(const void *p, size_t size)
{
	POISON(p, size);
}

void arena_unpoison(const void *p, size_t size)
{
	UNPOISON(p, size);
}

static char *state_of(struct arena *a)
{
	return (char *)a + ARENA_HEADER;
}

/* Make the first @size state bytes usable. */
static bool commit(struct arena *a, size_t size)
{
	size_t want = (size + COMMIT_STEP - 1) & ~(COMMIT_STEP - 1);
	size_t from = a->committed;

	if (size <= from)
		return true;
	if (want > a->reserved - ARENA_HEADER)
		want = a->reserved - ARENA_HEADER;
	if (size > want)
		return false;
	if (mprotect(state_of(a) + from, want - from, PROT_READ | PROT_WRITE))
		return false;
	a->committed = want;
	return true;
}

struct arena *arena_new(size_t bytes)
{
	size_t size = (bytes + COMMIT_STEP - 1) & ~(COMMIT_STEP - 1);
	struct arena *a = mmap(NULL, size + ARENA_HEADER, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (a == MAP_FAILED)
		return NULL;
	if (mprotect(a, ARENA_HEADER, PROT_READ | PROT_WRITE)) {
		munmap(a, size + ARENA_HEADER);
		return NULL;
	}
	a->reserved = size + ARENA_HEADER;
	if (!commit(a, sizeof(struct machine))) {
		arena_delete(a);
		errno = ENOMEM;
		return NULL;
	}
	a->high = sizeof(struct machine);
	arena_machine(a)->arena.used = sizeof(struct machine);
	return a;
}

void arena_delete(struct arena *a)
{
	if (!a)
		return;
	UNPOISON(state_of(a), a->committed);
	munmap(a, a->reserved);
}

/* Size class of @size, and the bytes that a block of it has. */
static unsigned class_of(size_t size, size_t *bytes)
{
	unsigned c = 0;
	size_t b = 16;

	while (b < size) {
		c++;
		b = (c & 1) ? (size_t)24 << (c / 2) : (size_t)16 << (c / 2);
	}
	*bytes = b;
	return c;
}

/* New bytes at the end of the state; zero. */
static void *grow(struct machine *m, size_t bytes)
{
	struct arena *a = arena_of(m);
	size_t at = m->arena.used;
	char *p = state_of(a) + at;

	if (!commit(a, at + bytes))
		return NULL;
	m->arena.used = at + bytes;
	UNPOISON(p, bytes);
	if (at < a->high)
		memset(p, 0, at + bytes < a->high ? bytes : a->high - at);
	if (at + bytes > a->high)
		a->high = at + bytes;
	return p;
}

void *arena_alloc(struct machine *m, size_t size)
{
	size_t bytes;
	unsigned c = class_of(size, &bytes);
	void **block;

	if (c >= ARENA_CLASSES)
		return grow(m, (size + 7) & ~(size_t)7);
	block = m->arena.free[c];
	if (!block)
		return grow(m, bytes);
	UNPOISON(block, bytes);
	m->arena.free[c] = *block;
	memset(block, 0, bytes);
	return block;
}

void arena_free(struct machine *m, void *p, size_t size)
{
	size_t bytes;
	unsigned c = class_of(size, &bytes);

	if (!p || c >= ARENA_CLASSES)
		return;
	memset(p, 0, bytes);
	*(void **)p = m->arena.free[c];
	m->arena.free[c] = p;
	POISON(p, bytes);
}

size_t arena_used(const struct machine *m)
{
	return m->arena.used;
}

/* Poison what the free lists hold; each link is read before its block goes. */
static void poison_free(struct machine *m)
{
	for (unsigned c = 0; c < ARENA_CLASSES; c++) {
		size_t bytes = (c & 1) ? (size_t)24 << (c / 2)
				       : (size_t)16 << (c / 2);
		void **block = m->arena.free[c];

		while (block) {
			void **next = *block;

			POISON(block, bytes);
			block = next;
		}
	}
}

void arena_restored(struct machine *m)
{
	struct arena *a = arena_of(m);

	commit(a, m->arena.used);
	if (!POISONS)
		return;
	UNPOISON(state_of(a), a->committed);
	poison_free(m);
	slab_poison_free(m);
}
