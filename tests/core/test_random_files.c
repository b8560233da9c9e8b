/*
 * Random operations on files and mappings of them, on machines so small that
 * pages are reclaimed all the time.  A model keeps what each file and each
 * private page must read as; after each operation the checker runs.
 * RANDOM_OPS and RANDOM_SEED make it longer or different.
 */
#include "filerun.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES 4	   /* two on disk, one of tmpfs, one hole */
#define PAGES 24   /* of a file, at most */
#define SLOTS 64   /* pages of a task's window */
#define TASKS 5
#define DEFAULT_OPS 1500

static const char *const names[FILES] = { "F", "G", "T", "H" };

struct mapped {
	int file;	/* index of the file; -1: nothing is mapped */
	uint64_t index; /* page of it */
	bool shared, copied; /* copied: private, and written to */
	bool writable;
	value_t value;	/* of the copy */
};

static struct model {
	uint64_t size[FILES];
	value_t page[FILES][PAGES];
	struct {
		uint32_t pid;
		struct mapped page[SLOTS];
	} task[TASKS];
	unsigned tasks;
} model;

static uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % n;
}

static bool no_memory(int status)
{
	return status == -ENOMEM || status == STATUS_OOM;
}

static void clear_task(unsigned t)
{
	for (unsigned i = 0; i < SLOTS; i++)
		model.task[t].page[i] = (struct mapped){ .file = -1 };
}

static void new_task(uint32_t pid)
{
	clear_task(model.tasks);
	model.task[model.tasks++].pid = pid;
}

static void start(const char *era, const char *arch, uint64_t swap)
{
	struct machine_config config = { .era = era_find(era),
		.paging = arch ? paging_find(arch) : NULL,
		.ram = 512 << 10,
		.swap = swap };
	machine_delete(run.m);
	memset(&run, 0, sizeof(run));
	memset(&model, 0, sizeof(model));
	config.tune = tunables_default(config.era);
	config.tune.no_oom_killer = true;
	run.m = machine_new(&config);
	assert_non_null(run.m);
	assert_int_equal(try_spawn("P"), 0);
	new_task(1);
	for (int f = 0; f < FILES; f++) {
		model.size[f] = 8 + rnd(9);
		assert_int_equal(try_file(names[f], model.size[f], f == 3,
					 f == 2), 0);
		for (unsigned i = 0; i < PAGES; i++)
			model.page[f][i] = f == 3 || i >= model.size[f]
				? 0
				: file_value(file_named(names[f]), i);
	}
}

static uint64_t slot_addr(unsigned slot)
{
	return BASE + ((uint64_t)slot << PAGE_SHIFT);
}

/* ---- operations ---- */

static void do_map(void)
{
	unsigned t = rnd(model.tasks), n = 1 + rnd(10), at = rnd(SLOTS - n);
	int f = (int)rnd(FILES);
	uint64_t pgoff = rnd(12);
	bool shared = rnd(2), writable = rnd(4);
	int status = try_map_file(model.task[t].pid, slot_addr(at),
		(uint64_t)n << PAGE_SHIFT, writable ? PROT_R | PROT_W : PROT_R,
		names[f], pgoff, shared);
	if (no_memory(status)) { /* what was there may be gone */
		for (unsigned i = 0; i < n; i++)
			if (!vma_lookup(task_find(run.m, model.task[t].pid)->mm,
				    slot_addr(at + i)) ||
				vma_lookup(task_find(run.m, model.task[t].pid)
						->mm,
					slot_addr(at + i))
						->vm_start > slot_addr(at + i))
				model.task[t].page[at + i].file = -1;
		return;
	}
	assert_int_equal(status, 0);
	for (unsigned i = 0; i < n; i++)
		model.task[t].page[at + i] = (struct mapped){ .file = f,
			.index = pgoff + i,
			.shared = shared,
			.writable = writable };
}

static void do_unmap(void)
{
	unsigned t = rnd(model.tasks), n = 1 + rnd(6), at = rnd(SLOTS - n);
	int status = try_munmap(model.task[t].pid, slot_addr(at),
		(uint64_t)n << PAGE_SHIFT);
	if (no_memory(status))
		return;
	assert_int_equal(status, 0);
	for (unsigned i = 0; i < n; i++)
		model.task[t].page[at + i].file = -1;
}

static value_t wanted(const struct mapped *p)
{
	if (p->copied)
		return p->value;
	return model.page[p->file][p->index];
}

static void do_read(void)
{
	unsigned t = rnd(model.tasks), at = rnd(SLOTS);
	const struct mapped *p = &model.task[t].page[at];
	int status = try_read(model.task[t].pid, slot_addr(at));
	if (p->file < 0) {
		assert_int_equal(status, STATUS_SIGSEGV);
	} else if (p->index >= model.size[p->file]) {
		assert_int_equal(status, STATUS_SIGBUS);
	} else if (!no_memory(status)) {
		assert_int_equal(status, 0);
		assert_int_equal(run.res.value, wanted(p));
	}
}

static void do_write(void)
{
	unsigned t = rnd(model.tasks), at = rnd(SLOTS);
	struct mapped *p = &model.task[t].page[at];
	value_t value = 1 + rnd(rnd(2) ? 6 : 1000000);
	int status = try_write(model.task[t].pid, slot_addr(at), value);
	if (p->file < 0 || !p->writable) {
		assert_int_equal(status, STATUS_SIGSEGV);
	} else if (p->index >= model.size[p->file]) {
		assert_int_equal(status, STATUS_SIGBUS);
	} else if (!no_memory(status)) {
		assert_int_equal(status, 0);
		if (p->shared)
			model.page[p->file][p->index] = value;
		p->copied = !p->shared;
		p->value = value;
	}
}

static void do_pread_op(void)
{
	int f = (int)rnd(FILES);
	uint64_t i = rnd(PAGES);
	int status = try_pread(names[f], i);
	if (i >= model.size[f]) {
		assert_int_equal(status, STATUS_EOF);
	} else if (!no_memory(status)) {
		assert_int_equal(status, 0);
		assert_int_equal(run.res.value, model.page[f][i]);
	}
}

static void do_pwrite_op(void)
{
	int f = (int)rnd(FILES);
	uint64_t i = rnd(PAGES);
	value_t value = 1 + rnd(1000000);
	int status = try_pwrite(names[f], i, value);
	if (no_memory(status))
		return;
	assert_int_equal(status, 0);
	model.page[f][i] = value;
	if (i >= model.size[f])
		model.size[f] = i + 1;
}

static void do_truncate_op(void)
{
	int f = (int)rnd(FILES);
	uint64_t size = rnd(4) ? 10 + rnd(PAGES - 10) : rnd(PAGES);
	assert_int_equal(try_truncate(names[f], size), 0);
	for (uint64_t i = size; i < PAGES; i++)
		model.page[f][i] = 0;
	for (unsigned t = 0; t < model.tasks; t++)
		for (unsigned i = 0; i < SLOTS; i++) {
			struct mapped *p = &model.task[t].page[i];
			if (p->file == f && p->index >= size)
				p->copied = false;
		}
	model.size[f] = size;
}

static void do_fork_op(void)
{
	unsigned t = rnd(model.tasks);
	char name[8];
	if (model.tasks == TASKS)
		return;
	snprintf(name, sizeof(name), "C%u", run.nr_tasks);
	if (run.nr_tasks == MAX_TASKS)
		return;
	int status = try_fork(model.task[t].pid, name);
	if (no_memory(status))
		return;
	assert_int_equal(status, 0);
	new_task((uint32_t)run.res.value);
	memcpy(model.task[model.tasks - 1].page, model.task[t].page,
		sizeof(model.task[t].page));
}

static void do_exit_op(void)
{
	unsigned t = rnd(model.tasks);
	if (model.tasks < 2)
		return;
	assert_int_equal(try_exit(model.task[t].pid), 0);
	model.task[t] = model.task[--model.tasks];
}

static void do_protect(void)
{
	unsigned t = rnd(model.tasks), n = 1 + rnd(4), at = rnd(SLOTS - n);
	bool writable = rnd(2);
	int status;
	for (unsigned i = 0; i < n; i++)
		if (model.task[t].page[at + i].file < 0)
			return;
	status = try_mprotect(model.task[t].pid, slot_addr(at),
		(uint64_t)n << PAGE_SHIFT, writable ? PROT_R | PROT_W : PROT_R);
	for (unsigned i = 0; i < n; i++) {
		const struct vm_area_struct *v = vma_lookup(
			task_find(run.m, model.task[t].pid)->mm,
			slot_addr(at + i));
		if (!status)
			assert_int_equal(!!(v->vm_flags & VM_WRITE), writable);
		model.task[t].page[at + i].writable = v->vm_flags & VM_WRITE;
	}
}

static void do_sync_op(void)
{
	assert_int_equal(try_sync(names[rnd(FILES)]), 0);
}

static void do_walk(void)
{
	struct page *page = cached(names[rnd(FILES)], rnd(PAGES));
	if (page)
		assert_int_equal(try_rmap(page, rnd(2)), 0);
}

static void do_reclaim_op(void)
{
	struct op op = make_op(OP_RECLAIM, 0);
	set_arg(&op, "pages", 1 + rnd(20));
	run_op(&op);
}

/* Copies of file pages are anonymous: ksmd merges them too, and nobody sees it.
 * What is shared or not mapped is passed by. */
static void do_merge(void)
{
	unsigned t = rnd(model.tasks), at = rnd(SLOTS - 4);
	struct op op = make_op(OP_KSM, 0);
	int status = try_madvise(model.task[t].pid, slot_addr(at),
		4ull << PAGE_SHIFT,
		rnd(4) ? ADVICE_MERGEABLE : ADVICE_UNMERGEABLE);
	if (status && status != -ENOMEM && status != -EAGAIN)
		assert_int_equal(status, -EINVAL); /* 2.x */
	status = run_op(&op);
	assert_true(!status || status == -ENOSYS);
}

/* Only two change what is read: DONTNEED gives the file's page back where a
 * private copy was, REMOVE makes a hole in the file. */
static void do_advise(void)
{
	static const enum advice list[] = { ADVICE_DONTNEED, ADVICE_REMOVE,
		ADVICE_WILLNEED, ADVICE_COLD, ADVICE_PAGEOUT, ADVICE_PAGEOUT,
		ADVICE_POPULATE_READ, ADVICE_FREE, ADVICE_NORMAL };
	enum advice advice = list[rnd(sizeof list / sizeof *list)];
	unsigned t = rnd(model.tasks), at = rnd(SLOTS);
	struct mapped *p = &model.task[t].page[at];
	int status = try_madvise(model.task[t].pid, slot_addr(at), PAGE_SIZE,
		advice);
	if (p->file < 0)
		assert_true(status == -ENOMEM || status == -EINVAL);
	if (p->file < 0 || status)
		return;
	assert_int_not_equal(advice, ADVICE_FREE);
	if (advice == ADVICE_DONTNEED)
		p->copied = false;
	if (advice == ADVICE_REMOVE)
		model.page[p->file][p->index] = 0;
}

static void do_msync_op(void)
{
	static const char *const how[] = { "async", "sync", "invalidate" };
	unsigned t = rnd(model.tasks), n = 1 + rnd(8), at = rnd(SLOTS - n);
	struct op op = make_op(rnd(4) ? OP_MSYNC : OP_MINCORE,
		model.task[t].pid);
	bool hole = false;
	for (unsigned i = 0; i < n; i++)
		hole |= model.task[t].page[at + i].file < 0;
	set_arg(&op, "addr", slot_addr(at));
	set_arg(&op, "len", (uint64_t)n << PAGE_SHIFT);
	if (op.id == OP_MSYNC)
		set_arg(&op, how[rnd(3)], 1);
	assert_int_equal(run_op(&op), hole ? -ENOMEM : 0);
}

static const struct {
	void (*run)(void);
	unsigned weight;
} kinds[] = { { do_write, 24 }, { do_merge, 2 }, { do_read, 18 },
	{ do_advise, 4 }, { do_msync_op, 2 }, { do_map, 8 },
	{ do_unmap, 4 }, { do_pread_op, 8 }, { do_pwrite_op, 8 },
	{ do_truncate_op, 3 }, { do_fork_op, 2 }, { do_exit_op, 1 },
	{ do_protect, 5 }, { do_sync_op, 3 }, { do_walk, 4 },
	{ do_reclaim_op, 4 } };

static void some_op(void)
{
	unsigned n = rnd(100);
	for (unsigned i = 0;; i++) {
		if (n < kinds[i].weight) {
			kinds[i].run();
			return;
		}
		n -= kinds[i].weight;
	}
}

/* Every page of every file, at the end. */
static void read_all(void)
{
	for (int f = 0; f < FILES; f++)
		for (uint64_t i = 0; i < model.size[f]; i++)
			if (!no_memory(try_pread(names[f], i)))
				assert_int_equal(run.res.value,
					model.page[f][i]);
}

static unsigned wanted_ops(void)
{
	const char *text = getenv("RANDOM_OPS");
	return text ? (unsigned)strtoul(text, NULL, 10) : DEFAULT_OPS;
}

static void run_era(const char *era, const char *arch)
{
	const char *text = getenv("RANDOM_SEED");
	for (unsigned i = 0; i < 2; i++) {
		uint64_t seed = text ? strtoull(text, NULL, 10) : 40 + i;
		state = seed * 0x9e3779b97f4a7c15ull + 1;
		start(era, arch, i ? 64 << 10 : 0);
		for (unsigned n = wanted_ops(); n; n--)
			some_op();
		read_all();
	}
}

static void random_2_4(void **unused)
{
	(void)unused;
	run_era("2.4", NULL);
}

static void random_2_6_0(void **unused)
{
	(void)unused;
	run_era("2.6.0", NULL);
}

static void random_2_6_11(void **unused)
{
	(void)unused;
	run_era("2.6.11", NULL);
	run_era("2.6.11", "pae");
}

static void random_4_0(void **unused)
{
	(void)unused;
	run_era("4.0", NULL);
}

static void random_6_18(void **unused)
{
	(void)unused;
	run_era("6.18", NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_2_4),
		cmocka_unit_test(random_2_6_0),
		cmocka_unit_test(random_2_6_11),
		cmocka_unit_test(random_4_0),
		cmocka_unit_test(random_6_18),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
