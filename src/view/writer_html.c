/*
 * A canvas as a page of HTML that needs nothing else.
 *
 * The grid is a <pre>.  Fonts that lack a character borrow it from another
 * font, with another width; so every character that a monospace font may lack
 * stands in a box of its own, one or two columns wide.  Page and text colours
 * are both set, so that a reader's dark or light mode changes nothing.
 */
#include "view/solid.h"
#include "view/writer.h"

static const char style[] =
	"pre{margin:0;font:15px/17px ui-monospace,\"DejaVu Sans Mono\","
	"Menlo,Consolas,\"Liberation Mono\",monospace;"
	"font-variant-ligatures:none;letter-spacing:0;tab-size:8}\n"
	"h2{margin:2em 0 .6em;font:bold 15px/1.3 sans-serif}\n"
	"section:first-of-type h2{margin-top:0}\n"
	".g,.w{display:inline-block;width:1ch;text-align:center}\n"
	".w{width:2ch}\n"
	"@media print{section{break-after:page}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

static bool is_dark(uint32_t rgb)
{
	return (rgb >> 16) * 3 + (rgb >> 8 & 255) * 6 + (rgb & 255) < 1280;
}

static void begin(struct buf *out, const struct sheet *sheet)
{
	struct solid page = solid_page(sheet->theme);

	buf_puts(out, "<!DOCTYPE html>\n<html>\n<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" "
		      "content=\"width=device-width\">\n<title>");
	put_escaped(out, sheet->title);
	buf_printf(out,
		"</title>\n<style>\n"
		":root{color-scheme:%s}\n"
		"body{margin:0;padding:15px;overflow-x:auto;"
		"background:#%06x;color:#%06x}\n",
		is_dark(page.bg) ? "dark" : "light", page.bg, page.fg);
	buf_puts(out, style);
	buf_puts(out, "</style>\n</head>\n<body>\n");
}

static void end(struct buf *out, const struct sheet *sheet)
{
	(void)sheet;
	buf_puts(out, "</body>\n</html>\n");
}

/* Latin letters and box drawing are in every monospace font. */
static bool may_be_borrowed(uint32_t ch)
{
	return ch >= 0x250 && !(ch >= 0x2500 && ch < 0x2580);
}

static void put_cell(struct buf *out, const struct canvas *cv, int x, int y)
{
	const struct cell *next = canvas_cell(cv, x + 1, y);
	uint32_t ch = canvas_char(cv, x, y);
	bool wide = next && next->ch == CELL_SHADOW;
	char utf8[CELL_UTF8];

	canvas_utf8(cv, x, y, utf8);
	if (wide || may_be_borrowed(ch))
		buf_printf(out, "<span class=\"%c\">%s</span>",
			wide ? 'w' : 'g', utf8);
	else
		put_escaped(out, utf8);
}

static void put_style(struct buf *out, struct solid p, uint32_t page_fg)
{
	buf_puts(out, "<span style=\"");
	if (p.fg != page_fg)
		buf_printf(out, "color:#%06x;", p.fg);
	if (!p.on_page)
		buf_printf(out, "background:#%06x;", p.bg);
	if (p.bold)
		buf_puts(out, "font-weight:bold;");
	if (p.underline)
		buf_puts(out, "text-decoration:underline;");
	if (p.italic)
		buf_puts(out, "font-style:italic;");
	buf_puts(out, "\">");
}

static void put_row(struct buf *out, const struct sheet *sheet,
	const struct canvas *cv, int y)
{
	struct solid page = solid_page(sheet->theme);
	int w = row_width(cv, sheet->theme, y);
	struct run run = { 0 };

	while (run.x + run.w < w && run_next(cv, sheet->theme, y, &run)) {
		struct solid p = solid_of(sheet->theme, run.pen);
		bool plain = p.fg == page.fg && p.on_page && !p.bold &&
			     !p.underline && !p.italic;

		if (!plain)
			put_style(out, p, page.fg);
		for (int x = run.x; x < run.x + run.w && x < w; x++)
			if (canvas_char(cv, x, y))
				put_cell(out, cv, x, y);
		if (!plain)
			buf_puts(out, "</span>");
	}
	buf_putc(out, '\n');
}

static void page(struct buf *out, const struct sheet *sheet,
	const struct canvas *cv, unsigned nr, const char *caption)
{
	buf_printf(out, "<section id=\"p%u\">\n", nr + 1);
	if (sheet->nr_pages > 1 && *caption) {
		buf_puts(out, "<h2>");
		put_escaped(out, caption);
		buf_puts(out, "</h2>\n");
	}
	/* HTML drops the first newline of a <pre>. */
	buf_puts(out, "<pre>\n");
	for (int y = 0; y < cv->h; y++)
		put_row(out, sheet, cv, y);
	buf_puts(out, "</pre>\n</section>\n");
}

const struct writer writer_html = {
	.name = "html",
	.suffix = ".html",
	.begin = begin,
	.page = page,
	.end = end,
};
