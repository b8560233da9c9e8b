/* Commands for settings, help and the program itself. */
#include "tui/state.h"

#include "tui/bindings.h"
#include "view/lang.h"

#include <stdio.h>
#include <string.h>

/* All settings with their values; choosing one changes it, or asks for the
 * value. */
static bool list_settings(struct app *a)
{
	menu_open(&a->menu, _("Settings"));
	for (const struct setting *s = setting_table; s->name; s++) {
		char label[MENU_LABEL], value[256], command[MENU_COMMAND];

		setting_get(&a->set, s->name, value, sizeof(value));
		snprintf(label, sizeof(label), "%-10s %.40s", s->name, value);
		snprintf(command, sizeof(command),
			s->values ? "set %s" : "command set %s ", s->name);
		menu_add(&a->menu, label, _(s->note), command);
	}
	return true;
}

static bool run_set(struct app *a, const struct args *args)
{
	char value[256];
	const char *name = args->n ? args->word[0] : "";

	if (!args->n)
		return list_settings(a);
	if (args->n > 1)
		return app_set(a, name,
			args->n > 2
				? args->rest + strcspn(args->rest, " \t") + 1
				: args->word[1]);
	/* Without a value: the next of its values, or show it. */
	if (setting_find(name) && setting_find(name)->values) {
		struct settings next = a->set;

		setting_next(&next, name);
		setting_get(&next, name, value, sizeof(value));
		if (!app_set(a, name, value))
			return false;
	} else if (!setting_find(name)) {
		return app_set(a, name, "");
	}
	app_say(a, "%s %s", name,
		setting_get(&a->set, name, value, sizeof(value)));
	return true;
}

/* The name of the theme after the current one. */
static const char *next_theme(const struct app *a)
{
	const char *name, *first = NULL;
	bool found = false;

	for (size_t i = 0; a->host->theme_name &&
			   (name = a->host->theme_name(a->host->ctx, i));
		i++) {
		if (found)
			return name;
		found = !strcmp(name, a->set.theme);
	}
	if (a->host->theme_name)
		first = a->host->theme_name(a->host->ctx, 0);
	return first ? first : a->set.theme;
}

static bool run_theme(struct app *a, const struct args *args)
{
	char name[64];

	snprintf(name, sizeof(name), "%s",
		args->n ? args->word[0] : next_theme(a));
	if (!app_set(a, "theme", name))
		return false;
	app_say(a, _("theme %s"), name);
	return true;
}

/* All keys; choosing one asks for another command. */
static bool list_keys(struct app *a)
{
	const struct binding *b;

	menu_open(&a->menu, _("Keys"));
	for (size_t i = 0; (b = binding_at(i)); i++) {
		char label[MENU_LABEL], command[MENU_COMMAND];

		snprintf(label, sizeof(label), "%-10s %.100s", b->key,
			b->command);
		/* A quote is quoted by the other one. */
		snprintf(command, sizeof(command),
			!strcmp(b->key, "'")	? "command bind \"%s\" "
			: !strcmp(b->key, "\"") ? "command bind '%s' "
						: "command bind %s ",
			b->key);
		menu_add(&a->menu, label, b->note ? _(b->note) : "", command);
	}
	return true;
}

static bool run_bind(struct app *a, const struct args *args)
{
	char err[MESSAGE_SIZE];
	const char *command;

	if (args->n < 1)
		return list_keys(a);
	command = args->n > 1 ? args->rest + strcspn(args->rest, " \t") : "";
	command += strspn(command, " \t:");
	/* A quoted command stands in one word. */
	if (args->n == 2)
		command = args->word[1] + (args->word[1][0] == ':');
	if (*command && !command_find(command, strcspn(command, " \t"), err,
				sizeof(err)))
		return app_fail(a, "%s", err);
	if (!binding_set(args->word[0], command, err, sizeof(err)))
		return app_fail(a, "%s", err);
	if (*command)
		app_say(a, "%s: %s", args->word[0], command);
	else
		app_say(a, _("%s runs nothing now."), args->word[0]);
	return true;
}

static bool run_help(struct app *a, const struct args *args)
{
	struct pane_slot *slot = &a->pane[pane_index("help")];

	if (panes[a->focus] == &pane_help && !args->n)
		return command_run(a, "close");
	app_focus(a, pane_index("help"));
	slot->view.top = 0;
	app_filter(a, args->n ? args->rest : "");
	app_say(a, _("/ searches, & shows only lines with a text, q closes."));
	return true;
}

/* The prompt, with the words already typed. */
static bool run_command(struct app *a, const struct args *args)
{
	app_prompt(a, PROMPT_COMMAND, args->rest);
	return true;
}

static bool run_choose(struct app *a, const struct args *args)
{
	char line[MENU_COMMAND];

	(void)args;
	if (!a->menu.open || !a->menu.nr)
		return app_fail(a, _("No menu is open."));
	strcpy(line, a->menu.item[a->menu.now].command);
	menu_close(&a->menu);
	return command_run(a, line);
}

/* Leave what lies on top of the panes; false: there is nothing. */
static bool leave_overlay(struct app *a)
{
	if (a->menu.open) {
		menu_close(&a->menu);
		return true;
	}
	if (app_question(a, NULL)) {
		app_question_pass(a);
		return true;
	}
	return app_uncover(a);
}

static bool run_cancel(struct app *a, const struct args *args)
{
	(void)args;
	a->prompt = PROMPT_NONE;
	a->playing = false;
	leave_overlay(a);
	return true;
}

/* Is the list of scenarios open, with which the program began? */
static bool at_chooser(const struct app *a)
{
	return a->chooser && a->menu.open && a->menu.nr &&
	       !strncmp(a->menu.item[0].command, "open", 4);
}

static bool run_close(struct app *a, const struct args *args)
{
	(void)args;
	if (at_chooser(a)) {
		a->want |= WANT_QUIT;
		return true;
	}
	if (leave_overlay(a))
		return true;
	if (a->zoom) {
		a->zoom = false;
		return true;
	}
	if (a->chooser) {
		app_choose(a);
		return true;
	}
	a->want |= WANT_QUIT;
	return true;
}

static bool run_quit(struct app *a, const struct args *args)
{
	(void)args;
	a->want |= WANT_QUIT;
	return true;
}

static bool run_suspend(struct app *a, const struct args *args)
{
	(void)args;
	a->want |= WANT_SUSPEND;
	return true;
}

static bool run_redraw(struct app *a, const struct args *args)
{
	(void)args;
	a->want |= WANT_REDRAW;
	return true;
}

const struct command commands_set[] = {
	{ "set", "NAME [VALUE]",
		N_("change a setting; without a value: the next"),
		COMPLETE_SETTING, false, run_set },
	{ "theme", "[NAME]", N_("choose a theme; without a name: the next"),
		COMPLETE_THEME, false, run_theme },
	{ "bind", "KEY [COMMAND]", N_("let a key run a command, or nothing"),
		COMPLETE_COMMAND, false, run_bind },
	{ "help", "[TOPIC]", N_("keys and commands"), COMPLETE_COMMAND, false,
		run_help },
	{ "command", "[TEXT]", N_("type a command"), COMPLETE_COMMAND, false,
		run_command },
	{ "choose", "", N_("take the marked entry of a menu"), COMPLETE_NONE,
		false, run_choose },
	{ "cancel", "", N_("leave a prompt, menu or question"), COMPLETE_NONE,
		false, run_cancel },
	{ "close", "", N_("leave what is on top; at last the program"),
		COMPLETE_NONE, false, run_close },
	{ "quit", "", N_("leave the program"), COMPLETE_NONE, false, run_quit },
	{ "suspend", "", N_("stop the program, as the shell's C-z"),
		COMPLETE_NONE, false, run_suspend },
	{ "redraw", "", N_("paint the whole screen again"), COMPLETE_NONE,
		false, run_redraw },
	{ 0 },
};
