/*
 * The whole screen on one canvas: title bar, panes, timeline, message line and
 * key bar.  What can be clicked is remembered as it is drawn.
 */
#include "tui/state.h"

#include "tui/keybar.h"
#include "view/format.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIN_W 60
#define MIN_H 16

void frame_hotspot(struct app *a, struct rect r, const char *command)
{
	struct hotspot *spot = &a->hotspot[a->nr_hotspots];

	if (a->nr_hotspots == HOTSPOTS_MAX)
		return;
	a->nr_hotspots++;
	spot->r = r;
	snprintf(spot->command, sizeof(spot->command), "%s", command);
}

bool frame_outer(const struct app *a, int pane, struct rect *r)
{
	int leaf = layout_leaf(&a->layout, pane);

	if (a->zoom)
		*r = a->area;
	else if (leaf >= 0)
		*r = a->layout.node[leaf].r;
	return a->zoom ? pane == a->focus : leaf >= 0;
}

/* -- title bar ---------------------------------------------------------- */

static const char *short_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "fork-cow · 4.0 · x86_64" */
static void title_left(const struct app *a, char *buf, size_t size)
{
	const char *dot = glyph_text(GL_DOT, a->set.glyphs);
	const char *name = short_name(a->name);
	size_t len = strlen(name);

	if (len > 4 && !strcmp(name + len - 4, ".lua"))
		len -= 4;
	snprintf(buf, size, " %s%.*s%s%s %s %s %s",
		a->cv->w >= 100 ? "rmapscope   " : "", (int)len, name,
		*name ? " " : "", *name ? dot : "",
		machine_era(a->look.m)->name, dot,
		machine_paging(a->look.m)->name);
}

static void title_scene(struct app *a, char *buf, size_t size)
{
	const struct note *scene = look_note(&a->look, NOTE_SCENE);
	int current, n = app_scenes(a, &current);

	buf[0] = 0;
	if (n && current && scene)
		snprintf(buf, size, _("scene %d/%d  %s"), current, n,
			look_text(&a->look, scene->text));
	else if (n)
		snprintf(buf, size, _("scene 0/%d"), n);
}

/* "branch 1 · step 9 · event 14/17" */
static void title_right(const struct app *a, char *buf, size_t size)
{
	const char *dot = glyph_text(GL_DOT, a->set.glyphs);
	struct branch_info info = { .name = "" };
	struct pos p = a->look.pos;
	size_t n = 0;

	if (history_branch(a->h) > 0 &&
		history_branch_info(a->h, history_branch(a->h), &info))
		n = (size_t)snprintf(buf, size, "%s %s ", info.name, dot);
	if (n < size)
		n += (size_t)snprintf(buf + n, size - n, _("step %u/%u"), p.op,
			history_length(a->h));
	if (n < size && a->look.nr_events)
		n += (size_t)snprintf(buf + n, size - n, _(" %s event %zu/%zu"),
			dot, a->look.done, a->look.nr_events);
	if (n < size)
		snprintf(buf + n, size - n, "%s",
			a->playing ? _(" (playing) ") : " ");
}

static void draw_title(struct app *a, struct canvas *cv)
{
	char left[200], scene[200], right[120];
	int wl, wr, ws, room;

	title_left(a, left, sizeof(left));
	title_scene(a, scene, sizeof(scene));
	title_right(a, right, sizeof(right));
	canvas_fill(cv, (struct rect){ 0, 0, cv->w, 1 }, ST_BAR);
	wr = text_width(right);
	wl = canvas_put_cut(cv, 0, 0, cv->w - wr - 1, ST_BAR, left);
	canvas_put(cv, cv->w - wr, 0, wr, ST_BAR, right);
	room = cv->w - wl - wr - 4;
	ws = text_width(scene);
	if (room > 8 && ws)
		canvas_put_cut(cv, cv->w - wr - 2 - (ws < room ? ws : room), 0,
			room, ST_SCENE, scene);
}

/* -- panes -------------------------------------------------------------- */

/* "12-30/100" at the right of the upper border; returns its columns. */
static int draw_scroll(
	const struct pane_view *view, struct canvas *cv, struct rect r)
{
	int last = view->top + view->h;
	char text[48];
	int w;

	if (view->lines <= view->h || view->h < 1)
		return 0;
	snprintf(text, sizeof(text), " %d-%d/%d ", view->top + 1,
		last < view->lines ? last : view->lines, view->lines);
	w = text_width(text);
	if (w > r.w / 2)
		return 0;
	canvas_put(cv, r.x + r.w - w - 1, r.y, w, ST_DIM, text);
	return w;
}

static void draw_pane_title(
	struct app *a, struct canvas *cv, int pane, struct rect r)
{
	struct pane_view *view = &a->pane[pane].view;
	enum style style = pane == a->focus ? ST_TITLE_FOCUS : ST_TITLE;
	char caption[160] = "", number[16] = " ", text[340];

	if (panes[pane]->caption)
		panes[pane]->caption(view, &a->look, caption, sizeof(caption));
	if (pane < 9)
		snprintf(number, sizeof(number), "%d ", pane + 1);
	snprintf(text, sizeof(text), "%s%s%s%s ", number,
		*caption ? caption : _(panes[pane]->title),
		view->filter ? "  & " : "", view->filter ? view->filter : "");
	canvas_put_cut(cv, r.x + 1, r.y, r.w - 2 - draw_scroll(view, cv, r),
		style, text);
}

static void too_small(const struct pane *pane, const struct pane_view *view,
	struct canvas *cv)
{
	char text[120];

	snprintf(text, sizeof(text), _("needs %dx%d; z zooms"), pane->min_w,
		pane->min_h);
	canvas_wrap(cv, 0, 0, view->w, view->h, 0, ST_DIM, text);
}

static void draw_pane(struct app *a, struct canvas *cv, int pane)
{
	struct pane_view *view = &a->pane[pane].view;
	struct canvas_state saved;
	struct rect r;

	if (!frame_outer(a, pane, &r) || r.w < 3 || r.h < 3)
		return;
	canvas_box(cv, r, ST_BORDER, LINE_THIN);
	view->w = r.w - 2;
	view->h = r.h - 2;
	view->focused = pane == a->focus;
	saved = canvas_enter(
		cv, (struct rect){ r.x + 1, r.y + 1, view->w, view->h });
	if (view->w < panes[pane]->min_w || view->h < panes[pane]->min_h)
		too_small(panes[pane], view, cv);
	else
		panes[pane]->draw(view, &a->look, cv);
	canvas_leave(cv, saved);
}

static void draw_panes(struct app *a, struct canvas *cv)
{
	struct rect r;

	for (int i = 0; panes[i]; i++)
		draw_pane(a, cv, i);
	/* After all borders, or a neighbour's would run through the text. */
	for (int i = 0; panes[i]; i++)
		if (frame_outer(a, i, &r) && r.w >= 3 && r.h >= 3)
			draw_pane_title(a, cv, i, r);
}

/* -- the lines at the bottom -------------------------------------------- */

/* "PTEs 1  VMAs 0  copies 1  locks 1" of the operation, as far as it is. */
static void cost_text(const struct app *a, char *buf, size_t size)
{
	static const enum cost_id shown[] = { COST_PTES, COST_VMAS,
		COST_VISITED, COST_COPIES, COST_LOCKS };
	size_t n = 0;

	buf[0] = 0;
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (n < size && (a->look.m->op_costs.n[shown[i]] || i < 2))
			n += (size_t)snprintf(buf + n, size - n,
				"  %s %" PRIu64, cost_name(shown[i]),
				a->look.m->op_costs.n[shown[i]]);
}

static void draw_strip(struct app *a, struct canvas *cv, int y, int h)
{
	struct pane_view *view = &a->pane[pane_index("timeline")].view;
	struct canvas_state saved;
	char costs[160];
	int w;

	cost_text(a, costs, sizeof(costs));
	w = text_width(costs);
	w = cv->w >= 100 && w < cv->w / 2 ? w + 1 : 0;
	a->strip = (struct rect){ 1, y, cv->w - w - 2, h };
	if (w)
		canvas_put(cv, cv->w - w, y, w, ST_COST, costs);
	if (layout_leaf(&a->layout, pane_index("timeline")) >= 0 && !a->zoom)
		return;
	view->w = a->strip.w;
	view->h = h;
	saved = canvas_enter(cv, a->strip);
	pane_timeline.draw(view, &a->look, cv);
	canvas_leave(cv, saved);
}

/* What is selected, for those who cannot see its colour. */
static void draw_selected(const struct app *a, struct canvas *cv, int y)
{
	char name[80];

	if (a->look.selected.kind)
		canvas_printf(cv, 1, y, cv->w - 2, ST_DIM, _("selected: %s"),
			format_ref(name, sizeof(name), a->look.m,
				a->look.selected));
}

/* A message that is too long for the line takes those above, too. */
static void draw_text(struct app *a, struct canvas *cv, int y)
{
	int w = cv->w - 2;
	int h = canvas_wrap(cv, 0, 0, w, 0, 0, ST_TEXT, a->message);

	h = h < 1 ? 1 : h > 4 ? 4 : h;
	canvas_fill(cv, (struct rect){ 0, y - h + 1, cv->w, h }, ST_TEXT);
	canvas_wrap(cv, 1, y - h + 1, w, h, 0, a->message_style, a->message);
}

/* @own: the line is for messages alone. */
static void draw_message(struct app *a, struct canvas *cv, int y, bool own)
{
	if (a->prompt) {
		prompt_draw(a, cv, 0, y, cv->w);
	} else if (a->message[0]) {
		draw_text(a, cv, y);
	} else if (own) {
		draw_selected(a, cv, y);
	}
}

/* -- all of it ---------------------------------------------------------- */

static void draw_too_small(struct canvas *cv)
{
	char text[200];

	snprintf(text, sizeof(text),
		_("rmapscope needs a window of %dx%d; this one is %dx%d. q "
		  "quits."),
		MIN_W, MIN_H, cv->w, cv->h);
	canvas_wrap(cv, 0, 0, cv->w, cv->h, 0, ST_TEXT, text);
}

/* Lines below the panes, from the bottom: key bar, message (where there is
 * room, else it covers the key bar), timeline. */
static void draw_all(struct app *a, struct canvas *cv)
{
	int bar = a->set.presenter ? 0 : 1;
	int message = cv->h >= 30 || !bar ? 1 : 0;
	bool branches = history_branch_count(a->h) > 1;
	int strip = branches && cv->h >= 36 ? 3 : cv->h >= 48 ? 2 : 1;
	int bottom = cv->h - bar - message - strip;

	app_layout(a, cv->w, cv->h, (struct rect){ 0, 1, cv->w, bottom - 1 });
	if (a->headless)
		app_eras_run_all(a);
	draw_title(a, cv);
	draw_panes(a, cv);
	draw_strip(a, cv, bottom, strip);
	if (bar)
		keybar_draw(a, cv, cv->h - 1);
	draw_message(a, cv, message ? cv->h - bar - 1 : cv->h - 1, message);
	question_draw(a, cv);
	if (a->menu.open)
		menu_draw(&a->menu, cv);
}

void app_draw(struct app *a, int w, int h)
{
	canvas_reset(a->cv, w, h);
	a->cv->ascii = a->set.glyphs;
	a->nr_hotspots = 0;
	if (w < MIN_W || h < MIN_H)
		draw_too_small(a->cv);
	else
		draw_all(a, a->cv);
}
