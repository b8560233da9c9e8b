/*
 * The only file that knows curses.  Curses owns the terminal's modes and every
 * painted byte; the mouse's, focus's and paste's modes are ours and written
 * directly.
 *
 * Painting: each line of the canvas becomes one array of curses cells.  Curses
 * compares it with what the terminal shows and sends the difference.
 *
 * Two things about ncurses that cost a day to find out:
 * - until the first endwin() it flushes its buffer at each cursor movement;
 *   so start() calls endwin() and doupdate() once;
 * - that buffer's size comes from the size of the screen at newterm(); so
 *   start() lies about the size to get room for any frame in one write(2).
 */
#include "tui/term.h"
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
#include <wchar.h>

#define MODES_ON "\033[?1004h\033[?2004h"
#define MODES_OFF "\033[?2004l\033[?1004l"
#define MOUSE_ON "\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l"

struct term {
	SCREEN *screen;	       /* of curses */
	FILE *in, *out;	       /* its streams; in is not always stdin */
	struct termios before; /* the terminal's modes as we found them */
	char give_back[512];   /* bytes for a crash, see signals_arm() */
	struct pens *pens;     /* looks as attributes and pairs */
	cchar_t *line;	       /* one line being painted */
	struct cell *shown;    /* w * h, what curses was given last */
	bool fresh;	       /* shown is valid ... */
	bool ascii;	       /* ... and was painted so */
	int w, h;	       /* size of the screen, >= 1 */
	bool utf8;	       /* it can show more than ASCII */
	bool mouse;	       /* reports are wanted */
	bool cursor;	       /* the cursor is shown */
	bool own_signals;      /* signals_open() was ours */
	bool stopped;	       /* by term_suspend(): SIGCONT is no news */
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
	cchar_t *line = realloc(t->line, sizeof(*line) * (size_t)(w + 1));
	struct cell *shown;

	if (line)
		t->line = line;
	shown = realloc(t->shown, sizeof(*shown) * (size_t)w * (size_t)h);
	if (shown)
		t->shown = shown;
	if (!line || !shown)
		return; /* stay as we are */
	t->w = w;
	t->h = h;
	t->fresh = false;
	resizeterm(h, w);
}

/* -- modes ------------------------------------------------------------------
 */

static void send(const struct term *t, const char *bytes)
{
	size_t len = strlen(bytes);
	ssize_t n;

	while (len > 0) {
		n = write(fileno(t->out), bytes, len);
		if (n < 0 && errno != EINTR)
			return; /* hung up: the loop will hear of it */
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

static void modes_on(const struct term *t)
{
	send(t, t->mouse ? MOUSE_ON MODES_ON : MODES_ON);
}

static void modes_off(const struct term *t)
{
	send(t, MODES_OFF MOUSE_OFF);
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

/* The room that curses takes for its output is (lines + 2) * (columns + 6)
 * bytes of the size that it finds here: 96 kB. */
static SCREEN *big_newterm(const char *name, FILE *out, FILE *in)
{
	SCREEN *s;

	setenv("LINES", "1", 1);
	setenv("COLUMNS", "32000", 1);
	s = newterm(name, out, in);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	return s;
}

static bool open_curses(struct term *t, char *why, size_t size)
{
	const char *name = check_name(why, size);
	int w, h;

	if (!name)
		return false;
	tcgetattr(fileno(t->out), &t->before);
	t->screen = big_newterm(name, t->out, t->in);
	if (!t->screen) {
		snprintf(why, size, "curses cannot start on \"%.40s\"", name);
		return false;
	}
	ask_size(t, &w, &h);
	resizeterm(1, w); /* else it makes @h lines of 32000 columns first */
	use_size(t, w, h);
	return true;
}

static void keys_and_cursor(struct term *t)
{
	typeahead(-1);
	raw();
	noecho();
	nonl();
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	curs_set(0);
	t->cursor = false;
}

static void set_pair(int pair, int fg, int bg)
{
	init_extended_pair(pair, fg, bg);
}

static struct pens *new_pens(bool colour)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !colour || !has_colors())
		return pens_new(0, 0, set_pair);
	start_color();
	use_default_colors();
	return pens_new(COLORS, COLOR_PAIRS, set_pair);
}

/* All that may fail is done: take the screen. */
static void start(struct term *t)
{
	keys_and_cursor(t);
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
	clearok(curscr, TRUE);
	doupdate();
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
	pens_delete(t->pens);
	free(t->line);
	free(t->shown);
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
	t->pens = new_pens(options->colour);
	if (t->pens && t->line)
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

int term_colours(const struct term *t)
{
	return pens_colours(t->pens);
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
	(void)t;
	clearok(curscr, TRUE);
}

void term_mouse(struct term *t, bool on)
{
	if (on != t->mouse)
		send(t, on ? MOUSE_ON : MOUSE_OFF);
	t->mouse = on;
}

void term_bell(struct term *t)
{
	send(t, "\a");
}

/* -- painting ---------------------------------------------------------------
 */

/* The characters of one cell as wide characters; returns their columns. */
static int cell_text(const struct term *t, const struct canvas *cv, int x,
	int y, wchar_t out[CELL_COMBINING + 2])
{
	const struct cell *cell = &cv->cells[y * cv->w + x];
	uint32_t ch = canvas_char(cv, x, y);
	int n = 0;
	bool wide = x + 1 < cv->w && cell[1].ch == CELL_SHADOW;

	if (!t->utf8 && ch >= 0x7f)
		ch = '?';
	else if (wide && wcwidth((wchar_t)ch) != 2)
		ch = '?'; /* the locale knows better: keep the columns */
	out[n++] = ch < 0x20 ? L' ' : (wchar_t)ch;
	for (int i = 0; t->utf8 && !cell->lines && i < CELL_COMBINING; i++)
		if (cell->mark[i])
			out[n++] = (wchar_t)cell->mark[i];
	out[n] = 0;
	return wide && ch != '?' ? 2 : 1;
}

/* ATTR_ bits as curses has them. */
static attr_t curses_attr(unsigned bits)
{
	static const attr_t attr[] = { A_BOLD, A_DIM, A_UNDERLINE, A_REVERSE,
		A_ITALIC };
	attr_t a = A_NORMAL;

	for (size_t i = 0; bits && i < sizeof(attr) / sizeof(attr[0]); i++)
		if (bits & 1u << i)
			a |= attr[i];
	return a;
}

/* One cell of the canvas into @out; returns its width, cut to @room. */
static int paint_cell(struct term *t, const struct canvas *cv, int x, int y,
	int room, cchar_t *out)
{
	wchar_t text[CELL_COMBINING + 2] = L" ";
	struct paint paint = { 0 };
	int w = 1;

	if (x < cv->w && y < cv->h) {
		paint = pens_paint(t->pens, &cv->cells[y * cv->w + x]);
		w = cell_text(t, cv, x, y, text);
	}
	if (w > room) {
		wcscpy(text, L" ");
		w = room;
	}
	setcchar(out, text, curses_attr(paint.attr), 0, &paint.pair);
	return w;
}

/* What the canvas lacks is blank. */
static void paint_line(struct term *t, const struct canvas *cv, int y)
{
	int cells = 0;

	for (int x = 0; x < t->w; cells++)
		x += paint_cell(t, cv, x, y, t->w - x, &t->line[cells]);
	mvadd_wchnstr(y, 0, t->line, cells);
}

/* Curses sends a change of the cursor's visibility by a write of its own. */
static void show_cursor(struct term *t, const struct canvas *cv)
{
	int x = cv->cursor_x, y = cv->cursor_y;
	bool on = x >= 0 && y >= 0 && x < t->w && y < t->h;

	leaveok(stdscr, !on);
	if (on)
		move(y, x);
	if (on != t->cursor)
		curs_set(on);
	t->cursor = on;
}

/* Lines that are as curses has them need not be given to it again. */
static void paint_lines(struct term *t, const struct canvas *cv)
{
	bool whole = cv->w == t->w && cv->h == t->h;
	bool fresh = t->fresh && whole && t->ascii == cv->ascii;
	size_t bytes = (size_t)t->w * sizeof(struct cell);

	for (int y = 0; y < t->h; y++) {
		struct cell *shown = t->shown + y * t->w;
		const struct cell *cells = cv->cells + y * cv->w;

		if (fresh && memcmp(shown, cells, bytes) == 0)
			continue;
		paint_line(t, cv, y);
		if (whole)
			memcpy(shown, cells, bytes);
	}
	t->fresh = whole;
	t->ascii = cv->ascii;
}

void term_show(
	struct term *t, const struct canvas *cv, const struct theme *theme)
{
	if (pens_use(t->pens, theme))
		t->fresh = false;
	paint_lines(t, cv);
	show_cursor(t, cv);
	wnoutrefresh(stdscr);
	doupdate();
}

const char *term_library(void)
{
	return curses_version();
}
