/*
 * The matrix measured on a running 6.18: two VMAs, each U (never faulted), F
 * (faulted before the fork) or P (faulted after it), made neighbours of equal
 * flags.  What merges depends on who tries.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

enum who { ROOT, PARENT, WIDOW, CHILD, ORPHAN, GRANDCHILD, NR_WHO };

static const char *const who_name[NR_WHO] = { "root", "parent, child alive",
	"parent, child dead", "child", "orphaned child", "grandchild" };

/* What happens between the first faults and the attempt; who then acts. */
static const struct {
	const char *script;
	const char *task;
} context[NR_WHO] = { { "", "P" }, { "fork C", "P" },
	{ "fork C; C: exit", "P" }, { "fork C", "C" }, { "fork C; exit", "C" },
	{ "fork C; C: fork G", "G" } };

/* Sizes in pages, left to right; NULL: no such case. */
struct row {
	const char *kinds; /* left and right; "same": one VMA, then cut */
	const char *want[NR_WHO];
};

static const struct row adjacent[] = {
	{ "UU", { "8", "8", "8", "8", "8", "8" } },
	{ "UP", { NULL, "8", "8", "8", "8", "8" } },
	{ "PU", { NULL, "8", "8", "8", "8", "8" } },
	{ "PP", { NULL, "8", "8", "8", "8", "8" } },
	{ "UF", { "8", "8", "8", "4+4", "4+4", "4+4" } },
	{ "FU", { "8", "8", "8", "4+4", "4+4", "4+4" } },
	{ "FF", { "8", "8", "8", "4+4", "4+4", "4+4" } },
	{ "FP", { NULL, "8", "8", "4+4", "4+4", "4+4" } },
	{ "PF", { NULL, "8", "8", "4+4", "4+4", "4+4" } },
	{ "same", { "8", "8", "8", "4+4", "4+4", "4+4" } },
};

static const struct row gap[] = {
	{ "UU", { "12", "12", "12", "12", "12", "12" } },
	{ "UP", { NULL, "12", "12", "12", "12", "12" } },
	{ "PU", { NULL, "12", "12", "12", "12", "12" } },
	{ "UF", { "12", "12", "12", "8+4", "8+4", "8+4" } },
	{ "FU", { "12", "12", "12", "4+8", "4+8", "4+8" } },
	{ "FF", { "8+4", "8+4", "8+4", "4+4+4", "4+4+4", "4+4+4" } },
	{ "PP", { NULL, "8+4", "8+4", "8+4", "8+4", "8+4" } },
	{ "PF", { NULL, "8+4", "8+4", "8+4", "8+4", "8+4" } },
	{ "FP", { NULL, "8+4", "8+4", "4+8", "4+8", "4+8" } },
	{ "same", { "12", "12", "12", "4+4+4", "4+4+4", "4+4+4" } },
};

/* A way to make them neighbours: where the right VMA starts, what cuts one
 * faulted VMA in two, and the attempt. */
struct way {
	const char *name;
	unsigned right;
	const char *map, *cut, *attempt;
};

static const struct way ways_adjacent[] = {
	{ "mprotect of the right", 14, "map 10-14; map 14-18 rwx",
		"map 10-18; touch 10; touch 14; protect 14-18 rwx",
		"%s: protect 14-18 rw" },
	{ "mprotect of the left", 14, "map 10-14 rwx; map 14-18",
		"map 10-18; touch 10; touch 14; protect 10-14 rwx",
		"%s: protect 10-14 rw" },
};

static const struct way ways_gap[] = {
	{ "mmap into the hole", 18, "map 10-14; map 18-22",
		"map 10-22; touch 10; touch 18; unmap 14-18", "%s: map 14-18" },
	{ "mremap into the hole", 18, "map 10-14; map 18-22",
		"map 10-22; touch 10; touch 18; unmap 14-18",
		"%s: map 40-44; %s: move 40-44 14" },
};

static void fault_kind(
	const char *task, const char *kinds, char kind, unsigned right)
{
	char text[64];
	for (unsigned i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "%s: touch %u", task,
			i ? right : 10);
		if (kinds[i] == kind)
			script(text);
	}
}

static void prepare(const struct way *w, const struct row *r, enum who who)
{
	bool same = !strcmp(r->kinds, "same");
	begin("6.18");
	script(same ? w->cut : w->map);
	if (!same)
		fault_kind("P", r->kinds, 'F', w->right);
	script(context[who].script);
	if (!same)
		fault_kind(context[who].task, r->kinds, 'P', w->right);
}

/* "8+4": the sizes of the VMAs from page 10 to 22. */
static const char *sizes(const char *task)
{
	static char text[64];
	size_t n = 0;
	text[0] = 0;
	for (const struct vm_area_struct *v = mm_of(task)->mmap; v;
		v = v->vm_next)
		if (v->vm_start >= addr_of(10) && v->vm_end <= addr_of(22))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
				"%s%u", n ? "+" : "", (unsigned)vma_pages(v));
	return text;
}

static void run_cell(const struct way *w, const struct row *r, enum who who)
{
	char text[128];
	const char *task = context[who].task;
	prepare(w, r, who);
	snprintf(text, sizeof(text), w->attempt, task, task);
	script(text);
	if (strcmp(sizes(task), r->want[who]))
		fail_msg("%s, %s, %s: %s, not %s", w->name, r->kinds,
			who_name[who], sizes(task), r->want[who]);
	finish();
}

static void run_rows(const struct way *w, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned who = 0; who < NR_WHO; who++)
			if (rows[i].want[who])
				run_cell(w, &rows[i], (enum who)who);
}

#define ROWS(table) table, sizeof(table) / sizeof(table[0])

static void live_adjacent_right(void **state)
{
	(void)state;
	run_rows(&ways_adjacent[0], ROWS(adjacent));
}

static void live_adjacent_left(void **state)
{
	(void)state;
	run_rows(&ways_adjacent[1], ROWS(adjacent));
}

static void live_gap_mmap(void **state)
{
	(void)state;
	run_rows(&ways_gap[0], ROWS(gap));
}

static void live_gap_mremap(void **state)
{
	(void)state;
	run_rows(&ways_gap[1], ROWS(gap));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_adjacent_right),
		cmocka_unit_test(live_adjacent_left),
		cmocka_unit_test(live_gap_mmap),
		cmocka_unit_test(live_gap_mremap),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
