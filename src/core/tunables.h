/* The numbers of struct tunables by name, for who reads or writes them. */
#ifndef CORE_TUNABLES_H
#define CORE_TUNABLES_H

#include "core/machine.h"

enum tunable_kind {
	TUNE_FLAG,     /* bool */
	TUNE_FLAG_NOT, /* bool, kept negated: the name says the opposite */
	TUNE_NUMBER,   /* from min to max */
	TUNE_ONE_OF    /* one of the values */
};

struct tunable {
	const char *name;       /* as in scenario{} */
	enum tunable_kind kind;
	uint64_t min, max;      /* TUNE_NUMBER */
	const uint16_t *values; /* TUNE_ONE_OF: ended by 0 */
	size_t offset, size;    /* of the number in struct tunables */
};

/* The i-th; NULL after the last. */
const struct tunable *tunable_at(unsigned i);
/* The most that @era lets it be. */
uint64_t tunable_max(const struct tunable *t, const struct era *era);
uint64_t tunable_get(const struct tunables *tune, const struct tunable *t);
void tunable_set(struct tunables *tune, const struct tunable *t, uint64_t n);

#endif
