/* What the forms of i_mmap share.  Inside i_mmap*.c only. */
#ifndef CORE_I_MMAP_IN_H
#define CORE_I_MMAP_IN_H

#include "core/emit.h"
#include "core/i_mmap.h"
#include "core/mechanism.h"

#include <string.h>

/* A walk under way. */
struct i_mmap_query {
	struct machine *m;
	uint64_t first, last;    /* pages of the file that it asks for */
	i_mmap_visitor *visitor; /* for each VMA that maps one of them */
	void *ctx;               /* the visitor's */
	uint64_t found;          /* VMAs given to it */
};

/* Look at @vma: give it to the visitor if it maps what is asked for.  False:
 * the visitor has enough. */
bool i_mmap_visit(struct i_mmap_query *q, struct vm_area_struct *vma);
/* Tell why a part of the structure is left out. */
void i_mmap_skip(struct i_mmap_query *q, enum event_id why,
	struct vm_area_struct *vma, uint64_t index);

#endif
