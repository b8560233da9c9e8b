/*
 * The maple tree from its root down: a line for each node, and below it one for
 * each slot with its pivot, in an interior node with the longest gap below it.
 * A node that nobody looks at is folded into its slot's line where there are
 * too many lines.
 */
#include "tui/panes/tree_in.h"
#include "core/maple_tree.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

struct maple_draw {
	struct tree_draw *d;
	int y;             /* the next line */
};

static struct ref entry_ref(const struct vm_area_struct *vma)
{
	return vma ? ref_make(REF_VMA, vma->id) : NO_REF;
}

static bool any_pinned(const struct tree_draw *d,
	const struct maple_node *node)
{
	if (tree_is_pinned(d, maple_ref(node)))
		return true;
	for (unsigned i = 0; i <= node->end; i++) {
		const struct vm_area_struct *vma = node->slot[i];

		if (node->leaf ? vma && tree_is_pinned(d, entry_ref(vma))
			       : any_pinned(d, node->slot[i]))
			return true;
	}
	return false;
}

static unsigned count(const struct maple_node *node)
{
	unsigned n = 0;

	for (unsigned i = 0; i <= node->end; i++)
		n += node->leaf ? node->slot[i] != NULL
				: count(node->slot[i]);
	return n;
}

/* Lines of all nodes. */
static unsigned lines(const struct maple_node *node)
{
	unsigned n = 2u + node->end;

	for (unsigned i = 0; !node->leaf && i <= node->end; i++)
		n += lines(node->slot[i]);
	return n;
}

/* A length in pages, with a unit that keeps it short. */
static const char *size_text(char *buf, size_t size, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	unsigned u = 0;
	uint64_t n = bytes >> 10;

	while (n >= 10240 && units[u + 1]) {
		n >>= 10;
		u++;
	}
	snprintf(buf, size, "%" PRIu64 "%c", n, units[u]);
	return buf;
}

static void put_node(struct maple_draw *p, int x, const struct maple_node *node)
{
	struct ref ref = maple_ref(node);
	struct pad *s = p->d->s;

	tree_put_marks(p->d, p->y, ref);
	x += pad_name(s, x, p->y, ST_TREE, ref) + 1;
	x += pad_put(s, x, p->y, ST_TEXT, ref, "%s",
		     node->leaf ? "maple_leaf_64" : "maple_arange_64") +
	     1;
	pad_put(s, x, p->y, ST_DIM, ref, _("%u of %u slots"), node->end + 1u,
		maple_slots(node));
	p->y++;
}

/* "[ 3] to 7ffff7ffdfff", with a star where the search goes on; the last one's
 * pivot is the node's own end. */
static int put_pivot(struct maple_draw *p, int x, const struct maple_node *node,
	unsigned i, uint64_t last, bool taken)
{
	struct pad *s = p->d->s;
	struct ref ref = maple_ref(node);
	enum style style = taken ? ST_EVENT : ST_DIM;
	char text[32];
	int from = x;

	snprintf(text, sizeof(text), "%" PRIx64, last);
	x += pad_put(s, x, p->y, style, ref, "[%2u]%s", i, taken ? "*" : " ");
	if (last == MAPLE_MAX)
		x += pad_put(s, x, p->y, style, ref, "%-15s", _("to the end"));
	else
		x += pad_put(s, x, p->y, i < node->end && !taken ? ST_ADDR
								 : style,
			ref, _("to %-12s"), text);
	return x + 1 - from;
}

/* Does the latest search go on in this slot? */
static bool is_taken(const struct maple_draw *p, const struct maple_node *node,
	unsigned i)
{
	unsigned step = tree_way_step(p->d, maple_ref(node));

	return step && p->d->way.step[step - 1].slot == i;
}

static void put_gap(struct maple_draw *p, int x, uint64_t gap)
{
	char text[32];

	pad_put(p->d->s, x, p->y, ST_DIM, NO_REF, _("gap %s"),
		size_text(text, sizeof(text), gap));
}

static void put_slot(struct maple_draw *p, int x,
	const struct maple_node *node, unsigned i, uint64_t first,
	uint64_t last)
{
	const struct vm_area_struct *vma = node->leaf ? node->slot[i] : NULL;
	struct pad *s = p->d->s;

	if (p->d->s->run != PAD_FIND && !pad_wants(s, p->y))
		return;
	x += put_pivot(p, x, node, i, last, is_taken(p, node, i));
	if (!node->leaf) {
		x += pad_glyph(s, x, p->y, ST_POINTER, NO_REF, GL_RIGHT) + 1;
		x += pad_name(s, x, p->y, ST_TREE, maple_ref(node->slot[i])) +
		     1;
		put_gap(p, x, node->gap[i]);
	} else if (vma) {
		const struct event *now = current_event(s->look);
		struct ref ref = entry_ref(vma);

		if (now && (ref_eq(now->o, ref) || ref_eq(now->p, ref)))
			pad_glyph(s, 0, p->y, ST_EVENT_NOW, NO_REF, GL_NOW);
		tree_put_vma(p->d, x, p->y, vma, false);
	} else {
		put_gap(p, x, last - first + 1);
	}
}

static void put_sides(struct maple_draw *p, int x, bool more)
{
	pad_line(p->d->s, x, p->y,
		LINE_N | LINE_E | (more ? LINE_S : 0), ST_TREE, LINE_THIN);
	pad_line(p->d->s, x + 1, p->y, LINE_E | LINE_W, ST_TREE, LINE_THIN);
}

static void put_below(struct maple_draw *p, const struct maple_node *node,
	int x, uint64_t min, uint64_t max, unsigned depth);

/* The child of slot @i, or how many VMAs it has. */
static void put_child(struct maple_draw *p, const struct maple_node *node,
	unsigned i, int x, uint64_t first, uint64_t last, unsigned depth)
{
	const struct maple_node *child = node->slot[i];
	int from = p->y, to;

	if (p->d->folds && depth + 1 >= TREE_OPEN &&
		!any_pinned(p->d, child)) {
		pad_put(p->d->s, x + 2 * TREE_INDENT + 1, p->y, ST_DIM,
			maple_ref(child), _("%u VMAs, folded"), count(child));
		to = ++p->y;
	} else {
		put_below(p, child, x + 2 * TREE_INDENT, first, last,
			depth + 1);
		to = p->y;
	}
	for (int y = from; i < node->end && y < to; y++)
		pad_line(p->d->s, x, y, LINE_N | LINE_S, ST_TREE, LINE_THIN);
}

static void put_below(struct maple_draw *p, const struct maple_node *node,
	int x, uint64_t min, uint64_t max, unsigned depth)
{
	uint64_t first = min;

	put_node(p, x, node);
	for (unsigned i = 0; i <= node->end; i++) {
		uint64_t last = maple_last(node, i, max);

		put_sides(p, x, i < node->end);
		put_slot(p, x + TREE_INDENT, node, i, first, last);
		p->y++;
		if (!node->leaf)
			put_child(p, node, i, x, first, last, depth);
		first = last + 1;
	}
}

int tree_put_maple(struct tree_draw *d, int y)
{
	const struct maple_node *root = d->mm->mm_mt.root;
	struct maple_draw p = { .d = d, .y = y };

	if (!root)
		return 0;
	d->folds = lines(root) > TREE_MANY;
	put_below(&p, root, TREE_MARKS, 0, MAPLE_MAX, 0);
	return p.y - y;
}
