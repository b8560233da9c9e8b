/* What a recording looks like as a scenario; names from outside stay text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live/scenario.h"

#include <string.h>

static struct recording rec;
static struct buf text;

static int start(void **state)
{
	(void)state;
	rec = (struct recording){ .faults = true };
	return 0;
}

static int finish(void **state)
{
	(void)state;
	recording_free(&rec);
	buf_free(&text);
	return 0;
}

static void has(const char *what)
{
	if (!strstr(text.data, what))
		fail_msg("no '%s' in:\n%s", what, text.data);
}

static void has_not(const char *what)
{
	if (strstr(text.data, what))
		fail_msg("'%s' in:\n%s", what, text.data);
}

static uint32_t task(const char *name)
{
	uint32_t t = recording_task(&rec, 100 + (int)rec.nr_tasks, false);

	rec.task[t].name = recording_text(&rec, name);
	return t;
}

static void op(struct rec_op o)
{
	assert_true(recording_add(&rec, &o));
}

static void write_it(const char *command, bool unfolded)
{
	struct scenario_request req = { .command = command,
		.unfolded = unfolded };

	assert_true(scenario_write(&text, &rec, &req));
}

static void a_program(const char *name, const char *path)
{
	task(name);
	op((struct rec_op){ .kind = REC_SPAWN, .to = 0x555555560000,
		.other = recording_text(&rec, path) });
	op((struct rec_op){ .kind = REC_IMAGE, .addr = 0x555555554000,
		.len = 0x2000, .prot = 5, .more = 3,
		.other = recording_file(&rec, path, 1, 2, 9) });
}

static void plain_program(void **state)
{
	(void)state;
	a_program("true", "/bin/true");
	op((struct rec_op){ .kind = REC_MMAP, .addr = 0x7ffff7fc0000,
		.len = 0x4000, .prot = 3, .other = REC_NONE,
		.flags = REC_NORESERVE });
	for (uint64_t i = 0; i < 3; i++)
		op((struct rec_op){ .kind = REC_WRITE, .what = 7 + i,
			.addr = 0x7ffff7fc0010 + i * 4096 });
	op((struct rec_op){ .kind = REC_READ, .addr = 0x7ffff7fc3abc });
	op((struct rec_op){ .kind = REC_EXIT, .what = 3 << 8 });
	write_it("true", false);
	has("p[1] = spawn \"true\"\n");
	has("f[1] = file(\"true\", 9) -- /bin/true\n");
	has("\tp[1]:mmap { addr = at(0x555555554000), fixed = true, "
	    "len = 0x2000, prot = \"r-x\", file = f[1], pgoff = 3 } -- true\n");
	has("\np[1]:mmap { addr = at(0x7ffff7fc0000), len = 0x4000, "
	    "prot = \"rw-\", noreserve = true } -- memory\n");
	has("for i = 0, 2 do p[1]:write(at(0x7ffff7fc0000) + i * 4096, 7 + i) "
	    "end\n");
	has("p[1]:read(at(0x7ffff7fc3abc))\n");
	has("p[1]:exit() -- status 3\n");
	has("\"2.6.11\"");
}

/* What a stranger may call his files and programs. */
static void hostile_names(void **state)
{
	const char *evil = "/tmp/x\"]]\nos.exit() --[[\r\\\x01\xff";

	(void)state;
	a_program("\") os.exit() --\n", evil);
	op((struct rec_op){ .kind = REC_REMARK,
		.other = recording_text(&rec, "mmap of a\nspawn 'b'") });
	write_it("x \"\n y", false);
	has_not("\nos.exit");
	has_not("\nspawn");
	has("\"\\\") os.exit() --?\"");
	has("-- mmap of a?spawn 'b'\n");
	has("x\\\"]]\\nos.exit() --[[\\013\\\\\\001\\255");
	has_not("\r");
	has_not("\xff");
	has("Recorded: x \\\"\\n y");
}

static void long_names(void **state)
{
	(void)state;
	a_program("a-name-that-is-as-long-as-it-may-be-and-longer",
		"/bin/ein-langer-name-mit-umlauten-\xc3\xbc\xc3\xbc\xc3\xbc");
	write_it("x", false);
	has("spawn \"a-name-that-is-as-long-as\"\n");
	has("file(\"ein-langer-name-mit-umlauten-\xc3\xbc\", 9)");
}

static void forks(void **state)
{
	(void)state;
	a_program("sh", "/bin/sh");
	op((struct rec_op){ .kind = REC_FORK, .other = task("sh") });
	op((struct rec_op){ .kind = REC_WRITE, .task = 1, .what = 1,
		.addr = 0x555555555000, .flags = REC_COPIED, .other = 0 });
	op((struct rec_op){ .kind = REC_WRITE, .task = 0, .what = 2,
		.addr = 0x555555555000, .flags = REC_COPIED,
		.other = REC_NONE });
	op((struct rec_op){ .kind = REC_EXIT, .task = 1, .what = 9 });
	write_it("sh", false);
	has("p[2] = p[1]:fork \"sh.2\" -- pid 101\n");
	has("scene { en = \"sh forks: sh.2\"");
	has("p[2]:write(at(0x555555555000), 1) -- shared since a fork\n"
	    "expect(page_at(p[2], at(0x555555555000)).pfn ~= "
	    "page_at(p[1], at(0x555555555000)).pfn,\n");
	has("p[1]:write(at(0x555555555000), 2) -- shared since a fork\n\n"
	    "scene { en = \"sh.2 exits\"");
	has("p[2]:exit() -- signal 9\n");
}

static void refused(void **state)
{
	(void)state;
	a_program("true", "/bin/true");
	op((struct rec_op){ .kind = REC_MUNMAP, .err = 22, .addr = 0x123,
		.len = 0x1000, .other = REC_NONE });
	write_it("true", false);
	has("-- refused with EINVAL: p[1] munmap(0x123, 0x1000)\n");
	has_not("p[1]:munmap(at(0x123)");
}

/* The loader's work is one step, or each is one. */
static void folding(void **state)
{
	uint32_t cache;

	(void)state;
	a_program("true", "/bin/true");
	cache = recording_file(&rec, "/etc/ld.so.cache", 1, 5, 4);
	op((struct rec_op){ .kind = REC_MMAP, .addr = 0x7ffff7fb0000,
		.len = 0x4000, .prot = 1, .other = cache });
	op((struct rec_op){ .kind = REC_MUNMAP, .addr = 0x7ffff7fb0000,
		.len = 0x4000, .other = REC_NONE });
	op((struct rec_op){ .kind = REC_BRK, .addr = 0x555555581000,
		.more = 0x555555560000, .other = REC_NONE });
	write_it("true", false);
	has("\tp[1]:munmap(at(0x7ffff7fb0000), 0x4000)\nend)\n");
	has("\texec(p[1], f[1], 9, 3)\n");
	has("\np[1]:brk(at(0x555555581000))\n");
	text.len = 0;
	write_it("true", true);
	has("-- true\nend)\n");
	has("\np[1]:munmap(at(0x7ffff7fb0000), 0x4000)\n");
}

/* Where the simulated heap would be elsewhere it is plain memory. */
static void heap_elsewhere(void **state)
{
	(void)state;
	a_program("true", "/bin/true");
	rec.op[1].addr = 0x400000;
	rec.op[0].to = 0x410000;
	op((struct rec_op){ .kind = REC_BRK, .addr = 0x412800,
		.more = 0x410000, .other = REC_NONE });
	op((struct rec_op){ .kind = REC_BRK, .addr = 0x411000,
		.more = 0x412800, .other = REC_NONE });
	op((struct rec_op){ .kind = REC_BRK, .addr = 0x410001,
		.more = 0x411000, .other = REC_NONE });
	write_it("true", false);
	has("\texec(p[1], f[1], 1, 0)\n");
	has("\np[1]:mmap { addr = at(0x410000), fixed = true, "
	    "len = 0x3000, name = \"[heap]\" } -- brk(0x412800)\n"
	    "p[1]:munmap(at(0x411000), 0x2000) -- brk(0x411000)\n");
	has_not("brk(0x410001)");
}

static void threads(void **state)
{
	(void)state;
	a_program("sh", "/bin/sh");
	op((struct rec_op){ .kind = REC_CLONE, .other = task("sh") });
	op((struct rec_op){ .kind = REC_VFORK, .other = task("ls") });
	op((struct rec_op){ .kind = REC_EXIT, .task = 2 });
	op((struct rec_op){ .kind = REC_WAIT, .other = 2 });
	op((struct rec_op){ .kind = REC_MSYNC, .addr = 0x555555554000,
		.len = 0x1000, .what = 4 | 2 });
	write_it("sh", false);
	has("p[2] = p[1]:clone { vm = true, name = \"sh.2\" } -- tid 101\n");
	has("p[3] = p[1]:vfork \"ls\" -- pid 102\n");
	has("p[1]:wait() -- ls\n");
	has("p[1]:msync(at(0x555555554000), 0x1000, false, true, true)\n");
}

static void too_wide_for_32_bits(void **state)
{
	(void)state;
	a_program("java", "/bin/java");
	op((struct rec_op){ .kind = REC_MMAP, .addr = 0x7f0000000000,
		.len = 8ull << 30, .other = REC_NONE });
	write_it("java", false);
	has_not("\"2.6.11\"");
	has("eras = { \"6.18\", \"4.0\" }");
}

static void full(void **state)
{
	(void)state;
	rec.max_ops = 3;
	a_program("true", "/bin/true");
	op((struct rec_op){ .kind = REC_EXIT });
	assert_false(recording_add(&rec, &(struct rec_op){ 0 }));
	assert_true(rec.full);
	write_it("true", false);
	has("-- Cut after 3 operations");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_program),
		TEST(hostile_names),
		TEST(long_names),
		TEST(forks),
		TEST(refused),
		TEST(folding),
		TEST(heap_elsewhere),
		TEST(threads),
		TEST(too_wide_for_32_bits),
		TEST(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
