/* The tables of commands and keys, and the reading of command lines. */
#include "lesson.h"

#include "tui/bindings.h"
#include "tui/keyname.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* -- the tables --------------------------------------------------------- */

static void every_command_is_described(void **state)
{
	const struct command *c, *other;

	(void)state;
	for (size_t i = 0; (c = command_at(i)); i++) {
		assert_non_null(c->run);
		assert_non_null(c->args);
		assert_true(c->note && strlen(c->note) > 5);
		for (size_t k = i + 1; (other = command_at(k)); k++)
			assert_string_not_equal(c->name, other->name);
		/* What counts says so. */
		assert_true(!c->counts || c->args[0] == '[' || !*c->args);
	}
}

/* The names that the contract gives. */
static void the_contract_s_commands_exist(void **state)
{
	static const char *const names[] = { "step", "back", "event", "unevent",
		"scene", "unscene", "play", "stop", "goto", "restart", "op",
		"lesson", "branch", "who", "walk", "era", "pane", "zoom",
		"grow", "shrink", "follow", "return", "inspect", "find",
		"filter", "mark", "jump", "theme", "set", "help", "cancel",
		"close", "quit", "suspend", "redraw", "write", "save-screen",
		"save-state", "save-scenario", "bind" };
	char err[200];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!command_find(names[i], strlen(names[i]), err, sizeof(err)))
			fail_msg("%s", err);
}

static void the_contract_s_keys_are_bound(void **state)
{
	static const struct {
		const char *key, *command;
	} keys[] = {
		{ "Space", "step" },
		{ "s", "step" },
		{ "u", "back" },
		{ "S", "step 10" },
		{ ".", "event" },
		{ ",", "unevent" },
		{ "]", "scene" },
		{ "[", "unscene" },
		{ "c", "play" },
		{ "C-c", "stop" },
		{ "U", "goto 0" },
		{ "E", "goto end" },
		{ "R", "restart" },
		{ "o", "op" },
		{ "b", "lesson" },
		{ "B", "branch" },
		{ "w", "who" },
		{ "W", "who all" },
		{ "a", "walk" },
		{ "e", "era" },
		{ "1", "pane 1" },
		{ "2", "pane 2" },
		{ "3", "pane 3" },
		{ "4", "pane 4" },
		{ "5", "pane 5" },
		{ "6", "pane 6" },
		{ "7", "pane 7" },
		{ "8", "pane 8" },
		{ "9", "pane 9" },
		{ "Tab", "pane next" },
		{ "S-Tab", "pane previous" },
		{ "z", "zoom" },
		{ "+", "grow" },
		{ "-", "shrink" },
		{ "h", "left" },
		{ "j", "down" },
		{ "k", "up" },
		{ "l", "right" },
		{ "Left", "left" },
		{ "Down", "down" },
		{ "Up", "up" },
		{ "Right", "right" },
		{ "C-f", "page-down" },
		{ "C-b", "page-up" },
		{ "C-d", "half-down" },
		{ "C-u", "half-up" },
		{ "PgUp", "page-up" },
		{ "PgDn", "page-down" },
		{ "g", "top" },
		{ "G", "bottom" },
		{ "Home", "home" },
		{ "End", "end" },
		{ "Enter", "follow" },
		{ "Backspace", "return" },
		{ "i", "inspect" },
		{ "/", "find" },
		{ "n", "find-next" },
		{ "N", "find-previous" },
		{ "&", "filter" },
		{ "m", "mark" },
		{ "'", "jump" },
		{ "t", "theme" },
		{ "L", "set lang" },
		{ "P", "set presenter" },
		{ "?", "help" },
		{ "F1", "help" },
		{ ":", "command" },
		{ "Esc", "cancel" },
		{ "C-g", "cancel" },
		{ "q", "close" },
		{ "Q", "quit" },
		{ "C-z", "suspend" },
		{ "C-l", "redraw" },
	};

	(void)state;
	bindings_reset();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct binding *b = binding_find(keys[i].key);

		if (!b)
			fail_msg("%s is not bound", keys[i].key);
		assert_string_equal(b->command, keys[i].command);
	}
}

/* Keys have their canonical names and run commands that exist. */
static void every_binding_is_valid(void **state)
{
	const struct binding *b;
	char err[200];

	(void)state;
	bindings_reset();
	for (size_t i = 0; (b = binding_at(i)); i++) {
		struct input_event ev = { 0 };

		assert_true(keyname_parse(b->key, &ev));
		assert_string_equal(ev.key, b->key);
		if (!command_find(b->command, strcspn(b->command, " "), err,
			    sizeof(err)))
			fail_msg("%s: %s", b->key, err);
	}
}

static void the_contract_s_settings_and_panes_exist(void **state)
{
	static const char *const settings[] = { "lang", "questions", "mouse",
		"glyphs", "theme", "speed", "history", "layout", "presenter" };
	static const char *const names[] = { "spaces", "rmap", "frames", "walk",
		"path", "narration", "script", "costs", "timeline", "inspect",
		"help" };

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		assert_non_null(setting_find(settings[i]));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(pane_index(names[i]), i);
	for (int i = 0; panes[i]; i++)
		assert_true(panes[i]->title && strlen(panes[i]->note) > 10);
}

/* -- finding ------------------------------------------------------------ */

static const char *found(const char *name, char *err, size_t size)
{
	const struct command *c = command_find(name, strlen(name), err, size);

	return c ? c->name : NULL;
}

static void prefixes_and_nearest_names(void **state)
{
	char err[300];

	(void)state;
	assert_string_equal(found("sus", err, sizeof(err)), "suspend");
	assert_string_equal(found("op", err, sizeof(err)), "op");
	assert_null(found("un", err, sizeof(err)));
	assert_string_equal(err, "\"un\" may be unevent unscene");
	assert_null(found("fork", err, sizeof(err)));
	assert_null(found("brnach", err, sizeof(err)));
	assert_non_null(strstr(err, "did you mean \"branch\""));
	assert_null(found("xyzzy", err, sizeof(err)));
	assert_non_null(strstr(err, ":help"));
}

static void words_and_quotes(void **state)
{
	struct args args;
	char err[100];

	(void)state;
	assert_true(args_parse(
		&args, "  a \"b c\" 'd \"e' it's \"\" ", err, sizeof(err)));
	assert_int_equal(args.n, 5);
	assert_string_equal(args.word[0], "a");
	assert_string_equal(args.word[1], "b c");
	assert_string_equal(args.word[2], "d \"e");
	assert_string_equal(args.word[3], "it's");
	assert_string_equal(args.word[4], "");
	assert_true(args_parse(&args, "\"a\\\"b\"", err, sizeof(err)));
	assert_string_equal(args.word[0], "a\"b");
	assert_false(args_parse(&args, "\"a", err, sizeof(err)));
	assert_non_null(strstr(err, "not closed"));
}

static void binding_and_unbinding(void **state)
{
	char err[200], keys[80];

	(void)state;
	bindings_reset();
	assert_string_equal(
		binding_keys("step", keys, sizeof(keys)), "Space s S");
	assert_true(binding_set("x", "goto 3", err, sizeof(err)));
	assert_string_equal(binding_find("x")->command, "goto 3");
	assert_true(binding_set("<C-x>", "back", err, sizeof(err)));
	assert_string_equal(binding_find("C-x")->command, "back");
	assert_true(binding_set("s", "", err, sizeof(err)));
	assert_null(binding_find("s"));
	assert_string_equal(
		binding_keys("step", keys, sizeof(keys)), "Space S");
	assert_false(binding_set("nokey", "back", err, sizeof(err)));
	assert_non_null(strstr(err, "no key \"nokey\""));
	bindings_reset();
	assert_string_equal(binding_find("s")->command, "step");
	assert_null(binding_find("x"));
}

/* -- completion --------------------------------------------------------- */

/* All candidates for a line, separated by blanks. */
static const char *completed(struct app *a, const char *line)
{
	static char all[2000];
	const char *word;
	size_t start = 0;

	all[0] = 0;
	a->prompt = PROMPT_COMMAND;
	for (size_t i = 0; (word = command_complete(a, line, i, &start)); i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			i ? " " : "", word);
	a->prompt = PROMPT_NONE;
	return all;
}

static void completion(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	size_t start = 99;

	(void)state;
	lesson_run(a, "goto end");
	assert_string_equal(
		completed(a, "sav"), "save-screen save-state save-scenario");
	assert_string_equal(completed(a, "pane s"), "spaces script swap slab");
	assert_string_equal(completed(a, "set gl"), "glyphs");
	assert_string_equal(completed(a, "set glyphs "), "unicode ascii");
	assert_string_equal(completed(a, "era 2.6"), "2.6.0 2.6.11");
	assert_string_equal(completed(a, "theme p"), "projector");
	assert_string_equal(completed(a, "op ch"), "child");
	assert_string_equal(completed(a, "op child wr"), "write");
	assert_string_equal(completed(a, "op child mmap na"), "name=");
	assert_string_equal(completed(a, "find av"), "av1");
	assert_string_equal(completed(a, "quit "), "");
	a->prompt = PROMPT_COMMAND;
	assert_non_null(command_complete(a, "pane s", 0, &start));
	assert_int_equal(start, 5);
	lesson_close(a);
}

/* -- operations --------------------------------------------------------- */

static bool parse_op(
	struct app *a, const char *line, struct op *op, char *err, size_t size)
{
	struct args args;

	assert_true(args_parse(&args, line, err, size));
	return op_parse(a, &args, op, err, size);
}

static uint64_t arg_of(const struct op *op, const char *name)
{
	const struct op_desc *d = op_desc((enum op_id)op->id);

	for (int i = 0; d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, name)) {
			assert_true(op->given & 1u << i);
			return op->arg[i];
		}
	fail_msg("no argument %s", name);
	return 0;
}

static void operations_as_typed(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	uint64_t heap;
	struct op op;
	char err[300];

	(void)state;
	lesson_run(a, "goto 7");
	heap = history_step(a->h, 2)->value;
	assert_true(parse_op(a, "spawn third", &op, err, sizeof(err)));
	assert_int_equal(op.id, OP_SPAWN);
	assert_string_equal(op.text, "third");

	assert_true(
		parse_op(a, "child write heap[1] C", &op, err, sizeof(err)));
	assert_int_equal(op.id, OP_WRITE);
	assert_int_equal(op.subject, 2);
	assert_int_equal(arg_of(&op, "addr"), heap + PAGE_SIZE);
	assert_true(op.text_value);
	assert_string_equal(op.text, "C");

	assert_true(parse_op(
		a, "2 write value=-5 addr=0x1000", &op, err, sizeof(err)));
	assert_int_equal(arg_of(&op, "addr"), 0x1000);
	assert_false(op.text_value);
	assert_int_equal(arg_of(&op, "value"), 0xfffffffffffbull);

	assert_true(parse_op(a, "child.munmap heap", &op, err, sizeof(err)));
	assert_int_equal(arg_of(&op, "addr"), heap);
	assert_int_equal(arg_of(&op, "len"), 3 * PAGE_SIZE);

	assert_true(parse_op(a, "parent mmap pages=3 prot=r-- name=extra", &op,
		err, sizeof(err)));
	assert_int_equal(arg_of(&op, "len"), 3 * PAGE_SIZE);
	assert_int_equal(arg_of(&op, "prot"), PROT_R);

	assert_true(parse_op(a, "parent mmap 64K", &op, err, sizeof(err)));
	assert_int_equal(arg_of(&op, "len"), 65536);
	assert_true(parse_op(a, "parent mmap 3p", &op, err, sizeof(err)));
	assert_int_equal(arg_of(&op, "len"), 3 * PAGE_SIZE);
	lesson_close(a);
}

static void operations_that_are_wrong(void **state)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
		{ "child wirte heap[1] B", "did you mean \"write\"" },
		{ "nobody write heap[1] B", "no task \"nobody\"" },
		{ "child write", "write needs addr" },
		{ "child write heap[1] B C D", "one argument too many" },
		{ "child write zzz B", "addr: \"zzz\" is no address" },
		{ "child", "which operation of child?" },
		{ "child read 99999999999999999999", "16 hexadecimal" },
		{ "child read heap[99999999999999999999]", "is no address" },
		{ "child read vma4294967297", "is no address" },
		{ "child mmap pages=x", "pages: \"x\" is not a number" },
		{ "child mmap pages=4503599627370496", "4503599627370495" },
		{ "child mmap len=18446744073709551616", "below 2^64" },
		{ "child mmap len=17179869184G", "below 2^64" },
		{ "child mmap len=4KB", "no length" },
		{ "child mmap len=4503599627370496p", "below 2^64" },
		{ "child write heap[0] 999999999999999", "140737488355327" },
		{ "child mmap pagse=3", "did you mean" },
		{ "child mmap x", "is no length" },
		{ "child mprotect heap 4K rq", "is no protection" },
		{ "child madvise heap advice=maybe", "is no advice" },
		{ "", "which operation" },
		{ "spawn a-name-that-is-much-longer-than-allowed", "31 bytes" },
		{ "rmap fffffff", "is no frame" },
	};
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct op op;
		char err[300] = "";

		if (parse_op(a, bad[i].line, &op, err, sizeof(err)))
			fail_msg("%s: accepted", bad[i].line);
		if (!strstr(err, bad[i].says))
			fail_msg("%s: %s", bad[i].line, err);
	}
	lesson_close(a);
}

static void messages_name_what_is_allowed(void **state)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
		{ "goto 7.900", "operation 7 has " },
		{ "goto 99", "steps go from 0 to 8" },
		{ "walk child", "child is a task; which address" },
		{ "walk xyz", "16 hexadecimal digits" },
		{ "select av4294967297", "is no object" },
		{ "select vma4294967297", "is no object" },
	};
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 7");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(command_run(a, bad[i].line));
		if (!strstr(a->message, bad[i].says))
			fail_msg("%s: %s", bad[i].line, a->message);
	}
	lesson_close(a);
	a = lesson_open("batch", 80, 24);
	assert_false(command_run(a, "goto 3.90"));
	assert_non_null(strstr(a->message, "batch 3 has 40 calls"));
	lesson_close(a);
}

/* Without arguments they list, and what is chosen can be changed. */
static void settings_and_keys_are_listed(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "set");
	lesson_shows(a, "questions  on");
	lesson_shows(a, "speed");
	assert_int_equal(a->set.mouse, 1);
	lesson_keys(a, "m Enter");
	assert_int_equal(a->set.mouse, 0);
	lesson_run(a, "bind");
	lesson_shows(a, "S          step 10");
	lesson_keys(a, "Enter");
	assert_int_equal(a->prompt, PROMPT_COMMAND);
	assert_string_equal(lineedit_text(a->line), "bind Space ");
	lesson_keys(a, "Esc");
	/* A key that is a quote can be bound from there, too. */
	lesson_run(a, "bind x step 2");
	assert_non_null(strstr(a->message, "x: step 2"));
	lesson_run(a, "bind x");
	assert_non_null(strstr(a->message, "x runs nothing now"));
	lesson_run(a, "bind \"'\" jump");
	lesson_close(a);
}

static void positions(void **state)
{
	struct pos pos;

	(void)state;
	assert_true(pos_parse("9", &pos));
	assert_int_equal(pos_cmp(pos, pos_after(9)), 0);
	assert_true(pos_parse("9.14", &pos));
	assert_int_equal(pos_cmp(pos, (struct pos){ 9, 14, 0 }), 0);
	assert_true(pos_parse("9.3.2", &pos));
	assert_int_equal(pos_cmp(pos, (struct pos){ 9, 3, 2 }), 0);
	assert_true(pos_parse("9.0", &pos));
	assert_int_equal(pos_cmp(pos, pos_after(8)), 0);
	assert_true(pos_parse("end", &pos));
	assert_false(pos_parse("", &pos));
	assert_false(pos_parse("9.", &pos));
	assert_false(pos_parse("-1", &pos));
	assert_false(pos_parse("9.1.1.1", &pos));
	assert_false(pos_parse("99999999999", &pos));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_described),
		cmocka_unit_test(the_contract_s_commands_exist),
		cmocka_unit_test(the_contract_s_keys_are_bound),
		cmocka_unit_test(every_binding_is_valid),
		cmocka_unit_test(the_contract_s_settings_and_panes_exist),
		cmocka_unit_test(prefixes_and_nearest_names),
		cmocka_unit_test(words_and_quotes),
		cmocka_unit_test(binding_and_unbinding),
		cmocka_unit_test(completion),
		cmocka_unit_test(operations_as_typed),
		cmocka_unit_test(operations_that_are_wrong),
		cmocka_unit_test(messages_name_what_is_allowed),
		cmocka_unit_test(settings_and_keys_are_listed),
		cmocka_unit_test(positions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
