/* The panes on the screen: which, where, focus, moving and searching. */
#include "tui/state.h"

#include "core/objects.h"
#include "view/lang.h"
#include "view/text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

void app_panes_reset(struct app *a)
{
	for (int i = 0; panes[i]; i++) {
		struct pane_slot *slot = &a->pane[i];

		memset(slot, 0, sizeof(*slot));
		slot->view.follow = true;
		slot->match = -1;
	}
}

/* -- layout ------------------------------------------------------------- */

/* What the scenario wants to be seen now, or NULL. */
static const char *wanted_panes(const struct app *a)
{
	const struct note *show = look_note(&a->look, NOTE_SHOW);

	if (show && show->panes && *show->panes)
		return show->panes;
	return a->look.info ? a->look.info->panes : NULL;
}

/* Those of @names that exist: a scenario may be newer than the program. */
static void known_panes(const char *names, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	while (*(names += strspn(names, " ,"))) {
		char name[32];
		int len = (int)strcspn(names, " ,");

		snprintf(name, sizeof(name), "%.*s", len, names);
		if (pane_index(name) >= 0 && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s ", name);
		names += len;
	}
}

/* The text of the layout for this size. */
static void layout_text(
	const struct app *a, int w, int h, char *buf, size_t size)
{
	const struct layout_row *row = layout_find(a->set.layout);
	const char *wanted = wanted_panes(a);
	char known[LAYOUT_TEXT] = "";

	if (wanted)
		known_panes(wanted, known, sizeof(known));
	if (strcmp(a->set.layout, "auto"))
		snprintf(buf, size, "%s", row ? row->text : a->set.layout);
	else if (*known)
		layout_list(known, w, h, a->set.presenter, buf, size);
	else if (a->set.presenter)
		snprintf(buf, size, "%s", layout_find("lecture")->text);
	else
		snprintf(buf, size, "%s", layout_for(w, h)->text);
}

static void focus_something(struct app *a)
{
	int narration = pane_index("narration");

	if (layout_leaf(&a->layout, a->focus) >= 0)
		return;
	a->focus = layout_next(&a->layout, -1, 1);
	if (a->focus == narration)
		a->focus = layout_next(&a->layout, narration, 1);
}

void app_layout(struct app *a, int w, int h, struct rect r)
{
	char text[LAYOUT_TEXT], err[MESSAGE_SIZE];
	bool resized = a->area.w && (r.w != a->area.w || r.h != a->area.h);

	layout_text(a, w, h, text, sizeof(text));
	if (strcmp(text, a->layout_text)) {
		snprintf(a->layout_text, sizeof(a->layout_text), "%s", text);
		if (!layout_parse(&a->layout, text, w, h, err, sizeof(err))) {
			app_fail(a, "%s", err);
			layout_parse(&a->layout, layout_for(w, h)->text, w, h,
				err, sizeof(err));
		}
		app_cover_again(a, resized);
	}
	a->area = r;
	layout_place(&a->layout, r);
	focus_something(a);
}

/* -- moving ------------------------------------------------------------- */

static int scroll_by(const struct pane_view *view, enum move move, int count)
{
	switch (move) {
	case MOVE_UP:
		return -count;
	case MOVE_DOWN:
		return count;
	case MOVE_PAGE_UP:
		return -count * (view->h > 2 ? view->h - 1 : 1);
	case MOVE_PAGE_DOWN:
		return count * (view->h > 2 ? view->h - 1 : 1);
	case MOVE_HALF_UP:
		return -count * (view->h / 2 + 1);
	case MOVE_HALF_DOWN:
		return count * (view->h / 2 + 1);
	case MOVE_TOP:
		return -INT_MAX / 2;
	case MOVE_BOTTOM:
		return INT_MAX / 2;
	default:
		return 0;
	}
}

void app_scroll(struct app *a, int pane, int lines)
{
	struct pane_view *view = &a->pane[pane].view;
	int last = view->lines > view->h ? view->lines - view->h : 0;
	long top = (long)view->top + lines;

	view->top = top > last ? last : top < 0 ? 0 : (int)top;
	view->follow = false;
}

static void scroll(
	struct app *a, struct pane_view *view, enum move move, int count)
{
	app_scroll(a, a->focus, scroll_by(view, move, count));
	if (move == MOVE_LEFT)
		view->left -= view->left > count ? count : view->left;
	else if (move == MOVE_RIGHT)
		view->left += count;
	else if (move == MOVE_HOME || move == MOVE_TOP)
		view->left = 0;
}

bool app_move(struct app *a, enum move move, long count)
{
	const struct pane *pane = panes[a->focus];
	struct pane_view *view = &a->pane[a->focus].view;
	int n = count > 1000000 ? 1000000 : (int)count;

	if (!pane->move) {
		scroll(a, view, move, n);
		return true;
	}
	pane->move(view, &a->look, move, n);
	if (pane != &pane_inspect && view->cursor.kind &&
		!ref_eq(view->cursor, a->look.selected))
		app_select(a, view->cursor, a->focus);
	return true;
}

/* -- searching ---------------------------------------------------------- */

#define FIND_LINES 5000 /* searched of a pane's content */

/* The text of one line of a canvas, characters outside of ASCII included. */
static void line_text(const struct canvas *cv, int y, char *buf, size_t size)
{
	char utf8[TEXT_UTF8];
	size_t n = 0;

	for (int x = 0; x < cv->w; x++) {
		uint32_t ch = canvas_char(cv, x, y);
		size_t len = ch ? text_encode(ch, utf8) : 0;

		if (n + len >= size)
			break;
		memcpy(buf + n, utf8, len);
		n += len;
	}
	buf[n] = 0;
}

/* The whole content of a pane, at most FIND_LINES lines of it. */
static struct canvas *whole_content(struct app *a, int pane)
{
	struct pane_view view = a->pane[pane].view;
	struct canvas *cv;

	view.h = view.lines > view.h ? view.lines : view.h;
	view.h = view.h > FIND_LINES ? FIND_LINES : view.h;
	view.w = view.w > 0 ? view.w : 1;
	view.h = view.h > 0 ? view.h : 1;
	view.top = 0;
	view.follow = false;
	cv = canvas_new(view.w, view.h);
	if (cv)
		panes[pane]->draw(&view, &a->look, cv);
	return cv;
}

/* The next line after @from in a direction that has @text; -1: none. */
static int find_line(
	const struct canvas *cv, const char *text, int from, int direction)
{
	char line[2048];

	for (int i = 1; i <= cv->h; i++) {
		int y = (from + direction * i + 2 * cv->h) % cv->h;

		line_text(cv, y, line, sizeof(line));
		if (strcasestr(line, text))
			return y;
	}
	return -1;
}

/* The first object that a line of the content stands for. */
static struct ref line_object(const struct canvas *cv, int y)
{
	for (int x = 0; x < cv->w; x++)
		if (canvas_ref_at(cv, x, y).kind)
			return canvas_ref_at(cv, x, y);
	return NO_REF;
}

/* In some panes lines tell of objects but do not stand for them: who finds
 * text there still looks at what was selected. */
static bool shows_text(const struct pane *pane)
{
	return pane == &pane_path || pane == &pane_inspect ||
	       pane == &pane_script || pane == &pane_narration ||
	       pane == &pane_help;
}

static void show_match(struct app *a, const struct canvas *cv, int y)
{
	struct pane_slot *slot = &a->pane[a->focus];
	struct pane_view *view = &slot->view;
	struct ref ref = line_object(cv, y);

	slot->match = y;
	view->follow = false;
	if (y < view->top || y >= view->top + view->h)
		view->top = y > view->h / 2 ? y - view->h / 2 : 0;
	if (ref.kind && !shows_text(panes[a->focus])) {
		if (panes[a->focus]->seek)
			panes[a->focus]->seek(view, &a->look, ref);
		app_select(a, ref, a->focus);
	}
}

/* Show the next line of the pane that has the text; false: none has. */
static bool find_in_pane(struct app *a, int direction)
{
	struct pane_slot *slot = &a->pane[a->focus];
	struct canvas *cv = whole_content(a, a->focus);
	int y;

	if (!cv)
		return false;
	y = find_line(cv, slot->find, slot->match, direction);
	if (y >= 0)
		show_match(a, cv, y);
	canvas_delete(cv);
	return y >= 0;
}

bool app_find_again(struct app *a, int direction)
{
	const struct pane_slot *slot = &a->pane[a->focus];

	if (!slot->find[0])
		return app_fail(a, _("Nothing was searched: / finds text."));
	return find_in_pane(a, direction) ||
	       app_fail(a, _("\"%s\" is not in this pane"), slot->find);
}

/* Is there such an object now? */
static bool exists(const struct app *a, struct ref ref)
{
	return ref.kind && object_exists(a->look.m, ref);
}

bool app_find(struct app *a, const char *text)
{
	struct pane_slot *slot = &a->pane[a->focus];
	struct ref ref = app_object(a, text);

	snprintf(slot->find, sizeof(slot->find), "%s", text);
	slot->view.search = slot->find[0] ? slot->find : NULL;
	slot->match = slot->view.top - 1;
	if (!*text)
		return true;
	if (shows_text(panes[a->focus]) && find_in_pane(a, 1))
		return true;
	if (exists(a, ref)) {
		app_select(a, ref, -1);
		app_say(a, _("%s is selected"), text);
		return true;
	}
	return app_find_again(a, 1);
}

bool app_filter(struct app *a, const char *text)
{
	struct pane_slot *slot = &a->pane[a->focus];

	snprintf(slot->filter, sizeof(slot->filter), "%s", text);
	slot->view.filter = slot->filter[0] ? slot->filter : NULL;
	slot->view.top = 0;
	slot->view.follow = !*text;
	app_say(a,
		*text ? _("Only lines with \"%s\"; & and Enter show all.")
		      : _("All lines are shown."),
		text);
	return true;
}
