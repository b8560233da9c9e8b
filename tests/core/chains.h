/* Chains of 2.6.0 as text. */
#ifndef TESTS_CORE_CHAINS_H
#define TESTS_CORE_CHAINS_H

#include "core/machine.h"

/* "=P" when direct; "[C P][D E]": used slots of each node by task, the head
 * first; "none". */
const char *chain_of(const struct page *page);
/* Nodes in chains, without the one that is kept. */
uint64_t nodes(void);

#endif
