/*
 * The red-black tree lying on its side: a line for each VMA, in the order of
 * the list, so that vm_next is the line below; the root stands leftmost, lower
 * addresses above it, higher ones below.  A subtree that nobody looks at is one
 * line where there are too many.
 */
#include "tui/panes/tree_in.h"
#include "view/lang.h"

#include <inttypes.h>

#define RB_LEVELS 48

/* Where the drawing is in the tree. */
struct rb_draw {
	struct tree_draw *d;
	int y;                   /* the next line */
	bool right[RB_LEVELS];   /* the way from the root: which child */
};

static const struct vm_area_struct *vma_of(const struct rb_node *node)
{
	return container_of((struct rb_node *)node, struct vm_area_struct,
		vm_rb);
}

static bool any_pinned(const struct tree_draw *d, const struct rb_node *node)
{
	return node &&
	       (tree_is_pinned(d, ref_make(REF_VMA, vma_of(node)->id)) ||
		       any_pinned(d, node->left) || any_pinned(d, node->right));
}

static unsigned count(const struct rb_node *node)
{
	return node ? 1 + count(node->left) + count(node->right) : 0;
}

/* Lines from the parents to what is at @depth. */
static void put_branches(struct rb_draw *r, int depth)
{
	struct pad *s = r->d->s;
	int x = TREE_MARKS;

	for (int k = 1; k < depth && k + 1 < RB_LEVELS;
		k++, x += TREE_INDENT)
		if (r->right[k] != r->right[k + 1])
			pad_line(s, x, r->y, LINE_N | LINE_S, ST_TREE,
				LINE_THIN);
	if (!depth || depth >= RB_LEVELS)
		return;
	pad_line(s, x, r->y, (r->right[depth] ? LINE_N : LINE_S) | LINE_E,
		ST_TREE, LINE_THIN);
	pad_line(s, x + 1, r->y, LINE_E | LINE_W, ST_TREE, LINE_THIN);
}

/* " <- mmap_cache", or the slots of the task's vmacache. */
static void put_caches(struct rb_draw *r, int x,
	const struct vm_area_struct *vma)
{
	const struct tree_draw *d = r->d;
	const struct task_struct *task = d->task;
	struct pad *s = d->s;
	bool ascii = s->look->ascii;

	if (d->mm->mmap_cache == vma)
		pad_put(s, x + 1, r->y, ST_POINTER, NO_REF, "%s mmap_cache",
			glyph_text(GL_LEFT, ascii));
	if (task->vmacache_seqnum != d->mm->vmacache_seqnum)
		return;
	for (unsigned i = 0; i < VMACACHE_SIZE; i++)
		if (task->vmacache[i] == vma->id)
			x += 1 + pad_put(s, x + 1, r->y, ST_POINTER, NO_REF,
					 "%s vmacache[%u]",
					 glyph_text(GL_LEFT, ascii), i);
}

static int put_colour(struct rb_draw *r, int x, const struct rb_node *node,
	struct ref ref)
{
	return pad_put(r->d->s, x, r->y, node->red ? ST_BAD : ST_STRONG, ref,
		       node->red ? "r" : "b") +
	       1;
}

static void put_line(struct rb_draw *r, const struct rb_node *node, int depth)
{
	const struct vm_area_struct *vma = vma_of(node);
	struct ref ref = ref_make(REF_VMA, vma->id);
	struct tree_draw *d = r->d;
	int x = TREE_MARKS + depth * TREE_INDENT;

	put_branches(r, depth);
	tree_put_marks(d, r->y, ref);
	x += put_colour(r, x, node, ref);
	x += tree_put_vma(d, x, r->y, vma, d->s->w >= 64);
	put_caches(r, x, vma);
	r->y++;
}

static void put_folded(struct rb_draw *r, const struct rb_node *node,
	int depth)
{
	struct ref ref = ref_make(REF_VMA, vma_of(node)->id);
	int x = TREE_MARKS + depth * TREE_INDENT;

	put_branches(r, depth);
	x += put_colour(r, x, node, ref);
	x += pad_name(r->d->s, x, r->y, ST_DIM, ref);
	pad_put(r->d->s, x, r->y, ST_DIM, ref, _("  and below: %u VMAs"),
		count(node));
	r->y++;
}

static void put_below(struct rb_draw *r, const struct rb_node *node, int depth)
{
	if (!node)
		return;
	if (r->d->folds && depth > TREE_OPEN && !any_pinned(r->d, node)) {
		put_folded(r, node, depth);
		return;
	}
	if (depth + 1 < RB_LEVELS)
		r->right[depth + 1] = false;
	put_below(r, node->left, depth + 1);
	put_line(r, node, depth);
	if (depth + 1 < RB_LEVELS)
		r->right[depth + 1] = true;
	put_below(r, node->right, depth + 1);
}

int tree_put_rb(struct tree_draw *d, int y)
{
	struct rb_draw r = { .d = d, .y = y };

	d->folds = d->mm->map_count > TREE_MANY;
	put_below(&r, d->mm->mm_rb.node, 0);
	return r.y - y;
}
