#include "stage.h"

#include "core/ops.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void stage_open(
	struct stage *st, const char *era, const char *arch, uint64_t ram)
{
	struct machine_config config = { .era = era_find(era), .ram = ram };

	if (arch)
		config.paging = paging_find(arch);
	assert_non_null(config.era);
	stage_open_with(st, &config);
}

void stage_open_with(struct stage *st, const struct machine_config *config)
{
	memset(st, 0, sizeof(*st));
	st->h = history_new(config);
	assert_non_null(st->h);
	st->cv = canvas_new(1, 1);
	assert_non_null(st->cv);
	stage_update(st);
}

void stage_close(struct stage *st)
{
	look_release(&st->look);
	history_delete(st->h);
	canvas_delete(st->cv);
}

/* -- operations --------------------------------------------------------- */

/* The text of an argument goes to op.text. */
static void give_text(struct op *op, const char *text)
{
	const struct op_desc *desc = op_desc(op->id);

	for (int i = 0; desc->arg[i].type != ARG_END; i++) {
		if (desc->arg[i].type != ARG_NAME &&
			desc->arg[i].type != ARG_VALUE)
			continue;
		op->given |= (uint16_t)(1u << i);
		op->text_value = desc->arg[i].type == ARG_VALUE;
		snprintf(op->text, sizeof(op->text), "%s", text);
		return;
	}
	fail_msg("%s takes no text", desc->name);
}

static struct op make_op(const char *name, uint32_t subject, const char *text)
{
	const struct op_desc *desc = op_find(name);
	struct op op = { .subject = subject };

	assert_non_null(desc);
	op.id = (uint16_t)desc->id;
	if (text)
		give_text(&op, text);
	return op;
}

static uint64_t run(struct stage *st, const struct op *op)
{
	struct op_result res = { 0 };

	history_do(st->h, op, &res, 0, 0);
	if (res.status)
		fail_msg("%s: %s", op_desc(op->id)->name,
			status_name(res.status));
	st->stale = true;
	return res.value;
}

uint32_t stage_spawn(struct stage *st, const char *name)
{
	struct op op = make_op("spawn", 0, name);

	return (uint32_t)run(st, &op);
}

uint64_t stage_mmap(
	struct stage *st, uint32_t pid, uint64_t pages, const char *name)
{
	struct op op = make_op("mmap", pid, name);

	assert_true(op_set(&op, "len", pages * 4096));
	return run(st, &op);
}

uint32_t stage_file(struct stage *st, const char *name, uint64_t pages)
{
	struct op op = make_op("file", 0, name);

	assert_true(op_set(&op, "pages", pages));
	return (uint32_t)run(st, &op);
}

void stage_write(
	struct stage *st, uint32_t pid, uint64_t addr, const char *value)
{
	struct op op = make_op("write", pid, value);

	assert_true(op_set(&op, "addr", addr));
	run(st, &op);
}

uint32_t stage_fork(struct stage *st, uint32_t pid, const char *name)
{
	struct op op = make_op("fork", pid, name);

	return (uint32_t)run(st, &op);
}

int stage_op(struct stage *st, const char *name, uint32_t subject, ...)
{
	struct op op = make_op(name, subject, NULL);
	struct op_result res = { 0 };
	const char *arg;
	va_list args;

	va_start(args, subject);
	while ((arg = va_arg(args, const char *)))
		assert_true(op_set(&op, arg, va_arg(args, uint64_t)));
	va_end(args);
	history_do(st->h, &op, &res, 0, 0);
	st->stale = true;
	return res.status;
}

/* -- positions ---------------------------------------------------------- */

void stage_update(struct stage *st)
{
	look_update(&st->look, st->h);
	st->stale = false;
}

void stage_goto(struct stage *st, struct pos pos)
{
	assert_int_equal(history_goto(st->h, pos), 0);
	stage_update(st);
}

bool stage_goto_event(struct stage *st, enum event_id id, unsigned n)
{
	uint32_t op = history_length(st->h);
	const struct event *ev;
	size_t count, done;

	stage_goto(st, pos_after(op));
	ev = history_events(st->h, &count, &done);
	for (size_t i = 0; i < count; i++) {
		if (ev[i].id != id || --n)
			continue;
		stage_goto(st, (struct pos){ op, (uint32_t)i + 1, 0 });
		return true;
	}
	return false;
}

/* -- drawing ------------------------------------------------------------ */

void stage_redraw(struct stage *st, const struct pane *pane)
{
	struct rect r = { STAGE_X, STAGE_Y, st->view.w, st->view.h };
	struct canvas_state saved;

	if (st->stale)
		stage_update(st);
	canvas_reset(st->cv, r.w + 2 * STAGE_X, r.h + 2 * STAGE_Y);
	st->cv->ascii = st->look.ascii;
	saved = canvas_enter(st->cv, r);
	pane->draw(&st->view, &st->look, st->cv);
	canvas_leave(st->cv, saved);
}

void stage_draw(
	struct stage *st, const struct pane *pane, int w, int h, bool ascii)
{
	memset(&st->view, 0, sizeof(st->view));
	st->view.w = w;
	st->view.h = h;
	st->view.follow = true;
	st->look.ascii = ascii;
	stage_redraw(st, pane);
}

static char *put_utf8(char *p, uint32_t ch)
{
	if (ch < 0x80) {
		*p++ = (char)ch;
	} else if (ch < 0x800) {
		*p++ = (char)(0xc0 | ch >> 6);
		*p++ = (char)(0x80 | (ch & 0x3f));
	} else {
		*p++ = (char)(0xe0 | ch >> 12);
		*p++ = (char)(0x80 | (ch >> 6 & 0x3f));
		*p++ = (char)(0x80 | (ch & 0x3f));
	}
	return p;
}

char *stage_text(const struct stage *st)
{
	int w = st->view.w, h = st->view.h;
	char *text = malloc((size_t)(w * 3 + 1) * (size_t)h + 1), *p = text;

	assert_non_null(text);
	for (int y = 0; y < h; y++) {
		char *line = p;

		for (int x = 0; x < w; x++) {
			uint32_t ch =
				canvas_char(st->cv, x + STAGE_X, y + STAGE_Y);

			if (ch)
				p = put_utf8(p, ch);
		}
		while (p > line && p[-1] == ' ')
			p--;
		*p++ = '\n';
	}
	*p = 0;
	return text;
}

/* -- golden texts ------------------------------------------------------- */

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 16);

	assert_non_null(text);
	if (f) {
		size_t n = fread(text, 1, (1 << 16) - 1, f);

		text[n] = 0;
		fclose(f);
	}
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

void golden_check(const char *name, const char *text)
{
	char path[512];
	char *want;

	snprintf(path, sizeof(path), SRCDIR "/tests/tui/golden/%s.txt", name);
	if (getenv("UPDATE_GOLDEN")) {
		write_file(path, text);
		return;
	}
	want = read_file(path);
	if (strcmp(want, text))
		fail_msg("%s differs; drawn now:\n%s", path, text);
	free(want);
}
