/* list, new, check: scenarios as files, nothing of them run. */
#include "cli/cli.h"

#include "script/script.h"
#include "view/lang.h"
#include "view/plain.h"
#include "view/records.h"
#include "view/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* -- list ---------------------------------------------------------------- */

static int name_columns(const struct script_list *list)
{
	int w = 0;

	for (size_t i = 0; i < list->count; i++)
		if (text_width(list->entry[i].name) > w)
			w = text_width(list->entry[i].name);
	return w;
}

static void put_entry(const struct script_entry *e, int columns, enum lang lang)
{
	const char *title = record_text(e->title, lang);

	fputs("  ", stdout);
	plain_put(stdout, e->name);
	if (e->error || (title && *title))
		printf("%*s", columns - text_width(e->name) + 2, "");
	plain_put(stdout, e->error ? e->error : title ? title : "");
	fputc('\n', stdout);
}

/* The topic before its first entry; what has none is below "Others". */
static void put_topic(const struct script_entry *e,
	const struct script_entry *before, enum lang lang)
{
	if (before && before->own == e->own &&
		!before->topic.en == !e->topic.en &&
		(!e->topic.en || !strcmp(before->topic.en, e->topic.en)))
		return;
	if (e->topic.en)
		plain_put(stdout, record_text(e->topic, lang));
	else if (before && before->own == e->own)
		fputs(_("Others"), stdout);
	else
		fputs(e->own ? _("Your own") : _("Bundled"), stdout);
	fputs(":\n", stdout);
}

/* The bundled ones, or the user's own; returns how many there are. */
static size_t put_part(
	const struct options *o, const struct script_list *list, bool own)
{
	int columns = name_columns(list);
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct script_entry *e = &list->entry[i];

		if (e->own != own)
			continue;
		if (option_given(o, OPT_QUIET))
			puts(e->name);
		else
			put_topic(e, n ? e - 1 : NULL, o->lang);
		if (!option_given(o, OPT_QUIET))
			put_entry(e, columns, o->lang);
		n++;
	}
	return n;
}

int verb_list(const struct options *o)
{
	struct script_list list = { 0 };

	script_list_read(&list);
	put_part(o, &list, false);
	put_part(o, &list, true);
	if (list.error)
		cli_error("%s", list.error);
	if (!list.count)
		cli_error("no scenarios were found; a reinstallation brings "
			  "the bundled ones back");
	script_list_free(&list);
	return CLI_OK;
}

/* -- new ----------------------------------------------------------------- */

static bool put_template(FILE *f)
{
	fputs(script_template(), f);
	return !fflush(f) && !ferror(f);
}

/* A name without a folder and ".lua" may mean a bundled scenario. */
static bool is_plain_name(const char *path)
{
	size_t n = strlen(path);

	return !strchr(path, '/') && (n < 4 || strcmp(path + n - 4, ".lua"));
}

int verb_new(const struct options *o)
{
	const char *path = o->args[0];
	char shown[4200]; /* longer than a path may be */
	int fd;
	FILE *f;
	bool ok;

	if (!strcmp(path, "-"))
		return put_template(stdout) ? CLI_OK : CLI_USAGE;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		cli_error("%s: %s", path,
			errno == EEXIST ? "exists already; new does not "
					  "overwrite a file"
					: strerror(errno));
		return CLI_USAGE;
	}
	ok = put_template(f);
	if (fclose(f) || !ok) {
		cli_error("%s: %s", path, strerror(errno));
		return CLI_USAGE;
	}
	snprintf(shown, sizeof(shown), "%s%s", is_plain_name(path) ? "./" : "",
		path);
	printf(_("%s written; open it with: rmapscope %s\n"), path, shown);
	return CLI_OK;
}

/* -- check --------------------------------------------------------------- */

static void report(void *ctx, const char *file, unsigned line, const char *what)
{
	(void)ctx;
	cli_error_at(file, line, what);
}

int verb_check(const struct options *o)
{
	int status = CLI_OK;

	for (int i = 0; i < o->nr_args; i++) {
		int found = script_check(o->args[i], report, NULL);

		if (found < 0)
			status = CLI_USAGE;
		else if (found > 0 && status == CLI_OK)
			status = CLI_FAILED;
		if (found || option_given(o, OPT_QUIET))
			continue;
		plain_put(stdout, o->args[i]);
		puts(_(": no mistakes found"));
	}
	return status;
}
