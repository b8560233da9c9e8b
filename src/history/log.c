/*
 * A record is a sequence of varints: 7 bits a byte, low ones first, the high
 * bit says that more follow.
 *
 *   head       op.id << HEAD_BITS | HAS_...
 *   what       given, subject, mask of arguments that are not 0, those
 *   text       its number in the pool           if HAS_TEXT
 *   result     status (zigzag), value, len, faults if HAS_RESULT
 *   killed     how many, the pids that were kept  if HAS_KILLED
 *   batch      text, calls, first call          if HAS_BATCH
 *   place      line, file                       if HAS_PLACE
 *   costs      mask of those that are not 0, those if HAS_COSTS
 *
 * mark[i] is where record i * LOG_MARK begins; those between are found by
 * reading on.
 */
#include "history/log.h"
#include "history/alloc.h"

#include <stdlib.h>
#include <string.h>

#define LOG_MARK 16u
#define MAX_RECORD 768u /* bytes of the longest, with 10 for each number */

_Static_assert((NR_COSTS + OP_MAX_ARGS + MAX_KILLED + 17) * 10 <= MAX_RECORD,
	"a record of all numbers fits");

enum head {
	HAS_TEXT = 1,
	IS_TEXT_VALUE = 2,
	HAS_RESULT = 4,
	HAS_BATCH = 8,
	HAS_PLACE = 16,
	HAS_COSTS = 32,
	HAS_KILLED = 64,
	HEAD_BITS = 7
};

/* -- numbers ------------------------------------------------------------- */

static void put(uint8_t **p, uint64_t n)
{
	for (; n > 127; n >>= 7)
		*(*p)++ = (uint8_t)(n | 128);
	*(*p)++ = (uint8_t)n;
}

static uint64_t take(const uint8_t **p)
{
	uint64_t n = 0;
	unsigned shift = 0;

	while (**p & 128) {
		n |= (uint64_t)(*(*p)++ & 127) << shift;
		shift += 7;
	}
	return n | (uint64_t) * (*p)++ << shift;
}

/* A mask of which of @count numbers are not 0, then those. */
static void put_array(uint8_t **p, const uint64_t *n, unsigned count)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < count; i++)
		mask |= (uint64_t)(n[i] != 0) << i;
	put(p, mask);
	for (; mask; mask &= mask - 1)
		put(p, n[__builtin_ctzll(mask)]);
}

static void take_array(const uint8_t **p, uint64_t *n)
{
	for (uint64_t mask = take(p); mask; mask &= mask - 1)
		n[__builtin_ctzll(mask)] = take(p);
}

static uint64_t zigzag(int n)
{
	return n < 0 ? (uint64_t)(-(int64_t)n) * 2 - 1 : (uint64_t)n * 2;
}

static int unzigzag(uint64_t n)
{
	return n & 1 ? (int)-(int64_t)((n + 1) / 2) : (int)(n / 2);
}

/* -- records ------------------------------------------------------------- */

static bool any_cost(const struct costs *c)
{
	for (unsigned i = 0; i < NR_COSTS; i++)
		if (c->n[i])
			return true;
	return false;
}

static unsigned head_of(const struct record *r)
{
	unsigned head = 0;

	if (r->op.text[0])
		head |= HAS_TEXT;
	if (r->op.text_value)
		head |= IS_TEXT_VALUE;
	if (r->status || r->value || r->len || r->faults)
		head |= HAS_RESULT;
	if (r->nr_killed)
		head |= HAS_KILLED;
	if (r->op.id == OP_BATCH)
		head |= HAS_BATCH;
	if (r->line || r->file)
		head |= HAS_PLACE;
	if (any_cost(&r->costs))
		head |= HAS_COSTS;
	return head;
}

static void put_op(uint8_t **p, struct pool *texts, const struct op *op)
{
	put(p, op->given);
	put(p, op->subject);
	put_array(p, op->arg, OP_MAX_ARGS);
	if (op->text[0])
		put(p, pool_add(texts, op->text));
}

static void put_result(uint8_t **p, const struct record *r)
{
	put(p, zigzag(r->status));
	put(p, r->value);
	put(p, r->len);
	put(p, r->faults);
}

static void put_killed(uint8_t **p, const struct record *r)
{
	put(p, r->nr_killed);
	for (unsigned i = 0; i < r->nr_killed && i < MAX_KILLED; i++)
		put(p, r->killed[i]);
}

static void put_batch(uint8_t **p, const struct record *r)
{
	put(p, r->batch_text);
	put(p, r->calls);
	put(p, r->first_call);
}

static uint8_t *encode(uint8_t *p, struct pool *texts, const struct record *r)
{
	unsigned head = head_of(r);

	put(&p, (uint64_t)r->op.id << HEAD_BITS | head);
	put_op(&p, texts, &r->op);
	if (head & HAS_RESULT)
		put_result(&p, r);
	if (head & HAS_KILLED)
		put_killed(&p, r);
	if (head & HAS_BATCH)
		put_batch(&p, r);
	if (head & HAS_PLACE) {
		put(&p, r->line);
		put(&p, r->file);
	}
	if (head & HAS_COSTS)
		put_array(&p, r->costs.n, NR_COSTS);
	return p;
}

static void take_op(const uint8_t **p, const struct pool *texts, unsigned head,
	struct op *op)
{
	op->given = (uint16_t)take(p);
	op->subject = (uint32_t)take(p);
	take_array(p, op->arg);
	if (head & HAS_TEXT)
		strcpy(op->text, pool_text(texts, (uint32_t)take(p)));
	op->text_value = head & IS_TEXT_VALUE;
}

static void take_result(const uint8_t **p, struct record *r)
{
	r->status = unzigzag(take(p));
	r->value = take(p);
	r->len = take(p);
	r->faults = (uint32_t)take(p);
}

static void take_killed(const uint8_t **p, struct record *r)
{
	r->nr_killed = (uint32_t)take(p);
	for (unsigned i = 0; i < r->nr_killed && i < MAX_KILLED; i++)
		r->killed[i] = (uint32_t)take(p);
}

static void take_batch(const uint8_t **p, struct record *r)
{
	r->batch_text = (uint32_t)take(p);
	r->calls = (uint32_t)take(p);
	r->first_call = (uint32_t)take(p);
}

static const uint8_t *decode(
	const uint8_t *p, const struct pool *texts, struct record *r)
{
	uint64_t head = take(&p);

	memset(r, 0, sizeof(*r));
	r->op.id = (uint16_t)(head >> HEAD_BITS);
	take_op(&p, texts, (unsigned)head, &r->op);
	if (head & HAS_RESULT)
		take_result(&p, r);
	if (head & HAS_KILLED)
		take_killed(&p, r);
	if (head & HAS_BATCH)
		take_batch(&p, r);
	if (head & HAS_PLACE) {
		r->line = (uint32_t)take(&p);
		r->file = (uint32_t)take(&p);
	}
	if (head & HAS_COSTS)
		take_array(&p, r->costs.n);
	return p;
}

/* -- the log ------------------------------------------------------------- */

void log_free(struct log *l)
{
	free(l->bytes);
	free(l->mark);
}

void log_add(struct log *l, struct pool *texts, const struct record *r)
{
	uint32_t mark = l->count / LOG_MARK;

	l->bytes = xgrow(l->bytes, &l->room, l->used + MAX_RECORD, 1);
	if (l->count % LOG_MARK == 0) {
		l->mark = xgrow(l->mark, &l->mark_room, (size_t)mark + 1,
			sizeof(*l->mark));
		l->mark[mark] = l->used;
	}
	l->used = (size_t)(encode(l->bytes + l->used, texts, r) - l->bytes);
	l->count++;
}

void log_get(
	struct log *l, const struct pool *texts, uint32_t i, struct record *r)
{
	if (i < l->next || i - l->next >= LOG_MARK) {
		l->next = i / LOG_MARK * LOG_MARK;
		l->next_at = l->mark[i / LOG_MARK];
	}
	do {
		l->next_at = (size_t)(decode(l->bytes + l->next_at, texts, r) -
				      l->bytes);
	} while (l->next++ < i);
}

size_t log_bytes(const struct log *l)
{
	return l->used + (l->count / LOG_MARK + 1) * sizeof(*l->mark);
}
