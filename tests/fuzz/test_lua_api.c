/*
 * Random calls with random arguments at the whole API: each script is made from
 * a seed, the names come from the program's own tables.  Whatever a script
 * does, the run ends, the machine is consistent and the log can be walked.
 *
 *   test_lua_api [SECONDS [SEED]]
 */
#include "core/check.h"
#include "script/api.h"
#include "script/script.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>

#include <cmocka.h>

#define SECONDS 3
#define STATEMENTS 60
#define DEPTH 3

static double seconds = SECONDS;
static uint64_t seed = 1;

struct gen {
	uint64_t state; /* xorshift */
	FILE *f;
};

static unsigned below(struct gen *g, unsigned n)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (unsigned)(g->state >> 33) % n;
}

static const char *one_of(struct gen *g, const char *const *words)
{
	unsigned n = 0;

	while (words[n])
		n++;
	return words[below(g, n)];
}

static void value(struct gen *g, int depth);

/* An address that may mean something, a size, an edge of what fits. */
static void number(struct gen *g)
{
	static const char *const numbers[] = { "0", "1", "-1", "3", "4096",
		"4097", "0x40000000", "0x7ffff7ffc000", "1 << 40", "1 << 47",
		"math.maxinteger", "math.mininteger", "0.5", "1e300", "0/0",
		"1e15", "r1.addr", "r2.addr + 4096", "r1[0]", "r2[1]", "#r1" };

	fputs(numbers[below(g, sizeof(numbers) / sizeof(*numbers))], g->f);
}

static void string(struct gen *g)
{
	static const char *const strings[] = { "''", "'a'", "'rw-'", "'r'",
		"'none'", "'16K'", "'1G'", "'64Q'", "'dontneed'", "'dontfork'",
		"'wipeonfork'", "'4.0'", "'2.6.11'", "'6.18'", "'pae'",
		"'ENOMEM'", "'SIGSEGV'", "'noreplace'", "'\\0'", "'\\xff'",
		"'页'", "('x'):rep(31)", "('x'):rep(32)", "('%b()'):rep(20)",
		"'\\27[31m'", "'rmap'", "'buddy'" };

	fputs(strings[below(g, sizeof(strings) / sizeof(*strings))], g->f);
}

static void thing(struct gen *g)
{
	static const char *const things[] = { "t1", "t2", "r1", "r2",
		"page_at(t1, r1[0])", "t1:vmas()[1]", "anon_vmas()[1]",
		"machine()", "f1", "f2", "nil", "true", "false", "print", "_G",
		"function() end", "function() t1:write(r1[0], 5) end",
		"function() error('x') end", "coroutine.create(print)",
		"setmetatable({}, {__index = function() return 1 end})",
		"self" };

	fputs(things[below(g, sizeof(things) / sizeof(*things))], g->f);
}

static const char *const keys[] = { "en", "zh", "name", "x", "pages", "len",
	"addr", "fixed", "prot", "answer", "choices", "why", "title", "eras",
	"ram", "zones", "full", "to", "maymove", "swap", "oom_killer",
	"swappiness", "pages_min", "lru_batches", "shared", "file", "pgoff",
	"populate", NULL };

static void table(struct gen *g, int depth)
{
	fputs("{ ", g->f);
	for (unsigned n = below(g, 4); n; n--) {
		if (below(g, 4)) {
			fprintf(g->f, "%s = ", one_of(g, keys));
		}
		value(g, depth - 1);
		fputs(", ", g->f);
	}
	fputs("}", g->f);
}

static void value(struct gen *g, int depth)
{
	unsigned kind = below(g, depth > 0 ? 10 : 8);

	if (kind < 3)
		number(g);
	else if (kind < 5)
		string(g);
	else if (kind < 8)
		thing(g);
	else
		table(g, depth);
}

/* A call's name with its object in front. */
static void callee(struct gen *g)
{
	const struct api_function *f;
	unsigned n = 0, i;

	while (api_function_at(n))
		n++;
	i = below(g, n + 3 * NR_OPS);
	if (i < n) {
		f = api_function_at(i);
		fprintf(g->f, "%s%s",
			strcmp(f->on, "task") == 0   ? "t1:"
			: strcmp(f->on, "file") == 0 ? "f1:"
			: strcmp(f->on, "page") == 0 ? "page_at(t1, r1[0]):"
						     : "",
			f->name);
		return;
	}
	i = 1 + (i - n) % (NR_OPS - 1);
	switch (op_desc((enum op_id)i)->subject) {
	case ON_TASK:
		fputs(below(g, 2) ? "t1:" : "t2:", g->f);
		break;
	case ON_PAGE:
		fputs("page_at(t1, r1[0]):", g->f);
		break;
	case ON_FILE:
		fputs("f1:", g->f);
		break;
	default:
		break;
	}
	fputs(op_call(op_desc((enum op_id)i)), g->f);
}

static void statement(struct gen *g)
{
	unsigned args = below(g, 5);

	fputs("pcall(function() return ", g->f);
	callee(g);
	fputs("(", g->f);
	for (unsigned i = 0; i < args; i++) {
		fputs(i ? ", " : "", g->f);
		value(g, DEPTH);
	}
	fputs(") end)\n", g->f);
}

/* What an argument of that type could sensibly be. */
static void plausible(struct gen *g, enum arg_type type)
{
	static const char *const sensible[][5] = {
		[ARG_ADDR] = { "r1", "r1[0]", "r1[2]", "r2[1]", NULL },
		[ARG_LEN] = { "4096", "'8K'", "16384", "nil", NULL },
		[ARG_PAGES] = { "1", "2", "5", NULL },
		[ARG_PROT] = { "'rw'", "'r'", "'none'", "'rwx'", NULL },
		[ARG_BOOL] = { "true", "false", NULL },
		[ARG_ADVICE] = { "'dontneed'", "'dontfork'", "'dofork'",
			"'wipeonfork'", NULL },
		[ARG_FIXED] = { "true", "false", "'noreplace'", NULL },
		[ARG_VALUE] = { "1", "'B'", "-7", NULL },
		[ARG_NAME] = { "'n'", "'child'", NULL },
		[ARG_PFN] = { "page_at(t1, r1[0])", NULL },
		[ARG_FILE] = { "f1", "f2", NULL },
		[ARG_INDEX] = { "0", "1", "5", "11", NULL },
	};

	if (below(g, 12) == 0)
		value(g, 1);
	else
		fputs(one_of(g, sensible[type]), g->f);
}

/* An operation of the core's table that has a chance to be done. */
static void operation(struct gen *g)
{
	static const char *const on[] = { "t1:", "t2:", "t1:", NULL };
	static const char *const files[] = { "f1:", "f2:", NULL };
	const struct op_desc *d =
		op_desc((enum op_id)(1 + below(g, NR_OPS - 1)));
	const char *comma = "";
	bool table_open = false;

	if (d->id == OP_EXIT && below(g, 4))
		return;
	fprintf(g->f, "pcall(function() return %s%s(",
		d->subject == ON_TASK	? one_of(g, on)
		: d->subject == ON_PAGE ? "page_at(t1, r1[0]):"
		: d->subject == ON_FILE ? one_of(g, files)
					: "",
		op_call(d));
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++) {
		bool positional = op_place(d, i) >= 0;

		if (d->arg[i].optional && below(g, 2))
			continue;
		fputs(comma, g->f);
		if (!positional)
			fprintf(g->f, "%s%s = ", table_open ? "" : "{ ",
				d->arg[i].name);
		table_open |= !positional;
		plausible(g, d->arg[i].type);
		comma = ", ";
	}
	fprintf(g->f, "%s) end)\n", table_open ? " }" : "");
}

/* Fields read and written, objects compared, iterated and called. */
static void abuse(struct gen *g)
{
	static const char *const forms[] = { "%s", "tostring(%s)", "#(%s)",
		"(%s).name", "(%s).x", "(%s)[1]", "(%s)()", "(%s) == t1",
		"(%s) .. ''", "pairs(%s)", "ipairs(%s)", "next(%s)",
		"rawset(%s, 1, 2)", "getmetatable(%s)", "setmetatable(%s, {})",
		"string.format('%%s %%p', %s, {})", "table.concat(%s)",
		"require(%s)", "load(%s)", "select('#', table.unpack(%s))" };
	const char *form = forms[below(g, sizeof(forms) / sizeof(*forms))];

	fputs("pcall(function() return ", g->f);
	for (; *form; form++) {
		if (strncmp(form, "%s", 2) == 0) {
			value(g, 1);
			form++;
		} else if (strncmp(form, "%%", 2) == 0) {
			fputc(*++form, g->f);
		} else {
			fputc(*form, g->f);
		}
	}
	fputs(" end)\n", g->f);
}

static void one_statement(struct gen *g)
{
	static void (*const kinds[])(struct gen * g) = { operation, operation,
		operation, statement, abuse };

	kinds[below(g, sizeof(kinds) / sizeof(*kinds))](g);
}

static char *make_script(uint64_t n)
{
	char *text = NULL;
	size_t size;
	struct gen g = { n * 0x9e3779b97f4a7c15u + 1,
		open_memstream(&text, &size) };

	if (below(&g, 4) == 0) {
		fputs("pcall(scenario, ", g.f);
		table(&g, DEPTH);
		fputs(")\n", g.f);
	}
	fputs("self = {} self.en = self\n"
	      "t1 = spawn 'one'\n"
	      "r1 = t1:mmap { pages = 4 }\n"
	      "t1:write(r1[0], 'A')\n"
	      "f1 = file('f', 6)\n"
	      "f2 = file('g', 3, { tmpfs = true })\n"
	      "t1:mmap { file = f1, pages = 4, shared = true }\n"
	      "t2 = t1:fork 'two'\n"
	      "r2 = t2:mmap { pages = 2, prot = 'r' }\n",
		g.f);
	for (unsigned i = 0; i < STATEMENTS; i++)
		one_statement(&g);
	fclose(g.f);
	return text;
}

/* A script is longer than what cmocka prints of a message. */
static void check_now(struct history *h, const char *text, const char *when)
{
	const struct machine *m = history_machine(h);
	struct check_failure failure;

	if (machine_check(m, &failure))
		return;
	fprintf(stderr, "-- %s\n%s", machine_era(m)->name, text);
	fail_msg("%s: rule %s, %" PRId64 ", not %" PRId64, when, failure.rule,
		(int64_t)failure.got, (int64_t)failure.want);
}

static void check_run(struct history *h, const char *text)
{
	check_now(h, text, "at the end");
	assert_int_equal(history_goto(h, pos_after(0)), 0);
	assert_int_equal(history_goto(h, pos_after(history_length(h))), 0);
	check_now(h, text, "after going back");
}

static uint64_t run_one(uint64_t n)
{
	struct source_request request = { .limit = 2000000,
		.era = era_at((unsigned)(n % 5)) };
	char *text = make_script(n);
	struct source *s = script_source_text("fuzz.lua", text, strlen(text));
	struct history *h;
	uint64_t ops = 0;

	if (source_run(s, &request, &h) != SOURCE_UNUSABLE) {
		ops = history_length(h);
		check_run(h, text);
	} else {
		assert_null(h);
	}
	history_delete(h);
	source_close(s);
	free(text);
	return ops;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_random_scripts(void **state)
{
	double end = now() + seconds;
	uint64_t scripts = 0, ops = 0;

	(void)state;
	do
		ops += run_one(seed + scripts++);
	while (now() < end);
	print_message("%llu scripts, %llu operations\n",
		(unsigned long long)scripts, (unsigned long long)ops);
	/* Scripts that all fail at once would find nothing. */
	assert_true(ops > 10 * scripts);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_scripts),
	};

	if (argc > 1)
		seconds = atof(argv[1]);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
