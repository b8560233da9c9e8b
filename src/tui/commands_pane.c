/* Commands for panes: focus, size, moving inside of one. */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool unknown_pane(struct app *a, const char *name)
{
	char names[256];

	return app_fail(a, _("no pane \"%s\"; there are: %s"), name,
		pane_names(names, sizeof(names)));
}

/* A number, a name or a beginning that only one name has. */
static int find_pane(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	int found = -1, matches = 0;

	if (end != text && !*end)
		return n >= 1 && n <= pane_count() ? (int)n - 1 : -1;
	if (pane_index(text) >= 0)
		return pane_index(text);
	for (int i = 0; panes[i]; i++)
		if (!strncmp(panes[i]->name, text, strlen(text))) {
			found = i;
			matches++;
		}
	return matches == 1 ? found : -1;
}

static bool run_pane(struct app *a, const struct args *args)
{
	int pane;

	if (!args->n)
		return app_fail(a, _("which pane? :pane NAME"));
	if (!strcmp(args->word[0], "next"))
		pane = layout_next(&a->layout, a->focus, 1);
	else if (!strcmp(args->word[0], "previous"))
		pane = layout_next(&a->layout, a->focus, -1);
	else
		pane = find_pane(args->word[0]);
	if (pane < 0)
		return unknown_pane(a, args->word[0]);
	app_focus(a, pane);
	return true;
}

static bool run_zoom(struct app *a, const struct args *args)
{
	(void)args;
	a->zoom = !a->zoom;
	return true;
}

static bool run_grow(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	if (n < 0)
		return false;
	for (; n > 0 && n < 100; n--)
		layout_resize(&a->layout, a->focus, 1);
	return true;
}

static bool run_shrink(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	if (n < 0)
		return false;
	for (; n > 0 && n < 100; n--)
		layout_resize(&a->layout, a->focus, -1);
	return true;
}

static bool run_layout(struct app *a, const struct args *args)
{
	if (args->n)
		return app_set(a, "layout", args->rest);
	menu_open(&a->menu, _("Layouts"));
	menu_add(&a->menu, "auto", _("what suits the window and scenario"),
		"layout auto");
	for (const struct layout_row *row = layout_table; row->name; row++) {
		char command[64];

		snprintf(command, sizeof(command), "layout %s", row->name);
		menu_add(&a->menu, row->name, _(row->note), command);
	}
	return true;
}

/* -- moving ------------------------------------------------------------- */

static bool move(struct app *a, const struct args *args, enum move way)
{
	long n = args_count(a, args, 1);

	if (n < 0)
		return false;
	if (a->menu.open) {
		menu_move(&a->menu, way == MOVE_UP     ? -1
				    : way == MOVE_DOWN ? 1
						       : 0);
		return true;
	}
	return app_move(a, way, n);
}

#define MOVE(name, way)                                                        \
	static bool run_##name(struct app *a, const struct args *args)         \
	{                                                                      \
		return move(a, args, way);                                     \
	}
MOVE(left, MOVE_LEFT)
MOVE(right, MOVE_RIGHT)
MOVE(up, MOVE_UP)
MOVE(down, MOVE_DOWN)
MOVE(page_up, MOVE_PAGE_UP)
MOVE(page_down, MOVE_PAGE_DOWN)
MOVE(half_up, MOVE_HALF_UP)
MOVE(half_down, MOVE_HALF_DOWN)
MOVE(top, MOVE_TOP)
MOVE(bottom, MOVE_BOTTOM)
MOVE(home, MOVE_HOME)
MOVE(end, MOVE_END)

/* -- the mouse ---------------------------------------------------------- */

static bool numbers(struct app *a, const struct args *args, int n, int *out)
{
	if (args->n != n)
		return app_fail(a, _("%d numbers are needed"), n);
	for (int i = 0; i < n; i++) {
		char *end;

		out[i] = (int)strtol(args->word[i], &end, 10);
		if (*end || end == args->word[i])
			return app_fail(
				a, _("\"%s\" is not a number"), args->word[i]);
	}
	return true;
}

static bool run_click(struct app *a, const struct args *args)
{
	int at[2];

	return numbers(a, args, 2, at) && app_click(a, at[0], at[1], false);
}

static bool run_wheel(struct app *a, const struct args *args)
{
	int at[3];

	return numbers(a, args, 3, at) && app_wheel(a, at[0], at[1], at[2]);
}

const struct command commands_pane[] = {
	{ "pane", "NAME|N|next|previous", N_("focus a pane"), COMPLETE_PANE,
		false, run_pane },
	{ "zoom", "", N_("the focused pane alone, or all again"), COMPLETE_NONE,
		false, run_zoom },
	{ "grow", "[N]", N_("make the focused pane larger"), COMPLETE_NONE,
		true, run_grow },
	{ "shrink", "[N]", N_("make the focused pane smaller"), COMPLETE_NONE,
		true, run_shrink },
	{ "layout", "[NAME|PANES]", N_("choose where panes stand"),
		COMPLETE_LAYOUT, false, run_layout },
	{ "left", "[N]", N_("move or scroll left"), COMPLETE_NONE, true,
		run_left },
	{ "right", "[N]", N_("move or scroll right"), COMPLETE_NONE, true,
		run_right },
	{ "up", "[N]", N_("move or scroll up"), COMPLETE_NONE, true, run_up },
	{ "down", "[N]", N_("move or scroll down"), COMPLETE_NONE, true,
		run_down },
	{ "page-up", "[N]", N_("a page up"), COMPLETE_NONE, true, run_page_up },
	{ "page-down", "[N]", N_("a page down"), COMPLETE_NONE, true,
		run_page_down },
	{ "half-up", "[N]", N_("half a page up"), COMPLETE_NONE, true,
		run_half_up },
	{ "half-down", "[N]", N_("half a page down"), COMPLETE_NONE, true,
		run_half_down },
	{ "top", "", N_("to the top of the pane"), COMPLETE_NONE, true,
		run_top },
	{ "bottom", "", N_("to the bottom of the pane"), COMPLETE_NONE, true,
		run_bottom },
	{ "home", "", N_("to the beginning of the line"), COMPLETE_NONE, true,
		run_home },
	{ "end", "", N_("to the end of the line"), COMPLETE_NONE, true,
		run_end },
	{ "click", "X Y", N_("what a click on a cell does"), COMPLETE_NONE,
		false, run_click },
	{ "wheel", "X Y LINES", N_("what the wheel over a cell does"),
		COMPLETE_NONE, false, run_wheel },
	{ 0 },
};
