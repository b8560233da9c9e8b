/* Operations by hand: running one, and the menu of all. */
#include "tui/state.h"

#include "view/format.h"
#include "view/lang.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What the error's name does not tell. */
static const struct {
	enum op_id op;
	int status;
	const char *why;
} refusals[] = {
	{ OP_SWAPOFF, -EINVAL, N_(" (no swap area is in use)") },
	{ OP_MIGRATE, -ENOSYS, N_(" (this kernel cannot move a page)") },
	{ OP_MIGRATE, -EINVAL, N_(" (this frame holds no page of a process)") },
	{ OP_MIGRATE, -EBUSY, N_(" (the page is on no LRU list)") },
	{ OP_MIGRATE, -EAGAIN, N_(" (somebody else holds the page)") },
};

static const char *why_refused(const struct step *step)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].op == (enum op_id)step->op.id &&
			refusals[i].status == step->status)
			return _(refusals[i].why);
	return "";
}

bool app_do(struct app *a, const struct op *op)
{
	struct op_result res = { 0 };
	char text[160], result[64], where[80] = "";
	int branch = history_branch(a->h);
	struct branch_info info;
	const struct step *step;

	app_question_pass(a);
	history_do(a->h, op, &res, 0, 0);
	app_look(a);
	step = a->look.step;
	if (!step)
		return app_fail(a, _("The operation could not be logged."));
	if (history_branch(a->h) != branch &&
		history_branch_info(a->h, history_branch(a->h), &info))
		snprintf(where, sizeof(where),
			_("  (%s begins here; b leads back)"), info.name);
	format_op(text, sizeof(text), a->look.m, &step->op);
	format_result(result, sizeof(result), a->look.m, step);
	app_say(a, "%s: %s%s%s", text, result, why_refused(step), where);
	if (step->status < 0)
		a->message_style = ST_WARN;
	return true;
}

/* "1000" of an address or "21" of a frame for the first argument, if it is
 * one; "" otherwise. */
static void fill_first(
	const struct app *a, const struct op_desc *d, char *buf, size_t size)
{
	uint32_t pid;
	uint64_t addr;

	buf[0] = 0;
	if (d->arg[0].type == ARG_ADDR && !d->arg[0].optional &&
		app_address(a, &pid, &addr))
		snprintf(buf, size, " %" PRIx64, addr);
}

/* The file made last that is still there; NULL: none. */
static const struct inode *last_file(const struct app *a)
{
	const struct machine *m = a->look.m;

	for (uint32_t id = m->inodes.last; id; id--) {
		const struct inode *inode = inode_by_id(m, id);

		if (inode && !inode->hidden)
			return inode;
	}
	return NULL;
}

/* The line that the prompt opens with. */
static void op_line(
	const struct app *a, const struct op_desc *d, char *buf, size_t size)
{
	const struct task_struct *task = task_find(a->look.m, app_task(a));
	const struct inode *file = last_file(a);
	char first[40];
	uint64_t pfn;

	fill_first(a, d, first, sizeof(first));
	if (d->subject == ON_TASK && task)
		snprintf(buf, size, "op %s %s%s", task->name, d->name, first);
	else if (d->subject == ON_PAGE && app_frame(a, &pfn))
		snprintf(buf, size, "op %s %" PRIx64, d->name, pfn);
	else if (d->subject == ON_FILE && file)
		snprintf(buf, size, "op %s file%" PRIu32, d->name, file->id);
	else
		snprintf(buf, size, "op %s", d->name);
}

/* Does it need more than what is filled in? */
static bool needs_more(const struct op_desc *d)
{
	int i = d->arg[0].type == ARG_ADDR && !d->arg[0].optional;

	return d->arg[i].type != ARG_END;
}

/* How it is typed, with the task or the frame that it would act on. */
static void op_label(
	const struct app *a, const struct op_desc *d, char *buf, size_t size)
{
	const struct task_struct *task = task_find(a->look.m, app_task(a));
	const struct inode *file = last_file(a);
	char usage[160];
	const char *call = op_usage(d, usage, sizeof(usage)) + 4;
	uint64_t pfn;

	if (d->subject == ON_TASK && task)
		snprintf(buf, size, "%s%s", task->name, strchr(call, ' '));
	else if (d->subject == ON_PAGE && app_frame(a, &pfn))
		snprintf(buf, size, "%" PRIx64 "%s", pfn, strchr(call, ' '));
	else if (d->subject == ON_FILE && file)
		snprintf(buf, size, "file%" PRIu32 "%s", file->id,
			strchr(call, ' '));
	else
		snprintf(buf, size, "%s", call);
}

void app_palette(struct app *a)
{
	char line[160], command[MENU_COMMAND], label[MENU_LABEL];

	menu_open(&a->menu, _("Do an operation by hand"));
	for (int i = OP_NONE + 1; i < NR_OPS; i++) {
		const struct op_desc *d = op_desc((enum op_id)i);

		op_line(a, d, line, sizeof(line));
		snprintf(command, sizeof(command), "%s%s%s",
			needs_more(d) ? "command " : "", line,
			needs_more(d) ? " " : "");
		op_label(a, d, label, sizeof(label));
		menu_add(&a->menu, label, _(d->summary), command);
	}
}
