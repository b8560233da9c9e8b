/*
 * ksmd (mm/ksm.c): one scan after another over the MERGEABLE ranges of all mms
 * that asked for it.
 *
 * ksm.mm_head is the list of these mms; the cursor (slot, address, rmap_list)
 * stands where the scan goes on.  Each address where a page was met has an
 * rmap_item on the list of its mm, by address; *rmap_list is the link to the
 * first item not below the cursor.  A page first looks into the stable tree of
 * KSM pages; then, if it did not change since the last round, into the unstable
 * tree of candidates, which every round begins anew: since nothing keeps these
 * pages from being written, the tree may be out of order.
 *
 * Here a page's content is one word, by which both trees are ordered; its
 * checksum is made of that word.
 */
#include "core/fault.h"
#include "core/ksm_in.h"
#include "core/lru.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/slab.h"

#include <errno.h>

const struct ksm_rule ksm_4_0 = {
	.incompatible = VM_SHARED | VM_MAYSHARE | VM_IO | VM_DONTEXPAND,
};

const struct ksm_rule ksm_6_18 = {
	.checksum_first = true,
	.smart_scan = true,
	.search_restarts = true,
	.unshares = true,
	.dirties = true,
	.enters_last = true,
	.max_page_sharing = 256,
	.incompatible = VM_SHARED | VM_MAYSHARE | VM_IO | VM_DONTEXPAND |
		VM_DROPPABLE,
};

/* -- mms ------------------------------------------------------------------------ */

static struct ksm_mm_slot *slot_of(struct list_head *node)
{
	return container_of(node, struct ksm_mm_slot, mm_list);
}

/* The cursor as a place on the list. */
static struct list_head *cursor(struct ksm *k)
{
	return k->slot ? &k->slot->mm_list : &k->mm_head;
}

/* __ksm_enter: just behind the cursor, to let the new range settle. */
static int ksm_enter(struct machine *m, struct mm_struct *mm)
{
	struct ksm_mm_slot *slot;

	call(m, FN_KSM_ENTER, mm_ref(mm), NO_REF, 0);
	slot = slab_alloc(m, CACHE_KSM_MM_SLOT);
	if (slot) {
		slot->mm = mm;
		slab_tell(m, CACHE_KSM_MM_SLOT, mm_ref(mm));
		list_add_tail(&slot->mm_list, cursor(&m->ksm));
		mm->ksm_slot = slot;
		cost(m, COST_LIST_NODES, 1);
		tell(m, EV_KSM_ENTER, mm_ref(mm), NO_REF, 0);
	}
	ret(m, FN_KSM_ENTER);
	return slot ? 0 : -ENOMEM;
}

/* It is off the list; ksmd forgets the mm. */
static void free_slot(struct machine *m, struct ksm_mm_slot *slot)
{
	struct mm_struct *mm = slot->mm;

	list_del(&slot->mm_list);
	mm->ksm_slot = NULL;
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_KSM_LEAVE, mm_ref(mm), NO_REF, 0);
	slab_free(m, CACHE_KSM_MM_SLOT, slot, mm_ref(mm));
}

int ksm_fork(struct machine *m, struct mm_struct *mm, struct mm_struct *old,
	bool last)
{
	if (!ksm_rule(m) || !old->ksm_slot || ksm_rule(m)->enters_last != last)
		return 0;
	/* 6.18: best effort, the child may stay unknown */
	return ksm_enter(m, mm) && !last ? -ENOMEM : 0;
}

void ksm_exit(struct machine *m, struct mm_struct *mm)
{
	struct ksm_mm_slot *slot = mm->ksm_slot;
	struct ksm *k = &m->ksm;

	if (!slot)
		return;
	call(m, FN_KSM_EXIT, mm_ref(mm), NO_REF, 0);
	if (slot != k->slot && !slot->rmap_list) {
		free_slot(m, slot);
	} else if (slot != k->slot) { /* the next that ksmd meets */
		list_del(&slot->mm_list);
		list_add(&slot->mm_list, cursor(k));
		tell(m, EV_KSM_EXIT_LATER, mm_ref(mm), NO_REF, 0);
	}
	ret(m, FN_KSM_EXIT);
}

/* -- the next page ---------------------------------------------------------------- */

/* A new round: nothing that was a candidate is one now. */
static void start_round(struct machine *m)
{
	struct ksm *k = &m->ksm;

	/* a page in a batch has a reference more and could not be merged */
	lru_add_drain(m);
	k->unstable = (struct rb_root){ NULL };
	tell(m, EV_KSM_ROUND, NO_REF, NO_REF, k->seqnr + 1);
}

static void cursor_to(struct ksm *k, struct ksm_mm_slot *slot)
{
	k->slot = slot;
	k->address = 0;
	k->rmap_list = slot ? &slot->rmap_list : NULL;
}

/* 6.18 skip_age: for so many rounds a page of that age is left out. */
static uint8_t skip_age(uint8_t age)
{
	if (age <= 3)
		return 1;
	if (age <= 5)
		return 2;
	return age <= 8 ? 4 : 8;
}

/* 6.18 should_skip_rmap_item: one that stayed alone for some rounds waits. */
static bool should_skip(struct machine *m, const struct page *page,
	struct rmap_item *item)
{
	uint8_t age = item->age;

	if (!ksm_rule(m)->smart_scan || page_is_ksm(page))
		return false;
	item->age += age != UINT8_MAX;
	if (age < 3)
		return false;
	if (!item->remaining_skips) {
		item->remaining_skips = skip_age(age);
		return false;
	}
	item->remaining_skips--;
	m->ksm.pages_skipped++;
	tell(m, EV_KSM_SKIP, item_ref(item), page_ref(m, page),
		item->remaining_skips);
	remove_rmap_item_from_tree(m, item);
	return true;
}

/* From the cursor on in @vma: the item of the next page to look at.  False when
 * there is none; *item may be NULL for want of memory. */
static bool next_in_vma(struct machine *m, struct vm_area_struct *vma,
	struct page **page, struct rmap_item **item)
{
	struct ksm *k = &m->ksm;

	if (k->address < vma->vm_start)
		k->address = vma->vm_start;
	if (!vma->anon_vma)
		k->address = vma->vm_end;
	while (k->address < vma->vm_end) {
		*page = follow_anon_page(m, vma->vm_mm, k->address);
		if (!*page) {
			k->address += PAGE_SIZE;
			continue;
		}
		*item = get_next_rmap_item(m, k->slot, k->address);
		if (!*item) {
			put_page(m, *page);
			return true;
		}
		k->rmap_list = &(*item)->rmap_list;
		k->address += PAGE_SIZE;
		if (!should_skip(m, *page, *item))
			return true;
		put_page(m, *page);
	}
	return false;
}

static bool next_in_mm(struct machine *m, struct mm_struct *mm,
	struct page **page, struct rmap_item **item)
{
	struct vm_area_struct *vma = vma_lookup(mm, m->ksm.address);

	cost(m, COST_MMS, 1);
	tell(m, EV_KSM_MM, mm_ref(mm), NO_REF, mm->mm_users);
	for (; vma; vma = vma->vm_next) {
		cost(m, COST_VMAS, 1);
		if ((vma->vm_flags & VM_MERGEABLE) &&
			next_in_vma(m, vma, page, item))
			return true;
	}
	return false;
}

/* The mm has no more: on to the next.  One without any MERGEABLE range, or that
 * exited, is forgotten. */
static void leave_mm(struct machine *m, struct ksm_mm_slot *slot)
{
	struct mm_struct *mm = slot->mm;
	struct ksm *k = &m->ksm;
	struct list_head *next = slot->mm_list.next;
	bool forget;

	if (!mm->mm_users)
		cursor_to(k, slot);
	forget = !k->address;
	remove_trailing_rmap_items(m, k->rmap_list);
	ksm_unlock_mm(m, mm);
	cursor_to(k, next == &k->mm_head ? NULL : slot_of(next));
	if (!forget)
		return;
	free_slot(m, slot);
	mm_drop(m, mm);
}

/* scan_get_next_rmap_item.  NULL: the round is over, there is no mm, or no
 * memory for the item. */
static struct rmap_item *next_item(struct machine *m, struct page **page)
{
	struct ksm *k = &m->ksm;
	struct rmap_item *item = NULL;

	if (list_empty(&k->mm_head))
		return NULL;
	if (!k->slot) {
		start_round(m);
		cursor_to(k, slot_of(k->mm_head.next));
	}
	while (k->slot) {
		struct ksm_mm_slot *slot = k->slot;

		ksm_lock_mm(m, slot->mm);
		if (next_in_mm(m, slot->mm, page, &item)) {
			ksm_unlock_mm(m, slot->mm);
			return item;
		}
		leave_mm(m, slot);
	}
	k->seqnr++;
	return NULL;
}

/* -- what is done with it ---------------------------------------------------------- */

/* calc_checksum: never 0, which stands for a page not looked at. */
static uint32_t calc_checksum(value_t value)
{
	uint32_t sum = (uint32_t)((value ^ 17) * 0x9e3779b97f4a7c15ull >> 32);

	return sum ? sum : 1;
}

/* Was it written since it was last looked at? */
static bool has_changed(struct machine *m, struct rmap_item *item,
	const struct page *page)
{
	uint32_t sum = calc_checksum(page->value), old = item->oldchecksum;

	if (sum == old)
		return false;
	item->oldchecksum = sum;
	tell_set(m, item_ref(item), "oldchecksum", VT_HEX, old, sum);
	tell(m, EV_KSM_VOLATILE, page_ref(m, page), item_ref(item), !old);
	return true;
}

static void append(struct machine *m, struct rmap_item *item,
	struct page *kpage)
{
	lock_page(m, kpage);
	stable_tree_append(m, item, page_stable_node(kpage));
	unlock_page(m, kpage);
}

/* Two candidates: @page becomes the KSM page of both. */
static void merge_two(struct machine *m, struct rmap_item *item,
	struct page *page, struct rmap_item *tree_item,
	struct page *tree_page)
{
	struct stable_node *node;

	if (!try_to_merge_two_pages(m, item, page, tree_item, tree_page))
		return;
	lock_page(m, page);
	node = stable_tree_insert(m, page);
	if (node) {
		stable_tree_append(m, tree_item, node);
		stable_tree_append(m, item, node);
	}
	unlock_page(m, page);
	if (!node) {
		break_cow(m, tree_item);
		break_cow(m, item);
	}
}

/* The KSM page @kpage holds the same; it has a reference, which goes. */
static void merge_with(struct machine *m, struct rmap_item *item,
	struct page *page, struct page *kpage)
{
	if (try_to_merge_with_ksm_page(m, item, page, kpage))
		append(m, item, kpage);
	put_page(m, kpage);
}

static void look_at(struct machine *m, struct rmap_item *item,
	struct page *page)
{
	/* one without a node was left behind by break_cow() without memory */
	bool ksm = page_stable_node(page), first = ksm_rule(m)->checksum_first;
	struct rmap_item *tree_item;
	struct page *kpage, *tree_page;

	if (ksm && item_is_stable(item) && item->head == page_stable_node(page))
		return; /* it is where it belongs */
	if (first && !ksm) {
		remove_rmap_item_from_tree(m, item);
		if (has_changed(m, item, page))
			return;
	}
	kpage = stable_tree_search(m, page);
	remove_rmap_item_from_tree(m, item);
	if (kpage) {
		merge_with(m, item, page, kpage);
		return;
	}
	if (!first && has_changed(m, item, page))
		return;
	tree_item = unstable_tree_search_insert(m, item, page, &tree_page);
	if (tree_item) {
		merge_two(m, item, page, tree_item, tree_page);
		put_page(m, tree_page);
	}
}

static void cmp_and_merge_page(struct machine *m, struct rmap_item *item,
	struct page *page)
{
	call(m, FN_KSM_CMP, item_ref(item), page_ref(m, page), 0);
	tell(m, EV_KSM_PAGE, addr_ref(item->mm, item_addr(item)),
		page_ref(m, page), 0);
	look_at(m, item, page);
	ret(m, FN_KSM_CMP);
}

int ksm_scan(struct machine *m, uint64_t pages, uint64_t *merged)
{
	struct ksm *k = &m->ksm;
	uint64_t before = k->merged;

	if (!ksm_rule(m))
		return -ENOSYS;
	call(m, FN_KSM_SCAN, NO_REF, NO_REF, pages);
	m->oom_origin = true;
	for (uint64_t n = 0; !pages || n < pages; n++) {
		struct page *page;
		struct rmap_item *item = next_item(m, &page);

		if (!item)
			break;
		cmp_and_merge_page(m, item, page);
		put_page(m, page);
		k->pages_scanned++;
	}
	m->oom_origin = false;
	ret(m, FN_KSM_SCAN);
	*merged = k->merged - before;
	return 0;
}

/* -- madvise ------------------------------------------------------------------------ */

/* unmerge_ksm_pages */
static int unmerge(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	int err = 0;

	call(m, FN_KSM_UNMERGE, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	for (uint64_t addr = start; addr < end && !err; addr += PAGE_SIZE)
		err = break_ksm(m, vma, addr);
	ret(m, FN_KSM_UNMERGE);
	return err;
}

static int set_mergeable(struct machine *m, struct vm_area_struct *vma,
	uint64_t *vm_flags)
{
	int err = 0;

	if (*vm_flags & (VM_MERGEABLE | ksm_rule(m)->incompatible))
		return 0; /* the advice is ignored */
	if (!vma->vm_mm->ksm_slot)
		err = ksm_enter(m, vma->vm_mm);
	if (!err)
		*vm_flags |= VM_MERGEABLE;
	return err;
}

static int set_unmergeable(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t *vm_flags)
{
	int err = 0;

	if (!(*vm_flags & VM_MERGEABLE))
		return 0;
	if (vma->anon_vma)
		err = unmerge(m, vma, start, end);
	if (!err)
		*vm_flags &= ~VM_MERGEABLE;
	return err;
}

int ksm_madvise(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, enum advice advice, uint64_t *vm_flags)
{
	int err;

	if (!ksm_rule(m))
		return -EINVAL;
	call(m, FN_KSM_MADVISE, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	err = advice == ADVICE_MERGEABLE
		? set_mergeable(m, vma, vm_flags)
		: set_unmergeable(m, vma, start, end, vm_flags);
	ret(m, FN_KSM_MADVISE);
	return err;
}

/* move_vma: KSM pages would be confusing at their new address.  The flag stays,
 * so that they can be merged there. */
int ksm_unmerge_moved(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	if (!ksm_rule(m) || !(vma->vm_flags & VM_MERGEABLE) || !vma->anon_vma)
		return 0;
	return unmerge(m, vma, start, end);
}
