/*
 * RLIMIT_AS, DATA, STACK and MEMLOCK.  They belong to a task and are inherited;
 * what is compared with them belongs to its mm.
 *
 * Invariant: total_vm is the number of pages of all VMAs; each page is counted
 * once more in exec_vm, stack_vm or data_vm, if its VMA is such (6.18 mm/vma.h
 * is_exec_mapping, is_stack_mapping, is_data_mapping, in this order).
 */
#include "core/limits.h"
#include "core/emit.h"
#include "core/mechanism.h"

#include <errno.h>

void limits_default(uint64_t rlim[NR_LIMITS])
{
	for (int i = 0; i < NR_LIMITS; i++)
		rlim[i] = NO_LIMIT;
	rlim[LIMIT_STACK] = STACK_LIMIT;
}

void do_setrlimit(struct machine *m, struct task_struct *task, unsigned which,
	const uint64_t rlim[NR_LIMITS])
{
	static const char *const names[NR_LIMITS] = { "rlim_as", "rlim_data",
		"rlim_stack", "rlim_memlock" };

	for (int i = 0; i < NR_LIMITS; i++) {
		uint64_t old = task->rlim[i];

		if (!(which & 1u << i))
			continue;
		task->rlim[i] = rlim[i];
		tell_set(m, task_ref(task), names[i], VT_INT, old, rlim[i]);
	}
	if (which & 1u << LIMIT_MEMLOCK)
		task->no_ipc_lock = true;
}

static const struct task_struct *current_task(const struct machine *m)
{
	return m->current_pid ? task_find(m, m->current_pid) : NULL;
}

uint64_t rlimit(const struct machine *m, unsigned limit)
{
	const struct task_struct *task = current_task(m);

	return task ? task->rlim[limit] : NO_LIMIT;
}

/* -- pages of an mm ------------------------------------------------------- */

static bool is_exec(uint64_t vm_flags)
{
	return (vm_flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC;
}

static bool is_stack(uint64_t vm_flags)
{
	return vm_flags & VM_GROWSDOWN;
}

static bool is_data(uint64_t vm_flags)
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

void vm_stat_account(struct mm_struct *mm, uint64_t vm_flags, int64_t pages)
{
	mm->total_vm += (uint64_t)pages;
	if (is_exec(vm_flags))
		mm->exec_vm += (uint64_t)pages;
	else if (is_stack(vm_flags))
		mm->stack_vm += (uint64_t)pages;
	else if (is_data(vm_flags))
		mm->data_vm += (uint64_t)pages;
}

/* Tell that @limit (bytes) forbids @bytes. */
static bool over(struct machine *m, const struct mm_struct *mm,
	unsigned limit, uint64_t bytes)
{
	static const char *const names[NR_LIMITS] = { "RLIMIT_AS",
		"RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_MEMLOCK" };

	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_LIMIT, .o = mm_ref(mm),
				     .type = VT_INT, .old = bytes,
				     .new = rlimit(m, limit),
				     .field = names[limit] });
	return false;
}

bool may_expand_vm(struct machine *m, const struct mm_struct *mm,
	uint64_t vm_flags, int64_t pages)
{
	uint64_t total = mm->total_vm + (uint64_t)pages;
	uint64_t data = mm->data_vm + (uint64_t)pages;

	if (total > rlimit(m, LIMIT_AS) >> PAGE_SHIFT)
		return over(m, mm, LIMIT_AS, total << PAGE_SHIFT);
	if (ops_of(m)->limits_data && is_data(vm_flags) &&
		data > rlimit(m, LIMIT_DATA) >> PAGE_SHIFT)
		return over(m, mm, LIMIT_DATA, data << PAGE_SHIFT);
	return true;
}

/* -- locked memory -------------------------------------------------------- */

bool capable_ipc_lock(const struct machine *m)
{
	const struct task_struct *task = current_task(m);

	return !task || !task->no_ipc_lock;
}

int can_do_mlock(const struct machine *m)
{
	if (capable_ipc_lock(m))
		return 0;
	return ops_of(m)->memlock_allows && rlimit(m, LIMIT_MEMLOCK) ? 0
								     : -EPERM;
}

/* Before 2.6.11 the limit binds those who have the capability, too. */
bool memlock_ok(struct machine *m, const struct mm_struct *mm, uint64_t pages)
{
	uint64_t locked = mm->locked_vm + pages;

	if (ops_of(m)->memlock_allows && capable_ipc_lock(m))
		return true;
	if (locked <= rlimit(m, LIMIT_MEMLOCK) >> PAGE_SHIFT)
		return true;
	return over(m, mm, LIMIT_MEMLOCK, locked << PAGE_SHIFT);
}

bool mlock_future_ok(struct machine *m, const struct mm_struct *mm,
	uint64_t vm_flags, uint64_t bytes)
{
	return !(vm_flags & VM_LOCKED) ||
		memlock_ok(m, mm, bytes >> PAGE_SHIFT);
}
