/*
 * The judge: random operations on real processes and in the simulator, and
 * the corpus of what was found so far, with the kernel's recorded answers.
 *
 *   JUDGE_OPS    operations to run (default 20000)
 *   JUDGE_SEED   first seed (default 1)
 *   JUDGE_KSM    set: use ksmd, too, which is one for all of the machine
 *   JUDGE_OTHER  set: do as on a kernel that is not 6.18
 *   JUDGE_LEFT   where failing lists are kept (default: not)
 *   test_judge record FILE...   write the kernel's answers into FILE anew
 *   test_judge show SEED        a seed's list with the kernel's answers, or,
 *                               if the simulator differs, what shows that
 */
#include "sides.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_FAILURES 5
#define USUAL_OPS 20000

static unsigned tests, failed;

static void report(bool ok, const char *what, const char *more)
{
	printf("%sok %u - %s%s\n", ok ? "" : "not ", ++tests, what, more);
	failed += !ok;
	fflush(stdout);
}

static uint64_t setting(const char *name, uint64_t usual)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : usual;
}

/* -- the corpus ----------------------------------------------------------- */

static void test_corpus(void)
{
	const struct sight here = sight;
	const char *dir = getenv("SRCDIR");
	char pattern[4096], more[64];
	glob_t found;
	unsigned steps;

	snprintf(pattern, sizeof pattern, "%s/tests/kernel/corpus/*.ops",
		dir ? dir : SRCDIR);
	/* the answers are recorded: nothing is out of sight there */
	sight = (struct sight){ .ksm = true,
		.same = true, .frames = true, .counts = true,
		.faults = true, .rss = true, .cache = true
	};
	if (!glob(pattern, 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i];
			int line = replay_file(path, &steps);

			snprintf(more, sizeof more,
				line ? ": line %d differs" : "", line);
			report(!line && steps, strrchr(path, '/') + 1, more);
		}
	else
		report(false, "there is a corpus in ", pattern);
	globfree(&found);
	sight = here;
}

/* -- live ----------------------------------------------------------------- */

static void keep(const struct list *list)
{
	const char *dir = getenv("JUDGE_LEFT");
	char path[4096];
	FILE *file;

	if (!dir || !*dir)
		return;
	snprintf(path, sizeof path, "%s/seed-%llu.ops", dir,
		(unsigned long long)list->seed);
	file = fopen(path, "w");
	if (!file)
		return;
	record_list(list, file);
	fclose(file);
}

static struct list list;
static struct verdict verdict;

/* Short lists and long ones. */
static void generate(uint64_t seed)
{
	list_generate(&list, seed, 40 + (unsigned)(seed * 37 % 160));
}

/* Is it a difference each time?  Only then is it one. */
static bool differs_again(void)
{
	judge_list(&list, &verdict);
	return verdict.step >= 0;
}

/* False: now it does not differ any more. */
static bool explain(void)
{
	list_shrink(&list);
	judge_list(&list, &verdict);
	if (verdict.step < 0)
		return false;
	verdict_print(&list, &verdict, stdout);
	keep(&list);
	return true;
}

static struct {
	uint64_t done;	   /* operations */
	unsigned wrong;	   /* lists that differ */
	unsigned unsteady; /* that differed once and not again */
} tally;

static void judge_seed(uint64_t seed)
{
	generate(seed);
	judge_list(&list, &verdict);
	tally.done += verdict.steps;
	if (verdict.step < 0)
		return;
	if (differs_again() && explain()) {
		tally.wrong++;
		printf("# that was seed %llu (%s)\n",
			(unsigned long long)seed, list_profile(seed));
	} else {
		tally.unsteady++;
	}
}

static void test_live(void)
{
	uint64_t ops = setting("JUDGE_OPS", USUAL_OPS);
	uint64_t seed = setting("JUDGE_SEED", 1), first = seed;
	time_t began = time(NULL);
	char what[160];

	while (tally.done < ops && tally.wrong < MAX_FAILURES)
		judge_seed(seed++);
	printf("# left out: %s\n", sight.why[0] ? sight.why : "nothing");
	if (tally.unsteady)
		printf("# %u lists differed once and not again\n",
			tally.unsteady);
	snprintf(what, sizeof what,
		"%llu operations, seeds %llu to %llu, %u lists differ,"
		" %llu seconds",
		(unsigned long long)tally.done, (unsigned long long)first,
		(unsigned long long)seed - 1, tally.wrong,
		(unsigned long long)(time(NULL) - began));
	report(!tally.wrong, what, "");
}

/* -- by hand -------------------------------------------------------------- */

static bool load(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[4096];

	list.n = 0;
	if (!file)
		return false;
	while (fgets(line, sizeof line, file) && list.n < MAX_STEPS)
		if (line[0] && strchr("-f0123456789", line[0]) &&
			!step_parse(line, &list.step[list.n++]))
			return false;
	fclose(file);
	return true;
}

/* Comments at the head of the file stay. */
static bool record(const char *path)
{
	char head[4096] = "";
	FILE *file = fopen(path, "r");
	char line[4096];

	while (file && fgets(line, sizeof line, file) && line[0] == '#')
		strncat(head, line, sizeof head - strlen(head) - 1);
	if (file)
		fclose(file);
	if (!load(path))
		return false;
	file = fopen(path, "w");
	if (!file)
		return false;
	fputs(head, file);
	if (!record_list(&list, file))
		return false;
	return !fclose(file);
}

static int by_hand(int argc, char **argv)
{
	bool ok = argc > 2 && sight.live;

	if (ok && !strcmp(argv[1], "record")) {
		for (int i = 2; i < argc && ok; i++)
			ok = record(argv[i]);
	} else if (ok && !strcmp(argv[1], "show")) {
		generate(strtoull(argv[2], NULL, 0));
		if (differs_again())
			explain();
		else
			ok = record_list(&list, stdout);
	} else {
		ok = false;
	}
	if (!ok)
		fprintf(stderr, "usage, where processes can be looked at: test_judge "
				"[record FILE... | show SEED]\n");
	return !ok;
}

int main(int argc, char **argv)
{
	sight_find();
	if (argc > 1)
		return by_hand(argc, argv);
	test_corpus();
	if (sight.live)
		test_live();
	else
		printf("ok %u - live # SKIP %s\n", ++tests, sight.why);
	printf("1..%u\n# %u passed, %u failed\n", tests, tests - failed,
		failed);
	return failed > 0;
}
