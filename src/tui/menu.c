/* A list to choose from. */
#include "tui/menu.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void menu_open(struct menu *m, const char *title)
{
	snprintf(m->title, sizeof(m->title), "%s", title);
	m->nr = m->now = m->top = 0;
	m->r = (struct rect){ 0, 0, 0, 0 };
	m->open = true;
}

static bool menu_grow(struct menu *m)
{
	int room = m->room ? m->room * 2 : 16;
	struct menu_item *more = realloc(m->item, (size_t)room * sizeof(*more));

	if (!more)
		return false;
	m->item = more;
	m->room = room;
	return true;
}

void menu_add(struct menu *m, const char *label, const char *detail,
	const char *command)
{
	struct menu_item *item;

	if (m->nr == m->room && !menu_grow(m))
		return;
	item = &m->item[m->nr++];
	snprintf(item->label, sizeof(item->label), "%s", label);
	snprintf(item->detail, sizeof(item->detail), "%s", detail);
	snprintf(item->command, sizeof(item->command), "%s", command);
	item->heading = false;
}

void menu_heading(struct menu *m, const char *label)
{
	int nr = m->nr;

	menu_add(m, label, "", "");
	if (m->nr > nr)
		m->item[nr].heading = true;
	/* it opens on the first entry that can be chosen */
	if (m->now == nr)
		m->now++;
}

void menu_close(struct menu *m)
{
	m->open = false;
}

void menu_release(struct menu *m)
{
	free(m->item);
	memset(m, 0, sizeof(*m));
}

void menu_move(struct menu *m, int by)
{
	int to = m->now + by, way = by < 0 ? -1 : 1;

	to = to >= m->nr ? m->nr - 1 : to < 0 ? 0 : to;
	while (to >= 0 && to < m->nr && m->item[to].heading)
		to += way;
	if (to >= 0 && to < m->nr)
		m->now = to;
}

void menu_jump(struct menu *m, char ch)
{
	for (int i = 1; i <= m->nr; i++) {
		int at = (m->now + i) % m->nr;

		if (!m->item[at].heading &&
			tolower((unsigned char)m->item[at].label[0]) ==
			tolower((unsigned char)ch)) {
			m->now = at;
			return;
		}
	}
}

int menu_at(const struct menu *m, int x, int y)
{
	int i = m->top + y - m->r.y - 1;

	if (x <= m->r.x || x >= m->r.x + m->r.w - 1 || y <= m->r.y ||
		y >= m->r.y + m->r.h - 1 || i >= m->nr ||
		m->item[i].heading)
		return -1;
	return i;
}

/* Columns of labels and of details. */
static void measure(const struct menu *m, int *label, int *detail)
{
	*label = *detail = 0;
	for (int i = 0; i < m->nr; i++) {
		int w = m->item[i].heading
			? 0
			: text_width(m->item[i].label);
		int d = text_width(m->item[i].detail);

		*label = w > *label ? w : *label;
		*detail = d > *detail ? d : *detail;
	}
}

static void place(struct menu *m, int label, int detail, int w, int h)
{
	int want = label + (detail ? detail + 3 : 0) + 5;
	int title = text_width(m->title) + 6;

	want = want < title ? title : want;
	m->r.w = want < w - 4 ? want : w - 4;
	m->r.h = m->nr + 2 < h - 4 ? m->nr + 2 : h - 4;
	m->r.x = (w - m->r.w) / 2;
	m->r.y = (h - m->r.h) / 2;
	if (m->now < m->top)
		m->top = m->now;
	if (m->top && m->top == m->now && m->item[m->top - 1].heading)
		m->top--;
	if (m->now >= m->top + m->r.h - 2)
		m->top = m->now - (m->r.h - 2) + 1;
}

static void draw_item(
	const struct menu *m, int i, int label, struct canvas *cv, int y)
{
	bool now = i == m->now;
	enum style style = now ? ST_MENU_NOW : ST_MENU;
	int x = m->r.x + 1, w = m->r.w - 2;

	if (m->item[i].heading) {
		canvas_put_cut(cv, x + 1, y, w - 2, ST_STRONG,
			m->item[i].label);
		return;
	}
	canvas_fill(cv, (struct rect){ x, y, w, 1 }, style);
	if (now)
		canvas_glyph(cv, x, y, style, GL_NOW);
	canvas_put_cut(cv, x + 2, y, w - 3, style, m->item[i].label);
	if (w - label - 6 > 4)
		canvas_put_cut(cv, x + 5 + label, y, w - label - 6,
			now ? style : ST_DIM, m->item[i].detail);
}

void menu_draw(struct menu *m, struct canvas *cv)
{
	int label, detail;

	measure(m, &label, &detail);
	place(m, label, detail, cv->w, cv->h);
	if (m->r.h < 3 || m->r.w < 6)
		return;
	canvas_fill(cv, m->r, ST_MENU);
	canvas_box(cv, m->r, ST_MENU, LINE_THIN);
	canvas_printf(cv, m->r.x + 2, m->r.y, m->r.w - 4, ST_TITLE_FOCUS,
		" %s ", m->title);
	for (int i = m->top; i < m->nr && i < m->top + m->r.h - 2; i++)
		draw_item(m, i, label, cv, m->r.y + 1 + i - m->top);
	/* Where there is no column for details, that of the marked entry. */
	if (m->nr && detail && m->r.w - label - 8 <= 4)
		canvas_put_cut(cv, m->r.x + 2, m->r.y + m->r.h - 1, m->r.w - 16,
			ST_DIM, m->item[m->now].detail);
	if (m->nr > m->r.h - 2)
		canvas_printf(cv, m->r.x + m->r.w - 12, m->r.y + m->r.h - 1, 10,
			ST_DIM, " %d/%d ", m->now + 1, m->nr);
}
