/*
 * The fields of every object, described once: the inspector, JSON, Lua's
 * read-only views and the manual are made from these tables.
 */
#ifndef CORE_OBJECTS_H
#define CORE_OBJECTS_H

#include "core/machine.h"
#include "core/trace.h"

/* Which kernels have a field. */
#define IN_2_4 1u
#define IN_2_6_0 2u
#define IN_2_6_11 4u
#define IN_4_0 8u
#define IN_6_18 16u
#define IN_ALL 31u
#define IN_ABOVE(n) ((unsigned)(n) << 8) /* only if NRPTE is larger than n */
#define IN_AVC (IN_4_0 | IN_6_18)
#define IN_ANON_VMA (IN_2_6_11 | IN_AVC)
#define IN_NO_ANON_VMA (IN_2_4 | IN_2_6_0)

struct field {
	const char *name;     /* kernel's name, or ours where it has none */
	enum value_type type; /* how to write it */
	unsigned eras;        /* IN_... */
	bool raw;             /* exactly what the kernel stores */
	uint64_t (*get)(const struct machine *m, const void *object);
	const char *meaning;  /* one sentence */
	const char *source;   /* file of the kernel's source, or "" */
};

struct object_desc {
	enum ref_kind kind;
	const char *name;     /* "vm_area_struct" */
	const char *prefix;   /* in names: "vma" as in vma:4 */
	const struct field *fields; /* ended by a row without a name */
};

/* Of a slot: objects_swap.c. */
extern const struct field swap_fields[];
/* The fields of a file (objects_file.c). */
extern const struct field inode_fields[];
/* Of a node of a maple tree (objects_maple.c). */
extern const struct field maple_fields[];

/* Of zones and slab caches (objects_zone.c). */
extern const struct field zone_fields[];
extern const struct field cache_fields[];
/* Of KSM (objects_ksm.c). */
extern const struct field rmap_item_fields[];
extern const struct field stable_node_fields[];

const struct object_desc *object_desc(enum ref_kind kind);
/* The object a ref names; NULL when it is gone (PTE, ADDR: its task's mm). */
const void *object_find(const struct machine *m, struct ref ref);
bool object_exists(const struct machine *m, struct ref ref);
/* Does this machine's era have the field? */
bool field_present(const struct machine *m, const struct field *f);
const struct field *field_find(const struct machine *m, enum ref_kind kind,
	const char *name);

#endif
