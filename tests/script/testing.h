/* What the tests of scripts share: running a text and looking at what came. */
#ifndef TESTS_SCRIPT_TESTING_H
#define TESTS_SCRIPT_TESTING_H

#include "script/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct ran {
	struct source *source;
	struct history *h; /* NULL when unusable */
	enum source_status status;
};

/* Run @text as file @path; @request NULL: nothing special. */
struct ran run_text(const char *path, const char *text,
	const struct source_request *request);
void ran_free(struct ran *r);

/* Running @text as t.lua fails with exactly this message. */
void assert_message(const char *text, size_t length, const char *message);
/* Running @text as t.lua prints exactly this, a line for each print. */
void assert_prints(const char *text, const char *lines);
/* The same in the era of that name. */
void assert_prints_in(const char *era, const char *text, const char *lines);
/* Running @text is OK and all its checks hold, in every era. */
void assert_holds(const char *text);

#endif
