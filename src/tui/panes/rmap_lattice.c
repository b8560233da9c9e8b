/*
 * The lattice: a row for each VMA, a column for each anon_vma, a mark where
 * an anon_vma_chain joins them.  A solid line is a VMA's own list of chains
 * (same_vma), a dashed one an anon_vma's tree of them; they meet at marks and
 * pass over each other elsewhere.  Below each column stand the frames that
 * point to its anon_vma, and its counts.
 */
#include "tui/panes/rmap_lattice.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIN_COLUMN 5
#define MAX_COLUMN 18
#define NAMES 10 /* columns of a name, at most */
#define WIDE 100 /* from here on VMAs show their names */

/* Of view->own. */
#define OWN_FIRST 0 /* the first column shown */

int lattice_x(const struct lattice *l, int c)
{
	return l->head + 1 + (c - l->first) * l->pitch;
}

/* Columns worth laying out: when the cursor moves, beyond the edges too. */
bool lattice_shows(const struct lattice *l, int c)
{
	int beyond = l->s->run == PAD_COLLECT ? l->fit : 0;

	return c >= l->first - beyond && c < l->first + l->fit + beyond;
}

/* -- sizes -------------------------------------------------------------- */

static int limit(int n, int least, int most)
{
	return n < least ? least : n > most ? most : n;
}

static void measure_label(struct lattice *l, const struct rmap_row *row)
{
	char text[32];

	snprintf(text, sizeof(text), "%u",
		row->count > 1 ? row->count : row->vma->id);
	l->vma = limit((int)strlen(text) + 4, l->vma, 11);
	l->name = limit(
		row->task ? text_width(row->task->name) : 1, l->name, NAMES);
	if (l->s->w >= WIDE)
		l->vma_name = limit(text_width(vma_name(l->s->m, row->vma)),
			l->vma_name, NAMES);
}

/* Labels of rows, or the names of the counts below if there is room. */
static void measure_head(struct lattice *l)
{
	l->vma = 5;
	for (int i = 0; i < l->r.nr_rows && i < 256; i++)
		measure_label(l, &l->r.row[i]);
	l->head = 2 + l->name + l->vma + l->vma_name + (l->vma_name > 0);
	for (unsigned i = 0; lattice_counts[i] && l->s->w >= 60; i++)
		if (field_find(l->s->m, REF_ANON_VMA, lattice_counts[i]))
			l->head = limit((int)strlen(lattice_counts[i]) + 2,
				l->head, 24);
}

/* The column that must be seen: under the cursor, or of the current event. */
static int wanted_column(const struct lattice *l)
{
	const struct event *ev = latest_event(l->s->look);
	struct ref refs[3] = { l->s->view->cursor, NO_REF, NO_REF };

	if (ev && l->s->view->follow) {
		refs[1] = ev->o;
		refs[2] = ev->p;
	}
	for (int i = 2; i >= 0; i--) {
		const struct anon_vma_chain *avc;
		uint32_t av = refs[i].id;

		if (refs[i].kind == REF_AVC) {
			avc = avc_by_id(l->s->m, av);
			if (!avc ||
				rmap_col_of(&l->r, l->s->m, avc->anon_vma) < 0)
				continue;
			av = avc->anon_vma->id;
		} else if (refs[i].kind != REF_ANON_VMA) {
			continue;
		}
		if (av <= l->s->m->anon_vmas.last && l->r.col_of[av] >= 0)
			return l->r.col_of[av];
	}
	return -1;
}

static int id_digits(const struct lattice *l)
{
	char text[32];

	return snprintf(text, sizeof(text), "%u", l->s->m->anon_vmas.last);
}

/* Columns that "^av123" needs with a gap, the longest title in two lines. */
static int least_pitch(const struct lattice *l)
{
	return limit(id_digits(l) + 4, MIN_COLUMN, MAX_COLUMN);
}

static void place_columns(struct lattice *l)
{
	int room = l->s->w - l->head - 2, wanted = wanted_column(l);
	int n = l->r.nr_cols > 0 ? l->r.nr_cols : 1;

	l->pitch = limit(room / n, least_pitch(l), MAX_COLUMN);
	l->fit = limit(room / l->pitch, 1, n);
	l->first = (int)l->s->view->own[OWN_FIRST];
	if (wanted >= 0 && wanted < l->first)
		l->first = wanted;
	if (wanted >= l->first + l->fit)
		l->first = wanted - l->fit + 1;
	l->first = limit(l->first, 0,
		l->r.nr_cols - l->fit > 0 ? l->r.nr_cols - l->fit : 0);
	l->s->view->own[OWN_FIRST] = l->first;
	/* "av12 ^av11" and a gap */
	l->title = l->pitch >= 2 * id_digits(l) + 8 ? 1 : 2;
}

static void measure(struct lattice *l)
{
	measure_head(l);
	place_columns(l);
	l->step = l->title + l->r.nr_rows * 2 + 6 <= l->s->h ? 2 : 1;
}

/* -- columns ------------------------------------------------------------ */

static void put_family(
	struct lattice *l, int x, int y, const struct rmap_col *c)
{
	struct pad *s = l->s;
	const struct anon_vma *parent = c->av->parent;

	if (parent != c->av && rmap_col_of(&l->r, s->m, parent) >= 0) {
		x += pad_glyph(s, x, y, ST_POINTER, NO_REF, GL_UP);
		pad_name(s, x, y, ST_DIM, ref_make(REF_ANON_VMA, parent->id));
	} else {
		pad_put(s, x, y, ST_DIM, NO_REF, "%s", _("root"));
	}
}

static void put_title(struct lattice *l, const struct rmap_col *c, int x, int y)
{
	struct ref ref = ref_make(REF_ANON_VMA, c->av->id);
	const char *times = glyph_text(GL_TIMES, l->s->look->ascii);
	enum style style = c->owners ? ST_ANON_VMA : ST_DIM;
	int w;

	if (c->count > 1)
		w = pad_put(
			l->s, x - 1, y, style, ref, "%s%u", times, c->count);
	else
		w = pad_name(l->s, x - 1, y, style, ref);
	if (l->title == 1)
		put_family(l, x + w, y, c);
	else
		put_family(l, x - 1, y + 1, c);
}

static void put_titles(struct lattice *l)
{
	int y = pad_sticky(l->s, l->title);

	for (int c = 0; c < l->r.nr_cols; c++)
		if (lattice_shows(l, c))
			put_title(l, &l->r.col[c], lattice_x(l, c), y);
	if (l->first)
		pad_glyph(l->s, l->head - 1, y, ST_DIM, NO_REF, GL_ELLIPSIS);
	if (l->first + l->fit < l->r.nr_cols)
		pad_glyph(l->s, l->s->w - 1, y, ST_DIM, NO_REF, GL_ELLIPSIS);
}

static void put_tree(struct lattice *l, int c, int y)
{
	pad_line(l->s, lattice_x(l, c), y, LINE_N | LINE_S, ST_TREE,
		LINE_DASHED);
}

/* Trees that go on below row @i: they pass it unless its list does. */
static void put_trees(struct lattice *l, int i, int y)
{
	const struct rmap_row *row = &l->r.row[i];
	int end = l->first + l->fit;

	for (int c = l->first; c < end && c < l->r.nr_cols; c++) {
		if (l->r.col[c].last_row > i && c > row->last)
			put_tree(l, c, y);
		for (int k = 1; k < l->step; k++)
			if (l->r.col[c].last_row > i)
				put_tree(l, c, y + k);
	}
}

/* -- rows --------------------------------------------------------------- */

static void put_task(struct lattice *l, const struct rmap_row *row, int y)
{
	if (row->task)
		pad_cut(l->s, 1, y, l->name, ST_TASK,
			ref_make(REF_TASK, row->task->pid), row->task->name);
	else
		pad_put(l->s, 1, y, ST_DIM, NO_REF, "?");
}

static void put_label(struct lattice *l, const struct rmap_row *row, int y)
{
	struct ref ref = ref_make(REF_VMA, row->vma->id);
	const char *times = glyph_text(GL_TIMES, l->s->look->ascii);
	int x = 2 + l->name;

	put_task(l, row, y);
	if (row->count > 1)
		pad_put(l->s, x, y, ST_VMA_ANON, ref, "%s%u", times,
			row->count);
	else
		pad_name(l->s, x, y, ST_VMA_ANON, ref);
	if (l->vma_name)
		pad_cut(l->s, x + l->vma, y, l->vma_name, ST_DIM, ref,
			vma_name(l->s->m, row->vma));
}

/* The VMA's list, from its label to the last anon_vma that it may use. */
static void put_list(struct lattice *l, const struct rmap_row *row, int y)
{
	int last = row->last, x;

	if (last >= l->first + l->fit)
		last = l->first + l->fit - 1;
	for (x = l->head; x < lattice_x(l, last); x++)
		pad_line(l->s, x, y, LINE_E | LINE_W, ST_CHAIN, LINE_THIN);
}

/* A chain between two objects that are tied to the selected one is, too. */
static unsigned chain_marks(
	const struct lattice *l, const struct anon_vma_chain *avc)
{
	struct ref av = ref_make(REF_ANON_VMA, avc->anon_vma->id);
	struct ref vma = ref_make(REF_VMA, avc->vma->id);

	return look_marks(l->s->look, av) & look_marks(l->s->look, vma) &
	       STYLE_RELATED;
}

static void put_mark(struct lattice *l, const struct rmap_row *row, int y,
	const struct anon_vma_chain *avc)
{
	int c = rmap_col_of(&l->r, l->s->m, avc->anon_vma);
	bool own = avc->anon_vma == row->vma->anon_vma;

	if (c < 0 || !lattice_shows(l, c))
		return;
	l->s->extra = chain_marks(l, avc);
	pad_glyph(l->s, lattice_x(l, c), y, own ? ST_ANON_VMA_OWN : ST_ANON_VMA,
		ref_make(REF_AVC, avc->id), own ? GL_OWN : GL_MAY);
	l->s->extra = 0;
}

static void put_row(struct lattice *l, int i, int y)
{
	const struct rmap_row *row = &l->r.row[i];
	const struct list_head *head = &row->vma->anon_vma_chain;

	put_label(l, row, y);
	put_trees(l, i, y);
	if (row->last < 0) {
		pad_put(l->s, l->head, y, ST_DIM, NO_REF, "%s",
			_("no anon_vma"));
		return;
	}
	put_list(l, row, y);
	list_for_each(node, head) put_mark(
		l, row, y, container_of(node, struct anon_vma_chain, same_vma));
}

static int put_rows(struct lattice *l, int y)
{
	for (int i = 0; i < l->r.nr_rows; i++, y += l->step)
		if (pad_wants(l->s, y) || pad_wants(l->s, y + l->step - 1))
			put_row(l, i, y);
	return y;
}

/* -- all ---------------------------------------------------------------- */

/* That page->mapping points at the anon_vma above, where there is room. */
static void put_mapping(struct lattice *l, int y)
{
	pad_put(l->s, 1, y, ST_DIM, NO_REF, "mapping");
	for (int c = 0; c < l->r.nr_cols; c++)
		if (lattice_shows(l, c) && l->r.col[c].nr_pages)
			pad_glyph(l->s, lattice_x(l, c), y, ST_POINTER, NO_REF,
				GL_UP);
}

static int put_lattice(struct lattice *l)
{
	int y;

	l->s->beyond = l->s->run == PAD_COLLECT;
	y = put_rows(l, l->title);
	if (l->step > 1)
		put_mapping(l, y - 1);
	y += lattice_put_pages(l, y);
	if (l->r.nr_cols)
		y += lattice_put_fields(l, y);
	l->s->beyond = false;
	if (y + 1 < l->s->h)
		y++;
	y += lattice_put_legend(l->s, y);
	l->s->beyond = l->s->run == PAD_COLLECT;
	put_titles(l);
	l->s->beyond = false;
	return y;
}

static bool is_too_large(const struct lattice *l)
{
	return l->r.nr_rows > l->s->h * 4 || l->r.nr_cols > l->fit * 4;
}

int rmap_lattice(struct pad *s)
{
	struct lattice l = { .s = s };
	int lines;

	if (!rmap_model_make(&l.r, s, s->h - 6 > 3 ? s->h - 6 : 3,
		    (s->w - 16) / MIN_COLUMN))
		return 0;
	measure(&l);
	if (is_too_large(&l)) {
		rmap_model_free(&l.r);
		return rmap_matrix(s);
	}
	rmap_model_pages(&l.r, s->m);
	lines = put_lattice(&l);
	if (s->m->caches[CACHE_KSM_STABLE_NODE].nr_objects)
		lines += 1 + rmap_ksm_nodes(s, lines + 1);
	rmap_model_free(&l.r);
	return lines;
}
