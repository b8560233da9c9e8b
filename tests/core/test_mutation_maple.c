/*
 * Mutations of the index of an address space: 6.18's maple tree and 4.0's
 * vmacache, each broken as a wrong kernel would, and the rule that must report
 * it.
 *
 * The state: P has 40 VMAs side by side and one apart, and C is a copy of it.
 */
#include "mutate.h"

#include "core/maple_tree.h"

#include <stdio.h>

static void set_up(const char *era)
{
	char line[64];

	begin(era);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(line, sizeof(line), "map %u-%u %s", 10 + i, 11 + i,
			i % 2 ? "r" : "rw");
		script(line);
	}
	script("map 100-110; fork C; read 12");
}

static struct maple_tree *tree(void)
{
	return &mm_of("P")->mm_mt;
}

static struct maple_node *leaf(unsigned slot)
{
	return tree()->root->slot[slot];
}

static void pivot_too_low(void)
{
	leaf(0)->pivot[2] = leaf(0)->pivot[1] - PAGE_SIZE;
}

static void pivot_moved(void)
{
	leaf(0)->pivot[2] += PAGE_SIZE / 2;
}

static void pivot_of_the_root(void)
{
	tree()->root->pivot[0] += PAGE_SIZE;
}

static void gap_too_large(void)
{
	tree()->root->gap[1] += PAGE_SIZE;
}

static void gap_lost(void)
{
	tree()->root->gap[0] = 0;
}

static void entry_lost(void)
{
	leaf(1)->slot[2] = NULL;
}

static void entry_of_another(void)
{
	leaf(1)->slot[2] = leaf(1)->slot[3];
}

static void entry_of_the_child(void)
{
	leaf(0)->slot[2] = vma("C", 11);
}

static void last_entry_forgotten(void)
{
	struct maple_node *node = leaf(tree()->root->end);

	node->slot[node->end - 1] = NULL;
}

static void parent_wrong(void)
{
	leaf(1)->parent = leaf(0);
}

static void parent_slot_wrong(void)
{
	leaf(1)->parent_slot = 0;
}

static void too_few_slots(void)
{
	leaf(0)->end = 3;
}

static void too_many_slots(void)
{
	leaf(0)->end = MAPLE_LEAF_SLOTS;
}

static void height_wrong(void)
{
	tree()->height++;
}

static void node_kept_in_reserve(void)
{
	assert_int_equal(maple_reserve(run.m, mm_of("P"), 0, PAGE_SIZE - 1,
				 vma("P", 12)), 0);
}

static void node_lost(void)
{
	(void)maple_node_alloc(run.m, true);
}

static void not_under_rcu(void)
{
	tree()->rcu = false;
}

static void near_of_the_child(void)
{
	tree()->near = vma("C", 12);
}

static void range_not_stored(void)
{
	vma("P", 100)->vm_end -= PAGE_SIZE;
	mm_of("P")->total_vm--;
}

static void old_cache_in_use(void)
{
	mm_of("P")->mmap_cache = vma("P", 12);
}

static void vmacache_of_the_child(void)
{
	task_of("P")->vmacache[1] = vma("C", 12)->id;
}

static void vmacache_of_a_dead_vma(void)
{
	task_of("P")->vmacache[1] = run.m->vmas.last + 1;
}

static void maple_tree_before_its_time(void)
{
	static struct maple_node node;

	mm_of("P")->mm_mt.root = &node;
}

static const struct mutation mutations[] = {
	M(pivot_too_low, K618, "maple_pivot"),
	M(pivot_moved, K618, "maple_range"),
	M(pivot_of_the_root, K618, "maple_range"),
	M(gap_too_large, K618, "maple_gap"),
	M(gap_lost, K618, "maple_gap"),
	M(entry_lost, K618, "maple_vma"),
	M(entry_of_another, K618, "maple_vma"),
	M(entry_of_the_child, K618, "maple_vma"),
	M(last_entry_forgotten, K618, "maple_null"),
	M(parent_wrong, K618, "maple_parent"),
	M(parent_slot_wrong, K618, "maple_parent"),
	M(too_few_slots, K618, "maple_min"),
	M(too_many_slots, K618, "maple_end"),
	M(height_wrong, K618, "maple_height"),
	M(node_kept_in_reserve, K618, "maple_spare"),
	M(node_lost, K618, "maple_node"),
	M(not_under_rcu, K618, "maple_tree"),
	M(near_of_the_child, K618, "maple_near"),
	M(range_not_stored, K618, "maple_range"),
	M(old_cache_in_use, K618, "maple_tree"),
	M(vmacache_of_the_child, K40, "vmacache"),
	M(vmacache_of_a_dead_vma, K40, "vmacache"),
	M(maple_tree_before_its_time, OLD | K40, "maple_tree"),
};

static void caught(void **state)
{
	(void)state;
	run_mutations_after(set_up, mutations,
		sizeof(mutations) / sizeof(mutations[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caught),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
