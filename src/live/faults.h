/*
 * Page faults of a process and all that it makes, from the kernel's software
 * events.  They tell where and when, not whether a fault read or wrote: that
 * has to be seen from the page table afterwards (fault_kind.h).
 */
#ifndef LIVE_FAULTS_H
#define LIVE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fault {
	uint64_t time; /* of the kernel's clock; orders them */
	uint64_t addr; /* that was touched */
	pid_t tid;     /* who touched it */
	bool again;    /* a later one of this batch has the same page */
};

struct fault_source;

/* Look at process @pid, which will call exec soon: nothing is told of what it
 * does before.  NULL: the kernel does not allow it, errno says why. */
struct fault_source *faults_open(pid_t pid);
void faults_close(struct fault_source *s);

/* Descriptors to poll: when one is readable it is time for faults_drain().
 * Returns how many; stores up to @max. */
size_t faults_descriptors(const struct fault_source *s, int *fd, size_t max);

/* The faults since the last time, in their order; they stay until the next
 * call.  @lost is told when some could not be kept. */
size_t faults_drain(struct fault_source *s, struct fault **list,
	bool *lost);

/* Faults that the kernel takes for the process (in read(), say) are told. */
bool faults_in_kernel(const struct fault_source *s);

#endif
