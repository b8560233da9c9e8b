/* The fields of a maple tree's node, as objects.c has those of others. */
#include "core/maple_tree.h"
#include "core/objects_get.h"
#include "core/text.h"

static uint64_t node_value(const struct maple_node *node)
{
	return as_ref(REF_MAPLE_NODE, node ? node->id : 0);
}

static uint64_t slot_value(const struct maple_node *node, unsigned i)
{
	const struct vm_area_struct *vma;

	if (i > node->end || !node->slot[i])
		return 0;
	if (!node->leaf)
		return node_value(node->slot[i]);
	vma = node->slot[i];
	return as_ref(REF_VMA, vma->id);
}

static uint64_t largest_gap(const struct maple_node *node)
{
	uint64_t most = 0;

	for (unsigned i = 0; !node->leaf && i <= node->end; i++)
		most = node->gap[i] > most ? node->gap[i] : most;
	return most;
}

GET(struct maple_node, parent_value, node_value(o->parent))
GET(struct maple_node, parent_slot_value, o->parent_slot)
GET(struct maple_node, leaf_value, o->leaf)
GET(struct maple_node, end_value, o->end)
GET(struct maple_node, gap_value, largest_gap(o))

#define SLOT_LIST(SLOT)                                                        \
	SLOT(0) SLOT(1) SLOT(2) SLOT(3) SLOT(4) SLOT(5) SLOT(6) SLOT(7)        \
	SLOT(8) SLOT(9) SLOT(10) SLOT(11) SLOT(12) SLOT(13) SLOT(14)

#define SLOT(n)                                                                \
	GET(struct maple_node, slot_##n, slot_value(o, n))                     \
	GET(struct maple_node, pivot_##n, n < o->end ? o->pivot[n] : 0)
SLOT_LIST(SLOT)
#undef SLOT
GET(struct maple_node, slot_15, slot_value(o, 15))

const struct field maple_fields[] = {
	{ "parent", VT_REF, IN_6_18, false, parent_value,
		N_("the node above; NULL: it is the root"),
		"include/linux/maple_tree.h" },
	{ "parent_slot", VT_INT, IN_6_18, false, parent_slot_value,
		N_("which slot of it, in the low bits of parent"),
		"lib/maple_tree.c" },
	{ "leaf", VT_BOOL, IN_6_18, false, leaf_value,
		N_("maple_leaf_64: its slots hold VMAs; else maple_arange_64"),
		"include/linux/maple_tree.h" },
	{ "end", VT_INT, IN_6_18, false, end_value,
		N_("its last slot in use"), "include/linux/maple_tree.h" },
	{ "gap", VT_HEX, IN_6_18, false, gap_value,
		N_("the largest of its gaps, what its parent keeps of it"),
		"include/linux/maple_tree.h" },
#define SLOT(n)                                                                \
	{ "slot[" #n "]", VT_REF, IN_6_18, true, slot_##n,                     \
		N_("a VMA, a node, or nothing"),                               \
		"include/linux/maple_tree.h" },                                \
	{ "pivot[" #n "]", VT_ADDR, IN_6_18, true, pivot_##n,                  \
		N_("the last address of the slot before the last one"),        \
		"include/linux/maple_tree.h" },
	SLOT_LIST(SLOT)
#undef SLOT
	{ "slot[15]", VT_REF, IN_6_18, true, slot_15,
		N_("a VMA, a node, or nothing"),
		"include/linux/maple_tree.h" },
	{ 0 },
};
