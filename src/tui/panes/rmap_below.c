/* What stands below the lattice's columns: frames, counts, the legend. */
#include "tui/panes/rmap_lattice.h"
#include "view/lang.h"

#include <stdio.h>
#include <string.h>

const char *const lattice_counts[] = { "degree", "num_children",
	"num_active_vmas", "refcount", NULL };

/* The frames of a column, as many as fit into @lines; returns lines used. */
static int put_frames(struct lattice *l, int c, int y, int lines)
{
	const struct rmap_col *col = &l->r.col[c];
	uint32_t n = col->nr_pages < RMAP_PAGES ? col->nr_pages : RMAP_PAGES, i;
	int left = lattice_x(l, c) - 1, x = left, line = 0;

	for (i = 0; i < n; i++) {
		struct ref ref = ref_make(REF_PAGE, col->pfn[i]);
		char text[16];

		snprintf(text, sizeof(text), "%x", col->pfn[i]);
		if (x > left && x + (int)strlen(text) >= left + l->pitch) {
			if (++line >= lines)
				break;
			x = left;
		}
		x += pad_put(l->s, x, y + line, ST_PAGE_ANON, ref, "%s", text) +
		     1;
	}
	if (i < col->nr_pages)
		pad_glyph(l->s, left + l->pitch - 1, y + lines - 1, ST_DIM,
			NO_REF, GL_ELLIPSIS);
	return line < lines ? line + 1 : lines;
}

int lattice_put_pages(struct lattice *l, int y)
{
	int room = l->s->h - y - 4, most = 1;

	pad_put(l->s, 1, y, ST_DIM, NO_REF, "%s", _("pages"));
	for (int c = 0; c < l->r.nr_cols; c++) {
		int lines = lattice_shows(l, c) ? put_frames(l, c, y,
							  room < 1   ? 1
							  : room > 4 ? 4
								     : room)
						: 1;

		most = lines > most ? lines : most;
	}
	return most;
}

static uint32_t count_of(const struct lattice *l, const struct rmap_col *c,
	const struct field *f)
{
	return (uint32_t)f->get(l->s->m, c->av);
}

/* One of the anon_vma's counts under each column. */
static int put_field(struct lattice *l, int y, const struct field *f)
{
	pad_cut(l->s, 1, y, l->head - 2, ST_DIM, NO_REF, f->name);
	for (int c = 0; c < l->r.nr_cols; c++)
		if (lattice_shows(l, c))
			pad_put(l->s, lattice_x(l, c) - 1, y, ST_NUMBER,
				ref_make(REF_ANON_VMA, l->r.col[c].av->id),
				"%u", count_of(l, &l->r.col[c], f));
	return 1;
}

/* How many VMAs have it as their own; an anon_vma without one is dead: it is
 * kept only for the pages that may still point to it. */
static int put_owners(struct lattice *l, int y)
{
	pad_put(l->s, 1, y, ST_DIM, NO_REF, "%s", _("owners"));
	for (int c = 0; c < l->r.nr_cols; c++) {
		const struct rmap_col *col = &l->r.col[c];
		struct ref ref = ref_make(REF_ANON_VMA, col->av->id);
		int x = lattice_x(l, c) - 1;

		if (!lattice_shows(l, c))
			continue;
		if (col->owners)
			pad_put(l->s, x, y, ST_NUMBER, ref, "%u", col->owners);
		else
			pad_put(l->s, x, y, ST_WARN, ref, "%s", _("none"));
	}
	return 1;
}

int lattice_put_fields(struct lattice *l, int y)
{
	int y0 = y;

	if (!field_find(l->s->m, REF_ANON_VMA, "num_active_vmas"))
		y += put_owners(l, y);
	for (unsigned i = 0; lattice_counts[i]; i++) {
		const struct field *f =
			field_find(l->s->m, REF_ANON_VMA, lattice_counts[i]);

		if (f)
			y += put_field(l, y, f);
	}
	return y - y0;
}

/* Mark and meaning; returns the columns with the gap after them. */
static int put_meaning(struct pad *s, int x, int y, enum style style,
	enum glyph glyph, const char *meaning)
{
	int x0 = x;

	if (x + 2 + text_width(meaning) > s->w)
		return 0;
	x += pad_glyph(s, x, y, style, NO_REF, glyph) + 1;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s", meaning) + 3;
	return x - x0;
}

int lattice_put_legend(struct pad *s, int y)
{
	int x = 1;

	x += put_meaning(s, x, y, ST_ANON_VMA_OWN, GL_OWN, _("own anon_vma"));
	x += put_meaning(s, x, y, ST_ANON_VMA, GL_MAY, _("may hold pages"));
	if (x + 24 > s->w)
		return 1;
	pad_line(s, x, y, LINE_N | LINE_S, ST_TREE, LINE_DASHED);
	x += 2 + pad_put(s, x + 2, y, ST_DIM, NO_REF, "%s", _("its tree")) + 2;
	pad_line(s, x, y, LINE_E | LINE_W, ST_CHAIN, LINE_THIN);
	pad_put(s, x + 2, y, ST_DIM, NO_REF, "%s", _("VMA's list"));
	return 1;
}
