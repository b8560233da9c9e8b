/* Writing text from outside into Lua programs. */
#include "view/lua_text.h"

#include "view/plain.h"

#include <string.h>

static void put_escaped(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "\\%03u", (unsigned)(unsigned char)s[i]);
}

void lua_string(struct buf *b, const char *text)
{
	size_t left = strlen(text), n;
	uint32_t ch;

	buf_putc(b, '"');
	for (; left; text += n, left -= n) {
		n = plain_next(text, left, &ch);
		if (ch == '"' || ch == '\\')
			buf_printf(b, "\\%c", (int)ch);
		else if (ch == '\n')
			buf_puts(b, "\\n");
		else if (ch == PLAIN_BAD || plain_is_control(ch))
			put_escaped(b, text, n);
		else
			buf_add(b, text, n);
	}
	buf_putc(b, '"');
}

void lua_plain(struct buf *b, const char *text, size_t max)
{
	size_t left = strlen(text), n;
	uint32_t ch;

	for (size_t room = max ? max : left; left; text += n, left -= n) {
		bool bad;
		size_t len;

		n = plain_next(text, left, &ch);
		bad = ch == PLAIN_BAD || plain_is_control(ch);
		len = bad ? 1 : n;
		if (len > room)
			return;
		room -= len;
		if (bad)
			buf_putc(b, '?');
		else
			buf_add(b, text, n);
	}
}
