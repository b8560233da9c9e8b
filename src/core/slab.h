/*
 * Slabs: where simulated kernel objects live, on accounted frames, in the
 * kernel's sizes.
 */
#ifndef CORE_SLAB_H
#define CORE_SLAB_H

#include "core/machine.h"

/* Set up the caches of the machine's era. */
void slab_init(struct machine *m);

/* A zeroed object of cache @id; NULL when no frame is left for a new slab.
 * Fill it in and number it, then tell of it. */
void *slab_alloc(struct machine *m, enum slab_cache_id id);
/* The same for those who hold a lock that reclaim may take. */
void *slab_alloc_nowait(struct machine *m, enum slab_cache_id id);
void slab_tell(struct machine *m, enum slab_cache_id id, struct ref ref);
/* @ref names it in the event. */
void slab_free(struct machine *m, enum slab_cache_id id, void *object,
	struct ref ref);

/* The slab that holds an object which is handed out. */
const struct slab *slab_of_object(const void *object);
/* Object @i of a slab; only if it is handed out may it be read. */
const void *slab_object(const struct kmem_cache *cache, const struct slab *slab,
	unsigned i);

/* For sanitizers: poison every free object (after a restore). */
void slab_poison_free(struct machine *m);

/* Call @fn for each slab of @cache; for the checker. */
typedef void slab_fn(void *ctx, const struct slab *slab);
void slab_for_each(const struct kmem_cache *cache, slab_fn *fn, void *ctx);

#endif
