/*
 * The whole lesson as a line: where one is, where scenes begin, what was gone
 * through; with more lines also the scenes' titles and the branches.
 */
#include "tui/panes/timeline.h"

#include "view/lang.h"

/* The column of a position, counted in operations and parts of one. */
static int column(
	const struct look *look, int w, uint32_t op, size_t part, size_t parts)
{
	uint64_t length = history_length(look->h);
	uint64_t at = (uint64_t)op * (parts + 1) + part;

	if (!length || w < 2)
		return 0;
	return (int)(at * (uint64_t)(w - 1) / (length * (parts + 1)));
}

static int column_now(const struct look *look, int w)
{
	if (pos_is_whole(look->pos))
		return column(look, w, look->pos.op, 0, 0);
	return column(look, w, look->pos.op - 1, look->pos.event,
		history_event_count(look->h, look->pos.op));
}

bool timeline_pos(const struct look *look, int w, int x, struct pos *pos)
{
	uint32_t length = history_length(look->h);

	if (x < 0 || x >= w || w < 2)
		return false;
	*pos = pos_after(
		(uint32_t)(((uint64_t)x * length + (uint64_t)(w - 1) / 2) /
			   (uint64_t)(w - 1)));
	return true;
}

static void draw_line(const struct look *look, struct canvas *cv, int w)
{
	int now = column_now(look, w);

	for (int x = 0; x < w; x++)
		canvas_glyph(cv, x, 0, x < now ? ST_TIMELINE : ST_DIM,
			x < now ? GL_HEAVY : GL_DOTTED);
}

/* Call @fn for each scene's start. */
typedef void scene_fn(const struct look *look, struct canvas *cv, int x,
	const struct note *note, void *ctx);

static void each_scene(const struct look *look, struct canvas *cv, int w,
	scene_fn *fn, void *ctx)
{
	uint32_t end = look_lesson_end(look);

	for (size_t i = 0; i < history_note_count(look->h); i++) {
		const struct note *note = history_note(look->h, i);

		if (note->kind == NOTE_SCENE && note->op && note->op <= end &&
			note->op <= history_length(look->h) + 1)
			fn(look, cv, column(look, w, note->op - 1, 0, 0), note,
				ctx);
	}
}

static void draw_scene(const struct look *look, struct canvas *cv, int x,
	const struct note *note, void *ctx)
{
	(void)note;
	(void)ctx;
	canvas_glyph(cv, x, 0,
		x < column_now(look, cv->clip.w) ? ST_TIMELINE : ST_DIM,
		GL_SCENE);
}

/* A scene's title waits until it is known where the next one begins. */
struct titles {
	const struct note *note; /* of the scene at x, or NULL */
	int x;
};

static void put_title(const struct look *look, struct canvas *cv,
	const struct titles *t, int end)
{
	/* Less than that says nothing. */
	if (t->note && end - t->x >= 3)
		canvas_put_cut(cv, t->x, 1, end - t->x,
			t->note->op <= look->pos.op + 1 ? ST_SCENE : ST_DIM,
			look_text(look, t->note->text));
}

static void draw_title(const struct look *look, struct canvas *cv, int x,
	const struct note *note, void *ctx)
{
	struct titles *t = ctx;

	put_title(look, cv, t, x - 1);
	*t = (struct titles){ note, x };
}

static void draw_titles(const struct look *look, struct canvas *cv, int w)
{
	struct titles t = { NULL, 0 };

	each_scene(look, cv, w, draw_title, &t);
	put_title(look, cv, &t, w);
}

/* Where the current branch left its parent, and where others leave it. */
static void mark_branches(const struct look *look, struct canvas *cv, int w)
{
	int current = history_branch(look->h);
	struct branch_info info;

	for (int i = 1; i < history_branch_count(look->h); i++)
		if (history_branch_info(look->h, i, &info) &&
			(i == current || info.parent == current))
			canvas_glyph(cv, column(look, w, info.from, 0, 0), 0,
				ST_TIMELINE_NOW, GL_BRANCH);
}

/* The names of all branches below the places where they begin. */
static void name_branches(
	const struct look *look, struct canvas *cv, int w, int y)
{
	uint32_t length = history_length(look->h);
	int current = history_branch(look->h), end = 0;
	struct branch_info info;

	for (int i = 1; i < history_branch_count(look->h); i++) {
		enum style style = i == current ? ST_TIMELINE_NOW : ST_TIMELINE;
		int x;

		if (!history_branch_info(look->h, i, &info))
			continue;
		x = column(
			look, w, info.from < length ? info.from : length, 0, 0);
		x = x < end ? end : x;
		canvas_glyph(cv, x, y, style, GL_BRANCH);
		end = x + 2 +
		      canvas_put_cut(cv, x + 1, y, 20, style, info.name);
	}
}

static void timeline_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	int now = column_now(look, view->w);

	view->lines = 1;
	draw_line(look, cv, view->w);
	each_scene(look, cv, view->w, draw_scene, NULL);
	mark_branches(look, cv, view->w);
	canvas_glyph(cv, now, 0, ST_TIMELINE_NOW, GL_OWN);
	if (view->h > 1)
		draw_titles(look, cv, view->w);
	if (view->h > 2)
		name_branches(look, cv, view->w, 2);
}

const struct pane pane_timeline = {
	.name = "timeline",
	.title = N_("Timeline"),
	.note = N_("steps, scenes and branches; a click goes there"),
	.min_w = 10,
	.min_h = 1,
	.draw = timeline_draw,
};
