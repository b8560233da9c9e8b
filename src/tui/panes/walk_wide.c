/*
 * The wide form of the walk: the address cut into its indices, each level's
 * table with the entry that is used between its neighbours, joined by lines.
 */
#include "tui/panes/walk_in.h"
#include "view/lang.h"

#include <inttypes.h>

#define LEAF_COLUMNS 17 /* of the last table without a frame's number */
#define TABLE_COLUMNS 8 /* of a table above, at least, without it */
#define MAX_COLUMNS 20	/* of a table above */
#define MAX_AROUND 3	/* neighbours shown on each side */

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

/* The same in one line. */
static void put_index_short(struct trip *t, int x, int y, unsigned level)
{
	unsigned index = paging_index(t->p, level, t->at.addr);

	x += pad_put(t->s, x, y, ST_NUMBER, NO_REF, "%u", index);
	pad_put(t->s, x, y, ST_DIM, NO_REF, " = %03x", index);
}

/* The address in binary, and below each group its index, in @lines, 2 or 3;
 * returns them. */
static int put_address(struct trip *t, int y, int lines)
{
	unsigned offset = (unsigned)(t->at.addr & ~PAGE_MASK);
	int x = 1;

	for (unsigned i = 0; i < t->p->nr_levels; i++) {
		const struct level *l = &t->p->level[i];

		put_bits(t, x, y, l->shift, l->bits, ST_ADDR);
		if (lines > 2)
			put_index(t, x, y + 1, i);
		else
			put_index_short(t, x, y + 1, i);
		x += group_width(l->bits) + 2;
	}
	put_bits(t, x, y, 0, PAGE_SHIFT, ST_DIM);
	pad_put(t->s, x, y + 1, ST_DIM, NO_REF, "%s", _("offset"));
	pad_put(t->s, x + text_width(_("offset")) + 1, y + 1, ST_NUMBER, NO_REF,
		"%03x", offset);
	return lines;
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
		     walk_entry_ref(t, level, index), "%03x", index) +
	     1;
	x += walk_put_entry(t, x, y, level, index, false);
	if (used && walk_is_now(t, level))
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
		else if (!i && !l->present && !walk_is_leaf(t, level))
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
		make_room(t->s, x, y, 2 + text_width(_(bit->name)));
		pad_put(t->s, *x, *y, ST_STRONG, NO_REF, "%c", bit->letter);
		*x += 2 + pad_put(t->s, *x + 2, *y, ST_TEXT, NO_REF, "%s",
				  _(bit->name));
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
	x += 2 + pad_put(t->s, x, y, ST_NUMBER,
			 walk_entry_ref(t, last, l->index), "%" PRIx64,
			 (uint64_t)l->entry);
	put_bits_set(t, &x, &y, l->entry);
	make_room(t->s, &x, &y, 20);
	put_bits_clear(t, x, y, l->entry);
	return y + 1 - y0;
}

int walk_wide(struct trip *t)
{
	bool bits = t->s->w >= bits_width(t->p) && t->s->h >= 7;
	int y = 0, x = 1, spare;

	if (bits)
		y += put_address(t, y, t->s->h >= 9 ? 3 : 2);
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
	y += walk_put_end(t, y);
	return y < t->s->h ? y + put_decoded(t, y) : y;
}

static int hex_digits(uint64_t n)
{
	int digits = 1;

	while (n >>= 4)
		digits++;
	return digits;
}

int walk_table_columns(const struct trip *t)
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
