/* The table of numbers that scenario{} may choose. */
#include "core/tunables.h"

#include <string.h>

#define TUNES(field)                                                           \
	offsetof(struct tunables, field),                                      \
		sizeof(((struct tunables *)0)->field)

/* Cache lines of 16 to 128 bytes, less the pointer, 4 bytes a PTE (2.6.0
 * mm/rmap.c NRPTE). */
static const uint16_t nrpte_values[] = { 3, 7, 15, 31, 0 };
/* fault_around_bytes is a power of two and lies in one page table (6.18
 * mm/memory.c fault_around_bytes_set). */
static const uint16_t around_values[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512,
	0 };

static const struct tunable tunables[] = {
	{ "oom_killer", TUNE_FLAG_NOT, 0, 1, NULL, TUNES(no_oom_killer) },
	{ "lru_batches", TUNE_FLAG, 0, 1, NULL, TUNES(lru_batches) },
	{ "pcp", TUNE_FLAG, 0, 1, NULL, TUNES(pcp) },
	{ "swappiness", TUNE_NUMBER, 0, 100, NULL, TUNES(swappiness) },
	{ "page_cluster", TUNE_NUMBER, 0, 6, NULL, TUNES(page_cluster) },
	{ "nrpte", TUNE_ONE_OF, 0, 0, nrpte_values, TUNES(nrpte) },
	{ "fault_around", TUNE_ONE_OF, 0, 0, around_values,
		TUNES(fault_around) },
	{ "swap_cluster", TUNE_NUMBER, 1, 1024, NULL, TUNES(swap_cluster) },
	{ "pages_min", TUNE_NUMBER, 0, 1 << 24, NULL, TUNES(pages_min) },
	{ "overcommit", TUNE_NUMBER, 0, 2, NULL, TUNES(overcommit) },
	{ "overcommit_ratio", TUNE_NUMBER, 0, 255, NULL,
		TUNES(overcommit_ratio) },
	{ "max_map_count", TUNE_NUMBER, 1, 1 << 20, NULL,
		TUNES(max_map_count) },
};

const struct tunable *tunable_at(unsigned i)
{
	return i < sizeof(tunables) / sizeof(*tunables) ? &tunables[i] : NULL;
}

uint64_t tunable_max(const struct tunable *t, const struct era *era)
{
	bool differs = t->offset == offsetof(struct tunables, swappiness);

	return differs && era->max_swappiness ? era->max_swappiness : t->max;
}

uint64_t tunable_get(const struct tunables *tune, const struct tunable *t)
{
	const char *at = (const char *)tune + t->offset;
	uint64_t n64;
	uint32_t n32;
	uint16_t n16;
	bool flag;

	if (t->kind == TUNE_FLAG || t->kind == TUNE_FLAG_NOT) {
		memcpy(&flag, at, sizeof(flag));
		return flag != (t->kind == TUNE_FLAG_NOT);
	}
	if (t->size == sizeof(uint8_t))
		return *(const uint8_t *)at;
	if (t->size == sizeof(n16)) {
		memcpy(&n16, at, sizeof(n16));
		return n16;
	}
	if (t->size == sizeof(n32)) {
		memcpy(&n32, at, sizeof(n32));
		return n32;
	}
	memcpy(&n64, at, sizeof(n64));
	return n64;
}

void tunable_set(struct tunables *tune, const struct tunable *t, uint64_t n)
{
	char *at = (char *)tune + t->offset;
	bool flag = (n != 0) != (t->kind == TUNE_FLAG_NOT);
	uint32_t n32 = (uint32_t)n;
	uint16_t n16 = (uint16_t)n;
	uint8_t n8 = (uint8_t)n;

	if (t->kind == TUNE_FLAG || t->kind == TUNE_FLAG_NOT)
		memcpy(at, &flag, sizeof(flag));
	else if (t->size == sizeof(n8))
		memcpy(at, &n8, sizeof(n8));
	else if (t->size == sizeof(n16))
		memcpy(at, &n16, sizeof(n16));
	else if (t->size == sizeof(n32))
		memcpy(at, &n32, sizeof(n32));
	else
		memcpy(at, &n, sizeof(n));
}
