/*
 * Swap: slots, the swap cache, bringing pages back.  Inside the core only.
 *
 * A page is in the swap cache while PG(SWAPCACHE) is set; its slot is then
 * page_swap_slot().  Slots are numbered from 1; 0 means none.
 */
#ifndef CORE_SWAP_H
#define CORE_SWAP_H

#include "core/machine.h"
#include "core/swapops.h"

/* Make the area of config->swap bytes. */
void swap_init(struct machine *m);
/* Slots that are free; 0 without swap. */
uint64_t nr_swap_pages(const struct machine *m);
/* More than half of the area is used (vm_swap_full). */
bool vm_swap_full(const struct machine *m);

/* A free slot with one user, by clusters (get_swap_page); 0: none. */
uint64_t get_swap_page(struct machine *m);
/* One more PTE holds @slot (swap_duplicate). */
void swap_duplicate(struct machine *m, uint64_t slot);
/* One less; the last one frees the slot (swap_free). */
void swap_free(struct machine *m, uint64_t slot);
/* A PTE that held @slot is gone: swap_free(), and the page in the cache goes
 * too if nobody else needs it (free_swap_and_cache). */
void free_swap_and_cache(struct machine *m, uint64_t slot);

/* The slot of a page in the swap cache. */
uint64_t page_swap_slot(const struct machine *m, const struct page *page);
/* The page in the cache at @slot, or NULL; takes no reference. */
struct page *lookup_swap_cache(struct machine *m, uint64_t slot);
/* Give a locked anonymous page a slot and put it into the cache, dirty
 * (add_to_swap).  False: no slot. */
bool add_to_swap(struct machine *m, struct page *page);
/* Put @page into the cache at @slot, which is counted already by its era's
 * rule; takes a reference (add_to_swap_cache). */
void add_to_swap_cache(struct machine *m, struct page *page, uint64_t slot);
/* Out of the cache, with the cache's count and reference
 * (delete_from_swap_cache). */
void delete_from_swap_cache(struct machine *m, struct page *page);
/* Out of the cache if only the cache uses slot and page
 * (remove_exclusive_swap_page; try_to_free_swap).  True if it went. */
bool try_to_free_swap(struct machine *m, struct page *page);
/* May the locked page, in the cache or not, be written in place?
 * The era's rule (can_share_swap_page, reuse_swap_page). */
bool can_share_swap_page(struct machine *m, struct page *page);
/* Begin writing a locked dirty page of the cache to its slot: io_start_write()
 * (swap_writepage). */
void swap_writepage(struct machine *m, struct page *page);

/* A fault on a PTE that holds an entry (do_swap_page); locks as for the other
 * leaves of handle_pte_fault.  0, -ENOMEM. */
int do_swap_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte, bool write);

/* Bring everything back and end the area.  0, -ENOMEM when it does not fit,
 * -EINVAL without swap. */
int do_swapoff(struct machine *m);

#endif
