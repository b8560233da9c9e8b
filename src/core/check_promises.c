/*
 * What has been promised, and how much of memory holds files: sums over all
 * address spaces and files.
 */
#include "core/checker.h"
#include "core/filemap.h"
#include "core/page_tree.h"

static uint64_t promised_to(const struct mm_struct *mm)
{
	uint64_t pages = 0;

	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next)
		if (v->vm_flags & VM_ACCOUNT)
			pages += (v->vm_end - v->vm_start) / PAGE_SIZE;
	return pages;
}

/* Of tmpfs, all that it may ever have or what it has, in memory and swap. */
static uint64_t promised_to_file(const struct inode *inode)
{
	const struct radix_tree *tree = &inode->i_mapping.page_tree;
	uint64_t index = 0, pages = 0, entry;

	if (!inode->tmpfs || inode->accounted)
		return inode->accounted;
	for (; (entry = radix_next(tree, &index)); index++)
		pages += (entry & ENTRY_BITS) != ENTRY_SHADOW;
	return pages;
}

static bool check_committed(struct checker *c)
{
	const struct machine *m = c->m;
	uint64_t pages = 0;

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && task->mm && task->mm->id == pid)
			pages += promised_to(task->mm);
	}
	for (uint32_t id = 1; id <= m->inodes.last; id++)
		if (m->inodes.slot[id])
			pages += promised_to_file(m->inodes.slot[id]);
	if (!ops_of(m)->account_flag) /* nobody counts */
		pages = 0;
	return pages == m->committed ||
		broken(c, "committed", NO_REF, pages, m->committed);
}

static bool check_cached(struct checker *c)
{
	const struct machine *m = c->m;
	uint64_t all = 0, shmem = 0;

	for (uint32_t id = 1; id <= m->inodes.last; id++) {
		const struct inode *inode = m->inodes.slot[id];

		all += inode ? inode->i_mapping.nrpages : 0;
		shmem += inode && inode->tmpfs ? inode->i_mapping.nrpages : 0;
	}
	if (all != m->nr_pagecache)
		return broken(c, "nr_pagecache", NO_REF, all, m->nr_pagecache);
	return shmem == m->nr_shmem ||
		broken(c, "nr_shmem", NO_REF, shmem, m->nr_shmem);
}

bool check_promises(struct checker *c)
{
	return check_committed(c) && check_cached(c);
}
