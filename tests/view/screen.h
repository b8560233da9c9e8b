/* Screens drawn literally, for tests of what is drawn on a canvas. */
#ifndef TESTS_SCREEN_H
#define TESTS_SCREEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "view/canvas.h"

/* @expected: the rows, each ended by a newline, without blanks at its end. */
void check_screen(const struct canvas *cv, const char *expected,
	const char *file, int line);
#define assert_screen(cv, expected)                                            \
	check_screen(cv, expected, __FILE__, __LINE__)

/* A wide character is whole, and nothing else has a shadow. */
void check_cells(const struct canvas *cv);

/* Numbers that are the same on every run: 0 to @below - 1. */
unsigned random_below(uint32_t *state, unsigned below);
/* @len bytes of anything that a text may hold, ended by a 0. */
void random_text(uint32_t *state, char *text, size_t len);

#endif
