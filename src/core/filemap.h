/*
 * Files: inodes, the page cache, and the faults that map its pages.  Inside
 * the core only.
 *
 * A page of the cache has its address_space in page->mapping (low bit clear)
 * and its place in the file in page->index; the cache holds one reference.
 */
#ifndef CORE_FILEMAP_H
#define CORE_FILEMAP_H

#include "core/machine.h"
#include "core/mechanism.h"

/* A file of @pages pages; @tmpfs: it lives in memory and swap only.  NULL: no
 * memory. */
struct inode *inode_new(struct machine *m, const char *name, uint64_t pages,
	bool tmpfs);
/* One more or less user (VMAs and the script's handle); the last user of a
 * hidden shmem file frees it with its pages. */
void inode_get(struct inode *inode);
void inode_put(struct machine *m, struct inode *inode);
/* The hidden file of shared anonymous memory (shmem_zero_setup). */
struct inode *shmem_zero_setup(struct machine *m, uint64_t pages);

/* The inode whose page it is, or NULL. */
struct inode *page_inode(const struct machine *m, const struct page *page);
/* The cached page at @index, or NULL; takes no reference. */
struct page *find_page(struct machine *m, struct inode *inode, uint64_t index);
/* Into the cache, with the cache's reference (add_to_page_cache). */
void add_to_page_cache(struct machine *m, struct page *page,
	struct inode *inode, uint64_t index);
/* Out of it; the caller holds a reference (__remove_from_page_cache).
 * @shadow: leave an eviction entry where the era has those. */
void remove_from_page_cache(struct machine *m, struct page *page, bool shadow);
/* Begin writing a dirty page, io_start_write(): to disk, or, for shmem, to
 * swap (writepage).  False: it cannot be written now. */
bool writepage(struct machine *m, struct page *page);
/* Mark it dirty, in its mapping too (set_page_dirty). */
void set_page_dirty(struct machine *m, struct page *page);

/* A fault where nothing is mapped in a VMA with a file (do_no_page, do_fault).
 * 0, -ENOMEM, STATUS_SIGBUS beyond the end. */
int do_file_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write);

/* VMAs with a file enter and leave i_mmap; called where VMAs are linked, split
 * and merged.  Nothing without a file. */
void vma_link_file(struct machine *m, struct vm_area_struct *vma);
void vma_unlink_file(struct machine *m, struct vm_area_struct *vma);

#endif
