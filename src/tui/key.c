/*
 * The only file that knows libtermkey.  It is started without a terminal
 * (abstract), gets one whole sequence at a time, and must turn it into exactly
 * one key; whatever is left in it after that is thrown away.
 */
#include "tui/key.h"
#include "tui/keyname.h"
#include "view/plain.h"
#include "view/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>

struct keys {
	TermKey *tk; /* abstract: has no file descriptor, never writes */
};

static const char *const sym_name[TERMKEY_N_SYMS] = {
	[TERMKEY_SYM_BACKSPACE] = "Backspace",
	[TERMKEY_SYM_TAB] = "Tab",
	[TERMKEY_SYM_ENTER] = "Enter",
	[TERMKEY_SYM_ESCAPE] = "Esc",
	[TERMKEY_SYM_SPACE] = "Space",
	[TERMKEY_SYM_DEL] = "Backspace",
	[TERMKEY_SYM_UP] = "Up",
	[TERMKEY_SYM_DOWN] = "Down",
	[TERMKEY_SYM_LEFT] = "Left",
	[TERMKEY_SYM_RIGHT] = "Right",
	[TERMKEY_SYM_BEGIN] = "Begin",
	[TERMKEY_SYM_FIND] = "Home",
	[TERMKEY_SYM_INSERT] = "Insert",
	[TERMKEY_SYM_DELETE] = "Delete",
	[TERMKEY_SYM_SELECT] = "End",
	[TERMKEY_SYM_PAGEUP] = "PgUp",
	[TERMKEY_SYM_PAGEDOWN] = "PgDn",
	[TERMKEY_SYM_HOME] = "Home",
	[TERMKEY_SYM_END] = "End",
	[TERMKEY_SYM_KPENTER] = "Enter",
};

/* terminfo's kf13 ... kf60 are F1 ... F12 with modifiers. */
static const unsigned function_mods[] = {
	0,
	MOD_SHIFT,
	MOD_CTRL,
	MOD_CTRL | MOD_SHIFT,
	MOD_META,
};
#define NR_FUNCTION_MODS (int)(sizeof(function_mods) / sizeof(function_mods[0]))

/* Mouse reports are input.c's; 0.22 misreads them where terminfo names them. */
static const char *hide_mouse(const char *name, const char *value, void *unused)
{
	(void)unused;
	return strcmp(name, "key_mouse") == 0 ? NULL : value;
}

struct keys *keys_new(bool utf8)
{
	const char *term = getenv("TERM");
	int flags = TERMKEY_FLAG_NOSTART | TERMKEY_FLAG_CONVERTKP |
		    (utf8 ? TERMKEY_FLAG_UTF8 : TERMKEY_FLAG_RAW);
	struct keys *k;

	if (!term || !*term || !(k = calloc(1, sizeof(*k))))
		return NULL;
	k->tk = termkey_new_abstract(term, flags);
	if (k->tk) {
		termkey_hook_terminfo_getstr(k->tk, hide_mouse, NULL);
		termkey_set_canonflags(k->tk, TERMKEY_CANON_DELBS);
	}
	if (k->tk && termkey_start(k->tk))
		return k;
	keys_delete(k);
	return NULL;
}

void keys_delete(struct keys *k)
{
	if (!k)
		return;
	if (k->tk)
		termkey_destroy(k->tk);
	free(k);
}

static unsigned mods_of(const TermKeyKey *key)
{
	unsigned m = 0;

	if (key->modifiers & TERMKEY_KEYMOD_SHIFT)
		m |= MOD_SHIFT;
	if (key->modifiers & TERMKEY_KEYMOD_ALT || key->modifiers & 8)
		m |= MOD_META;
	if (key->modifiers & TERMKEY_KEYMOD_CTRL)
		m |= MOD_CTRL;
	return m;
}

static bool name_function(struct input_event *ev, int number, unsigned mods)
{
	char name[16];
	int row = (number - 1) / 12;

	if (number < 1 || row >= NR_FUNCTION_MODS)
		return false;
	snprintf(name, sizeof(name), "F%d", (number - 1) % 12 + 1);
	keyname_set(ev, name, 0, mods | function_mods[row]);
	return true;
}

static bool name_char(struct input_event *ev, long ch, unsigned mods)
{
	if (ch < 0 || ch > 0x10ffff || (ch >= 0xd800 && ch < 0xe000) ||
		ch == TEXT_REPLACEMENT || plain_is_control((uint32_t)ch))
		return false;
	keyname_set(ev, NULL, (uint32_t)ch, mods);
	return true;
}

static bool name_sym(struct input_event *ev, TermKeySym sym, unsigned mods)
{
	if (sym < 0 || sym >= TERMKEY_N_SYMS || !sym_name[sym])
		return false;
	if (sym == TERMKEY_SYM_ESCAPE)
		mods = 0;
	keyname_set(ev, sym_name[sym], 0, mods);
	return true;
}

static bool translate(const TermKeyKey *key, struct input_event *ev)
{
	unsigned mods = mods_of(key);

	switch (key->type) {
	case TERMKEY_TYPE_UNICODE:
		return name_char(ev, key->code.codepoint, mods);
	case TERMKEY_TYPE_FUNCTION:
		return name_function(ev, key->code.number, mods);
	case TERMKEY_TYPE_KEYSYM:
		return name_sym(ev, key->code.sym, mods);
	default:
		return false;
	}
}

static bool is_empty(TermKey *tk)
{
	return termkey_get_buffer_remaining(tk) == termkey_get_buffer_size(tk);
}

bool keys_name(
	struct keys *k, const char *seq, size_t len, struct input_event *ev)
{
	TermKeyKey key, rest;
	TermKeyResult res;
	bool whole;

	if (len > termkey_get_buffer_remaining(k->tk))
		return false;
	termkey_push_bytes(k->tk, seq, len);
	res = termkey_getkey_force(k->tk, &key);
	whole = is_empty(k->tk);
	while (!is_empty(k->tk) &&
		termkey_getkey_force(k->tk, &rest) == TERMKEY_RES_KEY)
		;
	return res == TERMKEY_RES_KEY && whole && translate(&key, ev);
}

#define TEXT_OF_(number) #number
#define TEXT_OF(number) TEXT_OF_(number)

const char *key_library(void)
{
	/* It does not tell its version when asked; its header does. */
	return "libtermkey " TEXT_OF(TERMKEY_VERSION_MAJOR) "." TEXT_OF(
		TERMKEY_VERSION_MINOR);
}
