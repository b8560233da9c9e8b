/* Following pointers from the selected object, and coming back. */
#include "tui/state.h"

#include "tui/panes/eras.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "tui/panes/path.h"
#include "tui/panes/swap_slot.h"
#include "core/objects.h"
#include "view/format.h"
#include "view/lang.h"

#include <stdio.h>
#include <string.h>

#define TARGETS_MAX 256

struct targets {
	struct ref ref[TARGETS_MAX]; /* n of them, each once */
	int n;
};

static void add(struct targets *t, struct ref ref)
{
	for (int i = 0; i < t->n; i++)
		if (ref_eq(t->ref[i], ref))
			return;
	if (ref.kind && t->n < TARGETS_MAX)
		t->ref[t->n++] = ref;
}

static void from_pte(const struct machine *m, struct ref ref, struct targets *t)
{
	const struct task_struct *task = task_find(m, ref.id);
	const struct vm_area_struct *vma;
	uint64_t pfn, slot;

	if (ref_frame(m, ref, &pfn)) {
		add(t, ref_make(REF_PAGE, (uint32_t)pfn));
		return;
	}
	if (swap_of_ref(m, ref, &slot)) {
		add(t, ref_make(REF_SWAP, (uint32_t)slot));
		return;
	}
	vma = task && task->mm ? vma_lookup(task->mm, ref.addr) : NULL;
	if (vma && vma->vm_start <= ref.addr)
		add(t, ref_make(REF_VMA, vma->id));
}

struct mapper_list {
	const struct machine *m;
	struct targets *t;
};

static void add_mapper(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mapper_list *list = ctx;

	(void)vma;
	(void)pte;
	add(list->t, ref_at(REF_PTE, task->pid, addr));
}

/* What the fields of the object point to: 2.6.0's page and its nodes. */
static void follow_fields(
	const struct machine *m, struct ref ref, struct targets *t)
{
	const struct object_desc *d = object_desc((enum ref_kind)ref.kind);
	const void *object = object_find(m, ref);

	for (const struct field *f = d->fields; object && f->name; f++) {
		uint64_t v = field_present(m, f) ? f->get(m, object) : 0;

		if (f->type == VT_PTE_ADDR)
			add(t, pte_addr_ref(m, v));
		else if (f->type == VT_REF && v)
			add(t, ref_make((enum ref_kind)(v >> 32),
				       (uint32_t)v));
	}
}

static bool add_mapping(void *ctx, const struct i_mmap_node *node)
{
	add(ctx, ref_make(REF_VMA, node->vma->id));
	return true;
}

/* The VMAs that map it, as its i_mmap has them. */
static void from_file(const struct machine *m, struct ref ref, struct targets *t)
{
	const struct inode *inode = inode_by_id(m, ref.id);

	if (inode)
		i_mmap_look(m, &inode->i_mapping, add_mapping, t);
}

/* page->mapping; a page without one leads to the entries that map it. */
static void from_page(
	const struct machine *m, struct ref ref, struct targets *t)
{
	const struct page *page = page_by_pfn(m, ref.id);
	struct mapper_list list = { m, t };

	if (!page)
		return;
	if (page_inode(m, page))
		add(t, ref_make(REF_FILE, page_inode(m, page)->id));
	if (page_stable_node(page)) {
		add(t, ref_make(REF_STABLE_NODE, page_stable_node(page)->id));
		page_mappers(m, ref.id, add_mapper, &list);
		return;
	}
	if (field_find(m, REF_PAGE, "pte.chain")) {
		follow_fields(m, ref, t);
		return;
	}
	if (page->kind != PAGE_TABLE && page->kind != PAGE_SLAB &&
		page_anon_vma_alive(m, page))
		add(t, ref_make(REF_ANON_VMA, page_anon_vma_alive(m, page)->id));
	else if (!page_inode(m, page))
		page_mappers(m, ref.id, add_mapper, &list);
}

/* The VMAs on its list (2.6.11) or in its tree (4.0 and later). */
static void from_anon_vma(
	const struct machine *m, struct ref ref, struct targets *t)
{
	const struct anon_vma *av = anon_vma_by_id(m, ref.id);

	for (uint32_t id = 1; av && id <= m->vmas.last; id++) {
		const struct vm_area_struct *vma = vma_by_id(m, id);

		if (vma && vma->anon_vma == av)
			add(t, ref_make(REF_VMA, id));
	}
	for (uint32_t id = 1; av && id <= m->avcs.last; id++) {
		const struct anon_vma_chain *avc = avc_by_id(m, id);

		if (avc && avc->anon_vma == av && avc->vma)
			add(t, ref_make(REF_VMA, avc->vma->id));
	}
}

static void from_vma(const struct machine *m, struct ref ref, struct targets *t)
{
	const struct vm_area_struct *vma = vma_by_id(m, ref.id);

	if (vma && vma->vm_file)
		add(t, ref_make(REF_FILE, vma->vm_file->id));
	if (vma && vma_anon_vma_alive(m, vma))
		add(t, ref_make(REF_ANON_VMA,
			       vma_anon_vma_alive(m, vma)->id));
	else if (vma && !vma->vm_file)
		add(t, ref_make(REF_TASK, ref_vma_task(m, ref.id)));
}

static void from_avc(const struct machine *m, struct ref ref, struct targets *t)
{
	const struct anon_vma_chain *avc = avc_by_id(m, ref.id);

	if (avc && avc->anon_vma)
		add(t, ref_make(REF_ANON_VMA, avc->anon_vma->id));
}

static void from_task(
	const struct machine *m, struct ref ref, struct targets *t)
{
	const struct task_struct *task = task_find(m, ref.id);

	if (task && task->mm)
		for (const struct vm_area_struct *vma = task->mm->mmap; vma;
			vma = vma->vm_next)
			add(t, ref_make(REF_VMA, vma->id));
}

static void from_table(
	const struct machine *m, struct ref ref, struct targets *t)
{
	const struct page *page = page_by_pfn(m, ref.id);
	pteval_t entry;

	if (!page || page->kind != PAGE_TABLE)
		return;
	entry = table_entry(m, ref.id, (unsigned)ref.addr);
	if (pte_present(m, entry) && page_by_pfn(m, pte_pfn(m, entry)))
		add(t, ref_make(REF_PAGE, (uint32_t)pte_pfn(m, entry)));
}

/* The page in the cache, and whose PTEs hold the slot. */
static void from_slot(
	const struct machine *m, struct ref ref, struct targets *t)
{
	struct swap_holders h;

	if (!object_exists(m, ref))
		return;
	if (m->swap_info.cache[ref.id])
		add(t, ref_make(REF_PAGE, m->swap_info.cache[ref.id]));
	swap_holders_find(m, ref.id, &h);
	for (unsigned i = 0; i < h.n; i++)
		add(t, h.pte[i]);
}

/* Its slabs' first frames, as far as one wants to choose among them. */
static void from_cache(
	const struct machine *m, struct ref ref, struct targets *t)
{
	const struct kmem_cache *c =
		ref.id < NR_CACHES ? &m->caches[ref.id] : NULL;
	const struct list_head *node = c ? c->partial.next : NULL;

	for (; c && node != &c->partial && t->n < 16; node = node->next)
		add(t, ref_make(REF_PAGE,
			       container_of((struct list_head *)node,
				       struct slab, list)
				       ->pfn));
}

typedef void targets_fn(
	const struct machine *m, struct ref ref, struct targets *t);
static targets_fn *const targets_of[NR_REF_KINDS] = {
	[REF_TASK] = from_task,
	[REF_VMA] = from_vma,
	[REF_ANON_VMA] = from_anon_vma,
	[REF_AVC] = from_avc,
	[REF_PAGE] = from_page,
	[REF_PTE] = from_pte,
	[REF_ADDR] = from_pte,
	[REF_TABLE] = from_table,
	[REF_SWAP] = from_slot,
	[REF_CACHE] = from_cache,
	[REF_PTE_CHAIN] = follow_fields,
	[REF_RMAP_ITEM] = follow_fields,
	[REF_STABLE_NODE] = follow_fields,
	[REF_MAPLE_NODE] = follow_fields,
	[REF_FILE] = from_file,
};

static void trail_push(struct app *a, struct ref ref)
{
	if (a->nr_trail == TRAIL_SIZE)
		memmove(a->trail, a->trail + 1,
			--a->nr_trail * sizeof(a->trail[0]));
	a->trail[a->nr_trail++] = ref;
}

static bool go_to(struct app *a, struct ref from, struct ref to)
{
	char one[64], two[64];

	trail_push(a, from);
	app_select(a, to, -1);
	app_say(a, "%s %s %s", format_ref(one, sizeof(one), a->look.m, from),
		glyph_text(GL_RIGHT, a->set.glyphs),
		format_ref(two, sizeof(two), a->look.m, to));
	return true;
}

bool app_follow_to(struct app *a, struct ref to)
{
	return go_to(a, a->look.selected, to);
}

/* Several pointers: let the viewer choose. */
static bool choose_target(
	struct app *a, struct ref from, const struct targets *t)
{
	char title[80], name[64], label[80], command[80];

	snprintf(title, sizeof(title), _("%s leads to"),
		format_ref(name, sizeof(name), a->look.m, from));
	menu_open(&a->menu, title);
	for (int i = 0; i < t->n; i++) {
		snprintf(command, sizeof(command), "follow %s",
			ref_text(name, sizeof(name), t->ref[i]));
		format_ref(label, sizeof(label), a->look.m, t->ref[i]);
		menu_add(&a->menu, label, "", command);
	}
	return true;
}

bool app_follow(struct app *a)
{
	const struct pane *pane = panes[a->focus];
	struct pane_view *view = &a->pane[a->focus].view;
	struct ref from =
		a->look.selected.kind ? a->look.selected : view->cursor;
	struct targets t = { .n = 0 };
	struct pos call;
	char era[32];

	if (pane == &pane_eras && eras_command(view, &a->look, era, sizeof(era)))
		return command_run(a, era);
	if (pane == &pane_path && path_call(view, &a->look, &call))
		return app_goto(a, call);
	if (pane == &pane_inspect && view->cursor.kind)
		return go_to(a, a->look.selected, view->cursor);
	if (!from.kind)
		return app_fail(a, _("Nothing is selected: move with h j k l "
				     "or click on an object."));
	if (!ref_eq(from, a->look.selected))
		app_select(a, from, a->focus);
	if (targets_of[from.kind])
		targets_of[from.kind](a->look.m, from, &t);
	if (t.n > 1)
		return choose_target(a, from, &t);
	if (t.n == 1)
		return go_to(a, from, t.ref[0]);
	return app_fail(a, _("No pointer leads on from here."));
}

bool app_return(struct app *a)
{
	if (!a->nr_trail)
		return app_fail(
			a, _("There is nothing to return to: Enter follows a "
			     "pointer."));
	app_select(a, a->trail[--a->nr_trail], -1);
	return true;
}
