/*
 * Mutations of 2.6.0's chains and of what 2.4 and 2.6.0 have beside: each
 * breaks one thing as a wrong kernel would, and the rule named with it must
 * report it.
 *
 * The state: page 10 is mapped by P and C1 to C8, a head node with two slots
 * and a full one; page 11 by P alone, direct.
 */
#include "mutate.h"

#include "core/rmap_chain.h"

static void set_up(const char *era)
{
	begin(era);
	script("map 10-11; touch 10; fork C1; fork C2; fork C3; fork C4; "
	       "fork C5; fork C6; fork C7; fork C8; map 11-12; touch 11");
}

static struct page *shared(void)
{
	return frame("P", 10);
}

static struct pte_chain *head(void)
{
	assert_non_null(shared()->pte.chain->next);
	return shared()->pte.chain;
}

static unsigned last(void)
{
	return run.m->tune.nrpte - 1u;
}

/* -- slots ------------------------------------------------------------------------ */

static void slot_lost(void)
{
	head()->ptes[head()->idx++] = 0;
}

static void slot_twice(void)
{
	head()->ptes[head()->idx] = head()->ptes[last()];
}

static void slot_twice_in_two_nodes(void)
{
	head()->ptes[last()] = head()->next->ptes[0];
}

static void slot_of_another_page(void)
{
	head()->ptes[last()] = frame("P", 11)->pte.direct;
}

static void slot_outside_tables(void)
{
	head()->ptes[last()] = (pte_addr_t)page_pfn(run.m, shared())
			       << PAGE_SHIFT;
}

static void slot_beyond_memory(void)
{
	head()->ptes[last()] = run.m->nr_frames << PAGE_SHIFT;
}

static void empty_slot_in_between(void)
{
	head()->ptes[last()] = 0;
}

static void empty_slot_behind_the_head(void)
{
	struct pte_chain *pc = head()->next;

	pc->ptes[pc->idx++] = 0;
}

/* -- nodes ------------------------------------------------------------------------- */

static void index_too_low(void)
{
	head()->idx--;
}

static void index_too_high(void)
{
	head()->idx++;
}

static void full_node_first(void)
{
	struct pte_chain *first = head(), *second = first->next;

	first->next = NULL;
	second->next = first;
	shared()->pte.chain = second;
}

static void tail_lost(void)
{
	head()->next = NULL;
}

static void head_lost(void)
{
	shared()->pte.chain = head()->next;
}

static void node_without_id(void)
{
	head()->id += 100;
}

static void chain_of_another_page(void)
{
	struct page *other = frame("P", 11);

	other->pte.chain = shared()->pte.chain;
	other->flags &= ~PG(DIRECT);
}

static void spare_not_given_back(void)
{
	run.m->spare_chain = run.m->local_pte_chain;
	run.m->local_pte_chain = NULL;
}

/* -- the page ------------------------------------------------------------------------ */

static void direct_flag_of_a_chain(void)
{
	shared()->flags |= PG(DIRECT);
}

static void direct_flag_lost(void)
{
	frame("P", 11)->flags &= ~PG(DIRECT);
}

static void direct_of_another_page(void)
{
	frame("P", 11)->pte.direct = head()->ptes[last()];
}

static void nothing_noted(void)
{
	frame("P", 11)->flags &= ~PG(DIRECT);
	frame("P", 11)->pte.direct = 0;
}

static void chain_lock_left_held(void)
{
	shared()->flags |= PG(CHAINLOCK);
}

/* -- tables and the mmlist -------------------------------------------------------------- */

static struct page *table(void)
{
	struct walk w;

	paging_walk(run.m, mm_of("P"), addr_of(10), &w);
	return page_by_pfn(run.m, w.level[w.depth - 1].table);
}

static void table_of_another_mm(void)
{
	table()->mapping = (uintptr_t)mm_of("C1");
}

static void table_of_another_range(void)
{
	table()->index += PAGE_SIZE;
}

static void mm_not_listed(void)
{
	list_del(&mm_of("C1")->mmlist);
}

static void mmlist_lock_left_held(void)
{
	run.m->mmlist_lock.writer = 1;
}

static void mapping_of_an_anon_vma(void)
{
	shared()->mapping |= PAGE_MAPPING_ANON;
}

static const struct mutation mutations[] = {
	M(slot_lost, K260, "chain"),
	M(slot_twice, K260, "chain"),
	M(slot_twice_in_two_nodes, K260, "chain"),
	M(slot_of_another_page, K260, "chain"),
	M(slot_outside_tables, K260, "chain"),
	M(slot_beyond_memory, K260, "chain"),
	M(empty_slot_in_between, K260, "chain"),
	M(empty_slot_behind_the_head, K260, "chain"),
	M(index_too_low, K260, "chain"),
	M(index_too_high, K260, "chain"),
	M(full_node_first, K260, "chain"),
	M(tail_lost, K260, "chain"),
	M(head_lost, K260, "chain"),
	M(node_without_id, K260, "id"),
	M(chain_of_another_page, K260, "chain"),
	M(spare_not_given_back, K260, "spare"),
	M(direct_flag_of_a_chain, K260, "chain"),
	M(direct_flag_lost, K260, "chain"),
	M(direct_of_another_page, K260, "chain"),
	M(nothing_noted, K260, "chain"),
	M(chain_lock_left_held, K260, "lock"),
	M(table_of_another_mm, K260, "table"),
	M(table_of_another_range, K260, "table"),
	M(mm_not_listed, K24 | K260, "mmlist"),
	M(mmlist_lock_left_held, K24 | K260, "lock"),
	M(mapping_of_an_anon_vma, K24 | K260, "mapping"),
};

static void each_is_reported(void **state)
{
	(void)state;
	run_mutations_after(set_up, mutations,
		sizeof(mutations) / sizeof(*mutations));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
