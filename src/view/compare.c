/*
 * The log of a run holds its steps one after another, each a row of variable
 * length: numbers as bytes of seven bits, lowest first, and texts ended by 0.
 * Costs are pairs of id + 1 and number, ended by 0.
 */
#include "view/compare.h"

#include "view/format.h"
#include "view/nearest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compare *compare_new(void)
{
	struct compare *c = calloc(1, sizeof(*c));

	if (c)
		c->set = 1u << COST_VISITED | 1u << COST_PTES;
	return c;
}

void compare_delete(struct compare *c)
{
	for (unsigned i = 0; c && i < c->nr; i++) {
		free(c->run[i].why);
		free(c->run[i].at);
		buf_free(&c->run[i].log);
	}
	free(c);
}

/* -- writing a step ------------------------------------------------------ */

static void put_number(struct buf *b, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_putc(b, (char)(n | 128));
	buf_putc(b, (char)n);
}

static void put_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text) + 1);
}

static void put_costs(struct buf *b, const struct costs *costs)
{
	for (unsigned i = 0; i < NR_COSTS; i++)
		if (costs->n[i]) {
			put_number(b, i + 1);
			put_number(b, costs->n[i]);
		}
	put_number(b, 0);
}

static enum compare_result value_kind(value_t value)
{
	return VALUE_TAG(value) == VALUE_INT ? COMPARE_NUMBER : COMPARE_STRING;
}

static enum compare_result result_of(
	const struct machine *m, const struct step *s, char *buf, size_t size)
{
	const struct op_desc *d = op_desc((enum op_id)s->op.id);

	if (s->status) {
		snprintf(buf, size, "%s", status_name(s->status));
		return COMPARE_ERROR;
	}
	switch (d ? d->result : RESULT_TRUE) {
	case RESULT_TRUE:
		snprintf(buf, size, "ok");
		return COMPARE_TRUE;
	case RESULT_REGION:
	case RESULT_ADDR:
		snprintf(buf, size, "%" PRIx64, s->value);
		return COMPARE_ADDRESS;
	case RESULT_VALUE:
		format_value(buf, size, m, s->value);
		return value_kind(s->value);
	case RESULT_TASK:
		format_ref_id(buf, size,
			ref_make(REF_TASK, (uint32_t)s->value));
		return COMPARE_STRING;
	default: /* counts */
		snprintf(buf, size, "%" PRIu64, s->value);
		return COMPARE_NUMBER;
	}
}

static void put_step(
	struct compare_run *r, const struct machine *m, const struct step *s)
{
	char text[COMPARE_TEXT], result[COMPARE_RESULT];
	enum compare_result kind = result_of(m, s, result, sizeof(result));

	/* What differs of two batches that went well is how much they did. */
	if (s->calls && kind == COMPARE_TRUE)
		snprintf(result, sizeof(result), "%" PRIu32 " ok", s->calls);
	put_number(&r->log, s->op.id);
	put_number(&r->log, s->op.subject);
	put_number(&r->log, s->calls);
	put_number(&r->log, s->faults);
	put_number(&r->log, kind);
	put_costs(&r->log, &s->costs);
	put_text(&r->log, result);
	if (s->batch_text)
		snprintf(text, sizeof(text), "%s", s->batch_text);
	else
		format_op(text, sizeof(text), m, &s->op);
	put_text(&r->log, text);
}

/* -- a run --------------------------------------------------------------- */

static struct compare_run *new_run(
	struct compare *c, const struct era *era, const char *why)
{
	struct compare_run *r = &c->run[c->nr];

	if (c->nr == COMPARE_ERAS)
		return NULL;
	*r = (struct compare_run){ .era = era };
	r->why = why ? strdup(why) : NULL;
	c->nr++;
	c->points = 0;
	return r;
}

bool compare_add_nothing(
	struct compare *c, const struct era *era, const char *why)
{
	return new_run(c, era, why) != NULL;
}

static void count_expects(struct compare_run *r, const struct history *h)
{
	for (size_t i = 0; i < history_note_count(h); i++) {
		const struct note *note = history_note(h, i);

		if (note->kind == NOTE_EXPECT)
			note->ok ? r->passed++ : r->failed++;
	}
}

static void take_step(
	struct compare_run *r, const struct history *h, uint32_t n)
{
	const struct step *s = history_step(h, n);

	r->at[n - 1] = r->log.len;
	for (unsigned i = 0; i < NR_COSTS; i++)
		r->total.n[i] += s->costs.n[i];
	r->faults += s->faults;
	put_step(r, history_machine(h), s);
}

bool compare_add(struct compare *c, const struct history *h, const char *why)
{
	const struct machine *m = history_machine(h);
	struct compare_run *r = new_run(c, machine_era(m), why);
	uint32_t steps = history_length(h);

	if (!r)
		return false;
	r->paging = machine_paging(m);
	r->at = malloc((steps + 1) * sizeof(*r->at));
	if (!r->at)
		return false;
	for (uint32_t n = 1; n <= steps; n++)
		take_step(r, h, n);
	if (r->log.failed)
		return false;
	r->steps = steps;
	if (steps > c->steps)
		c->steps = steps;
	count_expects(r, h);
	return true;
}

static unsigned age_of(const struct era *era)
{
	unsigned i = 0;

	while (era_at(i) && era_at(i) != era)
		i++;
	return i;
}

static int by_age(const void *a, const void *b)
{
	unsigned i = age_of(((const struct compare_run *)a)->era);
	unsigned k = age_of(((const struct compare_run *)b)->era);

	return (i > k) - (i < k);
}

void compare_sort(struct compare *c)
{
	qsort(c->run, c->nr, sizeof(c->run[0]), by_age);
}

int compare_find(const struct compare *c, const struct era *era)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (c->run[i].era == era)
			return (int)i;
	return -1;
}

/* -- reading a step ------------------------------------------------------ */

static uint64_t get_number(const char **p)
{
	uint64_t n = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint64_t byte = (unsigned char)*(*p)++;

		n |= (byte & 127) << shift;
		if (byte < 128)
			return n;
	}
}

static void get_text(const char **p, char *buf, size_t size)
{
	snprintf(buf, size, "%s", *p);
	*p += strlen(*p) + 1;
}

static void get_costs(const char **p, struct costs *costs)
{
	uint64_t id;

	*costs = (struct costs){ { 0 } };
	while ((id = get_number(p)))
		costs->n[id - 1] = get_number(p);
}

bool compare_step(
	const struct compare_run *r, uint32_t n, struct compare_step *s)
{
	const char *p;

	if (!n || n > r->steps)
		return false;
	p = r->log.data + r->at[n - 1];
	s->id = (enum op_id)get_number(&p);
	s->subject = (uint32_t)get_number(&p);
	s->calls = (uint32_t)get_number(&p);
	s->faults = (uint32_t)get_number(&p);
	s->kind = (enum compare_result)get_number(&p);
	get_costs(&p, &s->costs);
	get_text(&p, s->result, sizeof(s->result));
	get_text(&p, s->text, sizeof(s->text));
	return true;
}

static bool is_same(const struct compare_step *a, const struct compare_step *b)
{
	if (a->id != b->id || a->calls != b->calls || a->kind != b->kind)
		return false;
	/* A frame's number is the machine's own. */
	if (op_desc(a->id) && op_desc(a->id)->subject == ON_TASK &&
		a->subject != b->subject)
		return false;
	return a->kind == COMPARE_ADDRESS || !strcmp(a->result, b->result);
}

bool compare_differs(const struct compare *c, uint32_t n)
{
	struct compare_step first, other;
	bool any = false;

	for (unsigned i = 0; i < c->nr; i++) {
		if (!compare_step(&c->run[i], n, any ? &other : &first)) {
			if (c->run[i].paging) /* it ran, and has no such step */
				return true;
			continue;
		}
		if (any && !is_same(&first, &other))
			return true;
		any = true;
	}
	return false;
}

/* -- chosen costs -------------------------------------------------------- */

uint64_t compare_cost(const struct costs *costs, uint32_t set)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < NR_COSTS; i++)
		if (set >> i & 1)
			sum += costs->n[i];
	return sum;
}

static uint32_t cost_bit(const char *word)
{
	for (unsigned i = 0; i < NR_COSTS; i++)
		if (!strcmp(cost_name((enum cost_id)i), word))
			return 1u << i;
	return 0;
}

static void say_unknown(const char *word, char *err, size_t size)
{
	struct nearest near;
	char all[256];

	nearest_start(&near, word);
	for (unsigned i = 0; i < NR_COSTS; i++)
		nearest_try(&near, cost_name((enum cost_id)i));
	if (nearest_name(&near))
		snprintf(err, size, "unknown cost %s; did you mean %s?", word,
			nearest_name(&near));
	else
		snprintf(err, size, "unknown cost %s; there are %s", word,
			compare_set_name(
				(1u << NR_COSTS) - 1, all, sizeof(all)));
}

uint32_t compare_set_parse(const char *text, char *err, size_t size)
{
	uint32_t set = 0;

	for (;;) {
		size_t n = strcspn(text, "+");
		char word[32];

		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		if (!cost_bit(word)) {
			say_unknown(word, err, size);
			return 0;
		}
		set |= cost_bit(word);
		if (!text[n])
			return set;
		text += n + 1;
	}
}

char *compare_set_name(uint32_t set, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	for (unsigned i = 0; i < NR_COSTS && n < size; i++)
		if (set >> i & 1)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
				n ? "+" : "", cost_name((enum cost_id)i));
	return buf;
}

/* -- curves -------------------------------------------------------------- */

uint32_t compare_point_step(const struct compare *c, unsigned i)
{
	return c->points < 2 ? 0
			     : (uint32_t)((uint64_t)c->steps * i /
					  (c->points - 1));
}

static void make_curve(const struct compare *c, struct compare_run *r)
{
	struct compare_step s;
	uint64_t sum = 0;
	uint32_t n = 0;

	for (unsigned i = 0; i < c->points; i++) {
		while (n < compare_point_step(c, i) && compare_step(r, n + 1, &s)) {
			sum += compare_cost(&s.costs, c->set);
			n++;
		}
		r->curve[i] = sum;
	}
}

void compare_curves(struct compare *c)
{
	if (c->points)
		return;
	c->points = c->steps < COMPARE_POINTS - 1 ? c->steps + 1
						  : COMPARE_POINTS;
	for (unsigned i = 0; i < c->nr; i++)
		make_curve(c, &c->run[i]);
}

/* -- numbers ------------------------------------------------------------- */

char *compare_number(char *buf, size_t size, uint64_t n, int w)
{
	static const char units[] = "kMGTP";
	int unit = -1;
	double x = (double)n;
	int len = snprintf(buf, size, "%" PRIu64, n);

	if (len <= w)
		return buf;
	while (x >= 1000 && unit < 4) {
		x /= 1000;
		unit++;
	}
	len = snprintf(buf, size, "%.1f%c", x, units[unit]);
	if (len > w || x >= 100)
		snprintf(buf, size, "%.0f%c", x, units[unit]);
	return buf;
}
