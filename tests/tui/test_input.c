/*
 * The framer: what each sequence of bytes is, also byte by byte, and that no
 * bytes at all can crash it, hold it up or lock the keyboard.
 */
#include "tui/input.h"
#include "tui/key.h"
#include "tui/keyname.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* One event in words: "key C-c", "press 1 at 3,4", "paste hi" ... */
static void describe(const struct input_event *ev, char *out, size_t size)
{
	static const char *const acts[] = { "press", "release", "drag",
		"wheel" };

	if (ev->kind == INPUT_KEY)
		snprintf(out, size, "%s", ev->key);
	else if (ev->kind == INPUT_MOUSE)
		snprintf(out, size, "%s %d at %d,%d mods %u",
			acts[ev->mouse.act], ev->mouse.button, ev->mouse.x,
			ev->mouse.y, ev->mouse.mods);
	else if (ev->kind == INPUT_FOCUS)
		snprintf(out, size, "focus %d", ev->focus);
	else if (ev->kind == INPUT_PASTE)
		snprintf(out, size, "paste[%s]", ev->text);
	else
		snprintf(out, size, "kind %d", ev->kind);
}

static void collect(struct input *in, char *out, size_t size)
{
	struct input_event ev;

	while (input_next(in, &ev)) {
		size_t n = strlen(out);

		if (n)
			out[n++] = '|';
		describe(&ev, out + n, size - n);
	}
}

/* All events of @bytes given in chunks of @step, then silence. */
static void events_of(
	const char *bytes, size_t len, size_t step, char *out, size_t size)
{
	struct input *in = input_new(true);

	out[0] = 0;
	assert_non_null(in);
	for (size_t i = 0; i < len; i += step) {
		size_t n = len - i < step ? len - i : step;

		assert_int_equal(input_feed(in, bytes + i, n), n);
		collect(in, out, size);
	}
	for (int i = 0; input_wait(in) >= 0; i++) {
		assert_in_range(i, 0, 3);
		input_timeout(in);
		collect(in, out, size);
	}
	input_delete(in);
}

static void is(const char *bytes, const char *want)
{
	size_t len = strlen(bytes);
	char got[512];

	for (size_t step = 1; step <= len + 1; step++) {
		events_of(bytes, len, step, got, sizeof(got));
		if (strcmp(got, want) != 0) {
			fprintf(stderr, "chunks of %zu: ", step);
			for (size_t i = 0; i < len; i++)
				fprintf(stderr,
					bytes[i] < ' ' ? "\\%03o" : "%c",
					bytes[i]);
			fprintf(stderr, "\n");
		}
		assert_string_equal(got, want);
	}
}

static void terms(const char *name)
{
	setenv("TERM", name, 1);
}

/* Every row of the list of what libtermkey 0.22 gets wrong. */
static void what_termkey_mishandles(void **state)
{
	(void)state;
	terms("xterm-256color");
	/* SGR mouse where terminfo says kmous=\E[< */
	is("\033[<0;5;9M", "press 1 at 4,8 mods 0");
	is("\033[<0;5;9m", "release 1 at 4,8 mods 0");
	/* 17 parameters and more */
	is("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18Az", "z");
	is("\033[?64;1;2;6;9;15;16;17;18;21;22;28;29;30;31;32;33cz", "z");
	/* private leaders */
	is("\033[?1Az", "z");
	is("\033[>1;2Pz", "z");
	is("\033[=1Az\033[<1Az", "z|z");
	is("\033[>41;354;0cz", "z");
	/* a character without a number */
	is("\033[;2uz", "z");
	is("\033[uz", "z");
	is("\033[27;5;~z", "z");
	is("\033[27;5~z", "z");
	is("\033[1114112uz\033[9999999uz", "z|z");
	/* OSC ended by BEL and by ST, DCS, APC, PM, SOS */
	is("\033]11;rgb:1e1e/1e1e/1e1e\007z", "z");
	is("\033]11;rgb:1e1e/1e1e/1e1e\033\\z", "z");
	is("\033P1+r544e=787465726d\033\\z", "z");
	is("\033_Gi=31;OK\033\\z", "z");
	is("\033^hello\033\\z", "z");
	is("\033Xhello\033\\z", "z");
	/* mode reports */
	is("\033[?2026;2$yz", "z");
	/* where the cursor is, not M-C-F3 */
	is("\033[5;7Rz", "z");
	is("\033[1;5R", "C-F3");
	/* a released key, of a protocol never asked for */
	is("\033[97;1:3uz", "z");
	/* the wheel's other ways */
	is("\033[<66;1;1M", "wheel 6 at 0,0 mods 0");
	is("\033[<67;1;1M", "wheel 7 at 0,0 mods 0");
	/* function keys with modifiers, by terminfo's numbers */
	is("\033[15;2~", "S-F5");
	is("\033[1;5P", "C-F1");
	is("\033[24;6~", "C-S-F12");
	is("\033[1;3Q", "M-F2");
	/* Escape never has modifiers */
	is("\033\033", "Esc|Esc");
	is("\033\033\033", "Esc|Esc|Esc");
	/* both backspaces */
	is("\010", "C-h");
	is("\177", "Backspace");
	/* introducers that are keys */
	is("\033[", "M-[");
	is("\033O", "M-O");
	is("\033]", "M-]");
	is("\033P", "M-P");
	/* names of our own */
	is("\t\r\033[Z", "Tab|Enter|S-Tab");
	/* mouse past column 223 and line 1023 */
	is("\033[<0;4000;2000M", "press 1 at 3999,1999 mods 0");
}

static void plain_keys(void **state)
{
	(void)state;
	terms("xterm-256color");
	is("aZ?~ ", "a|Z|?|~|Space");
	is("\001\003\032\034\035\036\037", "C-a|C-c|C-z|C-\\|C-]|C-^|C-_");
	is("\xc3\xa9\xe5\x86\x85\xf0\x9f\x98\x80",
		"\xc3\xa9|\xe5\x86\x85|\xf0\x9f\x98\x80");
	is("\033x\033\xc3\xa9\033\177\033\r",
		"M-x|M-\xc3\xa9|M-Backspace|M-Enter");
	is("\033OA\033[A\033OH\033[F", "Up|Up|Home|End");
	is("\033[5~\033[6~\033[3~\033[2~", "PgUp|PgDn|Delete|Insert");
	is("\033[1;5A\033[1;2B\033[1;3C\033[1;6D",
		"C-Up|S-Down|M-Right|C-S-Left");
	is("\033OP\033OQ\033OR\033OS\033[15~\033[21~", "F1|F2|F3|F4|F5|F10");
	is("\033[97;5u\033[13;2u\033[27;5;9~", "C-a|S-Enter|C-Tab");
	is("\033[27u", "Esc");
	is("\033OM\033Op", "Enter|0");
}

static void nul_is_ctrl_space(void **state)
{
	char got[64];

	(void)state;
	terms("xterm-256color");
	events_of("\0z", 2, 2, got, sizeof(got));
	assert_string_equal(got, "C-Space|z");
}

static void other_terminals(void **state)
{
	(void)state;
	terms("linux");
	is("\033[[A\033[[E\033[17~", "F1|F5|F6");
	is("\033[[Zz", "z");
	terms("rxvt");
	is("\033[11~\033[7~\033[8~", "F1|Home|End");
	is("\033[3$z", "S-Delete|z");
	is("\033[9$z", "z");
	terms("vt100");
	is("\033OA\177", "Up|Backspace");
	terms("tmux-256color");
	is("\033[1~\033[4~\033OP", "Home|End|F1");
}

static void malformed_bytes_vanish(void **state)
{
	(void)state;
	terms("xterm-256color");
	is("\xffz\x80z\xc0\xafz", "z|z|z");
	is("\xe5\x86z", "z");	      /* cut short */
	is("\xe5\x86\033[A", "Up");   /* by a key */
	is("\xed\xa0\x80z", "z");     /* surrogate */
	is("\xf5\x80\x80\x80z", "z"); /* past the end */
	is("\xc2\x9bz", "z");	      /* C1 control */
	is("\033[12\033[A", "Up");    /* a sequence inside a sequence */
	is("\033[12\003", "C-c");     /* a control inside a sequence */
	is("\033]0;x\003", "C-c");    /* and in a string */
	is("\033]0;x\033[A", "Up");   /* a key ends a string */
	is("\033[12\xc3\xa9", "\xc3\xa9");
	is("\033O\xc3\xa9", "\xc3\xa9");
	is("\033[200\033[A", "Up");
	is("\033O5Az", "z");
}

static void long_sequences_vanish(void **state)
{
	char bytes[200] = "\033[", got[64];

	(void)state;
	terms("xterm-256color");
	memset(bytes + 2, '1', 100);
	strcpy(bytes + 102, "Az");
	events_of(bytes, strlen(bytes), 7, got, sizeof(got));
	assert_string_equal(got, "z");
}

static void mouse(void **state)
{
	(void)state;
	terms("xterm-256color");
	is("\033[<1;1;1M\033[<2;1;1M",
		"press 2 at 0,0 mods 0|press 3 at 0,0 mods 0");
	is("\033[<32;7;8M", "drag 1 at 6,7 mods 0");
	is("\033[<64;1;1M\033[<65;1;1M",
		"wheel 4 at 0,0 mods 0|wheel 5 at 0,0 mods 0");
	is("\033[<4;1;1M", "press 1 at 0,0 mods 1");
	is("\033[<8;1;1M", "press 1 at 0,0 mods 2");
	is("\033[<16;1;1M", "press 1 at 0,0 mods 4");
	is("\033[<35;1;1Mz", "z");  /* moved, nothing held */
	is("\033[<128;1;1Mz", "z"); /* buttons that we do not know */
	is("\033[<0;0;1Mz", "z");   /* no such cell */
	is("\033[<0;1Mz", "z");
	is("\033[<0;1;1;1Mz", "z");
	is("\033[<;1;1Mz", "z");
	is("\033[<0;1;99999999999999Mz", "z");
	is("\033[M !!z", "press 1 at 0,0 mods 0|z");
	is("\033[M#!\"z", "release 0 at 0,1 mods 0|z");
	is("\033[M`++z", "wheel 4 at 10,10 mods 0|z");
	is("\033[32;5;5Mz", "z"); /* the form of rxvt, never asked for */
}

static void focus(void **state)
{
	(void)state;
	terms("xterm-256color");
	is("\033[I\033[O", "focus 1|focus 0");
}

static void paste(void **state)
{
	(void)state;
	terms("xterm-256color");
	is("\033[200~q\r\nQ\033[201~z", "paste[q\nQ]|z");
	is("\033[200~a\rb\nc\td\033[201~", "paste[a\nb\nc d]");
	is("\033[200~\033[201~", "paste[]");
	is("\033[200~x\033[20y\003\033[201~", "paste[x[20y]");
	is("\033[200~\xff\xe5\x86\x85\xc2\x9b\033[201~", "paste[\xe5\x86\x85]");
	is("\033[200~never ended", "paste[never ended]");
	is("\033[200~\033\033[201~z", "paste[]|z");
	is("\033[201~z", "z");
}

static void a_long_paste_is_cut(void **state)
{
	struct input *in;
	struct input_event ev;
	char chunk[1000];
	int got = 0;

	(void)state;
	terms("xterm-256color");
	in = input_new(true);
	memset(chunk, 'x', sizeof(chunk));
	input_feed(in, "\033[200~", 6);
	assert_false(input_next(in, &ev));
	for (int i = 0; i < 100; i++) {
		assert_int_equal(
			input_feed(in, chunk, sizeof(chunk)), sizeof(chunk));
		got += input_next(in, &ev);
	}
	assert_int_equal(got, 0);
	input_feed(in, "\033[201~", 6);
	assert_true(input_next(in, &ev));
	assert_int_equal(ev.kind, INPUT_PASTE);
	assert_true(ev.cut);
	assert_int_equal(ev.len, PASTE_MAX);
	assert_int_equal(strlen(ev.text), PASTE_MAX);
	input_delete(in);
}

static void only_what_is_held_has_a_time(void **state)
{
	struct input *in;
	struct input_event ev;

	(void)state;
	terms("xterm-256color");
	in = input_new(true);
	assert_int_equal(input_wait(in), -1);
	input_feed(in, "a\033", 2);
	assert_true(input_next(in, &ev));
	assert_false(input_next(in, &ev));
	assert_int_equal(input_wait(in), 50);
	input_feed(in, "[A", 2);
	assert_true(input_next(in, &ev));
	assert_string_equal(ev.key, "Up");
	assert_int_equal(input_wait(in), -1);
	input_timeout(in);
	assert_false(input_next(in, &ev));
	input_delete(in);
}

static void other_charsets(void **state)
{
	struct input *in;
	struct input_event ev;

	(void)state;
	terms("xterm-256color");
	setlocale(LC_CTYPE, "C");
	in = input_new(false);
	input_feed(in,
		"a\xe9\x9b"
		"b\033[A",
		7);
	assert_true(input_next(in, &ev));
	assert_string_equal(ev.key, "a");
	assert_true(input_next(in, &ev));
	assert_string_equal(ev.key, "b");
	assert_true(input_next(in, &ev));
	assert_string_equal(ev.key, "Up");
	input_delete(in);
}

static void no_term_is_no_abort(void **state)
{
	(void)state;
	unsetenv("TERM");
	assert_null(input_new(true));
	terms("no-such-terminal");
	is("a\033[A", "a|Up");
}

/* -- names --------------------------------------------------------------------
 */

static void named(const char *text, const char *want)
{
	struct input_event ev = { 0 };

	assert_true(keyname_parse(text, &ev));
	assert_string_equal(ev.key, want);
}

static void names_as_people_write_them(void **state)
{
	static const char *const same[] = { "s", "S", "?", "-", "<", ">", "^",
		"C-c", "C--", "M-x", "C-M-x", "S-Tab", "F1", "F60", "Enter",
		"Esc", "Space", "C-Space", "Backspace", "PgUp", "C-S-Up",
		"\xe5\x86\x85" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		named(same[i], same[i]);
	named("<C-c>", "C-c");
	named("^C", "C-c");
	named("Ctrl-C", "C-c");
	named("C-C", "C-c");
	named("A-x", "M-x");
	named("Alt-Shift-Left", "M-S-Left");
	named("M-C-x", "C-M-x");
	named("S-a", "A");
	named("PageUp", "PgUp");
	named("return", "Enter");
	named("Escape", "Esc");
	named("C-i", "Tab");
	named("C-m", "Enter");
	named("^[", "Esc");
	named("f12", "F12");
}

static void what_is_no_name(void **state)
{
	static const char *const bad[] = { "", "F0", "F61", "F01", "F1x", "Foo",
		"C-", "ab", "C-ab", "\033", "\xff", "<>x", "M-C-" };
	struct input_event ev = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (keyname_parse(bad[i], &ev))
			fail_msg("\"%s\" is %s", bad[i], ev.key);
}

static void characters_can_be_inserted(void **state)
{
	struct input_event ev = { 0 };

	(void)state;
	keyname_parse("Space", &ev);
	assert_int_equal(ev.ch, ' ');
	keyname_parse("x", &ev);
	assert_int_equal(ev.ch, 'x');
	keyname_parse("C-x", &ev);
	assert_int_equal(ev.ch, 0);
	keyname_parse("M-x", &ev);
	assert_int_equal(ev.ch, 0);
	keyname_parse("Enter", &ev);
	assert_int_equal(ev.ch, 0);
}

/* -- fuzz ---------------------------------------------------------------------
 */

static unsigned seed;

static unsigned next_random(unsigned below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Bytes that make sequences likely, or any. */
static char random_byte(void)
{
	static const char likely[] =
		"\033\033\033[[[OP]<>?=;:0129M~ABIOuRZmy$\\"
		"\007\030 200~201~\xc3\xa9\xe5";

	if (next_random(8) == 0)
		return (char)next_random(256);
	return likely[next_random(sizeof(likely) - 1)];
}

static void check_event(const struct input_event *ev)
{
	assert_in_range(ev->kind, INPUT_KEY, INPUT_PASTE);
	if (ev->kind == INPUT_KEY) {
		struct input_event again = { 0 };

		assert_true(memchr(ev->key, 0, sizeof(ev->key)) != NULL);
		assert_true(keyname_parse(ev->key, &again));
		assert_string_equal(again.key, ev->key);
	}
	if (ev->kind == INPUT_PASTE)
		assert_int_equal(strlen(ev->text), ev->len);
	if (ev->kind == INPUT_MOUSE) {
		assert_in_range(ev->mouse.x, 0, 65534);
		assert_in_range(ev->mouse.y, 0, 65534);
	}
}

/* After any bytes and silence, a key is that key. */
static void still_alive(struct input *in)
{
	struct input_event ev;

	while (input_next(in, &ev))
		check_event(&ev);
	for (int i = 0; input_wait(in) >= 0; i++) {
		assert_in_range(i, 0, 3);
		input_timeout(in);
		while (input_next(in, &ev))
			check_event(&ev);
	}
	input_feed(in, "z", 1);
	assert_true(input_next(in, &ev));
	assert_string_equal(ev.key, "z");
}

static void random_bytes(void **state)
{
	static const char *const names[] = { "xterm-256color", "linux", "rxvt",
		"screen", "vt100" };
	const char *rounds = getenv("FUZZ_ROUNDS");
	int n = rounds ? atoi(rounds) : 20000;

	(void)state;
	for (size_t t = 0; t < sizeof(names) / sizeof(names[0]); t++) {
		struct input *in;

		terms(names[t]);
		in = input_new(t != 1);
		for (int i = 0; i < n; i++) {
			char bytes[64];
			size_t len = 1 + next_random(sizeof(bytes));

			for (size_t k = 0; k < len; k++)
				bytes[k] = random_byte();
			assert_int_equal(input_feed(in, bytes, len), len);
			still_alive(in);
		}
		input_delete(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_termkey_mishandles),
		cmocka_unit_test(plain_keys),
		cmocka_unit_test(nul_is_ctrl_space),
		cmocka_unit_test(other_terminals),
		cmocka_unit_test(malformed_bytes_vanish),
		cmocka_unit_test(long_sequences_vanish),
		cmocka_unit_test(mouse),
		cmocka_unit_test(focus),
		cmocka_unit_test(paste),
		cmocka_unit_test(a_long_paste_is_cut),
		cmocka_unit_test(only_what_is_held_has_a_time),
		cmocka_unit_test(other_charsets),
		cmocka_unit_test(no_term_is_no_abort),
		cmocka_unit_test(names_as_people_write_them),
		cmocka_unit_test(what_is_no_name),
		cmocka_unit_test(characters_can_be_inserted),
		cmocka_unit_test(random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
