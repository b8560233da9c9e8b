/*
 * Files that live in memory and swap (mm/shmem.c): tmpfs, and the hidden file
 * behind MAP_SHARED|MAP_ANONYMOUS.  A page is in the cache, or its slot of the
 * swap area stands in the cache's tree, or it is a hole and reads as zero.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/page_alloc.h"

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

/* A hole becomes a page of zeros. */
static struct page *new_page(struct machine *m, struct inode *inode,
	uint64_t index)
{
	struct page *page = new_cache_page(m, inode, index);

	if (!page)
		return NULL;
	tell(m, EV_ZERO_FILL, page_ref(m, page), NO_REF, 0);
	page_set_flag(m, page, PG(UPTODATE));
	return page;
}

int shmem_getpage(struct machine *m, struct inode *inode, uint64_t index,
	enum sgp sgp, struct page **page)
{
	int err = 0;

	call(m, FN_SHMEM_GETPAGE, inode_ref(inode), NO_REF, index);
	*page = find_page(m, inode, index);
	if (*page)
		get_page(m, *page);
	else if (sgp != SGP_READ) {
		*page = new_page(m, inode, index);
		err = *page ? 0 : -ENOMEM;
	}
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

bool shmem_writepage(struct machine *m, struct page *page)
{
	(void)m;
	(void)page;
	return false; /* no swap */
}
