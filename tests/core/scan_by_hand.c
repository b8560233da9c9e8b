#include "scan_by_hand.h"
#include "run.h"

#include "core/lru.h"
#include "core/vmscan.h"

void hand_idle(struct page *page)
{
	expect_num(try_rmap(page, false), 0); /* clears the young bits */
	page->flags &= ~PG(REFERENCED);
}

static void to_tail(struct page *page, bool active)
{
	lru_del(run.m, page);
	page->flags |= active ? PG(ACTIVE) : 0;
	lru_add(run.m, page, page_lru(run.m, page));
	list_del(&page->lru);
	list_add_tail(&page->lru,
		&lru_zone(run.m, page)->lru[page->lru_list]);
}

void hand_deactivate(struct page *page)
{
	to_tail(page, false);
}

void hand_activate(struct page *page)
{
	to_tail(page, true);
}

bool hand_at_tail(struct page *page)
{
	return lru_zone(run.m, page)->lru[page->lru_list].prev == &page->lru;
}

uint64_t hand_shrink(struct page *page)
{
	struct scan_control sc = { .want = 1, .priority = DEF_PRIORITY };
	uint64_t freed;

	assert_true(hand_at_tail(page));
	isolate_pages(run.m, lru_zone(run.m, page),
		(enum lru_list)page->lru_list, 1);
	freed = shrink_isolated(run.m, &sc);
	putback_kept(run.m, 0);
	return freed;
}

void hand_check(void)
{
	struct check_failure f = { "nothing", NO_REF, 0, 0 };

	if (!machine_check(run.m, &f))
		fail_msg("rule %s: %llu, not %llu", f.rule,
			(unsigned long long)f.got, (unsigned long long)f.want);
}

uint64_t hand_reclaim(uint64_t pages)
{
	struct op op = make_op(OP_RECLAIM, 0);

	set_arg(&op, "pages", pages);
	expect_num(run_op(&op), 0);
	return run.res.value;
}
