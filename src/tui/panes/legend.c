#include "tui/panes/legend.h"

#include "tui/panes/facts.h"
#include "view/lang.h"

/* Room for @w columns, on the next line if need be. */
static bool take(struct legend *l, int w)
{
	if (l->x > 1 && l->x + w > l->w) {
		l->x = 1;
		l->y++;
		l->lines++;
	}
	return l->cv && l->y < l->end && l->x + w <= l->w;
}

void legend_entry(struct legend *l, enum style style, const char *letter,
	const char *name)
{
	int lw = text_width(letter), w = lw + 1 + text_width(name);

	if (take(l, w)) {
		canvas_put(l->cv, l->x, l->y, -1, style, letter);
		canvas_put(l->cv, l->x + lw + 1, l->y, -1, ST_DIM, name);
	}
	l->x += w + 2;
}

void legend_text(struct legend *l, const char *text)
{
	int w = text_width(text);

	if (take(l, w))
		canvas_put(l->cv, l->x, l->y, -1, ST_DIM, text);
	l->x += w + 2;
}

void legend_kind(struct legend *l, bool ascii, int kind)
{
	struct page sample = { .kind = (uint8_t)kind, ._mapcount = 0 };
	char letter[2] = { frame_letter(&sample), 0 };

	legend_entry(l, frame_style(&sample),
		kind == PAGE_FREE ? glyph_text(GL_FREE, ascii) : letter,
		_(page_kind_name((enum page_kind)kind)));
	if (kind == PAGE_ANON)
		legend_entry(l, ST_PAGE_SHARED, "2-9+", _("mapcount"));
}
