/*
 * Which slot is next.  Until 4.0: go on where the last one was found, for a
 * cluster of 256, then look for 256 free slots in a row, then take any.  No
 * slot below lowest_bit or above highest_bit is free.
 *
 * 6.18: the area is cut into clusters of 256, each on one list by how full it
 * is.  Slots come from one cluster until its end; then from one where slots
 * were freed, then from a free one, then from one that was searched before.
 */
#include "core/mechanism.h"
#include "core/swap.h"

/* @slot is taken. */
static void shrink_bounds(struct swap_info_struct *si, uint64_t slot)
{
	if (slot == si->lowest_bit)
		si->lowest_bit++;
	if (slot == si->highest_bit)
		si->highest_bit--;
}

void range_free_swap(struct machine *m, uint64_t slot)
{
	struct swap_info_struct *si = &m->swap_info;

	if (slot < si->lowest_bit)
		si->lowest_bit = slot;
	if (slot > si->highest_bit)
		si->highest_bit = slot;
}

/* The first of SWAPFILE_CLUSTER free slots in a row; 0: there are none. */
static uint64_t free_run(const struct swap_info_struct *si)
{
	uint64_t run = 0;

	for (uint64_t at = si->lowest_bit; at <= si->highest_bit; at++) {
		run = si->swap_map[at] ? 0 : run + 1;
		if (run == SWAPFILE_CLUSTER)
			return at + 1 - SWAPFILE_CLUSTER;
	}
	return 0;
}

/* The first free slot of [@from, highest_bit]; 0: none. */
static uint64_t first_free(const struct swap_info_struct *si, uint64_t from)
{
	for (uint64_t at = from; at <= si->highest_bit; at++)
		if (!si->swap_map[at])
			return at;
	return 0;
}

/* -- 2.4 to 2.6.11 ------------------------------------------------------------- */

/* 2.4, 2.6.11 mm/swapfile.c scan_swap_map. */
uint64_t scan_swap_map_2_x(struct machine *m)
{
	struct swap_info_struct *si = &m->swap_info;
	uint64_t slot = 0;

	if (si->cluster_nr) {
		slot = first_free(si, si->cluster_next);
		if (slot)
			si->cluster_nr--;
	}
	if (!slot) {
		si->cluster_nr = SWAPFILE_CLUSTER;
		slot = free_run(si);
	}
	if (!slot) {
		slot = first_free(si, si->lowest_bit);
		if (slot)
			si->lowest_bit = slot;
	}
	if (slot) {
		shrink_bounds(si, slot);
		si->cluster_next = slot + 1;
	}
	if (!slot || si->lowest_bit > si->highest_bit) {
		si->lowest_bit = si->max;
		si->highest_bit = 0;
	}
	return slot;
}

/* -- 4.0 ----------------------------------------------------------------------- */

/* While swap is more than half full, a slot that only the cache uses is as good
 * as free: its page goes (4.0 mm/swapfile.c __try_to_reclaim_swap). */
static bool usable(struct machine *m, uint64_t slot)
{
	struct swap_info_struct *si = &m->swap_info;
	struct page *page;

	if (!si->swap_map[slot])
		return true;
	if (si->swap_map[slot] != SWAP_HAS_CACHE || !vm_swap_full(m))
		return false;
	page = swap_cache_page(m, slot);
	if (page)
		swap_reclaim_cached(m, page);
	return !si->swap_map[slot];
}

/* The next cluster begins at 256 free slots in a row, if there are any. */
static void new_cluster(struct swap_info_struct *si)
{
	uint64_t run = 0;

	if (si->max - 1 - si->inuse_pages >= SWAPFILE_CLUSTER)
		run = free_run(si);
	if (run)
		si->cluster_next = run;
	else if (si->max - 1 - si->inuse_pages >= SWAPFILE_CLUSTER)
		si->cluster_next = si->lowest_bit;
	si->cluster_nr = SWAPFILE_CLUSTER - 1;
}

/* 4.0 mm/swapfile.c scan_swap_map, for a disk that turns: upwards from
 * cluster_next, then from the bottom. */
uint64_t scan_swap_map_4_0(struct machine *m)
{
	struct swap_info_struct *si = &m->swap_info;
	uint64_t base, slot;

	if (!si->cluster_nr--)
		new_cluster(si);
	if (!si->highest_bit)
		return 0;
	base = si->cluster_next;
	if (base > si->highest_bit)
		base = si->lowest_bit;
	for (slot = base; slot <= si->highest_bit; slot++)
		if (usable(m, slot))
			goto found;
	for (slot = si->lowest_bit; slot < base; slot++)
		if (usable(m, slot))
			goto found;
	return 0;
found:
	shrink_bounds(si, slot);
	if (si->inuse_pages + 1 == si->max - 1) {
		si->lowest_bit = si->max;
		si->highest_bit = 0;
	}
	si->cluster_next = slot + 1;
	return slot;
}

/* -- 6.18 ---------------------------------------------------------------------- */

static uint64_t cluster_start(const struct swap_info_struct *si,
	const struct swap_cluster_info *ci)
{
	return (uint64_t)(ci - si->cluster_info) * SWAPFILE_CLUSTER;
}

static void move_cluster(struct swap_info_struct *si,
	struct swap_cluster_info *ci, enum cluster_list list)
{
	if (ci->flags == list)
		return;
	list_del(&ci->list);
	list_add_tail(&ci->list, &si->clusters[list]);
	ci->flags = (uint16_t)list;
}

/* 6.18 mm/swapfile.c relocate_cluster: where it belongs after a search. */
static void relocate(struct swap_info_struct *si, struct swap_cluster_info *ci)
{
	if (!ci->count)
		move_cluster(si, ci, CLUSTER_FREE);
	else if (ci->count < SWAPFILE_CLUSTER)
		move_cluster(si, ci, CLUSTER_FRAG);
	else
		move_cluster(si, ci, CLUSTER_FULL);
}

/* alloc_swap_scan_cluster: a slot of [@from, the cluster's end). */
static uint64_t scan_cluster(struct machine *m, struct swap_cluster_info *ci,
	uint64_t from)
{
	struct swap_info_struct *si = &m->swap_info;
	uint64_t end = cluster_start(si, ci) + SWAPFILE_CLUSTER;
	uint64_t slot = from ? from : 1;

	if (end > si->max)
		end = si->max;
	while (slot < end && !usable(m, slot))
		slot++;
	si->cluster_next = 0;
	if (slot < end) {
		ci->count++;
		if (ci->count < SWAPFILE_CLUSTER && slot + 1 < end)
			si->cluster_next = slot + 1;
	}
	relocate(si, ci);
	return slot < end ? slot : 0;
}

/* alloc_swap_scan_list: the first cluster of @list, which leaves it meanwhile;
 * of the clusters with freed slots all. */
static uint64_t scan_list(struct machine *m, enum cluster_list list)
{
	struct swap_info_struct *si = &m->swap_info;
	struct list_head *head = &si->clusters[list];
	uint64_t slot = 0;

	while (!slot && !list_empty(head)) {
		struct swap_cluster_info *ci = container_of(head->next,
			struct swap_cluster_info, list);

		ci->flags = NR_CLUSTER_LISTS;
		slot = scan_cluster(m, ci, cluster_start(si, ci));
		if (list != CLUSTER_NONFULL)
			break;
	}
	return slot;
}

/* 6.18 mm/swapfile.c cluster_alloc_swap_entry, pages of one size. */
uint64_t cluster_alloc_swap(struct machine *m)
{
	static const enum cluster_list order[] = { CLUSTER_NONFULL, CLUSTER_FREE,
		CLUSTER_FRAG, CLUSTER_FULL };
	struct swap_info_struct *si = &m->swap_info;
	struct swap_cluster_info *ci =
		&si->cluster_info[si->cluster_next / SWAPFILE_CLUSTER];
	uint64_t slot = 0;

	if (si->cluster_next)
		slot = scan_cluster(m, ci, ci->count ? si->cluster_next
						     : cluster_start(si, ci));
	for (unsigned i = 0; !slot && i < NR_CLUSTER_LISTS; i++)
		if (order[i] != CLUSTER_FULL || vm_swap_full(m))
			slot = scan_list(m, order[i]);
	return slot;
}

/* partial_free_cluster, free_cluster. */
void cluster_free_swap(struct machine *m, uint64_t slot)
{
	struct swap_info_struct *si = &m->swap_info;
	struct swap_cluster_info *ci =
		&si->cluster_info[slot / SWAPFILE_CLUSTER];

	ci->count--;
	move_cluster(si, ci, ci->count ? CLUSTER_NONFULL : CLUSTER_FREE);
}
