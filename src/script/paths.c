/* Where scenarios, themes and settings lie. */
#include "script/paths.h"
#include "view/nearest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *format(const char *f, const char *a, const char *b)
{
	char *text;

	return asprintf(&text, f, a, b) < 0 ? NULL : text;
}

bool is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A program installed below ~/.local shares its folders with the user. */
static bool is_same(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* -- folders ------------------------------------------------------------- */

/* Beside the program where it is installed, else in the tree it was built
 * from, else where it would be installed. */
static char *bundled_folder(const char *what)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *path = NULL;

	exe[n > 0 ? n : 0] = 0;
	if (strrchr(exe, '/')) {
		*strrchr(exe, '/') = 0;
		path = format("%s/../share/rmapscope/%s", exe, what);
	}
	if (is_folder(path))
		return path;
	free(path);
	path = format("%s/%s", SRCDIR, what);
	if (is_folder(path))
		return path;
	free(path);
	return format("%s/share/rmapscope/%s", PREFIX, what);
}

/* $@variable/rmapscope/@rest, or ~/@home/rmapscope/@rest. */
static char *user_path(
	const char *variable, const char *home_part, const char *rest)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	char *path, *own;

	if (base && *base == '/')
		return format("%s/rmapscope/%s", base, rest);
	if (!home || !*home)
		return NULL;
	path = format("%s/%s", home, home_part);
	own = path ? format("%s/rmapscope/%s", path, rest) : NULL;
	free(path);
	return own;
}

char *config_path(void)
{
	return user_path("XDG_CONFIG_HOME", ".config", "config.lua");
}

unsigned folders_get(const char *what, struct folder folder[MAX_FOLDERS])
{
	char *path[MAX_FOLDERS] = { bundled_folder(what),
		user_path("XDG_DATA_HOME", ".local/share", what) };
	unsigned n = 0;

	for (unsigned i = 0; i < MAX_FOLDERS; i++) {
		if (is_folder(path[i]) &&
			!(n && is_same(path[i], folder[0].path)))
			folder[n++] = (struct folder){ path[i], i == 1 };
		else
			free(path[i]);
	}
	return n;
}

void folders_free(struct folder *folder, unsigned count)
{
	while (count--)
		free(folder[count].path);
}

static int is_script(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return *d->d_name != '_' && *d->d_name != '.' && n > 4 &&
	       strcmp(d->d_name + n - 4, ".lua") == 0;
}

/* By bytes without the ".lua", so that a name stands before what continues
 * it.  Not alphasort: the locale has no say in the order. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	size_t na = strlen((*a)->d_name) - 4, nb = strlen((*b)->d_name) - 4;
	int c = memcmp((*a)->d_name, (*b)->d_name, na < nb ? na : nb);

	return c ? c : (na > nb) - (na < nb);
}

char **folder_files(const char *path)
{
	struct dirent **entry;
	int n = scandir(path, &entry, is_script, by_name);
	char **names;

	if (n < 0)
		return NULL;
	names = calloc((size_t)n + 1, sizeof(*names));
	for (int i = 0; i < n; i++) {
		if (names)
			names[i] = format("%s/%s", path, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return names;
}

void names_free(char **names)
{
	for (char **n = names; n && *n; n++)
		free(*n);
	free(names);
}

/* -- names --------------------------------------------------------------- */

char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, ".lua") == 0)
		n -= 4;
	return strndup(name, n);
}

char *file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static char *find_in_folders(const char *what, const char *name)
{
	struct folder folder[MAX_FOLDERS];
	unsigned n = folders_get(what, folder);
	char *found = NULL;

	for (unsigned i = 0; i < n && !found; i++) {
		char *stem = format("%s/%s", folder[i].path, name);

		found = stem ? format("%s%s", stem, ".lua") : NULL;
		free(stem);
		if (found && !is_regular(found)) {
			free(found);
			found = NULL;
		}
	}
	folders_free(folder, n);
	return found;
}

/* "; there are a, b, c" for what are few, or where to look for the others. */
static void name_all(const char *what, char *buf, size_t size)
{
	struct folder folder[MAX_FOLDERS];
	unsigned n = *what == 's' ? 0 : folders_get(what, folder);
	size_t len;

	snprintf(buf, size, "%s",
		*what == 's' ? "; rmapscope list shows them" : "");
	for (unsigned i = 0; i < n; i++) {
		char **files = folder_files(folder[i].path);

		for (char **f = files; f && *f; f++) {
			char *known = file_name(*f);

			len = strlen(buf);
			snprintf(buf + len, size - len, "%s %s",
				len ? "," : "; there are", known ? known : "");
			free(known);
		}
		names_free(files);
	}
	folders_free(folder, n);
}

static void name_nearest(
	const char *what, const char *name, char *err, size_t size)
{
	struct folder folder[MAX_FOLDERS];
	unsigned n = folders_get(what, folder);
	const char *kind = *what == 's' ? "scenario" : "theme";
	char best[64] = "", all[512] = "";

	/* A path is a file that is not there, whatever there is elsewhere. */
	if (!strchr(name, '/'))
		name_all(what, all, sizeof(all));
	for (unsigned i = 0; i < n; i++) {
		char **files = folder_files(folder[i].path);

		for (char **f = files; f && *f; f++) {
			char *known = file_name(*f);
			struct nearest near;

			nearest_start(&near, name);
			if (*best)
				nearest_try(&near, best);
			nearest_try(&near, known);
			if (nearest_name(&near) == known)
				snprintf(best, sizeof(best), "%s", known);
			free(known);
		}
		names_free(files);
	}
	folders_free(folder, n);
	if (*best)
		snprintf(err, size, "%s: no such %s; did you mean '%s'?", name,
			kind, best);
	else
		snprintf(
			err, size, "%s: no such file or %s%s", name, kind, all);
}

char *file_resolve(const char *what, const char *name, char *err, size_t size)
{
	size_t n = strlen(name);
	bool is_path = strchr(name, '/') ||
		       (n > 4 && strcmp(name + n - 4, ".lua") == 0);
	char *found = NULL;

	if (strcmp(name, "-") == 0 || (is_path && access(name, F_OK) == 0))
		return strdup(name);
	if (!strchr(name, '/') && *name) {
		char *stem = file_name(name);

		found = stem ? find_in_folders(what, stem) : NULL;
		free(stem);
	}
	if (!found && *name && !strchr(name, '/') && is_regular(name))
		found = strdup(name);
	if (!found)
		name_nearest(what, name, err, size);
	return found;
}
