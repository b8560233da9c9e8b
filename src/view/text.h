/*
 * Text as columns.  Everything that is shown passes through text_next(): no
 * control character, malformed byte or character of doubtful width leaves it.
 * Widths do not depend on the locale.
 */
#ifndef VIEW_TEXT_H
#define VIEW_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_REPLACEMENT 0xfffd /* stands for what cannot be shown */
#define TEXT_UTF8 5		/* bytes of one character, and a 0 */

struct text_char {
	uint32_t ch; /* code point that may be shown; 0: show nothing */
	int width;   /* columns: 0 (a combining mark, or nothing), 1 or 2 */
};

/*
 * Read one character of the @len bytes at @s (len > 0) into @c; returns its
 * bytes, at least 1.  A tab is a blank; any other control character, each
 * malformed byte and every character that terminals disagree about is
 * TEXT_REPLACEMENT, one column wide; joiners and variation selectors are
 * nothing.
 */
size_t text_next(const char *s, size_t len, struct text_char *c);

/* Write @ch as UTF-8 and a 0 to @buf; returns the bytes before the 0. */
size_t text_encode(uint32_t ch, char buf[TEXT_UTF8]);

/* Columns that @text takes. */
int text_width(const char *text);
/* Bytes of @text that fit into @w columns, marks on the last one included. */
size_t text_fit(const char *text, int w);

/*
 * Cut one line of at most @w columns (w >= 1) off *@text: at a newline, at
 * blanks, between wide characters (never so that a closing mark begins a
 * line), or inside a word that is wider than the line.  Returns its bytes
 * without the blanks at its end and moves *@text to the next line, or to the
 * ending 0.
 */
size_t text_line(const char **text, int w);

#endif
