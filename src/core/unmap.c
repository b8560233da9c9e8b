/*
 * Taking pages away: zap_pte_range, the gather of frames that wait for the
 * TLB flush (mmu_gather), munmap and the end of an address space.
 *
 * A frame must not be reused while a processor may still reach it through its
 * TLB: 4.0 and 6.18 gather frames and free them after the flush; 2.6.11 on one
 * processor frees at once, since the flush comes before user mode.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/limits.h"
#include "core/lru.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/overcommit.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/slab.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>
#include <string.h>

/* -- the gather --------------------------------------------------------- */

static void gather_add(struct machine *m, struct page *page)
{
	struct gather *g = &m->gather;

	if (!ops_of(m)->gathers) {
		free_swap_cache(m, page);
		put_page(m, page);
		return;
	}
	if (g->count == g->room) {
		uint32_t room = g->room ? g->room * 2 : 64;
		uint32_t *pfn = arena_alloc(m, room * sizeof *pfn);

		if (g->pfn)
			memcpy(pfn, g->pfn, g->count * sizeof *pfn);
		arena_free(m, g->pfn, g->room * sizeof *pfn);
		g->pfn = pfn;
		g->room = room;
	}
	g->pfn[g->count++] = page_pfn(m, page);
}

void gather_flush(struct machine *m, struct mm_struct *mm)
{
	struct gather *g = &m->gather;

	flush_tlb_mm(m, mm);
	for (uint32_t i = 0; i < g->count; i++) {
		struct page *page = &m->mem_map[g->pfn[i]];

		free_swap_cache(m, page); /* free_pages_and_swap_cache */
		put_page(m, page);
	}
	g->count = 0;
}

/* -- zapping ------------------------------------------------------------ */

struct zap {
	struct vm_area_struct *vma;
	unsigned flags; /* ZAP_ */
	uint32_t freed; /* anonymous pages that went */
	uint32_t file;  /* pages of files */
};

/* What the PTE knows of its page's use goes to the page. */
static void harvest(struct machine *m, const struct vm_area_struct *vma,
	struct page *page, pteval_t pte)
{
	bool anon = kind_is_anon(page->kind);

	if (pte_dirty(m, pte) && (!anon || ops_of(m)->zap_dirties))
		set_page_dirty(m, page);
	if (!anon && pte_young(m, pte) && ops_of(m)->zap_marks &&
		!(vma->vm_flags & ops_of(m)->no_recency))
		mark_page_accessed(m, page);
}

static int zap_one(const struct machine *cm, const struct mm_struct *cmm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct zap *z = ctx;
	struct mm_struct *mm = z->vma->vm_mm;
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct page *page;

	(void)cmm;
	if (!pte_present(m, pte)) {
		zap_entry(m, z->vma, addr, pte, z->flags);
		return 0;
	}
	page = vm_normal_page(m, pte);
	if (page && kind_is_anon(page->kind) && (z->flags & ZAP_FILE_ONLY))
		return 0;
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	if (!page)
		return 0;
	z->freed += kind_is_anon(page->kind);
	z->file += !kind_is_anon(page->kind);
	harvest(m, z->vma, page, pte);
	if (!ops_of(m)->rss_at_end)
		add_rss(m, mm, page, -1);
	page_remove_rmap(m, page, mm, addr);
	pte_unlocks(m, z->vma, page);
	gather_add(m, page);
	return 0;
}

/* As much less at once; 2.4 exit_mmap has made it 0 before. */
void lower_rss(struct machine *m, struct mm_struct *mm, uint32_t anon,
	uint32_t file)
{
	if (anon > mm->anon_rss)
		anon = mm->anon_rss;
	if (file > mm->file_rss)
		file = mm->file_rss;
	mm->anon_rss -= anon;
	mm->file_rss -= file;
	if (tracing(m) && anon + file)
		tell_rss(m, mm, PAGE_ANON, -(int)(anon + file));
}

void zap_range(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, unsigned flags)
{
	struct zap z = { .vma = vma, .flags = flags };

	call(m, FN_ZAP, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	ptl_lock(m, vma->vm_mm);
	mm_for_each_pte(m, vma->vm_mm, start, end, zap_one, &z);
	if (ops_of(m)->rss_at_end)
		lower_rss(m, vma->vm_mm, z.freed, z.file);
	ptl_unlock(m, vma->vm_mm);
	ret(m, FN_ZAP);
}

/* -- unmapping VMAs that are out of the index already ------------------- */

void clear_page_tables(struct machine *m, struct mm_struct *mm)
{
	call(m, FN_CLEAR_TABLES, mm_ref(mm), NO_REF, 0);
	free_page_tables(m, mm, 0, machine_paging(m)->task_size, 0, 0);
	ret(m, FN_CLEAR_TABLES);
}

/* @first and its vm_next are detached; they are chained by vm_next. */
static void unmap_vmas(struct machine *m, struct vm_area_struct *first)
{
	call(m, FN_UNMAP_VMAS, vma_ref(first), NO_REF, 0);
	for (struct vm_area_struct *v = first; v; v = v->vm_next)
		zap_range(m, v, v->vm_start, v->vm_end, ZAP_MARKERS);
	ret(m, FN_UNMAP_VMAS);
}

/* Out of what leads to it from its pages: 2.6.11 remove_vm_struct leaves i_mmap
 * first, 4.0 and 6.18 free_pgtables leave it last. */
static void unlink_vma(struct machine *m, struct vm_area_struct *vma)
{
	bool file_last = ops_of(m)->unlinks_with_tables;

	if (!file_last)
		vma_unlink_file(m, vma);
	ops_of(m)->unlink_anon_vmas(m, vma);
	if (file_last)
		vma_unlink_file(m, vma);
}

static void free_pgtables(struct machine *m, struct vm_area_struct *first,
	uint64_t floor, uint64_t ceiling)
{
	struct mm_struct *mm = first->vm_mm;
	uint64_t end = 0;

	call(m, FN_FREE_PGTABLES, mm_ref(mm), NO_REF, 0);
	for (struct vm_area_struct *v = first; v; v = v->vm_next) {
		if (ops_of(m)->unlinks_with_tables)
			unlink_vma(m, v);
		end = v->vm_end;
	}
	free_page_tables(m, mm, first->vm_start, end, floor, ceiling);
	ret(m, FN_FREE_PGTABLES);
}

static void remove_vmas(struct machine *m, struct vm_area_struct *vma)
{
	while (vma) {
		struct vm_area_struct *next = vma->vm_next;

		call(m, FN_REMOVE_VMA, vma_ref(vma), NO_REF, 0);
		if (!ops_of(m)->unlinks_with_tables)
			unlink_vma(m, vma);
		vma_free(m, vma);
		ret(m, FN_REMOVE_VMA);
		vma = next;
	}
}

/* Take the VMAs of [start, end) out of the index; chained by vm_next. */
static struct vm_area_struct *detach(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = vma_intersection(mm, start, end);
	struct vm_area_struct *first = vma, *last = NULL;

	while (vma && vma->vm_start < end) {
		struct vm_area_struct *next = vma->vm_next;

		vm_stat_account(mm, vma->vm_flags, -(int64_t)vma_pages(vma));
		vma_unacct(m, vma, vma_pages(vma));
		vma_detach(m, vma);
		if (last)
			last->vm_next = vma;
		last = vma;
		vma = next;
	}
	return first;
}

/* A hole in one VMA makes two of it (do_munmap; 6.18
 * vms_gather_munmap_vmas). */
static bool too_many(const struct machine *m, const struct mm_struct *mm,
	const struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	return ops_of(m)->hole_limited && vma && vma->vm_start < start &&
		vma->vm_end > end && mm->map_count >= m->tune.max_map_count;
}

int split_at_ends(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = vma_intersection(mm, start, end);
	vma_split_fn *split =
		ops_of(m)->hole_limited ? vma_split_unlimited : vma_split;
	int err = 0;

	if (too_many(m, mm, vma, start, end))
		return -ENOMEM;
	if (vma && vma->vm_start < start)
		err = split(m, vma, start, ops_of(m)->split_start_below);
	vma = vma_lookup(mm, end - 1);
	if (!err && vma && vma->vm_start < end && vma->vm_end > end)
		err = split(m, vma, end, ops_of(m)->split_end_below);
	return err;
}

/* Where the search for a free range may begin again (2.6.11 unmap_area). */
void note_hole_below(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	(void)start;
	if (end > mm->free_area_cache)
		mm->free_area_cache = end;
	if (mm->free_area_cache > mm->mmap_base)
		mm->free_area_cache = mm->mmap_base;
}

/* 2.6.0 unmap_vma: the lowest hole above the base. */
void note_hole_above(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	(void)end;
	if (start >= mm->mmap_base && start < mm->free_area_cache)
		mm->free_area_cache = start;
}

static void note_holes(struct machine *m, const struct vm_area_struct *vma)
{
	for (; vma && ops_of(m)->note_hole; vma = vma->vm_next)
		ops_of(m)->note_hole(vma->vm_mm, vma->vm_start, vma->vm_end);
}

int unmap_split_first(struct machine *m, struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *prev, *next, *first;
	int err;

	find_vma(m, mm, start);
	if (!vma_intersection(mm, start, end))
		return 0;
	err = split_at_ends(m, mm, start, end);
	if (!err)
		err = vma_reserve(m, mm, start, end, NULL);
	if (err)
		return err;
	call(m, FN_DETACH, addr_ref(mm, start), addr_ref(mm, end), 0);
	munlock_vmas(m, mm, start, end);
	first = detach(m, mm, start, end);
	vma_detached(m, mm, start, end);
	ret(m, FN_DETACH);
	prev = vma_before(mm, first->vm_start);
	next = vma_lookup(mm, end - 1);
	lru_add_drain(m);
	unmap_vmas(m, first);
	free_pgtables(m, first, prev ? prev->vm_end : 0,
		next ? next->vm_start : 0);
	gather_flush(m, mm);
	note_holes(m, first);
	remove_vmas(m, first);
	return 0;
}

int do_munmap(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len)
{
	uint64_t task_size = machine_paging(m)->task_size;
	int err;

	if ((start & ~PAGE_MASK) || start > task_size ||
		len > task_size - start)
		return -EINVAL;
	len = page_align(len);
	if (!len)
		return -EINVAL;
	call(m, FN_MUNMAP, addr_ref(mm, start), NO_REF, len);
	err = ops_of(m)->unmap_range(m, mm, start, start + len);
	ret(m, FN_MUNMAP);
	return err;
}

/* 2.6.0 clears all tables, those too that no VMA was ever put over (a move that
 * failed leaves such). */
void exit_mmap_2_6_0(struct machine *m, struct mm_struct *mm)
{
	struct vm_area_struct *first = NULL;
	uint64_t end = machine_paging(m)->task_size;

	call(m, FN_EXIT_MMAP, mm_ref(mm), NO_REF, 0);
	if (mm->mmap)
		first = detach(m, mm, 0, end);
	vma_index_end(m, mm);
	lru_add_drain(m);
	if (first)
		unmap_vmas(m, first);
	clear_page_tables(m, mm);
	gather_flush(m, mm);
	remove_vmas(m, first);
	ret(m, FN_EXIT_MMAP);
}

void exit_mmap_all_first(struct machine *m, struct mm_struct *mm)
{
	call(m, FN_EXIT_MMAP, mm_ref(mm), NO_REF, 0);
	munlock_vmas(m, mm, 0, machine_paging(m)->task_size);
	if (mm->mmap) {
		struct vm_area_struct *first = detach(m, mm, 0,
			machine_paging(m)->task_size);

		vma_index_end(m, mm);
		lru_add_drain(m);
		unmap_vmas(m, first);
		free_pgtables(m, first, 0, 0);
		gather_flush(m, mm);
		remove_vmas(m, first);
	} else {
		vma_index_end(m, mm); /* of a fork that came not far */
	}
	ret(m, FN_EXIT_MMAP);
}
