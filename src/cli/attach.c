/* attach: a picture of real processes as they are now. */
#include "cli/cli.h"

#include "cli/formats.h"
#include "cli/output.h"
#include "cli/run.h"
#include "live/attach.h"
#include "script/script.h"
#include "view/lang.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 100 /* of a picture, when nothing is said */
#define COLOURS 256

struct picture {
	const struct options *o;
	const struct format *format;
	struct attach_view view;
	struct theme theme;
	char when[160];
	int w;
};

static int terminal_width(void)
{
	struct winsize ws = { 0 };

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws))
		return 0;
	return ws.ws_col;
}

/* To a terminal in colour, elsewhere as text, unless said. */
static const struct format *choose_format(const struct options *o)
{
	const struct format *f = o->format;
	const char *no_colour = getenv("NO_COLOR");

	if (option_given(o, OPT_JSON))
		return format_find("json");
	if (!f && o->output && strcmp(o->output, "-"))
		f = format_of_file(o->output);
	else if (!f && terminal_width() && !(no_colour && *no_colour))
		f = format_find("ansi");
	return f ? f : format_find("text");
}

static bool take_pid(struct attached *a, const char *word)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(word, &end, 10);
	if (!isdigit((unsigned char)*word) || *end || errno || pid < 1 ||
		pid > INT32_MAX) {
		cli_error("\"%s\" is not a process's number", word);
		return false;
	}
	if (attach_add(a, (pid_t)pid))
		return true;
	if (errno == ENOENT || errno == ESRCH)
		cli_error("there is no process %ld", pid);
	else if (errno == E2BIG)
		cli_error("attach takes at most %d processes", ATTACH_MAX);
	else
		cli_error("process %ld: %s", pid, errno ? strerror(errno)
			: "it has no memory (a kernel thread, or it has "
			  "exited)");
	return false;
}

static void put_when(struct picture *p)
{
	time_t now = time(NULL);
	struct utsname u = { .release = "" };
	char date[64];

	uname(&u);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", localtime(&now));
	snprintf(p->when, sizeof(p->when), "%.20s %.60s, %s", u.sysname,
		u.release, date);
	p->view.when = p->when;
}

/* Drawn once to learn how many lines it has. */
static struct canvas *draw(const struct picture *p)
{
	struct canvas *cv = canvas_new(p->w, 1);
	int lines;

	if (!cv)
		return NULL;
	lines = attach_draw(cv, p->w, &p->view);
	canvas_reset(cv, p->w, p->o->h ? p->o->h : lines);
	cv->ascii = text_in_ascii(p->o);
	attach_draw(cv, p->w, &p->view);
	if (lines > cv->h)
		canvas_printf(cv, 0, cv->h - 1, cv->w, ST_WARN,
			_("%d lines more: --json has all                  "),
			lines - cv->h + 1);
	return cv;
}

static int put_picture(void *ctx, FILE *f)
{
	const struct picture *p = ctx;
	const char *no_colour = getenv("NO_COLOR");
	struct canvas *cv;
	struct buf buf = { 0 };
	struct sheet sheet = { .theme = &p->theme, .title = p->when,
		.nr_pages = 1,
		.nr_colours = no_colour && *no_colour ? 0 : COLOURS };

	if (!p->format->picture) {
		attach_json(f, &p->view);
		return CLI_OK;
	}
	cv = draw(p);
	if (!cv) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	sheet.w = cv->w;
	sheet.h = cv->h;
	p->format->picture->begin(&buf, &sheet);
	p->format->picture->page(&buf, &sheet, cv, 0, "");
	p->format->picture->end(&buf, &sheet);
	fwrite(buf.data, 1, buf.len, f);
	buf_free(&buf);
	canvas_delete(cv);
	return CLI_OK;
}

static bool usable(const struct picture *p)
{
	if (strcmp(p->format->name, "dot"))
		return true;
	cli_error("attach has no format dot; there are text, ansi, html, svg, "
		  "json");
	return false;
}

int verb_attach(const struct options *o)
{
	static struct attached a;
	struct picture p = { .o = o, .format = choose_format(o),
		.theme = theme_builtin,
		.view = { .a = &a, .all = option_given(o, OPT_ALL),
			.walk = option_given(o, OPT_ADDR), .addr = o->addr } };
	int status = CLI_USAGE;
	bool ok = usable(&p);
	char err[512];

	if (ok && o->theme && !script_theme(o->theme, &p.theme, err,
			sizeof(err))) {
		cli_error("%s", err);
		return CLI_USAGE;
	}
	for (int i = 0; i < o->nr_args && ok; i++)
		ok = take_pid(&a, o->args[i]);
	p.w = o->w ? o->w : terminal_width() ? terminal_width() : WIDTH;
	put_when(&p);
	if (ok) {
		attach_share(&a);
		status = output_all(o, put_picture, &p);
	}
	attach_free(&a);
	return status;
}
