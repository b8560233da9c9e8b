/*
 * Names of keys, found by an abstract libtermkey: it knows the terminal's key
 * sequences but never touches the terminal.
 */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include "tui/input.h"

struct keys;

/* For the terminal named by TERM.  NULL: out of memory, TERM not set. */
struct keys *keys_new(bool utf8);
void keys_delete(struct keys *k);

/*
 * Name the one key that @seq (@len bytes) stands for: fills ev->kind, key and
 * ch.  False when it stands for no key, or for more than one.  The caller has
 * sorted out everything that libtermkey 0.22 cannot be given (input.c).
 */
bool keys_name(
	struct keys *k, const char *seq, size_t len, struct input_event *ev);

/* Name and version of the library for key names: "libtermkey 0.22". */
const char *key_library(void);

#endif
