/*
 * The table of address spaces: one line for each mm, in order of pids, below a
 * line that sums them up.  When they are more than the pane has lines,
 * neighbours with the same numbers fold into one line if their names differ at
 * most in the digits at their ends; those that somebody looks at never do.
 */
#include "tui/panes/mms.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The numbers of a line; a narrow pane shows the first of them. */
static const struct column {
	const char *name;
	int w;	   /* columns */
	int min_w; /* of the pane */
} columns[] = {
	{ "rss", 7, 0 },
	{ N_("swapped"), 8, 34 },
	{ N_("tables"), 7, 44 },
	{ "total_vm", 9, 52 },
	{ N_("VMAs"), 6, 58 },
	{ N_("faults"), 8, 68 },
	{ N_("users"), 7, 76 },
};
#define NR_COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define SWAPPED 1 /* before 4.0 no mm counts them */

#define NAME_W 18   /* columns of name, pid and fold */
#define TOP_LINES 2 /* names of the numbers, sums */

struct numbers {
	uint64_t n[NR_COLUMNS];
};

static struct numbers numbers_of(const struct mm_struct *mm)
{
	return (struct numbers){ { (uint64_t)mm->anon_rss + mm->file_rss + mm->shmem_rss,
		mm->swapents, (uint64_t)mm->nr_ptes + (mm->pgd != 0),
		mm->total_vm, mm->map_count, mm->min_flt, mm->mm_users } };
}

/* The task that stands for its mm; NULL: another one does. */
static const struct task_struct *owner_of(
	const struct machine *m, const struct task_struct *task)
{
	const struct task_struct *made_for;

	if (!task || !task->mm)
		return NULL;
	made_for = task_find(m, task->mm->id);
	if (made_for && made_for->mm == task->mm)
		return made_for == task ? task : NULL;
	return mm_owner(m, task->mm) == task ? task : NULL;
}

/* A line: the first of @times mms that look alike. */
struct line {
	const struct task_struct *task;
	struct numbers numbers;
	uint32_t times;
};

static bool is_looked_at(const struct pad *s, uint32_t pid)
{
	struct ref ref = ref_make(REF_TASK, pid);

	return ref_eq(ref, s->view->cursor) || look_marks(s->look, ref);
}

/* Bytes of a name without the digits at its end. */
static size_t stem(const char *name)
{
	size_t n = strlen(name);

	while (n && name[n - 1] >= '0' && name[n - 1] <= '9')
		n--;
	return n;
}

static bool joins(const struct pad *s, const struct line *line,
	const struct task_struct *task, const struct numbers *numbers)
{
	size_t n = stem(task->name);

	return line->task && s->m->nr_tasks + 2 > (uint32_t)s->h &&
	       n == stem(line->task->name) &&
	       !memcmp(line->task->name, task->name, n) &&
	       !memcmp(&line->numbers, numbers, sizeof(*numbers)) &&
	       !is_looked_at(s, task->pid) &&
	       !is_looked_at(s, line->task->pid);
}

static bool counts_swapped(const struct machine *m)
{
	return field_find(m, REF_TASK, "swapents");
}

/* The first @most of them that the pane has room for. */
static void put_numbers(struct pad *s, int x, int y,
	const struct numbers *numbers, size_t most)
{
	for (size_t i = 0; i < most && s->w >= columns[i].min_w; i++) {
		if (i == SWAPPED && !counts_swapped(s->m)) {
			pad_glyph(s, x + columns[i].w - 1, y, ST_DIM, NO_REF,
				GL_DOT);
			x += columns[i].w;
			continue;
		}
		pad_put(s, x, y, numbers->n[i] ? ST_NUMBER : ST_DIM, NO_REF,
			"%*" PRIu64, columns[i].w, numbers->n[i]);
		x += columns[i].w;
	}
}

static void put_line(struct pad *s, int y, const struct line *line)
{
	struct ref ref = ref_make(REF_TASK, line->task->pid);
	int x = 1;

	if (!pad_wants(s, y) && s->run != PAD_FIND)
		return;
	x += pad_cut(s, x, y, NAME_W - 9, ST_TASK, ref, line->task->name);
	if (line->times > 1) {
		x += pad_glyph(s, x, y, ST_DIM, NO_REF, GL_ELLIPSIS);
		pad_put(s, x + 1, y, ST_STRONG, NO_REF, "%s%" PRIu32,
			glyph_text(GL_TIMES, s->look->ascii), line->times);
	} else {
		pad_put(s, x + 1, y, ST_DIM, NO_REF, "%" PRIu32,
			line->task->pid);
	}
	put_numbers(s, NAME_W, y, &line->numbers, NR_COLUMNS);
}

static void put_header(struct pad *s, int y)
{
	int x = NAME_W;

	pad_put(s, 1, y, ST_DIM, NO_REF, "%s", _("task, pid"));
	for (size_t i = 0; i < NR_COLUMNS && s->w >= columns[i].min_w; i++) {
		const char *name = i == 0 || i == 3 ? columns[i].name
						    : _(columns[i].name);

		x += columns[i].w;
		pad_put(s, x - text_width(name), y, ST_DIM, NO_REF, "%s",
			name);
	}
}

/* What all of them hold together, and the names of the numbers; on top. */
static void put_top(
	struct pad *s, int y, uint32_t mms, const struct numbers *sum)
{
	if (!y)
		y = pad_sticky(s, TOP_LINES);
	put_header(s, y++);
	pad_put(s, 1, y, ST_STRONG, NO_REF, "%s %" PRIu32, _("all"), mms);
	put_numbers(s, NAME_W, y, sum, NR_COLUMNS - 2);
}

int mms_table(struct pad *s, int y)
{
	struct line line = { .task = NULL };
	struct numbers sum = { { 0 } };
	uint32_t mms = 0;
	int top = y;

	y += TOP_LINES;
	for (uint32_t pid = 1; pid <= s->m->tasks.last; pid++) {
		const struct task_struct *task =
			owner_of(s->m, task_find(s->m, pid));
		struct numbers numbers;

		if (!task || !filter_passes(s->view, task->name))
			continue;
		numbers = numbers_of(task->mm);
		for (size_t i = 0; i < NR_COLUMNS; i++)
			sum.n[i] += numbers.n[i];
		mms++;
		if (joins(s, &line, task, &numbers)) {
			line.times++;
			continue;
		}
		if (line.task)
			put_line(s, y++, &line);
		line = (struct line){ task, numbers, 1 };
	}
	if (line.task)
		put_line(s, y++, &line);
	put_top(s, top, mms, &sum);
	return y;
}
