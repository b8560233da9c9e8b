/*
 * read(), write() and fsync() of a file, a page at a time through the page
 * cache (mm/filemap.c do_generic_file_read, generic_file_write;
 * mm/page-writeback.c).
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/ops.h"
#include "core/page_alloc.h"
#include "core/page_tree.h"
#include "core/pgtable.h"

#include <errno.h>

/* -- read ------------------------------------------------------------------- */

/* From 2.6.11 on a page read twice in succession counts as used once; not so in
 * tmpfs, where each read that begins with the page counts (4.0 and 6.18
 * mm/shmem.c shmem_file_read_iter). */
static bool marks_read(const struct machine *m, const struct inode *inode,
	uint64_t index)
{
	return inode->tmpfs || ops_of(m)->read_marks_again ||
		inode->last_read != index;
}

static int read_page(struct machine *m, struct inode *inode, uint64_t index,
	value_t *value)
{
	struct page *page;
	int err = inode->tmpfs
		? shmem_getpage(m, inode, index, SGP_READ, &page)
		: filemap_getpage(m, inode, index, &page);

	if (err)
		return err;
	*value = page ? page->value : 0;
	if (!page) {
		tell(m, EV_FILE_HOLE, inode_ref(inode), NO_REF, index);
		return 0;
	}
	if (marks_read(m, inode, index))
		mark_page_accessed(m, page);
	inode->last_read = index;
	put_page(m, page);
	return 0;
}

int do_pread(struct machine *m, struct inode *inode, uint64_t index,
	value_t *value)
{
	int err;

	if (index >= inode->i_size)
		return STATUS_EOF;
	call(m, FN_FILE_READ, inode_ref(inode), NO_REF, index);
	err = read_page(m, inode, index, value);
	ret(m, FN_FILE_READ);
	return err;
}

/* -- write ------------------------------------------------------------------ */

void set_i_size(struct machine *m, struct inode *inode, uint64_t pages)
{
	uint64_t old = inode->i_size;

	inode->i_size = pages;
	if (pages != old)
		tell_set(m, inode_ref(inode), "i_size", VT_INT, old, pages);
}

/* The page to write to; all of it is written, so nothing is read first. */
static struct page *page_to_write(struct machine *m, struct inode *inode,
	uint64_t index)
{
	struct page *page;

	if (inode->tmpfs)
		return shmem_getpage(m, inode, index, SGP_WRITE, &page)
			? NULL
			: page;
	page = find_page(m, inode, index);
	if (page)
		get_page(m, page);
	else
		page = new_cache_page(m, inode, index);
	return page;
}

/* That it was written to, by each kernel's idea of use.  Most write() paths of
 * 6.18 do not say so, shmem_get_folio_gfp (SGP_WRITE) still does. */
static void mark_written(struct machine *m, const struct inode *inode,
	struct page *page)
{
	const struct era_ops *ops = ops_of(m);

	if (ops->write_marks == WRITE_ACCESSED ||
		(inode->tmpfs && ops->tmpfs_write_marks))
		mark_page_accessed(m, page);
	else if (ops->write_marks == WRITE_REFERENCED)
		page_set_flag(m, page, PG(REFERENCED));
}

static void write_value(struct machine *m, struct inode *inode,
	struct page *page, value_t value)
{
	value_t old = page->value;

	page->value = value;
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_FILE_WRITE,
				     .o = page_ref(m, page),
				     .p = inode_ref(inode),
				     .field = "value",
				     .type = VT_VALUE,
				     .old = old,
				     .new = value,
				     .n = page->index });
}

int do_pwrite(struct machine *m, struct inode *inode, uint64_t index,
	value_t value)
{
	struct page *page;

	if (index >= MAX_FILE_PAGES)
		return -EFBIG;
	call(m, FN_FILE_WRITE, inode_ref(inode), NO_REF, index);
	page = page_to_write(m, inode, index);
	if (page) {
		trylock_page(m, page);
		write_value(m, inode, page, value);
		page_set_flag(m, page, PG(UPTODATE));
		set_page_dirty(m, page);
		if (index >= inode->i_size)
			set_i_size(m, inode, index + 1);
		unlock_page(m, page);
		mark_written(m, inode, page);
		put_page(m, page);
	}
	ret(m, FN_FILE_WRITE);
	return page ? 0 : -ENOMEM;
}

/* -- write to the disk --------------------------------------------------------- */

/* A shared PTE may be written no more before a fault tells of it
 * (page_mkclean_one). */
static bool mkclean_one(struct machine *m, struct vm_area_struct *vma,
	void *ctx)
{
	struct page *page = ctx;
	struct mm_struct *mm = vma->vm_mm;
	uint64_t addr = vma->vm_start +
		((page->index - vma->vm_pgoff) << PAGE_SHIFT);
	pteval_t pte;

	if (!(vma->vm_flags & VM_SHARED))
		return true;
	ptl_lock(m, mm);
	pte = mm_pte(m, mm, addr);
	cost(m, COST_PTES, 1);
	if (pte_present(m, pte) && pte_pfn(m, pte) == page_pfn(m, page) &&
		(pte_dirty(m, pte) || pte_write(m, pte))) {
		set_pte(m, mm, addr, pte_mkclean(m, pte_wrprotect(m, pte)),
			EV_WRPROTECT);
		flush_tlb_page(m, mm, addr);
	}
	ptl_unlock(m, mm);
	return true;
}

/* The next write to the page is to be seen, through whatever mapping. */
static void page_mkclean(struct machine *m, struct page *page)
{
	struct address_space *mapping = &page_inode(m, page)->i_mapping;

	if (!ops_of(m)->tracks_dirty || page_mapcount(page) <= 0)
		return;
	call(m, FN_MKCLEAN, page_ref(m, page), NO_REF, 0);
	i_mmap_lock_read(m, mapping);
	i_mmap_walk(m, mapping, page->index, page->index, mkclean_one, page);
	i_mmap_unlock_read(m, mapping);
	ret(m, FN_MKCLEAN);
}

bool writepage(struct machine *m, struct page *page)
{
	struct inode *inode = page_inode(m, page);

	if (inode->tmpfs)
		return shmem_writepage(m, page);
	page_mkclean(m, page);
	clear_page_dirty(m, page);
	disk_write(m, inode, page->index, page->value);
	io_start_write(m, page);
	return true;
}

/* Of the pages from @index to @last. */
static uint64_t writeback_range(struct machine *m, struct inode *inode,
	uint64_t index, uint64_t last, uint64_t most)
{
	const struct radix_tree *tree = &inode->i_mapping.page_tree;
	uint64_t entry, begun = 0;

	if (inode->tmpfs) /* there is no disk */
		return 0;
	for (; begun < most &&
		(entry = radix_next_tagged(tree, &index, RADIX_DIRTY)) &&
		index <= last;
		index++) {
		struct page *page = entry_page(entry);

		if (!trylock_page(m, page))
			continue;
		writepage(m, page);
		begun++;
	}
	return begun;
}

uint64_t writeback_inode(struct machine *m, struct inode *inode,
	uint64_t most)
{
	return writeback_range(m, inode, 0, NO_PAGE, most);
}

void fsync_range(struct machine *m, struct inode *inode, uint64_t first,
	uint64_t last)
{
	if (inode->tmpfs)
		return;
	call(m, FN_FSYNC, inode_ref(inode), NO_REF, first);
	writeback_range(m, inode, first, last, UINT64_MAX);
	io_wait(m);
	ret(m, FN_FSYNC);
}

void do_fsync(struct machine *m, struct inode *inode)
{
	fsync_range(m, inode, 0, NO_PAGE);
}
