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

#define SWAPFILE_CLUSTER 256u

/* In swap_map, 4.0 and 6.18: a page is in the cache, or on its way there.  The
 * kernel's bit is 0x40 of a byte, see swap_map_raw(). */
#define SWAP_HAS_CACHE 0x80000000u

/* Make the area of m->swap bytes. */
void swap_init(struct machine *m);
/* Bytes of the arena that an area of @bytes may need. */
uint64_t swap_arena_bytes(uint64_t bytes);
/* Slots that are free; 0 without swap and while it is taken away. */
uint64_t nr_swap_pages(const struct machine *m);
/* Slots that can be used at all (total_swap_pages). */
uint64_t total_swap_pages(const struct machine *m);
/* More than half of the area is used (vm_swap_full). */
bool vm_swap_full(const struct machine *m);

/* A free slot, counted for the cache: swap_map 1, or SWAP_HAS_CACHE
 * (get_swap_page).  0: none. */
uint64_t get_swap_page(struct machine *m);
/* One more PTE (or shmem inode) holds @slot (swap_duplicate). */
void swap_duplicate(struct machine *m, uint64_t slot);
/* One less; the last one frees the slot (swap_free). */
void swap_free(struct machine *m, uint64_t slot);
/* A PTE that held @slot is gone: swap_free(), and the page in the cache goes
 * too if nobody else needs it (free_swap_and_cache). */
void free_swap_and_cache(struct machine *m, uint64_t slot);
/* The cache's count of @slot: taken before a page is put there that has just
 * been made, given back when it has left (swapcache_prepare, swapcache_free).
 */
void swapcache_prepare(struct machine *m, uint64_t slot);
void swapcache_free(struct machine *m, uint64_t slot);

/* The slot of a page in the swap cache. */
uint64_t page_swap_slot(const struct machine *m, const struct page *page);
/* swap_cache_page() as an act of the kernel (lookup_swap_cache). */
struct page *lookup_swap_cache(struct machine *m, uint64_t slot);
/* Give a locked anonymous page a slot and put it into the cache, dirty
 * (add_to_swap; 2.4: as try_to_swap_out does).  False: no slot.  In 2.4 the
 * slot then has a count for the first PTE already: that one is set without
 * swap_duplicate(). */
bool add_to_swap(struct machine *m, struct page *page);
/* Put @page into the cache at @slot, whose count for the cache is taken
 * already; takes a reference (add_to_swap_cache).  shmem, in every era: slot =
 * get_swap_page(), then this, then swap_duplicate(slot) for the inode. */
void add_to_swap_cache(struct machine *m, struct page *page, uint64_t slot);
/* @new takes the place of @old there, with its slot and the cache's reference
 * (migrate_page_move_mapping). */
void swap_cache_replace(struct machine *m, struct page *old,
	struct page *new);
/* Out of the cache, with the cache's count and reference; the caller has a
 * reference of its own (delete_from_swap_cache). */
void delete_from_swap_cache(struct machine *m, struct page *page);
/* The same for a page that reclaim evicts: where the kernel keeps such, what it
 * leaves tells later how soon it was wanted (__remove_mapping). */
void evict_from_swap_cache(struct machine *m, struct page *page);
/* Out of the cache if only the cache uses slot and page, and then dirty
 * (remove_exclusive_swap_page; try_to_free_swap).  True if it went. */
bool try_to_free_swap(struct machine *m, struct page *page);
/* Before the reference of a PTE that was cleared is dropped: the same, if the
 * page can be locked (free_swap_cache). */
void free_swap_cache(struct machine *m, struct page *page);
/* A slot of which only the cache knows is wanted: the same, if it can be locked
 * (__try_to_reclaim_swap). */
void swap_reclaim_cached(struct machine *m, struct page *page);
/* May the locked page, in the cache or not, be written in place?
 * The era's rule (can_share_swap_page, reuse_swap_page). */
bool can_share_swap_page(struct machine *m, struct page *page);
/* Begin writing a locked dirty page of the cache to its slot: io_start_write();
 * or take it out of the cache if nobody needs the slot (swap_writepage). */
void swap_writepage(struct machine *m, struct page *page);
/* The page of @slot, from the cache or read from the disk, with a reference
 * for the caller (read_swap_cache_async).  NULL: no memory, or a free slot. */
struct page *read_swap_cache(struct machine *m, uint64_t slot);
/* The same, reading its neighbours as well (swapin_readahead). */
struct page *swapin_readahead(struct machine *m, uint64_t slot);

/* A page on its way back into a PTE. */
struct swapin {
	struct vm_area_struct *vma;
	uint64_t addr;
	pteval_t pte;      /* the entry that was there; then the new PTE */
	bool write;        /* the access is a write */
	uint64_t slot;
	struct page *page; /* locked, with a reference for the PTE */
	struct page *swapcache; /* the page of the slot, locked; @page is a copy
				   of it if it is another (KSM) */
};

/* A fault on a PTE that holds an entry (do_swap_page); locks as for the other
 * leaves of handle_pte_fault.  0, -ENOMEM. */
int do_swap_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte, bool write);

/* Bring everything back and end the area.  0, -ENOMEM when it does not fit,
 * -EINVAL without swap. */
int do_swapoff(struct machine *m);

/* One swapped page more or less in the mm (MM_SWAPENTS; before 4.0 nobody
 * counts them).  From 2.6.11 on the first puts the mm onto the mmlist, where
 * swapoff looks. */
void add_swapents(struct machine *m, struct mm_struct *mm, int n);

/* Of PTEs that hold an entry, of either kind: the child's copy at fork, which is
 * not exclusive on either side; what zap_pte_range does; what mprotect leaves.
 */
void copy_entry(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte);
void zap_entry(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte, unsigned flags); /* ZAP_ */
pteval_t protect_entry(const struct machine *m, pteval_t pte);

/* Mechanisms: map a page that was swapped out; the page table lock is held, the
 * page is unlocked.  True: it is a write and the PTE is read-only. */
bool map_swapped_2_x(struct machine *m, struct swapin *s);
bool map_swapped_4_0(struct machine *m, struct swapin *s);
bool map_swapped_6_18(struct machine *m, struct swapin *s);
/* Mechanisms: which slot is next (scan_swap_map), and what a free slot means
 * for the next search.  2.4 to 2.6.11; 4.0; 6.18 (clusters). */
uint64_t scan_swap_map_2_x(struct machine *m);
uint64_t scan_swap_map_4_0(struct machine *m);
uint64_t cluster_alloc_swap(struct machine *m);
void range_free_swap(struct machine *m, uint64_t slot);
void cluster_free_swap(struct machine *m, uint64_t slot);
/* swapoff's search: slot by slot, or each mm once. */
int try_to_unuse_slots(struct machine *m);
int try_to_unuse_mms(struct machine *m);
/* May a page go that only the cache uses (try_to_free_swap): by the references
 * of page and slot, until 2.6.11; by the slot's users, later. */
bool swap_unused_by_count(const struct machine *m, const struct page *page);
bool swap_unused_by_slot(const struct machine *m, const struct page *page);
/* May a page be written in place: by references, until 2.6.11; by mappings,
 * which takes it out of the cache (4.0 reuse_swap_page). */
bool can_share_by_count(struct machine *m, struct page *page);
bool reuse_swap_page(struct machine *m, struct page *page);

static inline struct ref swap_ref(uint64_t slot)
{
	return ref_make(REF_SWAP, (uint32_t)slot);
}

#endif
