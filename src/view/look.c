/*
 * From a history's position to what panes ask for: what this operation has
 * changed so far, what the current event touches, what is tied to the
 * selected object.  The sets come from events and from the object itself;
 * nothing here loops over a whole machine.
 */
#include "view/look.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/objects.h"
#include "core/swap.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>

#define MAX_EVENTS 65536 /* of a huge operation only the last ones count */
#define MAX_FAMILY 4096  /* VMAs of one anon_vma that are looked at */

/* -- changed and touched -------------------------------------------------- */

static bool changes(const struct event *ev)
{
	return ev->kind == EVENT_SET || ev->kind == EVENT_ALLOC ||
		ev->kind == EVENT_FREE;
}

/* A PTE that changed is a change of what lies at its address. */
static void add_object(struct ref_set *s, struct ref ref)
{
	ref_set_add(s, ref);
	if (ref.kind == REF_PTE)
		ref_set_add(s, ref_at(REF_ADDR, ref.id, ref.addr));
	else if (ref.kind == REF_ADDR)
		ref_set_add(s, ref_at(REF_PTE, ref.id, ref.addr & PAGE_MASK));
}

static void find_changes(struct look *look)
{
	size_t from = look->done > MAX_EVENTS ? look->done - MAX_EVENTS : 0;

	ref_set_clear(look->changed);
	ref_set_clear(look->touched);
	for (size_t i = from; i < look->done; i++)
		if (changes(&look->events[i])) {
			add_object(look->changed, look->events[i].o);
			if (look->events[i].id == EV_LINK_ANON_VMA ||
				look->events[i].id == EV_UNLINK_ANON_VMA)
				add_object(look->changed, look->events[i].p);
		}
	if (look->now && !pos_is_whole(look->pos)) {
		add_object(look->touched, look->now->o);
		add_object(look->touched, look->now->p);
	}
}

/* -- what is tied to the selected object ----------------------------------- */

static void add_vma(struct look *look, const struct vm_area_struct *vma)
{
	if (!vma)
		return;
	ref_set_add(look->related, ref_make(REF_VMA, vma->id));
	if (vma->vm_mm)
		ref_set_add(look->related, ref_make(REF_TASK, vma->vm_mm->id));
}

typedef void family_fn(struct look *look, struct vm_area_struct *vma,
	void *ctx);

/* Each VMA that may hold pages of @av: its list or its tree. */
static void for_each_in_family(struct look *look, const struct anon_vma *av,
	family_fn *fn, void *ctx)
{
	const struct list_head *head = &av->head;
	unsigned n = 0;

	for (const struct list_head *p = head->next;
		p != head && n < MAX_FAMILY; p = p->next, n++)
		fn(look,
			container_of((struct list_head *)p,
				struct vm_area_struct, anon_vma_node),
			ctx);
	for (struct rb_node *node = rb_first(&av->rb_root);
		node && n < MAX_FAMILY; node = rb_next(node), n++)
		fn(look, container_of(node, struct anon_vma_chain, rb)->vma,
			ctx);
}

/* The PTE of @vma that maps the page, if it does. */
static void add_mapper(struct look *look, struct vm_area_struct *vma, void *ctx)
{
	const struct page *page = ctx;
	uint64_t addr = vma->vm_start +
		((page->index - vma->vm_pgoff) << PAGE_SHIFT);
	pteval_t pte;

	if (addr < vma->vm_start || addr >= vma->vm_end || !vma->vm_mm ||
		!vma->vm_mm->pgd)
		return;
	pte = mm_pte(look->m, vma->vm_mm, addr);
	if (!pte_present(look->m, pte) ||
		pte_pfn(look->m, pte) != page_pfn(look->m, page))
		return;
	add_object(look->related, ref_at(REF_PTE, vma->vm_mm->id, addr));
	add_vma(look, vma);
}

/* One of the VMAs that map a file; for a page of it those that hold it. */
struct file_look {
	struct look *look;
	const struct page *page; /* NULL: any */
	unsigned left;           /* VMAs that may still be looked at */
};

static bool see_mapping(void *ctx, const struct i_mmap_node *node)
{
	struct file_look *f = ctx;
	struct vm_area_struct *vma = vma_by_id(f->look->m, node->vma->id);

	if (vma && f->page)
		add_mapper(f->look, vma, (void *)f->page);
	else
		add_vma(f->look, vma);
	return --f->left > 0;
}

static void relate_file(struct look *look, const struct inode *inode,
	const struct page *page)
{
	struct file_look f = { look, page, MAX_FAMILY };

	ref_set_add(look->related, ref_make(REF_FILE, inode->id));
	i_mmap_look(look->m, &inode->i_mapping, see_mapping, &f);
}

/* A KSM page: its node, the items on the list, and the PTEs that they name. */
static void relate_stable(struct look *look, const struct stable_node *node)
{
	unsigned left = MAX_FAMILY;

	ref_set_add(look->related, ref_make(REF_STABLE_NODE, node->id));
	for (const struct list_head *p = node->hlist.next;
		p != &node->hlist && left; p = p->next, left--) {
		const struct rmap_item *item = container_of(
			(struct list_head *)p, struct rmap_item, hlist);
		uint64_t addr = item->address & PAGE_MASK;
		pteval_t pte;

		ref_set_add(look->related, ref_make(REF_RMAP_ITEM, item->id));
		if (!item->mm->mm_users || !item->mm->pgd)
			continue;
		pte = mm_pte(look->m, item->mm, addr);
		if (!pte_present(look->m, pte) ||
			pte_pfn(look->m, pte) != node->kpfn)
			continue;
		add_object(look->related, ref_at(REF_PTE, item->mm->id, addr));
		if (vma_lookup(item->mm, addr))
			add_vma(look, vma_lookup(item->mm, addr));
	}
}

static void relate_page(struct look *look, const struct page *page)
{
	const struct anon_vma *av = page_anon_vma_alive(look->m, page);
	const struct inode *inode = page_inode(look->m, page);

	if (inode)
		relate_file(look, inode, page);
	if (page_stable_node(page))
		relate_stable(look, page_stable_node(page));
	if (!av || page->kind != PAGE_ANON)
		return;
	ref_set_add(look->related, ref_make(REF_ANON_VMA, av->id));
	for_each_in_family(look, av, add_mapper, (void *)page);
}

/* The slot that the swap cache keeps a page for. */
static void relate_cached(struct look *look, const struct page *page)
{
	if (page->flags & PG(SWAPCACHE))
		ref_set_add(look->related,
			ref_make(REF_SWAP,
				(uint32_t)page_swap_slot(look->m, page)));
}

/* The page that the cache has for a slot.  Nothing leads from a slot to the
 * PTEs that hold it. */
static void relate_slot(struct look *look, uint32_t slot)
{
	uint32_t pfn = look->m->swap_info.cache[slot];

	if (!pfn)
		return;
	ref_set_add(look->related, ref_make(REF_PAGE, pfn));
	relate_page(look, page_by_pfn(look->m, pfn));
}

static void relate_vma(struct look *look, const struct vm_area_struct *vma)
{
	const struct anon_vma *own = vma_anon_vma_alive(look->m, vma);
	const struct list_head *head = &vma->anon_vma_chain;

	add_vma(look, vma);
	if (vma->vm_file)
		ref_set_add(look->related,
			ref_make(REF_FILE, vma->vm_file->id));
	if (own)
		ref_set_add(look->related, ref_make(REF_ANON_VMA, own->id));
	for (const struct list_head *p = head->next; p != head; p = p->next) {
		const struct anon_vma_chain *avc =
			container_of((struct list_head *)p,
				struct anon_vma_chain, same_vma);

		ref_set_add(look->related, ref_make(REF_AVC, avc->id));
		ref_set_add(look->related,
			ref_make(REF_ANON_VMA, avc->anon_vma->id));
	}
}

static void see_member(struct look *look, struct vm_area_struct *vma, void *ctx)
{
	(void)ctx;
	add_vma(look, vma);
}

static void relate_anon_vma(struct look *look, const struct anon_vma *av)
{
	if (av->root)
		ref_set_add(look->related, ref_make(REF_ANON_VMA, av->root->id));
	if (av->parent)
		ref_set_add(look->related,
			ref_make(REF_ANON_VMA, av->parent->id));
	for_each_in_family(look, av, see_member, NULL);
}

static void relate_address(struct look *look, const struct mm_struct *mm,
	uint64_t addr)
{
	const struct vm_area_struct *vma = vma_lookup(mm, addr);
	pteval_t pte = mm_pte(look->m, mm, addr);

	add_object(look->related, ref_at(REF_PTE, mm->id, addr & PAGE_MASK));
	if (vma && vma->vm_start <= addr)
		add_vma(look, vma);
	if (pte_present(look->m, pte)) {
		const struct page *page =
			page_by_pfn(look->m, pte_pfn(look->m, pte));

		ref_set_add(look->related,
			ref_make(REF_PAGE, page_pfn(look->m, page)));
		relate_page(look, page);
		relate_cached(look, page);
	} else if (pte_is_swap(look->m, pte)) {
		uint32_t slot = (uint32_t)swap_slot(look->m, pte);

		ref_set_add(look->related, ref_make(REF_SWAP, slot));
		if (object_exists(look->m, ref_make(REF_SWAP, slot)))
			relate_slot(look, slot);
	}
}

static void relate_task(struct look *look, const struct task_struct *task)
{
	if (!task->mm)
		return;
	for (const struct vm_area_struct *v = task->mm->mmap; v; v = v->vm_next)
		add_vma(look, v);
}

static void find_related(struct look *look)
{
	const void *object = object_find(look->m, look->selected);

	ref_set_clear(look->related);
	if (!object)
		return;
	switch ((enum ref_kind)look->selected.kind) {
	case REF_PAGE:
		relate_page(look, object);
		relate_cached(look, object);
		break;
	case REF_SWAP:
		relate_slot(look, look->selected.id);
		break;
	case REF_VMA:
		relate_vma(look, object);
		break;
	case REF_FILE:
		relate_file(look, object, NULL);
		break;
	case REF_ANON_VMA:
		relate_anon_vma(look, object);
		break;
	case REF_AVC:
		add_vma(look, ((const struct anon_vma_chain *)object)->vma);
		break;
	case REF_PTE:
	case REF_ADDR:
		relate_address(look, object, look->selected.addr);
		break;
	case REF_TASK:
		relate_task(look, object);
		break;
	default:
		break;
	}
}

/* -- the look --------------------------------------------------------------- */

static void make_sets(struct look *look)
{
	if (look->changed)
		return;
	look->changed = ref_set_new();
	look->touched = ref_set_new();
	look->related = ref_set_new();
}

void look_update(struct look *look, struct history *h)
{
	const struct step *step;

	make_sets(look);
	look->h = h;
	look->events = history_events(h, &look->nr_events, &look->done);
	look->m = history_machine(h);
	look->pos = history_pos(h);
	step = history_step(h, look->pos.op);
	if (step)
		look->here = *step;
	look->step = step ? &look->here : NULL;
	look->now = look->done ? &look->events[look->done - 1] : NULL;
	find_changes(look);
	find_related(look);
}

void look_release(struct look *look)
{
	ref_set_delete(look->changed);
	ref_set_delete(look->touched);
	ref_set_delete(look->related);
	look->changed = look->touched = look->related = NULL;
}

unsigned look_marks(const struct look *look, struct ref ref)
{
	unsigned marks = 0;

	if (!ref.kind)
		return 0;
	if (ref_eq(ref, look->selected))
		marks |= STYLE_SELECTED;
	if (ref_set_has(look->related, ref))
		marks |= STYLE_RELATED;
	if (ref_set_has(look->changed, ref))
		marks |= STYLE_CHANGED;
	if (ref_set_has(look->touched, ref))
		marks |= STYLE_TOUCHED;
	return marks;
}

const char *look_text(const struct look *look, struct text text)
{
	if (look->lang == LANG_ZH && text.zh)
		return text.zh;
	return text.en ? text.en : "";
}

/* The last operation whose notes of this kind are in force at @pos. */
static uint32_t in_force(enum note_kind kind, struct pos pos)
{
	bool before = kind == NOTE_SCENE || kind == NOTE_ASK ||
		kind == NOTE_SHOW || kind == NOTE_POINT;

	return before && pos_is_whole(pos) ? pos.op + 1 : pos.op;
}

uint32_t look_lesson_end(const struct look *look)
{
	struct branch_info info;
	uint32_t end = UINT32_MAX;

	for (int b = history_branch(look->h); b > 0; b = info.parent) {
		if (!history_branch_info(look->h, b, &info))
			break;
		end = info.from < end ? info.from : end;
	}
	return end;
}

const struct note *look_note(const struct look *look, enum note_kind kind)
{
	uint32_t end = look_lesson_end(look);
	uint32_t last = in_force(kind, look->pos);
	size_t i;

	last = last < end ? last : end;
	i = history_notes_of(look->h, last + 1);

	while (i-- > 0) {
		const struct note *n = history_note(look->h, i);

		if (n->kind != kind)
			continue;
		/* a question is for one operation, a scene until the next */
		return kind == NOTE_ASK && n->op != last ? NULL : n;
	}
	return NULL;
}
