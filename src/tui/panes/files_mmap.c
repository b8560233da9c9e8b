/*
 * A line for each VMA: what the walk of this step found there, the tree's
 * branches, the pages that it maps, whose it is; and, where there is room, a
 * chart with its pages as a bar and the pages asked for as a column.
 */
#include "tui/panes/files_mmap.h"
#include "tui/panes/reverse.h"
#include "view/lang.h"
#include "view/mmap_picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TREE_X 6     /* column of the top; before it the walk's marks */
#define INDENT 2     /* columns of a level */
#define TREE_LEVELS 72
#define CHART_MIN 8  /* columns that are worth a chart */
#define CHART_MAX 64
#define CHART_WIDE 32 /* columns for it after the question, or it is cut */
#define NAME_MAX_W 10
#define BITS_W 13    /* of "index_bits 32" */
#define WRITABLE_W 18 /* of "i_mmap_writable 99" */
#define MANY_ROWS 24 /* from which sets are folded */

/* What is drawn. */
struct mmap_draw {
	struct pad *s;
	const struct address_space *mapping;
	struct mmap_picture p;
	uint64_t pages;        /* that the chart shows */
	int chart_x, chart_w;  /* w 0: no chart */
	bool open[TREE_LEVELS]; /* a branch goes on below at this level */
};

static bool in_tree(const struct mmap_draw *d)
{
	return d->p.form == I_MMAP_PRIO || d->p.form == I_MMAP_TREE;
}

/* -- the words of a line ---------------------------------------------------- */

/* "(0,5)", in an interval tree with the largest last page at or below. */
static void say_pages(const struct mmap_draw *d, const struct mmap_row *row,
	char *buf, size_t size)
{
	const struct i_mmap_node *n = &row->node;

	if (d->p.form == I_MMAP_TREE && n->subtree_last != n->last)
		snprintf(buf, size, _("(%" PRIx64 ",%" PRIx64 ") max %" PRIx64),
			n->first, n->last, n->subtree_last);
	else
		snprintf(buf, size, "(%" PRIx64 ",%" PRIx64 ")", n->first,
			n->last);
}

/* Why a part of the tree is left out, or a look was in vain. */
static void say_limit(const struct mmap_row *row, char *buf, size_t size)
{
	buf[0] = 0;
	if (row->mark == MMAP_ENDS)
		snprintf(buf, size, _("all end by %" PRIx64), row->limit);
	else if (row->right_left_out)
		snprintf(buf, size, _("right: from %" PRIx64 " on"),
			row->limit);
	else if (row->mark == MMAP_WASTED)
		snprintf(buf, size, "%s", _("not in its PTE"));
}

/* What the walk asks for and has found; "" when there was none. */
static void say_question(const struct mmap_picture *p, char *buf, size_t size)
{
	char what[64];

	buf[0] = 0;
	if (!p->asked)
		return;
	if (p->first == p->last)
		snprintf(what, sizeof(what), _("index %" PRIx64), p->first);
	else if (p->last == I_MMAP_END)
		snprintf(what, sizeof(what), _("index %" PRIx64 " and beyond"),
			p->first);
	else
		snprintf(what, sizeof(what),
			_("index %" PRIx64 " to %" PRIx64), p->first, p->last);
	snprintf(buf, size,
		p->over ? _("who maps %s? found %u")
			: _("who maps %s? found %u so far"),
		what, p->found);
}

static const char *task_name(const struct mmap_draw *d,
	const struct mmap_row *row)
{
	const struct vm_area_struct *vma = row->node.vma;
	const struct task_struct *task =
		vma->vm_mm ? reverse_task(d->s->m, vma) : NULL;

	return task ? task->name : "";
}

static int column_of(const struct mmap_draw *d, const struct mmap_row *row)
{
	int levels = (int)row->node.depth * INDENT;

	if (!in_tree(d))
		return TREE_X + INDENT;
	return TREE_X + levels + (row->node.set ? INDENT : 0);
}

/* Columns of the line without its chart. */
static int row_columns(const struct mmap_draw *d, const struct mmap_row *row)
{
	char text[64], vma[32];
	int w, name = text_width(task_name(d, row));

	say_pages(d, row, text, sizeof(text));
	w = column_of(d, row) + text_width(text);
	format_ref(vma, sizeof(vma), d->s->m,
		ref_make(REF_VMA, row->node.vma->id));
	w += 2 + text_width(vma) + (name < NAME_MAX_W ? name : NAME_MAX_W);
	say_limit(row, text, sizeof(text));
	return w + (*text ? 2 + text_width(text) : 0);
}

/* -- one line ---------------------------------------------------------------- */

static enum style row_style(const struct mmap_row *row)
{
	if (row->left_out || row->mark == MMAP_ENDS)
		return ST_DIM;
	return row->node.vma->vm_flags & VM_SHARED ? ST_VMA_SHARED
						   : ST_VMA_FILE;
}

static const struct {
	enum style style;
	enum glyph glyph;
} marks[] = {
	[MMAP_HIT] = { ST_GOOD, GL_CHECK },
	[MMAP_WASTED] = { ST_BAD, GL_CROSS },
	[MMAP_MISS] = { ST_BAD, GL_CROSS },
	[MMAP_ENDS] = { ST_DIM, GL_LEFT },
	[MMAP_BEGINS] = { ST_DIM, GL_RIGHT },
};

/* When the walk came here, and what it found. */
static void put_mark(struct mmap_draw *d, int y, const struct mmap_row *row)
{
	const struct event *now = current_event(d->s->look);
	struct ref ref = ref_make(REF_VMA, row->node.vma->id);

	if (now && (ref_eq(now->o, ref) || ref_eq(now->p, ref))) {
		pad_here(d->s, y);
		pad_glyph(d->s, 0, y, ST_EVENT_NOW, NO_REF, GL_NOW);
	}
	if (row->mark == MMAP_NONE)
		return;
	if (row->visit < 1000)
		pad_put(d->s, 1, y, ST_DIM, NO_REF, "%3u", row->visit);
	pad_glyph(d->s, 4, y, marks[row->mark].style, NO_REF,
		marks[row->mark].glyph);
}

/* The branches from the top down to the row, which may have children. */
static void put_branches(struct mmap_draw *d, int y, const struct mmap_row *row,
	bool has_child)
{
	struct pad *s = d->s;
	int depth = (int)row->node.depth, x = TREE_X;

	if (depth >= TREE_LEVELS)
		return;
	for (int level = 1; level <= depth; level++, x += INDENT)
		if (d->open[level] && (level < depth || row->node.set))
			pad_line(s, x, y, LINE_N | LINE_S, ST_TREE, LINE_THIN);
	if (row->node.set) {
		if (has_child)
			pad_line(s, x, y, LINE_N | LINE_S, ST_TREE, LINE_THIN);
		return;
	}
	if (!depth)
		return;
	d->open[depth] = row->more;
	pad_line(s, x - INDENT, y, LINE_N | LINE_E | (row->more ? LINE_S : 0),
		ST_TREE, LINE_THIN);
	pad_put(s, x - INDENT + 1, y, ST_DIM, NO_REF, "%c",
		row->node.side == I_MMAP_LEFT ? 'L' : 'R');
}

static void put_link(struct mmap_draw *d, int y, const struct mmap_row *row)
{
	pad_line(d->s, TREE_X, y, LINE_N | LINE_E | (row->more ? LINE_S : 0),
		ST_CHAIN, LINE_THIN);
}

static void put_vma(struct mmap_draw *d, int x, int y,
	const struct mmap_row *row)
{
	struct ref ref = ref_make(REF_VMA, row->node.vma->id);
	enum style style = row_style(row);
	char text[64];

	say_pages(d, row, text, sizeof(text));
	if (in_tree(d) && row->node.set)
		x += pad_put(d->s, x - 1, y, ST_CHAIN, ref, "+") - 1;
	else
		x += pad_put(d->s, x, y, style == ST_DIM ? ST_DIM : ST_NUMBER,
			     ref, "%s", text) +
		     1;
	if (row->count > 1)
		x += pad_put(d->s, x, y, style, ref, "%s%u ",
			glyph_text(GL_TIMES, d->s->look->ascii), row->count);
	else
		x += pad_name(d->s, x, y, style, ref) + 1;
	x += pad_cut(d->s, x, y, NAME_MAX_W, style == ST_DIM ? ST_DIM : ST_TASK,
		NO_REF, task_name(d, row));
	say_limit(row, text, sizeof(text));
	pad_put(d->s, x + 1, y, ST_DIM, NO_REF, "%s", text);
}

/* -- the chart --------------------------------------------------------------- */

/* Columns of the chart for pages up to @page, not counted. */
static int chart_columns(const struct mmap_draw *d, uint64_t page)
{
	if (page >= d->pages)
		return d->chart_w;
	return (int)(page * (uint64_t)d->chart_w / d->pages);
}

/* The columns of pages [first, last], at least one. */
static void chart_range(const struct mmap_draw *d, uint64_t first,
	uint64_t last, int *from, int *to)
{
	*from = chart_columns(d, first);
	*to = chart_columns(d, last == I_MMAP_END ? last : last + 1);
	if (*to <= *from)
		*to = *from + 1;
	if (*to > d->chart_w) {
		*to = d->chart_w;
		*from = *from < *to ? *from : *to - 1;
	}
}

static void put_bar(struct mmap_draw *d, int y, const struct mmap_row *row)
{
	struct ref ref = ref_make(REF_VMA, row->node.vma->id);
	int from, to, ask = 0, end = 0;

	if (!d->chart_w)
		return;
	chart_range(d, row->node.first, row->node.last, &from, &to);
	if (d->p.asked)
		chart_range(d, d->p.first, d->p.last, &ask, &end);
	for (int x = 0; x < d->chart_w; x++) {
		bool asked = x >= ask && x < end;

		if (x >= from && x < to)
			pad_glyph(d->s, d->chart_x + x, y,
				asked && row->visit ? ST_EVENT_NOW
						    : row_style(row),
				ref, GL_BAR);
		else if (asked && (x == ask || (x == end - 1 &&
						 d->p.last != I_MMAP_END)))
			pad_line(d->s, d->chart_x + x, y, LINE_N | LINE_S,
				ST_EVENT_NOW, LINE_DASHED);
	}
}

/* First and last page of the chart, and those that are asked for. */
static void put_axis(struct mmap_draw *d, int y)
{
	int from, to, last = d->chart_x + d->chart_w;
	char text[32];

	pad_put(d->s, d->chart_x, y, ST_DIM, NO_REF, "0");
	snprintf(text, sizeof(text), "%" PRIx64, d->pages - 1);
	pad_put(d->s, last - text_width(text), y, ST_DIM, NO_REF, "%s", text);
	if (!d->p.asked)
		return;
	chart_range(d, d->p.first, d->p.last, &from, &to);
	snprintf(text, sizeof(text), "%" PRIx64, d->p.first);
	pad_put(d->s, d->chart_x + from, y, ST_EVENT_NOW, NO_REF, "%s", text);
}

static void plan_chart(struct mmap_draw *d, uint64_t pages)
{
	int most = 0, w;
	char text[128];

	d->pages = pages;
	say_question(&d->p, text, sizeof(text));
	if (d->s->w - text_width(text) > CHART_WIDE)
		most = text_width(text) + 1;
	for (uint32_t i = 0; i < d->p.nr; i++) {
		w = row_columns(d, &d->p.row[i]);
		most = w > most ? w : most;
		if (d->p.row[i].node.last >= d->pages)
			d->pages = d->p.row[i].node.last + 1;
	}
	d->chart_x = most + 2;
	w = d->s->w - d->chart_x - 1;
	w = w > CHART_MAX ? CHART_MAX : w;
	if (w < CHART_MIN || !d->p.nr)
		return;
	d->chart_w = (uint64_t)w > d->pages ? w / (int)d->pages * (int)d->pages
					    : w;
}

/* -- headings ---------------------------------------------------------------- */

/* What form it has, and what is counted. */
static int put_title(struct mmap_draw *d, int y)
{
	static const char *const form[] = {
		[I_MMAP_SHARE] = N_("two lists"),
		[I_MMAP_LIST] = N_("two lists"),
		[I_MMAP_PRIO] = N_("prio tree"),
		[I_MMAP_TREE] = N_("interval tree"),
	};
	const struct address_space *mapping = d->mapping;
	struct ref file = ref_make(REF_FILE, mapping->id);
	int x = 1;

	x += pad_put(d->s, x, y, ST_STRONG, file, "i_mmap") + 2;
	x += pad_put(d->s, x, y, ST_TEXT, NO_REF, "%s", _(form[d->p.form])) + 2;
	x += pad_put(d->s, x, y, ST_DIM, NO_REF, _("VMAs: %u"),
		     mapping->nr_mmap) +
	     2;
	if (d->p.form == I_MMAP_PRIO && d->s->w - x >= BITS_W)
		x += pad_put(d->s, x, y, ST_DIM, file, "index_bits %u",
			     mapping->i_mmap.prio.index_bits) +
		     2;
	if (mapping->i_mmap_writable && d->s->w - x >= WRITABLE_W)
		x += pad_put(d->s, x, y, ST_DIM, file, "i_mmap_writable %u",
			     mapping->i_mmap_writable) +
		     2;
	if (mapping->i_mmap_lock.writer || mapping->i_mmap_lock.readers)
		pad_put(d->s, x, y, ST_LOCK, file, _("%s held"),
			i_mmap_lock_name(d->s->m));
	return 1;
}

static int put_question(struct mmap_draw *d, int y)
{
	int w = d->chart_w ? d->chart_x - 1 : d->s->w;
	char text[128];

	say_question(&d->p, text, sizeof(text));
	pad_cut(d->s, 1, y, w - 1, ST_EVENT, NO_REF, text);
	if (d->chart_w)
		put_axis(d, y);
	return *text || d->chart_w;
}

/* A list's name before its first VMA; returns its lines. */
static int put_list_name(struct mmap_draw *d, int y, uint32_t i)
{
	bool shared = d->p.row[i].node.shared;

	if (in_tree(d) || (i && d->p.row[i - 1].node.shared == shared))
		return 0;
	pad_put(d->s, TREE_X - 1, y, ST_CHAIN,
		ref_make(REF_FILE, d->mapping->id), "%s",
		shared ? "i_mmap_shared" : "i_mmap");
	return 1;
}

/* -- all lines --------------------------------------------------------------- */

static bool has_child(const struct mmap_draw *d, uint32_t i)
{
	uint32_t depth = d->p.row[i].node.depth;

	for (i++; i < d->p.nr && d->p.row[i].node.set; i++)
		;
	return i < d->p.nr && d->p.row[i].node.depth > depth;
}

static void put_row(struct mmap_draw *d, int y, uint32_t i)
{
	const struct mmap_row *row = &d->p.row[i];

	if (in_tree(d))
		put_branches(d, y, row, has_child(d, i));
	else
		put_link(d, y, row);
	if (!pad_wants(d->s, y) && d->s->run != PAD_FIND)
		return;
	put_mark(d, y, row);
	put_vma(d, column_of(d, row), y, row);
	put_bar(d, y, row);
}

/* A line that somebody looks at stays one of its own. */
static bool is_pinned(void *ctx, const struct mmap_row *row)
{
	struct pad *s = ctx;
	struct ref ref = ref_make(REF_VMA, row->node.vma->id);

	return ref_eq(s->view->cursor, ref) ||
	       (look_marks(s->look, ref) & (STYLE_TOUCHED | STYLE_SELECTED));
}

int files_mmap(struct pad *s, int y, const struct address_space *mapping,
	uint64_t pages)
{
	struct mmap_draw d = { .s = s, .mapping = mapping };
	int from = y;

	if (!mmap_picture_make(&d.p, s->look, mapping))
		return 0;
	mmap_picture_fold(&d.p, MANY_ROWS, is_pinned, s);
	plan_chart(&d, pages);
	y += put_title(&d, y);
	y += put_question(&d, y);
	for (uint32_t i = 0; i < d.p.nr; i++) {
		y += put_list_name(&d, y, i);
		put_row(&d, y++, i);
	}
	mmap_picture_free(&d.p);
	return y - from;
}
