/* Accesses and page faults.  Inside the core only. */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include "core/mechanism.h"
#include "core/page_state.h"

/*
 * Read or write the word at @addr as the task's processor does: walk the
 * tables, fault as often as needed.  @write: *value is stored; else it is
 * loaded.  0, STATUS_SIGSEGV, STATUS_SIGBUS or STATUS_OOM.
 */
int access_user(struct machine *m, struct mm_struct *mm, uint64_t addr,
	bool write, value_t *value);
/* The same with the stack pointer at @sp; else it is at @addr, as in a push. */
int access_user_sp(struct machine *m, struct mm_struct *mm, uint64_t addr,
	uint64_t sp, bool write, value_t *value);

/* The kernel writes to the user's page at @addr, but no word that counts. */
int clear_user(struct machine *m, struct mm_struct *mm, uint64_t addr);

/*
 * Mechanisms of the generations (fault_old.c, fault_2_6_11.c, fault_4_0.c,
 * fault_6_18.c); era_ops says what each is for.  Those of _old are 2.4's and
 * 2.6.0's, those of _avc 4.0's and 6.18's.
 */
void map_new_page_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page);
void map_new_page_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page);
void map_new_page_avc(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page);
bool may_write_in_place_2_6_11(struct machine *m, struct vm_area_struct *vma,
	struct page *page);
bool may_write_in_place_4_0(struct machine *m, struct vm_area_struct *vma,
	struct page *page);
bool may_write_in_place_6_18(struct machine *m, struct vm_area_struct *vma,
	struct page *page);
void replace_page_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old);
void replace_page_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old);
void replace_page_avc(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old);
int fault_prepare_old(struct machine *m, struct vm_area_struct *vma);
int fault_prepare_6_18(struct machine *m, struct vm_area_struct *vma);
struct vm_area_struct *fault_lock_mm(struct machine *m, struct mm_struct *mm,
	uint64_t addr);
void fault_unlock_mm(struct machine *m, struct mm_struct *mm,
	struct vm_area_struct *vma);
struct vm_area_struct *fault_lock_vma(struct machine *m, struct mm_struct *mm,
	uint64_t addr);
void fault_unlock_vma(struct machine *m, struct mm_struct *mm,
	struct vm_area_struct *vma);

/* Steps that they share. */
static inline void ptl_lock(struct machine *m, struct mm_struct *mm)
{
	lock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
}

static inline void ptl_unlock(struct machine *m, struct mm_struct *mm)
{
	unlock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
}

/* rmap_reserve() with @mm's page table lock held: at once, or without the lock
 * if memory must be reclaimed (2.6.0 pte_chain_alloc(GFP_ATOMIC)). */
int rmap_reserve_locked(struct machine *m, struct mm_struct *mm);

/* What the mm counts of pages of @kind has changed by @n. */
void tell_rss(struct machine *m, const struct mm_struct *mm,
	enum page_kind kind, int n);
/* Count @n pages of anonymous memory more or less in the mm. */
static inline void add_anon_rss(struct machine *m, struct mm_struct *mm, int n)
{
	mm->anon_rss += (uint32_t)n;
	if (tracing(m))
		tell_rss(m, mm, PAGE_ANON, n);
}

/* The same for pages of the kind of @page. */
static inline void add_rss(struct machine *m, struct mm_struct *mm,
	const struct page *page, int n)
{
	if (kind_is_anon(page->kind))
		mm->anon_rss += (uint32_t)n;
	else if (page->kind == PAGE_SHMEM && ops_of(m)->counts_shmem)
		mm->shmem_rss += (uint32_t)n;
	else
		mm->file_rss += (uint32_t)n;
	if (tracing(m))
		tell_rss(m, mm, (enum page_kind)page->kind, n);
}

/* The PTE of a new page: dirty, and writable if the VMA is. */
pteval_t new_page_pte(const struct machine *m, const struct page *page,
	const struct vm_area_struct *vma);
/* Write to a page that is mapped read-only: in place if it is ours alone.  The
 * page table lock is held and is released.  0, -ENOMEM. */
int do_wp_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte);
/* Of a page that is not being written: it is free. */
void lock_page(struct machine *m, struct page *page);
/* A copy of @old (NULL: the zero page) takes its place in the mm. */
static inline void count_copied(struct machine *m, struct mm_struct *mm,
	const struct page *old)
{
	if (old && kind_is_anon(old->kind))
		return;
	if (old)
		add_rss(m, mm, old, -1);
	add_anon_rss(m, mm, 1);
}

/* A fault at @addr, as the kernel itself takes it for a user (get_user_pages).
 * 0, STATUS_OOM, STATUS_SIGBUS. */
int fault_in_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write);
/* The same without being counted as one of the task's (ksmd's break_ksm); with
 * m->unshare the new page is not to be written yet. */
int fault_for_kernel(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);
/* A frame for a private page of the VMA, without content; NULL: no memory. */
struct page *fault_alloc_page(struct machine *m, struct vm_area_struct *vma);
/* What @old holds, zeros if it is NULL, into @new. */
void fault_copy_page(struct machine *m, struct page *old, struct page *new);
/* Both.  Without memory NULL; the reference that the caller held on @old for
 * the copy is dropped then. */
struct page *fault_new_page(struct machine *m, struct vm_area_struct *vma,
	struct page *old);
bool trylock_page(struct machine *m, struct page *page);
void unlock_page(struct machine *m, struct page *page);

#endif
