/*
 * Themes: what a style looks like.  A cell's pen is laid up from below:
 * "text", the cell's style, then what its flags say, the strongest last.
 */
#include "view/style.h"
#include "view/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Weakest first. */
static const struct {
	unsigned flag;	  /* STYLE_... */
	enum style style; /* what it lays over */
} overlays[] = {
	{ STYLE_CHANGED, ST_CHANGED },
	{ STYLE_RELATED, ST_RELATED },
	{ STYLE_SELECTED, ST_SELECTED },
	{ STYLE_MATCH, ST_MATCH },
	{ STYLE_TOUCHED, ST_TOUCHED },
	{ STYLE_CURSOR, ST_CURSOR },
};

static const struct {
	const char *word; /* in a specification */
	uint8_t attr;	  /* ATTR_... */
} attrs[] = {
	{ "bold", ATTR_BOLD },
	{ "dim", ATTR_DIM },
	{ "underline", ATTR_UNDERLINE },
	{ "reverse", ATTR_REVERSE },
	{ "italic", ATTR_ITALIC },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool same_colour(
	bool has_a, struct colour a, bool has_b, struct colour b)
{
	if (!has_a || !has_b)
		return has_a == has_b;
	return a.kind == b.kind && a.index == b.index && a.rgb == b.rgb;
}

bool pen_equal(struct pen a, struct pen b)
{
	return a.attr == b.attr &&
	       same_colour(a.has_fg, a.fg, b.has_fg, b.fg) &&
	       same_colour(a.has_bg, a.bg, b.has_bg, b.bg);
}

static struct pen pen_over(struct pen below, struct pen pen)
{
	if (pen.has_fg) {
		below.has_fg = true;
		below.fg = pen.fg;
	}
	if (pen.has_bg) {
		below.has_bg = true;
		below.bg = pen.bg;
	}
	below.attr |= pen.attr;
	return below;
}

/* A cursor that reverses must be seen on what is reversed already. */
static struct pen pen_mark(struct pen below, struct pen pen, unsigned flag)
{
	bool twice = below.attr & pen.attr & ATTR_REVERSE;

	below = pen_over(below, pen);
	if (flag == STYLE_CURSOR && twice)
		below.attr &= (uint8_t)~ATTR_REVERSE;
	return below;
}

struct pen theme_pen(const struct theme *t, enum style style, unsigned extra)
{
	struct pen pen = t->pen[ST_TEXT];

	if (style != ST_TEXT)
		pen = pen_over(pen, t->pen[style]);
	if (!extra)
		return pen;
	for (size_t i = 0; i < COUNT(overlays); i++)
		if (extra & overlays[i].flag)
			pen = pen_mark(pen, t->pen[overlays[i].style],
				overlays[i].flag);
	pen.attr &= (uint8_t)~ATTR_DIM;
	return pen;
}

static bool fail(char *err, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(char *err, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err, size, format, args);
	va_end(args);
	return false;
}

static bool set_colour(
	struct pen *pen, const char *word, char *err, size_t size)
{
	bool fg = word[0] == 'f';

	if (!colour_parse(word + 3, fg ? &pen->fg : &pen->bg))
		return fail(err, size,
			"\"%s\" is not a colour; allowed are default, black, "
			"red, green, yellow, blue, magenta, cyan, white, each "
			"also as bright-..., 0 to 255, and #rrggbb",
			word + 3);
	if (fg)
		pen->has_fg = true;
	else
		pen->has_bg = true;
	return true;
}

static bool set_word(struct pen *pen, const char *word, char *err, size_t size)
{
	if (!strncmp(word, "fg=", 3) || !strncmp(word, "bg=", 3))
		return set_colour(pen, word, err, size);
	for (size_t i = 0; i < COUNT(attrs); i++) {
		if (strcmp(attrs[i].word, word))
			continue;
		pen->attr |= attrs[i].attr;
		return true;
	}
	return fail(err, size,
		"\"%s\" is not part of a style; allowed are fg=COLOUR, "
		"bg=COLOUR, bold, dim, underline, reverse, italic",
		word);
}

/* Cut the next word off *@spec, blanks around it left out; false: none. */
static bool next_word(const char **spec, char *word, size_t size)
{
	const char *s = *spec + strspn(*spec, " \t,");
	size_t len = strcspn(s, " \t,");

	*spec = s + len;
	snprintf(word, size, "%.*s", (int)len, s);
	return len > 0;
}

static bool parse_pen(struct pen *pen, const char *spec, char *err, size_t size)
{
	char word[64];

	while (next_word(&spec, word, sizeof(word)))
		if (!set_word(pen, word, err, size))
			return false;
	return true;
}

static int find_style(const char *name, char *err, size_t size)
{
	int style = style_find(name);
	struct nearest n;
	const char *best;

	if (style >= 0)
		return style;
	nearest_start(&n, name);
	for (int i = 0; i < NR_STYLES; i++)
		nearest_try(&n, style_name((enum style)i));
	best = nearest_name(&n);
	fail(err, size, "no style is named \"%s\"; the nearest is \"%s\"", name,
		best ? best : style_name(ST_TEXT));
	return -1;
}

bool theme_set(struct theme *t, const char *style, const char *spec, char *err,
	size_t size)
{
	struct pen pen = { 0 };
	int i = find_style(style, err, size);

	if (i < 0 || !parse_pen(&pen, spec, err, size))
		return false;
	t->pen[i] = pen;
	return true;
}
