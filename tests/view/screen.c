/* Screens drawn literally, for tests of what is drawn on a canvas. */
#include "screen.h"

#include "view/writer.h"

#include <string.h>

void check_screen(const struct canvas *cv, const char *expected,
	const char *file, int line)
{
	struct buf b = { 0 };

	single_page(&b, &writer_text, &theme_builtin, cv, "");
	if (strcmp(b.data, expected))
		print_error("wanted\n%s\ngot\n%s\n", expected, b.data);
	_assert_string_equal(b.data, expected, file, line);
	buf_free(&b);
}

void check_cells(const struct canvas *cv)
{
	for (int y = 0; y < cv->h; y++) {
		for (int x = 0; x < cv->w; x++) {
			const struct cell *c = canvas_cell(cv, x, y);
			const struct cell *next = canvas_cell(cv, x + 1, y);
			char utf8[TEXT_UTF8] = "";
			bool wide;

			if (c->ch && c->ch != CELL_SHADOW)
				text_encode(c->ch, utf8);
			wide = text_width(utf8) == 2;
			assert_int_equal(wide, next && next->ch == CELL_SHADOW);
			assert_false(c->lines && c->ch);
			assert_true(c->link <= cv->nr_links);
		}
	}
}

unsigned random_below(uint32_t *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % below;
}

void random_text(uint32_t *state, char *text, size_t len)
{
	static const char *const parts[] = { "a", "<", "&", " ", "\n", "\t",
		"\033[31m", "\x9b", "\xff", "\xe4\xb8", "中", "文", "，", "é",
		"e\xcc\x81", "\xcc\x81", "\xe2\x80\xae", "\xf0\x9f\x98\x80",
		"\xe2\x80\x8d", "─", "█", "▸", "\"", "word", "\x7f" };
	size_t used = 0;

	for (;;) {
		const char *part = parts[random_below(
			state, sizeof(parts) / sizeof(parts[0]))];
		size_t n = strlen(part);

		if (used + n > len)
			break;
		memcpy(text + used, part, n);
		used += n;
	}
	text[used] = 0;
}
