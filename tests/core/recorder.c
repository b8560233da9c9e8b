/* Events of operations, kept and written as short text. */
#include "recorder.h"

#include <stdio.h>
#include <stdlib.h>

static void keep(struct tracer *t, const struct event *e)
{
	struct recorder *r = t->ctx;
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->event = realloc(r->event, r->room * sizeof(*e));
		if (!r->event)
			abort();
	}
	r->event[r->count++] = *e;
}

void record_start(struct recorder *r, struct machine *m)
{
	r->tracer = (struct tracer){ .sink = keep, .ctx = r };
	r->count = 0;
	trace_attach(m, &r->tracer);
}

void record_stop(struct recorder *r, struct machine *m)
{
	(void)r;
	trace_attach(m, NULL);
}

void record_free(struct recorder *r)
{
	free(r->event);
	r->event = NULL;
	r->count = r->room = 0;
}

static const char *fn_name(const struct machine *m, const struct event *e)
{
	const char *name = e->fn < NR_FNS ? machine_era(m)->fn[e->fn] : NULL;
	return name ? name : "?";
}

const char *event_text(const struct machine *m, const struct event *e)
{
	static char text[160];
	const char *id = event_id_name((enum event_id)e->id);
	if (e->id == EV_CALL || e->id == EV_RETURN)
		snprintf(text, sizeof(text), "%s %s", id, fn_name(m, e));
	else if (e->field && e->id == EV_SET)
		snprintf(text, sizeof(text), "SET %s %lld>%lld", e->field,
			(long long)e->old, (long long)e->new);
	else
		snprintf(text, sizeof(text), "%s%s%s", id, e->field ? " " : "",
			e->field ? e->field : "");
	return text;
}
