/* Who holds which lock, by the events that tell it. */
#include "lock_watch.h"

#include <stdio.h>
#include <string.h>

static const char *fn_name(const struct lock_watch *w, const struct event *e)
{
	const char *name =
		e->fn < NR_FNS ? machine_era(w->m)->fn[e->fn] : NULL;

	return name ? name : "?";
}

static bool same_lock(const struct lock_watch *w, unsigned i,
	const struct event *e)
{
	return !strcmp(w->held[i].name, e->field) &&
		w->held[i].o.kind == e->o.kind &&
		/* an mm that is exchanged gets another id */
		(w->held[i].o.id & ~MM_EXEC) == (e->o.id & ~MM_EXEC);
}

static void blame(struct lock_watch *w, const struct event *e,
	const char *what, const char *lock, const char *holder)
{
	if (!w->wrong[0])
		snprintf(w->wrong, sizeof(w->wrong), "%s: %s of %u %s (by %s)",
			fn_name(w, e), lock, e->o.id, what, holder);
}

static void locked(struct lock_watch *w, const struct event *e)
{
	for (unsigned i = 0; i < w->nr; i++)
		if (same_lock(w, i, e) && w->held[i].o.id == e->o.id &&
			(e->n || w->held[i].write))
			blame(w, e, "taken twice", e->field, w->held[i].by);
	if (w->nr == MAX_HELD)
		return;
	w->held[w->nr].name = e->field;
	w->held[w->nr].o = e->o;
	w->held[w->nr].by = fn_name(w, e);
	w->held[w->nr++].write = e->n;
}

static void unlocked(struct lock_watch *w, const struct event *e)
{
	for (int exact = 1; exact >= 0; exact--)
		for (unsigned i = w->nr; i--;)
			if (same_lock(w, i, e) &&
				(!exact || w->held[i].o.id == e->o.id)) {
				w->held[i] = w->held[--w->nr];
				return;
			}
	blame(w, e, "released and not held", e->field, "nobody");
}

/* An mm goes by the pid of another of its tasks. */
static void renamed(struct lock_watch *w, const struct event *e)
{
	for (unsigned i = 0; i < w->nr; i++)
		if (w->held[i].o.kind == REF_TASK &&
			(w->held[i].o.id & ~MM_EXEC) == e->p.id)
			w->held[i].o.id = e->o.id;
}

/* 6.18's VMAs are unlocked all at once, with mmap_lock. */
static bool is_watched(const struct event *e)
{
	return e->o.kind != REF_VMA;
}

static void may_sleep(struct lock_watch *w, const struct event *e)
{
	static const char *const spinlocks[] = { "page_table_lock",
		"mmlist_lock", "lock", "i_mmap_lock", "i_shared_lock" };

	for (unsigned i = 0; i < w->nr; i++)
		for (size_t k = 0; k < sizeof spinlocks / sizeof *spinlocks; k++)
			if (!strcmp(w->held[i].name, spinlocks[k]))
				blame(w, e, "held in reclaim", spinlocks[k],
					w->held[i].by);
}

static void sink(struct tracer *t, const struct event *e)
{
	struct lock_watch *w = t->ctx;

	if (e->id == EV_LOCK && is_watched(e))
		locked(w, e);
	else if (e->id == EV_UNLOCK && is_watched(e))
		unlocked(w, e);
	else if (e->id == EV_MM_OWNER)
		renamed(w, e);
	else if (e->id == EV_CALL &&
		(e->fn == FN_SHRINK_ZONE || e->fn == FN_BALANCE))
		may_sleep(w, e);
}

void lock_watch_start(struct lock_watch *w, const struct machine *m)
{
	memset(w, 0, sizeof *w);
	w->m = m;
	w->tracer = (struct tracer){ .sink = sink, .ctx = w };
}
