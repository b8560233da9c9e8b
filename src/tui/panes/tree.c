/*
 * An address space as its kernel keeps it: the list of VMAs with the red-black
 * tree and the cache of what was found last, or the maple tree with pivots and
 * gaps; the way of the latest find_vma is lit.
 */
#include "tui/panes/tree_in.h"
#include "tui/panes/reverse.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

/* -- whose ----------------------------------------------------------------- */

static const struct task_struct *with_mm(const struct task_struct *task)
{
	return task && task->mm ? task : NULL;
}

static const struct task_struct *task_of_mm(const struct machine *m,
	const struct mm_struct *mm)
{
	for (uint32_t pid = 1; mm && pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && task->mm == mm)
			return task;
	}
	return NULL;
}

/* The maple tree that a node is of. */
static const struct task_struct *task_of_node(const struct machine *m,
	const struct maple_node *node)
{
	while (node && node->parent)
		node = node->parent;
	for (uint32_t pid = 1; node && pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && task->mm && task->mm->mm_mt.root == node)
			return task;
	}
	return NULL;
}

static const struct task_struct *task_of_ref(const struct machine *m,
	struct ref ref)
{
	const struct vm_area_struct *vma;

	switch (ref.kind) {
	case REF_TASK:
	case REF_ADDR:
	case REF_PTE:
		return with_mm(task_find(m, ref.id));
	case REF_VMA:
		vma = vma_by_id(m, ref.id);
		return vma ? with_mm(reverse_task(m, vma)) : NULL;
	case REF_MAPLE_NODE:
		return task_of_node(m, maple_node_by_id(m, ref.id));
	default:
		return NULL;
	}
}

/* The selected object's task, else that of the latest search, else that of the
 * operation, else the first. */
static const struct task_struct *task_shown(const struct look *look,
	const struct tree_way *way)
{
	const struct task_struct *task = task_of_ref(look->m, look->selected);
	const struct op *op = look->step && look->step->op.id < NR_OPS
		? &look->step->op
		: NULL; /* not a batch */

	if (!task)
		task = task_of_mm(look->m, way->mm);
	if (!task && op && op_desc(op->id)->subject == ON_TASK)
		task = with_mm(task_find(look->m, op->subject));
	for (uint32_t pid = 1; !task && pid <= look->m->tasks.last; pid++)
		task = with_mm(task_find(look->m, pid));
	return task;
}

/* -- lines ------------------------------------------------------------------ */

static enum style vma_style(const struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED)
		return ST_VMA_SHARED;
	return vma->vm_file ? ST_VMA_FILE : ST_VMA_ANON;
}

int tree_put_vma(struct tree_draw *d, int x, int y,
	const struct vm_area_struct *vma, bool whole)
{
	struct ref ref = ref_make(REF_VMA, vma->id);
	struct pad *s = d->s;
	char prot[16];
	int from = x;

	format_prot(prot, sizeof(prot), vma->vm_flags);
	x += pad_name(s, x, y, vma_style(vma), ref) + 1;
	x += pad_put(s, x, y, ST_ADDR, ref, "%" PRIx64, vma->vm_start);
	if (whole)
		x += pad_put(s, x, y, ST_ADDR, ref, "-%" PRIx64, vma->vm_end);
	else
		x += pad_put(s, x, y, ST_DIM, ref, " +%" PRIu64 "p",
			vma_pages(vma));
	x += 1 + pad_put(s, x + 1, y, ST_TEXT, ref, "%s", prot);
	if (*vma_name(s->m, vma))
		x += 1 + pad_put(s, x + 1, y, vma_style(vma), ref, "%s",
				 vma_name(s->m, vma));
	return x - from;
}

static unsigned nodes_below(const struct maple_node *node)
{
	unsigned n = 1;

	for (unsigned i = 0; !node->leaf && i <= node->end; i++)
		n += nodes_below(node->slot[i]);
	return n;
}

static int put_title(struct tree_draw *d, int y)
{
	struct ref ref = ref_make(REF_TASK, d->task->pid);
	const struct maple_tree *mt = &d->mm->mm_mt;
	struct pad *s = d->s;
	int x = 1;

	x += pad_put(s, x, y, ST_TASK, ref, "%s", d->task->name) + 2;
	x += pad_put(s, x, y, ST_DIM, NO_REF, _("VMAs: %u"),
		     d->mm->map_count) +
	     2;
	if (mt->root)
		pad_put(s, x, y, ST_TEXT, NO_REF,
			_("maple tree: height %u, nodes %u"), mt->height,
			nodes_below(mt->root));
	else if (d->mm->mm_rb.node)
		pad_put(s, x, y, ST_TEXT, NO_REF,
			_("list and red-black tree"));
	return 1;
}

/* What is looked for, and what came of it. */
static void say_way(const struct tree_draw *d, char *buf, size_t size)
{
	const struct tree_way *way = &d->way;
	char name[32] = "", what[64];

	if (way->found.kind)
		format_ref(name, sizeof(name), d->s->m, way->found);
	if (way->gap)
		snprintf(what, sizeof(what), "%s", _("a gap for a mapping"));
	else
		snprintf(what, sizeof(what), "find_vma(%" PRIx64 ")",
			way->addr);
	if (way->cached.kind)
		snprintf(buf, size, _("%s: %s, from the cache"), what, name);
	else if (!way->over)
		snprintf(buf, size, _("%s: nodes so far: %u"), what, way->nr);
	else if (*name)
		snprintf(buf, size, _("%s: %s, nodes: %u"), what, name,
			way->nr);
	else
		snprintf(buf, size, _("%s: in no VMA, nodes: %u"), what,
			way->nr);
}

static int put_way(struct tree_draw *d, int y)
{
	char text[128];

	if (!d->way.mm || d->way.mm != d->mm)
		return 0;
	say_way(d, text, sizeof(text));
	pad_cut(d->s, 1, y, d->s->w - 1, ST_EVENT, NO_REF, text);
	return 1;
}

static int content(struct pad *s)
{
	struct tree_draw d = { .s = s };
	int y = 0;

	tree_way_find(&d.way, s->look);
	d.task = task_shown(s->look, &d.way);
	if (!d.task)
		return 0;
	d.mm = d.task->mm;
	y += put_title(&d, y);
	y += put_way(&d, y);
	y += d.mm->mm_mt.root ? tree_put_maple(&d, y) : tree_put_rb(&d, y);
	if (y == 1)
		pad_put(s, 1, y++, ST_DIM, NO_REF, "%s",
			_("It maps nothing."));
	return y;
}

/* -- the pane ---------------------------------------------------------------- */

static void draw(struct pane_view *view, const struct look *look,
	struct canvas *cv)
{
	struct tree_way way;

	tree_way_find(&way, look);
	if (!task_shown(look, &way)) {
		view->lines = 0;
		pad_quiet(cv, _("No task has an address space."));
		return;
	}
	pad_draw(view, look, cv, content);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move m, int n)
{
	return pad_move(view, look, content, m, n);
}

static void seek(struct pane_view *view, const struct look *look,
	struct ref ref)
{
	const struct ref refs[] = { ref, NO_REF };

	pad_seek(view, look, content, refs);
}

const struct pane pane_tree = {
	.name = "tree",
	.title = N_("VMA tree"),
	.note = N_("an address space as its kernel finds its VMAs: the list, "
		   "the red-black tree and its cache, or the maple tree"),
	.min_w = 30,
	.min_h = 4,
	.draw = draw,
	.move = move,
	.seek = seek,
};
