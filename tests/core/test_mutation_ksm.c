/*
 * Mutations of a machine where KSM has merged: each breaks one thing as a wrong
 * kernel would, and the rule named with it must report it.
 *
 * The state: P's pages 10 and 11 share a KSM page, so do 12 and 13; page 14 is
 * a candidate of the round that stands still in Q, whose page 30 comes next.
 */
#include "mutate.h"

#include "core/mechanism.h"

static struct ksm *ksm(void)
{
	return &run.m->ksm;
}

static struct stable_node *node(void)
{
	return page_stable_node(frame("P", 10));
}

/* The newest item on its list: that of page 11. */
static struct rmap_item *item(void)
{
	return container_of(node()->hlist.next, struct rmap_item, hlist);
}

static void scan(uint64_t pages)
{
	struct op op = make_op(OP_KSM, 0);
	if (pages)
		set_arg(&op, "pages", pages);
	expect_num(run_op(&op), 0);
}

static void set_up(const char *era)
{
	begin(era);
	if (!ops_of(run.m)->ksm)
		return;
	script("map 10-16; advise 10-16 mergeable; write 10 5; write 11 5; "
	       "write 12 6; write 13 6; write 14 7; spawn Q; Q: map 30-34; "
	       "Q: advise 30-34 mergeable; Q: write 30 8; Q: write 31 9");
	scan(0);
	scan(0);
	scan(6);
	expect_num(ksm()->pages_shared, 2);
	assert_ptr_equal(ksm()->slot, mm_of("Q")->ksm_slot);
}

static void writable_pte(void)
{
	poke("P", 10, machine_paging(run.m)->rw, 0);
}

static void mapping_of_another_node(void)
{
	frame("P", 10)->mapping = frame("P", 12)->mapping;
}

static void mapping_without_the_bit(void)
{
	frame("P", 10)->mapping &= ~(uintptr_t)PAGE_MAPPING_KSM;
}

static void kind_without_the_mapping(void)
{
	frame("P", 10)->kind = PAGE_ANON;
}

static void mapcount_of_one_less(void)
{
	frame("P", 10)->_mapcount--;
}

static void written_in_place(void)
{
	frame("P", 10)->value = 100;
}

static void item_of_another_mm(void)
{
	item()->mm = mm_of("Q");
}

static void item_off_its_list(void)
{
	list_del(&item()->hlist);
}

static void item_without_the_flag(void)
{
	item()->address &= PAGE_MASK;
}

static void item_in_both_trees(void)
{
	item()->address |= KSM_UNSTABLE_FLAG;
}

static void item_at_another_address(void)
{
	item()->address += 16 << PAGE_SHIFT;
}

static void item_of_a_strange_anon_vma(void)
{
	item()->anon_vma = vma("Q", 30)->anon_vma;
}

static void anon_vma_not_pinned(void)
{
	item()->anon_vma->refcount--;
}

static void items_not_counted(void)
{
	mm_of("P")->ksm_rmap_items--;
}

static void merged_not_counted(void)
{
	mm_of("P")->ksm_merging_pages--;
}

static void all_items_not_counted(void)
{
	ksm()->rmap_items++;
}

static void list_not_counted(void)
{
	node()->rmap_hlist_len++;
}

static void shared_not_counted(void)
{
	ksm()->pages_shared--;
}

static void sharing_not_counted(void)
{
	ksm()->pages_sharing++;
}

static void unshared_not_counted(void)
{
	ksm()->pages_unshared++;
}

static void candidate_out_of_the_tree(void)
{
	ksm()->unstable.node = NULL;
}

static void candidate_of_another_round(void)
{
	ksm()->seqnr++;
}

static void node_out_of_the_tree(void)
{
	rb_erase(&ksm()->stable, &node()->node, NULL);
}

static void node_of_another_frame(void)
{
	node()->kpfn = page_pfn(run.m, frame("P", 12));
}

static void mm_unknown(void)
{
	mm_of("Q")->ksm_slot = NULL;
}

static void cursor_in_another_mm(void)
{
	ksm()->slot = mm_of("P")->ksm_slot;
	ksm()->rmap_list = &mm_of("Q")->ksm_slot->rmap_list;
}

static void slot_off_the_list(void)
{
	list_del(&mm_of("Q")->ksm_slot->mm_list);
}

static const struct mutation mutations[] = {
	M(writable_pte, AVC, "writable"),
	M(mapping_of_another_node, AVC, "ksm_page"),
	M(mapping_without_the_bit, AVC, "ksm_page mapping"),
	M(kind_without_the_mapping, AVC, "ksm_page mapping"),
	M(mapcount_of_one_less, AVC, "mapcount"),
	M(written_in_place, AVC, "ksm_order"),
	M(item_of_another_mm, AVC, "ksm_item"),
	M(item_off_its_list, AVC, "ksm_hlist"),
	M(item_without_the_flag, AVC, "ksm_tree refcount"),
	M(item_in_both_trees, AVC, "ksm_tree"),
	M(item_at_another_address, AVC, "ksm_order"),
	M(item_of_a_strange_anon_vma, AVC, "ksm_walk refcount"),
	M(anon_vma_not_pinned, AVC, "refcount"),
	M(items_not_counted, AVC, "ksm_rmap_items"),
	M(merged_not_counted, AVC, "ksm_merging_pages"),
	M(all_items_not_counted, AVC, "ksm_rmap_items"),
	M(list_not_counted, AVC, "ksm_hlist"),
	M(shared_not_counted, AVC, "pages_shared"),
	M(sharing_not_counted, AVC, "pages_sharing"),
	M(unshared_not_counted, AVC, "pages_unshared"),
	M(candidate_out_of_the_tree, AVC, "ksm_unstable"),
	M(candidate_of_another_round, AVC, "ksm_unstable"),
	M(node_out_of_the_tree, AVC, "ksm_node"),
	M(node_of_another_frame, AVC, "ksm_page"),
	M(mm_unknown, AVC, "ksm_slot"),
	M(cursor_in_another_mm, AVC, "ksm_cursor"),
	M(slot_off_the_list, AVC, "slab ksm_cursor"),
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
