/*
 * Locks as a kernel would see them that runs one task: who takes a lock that is
 * held would wait for itself, who reclaims memory with a spinlock held may not
 * sleep.  Hang it on a machine with trace_attach().
 */
#ifndef TESTS_CORE_LOCK_WATCH_H
#define TESTS_CORE_LOCK_WATCH_H

#include "core/machine.h"
#include "core/trace.h"

#define MAX_HELD 64

struct lock_watch {
	struct tracer tracer; /* ctx: this */
	const struct machine *m;
	unsigned nr;	      /* locks held */
	struct {
		const char *name, *by; /* the lock, the function that took it */
		struct ref o;
		bool write;
	} held[MAX_HELD];
	char wrong[180]; /* the first mistake; "" none */
};

void lock_watch_start(struct lock_watch *w, const struct machine *m);

#endif
