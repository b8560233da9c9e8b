/* Workers: real processes that share, copy and end as they are told. */
#include "live/worker.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct crew *crew;
static struct worker_reply reply;

static int begin(void **state)
{
	static const struct crew_config config = {
		.base = CREW_WINDOW, .pages = CREW_WINDOW_PAGES, .room = 4
	};

	(void)state;
	crew = crew_begin(&config);
	return !crew || !crew_spawn(crew, 0);
}

static int end(void **state)
{
	(void)state;
	crew_end(crew);
	return 0;
}

static uint64_t at(unsigned page)
{
	return CREW_WINDOW + (uint64_t)page * PAGE_SIZE;
}

static int run(unsigned n, const struct op *op, unsigned child)
{
	assert_true(crew_run(crew, n, op, child, &reply));
	return reply.status;
}

static int map(unsigned n, unsigned page, unsigned pages, uint64_t file)
{
	struct op op = { .id = OP_MMAP };

	op_set(&op, "addr", at(page));
	op_set(&op, "len", (uint64_t)pages * PAGE_SIZE);
	op_set(&op, "fixed", 1);
	if (file) {
		op_set(&op, "file", file);
		op_set(&op, "shared", 1);
	}
	return run(n, &op, 0);
}

static int put(unsigned n, unsigned page, uint64_t value)
{
	struct op op = { .id = OP_WRITE };

	op_set(&op, "addr", at(page));
	op_set(&op, "value", value);
	return run(n, &op, 0);
}

static uint64_t get(unsigned n, unsigned page)
{
	struct op op = { .id = OP_READ };

	op_set(&op, "addr", at(page));
	assert_int_equal(run(n, &op, 0), 0);
	return reply.value;
}

static int make(unsigned n, enum op_id id, unsigned child)
{
	struct op op = { .id = (uint16_t)id };

	if (id == OP_CLONE)
		op_set(&op, "vm", 1);
	return run(n, &op, child);
}

/* A fork's writes are its own, a clone's are everybody's. */
static void test_fork_and_clone(void **state)
{
	(void)state;
	assert_int_equal(map(0, 3, 2, 0), 0);
	assert_int_equal(put(0, 3, 7), 0);
	assert_int_equal(make(0, OP_FORK, 1), 0);
	assert_int_equal(make(0, OP_CLONE, 2), 0);
	assert_int_equal(put(1, 3, 8), 0);
	assert_int_equal(get(0, 3), 7);
	assert_int_equal(put(2, 3, 9), 0);
	assert_int_equal(get(0, 3), 9);
	assert_int_equal(get(1, 3), 8);
	assert_int_equal(make(2, OP_EXIT, 0), 0);
	assert_null(crew_proc(crew, 2));
	assert_int_equal(get(0, 3), 9);
	assert_int_equal(make(2, OP_FORK, 3), -ESRCH);
}

/* A vfork's parent waits until its child has ended. */
static void test_vfork(void **state)
{
	(void)state;
	assert_int_equal(map(0, 3, 1, 0), 0);
	assert_int_equal(make(0, OP_VFORK, 1), 0);
	assert_int_equal(put(0, 3, 1), -EBUSY);
	assert_int_equal(put(1, 3, 5), 0);
	assert_int_equal(make(1, OP_EXIT, 0), 0);
	assert_int_equal(get(0, 3), 5);
}

static void test_bad_access(void **state)
{
	(void)state;
	assert_int_equal(put(0, 3, 1), STATUS_SIGSEGV);
	assert_int_equal(map(0, 3, 1, 0), 0);
	assert_int_equal(put(0, 3, 1), 0);
	assert_int_equal(reply.faults, 1);
	assert_int_equal(put(0, 3, 2), 0);
	assert_int_equal(reply.faults, 0);
}

static void use_file(bool tmpfs)
{
	struct op op = { .id = OP_FILE, .text = "data" };
	uint64_t file;

	op_set(&op, "pages", 3);
	op_set(&op, "tmpfs", tmpfs);
	assert_int_equal(run(0, &op, 0), 0);
	file = reply.value;
	assert_int_equal(map(0, 3, 4, file), 0);
	assert_int_equal(VALUE_TAG(get(0, 5)), VALUE_FILE);
	assert_int_equal(get(0, 5) & 0xffffff, 2);
	assert_int_equal(put(0, 6, 1), STATUS_SIGBUS);
	assert_int_equal(put(0, 4, 77), 0);
	op = (struct op){ .id = OP_PREAD, .subject = (uint32_t)file };
	op_set(&op, "page", 1);
	assert_int_equal(run(0, &op, 0), 0);
	assert_int_equal(reply.value, 77);
	op_set(&op, "page", 3);
	assert_int_equal(run(0, &op, 0), STATUS_EOF);
	op = (struct op){ .id = OP_FTRUNCATE, .subject = (uint32_t)file };
	op_set(&op, "pages", 1);
	assert_int_equal(run(0, &op, 0), 0);
	assert_int_equal(put(0, 4, 1), STATUS_SIGBUS);
}

static void test_files(void **state)
{
	(void)state;
	use_file(true);
	use_file(false);
	assert_int_equal(map(0, 20, 1, 9), -EBADF);
}

static void test_text_is_a_word(void **state)
{
	struct op op = { .id = OP_WRITE, .text = "A", .text_value = true };

	(void)state;
	assert_int_equal(map(0, 3, 1, 0), 0);
	op_set(&op, "addr", at(3));
	assert_int_equal(run(0, &op, 0), 0);
	assert_int_equal(get(0, 3), worker_word(&op));
	assert_int_equal(VALUE_TAG(reply.value), VALUE_STRING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fork_and_clone),
		TEST(test_vfork),
		TEST(test_bad_access),
		TEST(test_files),
		TEST(test_text_is_a_word),
	};
	const char *runner = getenv("RUNNER");

	if (runner && *runner) { /* valgrind has no clone of this kind */
		printf("1..0 # SKIP run by another program\n");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
