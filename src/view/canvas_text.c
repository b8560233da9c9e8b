/* Text on a canvas: put, cut, wrapped; our glyphs. */
#include "view/canvas_cell.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void cell_add_mark(struct cell *c, uint32_t mark)
{
	for (int i = 0; c && i < CELL_COMBINING; i++) {
		if (c->mark[i])
			continue;
		c->mark[i] = mark;
		return;
	}
}

/* Columns from @x (relative) to the clip's right edge. */
static int to_edge(const struct canvas *cv, int x)
{
	int w = cv->clip.x + cv->clip.w - cell_x(cv, x);

	return w > 0 ? w : 0;
}

static int put_bytes(struct canvas *cv, struct rect at, enum style style,
	const char *text, size_t len)
{
	int x = cell_x(cv, at.x);
	int y = cell_y(cv, at.y);
	struct cell *last = NULL;
	int used = 0;

	while (len > 0) {
		struct text_char c;
		size_t n = text_next(text, len, &c);

		if (used + c.width > at.w)
			break;
		if (c.width == 0 && c.ch)
			cell_add_mark(last, c.ch);
		else if (c.width == 1)
			last = cell_set(cv, x + used, y, style, c.ch);
		else if (c.width == 2)
			last = cell_set_wide(cv, x + used, y, style, c.ch);
		used += c.width;
		text += n;
		len -= n;
	}
	return used;
}

int canvas_put(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text)
{
	if (w < 0)
		w = to_edge(cv, x);
	return put_bytes(
		cv, (struct rect){ x, y, w, 1 }, style, text, strlen(text));
}

int canvas_printf(struct canvas *cv, int x, int y, int w, enum style style,
	const char *format, ...)
{
	char small[256];
	char *text = small;
	va_list args;
	int len, used;

	va_start(args, format);
	len = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (len >= (int)sizeof(small)) {
		va_start(args, format);
		if (vasprintf(&text, format, args) < 0)
			text = small;
		va_end(args);
	}
	used = canvas_put(cv, x, y, w, style, text);
	if (text != small)
		free(text);
	return used;
}

int canvas_put_cut(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text)
{
	int used;

	if (w < 0)
		w = to_edge(cv, x);
	if (!text[text_fit(text, w)])
		return canvas_put(cv, x, y, w, style, text);
	if (w == 0)
		return 0;
	used = canvas_put(cv, x, y, w - 1, style, text);
	return used + canvas_glyph(cv, x + used, y, style, GL_ELLIPSIS);
}

int canvas_wrap(struct canvas *cv, int x, int y, int w, int h, int skip,
	enum style style, const char *text)
{
	int line = 0;

	if (w < 1)
		return 0;
	y = cell_limit(y, -CELL_FAR, CELL_FAR);
	skip = cell_limit(skip, 0, CELL_FAR);
	for (; *text; line++) {
		const char *start = text;
		size_t len = text_line(&text, w);

		if (line >= skip && line - skip < h)
			put_bytes(cv, (struct rect){ x, y + line - skip, w, 1 },
				style, start, len);
	}
	return line;
}

int canvas_glyph(
	struct canvas *cv, int x, int y, enum style style, enum glyph glyph)
{
	cell_set(cv, cell_x(cv, x), cell_y(cv, y), style, glyph_code(glyph));
	return 1;
}
