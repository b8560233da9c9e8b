#include "tui/keyname.h"
#include "view/plain.h"
#include "view/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What people write, and how we call it. */
static const struct {
	const char *alias; /* compared without regard to case */
	const char *name;  /* canonical */
} aliases[] = {
	{ "Space", "Space" },
	{ "Spc", "Space" },
	{ "Tab", "Tab" },
	{ "Enter", "Enter" },
	{ "Return", "Enter" },
	{ "CR", "Enter" },
	{ "Esc", "Esc" },
	{ "Escape", "Esc" },
	{ "Backspace", "Backspace" },
	{ "BS", "Backspace" },
	{ "Delete", "Delete" },
	{ "Del", "Delete" },
	{ "Insert", "Insert" },
	{ "Ins", "Insert" },
	{ "Up", "Up" },
	{ "Down", "Down" },
	{ "Left", "Left" },
	{ "Right", "Right" },
	{ "Home", "Home" },
	{ "End", "End" },
	{ "PgUp", "PgUp" },
	{ "PageUp", "PgUp" },
	{ "Prior", "PgUp" },
	{ "PgDn", "PgDn" },
	{ "PageDown", "PgDn" },
	{ "PgDown", "PgDn" },
	{ "Next", "PgDn" },
	{ "Begin", "Begin" },
};

static const struct {
	const char *prefix; /* what people write */
	unsigned mod;	    /* enum input_mod */
} prefixes[] = {
	{ "C-", MOD_CTRL },
	{ "Ctrl-", MOD_CTRL },
	{ "Control-", MOD_CTRL },
	{ "^", MOD_CTRL },
	{ "M-", MOD_META },
	{ "A-", MOD_META },
	{ "Alt-", MOD_META },
	{ "Meta-", MOD_META },
	{ "S-", MOD_SHIFT },
	{ "Shift-", MOD_SHIFT },
};

/* Some keys with C- are the same byte as another key. */
static const struct {
	char ch;	  /* with Ctrl */
	const char *name; /* is this */
	unsigned mods;	  /* with these */
} same_byte[] = {
	{ 'i', "Tab", 0 },
	{ 'm', "Enter", 0 },
	{ '[', "Esc", 0 },
	{ '@', "Space", MOD_CTRL },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char to_lower(uint32_t ch)
{
	return (char)(ch >= 'A' && ch <= 'Z' ? ch + 32 : ch);
}

/* Shift is part of a character, case means nothing beside Ctrl. */
static void fold(uint32_t *ch, unsigned *mods)
{
	bool letter =
		*ch < 0x80 && to_lower(*ch) >= 'a' && to_lower(*ch) <= 'z';

	if (letter && *mods & MOD_CTRL) {
		*ch = (uint32_t)to_lower(*ch);
		return;
	}
	if (letter && *mods & MOD_SHIFT)
		*ch = (uint32_t)to_lower(*ch) - 32;
	*mods &= ~(unsigned)MOD_SHIFT;
}

void keyname_set(
	struct input_event *ev, const char *name, uint32_t ch, unsigned mods)
{
	char text[TEXT_UTF8];

	if (name && strcmp(name, "Space") == 0)
		ch = ' ';
	else if (ch == ' ')
		name = "Space";
	if (!name) {
		fold(&ch, &mods);
		text_encode(ch, text);
		name = text;
	}
	ev->kind = INPUT_KEY;
	ev->ch = mods & (MOD_CTRL | MOD_META) ? 0 : ch;
	snprintf(ev->key, sizeof(ev->key), "%s%s%s%s",
		mods & MOD_CTRL ? "C-" : "", mods & MOD_META ? "M-" : "",
		mods & MOD_SHIFT ? "S-" : "", name);
}

/* Take one "C-" off the front of @text; its bit, or 0 when there is none. */
static unsigned take_prefix(const char **text, size_t *len)
{
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		size_t n = strlen(prefixes[i].prefix);

		if (*len > n &&
			strncasecmp(*text, prefixes[i].prefix, n) == 0) {
			*text += n;
			*len -= n;
			return prefixes[i].mod;
		}
	}
	return 0;
}

static bool parse_char(
	const char *text, size_t len, unsigned mods, struct input_event *ev)
{
	uint32_t ch = 0;

	if (!len || plain_next(text, len, &ch) != len || ch == PLAIN_BAD ||
		plain_is_control(ch))
		return false;
	for (size_t i = 0; mods == MOD_CTRL && i < COUNT(same_byte); i++) {
		if (to_lower(ch) != same_byte[i].ch || ch >= 0x80)
			continue;
		keyname_set(ev, same_byte[i].name, 0, same_byte[i].mods);
		return true;
	}
	keyname_set(ev, NULL, ch, mods);
	return true;
}

static bool parse_function(
	const char *text, size_t len, unsigned mods, struct input_event *ev)
{
	char name[16];
	int number;

	if (len < 2 || len > 3 || (text[0] != 'F' && text[0] != 'f'))
		return false;
	if (strspn(text + 1, "0123456789") < len - 1 || text[1] == '0')
		return false;
	number = atoi(text + 1);
	if (number > 60)
		return false;
	snprintf(name, sizeof(name), "F%d", number);
	keyname_set(ev, name, 0, mods);
	return true;
}

static bool parse_named(
	const char *text, size_t len, unsigned mods, struct input_event *ev)
{
	for (size_t i = 0; i < COUNT(aliases); i++) {
		if (strlen(aliases[i].alias) != len ||
			strncasecmp(aliases[i].alias, text, len) != 0)
			continue;
		keyname_set(ev, aliases[i].name, 0, mods);
		return true;
	}
	return parse_function(text, len, mods, ev);
}

bool keyname_parse(const char *text, struct input_event *ev)
{
	size_t len = strlen(text);
	unsigned mods = 0, mod;

	if (len > 2 && text[0] == '<' && text[len - 1] == '>') {
		text++;
		len -= 2;
	}
	while ((mod = take_prefix(&text, &len)))
		mods |= mod;
	return parse_char(text, len, mods, ev) ||
	       parse_named(text, len, mods, ev);
}
