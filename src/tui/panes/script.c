/* The scenario's source with the line of the current operation marked. */
#include "tui/pane.h"

#include "view/lang.h"

#include <stdio.h>
#include <string.h>

/* The line of the scenario itself that made the operation; 0: none. */
static int current_line(const struct look *look)
{
	if (!look->step || look->step->file)
		return 0;
	return (int)look->step->line;
}

static int count_lines(const char *text)
{
	int n = 1;

	for (; *text; text++)
		n += *text == '\n' && text[1];
	return n;
}

static const char *find_line(const char *text, int line)
{
	while (line-- && *text) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return text;
}

static void draw_line(const struct pane_view *view, struct canvas *cv, int y,
	int number, const char *text, bool now)
{
	char line[512];
	int len = (int)strcspn(text, "\n"), skip = 0;

	if (now) {
		canvas_fill(
			cv, (struct rect){ 0, y, view->w, 1 }, ST_SOURCE_NOW);
		canvas_glyph(cv, 0, y, ST_SOURCE_NOW, GL_NOW);
	}
	canvas_printf(cv, 1, y, 5, ST_DIM, "%4d", number);
	while (skip < view->left && skip < len)
		skip++;
	snprintf(line, sizeof(line), "%.*s", len - skip, text + skip);
	canvas_put_cut(
		cv, 6, y, view->w - 6, now ? ST_SOURCE_NOW : ST_SOURCE, line);
	if (view->search && strcasestr(line, view->search))
		canvas_mark(
			cv, (struct rect){ 6, y, view->w - 6, 1 }, STYLE_MATCH);
}

static void scroll_to(struct pane_view *view, int line)
{
	int last = view->lines > view->h ? view->lines - view->h : 0;

	if (line != view->own[0])
		view->follow = true;
	view->own[0] = line;
	if (view->follow && line &&
		(line - 1 < view->top + 1 || line > view->top + view->h - 1))
		view->top = line - 1 - view->h / 3;
	view->top = view->top > last ? last : view->top;
	view->top = view->top < 0 ? 0 : view->top;
}

static void script_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	const char *text = look->info ? look->info->text : NULL;
	int now = current_line(look);

	view->lines = 0;
	if (!text || !*text) {
		canvas_wrap(cv, 0, 0, view->w, view->h, 0, ST_DIM,
			_("There is no script: operations are made by hand."));
		return;
	}
	view->lines = count_lines(text);
	scroll_to(view, now);
	text = find_line(text, view->top);
	for (int y = 0; y < view->h && view->top + y < view->lines; y++) {
		int number = view->top + y + 1;

		draw_line(view, cv, y, number, text, number == now);
		text = find_line(text, 1);
	}
}

static void script_caption(const struct pane_view *view,
	const struct look *look, char *buf, size_t size)
{
	(void)view;
	if (look->step && look->step->file)
		snprintf(buf, size, _("Script  (in %s, line %u)"),
			history_file_name(look->h, look->step->file),
			look->step->line);
	else if (look->step && !look->step->line)
		snprintf(buf, size, "%s", _("Script  (made by hand)"));
}

const struct pane pane_script = {
	.name = "script",
	.title = N_("Script"),
	.note = N_("the scenario's source; the current line is marked"),
	.min_w = 20,
	.min_h = 2,
	.draw = script_draw,
	.caption = script_caption,
};
