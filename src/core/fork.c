/*
 * fork (kernel/fork.c dup_mmap, mm/memory.c copy_page_range): the child gets
 * a copy of each VMA and, for what may have anonymous pages, of each PTE;
 * pages that are copied on write become read-only on both sides.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/ksm.h"
#include "core/limits.h"
#include "core/mm.h"
#include "core/overcommit.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>

/* -- one PTE ------------------------------------------------------------ */

/* Take the write permission from the parent's PTE; what the child gets. */
static pteval_t write_protect(struct machine *m, struct vm_area_struct *src,
	uint64_t addr, pteval_t pte)
{
	if (!is_cow_mapping(src->vm_flags) || !pte_write(m, pte))
		return pte;
	pte = pte_wrprotect(m, pte);
	set_pte(m, src->vm_mm, addr, pte, EV_WRPROTECT);
	return pte;
}

/* The child has not touched it; a shared page is not the child's to write. */
static pteval_t childs_pte(struct machine *m, struct vm_area_struct *src,
	pteval_t pte)
{
	if (src->vm_flags & VM_SHARED)
		pte = pte_mkclean(m, pte);
	return pte_mkold(m, pte);
}

static void share(struct machine *m, struct vm_area_struct *dst, uint64_t addr,
	pteval_t pte)
{
	set_pte(m, dst->vm_mm, addr, pte, EV_SHARE_PAGE);
}

/*
 * 2.4 copy_page_range: protect what is writable, reference, rss, the child's
 * PTE; no structure remembers it.  2.6.0: the parent's PTE is written even if
 * it is read-only already, and the child's becomes known to the page.
 */
void copy_pte_2_4(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page)
{
	if (!page) {
		share(m, dst, addr, pte);
		return;
	}
	pte = write_protect(m, src, addr, pte);
	get_page(m, page);
	add_rss(m, dst->vm_mm, page, 1);
	share(m, dst, addr, childs_pte(m, src, pte));
	page_dup_rmap(m, page, dst->vm_mm, addr);
}

void copy_pte_2_6_0(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page)
{
	if (!page) {
		share(m, dst, addr, pte);
		return;
	}
	if (is_cow_mapping(src->vm_flags)) {
		pte = pte_wrprotect(m, pte);
		set_pte(m, src->vm_mm, addr, pte, EV_WRPROTECT);
	}
	get_page(m, page);
	add_rss(m, dst->vm_mm, page, 1);
	share(m, dst, addr, childs_pte(m, src, pte));
	page_dup_rmap(m, page, dst->vm_mm, addr);
}

/* copy_one_pte: protect, reference, rss, the child's PTE, then the count. */
void copy_pte_2_6_11(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page)
{
	if (!page) { /* a reserved page is copied as it is */
		share(m, dst, addr, pte);
		return;
	}
	pte = write_protect(m, src, addr, pte);
	get_page(m, page);
	add_rss(m, dst->vm_mm, page, 1);
	share(m, dst, addr, childs_pte(m, src, pte));
	page_dup_rmap(m, page, dst->vm_mm, addr);
}

/* copy_one_pte: protect, reference, count, rss, then the child's PTE. */
void copy_pte_4_0(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page)
{
	pte = write_protect(m, src, addr, pte);
	if (page) {
		get_page(m, page);
		page_dup_rmap(m, page, dst->vm_mm, addr);
		add_rss(m, dst->vm_mm, page, 1);
	}
	share(m, dst, addr, childs_pte(m, src, pte));
}

/* copy_present_ptes: reference, count, rss; then protect and share. */
void copy_pte_6_18(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page)
{
	if (page) {
		get_page(m, page);
		page_dup_rmap(m, page, dst->vm_mm, addr);
		add_rss(m, dst->vm_mm, page, 1);
	}
	pte = write_protect(m, src, addr, pte);
	share(m, dst, addr, childs_pte(m, src, pte));
}

/* -- one VMA ------------------------------------------------------------ */

struct copy {
	struct machine *m;
	struct vm_area_struct *dst, *src;
};

static void lock_tables(const struct copy *c)
{
	ptl_lock(c->m, c->dst->vm_mm);
	ptl_lock(c->m, c->src->vm_mm);
}

static void unlock_tables(const struct copy *c)
{
	ptl_unlock(c->m, c->src->vm_mm);
	ptl_unlock(c->m, c->dst->vm_mm);
}

/* A table for the child's PTE; it is allocated without the locks, since memory
 * may have to be reclaimed for it. */
static int alloc_unlocked(const struct copy *c, uint64_t addr)
{
	int err;

	unlock_tables(c);
	err = pte_alloc_tables(c->m, c->dst->vm_mm, addr);
	lock_tables(c);
	return err;
}

/* 2.6.0 copy_page_range: a spare pte_chain, at once or without the locks. */
static int reserve_unlocked(const struct copy *c)
{
	int err = rmap_reserve_nowait(c->m);

	if (err) {
		unlock_tables(c);
		err = rmap_reserve(c->m);
		lock_tables(c);
	}
	return err;
}

static int copy_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	const struct copy *c = ctx;
	struct machine *m = c->m;
	enum fn fn;

	(void)cm;
	(void)mm;
	cost(m, COST_PTES, 1);
	if (!pte_table(m, c->dst->vm_mm, addr)) {
		if (alloc_unlocked(c, addr))
			return -ENOMEM;
		/* memory for it may have been reclaimed from this very PTE */
		pte = get_pte(m, c->src->vm_mm, addr);
		if (pte_none(pte)) /* a page of a file, faulted in again */
			return 0;
	}
	fn = pte_present(m, pte) ? FN_COPY_PTE : FN_COPY_ENTRY;
	call(m, fn, pte_ref(c->src->vm_mm, addr), pte_ref(c->dst->vm_mm, addr),
		0);
	if (pte_present(m, pte))
		ops_of(m)->copy_pte(m, c->dst, c->src, addr, pte,
			vm_normal_page(m, pte));
	else
		copy_entry(m, c->dst, c->src, addr, pte);
	ret(m, fn);
	return reserve_unlocked(c); /* for the next, even if none comes */
}

/* copy_pte_range allocates before it looks: a table where the parent has one,
 * even if nothing is in it any more. */
static int copy_empty_tables(const struct copy *c)
{
	uint64_t span = 1ull << machine_paging(c->m)->table_shift;
	uint64_t a = c->src->vm_start & ~(span - 1);

	for (; a < c->src->vm_end; a += span)
		if (pte_table(c->m, c->src->vm_mm, a) &&
			!pte_table(c->m, c->dst->vm_mm, a) &&
			alloc_unlocked(c, a))
			return -ENOMEM;
	return 0;
}

static int copy_page_range(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src)
{
	struct copy c = { m, dst, src };
	int err;

	if (!src->anon_vma && !ops_of(m)->copies_unfaulted &&
		!(src->vm_flags & ops_of(m)->sticky)) {
		tell(m, EV_SKIP_UNFAULTED, vma_ref(src), NO_REF, 0);
		return 0;
	}
	call(m, FN_COPY_RANGE, vma_ref(dst), vma_ref(src), 0);
	ptl_lock(m, dst->vm_mm);
	err = rmap_reserve_locked(m, dst->vm_mm);
	ptl_lock(m, src->vm_mm);
	if (!err)
		err = mm_for_each_pte(m, src->vm_mm, src->vm_start,
			src->vm_end, copy_one, &c);
	if (!err)
		err = copy_empty_tables(&c);
	ptl_unlock(m, src->vm_mm);
	rmap_release(m);
	ptl_unlock(m, dst->vm_mm);
	ret(m, FN_COPY_RANGE);
	return err;
}

/* The copy of one VMA, with its links and its pages. */
static int dup_vma(struct machine *m, struct mm_struct *mm,
	struct vm_area_struct *src, struct vm_area_struct **last)
{
	bool wipe = src->vm_flags & VM_WIPEONFORK;
	struct vm_area_struct *vma;
	int err = 0;

	if ((src->vm_flags & VM_ACCOUNT) && vm_enough_memory(m, vma_pages(src)))
		return -ENOMEM;
	vma = vma_dup(m, src, mm);
	if (!vma) {
		vma_unacct(m, src, vma_pages(src));
		return -ENOMEM;
	}
	vma->vm_flags &= ~VM_LOCKED_MASK;
	if (wipe) {
		vma->anon_vma = NULL;
		tell(m, EV_SKIP_WIPED, vma_ref(src), vma_ref(vma), 0);
	} else {
		err = ops_of(m)->anon_vma_fork(m, vma, src);
	}
	if (err) {
		vma_unacct(m, src, vma_pages(src));
		vma_free(m, vma);
		return err;
	}
	vma_link_file_after(m, vma, src);
	vma_link_after(m, vma, *last);
	*last = vma;
	vm_stat_account(mm, vma->vm_flags, (int64_t)vma_pages(vma));
	return wipe ? 0 : copy_page_range(m, vma, src);
}

/* A VMA that is not for the child; 6.18 has copied the whole tree. */
static int skip_vma(struct machine *m, struct mm_struct *mm,
	const struct vm_area_struct *v)
{
	tell(m, EV_SKIP_DONTCOPY, vma_ref(v), NO_REF, 0);
	if (vma_reserve(m, mm, v->vm_start, v->vm_end, NULL))
		return -ENOMEM;
	vma_detached(m, mm, v->vm_start, v->vm_end);
	return 0;
}

static int dup_vmas(struct machine *m, struct mm_struct *mm,
	struct mm_struct *old)
{
	struct vm_area_struct *last = NULL;
	int err = vma_index_dup(m, mm, old);

	for (struct vm_area_struct *v = old->mmap; v && !err; v = v->vm_next) {
		cost(m, COST_VMAS, 1);
		vma_start_write(m, v);
		if (v->vm_flags & VM_DONTCOPY)
			err = skip_vma(m, mm, v);
		else
			err = dup_vma(m, mm, v, &last);
	}
	vma_index_dup_end(mm);
	return err;
}

int dup_mmap(struct machine *m, struct mm_struct *mm, struct mm_struct *old)
{
	int err;

	call(m, FN_DUP_MMAP, mm_ref(mm), mm_ref(old), 0);
	mmap_write_lock(m, old);
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_stack = old->start_stack;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_stack = old->start_stack;
	mm->mmap_base = old->mmap_base;
	mm->free_area_cache = old->mmap_base;
	mmlist_add(m, mm, old);
	err = ksm_fork(m, mm, old, false);
	if (!err)
		err = dup_vmas(m, mm, old);
	if (!err)
		err = ksm_fork(m, mm, old, true);
	flush_tlb_mm(m, old);
	mmap_write_unlock(m, old);
	ret(m, FN_DUP_MMAP);
	return err;
}
