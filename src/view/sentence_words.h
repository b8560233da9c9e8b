/* The words of an event's sentence, inside of the two files that make it. */
#ifndef VIEW_SENTENCE_WORDS_H
#define VIEW_SENTENCE_WORDS_H

#include "view/format.h"

/* A sentence in the making. */
struct sentence {
	char *buf;               /* the caller's, ended by 0 */
	size_t size, len;        /* of buf; of what is in it */
	const struct machine *m; /* for names of objects */
	const struct event *ev;  /* what it is about */
};

void sentence_put(struct sentence *s, const char *text);
/* What the word of @len bytes at @name stands for; nothing if there is no such
 * word. */
void sentence_word(struct sentence *s, const char *name, size_t len);

#endif
