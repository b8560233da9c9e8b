/*
 * A walk of the reverse map as it goes: the VMAs that hang on the page's
 * anon_vma in the order of the walk, and for those visited so far what was
 * found; for a page of a file the VMAs of its i_mmap.  What was found is read
 * from the events that have happened.
 */
#include "tui/panes/files_mmap.h"
#include "tui/panes/rmap_ring.h"
#include "view/lang.h"

#include <stdlib.h>

struct tour {
	bool started;	  /* its first event has happened, */
	bool done;	  /* its last, too */
	uint32_t pfn;	  /* the frame whose mappings it looks for */
	uint64_t index;	  /* that page's index */
	struct ref from;  /* the anon_vma, file or stable_node of it */
	size_t first;	  /* event of the start */
	uint32_t visited; /* VMAs looked into */
	uint32_t matched; /* of them those that map it */
	int left;	  /* mappings still to find */
};

static bool is_walk_event(const struct event *ev)
{
	return (ev->id >= EV_RMAP_START && ev->id <= EV_NOT_MAPPED) ||
		ev->id == EV_KSM_WALK || ev->id == EV_KSM_ITEM ||
		ev->id == EV_KSM_NEW_FORKS;
}

/* The last walk that has begun among the events that have happened. */
static bool find_start(const struct look *look, size_t *at)
{
	for (size_t i = look->done; i > 0; i--) {
		if (look->events[i - 1].id != EV_RMAP_START &&
			look->events[i - 1].id != EV_KSM_WALK)
			continue;
		*at = i - 1;
		return true;
	}
	return false;
}

bool rmap_is_walking(const struct look *look)
{
	size_t at;

	if (look->step && look->step->op.id == OP_RMAP && look->done)
		return true;
	if (!look->now || !find_start(look, &at))
		return false;
	for (; at < look->done; at++)
		if (look->events[at].id == EV_RMAP_DONE)
			return false;
	return is_walk_event(look->now) || look->now->id == EV_CALL;
}

static void start_tour(struct tour *t, const struct pad *s)
{
	const struct look *look = s->look;
	const struct event *ev;
	const struct page *page;

	t->pfn = look->step ? look->step->op.subject : 0;
	if (!find_start(look, &t->first)) {
		t->first = look->done;
	} else {
		ev = &look->events[t->first];
		t->started = true;
		t->pfn = ev->o.id;
		t->index = ev->n;
		t->from = ev->p;
	}
	page = page_by_pfn(s->m, t->pfn);
	t->left = page ? page_mapcount(page) : 0;
}

/* -- the events so far -------------------------------------------------- */

static struct ring_row *row_of(struct ring *ring, uint32_t vma, uint32_t *hint)
{
	for (uint32_t i = 0; i < ring->nr; i++) {
		uint32_t k = (*hint + i) % ring->nr;

		if (ring->row[k].vma->id != vma)
			continue;
		*hint = k;
		return &ring->row[k];
	}
	return NULL;
}

static void result(struct tour *t, struct ring_row *row, const struct pad *s,
	const struct event *ev)
{
	static const enum ring_result by_event[] = {
		[EV_RMAP_OUTSIDE - EV_RMAP_START] = RING_OUTSIDE,
		[EV_RMAP_NO_RSS - EV_RMAP_START] = RING_OUTSIDE,
		[EV_RMAP_ABSENT - EV_RMAP_START] = RING_MISS,
		[EV_RMAP_MISS - EV_RMAP_START] = RING_MISS,
		[EV_RMAP_HIT - EV_RMAP_START] = RING_HIT,
	};

	t->matched += ev->id == EV_RMAP_HIT;
	if (!row)
		return;
	row->result = by_event[ev->id - EV_RMAP_START];
	if (ev->id != EV_RMAP_OUTSIDE)
		row->pte = mm_pte(s->m, row->vma->vm_mm, row->addr);
}

/* Lay what happened over the ring (NULL: only count). */
static void replay(struct tour *t, struct ring *ring, const struct pad *s)
{
	struct ring_row *row = NULL;
	uint32_t hint = 0;

	for (size_t i = t->first; i < s->look->done; i++) {
		const struct event *ev = &s->look->events[i];

		if (ev->id == EV_RMAP_VISIT) {
			t->visited++;
			row = ring->nr ? row_of(ring, ev->o.id, &hint) : NULL;
			if (row) {
				row->result = RING_LOOKING;
				row->addr = ev->p.addr;
			}
		} else if (ev->id == EV_RMAP_OUTSIDE ||
			   ev->id == EV_RMAP_NO_RSS ||
			   ev->id == EV_RMAP_ABSENT ||
			   ev->id == EV_RMAP_MISS || ev->id == EV_RMAP_HIT) {
			result(t, row, s, ev);
		} else if (ev->id == EV_RMAP_DONE) {
			t->done = true;
		}
	}
	t->left -= (int)t->matched;
	if (row && !t->done)
		row->now = true;
}

/* -- drawing ------------------------------------------------------------ */

static int put_count(
	struct pad *s, int x, int y, const char *what, int n, enum style style)
{
	int x0 = x;

	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", what);
	x += pad_put(s, x, y, style, NO_REF, "%d", n) + (s->w < 56 ? 2 : 3);
	return x - x0;
}

static int put_counts(struct pad *s, int y, const struct tour *t)
{
	int wasted = (int)(t->visited - t->matched), x = 1;

	x += put_count(s, x, y, _("visited"), (int)t->visited, ST_NUMBER);
	x += put_count(s, x, y, _("matched"), (int)t->matched, ST_GOOD);
	x += put_count(
		s, x, y, _("wasted"), wasted, wasted ? ST_BAD : ST_NUMBER);
	put_count(s, x, y, s->w < 56 ? _("left") : _("still to find"), t->left,
		ST_NUMBER);
	return 1;
}

static int put_ring(
	struct pad *s, int y, struct tour *t, const struct anon_vma *av)
{
	struct ring ring;
	int lines = 0;

	if (!ring_make(&ring, s->m, av))
		return 0;
	ring.has_frame = true;
	ring.pfn = t->pfn;
	ring.index = t->index;
	for (uint32_t i = 0; i < ring.nr; i++)
		ring.row[i].result = RING_PENDING;
	replay(t, &ring, s);
	pad_name(s, 2, y, ST_ANON_VMA, ref_make(REF_ANON_VMA, av->id));
	pad_put(s, 9, y, ST_DIM, NO_REF,
		ngettext("%u VMA", "%u VMAs", ring.nr_vmas), ring.nr_vmas);
	lines = 1;
	ring_fold(&ring, s, (uint32_t)(s->h > 6 ? s->h - 3 : 3));
	lines += ring_draw(&ring, s, y + lines);
	ring_free(&ring);
	return lines;
}

/* Through the VMAs that map a file: i_mmap, lit by the walk. */
static int put_mmap(
	struct pad *s, int y, struct tour *t, const struct inode *inode)
{
	struct ring none = { .nr = 0 };

	replay(t, &none, s);
	return files_mmap(s, y, &inode->i_mapping, inode->i_size);
}

/* From address to address on the list of a KSM page. */
static int put_ksm(struct pad *s, int y, struct tour *t)
{
	struct ring none = { .nr = 0 };

	replay(t, &none, s);
	return rmap_ksm_walk(s, y, t->from.id, t->first);
}

int rmap_walk(struct pad *s)
{
	struct tour t = { 0 };
	const struct anon_vma *av;
	const struct inode *inode;
	int y = 0;

	start_tour(&t, s);
	y += ring_draw_frame(s, y, t.pfn);
	av = t.from.kind == REF_ANON_VMA ? anon_vma_by_id(s->m, t.from.id)
					 : NULL;
	inode = t.from.kind == REF_FILE ? inode_by_id(s->m, t.from.id) : NULL;
	if (!t.started)
		return y;
	if (av)
		y += put_ring(s, y, &t, av);
	if (inode)
		y += put_mmap(s, y, &t, inode);
	if (t.from.kind == REF_STABLE_NODE)
		y += put_ksm(s, y, &t);
	if (y + 1 < s->h)
		y++;
	return y + put_counts(s, y, &t);
}
