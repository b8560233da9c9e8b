/* What the files of KSM share: items, trees, merging.  For ksm*.c only. */
#ifndef CORE_KSM_IN_H
#define CORE_KSM_IN_H

#include "core/emit.h"
#include "core/ksm.h"

static inline const struct ksm_rule *ksm_rule(const struct machine *m)
{
	return ops_of(m)->ksm;
}

/* The address that @item is about, without its flags. */
static inline uint64_t item_addr(const struct rmap_item *item)
{
	return item->address & PAGE_MASK;
}

static inline bool item_is_stable(const struct rmap_item *item)
{
	return item->address & KSM_STABLE_FLAG;
}

/* A mergeable page that is mapped there, with a reference; else NULL.
 * (find_mergeable_vma, get_mergeable_page). */
struct vm_area_struct *find_mergeable_vma(struct machine *m,
	struct mm_struct *mm, uint64_t addr);
/* The page that @mm maps at @addr, if it is anonymous, with a reference. */
struct page *follow_anon_page(struct machine *m, struct mm_struct *mm,
	uint64_t addr);

/* Lock an mm that another task may use. */
static inline void ksm_lock_mm(struct machine *m, struct mm_struct *mm)
{
	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
}

static inline void ksm_unlock_mm(struct machine *m, struct mm_struct *mm)
{
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
}

/* ksm_item.c: the items of an mm. */
struct rmap_item *get_next_rmap_item(struct machine *m,
	struct ksm_mm_slot *slot, uint64_t addr);
void remove_trailing_rmap_items(struct machine *m, struct rmap_item **link);
/* Out of its tree, whichever that is; the item stays. */
void remove_rmap_item_from_tree(struct machine *m, struct rmap_item *item);

/* ksm_tree.c.  The page of @node with a reference; NULL: the node was stale and
 * is gone (get_ksm_page). */
struct page *get_ksm_page(struct machine *m, struct stable_node *node);
/* The KSM page that holds what @page holds, with a reference, or NULL. */
struct page *stable_tree_search(struct machine *m, struct page *page);
struct stable_node *stable_tree_insert(struct machine *m, struct page *kpage);
void stable_tree_append(struct machine *m, struct rmap_item *item,
	struct stable_node *node);
/* An item whose page holds the same, and that page with a reference; else NULL
 * and @item is in the tree, if it could be. */
struct rmap_item *unstable_tree_search_insert(struct machine *m,
	struct rmap_item *item, struct page *page, struct page **tree_page);

/* ksm_merge.c.  Let the PTE of @item, which maps @page, map @kpage; NULL: make
 * @page a KSM page. */
bool try_to_merge_with_ksm_page(struct machine *m, struct rmap_item *item,
	struct page *page, struct page *kpage);
/* Both share @page from now on, a KSM page without a node yet. */
bool try_to_merge_two_pages(struct machine *m, struct rmap_item *item,
	struct page *page, struct rmap_item *tree_item,
	struct page *tree_page);
/* Undo a merge that cannot be finished. */
void break_cow(struct machine *m, struct rmap_item *item);
/* The PTE gets a page of its own, if it maps a KSM page.  0 or -ENOMEM. */
int break_ksm(struct machine *m, struct vm_area_struct *vma, uint64_t addr);
void set_page_stable_node(struct machine *m, struct page *page,
	struct stable_node *node);

#endif
