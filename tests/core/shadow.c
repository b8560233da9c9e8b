/*
 * The shadow keeps, for each task, the pages of one window of addresses and
 * of the heap.  An operation is run on the machine; the shadow then says which
 * status was right and changes its pages accordingly.  Where a refused call
 * may have done a part (a range with a hole, no memory in the middle), each
 * page must be as before or as asked, and the shadow follows the machine.
 */
#include "shadow_int.h"

#include "core/swapops.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/swapops.h"

bool wrong(struct shadow *s, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(s->why, sizeof(s->why), format, ap);
	va_end(ap);
	return false;
}

void shadow_init(struct shadow *s, struct machine *m)
{
	memset(s, 0, sizeof(*s));
	s->m = m;
}

void shadow_free(struct shadow *s)
{
	for (unsigned i = 0; i < s->nr_tasks; i++)
		free(s->task[i]);
}

static struct shadow_task *find(struct shadow *s, uint32_t pid)
{
	for (unsigned i = 0; i < s->nr_tasks; i++)
		if (s->task[i]->pid == pid)
			return s->task[i];
	return NULL;
}

uint64_t get(const struct op *op, const char *name)
{
	const struct op_desc *d = op_desc((enum op_id)op->id);
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, name))
			return op->arg[i];
	return 0;
}

bool given(const struct op *op, const char *name)
{
	const struct op_desc *d = op_desc((enum op_id)op->id);
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, name))
			return op->given >> i & 1;
	return false;
}

uint64_t heap_start(const struct shadow *s)
{
	return machine_paging(s->m)->start_brk;
}

struct shadow_page *page_at(
	const struct shadow *s, struct shadow_task *t, uint64_t addr)
{
	uint64_t window = (addr - SHADOW_BASE) >> PAGE_SHIFT;
	uint64_t heap = (addr - heap_start(s)) >> PAGE_SHIFT;
	if (addr >= SHADOW_BASE && window < SHADOW_WINDOW)
		return &t->page[window];
	if (addr >= heap_start(s) && heap < SHADOW_HEAP)
		return &t->page[SHADOW_WINDOW + heap];
	return NULL;
}

static uint64_t addr_of_slot(const struct shadow *s, unsigned slot)
{
	if (slot < SHADOW_WINDOW)
		return SHADOW_BASE + ((uint64_t)slot << PAGE_SHIFT);
	return heap_start(s) + ((uint64_t)(slot - SHADOW_WINDOW) << PAGE_SHIFT);
}

/* ---- what the machine has ---- */

static const struct vm_area_struct *vma_of(
	const struct shadow *s, const struct shadow_task *t, uint64_t addr)
{
	const struct task_struct *task = task_find(s->m, t->pid);
	const struct vm_area_struct *v = vma_lookup(task->mm, addr);
	return v && v->vm_start <= addr ? v : NULL;
}

static value_t content(
	const struct shadow *s, const struct shadow_task *t, uint64_t addr)
{
	const struct task_struct *task = task_find(s->m, t->pid);
	pteval_t pte = mm_pte(s->m, task->mm, addr);
	if (pte_is_swap(s->m, pte)) {
		uint64_t slot = swap_slot(s->m, pte);
		const struct page *cached = swap_cache_page(s->m, slot);
		return cached ? cached->value : s->m->swap_info.value[slot];
	}
	if (!pte_present(s->m, pte))
		return 0;
	if (pte_pfn(s->m, pte) == s->m->zero_pfn)
		return 0;
	return page_by_pfn(s->m, pte_pfn(s->m, pte))->value;
}

static unsigned prot_of(uint64_t vm_flags)
{
	return (vm_flags & VM_READ ? PROT_R : 0) |
	       (vm_flags & VM_WRITE ? PROT_W : 0) |
	       (vm_flags & VM_EXEC ? PROT_X : 0);
}

struct shadow_page machine_page(
	const struct shadow *s, const struct shadow_task *t, uint64_t addr)
{
	struct shadow_page p = { 0 };
	const struct vm_area_struct *v = vma_of(s, t, addr);
	if (!v)
		return p;
	p.mapped = true;
	p.prot = (uint8_t)prot_of(v->vm_flags);
	p.dontfork = v->vm_flags & VM_DONTCOPY;
	p.wipe = v->vm_flags & VM_WIPEONFORK;
	p.guard = pte_is_guard(s->m,
		mm_pte(s->m, task_find(s->m, t->pid)->mm, addr));
	p.value = content(s, t, addr);
	return p;
}

bool same_page(const struct shadow_page *a, const struct shadow_page *b)
{
	bool same_value = a->value == b->value || (b->lazy && !a->value);

	if (a->mapped != b->mapped)
		return false;
	return !a->mapped ||
	       (a->prot == b->prot && same_value && a->guard == b->guard &&
		       a->dontfork == b->dontfork && a->wipe == b->wipe);
}

static bool compare_task(struct shadow *s, struct shadow_task *t)
{
	for (unsigned i = 0; i < SHADOW_PAGES; i++) {
		uint64_t addr = addr_of_slot(s, i);
		struct shadow_page got = machine_page(s, t, addr);
		struct shadow_page *want = &t->page[i];
		if (!same_page(&got, want))
			return wrong(s,
				"pid %u page %#llx: mapped %d prot %u "
				"value %llu dontfork %d wipe %d, not %d %u "
				"%llu %d %d",
				t->pid, (unsigned long long)addr, got.mapped,
				got.prot, (unsigned long long)got.value,
				got.dontfork, got.wipe, want->mapped,
				want->prot, (unsigned long long)want->value,
				want->dontfork, want->wipe);
		if (!got.value)
			want->value = want->lazy = 0; /* it is thrown away */
	}
	return true;
}

#define MAX_MAPPINGS 4096 /* room for what a walk finds */

static void look_at_range(struct shadow *s, struct run_of *r)
{
	const struct vm_area_struct *v = vma_of(s, r->t, r->addr);
	uint64_t bytes = r->len;

	if (r->op->id == OP_MREMAP) {
		uint64_t old_len = round_up(get(r->op, "old_len"));
		uint64_t new_len = round_up(get(r->op, "new_len"));
		bytes = old_len < new_len ? old_len : new_len;
	}
	r->mapped = v;
	r->one_vma = v && r->addr + bytes <= v->vm_end;
	for (uint64_t a = r->addr & PAGE_MASK; a < r->addr + bytes;
		a += PAGE_SIZE)
		r->hole |= !vma_of(s, r->t, a);
}

static bool compare_all(struct shadow *s)
{
	struct check_failure f;
	if (!machine_check(s->m, &f))
		return wrong(s,
			"rule %s of kind %u id %u addr %#llx: %llu, "
			"not %llu",
			f.rule, f.o.kind, f.o.id, (unsigned long long)f.o.addr,
			(unsigned long long)f.got, (unsigned long long)f.want);
	for (unsigned i = 0; i < s->nr_tasks; i++)
		if (s->task[i]->alive && !compare_task(s, s->task[i]))
			return false;
	return true;
}

bool shadow_check(struct shadow *s)
{
	s->why[0] = 0;
	return compare_all(s);
}

/* Who does not live or waits for a vfork child cannot do anything. */
static bool refused_right(struct shadow *s, const struct run_of *r)
{
	int want = r->t && r->t->alive ? -EBUSY : -ESRCH;
	return r->res.status == want ||
	       wrong(s, "%s of task %u gives %s, not %s",
		       op_desc((enum op_id)r->op->id)->name, r->op->subject,
		       status_name(r->res.status), status_name(want));
}

/* What one task changed is so for all with that address space. */
static void share_changes(struct shadow *s, const struct shadow_task *t)
{
	for (unsigned i = 0; i < s->nr_tasks; i++) {
		struct shadow_task *other = s->task[i];
		if (!other->alive || other == t || other->mm != t->mm)
			continue;
		other->brk = t->brk;
		memcpy(other->page, t->page, sizeof(t->page));
	}
}

bool shadow_run(struct shadow *s, const struct op *op)
{
	static struct mapping found[MAX_MAPPINGS];
	struct run_of r = { .op = op,
		.addr = get(op, "addr"),
		.len = round_up(get(op, "len")) };
	bool on_task = op_desc((enum op_id)op->id)->subject == ON_TASK;
	r.res.found = found;
	r.res.max_found = MAX_MAPPINGS;
	s->why[0] = 0;
	r.t = find(s, op->subject);
	if (on_task && r.t && r.t->alive)
		look_at_range(s, &r);
	machine_run(s->m, op, &r.res);
	if (on_task && (!r.t || !r.t->alive || r.t->waits_for))
		return refused_right(s, &r) && compare_all(s);
	if (!shadow_rules[op->id](s, &r))
		return false;
	if (on_task && r.t->alive)
		share_changes(s, r.t);
	return compare_all(s);
}
