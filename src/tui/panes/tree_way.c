/* The way of the latest search, read off the events of the operation. */
#include "tui/panes/tree_in.h"

static bool is_step(const struct event *ev)
{
	return ev->id == EV_RB_STEP || ev->id == EV_MAPLE_STEP ||
	       ev->id == EV_MAPLE_GAP || ev->id == EV_VMA_CACHED;
}

static bool is_end(const struct event *ev)
{
	return ev->id == EV_FOUND_VMA || ev->id == EV_NO_VMA;
}

/* One after the last event of it that has happened; 0: there was none. */
static size_t last_of(const struct look *look)
{
	size_t i = look->done;

	while (i && !is_step(&look->events[i - 1]) &&
		!is_end(&look->events[i - 1]))
		i--;
	return i;
}

static const struct mm_struct *mm_of(const struct machine *m, uint32_t id)
{
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && task->mm && task->mm->id == id)
			return task->mm;
	}
	return NULL;
}

static void add_step(struct tree_way *way, const struct event *ev)
{
	if (ev->id == EV_VMA_CACHED)
		way->cached = way->found = ev->p;
	else if (way->nr < TREE_STEPS)
		way->step[way->nr++] =
			(struct tree_step){ ev->o, (unsigned)ev->n };
}

void tree_way_find(struct tree_way *way, const struct look *look)
{
	size_t end = last_of(look), from = end;
	const struct event *last = end ? &look->events[end - 1] : NULL;
	struct ref at;

	*way = (struct tree_way){ .nr = 0 };
	if (!last)
		return;
	way->over = is_end(last);
	if (way->over)
		from--;
	way->gap = last->id == EV_MAPLE_GAP;
	while (from && is_step(&look->events[from - 1]) &&
		(look->events[from - 1].id == EV_MAPLE_GAP) == way->gap)
		from--;
	for (size_t i = from; i < end; i++)
		if (is_step(&look->events[i]))
			add_step(way, &look->events[i]);
	if (last->id == EV_FOUND_VMA)
		way->found = last->p;
	at = way->over || last->id == EV_VMA_CACHED ? last->o : last->p;
	way->addr = way->gap ? 0 : at.addr;
	way->mm = mm_of(look->m, at.id);
}

unsigned tree_way_step(const struct tree_draw *d, struct ref node)
{
	if (d->way.mm == d->mm)
		for (unsigned i = 0; i < d->way.nr; i++)
			if (ref_eq(d->way.step[i].node, node))
				return i + 1;
	return 0;
}

void tree_put_marks(struct tree_draw *d, int y, struct ref node)
{
	const struct event *now = current_event(d->s->look);
	unsigned step = tree_way_step(d, node);

	if (now && (ref_eq(now->o, node) || ref_eq(now->p, node))) {
		pad_here(d->s, y);
		pad_glyph(d->s, 0, y, ST_EVENT_NOW, NO_REF, GL_NOW);
	}
	if (step)
		pad_put(d->s, 1, y, ST_EVENT, NO_REF, "%2u", step);
}

bool tree_is_pinned(const struct tree_draw *d, struct ref ref)
{
	return ref_eq(d->s->view->cursor, ref) || tree_way_step(d, ref) ||
	       (look_marks(d->s->look, ref) &
		       (STYLE_TOUCHED | STYLE_SELECTED | STYLE_CHANGED));
}
