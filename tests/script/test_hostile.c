/*
 * Every script of hostile/ ends as its first line says: a status and, unless it
 * is OK, the exact message.  Whatever happened, the machine is consistent and
 * the log can be walked.
 */
#include "core/check.h"
#include "script/script.h"
#include "testing.h"

#include <dirent.h>
#include <inttypes.h>

#define FOLDER "tests/script/hostile"
/* With a time limit of one second; a second line "-- limit N" sets another. */
#define LIMIT 15000000

static const char *const status_word[] = { "OK", "FAILED", "LIMIT", "STOPPED",
	"UNUSABLE" };

/* The message as the first line writes it: no folder, ESC as \x1b. */
static void plain(char *out, size_t size, const char *message)
{
	FILE *f = fmemopen(out, size, "w");
	size_t n = strlen(FOLDER "/");

	for (const char *p = message; *p;) {
		if (strncmp(p, FOLDER "/", n) == 0)
			p += n;
		else if (*p == '\x1b')
			p += fputs("\\x1b", f) >= 0;
		else
			fputc(*p++, f);
	}
	fputc(0, f);
	fclose(f);
}

static uint64_t read_want(const char *path, char *line, int size)
{
	FILE *f = fopen(path, "r");
	uint64_t limit = LIMIT;

	assert_non_null(f);
	assert_non_null(fgets(line, size, f));
	if (fscanf(f, "-- limit %" SCNu64, &limit) != 1)
		limit = LIMIT;
	fclose(f);
	line[strcspn(line, "\n")] = 0;
	return limit;
}

static void check_log(struct history *h, enum source_status status)
{
	struct check_failure failure;
	size_t notes = history_note_count(h);

	assert_true(machine_check(history_machine(h), &failure));
	if (status != SOURCE_OK)
		assert_int_equal(history_note(h, notes - 1)->kind, NOTE_ERROR);
	assert_int_equal(history_goto(h, pos_after(0)), 0);
}

static bool run_one(const char *path)
{
	char err[256], want[1024], got[1024], message[1000] = "";
	struct source_request request = {
		.limit = read_want(path, want, sizeof(want)),
	};
	struct source *s = script_source(path, err, sizeof(err));
	struct history *h;
	enum source_status status;

	assert_non_null(s);
	status = source_run(s, &request, &h);
	if (s->message)
		plain(message, sizeof(message), s->message);
	snprintf(got, sizeof(got), "-- %s%s%s", status_word[status],
		*message ? " " : "", message);
	if (strcmp(got, want) != 0)
		print_message("%s\n  want %s\n  got  %s\n", path, want, got);
	if (h)
		check_log(h, status);
	history_delete(h);
	source_close(s);
	return strcmp(got, want) == 0;
}

static int is_script(const struct dirent *d)
{
	return *d->d_name != '_' && strstr(d->d_name, ".lua");
}

static void test_messages(void **state)
{
	struct dirent **entry;
	int n = scandir(FOLDER, &entry, is_script, alphasort), bad = 0;

	(void)state;
	assert_true(n > 100);
	for (int i = 0; i < n; i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", FOLDER, entry[i]->d_name);
		bad += !run_one(path);
		free(entry[i]);
	}
	free(entry);
	assert_int_equal(bad, 0);
}

/* Compiled Lua as a file. */
static void test_binary_file(void **state)
{
	static const char binary[] = "\x1bLua\x54\0\x19\x93";

	(void)state;
	assert_message(binary, sizeof(binary) - 1,
		"t.lua:1: this is compiled Lua; a scenario is text");
}

static void test_nul_in_text(void **state)
{
	static const char text[] = "local x = 1\0 local y";

	(void)state;
	assert_message(text, sizeof(text) - 1, "t.lua:1: unexpected symbol");
}

/* A long path is written in full, though Lua shortens it in its own. */
static void test_long_path(void **state)
{
	char path[300], want[400];
	struct ran r;

	(void)state;
	memset(path, 'd', 250);
	strcpy(path + 250, "/x.lua");
	r = run_text(path, "\nlocal a = nil + 1", NULL);
	snprintf(want, sizeof(want),
		"%s:2: attempt to perform arithmetic on a nil value", path);
	assert_string_equal(r.source->message, want);
	ran_free(&r);
	r = run_text(path, "\n\nlocal = 1", NULL);
	snprintf(want, sizeof(want), "%s:3: <name> expected near '='", path);
	assert_string_equal(r.source->message, want);
	ran_free(&r);
}

/* What ran before the failure is kept, with the failure at its place. */
static void test_log_is_kept(void **state)
{
	struct ran r = run_text("t.lua",
		"local t = spawn 't'\nsay 'x'\nt:read(0)\nt:reed(0)", NULL);
	const struct note *last;

	(void)state;
	assert_int_equal(r.status, SOURCE_FAILED);
	assert_int_equal(history_length(r.h), 2);
	last = history_note(r.h, history_note_count(r.h) - 1);
	assert_int_equal(last->kind, NOTE_ERROR);
	assert_int_equal(last->op, 2);
	assert_int_equal(last->line, 4);
	assert_string_equal(
		last->text.en, "a task has no 'reed'; did you mean 'read'?");
	ran_free(&r);
}

static bool stop_after_three(void *ctx, uint32_t ops)
{
	(void)ops;
	return ++*(int *)ctx == 3;
}

/* Ctrl-C: stop() is asked in a loop and in a call that runs no hook. */
static void test_stop(void **state)
{
	static const char *const scripts[] = { "while true do end",
		"local s = ('a'):rep(300)\nprint(s:find(('a*'):rep(20)..'b'))",
		"local t = spawn 't'\nwhile true do t:read(0) end" };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int asked = 0;
		struct source_request request = { .stop = stop_after_three,
			.ctx = &asked };
		struct ran r = run_text("t.lua", scripts[i], &request);

		assert_int_equal(r.status, SOURCE_STOPPED);
		assert_int_equal(asked, 3);
		assert_non_null(strstr(r.source->message, ": stopped"));
		ran_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_binary_file),
		cmocka_unit_test(test_nul_in_text),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_log_is_kept),
		cmocka_unit_test(test_stop),
	};

	if (chdir(SRCDIR) != 0)
		return 2;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
