/*
 * gettext translates nothing in the locale "C" and finds the catalogue by the
 * variable LANGUAGE in all others.  So messages get C.UTF-8, which every
 * machine has, and LANGUAGE says which language.
 */
#include "view/lang.h"

#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "rmapscope"

/* What gettext looks for, by enum lang. */
static const char *const languages[] = {
	[LANG_EN] = "en",
	[LANG_ZH] = "zh_CN:zh",
};

/* Where catalogues may be, seen from the folder of the program. */
static const char *const places[] = { "locale", "../share/locale" };

bool lang_is_english = true;

void lang_start(void)
{
	char exe[PATH_MAX], path[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *folder = NULL;

	if (n > 0) {
		exe[n] = 0;
		folder = dirname(exe);
	}
	bindtextdomain(DOMAIN, PREFIX "/share/locale");
	for (size_t i = 0; folder && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, places[i]);
		if (access(path, R_OK))
			continue;
		bindtextdomain(DOMAIN, path);
		break;
	}
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

enum lang lang_wanted(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strncmp(value, "zh", 2) ? LANG_EN : LANG_ZH;
	}
	return LANG_EN;
}

void lang_use(enum lang lang)
{
	/* gettext's own: its cache is stale when this number changes. */
	extern int _nl_msg_cat_cntr;

	lang_is_english = lang == LANG_EN;
	setlocale(LC_MESSAGES, "C.UTF-8");
	setenv("LANGUAGE", languages[lang], 1);
	_nl_msg_cat_cntr++;
}
