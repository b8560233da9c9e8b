/*
 * Page-table entries that are not present and still say something: where a
 * page was swapped to, or which page is being migrated.
 *
 * An entry is a type and an offset.  Type 0 is the swap area and the offset a
 * slot of it; the migration types (4.0, 6.18) hold a page frame number; that of
 * markers (6.18) says what is marked.
 */
#ifndef CORE_SWAPOPS_H
#define CORE_SWAPOPS_H

#include "core/machine.h"

struct swp_entry {
	unsigned type;   /* 0: the swap area; a migration type, or markers */
	uint64_t offset; /* slot, page frame number, or what it marks */
};

/* Neither none nor present: it holds an entry. */
bool pte_has_entry(const struct machine *m, pteval_t pte);
/* A swap entry; its slot is swap_slot(). */
bool pte_is_swap(const struct machine *m, pteval_t pte);
/* A migration entry of any kind. */
bool pte_is_migration(const struct machine *m, pteval_t pte);

/* A guard marker (6.18): no page, no access; and to make one. */
bool pte_is_guard(const struct machine *m, pteval_t pte);
pteval_t mk_guard_pte(const struct machine *m);

/* Of a PTE that has an entry (pte_to_swp_entry), and back (swp_entry_to_pte).
 * 4.0, 6.18 include/linux/swapops.h, arch/x86/include/asm/pgtable*.h. */
struct swp_entry pte_to_swp(const struct machine *m, pteval_t pte);
pteval_t swp_to_pte(const struct machine *m, struct swp_entry entry);

static inline uint64_t swap_slot(const struct machine *m, pteval_t pte)
{
	return pte_to_swp(m, pte).offset;
}

static inline pteval_t mk_swap_pte(const struct machine *m, uint64_t slot)
{
	return swp_to_pte(m, (struct swp_entry){ 0, slot });
}

/* swp_entry_t.val of @entry, as that kernel keeps it in page->private or
 * page->index. */
uint64_t swp_val(const struct machine *m, struct swp_entry entry);

/* 6.18: the page was exclusive to this PTE when it was unmapped
 * (pte_swp_exclusive, bit 3). */
bool pte_swp_exclusive(const struct machine *m, pteval_t pte);
pteval_t pte_swp_mkexclusive(const struct machine *m, pteval_t pte);
pteval_t pte_swp_clear_exclusive(const struct machine *m, pteval_t pte);

/* Migration entries: may the PTE be written once the page is back; was the
 * page exclusive (6.18)? */
pteval_t mk_migration_pte(const struct machine *m, uint64_t pfn, bool write,
	bool exclusive);
/* With the accessed and the dirty bit of @pte, where entries keep them
 * (make_migration_entry_young, _dirty). */
pteval_t migration_keep_bits(const struct machine *m, pteval_t entry,
	pteval_t pte);
/* The page frame it names. */
uint64_t migration_pfn(const struct machine *m, pteval_t pte);
bool migration_is_young(const struct machine *m, pteval_t pte);
bool migration_is_dirty(const struct machine *m, pteval_t pte);
bool migration_is_write(const struct machine *m, pteval_t pte);
bool migration_is_exclusive(const struct machine *m, pteval_t pte);
/* The entry that fork leaves on both sides: neither written nor exclusive. */
pteval_t migration_mk_readable(const struct machine *m, pteval_t pte);

#endif
