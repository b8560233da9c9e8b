/*
 * The bytes go into text as they come; what must not be in it is taken out at
 * the end.  A part of the end mark that turns out to be none is text after
 * all, so it needs no buffer of its own: end tells how much of it came.
 */
#include "tui/paste.h"
#include "view/plain.h"
#include "view/text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define BYTE_ESC 0x1b

static const char end_mark[] = "\033[201~";

struct paste {
	bool utf8;		  /* else bytes are characters of the locale */
	bool cut;		  /* it was longer than PASTE_MAX */
	bool cr;		  /* the last byte was CR: skip a LF */
	size_t end;		  /* bytes of the end mark seen so far */
	size_t len;		  /* bytes in text */
	char text[PASTE_MAX + 1]; /* what came */
};

struct paste *paste_new(bool utf8)
{
	struct paste *p = calloc(1, sizeof(*p));

	if (p)
		p->utf8 = utf8;
	return p;
}

void paste_delete(struct paste *p)
{
	free(p);
}

void paste_start(struct paste *p)
{
	p->len = p->end = 0;
	p->cut = p->cr = false;
}

static void keep(struct paste *p, const char *bytes, size_t n)
{
	if (p->len + n > PASTE_MAX) {
		p->cut = true;
		return;
	}
	memcpy(p->text + p->len, bytes, n);
	p->len += n;
}

static void add(struct paste *p, unsigned char byte)
{
	char out[TEXT_UTF8] = { (char)byte };
	size_t n = 1;
	bool skip = byte == '\n' && p->cr;

	p->cr = byte == '\r';
	if (byte == '\r')
		out[0] = '\n';
	else if (byte == '\t')
		out[0] = ' ';
	else if (byte != '\n' && (byte < 0x20 || byte == 0x7f))
		skip = true;
	if (byte >= 0x80 && !p->utf8) {
		wint_t ch = btowc(byte);

		skip = ch == WEOF;
		n = skip ? 0 : text_encode((uint32_t)ch, out);
	}
	if (!skip)
		keep(p, out, n);
}

/* Take out malformed bytes and C1 controls. */
static size_t clean(char *text, size_t len)
{
	size_t to = 0, n;
	uint32_t ch;

	for (size_t from = 0; from < len; from += n) {
		n = plain_next(text + from, len - from, &ch);
		if (ch == PLAIN_BAD || (ch != '\n' && plain_is_control(ch)))
			continue;
		memmove(text + to, text + from, n);
		to += n;
	}
	text[to] = 0;
	return to;
}

bool paste_byte(struct paste *p, unsigned char byte)
{
	if (byte == (unsigned char)end_mark[p->end])
		return !end_mark[++p->end];
	for (size_t i = 0; i < p->end; i++)
		add(p, (unsigned char)end_mark[i]);
	p->end = byte == BYTE_ESC;
	if (byte != BYTE_ESC)
		add(p, byte);
	return false;
}

void paste_event(struct paste *p, struct input_event *ev)
{
	ev->kind = INPUT_PASTE;
	ev->len = clean(p->text, p->len);
	ev->text = p->text;
	ev->cut = p->cut;
}
