/* Commands that open and write files. */
#include "tui/state.h"

#include "view/lang.h"

static bool run_open(struct app *a, const struct args *args)
{
	if (!args->n) {
		app_choose(a);
		return true;
	}
	return app_open(a, args->word[0]);
}

static bool run_reload(struct app *a, const struct args *args)
{
	(void)args;
	a->message[0] = 0;
	if (!app_rerun(a, NULL))
		return false;
	if (!a->message[0])
		app_say(a, _("The scenario was run again."));
	return true;
}

/* Run @fn with the one name of a file that these commands take. */
static bool with_path(struct app *a, const struct args *args,
	bool (*fn)(struct app *a, const char *path))
{
	if (args->n != 1)
		return app_fail(a, _("one FILE is needed"));
	return fn(a, args->word[0]);
}

static bool run_write(struct app *a, const struct args *args)
{
	return with_path(a, args, app_write);
}

static bool run_save_screen(struct app *a, const struct args *args)
{
	return with_path(a, args, app_save_screen);
}

static bool run_save_state(struct app *a, const struct args *args)
{
	return with_path(a, args, app_save_state);
}

static bool run_save_scenario(struct app *a, const struct args *args)
{
	return with_path(a, args, app_save_scenario);
}

const struct command commands_file[] = {
	{ "open", "[NAME]", N_("open a scenario; without a name: the list"),
		COMPLETE_SCENARIO, false, run_open },
	{ "reload", "", N_("run the scenario again, at the same step"),
		COMPLETE_NONE, false, run_reload },
	{ "write", "FILE",
		N_("a picture or data, by the file's suffix: svg "
		   "html ansi txt dot json"),
		COMPLETE_FILE, false, run_write },
	{ "save-screen", "FILE", N_("the screen as text"), COMPLETE_FILE, false,
		run_save_screen },
	{ "save-state", "FILE", N_("the machine's state as JSON"),
		COMPLETE_FILE, false, run_save_state },
	{ "save-scenario", "FILE",
		N_("a scenario of the operations up to here"), COMPLETE_FILE,
		false, run_save_scenario },
	{ 0 },
};
