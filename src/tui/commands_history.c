/* Commands that move in history. */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run_step(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	return n > 0 && app_step(a, n);
}

static bool run_back(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	return n > 0 && app_step(a, -n);
}

static bool run_event(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	return n > 0 && app_event_step(a, n);
}

static bool run_unevent(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	return n > 0 && app_event_step(a, -n);
}

static bool run_scene(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	return n > 0 && app_scene(a, n);
}

static bool run_unscene(struct app *a, const struct args *args)
{
	long n = args_count(a, args, 1);

	return n > 0 && app_scene(a, -n);
}

static bool run_goto(struct app *a, const struct args *args)
{
	struct pos pos;

	if (!args->n) {
		app_prompt(a, PROMPT_COMMAND, "goto ");
		return true;
	}
	if (args->word[0][0] == '@') {
		const struct mark *mark =
			marks_find(&a->marks, app_path(a), args->word[0] + 1);

		return mark ? app_jump(a, mark->pos)
			    : app_fail(a, _("no mark \"%s\" in this scenario"),
				      args->word[0] + 1);
	}
	if (!pos_parse(args->word[0], &pos))
		return app_fail(a,
			_("\"%s\" is not a position: STEP, STEP.EVENT, @MARK "
			  "or end"),
			args->word[0]);
	return app_jump(a, pos);
}

static bool run_restart(struct app *a, const struct args *args)
{
	(void)args;
	a->nr_answers = 0;
	if (a->source->ops->changed && a->source->ops->changed(a->source) &&
		!app_rerun(a, NULL))
		return false;
	if (history_branch(a->h))
		history_switch(a->h, 0);
	return app_jump(a, pos_after(0));
}

static bool run_play(struct app *a, const struct args *args)
{
	if (args->n && !app_set(a, "speed", args->word[0]))
		return false;
	if (a->headless) {
		app_question_pass(a);
		return app_goto(a, pos_after(UINT32_MAX));
	}
	a->playing = true;
	app_say(a, _("Playing %u steps a second; C-c stops."), a->set.speed);
	return true;
}

static bool run_stop(struct app *a, const struct args *args)
{
	(void)args;
	if (!a->playing)
		app_say(a, _("Nothing is running. q quits."));
	else
		app_say(a, _("Stopped."));
	a->playing = false;
	return true;
}

static bool run_mark(struct app *a, const struct args *args)
{
	if (!args->n) {
		app_prompt(a, PROMPT_MARK, NULL);
		return true;
	}
	if (!marks_set(
		    &a->marks, app_path(a), args->word[0], history_pos(a->h)))
		return app_fail(a, _("\"%s\" cannot be the name of a mark"),
			args->word[0]);
	app_say(a, _("Mark %s is here; ' %s comes back."), args->word[0],
		args->word[0]);
	return true;
}

static bool run_jump(struct app *a, const struct args *args)
{
	const struct mark *mark;

	if (!args->n) {
		app_prompt(a, PROMPT_JUMP, NULL);
		return true;
	}
	if (!strcmp(args->word[0], "'"))
		return app_jump(a, a->before);
	mark = marks_find(&a->marks, app_path(a), args->word[0]);
	if (!mark)
		return app_fail(
			a, _("no mark \"%s\" in this scenario"), args->word[0]);
	return app_jump(a, mark->pos);
}

static bool run_answer(struct app *a, const struct args *args)
{
	if (args->n)
		return app_answer(a, args->n > 1 ? args->rest : args->word[0]);
	if (!app_question(a, NULL))
		return app_fail(a, _("No question is open here."));
	app_prompt(a, PROMPT_COMMAND, "answer ");
	return true;
}

const struct command commands_history[] = {
	{ "step", "[N]", N_("one operation forward, or N"), COMPLETE_NONE, true,
		run_step },
	{ "back", "[N]", N_("one operation back, or N"), COMPLETE_NONE, true,
		run_back },
	{ "event", "[N]", N_("one event forward inside the operation"),
		COMPLETE_NONE, true, run_event },
	{ "unevent", "[N]", N_("one event back"), COMPLETE_NONE, true,
		run_unevent },
	{ "scene", "[N]", N_("to before the next scene's first operation"),
		COMPLETE_NONE, true, run_scene },
	{ "unscene", "[N]", N_("to before the last scene's first operation"),
		COMPLETE_NONE, true, run_unscene },
	{ "play", "[SPEED]", N_("run on by itself, SPEED steps a second"),
		COMPLETE_NONE, false, run_play },
	{ "stop", "", N_("stop playing, or a script that is running"),
		COMPLETE_NONE, false, run_stop },
	{ "goto", "STEP[.EVENT]|@MARK|end", N_("to any position"),
		COMPLETE_MARK, false, run_goto },
	{ "restart", "", N_("to the start, with the scenario as it is now"),
		COMPLETE_NONE, false, run_restart },
	{ "mark", "[NAME]", N_("bookmark this position"), COMPLETE_MARK, false,
		run_mark },
	{ "jump", "[NAME]", N_("to a bookmark; ' is where you were"),
		COMPLETE_MARK, false, run_jump },
	{ "answer", "[N|TEXT]", N_("answer the open question"), COMPLETE_NONE,
		false, run_answer },
	{ 0 },
};
