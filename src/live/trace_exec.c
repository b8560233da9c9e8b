/*
 * A new program: the kernel has mapped it, its interpreter and a stack before
 * its first instruction; /proc/PID/maps tells what.
 */
#include "live/trace.h"

#include <string.h>
#include <sys/stat.h>

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

void trace_exec(struct trace *t, struct tracee *e)
{
	struct image im = { t, e };

	if (!tracee_new_mm(e)) {
		t->rec->failed = true;
		return;
	}
	e->mm->family = ++t->families;
	if (!tracee_open(e) || !proc_vmas(&e->mm->proc, false, take_region, &im))
		trace_remark(t, e, "its memory could not be looked at");
	e->in_exec = false;
	/* What the kernel has put there: arguments, the start of bss.  The
	 * count of faults goes on over an exec. */
	e->counted = e->told = 0;
	trace_missed(t, e);
}
