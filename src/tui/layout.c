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

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct layout_row layout_table[] = {
	{ "small", 0, 0, "rows(narration=3 columns(spaces*5 path*4))",
		"narration above, address spaces and kernel path" },
	{ "tall", 0, 34,
		"rows(narration=4 columns(spaces*5 path*4)*5 "
		"columns(rmap walk)*4)",
		"small, with reverse map and walk below" },
	{ "wide", 100, 0, "rows(narration=3 columns(spaces*5 rmap*4 path*5))",
		"small, with the reverse map in the middle" },
	{ "normal", 100, 32,
		"columns(rows(spaces*4 path*4 narration*2) "
		"rows(rmap*4 walk*3 frames*3))",
		"two columns of three panes" },
	{ "large", 160, 48,
		"columns(rows(spaces*5 rmap*4)*8 "
		"rows(path*5 script*3 narration*3)*7 "
		"rows(walk*3 frames*4 inspect*4 costs*2)*6)",
		"three columns" },
	{ "lecture", 9999, 0, "rows(narration*2 columns(spaces*5 path*4)*3)",
		"large narration, few panes" },
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

/* -- parsing ------------------------------------------------------------ */

struct parser {
	struct layout l;
	const char *p; /* what is left of the text */
	char *err;
	size_t size;
};

static int parse_node(struct parser *ps, int up);

static int fail(struct parser *ps, const char *what)
{
	snprintf(ps->err, ps->size,
		"layout: %s at \"%.20s\"; it is a pane's name, rows(...) or "
		"columns(...)",
		what, ps->p);
	return -1;
}

static int new_node(struct parser *ps, enum layout_kind kind, int up)
{
	if (ps->l.nr == LAYOUT_NODES)
		return fail(ps, "too many panes");
	ps->l.node[ps->l.nr] = (struct layout_node){
		.kind = kind, .weight = 10, .first = -1, .next = -1, .up = up
	};
	return ps->l.nr++;
}

static void skip_blanks(struct parser *ps)
{
	ps->p += strspn(ps->p, " \t,");
}

/* The *WEIGHT or =SIZE after a node. */
static bool parse_suffix(struct parser *ps, int node)
{
	char c = *ps->p;
	char *end;
	long n;

	if (c != '*' && c != '=')
		return true;
	n = strtol(ps->p + 1, &end, 10);
	if (n < 1 || n > 99) {
		fail(ps, "not a number from 1 to 99");
		return false;
	}
	ps->p = end;
	if (c == '*')
		ps->l.node[node].weight = (int)n * 10;
	else
		ps->l.node[node].fixed = (int)n;
	return true;
}

static bool parse_children(struct parser *ps, int node)
{
	int last = -1;

	for (skip_blanks(ps); *ps->p && *ps->p != ')'; skip_blanks(ps)) {
		int child = parse_node(ps, node);

		if (child < 0)
			return false;
		if (last < 0)
			ps->l.node[node].first = child;
		else
			ps->l.node[last].next = child;
		last = child;
	}
	if (last < 0 || *ps->p != ')') {
		fail(ps,
			last < 0 ? "no pane in the brackets" : "\")\" missing");
		return false;
	}
	ps->p++;
	return true;
}

static bool word_is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(p, word, n);
}

static int parse_pane(struct parser *ps, size_t len, int up)
{
	char name[32];
	int node, pane;

	snprintf(name, sizeof(name), "%.*s", (int)len, ps->p);
	pane = pane_index(name);
	if (pane < 0)
		return fail(ps, "no such pane");
	if (layout_leaf(&ps->l, pane) >= 0)
		return fail(ps, "this pane is there already");
	node = new_node(ps, LAYOUT_PANE, up);
	if (node >= 0) {
		ps->l.node[node].pane = pane;
		ps->p += len;
	}
	return node;
}

static int parse_node(struct parser *ps, int up)
{
	size_t len = 0;
	int node;

	while (isalpha((unsigned char)ps->p[len]))
		len++;
	if (ps->p[len] == '(') {
		bool rows = word_is(ps->p, len, "rows");

		if (!rows && !word_is(ps->p, len, "columns"))
			return fail(ps, "neither rows nor columns");
		node = new_node(ps, rows ? LAYOUT_ROWS : LAYOUT_COLUMNS, up);
		ps->p += len + 1;
		if (node < 0 || !parse_children(ps, node))
			return -1;
	} else {
		node = parse_pane(ps, len, up);
	}
	if (node < 0 || !parse_suffix(ps, node))
		return -1;
	return node;
}

/* -- a plain list of panes ---------------------------------------------- */

#define LIST_MAX 12

/* Names of a list, narration and timeline left out: those have places of
 * their own. */
static int split_list(const char *text, char name[LIST_MAX][32])
{
	int n = 0;

	while (n < LIST_MAX) {
		size_t len;

		text += strspn(text, " \t,");
		len = strcspn(text, " \t,");
		if (!len)
			break;
		snprintf(name[n], 32, "%.*s", (int)len, text);
		if (strcmp(name[n], "narration") && strcmp(name[n], "timeline"))
			n++;
		text += len;
	}
	return n;
}

static void append(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	snprintf(buf + n, size - n, "%s", text);
}

void layout_list(const char *text, int w, int h, char *buf, size_t size)
{
	char name[LIST_MAX][32];
	int n = split_list(text, name);
	int columns = w >= 160 ? 3 : 2;

	if (n <= columns && (n < 3 || h < 32))
		columns = n;
	snprintf(buf, size, "rows(narration=%d", h >= 32 ? 5 : 3);
	append(buf, size, n ? " columns(" : "");
	for (int c = 0; c < columns && c < n; c++) {
		append(buf, size, "rows(");
		for (int i = c; i < n; i += columns) {
			append(buf, size, name[i]);
			append(buf, size, i + columns < n ? " " : ") ");
		}
	}
	append(buf, size, n ? "))" : ")");
}

static bool is_list(const char *text)
{
	return !strchr(text, '(') && strpbrk(text + strspn(text, " "), " ,");
}

bool layout_parse(struct layout *l, const char *text, int w, int h, char *err,
	size_t size)
{
	char list[LAYOUT_TEXT * 2];
	struct parser ps = { .p = text, .err = err, .size = size };

	if (is_list(text)) {
		layout_list(text, w, h, list, sizeof(list));
		ps.p = list;
	}
	skip_blanks(&ps);
	if (parse_node(&ps, -1) < 0)
		return false;
	skip_blanks(&ps);
	if (*ps.p) {
		fail(&ps, "something is left over");
		return false;
	}
	*l = ps.l;
	return true;
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
