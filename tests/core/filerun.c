/* Files by name, and operations on them. */
#include "filerun.h"

#include "core/page_tree.h"

#include <stdio.h>
#include <string.h>

struct inode *file_named(const char *name)
{
	for (uint32_t id = 1; id <= run.m->inodes.last; id++) {
		struct inode *inode = inode_by_id(run.m, id);
		if (inode && !strcmp(inode_name(run.m, id), name))
			return inode;
	}
	fail_msg("no file %s", name);
	return NULL;
}

struct inode *file_at(const char *task, uint64_t page)
{
	struct vm_area_struct *v = vma_at(task, page);
	assert_non_null(v);
	return v->vm_file;
}

int try_file(const char *name, uint64_t pages, bool hole, bool tmpfs)
{
	struct op op = make_op(OP_FILE, 0);
	set_text(&op, name);
	set_arg(&op, "pages", pages);
	set_arg(&op, "hole", hole);
	set_arg(&op, "tmpfs", tmpfs);
	return run_op(&op);
}

int try_map_file(uint32_t pid, uint64_t addr, uint64_t len, unsigned prot,
	const char *name, uint64_t pgoff, bool shared)
{
	struct op op = make_op(OP_MMAP, pid);
	set_arg(&op, "addr", addr);
	set_arg(&op, "len", len);
	set_arg(&op, "prot", prot);
	set_arg(&op, "fixed", 1);
	set_arg(&op, "shared", shared);
	if (name)
		set_arg(&op, "file", file_named(name)->id);
	if (pgoff)
		set_arg(&op, "pgoff", pgoff);
	return run_op(&op);
}

static struct op file_op(enum op_id id, const char *name)
{
	return make_op(id, file_named(name)->id);
}

int try_pread(const char *name, uint64_t page)
{
	struct op op = file_op(OP_PREAD, name);
	set_arg(&op, "page", page);
	return run_op(&op);
}

int try_pwrite(const char *name, uint64_t page, value_t value)
{
	struct op op = file_op(OP_PWRITE, name);
	set_arg(&op, "page", page);
	set_arg(&op, "value", value);
	return run_op(&op);
}

int try_truncate(const char *name, uint64_t pages)
{
	struct op op = file_op(OP_FTRUNCATE, name);
	set_arg(&op, "pages", pages);
	return run_op(&op);
}

int try_sync(const char *name)
{
	struct op op = file_op(OP_FSYNC, name);
	return run_op(&op);
}

struct page *cached(const char *name, uint64_t index)
{
	return entry_page(cache_entry(file_named(name), index));
}

const char *value_text(value_t value)
{
	static char texts[8][64];
	static unsigned next;
	char *text = texts[next++ % 8];
	if (VALUE_TAG(value) == VALUE_FILE)
		snprintf(text, 64, "%s#%u",
			inode_name(run.m, value_file(value)),
			(unsigned)value & 0xffffff);
	else
		snprintf(text, 64, "%lld", (long long)value);
	return text;
}

const char *text_at(const char *task, uint64_t page)
{
	int status = try_read(pid_of(task), addr_of(page));
	return status ? status_name(status) : value_text(run.res.value);
}

const char *text_in(const char *name, uint64_t index)
{
	int status = try_pread(name, index);
	return status ? status_name(status) : value_text(run.res.value);
}

void finish_files(void)
{
	for (unsigned i = 0; i < run.nr_tasks; i++)
		if (!task_find(run.m, run.task[i].pid)->exited)
			assert_int_equal(try_exit(run.task[i].pid), 0);
	uint64_t pages = 0, files = 0;
	for (uint32_t id = 1; id <= run.m->inodes.last; id++) {
		const struct inode *inode = inode_by_id(run.m, id);
		if (!inode)
			continue;
		assert_false(inode->hidden);
		assert_int_equal(inode->i_mapping.nr_mmap, 0);
		pages += inode->i_mapping.nrpages;
		files++;
	}
	expect_num(count_frames(PAGE_ANON), 0);
	expect_num(count_frames(PAGE_TABLE), 0);
	expect_num(count_frames(PAGE_FILE) + count_frames(PAGE_SHMEM), pages);
	for (unsigned i = 0; i < NR_CACHES; i++)
		expect_num(run.m->caches[i].nr_objects,
			i == CACHE_INODE ? files
					 : i == CACHE_PTE_CHAIN &&
						 run.m->local_pte_chain);
	expect_num(free_frames(run.m) + count_frames(PAGE_SLAB) + pages,
		run.free_at_start);
	machine_delete(run.m);
	run.m = NULL;
}

/* @args: a number, a word or NULL. */
int try_exec(uint32_t pid, const char *name, uint64_t text, uint64_t data,
	uint64_t bss, const char *args)
{
	struct op op = make_op(OP_EXEC, pid);
	set_arg(&op, "file", file_named(name)->id);
	set_arg(&op, "text", text);
	set_arg(&op, "data", data);
	set_arg(&op, "bss", bss);
	if (args) {
		set_arg(&op, "args", 0);
		set_text(&op, args);
		op.text_value = true;
	}
	return run_op(&op);
}
