/*
 * Layout trees.
 *
 * A tree is an array of nodes, children linked by first and next.  Placing
 * works from the root down: along its axis a node of length L with n children
 * hands out L + n - 1 cells, since neighbours share a border line.  First each
 * child gets what it needs at least, then what is left goes by weight.
 */
#include "tui/layout.h"

#include "tui/pane.h"
#include "tui/panes.h"
#include "view/lang.h"

#include <string.h>

const struct layout_row layout_table[] = {
	{ "small", 0, 0, "rows(narration=3 columns(spaces*5 path*4))",
		N_("narration above, address spaces and kernel path") },
	{ "tall", 0, 34,
		"rows(narration=4 columns(spaces*5 path*4)*5 "
		"columns(rmap walk)*4)",
		N_("small, with reverse map and walk below") },
	{ "wide", 100, 0, "rows(narration=3 columns(spaces*5 rmap*4 path*5))",
		N_("small, with the reverse map in the middle") },
	{ "normal", 100, 32,
		"columns(rows(spaces*4 path*4 narration*2) "
		"rows(rmap*4 walk*3 frames*3))",
		N_("two columns of three panes") },
	{ "large", 160, 48,
		"columns(rows(spaces*5 rmap*4)*8 "
		"rows(path*5 script*3 narration*3)*7 "
		"rows(walk*3 frames*4 inspect*4 costs*2)*6)",
		N_("three columns") },
	{ "reclaim", 9999, 0,
		"rows(narration=4 columns(rows(lru*5 mms*4) "
		"rows(path*5 swap*4)))",
		N_("LRU lists, mms and swap beside the kernel path") },
	{ "memory", 9999, 0,
		"rows(narration=4 columns(buddy*5 rows(slab*4 path*5)*4))",
		N_("buddy and slabs beside the kernel path") },
	{ "lecture", 9999, 0, "rows(narration*2 columns(spaces*5 path*4)*3)",
		N_("large narration, few panes") },
	{ 0 },
};

const struct layout_row *layout_find(const char *name)
{
	for (const struct layout_row *row = layout_table; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

const struct layout_row *layout_for(int w, int h)
{
	const struct layout_row *best = layout_table;

	for (const struct layout_row *row = layout_table; row->name; row++)
		if (w >= row->min_w && h >= row->min_h)
			best = row;
	return best;
}

/* -- placing ------------------------------------------------------------ */

/* What a node needs along an axis, its border included. */
static int node_need(const struct layout *l, int node, bool vertical)
{
	const struct layout_node *n = &l->node[node];
	bool along = (n->kind == LAYOUT_ROWS) == vertical;
	int need = 0;

	if (n->kind == LAYOUT_PANE)
		return 2 + (vertical ? panes[n->pane]->min_h
				     : panes[n->pane]->min_w);
	for (int c = n->first; c >= 0; c = l->node[c].next) {
		int child = node_need(l, c, vertical);

		if (along)
			need += child - (c == n->first ? 0 : 1);
		else if (child > need)
			need = child;
	}
	return need;
}

/* Give each further cell to the one that has least for its weight. */
static void hand_out(int *len, const int *weight, int n, int cells)
{
	for (; cells > 0; cells--) {
		int poorest = -1;

		for (int i = 0; i < n; i++)
			if (weight[i] &&
				(poorest < 0 ||
					len[i] * weight[poorest] <
						len[poorest] * weight[i]))
				poorest = i;
		if (poorest < 0)
			return;
		len[poorest]++;
	}
}

/* Lengths of children that together have @total cells: all get what they
 * need and the rest goes by weight; where the needs are too many, they are
 * the weights. */
static void share(
	const struct layout *l, int node, bool vertical, int *len, int total)
{
	int need[LAYOUT_NODES], weight[LAYOUT_NODES], n = 0, flexible = 0;

	for (int c = l->node[node].first; c >= 0; c = l->node[c].next, n++) {
		int fixed = l->node[c].fixed;

		need[n] = fixed ? fixed + 2 : node_need(l, c, vertical);
		weight[n] = fixed ? 0 : l->node[c].weight;
		flexible += !fixed;
		total -= need[n];
		len[n] = need[n];
	}
	for (int i = 0; i < n && !flexible; i++)
		weight[i] = 1;
	if (total >= 0) {
		hand_out(len, weight, n, total);
		return;
	}
	for (int i = 0; i < n; i++) {
		total += need[i];
		len[i] = 0;
	}
	hand_out(len, need, n, total);
}

static int child_count(const struct layout *l, int node)
{
	int n = 0;

	for (int c = l->node[node].first; c >= 0; c = l->node[c].next)
		n++;
	return n;
}

static void place(struct layout *l, int node, struct rect r)
{
	struct layout_node *n = &l->node[node];
	bool rows = n->kind == LAYOUT_ROWS;
	int len[LAYOUT_NODES], i = 0;
	int total = (rows ? r.h : r.w) + child_count(l, node) - 1;

	n->r = r;
	if (n->kind == LAYOUT_PANE)
		return;
	share(l, node, rows, len, total);
	for (int c = n->first; c >= 0; c = l->node[c].next, i++) {
		struct rect part = r;

		*(rows ? &part.h : &part.w) = len[i];
		place(l, c, part);
		*(rows ? &r.y : &r.x) += len[i] > 0 ? len[i] - 1 : 0;
	}
}

void layout_place(struct layout *l, struct rect r)
{
	if (l->nr)
		place(l, 0, r);
}

/* -- asking ------------------------------------------------------------- */

int layout_leaf(const struct layout *l, int pane)
{
	for (int i = 0; i < l->nr; i++)
		if (l->node[i].kind == LAYOUT_PANE && l->node[i].pane == pane)
			return i;
	return -1;
}

/* On a shared border the pane below or to the right: its title stands there. */
int layout_pane_at(const struct layout *l, int x, int y)
{
	int found = -1;

	for (int i = 0; i < l->nr; i++) {
		const struct rect *r = &l->node[i].r;

		if (l->node[i].kind == LAYOUT_PANE && x >= r->x && y >= r->y &&
			x < r->x + r->w && y < r->y + r->h)
			found = l->node[i].pane;
	}
	return found;
}

/* Nodes were made in reading order, so leaves are in it. */
int layout_next(const struct layout *l, int pane, int step)
{
	int at = layout_leaf(l, pane);

	if (!l->nr)
		return -1;
	for (int i = 0; i < l->nr; i++) {
		at = (at + step + l->nr) % l->nr;
		if (l->node[at].kind == LAYOUT_PANE)
			return l->node[at].pane;
	}
	return -1;
}

int layout_largest(const struct layout *l)
{
	int best = -1, area = -1;

	for (int i = 0; i < l->nr; i++) {
		const struct layout_node *n = &l->node[i];

		if (n->kind == LAYOUT_PANE && n->r.w * n->r.h > area) {
			area = n->r.w * n->r.h;
			best = n->pane;
		}
	}
	return best;
}

/* -- changing ----------------------------------------------------------- */

void layout_replace(struct layout *l, int old, int pane)
{
	int leaf = layout_leaf(l, old);

	if (leaf >= 0)
		l->node[leaf].pane = pane;
}

static void resize_node(struct layout_node *n, int by)
{
	int *size = n->fixed ? &n->fixed : &n->weight;
	int step = n->fixed ? by : by * (*size + 4) / 5;

	*size += step;
	if (*size < 1)
		*size = 1;
	if (*size > 1000)
		*size = 1000;
}

/* Along both axes: the leaf in its row or column, and that in its own. */
void layout_resize(struct layout *l, int pane, int by)
{
	int leaf = layout_leaf(l, pane);

	if (leaf < 0)
		return;
	resize_node(&l->node[leaf], by);
	if (l->node[leaf].up >= 0)
		resize_node(&l->node[l->node[leaf].up], by);
}
