/* Reading the regions and pages of real processes for a picture. */
#include "live/attach.h"

#include "view/lang.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096ull
#define CHUNK 4096u            /* entries of pagemap read at once */
#define REGION_MAX (1ull << 38) /* bytes of a region that are looked at */

static const char *const kind_names[NR_REAL_KINDS] = {
	[REAL_SWAPPED] = N_("swapped"),
	[REAL_ZERO] = N_("zero"),
	[REAL_OWN] = N_("own"),
	[REAL_ANON] = N_("shared"),
	[REAL_FILE] = N_("file"),
	[REAL_UNKNOWN] = N_("unknown"),
};

const char *real_kind_name(enum real_kind kind)
{
	return kind_names[kind];
}

/* -- one page ------------------------------------------------------------- */

static enum real_kind kind_of(const struct real_page *p)
{
	if (!(p->entry & PM_PRESENT))
		return REAL_SWAPPED;
	if (p->seen && p->flags >> KPF_ZERO_PAGE & 1)
		return REAL_ZERO;
	if (p->entry & PM_FILE)
		return REAL_FILE;
	if (p->entry & PM_EXCLUSIVE)
		return REAL_OWN;
	/* the zero page, or one that a fork shares */
	return p->seen ? REAL_ANON : REAL_UNKNOWN;
}

static bool add_page(struct real_region *r, uint64_t addr, uint64_t entry)
{
	struct real_page *more = r->page, *p;
	size_t room = r->room ? r->room * 2 : 64;

	if (r->nr == r->room) {
		more = realloc(r->page, room * sizeof *more);
		if (!more)
			return false;
		r->page = more;
		r->room = room;
	}
	p = &more[r->nr++];
	*p = (struct real_page){ .addr = addr, .entry = entry };
	if (entry & PM_PRESENT && entry & PM_FRAME)
		p->seen = proc_frame(entry & PM_FRAME, &p->flags, &p->count);
	p->kind = (uint8_t)kind_of(p);
	r->kinds[p->kind]++;
	return true;
}

/* -- one region ----------------------------------------------------------- */

static bool read_pages(const struct proc *proc, struct real_region *r)
{
	uint64_t entry[CHUNK], end = r->vma.end;

	if (end - r->vma.start > REGION_MAX)
		end = r->vma.start + REGION_MAX;
	r->whole = end == r->vma.end;
	for (uint64_t a = r->vma.start; a < end;) {
		size_t n = (end - a) / PAGE < CHUNK ? (end - a) / PAGE : CHUNK;

		if (!proc_pagemap(proc, a, entry, n))
			return false;
		for (size_t i = 0; i < n; i++, a += PAGE)
			if (entry[i] & (PM_PRESENT | PM_SWAP) &&
				!add_page(r, a, entry[i]))
				return false;
	}
	return true;
}

struct reader {
	struct attached *a;
	struct real_process *p;
	const struct proc *proc;
};

static bool take_region(void *ctx, const struct proc_vma *v)
{
	struct reader *rd = ctx;
	struct real_process *p = rd->p;
	struct real_region *more = p->region, *r;
	size_t room = p->room ? p->room * 2 : 32;

	if (!strcmp(v->name, "[vsyscall]")) /* of the kernel's half */
		return true;
	if (p->nr == p->room) {
		more = realloc(p->region, room * sizeof *more);
		if (!more)
			return false;
		p->region = more;
		p->room = room;
	}
	r = &more[p->nr++];
	*r = (struct real_region){ .vma = *v };
	if (!read_pages(rd->proc, r))
		r->whole = false;
	rd->a->truncated |= !r->whole;
	for (int k = 0; k < NR_REAL_KINDS; k++)
		p->kinds[k] += r->kinds[k];
	return true;
}

bool region_is_detailed(const struct real_region *r, bool all)
{
	return all || r->kinds[REAL_OWN] || r->kinds[REAL_ANON] ||
		r->kinds[REAL_UNKNOWN] || r->kinds[REAL_SWAPPED];
}

/* -- processes ------------------------------------------------------------ */

bool attach_add(struct attached *a, pid_t pid)
{
	struct real_process *p = &a->process[a->nr];
	struct reader rd = { .a = a, .p = p };
	struct proc proc;
	bool ok;
	int err;

	if (a->nr == ATTACH_MAX) {
		errno = E2BIG;
		return false;
	}
	if (!proc_open(&proc, pid))
		return false;
	*p = (struct real_process){ .pid = pid,
		.parent = (pid_t)proc_status(pid, "PPid") };
	proc_name(pid, p->name, sizeof p->name);
	rd.proc = &proc;
	a->frames = proc_sight()->frames;
	a->counts = proc_sight()->counts;
	ok = proc_vmas(&proc, true, take_region, &rd);
	err = errno;
	proc_close(&proc);
	errno = err;
	a->nr++;
	return ok;
}

void attach_free(struct attached *a)
{
	for (unsigned i = 0; i < a->nr; i++) {
		struct real_process *p = &a->process[i];

		for (size_t k = 0; k < p->nr; k++)
			free(p->region[k].page);
		free(p->region);
	}
	*a = (struct attached){ 0 };
}

/* -- a walk --------------------------------------------------------------- */

const char *const real_levels[WALK_LEVELS] = { "pgd", "pud", "pmd", "pte" };

static unsigned shift_of(int level)
{
	return 12 + 9 * (unsigned)(WALK_LEVELS - 1 - level);
}

struct real_walk attach_walk(const struct real_process *p, uint64_t addr)
{
	struct real_walk w = { .region = NULL };

	for (int l = 0; l < WALK_LEVELS; l++)
		w.index[l] = addr >> shift_of(l) & 511;
	for (size_t i = 0; i < p->nr; i++) {
		const struct real_region *r = &p->region[i];

		if (r->vma.start <= addr && addr < r->vma.end)
			w.region = r;
		for (size_t k = 0; k < r->nr; k++) {
			for (int l = 0; l < WALK_LEVELS; l++)
				w.below[l] += r->page[k].addr >> shift_of(l) ==
					addr >> shift_of(l);
			if (r->page[k].addr == (addr & ~(PAGE - 1)))
				w.page = &r->page[k];
		}
	}
	return w;
}
