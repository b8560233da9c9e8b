/*
 * What an operation may change of what tasks see, from its definition.
 *
 * Everything that it may not change must be the same for every task that lives
 * before and after.  Two things may happen at any time, whenever memory is
 * short: what MADV_FREE or MAP_DROPPABLE gave up reads as 0, and tasks are
 * killed (they are not compared).  Who uses the address space of an operation
 * may see a stack grow.
 */
#include "calm.h"

#include "core/mm.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define VM_PROT (VM_READ | VM_WRITE | VM_EXEC)
#define ALL UINT64_MAX

/* Pages [start, end) of the address space that the operation is about. */
struct range {
	uint64_t start, end;
	uint64_t flags; /* vm_flags that may change */
	bool any;	/* and everything else, too */
};

struct effect {
	const struct mm_struct *mm; /* its address space; NULL: none */
	uint32_t skip;		    /* a task that is not compared; 0 */
	struct range range[3];
	uint32_t file;		    /* whose pages change; 0: none */
	uint64_t index, last;	    /* these */
	bool copies;		    /* and private copies of them */
	bool holes;		    /* pages of files may become 0 */
	bool vmas;		    /* the VMAs of mm may change */
};

/* -- what it may change ----------------------------------------------------- */

static uint64_t arg(const struct op *op, const char *name)
{
	const struct op_desc *d = op_desc((enum op_id)op->id);

	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, name))
			return op->arg[i];
	return 0;
}

static uint64_t up(uint64_t n)
{
	return (n + PAGE_SIZE - 1) & PAGE_MASK;
}

static struct range range_of(const struct op *op, uint64_t flags, bool any)
{
	uint64_t start = arg(op, "addr") & PAGE_MASK;

	return (struct range){ start, up(arg(op, "addr") + arg(op, "len")),
		flags, any };
}

static const struct {
	enum advice advice;
	uint64_t flags;
	bool any;
} advices[] = {
	{ ADVICE_NORMAL, VM_RAND_READ | VM_SEQ_READ, false },
	{ ADVICE_RANDOM, VM_RAND_READ | VM_SEQ_READ, false },
	{ ADVICE_SEQUENTIAL, VM_RAND_READ | VM_SEQ_READ, false },
	{ ADVICE_DONTNEED, 0, true },
	{ ADVICE_DONTNEED_LOCKED, 0, true },
	{ ADVICE_FREE, 0, true },
	{ ADVICE_DONTFORK, VM_DONTCOPY, false },
	{ ADVICE_DOFORK, VM_DONTCOPY, false },
	{ ADVICE_MERGEABLE, VM_MERGEABLE, false },
	{ ADVICE_UNMERGEABLE, VM_MERGEABLE, false },
	{ ADVICE_HUGEPAGE, VM_HUGEPAGE | VM_NOHUGEPAGE, false },
	{ ADVICE_NOHUGEPAGE, VM_HUGEPAGE | VM_NOHUGEPAGE, false },
	{ ADVICE_DONTDUMP, VM_DONTDUMP, false },
	{ ADVICE_DODUMP, VM_DONTDUMP, false },
	{ ADVICE_WIPEONFORK, VM_WIPEONFORK, false },
	{ ADVICE_KEEPONFORK, VM_WIPEONFORK, false },
	{ ADVICE_GUARD_INSTALL, VM_MAYBE_GUARD, true },
	{ ADVICE_GUARD_REMOVE, 0, true },
};

static void advice_effect(const struct op *op, struct effect *e)
{
	uint64_t advice = arg(op, "advice");

	e->holes = advice == ADVICE_REMOVE;
	e->vmas = advice == ADVICE_POPULATE_READ ||
		advice == ADVICE_POPULATE_WRITE;
	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if (advices[i].advice == advice) {
			e->range[0] = range_of(op, advices[i].flags,
				advices[i].any);
			e->vmas |= advices[i].flags != 0;
		}
}

static void mmap_effect(const struct op *op, const struct op_result *res,
	struct effect *e)
{
	e->vmas = true;
	if (!res->status)
		e->range[0] = (struct range){ res->value,
			res->value + res->len, 0, true };
	else if (arg(op, "fixed") == 1)
		e->range[0] = range_of(op, 0, true);
}

static void mremap_effect(const struct op *op, const struct op_result *res,
	struct effect *e)
{
	uint64_t from = arg(op, "addr"), old = up(arg(op, "old_len"));
	uint64_t new = up(arg(op, "new_len"));
	uint64_t to = res->status ? arg(op, "to") : res->value;

	e->vmas = true;
	e->range[0] = (struct range){ from, from + (old > new ? old : new),
		VM_LOCKED_MASK, true };
	if (!res->status || arg(op, "fixed"))
		e->range[1] = (struct range){ to, to + new, 0, true };
	if (arg(op, "dontunmap")) /* dontunmap_complete: the whole VMA */
		e->range[2] = (struct range){ 0, ALL, VM_LOCKED_MASK, false };
}

static void brk_effect(const struct view *v, const struct op_result *res,
	struct effect *e)
{
	uint64_t old = up(v->brk), new = up(res->value);

	e->vmas = true;
	e->range[0] = (struct range){ old < new ? old : new,
		old < new ? new : old, 0, true };
}

static void write_effect(const struct view *v, const struct op *op,
	const struct op_result *res, struct effect *e)
{
	uint64_t addr = arg(op, "addr") & PAGE_MASK;
	const struct seen *s = calm_page(v, addr);

	e->vmas = true;
	if (res->status)
		return;
	e->range[0] = (struct range){ addr, addr + PAGE_SIZE, 0, true };
	if (s && s->file && (s->flags & VM_SHARED)) {
		e->file = s->file;
		e->index = e->last = s->index;
	}
}

static void truncate_effect(const struct calm *before, const struct op *op,
	struct effect *e)
{
	uint64_t old = before->file[op->subject].size, new = arg(op, "pages");

	e->file = op->subject;
	e->index = old < new ? old : new;
	e->last = ALL;
	e->copies = true;
}

/* pwrite behind the end makes it longer: what read SIGBUS reads 0 then. */
static void pwrite_effect(const struct calm *before, const struct op *op,
	struct effect *e)
{
	uint64_t size = before->file[op->subject].size;

	e->file = op->subject;
	e->last = arg(op, "page");
	e->index = size < e->last ? size : e->last;
}

static void task_effect(const struct view *v, const struct op *op,
	const struct op_result *res, struct effect *e)
{
	e->mm = v->mm;
	switch ((enum op_id)op->id) {
	case OP_MMAP:
		mmap_effect(op, res, e);
		break;
	case OP_MUNMAP:
		e->vmas = true;
		if (!res->status)
			e->range[0] = range_of(op, 0, true);
		break;
	case OP_MPROTECT:
		e->vmas = true;
		e->range[0] = range_of(op, VM_PROT | VM_ACCOUNT, false);
		break;
	case OP_MREMAP:
		mremap_effect(op, res, e);
		break;
	case OP_MADVISE:
		advice_effect(op, e);
		break;
	case OP_BRK:
		brk_effect(v, res, e);
		break;
	case OP_READ:
	case OP_WRITE:
		write_effect(v, op, res, e);
		break;
	case OP_MLOCK:
	case OP_MUNLOCK:
	case OP_MLOCKALL:
	case OP_MUNLOCKALL:
		e->vmas = true;
		e->range[0] = (struct range){ 0, ALL, VM_LOCKED_MASK, false };
		break;
	case OP_EXEC:
		if (!res->status)
			e->skip = op->subject;
		break;
	default:
		break;
	}
}

static struct effect effect_of(const struct calm *before, const struct op *op,
	const struct op_result *res)
{
	enum op_subject on = op_desc((enum op_id)op->id)->subject;
	struct effect e = { .mm = NULL };
	const struct view *v =
		on == ON_TASK ? calm_task(before, op->subject) : NULL;

	if (v)
		task_effect(v, op, res, &e);
	if (op->id == OP_READ)
		e.range[0] = (struct range){ 0 };
	if (op->id == OP_FTRUNCATE && op->subject < CALM_FILES)
		truncate_effect(before, op, &e);
	if (op->id == OP_PWRITE && op->subject < CALM_FILES)
		pwrite_effect(before, op, &e);
	return e;
}

/* -- one page --------------------------------------------------------------- */

static bool same(const struct seen *a, const struct seen *b, uint64_t ignore)
{
	return !((a->flags ^ b->flags) & ~ignore) && a->file == b->file &&
		a->index == b->index && a->what == b->what &&
		a->value == b->value;
}

static bool is_place(const struct seen *a, const struct seen *b,
	uint64_t ignore)
{
	return a && b && !((a->flags ^ b->flags) & ~ignore) &&
		a->file == b->file && a->index == b->index;
}

static bool file_may_change(const struct effect *e, const struct seen *b,
	const struct seen *a)
{
	if (e->holes && b->file && !b->own && !a->value)
		return true;
	return e->file && b->file == e->file && b->index >= e->index &&
		b->index <= e->last && (e->copies || !b->own);
}

/* VM_MAYBE_GUARD spreads by merging (VM_STICKY). */
static bool page_ok(const struct effect *e, bool subject,
	const struct seen *b, const struct seen *a)
{
	uint64_t ignore = subject ? VM_MAYBE_GUARD : 0;
	uint64_t addr = b ? b->addr : a->addr;

	for (unsigned i = 0; subject && i < 3; i++) {
		const struct range *r = &e->range[i];

		if (addr < r->start || addr >= r->end)
			continue;
		if (r->any)
			return true;
		ignore |= r->flags;
	}
	if (!b) /* a stack that has grown */
		return subject && (a->flags & VM_GROWSDOWN) && !a->value;
	if (!is_place(b, a, ignore))
		return false;
	return same(b, a, ignore) || file_may_change(e, b, a) ||
		(b->may_vanish && a->what == SEEN_VALUE && !a->value);
}

/* -- a task ----------------------------------------------------------------- */

static void tell_page(char why[200], uint32_t pid, const struct seen *b,
	const struct seen *a)
{
	snprintf(why, 200,
		"task %u at %#llx: value %#llx (%d) flags %#llx, was %#llx"
		" (%d) flags %#llx",
		pid, (unsigned long long)(b ? b : a)->addr,
		(unsigned long long)(a ? a->value : 0), a ? a->what : -1,
		(unsigned long long)(a ? a->flags : 0),
		(unsigned long long)(b ? b->value : 0), b ? b->what : -1,
		(unsigned long long)(b ? b->flags : 0));
}

static bool pages_ok(const struct effect *e, const struct view *before,
	const struct view *after, char why[200])
{
	unsigned i = 0, j = 0;

	while (i < before->nr || j < after->nr) {
		const struct seen *b = i < before->nr ? &before->page[i] : NULL;
		const struct seen *a = j < after->nr ? &after->page[j] : NULL;

		if (a && b && a->addr < b->addr)
			b = NULL;
		else if (a && b && b->addr < a->addr)
			a = NULL;
		if (!page_ok(e, before->mm == e->mm, b, a)) {
			tell_page(why, before->pid, b, a);
			return false;
		}
		i += b != NULL;
		j += a != NULL;
	}
	return true;
}

static bool vmas_ok(const struct effect *e, const struct view *before,
	const struct view *after, char why[200])
{
	if (before->mm == e->mm && e->vmas)
		return true;
	for (unsigned i = 0; i < before->nr_vmas || i < after->nr_vmas; i++)
		if (before->nr_vmas != after->nr_vmas ||
			memcmp(&before->vma[i], &after->vma[i],
				offsetof(struct seen_vma, file) +
					sizeof(uint32_t))) {
			snprintf(why, 200, "task %u: VMA %u is another",
				before->pid, i);
			return false;
		}
	return true;
}

/* -- what it must have done -------------------------------------------------- */

static bool fail(char why[200], const struct op *op, uint64_t addr,
	const char *what)
{
	snprintf(why, 200, "%s of task %u at %#llx: %s",
		op_desc((enum op_id)op->id)->name, op->subject,
		(unsigned long long)addr, what);
	return false;
}

static bool no_memory(int status)
{
	return status == STATUS_OOM || status == -ENOMEM;
}

/* Who accesses a page gets what is there, or the signal that it must get.  A
 * stack's lowest page may be a guard. */
static bool access_ok(const struct calm *before, const struct op *op,
	const struct op_result *res, char why[200])
{
	const struct view *v = calm_task(before, op->subject);
	uint64_t addr = arg(op, "addr");
	const struct seen *s = v ? calm_page(v, addr) : NULL;
	uint64_t needs = op->id == OP_WRITE ? VM_WRITE : VM_PROT;

	if (!v || !s || no_memory(res->status) || res->status == -EBUSY ||
		(s->flags & VM_GROWSDOWN))
		return true;
	if (!(s->flags & needs) || s->what == SEEN_GUARD)
		return res->status == STATUS_SIGSEGV ||
			fail(why, op, addr, "no SIGSEGV");
	if (s->what == SEEN_BUS)
		return res->status == STATUS_SIGBUS ||
			fail(why, op, addr, "no SIGBUS");
	if (res->status == STATUS_SIGBUS && s->file && !s->own && !s->value)
		return true; /* a page that nobody promised to tmpfs: ENOSPC */
	if (res->status)
		return fail(why, op, addr, status_name(res->status));
	if (op->id == OP_READ && res->value != s->value &&
		!(s->may_vanish && !res->value))
		return fail(why, op, addr, "read another value");
	return true;
}

static bool written_ok(const struct calm *after, const struct op *op,
	const struct op_result *res, char why[200])
{
	const struct view *v = calm_task(after, op->subject);
	const struct seen *s = v ? calm_page(v, arg(op, "addr")) : NULL;

	if (res->status || !v)
		return true;
	if (!s || s->what != SEEN_VALUE ||
		(s->value != arg(op, "value") && !s->may_vanish))
		return fail(why, op, arg(op, "addr"), "it is not written");
	return true;
}

/* What is newly mapped reads as 0 or as the file. */
static bool mapped_ok(const struct calm *after, const struct op *op,
	const struct op_result *res, char why[200])
{
	const struct view *v = calm_task(after, op->subject);

	for (uint64_t a = 0; v && !res->status && a < res->len;
		a += PAGE_SIZE) {
		const struct seen *s = calm_page(v, res->value + a);

		if (!s)
			return fail(why, op, res->value + a, "not mapped");
		if (!s->file && s->value)
			return fail(why, op, s->addr, "it is not empty");
	}
	return true;
}

static bool unmapped_ok(const struct calm *after, const struct op *op,
	const struct op_result *res, char why[200])
{
	const struct view *v = calm_task(after, op->subject);
	uint64_t start = arg(op, "addr"), end = start + up(arg(op, "len"));

	for (uint64_t a = start; v && !res->status && a < end; a += PAGE_SIZE)
		if (calm_page(v, a))
			return fail(why, op, a, "it is mapped still");
	return true;
}

/* A page that goes from @from to @to. */
static bool moved(const struct seen *from, const struct seen *to)
{
	if (!from || !to)
		return false;
	return to->what == from->what && from->file == to->file &&
		from->index == to->index &&
		(to->value == from->value || (from->may_vanish && !to->value));
}

static bool remapped_ok(const struct calm *before, const struct calm *after,
	const struct op *op, const struct op_result *res, char why[200])
{
	const struct view *b = calm_task(before, op->subject);
	const struct view *v = calm_task(after, op->subject);
	uint64_t from = arg(op, "addr"), old = up(arg(op, "old_len"));
	uint64_t new = up(arg(op, "new_len")), to = res->value;

	for (uint64_t a = 0; b && v && !res->status && a < new;
		a += PAGE_SIZE) {
		const struct seen *s = calm_page(b, from + a);
		const struct seen *t = calm_page(v, to + a);

		if (!s && a < old) /* 6.17 on: holes are left out */
			continue;
		if (a < old && !moved(s, t))
			return fail(why, op, to + a, "the page is another");
		if (a >= old && (!t || (!t->file && t->value)))
			return fail(why, op, to + a, "what is new is not empty");
	}
	return true;
}

/* Refused: each page is where it was, or where it was to go, unless it was to
 * be cut off. */
static bool not_remapped_ok(const struct calm *before,
	const struct calm *after, const struct op *op, char why[200])
{
	const struct view *b = calm_task(before, op->subject);
	const struct view *v = calm_task(after, op->subject);
	uint64_t from = arg(op, "addr"), old = up(arg(op, "old_len"));
	uint64_t new = up(arg(op, "new_len")), to = arg(op, "to");

	for (uint64_t a = 0; b && v && a < old && a < new; a += PAGE_SIZE) {
		const struct seen *s = calm_page(b, from + a);

		if (s && !moved(s, calm_page(v, from + a)) &&
			!moved(s, calm_page(v, to + a)) &&
			!(arg(op, "fixed") && from + a >= to &&
				from + a < to + new))
			return fail(why, op, from + a, "the page is lost");
	}
	return true;
}

/* Anonymous pages read 0, those of a file as the file; FREE may wait. */
static bool advised_ok(const struct calm *before, const struct calm *after,
	const struct op *op, const struct op_result *res, char why[200])
{
	const struct view *b = calm_task(before, op->subject);
	const struct view *v = calm_task(after, op->subject);
	struct range r = range_of(op, 0, false);
	uint64_t advice = arg(op, "advice");
	bool drops = advice == ADVICE_DONTNEED ||
		advice == ADVICE_DONTNEED_LOCKED;

	for (uint64_t a = r.start; b && v && a < r.end; a += PAGE_SIZE) {
		const struct seen *s = calm_page(b, a), *t = calm_page(v, a);

		if (!s != !t)
			return fail(why, op, a, "a page came or went");
		if (!s || advice == ADVICE_REMOVE)
			continue;
		if (t->what == SEEN_VALUE && t->value != s->value && t->value &&
			!t->file)
			return fail(why, op, a, "neither old nor 0");
		if (!res->status && drops && !s->file &&
			s->what == SEEN_VALUE && t->value)
			return fail(why, op, a, "it is not dropped");
		if (!res->status && advice == ADVICE_GUARD_INSTALL &&
			t->what != SEEN_GUARD)
			return fail(why, op, a, "no guard");
		if (!res->status && advice == ADVICE_GUARD_REMOVE &&
			t->what == SEEN_GUARD)
			return fail(why, op, a, "a guard stays");
	}
	return true;
}

/* A child by fork has what its parent has. */
static bool forked_ok(const struct calm *before, const struct calm *after,
	const struct op *op, const struct op_result *res, char why[200])
{
	const struct view *b = calm_task(before, op->subject);
	const struct view *v = calm_task(after, (uint32_t)res->value);

	for (unsigned i = 0; b && v && !res->status && i < b->nr; i++) {
		const struct seen *s = &b->page[i];
		const struct seen *t = calm_page(v, s->addr);

		if (s->flags & VM_DONTCOPY) {
			if (t)
				return fail(why, op, s->addr, "copied");
		} else if (!is_place(s, t, VM_LOCKED_MASK)) {
			return fail(why, op, s->addr, "not copied");
		} else if (s->flags & VM_WIPEONFORK) {
			if (t->value || t->what != SEEN_VALUE)
				return fail(why, op, s->addr, "not wiped");
		} else if (!moved(s, t)) {
			return fail(why, op, s->addr, "the copy differs");
		}
	}
	return true;
}

/* A child in the same address space, or the two who share it, see the same. */
static bool result_ok(const struct calm *before, const struct calm *after,
	const struct op *op, const struct op_result *res, char why[200])
{
	switch ((enum op_id)op->id) {
	case OP_READ:
		return access_ok(before, op, res, why);
	case OP_WRITE:
		return access_ok(before, op, res, why) &&
			written_ok(after, op, res, why);
	case OP_MMAP:
		return mapped_ok(after, op, res, why);
	case OP_MUNMAP:
		return unmapped_ok(after, op, res, why);
	case OP_MREMAP:
		return res->status ? not_remapped_ok(before, after, op, why)
				   : remapped_ok(before, after, op, res, why);
	case OP_MADVISE:
		return advised_ok(before, after, op, res, why);
	case OP_FORK:
		return forked_ok(before, after, op, res, why);
	default:
		return true;
	}
}

static bool files_ok(const struct calm *before, const struct calm *after,
	const struct effect *e, char why[200])
{
	for (uint32_t id = 1; id < CALM_FILES; id++) {
		uint64_t size = before->file[id].size;

		if (size && size != after->file[id].size && e->file != id)
			return snprintf(why, 200, "file %u: its size", id), false;
		for (uint64_t i = 0; i < size && i < CALM_FILE_PAGES; i++) {
			value_t new = after->file[id].value[i];

			if (new == before->file[id].value[i] ||
				(e->holes && !new) ||
				(e->file == id && i >= e->index && i <= e->last))
				continue;
			return snprintf(why, 200, "file %u, page %llu", id,
				       (unsigned long long)i), false;
		}
	}
	return true;
}

bool calm_compare(const struct calm *before, const struct calm *after,
	const struct op *op, const struct op_result *res, char why[200])
{
	struct effect e = effect_of(before, op, res);

	if (before->full || after->full)
		return true;
	for (unsigned i = 0; i < before->nr; i++) {
		const struct view *b = &before->task[i];
		const struct view *a = calm_task(after, b->pid);

		if (!a || b->pid == e.skip)
			continue;
		if (a->mm != b->mm)
			return snprintf(why, 200, "task %u has another mm",
				       b->pid), false;
		if (!pages_ok(&e, b, a, why) || !vmas_ok(&e, b, a, why))
			return false;
	}
	return files_ok(before, after, &e, why) &&
		result_ok(before, after, op, res, why);
}
