/*
 * Panes that lie over others for a while: the help, and the object where it
 * has no place of its own.  Each remembers what it covered, the newest on top;
 * closing puts that back.  A pane covers at most once.
 */
#include "tui/state.h"

#include <string.h>

bool covers_others(int pane)
{
	return panes[pane] == &pane_help || panes[pane] == &pane_inspect;
}

static int cover_of(const struct app *a, int pane)
{
	for (int i = a->nr_covers - 1; i >= 0; i--)
		if (a->cover[i].pane == pane)
			return i;
	return -1;
}

/* Put @pane on the screen in place of @old or, if that is not there or is the
 * narration, of the largest; returns which.  -1: it is there already. */
static int put_in_place(struct app *a, int pane, int old)
{
	if (layout_leaf(&a->layout, pane) >= 0)
		return -1;
	if (old == pane_index("narration") || layout_leaf(&a->layout, old) < 0)
		old = layout_largest(&a->layout);
	layout_replace(&a->layout, old, pane);
	return old;
}

static void remove_cover(struct app *a, int i)
{
	a->nr_covers--;
	memmove(&a->cover[i], &a->cover[i + 1],
		(size_t)(a->nr_covers - i) * sizeof(a->cover[0]));
}

/* The pane that one looks at, also from below a cover. */
static int looked_at(const struct app *a)
{
	int pane = a->focus;

	for (int i = a->nr_covers - 1; i >= 0; i--)
		if (covers_others(pane))
			pane = a->cover[i].focus;
	return pane;
}

static void cover(struct app *a, int pane)
{
	struct cover *c;
	int i = cover_of(a, pane);

	if (i >= 0 && layout_leaf(&a->layout, pane) >= 0)
		return;
	if (i >= 0)
		remove_cover(a, i);
	c = &a->cover[a->nr_covers++];
	c->pane = pane;
	c->focus = a->focus;
	c->zoom = a->zoom;
	a->pane[pane].view.own[0] = looked_at(a);
	c->under = put_in_place(a, pane, a->focus);
	/* The help needs the screen, an object where lines are short. */
	if (panes[pane] == &pane_help || (c->under >= 0 && a->cv->w < 100))
		a->zoom = true;
}

void app_focus(struct app *a, int pane)
{
	if (covers_others(pane) && a->focus != pane)
		cover(a, pane);
	else if (!covers_others(pane))
		put_in_place(a, pane, a->focus);
	a->focus = pane;
}

bool app_uncover(struct app *a)
{
	while (a->nr_covers) {
		struct cover c = a->cover[--a->nr_covers];
		bool there = layout_leaf(&a->layout, c.pane) >= 0;

		/* One that is not in sight any more is forgotten. */
		if (!there || (c.under < 0 && a->focus != c.pane))
			continue;
		if (c.under >= 0)
			layout_replace(&a->layout, c.pane, c.under);
		if (a->focus == c.pane)
			a->focus = layout_leaf(&a->layout, c.focus) >= 0
					   ? c.focus
					   : c.under;
		a->zoom = c.zoom;
		return true;
	}
	return false;
}

void app_cover_again(struct app *a, bool resized)
{
	for (int i = 0; i < a->nr_covers; i++)
		a->cover[i].under =
			put_in_place(a, a->cover[i].pane, a->cover[i].under);
	/* What one looks at stays, unless the scenario wants to show other
	 * panes. */
	if (resized || a->zoom)
		put_in_place(a, a->focus, -1);
}
