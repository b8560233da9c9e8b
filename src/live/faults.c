/*
 * One event for each processor, inherited by children, each with a ring of
 * records that the kernel fills.  A process may move between processors, so
 * what lies in the rings is put into one list and sorted by time.
 *
 * perf_event_open(2): a user may watch his own processes where
 * perf_event_paranoid is 2 or less; above 1 only faults taken in user mode.
 */
#include "live/faults.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING_PAGES 128u /* what perf_event_mlock_kb grants without asking */
#define MIN_RING 4u
#define PAGE 4096u

struct ring {
	int fd;
	struct perf_event_mmap_page *head; /* then the records */
	size_t size;                       /* bytes of records; power of 2 */
};

struct fault_source {
	struct ring *ring;
	size_t nr;           /* rings */
	bool kernel;         /* faults taken in the kernel, too */
	struct fault *fault; /* of the last drain */
	size_t nr_faults, room;
};

/* -- opening -------------------------------------------------------------- */

static int open_event(pid_t pid, int cpu, bool kernel)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			PERF_SAMPLE_ADDR,
		.disabled = 1,
		.enable_on_exec = 1,
		.inherit = 1,
		.exclude_kernel = !kernel,
		.exclude_hv = 1,
		.watermark = 1,
		.wakeup_watermark = RING_PAGES * PAGE / 4,
	};

	return (int)syscall(SYS_perf_event_open, &attr, pid, cpu, -1,
		PERF_FLAG_FD_CLOEXEC);
}

/* As large as the kernel lets it be. */
static bool map_ring(struct ring *r)
{
	for (size_t n = RING_PAGES; n >= MIN_RING; n /= 2) {
		void *at = mmap(NULL, (n + 1) * PAGE, PROT_READ | PROT_WRITE,
			MAP_SHARED, r->fd, 0);

		if (at == MAP_FAILED)
			continue;
		r->head = at;
		r->size = n * PAGE;
		return true;
	}
	return false;
}

static bool open_ring(struct fault_source *s, pid_t pid, int cpu)
{
	struct ring *r = &s->ring[s->nr];

	r->fd = open_event(pid, cpu, s->kernel);
	if (r->fd < 0)
		return errno == EINVAL || errno == ENODEV; /* not online */
	if (map_ring(r)) {
		s->nr++;
		return true;
	}
	close(r->fd);
	return false;
}

static void close_rings(struct fault_source *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		munmap(s->ring[i].head, s->ring[i].size + PAGE);
		close(s->ring[i].fd);
	}
	s->nr = 0;
}

static bool open_rings(struct fault_source *s, pid_t pid, int cpus)
{
	for (int cpu = 0; cpu < cpus; cpu++)
		if (!open_ring(s, pid, cpu)) {
			int err = errno;

			close_rings(s);
			errno = err;
			return false;
		}
	return s->nr > 0;
}

struct fault_source *faults_open(pid_t pid)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct fault_source *s = calloc(1, sizeof *s);
	int err;

	if (cpus < 1)
		cpus = 1;
	if (s)
		s->ring = calloc((size_t)cpus, sizeof *s->ring);
	if (s && s->ring) {
		s->kernel = true;
		if (open_rings(s, pid, (int)cpus))
			return s;
		s->kernel = false;
		if (open_rings(s, pid, (int)cpus))
			return s;
	}
	err = errno;
	faults_close(s);
	errno = err;
	return NULL;
}

void faults_close(struct fault_source *s)
{
	if (!s)
		return;
	close_rings(s);
	free(s->ring);
	free(s->fault);
	free(s);
}

size_t faults_descriptors(const struct fault_source *s, int *fd, size_t max)
{
	for (size_t i = 0; i < s->nr && i < max; i++)
		fd[i] = s->ring[i].fd;
	return s->nr;
}

bool faults_in_kernel(const struct fault_source *s)
{
	return s->kernel;
}

/* -- draining ------------------------------------------------------------- */

/* A record as our sample_type lays it out. */
struct record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t time;
	uint64_t addr;
};

static bool keep(struct fault_source *s, const struct record *rec)
{
	struct fault *more = s->fault;
	size_t room = s->room ? s->room * 2 : 256;

	if (s->nr_faults == s->room) {
		more = realloc(s->fault, room * sizeof *more);
		if (!more)
			return false;
		s->fault = more;
		s->room = room;
	}
	more[s->nr_faults++] = (struct fault){
		.time = rec->time, .addr = rec->addr, .tid = (pid_t)rec->tid
	};
	return true;
}

/* Copy @n bytes at position @at; they may go round the end. */
static void take_bytes(const struct ring *r, uint64_t at, void *to, size_t n)
{
	const char *data = (const char *)r->head + PAGE;
	size_t from = (size_t)(at & (r->size - 1));
	size_t first = r->size - from < n ? r->size - from : n;

	memcpy(to, data + from, first);
	memcpy((char *)to + first, data, n - first);
}

static bool drain_ring(struct fault_source *s, const struct ring *r)
{
	uint64_t head = __atomic_load_n(&r->head->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = r->head->data_tail;
	bool whole = true;

	while (tail < head) {
		struct record rec = { .tid = 0 };

		take_bytes(r, tail, &rec.header, sizeof rec.header);
		if (rec.header.size < sizeof rec.header)
			break;
		if (rec.header.type == PERF_RECORD_SAMPLE &&
			rec.header.size >= sizeof rec) {
			take_bytes(r, tail, &rec, sizeof rec);
			whole &= keep(s, &rec);
		} else if (rec.header.type == PERF_RECORD_LOST) {
			whole = false;
		}
		tail += rec.header.size;
	}
	__atomic_store_n(&r->head->data_tail, head, __ATOMIC_RELEASE);
	return whole;
}

static int by_time(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;

	return x->time < y->time ? -1 : x->time > y->time;
}

size_t faults_drain(struct fault_source *s, struct fault **list,
	bool *lost)
{
	bool whole = true;

	s->nr_faults = 0;
	for (size_t i = 0; i < s->nr; i++)
		whole &= drain_ring(s, &s->ring[i]);
	if (s->nr_faults > 1)
		qsort(s->fault, s->nr_faults, sizeof *s->fault, by_time);
	*lost = !whole;
	*list = s->fault;
	return s->nr_faults;
}
