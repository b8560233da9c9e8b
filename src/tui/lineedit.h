/*
 * One line of text being typed: prompts and the command line.  Pure state; it
 * gets keys by name and is drawn by its owner (or by lineedit_draw).
 */
#ifndef TUI_LINEEDIT_H
#define TUI_LINEEDIT_H

#include "tui/input.h"
#include "view/canvas.h"

struct lineedit;

enum edit_result {
	EDIT_IGNORED, /* not a key of the line editor */
	EDIT_DONE,    /* understood; draw it again */
	EDIT_ACCEPT,  /* Enter */
	EDIT_CANCEL   /* Esc, C-c, C-g, or Backspace in an empty line */
};

/*
 * Candidates for the word before the cursor.  @text is the line up to the
 * cursor; set *@start to the byte where the word begins, and return the
 * @n-th candidate (the whole word) or NULL when there are no more.  The text
 * must live until the next call.
 */
typedef const char *edit_complete(
	void *ctx, const char *text, size_t n, size_t *start);

struct lineedit *lineedit_new(void); /* NULL: out of memory */
void lineedit_delete(struct lineedit *le);
void lineedit_completer(struct lineedit *le, edit_complete *fn, void *ctx);

/* An empty line (NULL) or @text with the cursor at its end. */
void lineedit_set(struct lineedit *le, const char *text);
const char *lineedit_text(const struct lineedit *le);
size_t lineedit_cursor(const struct lineedit *le); /* byte offset */

/* Feed one event: keys, and pastes (line ends become blanks). */
enum edit_result lineedit_event(
	struct lineedit *le, const struct input_event *ev);

/* Remember a line as the newest of the history.  Empty lines and a repeated
 * newest one are left out; more than EDIT_HISTORY drop the oldest. */
#define EDIT_HISTORY 500
void lineedit_remember(struct lineedit *le, const char *line);
/* The @n-th newest line of the history, from 0; NULL: no more. */
const char *lineedit_history(const struct lineedit *le, size_t n);

/* The @n-th candidate of the completion under way, NULL: no more; *@chosen is
 * the index of the one in the line, -1 for none.  For a menu. */
const char *lineedit_candidate(
	const struct lineedit *le, size_t n, int *chosen);

/* Draw @prompt and the line into @w columns at (x, y), scrolled so that the
 * cursor is seen; sets the canvas's cursor. */
void lineedit_draw(const struct lineedit *le, struct canvas *cv, int x, int y,
	int w, enum style style, const char *prompt);

#endif
