/*
 * A growing string.  Adding never fails visibly: when memory runs out the
 * buffer keeps what it has and remembers it in `failed`.
 */
#ifndef VIEW_BUF_H
#define VIEW_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;  /* always ends in a 0 once anything was added */
	size_t len;  /* bytes before that 0 */
	size_t room; /* bytes allocated */
	bool failed; /* something could not be added */
};

void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
/* @n times @c; n <= 0: nothing. */
void buf_fill(struct buf *b, char c, int n);
void buf_printf(struct buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Free the memory; the buffer is empty and can be used again. */
void buf_free(struct buf *b);

#endif
