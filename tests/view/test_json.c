/* The JSON writer, and text made harmless for a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/json.h"
#include "view/plain.h"

#include <stdlib.h>
#include <string.h>

/* What is written goes here. */
static char *text;
static size_t size;

static int setup(void **state)
{
	*state = open_memstream(&text, &size);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	fclose(*state);
	free(text);
	return 0;
}

static void expect_text(FILE *f, const char *want)
{
	fflush(f);
	assert_string_equal(text, want);
}

static void commas_and_keys(void **state)
{
	struct json j = json_to(*state);

	json_object(&j, NULL);
	json_string(&j, "a", "b");
	json_array(&j, "c");
	json_number(&j, NULL, -1);
	json_count(&j, NULL, UINT64_MAX);
	json_object(&j, NULL);
	json_object_end(&j);
	json_array_end(&j);
	json_bool(&j, "d", true);
	json_null(&j, "e");
	json_string(&j, "f", NULL);
	json_object_end(&j);
	json_line_end(&j);
	json_array(&j, NULL);
	json_array_end(&j);
	json_line_end(&j);
	expect_text(*state,
		"{\"a\":\"b\",\"c\":[-1,18446744073709551615,{}],\"d\":true,"
		"\"e\":null,\"f\":null}\n[]\n");
}

static void hex_has_no_leading_zeros(void **state)
{
	struct json j = json_to(*state);

	json_hex(&j, NULL, 0);
	json_hex(&j, NULL, 0x7ffff7ffd000);
	json_hex(&j, NULL, UINT64_MAX);
	expect_text(
		*state, "\"0x0\",\"0x7ffff7ffd000\",\"0xffffffffffffffff\"");
}

static void strings_are_escaped(void **state)
{
	struct json j = json_to(*state);

	json_string(&j, "\"k\\", "q\"b\\s/\b\f\n\r\t\x1b\x7f");
	expect_text(*state,
		"\"\\\"k\\\\\":\"q\\\"b\\\\s/\\b\\f\\n\\r\\t\\u001b\\u007f\"");
}

static void c1_and_directions_are_escaped(void **state)
{
	struct json j = json_to(*state);

	/* U+009B is CSI in one character; U+202E turns text around. */
	json_string(&j, NULL, "\xc2\x9b \xe2\x80\xae \xe2\x80\xa8");
	expect_text(*state, "\"\\u009b \\u202e \\u2028\"");
}

static void wide_text_stays(void **state)
{
	struct json j = json_to(*state);

	json_string(&j, NULL, "\xe5\x88\x86\xe5\x8f\x89 \xf0\x9f\x98\x80");
	expect_text(*state, "\"\xe5\x88\x86\xe5\x8f\x89 \xf0\x9f\x98\x80\"");
}

static void malformed_bytes_are_replaced(void **state)
{
	struct json j = json_to(*state);

	/* A lone byte, overlong /, a surrogate, a cut sequence. */
	json_string(&j, NULL, "\xff \xc0\xaf \xed\xa0\x80 \xe5\x88");
	expect_text(*state, "\"\\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd "
			    "\\ufffd\\ufffd\"");
}

static void plain_shows_escapes(void **state)
{
	plain_put(*state, "a\x1b[2J\x07\n\tb\xff\xc2\x9b\xe2\x80\xae");
	expect_text(*state, "a\\x1b[2J\\x07\n\tb\\xff\\x9b\\u202e");
}

static void plain_never_reads_beyond(void **state)
{
	plain_put_n(*state, "ab\xe5\x88\x86", 4);
	expect_text(*state, "ab\\xe5\\x88");
}

static void wrap_breaks_at_blanks(void **state)
{
	plain_wrap(*state, "  ", "one two three four five six", 25);
	expect_text(*state, "  one two three four five\n  six\n");
}

static void wrap_breaks_wide_text(void **state)
{
	plain_wrap(*state, "> ",
		"\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b\xe4\xba\x94"
		"\xe5\x85\xad\xe4\xb8\x83\xe5\x85\xab\xe4\xb9\x9d\xe5\x8d\x81"
		"\xe7\x99\xbe",
		22);
	expect_text(*state,
		"> \xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b"
		"\xe4\xba\x94\xe5\x85\xad\xe4\xb8\x83\xe5\x85\xab\xe4\xb9\x9d"
		"\xe5\x8d\x81\n  \xe7\x99\xbe\n");
}

static void wrap_keeps_line_ends(void **state)
{
	plain_wrap(*state, "- ", "a\nb", 80);
	plain_wrap(*state, "- ", "", 80);
	expect_text(*state, "- a\n  b\n- \n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commas_and_keys),
		TEST(hex_has_no_leading_zeros),
		TEST(strings_are_escaped),
		TEST(c1_and_directions_are_escaped),
		TEST(wide_text_stays),
		TEST(malformed_bytes_are_replaced),
		TEST(plain_shows_escapes),
		TEST(plain_never_reads_beyond),
		TEST(wrap_breaks_at_blanks),
		TEST(wrap_breaks_wide_text),
		TEST(wrap_keeps_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
