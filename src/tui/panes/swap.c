/*
 * Swap: the slots of the area as a map, and above it one slot with its content
 * and those whose PTEs hold it.
 */
#include "core/swap.h"
#include "tui/panes/legend.h"
#include "tui/panes/swap_map.h"
#include "tui/panes/swap_slot.h"
#include "view/lang.h"
#include "view/text.h"

#include <inttypes.h>
#include <stdio.h>

#define TOP_LINES 3 /* the area, the slot looked at, its holders */
#define PFN_W 6     /* of a frame's number and the blank before it */
#define MORE_W 6    /* of the count of those that do not fit */

/* -- the lines on top --------------------------------------------------- */

static void put_area(struct canvas *cv, int w, const struct look *look)
{
	const struct swap_info_struct *si = &look->m->swap_info;
	char text[160];
	int n;

	if (!si->max) {
		canvas_put_cut(cv, 1, 0, w - 1, ST_DIM,
			_("this machine has no swap area"));
		return;
	}
	n = snprintf(text, sizeof(text),
		_("%" PRIu64 " slots, %" PRIu64 " in use"), si->max - 1,
		si->inuse_pages);
	if (!si->on)
		snprintf(text + n, sizeof(text) - (size_t)n, "  %s",
			si->inuse_pages ? _("being emptied")
					: _("switched off"));
	else if (si->cluster_next)
		snprintf(text + n, sizeof(text) - (size_t)n,
			_(", next search: %" PRIu64),
			si->cluster_next);
	canvas_put_cut(cv, 1, 0, w - 1, ST_TEXT, text);
}

/* An object's name; returns the column after it. */
static int put_ref(struct canvas *cv, int x, int y, const struct look *look,
	enum style style, struct ref ref)
{
	char name[64];
	int w;

	format_ref(name, sizeof(name), look->m, ref);
	canvas_link(cv, ref);
	w = canvas_put(cv, x, y, -1, style, name);
	canvas_link(cv, NO_REF);
	canvas_mark(cv, (struct rect){ x, y, w, 1 }, look_marks(look, ref));
	return x + w;
}

static void put_slot_line(
	struct canvas *cv, int w, const struct look *look, uint64_t slot)
{
	const struct swap_info_struct *si = &look->m->swap_info;
	const char *cached = _("cached in frame");
	char text[96], value[64];
	int x = 1;

	canvas_link(cv, swap_slot_ref(slot));
	snprintf(text, sizeof(text), _("slot %" PRIu64), slot);
	x += canvas_put(cv, x, 1, w, ST_STRONG, text);
	canvas_link(cv, NO_REF);
	canvas_mark(cv, (struct rect){ 1, 1, x - 1, 1 },
		look_marks(look, swap_slot_ref(slot)));
	if (!swap_in_use(look->m, slot)) {
		canvas_put(cv, x + 2, 1, w - x - 2, ST_DIM, _("free"));
		return;
	}
	snprintf(text, sizeof(text), _("count %u"), swap_count(look->m, slot));
	x += 2;
	x += canvas_put(cv, x, 1, -1, ST_NUMBER, text) + 2;
	format_value(value, sizeof(value), look->m, si->value[slot]);
	x += canvas_put(cv, x, 1, -1, ST_DIM, _("value")) + 1;
	x += canvas_put(cv, x, 1, -1, ST_VALUE, value) + 2;
	if (!si->cache[slot])
		return;
	if (x + text_width(cached) + PFN_W > w)
		cached = _("cached");
	x += canvas_put(cv, x, 1, -1, ST_DIM, cached) + 1;
	put_ref(cv, x, 1, look, ST_PFN, ref_make(REF_PAGE, si->cache[slot]));
}

static void put_holders(
	struct canvas *cv, int w, const struct look *look, uint64_t slot)
{
	struct swap_holders h;
	char text[64];
	unsigned i;
	int x = 1;

	swap_holders_find(look->m, slot, &h);
	if (!h.n && h.all)
		return;
	x += canvas_put(cv, x, 2, -1, ST_DIM, _("held by")) + 1;
	for (i = 0; i < h.n; i++) {
		bool last = h.all && i + 1 == h.n;

		format_ref(text, sizeof(text), look->m, h.pte[i]);
		if (i && x + text_width(text) + (last ? 0 : MORE_W) > w)
			break;
		x = 2 + put_ref(cv, x, 2, look, ST_ADDR, h.pte[i]);
	}
	if (i == h.n && h.all)
		return;
	snprintf(text, sizeof(text), "+%u",
		swap_count(look->m, slot) - i);
	canvas_put(cv, x, 2, w - x, ST_DIM, text);
}

static void put_top(const struct pane_view *view, const struct look *look,
	struct canvas *cv)
{
	uint64_t slot;

	put_area(cv, view->w, look);
	if (view->h < 6 || !look->m->swap_info.max)
		return;
	if (!swap_shown(view, look, &slot)) {
		canvas_put_cut(cv, 1, 1, view->w - 1, ST_DIM,
			_("the cursor on a slot shows its PTEs"));
		return;
	}
	put_slot_line(cv, view->w, look, slot);
	put_holders(cv, view->w, look, slot);
}

/* -- the pane ----------------------------------------------------------- */

static void put_legend(struct legend *l, const struct look *look)
{
	const struct machine *m = look->m;
	char text[64];
	unsigned zoom = swap_map_zoom(m);

	if (!m->swap_info.max)
		return;
	legend_entry(l, ST_PAGE_FREE, glyph_text(GL_FREE, look->ascii),
		_("free"));
	if (zoom) {
		snprintf(text, sizeof(text), _("%u slots a cell"), 1u << zoom);
		legend_text(l, text);
	}
	legend_entry(l, ST_PAGE_SHARED, "1-9+", _("how many need it"));
	legend_entry(l, ST_PAGE_ANON, "c", _("in the swap cache"));
	legend_entry(l, ST_PAGE_FREE, "n", _("next search"));
	legend_entry(l, ST_PAGE_RESERVED, "#", _("header"));
}

static struct pane_view part(const struct pane_view *view)
{
	struct pane_view sub = *view;

	sub.h -= (view->h < 6 ? 1 : TOP_LINES) + (view->h >= 8);
	return sub;
}

static void take_back(struct pane_view *view, const struct pane_view *sub)
{
	int h = view->h;

	*view = *sub;
	view->h = h;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct pane_view sub = part(view);
	int top = view->h < 6 ? 1 : TOP_LINES;
	struct canvas_state saved;

	put_top(view, look, cv);
	saved = canvas_enter(cv, (struct rect){ 0, top, sub.w, sub.h });
	pad_draw(&sub, look, cv, swap_map);
	canvas_leave(cv, saved);
	take_back(view, &sub);
	if (top + sub.h < view->h)
		put_legend(&(struct legend){ cv, 1, top + sub.h, view->w,
				   view->h, 1 },
			look);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	struct pane_view sub = part(view);
	bool moved = look->m->swap_info.max &&
		     pad_move(&sub, look, swap_map, move, count);

	take_back(view, &sub);
	return moved;
}

static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	uint64_t slot;

	if (!look->m->swap_info.max || !swap_of_ref(look->m, ref, &slot))
		return;
	view->cursor = swap_slot_ref(slot);
	view->follow = false;
}

const struct pane pane_swap = {
	.name = "swap",
	.title = N_("Swap area"),
	.note = N_("every slot: how many need it, if it is cached, whose PTEs "
		   "hold it"),
	.min_w = 30,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
};
