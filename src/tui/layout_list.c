/*
 * A layout for a plain list of panes, as a scenario's show{} gives it:
 * narration on top, the others below it in columns.  Where there is little
 * room only the first ones are shown, and the kernel path if it is among them.
 */
#include "tui/layout.h"

#include "tui/panes.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX 12

struct list {
	char name[LIST_MAX][32]; /* n of them, none twice */
	int n;
};

static bool has(const struct list *l, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (!strcmp(l->name[i], name))
			return true;
	return false;
}

/* Narration and timeline are left out: they have places of their own. */
static void read_list(struct list *l, const char *text)
{
	l->n = 0;
	while (l->n < LIST_MAX) {
		char *name = l->name[l->n];
		size_t len;

		text += strspn(text, " \t,");
		len = strcspn(text, " \t,");
		if (!len)
			break;
		snprintf(name, sizeof(l->name[0]), "%.*s", (int)len, text);
		l->n += strcmp(name, "narration") && strcmp(name, "timeline") &&
			!has(l, name);
		text += len;
	}
}

/* Keep @max panes; the kernel path is one of them and comes last. */
static void cut_list(struct list *l, int max)
{
	bool path = has(l, "path");
	int n = 0;

	for (int i = 0; i < l->n && n < max - path; i++)
		if (strcmp(l->name[i], "path"))
			memmove(l->name[n++], l->name[i], sizeof(l->name[0]));
	if (path)
		strcpy(l->name[n++], "path");
	l->n = n;
}

static void append(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	snprintf(buf + n, size - n, "%s", text);
}

/* The column of pane @i: one after another in a high window, else as few as
 * possible in the last, where the kernel path is. */
static int column_of(const struct list *l, int i, int columns, bool high)
{
	return high ? i % columns : i * columns / l->n;
}

static void write_columns(
	const struct list *l, int columns, bool high, char *buf, size_t size)
{
	append(buf, size, " columns(");
	for (int c = 0; c < columns; c++) {
		append(buf, size, "rows(");
		for (int i = 0; i < l->n; i++)
			if (column_of(l, i, columns, high) == c) {
				append(buf, size, l->name[i]);
				append(buf, size, " ");
			}
		append(buf, size, ") ");
	}
	append(buf, size, ")");
}

/* What the narration gets: most of it fits, and the panes keep enough. */
static const char *narration_size(int h, bool few)
{
	static const struct {
		int h; /* of the screen, at least */
		const char *size;
	} sizes[] = { { 56, "=11" }, { 46, "=8" }, { 32, "=5" }, { 0, "=3" } };
	int i = 0;

	while (h < sizes[i].h)
		i++;
	return few ? "*4" : sizes[i].size;
}

void layout_list(
	const char *names, int w, int h, bool few, char *buf, size_t size)
{
	bool high = h >= 32;
	int columns = w >= 160 ? 3 : 2;
	struct list l;

	read_list(&l, names);
	if (few || !high)
		cut_list(&l, few ? 2 : w >= 160 ? 4 : 3);
	if (!high && w >= 100)
		columns = 3;
	if (l.n < columns)
		columns = l.n;
	snprintf(buf, size, "rows(narration%s", narration_size(h, few));
	if (l.n)
		write_columns(&l, columns, high && !few, buf, size);
	append(buf, size, few ? "*6)" : ")");
}
