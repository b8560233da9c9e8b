/* A canvas as plain text: rows without the blanks at their ends. */
#include "view/writer.h"

static void begin(struct buf *out, const struct sheet *sheet)
{
	(void)out;
	(void)sheet;
}

/* Pages are parted by a form feed, as printers and pagers expect. */
static void page(struct buf *out, const struct sheet *sheet,
	const struct canvas *cv, unsigned nr, const char *caption)
{
	char utf8[CELL_UTF8];

	(void)sheet;
	(void)caption;
	if (nr > 0)
		buf_puts(out, "\f\n");
	for (int y = 0; y < cv->h; y++) {
		int w = row_width(cv, NULL, y);

		for (int x = 0; x < w; x++)
			buf_add(out, utf8, canvas_utf8(cv, x, y, utf8));
		buf_putc(out, '\n');
	}
}

const struct writer writer_text = {
	.name = "text",
	.suffix = ".txt",
	.begin = begin,
	.page = page,
	.end = begin,
};
