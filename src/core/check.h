/*
 * The checker: what must be true of a machine between two operations, written
 * from the definitions and not from the code that it checks.
 */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include "core/machine.h"

/* What is wrong: which rule, about what, what was expected and what is. */
struct check_failure {
	const char *rule; /* name of the rule: "mapcount" ... (static) */
	struct ref o;
	uint64_t want;
	uint64_t got;
};

/* True when all rules hold; otherwise @f tells the first that does not. */
bool machine_check(const struct machine *m, struct check_failure *f);

#endif
