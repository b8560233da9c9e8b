/*
 * Faults of VMAs with a file where nothing is mapped yet.  2.x has do_no_page:
 * get the page, copy it for a private write, map.  4.0 and 6.18 have do_fault:
 * a read also maps neighbours that are in the cache (fault-around), a private
 * write makes room for the copy first, a shared write tells the file before
 * the page may become dirty.
 */
#include "core/fault.h"
#include "core/emit.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"

#include <errno.h>

int do_file_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write)
{
	return ops_of(m)->file_fault(m, vma, addr, write);
}

bool wants_writenotify(const struct machine *m,
	const struct vm_area_struct *vma)
{
	uint64_t needs = VM_WRITE | VM_SHARED;

	return ops_of(m)->tracks_dirty && vma->vm_file &&
		!vma->vm_file->tmpfs && (vma->vm_flags & needs) == needs;
}

uint64_t vma_pte_flags(const struct machine *m,
	const struct vm_area_struct *vma)
{
	if (wants_writenotify(m, vma))
		return vma->vm_flags & ~VM_SHARED;
	return vma->vm_flags;
}

/* -- the page ---------------------------------------------------------------- */

/* shmem_nopage, shmem_fault: no promise left is no reason to kill anybody. */
static int shmem_fault(struct machine *m, struct inode *inode, uint64_t index,
	struct page **page)
{
	int err = shmem_getpage(m, inode, index, SGP_CACHE, page);

	return err == -ENOSPC ? STATUS_SIGBUS : err;
}

static int find_or_read(struct machine *m, struct inode *inode,
	uint64_t index, struct page **page)
{
	if (index >= inode->i_size) {
		tell(m, EV_BEYOND_END, inode_ref(inode), NO_REF, index);
		return STATUS_SIGBUS;
	}
	if (inode->tmpfs)
		return shmem_fault(m, inode, index, page);
	return filemap_getpage(m, inode, index, page);
}

/* vm_ops->nopage, vm_ops->fault: the page with a reference, from 4.0 on
 * locked. */
static int get_file_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page **page)
{
	struct inode *inode = vma->vm_file;
	uint64_t index = linear_page_index(vma, addr);
	enum fn fn = inode->tmpfs ? FN_SHMEM_FAULT : FN_FILEMAP_FAULT;
	int err;

	call(m, fn, vma_ref(vma), inode_ref(inode), index);
	err = find_or_read(m, inode, index, page);
	if (!err && ops_of(m)->fault_marks)
		mark_page_accessed(m, *page);
	if (!err && ops_of(m)->fault_locks_page)
		trylock_page(m, *page);
	m->major |= !err && ops_of(m)->nopage_is_major;
	ret(m, fn);
	return err;
}

pteval_t faulted_pte(const struct machine *m,
	const struct vm_area_struct *vma, const struct page *page, bool write)
{
	pteval_t pte = mk_pte(m, page_pfn(m, page), vma_pte_flags(m, vma));

	if (write && (vma->vm_flags & VM_WRITE))
		pte = pte_mkwrite(m, pte_mkdirty(m, pte));
	return pte;
}

/* -- mapping it, in each kernel's order --------------------------------------- */

/* 2.6.11 do_no_page: rss, the PTE, then LRU and count. */
void map_faulted_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write)
{
	add_rss(m, vma->vm_mm, page, 1);
	set_pte(m, vma->vm_mm, addr, faulted_pte(m, vma, page, write),
		EV_SET_PTE);
	if (page->kind == PAGE_ANON) {
		lru_cache_add(m, page);
		page_add_new_rmap(m, page, vma, addr);
	} else {
		page_add_file_rmap(m, page, vma, addr);
	}
}

/* 4.0 do_set_pte; a copy goes onto its LRU list last. */
void map_faulted_4_0(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write)
{
	bool anon = page->kind == PAGE_ANON;

	call(m, FN_MAP_PAGE, page_ref(m, page), addr_ref(vma->vm_mm, addr),
		write);
	add_rss(m, vma->vm_mm, page, 1);
	if (anon)
		page_add_new_rmap(m, page, vma, addr);
	else
		page_add_file_rmap(m, page, vma, addr);
	set_pte(m, vma->vm_mm, addr, faulted_pte(m, vma, page, write),
		EV_SET_PTE);
	ret(m, FN_MAP_PAGE);
	if (anon)
		lru_cache_add_vma(m, page, vma);
}

/* 6.18 set_pte_range; the counter comes last. */
void map_faulted_6_18(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write)
{
	call(m, FN_MAP_PAGE, page_ref(m, page), addr_ref(vma->vm_mm, addr),
		write);
	if (page->kind == PAGE_ANON) {
		page_add_new_rmap(m, page, vma, addr);
		lru_cache_add_vma(m, page, vma);
	} else {
		page_add_file_rmap(m, page, vma, addr);
		pte_locks(m, vma, page);
	}
	set_pte(m, vma->vm_mm, addr, faulted_pte(m, vma, page, write),
		EV_SET_PTE);
	ret(m, FN_MAP_PAGE);
	add_rss(m, vma->vm_mm, page, 1);
}

static void map_faulted(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write)
{
	ops_of(m)->map_faulted(m, vma, addr, page, write);
}

/* -- 2.x ----------------------------------------------------------------------- */

/* A copy of the page for the VMA alone, instead of it (early COW). */
static int early_cow(struct machine *m, struct vm_area_struct *vma,
	struct page **page)
{
	struct page *old = *page;

	*page = fault_new_page(m, vma, old);
	if (!*page)
		return -ENOMEM; /* the reference on old is dropped */
	put_page(m, old);
	return 0;
}

int do_no_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write)
{
	struct page *page;
	int err;

	call(m, FN_NO_PAGE, vma_ref(vma), addr_ref(vma->vm_mm, addr), write);
	ptl_unlock(m, vma->vm_mm);
	err = get_file_page(m, vma, addr, &page);
	if (!err && rmap_reserve(m)) {
		put_page(m, page);
		err = -ENOMEM;
	}
	if (!err && write && !(vma->vm_flags & VM_SHARED))
		err = early_cow(m, vma, &page);
	if (!err) {
		ptl_lock(m, vma->vm_mm);
		map_faulted(m, vma, addr, page, write);
		ptl_unlock(m, vma->vm_mm);
	}
	rmap_release(m);
	ret(m, FN_NO_PAGE);
	return err;
}

/* -- 4.0, 6.18: reading ----------------------------------------------------------- */

/* Map the cached page at @addr, if there is one and nothing is mapped. */
static void map_neighbour(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct inode *inode = vma->vm_file;
	uint64_t index = linear_page_index(vma, addr);
	struct page *page = entry_page(cache_entry(inode, index));

	if (!page || !(page->flags & PG(UPTODATE)) || index >= inode->i_size)
		return;
	cost(m, COST_PTES, 1);
	if (!pte_none(mm_pte(m, vma->vm_mm, addr)) || !trylock_page(m, page))
		return;
	tell(m, EV_FAULT_AROUND, page_ref(m, page), addr_ref(vma->vm_mm, addr),
		index);
	get_page(m, page);
	map_faulted(m, vma, addr, page, false);
	unlock_page(m, page);
}

/* A power of two (rounddown_pow_of_two). */
static uint64_t fault_around_bytes(const struct machine *m)
{
	uint64_t pages = m->tune.fault_around;

	while (pages & (pages - 1))
		pages &= pages - 1;
	return pages << PAGE_SHIFT;
}

/* filemap_map_pages of 6.18.44 has filemap_map_pmd put the new table in, which
 * it does not call when the first page that it finds is the last of the file (but
 * on tmpfs): without a table it maps nothing. */
static bool misses_table(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	const struct inode *inode = vma->vm_file;
	uint64_t last = linear_page_index(vma, end);

	if (!m->fresh_table || !ops_of(m)->table_with_entry || inode->tmpfs)
		return false;
	for (uint64_t i = linear_page_index(vma, start); i < last; i++)
		if (entry_page(cache_entry(inode, i)))
			return i + 1 == inode->i_size;
	return false;
}

/*
 * do_fault_around: the window of fault_around_bytes that holds @addr, cut to
 * the VMA and to what one table of PTEs covers; it is as long as ever when the
 * VMA begins inside of it.
 */
static void fault_around(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	const struct paging *p = machine_paging(m);
	uint64_t bytes = fault_around_bytes(m);
	uint64_t table = (uint64_t)PAGE_SIZE << p->level[p->nr_levels - 1].bits;
	uint64_t start = addr & ~(bytes - 1), end;

	if (start < (addr & ~(table - 1)))
		start = addr & ~(table - 1);
	if (start < vma->vm_start)
		start = vma->vm_start;
	end = start + bytes;
	if (end > (addr & ~(table - 1)) + table)
		end = (addr & ~(table - 1)) + table;
	if (end > vma->vm_end)
		end = vma->vm_end;
	call(m, FN_FAULT_AROUND, addr_ref(vma->vm_mm, start),
		inode_ref(vma->vm_file), (end - start) >> PAGE_SHIFT);
	call(m, FN_MAP_PAGES, vma_ref(vma), NO_REF,
		linear_page_index(vma, start));
	if (!misses_table(m, vma, start, end))
		for (uint64_t a = start; a < end; a += PAGE_SIZE)
			map_neighbour(m, vma, a);
	ret(m, FN_MAP_PAGES);
	ret(m, FN_FAULT_AROUND);
}

static int read_fault(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct page *page;
	int err;

	if (m->tune.fault_around > 1) {
		ptl_lock(m, vma->vm_mm);
		fault_around(m, vma, addr);
		ptl_unlock(m, vma->vm_mm);
		if (!pte_none(mm_pte(m, vma->vm_mm, addr)))
			return 0;
	}
	err = get_file_page(m, vma, addr, &page);
	if (err)
		return err;
	ptl_lock(m, vma->vm_mm);
	map_faulted(m, vma, addr, page, false);
	ptl_unlock(m, vma->vm_mm);
	unlock_page(m, page);
	return 0;
}

/* -- 4.0, 6.18: writing ------------------------------------------------------------ */

/* The frame for the copy comes first, then the page that is copied. */
static int cow_fault(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct page *page, *new = fault_alloc_page(m, vma);
	int err;

	if (!new)
		return -ENOMEM;
	err = get_file_page(m, vma, addr, &page);
	if (err) {
		put_page(m, new);
		return err;
	}
	fault_copy_page(m, page, new);
	ptl_lock(m, vma->vm_mm);
	map_faulted(m, vma, addr, new, true);
	ptl_unlock(m, vma->vm_mm);
	unlock_page(m, page);
	put_page(m, page);
	return 0;
}

/* The file is told that the page will be written (filemap_page_mkwrite); a
 * tmpfs file does not ask for it. */
static void page_mkwrite(struct machine *m, struct vm_area_struct *vma,
	struct page *page)
{
	if (vma->vm_file->tmpfs)
		return;
	call(m, FN_PAGE_MKWRITE, page_ref(m, page), vma_ref(vma), 0);
	set_page_dirty(m, page);
	ret(m, FN_PAGE_MKWRITE);
}

static int shared_fault(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct page *page;
	int err = get_file_page(m, vma, addr, &page);

	if (err)
		return err;
	page_mkwrite(m, vma, page);
	ptl_lock(m, vma->vm_mm);
	map_faulted(m, vma, addr, page, true);
	ptl_unlock(m, vma->vm_mm);
	set_page_dirty(m, page);
	unlock_page(m, page);
	return 0;
}

int do_fault(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write)
{
	enum fn fn = !write ? FN_READ_FAULT
		: vma->vm_flags & VM_SHARED ? FN_SHARED_FAULT : FN_COW_FAULT;
	struct ref at = addr_ref(vma->vm_mm, addr);
	int err;

	call(m, FN_DO_FAULT, vma_ref(vma), at, write);
	call(m, fn, vma_ref(vma), at, write);
	if (fn == FN_READ_FAULT)
		err = read_fault(m, vma, addr);
	else if (fn == FN_COW_FAULT)
		err = cow_fault(m, vma, addr);
	else
		err = shared_fault(m, vma, addr);
	ret(m, fn);
	ret(m, FN_DO_FAULT);
	return err;
}

/* 6.18 wp_page_shared; in 4.0 a part of do_wp_page. */
void wp_page_shared(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t pte)
{
	struct page *page = vm_normal_page(m, pte);

	call(m, FN_WP_SHARED, page_ref(m, page), pte_ref(vma->vm_mm, addr), 0);
	get_page(m, page);
	ptl_unlock(m, vma->vm_mm);
	trylock_page(m, page);
	page_mkwrite(m, vma, page);
	ptl_lock(m, vma->vm_mm);
	reuse_pte(m, vma, addr, pte);
	ptl_unlock(m, vma->vm_mm);
	set_page_dirty(m, page);
	unlock_page(m, page);
	put_page(m, page);
	ret(m, FN_WP_SHARED);
}
