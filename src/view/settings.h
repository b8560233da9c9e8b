/*
 * What a viewer may set, by name: config.lua, the command line and :set all
 * come here.
 */
#ifndef VIEW_SETTINGS_H
#define VIEW_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct settings {
	unsigned lang;	    /* enum lang */
	unsigned questions; /* 0 off, 1 on */
	unsigned mouse;	    /* 0 off, 1 on */
	unsigned glyphs;    /* 0 unicode, 1 ascii */
	unsigned presenter; /* 0 off, 1 on */
	unsigned speed;	    /* of :play, steps a second, 1..100 */
	unsigned history;   /* budget of the keyframes in MiB, 1..65536 */
	char theme[32];	    /* a name for the host */
	char layout[256];   /* "auto", a name or a layout's text */
};

extern const struct settings settings_default;

struct setting {
	const char *name;
	const char *values; /* the allowed ones by index, separated by
			     * spaces; NULL: a number or a text */
	const char *note;   /* one line */
	size_t offset;	    /* in struct settings */
	size_t size;	    /* of a text; 0: a number */
	unsigned min, max;  /* of a number without names */
};

/* All settings; a row without a name ends them. */
extern const struct setting setting_table[];
/* By name; NULL when there is none. */
const struct setting *setting_find(const char *name);

/* Set one from text.  False: @err says what was wrong and what is allowed. */
bool setting_set(struct settings *s, const char *name, const char *value,
	char *err, size_t size);
/* The next of its named values; false when it has none. */
bool setting_next(struct settings *s, const char *name);
/* Its value as text; "" when there is no such setting. */
char *setting_get(
	const struct settings *s, const char *name, char *buf, size_t size);

#endif
