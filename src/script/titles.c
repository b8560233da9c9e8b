/* Lists of scenarios.  A title is read by running the file until its scenario{}
 * returns and no further. */
#include "script/api.h"
#include "script/contents.h"
#include "script/paths.h"
#include "script/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>

#define TITLE_INSTRUCTIONS 10000000
#define TITLE_SECONDS 2
#define MAX_DEPTH 8 /* of folders under a path */

static char *take(const char **text)
{
	char *own = *text ? (char *)*text : strdup("");

	*text = NULL;
	return own;
}

static void read_title(struct script_entry *e)
{
	static const struct source_request nothing;
	struct run r = { .req = &nothing, .titles_only = true };
	struct sandbox_limits limits = { .instructions = TITLE_INSTRUCTIONS,
		.seconds = TITLE_SECONDS };
	enum sandbox_end end = SANDBOX_OK;
	char why[256];
	size_t length;
	char *text = chunk_read(e->path, &length, why, sizeof(why));

	if (!text && asprintf(&e->error, "%s: %s", e->path, why) < 0)
		e->error = NULL;
	r.sb = text ? sandbox_new(&limits, &r) : NULL;
	if (r.sb) {
		r.dir = file_folder(e->path);
		chunk_add(r.sb, e->path, text, length);
		end = run_script(&r);
		if (end != SANDBOX_OK && end != SANDBOX_DONE)
			e->error = blame_text(r.sb);
	} else {
		free(text);
	}
	e->title.zh = r.sc.title.zh;
	e->summary.zh = r.sc.summary.zh;
	e->title.en = take(&r.sc.title.en);
	e->summary.en = take(&r.sc.summary.en);
	r.sc.title.zh = r.sc.summary.zh = NULL;
	run_clear(&r);
	sandbox_delete(r.sb);
}

static bool add_entry(struct script_list *list, const char *path, bool own)
{
	struct script_entry *more =
		realloc(list->entry, (list->count + 1) * sizeof(*more));

	if (!more)
		return false;
	list->entry = more;
	more += list->count++;
	*more = (struct script_entry){
		.name = file_name(path), .path = strdup(path), .own = own
	};
	read_title(more);
	return true;
}

static void add_folder(struct script_list *list, const char *path, bool own)
{
	char **files = folder_files(path);

	for (char **f = files; f && *f; f++)
		add_entry(list, *f, own);
	names_free(files);
}

/* In the order in which a course takes them. */
static void add_course(struct script_list *list, const char *path, bool own)
{
	size_t from = list->count;

	add_folder(list, path, own);
	contents_apply(list, from, path);
}

void script_list_read(struct script_list *list)
{
	struct folder folder[MAX_FOLDERS];
	unsigned n = folders_get("scripts", folder);

	*list = (struct script_list){ NULL, 0, NULL };
	for (unsigned i = 0; i < n; i++)
		add_course(list, folder[i].path, folder[i].own);
	folders_free(folder, n);
}

/* -- everything under a path --------------------------------------------- */

static int is_subfolder(const struct dirent *d)
{
	return *d->d_name != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_tree(struct script_list *list, const char *path, int depth)
{
	struct dirent **entry;
	int n;

	add_folder(list, path, false);
	n = depth < MAX_DEPTH ? scandir(path, &entry, is_subfolder, by_name)
			      : -1;
	for (int i = 0; i < n; i++) {
		struct stat st;
		char *sub;

		if (asprintf(&sub, "%s/%s", path, entry[i]->d_name) >= 0) {
			if (lstat(sub, &st) == 0 && S_ISDIR(st.st_mode))
				add_tree(list, sub, depth + 1);
			free(sub);
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

/* A folder is written with one slash between it and its files. */
static char *without_slash(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return strndup(path, n);
}

bool script_list_path(
	struct script_list *list, const char *path, char *err, size_t size)
{
	char *found;
	struct stat st;

	*list = (struct script_list){ NULL, 0, NULL };
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		found = without_slash(path);
		if (found)
			add_tree(list, found, 0);
	} else {
		found = script_resolve(path, err, size);
		if (found && strcmp(found, "-") != 0)
			add_entry(list, found, false);
	}
	free(found);
	return found != NULL;
}

void script_list_free(struct script_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct script_entry *e = &list->entry[i];

		free(e->name);
		free(e->path);
		free(e->error);
		free((char *)e->title.en);
		free((char *)e->title.zh);
		free((char *)e->summary.en);
		free((char *)e->summary.zh);
		free((char *)e->topic.en);
		free((char *)e->topic.zh);
	}
	free(list->entry);
	free(list->error);
	*list = (struct script_list){ NULL, 0, NULL };
}
