/* Texts kept once each, by number; neither number nor text ever changes. */
#ifndef HISTORY_POOL_H
#define HISTORY_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool {
	char **text;	/* by number; text[0] is "" */
	uint32_t *hash; /* open addressing: numbers, 0 is free */
	size_t room;	/* of text */
	uint32_t count; /* numbers given, 0 included */
	uint32_t slots; /* of hash: a power of two, at least twice count */
	size_t bytes;	/* of all of this */
};

void pool_init(struct pool *p);
void pool_free(struct pool *p);
/* The number of @text; 0 for "" and NULL. */
uint32_t pool_add(struct pool *p, const char *text);
/* The text of a number that was given. */
const char *pool_text(const struct pool *p, uint32_t number);

#endif
