/* The kernel's names of things. */
#include "core/machine.h"

static const char *const lru_names[2][NR_LRU_LISTS] = {
	{ "inactive", "active", "inactive", "active", "unevictable" },
	{ "inactive_anon", "active_anon", "inactive_file", "active_file",
		"unevictable" },
};

static const char *const kind_names[NR_PAGE_KINDS] = {
	[PAGE_FREE] = "free",
	[PAGE_RESERVED] = "reserved",
	[PAGE_ZERO] = "zero",
	[PAGE_TABLE] = "table",
	[PAGE_SLAB] = "slab",
	[PAGE_ANON] = "anon",
	[PAGE_FILE] = "file",
	[PAGE_SHMEM] = "shmem",
	[PAGE_KSM] = "ksm",
};

static const char *const flag_names[NR_PAGE_FLAGS] = {
#define FLAG(id, name) name,
	PAGE_FLAG_LIST(FLAG)
#undef FLAG
};

/* As Documentation/filesystems/proc says for VmFlags. */
static const char *const vm_names[64] = {
	[0] = "rd", [1] = "wr", [2] = "ex", [3] = "sh",
	[4] = "mr", [5] = "mw", [6] = "me", [7] = "ms",
	[8] = "gd", [11] = "gu", [13] = "lo", [14] = "io", [15] = "sr",
	[16] = "rr", [17] = "dc", [18] = "de", [20] = "ac",
	[21] = "nr", [25] = "wf", [26] = "dd", [29] = "hg", [30] = "nh", [31] = "mg",
};

static const struct {
	const char *name, *meaning;
} cost_rows[NR_COSTS] = {
#define COST(id, name, meaning) { name, meaning },
	COST_LIST(COST)
#undef COST
};

const char *lru_name(const struct machine *m, enum lru_list lru)
{
	if (lru >= NR_LRU_LISTS)
		return "";
	return lru_names[machine_era(m)->nr_lru_lists > 2][lru];
}

const char *page_kind_name(enum page_kind kind)
{
	return kind_names[kind];
}

const char *page_flag_name(enum page_flag_bit bit)
{
	return flag_names[bit];
}

const char *vm_flag_name(unsigned bit)
{
	return bit < 64 ? vm_names[bit] : NULL;
}

const char *cost_name(enum cost_id id)
{
	return cost_rows[id].name;
}

const char *cost_meaning(enum cost_id id)
{
	return cost_rows[id].meaning;
}
