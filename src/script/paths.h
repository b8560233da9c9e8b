/* Where scenarios, themes and settings lie. */
#ifndef SCRIPT_PATHS_H
#define SCRIPT_PATHS_H

#include <stdbool.h>
#include <stddef.h>

struct folder {
	char *path; /* malloc'ed */
	bool own;   /* the user's, not bundled */
};

#define MAX_FOLDERS 2

/* The folders of @what ("scripts" or "themes"), the bundled one first; those
 * that do not exist are left out.  How many. */
unsigned folders_get(const char *what, struct folder folder[MAX_FOLDERS]);
void folders_free(struct folder *folder, unsigned count);

/* PATH/name.lua for each file of folder @path, sorted, NULL at the end; names
 * that begin with _ are left out.  NULL when it cannot be read. */
char **folder_files(const char *path);
void names_free(char **names);

/* The file that @name means: a path, or a file of the folders of @what.
 * Malloc'ed; NULL with @err naming the nearest. */
char *file_resolve(const char *what, const char *name, char *err, size_t size);
/* "fork-cow" of "scripts/fork-cow.lua"; malloc'ed. */
char *file_name(const char *path);
/* "scripts" of "scripts/fork-cow.lua", "." of "fork-cow.lua"; malloc'ed. */
char *file_folder(const char *path);
/* Where config.lua belongs; malloc'ed, NULL without a home. */
char *config_path(void);
bool is_regular(const char *path);

#endif
