/* Drawings that are as high as they need to be. */
#include "cli/picture.h"

#include "cli/formats.h"
#include "cli/output.h"
#include "cli/run.h"
#include "script/script.h"
#include "view/lang.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH 100 /* when nothing is said and there is no terminal */
#define COLOURS 256

/* What is written, and how. */
struct putting {
	const struct picture *p;
	const struct format *format;
	struct theme theme;
	int w;
};

static int terminal_width(void)
{
	struct winsize ws = { 0 };

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws))
		return 0;
	return ws.ws_col;
}

static bool in_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return !no_colour || !*no_colour;
}

/* To a terminal in colour, elsewhere as text, unless said. */
static const struct format *choose_format(const struct options *o)
{
	const struct format *f = o->format;

	if (option_given(o, OPT_JSON))
		return format_find("json");
	if (!f && o->output && strcmp(o->output, "-"))
		f = format_of_file(o->output);
	else if (!f && !o->output && terminal_width() && in_colour())
		f = format_find("ansi");
	return f ? f : format_find("text");
}

bool picture_usable(const struct options *o, const char *verb)
{
	if (strcmp(choose_format(o)->name, "dot"))
		return true;
	cli_error("%s has no format dot; there are text, ansi, html, svg, "
		  "json", verb);
	return false;
}

/* Drawn once to learn how many lines it has. */
static struct canvas *draw(const struct putting *q)
{
	const struct picture *p = q->p;
	struct canvas *cv = canvas_new(q->w, 1);
	int lines;

	if (!cv)
		return NULL;
	lines = p->draw(cv, q->w, p->ctx);
	canvas_reset(cv, q->w, p->o->h ? p->o->h : lines);
	cv->ascii = text_in_ascii(p->o);
	p->draw(cv, q->w, p->ctx);
	if (lines > cv->h && cv->h) {
		canvas_fill(cv, (struct rect){ 0, cv->h - 1, cv->w, 1 },
			ST_TEXT);
		canvas_printf(cv, 0, cv->h - 1, cv->w, ST_WARN,
			_("%d lines more: --json has all"),
			lines - cv->h + 1);
	}
	return cv;
}

static int put_all(void *ctx, FILE *f)
{
	const struct putting *q = ctx;
	struct sheet sheet = { .theme = &q->theme, .title = q->p->title,
		.nr_pages = 1, .nr_colours = in_colour() ? COLOURS : 0 };
	struct buf buf = { 0 };
	struct canvas *cv;

	if (!q->format->picture) {
		q->p->json(f, q->p->ctx);
		return CLI_OK;
	}
	cv = draw(q);
	if (!cv) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	sheet.w = cv->w;
	sheet.h = cv->h;
	q->format->picture->begin(&buf, &sheet);
	q->format->picture->page(&buf, &sheet, cv, 0, "");
	q->format->picture->end(&buf, &sheet);
	fwrite(buf.data, 1, buf.len, f);
	buf_free(&buf);
	canvas_delete(cv);
	return CLI_OK;
}

int picture_put(const struct picture *p)
{
	struct putting q = { .p = p, .format = choose_format(p->o),
		.theme = theme_builtin };
	const struct options *o = p->o;
	char err[512];

	if (o->theme && !script_theme(o->theme, &q.theme, err, sizeof(err))) {
		cli_error("%s", err);
		return CLI_USAGE;
	}
	q.w = o->w ? o->w : terminal_width() ? terminal_width() : WIDTH;
	return output_all(o, put_all, &q);
}
