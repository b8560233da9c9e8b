/* Accesses and page faults.  Inside the core only. */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include "core/mechanism.h"
#include "core/page_state.h"

/*
 * Read or write the word at @addr as the task's processor does: walk the
 * tables, fault as often as needed.  @write: *value is stored; else it is
 * loaded.  0, STATUS_SIGSEGV or STATUS_OOM.
 */
int access_user(struct machine *m, struct mm_struct *mm, uint64_t addr,
	bool write, value_t *value);

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

/* Count @n pages of anonymous memory more or less in the mm. */
static inline void add_anon_rss(struct machine *m, struct mm_struct *mm, int n)
{
	uint32_t old = mm->anon_rss;

	mm->anon_rss += (uint32_t)n;
	tell_set(m, mm_ref(mm), ops_of(m)->rss_field, VT_INT, old,
		mm->anon_rss);
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
bool trylock_page(struct machine *m, struct page *page);
void unlock_page(struct machine *m, struct page *page);

#endif
