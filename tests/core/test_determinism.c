/*
 * The same operations give the same results, events and bytes at any base
 * address, and a snapshot restores all there is.
 */
#include "recorder.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Operations that reach most of the machine. */
static const char *const stories[] = {
	"map 10-40; touch 10-30; read 31; fork C; C: touch 12-20; "
	"C: protect 14-18 r; protect 12-22 r; protect 12-22 rw; touch 10-30",
	"C: fork G; exit; G: touch 11; C: unmap 20-24; C: move 10-14 50; "
	"C: map 10-14; C: touch 10-14; G: advise 10-20 dontneed; G: read 10",
	"C: fork H; C: exit; H: fork I; G: exit; H: unmap 10-90; I: exit; "
	"H: brk 6; H: brk 2; H: map 60-70; H: touch 60-70; H: exit; "
	"spawn Q; Q: map 10-14; Q: touch 10",
	"Q: map 20-30; Q: touch 20-26; Q: fork R; R: touch 20; Q: out 20-26; "
	"R: out 20; R: read 20; R: touch 22; Q: read 22; Q: touch 22; "
	"Q: unmap 24-25; Q: move 25-26 40; R: fork S; R: exit; Q: exit; "
	"S: touch 21; swapoff; S: read 20-26",
	"S: clone T; T: map 40-44; S: touch 40; T: touch 21; S: vfork U; "
	"U: write 22 3; U: exit; S: wait U; S: exit; T: touch 41; T: exit",
	"file F 4; spawn A; A: map 10-20; A: touch 10-15; A: fork B; "
	"A: vfork E; E: exec F 1 2 2 hello; E: brk 3; B: clone D; "
	"D: exec F 2 2 0; E: fork X; X: exec F 1 0 1; A: exec F 5 0 0 =ENOEXEC; "
	"A: exec F 1 1 1; B: exit; A: wait B; A: wait =EAGAIN",
};
#define NR_STORIES (sizeof(stories) / sizeof(stories[0]))

static const struct {
	const char *era, *arch;
} kinds[] = { { "2.4", "i386" }, { "2.4", "pae" }, { "2.6.0", "i386" },
	{ "2.6.0", "pae" }, { "2.6.11", "i386" }, { "2.6.11", "pae" },
	{ "4.0", "x86_64" },
	{ "6.18", "x86_64" }, { "6.18", "x86_64-la57" } };
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Copies that the sanitizer's view of free memory does not concern. */
#if defined(__SANITIZE_ADDRESS__)
#define RAW                                                                    \
	__attribute__((no_sanitize("address"),                                 \
		optimize("no-tree-loop-distribute-patterns")))
#else
#define RAW
#endif

static RAW void copy_words(uint64_t *to, const uint64_t *from, size_t bytes)
{
	for (volatile size_t i = 0; i < bytes / 8; i++)
		to[i] = from[i];
}

static uint64_t *snapshot(const struct machine *m, size_t *bytes)
{
	*bytes = (arena_used(m) + 7) & ~(size_t)7;
	uint64_t *copy = malloc(*bytes);
	assert_non_null(copy);
	copy_words(copy, (const uint64_t *)(const void *)m, *bytes);
	return copy;
}

static void restore(struct machine *m, const uint64_t *copy, size_t bytes)
{
	copy_words((uint64_t *)(void *)m, copy, bytes);
	arena_restored(m);
}

/* The state as if it lay at address 0: words that point into it relocated. */
static uint64_t *relocated(const struct machine *m, size_t *bytes)
{
	uint64_t *copy = snapshot(m, bytes);
	uint64_t base = (uint64_t)(uintptr_t)m;
	for (size_t i = 0; i < *bytes / 8; i++)
		if (copy[i] >= base && copy[i] < base + *bytes)
			copy[i] -= base;
	return copy;
}

static void expect_same_bytes(
	const uint64_t *a, const uint64_t *b, size_t bytes)
{
	for (size_t i = 0; i < bytes / 8; i++)
		if (a[i] != b[i])
			fail_msg("word at %#zx: %#llx and %#llx", i * 8,
				(unsigned long long)a[i],
				(unsigned long long)b[i]);
}

/* What a run leaves: events, bytes, the last result. */
struct trail {
	struct recorder rec;
	uint64_t *state;
	size_t bytes;
	struct op_result res;
};

/* The walks of every frame, to the end and as far as they must. */
static void walk_all(void)
{
	for (uint64_t i = 0; i < 2 * run.m->nr_frames; i++) {
		struct op op = { .id = OP_RMAP, .subject = (uint32_t)(i / 2) };
		struct op_result res = { 0 };
		op_set(&op, "full", i % 2);
		machine_run(run.m, &op, &res);
	}
}

static void tell_story(size_t i)
{
	script(stories[i]);
	walk_all();
}

static void tell_stories(unsigned from)
{
	for (size_t i = from; i < NR_STORIES; i++)
		tell_story(i);
}

static void follow_stories(struct trail *t, unsigned from)
{
	record_start(&t->rec, run.m);
	tell_stories(from);
	record_stop(&t->rec, run.m);
	t->state = relocated(run.m, &t->bytes);
	t->res = run.res;
}

static bool same_event(const struct event *a, const struct event *b)
{
	const char *f = a->field ? a->field : "", *g = b->field ? b->field : "";
	return a->id == b->id && a->kind == b->kind && a->fn == b->fn &&
	       a->depth == b->depth && ref_eq(a->o, b->o) &&
	       ref_eq(a->p, b->p) && !strcmp(f, g) && a->type == b->type &&
	       a->old == b->old && a->new == b->new && a->n == b->n;
}

static void expect_same_trail(const struct trail *a, const struct trail *b)
{
	expect_num(a->rec.count, b->rec.count);
	for (unsigned i = 0; i < a->rec.count; i++)
		if (!same_event(&a->rec.event[i], &b->rec.event[i]))
			fail_msg("event %u differs: %s", i,
				event_text(run.m, &a->rec.event[i]));
	expect_num(a->bytes, b->bytes);
	expect_same_bytes(a->state, b->state, a->bytes);
	assert_memory_equal(&a->res.costs, &b->res.costs, sizeof(a->res.costs));
	expect_num(a->res.value, b->res.value);
}

static void drop_trail(struct trail *t)
{
	record_free(&t->rec);
	free(t->state);
}

/* A second machine while the first one holds its address range. */
static void begin_elsewhere(struct machine **first, unsigned kind)
{
	*first = run.m;
	run.m = NULL;
	begin_swapping(kinds[kind].era, kinds[kind].arch, 0);
	assert_ptr_not_equal(*first, run.m);
}

/* Two arenas at different bases: same events, results and bytes. */
static void same_at_any_base(void **state)
{
	(void)state;
	for (unsigned k = 0; k < NR_KINDS; k++) {
		struct trail a = { 0 }, b = { 0 };
		struct machine *first;
		begin_swapping(kinds[k].era, kinds[k].arch, 0);
		follow_stories(&a, 0);
		begin_elsewhere(&first, k);
		follow_stories(&b, 0);
		expect_same_trail(&a, &b);
		machine_delete(first);
		drop_trail(&a);
		drop_trail(&b);
	}
}

/* With events off the bytes are the same as with events on; what operations
 * cost is among them. */
static void events_change_nothing(void **state)
{
	(void)state;
	for (unsigned k = 0; k < NR_KINDS; k++) {
		struct trail a = { 0 };
		size_t bytes;
		begin_swapping(kinds[k].era, kinds[k].arch, 0);
		follow_stories(&a, 0);
		begin_swapping(kinds[k].era, kinds[k].arch, 0);
		tell_stories(0);
		uint64_t *b = relocated(run.m, &bytes);
		expect_num(a.bytes, bytes);
		expect_same_bytes(a.state, b, bytes);
		drop_trail(&a);
		free(b);
	}
}

/* A restored machine goes on exactly as it did the first time. */
static void restore_and_continue(void **state)
{
	(void)state;
	for (unsigned k = 0; k < NR_KINDS; k++) {
		struct trail a = { 0 }, b = { 0 };
		size_t bytes;
		begin_swapping(kinds[k].era, kinds[k].arch, 0);
		script(stories[0]);
		uint64_t *copy = snapshot(run.m, &bytes);
		struct run before = run;
		follow_stories(&a, 1);
		restore(run.m, copy, bytes);
		run = before;
		follow_stories(&b, 1);
		expect_same_trail(&a, &b);
		free(copy);
		drop_trail(&a);
		drop_trail(&b);
	}
}

/* ---- leaving in the middle ---- */

struct stop {
	jmp_buf at;
	unsigned left; /* events until the jump */
};

static void count_down(struct tracer *t, const struct event *e)
{
	struct stop *s = t->ctx;
	(void)e;
	if (--s->left == 0)
		longjmp(s->at, 1);
}

/* Run @op until its event @k; false when it ended before. */
static bool run_until(const struct op *op, unsigned k)
{
	static struct stop s;
	static struct tracer t;
	static struct op_result res;
	bool stopped;
	memset(&res, 0, sizeof(res));
	t = (struct tracer){ .sink = count_down, .ctx = &s };
	s.left = k;
	trace_attach(run.m, &t);
	stopped = setjmp(s.at);
	if (!stopped)
		machine_run(run.m, op, &res);
	trace_attach(run.m, NULL);
	return stopped;
}

/* Stop at every event of @op: the same bytes each time, and the machine that
 * is restored afterwards runs it to the same end. */
static void expect_stoppable(const struct op *op)
{
	size_t bytes, end_bytes, at_bytes, again_bytes;
	uint64_t *copy = snapshot(run.m, &bytes);
	run_until(op, UINT32_MAX);
	uint64_t *end = relocated(run.m, &end_bytes);
	restore(run.m, copy, bytes);
	for (unsigned k = 1; run_until(op, k); k++) {
		uint64_t *at = relocated(run.m, &at_bytes);
		restore(run.m, copy, bytes);
		assert_true(run_until(op, k));
		uint64_t *again = relocated(run.m, &again_bytes);
		expect_num(at_bytes, again_bytes);
		expect_same_bytes(at, again, at_bytes);
		free(at);
		free(again);
		restore(run.m, copy, bytes);
	}
	uint64_t *same = relocated(run.m, &at_bytes);
	expect_num(at_bytes, end_bytes);
	expect_same_bytes(same, end, end_bytes);
	free(same);
	free(end);
	free(copy);
}

static struct op write_op(const char *task, uint64_t page)
{
	struct op op = make_op(OP_WRITE, pid_of(task));
	set_arg(&op, "addr", addr_of(page));
	set_arg(&op, "value", 5);
	return op;
}

/* First touch, fork, copy, unmap and exit can be left at any event. */
static void leave_at_any_event(void **state)
{
	(void)state;
	for (unsigned k = 0; k < NR_KINDS; k++) {
		begin_swapping(kinds[k].era, kinds[k].arch, 1 << 20);
		script("map 10-14; map 14-18 r");
		struct op op = write_op("P", 10);
		expect_stoppable(&op);
		op = make_op(OP_FORK, pid_of("P"));
		set_text(&op, "C");
		expect_stoppable(&op);
		script("fork D; touch 11");
		op = write_op("D", 10);
		expect_stoppable(&op);
		op = make_op(OP_MUNMAP, pid_of("D"));
		set_arg(&op, "addr", addr_of(11));
		set_arg(&op, "len", PAGE_SIZE);
		expect_stoppable(&op);
		op = make_op(OP_EXIT, pid_of("P"));
		expect_stoppable(&op);
	}
}

static struct op range_of(enum op_id id, uint64_t from, uint64_t pages)
{
	struct op op = make_op(id, pid_of("P"));
	set_arg(&op, "addr", addr_of(from));
	set_arg(&op, id == OP_MREMAP ? "old_len" : "len", pages * PAGE_SIZE);
	return op;
}

static struct op move_op(uint64_t from, uint64_t pages, uint64_t to)
{
	struct op op = range_of(OP_MREMAP, from, pages);
	set_arg(&op, "new_len", pages * PAGE_SIZE);
	set_arg(&op, "to", addr_of(to));
	set_arg(&op, "maymove", 1);
	set_arg(&op, "fixed", 1);
	return op;
}

/* ... and so can splits, merges, moves, DONTNEED and walks. */
static void leave_changes_at_any_event(void **state)
{
	(void)state;
	for (unsigned k = 0; k < NR_KINDS; k++) {
		begin_swapping(kinds[k].era, kinds[k].arch, 1 << 20);
		script("map 10-18; touch 10-18; fork C; C: touch 12");
		struct op op = range_of(OP_MPROTECT, 12, 2);
		set_arg(&op, "prot", PROT_R);
		expect_stoppable(&op);
		set_arg(&op, "prot", PROT_R | PROT_W);
		expect_stoppable(&op);
		op = range_of(OP_MADVISE, 13, 2);
		set_arg(&op, "advice", ADVICE_DONTNEED);
		expect_stoppable(&op);
		op = move_op(14, 2, 30);
		expect_stoppable(&op);
		op = make_op(OP_RMAP, page_pfn(run.m, frame("P", 12)));
		set_arg(&op, "full", 0);
		expect_stoppable(&op);
	}
}

/* ... and whatever meets a swapped page. */
static void leave_swapping_at_any_event(void **state)
{
	(void)state;
	for (unsigned k = 0; k < NR_KINDS; k++) {
		begin_swapping(kinds[k].era, kinds[k].arch, 1 << 20);
		script("map 10-18; touch 10-18; fork C; C: touch 12; "
		       "out 10-18; C: out 12; C: read 13");
		struct op op = make_op(OP_READ, pid_of("P"));
		set_arg(&op, "addr", addr_of(10));
		expect_stoppable(&op);
		op = make_op(OP_WRITE, pid_of("C"));
		set_arg(&op, "addr", addr_of(11));
		expect_stoppable(&op);
		op = make_op(OP_WRITE, pid_of("P"));
		set_arg(&op, "addr", addr_of(13));
		expect_stoppable(&op);
		op = make_op(OP_FORK, pid_of("P"));
		set_text(&op, "D");
		expect_stoppable(&op);
		op = range_of(OP_MUNMAP, 12, 2);
		expect_stoppable(&op);
		op = make_op(OP_SWAPOFF, 0);
		expect_stoppable(&op);
	}
}

static struct run lives[2]; /* two machines, each at its own point */

static void step_of(unsigned which, size_t story)
{
	run = lives[which];
	tell_story(story);
	lives[which] = run;
}

/* Two machines in one process, step by step in turn, do not meet. */
static void two_machines_do_not_meet(void **state)
{
	(void)state;
	for (unsigned k = 0; k + 1 < NR_KINDS; k++) {
		struct trail alone = { 0 };
		size_t bytes;
		begin_swapping(kinds[k].era, kinds[k].arch, 0);
		follow_stories(&alone, 0);
		for (unsigned i = 0; i < 2; i++) {
			begin_swapping(kinds[k + i].era, kinds[k + i].arch, 0);
			lives[i] = run;
			run.m = NULL;
		}
		for (size_t i = 0; i < NR_STORIES; i++) {
			step_of(0, i);
			step_of(1, i);
		}
		uint64_t *mixed = relocated(lives[0].m, &bytes);
		expect_num(bytes, alone.bytes);
		expect_same_bytes(mixed, alone.state, bytes);
		run.m = NULL;
		machine_delete(lives[0].m);
		machine_delete(lives[1].m);
		free(mixed);
		drop_trail(&alone);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_at_any_base),
		cmocka_unit_test(events_change_nothing),
		cmocka_unit_test(restore_and_continue),
		cmocka_unit_test(leave_at_any_event),
		cmocka_unit_test(leave_changes_at_any_event),
		cmocka_unit_test(leave_swapping_at_any_event),
		cmocka_unit_test(two_machines_do_not_meet),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
