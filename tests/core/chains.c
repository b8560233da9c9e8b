#include "chains.h"
#include "run.h"

#include "core/rmap_chain.h"

#include <stdio.h>
#include <string.h>

/* "P" for the PTE of task P; "-" for none. */
static const char *owner(pte_addr_t pte)
{
	return pte ? mm_owner(run.m, ptep_to_mm(run.m, pte))->name : "-";
}

const char *chain_of(const struct page *page)
{
	static char text[8][512];
	static unsigned turn;
	char *t = text[turn++ % 8];

	if (page->flags & PG(DIRECT)) {
		snprintf(t, 512, "=%s", owner(page->pte.direct));
		return t;
	}
	t[0] = 0;
	if (page_mapcount(page) <= 0)
		return "none";
	for (const struct pte_chain *pc = page->pte.chain; pc; pc = pc->next) {
		strcat(t, "[");
		for (unsigned i = pc->idx; i < run.m->tune.nrpte; i++) {
			strcat(t, owner(pc->ptes[i]));
			if (i + 1 < run.m->tune.nrpte)
				strcat(t, " ");
		}
		strcat(t, "]");
	}
	return t;
}

uint64_t nodes(void)
{
	return run.m->caches[CACHE_PTE_CHAIN].nr_objects -
		(run.m->local_pte_chain != NULL);
}
