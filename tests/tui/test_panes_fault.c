/*
 * The pane of a fault's decisions: golden texts, the way of each kind of fault
 * in each kernel (T8.1 to T8.9, mm/memory.c), and that a way is one.
 */
#include "stage.h"

#include "tui/panes/fault_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))
enum { E24, E260, E2611, E40, E618 };

#define PAGE 4096ull

/* What is inside of the borders of a pane on 60x16, 80x24 and 120x40. */
static const struct {
	int w, h;
} sizes[] = { { 38, 9 }, { 58, 13 }, { 78, 20 }, { 118, 36 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void check_one(struct stage *st, const char *scene, int w, int h,
	bool ascii)
{
	char name[128];
	char *text;

	stage_draw(st, &pane_fault, w, h, ascii);
	snprintf(name, sizeof(name), "%s-%dx%d%s", scene, w, h,
		ascii ? "-ascii" : "");
	text = stage_text(st);
	golden_check(name, text);
	free(text);
}

/* Is there a line with @what on the way (@lit) or off it? */
static bool has_line(struct stage *st, const char *what, bool lit)
{
	char *text, *line, *rest;
	bool found = false;

	stage_draw(st, &pane_fault, 118, 70, true);
	rest = text = stage_text(st);
	while (!found && (line = strsep(&rest, "\n"))) {
		bool on = line[0] == 'v' || line[0] == '>';

		found = on == lit && strstr(line, what);
	}
	free(text);
	return found;
}

/* -- a story with each kind of fault ------------------------------------- */

struct story {
	struct stage st;
	uint64_t heap, file; /* regions */
	uint32_t child;
};

static void access_page(struct story *s, const char *op, uint32_t pid,
	uint64_t addr, int want)
{
	int status = strcmp(op, "read")
		? stage_op(&s->st, op, pid, "addr", addr, "value", (uint64_t)7,
			  NULL)
		: stage_op(&s->st, op, pid, "addr", addr, NULL);

	assert_int_equal(status, want);
	stage_goto(&s->st, pos_after(history_length(s->st.h)));
}

static void begin(struct story *s, const char *era)
{
	struct machine_config config = { 0 };

	config.era = era_find(era);
	config.ram = 16 << 20;
	config.swap = 1 << 20;
	stage_open_with(&s->st, &config);
	stage_spawn(&s->st, "parent");
	s->heap = stage_mmap(&s->st, 1, 4, "heap");
}

struct want {
	const char *lit[NR_ERAS]; /* a line on the way, by era; NULL: none */
	const char *end;          /* in the first line */
};

static void expect(struct story *s, unsigned era, const struct want *w)
{
	if (w->lit[era] && !has_line(&s->st, w->lit[era], true))
		fail_msg("%s: \"%s\" is not on the way", eras[era],
			w->lit[era]);
	if (!has_line(&s->st, w->end, false))
		fail_msg("%s: it does not end with %s", eras[era], w->end);
}

#define EACH(text)                                                             \
	{                                                                      \
		text, text, text, text, text                                   \
	}

/* T8.1, T8.2: zero page, its copy, a first write. */
static const struct want zero_read = { EACH("the zero page, read-only"),
	"a minor fault" };
static const struct want zero_write = { EACH("the zero page: nothing to copy"),
	"a minor fault" };
static const struct want first_write = { EACH("a new frame of zeros"),
	"a minor fault" };
/* T8.5: the first writer copies, the second reuses. */
static const struct want cow_copy = { EACH("no (count 2): copied"),
	"a minor fault" };
static const struct want cow_reuse = { EACH("yes (count 1): written in place"),
	"a minor fault" };
/* T8.6 */
static const struct want hole = { EACH("no: SIGSEGV, SEGV_MAPERR"),
	"SIGSEGV" };
static const struct want denied = { EACH(": SIGSEGV, SEGV_ACCERR"),
	"SIGSEGV" };
static const struct want kernels = { EACH("no: bad_area: SIGSEGV"),
	"SIGSEGV" };
static const struct want beyond = { EACH("beyond the end of the file: SIGBUS"),
	"SIGBUS" };
/* From the disk, in each kernel's words. */
static const struct want file_read = { { "on the disk: it is read",
					       "on the disk: it is read",
					       "on the disk: it is read",
					       "no: the file is asked for it",
					       "no: the file is asked for it" },
	"a major fault" };
/* T8.3: early copy. */
static const struct want file_cow = { { "a private write (frame",
					      "a private write (frame",
					      "a private write (frame",
					      "do_cow_fault, copied at once",
					      "do_cow_fault, copied at once" },
	"fault" };

static void anonymous(struct story *s, unsigned era)
{
	begin(s, eras[era]);
	access_page(s, "read", 1, s->heap, 0);
	expect(s, era, &zero_read);
	access_page(s, "write", 1, s->heap, 0);
	expect(s, era, &zero_write);
	access_page(s, "write", 1, s->heap + PAGE, 0);
	expect(s, era, &first_write);
	s->child = stage_fork(&s->st, 1, "child");
	stage_goto(&s->st, pos_after(history_length(s->st.h)));
	assert_true(has_line(&s->st, "takes no page fault", false));
	access_page(s, "write", s->child, s->heap + PAGE, 0);
	expect(s, era, &cow_copy);
	access_page(s, "write", 1, s->heap + PAGE, 0);
	expect(s, era, &cow_reuse);
}

static void test_anonymous(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct story s;

		anonymous(&s, e);
		stage_close(&s.st);
	}
}

static void test_bad_ends(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct story s;

		begin(&s, eras[e]);
		access_page(&s, "read", 1, 0x1000, STATUS_SIGSEGV);
		expect(&s, e, &hole);
		access_page(&s, "write", 1, 0xffffffffffff0000ull,
			STATUS_SIGSEGV);
		expect(&s, e, &kernels);
		stage_op(&s.st, "mprotect", 1, "addr", s.heap, "len", PAGE,
			"prot", (uint64_t)PROT_R, NULL);
		access_page(&s, "write", 1, s.heap, STATUS_SIGSEGV);
		expect(&s, e, &denied);
		stage_op(&s.st, "mprotect", 1, "addr", s.heap, "len", PAGE,
			"prot", (uint64_t)0, NULL);
		access_page(&s, "read", 1, s.heap, STATUS_SIGSEGV);
		expect(&s, e, &denied);
		stage_close(&s.st);
	}
}

static uint64_t map_file(struct story *s, uint32_t file, uint64_t shared)
{
	assert_int_equal(stage_op(&s->st, "mmap", 1, "len", 4 * PAGE, "file",
				 (uint64_t)file, "shared", shared, NULL),
		0);
	return history_step(s->st.h, history_length(s->st.h))->value;
}

static void test_files(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct story s;
		uint32_t file;
		uint64_t own, shared;

		begin(&s, eras[e]);
		file = stage_file(&s.st, "f", 3);
		own = map_file(&s, file, 0);
		shared = map_file(&s, file, 1);
		access_page(&s, "read", 1, own, 0);
		expect(&s, e, &file_read);
		access_page(&s, "write", 1, own + PAGE, 0);
		expect(&s, e, &file_cow);
		access_page(&s, "read", 1, own + 3 * PAGE, STATUS_SIGBUS);
		expect(&s, e, &beyond);
		access_page(&s, "write", 1, own, 0); /* T8.4 */
		assert_true(has_line(&s.st,
			e >= E40 ? "always copied" : "copied", true));
		access_page(&s, "read", 1, shared, 0);
		if (e >= E40) {
			access_page(&s, "write", 1, shared, 0);
			assert_true(has_line(&s.st,
				"do_page_mkwrite, the file is told", true));
		}
		stage_close(&s.st);
	}
}

static void test_swap(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct story s;

		begin(&s, eras[e]);
		access_page(&s, "write", 1, s.heap, 0);
		for (int i = 0; i < 8; i++) /* until it is out */
			stage_op(&s.st, "reclaim", 0, "pages", (uint64_t)64,
				NULL);
		access_page(&s, "read", 1, s.heap, 0);
		assert_true(has_line(&s.st, "a swap entry (slot 1)", true));
		assert_true(has_line(&s.st, "read from the disk", true));
		assert_true(has_line(&s.st, "a major fault", false)); /* T8.9 */
		assert_true(e != E618 ||
			    has_line(&s.st, "ours alone (frame", true));
		stage_close(&s.st);
	}
}

/* mlock: the kernel takes the faults, the one around the position is shown. */
static void test_several(void **state)
{
	struct story s;

	(void)state;
	begin(&s, "4.0");
	assert_int_equal(stage_op(&s.st, "mlock", 1, "addr", s.heap, "len",
				 4 * PAGE, NULL),
		0);
	stage_goto(&s.st, pos_after(history_length(s.st.h)));
	assert_true(has_line(&s.st, "fault 4 of 4", false));
	assert_true(has_line(&s.st, "by get_user_pages", false));
	assert_true(stage_goto_event(&s.st, EV_ZERO_FILL, 2));
	assert_true(has_line(&s.st, "fault 2 of 4", false));
	assert_true(has_line(&s.st, "a new frame of zeros", true));
	assert_true(stage_goto_event(&s.st, EV_CALL, 1));
	assert_true(has_line(&s.st, "fault 1 of 4", false));
	assert_false(has_line(&s.st, "a new frame of zeros", true));
	stage_close(&s.st);
}

/* -- a way is one --------------------------------------------------------- */

/* Rows whose answers shut one another out. */
static bool is_choice(const struct fault_row *row)
{
	static const char *const asks[] = { "access allowed?", "a write?",
		"ours alone?", "a stack above?", "may it grow?", "what for?" };

	for (size_t i = 0; row->ask && i < sizeof(asks) / sizeof(asks[0]); i++)
		if (!strcmp(row->ask, asks[i]))
			return true;
	return false;
}

static void check_way(const struct stage *st)
{
	struct fault_way way;

	if (!fault_find(&way, &st->look))
		return;
	for (unsigned i = 0; i < nr_fault_rows; i++) {
		int parent = fault_parent(&way, i);
		unsigned answers = 0;

		assert_true(way.exists[i] || !way.by[i]);
		if (!fault_lit(&way, &st->look, i))
			continue;
		if (parent >= 0 && !way.fault.by_kernel) {
			assert_true(fault_lit(&way, &st->look,
				(unsigned)parent));
			assert_true(way.by[parent] <= way.by[i]);
		}
		for (unsigned k = i + 1; k < nr_fault_rows; k++)
			answers += fault_parent(&way, k) == (int)i &&
				   fault_lit(&way, &st->look, k);
		assert_true(!is_choice(&fault_rows[i]) || answers <= 1);
	}
}

/* At each event of each operation. */
static void test_a_way_is_one(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct story s;

		anonymous(&s, e);
		access_page(&s, "read", 1, 0x1000, STATUS_SIGSEGV);
		for (int i = 0; i < 4; i++)
			stage_op(&s.st, "reclaim", 0, "pages", (uint64_t)8,
				NULL);
		access_page(&s, "write", 1, s.heap + PAGE, 0);
		access_page(&s, "read", s.child, s.heap, 0);
		for (uint32_t op = 1; op <= history_length(s.st.h); op++) {
			uint32_t n = history_event_count(s.st.h, op);

			for (uint32_t k = 1; k <= n; k++) {
				stage_goto(&s.st, (struct pos){ op, k, 0 });
				check_way(&s.st);
			}
		}
		stage_close(&s.st);
	}
}

/* Each row of the table can be reached in some kernel, or says why not: only
 * the kernel's own faults and what takes a race have no test above. */
static void test_depths(void **state)
{
	(void)state;
	for (unsigned i = 1; i < nr_fault_rows; i++) {
		assert_true(fault_rows[i].depth >= 1);
		assert_true(fault_rows[i].depth <= fault_rows[i - 1].depth + 1);
		assert_true(fault_rows[i].label || fault_rows[i].fn >= 0);
	}
}

static void test_pictures(void **state)
{
	struct story s;

	(void)state;
	anonymous(&s, E618);
	stage_goto(&s.st, pos_after(7));
	for (unsigned i = 0; i < NR_SIZES; i++)
		for (int ascii = 0; ascii < 2; ascii++)
			check_one(&s.st, "fault-cow", sizes[i].w, sizes[i].h,
				ascii);
	assert_true(stage_goto_event(&s.st, EV_FOUND_VMA, 1));
	check_one(&s.st, "fault-under-way", 78, 20, false);
	stage_goto(&s.st, pos_after(6));
	check_one(&s.st, "fault-none", 78, 20, false);
	stage_goto(&s.st, (struct pos){ 0, WHOLE, 0 });
	check_one(&s.st, "fault-nothing", 58, 13, false);
	stage_close(&s.st);
	for (unsigned e = 0; e < NR_ERAS; e++) {
		char name[64];

		anonymous(&s, e);
		stage_goto(&s.st, pos_after(4));
		snprintf(name, sizeof(name), "fault-tree-%s", eras[e]);
		check_one(&s.st, name, 100, 60, false);
		stage_close(&s.st);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anonymous),
		cmocka_unit_test(test_bad_ends),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_a_way_is_one),
		cmocka_unit_test(test_depths),
		cmocka_unit_test(test_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
