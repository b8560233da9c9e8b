/*
 * What madvise, mincore and msync must have done, and what they mean for the
 * shadow.  All memory here is private and anonymous.
 */
#include "shadow_int.h"

#include "core/swap.h"

#include <errno.h>
#include <string.h>

/* Each page of the range, those that the shadow keeps. */
#define FOR_PAGES(s, r, a, p)                                                  \
	for (uint64_t a = (r)->addr; a < (r)->addr + (r)->len; a += PAGE_SIZE) \
		for (struct shadow_page *p = page_at(s, (r)->t, a), *once = p; \
			once; once = NULL)

static bool unexpected(
	struct shadow *s, const struct run_of *r, const char *want)
{
	return wrong(s, "%s %llu gives %s, not %s",
		op_desc((enum op_id)r->op->id)->name,
		(unsigned long long)get(r->op, "advice"),
		status_name(r->res.status), want);
}

static bool refused_as(struct shadow *s, const struct run_of *r, int want)
{
	return r->res.status == want || unexpected(s, r, status_name(want));
}

/* -- madvise ------------------------------------------------------------------- */

static bool advice_exists(const struct shadow *s, uint64_t advice)
{
	const char *era = machine_era(s->m)->name;
	switch (advice) {
	case ADVICE_NORMAL:
	case ADVICE_RANDOM:
	case ADVICE_SEQUENTIAL:
	case ADVICE_WILLNEED:
	case ADVICE_DONTNEED:
		return true;
	case ADVICE_REMOVE:
	case ADVICE_DONTFORK:
	case ADVICE_DOFORK:
	case ADVICE_MERGEABLE:
	case ADVICE_UNMERGEABLE:
	case ADVICE_HUGEPAGE:
	case ADVICE_NOHUGEPAGE:
	case ADVICE_DONTDUMP:
	case ADVICE_DODUMP:
		return era[0] != '2';
	case ADVICE_HWPOISON:
	case ADVICE_SOFT_OFFLINE:
		return false;
	}
	return !strcmp(era, "6.18");
}

static void empty(struct shadow_page *p)
{
	p->value = 0;
	p->lazy = false;
}

static void advise(struct shadow_page *p, uint64_t advice)
{
	switch (advice) {
	case ADVICE_DONTNEED:
	case ADVICE_DONTNEED_LOCKED:
		empty(p);
		break;
	case ADVICE_FREE:
		p->lazy = true;
		break;
	case ADVICE_DONTFORK:
	case ADVICE_DOFORK:
		p->dontfork = advice == ADVICE_DONTFORK;
		break;
	case ADVICE_WIPEONFORK:
	case ADVICE_KEEPONFORK:
		p->wipe = advice == ADVICE_WIPEONFORK;
		break;
	case ADVICE_GUARD_INSTALL:
		empty(p);
		p->guard = true;
		break;
	case ADVICE_GUARD_REMOVE:
		p->guard = false;
		break;
	}
}

static bool advise_all(struct shadow *s, struct run_of *r, uint64_t advice)
{
	FOR_PAGES(s, r, a, p)
	if (p->mapped)
		advise(p, advice);
	return true;
}

/* Stopped for want of memory: each page is as it was or as was asked. */
static bool advise_some(struct shadow *s, struct run_of *r, uint64_t advice)
{
	FOR_PAGES(s, r, a, p)
	{
		struct shadow_page got = machine_page(s, r->t, a);
		struct shadow_page changed = *p;
		if (p->mapped)
			advise(&changed, advice);
		if (!same_page(&got, p) && !same_page(&got, &changed))
			return wrong(s, "madvise half changed %#llx",
				(unsigned long long)a);
		if (!same_page(&got, p))
			*p = changed;
	}
	return true;
}

/* 2.x: what a call means is asked where there is a VMA. */
static bool refused_late(struct shadow *s, struct run_of *r, int want)
{
	if (!r->len)
		return !r->res.status || unexpected(s, r, "OK");
	if (r->hole && r->res.status == -ENOMEM)
		return true;
	return refused_as(s, r, want);
}

/* Page by page, the first that cannot be faulted in says why. */
static bool after_populate(struct shadow *s, struct run_of *r, uint64_t advice)
{
	unsigned needs = advice == ADVICE_POPULATE_WRITE ? PROT_W : PROT_R;
	int want = 0;

	FOR_PAGES(s, r, a, p)
	if (!want)
		want = !p->mapped	       ? -ENOMEM
			: !(p->prot & needs) ? -EINVAL
			: p->guard	       ? -EFAULT
						     : 0;
	if (r->res.status == -ENOMEM || r->res.status == STATUS_OOM)
		return want == -ENOMEM || s->m->zones[0].free_pages < 24 ||
			unexpected(s, r, status_name(want));
	return refused_as(s, r, want);
}

static bool always_refused(uint64_t advice)
{
	return advice == ADVICE_REMOVE || advice == ADVICE_COLLAPSE;
}

/* EINVAL of 4.0, where it was said before. */
static bool may_be_einval(const struct shadow *s, uint64_t advice)
{
	return (advice == ADVICE_HUGEPAGE || advice == ADVICE_NOHUGEPAGE) &&
		!strcmp(machine_era(s->m)->name, "4.0");
}

static bool advice_done(struct shadow *s, struct run_of *r, uint64_t advice)
{
	bool flags = advice != ADVICE_DONTNEED && advice != ADVICE_FREE;

	if (r->hole && r->res.status != -ENOMEM && r->res.status != -EAGAIN)
		return unexpected(s, r, "ENOMEM");
	if (r->res.status == -ENOMEM && !flags)
		return r->hole ? advise_all(s, r, advice)
			       : unexpected(s, r, "OK");
	if (r->res.status == -ENOMEM || r->res.status == -EAGAIN)
		return advise_some(s, r, advice);
	if (r->res.status)
		return unexpected(s, r, "OK");
	return advise_all(s, r, advice);
}

bool after_madvise(struct shadow *s, struct run_of *r)
{
	uint64_t advice = get(r->op, "advice");
	bool exists = advice_exists(s, advice);
	bool old = machine_era(s->m)->name[0] == '2';

	if ((r->addr & ~PAGE_MASK) || (!exists && !old))
		return refused_as(s, r, -EINVAL);
	if (!exists || (exists && always_refused(advice)))
		return refused_late(s, r, -EINVAL);
	if (advice == ADVICE_WILLNEED && old)
		return refused_late(s, r, -EBADF);
	if (advice == ADVICE_POPULATE_READ || advice == ADVICE_POPULATE_WRITE)
		return after_populate(s, r, advice);
	if (r->res.status == -EINVAL && may_be_einval(s, advice))
		return true;
	return advice_done(s, r, advice);
}

/* -- mincore, msync ------------------------------------------------------------- */

static bool in_memory(const struct shadow *s, const struct run_of *r,
	uint64_t addr)
{
	pteval_t pte = mm_pte(s->m, task_find(s->m, r->t->pid)->mm, addr);

	if (pte_is_swap(s->m, pte))
		return swap_cache_page(s->m, swap_slot(s->m, pte));
	return !pte_none(pte) && !pte_is_guard(s->m, pte);
}

bool after_mincore(struct shadow *s, struct run_of *r)
{
	bool old = machine_era(s->m)->name[0] == '2', hole = false;
	uint32_t n = 0;

	if (r->addr & ~PAGE_MASK)
		return refused_as(s, r, -EINVAL);
	FOR_PAGES(s, r, a, p)
	{
		hole |= !p->mapped;
		if (hole || old || !in_memory(s, r, a))
			continue;
		if (n >= r->res.nr_found || r->res.found[n].addr != a)
			return wrong(s, "mincore does not know of %#llx",
				(unsigned long long)a);
		n++;
	}
	if (n != r->res.nr_found)
		return wrong(s, "mincore finds %u pages, not %u",
			r->res.nr_found, n);
	return refused_as(s, r, r->len && (hole || old) ? -ENOMEM : 0);
}

bool after_msync(struct shadow *s, struct run_of *r)
{
	bool both = get(r->op, "async") && get(r->op, "sync");

	if ((r->addr & ~PAGE_MASK) || both)
		return refused_as(s, r, -EINVAL);
	return refused_as(s, r, r->hole ? -ENOMEM : 0);
}
