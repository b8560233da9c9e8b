/*
 * Text that comes from outside, made harmless for a terminal: what is not
 * printable is written as an escape that a reader can see.
 */
#ifndef VIEW_PLAIN_H
#define VIEW_PLAIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PLAIN_BAD UINT32_MAX

/* The character that the @len bytes at @s (len > 0) begin with; returns its
 * bytes, at least 1.  A malformed byte is PLAIN_BAD. */
size_t plain_next(const char *s, size_t len, uint32_t *ch);
/* Characters that a terminal obeys instead of showing, and those that are
 * invisible or turn the direction of text around. */
bool plain_is_control(uint32_t ch);

/* Write @text; control characters as \x1b or \u202e, malformed bytes as \xff.
 * Line ends and tabs stay. */
void plain_put(FILE *f, const char *text);
/* The same, @len bytes of @text. */
void plain_put_n(FILE *f, const char *text, size_t len);

/* Write @text in lines of at most @width columns: the first after @first, the
 * others after as many blanks.  Always ends the line. */
void plain_wrap(FILE *f, const char *first, const char *text, int width);

/* "rmapscope: ..." and a line end on standard error, made harmless.  What was
 * written to standard output stands before it. */
void plain_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void plain_verror(const char *format, va_list args)
	__attribute__((format(printf, 1, 0)));

#endif
