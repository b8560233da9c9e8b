/*
 * What every task sees: its VMAs, and for each page its protection and what it
 * would read there, by the page tables, the swap area and the files' caches.
 * Two such views, before and after an operation, tell what it has changed; what
 * it may change follows from what the operation is.
 */
#ifndef TESTS_CORE_CALM_H
#define TESTS_CORE_CALM_H

#include "core/machine.h"
#include "core/ops.h"

#define CALM_TASKS 24
#define CALM_VMAS 160
#define CALM_PAGES 1200 /* of a task */
#define CALM_FILES 8
#define CALM_FILE_PAGES 64

enum what { SEEN_VALUE, SEEN_BUS, SEEN_GUARD };

struct seen {
	uint64_t addr;
	uint64_t flags;	 /* of its VMA */
	uint64_t index;	 /* page of the file */
	value_t value;
	uint32_t file;	 /* 0: anonymous */
	uint8_t what;	 /* enum what */
	bool own;	 /* not the file's page: anonymous, or a copy */
	bool may_vanish; /* given up by MADV_FREE, or of MAP_DROPPABLE */
};

struct seen_vma {
	uint64_t start, end, flags, pgoff;
	uint32_t file;
};

struct view {
	uint32_t pid;
	const struct mm_struct *mm; /* compared only, never followed */
	uint64_t brk;
	unsigned nr_vmas, nr;
	struct seen_vma vma[CALM_VMAS];
	struct seen page[CALM_PAGES];
};

struct calm {
	unsigned nr;	 /* tasks that live */
	bool full;	 /* more than there is room for */
	struct view task[CALM_TASKS];
	struct {
		uint64_t size;
		value_t value[CALM_FILE_PAGES];
	} file[CALM_FILES]; /* those with a name, by number */
};

void calm_look(const struct machine *m, struct calm *c);
const struct view *calm_task(const struct calm *c, uint32_t pid);
const struct seen *calm_page(const struct view *v, uint64_t addr);

/* Has @op changed only what it may?  Else *why says what, for people. */
bool calm_compare(const struct calm *before, const struct calm *after,
	const struct op *op, const struct op_result *res, char why[200]);

#endif
