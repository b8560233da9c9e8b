/*
 * Between the shadow's state (shadow.c) and its rules (shadow_rules.c).
 */
#ifndef TESTS_CORE_SHADOW_INT_H
#define TESTS_CORE_SHADOW_INT_H

#include "shadow.h"

/* One operation under way. */
struct run_of {
	const struct op *op;
	struct shadow_task *t; /* NULL: no such task alive */
	struct op_result res;
	uint64_t addr, len; /* of the range, if it has one */
	bool hole;	    /* a page of the range was not mapped */
	bool one_vma;	    /* the range lay in one VMA */
	bool mapped;	    /* its first page was mapped */
};

/* What must be true after an operation; it changes the shadow. */
typedef bool shadow_rule(struct shadow *s, struct run_of *r);
extern shadow_rule *const shadow_rules[NR_OPS];
/* Those of shadow_advice.c. */
shadow_rule after_madvise, after_mincore, after_msync;

/* Note what was wrong; always false. */
__attribute__((format(printf, 2, 3))) bool wrong(
	struct shadow *s, const char *format, ...);
/* Argument @name of @op, 0 when it has none; and whether it was given. */
uint64_t get(const struct op *op, const char *name);
bool given(const struct op *op, const char *name);
uint64_t heap_start(const struct shadow *s);
/* The shadow's page for @addr, or NULL outside of what it keeps. */
struct shadow_page *page_at(
	const struct shadow *s, struct shadow_task *t, uint64_t addr);
/* The same read from the machine. */
struct shadow_page machine_page(
	const struct shadow *s, const struct shadow_task *t, uint64_t addr);
bool same_page(const struct shadow_page *a, const struct shadow_page *b);

static inline uint64_t round_up(uint64_t len)
{
	return (len + PAGE_SIZE - 1) & PAGE_MASK;
}

#endif
