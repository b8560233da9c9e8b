/*
 * The end of a file moves (mm/memory.c vmtruncate, mm/truncate.c
 * truncate_pagecache): what lies beyond is unmapped everywhere, private copies
 * too, and leaves the cache.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/page_tree.h"

#include <errno.h>

/* -- mappings ----------------------------------------------------------------- */

static bool unmap_one(struct machine *m, struct vm_area_struct *vma, void *ctx)
{
	uint64_t first = *(const uint64_t *)ctx, start = vma->vm_start;

	if (first > vma->vm_pgoff)
		start += (first - vma->vm_pgoff) << PAGE_SHIFT;
	lru_add_drain(m); /* zap_page_range */
	zap_range(m, vma, start, vma->vm_end);
	gather_flush(m, vma->vm_mm);
	return true;
}

void unmap_mapping_range(struct machine *m, struct inode *inode,
	uint64_t first)
{
	struct address_space *mapping = &inode->i_mapping;
	bool readers = ops_of(m)->truncate_reads;

	if (i_mmap_empty(mapping))
		return;
	call(m, FN_UNMAP_MAPPING, inode_ref(inode), NO_REF, first);
	if (readers)
		i_mmap_lock_read(m, mapping);
	else
		i_mmap_lock_write(m, mapping);
	i_mmap_walk(m, mapping, first, I_MMAP_END, unmap_one, &first);
	if (readers)
		i_mmap_unlock_read(m, mapping);
	else
		i_mmap_unlock_write(m, mapping);
	ret(m, FN_UNMAP_MAPPING);
}

/* -- pages -------------------------------------------------------------------- */

/* Nothing maps it; what it holds is lost (truncate_complete_page). */
static void drop_page(struct machine *m, struct page *page)
{
	get_page(m, page);
	if (io_under_way(m, page))
		io_wait(m);
	trylock_page(m, page);
	try_to_free_buffers(m, page);
	clear_page_dirty(m, page);
	remove_from_page_cache(m, page, false);
	unlock_page(m, page);
	put_page(m, page);
}

void truncate_inode_pages(struct machine *m, struct inode *inode,
	uint64_t first)
{
	struct radix_tree *tree = &inode->i_mapping.page_tree;
	uint64_t index = first, entry;

	call(m, FN_TRUNCATE_PAGES, inode_ref(inode), NO_REF, first);
	for (; (entry = radix_next(tree, &index)); index++) {
		struct page *page = entry_page(entry);

		if (page)
			drop_page(m, page);
		else if ((entry & ENTRY_BITS) == ENTRY_SWAP)
			shmem_free_swap(m, inode, index);
		else
			radix_del(m, tree, index);
	}
	ret(m, FN_TRUNCATE_PAGES);
}

/* -- the call ------------------------------------------------------------------ */

int do_ftruncate(struct machine *m, struct inode *inode, uint64_t pages)
{
	uint64_t old = inode->i_size;

	if (pages > MAX_FILE_PAGES)
		return -EFBIG;
	call(m, FN_TRUNCATE, inode_ref(inode), NO_REF, pages);
	set_i_size(m, inode, pages);
	if (pages < old) {
		unmap_mapping_range(m, inode, pages);
		truncate_inode_pages(m, inode, pages);
		/* 4.0 on: private pages copied meanwhile */
		if (ops_of(m)->truncates_twice)
			unmap_mapping_range(m, inode, pages);
		disk_truncate(m, inode, pages);
	}
	ret(m, FN_TRUNCATE);
	return 0;
}

void force_readahead(struct machine *m, struct inode *inode, uint64_t first,
	uint64_t last)
{
	if (last >= inode->i_size)
		last = inode->i_size - 1;
	for (uint64_t i = first; inode->i_size && i <= last; i++) {
		struct page *page;

		if (find_page(m, inode, i))
			continue;
		page = read_cache_page(m, inode, i);
		if (!page)
			break;
		put_page(m, page);
	}
}
