/*
 * Running a program and recording what it and its children do to their memory,
 * with ptrace(2) and without root.  The program keeps its input, output,
 * terminal and signals.
 */
#ifndef LIVE_TRACER_H
#define LIVE_TRACER_H

#include "live/recording.h"

struct tracer_request {
	char **argv;    /* the program and its arguments, ended by NULL */
	bool no_faults; /* system calls alone */
	bool no_events; /* faults by pagemap's differences alone */
};

/*
 * Run it to its end.  *status is then as wait(2) gives it.  False: it could
 * not be run or traced, and *why says so in a sentence.
 */
bool tracer_run(const struct tracer_request *req, struct recording *rec,
	int *status, const char **why);

#endif
