/* A small lesson for tests of the viewer. */
#include "lesson.h"

#include "tui/keyname.h"
#include "view/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

bool lesson_fails;

struct lesson {
	struct source s; /* first: ops get it */
	char name[32];
};

/* -- making it ---------------------------------------------------------- */

static uint64_t do_op(struct history *h, struct op op, uint32_t line)
{
	struct op_result res = { 0 };

	history_do(h, &op, &res, line, 0);
	return res.value;
}

static uint32_t spawn(struct history *h, const char *name, uint32_t line)
{
	struct op op = { .id = OP_SPAWN, .given = 1 };

	strcpy(op.text, name);
	return (uint32_t)do_op(h, op, line);
}

static uint64_t map(struct history *h, uint32_t pid, uint64_t pages,
	const char *name, uint32_t line)
{
	struct op op = { .id = OP_MMAP, .subject = pid };

	assert_true(op_set(&op, "len", pages * PAGE_SIZE));
	assert_true(op_set(&op, "name", 0));
	strcpy(op.text, name);
	return do_op(h, op, line);
}

static void put(struct history *h, uint32_t pid, uint64_t addr,
	const char *value, uint32_t line)
{
	struct op op = { .id = OP_WRITE, .subject = pid, .text_value = true };

	assert_true(op_set(&op, "addr", addr));
	assert_true(op_set(&op, "value", 0));
	strcpy(op.text, value);
	do_op(h, op, line);
}

static uint32_t fork_task(
	struct history *h, uint32_t pid, const char *name, uint32_t line)
{
	struct op op = { .id = OP_FORK, .subject = pid, .given = 1 };

	strcpy(op.text, name);
	return (uint32_t)do_op(h, op, line);
}

static void unmap(struct history *h, uint32_t pid, uint64_t addr,
	uint64_t pages, uint32_t line)
{
	struct op op = { .id = OP_MUNMAP, .subject = pid };

	assert_true(op_set(&op, "addr", addr));
	assert_true(op_set(&op, "len", pages * PAGE_SIZE));
	do_op(h, op, line);
}

static void note(
	struct history *h, enum note_kind kind, uint32_t op, const char *text)
{
	struct note n = {
		.kind = kind, .op = op, .text = { text, NULL }, .ok = true
	};

	history_add_note(h, &n);
}

/* A scene with a title in two languages. */
static void fork_scene(struct history *h)
{
	struct note n = {
		.kind = NOTE_SCENE, .op = 6, .text = { "Fork", "分叉一个进程" }
	};

	history_add_note(h, &n);
}

static void ask(struct history *h, uint32_t op)
{
	struct note n = {
		.kind = NOTE_ASK,
		.op = op,
		.text = { "Which frame does the parent keep?", NULL },
		.why = { "Only the child's entry is changed.", NULL },
		.choice = { { "the old one", NULL }, { "a new one", NULL } },
		.nr_choices = 2,
		.answer = 1,
	};

	history_add_note(h, &n);
}

static void make_cow(struct history *h)
{
	uint32_t parent, child;
	uint64_t heap;

	note(h, NOTE_SCENE, 1, "A parent with three pages");
	note(h, NOTE_SAY, 1, "The parent maps three pages and writes them.");
	parent = spawn(h, "parent", 2);
	heap = map(h, parent, 3, "heap", 3);
	for (unsigned i = 0; i < 3; i++)
		put(h, parent, heap + i * PAGE_SIZE, "A", 4);
	fork_scene(h);
	note(h, NOTE_SAY, 6, "Both now map the same frames, read-only.");
	child = fork_task(h, parent, "child", 6);
	note(h, NOTE_EXPECT, 6, "each frame is mapped twice");
	note(h, NOTE_SCENE, 7, "The child writes");
	note(h, NOTE_SAY, 7, "The child gets a frame of its own.");
	ask(h, 7);
	put(h, child, heap + PAGE_SIZE, "B", 8);
	note(h, NOTE_EXPECT, 7, "the parent still reads A");
	note(h, NOTE_SCENE, 8, "Unmap");
	unmap(h, child, heap, 3, 10);
}

static void make_batch(struct history *h)
{
	uint32_t pid = spawn(h, "many", 1);
	uint64_t area = map(h, pid, 40, "area", 2);

	history_batch_begin(h, "forty writes", 3, 0);
	for (unsigned i = 0; i < 40; i++)
		put(h, pid, area + i * PAGE_SIZE, "x", 3);
	history_batch_end(h);
	fork_task(h, pid, "twin", 4);
}

/* -- the source --------------------------------------------------------- */

static enum source_status lesson_source_run(
	struct source *s, const struct source_request *req, struct history **h)
{
	struct lesson *l = (struct lesson *)s;
	struct machine_config config = { .era = req->era,
		.paging = req->paging };

	if (lesson_fails || !strcmp(l->name, "broken")) {
		free(s->message);
		s->message = strdup("lesson.lua:3: it is broken");
		return SOURCE_UNUSABLE;
	}
	*h = history_new(&config);
	assert_non_null(*h);
	if (!strcmp(l->name, "cow"))
		make_cow(*h);
	else if (!strcmp(l->name, "batch"))
		make_batch(*h);
	history_goto(*h, pos_after(0));
	return SOURCE_OK;
}

static void lesson_source_close(struct source *s)
{
	free(s->message);
	free(s);
}

static struct source *lesson_source_again(const struct source *s);

static const struct source_ops lesson_ops = {
	.run = lesson_source_run,
	.close = lesson_source_close,
	.again = lesson_source_again,
};

static struct source *host_open(
	void *ctx, const char *name, char *err, size_t size)
{
	static char text[] = "-- a lesson\nspawn\nmmap\nwrite\n\nfork\n\n"
			     "write\n\nmunmap\n";
	struct lesson *l = calloc(1, sizeof(*l));

	(void)ctx;
	assert_non_null(l);
	snprintf(l->name, sizeof(l->name), "%s", name);
	if (*name && strcmp(name, "cow") && strcmp(name, "batch") &&
		strcmp(name, "broken")) {
		snprintf(err, size, "no scenario \"%s\"", name);
		free(l);
		return NULL;
	}
	l->s.ops = &lesson_ops;
	l->s.info.path = l->name;
	l->s.info.title.en = *name ? "Copy on write" : "An empty machine";
	l->s.info.text = text;
	return &l->s;
}

static struct source *lesson_source_again(const struct source *s)
{
	char err[64];

	return host_open(
		NULL, ((const struct lesson *)s)->name, err, sizeof(err));
}

static bool host_scenario(void *ctx, size_t i, struct app_scenario *s)
{
	static const char *const names[] = { "cow", "batch", "broken" };

	(void)ctx;
	if (i >= 3)
		return false;
	*s = (struct app_scenario){ .name = names[i],
		.title = { "A lesson", NULL } };
	return true;
}

static bool host_theme(
	void *ctx, const char *name, struct theme *t, char *err, size_t size)
{
	(void)ctx;
	*t = theme_builtin;
	if (!strcmp(name, "default") || !strcmp(name, "projector"))
		return true;
	snprintf(err, size, "no theme \"%s\"", name);
	return false;
}

static const char *host_theme_name(void *ctx, size_t i)
{
	static const char *const names[] = { "default", "projector" };

	(void)ctx;
	return i < 2 ? names[i] : NULL;
}

static const struct app_host host = {
	.scenario = host_scenario,
	.open = host_open,
	.theme = host_theme,
	.theme_name = host_theme_name,
};

/* -- driving it --------------------------------------------------------- */

static struct app_options options = { .host = &host };

struct app *lesson_open(const char *name, int w, int h)
{
	struct app *a;
	int status;

	options.scenario = name;
	options.w = w;
	options.h = h;
	lesson_fails = false;
	a = app_headless(&options, &status);
	assert_non_null(a);
	app_draw(a, w, h);
	return a;
}

void lesson_close(struct app *a)
{
	app_delete(a);
}

void lesson_keys(struct app *a, const char *keys)
{
	char *copy = strdup(keys), *save = NULL;

	for (char *key = strtok_r(copy, " ", &save); key;
		key = strtok_r(NULL, " ", &save)) {
		struct input_event ev = { 0 };

		if (!keyname_parse(key, &ev))
			fail_msg("no key \"%s\"", key);
		app_event(a, &ev);
		app_draw(a, options.w, options.h);
	}
	free(copy);
}

void lesson_run(struct app *a, const char *line)
{
	a->message[0] = 0;
	if (!command_run(a, line))
		fail_msg("%s: %s", line, a->message);
	app_draw(a, options.w, options.h);
}

char *lesson_screen(struct app *a)
{
	struct buf b = { 0 };

	single_page(&b, &writer_text, &a->theme, a->cv, "");
	assert_false(b.failed);
	return b.data ? b.data : strdup("");
}

void lesson_shows(struct app *a, const char *text)
{
	char *screen = lesson_screen(a);

	if (!strstr(screen, text))
		fail_msg("\"%s\" is not on the screen:\n%s", text, screen);
	free(screen);
}

void lesson_lacks(struct app *a, const char *text)
{
	char *screen = lesson_screen(a);

	if (strstr(screen, text))
		fail_msg("\"%s\" is on the screen:\n%s", text, screen);
	free(screen);
}
