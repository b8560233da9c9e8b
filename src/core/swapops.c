/*
 * Entries of PTEs that are not present: bits for each geometry and kernel.
 * PAE keeps type and offset in the upper half of the entry (bits 32..36 and
 * 37..), since its lower half ends at 4 GiB.
 */
#include "core/swapops.h"
#include "core/mechanism.h"

#define TYPE_MASK 31u
#define SWP_EXCLUSIVE (1ull << 3) /* _PAGE_SWP_EXCLUSIVE */

static struct swp_layout layout_of(const struct machine *m)
{
	static const struct swp_layout pae = { 32, 37, false };

	return machine_paging(m)->arch == ARCH_PAE ? pae
						   : ops_of(m)->swp_layout;
}

/* The offset's bits end where the type begins, if that is above it. */
static unsigned offset_bits(const struct machine *m, struct swp_layout l)
{
	unsigned end = machine_paging(m)->entry_size * 8u;

	if (l.type_shift > l.offset_shift)
		end = l.type_shift;
	return end - l.offset_shift;
}

bool pte_has_entry(const struct machine *m, pteval_t pte)
{
	return !pte_none(pte) && !pte_present(m, pte);
}

struct swp_entry pte_to_swp(const struct machine *m, pteval_t pte)
{
	struct swp_layout l = layout_of(m);
	uint64_t mask = (1ull << offset_bits(m, l)) - 1;
	uint64_t offset = pte >> l.offset_shift;

	return (struct swp_entry){ (unsigned)(pte >> l.type_shift) & TYPE_MASK,
		(l.invert ? ~offset : offset) & mask };
}

pteval_t swp_to_pte(const struct machine *m, struct swp_entry entry)
{
	struct swp_layout l = layout_of(m);
	uint64_t mask = (1ull << offset_bits(m, l)) - 1;
	uint64_t offset = l.invert ? ~entry.offset : entry.offset;

	return (uint64_t)entry.type << l.type_shift |
		(offset & mask) << l.offset_shift;
}

bool pte_is_swap(const struct machine *m, pteval_t pte)
{
	return pte_has_entry(m, pte) && !pte_to_swp(m, pte).type;
}

bool pte_is_migration(const struct machine *m, pteval_t pte)
{
	const struct era_ops *ops = ops_of(m);
	unsigned type;

	if (!ops->migration_read || !pte_has_entry(m, pte))
		return false;
	type = pte_to_swp(m, pte).type;
	return type >= ops->migration_read && type <= ops->migration_write;
}

#define PTE_MARKER_GUARD 4ull /* 6.18 include/linux/swapops.h */

bool pte_is_guard(const struct machine *m, pteval_t pte)
{
	struct swp_entry e;

	if (!ops_of(m)->marker_type || !pte_has_entry(m, pte))
		return false;
	e = pte_to_swp(m, pte);
	return e.type == ops_of(m)->marker_type &&
		(e.offset & PTE_MARKER_GUARD);
}

pteval_t mk_guard_pte(const struct machine *m)
{
	return swp_to_pte(m, (struct swp_entry){ ops_of(m)->marker_type,
		PTE_MARKER_GUARD });
}

uint64_t swp_val(const struct machine *m, struct swp_entry entry)
{
	unsigned shift = ops_of(m)->swp_val_type_shift;

	if (!shift)
		return swp_to_pte(m, entry);
	return (uint64_t)entry.type << shift | entry.offset;
}

bool pte_swp_exclusive(const struct machine *m, pteval_t pte)
{
	return ops_of(m)->swp_exclusive && (pte & SWP_EXCLUSIVE);
}

pteval_t pte_swp_mkexclusive(const struct machine *m, pteval_t pte)
{
	return ops_of(m)->swp_exclusive ? pte | SWP_EXCLUSIVE : pte;
}

pteval_t pte_swp_clear_exclusive(const struct machine *m, pteval_t pte)
{
	return ops_of(m)->swp_exclusive ? pte & ~SWP_EXCLUSIVE : pte;
}

pteval_t mk_migration_pte(const struct machine *m, uint64_t pfn, bool write,
	bool exclusive)
{
	const struct era_ops *ops = ops_of(m);
	unsigned type = ops->migration_read;

	if (write)
		type = ops->migration_write;
	else if (exclusive && ops->migration_read_exclusive)
		type = ops->migration_read_exclusive;
	return swp_to_pte(m, (struct swp_entry){ type, pfn });
}

/* 6.18 include/linux/swapops.h: above the bits of a frame number. */
static unsigned pfn_bits(const struct machine *m)
{
	return (machine_paging(m)->arch == ARCH_LA57 ? 52u : 46u) - PAGE_SHIFT;
}

uint64_t migration_pfn(const struct machine *m, pteval_t pte)
{
	uint64_t offset = pte_to_swp(m, pte).offset;

	if (!ops_of(m)->migration_bits)
		return offset;
	return offset & ((1ull << pfn_bits(m)) - 1);
}

pteval_t migration_keep_bits(const struct machine *m, pteval_t entry,
	pteval_t pte)
{
	struct swp_entry e = pte_to_swp(m, entry);

	if (!ops_of(m)->migration_bits)
		return entry;
	e.offset |= (uint64_t)pte_young(m, pte) << pfn_bits(m);
	e.offset |= (uint64_t)pte_dirty(m, pte) << (pfn_bits(m) + 1);
	return swp_to_pte(m, e);
}

static bool migration_bit(const struct machine *m, pteval_t pte, unsigned n)
{
	return ops_of(m)->migration_bits &&
		(pte_to_swp(m, pte).offset >> (pfn_bits(m) + n) & 1);
}

bool migration_is_young(const struct machine *m, pteval_t pte)
{
	return migration_bit(m, pte, 0);
}

bool migration_is_dirty(const struct machine *m, pteval_t pte)
{
	return migration_bit(m, pte, 1);
}

bool migration_is_write(const struct machine *m, pteval_t pte)
{
	return pte_to_swp(m, pte).type == ops_of(m)->migration_write;
}

/* In 6.18 a page that may be written is exclusive. */
bool migration_is_exclusive(const struct machine *m, pteval_t pte)
{
	return ops_of(m)->migration_read_exclusive &&
		pte_to_swp(m, pte).type > ops_of(m)->migration_read;
}

pteval_t migration_mk_readable(const struct machine *m, pteval_t pte)
{
	return swp_to_pte(m, (struct swp_entry){ ops_of(m)->migration_read,
		pte_to_swp(m, pte).offset });
}
