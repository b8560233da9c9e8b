/* Writing files: pictures of the screen, the state, a scenario. */
#include "tui/state.h"

#include "tui/scenario_text.h"
#include "view/dot.h"
#include "view/lang.h"
#include "view/records.h"
#include "view/writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* In a --keys file the next screen is not to tell of this one. */
static bool said(struct app *a, const char *path)
{
	if (!a->headless)
		app_say(a, _("Written: %s"), path);
	return true;
}

/* Write @b to @path; false with a message. */
static bool write_buf(struct app *a, const char *path, struct buf *b)
{
	FILE *f;
	bool ok;

	if (b->failed)
		return app_fail(a, _("out of memory"));
	f = fopen(path, "w");
	ok = f && fwrite(b->data ? b->data : "", 1, b->len, f) == b->len;
	if (f && fclose(f))
		ok = false;
	return ok ? said(a, path)
		  : app_fail(a, "%s: %s", path, strerror(errno));
}

/* The screen as it would be drawn without the prompt that asked for it. */
static bool write_picture(
	struct app *a, const char *path, const struct writer *writer)
{
	struct buf b = { 0 };
	bool ok;

	app_draw(a, a->cv->w, a->cv->h);
	single_page(&b, writer, &a->theme, a->cv, a->name);
	ok = write_buf(a, path, &b);
	buf_free(&b);
	return ok;
}

typedef bool data_fn(struct app *a, FILE *f);

static bool write_data(struct app *a, const char *path, data_fn *fn)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fn(a, f);

	if (f && fclose(f))
		ok = false;
	return ok ? said(a, path)
		  : app_fail(a, "%s: %s", path, strerror(errno));
}

static bool data_json(struct app *a, FILE *f)
{
	struct json j = json_to(f);

	record_state(&j, a->look.m, a->look.pos);
	return !ferror(f);
}

static bool data_dot(struct app *a, FILE *f)
{
	return dot_write(f, a->look.m, a->name);
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t n = strlen(path), len = strlen(suffix);

	return n >= len && !strcmp(path + n - len, suffix);
}

bool app_write(struct app *a, const char *path)
{
	const struct writer *writer = writer_for_file(path);

	if (ends_in(path, ".json"))
		return write_data(a, path, data_json);
	if (ends_in(path, ".dot"))
		return write_data(a, path, data_dot);
	if (writer)
		return write_picture(a, path, writer);
	return app_fail(a,
		_("%s: the name ends in none of .svg .html .ansi .txt .dot "
		  ".json"),
		path);
}

bool app_save_screen(struct app *a, const char *path)
{
	const struct writer *writer = writer_for_file(path);

	return write_picture(a, path, writer ? writer : &writer_text);
}

bool app_save_state(struct app *a, const char *path)
{
	return write_data(a, path, data_json);
}

bool app_save_scenario(struct app *a, const char *path)
{
	struct buf b = { 0 };
	struct pos p = history_pos(a->h);
	bool ok;

	scenario_text(&b, a->h, p.op, app_lesson_length(a),
		look_text(&a->look, a->source->info.title));
	app_look(a);
	ok = write_buf(a, path, &b);
	buf_free(&b);
	return ok;
}
