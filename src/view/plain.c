#include "view/plain.h"

#include <inttypes.h>
#include <string.h>
#include <wchar.h>

/* Bytes of the character that lead byte @b begins, 0 if none does. */
static size_t utf8_length(unsigned char b)
{
	/* Lead bytes below limit[i] have length[i]. */
	static const unsigned char limit[] = { 0x80, 0xc2, 0xe0, 0xf0, 0xf5 };
	static const unsigned char length[] = { 1, 0, 2, 3, 4, 0 };
	size_t i = 0;

	while (i < sizeof(limit) && b >= limit[i])
		i++;
	return length[i];
}

size_t utf8_next(const char *s, uint32_t *ch)
{
	static const uint32_t smallest[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t n = utf8_length(u[0]);
	uint32_t c = n > 1 ? u[0] & (0x7fu >> n) : u[0];

	*ch = UTF8_BAD;
	if (n == 0)
		return 1;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 1;
	*ch = c;
	return c ? n : 0;
}

bool char_is_control(uint32_t ch)
{
	return ch < 0x20 || (ch >= 0x7f && ch < 0xa0) ||
	       (ch >= 0x2028 && ch <= 0x202e) ||
	       (ch >= 0x2066 && ch <= 0x2069) || ch == 0x200e || ch == 0x200f;
}

/* One character of @n bytes at @s. */
static void put_char(FILE *f, const char *s, size_t n, uint32_t ch)
{
	if (ch == UTF8_BAD)
		fprintf(f, "\\x%02x", (unsigned char)*s);
	else if (ch == '\n' || ch == '\t' || !char_is_control(ch))
		fwrite(s, 1, n, f);
	else if (ch < 0x100)
		fprintf(f, "\\x%02" PRIx32, ch);
	else
		fprintf(f, "\\u%04" PRIx32, ch);
}

void plain_put_n(FILE *f, const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end && *text) {
		uint32_t ch;
		size_t len = utf8_next(text, &ch);

		put_char(f, text, len, ch);
		text += len;
	}
}

void plain_put(FILE *f, const char *text)
{
	plain_put_n(f, text, strlen(text));
}

/* Columns that a character takes here, escapes included. */
static int columns(uint32_t ch)
{
	int w;

	if (ch == UTF8_BAD || (char_is_control(ch) && ch < 0x100))
		return 4;
	if (char_is_control(ch))
		return 6;
	w = wcwidth((wchar_t)ch);
	return w < 0 ? 1 : w;
}

/* Bytes of @text for one line of @width columns; *@skip: blanks after them. */
static size_t line_length(const char *text, int width, size_t *skip)
{
	size_t at = 0, blank = 0;
	int used = 0;

	*skip = 0;
	while (text[at] && text[at] != '\n') {
		uint32_t ch;
		size_t n = utf8_next(text + at, &ch);
		int w = columns(ch);

		if (used + w > width && at > 0)
			break;
		/* A line may end at a blank or beside a wide character. */
		if (ch == ' ' || w == 2)
			blank = at;
		used += w;
		at += n;
		if (w == 2)
			blank = at;
	}
	if (text[at] && text[at] != '\n' && text[at] != ' ' && blank > 0)
		at = blank;
	while (text[at + *skip] == ' ')
		++*skip;
	return at;
}

void plain_wrap(FILE *f, const char *text, int indent, int width)
{
	width = width - indent < 16 ? 16 : width - indent;
	do {
		size_t skip, n = line_length(text, width, &skip);

		fprintf(f, "%*s", n ? indent : 0, "");
		plain_put_n(f, text, n);
		fputc('\n', f);
		text += n + skip;
		if (*text == '\n')
			text++;
	} while (*text);
}
