/*
 * Freeing page frames: when, which, and how far.  Inside the core only.
 */
#ifndef CORE_RECLAIM_H
#define CORE_RECLAIM_H

#include "core/machine.h"
#include "core/mechanism.h"

enum ttu_flags {
	TTU_MIGRATION = 1,     /* leave migration entries */
	TTU_IGNORE_MLOCK = 2,  /* VM_LOCKED does not matter */
	TTU_IGNORE_ACCESS = 4, /* nor does a young PTE */
};

/* PTEs (and PG_referenced, where it counts) by which the page was used since
 * last asked; their accessed bits are cleared.  @locked: the caller holds the
 * page's lock.  @vm_flags: what VMAs it was used through have, or NULL. */
int page_referenced(struct machine *m, struct page *page, bool locked,
	uint64_t *vm_flags);
/* Take away every PTE that maps the locked page, by the era's reverse map
 * (try_to_unmap). */
enum unmap_result try_to_unmap(struct machine *m, struct page *page,
	unsigned flags);

/* Mechanisms of these: rmap_chain.c; referenced.c; rmap_unmap.c. */
int page_referenced_2_6_0(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags); /* takes the chain's lock */
int page_referenced_2_6_11(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags);
int page_referenced_4_0(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags);
int page_referenced_6_18(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags); /* -1: the lock of the
						       reverse map is held */
enum unmap_result try_to_unmap_2_6_0(struct machine *m, struct page *page,
	unsigned flags);
extern const struct rmap_job unmap_job_2_6_11;
extern const struct rmap_job unmap_job_4_0;
extern const struct rmap_job unmap_job_6_18;
extern const struct rmap_job migrate_job_6_18;

/* No zone is above its low mark: kswapd, direct reclaim, the OOM killer, in
 * the order of __alloc_pages; a block for the request, not yet initialized, or
 * NULL.  @wait: the caller can sleep and holds no lock that reclaim takes. */
struct page *alloc_slowpath(struct machine *m, unsigned order,
	enum page_kind kind, bool wait);
/* Woken where it could not run: now it can. */
void kswapd_run(struct machine *m);
/* Direct reclaim until @pages are free that were not, as that kernel would
 * (try_to_free_pages); the operation reclaim().  Frames freed. */
uint64_t reclaim_pages(struct machine *m, uint64_t pages);
/* The era's OOM killer.  True: a task was killed and its memory is free; the
 * task is told in the operation's record.  False: nobody to kill, or the one
 * who runs is chosen. */
bool out_of_memory(struct machine *m);
/* 2.4, 2.6.0: it kills nobody while swap is left, and whoever wants memory
 * tries again. */
bool oom_waits(const struct machine *m);

/* Move a page to a new frame: migration entries, copy, remove_migration_ptes
 * (migrate_pages of one page).  0, -EAGAIN when it is still mapped, -ENOMEM,
 * -ENOSYS where the kernel cannot. */
int migrate_page(struct machine *m, struct page *page);

#endif
