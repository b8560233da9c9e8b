/*
 * The checker, from the definitions: it walks page tables, lists and trees by
 * itself and asks nothing of the code that made them.  Each rule has a name;
 * the first that does not hold is reported.
 */
#include "core/check.h"
#include "core/checker.h"

#include <stdlib.h>

bool broken(struct checker *c, const char *rule, struct ref o, uint64_t want,
	uint64_t got)
{
	*c->f = (struct check_failure){ rule, o, want, got };
	return false;
}

bool check_each_mm(struct checker *c,
	bool (*fn)(struct checker *, const struct mm_struct *))
{
	for (uint32_t pid = 1; pid <= c->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(c->m, pid);

		if (task && task->mm && task->mm->id == pid &&
			!fn(c, task->mm))
			return false;
	}
	return true;
}

static bool is_held(const struct lock *lock)
{
	return lock->writer || lock->readers;
}

/* It has as many users as it counts, and goes by the pid of one of them. */
static bool check_users(struct checker *c, const struct mm_struct *mm)
{
	const struct task_struct *owner = task_find(c->m, mm->id);
	struct ref o = ref_make(REF_TASK, mm->id);
	uint32_t users = 0;

	for (uint32_t pid = 1; pid <= c->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(c->m, pid);

		users += task && task->mm == mm;
	}
	if (!owner || owner->mm != mm)
		return broken(c, "mm_owner", o, 1, 0);
	return users == mm->mm_users ||
		broken(c, "mm_users", o, users, mm->mm_users);
}

/* Whom it waits for is its child, lives, and has its mm still. */
static bool check_vfork(struct checker *c, const struct task_struct *task)
{
	const struct task_struct *child = task_find(c->m, task->vfork_child);
	struct ref o = ref_make(REF_TASK, task->pid);

	if (!task->vfork_child)
		return true;
	if (!task->mm || !child || child->parent != task->pid ||
		child->mm != task->mm)
		return broken(c, "vfork", o, 0, task->vfork_child);
	return true;
}

/* Only who has exited can be waited for; who has no parent, waits for no one.
 */
static bool check_reaped(struct checker *c, const struct task_struct *task)
{
	const struct task_struct *parent = task_find(c->m, task->parent);
	struct ref o = ref_make(REF_TASK, task->pid);

	if (task->reaped && !task->exited)
		return broken(c, "reaped", o, 0, 1);
	if (task->exited && !task->reaped && (!parent || parent->exited))
		return broken(c, "reaped", o, 1, 0);
	return true;
}

static bool check_alive(struct checker *c, const struct task_struct *task)
{
	struct ref o = ref_make(REF_TASK, task->pid);

	if (is_held(&task->mm->mmap_lock) ||
		is_held(&task->mm->page_table_lock))
		return broken(c, "lock", o, 0, 1);
	return check_users(c, task->mm);
}

bool check_tasks(struct checker *c)
{
	const struct machine *m = c->m;
	uint32_t alive = 0;

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);
		struct ref o = ref_make(REF_TASK, pid);

		if (!task)
			continue;
		if (task->pid != pid || task->exited != !task->mm)
			return broken(c, "tasks", o, pid, task->pid);
		if (task->exec_mm)
			return broken(c, "exec", o, 0, 1);
		if (!check_vfork(c, task) || !check_reaped(c, task))
			return false;
		if (!task->mm)
			continue;
		alive++;
		c->mms += task->mm->id == pid;
		if (!check_alive(c, task))
			return false;
	}
	if (alive != m->nr_tasks)
		return broken(c, "tasks", NO_REF, alive, m->nr_tasks);
	if (m->gather.count)
		return broken(c, "gather", NO_REF, 0, m->gather.count);
	return true;
}

/* -- every frame ----------------------------------------------------------- */

/* A word that a page can hold: a number, a page of a file, or a string that
 * exists. */
static bool value_ok(const struct machine *m, value_t value)
{
	uint32_t at = (uint32_t)value;

	if (VALUE_TAG(value) == VALUE_INT)
		return true;
	if (VALUE_TAG(value) == VALUE_FILE)
		return inode_by_id(m, value_file(value));
	return VALUE_TAG(value) == VALUE_STRING && at &&
		at < m->strings.used && !m->strings.text[at - 1];
}

/* A page that a process can see, unlike a table or a slab. */
static bool is_users(const struct page *page)
{
	return kind_is_anon(page->kind) || page->kind == PAGE_FILE ||
		page->kind == PAGE_SHMEM;
}

/* What holds references between two operations: its PTEs and the page cache,
 * or its one use. */
static uint32_t references(const struct checker *c, uint32_t pfn)
{
	const struct page *page = &c->m->mem_map[pfn];

	switch (page->kind) {
	case PAGE_FREE:
		return 0;
	case PAGE_ANON:
	case PAGE_KSM:
	case PAGE_FILE:
	case PAGE_SHMEM:
		return c->maps[pfn] + c->cached[pfn] +
			check_batched(c->m, pfn) +
			!!(page->flags & PG(SWAPCACHE)) +
			!!(page->flags & PG(PRIVATE));
	case PAGE_SLAB: /* counted on the first frame of a slab */
		return (page->flags & PG(SLAB)) && page->slab->pfn == pfn;
	default:
		return 1;
	}
}

static bool check_kind(struct checker *c, uint32_t pfn)
{
	const struct page *page = &c->m->mem_map[pfn];
	struct ref o = ref_make(REF_PAGE, pfn);

	if ((pfn == c->m->zero_pfn) != (page->kind == PAGE_ZERO))
		return broken(c, "zero", o, PAGE_ZERO, page->kind);
	if (!c->maps[pfn] || is_users(page) || page->kind == PAGE_ZERO)
		return true;
	if (!page->_refcount)
		return broken(c, "pte", o, 0, c->maps[pfn]);
	return broken(c, "kind", o, PAGE_ANON, page->kind);
}

/* Where nobody drops what a copy of the zero page takes, it may have more. */
static bool has_references(const struct checker *c, uint32_t pfn, uint32_t refs)
{
	int32_t got = c->m->mem_map[pfn]._refcount;

	if (pfn == c->m->zero_pfn && ops_of(c->m)->counts_zero_page)
		return got >= (int32_t)refs;
	return got == (int32_t)refs;
}

static bool check_frame(struct checker *c, uint32_t pfn)
{
	const struct page *page = &c->m->mem_map[pfn];
	struct ref o = ref_make(REF_PAGE, pfn);
	uint32_t maps = is_users(page) ? c->maps[pfn] : 0;
	uint32_t refs = references(c, pfn);
	bool exclusive = page->flags & PG(ANON_EXCLUSIVE);

	if (page->_mapcount + 1 != (int32_t)maps)
		return broken(c, "mapcount", o, maps,
			(uint64_t)page->_mapcount + 1);
	if (!has_references(c, pfn, refs))
		return broken(c, "refcount", o, refs,
			(uint64_t)page->_refcount);
	if (page->flags & PG(LOCKED))
		return broken(c, "lock", o, 0, 1);
	if (is_users(page) && !value_ok(c->m, page->value))
		return broken(c, "value", o, 0, page->value);
	if (exclusive && (maps != 1 || page->kind != PAGE_ANON ||
				 !ops_of(c->m)->exclusive))
		return broken(c, "exclusive", o, 1, maps);
	return true;
}

bool check_frames(struct checker *c)
{
	for (uint64_t pfn = 0; pfn < c->m->nr_frames; pfn++)
		if (!check_kind(c, (uint32_t)pfn))
			return false;
	for (uint64_t pfn = 0; pfn < c->m->nr_frames; pfn++)
		if (!check_frame(c, (uint32_t)pfn))
			return false;
	return true;
}

/* -- all of it -------------------------------------------------------------- */

static bool (*const parts[])(struct checker *) = {
	check_tasks,
	check_vmas,
	check_tables,
	check_caches,
	check_swap,
	check_frames,
	check_entries,
	check_anon_vmas,
	check_mappings,
	check_old,
	check_files,
	check_promises,
	check_buddy,
	check_slabs,
	check_lru,
	check_ksm,
};

bool machine_check(const struct machine *m, struct check_failure *f)
{
	size_t slots = (size_t)m->swap_info.max + 1;
	struct check_failure none;
	struct checker c = {
		.m = m,
		.f = f ? f : &none,
		.maps = calloc(m->nr_frames, sizeof *c.maps),
		.found = calloc(m->nr_frames, sizeof *c.found),
		.cached = calloc(m->nr_frames, sizeof *c.cached),
		.dirty = calloc(m->nr_frames, sizeof *c.dirty),
		.slots = calloc(slots, sizeof *c.slots),
		.swap_exclusive = calloc(slots, sizeof *c.swap_exclusive),
	};
	bool ok = (c.maps && c.found && c.cached && c.dirty && c.slots &&
			  c.swap_exclusive) ||
		broken(&c, "memory", NO_REF, 0, 0);

	for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++)
		ok = parts[i](&c);
	free(c.dirty);
	free(c.slots);
	free(c.swap_exclusive);
	free(c.maps);
	free(c.found);
	free(c.cached);
	return ok;
}
