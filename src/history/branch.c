/*
 * Branches are a tree of logs.  Step n of a branch stands in its own log if it
 * was made there, else in the nearest ancestor that had not yet been left at
 * step n.
 */
#include "history/internal.h"
#include "history/alloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t length_of(const struct branch *b)
{
	return b->from + b->steps.count;
}

uint32_t history_length(const struct history *h)
{
	return length_of(branch_now(h));
}

/* Whose log holds step @n of the current branch. */
static struct branch *owner(const struct history *h, uint32_t n)
{
	struct branch *b = branch_now(h);

	while (n <= b->from && b->parent >= 0)
		b = &h->branch[b->parent];
	return b;
}

const struct record *branch_step(struct history *h, uint32_t n)
{
	struct branch *b;

	if (h->fetched == n)
		return &h->fetch;
	b = owner(h, n);
	log_get(&b->steps, &h->texts, n - b->from - 1, &h->fetch);
	h->fetched = n;
	return &h->fetch;
}

void branch_call(struct history *h, uint32_t n, uint32_t i, struct record *r)
{
	uint32_t first = branch_step(h, n)->first_call;

	log_get(&owner(h, n)->calls, &h->texts, first + i, r);
}

/* -- what readers get ---------------------------------------------------- */

/* The beginning of @text, cut between two characters. */
static void copy_cut(char *to, const char *text)
{
	size_t n = strnlen(text, NAME_SIZE);

	if (n == NAME_SIZE) {
		n--;
		while (n && (text[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(to, text, n);
	to[n] = 0;
}

static void step_from(
	struct step *s, const struct history *h, const struct record *r)
{
	*s = (struct step){ .op = r->op,
		.status = r->status,
		.value = r->value,
		.len = r->len,
		.faults = r->faults,
		.calls = r->calls,
		.line = r->line,
		.file = r->file,
		.nr_killed = r->nr_killed,
		.costs = r->costs };
	memcpy(s->killed, r->killed, sizeof(s->killed));
	if (r->op.id != OP_BATCH)
		return;
	s->batch_text = pool_text(&h->texts, r->batch_text);
	copy_cut(s->op.text, s->batch_text);
}

/* Reading the log changes only where the reader stands and the buffers. */
static struct history *reading(const struct history *h)
{
	return (struct history *)(uintptr_t)h;
}

const struct step *history_step(const struct history *h, uint32_t n)
{
	struct history *own = reading(h);
	struct step *s;

	if (n < 1 || n > history_length(h))
		return NULL;
	s = &own->step[own->next_step++ % STEP_RING];
	step_from(s, h, branch_step(own, n));
	return s;
}

static void result_from(struct op_result *res, const struct record *r)
{
	*res = (struct op_result){ .status = r->status,
		.value = r->value,
		.len = r->len,
		.faults = r->faults,
		.nr_killed = r->nr_killed };
	memcpy(res->killed, r->killed, sizeof(res->killed));
}

const struct op *history_call(
	const struct history *h, uint32_t n, uint32_t i, struct op_result *res)
{
	struct history *own = reading(h);
	struct record r;
	struct op *op;

	if (n < 1 || n > history_length(h) || i >= branch_step(own, n)->calls)
		return NULL;
	branch_call(own, n, i, &r);
	if (res)
		result_from(res, &r);
	op = &own->call[own->next_call++ % STEP_RING];
	*op = r.op;
	return op;
}

/* -- branches ------------------------------------------------------------ */

void branch_add(struct history *h, int parent, uint32_t from)
{
	struct branch *b;
	char name[32] = "lesson";

	h->branch = xgrow(h->branch, &h->branch_room, (size_t)h->branches + 1,
		sizeof(*h->branch));
	if (parent >= 0)
		snprintf(name, sizeof(name), "branch %d", h->branches);
	b = &h->branch[h->branches];
	*b = (struct branch){
		.name = xstrdup(name), .parent = parent, .from = from
	};
	h->current = h->branches++;
}

int history_branch_count(const struct history *h)
{
	return h->branches;
}

int history_branch(const struct history *h)
{
	return h->current;
}

static bool is_branch(const struct history *h, int branch)
{
	return branch >= 0 && branch < h->branches;
}

bool history_branch_info(
	const struct history *h, int branch, struct branch_info *info)
{
	const struct branch *b;

	if (!is_branch(h, branch))
		return false;
	b = &h->branch[branch];
	*info = (struct branch_info){ b->name, b->parent, b->from,
		length_of(b) };
	return true;
}

void history_branch_name(struct history *h, int branch, const char *name)
{
	char *copy;

	if (!is_branch(h, branch))
		return;
	copy = xstrdup(name);
	free(h->branch[branch].name);
	h->branch[branch].name = copy;
}

/* How many steps @branch shares with @ancestor, one it descends from or is;
 * UINT32_MAX when it does not. */
static uint32_t shared_with(const struct history *h, int branch, int ancestor)
{
	uint32_t shared = length_of(&h->branch[branch]);

	while (branch != ancestor) {
		const struct branch *b = &h->branch[branch];

		if (b->parent < 0)
			return UINT32_MAX;
		if (b->from < shared)
			shared = b->from;
		branch = b->parent;
	}
	return shared;
}

/* How many steps two branches have in common. */
static uint32_t common(const struct history *h, int a, int b)
{
	int up = a;
	uint32_t with_a, with_b;

	while (shared_with(h, b, up) == UINT32_MAX)
		up = h->branch[up].parent;
	with_a = shared_with(h, a, up);
	with_b = shared_with(h, b, up);
	return with_a < with_b ? with_a : with_b;
}

int history_switch(struct history *h, int branch)
{
	uint32_t same, to;

	if (!is_branch(h, branch))
		return -ENOENT;
	if (branch == h->current)
		return 0;
	same = common(h, branch, h->current);
	to = shared_with(h, h->current, branch) == UINT32_MAX
		     ? h->branch[branch].from
		     : same;
	go(h, place_of(same, 0));
	keyframes_drop_future(h->keyframes);
	h->current = branch;
	h->fetched = 0;
	h->events.valid = false;
	settle(h, pos_after(to));
	h->pos = pos_after(to);
	return 0;
}
