/*
 * What each kernel calls a merge or a cut, and why neighbours stay apart, as
 * the machine tells it.  The eight cases: 2.6.11 and 4.0 mm/mmap.c vma_merge;
 * 6.18 mm/vma.c vma_merge_new_range, vma_merge_existing_range; 2.4.22 and
 * 2.6.0 mm/mmap.c, mm/mprotect.c, mm/mlock.c, mm/filemap.c.  T7.3 to T7.6.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

#define E24 1u
#define E260 2u
#define E2611 4u
#define E40 8u
#define E618 16u
#define NEW (E2611 | E40)       /* those that number the cases */
#define ALL_NEW (NEW | E618)

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };

static const char *const whys[NR_NO_MERGES] = {
	"FITS",
#define WHY(id, text) [NO_MERGE_##id] = #id,
	NO_MERGE_LIST(WHY)
#undef WHY
};

struct told {
	unsigned eras;
	const char *first, *last; /* @last is what is listened to */
	const char *says;
};

static const struct told told[] = {
	/* the eight cases */
	{ NEW, "map 10-14; map 18-22", "map 14-18", "case 1" },
	{ NEW, "map 10-14", "map 14-18", "case 2" },
	{ NEW, "map 14-18", "map 10-14", "case 3" },
	{ NEW, "map 10-18; protect 14-18 r", "protect 12-14 r",
		"!prev INSIDE; case 4" },
	{ NEW, "map 10-18; protect 10-14 r", "protect 14-16 r",
		"!next INSIDE; case 5" },
	{ NEW, "map 10-22; protect 14-18 r", "protect 14-18 rw", "case 6" },
	{ NEW, "map 10-18; protect 14-18 r", "protect 14-18 rw", "case 7" },
	{ NEW, "map 14-22; protect 14-18 r", "protect 14-18 rw", "case 8" },
	/* in 6.18 */
	{ E618, "map 10-14; map 18-22", "map 14-18", "merge left and right" },
	{ E618, "map 10-14", "map 14-18", "merge left" },
	{ E618, "map 14-18", "map 10-14", "merge right" },
	{ E618, "map 10-18; protect 14-18 r", "protect 12-14 r",
		"!prev INSIDE; merge_right, middle shrinks" },
	{ E618, "map 10-18; protect 10-14 r", "protect 14-16 r",
		"!next INSIDE; merge_left, middle shrinks" },
	{ E618, "map 10-22; protect 14-18 r", "protect 14-18 rw",
		"merge_both" },
	{ E618, "map 10-18; protect 14-18 r", "protect 14-18 rw",
		"merge_left, middle deleted" },
	{ E618, "map 14-22; protect 14-18 r", "protect 14-18 rw",
		"merge_right, middle deleted" },
	/* before them */
	{ E24 | E260, "map 10-14; map 18-22", "map 14-18", "prev and next" },
	{ E24 | E260, "map 10-14", "map 14-18", "prev" },
	{ E24 | E260, "map 14-18", "map 10-14", "next" },
	{ E24, "map 10-22; protect 10-14 r", "protect 14-18 r",
		"mprotect_fixup_start" },
	{ E24, "map 10-22; protect 10-14 r", "protect 14-22 r",
		"mprotect_fixup_all" },
	{ E260, "map 10-22; protect 10-14 r", "protect 14-18 r",
		"mprotect_attempt_merge, part" },
	{ E260, "map 10-22; protect 10-14 r", "protect 14-22 r",
		"mprotect_attempt_merge, whole" },
	{ E24 | E260, "map 10-22; protect 14-22 r", "protect 10-14 r",
		"!prev NOBODY; sys_mprotect, next" },
	/* why not */
	{ 31, "map 30-34", "map 10-14", "! NOBODY" },
	{ E24 | E260 | ALL_NEW, "map 10-14 r", "map 14-18",
		"!prev FLAGS; !next NOBODY" },
	{ NEW, "map 10-14; touch 10; map 18-22; touch 18", "map 14-18",
		"!next ENDS; case 2" }, /* T7.4 */
	{ E618, "map 10-14; touch 10; map 18-22; touch 18", "map 14-18",
		"!next ENDS; merge left" },
	{ ALL_NEW,
		"map 10-14; protect 11-12 r; touch 10; touch 12; "
		"protect 11-12 rwx; protect 12-14 rwx; protect 12-14 r",
		"map 14-18 r", "!prev FLAGS; !next NOBODY" },
	{ E40 | E618, "map 10-14; touch 10; fork C", "C: map 14-18",
		"!prev INHERITED; !next NOBODY" },
	{ E2611, "map 10-14; touch 10; fork C", "C: map 14-18", "case 2" },
	{ E40, "map 10-14; map 14-18 rwx; touch 14", "protect 14-18 rw",
		"!prev UNFAULTED; !next NOBODY" }, /* A3 */
	{ E618, "map 10-14; map 14-18 rwx; touch 14", "protect 14-18 rw",
		"merge_left, middle deleted" },
	{ E618,
		"map 14-18; touch 14; fork C; C: move 14-18 40; C: map 10-14",
		"C: move 40-44 14", "!prev SOURCE; !next NOBODY" }, /* C3 */
	{ ALL_NEW, "map 10-18; touch 10; touch 15; move 14-18 30", "map 34-38",
		"!prev PGOFF; !next NOBODY" },
	{ E2611,
		"map 10-14; protect 11-12 r; touch 10; touch 12; "
		"protect 11-12 rw; protect 12-14 r",
		"protect 12-14 rw", "!prev ANON_VMA; !next NOBODY" },
	/* live-6.18.md, the matrix: adj UF, FU and FF in a child, and in its
	 * parent; 4.0 has another rule for FU */
	{ E40 | E618, "map 10-14; map 14-18 rwx; touch 14; fork C",
		"C: protect 10-14 rwx", "!prev NOBODY; !next INHERITED" },
	{ E618, "map 10-14; map 14-18 rwx; touch 14; fork C",
		"C: protect 14-18 rw", "!prev SOURCE; !next NOBODY" },
	{ E40, "map 10-14; map 14-18 rwx; touch 14; fork C",
		"C: protect 14-18 rw", "!prev UNFAULTED; !next NOBODY" },
	{ E40 | E618, "map 10-14; map 14-18 rwx; touch 10; touch 14; fork C",
		"C: protect 14-18 rw", "!prev ANON_VMA; !next NOBODY" },
	{ E618, "map 10-14; map 14-18 rwx; touch 10; touch 14; fork C",
		"protect 14-18 rw", "merge_left, middle deleted" },
	/* gap FU and UF in a child, gap FP in its parent */
	{ E618, "map 10-14; map 18-22; touch 10; fork C", "C: map 14-18",
		"!prev INHERITED; merge right" },
	{ E618, "map 10-14; map 18-22; touch 18; fork C", "C: map 14-18",
		"!next INHERITED; merge left" },
	{ E618, "map 10-14; map 18-22; touch 10; fork C; touch 18",
		"map 14-18", "!next ENDS; merge left" },
	/* cuts */
	{ E260, "map 10-22", "protect 14-18 r",
		"cut new_below = 1; cut new_below = 0" },
	{ ALL_NEW, "map 10-22", "protect 14-18 r", /* T7.5 */
		"!prev INSIDE; !next INSIDE; cut new_below = 1; "
		"cut new_below = 0" },
	{ NEW, "map 10-22", "unmap 14-18", /* T7.6 */
		"cut new_below = 0; cut new_below = 1" },
	{ E618, "map 10-22", "unmap 14-18",
		"cut new_below = 1; cut new_below = 0" },
	{ E24, "map 10-22", "protect 14-18 r", "cut mprotect_fixup_middle" },
	{ E24, "map 10-22", "protect 18-22 r", "cut mprotect_fixup_end" },
	{ E24, "map 10-22", "protect 10-14 r",
		"!prev NOBODY; cut mprotect_fixup_start" },
	{ E24, "map 10-22", "unmap 14-18", "cut unmap_fixup, hole" },
	{ E24, "map 10-22", "unmap 10-14", "cut unmap_fixup, head" },
	{ E24, "map 10-22", "unmap 18-22", "cut unmap_fixup, tail" },
	{ E24, "map 10-22", "mlock 14-18", "cut mlock_fixup_middle" },
	{ E24, "map 10-22", "mlock 10-14", "cut mlock_fixup_start" },
	{ E24, "map 10-22", "mlock 18-22", "cut mlock_fixup_end" },
	{ E24, "map 10-22", "advise 14-18 random",
		"cut madvise_fixup_middle" },
	{ E24, "map 10-22", "advise 10-14 random", "cut madvise_fixup_start" },
	{ E24, "map 10-22", "advise 18-22 random", "cut madvise_fixup_end" },
};

struct heard {
	char text[512]; /* what was told, separated by "; " */
};

static void add(struct heard *h, const char *a, const char *b, const char *c)
{
	size_t n = strlen(h->text);

	snprintf(h->text + n, sizeof(h->text) - n, "%s%s%s%s", n ? "; " : "",
		a, b, c);
}

static void listen(struct tracer *t, const struct event *e)
{
	struct heard *h = t->ctx;
	char why[64];

	snprintf(why, sizeof(why), " %s",
		e->id == EV_NO_MERGE ? whys[e->n] : "");
	if (e->id == EV_MERGE_CASE)
		add(h, e->field, "", "");
	else if (e->id == EV_VMA_CUT)
		add(h, "cut ", e->field, "");
	else if (e->id == EV_NO_MERGE)
		add(h, "!", e->field ? e->field : "", why);
}

static void run_told(const struct told *c, unsigned era)
{
	struct heard h = { "" };
	struct tracer t = { .sink = listen, .ctx = &h };

	begin(eras[era]);
	script(c->first);
	trace_attach(run.m, &t);
	script(c->last);
	trace_attach(run.m, NULL);
	if (strcmp(h.text, c->says))
		fail_msg("%s, %s; %s: \"%s\", not \"%s\"", eras[era], c->first,
			c->last, h.text, c->says);
	finish();
}

static void each_is_called_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		for (unsigned era = 0; era < 5; era++)
			if (told[i].eras & 1u << era)
				run_told(&told[i], era);
}

/* What is told and what happens agree: the VMA that a case names holds the
 * range afterwards. */
static void see_target(struct tracer *t, const struct event *e)
{
	struct ref *ref = t->ctx;

	if (e->id == EV_MERGE_CASE) {
		ref[0] = e->o;
		ref[1] = e->p;
	}
}

static void run_target(const struct told *c, unsigned era)
{
	struct ref seen[2] = { { 0 } };
	struct tracer t = { .sink = see_target, .ctx = seen };
	const struct vm_area_struct *vma;

	begin(eras[era]);
	script(c->first);
	trace_attach(run.m, &t);
	script(c->last);
	trace_attach(run.m, NULL);
	if (seen[0].kind) {
		vma = vma_at(c->last[0] == 'C' ? "C" : "P",
			(seen[1].addr - BASE) >> PAGE_SHIFT);
		assert_non_null(vma);
		assert_int_equal(vma->id, seen[0].id);
	}
	finish();
}

static void the_named_vma_holds_the_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		for (unsigned era = 0; era < 5; era++)
			if (told[i].eras & 1u << era)
				run_target(&told[i], era);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_called_by_its_name),
		cmocka_unit_test(the_named_vma_holds_the_range),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
