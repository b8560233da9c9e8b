/* How much the address spaces' pane says of each task. */
#ifndef TUI_PANES_SPACES_PLAN_H
#define TUI_PANES_SPACES_PLAN_H

#include "tui/panes/strip.h"

/* From all strips with blanks between the tasks to folded tasks.  BRIEF: strips
 * of two lines.  MERGED and the brief ones that show not all VMAs: a task
 * with one VMA to show says it in its own line. */
enum density {
	LOOSE,
	TIGHT,
	BRIEF,
	MERGED,
	VMA_LINES,
	VMA_BRIEF,
	TASK_LINES,
	TASK_BRIEF,
	TASK_FOLDS
};

#define MAX_FOCUS 8

struct plan {
	enum density density; /* the fullest that fits */
	const struct vm_area_struct *focus[MAX_FOCUS]; /* have their strip */
	int nr_focus; /* of them, those that matter most first */
	bool brief;   /* strips are brief */
	bool chains;  /* the kernel has anon_vma_chains */
};

/* The VMA that an object is or lies in; NULL: none. */
struct vm_area_struct *spaces_vma_of(const struct machine *m, struct ref r);
/* Does the VMA have its strip whatever the density? */
bool spaces_is_focus(const struct plan *p, const struct vm_area_struct *vma);
/* How many of the task's VMAs do. */
int spaces_focus_in(const struct plan *p, const struct task_struct *task);
/* Of a task that execs, *@as is what it would be with its other mm: the one to
 * come, then the one that goes. */
bool spaces_in_exec(const struct pad *s, uint32_t pid, struct task_struct *as);
/* Is it alive, does its address space go by its name, and does the filter let
 * it through? */
bool spaces_is_shown(const struct pad *s, const struct task_struct *task);
/* Is the task's one VMA that is shown in the line of the task? */
bool spaces_is_merged(const struct plan *p, const struct task_struct *task);
/* Lines of the task, from its counters. */
int spaces_task_lines(const struct plan *p, const struct task_struct *task);
/* The fullest plan that fits into the pane. */
void spaces_plan(const struct pad *s, struct plan *p);

#endif
