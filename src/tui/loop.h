/*
 * Waiting: for bytes of the terminal, for signals, for a time to pass.
 *
 *	while (!done) {
 *		draw();
 *		if (!loop_wait(loop, -1 or until the next animation step, &ev))
 *			animate();
 *		else do
 *			handle(&ev);
 *		while (!done && loop_wait(loop, 0, &ev));
 *	}
 *
 * so that all that has come is handled before one frame is drawn.
 */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "tui/input.h"

struct loop;

/* @tty is read only from here, @in gets its bytes; both stay the caller's.
 * NULL: out of memory. */
struct loop *loop_new(int tty, struct input *in);
void loop_delete(struct loop *l);

/*
 * The next event, waiting at most @timeout_ms (0: not at all, -1: for ever).
 * False when the time is over.  Uses no processor time while it waits.  After
 * INPUT_END every call gives it again.
 */
bool loop_wait(struct loop *l, int timeout_ms, struct input_event *ev);

/* Also wait for @fd (-1: for none any more): INPUT_WATCH when it can be read.
 * Its owner reads it before the next loop_wait(). */
void loop_watch(struct loop *l, int fd);

/*
 * For work that takes long (a script that runs): has C-c been typed, or the
 * end come?  Takes the keys up to that C-c away, leaves all else for
 * loop_wait().  Never waits.
 */
bool loop_interrupted(struct loop *l);

#endif
