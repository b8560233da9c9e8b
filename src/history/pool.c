/* An array of texts and a hash table of their numbers. */
#include "history/pool.h"
#include "history/alloc.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64u

void pool_init(struct pool *p)
{
	memset(p, 0, sizeof(*p));
	p->text = xgrow(NULL, &p->room, 1, sizeof(*p->text));
	p->text[0] = xstrdup("");
	p->count = 1;
	p->slots = FIRST_SLOTS;
	p->hash = xcalloc(p->slots, sizeof(*p->hash));
}

void pool_free(struct pool *p)
{
	for (uint32_t i = 0; i < p->count; i++)
		free(p->text[i]);
	free(p->text);
	free(p->hash);
}

static uint32_t hash_of(const char *text)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	return h;
}

/* The slot that holds @text, or the free one where it belongs. */
static uint32_t *find(const struct pool *p, const char *text)
{
	uint32_t i = hash_of(text) & (p->slots - 1);

	while (p->hash[i] && strcmp(p->text[p->hash[i]], text))
		i = (i + 1) & (p->slots - 1);
	return &p->hash[i];
}

static void widen(struct pool *p)
{
	free(p->hash);
	p->slots *= 2;
	p->hash = xcalloc(p->slots, sizeof(*p->hash));
	for (uint32_t i = 1; i < p->count; i++)
		*find(p, p->text[i]) = i;
}

uint32_t pool_add(struct pool *p, const char *text)
{
	uint32_t *slot;

	if (!text || !*text)
		return 0;
	slot = find(p, text);
	if (*slot)
		return *slot;
	*slot = p->count;
	p->text = xgrow(
		p->text, &p->room, (size_t)p->count + 1, sizeof(*p->text));
	p->text[p->count] = xstrdup(text);
	p->bytes += strlen(text) + 1 + sizeof(*p->text);
	p->count++;
	if (p->count > p->slots / 2)
		widen(p);
	return p->count - 1;
}

const char *pool_text(const struct pool *p, uint32_t number)
{
	return p->text[number];
}
