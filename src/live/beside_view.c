/* Both sides as they are: mappings and pages, what they share, what differs. */
#include "live/beside.h"

#include "core/mm.h"
#include "core/text.h"
#include "live/proc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 512u /* entries of pagemap read at once */

/* -- lists ---------------------------------------------------------------- */

static bool grow(void **list, size_t nr, size_t *room, size_t size)
{
	size_t want = *room ? *room * 2 : 64;
	void *more;

	if (nr < *room)
		return true;
	more = realloc(*list, want * size);
	if (!more)
		return false;
	*list = more;
	*room = want;
	return true;
}

static void add_page(struct beside_view *v, const struct beside_page *p)
{
	if (grow((void **)&v->page, v->nr_pages, &v->room_pages, sizeof *p))
		v->page[v->nr_pages++] = *p;
	else
		v->failed = true;
}

static void add_vma(struct beside_view *v, const struct beside_vma *vma)
{
	if (grow((void **)&v->vma, v->nr_vmas, &v->room_vmas, sizeof *vma))
		v->vma[v->nr_vmas++] = *vma;
	else
		v->failed = true;
}

void beside_view_free(struct beside_view *v)
{
	free(v->page);
	free(v->vma);
	*v = (struct beside_view){ 0 };
}

/* -- the real side -------------------------------------------------------- */

struct look {
	struct beside_view *v;
	uint32_t pid;
	const struct proc *proc;
};

static void see_page(struct look *l, uint64_t addr, uint64_t entry)
{
	struct beside_page p = { .pid = l->pid, .addr = addr,
		.pfn = entry & PM_FRAME, .mapcount = -1,
		.anon = !(entry & PM_FILE) };
	uint64_t flags, count;

	if (proc_frame(p.pfn, &flags, &count)) {
		p.zero = flags >> KPF_ZERO_PAGE & 1;
		p.exclusive = p.anon && flags >> KPF_ANON_EXCLUSIVE & 1;
		p.mapcount = p.zero ? 0 : (int)count;
	}
	add_page(l->v, &p);
}

static bool see_vma(void *ctx, const struct proc_vma *vma)
{
	struct look *l = ctx;
	uint64_t start, entry[CHUNK];

	if (!beside_back(vma->start, &start))
		return true;
	add_vma(l->v, &(struct beside_vma){ l->pid, start,
		start + (vma->end - vma->start), vma->prot, vma->shared });
	for (uint64_t a = vma->start; a < vma->end;) {
		uint64_t left = (vma->end - a) / PAGE_SIZE;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		if (!proc_pagemap(l->proc, a, entry, n)) {
			l->v->failed = true;
			return false;
		}
		for (size_t i = 0; i < n; i++, a += PAGE_SIZE)
			if (entry[i] & PM_PRESENT)
				see_page(l, a - vma->start + start, entry[i]);
	}
	return true;
}

/* Its own program and libraries lie above all that is the scenario's. */
static bool see_ours(void *ctx, const struct proc_vma *vma)
{
	return vma->start < 0x500000000000ull && see_vma(ctx, vma);
}

void beside_see_real(struct beside_view *v, uint32_t pid,
	const struct proc *proc)
{
	struct look l = { v, pid, proc };

	if (!proc_vmas(proc, false, see_ours, &l))
		v->failed = true;
}

/* -- the simulated side --------------------------------------------------- */

static bool in_heap(const struct mm_struct *mm, uint64_t addr)
{
	return addr >= mm->start_brk && addr < page_align(mm->brk);
}

static int see_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct look *l = ctx;
	const struct page *page;
	struct beside_page p = { .pid = l->pid, .addr = addr };

	if (!pte_present(m, pte) || in_heap(mm, addr))
		return 0;
	p.pfn = pte_pfn(m, pte);
	page = page_by_pfn(m, p.pfn);
	p.zero = p.pfn == m->zero_pfn;
	p.anon = p.zero || page->kind == PAGE_ANON || page->kind == PAGE_KSM;
	p.exclusive = page->flags & PG(ANON_EXCLUSIVE);
	p.mapcount = p.zero ? 0 : page_mapcount(page);
	add_page(l->v, &p);
	return 0;
}

void beside_see_simulated(struct beside_view *v, uint32_t pid,
	const struct machine *m, const struct mm_struct *mm)
{
	struct look l = { v, pid, NULL };

	for (const struct vm_area_struct *a = mm->mmap; a; a = a->vm_next)
		if (!in_heap(mm, a->vm_start))
			add_vma(v, &(struct beside_vma){ pid, a->vm_start,
				a->vm_end, (uint32_t)(a->vm_flags &
					(VM_READ | VM_WRITE | VM_EXEC)),
				a->vm_flags & VM_MAYSHARE });
	mm_for_each_pte(m, mm, 0, machine_paging(m)->task_size, see_pte, &l);
}

/* -- who shares ----------------------------------------------------------- */

static const struct beside_view *sorted; /* what by_frame() looks at */

static int by_frame(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	uint64_t p = sorted->page[x].pfn, q = sorted->page[y].pfn;

	if (p != q)
		return p < q ? -1 : 1;
	return x < y ? -1 : x > y;
}

void beside_join(struct beside_view *v)
{
	size_t n = v->nr_pages;
	size_t *order = n ? malloc(n * sizeof *order) : NULL;

	if (!order) {
		v->failed |= n != 0;
		return;
	}
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	sorted = v;
	qsort(order, n, sizeof *order, by_frame);
	for (size_t i = 0; i < n; i++) {
		struct beside_page *p = &v->page[order[i]];
		const struct beside_page *before =
			i ? &v->page[order[i - 1]] : NULL;

		p->first = before && before->pfn == p->pfn ? before->first
							   : order[i];
		p->sharers = 0;
		v->page[p->first].sharers++;
	}
	free(order);
}

/* -- what differs --------------------------------------------------------- */

struct list {
	struct beside_difference *at;
	size_t nr, max;
};

static struct beside_difference *add(struct list *l, uint32_t pid,
	uint64_t addr, const char *what)
{
	static struct beside_difference none;
	struct beside_difference *d = l->nr < l->max ? &l->at[l->nr] : &none;

	l->nr++;
	*d = (struct beside_difference){ .pid = pid, .addr = addr,
		.what = what, .real = "-", .simulated = "-" };
	return d;
}

static void put_vma(char text[64], const struct beside_vma *v)
{
	snprintf(text, 64, "%" PRIx64 "-%" PRIx64 " %s%c", v->start, v->end,
		prot_name(v->prot), v->shared ? 's' : 'p');
}

static int vma_order(const struct beside_vma *a, const struct beside_vma *b)
{
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static void compare_vmas(const struct beside_view *real,
	const struct beside_view *sim, struct list *l)
{
	for (size_t i = 0, k = 0; i < real->nr_vmas || k < sim->nr_vmas;) {
		const struct beside_vma *a = &real->vma[i], *b = &sim->vma[k];
		int c = i == real->nr_vmas ? 1
			: k == sim->nr_vmas ? -1 : vma_order(a, b);
		struct beside_difference *d;

		i += c <= 0;
		k += c >= 0;
		if (!c && a->end == b->end && a->prot == b->prot &&
			a->shared == b->shared)
			continue;
		d = add(l, c <= 0 ? a->pid : b->pid, 0, N_("VMA"));
		if (c <= 0)
			put_vma(d->real, a);
		if (c >= 0)
			put_vma(d->simulated, b);
	}
}

static void numbers(struct beside_difference *d, const char *format, long real,
	long sim)
{
	snprintf(d->real, sizeof d->real, format, real);
	snprintf(d->simulated, sizeof d->simulated, format, sim);
}

static void yes_no(struct list *l, const struct beside_page *p,
	const char *what, bool real, bool sim)
{
	struct beside_difference *d;

	if (real == sim)
		return;
	d = add(l, p->pid, p->addr, what);
	strcpy(d->real, real ? "yes" : "no");
	strcpy(d->simulated, sim ? "yes" : "no");
}

static void put_first(char text[64], const struct beside_view *v,
	const struct beside_page *p)
{
	const struct beside_page *first = &v->page[p->first];

	if (first == p)
		strcpy(text, "a frame of its own");
	else
		snprintf(text, 64, "that of %" PRIx64 " in %" PRIu32,
			first->addr, first->pid);
}

static void compare_page(const struct beside_view *real,
	const struct beside_view *sim, const struct beside_page *a,
	const struct beside_page *b, struct list *l)
{
	const struct beside_page *x = &real->page[a->first],
		*y = &sim->page[b->first];

	yes_no(l, a, N_("without a file"), a->anon, b->anon);
	if (a->mapcount < 0)
		return;
	yes_no(l, a, N_("the zero page"), a->zero, b->zero);
	if (a->zero || b->zero)
		return;
	if (a->mapcount != b->mapcount)
		numbers(add(l, a->pid, a->addr, N_("map count")), "%ld",
			a->mapcount, b->mapcount);
	if (a->anon && b->anon)
		yes_no(l, a, "anon_exclusive", a->exclusive, b->exclusive);
	if (x->pid != y->pid || x->addr != y->addr) {
		struct beside_difference *d =
			add(l, a->pid, a->addr, N_("frame"));

		put_first(d->real, real, a);
		put_first(d->simulated, sim, b);
	}
}

static int page_order(const struct beside_page *a, const struct beside_page *b)
{
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a->addr < b->addr ? -1 : a->addr > b->addr;
}

static void compare_pages(const struct beside_view *real,
	const struct beside_view *sim, struct list *l)
{
	for (size_t i = 0, k = 0; i < real->nr_pages || k < sim->nr_pages;) {
		const struct beside_page *a = &real->page[i],
			*b = &sim->page[k];
		int c = i == real->nr_pages ? 1
			: k == sim->nr_pages ? -1 : page_order(a, b);

		i += c <= 0;
		k += c >= 0;
		if (c)
			yes_no(l, c < 0 ? a : b, N_("present"), c < 0, c > 0);
		else
			compare_page(real, sim, a, b, l);
	}
}

size_t beside_compare(const struct beside_view *real,
	const struct beside_view *simulated, struct beside_difference *list,
	size_t max)
{
	struct list l = { list, 0, max };

	compare_vmas(real, simulated, &l);
	compare_pages(real, simulated, &l);
	return l.nr;
}
