/*
 * A canvas as SVG.
 *
 * A cell is 9 by 18 units and a font of 15 units is 9 wide, so all
 * coordinates are whole and lines lie on whole pixels.  Nothing that has to
 * join is left to fonts: box drawing characters become strokes
 * (writer_svg_line.c), block characters become rectangles.  Text is cut at wide
 * gaps and wherever a font may lack the character, and each piece is placed and
 * told its length, so that columns keep straight in every viewer.
 */
#include "view/line.h"
#include "view/writer_svg.h"

/* Top left corner of a page's first cell. */
static int page_x(void)
{
	return SVG_W;
}

static int page_y(const struct sheet *sheet, unsigned nr)
{
	return SVG_W + (int)nr * (sheet->h + 1) * SVG_H;
}

static void begin(struct buf *out, const struct sheet *sheet)
{
	struct solid page = solid_page(sheet->theme);
	int w = sheet->w * SVG_W + 2 * SVG_W;
	int h = page_y(sheet, sheet->nr_pages) - SVG_H + SVG_W;

	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" xml:space=\"preserve\">\n"
		"<title>",
		w, h, w, h);
	put_escaped(out, sheet->title);
	buf_printf(out,
		"</title>\n<rect width=\"%d\" height=\"%d\" rx=\"6\" "
		"fill=\"#%06x\"/>\n",
		w, h, page.bg);
}

static void end(struct buf *out, const struct sheet *sheet)
{
	(void)sheet;
	buf_puts(out, "</svg>\n");
}

/* ---- backgrounds and underlines ---- */

static void put_rect(struct buf *out, int x, int y, int w, int h, uint32_t rgb)
{
	buf_printf(out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		"fill=\"#%06x\"/>\n",
		x, y, w, h, rgb);
}

static void put_ground(
	struct buf *out, const struct run *run, struct solid p, int y)
{
	int x = run->x * SVG_W, w = run->w * SVG_W;

	if (!p.on_page)
		put_rect(out, x, y * SVG_H, w, SVG_H, p.bg);
	if (p.underline)
		put_rect(out, x, y * SVG_H + SVG_H - 2, w, 1, p.fg);
}

/* ---- blocks ---- */

static const struct block {
	uint32_t ch; /* the character */
	int y, h; /* what it fills of its cell, in units; always all across */
	int part; /* how much of the colour shows, in quarters */
} blocks[] = {
	{ 0x2580, 0, 9, 4 },  /* upper half */
	{ 0x2584, 9, 9, 4 },  /* lower half */
	{ 0x2588, 0, 18, 4 }, /* full */
	{ 0x2591, 0, 18, 1 }, /* light */
	{ 0x2592, 0, 18, 2 }, /* medium */
	{ 0x2593, 0, 18, 3 }, /* dark */
	{ 0x25ac, 6, 6, 4 },  /* bars of costs */
};

static const struct block *block_of(uint32_t ch)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (blocks[i].ch == ch)
			return &blocks[i];
	return NULL;
}

/* The cells from @x on that show @ch, up to @end. */
static int count_same(
	const struct canvas *cv, int x, int end, int y, uint32_t ch)
{
	int n = 1;

	while (x + n < end && canvas_char(cv, x + n, y) == ch)
		n++;
	return n;
}

static void put_blocks(struct buf *out, const struct canvas *cv,
	const struct run *run, struct solid p, int y)
{
	for (int x = run->x, n; x < run->x + run->w; x += n) {
		uint32_t ch = canvas_char(cv, x, y);
		const struct block *b = block_of(ch);

		n = count_same(cv, x, run->x + run->w, y, ch);
		if (b)
			put_rect(out, x * SVG_W, y * SVG_H + b->y, n * SVG_W,
				b->h,
				solid_mix(p.fg, p.bg, (uint32_t)b->part * 4));
	}
}

/* ---- text ---- */

/* How a cell's character is shown. */
enum class {
	BLANK,
	DRAWN,	/* a stroke or a rectangle */
	COMMON, /* in every monospace font */
	WIDE,
	RARE /* perhaps borrowed from a font of another width */
};

static enum class class_at(const struct canvas *cv, int x, int y) {
	const struct cell *next = canvas_cell(cv, x + 1, y);
	uint32_t ch = canvas_char(cv, x, y);

	if (ch == ' ' && !canvas_cell(cv, x, y)->mark[0]) return BLANK;
	if (next && next->ch == CELL_SHADOW) return WIDE;
	if (line_shape_of(ch) || block_of(ch)) return DRAWN;
	return ch < 0x250 ? COMMON : RARE;
}

/* Columns of the piece that begins at @x; one blank may stand in it. */
static int piece_width(const struct canvas *cv, int x, int end, int y)
{
	int w = 1;

	while (x + w < end) {
		int gap = class_at(cv, x + w, y) == BLANK;

		if (x + w + gap >= end ||
			class_at(cv, x + w + gap, y) != COMMON)
			break;
		w += gap + 1;
	}
	return w;
}

/* Common text gets its length; a single character stands in the middle of
 * its columns, however wide its font makes it. */
static void put_place(struct buf *out, int x, int y, int w, enum class class)
{
	int base = y * SVG_H + 13;

	if (class == COMMON)
		buf_printf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"",
			x * SVG_W, base, w * SVG_W);
	else
		buf_printf(out,
			"<text x=\"%g\" y=\"%d\" text-anchor=\"middle\"",
			(x + w / 2.0) * SVG_W, base);
}

static void put_piece(struct buf *out, const struct canvas *cv, int x, int w,
	int y, struct solid p, uint32_t page_fg)
{
	char utf8[CELL_UTF8];

	if (p.fg != page_fg)
		buf_printf(out, " fill=\"#%06x\"", p.fg);
	if (p.bold)
		buf_puts(out, " font-weight=\"bold\"");
	if (p.italic)
		buf_puts(out, " font-style=\"italic\"");
	buf_putc(out, '>');
	for (int i = x; i < x + w; i++) {
		canvas_utf8(cv, i, y, utf8);
		put_escaped(out, utf8);
	}
	buf_puts(out, "</text>\n");
}

static void put_text(struct buf *out, const struct canvas *cv,
	const struct run *run, struct solid p, int y, uint32_t page_fg)
{
	int end = run->x + run->w;

	for (int x = run->x, w; x < end; x += w) {
		enum class class = class_at(cv, x, y);

		w = 1;
		if (class == BLANK || class == DRAWN)
			continue;
		if (class == COMMON)
			w = piece_width(cv, x, end, y);
		else if (class == WIDE)
			w = 2;
		put_place(out, x, y, w, class);
		put_piece(out, cv, x, w, y, p, page_fg);
	}
}

/* ---- pages ---- */

static void put_grounds(
	struct buf *out, const struct canvas *cv, const struct theme *theme)
{
	for (int y = 0; y < cv->h; y++) {
		struct run run = { 0 };

		while (run_next(cv, theme, y, &run)) {
			struct solid p = solid_of(theme, run.pen);

			put_ground(out, &run, p, y);
			put_blocks(out, cv, &run, p, y);
		}
	}
}

static void put_texts(
	struct buf *out, const struct canvas *cv, const struct theme *theme)
{
	uint32_t page_fg = solid_page(theme).fg;

	for (int y = 0; y < cv->h; y++) {
		struct run run = { 0 };

		while (run_next(cv, theme, y, &run))
			put_text(out, cv, &run, solid_of(theme, run.pen), y,
				page_fg);
	}
}

static void page(struct buf *out, const struct sheet *sheet,
	const struct canvas *cv, unsigned nr, const char *caption)
{
	buf_printf(out,
		"<g transform=\"translate(%d,%d)\" font-family=\"ui-monospace,"
		"'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',"
		"monospace\" font-size=\"15\" fill=\"#%06x\">\n",
		page_x(), page_y(sheet, nr), solid_page(sheet->theme).fg);
	if (sheet->nr_pages > 1 && *caption) {
		buf_puts(out, "<title>");
		put_escaped(out, caption);
		buf_puts(out, "</title>\n");
	}
	put_grounds(out, cv, sheet->theme);
	svg_lines(out, cv, sheet->theme);
	put_texts(out, cv, sheet->theme);
	buf_puts(out, "</g>\n");
}

const struct writer writer_svg = {
	.name = "svg",
	.suffix = ".svg",
	.begin = begin,
	.page = page,
	.end = end,
};
