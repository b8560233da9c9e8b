/*
 * Watermarks: how many frames of a zone must stay free for whom.  Inside the
 * core only.
 */
#ifndef CORE_WATERMARK_H
#define CORE_WATERMARK_H

#include "core/machine.h"

enum mark { MARK_NONE, MARK_MIN, MARK_LOW, MARK_HIGH };

/* The formula of a generation. */
struct mark_rule {
	/* pages_min of all zones but HighMem together; NULL: each by zone_min */
	uint64_t (*total)(uint64_t lowmem_kbytes);
	uint64_t (*zone_min)(uint64_t present);
	uint8_t low;       /* pages_low and pages_high in quarters of pages_min */
	uint8_t high;
	bool scales;       /* 6.18: a thousandth of the zone apart at least */
	bool managed;      /* by the frames that the buddy got; else by all */
	uint16_t reserve[NR_ZONES_MAX]; /* lowmem_reserve: 1/n of the zones
					   above; 0: none */
	/* the marks of the zones tried before add up; and compare with > */
	bool adds_up;
	bool strict;       /* adds_up: free > sum; else >= */
	bool by_area;      /* a block of the order must be there; else enough
			      free frames in large blocks */
};

extern const struct mark_rule marks_2_4, marks_2_6_0, marks_2_6_11, marks_4_0,
	marks_6_18;

/* Set the marks of all zones: none on a small machine. */
void watermarks_init(struct machine *m, bool configured);
/* Has any zone a mark? */
bool has_watermarks(const struct machine *m);

uint64_t zone_mark(const struct zone *z, enum mark mark);
/* Would @zone be above @mark with 2^order frames less, and above what is kept
 * there from requests that may use zone number @classzone (zone_watermark_ok)?
 */
bool zone_watermark_ok(const struct machine *m, const struct zone *zone,
	unsigned order, uint64_t mark, unsigned classzone);

/* A walk over the zones from the preferred one down: may this one be used? */
struct mark_walk {
	unsigned order;
	unsigned classzone; /* the first zone */
	enum mark mark;
	uint64_t sum;       /* of the marks so far, where they add up */
};

bool mark_allows(const struct machine *m, struct mark_walk *w,
	const struct zone *z);

#endif
