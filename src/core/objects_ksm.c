/* The fields of KSM's objects, as objects.c has those of others. */
#include "core/objects_get.h"
#include "core/text.h"

/* -- rmap_item --------------------------------------------------------------- */

static uint64_t item_mm(const struct machine *m, const void *object)
{
	const struct rmap_item *item = object;

	(void)m;
	return as_ref(REF_TASK, item->mm ? item->mm->id : 0);
}

static uint64_t item_address(const struct machine *m, const void *object)
{
	(void)m;
	return ((const struct rmap_item *)object)->address & PAGE_MASK;
}

static uint64_t item_raw(const struct machine *m, const void *object)
{
	(void)m;
	return ((const struct rmap_item *)object)->address;
}

static uint64_t item_stable(const struct machine *m, const void *object)
{
	(void)m;
	return !!(((const struct rmap_item *)object)->address &
		KSM_STABLE_FLAG);
}

static uint64_t item_unstable(const struct machine *m, const void *object)
{
	(void)m;
	return !!(((const struct rmap_item *)object)->address &
		KSM_UNSTABLE_FLAG);
}

static uint64_t item_head(const struct machine *m, const void *object)
{
	const struct rmap_item *item = object;

	(void)m;
	return as_ref(REF_STABLE_NODE, item->head ? item->head->id : 0);
}

static uint64_t item_anon_vma(const struct machine *m, const void *object)
{
	const struct rmap_item *item = object;

	(void)m;
	return as_ref(REF_ANON_VMA, item->anon_vma ? item->anon_vma->id : 0);
}

static uint64_t item_next(const struct machine *m, const void *object)
{
	const struct rmap_item *item = object;

	(void)m;
	return as_ref(REF_RMAP_ITEM, item->rmap_list ? item->rmap_list->id : 0);
}

static uint64_t item_checksum(const struct machine *m, const void *object)
{
	(void)m;
	return ((const struct rmap_item *)object)->oldchecksum;
}

static uint64_t item_age(const struct machine *m, const void *object)
{
	(void)m;
	return ((const struct rmap_item *)object)->age;
}

static uint64_t item_skips(const struct machine *m, const void *object)
{
	(void)m;
	return ((const struct rmap_item *)object)->remaining_skips;
}

const struct field rmap_item_fields[] = {
	{ "mm", VT_REF, IN_AVC, true, item_mm, N_("whose address it is"),
		"mm/ksm.c" },
	{ "address", VT_HEX, IN_AVC, true, item_raw,
		N_("the address; its low bits say in which tree it is"),
		"mm/ksm.c" },
	{ "addr", VT_ADDR, IN_AVC, false, item_address,
		N_("the address alone"), "" },
	{ "unstable", VT_BOOL, IN_AVC, false, item_unstable,
		N_("UNSTABLE_FLAG: its page was a candidate in the round that "
		   "the low byte of address names"),
		"" },
	{ "stable", VT_BOOL, IN_AVC, false, item_stable,
		N_("STABLE_FLAG: its page is a KSM page"), "" },
	{ "head", VT_REF, IN_AVC, true, item_head,
		N_("the stable_node on whose list it is"), "mm/ksm.c" },
	{ "anon_vma", VT_REF, IN_AVC, true, item_anon_vma,
		N_("where a walk looks for its VMA; it holds a reference"),
		"mm/ksm.c" },
	{ "oldchecksum", VT_HEX, IN_AVC, true, item_checksum,
		N_("of the page when ksmd looked last; another one means it is "
		   "being written"),
		"mm/ksm.c" },
	{ "age", VT_INT, IN_6_18, true, item_age,
		N_("rounds it was met in"), "mm/ksm.c" },
	{ "remaining_skips", VT_INT, IN_6_18, true, item_skips,
		N_("rounds that smart scan leaves it out yet"), "mm/ksm.c" },
	{ "rmap_list", VT_REF, IN_AVC, true, item_next,
		N_("the next item of this mm, at a higher address"),
		"mm/ksm.c" },
	{ 0 },
};

/* -- stable_node -------------------------------------------------------------- */

static uint64_t node_kpfn(const struct machine *m, const void *object)
{
	(void)m;
	return as_ref(REF_PAGE, ((const struct stable_node *)object)->kpfn);
}

static uint64_t node_items(const struct machine *m, const void *object)
{
	(void)m;
	return ((const struct stable_node *)object)->rmap_hlist_len;
}

static uint64_t node_first(const struct machine *m, const void *object)
{
	const struct stable_node *node = object;
	const struct list_head *first = node->hlist.next;

	(void)m;
	if (first == &node->hlist)
		return 0;
	return as_ref(REF_RMAP_ITEM, container_of((struct list_head *)first,
					     struct rmap_item, hlist)->id);
}

static uint64_t node_stale(const struct machine *m, const void *object)
{
	const struct stable_node *node = object;

	return page_stable_node(&m->mem_map[node->kpfn]) != node;
}

const struct field stable_node_fields[] = {
	{ "kpfn", VT_REF, IN_AVC, true, node_kpfn,
		N_("the frame of its page, which it does not hold"),
		"mm/ksm.c" },
	{ "rmap_hlist_len", VT_INT, IN_6_18, true, node_items,
		N_("items on its list, at most 256"), "mm/ksm.c" },
	{ "items", VT_INT, IN_AVC, false, node_items,
		N_("items on its list"), "" },
	{ "hlist", VT_REF, IN_AVC, true, node_first,
		N_("the first item, added last"), "mm/ksm.c" },
	{ "stale", VT_BOOL, IN_AVC, false, node_stale,
		N_("its page is gone; whoever meets the node removes it"), "" },
	{ 0 },
};
