/*
 * The ring begins at its anon_vma and passes its VMAs in the order in which
 * the kernel walks them: in the list of 2.6.11 the newest first, in an
 * interval tree by offset.  A line down the left joins them.
 */
#include "tui/panes/rmap_ring.h"

#include "core/filemap.h"
#include "tui/panes/reverse.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_RUN 4

/* How a result is shown. */
static const struct {
	enum style style;
	enum glyph glyph;
	bool has_glyph;
} results[] = {
	[RING_PLAIN] = { ST_TEXT, GL_DOT, false },
	[RING_PENDING] = { ST_DIM, GL_DOT, false },
	[RING_LOOKING] = { ST_EVENT_NOW, GL_DOT, false },
	[RING_OUTSIDE] = { ST_DIM, GL_CROSS, true },
	[RING_MISS] = { ST_BAD, GL_CROSS, true },
	[RING_HIT] = { ST_GOOD, GL_CHECK, true },
};

bool ring_make(
	struct ring *ring, const struct machine *m, const struct anon_vma *av)
{
	const struct vm_area_struct **vmas;
	uint32_t max = av->nr_linked;

	*ring = (struct ring){ .av = av };
	vmas = calloc(max + 1, sizeof(vmas[0]));
	ring->row = calloc(max + 1, sizeof(*ring->row));
	if (vmas && ring->row) {
		ring->nr = reverse_vmas(m, av, vmas, max);
		for (uint32_t i = 0; i < ring->nr; i++)
			ring->row[i] =
				(struct ring_row){ .vma = vmas[i], .count = 1 };
		ring->nr_vmas = ring->nr;
	}
	free(vmas);
	return ring->row;
}

void ring_free(struct ring *ring)
{
	free(ring->row);
	ring->row = NULL;
	ring->nr = 0;
}

static void look_in(
	struct ring_row *row, const struct machine *m, const struct ring *ring)
{
	if (!reverse_address(row->vma, ring->index, &row->addr)) {
		row->result = RING_OUTSIDE;
		return;
	}
	row->pte = mm_pte(m, row->vma->vm_mm, row->addr);
	row->result = RING_MISS;
	if (pte_present(m, row->pte) && pte_pfn(m, row->pte) == ring->pfn)
		row->result = RING_HIT;
}

void ring_look_for(struct ring *ring, const struct machine *m, uint32_t pfn)
{
	ring->has_frame = true;
	ring->pfn = pfn;
	ring->index = page_by_pfn(m, pfn)->index;
	for (uint32_t i = 0; i < ring->nr; i++)
		look_in(&ring->row[i], m, ring);
}

/* -- folding ------------------------------------------------------------ */

/* Is @r one of the objects that the row shows? */
static bool shows(
	const struct machine *m, const struct ring_row *row, struct ref r)
{
	switch (r.kind) {
	case REF_VMA:
		return r.id == row->vma->id;
	case REF_TASK:
		return r.id == row->vma->vm_mm->id;
	case REF_PTE:
		return r.id == row->vma->vm_mm->id && r.addr == row->addr;
	case REF_PAGE:
		return pte_present(m, row->pte) && r.id == pte_pfn(m, row->pte);
	default:
		return false;
	}
}

static bool is_pinned(const struct pad *s, const struct ring_row *row)
{
	struct ref vma = ref_make(REF_VMA, row->vma->id);

	return row->now || shows(s->m, row, s->view->cursor) ||
	       shows(s->m, row, s->look->selected) ||
	       (look_marks(s->look, vma) & STYLE_TOUCHED);
}

static bool alike(const struct ring_row *a, const struct ring_row *b)
{
	return a->result == b->result && a->addr == b->addr &&
	       a->vma->vm_pgoff == b->vma->vm_pgoff &&
	       vma_pages(a->vma) == vma_pages(b->vma);
}

void ring_fold(struct ring *ring, const struct pad *s, uint32_t rows)
{
	struct ring_row *r = ring->row;
	uint32_t out = 0, i = 0;

	if (ring->nr <= rows)
		return;
	while (i < ring->nr) {
		uint32_t end = i;

		while (end < ring->nr && !is_pinned(s, &r[end]) &&
			alike(&r[i], &r[end]))
			end++;
		r[out++] = r[i++];
		if (end < i - 1 + MIN_RUN)
			continue;
		r[out] = r[i];
		r[out++].count = end - i - 1;
		i = end - 1;
	}
	ring->nr = out;
}

/* -- drawing ------------------------------------------------------------ */

/* Its index means nothing. */
static int put_ksm_mapping(struct pad *s, int x, int y, const struct page *page)
{
	x += pad_name(s, x, y, ST_ANON_VMA,
		     ref_make(REF_STABLE_NODE, page_stable_node(page)->id)) +
	     2;
	pad_put(s, x, y, ST_DIM, NO_REF, "mapcount %d", page_mapcount(page));
	return 1;
}

int ring_draw_frame(struct pad *s, int y, uint32_t pfn)
{
	const struct page *page = page_by_pfn(s->m, pfn);
	const struct anon_vma *av =
		page ? page_anon_vma_alive(s->m, page) : NULL;
	int x = 1;

	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", _("frame"));
	x += pad_put(s, x, y, page ? frame_style(page) : ST_PFN,
		     ref_make(REF_PAGE, pfn), "%x", pfn) +
	     2;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "mapping ");
	x += pad_glyph(s, x, y, ST_POINTER, NO_REF, GL_RIGHT) + 1;
	if (av)
		x += pad_name(s, x, y, ST_ANON_VMA,
			     ref_make(REF_ANON_VMA, av->id)) +
		     2;
	else if (page && page_stable_node(page))
		return put_ksm_mapping(s, x, y, page);
	else if (page && page_inode(s->m, page))
		x += pad_name(s, x, y, ST_VMA_FILE,
			     ref_make(REF_FILE, page_inode(s->m, page)->id)) +
		     2;
	else
		return pad_put(s, x, y, ST_DIM, NO_REF, "%s", _("none")), 1;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "index ");
	x += pad_put(s, x, y, ST_NUMBER, NO_REF, "%" PRIx64, page->index) + 2;
	if (x + 12 < s->w)
		pad_put(s, x, y, ST_DIM, NO_REF, "mapcount %d",
			page_mapcount(page));
	return 1;
}

static int put_vma(struct pad *s, int x, int y, const struct ring_row *row)
{
	const struct task_struct *task = reverse_task(s->m, row->vma);
	enum style style = row->result == RING_PENDING ? ST_DIM : ST_VMA_ANON;
	const char *times = glyph_text(GL_TIMES, s->look->ascii);
	struct ref ref = ref_make(REF_VMA, row->vma->id);
	int x0 = x;

	if (row->count > 1)
		x += pad_put(s, x, y, style, ref, "%s%u ", times, row->count);
	else
		x += pad_name(s, x, y, style, ref) + 1;
	if (task)
		x += pad_cut(s, x, y, 10, style == ST_DIM ? ST_DIM : ST_TASK,
			ref_make(REF_TASK, task->pid), task->name);
	return x - x0;
}

#define PTE_COLUMNS 16 /* of "pte > 12ab x" */

/* vm_start + (index - vm_pgoff) * 4K, as vma_address() computes it; left out
 * when what follows would not fit. */
static int put_sum(struct pad *s, int x, int y, const struct ring *ring,
	const struct ring_row *row)
{
	char sum[96], addr[24];

	snprintf(sum, sizeof(sum),
		"%" PRIx64 " + (%" PRIx64 " - %" PRIx64 ")%s4K = ",
		row->vma->vm_start, ring->index, row->vma->vm_pgoff,
		glyph_text(GL_DOT, s->look->ascii));
	snprintf(addr, sizeof(addr), "%" PRIx64, row->addr);
	if (x + text_width(sum) + text_width(addr) + PTE_COLUMNS > s->w)
		return 0;
	return pad_put(s, x, y, row->now ? ST_TEXT : ST_DIM, NO_REF, "%s", sum);
}

/* Where the page would be; left out when the PTE would not fit after it. */
static int put_address(struct pad *s, int x, int y, const struct ring *ring,
	const struct ring_row *row, struct ref pte)
{
	int x0 = x, w = s->w < 64 ? 10 : PTE_COLUMNS;

	x += put_sum(s, x, y, ring, row);
	if (x + 14 + w > s->w && row->addr > UINT32_MAX)
		return x - x0;
	return x + pad_put(s, x, y, ST_ADDR, pte, "%" PRIx64, row->addr) + 2 -
	       x0;
}

static int put_pte(
	struct pad *s, int x, int y, const struct ring_row *row, struct ref pte)
{
	int x0 = x;

	if (s->w >= 64)
		x += pad_put(s, x, y, ST_DIM, pte, "pte ");
	x += pad_glyph(s, x, y, ST_POINTER, pte, GL_RIGHT) + 1;
	if (row->count > 1 && row->result == RING_MISS)
		x += pad_glyph(s, x, y, ST_DIM, NO_REF, GL_ELLIPSIS);
	else if (pte_present(s->m, row->pte))
		x += pad_put(s, x, y, ST_PFN,
			ref_make(REF_PAGE, (uint32_t)pte_pfn(s->m, row->pte)),
			"%" PRIx64, pte_pfn(s->m, row->pte));
	else
		x += pad_put(s, x, y, ST_PTE_NONE, pte, "%s", _("none"));
	return x + 1 - x0;
}

static void put_result(struct pad *s, int x, int y, const struct ring *ring,
	const struct ring_row *row)
{
	struct ref pte = ref_at(REF_PTE, row->vma->vm_mm->id, row->addr);

	if (row->result == RING_OUTSIDE)
		x += pad_put(
			s, x, y, ST_DIM, NO_REF, "%s ", _("index is outside"));
	else if (row->result != RING_PENDING)
		x += put_address(s, x, y, ring, row, pte);
	if (row->result >= RING_MISS)
		x += put_pte(s, x, y, row, pte);
	if (results[row->result].has_glyph)
		pad_glyph(s, x, y, results[row->result].style, pte,
			results[row->result].glyph);
}

static void put_plain(struct pad *s, int x, int y, const struct ring_row *row)
{
	const struct vm_area_struct *vma = row->vma;
	struct ref ref = ref_make(REF_VMA, vma->id);

	x += pad_put(s, x, y, ST_ADDR, ref, "%" PRIx64, vma->vm_start);
	x += pad_put(s, x, y, ST_DIM, ref, " +%" PRIu64 "p", vma_pages(vma)) +
	     2;
	if (x + 12 < s->w)
		pad_put(s, x, y, ST_DIM, ref, "index %" PRIx64 "..%" PRIx64,
			vma->vm_pgoff, vma->vm_pgoff + vma_pages(vma) - 1);
}

/* Columns of the widest task name, so that what follows lines up. */
static int name_columns(const struct ring *ring, const struct pad *s)
{
	int most = 0;

	for (uint32_t i = 0; i < ring->nr && i < 64; i++) {
		const struct task_struct *task =
			reverse_task(s->m, ring->row[i].vma);
		int w = task ? text_width(task->name) : 0;

		most = w > most ? w : most;
	}
	return most > 10 ? 10 : most;
}

static void put_row(
	struct ring *ring, struct pad *s, int x, int y, uint32_t i, int names)
{
	const struct ring_row *row = &ring->row[i];
	bool last = i + 1 == ring->nr;

	if (row->now) {
		pad_here(s, y);
		pad_glyph(s, x - 2, y, ST_EVENT_NOW, NO_REF, GL_NOW);
	}
	pad_line(s, x, y, LINE_N | LINE_E | (last ? 0 : LINE_S), ST_CHAIN,
		LINE_THIN);
	pad_line(s, x + 1, y, LINE_E | LINE_W, ST_CHAIN, LINE_THIN);
	pad_glyph(s, x + 2, y, ST_CHAIN, NO_REF, GL_NOW);
	put_vma(s, x + 4, y, row);
	x += 4 + 8 + names + 2;
	if (row->result == RING_PLAIN)
		put_plain(s, x, y, row);
	else
		put_result(s, x, y, ring, row);
}

int ring_draw(struct ring *ring, struct pad *s, int y)
{
	int x = 3, names = name_columns(ring, s);

	for (uint32_t i = 0; i < ring->nr; i++)
		if (pad_wants(s, y + (int)i))
			put_row(ring, s, x, y + (int)i, i, names);
	return (int)ring->nr;
}
