/*
 * A file and VMAs that map it, without tasks: what the tests of i_mmap share.
 * VMAs have a name of one or two letters and stand in a model too, an array in
 * the order that the kernel's own walk would have.
 */
#ifndef TESTS_CORE_MAPS_H
#define TESTS_CORE_MAPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/checker.h"
#include "core/i_mmap.h"
#include "core/trace.h"

#define MAPS_MAX 600
#define MAPS_NAME 12

struct maps {
	struct machine *m;
	struct address_space *file;
	const struct i_mmap_ops *form;
	unsigned nr;                      /* VMAs in the file */
	struct vm_area_struct *vma[MAPS_MAX]; /* the model's order */
	unsigned hits[MAPS_MAX];          /* ids, by the last query */
	unsigned nr_hits;
};

extern struct maps maps;

/* Forms by the kernel that has them: "2.4" "2.6.0" "2.6.11" "4.0" "6.18". */
#define NR_FORMS 5
extern const char *const form_era[NR_FORMS];

/* A machine like that of form_era[@i] with an empty file. */
void maps_begin(unsigned i);
void maps_begin_era(const char *era);
int maps_teardown(void **state);

/* Map pages [@first, @last]; flags: VM_... besides reading. */
struct vm_area_struct *maps_put(const char *name, uint64_t first, uint64_t last,
	uint64_t flags);
/* A child's copy of @parent. */
struct vm_area_struct *maps_fork(const char *name,
	struct vm_area_struct *parent);
void maps_drop(struct vm_area_struct *vma);
void maps_change(struct vm_area_struct *vma, uint64_t first, uint64_t last);
struct vm_area_struct *maps_find(const char *name);

/* Texts live until the next call of the same function. */
/* "A C B": names as a walk for [@first, @last] finds them. */
const char *maps_query(uint64_t first, uint64_t last);
/* "A 1LC 2LF+G": depth, side and name, a set behind its node. */
const char *maps_shape(void);
/* The rule that the checker finds broken, or "". */
const char *maps_broken(void);

#endif
