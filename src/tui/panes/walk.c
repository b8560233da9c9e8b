/*
 * The page-table walk of one address: the selected one, else the one that the
 * latest event is about, else the first there is.
 *
 * Wide: the address cut into its indices, each level's table with the entry
 * that is used between its neighbours, joined by lines.  Narrow: one line for
 * each level.  All geometry comes from the machine's struct paging.
 */
#include "tui/panes/walk_in.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

/* -- one entry ---------------------------------------------------------- */

bool walk_is_leaf(const struct trip *t, unsigned level)
{
	return level + 1 == t->p->nr_levels;
}

/* The object that entry @index of the table at @level is. */
struct ref walk_entry_ref(const struct trip *t, unsigned level, uint32_t index)
{
	const struct walk_level *l = &t->walk.level[level];
	int64_t off = (int64_t)index - l->index;

	if (!walk_is_leaf(t, level))
		return ref_at(REF_TABLE, l->table, index);
	return ref_at(REF_PTE, t->at.task->pid,
		(t->at.addr & PAGE_MASK) + (uint64_t)(off * PAGE_SIZE));
}

static enum style entry_style(const struct trip *t, pteval_t pte)
{
	if (!pte_present(t->s->m, pte))
		return ST_PTE_NONE;
	return pte_write(t->s->m, pte) ? ST_PTE_WRITABLE : ST_PTE_PRESENT;
}

/* An entry: its frame, and of the last table's (or with @bits) its bits. */
int walk_put_entry(
	struct trip *t, int x, int y, unsigned level, uint32_t index, bool bits)
{
	struct pad *s = t->s;
	pteval_t pte = table_entry(s->m, t->walk.level[level].table, index);
	struct ref ref = walk_entry_ref(t, level, index);
	enum style style = entry_style(t, pte);
	char text[64];

	if (pte_none(pte))
		return pad_glyph(s, x, y, style, ref, GL_DOT);
	if (!bits && !walk_is_leaf(t, level))
		return pad_put(
			s, x, y, ST_PFN, ref, "%" PRIx64, pte_pfn(s->m, pte));
	format_pte(text, sizeof(text), s->m, pte);
	return pad_put(s, x, y, style, ref, "%s", text);
}

bool walk_is_now(const struct trip *t, unsigned level)
{
	const struct walk_level *l = &t->walk.level[level];

	if (walk_is_leaf(t, level))
		return event_at(t->s->look, t->at.task->pid, t->at.addr);
	return look_marks(t->s->look, walk_entry_ref(t, level, l->index)) &
	       STYLE_TOUCHED;
}

/* What lies at the end of the walk. */
int walk_put_end(struct trip *t, int y)
{
	const struct page *page = page_by_pfn(t->s->m, t->walk.pfn);
	struct pad *s = t->s;
	char value[64];
	int x = 1;

	if (!t->walk.mapped || !page)
		return pad_put(s, 1, y, ST_WARN, NO_REF, "%s",
			       _("not present: an access faults")),
		       1;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", _("frame"));
	x += pad_put(s, x, y, frame_style(page),
		ref_make(REF_PAGE, (uint32_t)t->walk.pfn), "%" PRIx64,
		t->walk.pfn);
	if (t->walk.offset)
		x += pad_put(
			s, x, y, ST_NUMBER, NO_REF, " + %03x", t->walk.offset);
	x += pad_put(s, x, y, ST_DIM, NO_REF, " %s ", _("holds"));
	format_value(value, sizeof(value), s->m, page->value);
	pad_put(s, x, y, ST_VALUE, NO_REF, "%s", value);
	return 1;
}

/* -- narrow ------------------------------------------------------------- */

static int put_level(struct trip *t, int y, unsigned level)
{
	const struct walk_level *l = &t->walk.level[level];
	struct pad *s = t->s;
	int x = 1;

	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", t->p->level[level].name);
	x += pad_put(s, x, y, ST_PAGE_TABLE, ref_make(REF_PAGE, l->table), "%x",
		l->table);
	x += pad_put(s, x, y, ST_STRONG, walk_entry_ref(t, level, l->index),
		"[%03x]", l->index);
	x += 1 + pad_glyph(s, x + 1, y, ST_POINTER, NO_REF, GL_RIGHT);
	x += 1 + walk_put_entry(t, x + 1, y, level, l->index, true);
	if (walk_is_now(t, level))
		pad_glyph(s, x + 1, y, ST_EVENT_NOW, NO_REF, GL_NOW_LEFT);
	return 1;
}

static int narrow(struct trip *t)
{
	int y = 0;

	pad_put(t->s, 1, y, ST_TASK, ref_make(REF_TASK, t->at.task->pid), "%s",
		t->at.task->name);
	pad_put(t->s, 2 + text_width(t->at.task->name), y++, ST_ADDR,
		ref_at(REF_ADDR, t->at.task->pid, t->at.addr), "%" PRIx64,
		t->at.addr);
	for (unsigned i = 0; i < t->walk.depth; i++)
		y += put_level(t, y, i);
	return y + walk_put_end(t, y);
}

/* -- the pane ----------------------------------------------------------- */

static int content(struct pad *s)
{
	struct trip t = { .s = s, .p = machine_paging(s->m) };

	if (!walk_target(s->view, s->look, &t.at))
		return 0;
	s->view->own[OWN_PID] = t.at.task->pid;
	s->view->own[OWN_ADDR] = (long)t.at.addr;
	paging_walk(s->m, t.at.task->mm, t.at.addr, &t.walk);
	t.column = walk_table_columns(&t);
	return s->h < 6 || !t.column ? narrow(&t) : walk_wide(&t);
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct target at;

	if (!walk_target(view, look, &at))
		pad_quiet(cv, _("No address to walk yet."));
	else
		pad_draw(view, look, cv, content);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	return pad_move(view, look, content, move, count);
}

static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	struct ref refs[3] = { ref, NO_REF, NO_REF };

	if (ref.kind == REF_ADDR || ref.kind == REF_PTE)
		refs[1] = ref_at(REF_PTE, ref.id, ref.addr & PAGE_MASK);
	pad_seek(view, look, content, refs);
}

static void caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	struct target at;

	if (walk_target(view, look, &at))
		snprintf(buf, size, "%s  %s %" PRIx64, _("Page-table walk"),
			at.task->name, at.addr);
	else
		snprintf(buf, size, "%s", _("Page-table walk"));
}

const struct pane pane_walk = {
	.name = "walk",
	.title = N_("Page-table walk"),
	.note = N_("an address through the levels of tables to its frame"),
	.min_w = 28,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
	.caption = caption,
};
