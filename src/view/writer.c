/* What the canvas writers share: their list, runs, colours, escapes. */
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

/* ---- definite colours ---- */

#define PAGE_BG 0x16181du
#define PAGE_FG 0xd8dadeu

/* The 16 colours, made to be read on PAGE_BG. */
static const uint32_t palette[16] = { 0x101216, 0xe8696d, 0x7fc26b, 0xd6b04a,
	0x5f9fea, 0xcb86e0, 0x45b5c4, 0xd8dade, 0x868c97, 0xff8085, 0xa2dd8a,
	0xffdc5e, 0x82b9ff, 0xe3a8f5, 0x6fdbe8, 0xffffff };

static uint32_t to_rgb(bool has, struct colour c, uint32_t own)
{
	if (!has || c.kind == COLOUR_DEFAULT)
		return own;
	if (c.kind == COLOUR_RGB)
		return c.rgb;
	return c.index < 16 ? palette[c.index] : colour_rgb(c.index);
}

uint32_t paint_mix(uint32_t a, uint32_t b, uint32_t part)
{
	uint32_t rgb = 0;

	for (int shift = 0; shift <= 16; shift += 8) {
		uint32_t x = a >> shift & 255, y = b >> shift & 255;

		rgb |= (x * part + y * (16 - part)) / 16 << shift;
	}
	return rgb;
}

struct paint paint_page(const struct theme *theme)
{
	struct pen pen = theme_pen(theme, ST_TEXT, 0);

	return (struct paint){ .fg = to_rgb(pen.has_fg, pen.fg, PAGE_FG),
		.bg = to_rgb(pen.has_bg, pen.bg, PAGE_BG),
		.on_page = true };
}

struct paint paint_of(const struct theme *theme, struct pen pen)
{
	struct paint page = paint_page(theme);
	uint32_t fg = to_rgb(pen.has_fg, pen.fg, page.fg);
	uint32_t bg = to_rgb(pen.has_bg, pen.bg, page.bg);
	bool swap = pen.attr & ATTR_REVERSE;
	struct paint p = { .fg = swap ? bg : fg, .bg = swap ? fg : bg };

	if (pen.attr & ATTR_DIM)
		p.fg = paint_mix(p.fg, p.bg, 9);
	p.on_page = p.bg == page.bg;
	p.bold = pen.attr & ATTR_BOLD;
	p.underline = pen.attr & ATTR_UNDERLINE;
	p.italic = pen.attr & ATTR_ITALIC;
	return p;
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
