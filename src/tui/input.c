/*
 * The framer.  A byte goes through the function of the state that we are in;
 * at most one event comes of it.  Invariant: in every state but GROUND, seq
 * holds the bytes of the sequence so far (but for the content of strings and
 * pastes), and input_wait() gives a time after which input_timeout() leads
 * back to GROUND.  So no byte that the terminal sends can lock the keyboard.
 *
 * What libtermkey 0.22 gets wrong never reaches it: mouse reports, focus and
 * pastes are taken here; control sequences with a private leader, with more
 * than three parameters, with empty or oversized ones or with colons, cursor
 * reports, and strings (OSC, DCS, APC, PM, SOS) are dropped.
 */
#include "tui/input.h"
#include "tui/key.h"
#include "tui/keyname.h"
#include "tui/paste.h"
#include "view/plain.h"
#include "view/text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define SEQ_MAX 64	 /* bytes of the longest sequence we look at */
#define STRING_MAX 16384 /* bytes of the longest string we wait through */
#define RAW_SIZE 4096
#define NR_PARAMS 3
#define BYTE_ESC 0x1b
#define BYTE_BEL 0x07
#define BYTE_CAN 0x18
#define BYTE_SUB 0x1a

/* STATE(name, ms until it is given up) */
#define STATE_LIST(STATE)                                                      \
	STATE(ground, -1)      /* between sequences */                         \
	STATE(escape, 50)      /* ESC came */                                  \
	STATE(utf8, 500)       /* in a character of several bytes */           \
	STATE(csi, 500)	       /* ESC [ came */                                \
	STATE(console, 500)    /* ESC [ [ came: a function key of Linux */     \
	STATE(ss3, 500)	       /* ESC O came */                                \
	STATE(string, 500)     /* in OSC, DCS, APC, PM or SOS */               \
	STATE(string_esc, 500) /* ESC inside a string */                       \
	STATE(old_mouse, 500)  /* ESC [ M came: three bytes follow */          \
	STATE(paste, 2000)     /* between ESC [ 200~ and ESC [ 201~ */

#define INTRODUCER_MS 50 /* for two bytes that may be M-[ and the like */

enum state {
#define STATE(name, ms) ST_IN_##name,
	STATE_LIST(STATE)
#undef STATE
};

struct input {
	struct keys *keys;   /* names of key sequences */
	bool utf8;	     /* else bytes are characters of the locale */
	bool expired;	     /* input_timeout() was called */
	enum state state;    /* see STATE_LIST */
	size_t len;	     /* bytes of this sequence, also those not kept */
	char seq[SEQ_MAX];   /* its first bytes */
	size_t head, tail;   /* raw[head..tail) has not been looked at */
	char raw[RAW_SIZE];  /* bytes as they came */
	struct paste *paste; /* between its marks */
};

typedef bool state_fn(
	struct input *in, unsigned char byte, struct input_event *ev);

static void enter(struct input *in, enum state state)
{
	in->state = state;
}

static bool reset(struct input *in)
{
	in->len = 0;
	enter(in, ST_IN_ground);
	return false;
}

static void keep(struct input *in, unsigned char byte)
{
	if (in->len < SEQ_MAX)
		in->seq[in->len] = (char)byte;
	in->len++;
}

/* The sequence is whole: what key is it? */
static bool key_done(struct input *in, struct input_event *ev)
{
	size_t len = in->len;

	reset(in);
	return len <= SEQ_MAX && keys_name(in->keys, in->seq, len, ev);
}

/* Leave an unfinished sequence for the byte that broke it. */
static state_fn in_ground;
static bool again(struct input *in, unsigned char byte, struct input_event *ev)
{
	reset(in);
	return in_ground(in, byte, ev);
}

/* -- characters --------------------------------------------------------- */

/* Bytes of the UTF-8 character that begins with @lead, 0 when none does. */
static size_t utf8_size(unsigned char lead)
{
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool locale_char(
	unsigned char byte, unsigned mods, struct input_event *ev)
{
	wint_t ch = btowc(byte);

	if (ch == WEOF || plain_is_control((uint32_t)ch))
		return false;
	keyname_set(ev, NULL, (uint32_t)ch, mods);
	return true;
}

/* A byte >= 0x80, alone or after ESC (which is in seq already). */
static bool high_byte(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	unsigned mods = in->len ? MOD_META : 0;

	if (!in->utf8) {
		reset(in);
		return locale_char(byte, mods, ev);
	}
	if (!utf8_size(byte))
		return reset(in);
	keep(in, byte);
	enter(in, ST_IN_utf8);
	return false;
}

static bool in_utf8(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	size_t start = in->seq[0] == BYTE_ESC;
	size_t need = start + utf8_size((unsigned char)in->seq[start]);
	uint32_t ch;

	if ((byte & 0xc0) != 0x80)
		return again(in, byte, ev);
	keep(in, byte);
	if (in->len < need)
		return false;
	plain_next(in->seq + start, need - start, &ch);
	if (ch == PLAIN_BAD || plain_is_control(ch))
		return reset(in);
	return key_done(in, ev);
}

static bool in_ground(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	if (byte >= 0x80)
		return high_byte(in, byte, ev);
	keep(in, byte);
	if (byte != BYTE_ESC)
		return key_done(in, ev);
	enter(in, ST_IN_escape);
	return false;
}

/* -- what begins with ESC ----------------------------------------------- */

static enum state introduced(unsigned char byte)
{
	switch (byte) {
	case '[':
		return ST_IN_csi;
	case 'O':
		return ST_IN_ss3;
	case ']':
	case 'P':
	case '^':
	case '_':
	case 'X':
		return ST_IN_string;
	default:
		return ST_IN_ground;
	}
}

static bool in_escape(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	if (byte == BYTE_ESC) { /* the first was the key, this may be more */
		keyname_set(ev, "Esc", 0, 0);
		return true;
	}
	if (byte >= 0x80)
		return high_byte(in, byte, ev);
	keep(in, byte);
	enter(in, introduced(byte));
	return in->state == ST_IN_ground && key_done(in, ev);
}

static bool in_ss3(struct input *in, unsigned char byte, struct input_event *ev)
{
	if (byte < 0x20 || byte >= 0x7f)
		return again(in, byte, ev);
	keep(in, byte);
	if ((byte >= '0' && byte <= '9') || byte == ';')
		return false;
	return in->len == 3 ? key_done(in, ev) : reset(in);
}

static bool in_console(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	if (byte < 0x20 || byte >= 0x7f)
		return again(in, byte, ev);
	keep(in, byte);
	return key_done(in, ev);
}

/* A reply that nobody asked for.  Controls end it, so that C-c always works. */
static bool in_string(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	if (byte == BYTE_ESC) {
		enter(in, ST_IN_string_esc);
		return false;
	}
	if (byte == BYTE_BEL || byte == BYTE_CAN || byte == BYTE_SUB)
		return reset(in);
	if (byte < 0x20)
		return again(in, byte, ev);
	keep(in, byte);
	return in->len > STRING_MAX && reset(in);
}

static bool in_string_esc(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	reset(in);
	if (byte == '\\')
		return false;
	keep(in, BYTE_ESC);
	enter(in, ST_IN_escape);
	return in_escape(in, byte, ev);
}

/* -- control sequences -------------------------------------------------- */

struct params {
	int count;	       /* how many; -1: not plain numbers */
	long value[NR_PARAMS]; /* -1: empty */
};

/* Numbers of at most seven digits between semicolons. */
static struct params parse_params(const char *s, size_t len)
{
	struct params p = { .count = len ? 1 : 0, .value = { -1, -1, -1 } };

	for (size_t i = 0; i < len; i++) {
		long *v = &p.value[p.count - 1];

		if (s[i] >= '0' && s[i] <= '9' && *v < 1000000)
			*v = (*v < 0 ? 0 : *v) * 10 + (s[i] - '0');
		else if (s[i] == ';' && p.count < NR_PARAMS)
			p.count++;
		else
			return (struct params){ .count = -1 };
	}
	return p;
}

static bool all_given(const struct params *p)
{
	for (int i = 0; i < p->count; i++)
		if (p->value[i] < 0)
			return false;
	return p->count >= 0;
}

static const struct {
	enum mouse_act act;
	enum mouse_button button;
} mouse_codes[] = {
	[0] = { MOUSE_PRESS, MOUSE_LEFT },
	[1] = { MOUSE_PRESS, MOUSE_MIDDLE },
	[2] = { MOUSE_PRESS, MOUSE_RIGHT },
	[3] = { MOUSE_RELEASE, 0 },
	[4] = { MOUSE_WHEEL, MOUSE_UP },
	[5] = { MOUSE_WHEEL, MOUSE_DOWN },
	[6] = { MOUSE_WHEEL, MOUSE_WHEEL_LEFT },
	[7] = { MOUSE_WHEEL, MOUSE_WHEEL_RIGHT },
};

/* @code: buttons 3, +4 shift, +8 meta, +16 ctrl, +32 moved, +64 wheel. */
static bool mouse_done(
	struct input_event *ev, long code, long x, long y, bool release)
{
	struct mouse *m = &ev->mouse;
	size_t row = (size_t)((code & 3) | (code & 64) >> 4);

	if (code & ~127L || x < 1 || y < 1 || x > 65535 || y > 65535)
		return false;
	m->act = mouse_codes[row].act;
	m->button = mouse_codes[row].button;
	if (m->act == MOUSE_WHEEL && (release || code & 32))
		return false;
	if (code & 32) {
		if (!m->button)
			return false; /* moved with nothing held */
		m->act = MOUSE_DRAG;
	}
	if (release)
		m->act = MOUSE_RELEASE;
	m->mods = (code & 4 ? MOD_SHIFT : 0) | (code & 8 ? MOD_META : 0) |
		  (code & 16 ? MOD_CTRL : 0);
	m->x = (int)x - 1;
	m->y = (int)y - 1;
	ev->kind = INPUT_MOUSE;
	return true;
}

/* ESC [ M and three bytes, from a terminal that does not know SGR reports. */
static bool in_old_mouse(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	const unsigned char *b = (const unsigned char *)in->seq + 3;

	keep(in, byte);
	if (in->len < 6)
		return false;
	reset(in);
	return mouse_done(ev, b[0] - 32, b[1] - 32, b[2] - 32, false);
}

/* May libtermkey see a sequence with these parameters and this end? */
static bool is_key(const struct params *p, char final)
{
	if (!all_given(p) ||
		(p->count > 1 && (p->value[1] < 1 || p->value[1] > 16)))
		return false;
	switch (final) {
	case 'u': /* a character and its modifiers */
		return (p->count == 1 || p->count == 2) && p->value[0] > 0 &&
		       p->value[0] <= 0x10ffff;
	case '~': /* 27: a character, modifyOtherKeys */
		if (p->count == 3)
			return p->value[0] == 27 && p->value[2] > 0 &&
			       p->value[2] <= 0x10ffff;
		return p->count >= 1 && p->value[0] != 27;
	case 'R': /* F3, unless it tells where the cursor is */
		return p->count == 0 || (p->count == 2 && p->value[0] == 1);
	case 'M': /* mouse reports that we never ask for */
	case 'm':
		return false;
	default:
		return p->count < 3;
	}
}

static bool begin_paste(struct input *in)
{
	paste_start(in->paste);
	enter(in, ST_IN_paste);
	return false;
}

static bool focus_done(struct input *in, struct input_event *ev, bool focus)
{
	reset(in);
	ev->kind = INPUT_FOCUS;
	ev->focus = focus;
	return true;
}

static bool sgr_mouse(struct input *in, struct input_event *ev)
{
	struct params p = parse_params(in->seq + 3, in->len - 4);
	char final = in->seq[in->len - 1];

	reset(in);
	return p.count == 3 && all_given(&p) &&
	       mouse_done(ev, p.value[0], p.value[1], p.value[2], final == 'm');
}

/* ESC [ ... @final is in seq. */
static bool csi_done(struct input *in, char final, struct input_event *ev)
{
	struct params p;

	if (in->len > SEQ_MAX)
		return reset(in);
	if (in->seq[2] == '<' && (final == 'M' || final == 'm'))
		return sgr_mouse(in, ev);
	p = parse_params(in->seq + 2, in->len - 3);
	if (p.count == 0 && final == 'M') {
		enter(in, ST_IN_old_mouse);
		return false;
	}
	if (p.count == 0 && (final == 'I' || final == 'O'))
		return focus_done(in, ev, final == 'I');
	if (p.count == 1 && final == '~' && p.value[0] == 200)
		return begin_paste(in);
	return is_key(&p, final) ? key_done(in, ev) : reset(in);
}

static bool has_leader(const struct input *in)
{
	return in->len > 2 && memchr("<=>?", in->seq[2], 4);
}

static bool in_csi(struct input *in, unsigned char byte, struct input_event *ev)
{
	if (byte < 0x20 || byte >= 0x7f)
		return again(in, byte, ev);
	keep(in, byte);
	if (byte == '[' && in->len == 3) {
		enter(in, ST_IN_console);
		return false;
	}
	/* rxvt ends shifted keys by a dollar; elsewhere it comes before the end
	 */
	if (byte >= 0x40 || (byte == '$' && !has_leader(in)))
		return csi_done(in, (char)byte, ev);
	return false;
}

/* -- pastes -------------------------------------------------------------- */

static bool paste_done(struct input *in, struct input_event *ev)
{
	reset(in);
	paste_event(in->paste, ev);
	return true;
}

static bool in_paste(
	struct input *in, unsigned char byte, struct input_event *ev)
{
	return paste_byte(in->paste, byte) && paste_done(in, ev);
}

/* -- the outside --------------------------------------------------------- */

static const struct {
	state_fn *byte; /* takes the next byte */
	int ms;		/* how long the state lasts without one */
} states[] = {
#define STATE(name, time) { in_##name, time },
	STATE_LIST(STATE)
#undef STATE
};

struct input *input_new(bool utf8)
{
	struct input *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->utf8 = utf8;
	in->keys = keys_new(utf8);
	in->paste = paste_new(utf8);
	if (in->keys && in->paste)
		return in;
	input_delete(in);
	return NULL;
}

void input_delete(struct input *in)
{
	if (!in)
		return;
	keys_delete(in->keys);
	paste_delete(in->paste);
	free(in);
}

size_t input_feed(struct input *in, const char *bytes, size_t len)
{
	if (in->head == in->tail)
		in->head = in->tail = 0;
	if (len > RAW_SIZE - in->tail)
		len = RAW_SIZE - in->tail;
	memcpy(in->raw + in->tail, bytes, len);
	in->tail += len;
	return len;
}

/* The state has lasted too long: what does it stand for? */
static bool give_up(struct input *in, struct input_event *ev)
{
	bool introducer = in->len == 2 && in->state != ST_IN_utf8;

	in->expired = false;
	if (in->state == ST_IN_paste)
		return paste_done(in, ev);
	if (in->state == ST_IN_escape)
		keyname_set(ev, "Esc", 0, 0);
	else if (introducer)
		keyname_set(ev, NULL, (unsigned char)in->seq[1], MOD_META);
	reset(in);
	return ev->kind != INPUT_NONE;
}

bool input_next(struct input *in, struct input_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	if (in->expired && give_up(in, ev))
		return true;
	while (in->head < in->tail) {
		unsigned char byte = (unsigned char)in->raw[in->head++];

		if (states[in->state].byte(in, byte, ev))
			return true;
	}
	return false;
}

int input_wait(const struct input *in)
{
	bool introducer = in->len == 2 && in->state != ST_IN_utf8;

	return introducer ? INTRODUCER_MS : states[in->state].ms;
}

void input_timeout(struct input *in)
{
	in->expired = in->state != ST_IN_ground;
}
