/* Layouts from text, by recursive descent. */
#include "tui/layout.h"

#include "tui/panes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* -- all of it ---------------------------------------------------------- */

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
		layout_list(text, w, h, false, list, sizeof(list));
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
