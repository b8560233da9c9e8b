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

/* The pages of a file that go from its mappings. */
struct unmap_pages {
	uint64_t first, last;
	unsigned zap;        /* ZAP_ */
};

static bool unmap_one(struct machine *m, struct vm_area_struct *vma, void *ctx)
{
	const struct unmap_pages *u = ctx;
	uint64_t start = vma->vm_start, end = vma->vm_end;

	if (u->first > vma->vm_pgoff)
		start += (u->first - vma->vm_pgoff) << PAGE_SHIFT;
	if (u->last - vma->vm_pgoff < vma_pages(vma))
		end = vma->vm_start +
			((u->last - vma->vm_pgoff + 1) << PAGE_SHIFT);
	lru_add_drain(m); /* zap_page_range */
	zap_range(m, vma, start, end, u->zap);
	gather_flush(m, vma->vm_mm);
	return true;
}

static void unmap_pages(struct machine *m, struct inode *inode,
	struct unmap_pages *u)
{
	struct address_space *mapping = &inode->i_mapping;
	bool readers = ops_of(m)->truncate_reads;

	if (i_mmap_empty(mapping))
		return;
	call(m, FN_UNMAP_MAPPING, inode_ref(inode), NO_REF, u->first);
	if (readers)
		i_mmap_lock_read(m, mapping);
	else
		i_mmap_lock_write(m, mapping);
	i_mmap_walk(m, mapping, u->first, u->last, unmap_one, u);
	if (readers)
		i_mmap_unlock_read(m, mapping);
	else
		i_mmap_unlock_write(m, mapping);
	ret(m, FN_UNMAP_MAPPING);
}

void unmap_mapping_range(struct machine *m, struct inode *inode,
	uint64_t first)
{
	unmap_pages(m, inode, &(struct unmap_pages){ first, I_MMAP_END, 0 });
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

static void truncate_range(struct machine *m, struct inode *inode,
	uint64_t index, uint64_t last)
{
	struct radix_tree *tree = &inode->i_mapping.page_tree;
	uint64_t entry;

	call(m, FN_TRUNCATE_PAGES, inode_ref(inode), NO_REF, index);
	for (; (entry = radix_next(tree, &index)) && index <= last; index++) {
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

void truncate_inode_pages(struct machine *m, struct inode *inode,
	uint64_t first)
{
	truncate_range(m, inode, first, NO_PAGE);
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

/*
 * The pages of the hole go, private copies of them stay (4.0, 6.18
 * mm/truncate.c truncate_pagecache_range; mm/shmem.c shmem_fallocate).  Beyond
 * the end of the file there is nothing to take.
 */
void punch_hole(struct machine *m, struct inode *inode, uint64_t first,
	uint64_t last)
{
	struct unmap_pages u = { first, last, ZAP_FILE_ONLY };

	if (first >= inode->i_size)
		return;
	if (last >= inode->i_size)
		u.last = last = inode->i_size - 1;
	call(m, FN_PUNCH_HOLE, inode_ref(inode), NO_REF, first);
	unmap_pages(m, inode, &u);
	truncate_range(m, inode, first, last);
	for (uint64_t i = first; i <= last && !inode->tmpfs; i++)
		disk_write(m, inode, i, 0);
	ret(m, FN_PUNCH_HOLE);
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
