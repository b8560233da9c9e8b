/* How the tables of fields read them.  For objects*.c only. */
#ifndef CORE_OBJECTS_GET_H
#define CORE_OBJECTS_GET_H

#include "core/objects.h"

/* field.get @name for objects of @type: @expr, where o is the object. */
#define GET(type, name, expr)                                                  \
	static uint64_t name(const struct machine *m, const void *object)      \
	{                                                                      \
		const type *o = object;                                        \
		(void)m;                                                       \
		return (uint64_t)(expr);                                       \
	}

/* A VT_REF's value: number @id of a kind; 0: NULL. */
static inline uint64_t as_ref(enum ref_kind kind, uint64_t id)
{
	return id ? (uint64_t)kind << 32 | id : 0;
}

#endif
