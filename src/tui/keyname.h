/*
 * The canonical names of keys, as in bindings, in --keys files and in events:
 * modifiers C- M- S- in this order, then a character ("s", "?", "[") or one of
 * Space Tab Enter Esc Backspace Delete Insert Up Down Left Right Home End PgUp
 * PgDn Begin F1 ... F60.  A shifted character is the character ("S", not S-s).
 */
#ifndef TUI_KEYNAME_H
#define TUI_KEYNAME_H

#include "tui/input.h"

/* Write the name of a key to ev->key: @name, or the character @ch when @name
 * is NULL; @mods are enum input_mod bits.  Sets ev->kind and ev->ch too. */
void keyname_set(
	struct input_event *ev, const char *name, uint32_t ch, unsigned mods);

/*
 * Read a name as a person writes it ("s", "<C-c>", "Ctrl-c", "^C", "PageUp",
 * "Return", "A-x", "S-Tab", "Space") into the canonical form.  False when no
 * key is called so.
 */
bool keyname_parse(const char *text, struct input_event *ev);

#endif
