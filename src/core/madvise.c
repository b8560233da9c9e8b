/*
 * madvise (2.4 mm/filemap.c; later mm/madvise.c): the checks of its arguments,
 * then VMA by VMA what a row of the table says.  Holes are passed over and told
 * at the end (ENOMEM); an error stops it, and what was done before stays.
 */
#include "core/ksm.h"
#include "core/madvise.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/page_tree.h"
#include "core/pgtable.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>

/* What of the address space may not change meanwhile. */
enum advice_lock {
	LOCK_ALL,  /* mmap_lock for writing */
	LOCK_READ, /* mmap_lock for reading */
	LOCK_VMA   /* 6.18: the VMA alone, if the range lies within one */
};

struct advice_row {
	enum advice advice;
	enum advice_lock lock;
	advise_fn *fn;      /* NULL: vm_flags change */
	uint64_t clear;     /* vm_flags that go */
	uint64_t set;       /* and those that come */
	uint64_t forbidden; /* vm_flags of VMAs that it is refused for */
	bool no_file;       /* refused for mappings of files */
};

/* -- what some of them do -------------------------------------------------- */

static int dontneed(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	call(m, FN_DONTNEED, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	lru_add_drain(m);
	zap_range(m, vma, start, end, 0);
	if (ops_of(m)->zap_frees_tables)
		free_empty_tables(m, vma->vm_mm, start, end);
	gather_flush(m, vma->vm_mm);
	ret(m, FN_DONTNEED);
	return 0;
}

/* swapin_walk_pmd_entry: the page of the entry into the swap cache. */
static int swap_in_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct page *page;

	(void)mm;
	(void)addr;
	(void)ctx;
	if (!pte_is_swap(m, pte))
		return 0;
	cost(m, COST_PTES, 1);
	page = read_swap_cache(m, swap_slot(m, pte));
	if (page)
		put_page(m, page);
	return 0;
}

/* shmem_swapin_range: what of the file is in swap into the swap cache. */
static void swap_in_file(struct machine *m, struct inode *inode,
	uint64_t index, uint64_t last)
{
	const struct radix_tree *tree = &inode->i_mapping.page_tree;
	uint64_t entry;

	for (; (entry = radix_next(tree, &index)) && index <= last; index++) {
		struct page *page;

		if ((entry & ENTRY_BITS) != ENTRY_SWAP)
			continue;
		page = read_swap_cache(m, entry >> 2);
		if (page)
			put_page(m, page);
	}
}

static int willneed_vma(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	uint64_t first = linear_page_index(vma, start);
	uint64_t last = linear_page_index(vma, end - 1);
	bool swap = !ops_of(m)->willneed_anon;

	if (!vma->vm_file && !swap)
		return ops_of(m)->willneed_anon;
	if (!vma->vm_file)
		mm_for_each_pte(m, vma->vm_mm, start, end, swap_in_one, NULL);
	else if (!vma->vm_file->tmpfs)
		force_readahead(m, vma->vm_file, first, last);
	else if (swap)
		swap_in_file(m, vma->vm_file, first, last);
	lru_add_drain(m);
	return 0;
}

static int willneed(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	int err;

	call(m, FN_WILLNEED, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	err = willneed_vma(m, vma, start, end);
	ret(m, FN_WILLNEED);
	return err;
}

/* madvise_remove: a hole in the file.  Who may not write the file may not do
 * it; 4.0 asks whether this mapping may, 6.18 whether it could. */
static int remove_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	uint64_t needs = VM_SHARED | ops_of(m)->remove_needs;
	struct mm_struct *mm = vma->vm_mm;
	struct inode *inode = vma->vm_file;
	uint64_t first = linear_page_index(vma, start);
	uint64_t last = linear_page_index(vma, end - 1);

	if (!inode)
		return -EINVAL;
	if ((vma->vm_flags & needs) != needs)
		return -EACCES;
	call(m, FN_MADV_REMOVE, vma_ref(vma), addr_ref(mm, start), end);
	inode_get(inode);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	punch_hole(m, inode, first, last);
	inode_put(m, inode);
	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	ret(m, FN_MADV_REMOVE);
	return 0;
}

/* There are no huge pages here: no VMA can have one (madvise_collapse where
 * thp_vma_allowable_order says no). */
static int collapse(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	(void)m;
	(void)vma;
	(void)start;
	(void)end;
	return -EINVAL;
}

/* What ksmd has merged is taken apart before the flag goes.  Want of memory is
 * EAGAIN here. */
static int advise_ksm(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, enum advice advice)
{
	uint64_t vm_flags = vma->vm_flags;
	int err;

	call(m, FN_ADVISE_FLAGS, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	err = ksm_madvise(m, vma, start, end, advice, &vm_flags);
	if (!err)
		err = ops_of(m)->advise_flags(m, vma, start, end, vm_flags);
	ret(m, FN_ADVISE_FLAGS);
	return err == -ENOMEM ? -EAGAIN : err;
}

static int mergeable(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	return advise_ksm(m, vma, start, end, ADVICE_MERGEABLE);
}

static int unmergeable(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	return advise_ksm(m, vma, start, end, ADVICE_UNMERGEABLE);
}

/* -- the table ------------------------------------------------------------- */

#define NO_THP (VM_IO | VM_DONTEXPAND | VM_SHARED | VM_MAYSHARE)

static const struct advice_row rows[] = {
	{ .advice = ADVICE_NORMAL, .clear = VM_RAND_READ | VM_SEQ_READ },
	{ .advice = ADVICE_SEQUENTIAL,
		.clear = VM_RAND_READ,
		.set = VM_SEQ_READ },
	{ .advice = ADVICE_RANDOM, .clear = VM_SEQ_READ, .set = VM_RAND_READ },
	{ .advice = ADVICE_WILLNEED, .lock = LOCK_READ, .fn = willneed },
	{ .advice = ADVICE_DONTNEED,
		.lock = LOCK_VMA,
		.fn = dontneed,
		.forbidden = VM_LOCKED },
	{ .advice = ADVICE_DONTNEED_LOCKED, .lock = LOCK_VMA, .fn = dontneed },
	{ .advice = ADVICE_FREE,
		.lock = LOCK_VMA,
		.fn = advise_free,
		.forbidden = VM_LOCKED,
		.no_file = true },
	{ .advice = ADVICE_REMOVE,
		.lock = LOCK_READ,
		.fn = remove_range,
		.forbidden = VM_LOCKED },
	{ .advice = ADVICE_DONTFORK, .set = VM_DONTCOPY },
	{ .advice = ADVICE_DOFORK, .clear = VM_DONTCOPY, .forbidden = VM_IO },
	{ .advice = ADVICE_MERGEABLE, .fn = mergeable },
	{ .advice = ADVICE_UNMERGEABLE, .fn = unmergeable },
	{ .advice = ADVICE_HUGEPAGE,
		.clear = VM_NOHUGEPAGE,
		.set = VM_HUGEPAGE },
	{ .advice = ADVICE_NOHUGEPAGE,
		.clear = VM_HUGEPAGE,
		.set = VM_NOHUGEPAGE },
	{ .advice = ADVICE_DONTDUMP, .set = VM_DONTDUMP },
	{ .advice = ADVICE_DODUMP,
		.clear = VM_DONTDUMP,
		.forbidden = VM_IO | VM_DONTEXPAND | VM_DROPPABLE },
	{ .advice = ADVICE_WIPEONFORK,
		.set = VM_WIPEONFORK,
		.forbidden = VM_SHARED,
		.no_file = true },
	{ .advice = ADVICE_KEEPONFORK,
		.clear = VM_WIPEONFORK,
		.forbidden = VM_DROPPABLE },
	{ .advice = ADVICE_COLD,
		.lock = LOCK_READ,
		.fn = advise_cold,
		.forbidden = VM_LOCKED },
	{ .advice = ADVICE_PAGEOUT,
		.lock = LOCK_READ,
		.fn = advise_pageout,
		.forbidden = VM_LOCKED },
	{ .advice = ADVICE_POPULATE_READ, .lock = LOCK_READ },
	{ .advice = ADVICE_POPULATE_WRITE, .lock = LOCK_READ },
	{ .advice = ADVICE_COLLAPSE, .lock = LOCK_READ, .fn = collapse },
	{ .advice = ADVICE_GUARD_INSTALL,
		.lock = LOCK_VMA,
		.fn = guard_install,
		.forbidden = VM_IO | VM_DONTEXPAND | VM_LOCKED },
	{ .advice = ADVICE_GUARD_REMOVE,
		.lock = LOCK_VMA,
		.fn = guard_remove,
		.forbidden = VM_IO | VM_DONTEXPAND },
};

/* NULL: this kernel does not know it. */
static const struct advice_row *find_row(const struct machine *m,
	enum advice advice)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].advice == advice &&
			(ops_of(m)->advices & ADVICE_BIT(advice)))
			return &rows[i];
	return NULL;
}

static bool is_populate(const struct advice_row *row)
{
	return row->advice == ADVICE_POPULATE_READ ||
		row->advice == ADVICE_POPULATE_WRITE;
}

/* -- vm_flags -------------------------------------------------------------- */

/* 4.0 on: what changes nothing cuts nothing. */
int advise_merging(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t vm_flags)
{
	int err = 0;

	if (vm_flags == vma->vm_flags)
		return 0;
	vma = vma_modify(m, vma, start, end, vm_flags, &err);
	if (!err && vma->vm_flags != vm_flags)
		vma_set_flags(m, vma, vm_flags);
	return err == -ENOMEM ? -EAGAIN : err;
}

static bool is_huge_advice(const struct advice_row *row)
{
	return (row->set | row->clear) & VM_HUGEPAGE;
}

static int advise_flags(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, const struct advice_row *row)
{
	uint64_t vm_flags = (vma->vm_flags & ~row->clear) | row->set;
	int err;

	/* 4.0 hugepage_madvise: said twice it is an error */
	if (is_huge_advice(row) && ops_of(m)->huge_advice_once &&
		(vma->vm_flags & (row->set | NO_THP)))
		return -EINVAL;
	call(m, FN_ADVISE_FLAGS, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	err = ops_of(m)->advise_flags(m, vma, start, end, vm_flags);
	ret(m, FN_ADVISE_FLAGS);
	return err;
}

/* -- VMA by VMA ------------------------------------------------------------ */

static int advise_vma(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, const void *ctx)
{
	const struct advice_row *row = ctx;

	if (!row || (vma->vm_flags & row->forbidden))
		return -EINVAL;
	if (row->no_file && vma->vm_file)
		return -EINVAL;
	if (!row->fn)
		return advise_flags(m, vma, start, end, row);
	return row->fn(m, vma, start, end);
}

static int advise_range(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, const struct advice_row *row)
{
	return vma_each_part(m, mm, start, end, advise_vma, row);
}

/* -- locks ----------------------------------------------------------------- */

static bool locks_all(const struct machine *m, const struct advice_row *row)
{
	return ops_of(m)->advice_locks_write || !row || row->lock == LOCK_ALL;
}

/* is_vma_lock_sufficient: to set vma->anon_vma takes more. */
static bool lock_suffices(const struct vm_area_struct *vma,
	uint64_t start, uint64_t end, const struct advice_row *row)
{
	if (vma->vm_start > start || vma->vm_end < end)
		return false;
	return row->advice != ADVICE_GUARD_INSTALL || vma->vm_file ||
		vma->anon_vma;
}

/* try_vma_read_lock: the one VMA that the range lies in, locked; or NULL. */
static struct vm_area_struct *try_vma_lock(struct machine *m,
	struct mm_struct *mm, uint64_t start, uint64_t end,
	const struct advice_row *row)
{
	struct vm_area_struct *vma;

	if (!ops_of(m)->vma_locks || !row || row->lock != LOCK_VMA)
		return NULL;
	call(m, FN_FIND_VMA, addr_ref(mm, start), NO_REF, 0);
	vma = find_vma(m, mm, start);
	if (vma && !lock_suffices(vma, start, end, row))
		vma = NULL;
	if (vma)
		lock_read(m, &vma->vm_lock, vma_ref(vma), "vm_lock");
	ret(m, FN_FIND_VMA);
	return vma;
}

static int advise_shared(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, const struct advice_row *row)
{
	const char *name = ops_of(m)->mmap_lock;
	int err;

	lock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	if (is_populate(row))
		err = madvise_populate(m, mm, start, end,
			row->advice == ADVICE_POPULATE_WRITE);
	else
		err = advise_range(m, mm, start, end, row);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), name);
	return err;
}

static int advise_locked(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end, const struct advice_row *row)
{
	struct vm_area_struct *vma = try_vma_lock(m, mm, start, end, row);
	int err;

	if (vma) {
		err = advise_vma(m, vma, start, end, row);
		unlock_read(m, &vma->vm_lock, vma_ref(vma), "vm_lock");
		return err;
	}
	if (!locks_all(m, row))
		return advise_shared(m, mm, start, end, row);
	mmap_write_lock(m, mm);
	err = advise_range(m, mm, start, end, row);
	mmap_write_unlock(m, mm);
	return err;
}

/* -- the call -------------------------------------------------------------- */

int do_madvise(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, enum advice advice)
{
	const struct advice_row *row = find_row(m, advice);
	bool wrapped = len && !whole_pages(m, len);
	uint64_t end;
	int err;

	if ((!row && !ops_of(m)->unknown_advice_late) || (start & ~PAGE_MASK))
		return -EINVAL;
	if (wrapped && !ops_of(m)->wrapped_len_is_0)
		return -EINVAL;
	if (!page_range_end(m, start, len, &end))
		return -EINVAL;
	if (end == start)
		return 0;
	call(m, FN_MADVISE, addr_ref(mm, start), NO_REF, end - start);
	err = advise_locked(m, mm, start, end, row);
	ret(m, FN_MADVISE);
	return err;
}
