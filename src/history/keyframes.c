/*
 * frame[0..count) by place.  The region is at frame[now] or beyond it, before
 * frame[now + 1]; the barrier knows what was written since frame[now].
 *
 * frame[i].delta leads from one side of the gap between i and i + 1 to the
 * other; it is NULL only in the last frame.
 *   i < now:  what frame i had where frame i + 1 differs (way back)
 *   i >= now: what frame i + 1 had where frame i differs (way forth), with all
 *             pages that it has and frame i has not
 * Going over a gap exchanges the bytes, which turns the one into the other.
 */
#include "history/keyframes.h"
#include "history/alloc.h"
#include "history/delta.h"
#include "history/raw.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* From here on a state may be more than any budget is meant for. */
#define LARGE_STATE ((size_t)32 << 20)

/* Bounds of thinning, see there. */
#define FIRST_BOUND (1.0 / 4096)
#define LAST_BOUND 1e12

struct frame {
	struct mark mark;
	size_t used;	     /* bytes of the region in use */
	struct delta *delta; /* to or from the next frame, see above */
};

struct keyframes {
	struct region region;
	struct barrier *barrier; /* knows what changed since frame[now] */
	struct frame *frame;	 /* ascending by place */
	size_t room;		 /* of frame */
	size_t count;		 /* frames, at least 1 */
	size_t now;		 /* the present one */
	size_t bytes;		 /* of all deltas */
	size_t budget;		 /* for bytes */
};

static size_t used_now(const struct keyframes *k)
{
	return k->region.used(k->region.ctx);
}

/* Exchange frame @i's delta; the sum of bytes follows. */
static void set_delta(struct keyframes *k, size_t i, struct delta *d)
{
	k->bytes -= delta_bytes(k->frame[i].delta);
	k->frame[i].delta = d;
	k->bytes += delta_bytes(d);
}

/* Take frame @i's delta away. */
static struct delta *pull_delta(struct keyframes *k, size_t i)
{
	struct delta *d = k->frame[i].delta;

	k->bytes -= delta_bytes(d);
	k->frame[i].delta = NULL;
	return d;
}

struct keyframes *keyframes_new(
	const struct region *region, enum barrier_kind kind, size_t budget)
{
	struct keyframes *k = xcalloc(1, sizeof(*k));

	k->region = *region;
	k->budget = budget;
	k->barrier = barrier_new(region, kind);
	k->frame = xgrow(NULL, &k->room, 1, sizeof(*k->frame));
	k->frame[0] = (struct frame){ .used = used_now(k) };
	k->count = 1;
	barrier_begin(k->barrier);
	return k;
}

void keyframes_delete(struct keyframes *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->count; i++)
		delta_delete(k->frame[i].delta);
	barrier_delete(k->barrier);
	free(k->frame);
	free(k);
}

/* -- the budget ---------------------------------------------------------- */

/*
 * Frames are thinned by the work of the gap that giving one up would leave,
 * against its distance from the present: a frame goes when this ratio is below
 * a bound.  So gaps grow with distance, and what is replayed to reach a place
 * is a share of the way there.  The bound is raised until the budget holds,
 * with some room left, so that a pass over all frames is rare.
 */
static bool is_missed(const struct keyframes *k, const struct frame *before,
	const struct frame *f, double bound)
{
	uint64_t gap = f[1].mark.work - before->mark.work;
	uint64_t here = k->frame[k->now].mark.work;
	uint64_t there = f->mark.work;
	uint64_t away = there > here ? there - here : here - there;

	return (double)gap >= bound * ((double)away + 1);
}

/* Frame @i is given up: its delta joins that of the frame before, @to. */
static void join(struct keyframes *k, size_t to, size_t i)
{
	struct delta *near = pull_delta(k, to);
	struct delta *far = pull_delta(k, i);

	if (i <= k->now)
		near = delta_merge(
			near, far, barrier_pages(k->frame[to].used));
	else
		near = delta_merge(far, near, UINT32_MAX);
	set_delta(k, to, near);
}

/* One pass, oldest first, until no more than @bytes are held; the first, the
 * present and the last frame stay. */
static void thin(struct keyframes *k, double bound, size_t bytes)
{
	size_t kept = 0, now = k->now;

	for (size_t i = 1; i < k->count; i++) {
		size_t left = kept + 1 + k->count - i;
		bool stays = i == k->now || i + 1 == k->count ||
			     k->bytes + left * sizeof(*k->frame) <= bytes ||
			     is_missed(k, &k->frame[kept], &k->frame[i], bound);

		if (!stays) {
			join(k, kept, i);
			continue;
		}
		k->frame[++kept] = k->frame[i];
		if (i == k->now)
			now = kept;
	}
	k->now = now;
	k->count = kept + 1;
}

static size_t bytes_held(const struct keyframes *k)
{
	return k->bytes + k->count * sizeof(*k->frame);
}

/* A state of which the budget could not hold one copy gets room for two:
 * else each new keyframe would be merged with all there is. */
static size_t budget_now(const struct keyframes *k)
{
	size_t least = 2 * used_now(k);

	return least > LARGE_STATE && least > k->budget ? least : k->budget;
}

static void keep_budget(struct keyframes *k)
{
	size_t budget = budget_now(k);

	for (double bound = FIRST_BOUND;
		bytes_held(k) > budget && bound < LAST_BOUND; bound *= 2)
		thin(k, bound, budget - budget / 8);
}

void keyframes_budget(struct keyframes *k, size_t budget)
{
	k->budget = budget;
	keep_budget(k);
}

/* -- taking one ---------------------------------------------------------- */

/* What frame[now] had where the region differs from it now. */
static struct delta *pack_changes(struct keyframes *k)
{
	uint32_t count;
	const uint32_t *list = barrier_changes(k->barrier, &count);

	return delta_pack(barrier_old(k->barrier), k->region.base, list, count);
}

static struct delta *copy_of(const struct delta *d)
{
	return memcpy(xmalloc(delta_bytes(d)), d, delta_bytes(d));
}

/*
 * A new frame behind the present one.  If there was a way forth over the gap
 * that it splits, the new frame's leads to the same state: where that way says
 * nothing, the state there is the present frame's, which @back knows.
 */
static void insert_frame(
	struct keyframes *k, struct mark mark, struct delta *back)
{
	struct delta *forth = pull_delta(k, k->now);

	assert(mark.place > keyframes_present(k).place);
	assert(mark.place < keyframes_next(k));
	if (forth)
		forth = delta_merge(forth, copy_of(back), UINT32_MAX);
	k->frame = xgrow(k->frame, &k->room, k->count + 1, sizeof(*k->frame));
	memmove(&k->frame[k->now + 2], &k->frame[k->now + 1],
		(k->count - k->now - 1) * sizeof(*k->frame));
	k->count++;
	k->frame[k->now + 1] = (struct frame){ mark, used_now(k), NULL };
	set_delta(k, k->now + 1, forth);
}

void keyframes_take(struct keyframes *k, struct mark mark)
{
	struct delta *back;

	if (k->frame[k->now].mark.place == mark.place)
		return;
	back = pack_changes(k);
	if (k->now + 1 < k->count &&
		k->frame[k->now + 1].mark.place == mark.place)
		delta_delete(pull_delta(k, k->now));
	else
		insert_frame(k, mark, back);
	set_delta(k, k->now, back);
	k->now++;
	barrier_begin(k->barrier);
	keep_budget(k);
}

/* -- going to one -------------------------------------------------------- */

/* From beyond frame[now] back to it. */
static void undo(struct keyframes *k)
{
	uint32_t count;
	const uint32_t *list = barrier_changes(k->barrier, &count);
	const char *old = barrier_old(k->barrier);

	for (uint32_t i = 0; i < count; i++) {
		size_t at = (size_t)list[i] * BARRIER_PAGE;

		raw_copy(k->region.base + at, old + at, BARRIER_PAGE);
	}
}

static void go_back(struct keyframes *k)
{
	struct delta *d = pull_delta(k, k->now - 1);
	uint32_t from = barrier_pages(k->frame[k->now - 1].used);
	uint32_t to = barrier_pages(k->frame[k->now].used);

	delta_exchange(d, k->region.base, k->barrier);
	d = delta_append(d, k->region.base, from, to);
	k->now--;
	set_delta(k, k->now, d);
}

static void go_forth(struct keyframes *k)
{
	struct delta *d = pull_delta(k, k->now);
	uint32_t limit = barrier_pages(k->frame[k->now].used);

	k->region.commit(k->region.ctx, k->frame[k->now + 1].used);
	delta_exchange(d, k->region.base, k->barrier);
	set_delta(k, k->now, delta_cut(d, limit));
	k->now++;
}

/* Index of the last frame at or before @place. */
static size_t index_before(const struct keyframes *k, place_t place)
{
	size_t low = 0;
	size_t high = k->count;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (k->frame[mid].mark.place <= place)
			low = mid;
		else
			high = mid;
	}
	return low;
}

struct mark keyframes_seek(struct keyframes *k, place_t place)
{
	size_t to = index_before(k, place);

	undo(k);
	while (k->now > to)
		go_back(k);
	while (k->now < to)
		go_forth(k);
	k->region.restored(k->region.ctx);
	barrier_begin(k->barrier);
	keep_budget(k);
	return k->frame[k->now].mark;
}

/* -- and the rest -------------------------------------------------------- */

struct mark keyframes_present(const struct keyframes *k)
{
	return k->frame[k->now].mark;
}

size_t keyframes_gap(const struct keyframes *k)
{
	return delta_bytes(k->frame[k->now].delta);
}

place_t keyframes_next(const struct keyframes *k)
{
	return k->now + 1 < k->count ? k->frame[k->now + 1].mark.place
				     : PLACE_END;
}

struct mark keyframes_before(const struct keyframes *k, place_t place)
{
	return k->frame[index_before(k, place)].mark;
}

void keyframes_drop_future(struct keyframes *k)
{
	for (size_t i = k->now; i < k->count; i++)
		delta_delete(pull_delta(k, i));
	k->count = k->now + 1;
}

uint32_t keyframes_count(const struct keyframes *k)
{
	return (uint32_t)k->count;
}

size_t keyframes_bytes(const struct keyframes *k)
{
	return bytes_held(k);
}
