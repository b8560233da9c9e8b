/* A history from its beginning to its end, and making it longer. */
#include "history/history.h"
#include "history/alloc.h"
#include "history/internal.h"

#include <stdlib.h>
#include <string.h>

/* -- the machine's state as a region ------------------------------------- */

static size_t state_used(void *ctx)
{
	return arena_used(ctx);
}

/* The arena commits what its state says is used: say so for a moment. */
static void state_commit(void *ctx, size_t bytes)
{
	struct machine *m = ctx;
	size_t used = m->arena.used;

	if (bytes <= arena_of(m)->committed)
		return;
	m->arena.used = bytes;
	arena_restored(m);
	m->arena.used = used;
}

static void state_restored(void *ctx)
{
	arena_restored(ctx);
}

static struct keyframes *keyframes_of(struct machine *m)
{
	struct region state = { .base = (char *)m,
		.ctx = m,
		.used = state_used,
		.commit = state_commit,
		.restored = state_restored };

	return keyframes_new(&state, barrier_default(), HISTORY_BUDGET);
}

bool history_handles_fault(const void *addr)
{
	return barrier_fault(addr);
}

/* -- beginning and end --------------------------------------------------- */

static void free_names(struct machine_config *c)
{
	for (unsigned i = 0; i < NR_ZONES_MAX; i++)
		free((char *)(uintptr_t)c->zone_name[i]);
}

static struct machine_config copy_config(const struct machine_config *config)
{
	struct machine_config c = *config;

	for (unsigned i = 0; i < NR_ZONES_MAX; i++)
		if (c.zone_name[i])
			c.zone_name[i] = xstrdup(c.zone_name[i]);
	return c;
}

struct history *history_new(const struct machine_config *config)
{
	struct machine_config own = copy_config(config);
	struct machine *m = machine_new(&own);
	struct history *h;

	if (!m) {
		free_names(&own);
		return NULL;
	}
	h = xcalloc(1, sizeof(*h));
	h->config = own;
	h->machine = m;
	h->pos = pos_after(0);
	pool_init(&h->texts);
	branch_add(h, -1, 0);
	h->keyframes = keyframes_of(m);
	return h;
}

static void free_branches(struct history *h)
{
	for (int i = 0; i < h->branches; i++) {
		log_free(&h->branch[i].steps);
		log_free(&h->branch[i].calls);
		free(h->branch[i].name);
	}
	free(h->branch);
}

void history_delete(struct history *h)
{
	if (!h)
		return;
	keyframes_delete(h->keyframes);
	machine_delete(h->machine);
	free_names(&h->config);
	free_branches(h);
	notes_free(h);
	pool_free(&h->texts);
	free(h->events.event);
	free_before(h);
	free(h);
}

const struct machine_config *history_config(const struct history *h)
{
	return &h->config;
}

const struct machine *history_machine(const struct history *h)
{
	return h->machine;
}

void history_set_budget(struct history *h, size_t bytes)
{
	keyframes_budget(h->keyframes, bytes);
}

uint32_t history_file(struct history *h, const char *name)
{
	return pool_add(&h->texts, name);
}

const char *history_file_name(const struct history *h, uint32_t file)
{
	return pool_text(&h->texts, file);
}

void history_stats(const struct history *h, struct history_stats *stats)
{
	*stats = (struct history_stats){
		.log_bytes = h->texts.bytes,
		.keyframe_bytes = keyframes_bytes(h->keyframes),
		.keyframes = keyframes_count(h->keyframes),
		.replayed = h->replayed,
	};
	for (int i = 0; i < h->branches; i++)
		stats->log_bytes += log_bytes(&h->branch[i].steps) +
				    log_bytes(&h->branch[i].calls);
}

/* -- making it longer ---------------------------------------------------- */

/* What is done from now on follows the present position: what is under way is
 * finished, and unless that is the end a new branch begins. */
static void go_to_an_end(struct history *h)
{
	uint32_t n = h->pos.op;

	go(h, place_of(n, 0));
	h->pos = pos_after(n);
	if (n == history_length(h))
		return;
	keyframes_drop_future(h->keyframes);
	branch_add(h, h->current, n);
	h->fetched = 0;
	h->events.valid = false;
}

/* Run @op where the machine is and leave in @r what becomes of it. */
static void run_new(struct history *h, const struct op *op,
	struct op_result *res, struct record *r)
{
	space_keyframes(h);
	machine_run(h->machine, op, res);
	h->work += work_of(&res->costs);
	*r = (struct record){ .op = *op,
		.status = res->status,
		.value = res->value,
		.len = res->len,
		.faults = res->faults,
		.nr_killed = res->nr_killed };
	memcpy(r->killed, res->killed, sizeof(r->killed));
}

/* The batch's record names the first of all that its calls killed. */
static void add_killed(struct record *sum, const struct record *r)
{
	for (unsigned i = 0; i < r->nr_killed && i < MAX_KILLED; i++)
		if (sum->nr_killed + i < MAX_KILLED)
			sum->killed[sum->nr_killed + i] = r->killed[i];
	sum->nr_killed += r->nr_killed;
}

static void add_call(
	struct history *h, const struct record *r, const struct costs *costs)
{
	struct record *sum = &h->batch.record;

	log_add(&branch_now(h)->calls, &h->texts, r);
	sum->calls++;
	sum->faults += r->faults;
	add_killed(sum, r);
	if (!sum->status)
		sum->status = r->status;
	for (unsigned i = 0; i < NR_COSTS; i++)
		sum->costs.n[i] += costs->n[i];
	h->at++;
	h->pos = (struct pos){ place_op(h->at) + 1, sum->calls, 0 };
}

static void add_step(struct history *h, const struct record *r)
{
	log_add(&branch_now(h)->steps, &h->texts, r);
	h->pos = pos_after(history_length(h));
	h->at = place_of(h->pos.op, 0);
}

int history_do(struct history *h, const struct op *op, struct op_result *res,
	uint32_t line, uint32_t file)
{
	struct record r;

	if (!h->batch.open)
		go_to_an_end(h);
	run_new(h, op, res, &r);
	if (h->batch.open) {
		add_call(h, &r, &res->costs);
		return res->status;
	}
	r.costs = res->costs;
	r.line = line;
	r.file = file;
	add_step(h, &r);
	return res->status;
}

void history_batch_begin(
	struct history *h, const char *text, uint32_t line, uint32_t file)
{
	go_to_an_end(h);
	h->batch.open = true;
	h->batch.record = (struct record){
		.op.id = OP_BATCH,
		.batch_text = pool_add(&h->texts, text),
		.line = line,
		.file = file,
		.first_call = branch_now(h)->calls.count,
	};
}

void history_batch_end(struct history *h)
{
	h->batch.open = false;
	add_step(h, &h->batch.record);
}
