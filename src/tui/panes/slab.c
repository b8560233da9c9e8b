/*
 * Slab: what kernel objects cost in memory.  For each cache its numbers and
 * below them slabs with a cell for each object, first those that have room
 * (the head of the list is where the next object comes from), then full ones;
 * only as many as there are lines for, and always those of the cursor, of the
 * selected object and of the current event.  The first line sums up the caches
 * that the reverse map lives in.
 */
#include "core/slab.h"
#include "tui/panes/pad.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ROOMY 20       /* lines from which more than one slab is shown */
#define MAX_SLABS 6    /* of a cache that are shown */
#define MANY 4096      /* partial slabs that are counted */
#define MAX_OBJECTS 1024 /* of a slab */
#define MAX_EVENTS 65536 /* of a huge step only the last ones count */
#define SLAB_X 10      /* column of a slab's first object */

/* -- caches ------------------------------------------------------------- */

/* Which objects a cache holds; their number is their first field. */
static const struct {
	enum slab_cache_id cache;
	enum ref_kind kind;
} kinds[] = {
	{ CACHE_MM, REF_TASK },
	{ CACHE_VMA, REF_VMA },
	{ CACHE_ANON_VMA, REF_ANON_VMA },
	{ CACHE_AVC, REF_AVC },
	{ CACHE_PTE_CHAIN, REF_PTE_CHAIN },
	{ CACHE_INODE, REF_FILE },
	{ CACHE_KSM_RMAP_ITEM, REF_RMAP_ITEM },
	{ CACHE_KSM_STABLE_NODE, REF_STABLE_NODE },
	{ CACHE_MAPLE_NODE, REF_MAPLE_NODE },
};
_Static_assert(!offsetof(struct mm_struct, id) &&
		       !offsetof(struct vm_area_struct, id) &&
		       !offsetof(struct anon_vma, id) &&
		       !offsetof(struct anon_vma_chain, id) &&
		       !offsetof(struct pte_chain, id) &&
		       !offsetof(struct maple_node, id) &&
		       !offsetof(struct inode, id) &&
		       !offsetof(struct rmap_item, id) &&
		       !offsetof(struct stable_node, id),
	"the number of an object is its first field");

/* Caches of the reverse map, by their names in /proc/slabinfo. */
static const char *const rmap_caches[] = { "anon_vma", "anon_vma_chain",
	"pte_chain", "ksm_rmap_item", "ksm_stable_node" };

static struct ref object_ref(
	const struct machine *m, unsigned cache, const void *object)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct ref ref = ref_make(
			kinds[i].kind, *(const uint32_t *)object);

		if (kinds[i].cache == cache && object_exists(m, ref))
			return ref;
	}
	return NO_REF;
}

static bool is_rmap(const struct kmem_cache *c)
{
	for (size_t i = 0; i < sizeof(rmap_caches) / sizeof(char *); i++)
		if (c->name && !strcmp(c->name, rmap_caches[i]))
			return true;
	return false;
}

static uint64_t bytes_of(const struct kmem_cache *c)
{
	return c->nr_objects * c->object_size;
}

static uint64_t frames_of(const struct kmem_cache *c)
{
	return c->nr_slabs << c->order;
}

/* What an event takes from or gives back to a cache: 1, -1 or 0.  A new mm is
 * told by its task. */
static int event_change(
	const struct machine *m, const struct event *ev, unsigned *cache)
{
	const struct task_struct *task;

	*cache = ev->p.id;
	if (ev->id == EV_TASK_NEW) {
		task = task_find(m, ev->o.id);
		*cache = CACHE_MM;
		return task && task->mm && task->mm->id == task->pid;
	}
	if (ev->p.kind != REF_CACHE || ev->p.id >= NR_CACHES)
		return 0;
	return (ev->id == EV_ALLOC_OBJECT) - (ev->id == EV_FREE_OBJECT);
}

/* Objects more (less, below 0) than before this step, for each cache. */
static void count_changes(const struct look *look, long change[NR_CACHES])
{
	unsigned cache;
	size_t least = look->done > MAX_EVENTS ? look->done - MAX_EVENTS : 0;

	memset(change, 0, sizeof(long) * NR_CACHES);
	for (size_t i = least; i < look->done; i++) {
		int by = event_change(look->m, &look->events[i], &cache);

		if (by)
			change[cache] += by;
	}
}

/* -- which slabs -------------------------------------------------------- */

struct shown {
	const struct slab *slab[MAX_SLABS]; /* n of them, none twice */
	const void *object[MAX_SLABS];	    /* one that must be seen, or NULL */
	int n, room;			    /* room: lines for them */
};

static void show_slab(
	struct shown *sh, const struct slab *slab, const void *object)
{
	for (int i = 0; i < sh->n; i++)
		if (sh->slab[i] == slab)
			return;
	if (sh->n >= MAX_SLABS)
		return;
	sh->object[sh->n] = object;
	sh->slab[sh->n++] = slab;
}

static bool is_in(const struct machine *m, unsigned cache, struct ref ref)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].cache == cache && kinds[i].kind == ref.kind)
			return object_exists(m, ref);
	return false;
}

/* The slab of an object that somebody looks at. */
static void show_object(
	struct pad *s, struct shown *sh, unsigned cache, struct ref ref)
{
	const void *object;

	if (!is_in(s->m, cache, ref))
		return;
	object = object_find(s->m, ref);
	if (ref.kind == REF_TASK)
		object = ((const struct task_struct *)object)->mm;
	if (object)
		show_slab(sh, slab_of_object(object), object);
}

static void show_list(struct shown *sh, const struct list_head *head)
{
	const struct list_head *node = head->next;

	for (; node != head && sh->n < sh->room; node = node->next)
		show_slab(sh,
			container_of((struct list_head *)node, struct slab,
				list),
			NULL);
}

static void choose(struct pad *s, struct shown *sh, unsigned cache)
{
	const struct kmem_cache *c = &s->m->caches[cache];
	const struct event *now = current_event(s->look);

	memset(sh, 0, sizeof(*sh));
	sh->room = s->view->h >= 2 * ROOMY ? 3 : s->view->h >= ROOMY ? 2 : 1;
	show_object(s, sh, cache, s->view->cursor);
	show_object(s, sh, cache, s->look->selected);
	if (now) {
		show_object(s, sh, cache, now->o);
		show_object(s, sh, cache, now->p);
	}
	show_list(sh, &c->partial);
	show_list(sh, &c->full);
}

/* -- one slab ----------------------------------------------------------- */

static void find_used(
	const struct kmem_cache *c, const struct slab *slab, bool *used)
{
	memset(used, true, MAX_OBJECTS);
	for (unsigned i = slab->free; i < c->num; i = slab->next_free[i])
		used[i] = false;
}

/* The first object to show, so that @must is seen among @cells. */
static unsigned first_shown(const struct kmem_cache *c, const struct slab *slab,
	const void *must, unsigned cells)
{
	unsigned i = 0;

	while (must && i < c->num && slab_object(c, slab, i) != must)
		i++;
	return i < c->num && i >= cells ? i - cells + 1 : 0;
}

static void put_objects(struct pad *s, int x, int y, unsigned cache,
	const struct slab *slab, unsigned from, unsigned cells)
{
	const struct kmem_cache *c = &s->m->caches[cache];
	bool used[MAX_OBJECTS];

	find_used(c, slab, used);
	for (unsigned i = from; i < from + cells; i++, x++) {
		if (used[i])
			pad_glyph(s, x, y, ST_PAGE_SLAB,
				object_ref(s->m, cache,
					slab_object(c, slab, i)),
				GL_BLOCK);
		else
			pad_glyph(s, x, y, ST_PAGE_FREE, NO_REF, GL_FREE);
	}
}

/* Frame, objects, and how many are handed out. */
static void put_slab(struct pad *s, int y, unsigned cache,
	const struct slab *slab, const void *must)
{
	const struct kmem_cache *c = &s->m->caches[cache];
	int room = s->w - SLAB_X - 10;
	unsigned cells = c->num, from;
	char text[32];
	int x = SLAB_X;

	if (!pad_wants(s, y) && s->run != PAD_FIND)
		return;
	if ((int)cells > room)
		cells = room > 4 ? (unsigned)room - 4 : 1;
	from = first_shown(c, slab, must, cells);
	pad_put(s, 3, y, ST_PFN, ref_make(REF_PAGE, slab->pfn), "%x",
		slab->pfn);
	put_objects(s, x, y, cache, slab, from, cells);
	x += (int)cells + 1;
	if (cells < c->num)
		x += 1 + pad_put(s, x, y, ST_DIM, NO_REF, "+%u",
				 c->num - cells);
	snprintf(text, sizeof(text), "%u/%u", slab->inuse, c->num);
	pad_cut(s, x, y, s->w > x ? s->w - x : 0, ST_DIM, NO_REF, text);
}

/* -- one cache ---------------------------------------------------------- */

static uint64_t count_partial(const struct kmem_cache *c)
{
	const struct list_head *node = c->partial.next;
	uint64_t n = 0;

	for (; node != &c->partial && n < MANY; node = node->next)
		n++;
	return n;
}

/* The slabs that have no line: how many, and how many of all are full. */
static int put_rest(
	struct pad *s, int y, const struct kmem_cache *c, const struct shown *sh)
{
	uint64_t rest = c->nr_slabs - (uint64_t)sh->n;
	uint64_t full = c->nr_slabs - count_partial(c);
	char text[96];

	if (!rest)
		return 0;
	snprintf(text, sizeof(text),
		_("and %" PRIu64 " more slabs; of all %" PRIu64 " are full"),
		rest, full);
	pad_cut(s, 3, y, s->w - 3, ST_DIM, NO_REF, text);
	return 1;
}

/* The numbers that a wide pane has room for, from the left. */
static const struct column {
	const char *name;
	int w;	   /* columns */
	int min_w; /* of the pane */
} columns[] = {
	{ N_("in use"), 8, 0 },
	{ N_("size"), 7, 0 },
	{ N_("bytes"), 9, 0 },
	{ N_("frames"), 8, 52 },
	{ N_("slabs"), 8, 60 },
	{ N_("room"), 7, 67 },
	{ N_("filled"), 9, 77 },
};
#define NR_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Percent of the cache's frames that objects in use fill. */
static uint64_t filled(const struct kmem_cache *c)
{
	uint64_t paid = frames_of(c) * PAGE_SIZE;

	return paid ? bytes_of(c) * 100 / paid : 0;
}

static void put_numbers(struct pad *s, int x, int y, const uint64_t *number)
{
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		if (s->w < columns[i].min_w)
			break;
		pad_put(s, x, y, ST_NUMBER, NO_REF, "%*" PRIu64 "%s",
			columns[i].w - (i == NR_COLUMNS - 1), number[i],
			i == NR_COLUMNS - 1 ? "%" : "");
		x += columns[i].w;
	}
}

static int name_columns(const struct pad *s)
{
	return s->w < 46 ? 12 : 19;
}

static void put_cache(struct pad *s, int y, unsigned cache, long change)
{
	const struct kmem_cache *c = &s->m->caches[cache];
	const uint64_t number[NR_COLUMNS] = { c->nr_objects, c->object_size,
		bytes_of(c), frames_of(c), c->nr_slabs, c->nr_slabs * c->num,
		filled(c) };
	int w = name_columns(s);

	s->extra = change ? STYLE_CHANGED : 0;
	pad_cut(s, 1, y, w - (change ? 4 : 1), is_rmap(c) ? ST_CHAIN : ST_STRONG,
		ref_make(REF_CACHE, cache), c->name);
	if (change)
		pad_put(s, w - 2, y, ST_STRONG, NO_REF, "%+ld", change);
	s->extra = 0;
	put_numbers(s, 1 + w, y, number);
}

static int put_slabs(struct pad *s, int y, unsigned cache)
{
	struct shown sh;
	int from = y;

	choose(s, &sh, cache);
	for (int i = 0; i < sh.n; i++)
		put_slab(s, y++, cache, sh.slab[i], sh.object[i]);
	y += put_rest(s, y, &s->m->caches[cache], &sh);
	return y - from;
}

static void put_header(struct pad *s)
{
	int x = 1 + name_columns(s), y = pad_sticky(s, 1);

	pad_put(s, 1, y, ST_DIM, NO_REF, "%s", _("cache"));
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		const char *name = _(columns[i].name);

		if (s->w < columns[i].min_w)
			break;
		pad_put(s, x + columns[i].w - text_width(name), y, ST_DIM,
			NO_REF, "%s", name);
		x += columns[i].w;
	}
}

static int content(struct pad *s)
{
	long change[NR_CACHES];
	int y = 1, from;

	count_changes(s->look, change);
	for (unsigned i = 0; i < NR_CACHES; i++) {
		if (!s->m->caches[i].name)
			continue;
		from = y;
		put_cache(s, y++, i, change[i]);
		y += put_slabs(s, y, i);
		pad_block(s, from, y - from);
	}
	put_header(s);
	return y;
}

/* -- the sum ------------------------------------------------------------ */

/* Of the caches of the reverse map. */
static void put_sum(const struct pane_view *view, const struct look *look,
	struct canvas *cv)
{
	uint64_t bytes = 0, frames = 0;
	char text[128];
	bool any = false;

	for (unsigned i = 0; i < NR_CACHES; i++) {
		const struct kmem_cache *c = &look->m->caches[i];

		if (!is_rmap(c))
			continue;
		any = true;
		bytes += bytes_of(c);
		frames += frames_of(c);
	}
	if (any)
		snprintf(text, sizeof(text),
			_("reverse map: %" PRIu64 " bytes of objects, "
			  "frames: %" PRIu64),
			bytes, frames);
	else
		snprintf(text, sizeof(text), "%s",
			_("reverse map: this kernel has none"));
	canvas_put_cut(cv, 1, 0, view->w - 1, ST_CHAIN, text);
}

/* -- the pane ----------------------------------------------------------- */

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct canvas_state saved;

	put_sum(view, look, cv);
	view->h--;
	saved = canvas_enter(cv, (struct rect){ 0, 1, view->w, view->h });
	pad_draw(view, look, cv, content);
	canvas_leave(cv, saved);
	view->h++;
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	bool moved;

	view->h--;
	moved = pad_move(view, look, content, move, count);
	view->h++;
	return moved;
}

static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	struct ref refs[] = { ref, NO_REF };

	pad_seek(view, look, content, refs);
}

const struct pane pane_slab = {
	.name = "slab",
	.title = N_("Slab caches"),
	.note = N_("what kernel objects cost: caches, slabs and each object"),
	.min_w = 30,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
};
