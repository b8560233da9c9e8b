/*
 * The lattice from far away: each cell stands for a block of VMAs by
 * anon_vmas and shows how many anon_vma_chains lie in it.  Chains are counted
 * one by one, so the numbers are exact.
 */
#include "tui/panes/rmap.h"
#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>

struct block {
	uint32_t chains; /* in it */
	uint32_t first;	 /* id of one of them, 0: none */
	unsigned marks;	 /* STYLE_ flags of those that the event touches */
};

struct matrix {
	struct pad *s;	     /* where to */
	struct rmap_model r; /* what there is, not folded */
	struct block *block; /* h rows of w */
	int w, h;	     /* in cells */
	uint32_t vmas, avs;  /* a cell's block */
	uint32_t nr_chains;  /* in all */
	uint32_t most;	     /* in one block */
};

static struct block *block_of(
	struct matrix *x, const struct anon_vma_chain *avc)
{
	int row, col;

	if (!avc->vma)
		return NULL;
	row = x->r.row_of[avc->vma->id];
	col = rmap_col_of(&x->r, x->s->m, avc->anon_vma);
	if (row < 0 || col < 0)
		return NULL;
	return &x->block[row / (int)x->vmas * x->w + col / (int)x->avs];
}

static void count_chains(struct matrix *x)
{
	const struct machine *m = x->s->m;

	for (uint32_t id = 1; id <= m->avcs.last; id++) {
		const struct anon_vma_chain *avc = avc_by_id(m, id);
		struct block *b = avc ? block_of(x, avc) : NULL;

		if (!b)
			continue;
		if (!b->first ||
			ref_eq(x->s->view->cursor, ref_make(REF_AVC, id)))
			b->first = id;
		b->marks |= look_marks(x->s->look, ref_make(REF_AVC, id)) &
			    (STYLE_TOUCHED | STYLE_SELECTED);
		b->chains++;
		x->nr_chains++;
		x->most = b->chains > x->most ? b->chains : x->most;
	}
}

static void put_block(struct matrix *x, const struct block *b, int cx, int cy)
{
	static const enum glyph shade[] = { GL_LIGHT, GL_MEDIUM, GL_DARK,
		GL_BLOCK };
	uint64_t level = (uint64_t)b->chains * 4 / ((uint64_t)x->most + 1);

	if (!b->chains) {
		pad_glyph(x->s, cx, cy, ST_DIM, NO_REF, GL_DOT);
		return;
	}
	x->s->extra = b->marks;
	pad_glyph(x->s, cx, cy, ST_ANON_VMA, ref_make(REF_AVC, b->first),
		shade[level]);
	x->s->extra = 0;
}

static uint32_t share(uint32_t n, int cells)
{
	uint32_t each = (n + (uint32_t)cells - 1) / (uint32_t)cells;

	return each ? each : 1;
}

static bool make(struct matrix *x, int rows, int cols)
{
	if (!rmap_model_make(&x->r, x->s, INT32_MAX, INT32_MAX))
		return false;
	x->vmas = share(x->r.nr_vmas, rows);
	x->avs = share(x->r.nr_avs, cols);
	x->h = (int)((x->r.nr_vmas + x->vmas - 1) / x->vmas);
	x->w = (int)((x->r.nr_avs + x->avs - 1) / x->avs);
	x->block = calloc((size_t)x->w * (size_t)x->h + 1, sizeof(*x->block));
	if (x->block)
		count_chains(x);
	return x->block;
}

static void put_labels(struct matrix *x, int y)
{
	const char *times = glyph_text(GL_TIMES, x->s->look->ascii);

	pad_put(x->s, 1, 0, ST_TEXT, NO_REF,
		_("%u VMAs %s %u anon_vmas, %u chains"), x->r.nr_vmas, times,
		x->r.nr_avs, x->nr_chains);
	pad_put(x->s, 1, y, ST_DIM, NO_REF,
		_("a cell: %u %s %u, at most %u chains in one"), x->vmas, times,
		x->avs, x->most);
}

int rmap_matrix(struct pad *s)
{
	struct matrix x = { .s = s };
	int rows = s->h > 4 ? s->h - 3 : 1, cols = s->w > 16 ? s->w - 14 : 2;
	int lines = 0;

	if (make(&x, rows, cols)) {
		for (int i = 0; i < x.h; i++) {
			uint32_t first = (uint32_t)i * x.vmas;

			pad_name(s, 1, i + 1, ST_DIM,
				ref_make(REF_VMA, x.r.row[first].vma->id));
			for (int c = 0; c < x.w; c++)
				put_block(&x, &x.block[i * x.w + c], 12 + c,
					i + 1);
		}
		lines = x.h + 2;
		put_labels(&x, lines - 1);
	}
	free(x.block);
	rmap_model_free(&x.r);
	return lines;
}
