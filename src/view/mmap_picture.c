/*
 * Rows stand in the order of i_mmap_look(): lists in order, trees in
 * pre-order, so that a subtree is a row and the deeper ones that follow.
 */
#include "view/mmap_picture.h"

#include <stdlib.h>
#include <string.h>

#define MIN_RUN 3 /* fewer lines are not worth folding */

static bool add_row(void *ctx, const struct i_mmap_node *node)
{
	struct mmap_picture *p = ctx;

	p->row[p->nr++] = (struct mmap_row){ .node = *node, .count = 1 };
	return true;
}

static bool count_row(void *ctx, const struct i_mmap_node *node)
{
	(void)node;
	++*(uint32_t *)ctx;
	return true;
}

/* -- the shape -------------------------------------------------------------- */

/* The row behind the subtree at row @i. */
static uint32_t subtree_end(const struct mmap_picture *p, uint32_t i)
{
	uint32_t depth = p->row[i].node.depth, end = i + 1;

	while (end < p->nr && (p->row[end].node.set ||
				      p->row[end].node.depth > depth))
		end++;
	return end;
}

static bool is_tree(const struct mmap_picture *p)
{
	return p->form == I_MMAP_PRIO || p->form == I_MMAP_TREE;
}

/* Which nodes have a sibling below, for the lines of the tree; or, of lists,
 * a next one. */
static void join_rows(struct mmap_picture *p)
{
	for (uint32_t i = 0; i < p->nr; i++) {
		const struct i_mmap_node *node = &p->row[i].node;
		uint32_t next = is_tree(p) && !node->set ? subtree_end(p, i)
							 : i + 1;

		if (next >= p->nr)
			continue;
		p->row[i].more = is_tree(p)
			? !node->set && node->side == I_MMAP_LEFT &&
				p->row[next].node.depth == node->depth
			: p->row[next].node.shared == node->shared;
	}
}

/* -- the walk --------------------------------------------------------------- */

/* The last walk of this file that has begun; nr_events when there is none. */
static size_t find_walk(const struct look *look, uint32_t file)
{
	for (size_t i = look->done; i-- > 0;)
		if (look->events[i].id == EV_I_MMAP_WALK &&
			look->events[i].o.id == file)
			return i;
	return look->nr_events;
}

/* Rows of a subtree, the set of its top not counted, that were skipped. */
static void leave_out(struct mmap_picture *p, uint32_t from, uint32_t end)
{
	for (uint32_t i = from; i < end; i++)
		p->row[i].left_out = true;
}

static void leave_out_right(struct mmap_picture *p, uint32_t i, uint64_t limit)
{
	uint32_t depth = p->row[i].node.depth, end = subtree_end(p, i);

	p->row[i].right_left_out = true;
	p->row[i].limit = limit;
	for (uint32_t k = i + 1; k < end; k++)
		if (!p->row[k].node.set && p->row[k].node.depth == depth + 1 &&
			p->row[k].node.side == I_MMAP_RIGHT)
			leave_out(p, k, end);
}

/* One event of the walk, about row @i; @n have been looked at before. */
static void mark_row(struct mmap_picture *p, uint32_t i, const struct event *ev,
	uint32_t n)
{
	struct mmap_row *row = &p->row[i];

	switch (ev->id) {
	case EV_I_MMAP_HIT:
	case EV_I_MMAP_MISS:
		row->visit = n + 1;
		row->mark = ev->id == EV_I_MMAP_HIT ? MMAP_HIT : MMAP_MISS;
		p->found += ev->id == EV_I_MMAP_HIT;
		break;
	case EV_I_MMAP_BELOW:
		row->visit = n + 1;
		row->mark = MMAP_ENDS;
		row->limit = ev->n;
		leave_out(p, i, subtree_end(p, i));
		break;
	case EV_I_MMAP_BEYOND:
		leave_out_right(p, i, ev->n);
		if (p->form == I_MMAP_TREE) {
			row->visit = n + 1;
			row->mark = MMAP_BEGINS;
		}
		break;
	default:
		break;
	}
}

/* Row + 1 of each VMA by its number; NULL: no memory. */
static uint32_t *index_rows(const struct mmap_picture *p,
	const struct machine *m)
{
	uint32_t *row_of = calloc(m->vmas.last + 1, sizeof(*row_of));

	for (uint32_t i = 0; row_of && i < p->nr; i++)
		row_of[p->row[i].node.vma->id] = i + 1;
	return row_of;
}

/* A walk of the reverse map looks into the PTE of what i_mmap gives it. */
static bool is_wasted(const struct event *ev)
{
	return ev->id == EV_RMAP_MISS || ev->id == EV_RMAP_OUTSIDE;
}

/* The events behind the walk's first; @row_of as index_rows() made it. */
static void replay(struct mmap_picture *p, const struct look *look,
	uint32_t file, size_t at, const uint32_t *row_of)
{
	uint32_t n = 0, row = 0;

	for (; at < look->done && !p->over; at++) {
		const struct event *ev = &look->events[at];

		p->over = ev->id == EV_I_MMAP_FOUND && ev->o.id == file;
		if (row && is_wasted(ev) && p->row[row - 1].mark == MMAP_HIT)
			p->row[row - 1].mark = MMAP_WASTED;
		if (ev->id < EV_I_MMAP_HIT || ev->id > EV_I_MMAP_BEYOND)
			continue;
		row = ev->o.id <= look->m->vmas.last ? row_of[ev->o.id] : 0;
		if (!row)
			continue;
		mark_row(p, row - 1, ev, n);
		n += p->row[row - 1].visit == n + 1;
	}
}

static bool follow_walk(struct mmap_picture *p, const struct look *look,
	uint32_t file)
{
	size_t at = find_walk(look, file);
	uint32_t *row_of;

	if (at >= look->nr_events)
		return true;
	row_of = index_rows(p, look->m);
	if (!row_of)
		return false;
	p->asked = true;
	p->first = look->events[at].old;
	p->last = look->events[at].new;
	replay(p, look, file, at + 1, row_of);
	free(row_of);
	return true;
}

/* -- all of it -------------------------------------------------------------- */

bool mmap_picture_make(struct mmap_picture *p, const struct look *look,
	const struct address_space *mapping)
{
	uint32_t nr = 0;

	*p = (struct mmap_picture){ .form = i_mmap_form(look->m) };
	i_mmap_look(look->m, mapping, count_row, &nr);
	p->row = calloc(nr + 1, sizeof(*p->row));
	if (!p->row)
		return false;
	i_mmap_look(look->m, mapping, add_row, p);
	join_rows(p);
	if (follow_walk(p, look, mapping->id))
		return true;
	mmap_picture_free(p);
	return false;
}

void mmap_picture_free(struct mmap_picture *p)
{
	free(p->row);
	p->row = NULL;
	p->nr = 0;
}

/* Neighbours in one set or list, of the same pages, with the same mark. */
static bool alike(const struct mmap_row *a, const struct mmap_row *b)
{
	return a->node.set && b->node.set == a->node.set + a->count &&
		a->node.shared == b->node.shared &&
		a->node.first == b->node.first &&
		a->node.last == b->node.last && a->mark == b->mark &&
		a->left_out == b->left_out;
}

/* The row behind the run that begins at @i. */
static uint32_t run_end(struct mmap_picture *p, uint32_t i,
	bool (*pinned)(void *ctx, const struct mmap_row *row), void *ctx)
{
	struct mmap_row run = p->row[i];
	uint32_t end = i;

	run.count = 0;
	while (end < p->nr && !pinned(ctx, &p->row[end]) &&
		alike(&run, &p->row[end])) {
		run.count++;
		end++;
	}
	return end;
}

void mmap_picture_fold(struct mmap_picture *p, uint32_t rows,
	bool (*pinned)(void *ctx, const struct mmap_row *row), void *ctx)
{
	uint32_t out = 0, i = 0;

	if (p->nr <= rows)
		return;
	while (i < p->nr) {
		uint32_t end = run_end(p, i, pinned, ctx);

		if (end < i + MIN_RUN) {
			p->row[out++] = p->row[i++];
			continue;
		}
		p->row[out] = p->row[i];
		p->row[out].count = end - i;
		p->row[out++].more = p->row[end - 1].more;
		i = end;
	}
	p->nr = out;
}
