/* One machine at a time, and operations on it by pid and address. */
#include "run.h"

#include <stdio.h>
#include <string.h>

struct run run;

static void name_anon_vmas(const char *task)
{
	unsigned roots = 0, own = 0;
	for (uint32_t id = 1; id <= run.named && id < MAX_NAMED; id++)
		roots += run.anon[id][0] == 'R';
	for (uint32_t id = run.named + 1;
		id <= run.m->anon_vmas.last && id < MAX_NAMED; id++) {
		const struct anon_vma *a = anon_vma_by_id(run.m, id);
		bool root = !a || !a->parent || a->parent == a;
		unsigned nr = root ? ++roots : ++own;
		snprintf(run.anon[id], NAME_SIZE, "%.20s%s", root ? "R" : task,
			root ? "" : "'");
		if (nr > 1)
			snprintf(run.anon[id] + strlen(run.anon[id]), 4, "%u",
				nr % 1000);
	}
	run.named = run.m->anon_vmas.last;
}

void begin_with(const char *era, const char *arch,
	const struct machine_config *rest)
{
	struct machine_config config = *rest;
	if (!config.ram)
		config.ram = 4 << 20;
	machine_delete(run.m);
	memset(&run, 0, sizeof(run));
	config.era = era_find(era);
	if (!config.tune.set) { /* nobody is killed unless asked for */
		config.tune = tunables_default(config.era);
		config.tune.no_oom_killer = true;
	}
	config.paging = arch ? paging_find(arch) : NULL;
	assert_non_null(config.era);
	run.m = machine_new(&config);
	assert_non_null(run.m);
	run.free_at_start = free_frames(run.m);
	assert_int_equal(try_spawn("P"), 0);
}

void begin_on(const char *era, const char *arch, uint64_t ram)
{
	begin_with(era, arch, &(struct machine_config){ .ram = ram });
}

void begin_swapping(const char *era, const char *arch, uint64_t ram)
{
	begin_with(era, arch, &(struct machine_config){ .ram = ram,
				      .swap = 64 << PAGE_SHIFT });
}

static const char *arch_of_run; /* what begin() uses; NULL: the default */

void begin(const char *era)
{
	begin_on(era, arch_of_run, 0);
}

int run_on_archs(const char *era, const struct CMUnitTest *tests, size_t n)
{
	int failed = 0;
	for (unsigned a = 0; a < NR_ARCHS; a++) {
		char name[64];
		const struct paging *p = paging_get((enum arch)a);
		if (!era_allows(era_find(era), p))
			continue;
		arch_of_run = p->name;
		snprintf(name, sizeof(name), "%s on %s", era, p->name);
		failed += _cmocka_run_group_tests(
			name, tests, n, NULL, run_teardown);
	}
	arch_of_run = NULL;
	return failed;
}

static void expect_empty(void)
{
	expect_num(count_anon_vmas(), 0);
	expect_num(count_avcs(), 0);
	/* 2.6.0 keeps one node at hand */
	for (unsigned i = 0; i < NR_CACHES; i++)
		expect_num(run.m->caches[i].nr_objects,
			i == CACHE_PTE_CHAIN && run.m->local_pte_chain);
	expect_num(count_frames(PAGE_ANON), 0);
	expect_num(count_frames(PAGE_KSM), 0);
	expect_num(count_frames(PAGE_TABLE), 0);
	expect_num(free_frames(run.m) + count_frames(PAGE_SLAB),
		run.free_at_start);
}

void finish(void)
{
	for (unsigned i = 0; i < run.nr_tasks; i++)
		if (task_find(run.m, run.task[i].pid) &&
			!task_find(run.m, run.task[i].pid)->exited)
			assert_int_equal(try_exit(run.task[i].pid), 0);
	for (int i = 0; i < 2 && run.m->caches[CACHE_KSM_MM_SLOT].nr_objects;
		i++) /* ksmd forgets them when it passes */
		assert_int_equal(run_op(&(struct op){ .id = OP_KSM }), 0);
	expect_empty();
	machine_delete(run.m);
	run.m = NULL;
}

int run_teardown(void **state)
{
	(void)state;
	machine_delete(run.m);
	run.m = NULL;
	return 0;
}

static void check_or_fail(const struct op *op)
{
	struct check_failure f;
	if (!machine_check(run.m, &f))
		fail_msg("after %s: rule %s of kind %u id %u addr %#llx: "
			 "%llu, not %llu",
			op_desc(op->id)->name, f.rule, f.o.kind, f.o.id,
			(unsigned long long)f.o.addr, (unsigned long long)f.got,
			(unsigned long long)f.want);
}

int run_op(const struct op *op)
{
	run.res.found = run.found;
	run.res.max_found = MAX_FOUND;
	int status = machine_run(run.m, op, &run.res);
	assert_int_equal(status, run.res.status);
	check_or_fail(op);
	return status;
}

struct op make_op(enum op_id id, uint32_t subject)
{
	struct op op = { .id = (uint16_t)id, .subject = subject };
	return op;
}

void set_arg(struct op *op, const char *name, uint64_t value)
{
	if (!op_set(op, name, value))
		fail_msg("%s has no argument %s", op_desc(op->id)->name, name);
}

void set_text(struct op *op, const char *text)
{
	const struct op_desc *d = op_desc(op->id);
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (d->arg[i].type == ARG_NAME)
			op->given |= (uint16_t)(1u << i);
	snprintf(op->text, NAME_SIZE, "%s", text);
}

static void remember_task(const char *name)
{
	assert_true(run.nr_tasks < MAX_TASKS);
	snprintf(run.task[run.nr_tasks].name, NAME_SIZE, "%s", name);
	run.task[run.nr_tasks++].pid = (uint32_t)run.res.value;
}

static const char *task_name(uint32_t pid)
{
	const struct task_struct *t = task_find(run.m, pid);
	return t ? t->name : "?";
}

int try_spawn(const char *name)
{
	struct op op = make_op(OP_SPAWN, 0);
	set_text(&op, name);
	int status = run_op(&op);
	if (!status)
		remember_task(name);
	return status;
}

static int try_child(struct op op, const char *name)
{
	set_text(&op, name);
	int status = run_op(&op);
	if (!status)
		remember_task(name);
	name_anon_vmas(name);
	return status;
}

int try_fork(uint32_t pid, const char *name)
{
	return try_child(make_op(OP_FORK, pid), name);
}

int try_clone(uint32_t pid, const char *name)
{
	struct op op = make_op(OP_CLONE, pid);
	set_arg(&op, "vm", 1);
	return try_child(op, name);
}

int try_vfork(uint32_t pid, const char *name)
{
	return try_child(make_op(OP_VFORK, pid), name);
}

int try_wait(uint32_t pid)
{
	struct op op = make_op(OP_WAIT, pid);
	return run_op(&op);
}

int try_exit(uint32_t pid)
{
	struct op op = make_op(OP_EXIT, pid);
	return run_op(&op);
}

static struct op range_op(
	enum op_id id, uint32_t pid, uint64_t addr, uint64_t len)
{
	struct op op = make_op(id, pid);
	set_arg(&op, "addr", addr);
	set_arg(&op, "len", len);
	return op;
}

int try_mmap(uint32_t pid, uint64_t addr, uint64_t len, unsigned prot)
{
	struct op op = range_op(OP_MMAP, pid, addr, len);
	set_arg(&op, "prot", prot);
	set_arg(&op, "fixed", 1);
	return run_op(&op);
}

int try_munmap(uint32_t pid, uint64_t addr, uint64_t len)
{
	struct op op = range_op(OP_MUNMAP, pid, addr, len);
	return run_op(&op);
}

int try_mprotect(uint32_t pid, uint64_t addr, uint64_t len, unsigned prot)
{
	struct op op = range_op(OP_MPROTECT, pid, addr, len);
	set_arg(&op, "prot", prot);
	return run_op(&op);
}

static struct op mremap_op(
	uint32_t pid, uint64_t addr, uint64_t old_len, uint64_t new_len)
{
	struct op op = make_op(OP_MREMAP, pid);
	set_arg(&op, "addr", addr);
	set_arg(&op, "old_len", old_len);
	set_arg(&op, "new_len", new_len);
	return op;
}

int try_mremap(uint32_t pid, uint64_t addr, uint64_t old_len, uint64_t new_len)
{
	struct op op = mremap_op(pid, addr, old_len, new_len);
	set_arg(&op, "maymove", 0);
	return run_op(&op);
}

int try_mremap_to(uint32_t pid, uint64_t addr, uint64_t old_len,
	uint64_t new_len, uint64_t to)
{
	struct op op = mremap_op(pid, addr, old_len, new_len);
	set_arg(&op, "to", to);
	set_arg(&op, "maymove", 1);
	set_arg(&op, "fixed", 1);
	return run_op(&op);
}

int try_madvise(uint32_t pid, uint64_t addr, uint64_t len, enum advice advice)
{
	struct op op = range_op(OP_MADVISE, pid, addr, len);
	set_arg(&op, "advice", advice);
	return run_op(&op);
}

int try_brk(uint32_t pid, uint64_t addr)
{
	struct op op = make_op(OP_BRK, pid);
	set_arg(&op, "addr", addr);
	return run_op(&op);
}

int try_read(uint32_t pid, uint64_t addr)
{
	struct op op = make_op(OP_READ, pid);
	set_arg(&op, "addr", addr);
	return run_op(&op);
}

int try_write(uint32_t pid, uint64_t addr, value_t value)
{
	struct op op = make_op(OP_WRITE, pid);
	set_arg(&op, "addr", addr);
	set_arg(&op, "value", value);
	int status = run_op(&op);
	name_anon_vmas(task_name(pid));
	return status;
}

struct mappers {
	unsigned count;
	unsigned missing; /* mappers that the walk did not find */
};

static void look_for(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mappers *w = ctx;
	(void)pte;
	w->count++;
	for (unsigned i = 0; i < run.res.nr_found && i < MAX_FOUND; i++)
		if (run.found[i].pid == task->pid &&
			run.found[i].vma == vma->id &&
			run.found[i].addr == addr)
			return;
	w->missing++;
}

int try_rmap(const struct page *page, bool full)
{
	struct mappers w = { 0, 0 };
	struct op op = make_op(OP_RMAP, page_pfn(run.m, page));
	set_arg(&op, "full", full);
	int status = run_op(&op);
	if (status)
		return status;
	page_mappers(run.m, op.subject, look_for, &w);
	expect_num(w.missing, 0);
	expect_num(w.count, run.res.nr_found);
	return 0;
}
