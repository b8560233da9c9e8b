/* A growing string. */
#include "view/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for @len more bytes and the 0. */
static bool buf_reserve(struct buf *b, size_t len)
{
	size_t need = b->len + len + 1;
	size_t room = b->room ? b->room : 256;
	char *data;

	if (b->failed)
		return false;
	if (need <= b->room)
		return true;
	while (room < need)
		room *= 2;
	data = realloc(b->data, room);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->room = room;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (!buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = 0;
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_fill(struct buf *b, char c, int n)
{
	if (n <= 0 || !buf_reserve(b, (size_t)n))
		return;
	memset(b->data + b->len, c, (size_t)n);
	b->len += (size_t)n;
	b->data[b->len] = 0;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !buf_reserve(b, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
	va_end(args);
	b->len += (size_t)len;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}
