/*
 * The page-table walk of one address: the selected one, else the one that the
 * latest event is about, else the first there is.
 *
 * Wide: the address cut into its indices, each level's table with the entry
 * that is used between its neighbours, joined by lines.  Narrow: one line for
 * each level.  All geometry comes from the machine's struct paging.
 */
#include "tui/panes/reverse.h"
#include "tui/panes/pad.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEAF_COLUMNS 17 /* of the last table without a frame's number */
#define TABLE_COLUMNS 8 /* of a table above, at least, without it */
#define MAX_COLUMNS 20	/* of a table above */
#define MAX_AROUND 3	/* neighbours shown on each side */

/* Of view->own: the address that was shown last. */
#define OWN_PID 0
#define OWN_ADDR 1

struct target {
	const struct task_struct *task;
	uint64_t addr;
};

struct trip {
	struct pad *s;
	struct target at;
	const struct paging *p;
	struct walk walk;
	int around; /* neighbours on each side */
	int column; /* columns of a table that is not the last */
};

/* -- which address ------------------------------------------------------ */

static bool set_target(
	const struct machine *m, uint32_t pid, uint64_t addr, struct target *t)
{
	t->task = task_find(m, pid);
	t->addr = addr;
	return t->task && t->task->mm;
}

static bool target_vma(const struct machine *m,
	const struct vm_area_struct *vma, struct target *t)
{
	const struct task_struct *task = vma ? reverse_task(m, vma) : NULL;

	return task && set_target(m, task->pid, vma->vm_start, t);
}

static bool target_of(const struct machine *m, struct ref r, struct target *t)
{
	const struct task_struct *task;
	uint32_t pid;
	uint64_t addr;

	switch (r.kind) {
	case REF_PTE:
	case REF_ADDR:
		return set_target(m, r.id, r.addr, t);
	case REF_VMA:
		return target_vma(m, vma_by_id(m, r.id), t);
	case REF_PAGE:
		return reverse_first(m, r.id, &pid, &addr) &&
		       set_target(m, pid, addr, t);
	case REF_TASK:
		task = task_find(m, r.id);
		return task && task->mm && target_vma(m, task->mm->mmap, t);
	default:
		return false;
	}
}

static bool target_of_events(const struct look *look, struct target *t)
{
	size_t least = look->done > 256 ? look->done - 256 : 0;

	for (size_t i = look->done; i > least; i--) {
		uint32_t pid;
		uint64_t addr;

		if (event_address(&look->events[i - 1], &pid, &addr) &&
			set_target(look->m, pid, addr, t))
			return true;
	}
	return false;
}

static bool first_target(const struct machine *m, struct target *t)
{
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++)
		if (target_of(m, ref_make(REF_TASK, pid), t))
			return true;
	return false;
}

/* A table that is selected has no address: stay where the walk was. */
static bool kept_target(
	const struct pane_view *view, const struct look *look, struct target *t)
{
	uint32_t kind = look->selected.kind;

	return !view->follow && (kind == REF_TABLE || kind == REF_PAGE) &&
	       view->own[OWN_PID] &&
	       set_target(look->m, (uint32_t)view->own[OWN_PID],
		       (uint64_t)view->own[OWN_ADDR], t);
}

static bool find_target(
	const struct pane_view *view, const struct look *look, struct target *t)
{
	return target_of(look->m, look->selected, t) ||
	       kept_target(view, look, t) || target_of_events(look, t) ||
	       first_target(look->m, t);
}

/* -- one entry ---------------------------------------------------------- */

static bool is_leaf(const struct trip *t, unsigned level)
{
	return level + 1 == t->p->nr_levels;
}

/* The object that entry @index of the table at @level is. */
static struct ref entry_ref(
	const struct trip *t, unsigned level, uint32_t index)
{
	const struct walk_level *l = &t->walk.level[level];
	int64_t off = (int64_t)index - l->index;

	if (!is_leaf(t, level))
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
static int put_entry(
	struct trip *t, int x, int y, unsigned level, uint32_t index, bool bits)
{
	struct pad *s = t->s;
	pteval_t pte = table_entry(s->m, t->walk.level[level].table, index);
	struct ref ref = entry_ref(t, level, index);
	enum style style = entry_style(t, pte);
	char text[64];

	if (pte_none(pte))
		return pad_glyph(s, x, y, style, ref, GL_DOT);
	if (!bits && !is_leaf(t, level))
		return pad_put(
			s, x, y, ST_PFN, ref, "%" PRIx64, pte_pfn(s->m, pte));
	format_pte(text, sizeof(text), s->m, pte);
	return pad_put(s, x, y, style, ref, "%s", text);
}

static bool is_now(const struct trip *t, unsigned level)
{
	const struct walk_level *l = &t->walk.level[level];

	if (is_leaf(t, level))
		return event_at(t->s->look, t->at.task->pid, t->at.addr);
	return look_marks(t->s->look, entry_ref(t, level, l->index)) &
	       STYLE_TOUCHED;
}

/* -- wide --------------------------------------------------------------- */

static int group_width(unsigned bits)
{
	return bits < 9 ? 9 : (int)bits;
}

static void put_bits(struct trip *t, int x, int y, unsigned shift,
	unsigned bits, enum style style)
{
	char text[32];

	for (unsigned i = 0; i < bits; i++)
		text[i] = (char)('0' +
				 (t->at.addr >> (shift + bits - 1 - i) & 1));
	text[bits] = 0;
	pad_put(t->s, x, y, style, NO_REF, "%s", text);
}

static int bits_width(const struct paging *p)
{
	int w = 1 + PAGE_SHIFT;

	for (unsigned i = 0; i < p->nr_levels; i++)
		w += group_width(p->level[i].bits) + 2;
	return w;
}

static void put_index(struct trip *t, int x, int y, unsigned level)
{
	unsigned index = paging_index(t->p, level, t->at.addr);
	struct pad *s = t->s;

	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", t->p->level[level].name);
	pad_put(s, x, y, ST_NUMBER, NO_REF, "%03x", index);
	pad_put(s, x, y + 1, ST_DIM, NO_REF, "%u", index);
}

/* The address in binary, and below each group its index; returns lines. */
static int put_address(struct trip *t, int y)
{
	unsigned offset = (unsigned)(t->at.addr & ~PAGE_MASK);
	int x = 1;

	for (unsigned i = 0; i < t->p->nr_levels; i++) {
		const struct level *l = &t->p->level[i];

		put_bits(t, x, y, l->shift, l->bits, ST_ADDR);
		put_index(t, x, y + 1, i);
		x += group_width(l->bits) + 2;
	}
	put_bits(t, x, y, 0, PAGE_SHIFT, ST_DIM);
	pad_put(t->s, x, y + 1, ST_DIM, NO_REF, "%s", _("offset"));
	pad_put(t->s, x + text_width(_("offset")) + 1, y + 1, ST_NUMBER, NO_REF,
		"%03x", offset);
	return 3;
}

/* The same in one line, for narrower panes. */
static int put_address_short(struct trip *t, int y)
{
	struct pad *s = t->s;
	int x = 1;

	x += pad_put(s, x, y, ST_ADDR,
		ref_at(REF_ADDR, t->at.task->pid, t->at.addr), "%" PRIx64,
		t->at.addr);
	for (unsigned i = 0; i < t->p->nr_levels; i++) {
		x += 1 + pad_put(s, x + 1, y, ST_DIM, NO_REF, "%s",
				 t->p->level[i].name);
		x += 1 + pad_put(s, x + 1, y, ST_NUMBER, NO_REF, "%03x",
				 paging_index(t->p, i, t->at.addr));
	}
	return 1;
}

static void put_table_name(struct trip *t, int x, int y, unsigned level)
{
	struct pad *s = t->s;
	uint32_t table = t->walk.level[level].table;

	if (!level)
		x += pad_put(s, x, y, ST_STRONG, NO_REF, "CR3");
	pad_glyph(s, x + 1, y, ST_POINTER, NO_REF, GL_NOW);
	pad_put(s, x + 3, y, ST_PAGE_TABLE, ref_make(REF_PAGE, table), "%x",
		table);
}

/* From the used entry's end at (x, y) up to the next table's name. */
static void put_join(struct trip *t, int x, int y, int to, int top)
{
	for (; x < to; x++)
		pad_line(t->s, x, y, LINE_E | LINE_W, ST_POINTER, LINE_THIN);
	pad_line(t->s, to, y, LINE_W | LINE_N, ST_POINTER, LINE_THIN);
	while (--y > top)
		pad_line(t->s, to, y, LINE_N | LINE_S, ST_POINTER, LINE_THIN);
	pad_line(t->s, to, top, LINE_S | LINE_E, ST_POINTER, LINE_THIN);
}

/* Entry @index in the line @y of its table. */
static int put_table_entry(
	struct trip *t, int x, int y, unsigned level, uint32_t index)
{
	bool used = index == t->walk.level[level].index;
	int x0 = x;

	if (used)
		pad_glyph(t->s, x + 1, y, ST_STRONG, NO_REF, GL_NOW);
	x += 2;
	x += pad_put(t->s, x, y, used ? ST_STRONG : ST_DIM,
		     entry_ref(t, level, index), "%03x", index) +
	     1;
	x += put_entry(t, x, y, level, index, false);
	if (used && is_now(t, level))
		x += 1 + pad_glyph(t->s, x + 1, y, ST_EVENT_NOW, NO_REF,
				 GL_NOW_LEFT);
	return x - x0;
}

static void put_table(struct trip *t, int x, int y, unsigned level)
{
	const struct walk_level *l = &t->walk.level[level];
	int64_t last = (1ll << t->p->level[level].bits) - 1;

	put_table_name(t, x, y, level);
	for (int i = -t->around; i <= t->around; i++) {
		int64_t index = (int64_t)l->index + i;
		int w, line = y + 1 + t->around + i;

		if (index < 0 || index > last)
			continue;
		w = put_table_entry(t, x, line, level, (uint32_t)index);
		if (!i && level + 1 < t->walk.depth)
			put_join(t, x + w + 1, line, x + t->column, y);
		else if (!i && !l->present && !is_leaf(t, level))
			pad_put(t->s, x + w + 1, line, ST_WARN, NO_REF, "%s",
				_("no table here"));
	}
}

/* Where the next @w columns go: here, or on a new line. */
static void make_room(const struct pad *s, int *x, int *y, int w)
{
	if (*x + w <= s->w)
		return;
	*x = 3;
	++*y;
}

/* The bits that are set by name, then the letters of those that are not. */
static void put_bits_set(struct trip *t, int *x, int *y, pteval_t entry)
{
	const struct pte_bit *bit = paging_bits(t->p);

	for (; bit->mask; bit++) {
		if (!(entry & bit->mask))
			continue;
		make_room(t->s, x, y, 2 + text_width(bit->name));
		pad_put(t->s, *x, *y, ST_STRONG, NO_REF, "%c", bit->letter);
		*x += 2 + pad_put(t->s, *x + 2, *y, ST_TEXT, NO_REF, "%s",
				  bit->name);
		*x += 2;
	}
}

static void put_bits_clear(struct trip *t, int x, int y, pteval_t entry)
{
	const struct pte_bit *bit = paging_bits(t->p);
	unsigned width = t->p->entry_size * 8u;

	x += pad_put(t->s, x, y, ST_DIM, NO_REF, "%s", _("clear:")) + 1;
	for (; bit->mask; bit++) {
		if (entry & bit->mask || (width < 64 && bit->mask >> width))
			continue;
		pad_put(t->s, x, y, ST_DIM, NO_REF, "%c", bit->letter);
		x += 2;
	}
}

/* The last entry, its bits decoded; returns lines. */
static int put_decoded(struct trip *t, int y)
{
	unsigned last = t->walk.depth - 1;
	const struct walk_level *l = &t->walk.level[last];
	int x = 1, y0 = y;

	x += pad_put(t->s, x, y, ST_DIM, NO_REF, "%s ", t->p->level[last].name);
	x += 2 + pad_put(t->s, x, y, ST_NUMBER, entry_ref(t, last, l->index),
			 "%" PRIx64, (uint64_t)l->entry);
	put_bits_set(t, &x, &y, l->entry);
	make_room(t->s, &x, &y, 20);
	put_bits_clear(t, x, y, l->entry);
	return y + 1 - y0;
}

/* What lies at the end of the walk. */
static int put_end(struct trip *t, int y)
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

static int wide(struct trip *t)
{
	bool bits = t->s->w >= bits_width(t->p) && t->s->h >= 9;
	int y = 0, x = 1, spare;

	if (bits)
		y += put_address(t, y);
	else if (t->s->h >= 8)
		y += put_address_short(t, y);
	spare = t->s->h - y - 5; /* name, entry, end, two of bits */
	t->around = spare / 2 < 1 ? 1 : spare / 2;
	if (t->around > MAX_AROUND)
		t->around = MAX_AROUND;
	if (y && t->s->h >= y + 2 * t->around + 6)
		y++;
	for (unsigned i = 0; i < t->walk.depth; i++, x += t->column)
		put_table(t, x, y, i);
	y += 2 + 2 * t->around;
	if (y < t->s->h - 3)
		y++;
	y += put_end(t, y);
	return y < t->s->h ? y + put_decoded(t, y) : y;
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
	x += pad_put(s, x, y, ST_STRONG, entry_ref(t, level, l->index),
		"[%03x]", l->index);
	x += 1 + pad_glyph(s, x + 1, y, ST_POINTER, NO_REF, GL_RIGHT);
	x += 1 + put_entry(t, x + 1, y, level, l->index, true);
	if (is_now(t, level))
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
	return y + put_end(t, y);
}

/* -- the pane ----------------------------------------------------------- */

static int hex_digits(uint64_t n)
{
	int digits = 1;

	while (n >>= 4)
		digits++;
	return digits;
}

/* Columns for each table above the last; too few: the list of levels. */
static int table_columns(const struct trip *t)
{
	int tables = t->p->nr_levels - 1, digits = hex_digits(t->walk.pfn);
	int columns;

	for (unsigned i = 0; i < t->walk.depth; i++)
		if (hex_digits(t->walk.level[i].table) > digits)
			digits = hex_digits(t->walk.level[i].table);
	columns = (t->s->w - LEAF_COLUMNS - digits) / (tables ? tables : 1);
	if (columns < TABLE_COLUMNS + digits)
		return 0;
	return columns < MAX_COLUMNS ? columns : MAX_COLUMNS;
}

static int content(struct pad *s)
{
	struct trip t = { .s = s, .p = machine_paging(s->m) };

	if (!find_target(s->view, s->look, &t.at))
		return 0;
	s->view->own[OWN_PID] = t.at.task->pid;
	s->view->own[OWN_ADDR] = (long)t.at.addr;
	paging_walk(s->m, t.at.task->mm, t.at.addr, &t.walk);
	t.column = table_columns(&t);
	return s->h < 6 || !t.column ? narrow(&t) : wide(&t);
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct target at;

	if (!find_target(view, look, &at))
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

	if (find_target(view, look, &at))
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
