/* The processes and threads that are traced, and their address spaces. */
#include "live/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct tracee *tracee_find(const struct trace *t, pid_t tid)
{
	for (size_t i = 0; i < t->nr; i++)
		if (t->tracee[i]->tid == tid)
			return t->tracee[i];
	return NULL;
}

struct tracee *tracee_new(struct trace *t, pid_t tid)
{
	struct tracee **more = t->tracee, *e = calloc(1, sizeof *e);
	size_t room = t->room ? t->room * 2 : 16;

	if (e && t->nr == t->room) {
		more = realloc(t->tracee, room * sizeof *more);
		if (more) {
			t->tracee = more;
			t->room = room;
		}
	}
	if (!e || !more) {
		free(e);
		t->rec->failed = true;
		return NULL;
	}
	e->tid = tid;
	e->task = REC_NONE;
	more[t->nr++] = e;
	return e;
}

void tracee_drop_mm(struct tracee *e)
{
	struct live_mm *mm = e->mm;

	e->mm = NULL;
	if (!mm || --mm->users)
		return;
	map_free(&mm->map);
	if (mm->proc.pid)
		proc_close(&mm->proc);
	free(mm);
}

void tracee_delete(struct trace *t, struct tracee *e)
{
	for (size_t i = 0; i < t->nr; i++)
		if (t->tracee[i] == e) {
			t->tracee[i] = t->tracee[--t->nr];
			break;
		}
	tracee_drop_mm(e);
	free(e);
}

void tracee_share_mm(struct tracee *e, struct live_mm *mm)
{
	mm->users++;
	tracee_drop_mm(e);
	e->mm = mm;
}

bool tracee_new_mm(struct tracee *e)
{
	struct live_mm *mm = calloc(1, sizeof *mm);

	if (!mm)
		return false;
	tracee_share_mm(e, mm);
	return true;
}

bool tracee_open(struct tracee *e)
{
	return e->mm->proc.pid || proc_open(&e->mm->proc, e->tid);
}

void trace_free(struct trace *t)
{
	while (t->nr)
		tracee_delete(t, t->tracee[t->nr - 1]);
	free(t->tracee);
	free(t->early);
	faults_close(t->faults);
}

/* -- what is recorded ----------------------------------------------------- */

/* Pages of all address spaces; shared ones count for each. */
static void count_pages(struct trace *t)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < t->nr; i++)
		if (t->tracee[i]->mm)
			pages += t->tracee[i]->mm->map.nr_own;
	if (t->rec->pages < pages)
		t->rec->pages = pages;
}

void trace_note(struct trace *t, const struct tracee *e, struct rec_op op)
{
	op.task = e->task;
	if (op.kind == REC_EXIT && op.task < t->rec->nr_tasks)
		t->rec->task[op.task].exited = true;
	if (op.kind != REC_READ && op.kind != REC_WRITE)
		count_pages(t);
	if (!recording_add(t->rec, &op))
		t->over = true;
}

void trace_remark(struct trace *t, const struct tracee *e,
	const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	trace_note(t, e, (struct rec_op){ .kind = REC_REMARK,
		.other = recording_text(t->rec, text) });
}
