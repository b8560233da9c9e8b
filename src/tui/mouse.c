/* The mouse: a click focuses and selects, the wheel scrolls. */
#include "tui/state.h"

#include "tui/panes/timeline.h"

#include <string.h>

static bool inside(const struct rect *r, int x, int y)
{
	return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

static bool click_menu(struct app *a, int x, int y)
{
	int i = menu_at(&a->menu, x, y);

	if (i >= 0) {
		a->menu.now = i;
		return command_run(a, "choose");
	}
	return inside(&a->menu.r, x, y) || command_run(a, "cancel");
}

static bool click_hotspot(struct app *a, int x, int y)
{
	/* What was drawn last lies on top. */
	for (int i = a->nr_hotspots - 1; i >= 0; i--)
		if (inside(&a->hotspot[i].r, x, y)) {
			char line[MENU_COMMAND];

			strcpy(line, a->hotspot[i].command);
			command_run(a, line);
			return true;
		}
	return false;
}

/* A second click on what is selected follows it. */
static bool click_pane(struct app *a, int pane, int x, int y)
{
	struct ref ref = canvas_ref_at(a->cv, x, y);
	struct pane_view *view = &a->pane[pane].view;

	app_focus(a, pane);
	if (!ref.kind)
		return true;
	if (ref_eq(ref, a->look.selected) && panes[pane] != &pane_inspect)
		return app_follow(a);
	if (panes[pane]->seek)
		panes[pane]->seek(view, &a->look, ref);
	view->cursor = ref;
	app_select(a, ref, pane);
	return true;
}

static bool click_strip(struct app *a, int x)
{
	struct pos pos;

	if (!timeline_pos(&a->look, a->strip.w, x - a->strip.x, &pos))
		return false;
	return app_jump(a, pos);
}

bool app_click(struct app *a, int x, int y, bool twice)
{
	int pane = a->zoom ? a->focus : layout_pane_at(&a->layout, x, y);

	if (a->menu.open)
		return click_menu(a, x, y);
	if (click_hotspot(a, x, y))
		return true;
	if (inside(&a->strip, x, y))
		return click_strip(a, x);
	if (pane < 0 || !inside(&a->area, x, y))
		return true;
	return click_pane(a, pane, x, y) && (!twice || app_follow(a));
}

bool app_wheel(struct app *a, int x, int y, int lines)
{
	int pane = a->zoom ? a->focus : layout_pane_at(&a->layout, x, y);

	if (a->menu.open)
		menu_move(&a->menu, lines > 0 ? 1 : -1);
	else if (pane >= 0 && inside(&a->area, x, y))
		app_scroll(a, pane, lines);
	return true;
}
