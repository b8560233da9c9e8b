/*
 * Files: what is on the disk, and who uses them.  A file lives while it has a
 * user; the handle that a scenario has is one and stays, so that only the
 * hidden files of shared anonymous memory ever go.
 *
 * What the disk holds at page i is, in this order: the word in inode->disk,
 * name#i if i is below named_pages, or zero.
 */
#include "core/emit.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/idmap.h"
#include "core/overcommit.h"
#include "core/page_tree.h"
#include "core/slab.h"

#include <errno.h>

#define ON_DISK (1ull << 63) /* set in a word of inode->disk: 0 is a word, too */

value_t file_value(const struct inode *inode, uint64_t index)
{
	return (value_t)VALUE_FILE << 48 | (value_t)inode->id << 24 | index;
}

value_t disk_read(const struct inode *inode, uint64_t index)
{
	uint64_t word = radix_get(&inode->disk, index);

	if (word)
		return word & ~ON_DISK;
	return index < inode->named_pages ? file_value(inode, index) : 0;
}

void disk_write(struct machine *m, struct inode *inode, uint64_t index,
	value_t value)
{
	radix_set(m, &inode->disk, index, value | ON_DISK);
}

/* What was beyond the new end is gone, also when the file grows again. */
void disk_truncate(struct machine *m, struct inode *inode, uint64_t pages)
{
	uint64_t index = pages;

	if (inode->named_pages > pages)
		inode->named_pages = pages;
	while (radix_next(&inode->disk, &index))
		radix_del(m, &inode->disk, index);
}

struct inode *inode_new(struct machine *m, const char *name, uint64_t pages,
	bool tmpfs)
{
	struct inode *inode = slab_alloc(m, CACHE_INODE);

	if (!inode)
		return NULL;
	inode->id = idmap_next(&m->inodes);
	inode->name = string_intern(m, name);
	inode->users = 1;
	inode->tmpfs = tmpfs;
	inode->i_size = pages;
	inode->last_read = NO_PAGE;
	inode->i_mapping.id = inode->id;
	i_mmap_init(m, &inode->i_mapping);
	idmap_add(m, &m->inodes, inode);
	slab_tell(m, CACHE_INODE, inode_ref(inode));
	return inode;
}

void inode_get(struct inode *inode)
{
	inode->users++;
}

void inode_put(struct machine *m, struct inode *inode)
{
	struct ref ref = inode_ref(inode);

	if (--inode->users)
		return;
	truncate_inode_pages(m, inode, 0);
	disk_truncate(m, inode, 0);
	vm_unacct_memory(m, inode->accounted);
	idmap_remove(&m->inodes, inode->id);
	slab_free(m, CACHE_INODE, inode, ref);
}

int do_file(struct machine *m, const char *name, uint64_t pages, bool hole,
	bool tmpfs, uint32_t *id)
{
	struct inode *inode;
	int err = 0;

	if (pages > MAX_FILE_PAGES)
		return -EFBIG;
	inode = inode_new(m, name, pages, tmpfs);
	if (!inode)
		return -ENOMEM;
	if (!tmpfs && !hole)
		inode->named_pages = pages;
	else if (!hole)
		err = shmem_fill(m, inode);
	if (err)
		inode_put(m, inode);
	else
		*id = inode->id;
	return err;
}
