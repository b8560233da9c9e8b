/* Telling events and taking locks. */
#include "core/emit.h"

#include <stddef.h>

static const char *const kind_name[NR_EVENT_KINDS] = {
	[EVENT_CALL] = "call",
	[EVENT_RETURN] = "return",
	[EVENT_SET] = "set",
	[EVENT_ALLOC] = "alloc",
	[EVENT_FREE] = "free",
	[EVENT_LOCK] = "lock",
	[EVENT_UNLOCK] = "unlock",
	[EVENT_WALK] = "walk",
	[EVENT_FLUSH] = "flush",
	[EVENT_NOTE] = "note",
};

static const uint8_t kind_of[NR_EVENTS] = {
#define EVENT(id, kind) [EV_##id] = EVENT_##kind,
	EVENT_LIST(EVENT)
#undef EVENT
};

static const char *const id_name[NR_EVENTS] = {
#define EVENT(id, kind) [EV_##id] = #id,
	EVENT_LIST(EVENT)
#undef EVENT
};

enum event_kind event_kind_of(enum event_id id)
{
	return kind_of[id];
}

const char *event_kind_name(enum event_kind kind)
{
	return kind_name[kind];
}

const char *event_id_name(enum event_id id)
{
	return id_name[id];
}

void trace_attach(struct machine *m, struct tracer *t)
{
	arena_of(m)->tracer = t;
	if (t)
		t->depth = 0;
}

#define STACK_SIZE (sizeof(((struct tracer *)0)->stack) / sizeof(uint16_t))

static uint16_t running(const struct tracer *t)
{
	if (!t->depth)
		return NR_FNS;
	return t->stack[t->depth <= STACK_SIZE ? t->depth - 1u
					       : STACK_SIZE - 1u];
}

void emit_full(struct machine *m, const struct event *ev)
{
	struct tracer *t = arena_of(m)->tracer;
	struct event e = *ev;

	e.kind = kind_of[e.id];
	if (e.kind != EVENT_CALL && e.kind != EVENT_RETURN)
		e.fn = running(t);
	e.depth = t->depth;
	t->sink(t, &e);
}

void emit(struct machine *m, enum event_id id, struct ref o, struct ref p,
	uint64_t n)
{
	emit_full(m, &(struct event){ .id = (uint16_t)id, .o = o, .p = p,
			     .n = n });
}

void emit_set(struct machine *m, enum event_id id, struct ref o,
	const char *field, enum value_type type, uint64_t old, uint64_t new)
{
	emit_full(m, &(struct event){ .id = (uint16_t)id, .o = o,
			     .field = field, .type = type, .old = old,
			     .new = new });
}

void emit_call(struct machine *m, enum fn fn, struct ref o, struct ref p,
	uint64_t n)
{
	struct tracer *t = arena_of(m)->tracer;

	if (!machine_era(m)->fn[fn])
		return;
	emit_full(m, &(struct event){ .id = EV_CALL, .fn = (uint16_t)fn,
			     .o = o, .p = p, .n = n });
	if (t->depth < STACK_SIZE)
		t->stack[t->depth] = (uint16_t)fn;
	t->depth++;
}

void emit_return(struct machine *m, enum fn fn, uint64_t n)
{
	struct tracer *t = arena_of(m)->tracer;

	if (!machine_era(m)->fn[fn])
		return;
	if (t->depth)
		t->depth--;
	emit_full(m, &(struct event){ .id = EV_RETURN, .fn = (uint16_t)fn,
			     .n = n });
}

void tell_lock(struct machine *m, enum event_id id, struct ref o,
	const char *name, bool write)
{
	emit_full(m, &(struct event){ .id = (uint16_t)id, .o = o,
			     .field = name, .n = write });
}
