/* Settings taking effect. */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <string.h>

bool app_theme(struct app *a, const char *name)
{
	char err[MESSAGE_SIZE] = "";
	struct theme theme = theme_builtin;

	if (!a->host->theme) {
		a->theme = theme;
		return true;
	}
	if (!a->host->theme(a->host->ctx, name, &theme, err, sizeof(err)))
		return app_fail(a, "%s", err);
	a->theme = theme;
	return true;
}

static bool apply_theme(struct app *a)
{
	return app_theme(a, a->set.theme);
}

static bool apply_lang(struct app *a)
{
	lang_use(a->set.lang == LANG_ZH ? LANG_ZH : LANG_EN);
	return true;
}

static bool apply_history(struct app *a)
{
	if (a->h)
		history_set_budget(a->h, (size_t)a->set.history << 20);
	return true;
}

static bool apply_layout(struct app *a)
{
	struct layout l;
	char err[MESSAGE_SIZE];
	const char *text = a->set.layout;

	a->layout_text[0] = 0;
	a->zoom = false;
	if (!strcmp(text, "auto") || layout_find(text) ||
		layout_parse(&l, text, 80, 24, err, sizeof(err)))
		return true;
	return app_fail(a, "%s", err);
}

/* The projector's theme while it lasts, the one before it afterwards. */
static bool apply_presenter(struct app *a)
{
	a->layout_text[0] = 0;
	if (a->set.presenter) {
		if (!a->theme_before[0])
			snprintf(a->theme_before, sizeof(a->theme_before), "%s",
				a->set.theme);
		strcpy(a->set.theme, "projector");
	} else if (a->theme_before[0]) {
		strcpy(a->set.theme, a->theme_before);
		a->theme_before[0] = 0;
	}
	/* Without that theme the mode is still of use. */
	return app_theme(a, a->set.theme) || true;
}

static bool apply_mouse(struct app *a)
{
	a->want |= WANT_MOUSE;
	return true;
}

static const struct {
	const char *name;
	bool (*apply)(struct app *a);
} effects[] = {
	{ "theme", apply_theme },
	{ "lang", apply_lang },
	{ "history", apply_history },
	{ "layout", apply_layout },
	{ "presenter", apply_presenter },
	{ "mouse", apply_mouse },
};

bool app_set(struct app *a, const char *name, const char *value)
{
	struct settings before = a->set;
	char err[MESSAGE_SIZE];
	bool ok = true;

	if (!setting_set(&a->set, name, value, err, sizeof(err)))
		return app_fail(a, "%s", err);
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (!strcmp(effects[i].name, name))
			ok = effects[i].apply(a);
	if (!ok)
		a->set = before;
	if (a->h)
		app_look(a);
	return ok;
}
