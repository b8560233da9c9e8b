/*
 * A new program: the kernel has mapped it, its interpreter and a stack before
 * its first instruction; /proc/PID/maps tells what.
 */
#include "live/trace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE REGION_PAGE

struct image {
	struct trace *t;
	struct tracee *e;
};

/* Regions that the kernel itself keeps there. */
static bool is_special(const struct proc_vma *v)
{
	return !strncmp(v->name, "[v", 2) || !strcmp(v->name, "[uprobes]");
}

static uint32_t image_file(struct trace *t, const struct proc_vma *v)
{
	uint64_t pages = (v->pgoff + v->end - v->start) / PAGE;
	struct stat st;

	if (!v->inode)
		return REC_NONE;
	if (!stat(v->name, &st) && (uint64_t)st.st_size / PAGE >= pages)
		pages = ((uint64_t)st.st_size + PAGE - 1) / PAGE;
	return recording_file(t->rec, v->name, 0, v->inode, pages);
}

static bool take_region(void *ctx, const struct proc_vma *v)
{
	struct image *im = ctx;
	struct live_region r = { .start = v->start, .end = v->end,
		.pgoff = v->pgoff / PAGE, .prot = (uint8_t)v->prot,
		.shared = v->shared, .special = is_special(v),
		.grows = !strcmp(v->name, "[stack]"), .file = REC_NONE };

	if (!r.special)
		r.file = image_file(im->t, v);
	map_set(&im->e->mm->map, &r);
	if (!r.special)
		trace_note(im->t, im->e, (struct rec_op){ .kind = REC_IMAGE,
			.addr = r.start, .len = r.end - r.start,
			.prot = r.prot, .other = r.file, .more = r.pgoff,
			.flags = (r.shared ? REC_SHARED : 0) |
				(r.grows ? REC_GROWS : 0) });
	return true;
}

#define STAT_START_BRK 47 /* field of /proc/PID/stat, proc(5) */

/* Field @nr of a line whose second field, a name, may hold anything. */
static uint64_t stat_field(const char *line, int nr)
{
	const char *at = strrchr(line, ')');
	uint64_t value = 0;

	for (int i = 2; at && i < nr; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at && sscanf(at, "%" SCNu64, &value) == 1 ? value : 0;
}

/* Where the heap will begin, or 0. */
static uint64_t start_of_heap(const struct tracee *e)
{
	char path[64], line[2048];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)e->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
	if (fd >= 0)
		close(fd);
	line[got > 0 ? got : 0] = 0;
	return stat_field(line, STAT_START_BRK);
}

void trace_exec(struct trace *t, struct tracee *e, struct rec_op *op)
{
	struct image im = { t, e };

	if (!tracee_new_mm(e)) {
		t->rec->failed = true;
		return;
	}
	e->mm->family = ++t->families;
	op->to = e->mm->brk = start_of_heap(e);
	trace_note(t, e, *op);
	if (!tracee_open(e) || !proc_vmas(&e->mm->proc, false, take_region, &im))
		trace_remark(t, e, "its memory could not be looked at");
	e->in_exec = false;
	/* What the kernel has put there: arguments, the start of bss.  The
	 * count of faults goes on over an exec. */
	e->counted = e->told = 0;
	trace_missed(t, e);
}
