/*
 * A difference between two states of a region: for the lines of 64 bytes that
 * differ, what one of the two holds.  Applied by exchanging, so that the same
 * bytes lead back as well as forth.
 */
#ifndef HISTORY_DELTA_H
#define HISTORY_DELTA_H

#include "history/barrier.h"

#define DELTA_LINE 64u /* BARRIER_PAGE / 64: a bit of the mask for each */

struct delta;

/* What @old has where @now differs from it, in @count pages @list. */
struct delta *delta_pack(
	const char *old, const char *now, const uint32_t *list, uint32_t count);
void delta_delete(struct delta *d);
size_t delta_bytes(const struct delta *d);

/* Exchange its bytes with those at @base; @b is told of every page. */
void delta_exchange(struct delta *d, char *base, struct barrier *b);

/* Both as one, frees both: where both have a line @first's is taken.  Pages at
 * or above @limit are left out. */
struct delta *delta_merge(
	struct delta *first, struct delta *second, uint32_t limit);
/* With all of the pages [from, to) at @base, which it does not have; frees it.
 */
struct delta *delta_append(
	struct delta *d, const char *base, uint32_t from, uint32_t to);
/* Without the pages at or above @limit; frees it. */
struct delta *delta_cut(struct delta *d, uint32_t limit);

#endif
