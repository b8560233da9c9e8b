/*
 * One run of a script: its history, its operations and what it says.  All that
 * reaches out of Lua goes through here, between sandbox_busy() and ready().
 */
#include "script/api.h"
#include "script/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int run_open(struct run *r)
{
	if (!scenario_resolve(r))
		return EINVAL;
	r->h = history_new(&r->sc.config);
	return r->h ? 0 : errno;
}

void run_begin(lua_State *L)
{
	struct run *r = run_of(L);
	int error;

	sandbox_busy(r->sb);
	error = run_open(r);
	sandbox_ready(r->sb);
	if (r->unusable)
		sandbox_leave(r->sb, SANDBOX_DONE);
	if (error == ENOMEM)
		script_error(L, "the host has not enough memory for this "
				"machine");
	if (error)
		script_error(L, "such a machine is not possible: zones= has 64 "
				"to 16777216 frames in all");
}

struct history *run_history(lua_State *L)
{
	struct run *r = run_of(L);

	if (r->titles_only) /* nothing was said before the first operation */
		sandbox_leave(r->sb, SANDBOX_DONE);
	if (!r->h)
		run_begin(L);
	return r->h;
}

const struct machine *run_machine(lua_State *L)
{
	return history_machine(run_history(L));
}

uint32_t run_file(struct run *r, int chunk)
{
	if (chunk <= 0)
		return 0;
	if (!r->file_id[chunk])
		r->file_id[chunk] =
			history_file(r->h, r->sb->chunk[chunk].path);
	return r->file_id[chunk];
}

/* Where the script stands; 0 and 0 when nowhere in its files. */
static void run_place(lua_State *L, int *chunk, unsigned *line)
{
	struct sandbox *sb = sandbox_of(L);

	*chunk = -1;
	*line = 0;
	if (blame_here(L, chunk, line)) {
		sb->seen_chunk = *chunk;
		sb->seen_line = *line;
	}
}

int run_do(lua_State *L, const struct op *op, struct op_result *res)
{
	struct history *h = run_history(L);
	struct run *r = run_of(L);
	unsigned line;
	int chunk;

	run_place(L, &chunk, &line);
	if (!r->in_batch && r->ops >= SCRIPT_MAX_OPS)
		sandbox_leave(r->sb, SANDBOX_OPS);
	if (!machine_has_room(run_machine(L)))
		sandbox_leave(r->sb, SANDBOX_NAMES);
	sandbox_busy(r->sb);
	history_do(h, op, res, line, run_file(r, chunk));
	r->last_status = res->status;
	r->all_ops++;
	if (!r->in_batch) {
		r->ops++;
		r->steps++;
	}
	sandbox_ready(r->sb);
	return res->status;
}

static size_t text_bytes(const struct text *t)
{
	return (t->en ? strlen(t->en) + 1 : 0) +
	       (t->zh ? strlen(t->zh) + 1 : 0);
}

/* What the log keeps of a note counts against the script's memory. */
static size_t note_bytes(const struct note *note)
{
	size_t n = sizeof(*note) + text_bytes(&note->text) +
		   text_bytes(&note->why);

	for (unsigned i = 0; i < note->nr_choices; i++)
		n += text_bytes(&note->choice[i]);
	return n + (note->panes ? strlen(note->panes) + 1 : 0);
}

/* Notes of what was done stand at the last operation, the others at the next;
 * inside a batch both are the batch. */
static uint32_t note_op(const struct run *r, enum note_kind kind)
{
	if (r->in_batch)
		return r->steps + 1;
	if (kind == NOTE_PRINT || kind == NOTE_EXPECT || kind == NOTE_ERROR)
		return r->steps;
	return r->steps + 1;
}

void run_note(lua_State *L, struct note *note)
{
	struct history *h = run_history(L);
	struct run *r = run_of(L);
	int chunk;

	run_place(L, &chunk, &note->line);
	note->op = note_op(r, note->kind);
	sandbox_busy(r->sb);
	note->file = run_file(r, chunk);
	history_add_note(h, note);
	sandbox_ready(r->sb);
	sandbox_charge(r->sb, note_bytes(note));
}

void run_end(struct run *r)
{
	if (!r->in_batch)
		return;
	r->in_batch = false;
	history_batch_end(r->h);
	r->steps = history_length(r->h);
}
