/*
 * Random walks through histories of random operations: the state at each
 * position, also inside operations and batches, is the one that a plain
 * machine had there, from wherever the position was reached.
 */
#include "history/history.h"

#include "image.h"
#include "random_ops.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEPS 120u
#define MAX_CALLS 12u

/* A history, and the truth about it. */
struct lesson {
	struct machine_config config;
	struct history *h;
	struct machine *plain; /* does the same, never goes back */
	struct random_ops ops;
	uint64_t start;				/* image of the new machine */
	uint64_t after[STEPS + 1];		/* image after each step */
	uint32_t calls[STEPS + 1];		/* 0: not a batch */
	struct truth run[STEPS + 1][MAX_CALLS]; /* of step n, or its calls */
};

static uint32_t below(struct lesson *l, uint32_t n)
{
	return random_below(&l->ops, n);
}

static void check_state(const struct lesson *l, uint64_t image)
{
	assert_true(image_of(history_machine(l->h)) == image);
}

static void do_one(struct lesson *l, struct truth *t, uint32_t line)
{
	struct op op = random_op(&l->ops);
	struct op_result plain = { 0 };
	struct op_result res = { 0 };

	truth_run(t, l->plain, &op, &plain);
	history_do(l->h, &op, &res, line, 0);
	assert_int_equal(res.status, plain.status);
	assert_int_equal(res.value, plain.value);
	assert_memory_equal(&res.costs, &plain.costs, sizeof(res.costs));
	random_noted(&l->ops, &op, &res);
	check_state(l, t->after);
}

/* A viewer looks while the log still grows; going on must not mind. */
static void look_around(struct lesson *l, uint32_t n)
{
	size_t count, done;

	if (below(l, 8) == 0) {
		history_events(l->h, &count, &done);
		assert_int_equal(done, count);
	}
	if (below(l, 16) == 0) {
		history_goto(l->h, pos_after(below(l, n)));
		history_goto(l->h, pos_after(n));
	}
	check_state(l, l->after[n]);
}

static void do_step(struct lesson *l, uint32_t n)
{
	uint32_t calls = below(l, 6) ? 0 : 1 + below(l, MAX_CALLS);

	l->calls[n] = calls;
	if (!calls) {
		do_one(l, &l->run[n][0], n + 100);
	} else {
		history_batch_begin(l->h, "many calls as one", n + 100, 0);
		for (uint32_t i = 0; i < calls; i++)
			do_one(l, &l->run[n][i], 0);
		history_batch_end(l->h);
	}
	l->after[n] = image_of(l->plain);
	assert_int_equal(history_length(l->h), n);
	assert_int_equal(pos_cmp(history_pos(l->h), pos_after(n)), 0);
	look_around(l, n);
}

static void open_lesson(
	struct lesson *l, const char *era, uint64_t seed, size_t budget)
{
	memset(l, 0, sizeof(*l));
	l->config =
		(struct machine_config){ .era = era_find(era), .ram = 1 << 20 };
	l->ops.seed = seed;
	l->h = history_new(&l->config);
	l->plain = machine_new(&l->config);
	assert_non_null(l->h);
	assert_non_null(l->plain);
	l->ops.frames = l->plain->nr_frames;
	history_set_budget(l->h, budget);
	l->after[0] = image_of(l->plain);
	for (uint32_t n = 1; n <= STEPS; n++)
		do_step(l, n);
}

static void close_lesson(struct lesson *l)
{
	for (uint32_t n = 1; n <= STEPS; n++)
		for (uint32_t i = 0; i < MAX_CALLS; i++)
			truth_free(&l->run[n][i]);
	machine_delete(l->plain);
	history_delete(l->h);
}

/* -- positions ----------------------------------------------------------- */

static struct pos random_pos(struct lesson *l)
{
	uint32_t n = below(l, STEPS + 1);
	uint32_t i = l->calls[n] ? below(l, l->calls[n]) : 0;
	uint32_t k;

	if (!n || !l->run[n][i].count || below(l, 3) == 0)
		return pos_after(n);
	k = 1 + below(l, (uint32_t)l->run[n][i].count);
	if (!l->calls[n])
		return (struct pos){ n, k, 0 };
	if (below(l, 3) == 0)
		return (struct pos){ n, i + 1, 0 };
	return (struct pos){ n, i, k };
}

/* The truth of the run that @pos is in, and the event in it (0: its end). */
static const struct truth *truth_at(
	const struct lesson *l, struct pos pos, uint32_t *k)
{
	uint32_t last = l->calls[pos.op] ? l->calls[pos.op] - 1 : 0;

	*k = 0;
	if (pos_is_whole(pos))
		return &l->run[pos.op][last];
	if (!l->calls[pos.op]) {
		*k = pos.event;
		return &l->run[pos.op][0];
	}
	*k = pos.sub;
	return &l->run[pos.op][pos.sub ? pos.event : pos.event - 1];
}

static bool same_event(const struct event *a, const struct event *b)
{
	return a->id == b->id && a->kind == b->kind && a->fn == b->fn &&
	       a->depth == b->depth && ref_eq(a->o, b->o) &&
	       ref_eq(a->p, b->p) && a->field == b->field &&
	       a->type == b->type && a->old == b->old && a->new == b->new &&
	       a->n == b->n;
}

static void check_events(struct lesson *l, const struct truth *t, uint32_t k)
{
	size_t count, done;
	const struct event *e = history_events(l->h, &count, &done);

	assert_int_equal(count, t->count);
	assert_int_equal(done, k ? k : count);
	for (size_t i = 0; i < count; i++)
		assert_true(same_event(&e[i], &t->event[i]));
}

static void check_here(struct lesson *l, struct pos pos)
{
	const struct truth *t;
	uint32_t k;

	assert_int_equal(pos_cmp(history_pos(l->h), pos), 0);
	if (!pos.op) {
		check_state(l, l->after[0]);
		return;
	}
	t = truth_at(l, pos, &k);
	check_state(l, k ? t->image[k - 1] : t->after);
	if (below(l, 2))
		return;
	check_events(l, t, k);
	check_state(l, k ? t->image[k - 1] : t->after);
}

/* One event or step back, as a viewer does it. */
static struct pos before(const struct lesson *l, struct pos p)
{
	if (!p.op)
		return p;
	if (p.sub > 1)
		return (struct pos){ p.op, p.event, p.sub - 1 };
	if (pos_is_whole(p) || p.event < 2 || l->calls[p.op])
		return pos_after(p.op - 1);
	return (struct pos){ p.op, p.event - 1, 0 };
}

static void walk(const char *era, uint64_t seed, size_t budget)
{
	static struct lesson l;
	struct pos pos = pos_after(STEPS);

	open_lesson(&l, era, seed, budget);
	for (unsigned i = 0; i < 250; i++) {
		pos = below(&l, 3) ? random_pos(&l) : before(&l, pos);
		assert_int_equal(history_goto(l.h, pos), 0);
		check_here(&l, pos);
	}
	close_lesson(&l);
}

static const char *const eras[] = { "2.6.11", "4.0", "6.18" };
static const char *const barriers[] = { "compare", "mprotect", "auto" };

static void walks(void **state)
{
	(void)state;
	for (unsigned era = 0; era < 3; era++)
		for (unsigned b = 0; b < 3; b++) {
			setenv("RMAPSCOPE_BARRIER", barriers[b], 1);
			walk(eras[era], 10 * era + b, HISTORY_BUDGET);
		}
	unsetenv("RMAPSCOPE_BARRIER");
}

static void walks_in_a_tiny_budget(void **state)
{
	(void)state;
	for (unsigned b = 0; b < 3; b++) {
		setenv("RMAPSCOPE_BARRIER", barriers[b], 1);
		walk("4.0", 50 + b, 0);
		walk("6.18", 60 + b, 30000);
	}
	unsetenv("RMAPSCOPE_BARRIER");
}

/* From the first event of all to the last and back again, one by one. */
static void every_event(void **state)
{
	static struct lesson l;

	(void)state;
	open_lesson(&l, "2.6.11", 5, HISTORY_BUDGET);
	for (uint32_t n = 1; n <= STEPS; n++)
		for (uint32_t k = 1; !l.calls[n] && k <= l.run[n][0].count;
			k++) {
			struct pos p = { n, k, 0 };

			assert_int_equal(history_goto(l.h, p), 0);
			check_state(&l, l.run[n][0].image[k - 1]);
		}
	for (uint32_t n = STEPS; n; n--)
		for (size_t k = l.run[n][0].count; !l.calls[n] && k; k--) {
			struct pos p = { n, (uint32_t)k, 0 };

			assert_int_equal(history_goto(l.h, p), 0);
			check_state(&l, l.run[n][0].image[k - 1]);
		}
	close_lesson(&l);
}

/* -- what is not there --------------------------------------------------- */

static void refuse(struct lesson *l, uint32_t op, uint32_t event, uint32_t sub)
{
	struct pos here = history_pos(l->h);
	uint64_t image = image_of(history_machine(l->h));
	struct pos to = { op, event, sub };

	assert_int_equal(history_goto(l->h, to), -ERANGE);
	assert_int_equal(pos_cmp(history_pos(l->h), here), 0);
	check_state(l, image);
}

static uint32_t find_step(const struct lesson *l, bool batch)
{
	for (uint32_t n = 5; n <= STEPS; n++)
		if ((l->calls[n] > 1) == batch && l->run[n][0].count > 2)
			return n;
	return 0;
}

static void positions_that_are_not(void **state)
{
	static struct lesson l;
	uint32_t plain, batch;

	(void)state;
	open_lesson(&l, "4.0", 9, HISTORY_BUDGET);
	plain = find_step(&l, false);
	batch = find_step(&l, true);
	assert_true(plain && batch);
	for (unsigned i = 0; i < 3; i++) {
		struct pos from[] = { pos_after(STEPS), { plain, 2, 0 },
			{ batch, 0, 1 } };

		assert_int_equal(history_goto(l.h, from[i]), 0);
		refuse(&l, STEPS + 1, WHOLE, 0);
		refuse(&l, 0, 1, 0);
		refuse(&l, plain, 0, 0);
		refuse(&l, plain, 1, 1);
		refuse(&l, plain, (uint32_t)l.run[plain][0].count + 1, 0);
		refuse(&l, batch, 0, 0);
		refuse(&l, batch, l.calls[batch] + 1, 0);
		refuse(&l, batch, l.calls[batch], 1);
		refuse(&l, batch, 0, (uint32_t)l.run[batch][0].count + 1);
	}
	close_lesson(&l);
}

/* -- the log ------------------------------------------------------------- */

static void check_op(const struct op *op, const struct truth *t)
{
	assert_int_equal(op->id, t->op.id);
	assert_int_equal(op->given, t->op.given);
	assert_int_equal(op->subject, t->op.subject);
	assert_memory_equal(op->arg, t->op.arg, sizeof(op->arg));
	assert_string_equal(op->text, t->op.text);
	assert_int_equal(op->text_value, t->op.text_value);
}

static void the_log_says_what_was_done(void **state)
{
	static struct lesson l;

	(void)state;
	open_lesson(&l, "6.18", 21, HISTORY_BUDGET);
	for (uint32_t n = STEPS; n; n--) {
		const struct step *s = history_step(l.h, n);

		assert_int_equal(s->calls, l.calls[n]);
		assert_int_equal(s->line, n + 100);
		if (!l.calls[n]) {
			check_op(&s->op, &l.run[n][0]);
			assert_int_equal(
				history_event_count(l.h, n), l.run[n][0].count);
			continue;
		}
		assert_string_equal(s->batch_text, "many calls as one");
		assert_int_equal(s->op.id, OP_BATCH);
		assert_int_equal(history_event_count(l.h, n), l.calls[n]);
		for (uint32_t i = 0; i < l.calls[n]; i++)
			check_op(history_call(l.h, n, i, NULL), &l.run[n][i]);
		assert_null(history_call(l.h, n, l.calls[n], NULL));
	}
	check_state(&l, l.after[STEPS]);
	assert_null(history_step(l.h, 0));
	assert_null(history_step(l.h, STEPS + 1));
	close_lesson(&l);
}

static void an_empty_batch_is_a_step(void **state)
{
	struct machine_config config = { .ram = 1 << 20 };
	struct history *h = history_new(&config);
	size_t count, done;

	(void)state;
	history_batch_begin(h,
		"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8"
		"\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
		"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8"
		"\xad",
		3, 0);
	assert_int_equal(history_goto(h, pos_after(0)), -ERANGE);
	history_batch_end(h);
	assert_int_equal(history_length(h), 1);
	assert_int_equal(strlen(history_step(h, 1)->op.text), 30);
	assert_null(history_events(h, &count, &done));
	assert_int_equal(history_goto(h, pos_after(0)), 0);
	assert_int_equal(history_goto(h, pos_after(1)), 0);
	history_delete(h);
}

/* -- branches ------------------------------------------------------------ */

static int make(struct history *h, const char *name, uint32_t parent)
{
	struct op op = { .id = (uint16_t)(parent ? OP_FORK : OP_SPAWN),
		.subject = parent,
		.given = 1 };
	struct op_result res = { 0 };

	strcpy(op.text, name);
	return history_do(h, &op, &res, 0, 0);
}

static void check_branch(const struct history *h, int branch, int parent,
	uint32_t from, uint32_t length)
{
	struct branch_info info;

	assert_true(history_branch_info(h, branch, &info));
	assert_int_equal(info.parent, parent);
	assert_int_equal(info.from, from);
	assert_int_equal(info.length, length);
}

static void check_tasks(const struct history *h, const char *names)
{
	const struct machine *m = history_machine(h);
	char have[64] = "";

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++)
		if (task_find(m, pid))
			strcat(have, task_find(m, pid)->name);
	assert_string_equal(have, names);
}

static void branches(void **state)
{
	struct machine_config config = { .ram = 1 << 20 };
	struct history *h = history_new(&config);
	struct branch_info info;
	const char *first[] = { "a", "b", "c", "d" };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(make(h, first[i], 0), 0);
	assert_int_equal(history_goto(h, pos_after(2)), 0);
	make(h, "x", 1);
	make(h, "y", 1);
	check_branch(h, 0, -1, 0, 4);
	check_branch(h, 1, 0, 2, 4);
	check_tasks(h, "abxy");
	assert_int_equal(history_goto(h, pos_after(3)), 0);
	make(h, "z", 0);
	check_branch(h, 2, 1, 3, 4);
	check_tasks(h, "abxz");

	/* The lesson, at the step where this line left it. */
	assert_int_equal(history_switch(h, 0), 0);
	assert_int_equal(pos_cmp(history_pos(h), pos_after(2)), 0);
	assert_int_equal(history_goto(h, pos_after(4)), 0);
	check_tasks(h, "abcd");
	/* A grandchild, where it left its parent. */
	assert_int_equal(history_switch(h, 2), 0);
	assert_int_equal(pos_cmp(history_pos(h), pos_after(3)), 0);
	check_tasks(h, "abx");
	assert_string_equal(history_step(h, 4)->op.text, "z");
	assert_int_equal(history_switch(h, 1), 0);
	assert_int_equal(pos_cmp(history_pos(h), pos_after(3)), 0);
	assert_string_equal(history_step(h, 4)->op.text, "y");
	/* In the middle of an operation, it is finished first. */
	assert_int_equal(history_goto(h, (struct pos){ 1, 1, 0 }), 0);
	make(h, "q", 0);
	check_branch(h, 3, 1, 1, 2);
	check_tasks(h, "aq");
	history_branch_name(h, 3, "mine");
	assert_true(history_branch_info(h, 3, &info));
	assert_string_equal(info.name, "mine");
	assert_int_equal(history_branch_count(h), 4);
	assert_int_equal(history_branch(h), 3);
	assert_int_equal(history_switch(h, 4), -ENOENT);
	history_delete(h);
}

/* Looking back once at the end does not disturb what is done after it. */
static void goes_on_after_looking(void **state)
{
	struct machine_config config = { .ram = 1 << 20 };
	struct history *h = history_new(&config);
	struct op op = { .id = OP_READ, .subject = 1 };
	struct op_result res = { 0 };
	size_t count, done;
	uint64_t end;

	(void)state;
	make(h, "a", 0);
	assert_non_null(history_events(h, &count, &done));
	for (unsigned i = 0; i < 500; i++)
		history_do(h, &op, &res, 0, 0);
	end = image_of(history_machine(h));
	for (uint32_t n = 500; n > 400; n--)
		assert_int_equal(history_goto(h, pos_after(n)), 0);
	assert_int_equal(history_goto(h, pos_after(501)), 0);
	assert_true(image_of(history_machine(h)) == end);
	history_delete(h);
}

/* A number for the events at the position, and for those that are done. */
static uint64_t events_here(struct history *h)
{
	size_t count, done;
	const struct event *e = history_events(h, &count, &done);
	uint64_t hash = done;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ e[i].id ^ e[i].old ^ e[i].o.id ^ e[i].n) *
		       0x9e3779b97f4a7c15u;
	return hash;
}

#define BRANCHES 12

/* What is at the end of each branch. */
struct tips {
	uint64_t image[BRANCHES];
	uint64_t events[BRANCHES];
};

static void check_tip(struct lesson *l, const struct tips *t)
{
	int b = history_branch(l->h);

	history_goto(l->h, pos_after(history_length(l->h)));
	check_state(l, t->image[b]);
	assert_true(events_here(l->h) == t->events[b]);
	check_state(l, t->image[b]);
}

static void make_branch(struct lesson *l, int b, struct tips *t)
{
	uint32_t at = below(l, history_length(l->h) - 1);

	assert_int_equal(history_goto(l->h, pos_after(at + 1)), 0);
	events_here(l->h);
	assert_int_equal(history_goto(l->h, pos_after(at)), 0);
	for (uint32_t n = below(l, 2) ? 1 : 1 + below(l, 30); n; n--) {
		struct op op = random_op(&l->ops);
		struct op_result res = { 0 };

		history_do(l->h, &op, &res, 0, 0);
	}
	assert_int_equal(history_branch(l->h), b);
	t->image[b] = image_of(history_machine(l->h));
	t->events[b] = events_here(l->h);
	history_goto(l->h, pos_after(at));
	check_tip(l, t);
}

/* Every branch of a tree of random ones, from every other one. */
static void random_branches(void **state)
{
	static struct lesson l;
	struct tips t;

	(void)state;
	open_lesson(&l, "4.0", 77, HISTORY_BUDGET);
	t.image[0] = l.after[STEPS];
	t.events[0] = events_here(l.h);
	for (int b = 1; b < BRANCHES; b++) {
		make_branch(&l, b, &t);
		history_switch(l.h, (int)below(&l, (uint32_t)b + 1));
	}
	for (unsigned i = 0; i < 100; i++) {
		history_switch(l.h, (int)below(&l, BRANCHES));
		check_tip(&l, &t);
		history_goto(l.h, pos_after(below(&l, history_length(l.h))));
		if (below(&l, 2))
			check_tip(&l, &t);
	}
	close_lesson(&l);
}

/* -- two at once --------------------------------------------------------- */

static void two_histories(void **state)
{
	static struct lesson a, b;

	(void)state;
	setenv("RMAPSCOPE_BARRIER", "mprotect", 1);
	open_lesson(&a, "4.0", 1, HISTORY_BUDGET);
	open_lesson(&b, "6.18", 2, HISTORY_BUDGET);
	for (unsigned i = 0; i < 60; i++) {
		struct pos p = random_pos(&a);

		assert_int_equal(history_goto(a.h, p), 0);
		check_here(&a, p);
		p = random_pos(&b);
		assert_int_equal(history_goto(b.h, p), 0);
		check_here(&b, p);
	}
	assert_false(history_handles_fault(NULL));
	close_lesson(&a);
	close_lesson(&b);
	unsetenv("RMAPSCOPE_BARRIER");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(walks_in_a_tiny_budget),
		cmocka_unit_test(every_event),
		cmocka_unit_test(positions_that_are_not),
		cmocka_unit_test(the_log_says_what_was_done),
		cmocka_unit_test(an_empty_batch_is_a_step),
		cmocka_unit_test(branches),
		cmocka_unit_test(goes_on_after_looking),
		cmocka_unit_test(random_branches),
		cmocka_unit_test(two_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
