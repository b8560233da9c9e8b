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

#define MAX_FILE_PAGES ((uint64_t)1 << 24) /* as many as a VALUE_FILE names */
#define NO_PAGE UINT64_MAX                 /* for a page of a file: none */

/* -- files (inode.c) ------------------------------------------------------- */

/* A file of @pages pages, all holes; @tmpfs: it lives in memory and swap only.
 * It has one user.  NULL: no memory. */
struct inode *inode_new(struct machine *m, const char *name, uint64_t pages,
	bool tmpfs);
/* One more or less user (VMAs and the script's handle); the last user of a
 * hidden shmem file frees it with its pages. */
void inode_get(struct inode *inode);
void inode_put(struct machine *m, struct inode *inode);

/* What a page of a file is made with: name#i. */
value_t file_value(const struct inode *inode, uint64_t index);
/* What the disk holds there. */
value_t disk_read(const struct inode *inode, uint64_t index);
void disk_write(struct machine *m, struct inode *inode, uint64_t index,
	value_t value);
/* Nothing from page @pages on. */
void disk_truncate(struct machine *m, struct inode *inode, uint64_t pages);

/* The operation file(): its number.  0, -ENOMEM, -EFBIG. */
int do_file(struct machine *m, const char *name, uint64_t pages, bool hole,
	bool tmpfs, uint32_t *id);

/* -- the page cache (filemap.c) --------------------------------------------- */

/* What stands in the tree where no page is: its low bits say what. */
#define ENTRY_BITS 3ull
#define ENTRY_SWAP 2ull   /* slot << 2 of a tmpfs page that was swapped out */
#define ENTRY_SHADOW 3ull /* what an evicted page left << 2 (workingset.h) */

/* The word in the tree: a page, an entry, or 0.  Counts nothing. */
uint64_t cache_entry(const struct inode *inode, uint64_t index);
/* The page that the word stands for, or NULL. */
struct page *entry_page(uint64_t entry);

/* The inode whose page it is, or NULL. */
struct inode *page_inode(const struct machine *m, const struct page *page);
/* The cached page at @index, or NULL; takes no reference. */
struct page *find_page(struct machine *m, struct inode *inode, uint64_t index);
/* Into the cache, with the cache's reference (add_to_page_cache). */
void add_to_page_cache(struct machine *m, struct page *page,
	struct inode *inode, uint64_t index);
/* Out of it, with the cache's reference; the caller holds another
 * (remove_from_page_cache).  @shadow: leave an eviction entry where the era
 * has those. */
void remove_from_page_cache(struct machine *m, struct page *page, bool shadow);
/* The same, with @entry in its place. */
void replace_in_page_cache(struct machine *m, struct page *page,
	uint64_t entry);
/* Begin writing a locked dirty page, io_start_write(): to disk, or, for shmem,
 * to swap (writepage).  False: it cannot be written now; it is dirty still and
 * locked. */
bool writepage(struct machine *m, struct page *page);
/* The same for up to @most dirty pages of a file, in its order.  How many. */
uint64_t writeback_inode(struct machine *m, struct inode *inode,
	uint64_t most);
/* @new takes the place of @old in the cache, with its reference
 * (migrate_page_move_mapping). */
void page_cache_replace(struct machine *m, struct page *old,
	struct page *new);
/* Mark it dirty, in its mapping too (set_page_dirty). */
void set_page_dirty(struct machine *m, struct page *page);
void clear_page_dirty(struct machine *m, struct page *page);

/* A new page in the cache and on its LRU list, without content; the caller has
 * a reference.  NULL: no memory. */
struct page *new_cache_page(struct machine *m, struct inode *inode,
	uint64_t index);
/* The same, read from the disk. */
struct page *read_cache_page(struct machine *m, struct inode *inode,
	uint64_t index);
/* The page of a file on disk, from the cache or read now, with a reference.
 * 0, -ENOMEM. */
int filemap_getpage(struct machine *m, struct inode *inode, uint64_t index,
	struct page **page);

/* -- tmpfs and shared anonymous memory (shmem.c) ----------------------------- */

/* The hidden file of shared anonymous memory (shmem_zero_setup).  NULL: no
 * memory. */
struct inode *shmem_zero_setup(struct machine *m, uint64_t pages);
enum sgp { SGP_READ, SGP_CACHE, SGP_WRITE };
/* The page, with a reference: found, swapped in, or new and zero.  SGP_READ
 * makes no new one: *page is NULL for a hole.  0, -ENOMEM. */
int shmem_getpage(struct machine *m, struct inode *inode, uint64_t index,
	enum sgp sgp, struct page **page);
/* Write name#i to each page of a new file.  0, -ENOMEM. */
int shmem_fill(struct machine *m, struct inode *inode);
/* writepage() of a tmpfs page. */
bool shmem_writepage(struct machine *m, struct page *page);
/* A word of the tree that is a swap slot: its page is gone with the end of the
 * file. */
/* A page of it is gone: if it was promised by itself, it is no more. */
void shmem_unacct_page(struct machine *m, const struct inode *inode);
void shmem_free_swap(struct machine *m, struct inode *inode, uint64_t index);
/* swapoff: all that files have in the swap area comes back.  0, -ENOMEM. */
int shmem_unuse(struct machine *m);

/* -- read, write, fsync, truncate (file_io.c, truncate.c) -------------------- */

/* 0, -ENOMEM, STATUS_EOF. */
int do_pread(struct machine *m, struct inode *inode, uint64_t index,
	value_t *value);
/* 0, -ENOMEM, -EFBIG. */
int do_pwrite(struct machine *m, struct inode *inode, uint64_t index,
	value_t value);
/* 0, -EFBIG. */
int do_ftruncate(struct machine *m, struct inode *inode, uint64_t pages);
/* It ends at page @pages now; tells it. */
void set_i_size(struct machine *m, struct inode *inode, uint64_t pages);
void do_fsync(struct machine *m, struct inode *inode);
/* The same of the pages from @first to @last (vfs_fsync_range). */
void fsync_range(struct machine *m, struct inode *inode, uint64_t first,
	uint64_t last);
/* Drop the cached pages from @first on, written or not. */
void truncate_inode_pages(struct machine *m, struct inode *inode,
	uint64_t first);
/* A hole from page @first to @last (fallocate's FALLOC_FL_PUNCH_HOLE). */
void punch_hole(struct machine *m, struct inode *inode, uint64_t first,
	uint64_t last);
/* Take away all PTEs of pages from @first on, copies of them too
 * (unmap_mapping_range). */
void unmap_mapping_range(struct machine *m, struct inode *inode,
	uint64_t first);
/* Read the pages [first, last] into the cache, as far as there are some and
 * memory lasts (force_page_cache_readahead). */
void force_readahead(struct machine *m, struct inode *inode, uint64_t first,
	uint64_t last);

/* -- faults (fault_file.c) ---------------------------------------------------- */

/* A fault where nothing is mapped in a VMA with a file (do_no_page, do_fault);
 * the page table lock as for do_anonymous_page.  0, -ENOMEM, STATUS_SIGBUS
 * beyond the end. */
int do_file_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write);
/* A write to a shared page that is mapped read-only, to see which pages become
 * dirty (4.0 on).  The page table lock is held and is released. */
void wp_page_shared(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t pte);
/* Is the first write to each page of the VMA to be seen?
 * (vma_wants_writenotify) */
bool wants_writenotify(const struct machine *m,
	const struct vm_area_struct *vma);
/* The vm_flags that its PTEs start with. */
uint64_t vma_pte_flags(const struct machine *m,
	const struct vm_area_struct *vma);
/* Mechanisms of the generations: the fault, and mapping a page that it found;
 * @page is the file's own or a private copy. */
int do_no_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write);
int do_fault(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write);
/* The PTE of a page that was found: writable only if it is written now. */
pteval_t faulted_pte(const struct machine *m,
	const struct vm_area_struct *vma, const struct page *page, bool write);
void map_faulted_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write);
void map_faulted_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write);
void map_faulted_4_0(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write);
void map_faulted_6_18(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write);

/* -- VMAs and their file (vma_file.c) ------------------------------------------ */

/* VMAs with a file enter and leave i_mmap; called where VMAs are linked, split
 * and merged.  Nothing without a file. */
void vma_link_file(struct machine *m, struct vm_area_struct *vma);
void vma_link_file_after(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent); /* fork */
void vma_unlink_file(struct machine *m, struct vm_area_struct *vma);
/* i_mmap's lock for more than one of these, if @vma has a file; those above
 * take it when nobody has it.  True if it was taken now. */
bool vma_file_lock(struct machine *m, struct vm_area_struct *vma);
void vma_file_unlock(struct machine *m, struct vm_area_struct *vma,
	bool taken);

#endif
