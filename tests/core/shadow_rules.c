/*
 * What each operation must have done, and what it means for the shadow.
 */
#include "shadow_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Each page of the range, those that the shadow keeps. */
#define FOR_PAGES(s, t, a, start, bytes, p)                                    \
	for (uint64_t a = (start); a < (start) + (bytes); a += PAGE_SIZE)      \
		for (struct shadow_page *p = page_at(s, t, a), *once = p;      \
			once; once = NULL)

/* What a call does to a page of its range. */
typedef void change_fn(struct shadow_page *p, uint64_t arg);

static bool no_memory(int status)
{
	return status == -ENOMEM || status == STATUS_OOM;
}

static uint64_t free_pages(const struct machine *m)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < m->nr_zones; i++)
		n += m->zones[i].free_pages;
	if (m->tune.pages_min) /* the last ones are not for everybody */
		n -= n < m->tune.pages_min + 4 ? n : m->tune.pages_min + 4;
	return n;
}

/* 2.4 and 2.6.0, before VMAs were merged by offset. */
static bool by_flags(const struct shadow *s)
{
	const char *era = machine_era(s->m)->name;
	return !strcmp(era, "2.4") || !strcmp(era, "2.6.0");
}

static bool unexpected(
	struct shadow *s, const struct run_of *r, const char *want)
{
	return wrong(s, "%s gives %s, not %s (%llu frames free)",
		op_desc((enum op_id)r->op->id)->name,
		status_name(r->res.status), want,
		(unsigned long long)free_pages(s->m));
}

static bool aligned(uint64_t addr)
{
	return !(addr & ~PAGE_MASK);
}

static void drop_range(
	struct shadow *s, struct shadow_task *t, uint64_t addr, uint64_t len)
{
	FOR_PAGES(s, t, a, addr, len, p)
	memset(p, 0, sizeof(*p));
}

/* A refused call: each page is as it was, or gone, or as @asked says. */
static bool follow(
	struct shadow *s, struct run_of *r, change_fn *change, uint64_t arg)
{
	FOR_PAGES(s, r->t, a, r->addr, r->len, p)
	{
		struct shadow_page got = machine_page(s, r->t, a);
		struct shadow_page changed = *p;
		if (p->mapped || change == NULL)
			change ? change(&changed, arg)
			       : (void)memset(&changed, 0, sizeof(changed));
		if (!same_page(&got, p) && !same_page(&got, &changed))
			return wrong(s, "refused call half changed %#llx",
				(unsigned long long)a);
		got.lazy = p->lazy && got.mapped;
		*p = got;
	}
	return true;
}

static void change_range(
	struct shadow *s, struct run_of *r, change_fn *change, uint64_t arg)
{
	FOR_PAGES(s, r->t, a, r->addr, r->len, p)
	if (p->mapped)
		change(p, arg);
}

/* ---- one rule for each operation ---- */

/* Room for a task: that of a dead one, or more. */
static struct shadow_task *task_room(struct shadow *s)
{
	for (unsigned i = 0; s->nr_tasks >= SHADOW_DEAD && i < s->nr_tasks; i++)
		if (s->task[i]->reaped)
			return memset(s->task[i], 0, sizeof(*s->task[i]));
	if (s->nr_tasks == SHADOW_TASKS)
		return NULL;
	return s->task[s->nr_tasks++] = calloc(1, sizeof(struct shadow_task));
}

static struct shadow_task *new_task(struct shadow *s, uint32_t pid)
{
	struct shadow_task *t = task_room(s);
	if (!t)
		return NULL;
	t->pid = pid;
	t->alive = true;
	t->mm = ++s->mms;
	s->alive++;
	return t;
}

static struct shadow_task *new_child(struct shadow *s, const struct run_of *r)
{
	struct shadow_task *child = new_task(s, (uint32_t)r->res.value);
	s->full = !child;
	if (child)
		child->parent = r->t->pid;
	return child;
}

static bool after_spawn(struct shadow *s, struct run_of *r)
{
	if (no_memory(r->res.status) && free_pages(s->m) < 16)
		return true;
	if (r->res.status)
		return unexpected(s, r, "OK");
	s->full = !new_task(s, (uint32_t)r->res.value);
	return true;
}

static bool after_fork(struct shadow *s, struct run_of *r)
{
	if (no_memory(r->res.status) && free_pages(s->m) < 100)
		return true;
	if (r->res.status)
		return unexpected(s, r, "OK");
	struct shadow_task *child = new_child(s, r);
	if (s->full)
		return true;
	child->brk = r->t->brk;
	for (unsigned i = 0; i < SHADOW_PAGES; i++) {
		struct shadow_page *p = &child->page[i];
		if (r->t->page[i].dontfork)
			continue;
		*p = r->t->page[i];
		if (p->wipe)
			p->value = p->lazy = p->guard = 0;
	}
	return true;
}

/* A child with the same pages; no memory can be missing. */
static bool after_share(struct shadow *s, struct run_of *r)
{
	if (r->res.status)
		return unexpected(s, r, "OK");
	struct shadow_task *child = new_child(s, r);
	if (s->full)
		return true;
	child->mm = r->t->mm;
	child->brk = r->t->brk;
	memcpy(child->page, r->t->page, sizeof(child->page));
	if (r->op->id == OP_VFORK)
		r->t->waits_for = child->pid;
	return true;
}

static bool after_clone(struct shadow *s, struct run_of *r)
{
	return get(r->op, "vm") ? after_share(s, r) : after_fork(s, r);
}

/* Nobody waits for it here any more. */
static void end_vfork(struct shadow *s, const struct shadow_task *t)
{
	for (unsigned i = 0; i < s->nr_tasks; i++)
		if (s->task[i]->waits_for == t->pid)
			s->task[i]->waits_for = 0;
}

static bool after_file(struct shadow *s, struct run_of *r)
{
	return !r->res.status || unexpected(s, r, "OK");
}

static void kill_task(struct shadow *s, struct shadow_task *t);

/* A program of five pages: file 1.  Without memory the pages are as before, or
 * it was too late for that. */
static bool after_exec(struct shadow *s, struct run_of *r)
{
	bool found = get(r->op, "file") == 1;
	bool fits = get(r->op, "text") + get(r->op, "data") <= 5;
	int status = r->res.status;
	if (!found)
		return status == -EBADF || unexpected(s, r, "EBADF");
	if (status == -ENOEXEC)
		return !fits || !get(r->op, "text") || unexpected(s, r, "OK");
	if (no_memory(status) || status == -E2BIG) {
		if (task_find(s->m, r->t->pid)->exited)
			kill_task(s, r->t);
		return free_pages(s->m) < 120 || unexpected(s, r, "OK");
	}
	if (status)
		return unexpected(s, r, "OK");
	end_vfork(s, r->t);
	memset(r->t->page, 0, sizeof(r->t->page));
	r->t->brk = 0;
	r->t->mm = ++s->mms;
	return true;
}

static bool lives(const struct shadow *s, uint32_t pid)
{
	for (unsigned i = 0; i < s->nr_tasks; i++)
		if (s->task[i]->pid == pid && s->task[i]->alive)
			return true;
	return false;
}

static void kill_task(struct shadow *s, struct shadow_task *t)
{
	t->alive = false;
	t->reaped = !lives(s, t->parent);
	s->alive--;
	end_vfork(s, t);
	for (unsigned i = 0; i < s->nr_tasks; i++)
		if (s->task[i]->parent == t->pid && !s->task[i]->alive)
			s->task[i]->reaped = true;
}

static bool after_exit(struct shadow *s, struct run_of *r)
{
	if (r->res.status)
		return unexpected(s, r, "OK");
	kill_task(s, r->t);
	return true;
}

/* It meets the child that comes first of those that have exited. */
static bool after_wait(struct shadow *s, struct run_of *r)
{
	bool youngest = !strcmp(machine_era(s->m)->name, "2.4"), live = false;
	struct shadow_task *want = NULL;
	for (unsigned i = 0; i < s->nr_tasks; i++) {
		struct shadow_task *t = s->task[i];
		if (t->parent != r->t->pid)
			continue;
		live |= t->alive;
		if (!t->alive && !t->reaped &&
			(!want || (t->pid > want->pid) == youngest))
			want = t;
	}
	if (!want)
		return r->res.status == (live ? -EAGAIN : -ECHILD) ||
		       unexpected(s, r, live ? "EAGAIN" : "ECHILD");
	if (r->res.status || r->res.value != want->pid)
		return wrong(s, "wait gives %s, pid %u, not %u",
			status_name(r->res.status), (unsigned)r->res.value,
			want->pid);
	want->reaped = true;
	return true;
}

static bool access_ok(struct shadow *s, struct run_of *r, unsigned needs)
{
	struct shadow_page *p = page_at(s, r->t, r->addr);
	return p && p->mapped && (p->prot & needs) && !p->guard;
}

/* True when the status is settled; *@done when nothing more is to be done. */
static bool access_status(
	struct shadow *s, struct run_of *r, unsigned needs, bool *done)
{
	bool ok = access_ok(s, r, needs);
	*done = true;
	if (!ok)
		return r->res.status == STATUS_SIGSEGV ||
		       unexpected(s, r, "SIGSEGV");
	if (no_memory(r->res.status))
		return free_pages(s->m) < 8 || unexpected(s, r, "OK");
	*done = false;
	return !r->res.status || unexpected(s, r, "OK");
}

static bool after_read(struct shadow *s, struct run_of *r)
{
	bool done;
	if (!access_status(s, r, PROT_R | PROT_X, &done) || done)
		return s->why[0] == 0;
	struct shadow_page *p = page_at(s, r->t, r->addr);
	value_t want = p->value;
	if (p->lazy && !r->res.value)
		return true; /* thrown away */
	if (r->res.value != want)
		return wrong(s, "read %#llx gives %llu, not %llu",
			(unsigned long long)r->addr,
			(unsigned long long)r->res.value,
			(unsigned long long)want);
	return true;
}

static bool after_write(struct shadow *s, struct run_of *r)
{
	bool done;
	if (!access_status(s, r, PROT_W, &done) || done)
		return s->why[0] == 0;
	page_at(s, r->t, r->addr)->value = get(r->op, "value");
	page_at(s, r->t, r->addr)->lazy = false;
	return true;
}

static bool after_mmap(struct shadow *s, struct run_of *r)
{
	bool old = machine_era(s->m)->name[0] == '2';
	if (!r->len && old)
		return !r->res.status || unexpected(s, r, "OK");
	if (!r->len || (given(r->op, "addr") && !aligned(r->addr)))
		return r->res.status == -EINVAL || unexpected(s, r, "EINVAL");
	if (no_memory(r->res.status))
		return !given(r->op, "addr") || follow(s, r, NULL, 0);
	if (r->res.status)
		return unexpected(s, r, "OK");
	struct shadow_page fresh = { .mapped = true,
		.prot = (uint8_t)get(r->op, "prot") };
	FOR_PAGES(s, r->t, a, r->res.value, r->len, p)
	*p = fresh;
	return true;
}

static bool bad_range(struct run_of *r, bool len_0_is_bad)
{
	return !aligned(r->addr) || (len_0_is_bad && !r->len);
}

static bool after_munmap(struct shadow *s, struct run_of *r)
{
	if (bad_range(r, true))
		return r->res.status == -EINVAL || unexpected(s, r, "EINVAL");
	if (no_memory(r->res.status) && free_pages(s->m) < 8)
		return true;
	if (r->res.status)
		return unexpected(s, r, "OK");
	drop_range(s, r->t, r->addr, r->len);
	return true;
}

static void set_prot(struct shadow_page *p, uint64_t prot)
{
	p->prot = (uint8_t)prot;
}

static bool after_mprotect(struct shadow *s, struct run_of *r)
{
	uint64_t prot = get(r->op, "prot");
	if (bad_range(r, false))
		return r->res.status == -EINVAL || unexpected(s, r, "EINVAL");
	if (r->hole && r->res.status != -ENOMEM)
		return unexpected(s, r, "ENOMEM");
	if (r->res.status == -ENOMEM)
		return follow(s, r, set_prot, prot);
	if (r->res.status)
		return unexpected(s, r, "OK");
	change_range(s, r, set_prot, prot);
	return true;
}

static bool after_brk(struct shadow *s, struct run_of *r)
{
	uint64_t old = heap_start(s) + (r->t->brk << PAGE_SHIFT);
	uint64_t now = r->res.value;
	if (r->res.status)
		return unexpected(s, r, "OK");
	if (now != old && now != r->addr)
		return wrong(s, "brk %#llx gives %#llx",
			(unsigned long long)r->addr, (unsigned long long)now);
	struct shadow_page fresh = { .mapped = true, .prot = PROT_R | PROT_W };
	if (now < old)
		drop_range(s, r->t, now, old - now);
	FOR_PAGES(s, r->t, a, old, now > old ? now - old : 0, p)
	{
		fresh.prot = machine_page(s, r->t, a).prot;
		*p = fresh;
	}
	r->t->brk = (now - heap_start(s)) >> PAGE_SHIFT;
	return true;
}

/* A call that moves or resizes, in whole pages. */
struct remap_of {
	uint64_t to, old_len, new_len;
	bool fixed;
	bool stays;  /* it shrinks in place or changes nothing */
	bool modern; /* the source is checked before anything is unmapped */
	bool each;   /* all VMAs of the range move, holes stay holes */
	bool careless; /* what munmap returns is not looked at; new_len may be 0
			  but for a fixed move */
	bool forgets; /* 2.4: what is cut off before a move is looked for */
};

static void move_page(struct shadow *s, struct run_of *r,
	const struct remap_of *c, uint64_t off, const struct shadow_page *first)
{
	struct shadow_page *src = page_at(s, r->t, r->addr + off);
	struct shadow_page *dst = page_at(s, r->t, c->to + off);
	struct shadow_page page = *first;

	page.value = page.lazy = page.guard = 0;
	if (off < c->old_len)
		page = *src;
	if (off < c->old_len && (page.mapped || !c->each))
		memset(src, 0, sizeof(*src));
	if (dst && (page.mapped || !c->each))
		*dst = page;
}

static void move_pages(
	struct shadow *s, struct run_of *r, const struct remap_of *c)
{
	struct shadow_page first = *page_at(s, r->t, r->addr);
	uint64_t off;

	if (c->to == r->addr) {
		for (off = c->old_len; off < c->new_len; off += PAGE_SIZE)
			move_page(s, r, c, off, &first);
		return;
	}
	if (c->old_len > c->new_len)
		drop_range(
			s, r->t, r->addr + c->new_len, c->old_len - c->new_len);
	for (off = 0; off < c->new_len; off += PAGE_SIZE)
		move_page(s, r, c, off, &first);
}

/* What the machine has there; MADV_FREE holds for what stayed. */
static struct shadow_page moved_page(const struct shadow *s,
	const struct run_of *r, uint64_t addr, const struct shadow_page *before)
{
	struct shadow_page got = machine_page(s, r->t, addr);

	got.lazy = before->lazy && got.mapped;
	return got;
}

/* Out of memory: the target may be unmapped, some VMAs may have moved. */
static bool follow_move(
	struct shadow *s, struct run_of *r, const struct remap_of *c)
{
	struct shadow_page none = { 0 };
	uint64_t bytes = c->old_len > c->new_len ? c->old_len : c->new_len;

	for (uint64_t off = 0; off < bytes; off += PAGE_SIZE) {
		struct shadow_page *src = page_at(s, r->t, r->addr + off);
		struct shadow_page *dst = page_at(s, r->t, c->to + off);
		struct shadow_page before = src ? *src : none;
		if (src && off < c->old_len)
			*src = moved_page(s, r, r->addr + off, &before);
		if (!dst || !c->fixed || off >= c->new_len)
			continue;
		struct shadow_page got = machine_page(s, r->t, c->to + off);
		if (!same_page(&got, dst) && !same_page(&got, &none) &&
			!same_page(&got, &before) &&
			!(c->careless && !got.value))
			return wrong(s, "refused mremap left garbage at %#llx",
				(unsigned long long)(c->to + off));
		got.lazy = (before.lazy || dst->lazy) && got.mapped;
		*dst = got;
	}
	return true;
}

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

static bool is_bad_remap(const struct run_of *r, const struct remap_of *c)
{
	if (!aligned(r->addr) || (!c->new_len && (!c->careless || c->fixed)))
		return true;
	return c->fixed && (!aligned(c->to) || overlap(r->addr, c->old_len,
						       c->to, c->new_len));
}

/* Must the source be refused? */
static bool is_bad_source(const struct run_of *r, const struct remap_of *c)
{
	if (c->modern && (c->each || c->stays))
		return !r->mapped;
	if (c->forgets && c->fixed && c->old_len > c->new_len)
		return true;
	return !c->stays && !r->one_vma;
}

/* What was to be cut off, unless there was no memory to cut. */
static void cut_off(
	struct shadow *s, struct run_of *r, const struct remap_of *c)
{
	bool may_fail = c->careless && free_pages(s->m) < 16;
	uint64_t from = r->addr + c->new_len;

	FOR_PAGES(s, r->t, a, from, c->old_len - c->new_len, p)
	if (!may_fail || !machine_page(s, r->t, a).mapped)
		memset(p, 0, sizeof(*p));
}

static bool refused_source(
	struct shadow *s, struct run_of *r, const struct remap_of *c)
{
	if (r->res.status != -EFAULT)
		return unexpected(s, r, "EFAULT");
	if (c->modern)
		return true;
	if (c->fixed)
		drop_range(s, r->t, c->to, c->new_len);
	if (c->old_len > c->new_len)
		cut_off(s, r, c);
	return true;
}

static struct remap_of remap_of(const struct shadow *s, const struct run_of *r)
{
	struct remap_of c = { .to = get(r->op, "to"),
		.old_len = round_up(get(r->op, "old_len")),
		.new_len = round_up(get(r->op, "new_len")),
		.fixed = get(r->op, "fixed"),
		.modern = !strcmp(machine_era(s->m)->name, "6.18") };
	c.stays = !c.fixed && c.old_len >= c.new_len;
	c.each = c.modern && c.fixed && c.old_len == c.new_len;
	c.careless = by_flags(s);
	c.forgets = !strcmp(machine_era(s->m)->name, "2.4");
	if (!c.fixed)
		c.to = r->res.value;
	return c;
}

/* Without memory to split it, the source of a move stays mapped, empty. */
static void leave_source(
	struct shadow *s, struct run_of *r, const struct remap_of *c)
{
	if (c->to == r->addr || free_pages(s->m) >= 16)
		return;
	for (uint64_t off = 0; off < c->old_len; off += PAGE_SIZE) {
		struct shadow_page *src = page_at(s, r->t, r->addr + off);
		struct shadow_page got = machine_page(s, r->t, r->addr + off);

		if (src && got.mapped && !src->mapped && !got.value)
			*src = got;
	}
}

static bool after_mremap(struct shadow *s, struct run_of *r)
{
	struct remap_of c = remap_of(s, r);
	if (is_bad_remap(r, &c))
		return r->res.status == -EINVAL || unexpected(s, r, "EINVAL");
	if (no_memory(r->res.status)) {
		if (c.new_len <= c.old_len && free_pages(s->m) >= 16)
			return unexpected(s, r, "OK");
		return follow_move(s, r, &c);
	}
	if (is_bad_source(r, &c))
		return refused_source(s, r, &c);
	if (r->res.status)
		return unexpected(s, r, "OK");
	if (c.stays)
		cut_off(s, r, &c);
	else
		move_pages(s, r, &c);
	leave_source(s, r, &c);
	return true;
}

struct mappers {
	const struct machine *m;
	const struct run_of *r;
	uint64_t skip; /* vm_flags of VMAs that the walk passes by */
	unsigned count, missing;
};

static bool is_linked_to(const struct vm_area_struct *vma,
	const struct anon_vma *av)
{
	const struct list_head *head = &vma->anon_vma_chain;
	for (const struct list_head *p = head->next; p != head; p = p->next)
		if (container_of((struct list_head *)p, struct anon_vma_chain,
			    same_vma)->anon_vma == av)
			return true;
	return false;
}

/* A KSM page knows addresses, not PTEs: one that ksmd has not come to since its
 * fork cannot be found once the address it was forked from is gone. */
static bool ksm_knows(const struct page *page,
	const struct vm_area_struct *vma, uint64_t addr)
{
	const struct stable_node *node = page_stable_node(page);
	if (!node)
		return false;
	for (const struct list_head *p = node->hlist.next; p != &node->hlist;
		p = p->next) {
		const struct rmap_item *item = container_of(
			(struct list_head *)p, struct rmap_item, hlist);
		if ((item->address & PAGE_MASK) == addr &&
			is_linked_to(vma, item->anon_vma))
			return true;
	}
	return false;
}

static void look_for(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mappers *w = ctx;
	const struct mapping *f = w->r->res.found;
	(void)pte;
	const struct page *page = &w->m->mem_map[w->r->op->subject];
	if (page_is_ksm(page) && !ksm_knows(page, vma, addr))
		return;

	if (vma->vm_flags & w->skip)
		return;
	w->count++;
	for (unsigned i = 0; i < w->r->res.nr_found; i++)
		if (f[i].pid == task->pid && f[i].vma == vma->id &&
			f[i].addr == addr)
			return;
	w->missing++;
}

static bool after_rmap(struct shadow *s, struct run_of *r)
{
	struct mappers w = { s->m, r, 0, 0, 0 };
	const struct page *page = page_by_pfn(s->m, r->op->subject);
	if (!page || !kind_is_anon(page->kind))
		return true;
	if (r->res.status)
		return unexpected(s, r, "OK");
	/* 6.18 folio_referenced: pages there are not used again soon */
	if (!strcmp(machine_era(s->m)->name, "6.18") && !get(r->op, "full"))
		w.skip = VM_RAND_READ | VM_SEQ_READ;
	page_mappers(s->m, r->op->subject, look_for, &w);
	if (w.missing || w.count != r->res.nr_found)
		return wrong(s,
			"the walk of frame %u finds %u of %u mappers, "
			"%u missing",
			r->op->subject, r->res.nr_found, w.count, w.missing);
	if (r->res.costs.n[COST_MATCHED] != w.count ||
		r->res.costs.n[COST_VISITED] !=
			r->res.costs.n[COST_MATCHED] +
				r->res.costs.n[COST_WASTED])
		return wrong(s, "the walk's costs do not add up");
	return true;
}

/* All came back, or there was no area, or not enough memory. */
static bool after_swapoff(struct shadow *s, struct run_of *r)
{
	int status = r->res.status;
	if (status && status != -EINVAL && status != -ENOMEM)
		return unexpected(s, r, "OK, EINVAL or ENOMEM");
	if (!status && s->m->swap_info.inuse_pages)
		return wrong(s, "swapoff leaves slots in use");
	return true;
}

/* No more frames than were freed; what they held is in swap. */
static bool after_reclaim(struct shadow *s, struct run_of *r)
{
	if (r->res.status)
		return unexpected(s, r, "OK");
	if (r->res.value > s->m->nr_frames)
		return wrong(s, "reclaim frees more than there is");
	return true;
}

/* Nobody sees anything of it but memory that is saved. */
static bool after_ksm(struct shadow *s, struct run_of *r)
{
	bool has = machine_era(s->m)->name[0] != '2';
	if (r->res.status != (has ? 0 : -ENOSYS))
		return unexpected(s, r, has ? "OK" : "ENOSYS");
	return true;
}

/* Whatever becomes of it, everybody reads what he read before. */
static bool after_migrate(struct shadow *s, struct run_of *r)
{
	switch (r->res.status) {
	case 0:
	case -EINVAL:
	case -EBUSY:
	case -ENOMEM:
	case -ENOSYS:
		return true;
	case -EAGAIN: /* a PTE is not found, see ksm_knows() */
		if (s->m->mem_map[r->op->subject].kind == PAGE_KSM)
			return true;
	}
	return unexpected(s, r, "OK, EINVAL, EBUSY, ENOMEM or ENOSYS");
}

shadow_rule *const shadow_rules[NR_OPS] = { [OP_SPAWN] = after_spawn,
	[OP_FORK] = after_fork,
	[OP_CLONE] = after_clone,
	[OP_VFORK] = after_share,
	[OP_WAIT] = after_wait,
	[OP_FILE] = after_file,
	[OP_EXEC] = after_exec,
	[OP_EXIT] = after_exit,
	[OP_READ] = after_read,
	[OP_WRITE] = after_write,
	[OP_MMAP] = after_mmap,
	[OP_MUNMAP] = after_munmap,
	[OP_MPROTECT] = after_mprotect,
	[OP_MADVISE] = after_madvise,
	[OP_MINCORE] = after_mincore,
	[OP_MSYNC] = after_msync,
	[OP_BRK] = after_brk,
	[OP_MREMAP] = after_mremap,
	[OP_RMAP] = after_rmap,
	[OP_SWAPOFF] = after_swapoff,
	[OP_RECLAIM] = after_reclaim,
	[OP_MIGRATE] = after_migrate,
	[OP_KSM] = after_ksm };
