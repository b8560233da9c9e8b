/* What the canvas writers share: their list, runs, escapes. */
#include "view/writer.h"

#include <string.h>

const struct writer *const writers[NR_WRITERS] = { &writer_text, &writer_ansi,
	&writer_html, &writer_svg };

static const struct {
	const char *suffix;	     /* of a file */
	const struct writer *writer; /* that writes it */
} others[] = {
	{ ".text", &writer_text },
	{ ".ans", &writer_ansi },
	{ ".htm", &writer_html },
};

const struct writer *writer_find(const char *name)
{
	for (int i = 0; i < NR_WRITERS; i++)
		if (!strcmp(writers[i]->name, name))
			return writers[i];
	return NULL;
}

static bool ends_in(const char *file, const char *suffix)
{
	size_t a = strlen(file), b = strlen(suffix);

	return a > b && !strcmp(file + a - b, suffix);
}

const struct writer *writer_for_file(const char *file)
{
	for (int i = 0; i < NR_WRITERS; i++)
		if (ends_in(file, writers[i]->suffix))
			return writers[i];
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (ends_in(file, others[i].suffix))
			return others[i].writer;
	return NULL;
}

void single_page(struct buf *out, const struct writer *writer,
	const struct theme *theme, const struct canvas *cv, const char *title)
{
	struct sheet sheet = { .theme = theme,
		.title = title,
		.w = cv->w,
		.h = cv->h,
		.nr_pages = 1,
		.nr_colours = 256 };

	writer->begin(out, &sheet);
	writer->page(out, &sheet, cv, 0, title);
	writer->end(out, &sheet);
}

/* ---- runs ---- */

static struct pen pen_at(
	const struct canvas *cv, const struct theme *theme, int x, int y)
{
	const struct cell *c = canvas_cell(cv, x, y);

	return theme_pen(theme, (enum style)c->style, c->extra);
}

static bool same_look(const struct cell *a, const struct cell *b)
{
	return a->style == b->style && a->extra == b->extra;
}

bool run_next(const struct canvas *cv, const struct theme *theme, int y,
	struct run *run)
{
	int x = run->x + run->w;
	const struct cell *first = canvas_cell(cv, x, y);

	if (!first)
		return false;
	run->x = x;
	run->pen = pen_at(cv, theme, x, y);
	for (x++; x < cv->w; x++) {
		const struct cell *c = canvas_cell(cv, x, y);

		if (c->ch != CELL_SHADOW && !same_look(first, c) &&
			!pen_equal(run->pen, pen_at(cv, theme, x, y)))
			break;
	}
	run->w = x - run->x;
	return true;
}

/* Would a blank in this pen be seen? */
static bool pen_shows(struct pen pen)
{
	return (pen.has_bg && pen.bg.kind != COLOUR_DEFAULT) ||
	       pen.attr & (ATTR_REVERSE | ATTR_UNDERLINE);
}

int row_width(const struct canvas *cv, const struct theme *theme, int y)
{
	int w = cv->w;

	while (w > 0 && canvas_char(cv, w - 1, y) == ' ' &&
		!(theme && pen_shows(pen_at(cv, theme, w - 1, y))))
		w--;
	return w;
}

/* ---- escapes ---- */

static const char *entity(uint32_t ch)
{
	switch (ch) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void put_escaped(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		char utf8[TEXT_UTF8];
		struct text_char c;
		size_t n = text_next(text, len, &c);

		if (c.ch && entity(c.ch))
			buf_puts(out, entity(c.ch));
		else if (c.ch)
			buf_add(out, utf8, text_encode(c.ch, utf8));
		text += n;
		len -= n;
	}
}
