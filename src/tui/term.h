/*
 * The terminal: its modes, its size, and painting a canvas on it.  Only
 * term.c knows curses, only caps.c beside it terminfo.
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "view/canvas.h"

struct term;

struct term_options {
	bool mouse;  /* ask for mouse reports */
	bool colour; /* false: attributes only; so is NO_COLOR */
};

/*
 * Set the locale from the environment.  True: the terminal speaks UTF-8.  A
 * UTF-8 locale that is asked for but not installed becomes C.UTF-8.  Call
 * once, before anything is measured or drawn.
 */
bool term_locale(void);

/*
 * Take the terminal: alternate screen, raw keys, handlers of signals.  NULL
 * when that cannot be done; @why then holds one sentence for the user.  There
 * is one terminal at most.
 */
struct term *term_open(
	const struct term_options *options, char *why, size_t size);
/* Give it back and write out what was written to standard error meanwhile.
 * NULL is allowed.  exit() does it as well. */
void term_close(struct term *t);

int term_fd(const struct term *t);	/* to read keys from */
bool term_utf8(const struct term *t);	/* else draw with canvas.ascii */
int term_width(const struct term *t);	/* columns, >= 1 */
int term_height(const struct term *t);	/* lines, >= 1 */

/* After INPUT_RESIZE: ask for the size again; true if it changed. */
bool term_resize(struct term *t);
/* After INPUT_SUSPEND or the key for it: give the terminal back, stop, and
 * take it again when continued. */
void term_suspend(struct term *t);
/* After INPUT_RESUME: set all modes again, paint everything. */
void term_resume(struct term *t);
/* The next term_show() paints every cell (C-l). */
void term_redraw(struct term *t);
/* Mouse reports on or off (off lets the terminal select text). */
void term_mouse(struct term *t, bool on);
void term_bell(struct term *t);

/* Paint @cv with the looks of @theme: one write, none when nothing changed.
 * What is outside of the terminal is left out; what @cv lacks is blank. */
void term_show(
	struct term *t, const struct canvas *cv, const struct theme *theme);

/* Name and version of the library linked: "ncurses 6.4.20221231". */
const char *term_library(void);

/* -- terminfo, of the terminal that is open (or setupterm() has chosen) ---- */

/* A string capability; "" when the terminal has none of that name. */
const char *term_string(const char *name);
/* A number; -1 when there is none.  A flag. */
int term_number(const char *name);
bool term_flag(const char *name);
/* String capability @s with its parameters filled in; valid until the next. */
const char *term_filled(const char *s, int a, int b);

#endif
