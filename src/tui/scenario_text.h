/* A history as a scenario: Lua text that makes the same operations again. */
#ifndef TUI_SCENARIO_TEXT_H
#define TUI_SCENARIO_TEXT_H

#include "history/history.h"
#include "view/buf.h"

/*
 * Add the scenario of operations 1..@last of the current branch, with the
 * scenes and texts that belong to those up to @told: what the lesson says of
 * later ones does not mean what was done by hand.  Moves in @h (a walk from a
 * frame has to be written by an address that maps it then) and comes back.
 * False when memory ran out.
 */
bool scenario_text(struct buf *out, struct history *h, uint32_t last,
	uint32_t told, const char *title);

#endif
