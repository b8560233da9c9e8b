/*
 * Tasks, regions and addresses as a person names them: "child", "heap[1]",
 * "vma3", "7ffff7ffd000".
 */
#include "tui/state.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t task_parse(const struct machine *m, const char *text)
{
	char *end;
	unsigned long pid;

	for (uint32_t i = m->tasks.last; i; i--) {
		const struct task_struct *task = task_find(m, i);

		if (task && !task->exited && !strcmp(task->name, text))
			return i;
	}
	pid = strtoul(text, &end, 10);
	if (*end || end == text || pid > m->tasks.last ||
		!task_find(m, (uint32_t)pid))
		return 0;
	return (uint32_t)pid;
}

/* -- addresses ---------------------------------------------------------- */

/* A region as mmap gave it: plain numbers, whatever became of it since. */
struct region {
	uint64_t addr, len;
};

/* Is @pid the task @of, or does it descend from it by forks? */
static bool descends(const struct machine *m, uint32_t pid, uint32_t of)
{
	const struct task_struct *task;

	for (; pid && pid != of; pid = task ? task->parent : 0)
		task = task_find(m, pid);
	return pid == of;
}

static bool maps_name(const struct look *look, uint32_t pid,
	const struct op *op, const char *name)
{
	return op && op->id == OP_MMAP && !strcmp(op->text, name) &&
	       descends(look->m, pid, op->subject);
}

/* In the calls of a batch, newest first. */
static bool region_in_batch(const struct look *look, uint32_t pid, uint32_t n,
	uint32_t calls, const char *name, struct region *region)
{
	while (calls--) {
		struct op_result res = { 0 };
		const struct op *op = history_call(look->h, n, calls, &res);

		if (!maps_name(look, pid, op, name) || res.status)
			continue;
		*region = (struct region){ res.value, res.len };
		return true;
	}
	return false;
}

/* The newest region @name that the task or one it descends from has mapped. */
static bool region_find(const struct look *look, uint32_t pid, const char *name,
	struct region *region)
{
	for (uint32_t n = look->pos.op; n; n--) {
		const struct step *step = history_step(look->h, n);

		if (step->calls && region_in_batch(look, pid, n, step->calls,
					   name, region))
			return true;
		if (!maps_name(look, pid, &step->op, name) || step->status)
			continue;
		*region = (struct region){ step->value, step->len };
		return true;
	}
	return false;
}

static const struct vm_area_struct *vma_numbered(
	const struct machine *m, const char *text)
{
	char *end;
	unsigned long id;

	if (strncmp(text, "vma", 3))
		return NULL;
	id = strtoul(text + 3 + (text[3] == ':'), &end, 10);
	if (*end || end == text || id > UINT32_MAX)
		return NULL;
	return vma_by_id(m, (uint32_t)id);
}

static bool name_parse(const struct look *look, uint32_t pid, const char *name,
	struct region *region)
{
	const struct vm_area_struct *vma = vma_numbered(look->m, name);

	if (!vma)
		return region_find(look, pid, name, region);
	*region = (struct region){ vma->vm_start, vma->vm_end - vma->vm_start };
	return true;
}

#define PAGE_INDEX_MAX (1ul << 36) /* pages of 48 bits of addresses */

/* "heap" or "heap[1]". */
static bool region_parse(const struct look *look, uint32_t pid,
	const char *text, uint64_t *addr, uint64_t *len)
{
	size_t n = strcspn(text, "[");
	char name[NAME_SIZE], *end = NULL;
	struct region region;
	unsigned long page = 0;

	if (!n || n >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	if (!name_parse(look, pid, name, &region))
		return false;
	if (text[n]) {
		page = strtoul(text + n + 1, &end, 0);
		if (end == text + n + 1 || strcmp(end, "]") ||
			page > PAGE_INDEX_MAX)
			return false;
	}
	*addr = region.addr + page * PAGE_SIZE;
	*len = text[n] ? 0 : region.len;
	return true;
}

bool address_parse(const struct look *look, uint32_t pid, const char *text,
	uint64_t *addr, uint64_t *len)
{
	char *end;

	*len = 0;
	if (region_parse(look, pid, text, addr, len))
		return true;
	if (!isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	*addr = strtoull(text, &end, 16);
	return !*end && !errno;
}
