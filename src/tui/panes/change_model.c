/*
 * Which VMAs an operation concerns: those that its events give a range, join,
 * cut, enter or take out, those in its range, and their neighbours that touch
 * them.  What has not happened yet counts as well, so that the picture has the
 * same columns at each event; the state is that of now.
 */
#include "tui/panes/change_model.h"

#include <stdlib.h>
#include <string.h>

#define MAX_EVENTS 65536 /* of a huge operation only the first ones */
#define PIECE_MIN 3      /* columns of a piece */
#define PIECE_PAGES 24   /* pages from which a piece grows no more */

bool change_is_fact(const struct event *ev)
{
	return ev->id == EV_MERGE_CASE || ev->id == EV_NO_MERGE ||
	       ev->id == EV_VMA_CUT;
}

/* Does the event change VMA ev->o? */
static bool changes_vma(const struct event *ev)
{
	if (ev->o.kind != REF_VMA)
		return false;
	return ev->id == EV_VMA_RANGE || ev->id == EV_VMA_LINK ||
	       ev->id == EV_VMA_UNLINK || ev->id == EV_MERGE_CASE ||
	       ev->id == EV_VMA_CUT || ev->id == EV_SET;
}

bool change_differs(const struct change_vma *v)
{
	const struct vma_was *a = &v->before, *b = &v->now;

	return v->was != v->is || a->start != b->start || a->end != b->end ||
	       a->pgoff != b->pgoff || a->flags != b->flags ||
	       a->anon_vma != b->anon_vma || a->chain != b->chain;
}

/* -- the range ----------------------------------------------------------- */

/* The first argument of a type; false: not given. */
static bool get_arg(const struct op *op, enum arg_type type, uint64_t *value)
{
	const struct op_desc *desc = op_desc((enum op_id)op->id);

	for (int i = 0; desc && desc->arg[i].type != ARG_END; i++)
		if (desc->arg[i].type == type) {
			*value = op->arg[i];
			return op->given & 1u << i;
		}
	return false;
}

bool change_range(const struct step *step, const struct op *op, uint64_t *from,
	uint64_t *to)
{
	const struct op_desc *desc = op_desc((enum op_id)op->id);
	uint64_t len = 0;

	*from = *to = 0;
	if (!desc || op->id == OP_READ || op->id == OP_WRITE)
		return false;
	if (desc->result == RESULT_REGION && !step->status) {
		*from = step->value;
		len = step->len;
	} else if (!get_arg(op, ARG_ADDR, from) ||
		   !get_arg(op, ARG_LEN, &len)) {
		return false;
	}
	*from &= PAGE_MASK;
	*to = (*from + len + PAGE_SIZE - 1) & PAGE_MASK;
	return *to > *from;
}

/* -- which VMAs ---------------------------------------------------------- */

/* Ids that events name, sorted. */
struct ids {
	uint32_t id[4 * CHANGE_VMAS]; /* n of them */
	unsigned n;
};

static bool has_id(const struct ids *ids, uint32_t id)
{
	for (unsigned i = 0; i < ids->n; i++)
		if (ids->id[i] == id)
			return true;
	return false;
}

static void add_id(struct ids *ids, uint32_t id)
{
	if (!has_id(ids, id) && ids->n < 4 * CHANGE_VMAS)
		ids->id[ids->n++] = id;
}

static void ids_of_events(struct ids *ids, const struct look *look)
{
	size_t n = look->nr_events < MAX_EVENTS ? look->nr_events : MAX_EVENTS;

	for (size_t i = 0; i < n; i++) {
		const struct event *ev = &look->events[i];

		if (changes_vma(ev))
			add_id(ids, ev->o.id);
		if (ev->id == EV_NO_MERGE && ev->p.kind == REF_VMA)
			add_id(ids, ev->p.id);
	}
}

/* In or at the range that the operation names? */
static bool at_range(const struct change *c, const struct vma_was *v)
{
	return c->to > c->from && v->start <= c->to && v->end >= c->from;
}

static bool concerns(const struct change *c, const struct ids *ids,
	const struct vma_was *v)
{
	return has_id(ids, v->id) || at_range(c, v);
}

/* A neighbour that touches one of those in the list. */
static bool touches(const struct vma_was *list, size_t n, size_t i,
	const struct change *c, const struct ids *ids)
{
	if (i && list[i - 1].end == list[i].start &&
		concerns(c, ids, &list[i - 1]))
		return true;
	return i + 1 < n && list[i + 1].start == list[i].end &&
	       concerns(c, ids, &list[i + 1]);
}

static struct change_vma *row_of(struct change *c, uint32_t id)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (c->vma[i].id == id)
			return &c->vma[i];
	if (c->nr == CHANGE_VMAS) {
		c->more++;
		return NULL;
	}
	c->vma[c->nr] = (struct change_vma){ .id = id };
	return &c->vma[c->nr++];
}

static void add_list(struct change *c, const struct ids *ids,
	const struct vma_was *list, size_t n, bool now)
{
	for (size_t i = 0; i < n; i++) {
		struct change_vma *row;

		if (!concerns(c, ids, &list[i]) &&
			!touches(list, n, i, c, ids))
			continue;
		row = row_of(c, list[i].id);
		if (!row)
			continue;
		if (now) {
			row->now = list[i];
			row->is = true;
		} else {
			row->before = list[i];
			row->was = true;
		}
	}
}

/* One of the two lists named it: what is it in the other? */
static void complete(struct change *c, const struct vma_lists *l)
{
	for (unsigned i = 0; i < c->nr; i++) {
		struct change_vma *v = &c->vma[i];

		for (size_t k = 0; !v->was && k < l->before_count; k++)
			if (l->before[k].id == v->id) {
				v->before = l->before[k];
				v->was = true;
			}
		for (size_t k = 0; !v->is && k < l->now_count; k++)
			if (l->now[k].id == v->id) {
				v->now = l->now[k];
				v->is = true;
			}
	}
}

static int by_address(const void *a, const void *b)
{
	const struct change_vma *v = a, *w = b;
	uint64_t x = v->is ? v->now.start : v->before.start;
	uint64_t y = w->is ? w->now.start : w->before.start;

	if (x != y)
		return x < y ? -1 : 1;
	return v->is - w->is; /* what is gone comes first */
}

/* -- edges --------------------------------------------------------------- */

static void add_edge(struct change *c, uint64_t at)
{
	unsigned i = c->nr_edges;

	while (i && c->edge[i - 1] > at)
		i--;
	if ((i && c->edge[i - 1] == at) || c->nr_edges == CHANGE_EDGES)
		return;
	memmove(&c->edge[i + 1], &c->edge[i],
		(c->nr_edges - i) * sizeof(c->edge[0]));
	c->edge[i] = at;
	c->nr_edges++;
}

static void find_edges(struct change *c)
{
	for (unsigned i = 0; i < c->nr; i++) {
		const struct change_vma *v = &c->vma[i];

		if (v->was) {
			add_edge(c, v->before.start);
			add_edge(c, v->before.end);
		}
		if (v->is) {
			add_edge(c, v->now.start);
			add_edge(c, v->now.end);
		}
	}
	if (c->to > c->from) {
		add_edge(c, c->from);
		add_edge(c, c->to);
	}
}

/* Is there a VMA in the piece from @edge, before or now? */
static bool is_mapped(const struct change *c, uint64_t edge)
{
	for (unsigned i = 0; i < c->nr; i++) {
		const struct change_vma *v = &c->vma[i];

		if (v->was && v->before.start <= edge && edge < v->before.end)
			return true;
		if (v->is && v->now.start <= edge && edge < v->now.end)
			return true;
	}
	return c->from <= edge && edge < c->to;
}

/* A hole gets little room, a large VMA not all. */
static unsigned weight(const struct change *c, unsigned i)
{
	uint64_t pages = (c->edge[i + 1] - c->edge[i]) >> PAGE_SHIFT;

	if (!is_mapped(c, c->edge[i]))
		return 1;
	return 4 + (unsigned)(pages < PIECE_PAGES ? pages : PIECE_PAGES);
}

void change_spread(const struct change *c, int w, int *width)
{
	unsigned n = c->nr_edges ? c->nr_edges - 1 : 0, sum = 0;
	int left = w - (int)n * PIECE_MIN;

	for (unsigned i = 0; i < n; i++)
		sum += weight(c, i);
	for (unsigned i = 0; i < n; i++)
		width[i] = PIECE_MIN +
			   (left > 0 ? left * (int)weight(c, i) / (int)sum : 0);
}

/* -- all of it ----------------------------------------------------------- */

static const struct op *op_of(const struct look *look, struct step *step)
{
	struct op_result res = { 0 };
	const struct op *op = &look->step->op;
	uint32_t call = look->pos.event;

	*step = *look->step;
	if (op->id != OP_BATCH)
		return op;
	if (pos_is_whole(look->pos))
		call = look->step->calls;
	op = history_call(look->h, look->pos.op,
		look->pos.sub ? call : call - 1, &res);
	step->status = res.status;
	step->value = res.value;
	step->len = res.len;
	return op;
}

bool change_make(struct change *c, const struct look *look)
{
	struct ids ids = { .n = 0 };
	struct vma_lists lists;
	struct step step;
	const struct op *op;

	memset(c, 0, sizeof(*c));
	if (!look->step || !history_vmas(look->h, &lists))
		return false;
	op = op_of(look, &step);
	if (!op)
		return false;
	change_range(&step, op, &c->from, &c->to);
	ids_of_events(&ids, look);
	add_list(c, &ids, lists.before, lists.before_count, false);
	add_list(c, &ids, lists.now, lists.now_count, true);
	complete(c, &lists);
	qsort(c->vma, c->nr, sizeof(c->vma[0]), by_address);
	find_edges(c);
	return true;
}
