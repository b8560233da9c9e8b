/* What the checker's parts for i_mmap share.  Inside check_*mmap*.c only. */
#ifndef CORE_CHECK_I_MMAP_H
#define CORE_CHECK_I_MMAP_H

#include "core/checker.h"
#include "core/i_mmap.h"

/* One address_space being checked. */
struct i_mmap_check {
	struct checker *c;
	const struct address_space *mapping;
	uint32_t vmas;     /* met so far */
	uint32_t writable; /* of them, those that i_mmap_writable counts */
};

/* What is wrong stands at @vma (NULL: at the file); always false. */
bool bad_i_mmap(struct i_mmap_check *k, const char *rule,
	const struct vm_area_struct *vma, uint64_t want, uint64_t got);
/* A VMA met in the structure: it exists, and it was not met too often. */
bool check_i_mmap_vma(struct i_mmap_check *k, const struct vm_area_struct *vma);

/* Each form by its own definition. */
bool check_i_mmap_share(struct i_mmap_check *k);
bool check_i_mmap_list(struct i_mmap_check *k);
bool check_i_mmap_prio(struct i_mmap_check *k);
bool check_i_mmap_tree(struct i_mmap_check *k);

#endif
