/*
 * The screen at full size: one parent and its children, 1000 pages each, copied
 * by all or still shared, beside a family of two with ten pages; the parent's
 * first frame is selected, so that all who map it are shown.  For the layout of
 * many panes and for each pane alone: steps (one operation back, forth, one
 * event back, forth) with the drawing after it, and drawing alone.  A step should
 * be under 50 ms and drawing as fast as for the small family.
 *
 *   bench_screen [CHILDREN]   default 1000
 */
#include "tui/panes.h"
#include "tui/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 11u
#define TARGET 50.0 /* milliseconds */
#define WIDTH 160
#define HEIGHT 50

/* -- the source ----------------------------------------------------------- */

static uint64_t children, pages;
static bool copied; /* the children have written */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static uint64_t run(struct history *h, struct op op)
{
	struct op_result res = { 0 };

	if (!history_do(h, &op, &res, 1, 0))
		return res.value;
	fprintf(stderr, "bench_screen: %s: %s\n", op_desc(op.id)->name,
		status_name(res.status));
	exit(1);
}

static void write_all(struct history *h, uint32_t pid, uint64_t at)
{
	for (uint64_t i = 0; i < pages; i++)
		run(h, (struct op){ .id = OP_WRITE,
			       .subject = pid,
			       .given = 3,
			       .arg = { at + i * PAGE_SIZE, pid } });
}

static uint32_t fork_of(struct history *h, uint32_t pid, const char *name)
{
	struct op op = { .id = OP_FORK, .subject = pid, .given = 1 };

	strcpy(op.text, name);
	return (uint32_t)run(h, op);
}

/* The parent's. */
static uint32_t first_frame(const struct history *h)
{
	const struct machine *m = history_machine(h);
	uint32_t pfn = 0;

	while (m->mem_map[pfn].kind != PAGE_ANON)
		pfn++;
	return pfn;
}

/* What follows the batches: the steps that are measured. */
static void last_steps(struct history *h, uint64_t at)
{
	uint32_t last;

	run(h, (struct op){ .id = OP_RMAP, .subject = first_frame(h) });
	last = fork_of(h, 1, "one more");
	run(h, (struct op){ .id = OP_WRITE,
		       .subject = last,
		       .given = 3,
		       .arg = { at, 7 } });
	run(h, (struct op){ .id = OP_MUNMAP,
		       .subject = last,
		       .given = 3,
		       .arg = { at, pages / 2 * PAGE_SIZE } });
	run(h, (struct op){ .id = OP_EXIT, .subject = last });
}

static void family(struct history *h)
{
	uint32_t *kid = calloc(children, sizeof(*kid));
	uint64_t at;

	run(h, (struct op){ .id = OP_SPAWN, .text = "parent", .given = 1 });
	at = run(h, (struct op){ .id = OP_MMAP,
			    .subject = 1,
			    .given = 1,
			    .arg = { pages * PAGE_SIZE } });
	history_batch_begin(h, "the parent writes", 1, 0);
	write_all(h, 1, at);
	history_batch_end(h);
	history_batch_begin(h, "forks", 1, 0);
	for (uint64_t i = 0; i < children; i++)
		kid[i] = fork_of(h, 1, "kid");
	history_batch_end(h);
	history_batch_begin(h, "copies", 1, 0);
	for (uint64_t i = 0; copied && i < children; i++)
		write_all(h, kid[i], at);
	history_batch_end(h);
	last_steps(h, at);
	free(kid);
}

static enum source_status family_run(struct source *s,
	const struct source_request *req, struct history **h)
{
	struct machine_config config = { .era = req->era };
	uint64_t ram = ((children + 2) * (pages + 22) + 65536) * PAGE_SIZE;

	(void)s; /* so much that nothing is reclaimed; i386 has no more */
	config.ram = ram < 4ull << 30 ? ram : 4ull << 30;
	*h = history_new(&config);
	if (!*h) {
		perror("bench_screen: history_new");
		exit(1);
	}
	family(*h);
	return SOURCE_OK;
}

static void family_close(struct source *s)
{
	free(s);
}

static const struct source_ops family_ops = { .run = family_run,
	.close = family_close };

static struct source *host_open(
	void *ctx, const char *name, char *err, size_t size)
{
	static char path[] = "family", text[] = "-- made in C\n";
	struct source *s = calloc(1, sizeof(*s));

	(void)ctx, (void)name, (void)err, (void)size;
	s->ops = &family_ops;
	s->info.path = path;
	s->info.text = text;
	s->info.title.en = "A family";
	return s;
}

static bool host_scenario(void *ctx, size_t i, struct app_scenario *s)
{
	(void)ctx, (void)i, (void)s;
	return false;
}

static bool host_theme(
	void *ctx, const char *name, struct theme *t, char *err, size_t size)
{
	(void)ctx, (void)name, (void)err, (void)size;
	*t = theme_builtin;
	return true;
}

static const char *host_theme_name(void *ctx, size_t i)
{
	(void)ctx;
	return i ? NULL : "default";
}

/* -- measuring ------------------------------------------------------------ */

static const char *const lines[] = { "back", "step", "unevent", "event",
	"redraw" };

#define STEPS 4u /* of them; the last one only draws */

/* Milliseconds, drawing included. */
struct times {
	double step;  /* the slowest kind of step, median */
	double worst; /* the slowest of all steps */
	double redraw;
};

static double timed(struct app *a, const char *line)
{
	double start = now();

	if (!command_run(a, line)) {
		fprintf(stderr, "bench_screen: %s: %s\n", line, a->message);
		exit(1);
	}
	app_draw(a, WIDTH, HEIGHT);
	return now() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of ROUNDS times four lines; *@worst the longest. */
static double median_of(double took[ROUNDS][4], double *worst)
{
	double *t = &took[0][0];

	qsort(t, ROUNDS * 4, sizeof(*t), by_size);
	*worst = t[ROUNDS * 4 - 1];
	return t[ROUNDS * 2];
}

/* Four operations back and forth, four events back and forth in the last. */
static void measure(struct app *a, struct times *t)
{
	static double took[STEPS + 1][ROUNDS][4];

	for (unsigned i = 0; i < ROUNDS; i++) {
		timed(a, "goto end");
		for (unsigned k = 0; k <= STEPS; k++)
			for (unsigned n = 0; n < 4; n++)
				took[k][i][n] = timed(a, lines[k]);
	}
	*t = (struct times){ 0 };
	for (unsigned k = 0; k <= STEPS; k++) {
		double worst, median = median_of(took[k], &worst);

		if (k == STEPS) {
			t->redraw = median;
			break;
		}
		t->step = fmax(t->step, median);
		t->worst = fmax(t->worst, worst);
	}
}

/* Pane @i - 1 alone; for 0 the layout of many panes. */
static void choose_panes(struct app *a, int i)
{
	char line[64];

	snprintf(line, sizeof(line), "layout %s",
		i ? panes[i - 1]->name : "large");
	timed(a, line);
}

static void measure_all(const struct era *era, struct times *t)
{
	static const struct app_host host = {
		.scenario = host_scenario,
		.open = host_open,
		.theme = host_theme,
		.theme_name = host_theme_name,
	};
	struct app_options opt = { .host = &host,
		.scenario = "family",
		.era = era,
		.w = WIDTH,
		.h = HEIGHT };
	int status;
	struct app *a = app_headless(&opt, &status);

	char line[32];

	if (!a)
		exit(1);
	timed(a, "goto end");
	snprintf(line, sizeof(line), "select page:%u", first_frame(a->h));
	timed(a, line);
	for (int i = 0; i <= pane_count(); i++) {
		choose_panes(a, i);
		measure(a, &t[i]);
	}
	app_delete(a);
}

static void measure_family(const struct era *era, uint64_t n, uint64_t each,
	bool all_copied, struct times *t)
{
	children = n;
	pages = each;
	copied = all_copied;
	measure_all(era, t);
}

static void bench_era(const struct era *era, uint64_t most)
{
	static struct times small[PANES_MAX + 1], copy[PANES_MAX + 1],
		share[PANES_MAX + 1];

	measure_family(era, 1, 10, true, small);
	measure_family(era, most, 1000, true, copy);
	measure_family(era, most, 1000, false, share);
	printf("%-10s %6s %6s  %6s %6s %6s  %6s %6s %6s\n", era->name, "step",
		"draw", "step", "worst", "draw", "step", "worst", "draw");
	for (int i = 0; i <= pane_count(); i++) {
		const struct times *c = &copy[i], *s = &share[i];

		printf("%-10s %6.2f %6.2f  %6.2f %6.2f %6.2f  %6.2f %6.2f "
		       "%6.2f%s\n",
			i ? panes[i - 1]->name : "many", small[i].step,
			small[i].redraw, c->step, c->worst, c->redraw, s->step,
			s->worst, s->redraw,
			fmax(c->worst, s->worst) > TARGET ? "  not reached"
							  : "");
	}
}

int main(int argc, char **argv)
{
	uint64_t most = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;

	printf("Milliseconds at %dx%d; a step at most %.0f\n", WIDTH, HEIGHT,
		TARGET);
	printf("%-10s %13s  %20s  %20s\n", "", "small", "large, copied",
		"large, shared");
	for (unsigned i = 0; era_at(i); i++)
		bench_era(era_at(i), most);
	return 0;
}
