/* The fields of a slot of the swap area, as objects.c has those of others. */
#include "core/objects_get.h"
#include "core/text.h"

/* A slot's object is its place in swap_map. */
static uint64_t slot_of(const struct machine *m, const void *object)
{
	return (uint64_t)((const uint32_t *)object - m->swap_info.swap_map);
}

static uint64_t slot_map(const struct machine *m, const void *object)
{
	return swap_map_raw(m, slot_of(m, object));
}

static uint64_t slot_count(const struct machine *m, const void *object)
{
	return swap_count(m, slot_of(m, object));
}

static uint64_t slot_page(const struct machine *m, const void *object)
{
	uint64_t pfn = m->swap_info.cache[slot_of(m, object)];

	return as_ref(REF_PAGE, pfn);
}

static uint64_t slot_value(const struct machine *m, const void *object)
{
	return m->swap_info.value[slot_of(m, object)];
}

const struct field swap_fields[] = {
	{ "slot", VT_INT, IN_ALL, false, slot_of,
		N_("its place in the swap area"), "" },
	{ "swap_map", VT_HEX, IN_ALL, true, slot_map,
		N_("who needs it: PTEs, shared memory, and the swap cache, from "
		   "4.0 on as the bit 40"),
		"mm/swapfile.c" },
	{ "count", VT_INT, IN_ALL, false, slot_count,
		N_("PTEs and shared memory that need it"), "" },
	{ "cached", VT_REF, IN_ALL, false, slot_page,
		N_("the frame that the swap cache has for it"),
		"mm/swap_state.c" },
	{ "value", VT_VALUE, IN_ALL, false, slot_value,
		N_("what was written there last"), "" },
	{ 0 },
};
