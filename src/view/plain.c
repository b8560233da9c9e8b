#include "view/plain.h"

#include "view/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define NARROWEST 20 /* columns of text beside a long indent */

size_t plain_next(const char *s, size_t len, uint32_t *ch)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n = utf8proc_iterate(
		(const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, &c);

	*ch = n > 0 ? (uint32_t)c : PLAIN_BAD;
	return n > 0 ? (size_t)n : 1;
}

bool plain_is_control(uint32_t ch)
{
	switch (utf8proc_category((utf8proc_int32_t)ch)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return false;
	}
}

/* One character of @n bytes at @s. */
static void put_char(FILE *f, const char *s, size_t n, uint32_t ch)
{
	if (ch == PLAIN_BAD)
		fprintf(f, "\\x%02x", (unsigned char)*s);
	else if (ch == '\n' || ch == '\t' || !plain_is_control(ch))
		fwrite(s, 1, n, f);
	else if (ch < 0x100)
		fprintf(f, "\\x%02" PRIx32, ch);
	else
		fprintf(f, "\\u%04" PRIx32, ch);
}

void plain_put_n(FILE *f, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		uint32_t ch;
		size_t n = plain_next(text, (size_t)(end - text), &ch);

		put_char(f, text, n, ch);
		text += n;
	}
}

void plain_put(FILE *f, const char *text)
{
	plain_put_n(f, text, strlen(text));
}

void plain_wrap(FILE *f, const char *first, const char *text, int width)
{
	int indent = text_width(first);

	fputs(first, f);
	width = width - indent < NARROWEST ? NARROWEST : width - indent;
	do {
		const char *line = text;
		size_t n = text_line(&text, width);

		plain_put_n(f, line, n);
		fputc('\n', f);
		if (*text)
			fprintf(f, "%*s", indent, "");
	} while (*text);
}

void plain_verror(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	fflush(stdout);
	fputs("rmapscope: ", stderr);
	plain_put(stderr, text ? text : "out of memory");
	fputc('\n', stderr);
	free(text);
}

void plain_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	plain_verror(format, args);
	va_end(args);
}
