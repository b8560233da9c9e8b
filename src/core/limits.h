/*
 * What bounds an address space: the limits of setrlimit(), and the counts of
 * pages that they are compared with.  Inside the core only.
 */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#include "core/machine.h"

/* RLIMIT_STACK of a task of spawn, as Linux has it. */
#define STACK_LIMIT (8ull << 20)

/* What setrlimit() has not been asked for. */
void limits_default(uint64_t rlim[NR_LIMITS]);
/* setrlimit() of those limits whose bit (1 << LIMIT_) is set in @which. */
void do_setrlimit(struct machine *m, struct task_struct *task, unsigned which,
	const uint64_t rlim[NR_LIMITS]);
/* That of the task whose operation runs; NO_LIMIT where none does. */
uint64_t rlimit(const struct machine *m, unsigned limit);

/* May the mm have @pages more (less, if negative) of such memory?  RLIMIT_AS,
 * since 4.7 RLIMIT_DATA for what is private and writable. */
bool may_expand_vm(struct machine *m, const struct mm_struct *mm,
	uint64_t vm_flags, int64_t pages);
/* Count them. */
void vm_stat_account(struct mm_struct *mm, uint64_t vm_flags, int64_t pages);

/* CAP_IPC_LOCK of the task whose operation runs. */
bool capable_ipc_lock(const struct machine *m);
/* May it lock anything at all?  0 or -EPERM. */
int can_do_mlock(const struct machine *m);
/* May @pages more than are locked now be locked? */
bool memlock_ok(struct machine *m, const struct mm_struct *mm,
	uint64_t pages);
/* The same for new memory with these flags (mlock_future_check, _ok). */
bool mlock_future_ok(struct machine *m, const struct mm_struct *mm,
	uint64_t vm_flags, uint64_t bytes);

#endif
