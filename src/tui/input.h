/*
 * From bytes of the terminal to events.  The bytes are cut into sequences
 * here; only whole key sequences of known shape reach libtermkey (key.h).
 * Nothing in here reads, waits or knows a clock: see loop.h for that.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum input_kind {
	INPUT_NONE,
	INPUT_KEY,     /* .key, .ch */
	INPUT_MOUSE,   /* .mouse */
	INPUT_FOCUS,   /* .focus: the terminal's window got it or lost it */
	INPUT_PASTE,   /* .text, .len; never comes as keys */
	INPUT_RESIZE,  /* from loop.h: call term_resize() */
	INPUT_RESUME,  /* from loop.h, after a stop: call term_resume() */
	INPUT_WATCH,   /* from loop.h: the watched descriptor has something */
	INPUT_SUSPEND, /* from loop.h: asked from outside; term_suspend() */
	INPUT_END      /* from loop.h: .signal, or 0 when the tty is gone */
};

enum input_mod { MOD_SHIFT = 1, MOD_META = 2, MOD_CTRL = 4 };

enum mouse_act {
	MOUSE_PRESS,
	MOUSE_RELEASE,
	MOUSE_DRAG, /* moved with the button held */
	MOUSE_WHEEL /* .button is one of MOUSE_UP ... */
};

enum mouse_button {
	MOUSE_LEFT = 1,
	MOUSE_MIDDLE,
	MOUSE_RIGHT,
	MOUSE_UP, /* the wheel's four ways */
	MOUSE_DOWN,
	MOUSE_WHEEL_LEFT,
	MOUSE_WHEEL_RIGHT
};

struct mouse {
	enum mouse_act act;	  /* what it did */
	enum mouse_button button; /* with which; on a release it may be 0 */
	unsigned mods;		  /* enum input_mod bits */
	int x, y;		  /* cell, from 0 */
};

#define KEY_NAME 24 /* bytes of the longest key name, its 0 included */

struct input_event {
	enum input_kind kind; /* which of the fields below count */
	char key[KEY_NAME];   /* "s", "S-Tab", "C-c", "F1"; see keyname.h */
	uint32_t ch;	      /* the character to insert, or 0 */
	struct mouse mouse;   /* INPUT_MOUSE */
	bool focus;	      /* INPUT_FOCUS: has it now */
	bool cut;	      /* INPUT_PASTE: longer than PASTE_MAX */
	const char *text;     /* INPUT_PASTE: UTF-8, ends by 0, lines end by
			       * \n, no other controls; till the next call */
	size_t len;	      /* bytes in text */
	int signal;	      /* INPUT_END */
};

#define PASTE_MAX 65536 /* bytes kept of one paste */

struct input;

/* @utf8: the terminal sends UTF-8; else one byte is one character of the
 * locale.  NULL: out of memory or no TERM (check that first). */
struct input *input_new(bool utf8);
void input_delete(struct input *in);

/* Take bytes as they came.  Returns how many fitted (at least one when
 * input_next() has returned false before). */
size_t input_feed(struct input *in, const char *bytes, size_t len);

/* The next whole event; false when more bytes are needed. */
bool input_next(struct input *in, struct input_event *ev);

/* How long to wait for more bytes, in ms, before input_timeout() is to be
 * called; -1 when nothing is held back. */
int input_wait(const struct input *in);

/* No more bytes came: a lone ESC is the key Esc, ESC [ is M-[, any other
 * unfinished sequence is dropped, an unfinished paste ends. */
void input_timeout(struct input *in);

#endif
