/*
 * How much memory may be promised (vm.overcommit_memory).  Inside the core
 * only.
 */
#ifndef CORE_OVERCOMMIT_H
#define CORE_OVERCOMMIT_H

#include "core/machine.h"

enum { OVERCOMMIT_GUESS, OVERCOMMIT_ALWAYS, OVERCOMMIT_NEVER };

/* May @pages more be promised?  0, and they are; or -ENOMEM. */
int vm_enough_memory(struct machine *m, uint64_t pages);
/* They are promised no more. */
void vm_unacct_memory(struct machine *m, uint64_t pages);
/* The same for what is promised since it is VM_ACCOUNT, if it is. */
void vma_unacct(struct machine *m, const struct vm_area_struct *vma,
	uint64_t pages);
/* That is asked already and is counted without a question. */
void vm_acct_memory(struct machine *m, uint64_t pages);
/* MAP_NORESERVE is not heeded where nothing may be promised in vain. */
bool heeds_noreserve(const struct machine *m);

/* Mechanisms: pages that may be promised in mode 0, those there already are
 * not asked for. */
int64_t guess_2_4(const struct machine *m);
int64_t guess_2_6(const struct machine *m);
int64_t guess_4_0(const struct machine *m);
int64_t guess_6_18(const struct machine *m);
/* Mechanisms: below what all that is promised must stay in mode 2. */
int64_t commit_limit_2_6_0(const struct machine *m);
int64_t commit_limit_2_6_11(const struct machine *m);
int64_t commit_limit_4_0(const struct machine *m);

#endif
