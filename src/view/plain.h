/*
 * Text that comes from outside, made harmless for a terminal: what is not
 * printable is written as an escape that a reader can see.
 */
#ifndef VIEW_PLAIN_H
#define VIEW_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define UTF8_BAD UINT32_MAX

/* The character that @s begins with; returns its bytes.  A malformed byte is
 * UTF8_BAD of length 1; at the end of @s the character is 0, the length 0. */
size_t utf8_next(const char *s, uint32_t *ch);

/* Characters that a terminal obeys instead of showing, and those that turn
 * the direction of text around. */
bool char_is_control(uint32_t ch);

/* Write @text; control characters as \x1b or \u202e, malformed bytes as \xff.
 * Line ends and tabs stay. */
void plain_put(FILE *f, const char *text);
/* The same, at most @n bytes of @text. */
void plain_put_n(FILE *f, const char *text, size_t n);

/* Write @text in lines of at most @width columns, broken at blanks and between
 * wide characters, each line after @indent blanks; always ends the line. */
void plain_wrap(FILE *f, const char *text, int indent, int width);

#endif
