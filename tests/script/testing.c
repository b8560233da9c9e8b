/* What the tests of scripts share. */
#include "testing.h"

struct ran run_text(const char *path, const char *text,
	const struct source_request *request)
{
	static const struct source_request nothing;
	struct ran r = { .h = NULL };

	r.source = script_source_text(path, text, strlen(text));
	assert_non_null(r.source);
	r.status = source_run(r.source, request ? request : &nothing, &r.h);
	return r;
}

void ran_free(struct ran *r)
{
	history_delete(r->h);
	source_close(r->source);
}

void assert_message(const char *text, size_t length, const char *message)
{
	struct source_request request = { .limit = 0 };
	struct source *s = script_source_text("t.lua", text, length);
	struct history *h;

	assert_int_equal(source_run(s, &request, &h), SOURCE_FAILED);
	assert_string_equal(s->message, message);
	history_delete(h);
	source_close(s);
}

/* All printed lines, each ended by a newline; malloc'ed. */
static char *printed(const struct ran *r)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < history_note_count(r->h); i++) {
		const struct note *note = history_note(r->h, i);

		if (note->kind == NOTE_PRINT)
			fprintf(f, "%s\n", note->text.en);
	}
	fclose(f);
	return text;
}

void assert_prints_in(const char *era, const char *text, const char *lines)
{
	struct source_request request = { .era = era_find(era) };
	struct ran r = run_text("t.lua", text, &request);
	char *got;

	if (r.status != SOURCE_OK)
		fail_msg("%s", r.source->message);
	got = printed(&r);
	assert_string_equal(got, lines);
	free(got);
	ran_free(&r);
}

void assert_prints(const char *text, const char *lines)
{
	assert_prints_in("4.0", text, lines);
}

static void checks_hold(const struct ran *r, const char *era)
{
	size_t checks = 0;

	if (r->status != SOURCE_OK)
		fail_msg("%s: %s", era, r->source->message);
	for (size_t i = 0; i < history_note_count(r->h); i++) {
		const struct note *note = history_note(r->h, i);

		if (note->kind != NOTE_EXPECT)
			continue;
		checks++;
		if (!note->ok)
			fail_msg("%s: line %u: %s", era, note->line,
				note->text.en);
	}
	assert_true(checks > 0);
}

void assert_holds(const char *text)
{
	const struct era *era;

	for (unsigned i = 0; (era = era_at(i)); i++) {
		struct source_request request = { .era = era };
		struct ran r = run_text("t.lua", text, &request);

		checks_hold(&r, era->name);
		ran_free(&r);
	}
}
