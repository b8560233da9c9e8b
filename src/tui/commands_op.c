/* Commands for operations by hand, branches and kernels. */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run_op(struct app *a, const struct args *args)
{
	char err[MESSAGE_SIZE];
	struct op op;

	if (!args->n) {
		app_palette(a);
		return true;
	}
	if (!op_parse(a, args, &op, err, sizeof(err)))
		return app_fail(a, "%s", err);
	return app_do(a, &op);
}

/* -- branches ----------------------------------------------------------- */

static bool switch_to(struct app *a, int branch)
{
	struct branch_info info;

	if (history_switch(a->h, branch) < 0 ||
		!history_branch_info(a->h, branch, &info))
		return app_fail(a, _("no branch %d"), branch);
	app_look(a);
	app_say(a, _("%s: %u operations"), info.name, info.length);
	return true;
}

/* Back to the scenario, where the branch left it. */
static bool run_lesson(struct app *a, const struct args *args)
{
	uint32_t left = app_lesson_length(a);

	(void)args;
	if (!history_branch(a->h)) {
		app_say(a, _("This is the lesson itself."));
		return true;
	}
	return switch_to(a, 0) && app_goto(a, pos_after(left));
}

static bool list_branches(struct app *a)
{
	struct branch_info info;
	char detail[80], command[64];

	menu_open(&a->menu, _("Branches"));
	for (int i = 0; i < history_branch_count(a->h); i++) {
		if (!history_branch_info(a->h, i, &info))
			continue;
		snprintf(detail, sizeof(detail),
			i ? _("from step %u to step %u") : _("the scenario"),
			info.from, info.length);
		snprintf(command, sizeof(command), "branch #%d", i);
		menu_add(&a->menu, info.name, detail, command);
	}
	a->menu.now = history_branch(a->h);
	return true;
}

/* A name that is known switches; another one names the current branch. */
static bool run_branch(struct app *a, const struct args *args)
{
	struct branch_info info;

	if (!args->n)
		return list_branches(a);
	if (args->word[0][0] == '#')
		return switch_to(a, atoi(args->word[0] + 1));
	for (int i = 0; i < history_branch_count(a->h); i++)
		if (history_branch_info(a->h, i, &info) &&
			!strcmp(info.name, args->rest))
			return switch_to(a, i);
	if (!history_branch(a->h))
		return app_fail(a,
			_("no branch \"%s\"; an operation by hand in the past "
			  "begins one"),
			args->rest);
	history_branch_name(a->h, history_branch(a->h), args->rest);
	app_look(a);
	app_say(a, _("This branch is now called %s."), args->rest);
	return true;
}

/* -- eras --------------------------------------------------------------- */

/* Does the scenario name it?  One that names none means all. */
static bool is_meant(const struct app *a, const struct era *era)
{
	const struct source_info *info = &a->source->info;

	for (unsigned i = 0; i < info->nr_eras; i++)
		if (info->eras[i] == era)
			return true;
	return !info->nr_eras;
}

static bool list_eras(struct app *a)
{
	const struct era *era;
	const char *detail;
	char label[80], command[64];

	menu_open(&a->menu, _("The same scenario in another kernel"));
	for (unsigned i = 0; (era = era_at(i)); i++) {
		snprintf(label, sizeof(label), "%s", era->name);
		snprintf(command, sizeof(command), "era %s", era->name);
		detail = !is_meant(a, era) ? N_("not in this scenario")
			 : era->title	   ? era->title
					   : "";
		menu_add(&a->menu, label, *detail ? _(detail) : "", command);
		if (era == machine_era(a->look.m))
			a->menu.now = (int)i;
	}
	return true;
}

static bool unknown_era(struct app *a, const char *name)
{
	const struct era *era;
	char names[160] = "";

	for (unsigned i = 0; (era = era_at(i)); i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names),
			" %s", era->name);
	return app_fail(a, _("no era \"%s\"; there are:%s"), name, names);
}

static bool run_era(struct app *a, const struct args *args)
{
	const struct era *era;
	char said[MESSAGE_SIZE];

	if (!args->n)
		return list_eras(a);
	era = era_find(args->word[0]);
	if (!era)
		return unknown_era(a, args->word[0]);
	a->message[0] = 0;
	if (!app_rerun(a, era))
		return false;
	snprintf(said, sizeof(said), "%s", a->message);
	if (!said[0])
		app_say(a, "%s: %s", era->release, _(era->title));
	return true;
}

const struct command commands_op[] = {
	{ "op", "[TASK] NAME ARGUMENTS", N_("do an operation by hand"),
		COMPLETE_OP, false, run_op },
	{ "lesson", "", N_("from a branch back to the scenario"), COMPLETE_NONE,
		false, run_lesson },
	{ "branch", "[NAME]", N_("list branches, go to one, or name this one"),
		COMPLETE_BRANCH, false, run_branch },
	{ "era", "[NAME]", N_("the same scenario and step in another kernel"),
		COMPLETE_ERA, false, run_era },
	{ 0 },
};
