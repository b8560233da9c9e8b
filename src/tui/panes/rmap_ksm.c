/*
 * The reverse map of KSM pages: a stable_node with the addresses on its list,
 * and while a walk goes over them what it has found at each.  What a second
 * pass finds in mms that were forked since stands below.
 */
#include "tui/panes/facts.h"
#include "tui/panes/reverse.h"
#include "tui/panes/rmap.h"
#include "view/lang.h"

#include <inttypes.h>

#define MAX_ROWS 64 /* of one node; the others are counted */

enum found { NOT_YET, LOOKING, MISSED, HIT };

/* One address: that of an item, or one found by the second pass. */
struct place {
	const struct rmap_item *item; /* NULL: of a fork */
	struct ref pte;               /* where a walk looked */
	enum found found;
	bool now;                     /* it stands here */
};

struct picture {
	struct place place[MAX_ROWS];
	int nr;
	unsigned more;  /* items beyond the room */
};

static void add_items(struct picture *pic, const struct stable_node *node)
{
	for (const struct list_head *p = node->hlist.next; p != &node->hlist;
		p = p->next) {
		const struct rmap_item *item = container_of(
			(struct list_head *)p, struct rmap_item, hlist);

		if (pic->nr == MAX_ROWS / 2) {
			pic->more++;
			continue;
		}
		pic->place[pic->nr++] = (struct place){ .item = item,
			.pte = ref_at(REF_PTE, item->mm->id,
				item->address & PAGE_MASK) };
	}
}

static struct place *place_of(struct picture *pic, uint32_t item)
{
	for (int i = 0; i < pic->nr; i++)
		if (pic->place[i].item && pic->place[i].item->id == item)
			return &pic->place[i];
	return NULL;
}

/* The place that a visit in the second pass is about, a new one if need be. */
static struct place *fork_at(struct picture *pic, const struct event *ev)
{
	struct ref pte = ref_at(REF_PTE, ev->p.id, ev->p.addr);

	for (int i = 0; i < pic->nr; i++)
		if (ref_eq(pic->place[i].pte, pte))
			return &pic->place[i];
	if (pic->nr == MAX_ROWS)
		return NULL;
	pic->place[pic->nr] = (struct place){ .pte = pte };
	return &pic->place[pic->nr++];
}

/* Lay the events since @first over the places. */
static void replay(struct picture *pic, const struct look *look, size_t first)
{
	struct place *at = NULL;
	bool forks = false, done = false;

	for (size_t i = first; i < look->done; i++) {
		const struct event *ev = &look->events[i];

		forks |= ev->id == EV_KSM_NEW_FORKS;
		done |= ev->id == EV_RMAP_DONE;
		if (ev->id == EV_KSM_ITEM && !forks)
			at = place_of(pic, ev->o.id);
		else if (ev->id == EV_RMAP_VISIT && forks)
			at = fork_at(pic, ev);
		else if (!at)
			continue;
		else if (ev->id == EV_RMAP_HIT)
			at->found = HIT;
		else if (ev->id == EV_RMAP_MISS || ev->id == EV_RMAP_ABSENT)
			at->found = MISSED;
		if (at && at->found == NOT_YET)
			at->found = LOOKING;
	}
	if (at && !done)
		at->now = true;
}

/* -- drawing ------------------------------------------------------------------ */

static void put_found(struct pad *s, int x, int y, const struct place *p)
{
	if (p->found == HIT)
		pad_glyph(s, x, y, ST_GOOD, p->pte, GL_CHECK);
	else if (p->found == MISSED)
		pad_glyph(s, x, y, ST_BAD, p->pte, GL_CROSS);
}

static void put_place(struct pad *s, int y, const struct place *p, bool last)
{
	enum style dim = p->found == NOT_YET ? ST_DIM : ST_ADDR;
	int x = 3;

	if (p->now) {
		pad_here(s, y);
		pad_glyph(s, x - 2, y, ST_EVENT_NOW, NO_REF, GL_NOW);
	}
	pad_line(s, x, y, LINE_N | LINE_E | (last ? 0 : LINE_S), ST_CHAIN,
		LINE_THIN);
	x += 2;
	if (p->item) {
		x += pad_name(s, x, y, ST_POINTER,
			ref_make(REF_RMAP_ITEM, p->item->id)) + 1;
		if (p->item->anon_vma)
			x += pad_name(s, x, y, ST_ANON_VMA,
				ref_make(REF_ANON_VMA,
					p->item->anon_vma->id)) + 1;
	} else {
		x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", _("forked"));
	}
	x += pad_name(s, x, y, dim, p->pte) + 1;
	put_found(s, x, y, p);
}

static int put_places(struct pad *s, int y, const struct picture *pic)
{
	int lines = 0;

	for (int i = 0; i < pic->nr; i++, lines++)
		if (pad_wants(s, y + lines))
			put_place(s, y + lines, &pic->place[i],
				i + 1 == pic->nr && !pic->more);
	if (pic->more)
		pad_put(s, 5, y + lines++, ST_DIM, NO_REF, _("%u more"),
			pic->more);
	return lines;
}

static void put_title(struct pad *s, int y, const struct stable_node *node)
{
	struct ref ref = ref_make(REF_STABLE_NODE, node->id);
	const struct page *page = page_by_pfn(s->m, node->kpfn);
	int x = 1;

	x += pad_name(s, x, y, ST_ANON_VMA, ref) + 1;
	x += pad_put(s, x, y, ST_DIM, ref,
		ngettext("stable node, %u address", "stable node, %u addresses",
			node->rmap_hlist_len), node->rmap_hlist_len) + 2;
	if (page_stable_node(page) != node) {
		pad_put(s, x, y, ST_WARN, ref, "%s", _("its page is gone"));
		return;
	}
	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", _("frame"));
	x += pad_name(s, x, y, frame_style(page),
		ref_make(REF_PAGE, node->kpfn)) + 2;
	pad_put(s, x, y, ST_DIM, NO_REF, "mapcount %d", page_mapcount(page));
}

static int put_node(struct pad *s, int y, const struct stable_node *node,
	const size_t *first)
{
	struct picture pic = { .nr = 0 };

	if (pad_wants(s, y))
		put_title(s, y, node);
	add_items(&pic, node);
	if (first)
		replay(&pic, s->look, *first);
	return 1 + put_places(s, y + 1, &pic);
}

int rmap_ksm_walk(struct pad *s, int y, uint32_t id, size_t first)
{
	const struct stable_node *node = stable_node_by_id(s->m, id);

	return node ? put_node(s, y, node, &first) : 0;
}

int rmap_ksm_nodes(struct pad *s, int y)
{
	int lines = 0;

	for (uint32_t id = 1; id <= s->m->stable_nodes.last; id++) {
		const struct stable_node *node = stable_node_by_id(s->m, id);

		if (node)
			lines += put_node(s, y + lines, node, NULL);
	}
	return lines;
}
