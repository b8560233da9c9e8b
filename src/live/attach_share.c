/*
 * Who shares which frames.  All pages of all processes are sorted by frame;
 * those that stand together are one frame.  A user who is not shown the
 * numbers gets what can be said without: an anonymous page that is exclusive in
 * neither of two processes, at the same address in both, may be shared.
 */
#include "live/attach.h"

#include <stdlib.h>
#include <string.h>

struct user {
	uint64_t pfn;
	unsigned process;
	struct real_region *region;
	struct real_page *page;
};

static int by_frame(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	return x->process < y->process ? -1 : x->process > y->process;
}

static bool has_frame(const struct real_page *p)
{
	return p->entry & PM_PRESENT && p->entry & PM_FRAME &&
		p->kind != REAL_ZERO;
}

static size_t collect(struct attached *a, struct user *to)
{
	size_t n = 0;

	for (unsigned i = 0; i < a->nr; i++)
		for (size_t k = 0; k < a->process[i].nr; k++) {
			struct real_region *r = &a->process[i].region[k];

			for (size_t p = 0; p < r->nr; p++) {
				if (!has_frame(&r->page[p]))
					continue;
				if (to)
					to[n] = (struct user){
						r->page[p].entry & PM_FRAME, i,
						r, &r->page[p] };
				n++;
			}
		}
	return n;
}

static void count_pairs(struct attached *a, uint32_t mates, bool file)
{
	for (unsigned i = 0; i < a->nr; i++)
		for (unsigned j = i + 1; j < a->nr; j++)
			if (mates >> i & 1 && mates >> j & 1) {
				if (file)
					a->pair[i][j].file++;
				else
					a->pair[i][j].anon++;
			}
}

/* The users [0, n) of one frame. */
static void join(struct attached *a, struct user *u, size_t n)
{
	uint32_t mates = 0;
	bool file = u->page->entry & PM_FILE;

	for (size_t i = 0; i < n; i++)
		mates |= 1u << u[i].process;
	if (!(mates & (mates - 1)))
		return;
	for (size_t i = 0; i < n; i++) {
		u[i].page->mates = mates;
		u[i].region->shared++;
		a->process[u[i].process].shared++;
		if (!file)
			u[i].page->letter = UINT32_MAX; /* to be numbered */
	}
	count_pairs(a, mates, file);
}

/* A number by frame: where it appears first. */
static void number_frames(struct attached *a, struct user *u, size_t n)
{
	for (unsigned i = 0; i < a->nr; i++)
		for (size_t k = 0; k < a->process[i].nr; k++) {
			struct real_region *r = &a->process[i].region[k];

			for (size_t p = 0; p < r->nr; p++) {
				struct user key = { .pfn =
					r->page[p].entry & PM_FRAME };
				size_t low = 0, high = n;

				if (r->page[p].letter != UINT32_MAX)
					continue;
				while (low < high) {
					size_t mid = (low + high) / 2;

					if (u[mid].pfn < key.pfn)
						low = mid + 1;
					else
						high = mid;
				}
				a->letters++;
				for (; low < n && u[low].pfn == key.pfn; low++)
					u[low].page->letter = a->letters;
			}
		}
}

static const struct real_page *page_at(const struct real_process *p,
	uint64_t addr)
{
	size_t low = 0, high = p->nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (p->region[mid].vma.end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == p->nr || p->region[low].vma.start > addr)
		return NULL;
	for (size_t i = 0; i < p->region[low].nr; i++)
		if (p->region[low].page[i].addr == addr)
			return &p->region[low].page[i];
	return NULL;
}

static uint64_t count_perhaps(const struct real_process *p,
	const struct real_process *q)
{
	uint64_t n = 0;

	for (size_t k = 0; k < p->nr; k++)
		for (size_t i = 0; i < p->region[k].nr; i++) {
			const struct real_page *x = &p->region[k].page[i], *y;

			if (x->kind != REAL_UNKNOWN)
				continue;
			y = page_at(q, x->addr);
			n += y && y->kind == REAL_UNKNOWN;
		}
	return n;
}

void attach_share(struct attached *a)
{
	size_t n = collect(a, NULL);
	struct user *u = n ? malloc(n * sizeof *u) : NULL;

	for (unsigned i = 0; i < a->nr && !a->frames; i++)
		for (unsigned j = i + 1; j < a->nr; j++)
			a->pair[i][j].perhaps = count_perhaps(&a->process[i],
				&a->process[j]);
	if (!u)
		return;
	collect(a, u);
	qsort(u, n, sizeof *u, by_frame);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && u[k].pfn == u[i].pfn; k++)
			;
		join(a, u + i, k - i);
	}
	number_frames(a, u, n);
	free(u);
}
