/*
 * The reverse map of the kernel before chains: page, its anon_vma, and the
 * list of all VMAs that may map it, the newest first.  With a frame chosen
 * (under the cursor, selected, or in the current event) each VMA shows what a
 * walk would find there.
 */
#include "tui/panes/reverse.h"
#include "tui/panes/rmap_ring.h"
#include "view/lang.h"

#include <inttypes.h>
#include <string.h>

/* -- which frame -------------------------------------------------------- */

static bool is_anon(const struct machine *m, uint64_t pfn)
{
	const struct page *page = page_by_pfn(m, pfn);

	return page && page_anon_vma_alive(m, page);
}

/* The anonymous frame that an object is or maps; 0: none. */
static uint32_t frame_of(const struct machine *m, struct ref r)
{
	const struct task_struct *task;
	pteval_t pte;

	if (r.kind == REF_PAGE)
		return is_anon(m, r.id) ? r.id : 0;
	if (r.kind != REF_PTE && r.kind != REF_ADDR)
		return 0;
	task = task_find(m, r.id);
	pte = task && task->mm ? mm_pte(m, task->mm, r.addr) : 0;
	if (!pte_present(m, pte) || !is_anon(m, pte_pfn(m, pte)))
		return 0;
	return (uint32_t)pte_pfn(m, pte);
}

/* Of view->own: the frame that was chosen last. */
#define OWN_FRAME 0

static uint32_t chosen_frame(const struct pad *s)
{
	const struct event *now = latest_event(s->look);
	struct pane_view *view = s->view;
	uint32_t pfn = frame_of(s->m, s->look->selected);

	if (!pfn)
		pfn = frame_of(s->m, view->cursor);
	if (!pfn && !view->follow &&
		is_anon(s->m, (uint64_t)view->own[OWN_FRAME]))
		pfn = (uint32_t)view->own[OWN_FRAME];
	if (!pfn && now)
		pfn = frame_of(s->m, now->o);
	if (!pfn && now)
		pfn = frame_of(s->m, now->p);
	view->own[OWN_FRAME] = pfn;
	return pfn;
}

/* -- drawing ------------------------------------------------------------ */

static int put_frames(struct pad *s, int x, int y, const struct rmap_col *c)
{
	uint32_t n = c->nr_pages < RMAP_PAGES ? c->nr_pages : RMAP_PAGES, i;

	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", _("pages"));
	for (i = 0; i < n && x + 6 < s->w; i++)
		x += pad_put(s, x, y, ST_PAGE_ANON,
			     ref_make(REF_PAGE, c->pfn[i]), "%x", c->pfn[i]) +
		     1;
	if (i < c->nr_pages)
		x += pad_glyph(s, x, y, ST_DIM, NO_REF, GL_ELLIPSIS);
	return x;
}

static int put_anon_vma(
	struct pad *s, int y, const struct rmap_col *c, uint32_t pfn)
{
	const struct page *page = pfn ? page_by_pfn(s->m, pfn) : NULL;
	struct ref ref = ref_make(REF_ANON_VMA, c->av->id);
	struct ring ring;
	int x = 2, lines = 1;

	if (!ring_make(&ring, s->m, c->av))
		return 0;
	if (page && page_anon_vma_alive(s->m, page) == c->av)
		ring_look_for(&ring, s->m, pfn);
	x += pad_name(s, x, y, ST_ANON_VMA, ref) + 2;
	x += pad_put(s, x, y, ST_DIM, NO_REF,
		     ngettext("%u VMA", "%u VMAs", ring.nr_vmas),
		     ring.nr_vmas) +
	     2;
	if (c->av->lock.writer)
		x += pad_put(s, x, y, ST_LOCK, ref, "%s", _("locked")) + 2;
	put_frames(s, x, y, c);
	ring_fold(&ring, s, (uint32_t)(s->h > 6 ? s->h - 3 : 3));
	lines += ring_draw(&ring, s, y + 1);
	ring_free(&ring);
	return lines;
}

int rmap_list(struct pad *s)
{
	uint32_t pfn = chosen_frame(s);
	struct rmap_model r;
	int y = 0;

	if (!rmap_model_make(&r, s, INT32_MAX, INT32_MAX))
		return 0;
	rmap_model_pages(&r, s->m);
	if (pfn)
		y += ring_draw_frame(s, y, pfn);
	for (int i = 0; i < r.nr_cols; i++)
		y += put_anon_vma(s, y, &r.col[i], pfn);
	rmap_model_free(&r);
	return y;
}
