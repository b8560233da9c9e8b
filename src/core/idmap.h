/* Numbers for objects, and objects by number.  Inside the core only. */
#ifndef CORE_IDMAP_H
#define CORE_IDMAP_H

#include "core/machine.h"

/* The next number of @map, naming nothing yet. */
uint32_t idmap_next(const struct idmap *map);
/* Give number idmap_next() to @object. */
void idmap_add(struct machine *m, struct idmap *map, void *object);
/* The number names nothing from now on. */
void idmap_remove(struct idmap *map, uint32_t id);
void *idmap_find(const struct idmap *map, uint32_t id);

#endif
