/*
 * A canvas as text with SGR sequences.  Each run begins from a reset, so that
 * a line cut out of the file looks right by itself; a line ends in the
 * terminal's own colours.
 */
#include "view/writer.h"

static void none(struct buf *out, const struct sheet *sheet)
{
	(void)out;
	(void)sheet;
}

/* @base: 30 or 40. */
static void put_colour(struct buf *out, struct colour c, unsigned base)
{
	if (c.kind == COLOUR_DEFAULT)
		return;
	if (c.kind == COLOUR_RGB)
		buf_printf(out, ";%u;2;%u;%u;%u", base + 8, c.rgb >> 16,
			c.rgb >> 8 & 255, c.rgb & 255);
	else if (c.index < 8)
		buf_printf(out, ";%u", base + c.index);
	else if (c.index < 16)
		buf_printf(out, ";%u", base + 60 + c.index - 8);
	else
		buf_printf(out, ";%u;5;%u", base + 8, c.index);
}

static void put_pen(struct buf *out, struct pen pen)
{
	static const struct {
		uint8_t attr;	  /* ATTR_... */
		const char *code; /* its SGR parameter */
	} codes[] = {
		{ ATTR_BOLD, ";1" },
		{ ATTR_DIM, ";2" },
		{ ATTR_ITALIC, ";3" },
		{ ATTR_UNDERLINE, ";4" },
		{ ATTR_REVERSE, ";7" },
	};

	buf_puts(out, "\033[0");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (pen.attr & codes[i].attr)
			buf_puts(out, codes[i].code);
	if (pen.has_fg)
		put_colour(out, pen.fg, 30);
	if (pen.has_bg)
		put_colour(out, pen.bg, 40);
	buf_putc(out, 'm');
}

static bool is_plain(struct pen pen)
{
	return !pen.attr && (!pen.has_fg || pen.fg.kind == COLOUR_DEFAULT) &&
	       (!pen.has_bg || pen.bg.kind == COLOUR_DEFAULT);
}

static void put_row(struct buf *out, const struct sheet *sheet,
	const struct canvas *cv, int y)
{
	int w = row_width(cv, sheet->theme, y);
	struct run run = { 0 };
	char utf8[CELL_UTF8];
	bool plain = true;

	while (run.x + run.w < w && run_next(cv, sheet->theme, y, &run)) {
		struct pen pen = pen_reduce(run.pen, sheet->nr_colours);

		if (!plain || !is_plain(pen))
			put_pen(out, pen);
		plain = is_plain(pen);
		for (int x = run.x; x < run.x + run.w && x < w; x++)
			buf_add(out, utf8, canvas_utf8(cv, x, y, utf8));
	}
	buf_puts(out, plain ? "\n" : "\033[0m\n");
}

/* A rule parts pages: a form feed would move a terminal's cursor. */
static void page(struct buf *out, const struct sheet *sheet,
	const struct canvas *cv, unsigned nr, const char *caption)
{
	(void)caption;
	if (nr > 0) {
		buf_fill(out, '-', cv->w);
		buf_putc(out, '\n');
	}
	for (int y = 0; y < cv->h; y++)
		put_row(out, sheet, cv, y);
}

const struct writer writer_ansi = {
	.name = "ansi",
	.suffix = ".ansi",
	.begin = none,
	.page = page,
	.end = none,
};
