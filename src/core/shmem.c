/*
 * Files that live in memory and swap (mm/shmem.c): tmpfs, and the hidden file
 * behind MAP_SHARED|MAP_ANONYMOUS.  A page is in the cache, or its slot of the
 * swap area stands in the cache's tree, or it is a hole and reads as zero.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/overcommit.h"
#include "core/page_alloc.h"
#include "core/page_tree.h"
#include "core/swap.h"

#include <errno.h>

struct inode *shmem_zero_setup(struct machine *m, uint64_t pages)
{
	struct inode *inode;

	call(m, FN_SHMEM_SETUP, NO_REF, NO_REF, pages);
	inode = inode_new(m, "dev/zero", pages, true);
	if (inode)
		inode->hidden = true;
	ret(m, FN_SHMEM_SETUP);
	return inode;
}

/* Is each page of it promised by itself (shmem_acct_block)? */
static bool by_page(const struct machine *m, const struct inode *inode)
{
	return ops_of(m)->account_flag && !inode->accounted;
}

/* A hole becomes a page of zeros.  0, -ENOSPC, -ENOMEM. */
static int new_page(struct machine *m, struct inode *inode, uint64_t index,
	struct page **page)
{
	if (by_page(m, inode) && vm_enough_memory(m, 1))
		return -ENOSPC;
	*page = new_cache_page(m, inode, index);
	if (!*page) {
		shmem_unacct_page(m, inode);
		return -ENOMEM;
	}
	tell(m, EV_ZERO_FILL, page_ref(m, *page), NO_REF, 0);
	page_set_flag(m, *page, PG(UPTODATE));
	return 0;
}

void shmem_unacct_page(struct machine *m, const struct inode *inode)
{
	if (inode->tmpfs && by_page(m, inode))
		vm_unacct_memory(m, 1);
}

static uint64_t entry_slot(uint64_t entry)
{
	return (entry & ENTRY_BITS) == ENTRY_SWAP ? entry >> 2 : 0;
}

/* From the swap cache back into the file; its slot is free (2.6.11
 * move_from_swap_cache).  It is the file's only copy now, so it is dirty. */
static void move_from_swap(struct machine *m, struct inode *inode,
	uint64_t index, uint64_t slot, struct page *page)
{
	if (io_under_way(m, page))
		io_wait(m);
	lock_page(m, page);
	delete_from_swap_cache(m, page);
	page_clear_flag(m, page, PG(DIRTY));
	page->kind = PAGE_SHMEM;
	add_to_page_cache(m, page, inode, index);
	swap_free(m, slot);
	set_page_dirty(m, page);
	unlock_page(m, page);
}

/* The page that stands in the swap area, with a reference. */
static struct page *swap_in(struct machine *m, struct inode *inode,
	uint64_t index)
{
	uint64_t slot = entry_slot(cache_entry(inode, index));
	bool reads = !lookup_swap_cache(m, slot);
	struct page *page = read_swap_cache(m, slot);

	if (!page)
		return NULL;
	m->major |= reads;
	move_from_swap(m, inode, index, slot, page);
	return page;
}

/* Not in the cache: from swap, or new. */
static int bring_page(struct machine *m, struct inode *inode, uint64_t index,
	struct page **page)
{
	if (!entry_slot(cache_entry(inode, index)))
		return new_page(m, inode, index, page);
	*page = swap_in(m, inode, index);
	return *page ? 0 : -ENOMEM;
}

int shmem_getpage(struct machine *m, struct inode *inode, uint64_t index,
	enum sgp sgp, struct page **page)
{
	int err = 0;

	call(m, FN_SHMEM_GETPAGE, inode_ref(inode), NO_REF, index);
	*page = find_page(m, inode, index);
	if (*page)
		get_page(m, *page);
	else if (sgp != SGP_READ || cache_entry(inode, index))
		err = bring_page(m, inode, index, page);
	ret(m, FN_SHMEM_GETPAGE);
	return err;
}

int shmem_fill(struct machine *m, struct inode *inode)
{
	for (uint64_t i = 0; i < inode->i_size; i++) {
		int err = do_pwrite(m, inode, i, file_value(inode, i));

		if (err)
			return err;
	}
	return 0;
}

/*
 * The page moves to the swap cache, its slot to the tree.  2.x leaves it there,
 * dirty, for the next scan to write (move_to_swap_cache); 4.0 and 6.18 write it
 * at once.
 */
bool shmem_writepage(struct machine *m, struct page *page)
{
	uint64_t slot = page_mapcount(page) > 0 ? 0 : get_swap_page(m);

	if (!slot)
		return false;
	call(m, FN_SHMEM_WRITEPAGE, page_ref(m, page), swap_ref(slot), 0);
	clear_page_dirty(m, page);
	replace_in_page_cache(m, page, slot << 2 | ENTRY_SWAP);
	add_to_swap_cache(m, page, slot);
	swap_duplicate(m, slot);
	page_set_flag(m, page, PG(UPTODATE) | PG(DIRTY));
	if (ops_of(m)->shmem_writes_swap)
		swap_writepage(m, page);
	else
		unlock_page(m, page);
	ret(m, FN_SHMEM_WRITEPAGE);
	return true;
}

void shmem_free_swap(struct machine *m, struct inode *inode, uint64_t index)
{
	uint64_t slot = entry_slot(cache_entry(inode, index));

	radix_del(m, &inode->i_mapping.page_tree, index);
	shmem_unacct_page(m, inode);
	free_swap_and_cache(m, slot);
}

static int unuse_inode(struct machine *m, struct inode *inode)
{
	const struct radix_tree *tree = &inode->i_mapping.page_tree;
	uint64_t index = 0, entry;

	for (; (entry = radix_next(tree, &index)); index++) {
		struct page *page;

		if (!entry_slot(entry))
			continue;
		page = swap_in(m, inode, index);
		if (!page)
			return -ENOMEM;
		put_page(m, page);
	}
	return 0;
}

int shmem_unuse(struct machine *m)
{
	int err = 0;

	call(m, FN_SHMEM_UNUSE, NO_REF, NO_REF, 0);
	for (uint32_t id = 1; id <= m->inodes.last && !err; id++) {
		struct inode *inode = inode_by_id(m, id);

		if (!inode || !inode->tmpfs)
			continue;
		inode_get(inode); /* its last task may be killed for memory */
		err = unuse_inode(m, inode);
		inode_put(m, inode);
	}
	ret(m, FN_SHMEM_UNUSE);
	return err;
}
