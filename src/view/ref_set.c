/*
 * A set of object names: open addressing, a slot without a kind is free.
 * Invariant: at most half of the slots are used.
 */
#include "history/alloc.h"
#include "view/look.h"

#include <stdlib.h>
#include <string.h>

struct ref_set {
	struct ref *slot;
	size_t room;  /* slots, a power of two */
	size_t count; /* used */
};

struct ref_set *ref_set_new(void)
{
	struct ref_set *s = xcalloc(1, sizeof *s);

	s->room = 64;
	s->slot = xcalloc(s->room, sizeof *s->slot);
	return s;
}

void ref_set_delete(struct ref_set *s)
{
	if (!s)
		return;
	free(s->slot);
	free(s);
}

void ref_set_clear(struct ref_set *s)
{
	if (s->count)
		memset(s->slot, 0, s->room * sizeof *s->slot);
	s->count = 0;
}

static size_t hash_ref(struct ref r)
{
	uint64_t h = (r.addr >> 4) * 0x9e3779b97f4a7c15ull;

	h ^= ((uint64_t)r.kind << 32 | r.id) * 0xbf58476d1ce4e5b9ull;
	return (size_t)(h ^ h >> 29);
}

static struct ref *find_slot(const struct ref_set *s, struct ref r)
{
	size_t i = hash_ref(r) & (s->room - 1);

	while (s->slot[i].kind && !ref_eq(s->slot[i], r))
		i = (i + 1) & (s->room - 1);
	return &s->slot[i];
}

static void grow(struct ref_set *s)
{
	struct ref_set old = *s;

	s->room *= 2;
	s->slot = xcalloc(s->room, sizeof *s->slot);
	for (size_t i = 0; i < old.room; i++)
		if (old.slot[i].kind)
			*find_slot(s, old.slot[i]) = old.slot[i];
	free(old.slot);
}

void ref_set_add(struct ref_set *s, struct ref ref)
{
	struct ref *slot;

	if (!ref.kind)
		return;
	if (s->count * 2 >= s->room)
		grow(s);
	slot = find_slot(s, ref);
	if (!slot->kind)
		s->count++;
	*slot = ref;
}

bool ref_set_has(const struct ref_set *s, struct ref ref)
{
	return s && ref.kind && s->count && find_slot(s, ref)->kind;
}
