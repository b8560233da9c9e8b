/*
 * The vectors G1 to G8: each line is an event, the chain of the VMA it made
 * and what every anon_vma counts then, in 4.0 and in 6.18.
 */
#include "run.h"

#include <stdio.h>

/* One line.  NULL: not looked at. */
struct line {
	const char *script;
	const char *task;     /* whose VMA at page 10 */
	const char *chain[2]; /* 4.0, 6.18 */
	const char *own[2];
	const char *family[2];
	unsigned avcs; /* 0: not looked at */
};

static const char *const eras[2] = { "4.0", "6.18" };

static const struct line g1[] = {
	{ "map 10-14; touch 10", "P", { "[R]", "[R]" }, { "R", "R" },
		{ "R(2/1)", "R(1/1/1)" }, 1 },
	{ "fork C", "C", { "[C',R]", "[C',R]" }, { "C'", "C'" },
		{ "R(3/2) C'(1/1)", "R(2/1/2) C'(0/1/1)" }, 3 },
	{ "exit", NULL, { 0 }, { 0 },
		{ "R(2/2) C'(1/1)", "R(2/0/2) C'(0/1/1)" }, 2 },
	{ "C: fork G", "G", { "[G',C',R]", "[G',C',R]" }, { "G'", "G'" },
		{ "R(2/3) C'(2/1) G'(1/1)", "R(2/0/3) C'(1/1/1) G'(0/1/1)" },
		5 },
	{ "C: exit", "G", { "[G',C',R]", "[G',C',R]" }, { "G'", "G'" },
		{ "R(2/3) C'(1/1) G'(1/1)", "R(2/0/3) C'(1/0/1) G'(0/1/1)" },
		3 },
	{ "G: fork H", "H", { "[G',C',R]", "[G',C',R]" }, { "C'", "C'" },
		{ "R(2/3) C'(2/1) G'(1/1)", "R(2/0/3) C'(1/1/1) G'(0/1/1)" },
		6 },
	{ "G: exit", "H", { "[G',C',R]", "[G',C',R]" }, { "C'", "C'" },
		{ "R(2/3) C'(2/1) G'(0/1)", "R(2/0/3) C'(1/1/1) G'(0/0/1)" },
		3 },
	{ "H: fork I", "I", { "[G',C',R]", "[G',C',R]" }, { "G'", "G'" },
		{ "R(2/3) C'(2/1) G'(1/1)", "R(2/0/3) C'(1/1/1) G'(0/1/1)" },
		6 },
	{ "H: exit", "I", { "[G',C',R]", "[G',C',R]" }, { "G'", "G'" },
		{ "R(2/3) C'(1/1) G'(1/1)", "R(2/0/3) C'(1/0/1) G'(0/1/1)" },
		3 },
	{ "I: fork J", "J", { "[G',C',R]", "[G',C',R]" }, { "C'", "C'" },
		{ "R(2/3) C'(2/1) G'(1/1)", "R(2/0/3) C'(1/1/1) G'(0/1/1)" },
		6 },
	{ "I: exit", NULL, { 0 }, { 0 }, { 0 }, 3 },
	{ "J: exit", NULL, { 0 }, { 0 }, { "", "" }, 0 },
};

static const struct line g2[] = {
	{ "map 10-14; touch 10; fork C; C: fork G; C: exit", "G",
		{ "[G',C',R]", "[G',C',R]" }, { "G'", "G'" },
		{ "R(3/3) C'(1/1) G'(1/1)", "R(2/1/3) C'(1/0/1) G'(0/1/1)" },
		4 },
	{ "G: fork H", "H", { "[G',C',R]", "[G',C',R]" }, { "C'", "C'" },
		{ "R(3/3) C'(2/1) G'(1/1)", "R(2/1/3) C'(1/1/1) G'(0/1/1)" },
		7 },
	{ "H: fork I", "I", { "[G',C',R]", "[I',G',C',R]" }, { "G'", "I'" },
		{ "R(3/3) C'(2/1) G'(2/1)",
			"R(2/1/4) C'(2/1/1) G'(0/1/1) I'(0/1/1)" },
		0 },
	{ "G: fork G2", "G2", { "[G2',G',C',R]", "[G2',G',C',R]" },
		{ "G2'", "G2'" }, { 0 }, 0 },
};

static const struct line g3[] = {
	{ "map 10-14; touch 10; fork C0; fork C1; fork C2", "C0",
		{ "[C0',R]", "[C0',R]" }, { "C0'", "C0'" },
		{ "R(5/4) C0'(1/1) C1'(1/1) C2'(1/1)",
			"R(4/1/4) C0'(0/1/1) C1'(0/1/1) C2'(0/1/1)" },
		7 },
	{ "exit", NULL, { 0 }, { 0 },
		{ "R(4/4) C0'(1/1) C1'(1/1) C2'(1/1)",
			"R(4/0/4) C0'(0/1/1) C1'(0/1/1) C2'(0/1/1)" },
		6 },
	{ "C0: fork X", "X", { "[X',C0',R]", "[X',C0',R]" }, { "X'", "X'" },
		{ "R(4/5) C0'(2/1) C1'(1/1) C2'(1/1) X'(1/1)",
			"R(4/0/5) C0'(1/1/1) C1'(0/1/1) C2'(0/1/1) X'(0/1/1)" },
		9 },
};

static const struct line g4[] = {
	{ "map 10-14; touch 10; protect 12-14 r", "P", { "[R]", "[R]" },
		{ "R", "R" }, { "R(3/1)", "R(1/2/1)" }, 2 },
	{ "fork C", "C", { "[C',R]", "[C',R]" }, { "C'", "C'" },
		{ "R(5/3) C'(1/1) C'2(1/1)", "R(3/2/3) C'(0/1/1) C'2(0/1/1)" },
		6 },
};

static const struct line g5[] = {
	{ "map 10-14; touch 10; fork A", "A", { "[A',R]", "[A',R]" },
		{ "A'", "A'" }, { 0 }, 3 },
	{ "A: fork B", "B", { "[B',A',R]", "[B',A',R]" }, { "B'", "B'" }, { 0 },
		6 },
	{ "B: fork C", "C", { "[C',B',A',R]", "[C',B',A',R]" }, { "C'", "C'" },
		{ 0 }, 10 },
	{ "C: fork D", "D", { "[D',C',B',A',R]", "[D',C',B',A',R]" },
		{ "D'", "D'" }, { 0 }, 15 },
	{ "D: fork E", "E", { "[E',D',C',B',A',R]", "[E',D',C',B',A',R]" },
		{ "E'", "E'" }, { 0 }, 21 },
};

static void expect_line(const struct line *l, unsigned era)
{
	script(l->script);
	if (l->task) {
		expect_text(chain(l->task, 10), l->chain[era]);
		expect_text(own(l->task, 10), l->own[era]);
	}
	if (l->family[era])
		expect_text(family(), l->family[era]);
	if (l->avcs)
		expect_num(count_avcs(), l->avcs);
}

static void run_lines(const struct line *lines, size_t n)
{
	for (unsigned era = 0; era < 2; era++) {
		begin(eras[era]);
		for (size_t i = 0; i < n; i++)
			expect_line(&lines[i], era);
		finish();
	}
}

#define RUN_LINES(table) run_lines(table, sizeof(table) / sizeof(table[0]))

/* A chain of forks in which each parent exits. */
static void g1_chain_with_exits(void **state)
{
	(void)state;
	RUN_LINES(g1);
}

/* An anon_vma in use is reused in 4.0, not in 6.18. */
static void g2_double_reuse(void **state)
{
	(void)state;
	RUN_LINES(g2);
}

/* Siblings, and a root that is never reused. */
static void g3_siblings(void **state)
{
	(void)state;
	RUN_LINES(g3);
}

/* The tree of G3's root. */
static void g3_tree(void **state)
{
	(void)state;
	for (unsigned era = 0; era < 2; era++) {
		begin(eras[era]);
		script(g3[0].script);
		expect_text(members_of("R"), "P10,C010,C110,C210");
		finish();
	}
}

/* A split before fork: the halves get two anon_vmas in the child. */
static void g4_split(void **state)
{
	(void)state;
	RUN_LINES(g4);
	for (unsigned era = 0; era < 2; era++) {
		begin(eras[era]);
		script("map 10-14; touch 10; protect 12-14 r; fork C");
		expect_text(chain("C", 12), "[C'2,R]");
		expect_text(chain("P", 12), "[R]");
		finish();
	}
}

/* Five generations, all alive. */
static void g5_generations(void **state)
{
	(void)state;
	RUN_LINES(g5);
}

/* The life of a shared page: where P's and C's frames are, and how. */
struct life {
	const char *script;
	const char *where[2]; /* P's, C's; NULL: no such task */
	int mapcount[2];
	const char *pte[2];
	bool exclusive[2]; /* 6.18 */
	unsigned copies;
};

static const struct life lives[] = {
	{ "map 10-14; touch 10", { "R 10", NULL }, { 1, 0 }, { "WDA", NULL },
		{ true, false }, 0 },
	{ "fork C", { "R 10", "R 10" }, { 2, 2 }, { "-DA", "-D-" },
		{ false, false }, 0 },
	{ "C: touch 10", { "R 10", "C' 10" }, { 1, 1 }, { "-DA", "WDA" },
		{ false, true }, 1 },
	{ "touch 10", { "R 10", "C' 10" }, { 1, 1 }, { "WDA", "WDA" },
		{ true, true }, 0 },
	{ "C: exit", { "R 10", NULL }, { 1, 0 }, { "WDA", NULL },
		{ true, false }, 0 },
};

static void expect_life(const struct life *l, bool exclusive)
{
	static const char *const task[2] = { "P", "C" };
	script(l->script);
	expect_num(cost(COST_COPIES), l->copies);
	for (unsigned i = 0; i < 2; i++) {
		if (!l->where[i])
			continue;
		const struct page *p = frame(task[i], 10);
		expect_text(where(task[i], 10), l->where[i]);
		expect_text(pte_text(task[i], 10), l->pte[i]);
		expect_num(page_mapcount(p), l->mapcount[i]);
		expect_num(has_flag(p, PG(ANON_EXCLUSIVE)),
			exclusive && l->exclusive[i]);
	}
}

static void run_lives(const char *era, bool exclusive)
{
	const struct page *first = NULL;
	begin(era);
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		expect_life(&lives[i], exclusive);
		if (!first)
			first = frame("P", 10);
		assert_ptr_equal(frame("P", 10), first);
	}
	finish();
}

/* In 6.18 with AnonExclusive. */
static void g6_shared_page_6_18(void **state)
{
	(void)state;
	run_lives("6.18", true);
}

/* In 4.0 without it. */
static void g7_shared_page_4_0(void **state)
{
	(void)state;
	run_lives("4.0", false);
}

static void fork_and_copy(unsigned children, unsigned copier)
{
	char text[64];
	script("map 10-14; touch 10");
	for (unsigned i = 0; i < children; i++) {
		snprintf(text, sizeof(text), "fork C%u", i);
		script(text);
	}
	snprintf(text, sizeof(text), "C%u: touch 10", copier);
	script(text);
}

static void expect_visits(
	const struct page *p, bool full, unsigned visits, unsigned hits)
{
	expect_num(try_rmap(p, full), 0);
	expect_num(cost(COST_VISITED), visits);
	expect_num(cost(COST_MATCHED), hits);
}

/* Visits with N = 6 children of which number @copier has copied the page. */
static void run_g8(const char *era, unsigned copier, unsigned early)
{
	char name[8];
	begin(era);
	fork_and_copy(6, copier);
	snprintf(name, sizeof(name), "C%u", copier);
	expect_visits(frame(name, 10), true, 1, 1);
	expect_visits(frame(name, 10), false, 1, 1);
	expect_visits(frame("P", 10), true, 7, 6);
	expect_visits(frame("P", 10), false, early, 6);
	finish();
}

/* Full walk, early stop and hits of a shared and of a copied page. */
static void g8_visits(void **state)
{
	(void)state;
	for (unsigned era = 0; era < 2; era++) {
		run_g8(eras[era], 5, 6);
		run_g8(eras[era], 2, 7);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(g1_chain_with_exits),
		cmocka_unit_test(g2_double_reuse),
		cmocka_unit_test(g3_siblings),
		cmocka_unit_test(g3_tree),
		cmocka_unit_test(g4_split),
		cmocka_unit_test(g5_generations),
		cmocka_unit_test(g6_shared_page_6_18),
		cmocka_unit_test(g7_shared_page_4_0),
		cmocka_unit_test(g8_visits),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
