/*
 * The page cache (mm/filemap.c).  The slot of a page in mapping->page_tree
 * holds its struct page; or, without a page there, an entry with one of its
 * low bits set: the swap slot of a tmpfs page (until 2.6 kept in a vector of
 * the inode beside the tree), or what an evicted page left behind.
 *
 * Invariant: a page is in the tree at page->index exactly while page->mapping
 * is that address_space, and the cache then holds one reference; the tag
 * DIRTY is set there exactly while the page has PG(DIRTY).
 */
#include "core/filemap.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/page_tree.h"
#include "core/workingset.h"

#include <errno.h>

/* -- the tree --------------------------------------------------------------- */

struct inode *page_inode(const struct machine *m, const struct page *page)
{
	struct address_space *mapping;

	(void)m;
	/* in the swap cache, until 2.6.0 the mapping is swapper_space */
	if (!page->mapping || (page->mapping & PAGE_MAPPING_ANON) ||
		(page->flags & PG(SWAPCACHE)) ||
		(page->kind != PAGE_FILE && page->kind != PAGE_SHMEM))
		return NULL;
	mapping = (struct address_space *)page->mapping;
	return container_of(mapping, struct inode, i_mapping);
}

uint64_t cache_entry(const struct inode *inode, uint64_t index)
{
	return radix_get(&inode->i_mapping.page_tree, index);
}

struct page *entry_page(uint64_t entry)
{
	return entry & ENTRY_BITS ? NULL : (struct page *)(uintptr_t)entry;
}

/* What looking costs: the nodes of the tree, in 2.4 a place in the hash. */
static void count_lookup(struct machine *m, const struct inode *inode)
{
	if (ops_of(m)->page_hash)
		cost(m, COST_LIST_NODES, 1);
	else
		cost(m, COST_TREE_NODES, inode->i_mapping.page_tree.height);
}

struct page *find_page(struct machine *m, struct inode *inode, uint64_t index)
{
	struct page *page = entry_page(cache_entry(inode, index));

	count_lookup(m, inode);
	if (page)
		tell(m, EV_CACHE_HIT, inode_ref(inode), page_ref(m, page),
			index);
	else
		tell(m, EV_CACHE_MISS, inode_ref(inode), NO_REF, index);
	return page;
}

static void set_mapping(struct machine *m, struct page *page,
	struct inode *inode)
{
	const struct inode *old = page_inode(m, page);

	page->mapping = inode ? (uintptr_t)&inode->i_mapping : 0;
	tell_set(m, page_ref(m, page), "mapping", VT_MAPPING,
		ref_value(old ? inode_ref(old) : NO_REF),
		ref_value(inode ? inode_ref(inode) : NO_REF));
}

static void set_nrpages(struct machine *m, struct inode *inode, int delta)
{
	uint64_t old = inode->i_mapping.nrpages;

	inode->i_mapping.nrpages += (uint64_t)(int64_t)delta;
	m->nr_pagecache += (uint64_t)(int64_t)delta;
	if (inode->tmpfs)
		m->nr_shmem += (uint64_t)(int64_t)delta;
	tell_set(m, inode_ref(inode), "nrpages", VT_INT, old,
		inode->i_mapping.nrpages);
}

void add_to_page_cache(struct machine *m, struct page *page,
	struct inode *inode, uint64_t index)
{
	uint64_t old = page->index;

	call(m, FN_ADD_TO_CACHE, page_ref(m, page), inode_ref(inode), index);
	get_page(m, page);
	set_mapping(m, page, inode);
	page->index = index;
	tell_set(m, page_ref(m, page), "index", VT_HEX, old, index);
	count_lookup(m, inode);
	radix_set(m, &inode->i_mapping.page_tree, index,
		(uint64_t)(uintptr_t)page);
	set_nrpages(m, inode, 1);
	tell(m, EV_CACHE_ADD, page_ref(m, page), inode_ref(inode), index);
	ret(m, FN_ADD_TO_CACHE);
}

/* Out of the tree, @entry in its place (0: nothing). */
static void take_out(struct machine *m, struct page *page, uint64_t entry)
{
	struct inode *inode = page_inode(m, page);
	uint64_t index = page->index;
	struct radix_tree *tree = &inode->i_mapping.page_tree;

	call(m, FN_REMOVE_FROM_CACHE, page_ref(m, page), inode_ref(inode),
		index);
	count_lookup(m, inode);
	radix_del(m, tree, index);
	if (entry)
		radix_set(m, tree, index, entry);
	if ((entry & ENTRY_BITS) != ENTRY_SWAP) /* the kernel sees it later */
		shmem_unacct_page(m, inode);
	set_mapping(m, page, NULL);
	set_nrpages(m, inode, -1);
	tell(m, EV_CACHE_DEL, page_ref(m, page), inode_ref(inode), index);
	put_page(m, page);
	ret(m, FN_REMOVE_FROM_CACHE);
}

void remove_from_page_cache(struct machine *m, struct page *page, bool shadow)
{
	uint64_t left = shadow ? workingset_eviction(m, page) : 0;

	take_out(m, page, left ? left << 2 | ENTRY_SHADOW : 0);
}

void page_cache_replace(struct machine *m, struct page *old, struct page *new)
{
	struct inode *inode = page_inode(m, old);
	struct radix_tree *tree = &inode->i_mapping.page_tree;
	bool dirty = old->flags & PG(DIRTY);

	get_page(m, new);
	set_mapping(m, new, inode);
	new->index = old->index;
	count_lookup(m, inode);
	radix_set(m, tree, new->index, (uint64_t)(uintptr_t)new);
	if (dirty)
		radix_tag_set(tree, new->index, RADIX_DIRTY);
	tell(m, EV_CACHE_ADD, page_ref(m, new), inode_ref(inode), new->index);
	put_page(m, old);
}

void replace_in_page_cache(struct machine *m, struct page *page,
	uint64_t entry)
{
	take_out(m, page, entry);
}

/* -- dirt ------------------------------------------------------------------- */

void set_page_dirty(struct machine *m, struct page *page)
{
	struct inode *inode = page_inode(m, page);

	if (page->flags & PG(DIRTY))
		return;
	call(m, FN_SET_DIRTY, page_ref(m, page), NO_REF, 0);
	page_set_flag(m, page, PG(DIRTY));
	if (inode)
		radix_tag_set(&inode->i_mapping.page_tree, page->index,
			RADIX_DIRTY);
	ret(m, FN_SET_DIRTY);
}

void clear_page_dirty(struct machine *m, struct page *page)
{
	struct inode *inode = page_inode(m, page);

	page_clear_flag(m, page, PG(DIRTY));
	if (inode)
		radix_tag_clear(&inode->i_mapping.page_tree, page->index,
			RADIX_DIRTY);
}

/* -- pages that are not there yet ------------------------------------------- */

struct page *new_cache_page(struct machine *m, struct inode *inode,
	uint64_t index)
{
	struct page *page = alloc_pages(m, 0,
		inode->tmpfs ? PAGE_SHMEM : PAGE_FILE);
	uint64_t left = cache_entry(inode, index);

	if (!page)
		return NULL;
	if (inode->tmpfs)
		page_set_flag(m, page, ops_of(m)->shmem_page_flags);
	add_to_page_cache(m, page, inode, index);
	if ((left & ENTRY_BITS) == ENTRY_SHADOW)
		workingset_refault(m, page, left >> 2);
	lru_cache_add(m, page);
	return page;
}

struct page *read_cache_page(struct machine *m, struct inode *inode,
	uint64_t index)
{
	struct page *page = new_cache_page(m, inode, index);

	if (!page)
		return NULL;
	page->value = disk_read(inode, index);
	io_read(m, page);
	page_set_flag(m, page, PG(UPTODATE));
	return page;
}

/* -- and those that are ------------------------------------------------------ */

int filemap_getpage(struct machine *m, struct inode *inode, uint64_t index,
	struct page **page)
{
	*page = find_page(m, inode, index);
	if (*page) {
		get_page(m, *page);
		return 0;
	}
	m->major = true;
	*page = read_cache_page(m, inode, index);
	return *page ? 0 : -ENOMEM;
}
