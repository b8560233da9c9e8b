/*
 * vm_enough_memory (2.4 mm/mmap.c; 2.6.0 security/dummy.c; 2.6.11
 * security/commoncap.c; 4.0 mm/mmap.c; 6.18 mm/util.c), as it answers root.
 *
 * Invariant: machine.committed is the number of pages of VM_ACCOUNT VMAs, of
 * shared memory that was promised as a whole (inode.accounted), and those that
 * other files of tmpfs have.  2.4 does not count.
 */
#include "core/overcommit.h"
#include "core/emit.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/swap.h"

#include <errno.h>

#define USER_RESERVE_MAX (128u << (20 - PAGE_SHIFT)) /* pages */

static uint64_t totalram(const struct machine *m)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < m->nr_zones; i++)
		pages += m->zones[i].managed_pages;
	return pages;
}

/* Pages of the task that asks. */
static uint64_t callers_vm(const struct machine *m)
{
	const struct task_struct *task =
		m->current_pid ? task_find(m, m->current_pid) : NULL;

	return task && task->mm ? task->mm->total_vm : 0;
}

/* -- mode 0 ----------------------------------------------------------------- */

/* The swap cache counts twice: as pages, and as slots that can be given up. */
int64_t guess_2_4(const struct machine *m)
{
	return guess_2_6(m) + (int64_t)m->swap_info.nrpages;
}

/* The page cache, free slots, free frames; one must be left. */
int64_t guess_2_6(const struct machine *m)
{
	return (int64_t)(m->nr_pagecache + m->swap_info.nrpages +
		nr_free_pages(m) + nr_swap_pages(m)) - 1;
}

/* totalreserve_pages: the high watermarks, and what zones keep for others. */
static int64_t totalreserve(const struct machine *m)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < m->nr_zones; i++) {
		const struct zone *z = &m->zones[i];
		uint64_t most = 0;

		for (unsigned j = i; j < m->nr_zones; j++)
			if (z->lowmem_reserve[j] > most)
				most = z->lowmem_reserve[j];
		most += z->pages_high;
		pages += most < z->managed_pages ? most : z->managed_pages;
	}
	return (int64_t)pages;
}

/* tmpfs cannot be dropped, only swapped. */
int64_t guess_4_0(const struct machine *m)
{
	return guess_2_6(m) - (int64_t)m->nr_shmem - totalreserve(m);
}

/* Since 5.1 only what could never be is refused. */
int64_t guess_6_18(const struct machine *m)
{
	return (int64_t)(totalram(m) + total_swap_pages(m));
}

/* -- mode 2 ----------------------------------------------------------------- */

int64_t commit_limit_2_6_0(const struct machine *m)
{
	return (int64_t)(totalram(m) * m->tune.overcommit_ratio / 100 +
		total_swap_pages(m));
}

/* 3 % of what a process has are kept for the others. */
int64_t commit_limit_2_6_11(const struct machine *m)
{
	return commit_limit_2_6_0(m) - (int64_t)(callers_vm(m) / 32);
}

/* At most vm.user_reserve_kbytes. */
int64_t commit_limit_4_0(const struct machine *m)
{
	uint64_t spared = callers_vm(m) / 32, most = totalram(m) / 32;

	if (most > USER_RESERVE_MAX)
		most = USER_RESERVE_MAX;
	return commit_limit_2_6_0(m) - (int64_t)(spared < most ? spared : most);
}

/* -- the question ------------------------------------------------------------- */

static bool counts(const struct machine *m)
{
	return ops_of(m)->account_flag;
}

/* 2.4 knows but "guess" and "always". */
static bool is_strict(const struct machine *m)
{
	return m->tune.overcommit == OVERCOMMIT_NEVER &&
		ops_of(m)->commit_limit;
}

bool heeds_noreserve(const struct machine *m)
{
	return !is_strict(m);
}

/* How many more may be promised; may be negative. */
static int64_t promisable(const struct machine *m)
{
	if (is_strict(m))
		return ops_of(m)->commit_limit(m) - 1 - (int64_t)m->committed;
	return m->tune.overcommit ? INT64_MAX : ops_of(m)->commit_guess(m);
}

void vm_acct_memory(struct machine *m, uint64_t pages)
{
	if (counts(m))
		m->committed += pages;
}

void vm_unacct_memory(struct machine *m, uint64_t pages)
{
	if (counts(m))
		m->committed -= pages;
}

void vma_unacct(struct machine *m, const struct vm_area_struct *vma,
	uint64_t pages)
{
	if (vma->vm_flags & VM_ACCOUNT)
		m->committed -= pages;
}

int vm_enough_memory(struct machine *m, uint64_t pages)
{
	int64_t most = promisable(m);

	if ((int64_t)pages <= most) {
		vm_acct_memory(m, pages);
		return 0;
	}
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_NO_PROMISE,
				     .type = VT_INT, .n = pages,
				     .new = most > 0 ? (uint64_t)most : 0 });
	return -ENOMEM;
}
