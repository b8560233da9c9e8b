/*
 * Completion of the command line.  For each kind of word there is a function
 * that hands out names; those that begin with what was typed are candidates.
 */
#include "tui/state.h"

#include "view/lang.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* The @i-th name of a kind, or NULL. */
typedef const char *name_fn(struct app *a, size_t i, const char *line);

static char word[512]; /* holds the name that was handed out last */

static const char *command_name(struct app *a, size_t i, const char *line)
{
	const struct command *c = command_at(i);

	(void)a;
	(void)line;
	return c ? c->name : NULL;
}

static const char *pane_name(struct app *a, size_t i, const char *line)
{
	(void)a;
	(void)line;
	return i < (size_t)pane_count() ? panes[i]->name : NULL;
}

static const char *era_name(struct app *a, size_t i, const char *line)
{
	const struct era *era = era_at((unsigned)i);

	(void)a;
	(void)line;
	return era ? era->name : NULL;
}

static const char *theme_name(struct app *a, size_t i, const char *line)
{
	(void)line;
	return a->host->theme_name ? a->host->theme_name(a->host->ctx, i)
				   : NULL;
}

/* The @i-th of names separated by blanks. */
static const char *nth_word(const char *names, size_t i)
{
	while (i-- && *names) {
		names += strcspn(names, " ");
		names += strspn(names, " ");
	}
	if (!*names)
		return NULL;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(names, " "), names);
	return word;
}

/* A setting's name, or after one its values. */
static const char *setting_name(struct app *a, size_t i, const char *line)
{
	const struct setting *t;
	char name[32];
	int end = 0;

	if (sscanf(line, "%*s %31s%n", name, &end) == 1 && line[end]) {
		t = setting_find(name);
		if (t && t->values)
			return nth_word(t->values, i);
		if (t && !strcmp(name, "theme"))
			return theme_name(a, i, line);
	}
	return i < 64 && setting_table[i].name ? setting_table[i].name : NULL;
}

static const char *layout_name(struct app *a, size_t i, const char *line)
{
	size_t n = 0;

	while (layout_table[n].name)
		n++;
	if (i < n)
		return layout_table[i].name;
	return i == n ? "auto" : pane_name(a, i - n - 1, line);
}

static const char *task_name(struct app *a, size_t i)
{
	for (uint32_t pid = 1; pid <= a->look.m->tasks.last; pid++) {
		const struct task_struct *task = task_find(a->look.m, pid);

		if (task && !task->exited && !i--)
			return task->name;
	}
	return NULL;
}

/* Names of regions of any task. */
static const char *region_name(struct app *a, size_t i)
{
	const struct machine *m = a->look.m;

	for (uint32_t id = 1; id <= m->vmas.last; id++) {
		const struct vm_area_struct *vma = vma_by_id(m, id);

		if (vma && vma->name && !i--)
			return string_text(m, vma->name);
	}
	return NULL;
}

/* "pages=" of the operation that the line names. */
static const char *arg_name(size_t i, const char *line)
{
	char words[3][64] = { "", "", "" };
	const struct op_desc *d = NULL;

	sscanf(line, " %63s %63s %63s", words[0], words[1], words[2]);
	for (int k = 1; k < 3 && !d; k++)
		d = op_find(words[k]);
	for (size_t k = 0; d && d->arg[k].type != ARG_END; k++)
		if (k == i) {
			snprintf(word, sizeof(word), "%s=", d->arg[k].name);
			return word;
		}
	return NULL;
}

static size_t count_names(
	struct app *a, const char *(*fn)(struct app *a, size_t i))
{
	size_t n = 0;

	while (fn(a, n))
		n++;
	return n;
}

/* Tasks, then operations, then regions, then arguments. */
static const char *op_name(struct app *a, size_t i, const char *line)
{
	size_t tasks = count_names(a, task_name);
	size_t regions = count_names(a, region_name);

	if (i < tasks)
		return task_name(a, i);
	i -= tasks;
	if (i < NR_OPS - 1)
		return op_desc((enum op_id)(i + 1))->name;
	i -= NR_OPS - 1;
	if (i < regions)
		return region_name(a, i);
	return arg_name(i - regions, line);
}

static const char *mark_name(struct app *a, size_t i, const char *line)
{
	(void)line;
	for (size_t k = 0; k < a->marks.nr; k++)
		if (!strcmp(a->marks.mark[k].path, app_path(a)) && !i--)
			return a->marks.mark[k].name;
	return NULL;
}

static const char *branch_name(struct app *a, size_t i, const char *line)
{
	static struct branch_info info;

	(void)line;
	return history_branch_info(a->h, (int)i, &info) ? info.name : NULL;
}

static const char *scenario_name(struct app *a, size_t i, const char *line)
{
	static struct app_scenario s;

	(void)line;
	if (!a->host->scenario || !a->host->scenario(a->host->ctx, i, &s))
		return NULL;
	return s.name;
}

/* Tasks and anon_vmas: what one looks for by name. */
static const char *object_name(struct app *a, size_t i, const char *line)
{
	size_t tasks = count_names(a, task_name);

	(void)line;
	if (i < tasks)
		return task_name(a, i);
	i -= tasks;
	for (uint32_t id = 1; id <= a->look.m->anon_vmas.last; id++)
		if (anon_vma_by_id(a->look.m, id) && !i--) {
			snprintf(word, sizeof(word), "av%u", id);
			return word;
		}
	return NULL;
}

/* Files of the folder that the typed word names. */
static const char *file_name(struct app *a, size_t i, const char *line)
{
	const char *typed = strrchr(line, ' ');
	const char *slash = typed ? strrchr(typed, '/') : NULL;
	char folder[400];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	(void)a;
	typed = typed ? typed + 1 : line;
	snprintf(folder, sizeof(folder), "%.*s",
		slash ? (int)(slash + 1 - typed) : 0, typed);
	dir = opendir(*folder ? folder : ".");
	while (dir && !found && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !i--) {
			found = true;
			snprintf(word, sizeof(word), "%.200s%.255s", folder,
				entry->d_name);
		}
	if (dir)
		closedir(dir);
	return found ? word : NULL;
}

static name_fn *const names_of[] = {
	[COMPLETE_COMMAND] = command_name,
	[COMPLETE_PANE] = pane_name,
	[COMPLETE_ERA] = era_name,
	[COMPLETE_THEME] = theme_name,
	[COMPLETE_SETTING] = setting_name,
	[COMPLETE_LAYOUT] = layout_name,
	[COMPLETE_OP] = op_name,
	[COMPLETE_MARK] = mark_name,
	[COMPLETE_BRANCH] = branch_name,
	[COMPLETE_SCENARIO] = scenario_name,
	[COMPLETE_OBJECT] = object_name,
	[COMPLETE_FILE] = file_name,
};

const char *command_complete(
	void *ctx, const char *text, size_t n, size_t *start)
{
	struct app *a = ctx;
	const char *blank = strrchr(text, ' '), *name;
	enum complete kind = COMPLETE_COMMAND;
	const struct command *c;
	char err[MESSAGE_SIZE];
	size_t len, skip;

	if (a->prompt == PROMPT_FIND)
		kind = COMPLETE_OBJECT;
	else if (a->prompt != PROMPT_COMMAND)
		return NULL;
	skip = strspn(text, ": ");
	*start = skip;
	if (blank && blank >= text + skip && kind == COMPLETE_COMMAND) {
		*start = (size_t)(blank + 1 - text);
		c = command_find(text + skip, strcspn(text + skip, " "), err,
			sizeof(err));
		kind = c ? c->complete : COMPLETE_NONE;
	}
	len = strlen(text + *start);
	for (size_t i = 0;
		names_of[kind] && (name = names_of[kind](a, i, text + skip));
		i++)
		if (!strncmp(name, text + *start, len) && !n--)
			return name;
	return NULL;
}
