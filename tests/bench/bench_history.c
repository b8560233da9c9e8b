/*
 * What a history costs: operations a second, the time of single steps back
 * and of jumps in histories of different lengths, bytes for each operation.
 * Times are the processor's for this program, so that others that run do not
 * count; the figures of one run may be compared with each other.
 *
 *   bench_history [OPERATIONS [MIB]]
 *
 * OPERATIONS of the longest history, default 100000; MIB of simulated memory,
 * default 16.  RMAPSCOPE_BARRIER=compare|mprotect chooses how writes are seen.
 */
#include "history/alloc.h"
#include "history/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUND 100u /* operations of a round, see lesson_op() */
#define REGION_PAGES 64u
#define SAMPLES 400u

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* -- what is run --------------------------------------------------------- */

/*
 * A lesson without end, in rounds: the parent maps a region and writes half of
 * it, forks, both write, the child is unmapped in part and exits, a walk asks
 * who maps a frame, the region goes.
 */
struct lesson {
	uint32_t n;	 /* operations so far */
	uint32_t child;	 /* pid */
	uint64_t region; /* address */
};

static struct op make(enum op_id id, uint32_t subject)
{
	return (struct op){ .id = (uint16_t)id, .subject = subject };
}

static struct op on_range(
	enum op_id id, uint32_t pid, uint64_t addr, uint64_t len)
{
	struct op op = make(id, pid);

	op_set(&op, "addr", addr);
	op_set(&op, "len", len);
	return op;
}

static struct op write_to(uint32_t pid, uint64_t addr, uint64_t value)
{
	struct op op = make(OP_WRITE, pid);

	op_set(&op, "addr", addr);
	op_set(&op, "value", value);
	return op;
}

static struct op map_region(void)
{
	struct op op = make(OP_MMAP, 1);

	op_set(&op, "len", REGION_PAGES * PAGE_SIZE);
	op_set(&op, "prot", PROT_R | PROT_W);
	return op;
}

static struct op named(enum op_id id, uint32_t subject, const char *name)
{
	struct op op = make(id, subject);

	op.given = 1;
	strcpy(op.text, name);
	return op;
}

static struct op lesson_op(const struct lesson *l)
{
	uint32_t i = (l->n - 1) % ROUND;

	if (!l->n)
		return named(OP_SPAWN, 0, "parent");
	if (i == 0)
		return map_region();
	if (i == 40)
		return named(OP_FORK, 1, "child");
	if (i == ROUND - 4)
		return on_range(OP_MUNMAP, l->child, l->region, PAGE_SIZE);
	if (i == ROUND - 3)
		return make(OP_EXIT, l->child);
	if (i == ROUND - 2)
		return make(OP_RMAP, 1000);
	if (i == ROUND - 1)
		return on_range(
			OP_MUNMAP, 1, l->region, REGION_PAGES * PAGE_SIZE);
	return write_to(i > 40 && i % 2 ? l->child : 1,
		l->region + i % REGION_PAGES * PAGE_SIZE, l->n);
}

static void lesson_done(
	struct lesson *l, const struct op *op, const struct op_result *res)
{
	if (op->id == OP_FORK)
		l->child = (uint32_t)res->value;
	if (op->id == OP_MMAP)
		l->region = res->value;
	l->n++;
}

static uint64_t ram = 16 << 20;

static const struct machine_config *config(void)
{
	static struct machine_config c;

	c.era = era_find("4.0");
	c.ram = ram;
	return &c;
}

static void run_lesson(struct history *h, uint32_t ops)
{
	struct lesson l = { 0 };

	while (l.n < ops) {
		struct op op = lesson_op(&l);
		struct op_result res = { 0 };

		history_do(h, &op, &res, l.n % 500 + 1, 0);
		lesson_done(&l, &op, &res);
	}
}

static struct history *new_history(void)
{
	struct history *h = history_new(config());

	if (h)
		return h;
	perror("bench_history: no machine");
	exit(2);
}

static struct history *make_history(uint32_t ops)
{
	struct history *h = new_history();

	run_lesson(h, ops);
	return h;
}

/* The same as one step. */
static struct history *make_batch(uint32_t ops)
{
	struct history *h = new_history();

	history_batch_begin(h, "a lesson in one step", 1, 0);
	run_lesson(h, ops);
	history_batch_end(h);
	return h;
}

/* -- operations a second ------------------------------------------------- */

static void count_event(struct tracer *t, const struct event *e)
{
	(void)e;
	++*(uint64_t *)t->ctx;
}

static double plain_run(uint32_t ops, uint64_t *events)
{
	struct tracer tracer = { .sink = count_event, .ctx = events };
	struct machine *m = machine_new(config());
	struct lesson l = { 0 };
	double start;

	trace_attach(m, events ? &tracer : NULL);
	start = seconds();
	while (l.n < ops) {
		struct op op = lesson_op(&l);
		struct op_result res = { 0 };

		machine_run(m, &op, &res);
		lesson_done(&l, &op, &res);
	}
	start = seconds() - start;
	machine_delete(m);
	return start;
}

static void report_rates(uint32_t ops)
{
	uint64_t events = 0;
	double off = plain_run(ops, NULL);
	double on = plain_run(ops, &events);
	double start = seconds();
	struct history *h = make_history(ops);
	double logged = seconds() - start;

	printf("operations a second (%u of them)\n", ops);
	printf("  machine, events off   %10.0f   1.00\n", ops / off);
	printf("  machine, events on    %10.0f   %.2f   (%.1f events each)\n",
		ops / on, off / on, (double)events / ops);
	printf("  history_do            %10.0f   %.2f\n", ops / logged,
		off / logged);
	history_delete(h);
}

/* -- moving -------------------------------------------------------------- */

struct times {
	double *t; /* seconds each took */
	unsigned count;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_times(const char *what, struct times *s)
{
	if (!s->count)
		return;
	qsort(s->t, s->count, sizeof(*s->t), by_size);
	printf("  %-28s %10.1f %10.1f %8u\n", what, s->t[s->count / 2] * 1e6,
		s->t[s->count - 1] * 1e6, s->count);
	s->count = 0;
}

static void timed_goto(struct history *h, struct pos pos, struct times *s)
{
	double start = seconds();

	history_goto(h, pos);
	s->t[s->count++] = seconds() - start;
}

static void steps_back(struct history *h, uint32_t ops, struct times *s)
{
	history_goto(h, pos_after(ops));
	for (uint32_t n = ops; n && s->count < SAMPLES; n--)
		timed_goto(h, pos_after(n - 1), s);
	print_times("one operation back", s);
}

/* The first step back from somewhere else, after a jump there. */
static void steps_back_anywhere(
	struct history *h, uint32_t ops, struct times *s)
{
	for (unsigned i = 0; i < SAMPLES / 4; i++) {
		uint32_t n = (uint32_t)((uint64_t)i * 7919 % ops) + 1;

		history_goto(h, pos_after(n));
		timed_goto(h, pos_after(n - 1), s);
	}
	print_times("the same, after a jump", s);
}

static void events_back(struct history *h, uint32_t ops, struct times *s)
{
	for (uint32_t n = ops; n && s->count < SAMPLES; n--)
		for (uint32_t k = history_event_count(h, n);
			k && s->count < SAMPLES; k--)
			timed_goto(h, (struct pos){ n, k, 0 }, s);
	print_times("one event back", s);
}

static void jumps(struct history *h, uint32_t ops, struct times *s)
{
	for (unsigned i = 0; i < SAMPLES / 4; i++)
		timed_goto(h,
			pos_after((uint32_t)((uint64_t)i * 104729 % (ops + 1))),
			s);
	print_times("to a random operation", s);
	for (unsigned i = 0; i < 5; i++) {
		history_goto(h, pos_after(ops));
		timed_goto(h, pos_after(0), s);
	}
	print_times("from the end to the start", s);
	for (unsigned i = 0; i < 5; i++) {
		history_goto(h, pos_after(0));
		timed_goto(h, pos_after(ops), s);
	}
	print_times("from the start to the end", s);
}

static void steps_forth(struct history *h, uint32_t ops, struct times *s)
{
	history_goto(h, pos_after(0));
	for (uint32_t n = 1; n <= ops && s->count < SAMPLES; n++)
		timed_goto(h, pos_after(n), s);
	print_times("one operation forth", s);
}

static void print_memory(const struct history *h, uint32_t ops)
{
	struct history_stats st;

	history_stats(h, &st);
	printf("  memory: log %.1f bytes each, %u keyframes of %.1f bytes each "
	       "operation, %.1f MiB\n",
		(double)st.log_bytes / ops, st.keyframes,
		(double)st.keyframe_bytes / ops,
		(double)st.keyframe_bytes / (1 << 20));
}

static void print_heads(void)
{
	printf("  %-28s %10s %10s %8s\n", "microseconds", "median", "worst",
		"samples");
}

static void report_moves(uint32_t ops)
{
	struct history *h = make_history(ops);
	struct times s = { .t = xcalloc(SAMPLES, sizeof(double)) };

	printf("\na history of %u operations, a state of %.1f KiB\n", ops,
		(double)arena_used(history_machine(h)) / 1024);
	print_memory(h, ops);
	print_heads();
	steps_back(h, ops, &s);
	steps_back_anywhere(h, ops, &s);
	events_back(h, ops, &s);
	steps_forth(h, ops, &s);
	jumps(h, ops, &s);
	free(s.t);
	history_delete(h);
}

static void calls_back(struct history *h, uint32_t ops, struct times *s)
{
	for (uint32_t i = ops; i > 1 && s->count < SAMPLES; i--)
		timed_goto(h, (struct pos){ 1, i - 1, 0 }, s);
	print_times("one call back", s);
	for (uint32_t i = ops; i > 1 && s->count < SAMPLES; i--)
		timed_goto(h, (struct pos){ 1, i - 1, 1 }, s);
	print_times("into a call", s);
}

static void report_batch(uint32_t ops)
{
	struct history *h = make_batch(ops);
	struct times s = { .t = xcalloc(SAMPLES, sizeof(double)) };

	printf("\na batch of %u calls as one step\n", ops);
	print_memory(h, ops);
	print_heads();
	calls_back(h, ops, &s);
	free(s.t);
	history_delete(h);
}

int main(int argc, char **argv)
{
	unsigned long most = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;

	if (argc > 2)
		ram = strtoull(argv[2], NULL, 10) << 20;
	report_rates(most > 20000 ? 20000 : (uint32_t)most);
	for (unsigned long ops = 10; ops < most; ops *= 100)
		report_moves((uint32_t)ops);
	report_moves((uint32_t)most);
	report_batch((uint32_t)most);
	return 0;
}
