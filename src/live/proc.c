/* Reading /proc: VMAs, page table entries and frames of real processes. */
#include "live/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u

static int kpagecount = -1, kpageflags = -1;

/* -- what may be seen ----------------------------------------------------- */

/* Without CAP_SYS_ADMIN the numbers of frames read as 0. */
static bool frames_shown(void)
{
	static const char here = 1;
	struct proc self;
	uint64_t entry = 0;
	bool ok = proc_open(&self, getpid()) &&
		proc_pagemap(&self, (uintptr_t)&here & ~(uintptr_t)(PAGE - 1),
			&entry, 1);

	ok = ok && here && (entry & PM_FRAME);
	proc_close(&self);
	return ok;
}

const struct proc_sight *proc_sight(void)
{
	static struct proc_sight sight;
	static bool known;

	if (known)
		return &sight;
	known = true;
	kpagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	sight.frames = frames_shown();
	sight.counts = sight.frames && kpagecount >= 0 && kpageflags >= 0;
	return &sight;
}

bool proc_frame(uint64_t pfn, uint64_t *flags, uint64_t *mapcount)
{
	uint64_t f, c;

	if (!proc_sight()->counts ||
		pread(kpageflags, &f, 8, (off_t)pfn * 8) != 8 ||
		pread(kpagecount, &c, 8, (off_t)pfn * 8) != 8)
		return false;
	*flags = f;
	*mapcount = c;
	return true;
}

/* -- a process ------------------------------------------------------------ */

static int open_file(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool proc_open(struct proc *p, pid_t pid)
{
	int err;

	p->smaps = open_file(pid, "smaps");
	p->pagemap = open_file(pid, "pagemap");
	p->maps = open_file(pid, "maps");
	p->pid = pid;
	if (p->maps >= 0)
		return true;
	err = errno;
	proc_close(p);
	errno = err;
	return false;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void proc_close(struct proc *p)
{
	close_file(&p->maps);
	close_file(&p->smaps);
	close_file(&p->pagemap);
	p->pid = 0;
}

bool proc_pagemap(const struct proc *p, uint64_t addr, uint64_t *entry,
	size_t n)
{
	size_t bytes = n * sizeof *entry, done = 0;

	while (done < bytes) {
		ssize_t got = pread(p->pagemap, (char *)entry + done,
			bytes - done, (off_t)(addr / PAGE * 8 + done));

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* -- VMAs ----------------------------------------------------------------- */

/* "start-end rwxp pgoff dev inode   name" */
static bool vma_line(const char *line, struct proc_vma *v)
{
	unsigned long start, end, pgoff, inode, major, minor;
	char r, w, x, s;
	int at = 0;

	if (sscanf(line, "%lx-%lx %c%c%c%c %lx %lx:%lx %lu %n", &start, &end,
		    &r, &w, &x, &s, &pgoff, &major, &minor, &inode, &at) < 10 ||
		!at)
		return false;
	*v = (struct proc_vma){
		.start = start,
		.end = end,
		.pgoff = pgoff,
		.inode = inode,
		.dev = (uint64_t)major << 32 | minor,
		.prot = (r == 'r' ? 1u : 0) | (w == 'w' ? 2u : 0) |
			(x == 'x' ? 4u : 0),
		.shared = s == 's' || s == 'S',
	};
	snprintf(v->name, sizeof v->name, "%s", line + at);
	return true;
}

/* A line below it in smaps. */
static void detail_line(const char *line, struct proc_vma *v)
{
	unsigned long kib;

	if (sscanf(line, "Rss: %lu", &kib) == 1)
		v->rss = kib;
	else if (sscanf(line, "Swap: %lu", &kib) == 1)
		v->swap = kib;
	else if (!strncmp(line, "VmFlags:", 8)) {
		snprintf(v->flags, sizeof v->flags, "%s",
			line + 8 + (line[8] == ' '));
		v->deep = true;
	}
}

/* The lines of a file, one at a time. */
struct lines {
	int fd;
	size_t used, next; /* bytes of text; where the next line begins */
	char text[65536];
};

/* NULL at the end.  A line that does not fit is cut into several. */
static char *read_line(struct lines *l)
{
	for (;;) {
		char *line = l->text + l->next;
		char *end = memchr(line, '\n', l->used - l->next);
		ssize_t got;

		if (end) {
			*end = 0;
			l->next = (size_t)(end + 1 - l->text);
			return line;
		}
		memmove(l->text, line, l->used -= l->next);
		l->next = 0;
		if (l->used == sizeof l->text)
			l->used = 0;
		got = read(l->fd, l->text + l->used,
			sizeof l->text - l->used);
		if (got <= 0)
			return NULL;
		l->used += (size_t)got;
	}
}

bool proc_vmas(const struct proc *p, bool deep, proc_vma_fn *fn, void *ctx)
{
	static struct lines lines;
	struct proc_vma vma, next;
	bool have = false;
	char *line;

	lines.fd = deep && p->smaps >= 0 ? p->smaps : p->maps;
	lines.used = lines.next = 0;
	if (lseek(lines.fd, 0, SEEK_SET) < 0)
		return false;
	errno = 0;
	while ((line = read_line(&lines))) {
		if (!vma_line(line, &next)) {
			if (have)
				detail_line(line, &vma);
			continue;
		}
		if (have && !fn(ctx, &vma))
			return true;
		vma = next;
		have = true;
	}
	if (have)
		fn(ctx, &vma);
	return have || !errno;
}

/* -- its status ----------------------------------------------------------- */

int64_t proc_status(pid_t pid, const char *name)
{
	int fd = open_file(pid, "status");
	char text[8192], *at = text;
	size_t len = strlen(name);
	ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	long long value;

	close_file(&fd);
	if (got <= 0)
		return -1;
	text[got] = 0;
	while (at && (strncmp(at, name, len) || at[len] != ':')) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return at && sscanf(at + len + 1, "%lld", &value) == 1 ? value : -1;
}

void proc_name(pid_t pid, char *name, size_t size)
{
	int fd = open_file(pid, "comm");
	ssize_t got = fd >= 0 ? read(fd, name, size - 1) : -1;

	close_file(&fd);
	if (got <= 0) {
		snprintf(name, size, "?");
		return;
	}
	name[got] = 0;
	name[strcspn(name, "\n")] = 0;
}
