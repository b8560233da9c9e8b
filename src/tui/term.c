/*
 * Curses owns the terminal's modes: it takes the terminal, gives it back, and
 * knows its name.  The mouse's, focus's and paste's modes are ours and written
 * directly, and so are frames, each by one write(2) (paint.h): curses compares
 * and sends well, but takes half of a step's time for it.  What curses itself
 * paints is only the blank screen at the beginning and after a stop.
 */
#include "tui/term.h"
#include "tui/paint.h"
#include "tui/pens.h"
#include "tui/signals.h"

#include <curses.h>
#define term curses_term /* its struct term is not ours */
#include <term.h>
#undef term
#undef lines
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define MODES_ON "\033[?1004h\033[?2004h"
#define MODES_OFF "\033[?2004l\033[?1004l"
#define MOUSE_ON "\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l"

struct term {
	SCREEN *screen;		 /* of curses */
	FILE *in, *out;		 /* its streams; in is not always stdin */
	struct termios before;	 /* the terminal's modes as we found them */
	char give_back[512];	 /* bytes for a crash, see signals_arm() */
	struct pens *pens;	 /* looks as attributes and pairs */
	struct caps caps;	 /* what it understands */
	struct painter *painter; /* canvases as bytes */
	int w, h;		 /* size of the screen, >= 1 */
	bool utf8;		 /* it can show more than ASCII */
	bool mouse;		 /* reports are wanted */
	bool own_signals;	 /* signals_open() was ours */
	bool stopped;		 /* by term_suspend(): SIGCONT is no news */
};

static struct term *the_term; /* the one that is open, for exit() */

/* -- size ------------------------------------------------------------------ */

/* A size of 0 is one that nobody has set: expect, CI. */
static void ask_size(const struct term *t, int *w, int *h)
{
	struct winsize ws = { 0 };

	ioctl(fileno(t->out), TIOCGWINSZ, &ws);
	*w = ws.ws_col ? ws.ws_col : 80;
	*h = ws.ws_row ? ws.ws_row : 24;
}

static void use_size(struct term *t, int w, int h)
{
	if (!painter_size(t->painter, w, h))
		return; /* stay as we are */
	t->w = w;
	t->h = h;
	resizeterm(h, w);
}

/* -- modes ------------------------------------------------------------------
 */

static void send(const struct term *t, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fileno(t->out), bytes, len);
		if (n < 0 && errno != EINTR)
			return; /* hung up: the loop will hear of it */
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

static void send_text(const struct term *t, const char *text)
{
	send(t, text, strlen(text));
}

static void modes_on(const struct term *t)
{
	send_text(t, t->mouse ? MOUSE_ON MODES_ON : MODES_ON);
}

static void modes_off(const struct term *t)
{
	send_text(t, MODES_OFF MOUSE_OFF);
}

/* Append a capability without its padding ($<5>): a crash cannot wait. */
static void append(char *to, size_t size, const char *capability)
{
	const char *s = tigetstr(capability);
	size_t n = strlen(to);

	if (!s || s == (char *)-1)
		return;
	while (*s && n + 1 < size) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>') + 1;
		else
			to[n++] = *s++;
	}
	to[n] = 0;
}

static void arm(struct term *t)
{
	static const char *const last[] = { "sgr0", "op", "rmkx", "rmcup",
		"cnorm" };

	snprintf(t->give_back, sizeof(t->give_back), "%s", MODES_OFF MOUSE_OFF);
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		append(t->give_back, sizeof(t->give_back), last[i]);
	signals_arm(
		fileno(t->out), t->give_back, strlen(t->give_back), &t->before);
}

/* -- opening ----------------------------------------------------------------
 */

static bool open_streams(struct term *t, char *why, size_t size)
{
	t->out = stdout;
	t->in = stdin;
	if (!isatty(STDOUT_FILENO)) {
		snprintf(why, size,
			"standard output is not a terminal; "
			"use \"rmapscope run\" for text");
		return false;
	}
	if (!isatty(STDIN_FILENO))
		t->in = fopen("/dev/tty", "r+e");
	if (!t->in)
		snprintf(why, size,
			"standard input is not a terminal, and there is no "
			"/dev/tty to read keys from: %s",
			strerror(errno));
	return t->in != NULL;
}

static bool has_string(const char *capability)
{
	const char *s = tigetstr(capability);

	return s && s != (char *)-1;
}

/* A terminal's own name may be newer than our terminfo: those with 256
 * colours understand xterm's sequences. */
static const char *known_name(const char *name)
{
	static const char kin[] = "xterm-256color";
	const char *end = strrchr(name, '-');
	int err;

	if (setupterm(name, STDOUT_FILENO, &err) == OK)
		return name;
	if (end && strcmp(end, "-256color") == 0 &&
		setupterm(kin, STDOUT_FILENO, &err) == OK)
		return kin;
	return NULL;
}

/* The name to use for the terminal; NULL when it cannot be used. */
static const char *check_name(char *why, size_t size)
{
	const char *asked = getenv("TERM"), *name;
	bool good;

	if (!asked || !*asked) {
		snprintf(why, size, "TERM is not set; try TERM=xterm-256color");
		return NULL;
	}
	name = known_name(asked);
	if (!name) {
		snprintf(why, size,
			"unknown terminal \"%.40s\" in TERM; try "
			"TERM=xterm-256color, or install ncurses-term",
			asked);
		return NULL;
	}
	good = has_string("cup") && has_string("clear");
	if (!good)
		snprintf(why, size,
			"terminal \"%.40s\" cannot place its "
			"cursor; use \"rmapscope run\" for text",
			asked);
	del_curterm(cur_term);
	return good ? name : NULL;
}

static bool open_curses(struct term *t, char *why, size_t size)
{
	const char *name = check_name(why, size);

	if (!name)
		return false;
	tcgetattr(fileno(t->out), &t->before);
	unsetenv("LINES"); /* curses would take them for the size */
	unsetenv("COLUMNS");
	t->screen = newterm(name, t->out, t->in);
	if (!t->screen) {
		snprintf(why, size, "curses cannot start on \"%.40s\"", name);
		return false;
	}
	return true;
}

static void keys_and_cursor(void)
{
	typeahead(-1);
	raw();
	noecho();
	nonl();
	curs_set(0);
}

static struct pens *new_pens(bool colour)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !colour || !has_colors())
		return pens_new(0, 0, NULL);
	start_color();
	use_default_colors();
	return pens_new(COLORS, COLOR_PAIRS, NULL);
}

static bool open_painter(struct term *t, bool colour)
{
	int w, h;

	caps_read(&t->caps);
	t->pens = new_pens(colour);
	if (t->pens)
		t->painter = painter_new(&t->caps, t->pens, t->utf8);
	if (!t->painter)
		return false;
	ask_size(t, &w, &h);
	use_size(t, w, h);
	return t->w > 0;
}

/* All that may fail is done: take the screen. */
static void start(struct term *t)
{
	keys_and_cursor();
	arm(t);
	signals_hold_stderr();
	endwin();
	doupdate();
	keypad(stdscr, TRUE);
	modes_on(t);
}

/* Leave the screen but keep everything else, for a stop. */
static void leave(struct term *t)
{
	modes_off(t);
	endwin();
	signals_release_stderr();
	signals_disarm();
}

static void enter(struct term *t)
{
	arm(t);
	signals_hold_stderr();
	doupdate();
	painter_forget(t->painter);
	keypad(stdscr, TRUE);
	modes_on(t);
}

static void free_term(struct term *t)
{
	if (t->screen)
		delscreen(t->screen);
	if (t->in && t->in != stdin)
		fclose(t->in);
	if (t->own_signals)
		signals_close();
	painter_delete(t->painter);
	pens_delete(t->pens);
	free(t);
}

static void close_at_exit(void)
{
	if (the_term)
		signals_restore();
}

static bool open_all(struct term *t, const struct term_options *options,
	char *why, size_t size)
{
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t->mouse = options->mouse;
	t->own_signals = signals_fd() < 0;
	snprintf(why, size, "no signals: %s", strerror(errno));
	if (!open_streams(t, why, size) || !signals_open() ||
		!open_curses(t, why, size))
		return false;
	if (open_painter(t, options->colour))
		return true;
	snprintf(why, size, "out of memory");
	endwin();
	return false;
}

struct term *term_open(
	const struct term_options *options, char *why, size_t size)
{
	static bool registered;
	struct term *t = calloc(1, sizeof(*t));

	snprintf(why, size, "out of memory");
	if (!t)
		return NULL;
	if (!open_all(t, options, why, size)) {
		free_term(t);
		return NULL;
	}
	start(t);
	the_term = t;
	if (!registered)
		registered = atexit(close_at_exit) == 0;
	return t;
}

void term_close(struct term *t)
{
	if (!t)
		return;
	the_term = NULL;
	leave(t);
	free_term(t);
}

/* -- what the program asks --------------------------------------------------
 */

int term_fd(const struct term *t)
{
	return fileno(t->in);
}

bool term_utf8(const struct term *t)
{
	return t->utf8;
}

int term_width(const struct term *t)
{
	return t->w;
}

int term_height(const struct term *t)
{
	return t->h;
}

bool term_resize(struct term *t)
{
	int w, h;

	ask_size(t, &w, &h);
	if (w == t->w && h == t->h)
		return false;
	use_size(t, w, h);
	return true;
}

void term_suspend(struct term *t)
{
	leave(t);
	signals_stop();
	t->stopped = true;
	term_resize(t);
	enter(t);
}

void term_resume(struct term *t)
{
	term_resize(t);
	if (!t->stopped) { /* stopped by SIGSTOP: the modes may be anyone's */
		endwin();
		enter(t);
	}
	t->stopped = false;
}

void term_redraw(struct term *t)
{
	painter_forget(t->painter);
}

void term_mouse(struct term *t, bool on)
{
	if (on != t->mouse)
		send_text(t, on ? MOUSE_ON : MOUSE_OFF);
	t->mouse = on;
}

void term_bell(struct term *t)
{
	send_text(t, "\a");
}

/* -- painting ---------------------------------------------------------------
 */

void term_show(
	struct term *t, const struct canvas *cv, const struct theme *theme)
{
	const char *bytes;
	size_t len;

	if (pens_use(t->pens, theme))
		painter_repaint(t->painter);
	bytes = painter_frame(t->painter, cv, &len);
	send(t, bytes, len);
}

const char *term_library(void)
{
	return curses_version();
}

/* -- terminfo ------------------------------------------------------------ */

const char *term_string(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (char *)-1 ? s : "";
}

int term_number(const char *name)
{
	int n = tigetnum(name);

	return n < 0 ? -1 : n;
}

bool term_flag(const char *name)
{
	return tigetflag(name) > 0;
}

const char *term_filled(const char *s, int a, int b)
{
	return tiparm(s, a, b);
}
