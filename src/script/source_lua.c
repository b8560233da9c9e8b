/* A scenario in Lua as a source of operations. */
#include "script/api.h"
#include "script/paths.h"
#include "script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STDIN_NAME "(stdin)" /* of standard input, in messages */

struct source_lua {
	struct source base;   /* first: what others see */
	char *path;	      /* as in messages */
	char *text;	      /* given once and for all; NULL: read the file */
	size_t length;	      /* bytes of text */
	struct stamps stamps; /* the files of the last run */
};

/* -- one run ------------------------------------------------------------- */

static bool run_stop(void *ctx)
{
	struct run *r = ctx;

	return r->req->stop && r->req->stop(r->req->ctx, r->steps);
}

static int run_body(lua_State *L)
{
	sandbox_open_libs(L);
	api_open(L);
	api_guard_globals(L);
	chunk_load(L, 0);
	lua_call(L, 0, 0);
	return 0;
}

enum sandbox_end run_script(struct run *r)
{
	enum sandbox_end end = sandbox_run(r->sb, run_body, NULL);

	run_end(r);
	return end;
}

void run_clear(struct run *r)
{
	free((char *)r->sc.title.en);
	free((char *)r->sc.title.zh);
	free((char *)r->sc.summary.en);
	free((char *)r->sc.summary.zh);
	free((char *)r->sc.panes);
	free(r->unusable);
	free(r->notice);
	free(r->dir);
	stamps_clear(&r->stamps);
}

/* The failure stands in the log where it happened. */
static void log_failure(struct run *r)
{
	const struct failure *fail = &r->sb->fail;
	char *text = NULL;
	struct note note = { .kind = NOTE_ERROR,
		.op = r->steps,
		.line = fail->line,
		.file = run_file(r, fail->chunk) };

	if (asprintf(&text, "%s%s", fail->what ? fail->what : "error",
		    fail->trace ? fail->trace : "") < 0)
		text = NULL;
	note.text.en = text ? text : "error";
	history_add_note(r->h, &note);
	free(text);
}

static enum source_status status_of(enum sandbox_end end)
{
	switch (end) {
	case SANDBOX_OK:
	case SANDBOX_DONE:
		return SOURCE_OK;
	case SANDBOX_ERROR:
		return SOURCE_FAILED;
	case SANDBOX_STOPPED:
		return SOURCE_STOPPED;
	default:
		return SOURCE_LIMIT;
	}
}

/* -- what it says about itself ------------------------------------------- */

static void info_clear(struct source *s)
{
	struct source_info *info = &s->info;

	free((char *)info->title.en);
	free((char *)info->title.zh);
	free((char *)info->summary.en);
	free((char *)info->summary.zh);
	free((char *)info->panes);
	free(info->text);
	free(info->notice);
	free(info->path);
	free(s->message);
	s->message = NULL;
	*info = (struct source_info){ .path = NULL };
}

/* Moves what the run gathered into @info; the run keeps nothing of it. */
static void info_fill(struct source_lua *s, struct run *r)
{
	struct source_info *info = &s->base.info;
	struct chunk *script = &r->sb->chunk[0];

	info->path = strdup(strcmp(s->path, STDIN_NAME) ? s->path : "-");
	info->title = r->sc.title;
	if (!info->title.en)
		info->title.en = file_name(s->path);
	info->summary = r->sc.summary;
	if (!info->summary.en)
		info->summary.en = strdup("");
	info->panes = r->sc.panes;
	info->notice = r->notice;
	memcpy(info->eras, r->sc.eras, sizeof(info->eras));
	info->nr_eras = r->sc.nr_eras;
	info->era = r->sc.config.era;
	info->paging = r->sc.config.paging;
	info->text = script->text;
	script->text = NULL;
	r->sc.title = r->sc.summary = (struct text){ NULL, NULL };
	r->sc.panes = NULL;
	r->notice = NULL;
}

/* -- struct source ------------------------------------------------------- */

static char *read_text(
	struct source_lua *s, size_t *length, char *err, size_t size)
{
	char *text;

	if (!s->text)
		return chunk_read(s->path, length, err, size);
	text = malloc(s->length + 1);
	if (text)
		memcpy(text, s->text, s->length + 1);
	else
		snprintf(err, size, "no memory");
	*length = s->length;
	return text;
}

static enum source_status fail_unusable(
	struct source *s, const char *path, const char *why)
{
	if (asprintf(&s->message, "%s: %s", path, why) < 0)
		s->message = NULL;
	return SOURCE_UNUSABLE;
}

/* After the script: the history exists, the failure is told. */
static enum source_status finish(struct source_lua *s, struct run *r,
	enum sandbox_end end, struct history **h)
{
	int error = 0;

	if (!r->h && !r->unusable) {
		if (end != SANDBOX_OK) /* what scenario{} said was wrong */
			r->sc.config = (struct machine_config){ .ram = 0 };
		error = run_open(r);
	}
	info_fill(s, r);
	if (r->unusable)
		return fail_unusable(&s->base, s->path, r->unusable);
	if (error)
		return fail_unusable(&s->base, s->path, strerror(error));
	*h = r->h;
	if (status_of(end) == SOURCE_OK)
		return SOURCE_OK;
	log_failure(r);
	s->base.message = blame_text(r->sb);
	return status_of(end);
}

static enum source_status lua_run(struct source *base,
	const struct source_request *req, struct history **h)
{
	static const struct source_request nothing;
	struct source_lua *s = (struct source_lua *)base;
	struct run r = { .req = req ? req : &nothing };
	struct sandbox_limits limits = {
		.instructions = r.req->limit, .stop = run_stop, .ctx = &r
	};
	enum source_status status;
	char err[512];
	size_t length;
	char *text;

	*h = NULL;
	info_clear(base);
	stamps_clear(&s->stamps);
	if (!s->text)
		stamps_add(&r.stamps, s->path);
	text = read_text(s, &length, err, sizeof(err));
	r.sb = text ? sandbox_new(&limits, &r) : NULL;
	if (r.sb) {
		r.dir = file_folder(s->path);
		chunk_add(r.sb, s->path, text, length);
		status = finish(s, &r, run_script(&r), h);
	} else {
		status = fail_unusable(base, s->path, text ? "no memory" : err);
		free(text);
	}
	s->stamps = r.stamps;
	r.stamps = (struct stamps){ NULL, 0 };
	run_clear(&r);
	sandbox_delete(r.sb);
	return status;
}

static bool lua_changed(struct source *base)
{
	return stamps_changed(&((struct source_lua *)base)->stamps);
}

static void lua_close_source(struct source *base)
{
	struct source_lua *s = (struct source_lua *)base;

	info_clear(base);
	stamps_clear(&s->stamps);
	free(s->path);
	free(s->text);
	free(s);
}

static struct source *lua_again(const struct source *base);

static const struct source_ops lua_ops = { lua_run, lua_changed,
	lua_close_source, lua_again };

/* Takes over @path and @text. */
static struct source *source_new(char *path, char *text, size_t length)
{
	struct source_lua *s = calloc(1, sizeof(*s));

	if (!s || !path) {
		free(path);
		free(text);
		free(s);
		return NULL;
	}
	s->base.ops = &lua_ops;
	s->path = path;
	s->text = text;
	s->length = length;
	return &s->base;
}

struct source *script_source_text(
	const char *path, const char *text, size_t length)
{
	char *copy = malloc(length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = 0;
	return source_new(strdup(path), copy, length);
}

/* A file is read again, what was read from standard input is not. */
static struct source *lua_again(const struct source *base)
{
	const struct source_lua *s = (const struct source_lua *)base;

	if (s->text)
		return script_source_text(s->path, s->text, s->length);
	return source_new(strdup(s->path), NULL, 0);
}

char *script_resolve(const char *name, char *err, size_t size)
{
	return file_resolve("scripts", name, err, size);
}

struct source *script_source(const char *name, char *err, size_t size)
{
	char *path = script_resolve(name, err, size);
	char why[256];
	size_t length = 0;
	char *text;

	if (!path)
		return NULL;
	text = chunk_read(path, &length, why, sizeof(why));
	if (!text) {
		snprintf(err, size, "%s: %s", path, why);
		free(path);
		return NULL;
	}
	if (strcmp(path, "-") != 0 && is_regular(path)) { /* read again */
		free(text);
		text = NULL;
	}
	if (strcmp(path, "-") == 0) {
		free(path);
		path = strdup(STDIN_NAME);
	}
	return source_new(path, text, length);
}
