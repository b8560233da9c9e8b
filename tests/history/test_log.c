/* The log gives back what was put into it, whatever it was. */
#include "history/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECORDS 2000u

static uint64_t seed;

static uint64_t next(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed >> 33;
}

/* Small, large or nothing. */
static uint64_t any(void)
{
	switch (next() % 4) {
	case 0:
		return 0;
	case 1:
		return next() << 33 | next();
	default:
		return next() % 300;
	}
}

static void make(struct record *r, uint32_t i)
{
	seed = i + 1;
	memset(r, 0, sizeof(*r));
	r->op.id = (uint16_t)(next() % (NR_OPS + 1u));
	r->op.given = (uint16_t)next();
	r->op.subject = (uint32_t)any();
	for (unsigned k = 0; k < OP_MAX_ARGS; k++)
		r->op.arg[k] = any();
	if (next() % 2)
		strcpy(r->op.text, "a text");
	r->op.text_value = next() % 2;
	r->status = next() % 2 ? -(int)(next() % 300) : 0;
	r->value = any();
	r->len = any();
	r->faults = (uint32_t)any();
	r->nr_killed = next() % 4 ? 0 : (uint32_t)(next() % (2 * MAX_KILLED));
	for (unsigned k = 0; k < r->nr_killed && k < MAX_KILLED; k++)
		r->killed[k] = (uint32_t)any();
	r->line = (uint32_t)any();
	r->file = (uint32_t)(next() % 2);
	if (r->op.id == OP_BATCH) {
		r->calls = (uint32_t)any();
		r->first_call = (uint32_t)any();
	}
	for (unsigned k = 0; k < NR_COSTS && i % 3; k++)
		r->costs.n[k] = any();
}

static void records_come_back(void **state)
{
	struct log log = { .count = 0 };
	struct pool texts;
	struct record want, got;

	(void)state;
	pool_init(&texts);
	for (uint32_t i = 0; i < RECORDS; i++) {
		make(&want, i);
		log_add(&log, &texts, &want);
	}
	for (uint32_t i = 0; i < 2 * RECORDS; i++) {
		uint32_t at = i < RECORDS ? i : i * 7919 % RECORDS;

		make(&want, at);
		log_get(&log, &texts, at, &got);
		assert_memory_equal(&got, &want, sizeof(want));
	}
	log_free(&log);
	pool_free(&texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
