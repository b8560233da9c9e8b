/*
 * Keyframes: instants of a run to which the region can be set back, or forth
 * again, without running anything.
 */
#ifndef HISTORY_KEYFRAMES_H
#define HISTORY_KEYFRAMES_H

#include "history/barrier.h"

/* Where a keyframe stands: operations done << 32 | calls done of the batch
 * that is the next one.  Compared as a number. */
typedef uint64_t place_t;

#define PLACE_END UINT64_MAX

static inline place_t place_of(uint32_t op, uint32_t call)
{
	return (place_t)op << 32 | call;
}

static inline uint32_t place_op(place_t p)
{
	return (uint32_t)(p >> 32);
}

static inline uint32_t place_call(place_t p)
{
	return (uint32_t)p;
}

struct mark {
	place_t place;
	uint64_t work; /* done from the start to here, in units of the owner */
};

struct keyframes;

/* The first keyframe is the present state, at place 0 with no work done; it
 * is never given up.  @budget: bytes for all, see keyframes_budget(). */
struct keyframes *keyframes_new(
	const struct region *region, enum barrier_kind kind, size_t budget);
/* Before the region goes away. */
void keyframes_delete(struct keyframes *k);

/*
 * When they need more than @budget bytes keyframes are given up: those that
 * are close together in work for their distance from the present one first.
 * The first and the present are kept whatever they need.
 */
void keyframes_budget(struct keyframes *k, size_t budget);

/*
 * The present state becomes a keyframe; nothing if it is one already.  Between
 * two seeks places ascend, and who arrives at keyframes_next() takes it, too.
 */
void keyframes_take(struct keyframes *k, struct mark mark);
/* What taking one now would have to copy: the bytes of the way from the last
 * one to the next, which it splits. */
size_t keyframes_gap(const struct keyframes *k);
/* The last keyframe at or before the present state. */
struct mark keyframes_present(const struct keyframes *k);
/* The one after it; PLACE_END when there is none. */
place_t keyframes_next(const struct keyframes *k);
/* The last one at or before @place, which may lie in the future. */
struct mark keyframes_before(const struct keyframes *k, place_t place);
/* Set the region to the state of keyframes_before(k, place), always. */
struct mark keyframes_seek(struct keyframes *k, place_t place);
/* The future will be another one: forget the keyframes after the present. */
void keyframes_drop_future(struct keyframes *k);

uint32_t keyframes_count(const struct keyframes *k);
size_t keyframes_bytes(const struct keyframes *k);

#endif
