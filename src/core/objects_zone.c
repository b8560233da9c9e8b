/* The fields of zones and slab caches, as objects.c has those of others. */
#include "core/objects_get.h"
#include "core/text.h"

GET(struct zone, zone_start_value, o->zone_start_pfn)
GET(struct zone, zone_spanned_value, o->spanned_pages)
GET(struct zone, zone_free_value, o->free_pages)
GET(struct zone, zone_min_value, o->pages_min)
GET(struct zone, zone_low_value, o->pages_low)
GET(struct zone, zone_high_value, o->pages_high)
GET(struct zone, zone_scanned_value, o->pages_scanned)
GET(struct zone, zone_unreclaimable_value, o->all_unreclaimable)
GET(struct zone, zone_priority_value, o->prev_priority)
GET(struct zone, zone_scan_active_value, o->nr_scan_active)
GET(struct zone, zone_scan_inactive_value, o->nr_scan_inactive)
GET(struct zone, zone_scanned_anon_value, o->recent_scanned[0])
GET(struct zone, zone_scanned_file_value, o->recent_scanned[1])
GET(struct zone, zone_rotated_anon_value, o->recent_rotated[0])
GET(struct zone, zone_rotated_file_value, o->recent_rotated[1])
GET(struct zone, zone_anon_cost_value, o->anon_cost)
GET(struct zone, zone_file_cost_value, o->file_cost)
GET(struct zone, zone_age_value, o->inactive_age)
GET(struct kmem_cache, cache_size_value, o->object_size)
GET(struct kmem_cache, cache_num_value, o->num)
GET(struct kmem_cache, cache_slabs_value, o->nr_slabs)
GET(struct kmem_cache, cache_objects_value, o->nr_objects)

const struct field zone_fields[] = {
	{ "zone_start_pfn", VT_HEX, IN_ALL, true, zone_start_value,
		N_("its first frame"), "include/linux/mmzone.h" },
	{ "spanned_pages", VT_INT, IN_ALL, true, zone_spanned_value,
		N_("frames in it"), "include/linux/mmzone.h" },
	{ "free_pages", VT_INT, IN_ALL, false, zone_free_value,
		N_("frames in the buddy's lists"), "mm/page_alloc.c" },
	{ "pages_min", VT_INT, IN_ALL, false, zone_min_value,
		N_("watermark: below it who allocates reclaims itself"),
		"mm/page_alloc.c" },
	{ "pages_low", VT_INT, IN_ALL, false, zone_low_value,
		N_("watermark: below it kswapd is woken"), "mm/page_alloc.c" },
	{ "pages_high", VT_INT, IN_ALL, false, zone_high_value,
		N_("watermark: above it kswapd sleeps"), "mm/page_alloc.c" },
	{ "pages_scanned", VT_INT, IN_2_6_11 | IN_4_0, true,
		zone_scanned_value,
		N_("pages scanned since a frame of it was freed"),
		"mm/vmscan.c" },
	{ "all_unreclaimable", VT_BOOL, IN_2_6_11, true,
		zone_unreclaimable_value,
		N_("much was scanned in vain: left alone for now"),
		"mm/vmscan.c" },
	{ "prev_priority", VT_INT, IN_2_6_11, true, zone_priority_value,
		N_("how hard the last scan had to try; 12 is least"),
		"mm/vmscan.c" },
	{ "nr_scan_active", VT_INT, IN_2_6_11, true, zone_scan_active_value,
		N_("active pages to scan, saved up to a batch"),
		"mm/vmscan.c" },
	{ "nr_scan_inactive", VT_INT, IN_2_6_11, true,
		zone_scan_inactive_value,
		N_("inactive pages to scan, saved up to a batch"),
		"mm/vmscan.c" },
	{ "recent_scanned[0]", VT_INT, IN_4_0, true, zone_scanned_anon_value,
		N_("anonymous pages scanned of late"), "mm/vmscan.c" },
	{ "recent_scanned[1]", VT_INT, IN_4_0, true, zone_scanned_file_value,
		N_("pages of files scanned of late"), "mm/vmscan.c" },
	{ "recent_rotated[0]", VT_INT, IN_4_0, true, zone_rotated_anon_value,
		N_("anonymous pages of these found in use"), "mm/vmscan.c" },
	{ "recent_rotated[1]", VT_INT, IN_4_0, true, zone_rotated_file_value,
		N_("pages of files of these found in use"), "mm/vmscan.c" },
	{ "anon_cost", VT_INT, IN_6_18, true, zone_anon_cost_value,
		N_("what reclaiming anonymous pages cost of late"),
		"mm/swap.c" },
	{ "file_cost", VT_INT, IN_6_18, true, zone_file_cost_value,
		N_("what reclaiming pages of files cost of late"),
		"mm/swap.c" },
	{ "inactive_age", VT_INT, IN_4_0, true, zone_age_value,
		N_("evictions and activations: the clock of refaults"),
		"mm/workingset.c" },
	{ "nonresident_age", VT_INT, IN_6_18, true, zone_age_value,
		N_("evictions and activations: the clock of refaults"),
		"mm/workingset.c" },
	{ 0 },
};

const struct field cache_fields[] = {
	{ "object_size", VT_INT, IN_ALL, true, cache_size_value,
		N_("bytes of an object in that kernel"), "mm/slab.c" },
	{ "num", VT_INT, IN_ALL, true, cache_num_value, N_("objects a slab"),
		"mm/slab.c" },
	{ "nr_slabs", VT_INT, IN_ALL, false, cache_slabs_value, N_("slabs"),
		"" },
	{ "nr_objects", VT_INT, IN_ALL, false, cache_objects_value,
		N_("objects handed out"), "" },
	{ 0 },
};
