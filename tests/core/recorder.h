/* Events of operations, kept and written as short text. */
#ifndef TESTS_CORE_RECORDER_H
#define TESTS_CORE_RECORDER_H

#include "core/trace.h"

struct recorder {
	struct tracer tracer; /* ctx: the recorder */
	struct event *event;
	unsigned count, room;
};

/* Keep all events of @m from now on. */
void record_start(struct recorder *r, struct machine *m);
void record_stop(struct recorder *r, struct machine *m);
void record_free(struct recorder *r);
/* "CALL do_wp_page", "SET _mapcount -1>0", "LOCK mmap_sem", "SET_PTE" ... */
const char *event_text(const struct machine *m, const struct event *e);

#endif
