/*
 * Which VMAs merge.  A1 to A29 were measured on a running 6.18 and follow by
 * rule for 4.0; the eight cases of vma_merge are 2.6.11's.
 */
#include "run.h"

#include <string.h>

/* A step and the VMAs of @task after it, in 4.0 and 6.18. */
struct step {
	const char *id;
	const char *script; /* begins a new machine unless it starts with + */
	const char *task;
	const char *vmas[2];
};

#define SAME(text)                                                             \
	{                                                                      \
		text, text                                                     \
	}

static const char *const eras[2] = { "4.0", "6.18" };

static const struct step steps[] = {
	{ "A1", "map 10-14; touch 10; map 14-18", "P", SAME("10-18rw") },
	{ "A2", "map 10-14; map 14-18 r; touch 10; protect 14-18 rw", "P",
		SAME("10-18rw") },
	{ "A3", "map 10-14; map 14-18 rwx; touch 14; protect 14-18 rw", "P",
		{ "10-14rw 14-18rw", "10-18rw" } },
	{ "A4", "map 10-14; touch 10; map 18-22; touch 18; map 14-18", "P",
		SAME("10-18rw 18-22rw") },
	{ "A5",
		"map 10-14; map 14-18 rwx; touch 10; touch 14; "
		"protect 14-18 rw",
		"P", SAME("10-18rw") },
	{ "A6", "map 10-14; touch 10; map 20-24; touch 20; move 20-24 14", "P",
		SAME("10-14rw 14-18rw") },
	{ "A7", "map 10-14; touch 10; map 20-24; move 20-24 14", "P",
		SAME("10-18rw") },
	{ "A8", "map 10-18; touch 10; touch 15; move 14-18 30", "P",
		SAME("10-14rw 30-34rw") },
	{ "A8 back", "+move 30-34 14", "P", SAME("10-18rw") },
	{ "A9",
		"map 10-18; touch 10; touch 15; move 14-18 30; touch 30; "
		"map 14-18",
		"P", SAME("10-18rw 30-34rw") },
	{ "A10", "map 10-18; touch 10-18; protect 12-14 r", "P",
		SAME("10-12rw 12-14r 14-18rw") },
	{ "A10 back", "+protect 12-14 rw", "P", SAME("10-18rw") },
	{ "A11a", "+fork C; C: protect 12-14 r", "C",
		SAME("10-12rw 12-14r 14-18rw") },
	{ "A11b", "+C: protect 12-14 rw", "C", SAME("10-18rw") },
	{ "A11c", "+C: map 18-22", "C", SAME("10-18rw 18-22rw") },
	{ "A11d", "+C: touch 18", "C", SAME("10-18rw 18-22rw") },
	{ "A12", "+map 18-22", "P", SAME("10-22rw") },
	{ "A13",
		"map 10-14; touch 10-14; advise 10-14 dontneed; map 20-24; "
		"touch 20; move 10-14 24",
		"P", SAME("20-24rw 24-28rw") },
	{ "A14", "map 10-14; read 10; map 20-24; touch 20; move 10-14 24", "P",
		SAME("20-28rw") },
	{ "A15", "map 10-14; map 18-22; map 14-18", "P", SAME("10-22rw") },
	{ "A16",
		"map 10-14; map 14-18 rwx; map 18-22; touch 10; touch 18; "
		"protect 14-18 rw",
		"P", SAME("10-18rw 18-22rw") },
	{ "A17",
		"map 10-14; map 14-18 rwx; map 18-22; touch 18; "
		"protect 14-18 rw",
		"P", SAME("10-22rw") },
	{ "A18",
		"map 10-14; map 14-18 rwx; map 18-22; touch 14; touch 10; "
		"touch 18; protect 14-18 rw",
		"P", SAME("10-22rw") },
	{ "A19", "map 10-14; map 14-18", "P", SAME("10-18rw") },
	{ "A21",
		"map 14-18; touch 14; move 14-18 40; map 10-14; "
		"move 40-44 14",
		"P", { "10-14rw 14-18rw", "10-18rw" } },
	{ "A22",
		"map 14-18; touch 14; move 14-18 40; map 18-22; "
		"move 40-44 14",
		"P", { "14-18rw 18-22rw", "14-22rw" } },
	{ "A23",
		"map 14-18; touch 14; move 14-18 40; map 10-14; touch 10; "
		"move 40-44 14",
		"P", SAME("10-14rw 14-18rw") },
	{ "A24",
		"map 10-18; touch 10; fork C; C: protect 14-18 r; "
		"C: map 18-22 r",
		"C", SAME("10-14rw 14-18r 18-22r") },
	{ "A25", "map 10-14; touch 10; resize 10-14 18", "P", SAME("10-18rw") },
	{ "A26", "map 10-14; touch 10; fork C; C: resize 10-14 18", "C",
		SAME("10-18rw") },
	{ "A27",
		"map 10-14; touch 10; map 14-18 rwx; map 18-22; "
		"protect 14-18 rw",
		"P", SAME("10-22rw") },
	{ "A28", "map 10-18; touch 10-18; protect 14-18 n", "P",
		SAME("10-14rw 14-18n") },
	{ "A28 back", "+protect 10-18 rw", "P", SAME("10-18rw") },
	{ "A29", "map 10-18; touch 10-18; protect 14-18 r", "P",
		SAME("10-14rw 14-18r") },
	{ "A29 up", "+protect 14-16 rw", "P", SAME("10-16rw 16-18r") },
	{ "A29 down", "+protect 12-16 r", "P", SAME("10-12rw 12-18r") },
	/* Corrections, 3: a forked source does not join an unfaulted VMA. */
	{ "C3 forked",
		"map 14-18; touch 14; fork C; C: move 14-18 40; "
		"C: map 10-14; C: move 40-44 14",
		"C", SAME("10-14rw 14-18rw") },
	{ "C3 root",
		"map 14-18; touch 14; fork C; move 14-18 40; map 10-14; "
		"move 40-44 14",
		"P", { "10-14rw 14-18rw", "10-18rw" } },
};

static void run_step(const struct step *s, unsigned era)
{
	bool more = s->script[0] == '+';
	if (!more)
		begin(eras[era]);
	script(s->script + more);
	if (strcmp(vmas(s->task), s->vmas[era]))
		fail_msg("%s in %s: %s, not %s", s->id, eras[era],
			vmas(s->task), s->vmas[era]);
}

static void run_steps(unsigned era)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		run_step(&steps[i], era);
	finish();
}

static void appendix_1_in_4_0(void **state)
{
	(void)state;
	run_steps(0);
}

static void appendix_1_in_6_18(void **state)
{
	(void)state;
	run_steps(1);
}

/* A20: a heap grown twice, fork, brk again: one heap VMA, two in the child. */
static void a20_heap(void **state)
{
	(void)state;
	for (unsigned era = 0; era < 2; era++) {
		begin(eras[era]);
		script("brk 2; brk 4");
		expect_num(count_heap_vmas("P"), 1);
		try_write(pid_of("P"), mm_of("P")->start_brk, 1);
		script("fork C; C: brk 6; brk 6");
		expect_num(count_heap_vmas("C"), 2);
		expect_num(count_heap_vmas("P"), 1);
		finish();
	}
}

/* A merge keeps every page in reach: values and walks. */
static void merged_pages_are_found(void **state)
{
	(void)state;
	for (unsigned era = 0; era < 2; era++) {
		begin(eras[era]);
		script("map 10-14; map 14-18 rwx; map 18-22; write 14 5; "
		       "write 10 6; write 18 7; protect 14-18 rw");
		expect_text(vmas("P"), "10-22rw");
		for (unsigned p = 10; p < 22; p += 4)
			expect_num(try_rmap(frame("P", p), true), 0);
		expect_num(value_at("P", 14), 5);
		expect_num(value_at("P", 10), 6);
		expect_num(value_at("P", 18), 7);
		finish();
	}
}

/* A case of 2.6.11's vma_merge; @last is the call that merges. */
struct merge_case {
	unsigned nr;
	const char *first, *last;
	const char *vmas;
	uint64_t page;	 /* a page of the VMA that grew */
	const char *own; /* its anon_vma then */
};

static const struct merge_case cases[] = {
	{ 1, "map 10-14; map 18-22", "map 14-18", "10-22rw", 10, "-" },
	{ 1, "map 10-14; map 18-22; touch 18", "map 14-18", "10-22rw", 10,
		"R" },
	{ 1, "map 10-14; map 18-22; touch 10", "map 14-18", "10-22rw", 10,
		"R" },
	{ 2, "map 10-14", "map 14-18", "10-18rw", 10, "-" },
	{ 2, "map 10-14; touch 10; map 18-22; touch 18", "map 14-18",
		"10-18rw 18-22rw", 10, "R" },
	{ 3, "map 14-18", "map 10-14", "10-18rw", 14, "-" },
	{ 3, "map 14-18; touch 15", "map 10-14", "10-18rw", 14, "R" },
	{ 4, "map 10-18; protect 14-18 r; touch 10", "protect 12-14 r",
		"10-12rw 12-18r", 12, "R" },
	{ 5, "map 10-18; protect 10-14 r; touch 14", "protect 14-16 r",
		"10-16r 16-18rw", 10, "R" },
	{ 6, "map 10-22; protect 14-18 r; touch 18", "protect 14-18 rw",
		"10-22rw", 10, "R" },
	{ 6, "map 10-22; touch 10; protect 14-18 r", "protect 14-18 rw",
		"10-22rw", 10, "R" },
	{ 7, "map 10-18; touch 10; protect 14-18 r", "protect 14-18 rw",
		"10-18rw", 10, "R" },
	{ 7, "map 10-18; map 18-22 rwx; protect 14-18 r", "protect 14-18 rw",
		"10-18rw 18-22rwx", 10, "-" },
	{ 8, "map 14-22; protect 14-18 r; touch 18", "protect 14-18 rw",
		"14-22rw", 14, "R" },
};

static void note_case(struct tracer *t, const struct event *e)
{
	unsigned *nr = t->ctx;
	if (e->id == EV_MERGE_CASE)
		*nr = (unsigned)e->n;
}

static void run_case(const struct merge_case *c)
{
	unsigned nr = 0;
	struct tracer t = { .sink = note_case, .ctx = &nr };
	begin("2.6.11");
	script(c->first);
	trace_attach(run.m, &t);
	script(c->last);
	trace_attach(run.m, NULL);
	if (strcmp(vmas("P"), c->vmas) || strcmp(own("P", c->page), c->own) ||
		nr != c->nr)
		fail_msg("%s; %s: case %u %s on %s, not case %u %s on %s",
			c->first, c->last, nr, vmas("P"), own("P", c->page),
			c->nr, c->vmas, c->own);
	finish();
}

static void merge_cases_of_2_6_11(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		run_case(&cases[i]);
}

/* 2.6.11: a forked VMA merges like any other: anon_vma NULL or equal. */
static void forked_vmas_merge_in_2_6_11(void **state)
{
	(void)state;
	begin("2.6.11");
	script("map 10-14; touch 10; fork C; C: map 14-18");
	expect_text(vmas("C"), "10-18rw");
	script("C: map 20-24 rwx; C: map 24-28; C: touch 24; "
	       "C: protect 20-24 rw");
	expect_text(vmas("C"), "10-18rw 20-28rw");
	finish();
}

/* 2.6.11: neighbours with different anon_vmas never merge. */
static void two_anon_vmas_in_2_6_11(void **state)
{
	(void)state;
	begin("2.6.11");
	script("map 10-14; protect 11-12 r; touch 10; touch 12; "
	       "protect 11-12 rw; protect 12-14 r; protect 12-14 rw");
	expect_text(vmas("P"), "10-12rw 12-14rw");
	finish();
}

/* 2.6.11: what mprotect took from never comes back to the old flags. */
static void charged_memory_in_2_6_11(void **state)
{
	(void)state;
	begin("2.6.11");
	script("map 10-14; map 14-18 r; protect 10-14 r");
	expect_text(vmas("P"), "10-14r 14-18r");
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(appendix_1_in_4_0),
		cmocka_unit_test(appendix_1_in_6_18),
		cmocka_unit_test(a20_heap),
		cmocka_unit_test(merged_pages_are_found),
		cmocka_unit_test(merge_cases_of_2_6_11),
		cmocka_unit_test(forked_vmas_merge_in_2_6_11),
		cmocka_unit_test(two_anon_vmas_in_2_6_11),
		cmocka_unit_test(charged_memory_in_2_6_11),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
