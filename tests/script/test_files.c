/* Scenarios as files: names, lists, modules, changes, check, themes, config. */
#include "core/ops.h"
#include "script/api.h"
#include "testing.h"

#include <sys/stat.h>

static char folder[] = "/tmp/rmapscope-test-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[8][256];
	static unsigned next;
	char *p = path[next++ % 8];

	snprintf(p, 256, "%s/%s", folder, name);
	return p;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* -- names and lists ----------------------------------------------------- */

static void test_resolve(void **state)
{
	char err[256], *path;

	(void)state;
	write_file("rmapscope/scripts/fork-own.lua", "scenario {}");
	path = script_resolve("fork-own", err, sizeof(err));
	assert_string_equal(path, path_of("rmapscope/scripts/fork-own.lua"));
	free(path);
	assert_null(script_resolve("fork-onw", err, sizeof(err)));
	assert_string_equal(
		err, "fork-onw: no such scenario; did you mean 'fork-own'?");
	assert_null(script_source("/nowhere/x.lua", err, sizeof(err)));
	assert_string_equal(err, "/nowhere/x.lua: no such file or scenario");
	assert_null(script_source(folder, err, sizeof(err)));
	assert_non_null(strstr(err, ": Is a directory"));
}

static const struct script_entry *entry(
	const struct script_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->entry[i].name, name) == 0)
			return &list->entry[i];
	fail_msg("%s is not in the list", name);
	return NULL;
}

/* A file is run until scenario{} returns and no further. */
static void test_titles(void **state)
{
	struct script_list list;
	char err[256];

	(void)state;
	mkdir(path_of("list"), 0700);
	mkdir(path_of("list/sub"), 0700);
	write_file("list/b.lua", "local n = 1 + 1\nscenario { title = 'B' .. n,"
				 "summary = 's' }\nwhile true do end");
	write_file("list/a.lua", "spawn 'x'\nerror 'never'");
	write_file("list/c.lua", "scenario { titel = 'x' }");
	write_file("list/_m.lua", "error 'never'");
	write_file("list/sub/d.lua", "scenario { title = { en = 'D',"
				     "zh = '丁' } }");
	assert_true(
		script_list_path(&list, path_of("list/"), err, sizeof(err)));
	assert_int_equal(list.count, 4);
	assert_string_equal(list.entry[0].name, "a");
	assert_string_equal(entry(&list, "a")->title.en, "");
	assert_null(entry(&list, "a")->error);
	assert_string_equal(entry(&list, "b")->title.en, "B2");
	assert_string_equal(entry(&list, "b")->summary.en, "s");
	assert_non_null(strstr(entry(&list, "c")->error,
		"c.lua:1: scenario: "
		"unknown option 'titel'; did you mean 'title'?"));
	assert_string_equal(entry(&list, "d")->title.zh, "丁");
	script_list_free(&list);
	assert_false(script_list_path(&list, "/nowhere", err, sizeof(err)));
}

/* -- modules and changes ------------------------------------------------- */

static void test_modules(void **state)
{
	char err[256];
	struct source *s;
	struct history *h;
	struct source_request request = { .limit = 0 };

	(void)state;
	mkdir(path_of("lib"), 0700);
	write_file("main.lua", "local shapes = require 'shapes'\n"
			       "local deep = require 'lib.deep'\n"
			       "expect_eq(require 'shapes', shapes)\n"
			       "deep.run(shapes.name)\n");
	write_file("_shapes.lua", "return { name = 'square' }");
	write_file("lib/_deep.lua", "return { run = function(name)\n"
				    "	spawn(name)\nend }");
	s = script_source(path_of("main.lua"), err, sizeof(err));
	assert_int_equal(source_run(s, &request, &h), SOURCE_OK);
	assert_string_equal(history_step(h, 1)->op.text, "square");
	assert_int_equal(history_step(h, 1)->line, 2);
	assert_string_equal(history_file_name(h, history_step(h, 1)->file),
		path_of("lib/_deep.lua"));
	assert_true(history_note(h, 0)->ok);
	history_delete(h);
	source_close(s);
}

/* The script or a module of it was written again. */
static void test_changed(void **state)
{
	struct source_request request = { .limit = 0 };
	char err[256];
	struct source *s;
	struct history *h;

	(void)state;
	write_file("main.lua", "require 'shapes'\nspawn 'a'");
	write_file("_shapes.lua", "return 1");
	s = script_source(path_of("main.lua"), err, sizeof(err));
	assert_int_equal(source_run(s, &request, &h), SOURCE_OK);
	history_delete(h);
	assert_false(s->ops->changed(s));
	write_file("_shapes.lua", "return 1 -- longer");
	assert_true(s->ops->changed(s));
	write_file("main.lua", "spawn 'a'\nspawn");
	assert_int_equal(source_run(s, &request, &h), SOURCE_FAILED);
	assert_false(s->ops->changed(s));
	history_delete(h);
	unlink(path_of("main.lua")); /* an editor is writing it */
	assert_false(s->ops->changed(s));
	assert_int_equal(source_run(s, &request, &h), SOURCE_UNUSABLE);
	assert_null(h);
	source_close(s);
}

/* -- check --------------------------------------------------------------- */

static void collect(
	void *ctx, const char *file, unsigned line, const char *what)
{
	(void)file;
	fprintf(ctx, "%u: %s\n", line, what);
}

static void assert_check(const char *text, const char *want)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	write_file("check.lua", text);
	script_check(path_of("check.lua"), collect, f);
	fclose(f);
	assert_string_equal(got, want);
	free(got);
}

static void test_check_finds(void **state)
{
	(void)state;
	assert_check("local t = spwan 'x'\n",
		"1: unknown name 'spwan'; did you mean 'spawn'?\n");
	assert_check("scenario { titel = 'x', title = 'y' }\n",
		"1: scenario: unknown option 'titel'; did you mean 'title'?\n");
	assert_check("local t = spawn 't'\nlocal r = t:mmap({ pagse = 1 })\n"
		     "t:mmpa { pages = 1 }\n",
		"2: mmap: unknown option 'pagse'; did you mean 'pages'?\n"
		"3: unknown call 'mmpa'; did you mean 'mmap'?\n");
	assert_check("os.exit()\nprint(string.fromat('x'))\n",
		"1: a script cannot reach the system: no 'os'\n"
		"2: string has no 'fromat'\n");
	assert_check("do local x = 1 end\nprint(x)\n", "2: unknown name 'x'\n");
	assert_check("local t = spawn 't'\nt:mremap(1, 2, 3, { too = 4 })\n",
		"2: mremap: unknown option 'too'; did you mean 'to'?\n");
	assert_check("for i = 1, 2 do\n\tlocal = 3\nend\n",
		"2: <name> expected near '='\n");
	assert_check("file('a', 1, { hloe = true })\n",
		"1: file: unknown option 'hloe'; did you mean 'hole'?\n");
}

static void test_check_missing(void **state)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	(void)state;
	write_file("rmapscope/scripts/fork-own.lua", "scenario {}");
	assert_int_equal(script_check("fork-onw", collect, f), -1);
	assert_int_equal(script_check(folder, collect, f), -1);
	fclose(f);
	assert_string_equal(got,
		"0: no such scenario; did you mean 'fork-own'?\n"
		"0: Is a directory\n");
	free(got);
}

/* What the script itself defines, in any order and in its modules, is known. */
static void test_check_passes(void **state)
{
	(void)state;
	assert_check(script_template(), "");
	write_file("_names.lua", "function from_module() end\n");
	assert_check(
		"require 'names'\n"
		"from_module()\n"
		"local function helper(a, b, ...)\n"
		"	local c <const> = a + b * #{...} // 2 ~ 1\n"
		"	for i = 1, 2 do local d = i end\n"
		"	for k, v in pairs { x = 1, [2] = 3; 'y' } do later(k, "
		"v)"
		" end\n"
		"	repeat local e = 1 until e == 1\n"
		"	while c do break end\n"
		"	if a then return b elseif c then goto out else end\n"
		"	::out::\n"
		"	return -a, not b, ~c\n"
		"end\n"
		"function later(k, v) global = k; obj:own(v) end\n"
		"obj = { own = function(self, v) return self, v end }\n"
		"function obj.other.field() end\n"
		"print(global, (helper(1, 2)), ('x'):rep(3), [[long\n"
		"]] .. [==[ ]] ]==], 0x1p-3, 1e+5, 'it\\'s')\n"
		"--[[ spwan ]] -- spwan\n"
		"local t <close> = nil\n"
		"say { en = 'a', zh = 'b' }\n"
		"show { 'rmap' }\n"
		"ask { 'q', choices = { 'a', 'b' }, answer = 1, why = 'c' }\n"
		"return obj\n",
		"");
}

/* -- themes and settings ------------------------------------------------- */

static void test_themes(void **state)
{
	static const char *const bundled[] = { "colourblind", "dark", "default",
		"light", "mono", "projector" };
	struct theme theme;
	char err[256], **names = script_theme_names();

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		assert_string_equal(names[i], bundled[i]);
		assert_true(script_theme(names[i], &theme, err, sizeof(err)));
	}
	script_names_free(names);
	assert_false(script_theme("drak", &theme, err, sizeof(err)));
	assert_string_equal(err, "drak: no such theme; did you mean 'dark'?");
}

static void assert_theme_fails(const char *text, const char *want)
{
	struct theme theme = theme_builtin;
	char err[512];

	write_file("theme.lua", text);
	assert_false(
		script_theme(path_of("theme.lua"), &theme, err, sizeof(err)));
	assert_non_null(strstr(err, want));
	assert_memory_equal(&theme, &theme_builtin, sizeof(theme));
}

static void test_bad_themes(void **state)
{
	(void)state;
	assert_theme_fails("return 3", ": a theme returns a table, not 3");
	assert_theme_fails("return { colour = 1 }",
		": theme: unknown key 'colour' (allowed: name presenter "
		"styles)");
	assert_theme_fails("return { styles = { text = 3 } }",
		": styles: both a style and its look are strings");
	assert_theme_fails(
		"return { name = 'x', styles = { txet = '' } }", "txet");
	assert_theme_fails("spawn 't'", ":1: unknown name 'spawn'");
	assert_theme_fails("while true do end", ":1: limit reached: ");
}

static bool take_line(void *arg, const char *line, char *err, size_t size)
{
	fprintf(arg, "%s\n", line);
	if (!strstr(line, "nonsense"))
		return true;
	snprintf(err, size, "no such thing");
	return false;
}

static bool run_config(const char *text, char **got, char *err, size_t size)
{
	size_t length;
	FILE *f = open_memstream(got, &length);
	bool ok;

	write_file("config.lua", text);
	ok = script_config(path_of("config.lua"), take_line, f, err, size);
	fclose(f);
	return ok;
}

static void test_config(void **state)
{
	char err[256], *got;

	(void)state;
	assert_true(
		run_config("set { theme = 'dark', questions = false,"
			   "speed = 4, layout = 'a b' }\nbind('x', ':step 3')",
			&got, err, sizeof(err)));
	assert_string_equal(got,
		"set layout \"a b\"\nset questions off\n"
		"set speed 4\nset theme dark\nbind x step 3\n");
	free(got);
	assert_false(
		run_config("\nset { nonsense = 1 }", &got, err, sizeof(err)));
	assert_non_null(strstr(err, "config.lua:2: no such thing"));
	free(got);
	assert_false(run_config("spawn 'x'", &got, err, sizeof(err)));
	free(got);
	assert_true(script_config(NULL, take_line, stderr, err, sizeof(err)));
}

/* -- words --------------------------------------------------------------- */

static char *written(void (*write)(FILE *f))
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	write(f);
	fclose(f);
	return text;
}

/* Every operation stands in both, and the annotations are valid Lua. */
static void test_words(void **state)
{
	char *reference = written(script_reference), *text;

	(void)state;
	text = written(script_annotations);
	for (unsigned id = 1; id < NR_OPS; id++) {
		assert_non_null(strstr(reference, op_call(op_desc(id))));
		assert_non_null(strstr(text, op_call(op_desc(id))));
	}
	write_file("meta.lua", text);
	assert_int_equal(script_check(path_of("meta.lua"), collect, stderr), 0);
	free(text);
	free(reference);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	setenv("XDG_DATA_HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	return mkdir(path_of("rmapscope"), 0700) ||
	       mkdir(path_of("rmapscope/scripts"), 0700);
}

static int tear_down(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_check_finds),
		cmocka_unit_test(test_check_missing),
		cmocka_unit_test(test_check_passes),
		cmocka_unit_test(test_themes),
		cmocka_unit_test(test_bad_themes),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
