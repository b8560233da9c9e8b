/*
 * Text as columns: decoding, widths, line breaking.
 *
 * Widths are utf8proc's, so that a screen looks alike on every host; the few
 * characters for which terminals or the C library disagree with it are never
 * shown (table `unsettled`), so that no column can slip.
 */
#include "view/text.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

struct span {
	uint32_t from, to; /* code points, both included */
};

static const struct span unsettled[] = {
	{ 0x3248, 0x324f },   /* circled numbers on black squares */
	{ 0x1f1e6, 0x1f1ff }, /* regional indicators: pairs become flags */
	{ 0x1f3fb, 0x1f3ff }, /* skin tones: melt into what is before */
	{ 0x31350, 0x323af }, /* ideographs newer than many C libraries */
};

static const struct span nothing[] = {
	{ 0x200b, 0x200d },   /* zero width space, joiners */
	{ 0x2060, 0x2060 },   /* word joiner */
	{ 0xfe00, 0xfe0f },   /* variation selectors: they change widths */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xe0100, 0xe01ef }, /* more variation selectors */
};

/* Must not begin a line: closing marks, as Chinese typesetting has it. */
static const uint32_t closing[] = { 0x3001, 0x3002, 0xff0c, 0xff0e, 0xff1a,
	0xff1b, 0xff01, 0xff1f, 0xff09, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011,
	0x3015, 0xff5d, 0x2019, 0x201d, 0x2026, 0x30fb, 0xff05, ',', '.', ';',
	':', '!', '?', ')', ']', '}' };
/* Must not end a line: opening marks. */
static const uint32_t opening[] = { 0xff08, 0x3008, 0x300a, 0x300c, 0x300e,
	0x3010, 0x3014, 0xff5b, 0x2018, 0x201c, '(', '[', '{' };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IN_SPANS(table, ch) in_spans(table, COUNT(table), ch)
#define IN_LIST(table, ch) in_list(table, COUNT(table), ch)

static bool in_spans(const struct span *s, size_t n, uint32_t ch)
{
	for (size_t i = 0; i < n; i++)
		if (ch >= s[i].from && ch <= s[i].to)
			return true;
	return false;
}

static bool in_list(const uint32_t *list, size_t n, uint32_t ch)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == ch)
			return true;
	return false;
}

/* How a character beyond ASCII is shown. */
static struct text_char classify(uint32_t ch)
{
	const struct text_char replaced = { TEXT_REPLACEMENT, 1 };

	if (IN_SPANS(nothing, ch))
		return (struct text_char){ 0, 0 };
	if (IN_SPANS(unsettled, ch))
		return replaced;
	switch (utf8proc_category((utf8proc_int32_t)ch)) {
	case UTF8PROC_CATEGORY_CN: /* unassigned: the terminal may know it */
	case UTF8PROC_CATEGORY_CO: /* private: depends on the font */
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF: /* direction overrides and the like */
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return replaced;
	case UTF8PROC_CATEGORY_MC: /* C libraries give these a column */
		return (struct text_char){ ch, 1 };
	default:
		break;
	}
	if (ch >= 0x1160 && ch <= 0x11ff) /* jamo that join the one before */
		return (struct text_char){ ch, 0 };
	return (struct text_char){ ch,
		utf8proc_charwidth((utf8proc_int32_t)ch) };
}

size_t text_next(const char *s, size_t len, struct text_char *c)
{
	unsigned char first = (unsigned char)s[0];
	utf8proc_int32_t ch = -1;
	utf8proc_ssize_t n;

	if (first < 0x80) {
		bool shown = first >= 0x20 && first < 0x7f;

		c->ch = shown ? first : TEXT_REPLACEMENT;
		if (first == '\t')
			c->ch = ' ';
		c->width = 1;
		return 1;
	}
	n = utf8proc_iterate(
		(const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &ch);
	if (n < 1) {
		*c = (struct text_char){ TEXT_REPLACEMENT, 1 };
		return 1;
	}
	*c = classify((uint32_t)ch);
	return (size_t)n;
}

size_t text_encode(uint32_t ch, char buf[TEXT_UTF8])
{
	utf8proc_uint8_t bytes[4];
	size_t n = (size_t)utf8proc_encode_char((utf8proc_int32_t)ch, bytes);

	memcpy(buf, bytes, n);
	buf[n] = 0;
	return n;
}

int text_width(const char *text)
{
	size_t left = strlen(text);
	int w = 0;

	while (left > 0) {
		struct text_char c;
		size_t n = text_next(text, left, &c);

		w += c.width;
		text += n;
		left -= n;
	}
	return w;
}

size_t text_fit(const char *text, int w)
{
	size_t left = strlen(text);
	size_t done = 0;

	while (done < left) {
		struct text_char c;
		size_t n = text_next(text + done, left - done, &c);

		w -= c.width;
		if (w < 0)
			break;
		done += n;
	}
	return done;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* May a line end between @a and @b (of which at least one is wide)? */
static bool may_break(struct text_char a, struct text_char b)
{
	if (a.width < 2 && b.width < 2)
		return false;
	return b.width > 0 && !IN_LIST(closing, b.ch) &&
	       !IN_LIST(opening, a.ch);
}

/* The cut goes after @end bytes; the blanks and one newline there vanish. */
static size_t cut_line(const char **text, size_t end)
{
	const char *s = *text;
	size_t next = end;

	while (is_blank(s[next]))
		next++;
	if (s[next] == '\n')
		next++;
	*text = s + next;
	while (end > 0 && is_blank(s[end - 1]))
		end--;
	return end;
}

size_t text_line(const char **text, int w)
{
	const char *s = *text;
	size_t len = strcspn(s, "\n");
	size_t at = 0;	/* bytes looked at */
	size_t end = 0; /* the last place where the line may end */
	size_t indent = strspn(s, " \t"); /* no line ends in there */
	struct text_char before = { 0, 0 };

	while (at < len) {
		struct text_char c;
		size_t n = text_next(s + at, len - at, &c);

		if (at > indent && (is_blank(s[at]) || may_break(before, c)))
			end = at;
		if (w < c.width && !is_blank(s[at]))
			break;
		w -= c.width;
		at += n;
		before = c;
	}
	if (at == len)
		return cut_line(text, len);
	if (end > 0)
		return cut_line(text, end);
	if (at == 0) { /* not even one wide character fits: do not stop */
		struct text_char c;

		at = text_next(s, len, &c);
	}
	return cut_line(text, at);
}
