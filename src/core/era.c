/*
 * The generations, oldest first.  What differs between them is what the rows
 * in era_*.c say; nothing else in the core knows which one it runs.
 */
#include "core/era.h"
#include "core/eras.h"

#include <stddef.h>
#include <string.h>

static const struct era *const eras[] = { &era_2_4, &era_2_6_0, &era_2_6_11,
	&era_4_0, &era_6_18 };

#define NR_ERAS (sizeof eras / sizeof *eras)

const struct era *era_at(unsigned i)
{
	return i < NR_ERAS ? eras[i] : NULL;
}

const struct era *era_find(const char *name)
{
	for (size_t i = 0; i < NR_ERAS; i++)
		if (!strcmp(eras[i]->name, name) ||
			(eras[i]->alias && !strcmp(eras[i]->alias, name)))
			return eras[i];
	return NULL;
}

bool era_allows(const struct era *era, const struct paging *paging)
{
	return era->archs & (1u << paging->arch);
}
