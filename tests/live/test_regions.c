/* What is known of a real address space, against a plain model of pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live/recording.h"
#include "live/regions.h"
#include "live/spans.h"

#include <stdlib.h>
#include <string.h>

#define PAGE REGION_PAGE
#define PAGES 64
#define ROUNDS 20000

/* The same by page: 0 not mapped. */
struct plain {
	uint8_t prot[PAGES];
	uint64_t pgoff[PAGES];
	uint8_t touched[PAGES];
};

static uint32_t seed = 1;

static uint32_t roll(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void same(const struct address_map *m, const struct plain *p)
{
	size_t own = 0;

	for (uint64_t i = 0; i < PAGES; i++) {
		const struct live_region *r = map_find(m, (i + 1) * PAGE);

		assert_int_equal(r != NULL, p->prot[i] != 0);
		assert_int_equal(map_touched(m, (i + 1) * PAGE),
			p->touched[i]);
		own += p->touched[i] >= TOUCHED_OWN;
		if (!r)
			continue;
		assert_int_equal(r->prot, p->prot[i]);
		assert_int_equal(r->pgoff + i + 1 - r->start / PAGE,
			p->pgoff[i]);
	}
	assert_int_equal(m->nr_own, own);
	for (size_t i = 1; i < m->nr; i++)
		assert_true(m->region[i - 1].end <= m->region[i].start);
}

static void plain_set(struct plain *p, uint64_t from, uint64_t to,
	uint8_t prot, uint64_t pgoff)
{
	for (uint64_t i = from; i < to; i++) {
		p->prot[i] = prot;
		p->pgoff[i] = pgoff + i - from;
		p->touched[i] = 0;
	}
}

static void plain_move(struct plain *p, uint64_t from, uint64_t n, uint64_t to,
	bool keep)
{
	struct plain old = *p;

	plain_set(p, to, to + n, 0, 0);
	for (uint64_t i = 0; i < n; i++) {
		p->prot[to + i] = old.prot[from + i];
		p->pgoff[to + i] = old.pgoff[from + i];
		p->touched[to + i] = old.touched[from + i];
		p->touched[from + i] = 0;
		if (!keep)
			p->prot[from + i] = 0;
	}
}

static void one_change(struct address_map *m, struct plain *p)
{
	uint64_t from = roll(PAGES), n = 1 + roll((uint32_t)(PAGES - from));
	uint64_t a = (from + 1) * PAGE, b = a + n * PAGE, to;
	uint8_t prot = (uint8_t)(1 + roll(7));

	switch (roll(6)) {
	case 0:
		map_set(m, &(struct live_region){ .start = a, .end = b,
			.pgoff = from, .prot = prot, .file = REC_NONE });
		plain_set(p, from, from + n, prot, from);
		break;
	case 1:
		map_cut(m, a, b);
		plain_set(p, from, from + n, 0, 0);
		break;
	case 2:
		map_protect(m, a, b, prot);
		for (uint64_t i = from; i < from + n; i++)
			p->prot[i] = p->prot[i] ? prot : 0;
		break;
	case 3:
		if (!map_find(m, a))
			break;
		p->touched[from] = (uint8_t)(1 + roll(3));
		map_touch(m, a, (enum touched)p->touched[from]);
		break;
	case 4:
		map_untouch(m, a, b);
		memset(p->touched + from, 0, n);
		break;
	default: /* a move to where it does not overlap */
		to = from >= n ? from - n : from + n;
		if (to + n > PAGES)
			break;
		map_move(m, a, b, (to + 1) * PAGE, n * PAGE, prot & 1);
		plain_move(p, from, n, to, prot & 1);
	}
}

static void random_changes(void **state)
{
	struct address_map m = { 0 };
	struct plain p = { 0 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		one_change(&m, &p);
		same(&m, &p);
	}
	assert_false(m.failed);
	map_free(&m);
}

static void fork_shares(void **state)
{
	struct address_map m = { 0 }, child = { 0 };

	(void)state;
	map_set(&m, &(struct live_region){ .start = PAGE, .end = 4 * PAGE,
		.prot = 3, .file = REC_NONE });
	map_set(&m, &(struct live_region){ .start = 8 * PAGE, .end = 9 * PAGE,
		.prot = 3, .file = REC_NONE, .shared = true });
	map_touch(&m, PAGE, TOUCHED_OWN);
	map_touch(&m, 2 * PAGE, TOUCHED_READ);
	map_touch(&m, 8 * PAGE, TOUCHED_OWN);
	map_fork(&child, &m);
	assert_int_equal(map_touched(&m, PAGE), TOUCHED_SHARED);
	assert_int_equal(map_touched(&child, PAGE), TOUCHED_SHARED);
	assert_int_equal(map_touched(&child, 2 * PAGE), TOUCHED_READ);
	assert_int_equal(map_touched(&child, 8 * PAGE), TOUCHED_OWN);
	map_touch(&child, PAGE, TOUCHED_OWN);
	assert_int_equal(map_touched(&m, PAGE), TOUCHED_SHARED);
	map_free(&m);
	map_free(&child);
}

static void grows_in_place(void **state)
{
	struct address_map m = { 0 };

	(void)state;
	map_set(&m, &(struct live_region){ .start = PAGE, .end = 3 * PAGE,
		.prot = 3, .file = REC_NONE });
	map_move(&m, PAGE, 3 * PAGE, PAGE, 6 * PAGE, false);
	assert_non_null(map_find(&m, 6 * PAGE));
	assert_null(map_find(&m, 7 * PAGE));
	map_move(&m, PAGE, 7 * PAGE, PAGE, PAGE, false);
	assert_null(map_find(&m, 2 * PAGE));
	map_move(&m, PAGE, 2 * PAGE, 20 * PAGE, 5 * PAGE, false);
	assert_null(map_find(&m, PAGE));
	assert_non_null(map_find(&m, 24 * PAGE));
	map_free(&m);
}

/* -- spans ---------------------------------------------------------------- */

static void apart(const struct spans *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		const struct span *a = &s->span[i];

		if (a->start == 0x555555554000)
			assert_int_equal(a->low, SPANS_BOTTOM);
		else
			assert_int_equal(a->low % (2 << 20),
				a->start % (2 << 20));
		assert_true(a->low >= 0x08048000);
		assert_true(a->low + (a->end - a->start) <= 0xc0000000);
		for (size_t k = 0; k < i; k++) {
			const struct span *b = &s->span[k];

			assert_true(b->low + (b->end - b->start) <= a->low ||
				a->low + (a->end - a->start) <= b->low);
		}
	}
}

static void spans_of_a_program(void **state)
{
	struct spans s = { 0 };

	(void)state;
	spans_add(&s, 0x7ffff7fca000, 0x7ffff7fff000);
	spans_add(&s, 0x555555554000, 0x555555560000);
	spans_add(&s, 0x7ffffffde000, 0x7ffffffff000);
	spans_add(&s, 0x555555561000, 0x555555570000);
	spans_add(&s, 0x7ffff7d00000, 0x7ffff7e00000);
	spans_add(&s, 0x400000, 0x600000);
	assert_int_equal(s.nr, 4);
	assert_int_equal(s.span[1].end, 0x555555570000);
	assert_int_equal(s.span[2].start, 0x7ffff7d00000);
	assert_true(spans_begin(&s, 0x555555554000));
	assert_false(spans_begin(&s, 0x555555555000));
	assert_true(spans_place(&s, 0x555555554000));
	apart(&s);
	spans_free(&s);
}

static void spans_too_large(void **state)
{
	struct spans s = { 0 };

	(void)state;
	spans_add(&s, 0x10000000000, 0x10000000000 + (4ull << 30));
	assert_false(spans_place(&s, 0x555555554000));
	spans_free(&s);
	spans_add(&s, 0x7f0000000000, 0x7f0000000000 + (4ull << 30));
	assert_false(spans_place(&s, 0x555555554000));
	spans_free(&s);
}

static void random_spans(void **state)
{
	(void)state;
	for (int round = 0; round < 500; round++) {
		struct spans s = { 0 };

		for (int i = 0; i < 40; i++) {
			uint64_t a = ((uint64_t)(roll(2) ? 0x5555 : 0x7fff)
					<< 32) + (uint64_t)roll(4000) * 131072;

			spans_add(&s, a, a + (1 + roll(300)) * PAGE);
		}
		for (size_t i = 1; i < s.nr; i++)
			assert_true(s.span[i - 1].end < s.span[i].start);
		assert_true(spans_place(&s, 0x555555554000));
		apart(&s);
		spans_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes),
		cmocka_unit_test(fork_shares),
		cmocka_unit_test(grows_in_place),
		cmocka_unit_test(spans_of_a_program),
		cmocka_unit_test(spans_too_large),
		cmocka_unit_test(random_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
