/* test: every scenario in every era that it names, as TAP version 13. */
#include "cli/cli.h"

#include "history/source.h"
#include "script/script.h"
#include "view/plain.h"
#include "view/records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct tap {
	const struct options *o;
	unsigned count;	 /* lines so far */
	unsigned failed; /* of those */
};

/* A description: one line, and no # that would begin a directive. */
static void put_description(const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "#\n\t");

		plain_put_n(stdout, text, n);
		text += n;
		if (!*text)
			return;
		fputs(*text++ == '#' ? "\\#" : " ", stdout);
	}
}

static void put_line(struct tap *t, bool ok, const char *name,
	const struct era *era, const char *text)
{
	printf("%sok %u - ", ok ? "" : "not ", ++t->count);
	t->failed += !ok;
	put_description(name);
	if (era)
		printf(" [%s]", era->name);
	fputs(": ", stdout);
	put_description(text);
	fputc('\n', stdout);
}

/* Where a failed expect stands, as TAP's YAML block. */
static void put_place(const struct ran *ran, const struct note *note)
{
	struct json j = json_to(stdout);

	fputs("  ---\n  file: ", stdout);
	json_string(
		&j, NULL, record_file(ran->h, &ran->source->info, note->file));
	printf("\n  line: %" PRIu32 "\n  step: %" PRIu32 "\n  ...\n",
		note->line, note->op);
}

static void put_expects(struct tap *t, const struct ran *ran, const char *name)
{
	size_t count = history_note_count(ran->h);

	for (size_t i = 0; i < count; i++) {
		const struct note *note = history_note(ran->h, i);

		if (note->kind != NOTE_EXPECT)
			continue;
		put_line(t, note->ok, name, ran->source->info.era,
			record_text(note->text, t->o->lang));
		if (!note->ok)
			put_place(ran, note);
	}
}

static bool names_era(const struct source_info *info, const struct era *era)
{
	for (unsigned i = 0; i < info->nr_eras; i++)
		if (info->eras[i] == era)
			return true;
	return info->nr_eras == 0;
}

/* Run @path in @era, NULL: its first.  The run is closed by the caller. */
static struct ran test_in(
	struct tap *t, const struct script_entry *entry, const struct era *era)
{
	struct ran ran = ran_open(t->o, entry->path, era);
	const struct source_info *info = ran.source ? &ran.source->info : NULL;

	if (info && era && !names_era(info, era)) {
		printf("# %s does not name era %s\n", entry->name, era->name);
		free(ran.source->message);
		ran.source->message = NULL;
		return ran;
	}
	if (ran.h)
		put_expects(t, &ran, entry->name);
	if (ran.status != CLI_OK)
		put_line(t, false, entry->name, info ? info->era : era,
			ran.source && ran.source->message
				? ran.source->message
				: "it could not be run");
	if (ran_stopped())
		puts("Bail out! interrupted");
	return ran;
}

static void test_entry(struct tap *t, const struct script_entry *entry)
{
	struct ran first;
	const struct source_info *info;

	for (unsigned i = 0; i < t->o->nr_eras && !ran_stopped(); i++) {
		struct ran ran = test_in(t, entry, t->o->eras[i]);

		ran_close(&ran);
	}
	if (t->o->nr_eras || ran_stopped())
		return;
	first = test_in(t, entry, NULL);
	info = first.source ? &first.source->info : NULL;
	for (unsigned i = 0; info && i < info->nr_eras && !ran_stopped(); i++) {
		struct ran ran;

		if (info->eras[i] == info->era)
			continue;
		ran = test_in(t, entry, info->eras[i]);
		ran_close(&ran);
	}
	ran_close(&first);
}

/* False when @path cannot be read. */
static bool test_path(struct tap *t, const char *path)
{
	struct script_list list = { 0 };
	char err[512];

	if (!script_list_path(&list, path, err, sizeof(err))) {
		cli_error("%s", err);
		return false;
	}
	if (!list.count && !option_given(t->o, OPT_QUIET))
		printf("# no scenarios in %s\n", path);
	for (size_t i = 0; i < list.count && !ran_stopped(); i++)
		test_entry(t, &list.entry[i]);
	script_list_free(&list);
	return true;
}

int verb_test(const struct options *o)
{
	struct tap t = { .o = o };
	bool readable = true;

	puts("TAP version 13");
	for (int i = 0; i < o->nr_args && !ran_stopped(); i++)
		readable &= test_path(&t, o->args[i]);
	printf("1..%u\n", t.count);
	if (!option_given(o, OPT_QUIET))
		printf("# %u passed, %u failed\n", t.count - t.failed,
			t.failed);
	return !readable ? CLI_USAGE : t.failed ? CLI_FAILED : CLI_OK;
}
