/*
 * A small lesson for tests of the viewer: a source that makes its history in
 * C, and a host that lends it.  No Lua, no terminal, no files.
 */
#ifndef TESTS_TUI_LESSON_H
#define TESTS_TUI_LESSON_H

#include "tui/state.h"

/*
 * "cow": spawn parent (1), mmap heap of 3 pages (2), three writes (3-5), fork
 * child (6), the child writes page 1 (7), the child unmaps all (8).  Scenes
 * before 1, 6, 7 and 8, says, a question before 7 (answer 1), an expect after
 * 6 and after 7.
 * "batch": spawn, mmap 40 pages, one batch of 40 writes, fork.
 * "broken": cannot be run.  "": an empty machine.  All else is not there.
 */
struct app *lesson_open(const char *name, int w, int h);
void lesson_close(struct app *a);

/* Type keys separated by blanks; draws after each. */
void lesson_keys(struct app *a, const char *keys);
/* Run one command line that must succeed, and draw. */
void lesson_run(struct app *a, const char *line);
/* The screen as text, lines without trailing blanks; free() it. */
char *lesson_screen(struct app *a);
/* Fails the test unless the screen has (has not) the text. */
void lesson_shows(struct app *a, const char *text);
void lesson_lacks(struct app *a, const char *text);

/* Make the next run of the source fail as unusable. */
extern bool lesson_fails;

#endif
