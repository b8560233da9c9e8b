/*
 * Bookmarks and the state folder.  The file "marks" has a line for each:
 * path, name and position, separated by tabs.
 */
#include "tui/marks.h"

#include "tui/app.h"
#include "view/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
	struct stat st;

	return path[0] == '/' && !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Make the folders that @path names before its last part. */
static void make_folders(char *path)
{
	for (char *p = path + 1; *p; p++)
		if (*p == '/') {
			*p = 0;
			mkdir(path, 0700);
			*p = '/';
		}
}

char *state_path(const char *name, bool make)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int n = -1;

	/* A relative path is to be ignored, says the XDG standard. */
	if (state && state[0] == '/')
		n = asprintf(&path, "%s/rmapscope/%s", state, name);
	/* A home that is not there is not ours to make. */
	else if (home && is_folder(home))
		n = asprintf(&path, "%s/.local/state/rmapscope/%s", home, name);
	if (n < 0)
		return NULL;
	if (make)
		make_folders(path);
	return path;
}

/* -- bookmarks ---------------------------------------------------------- */

bool marks_set(
	struct marks *m, const char *path, const char *name, struct pos pos)
{
	struct mark *mark = (struct mark *)marks_find(m, path, name);
	struct mark *more;

	if (strlen(name) >= sizeof(mark->name) || strpbrk(name, "\t\n") ||
		!*name || strpbrk(path, "\t\n"))
		return false;
	if (mark) {
		mark->pos = pos;
		return true;
	}
	more = realloc(m->mark, (m->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	m->mark = more;
	mark = &more[m->nr];
	mark->path = strdup(path);
	if (!mark->path)
		return false;
	strcpy(mark->name, name);
	mark->pos = pos;
	m->nr++;
	return true;
}

const struct mark *marks_find(
	const struct marks *m, const char *path, const char *name)
{
	for (size_t i = 0; i < m->nr; i++)
		if (!strcmp(m->mark[i].path, path) &&
			!strcmp(m->mark[i].name, name))
			return &m->mark[i];
	return NULL;
}

static void load_line(struct marks *m, char *line)
{
	char *name, *at;
	struct pos pos;

	line[strcspn(line, "\n")] = 0;
	name = strchr(line, '\t');
	at = name ? strchr(name + 1, '\t') : NULL;
	if (!at)
		return;
	*name++ = 0;
	*at++ = 0;
	if (pos_parse(at, &pos))
		marks_set(m, line, name, pos);
}

static FILE *open_state(const char *name, const char *mode)
{
	char *path = state_path(name, mode[0] == 'w');
	FILE *f = path ? fopen(path, mode) : NULL;

	free(path);
	return f;
}

void marks_load(struct marks *m)
{
	FILE *f = open_state("marks", "r");
	char line[4600];

	while (f && fgets(line, sizeof(line), f))
		load_line(m, line);
	if (f)
		fclose(f);
}

bool marks_save(const struct marks *m)
{
	FILE *f = m->nr ? open_state("marks", "w") : NULL;
	char text[48];

	for (size_t i = 0; f && i < m->nr; i++)
		fprintf(f, "%s\t%s\t%s\n", m->mark[i].path, m->mark[i].name,
			format_pos(text, sizeof(text), m->mark[i].pos));
	return !m->nr || (f && !fclose(f));
}

void marks_release(struct marks *m)
{
	for (size_t i = 0; i < m->nr; i++)
		free(m->mark[i].path);
	free(m->mark);
	memset(m, 0, sizeof(*m));
}

bool app_mark_find(const char *path, const char *name, struct pos *pos)
{
	struct marks m = { 0 };
	const struct mark *mark;

	marks_load(&m);
	mark = marks_find(&m, path, name);
	if (mark)
		*pos = mark->pos;
	marks_release(&m);
	return mark != NULL;
}

/* -- lines of the prompt ------------------------------------------------ */

void lines_load(struct lineedit *le)
{
	FILE *f = open_state("history", "r");
	char line[1200];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		lineedit_remember(le, line);
	}
	if (f)
		fclose(f);
}

bool lines_save(const struct lineedit *le)
{
	size_t n = 0;
	FILE *f;

	while (lineedit_history(le, n))
		n++;
	f = n ? open_state("history", "w") : NULL;
	for (size_t i = n; f && i > 0; i--)
		fprintf(f, "%s\n", lineedit_history(le, i - 1));
	return !n || (f && !fclose(f));
}
