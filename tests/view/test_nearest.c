/* Misspelt names find what was meant, and nothing is suggested at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/nearest.h"

#include <string.h>

static const char *const names[] = { "spawn", "scene", "say", "scenario",
	"show", "expect", "expect_eq", "expect_error", "mmap", "munmap",
	"mremap", "mprotect", "read", "write", "fork", "exit", "rmap" };

static const char *nearest(const char *wanted)
{
	struct nearest n;

	nearest_start(&n, wanted);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		nearest_try(&n, names[i]);
	return nearest_name(&n);
}

static void misspelt(void **state)
{
	static const char *const pairs[][2] = { { "spwan", "spawn" },
		{ "spawm", "spawn" }, { "wirte", "write" },
		{ "expct", "expect" }, { "mmapp", "mmap" },
		{ "expect_eql", "expect_eq" }, { "scenari", "scenario" },
		{ "mprotcet", "mprotect" }, { "Fork", "fork" } };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(nearest(pairs[i][0]), pairs[i][1]);
}

static void nothing_near(void **state)
{
	char endless[4096];

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = 0;
	assert_null(nearest("frobnicate"));
	assert_null(nearest(""));
	assert_null(nearest("q"));
	assert_null(nearest("xyz"));
	assert_null(nearest(endless));
}

static void of_equals_the_first(void **state)
{
	struct nearest n;

	(void)state;
	nearest_start(&n, "cat");
	nearest_try(&n, "bat");
	nearest_try(&n, "hat");
	assert_string_equal(nearest_name(&n), "bat");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(misspelt),
		cmocka_unit_test(nothing_near),
		cmocka_unit_test(of_equals_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
