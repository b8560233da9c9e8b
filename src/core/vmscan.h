/*
 * Scanning the LRU lists (mm/vmscan.c): what the generations share.  Inside
 * the core only.
 */
#ifndef CORE_VMSCAN_H
#define CORE_VMSCAN_H

#include "core/machine.h"
#include "core/mechanism.h"

#define DEF_PRIORITY 12 /* 2.6 on; a scan looks at size >> priority pages */

/* What becomes of a page that shrink_list() looked at. */
enum fate {
	FATE_NEXT,          /* nothing yet: the next test */
	FATE_KEEP,          /* back to the inactive list */
	FATE_KEEP_UNLOCKED, /* the same; its lock is gone already */
	FATE_ACTIVATE,      /* to the active list */
	FATE_CULL,          /* to the unevictable list */
	FATE_FREE
};

struct scan_control {
	uint64_t want;       /* frames to free (nr_to_reclaim) */
	uint64_t reclaimed;  /* freed (nr_reclaimed) */
	uint64_t scanned;    /* pages looked at (nr_scanned) */
	int priority;
	unsigned order;
	bool in_all;         /* want is met by all rounds together */
	bool force_deactivate;   /* 6.18: whatever the ratios say */
	bool skipped_deactivate; /* 6.18: an active list was left alone */
	bool may_deactivate[2];  /* 6.18: anonymous, file */
	bool cache_trim_mode;    /* 6.18: enough idle pages of files */
	bool file_is_tiny;       /* 6.18: too few of them to matter */

	/* of the batch under way */
	uint64_t taken;      /* pages isolated */
	uint64_t dirty;      /* dirty and not being written */
	uint64_t pageout;    /* writes begun */

	/* of the page under way */
	int referenced;      /* what page_referenced() said */
	bool clean_only;     /* PAGEREF_RECLAIM_CLEAN */
	bool ignore_references; /* of a page that somebody wants gone */
};

/* One test of shrink_list. */
typedef enum fate shrink_step(struct machine *m, struct page *page,
	struct scan_control *sc);

/* How a generation reclaims. */
struct vmscan_ops {
	/* direct reclaim: frames freed for one who needs @want, in one round
	 * of the scan or, @in_all, together */
	uint64_t (*try_to_free_pages)(struct machine *m, unsigned order,
		uint64_t want, bool in_all);
	/* kswapd: until the zones are above their high marks */
	void (*balance)(struct machine *m, unsigned order);
	/* the tests of shrink_list, in order, ended by NULL; NULL: its own */
	shrink_step *const *steps;
	/* 2.6: does a page in hand, taken from the active list, go back to
	 * it?  @mapped_too: memory is short enough for mapped ones */
	bool (*stays_active)(struct machine *m, struct page *page,
		bool mapped_too);
	bool refill_counts;      /* 2.6.11: refill adds to pages_scanned */
	bool frees_activated_slots; /* an activated page gives up its slot when
				       swap is nearly full */

	/* five lists (vmscan_five.c) */
	bool (*inactive_is_low)(const struct machine *m, const struct zone *z,
		bool file);
	/* may shrink_list() touch the active list of that kind? */
	bool (*may_deactivate)(const struct machine *m, const struct zone *z,
		struct scan_control *sc, bool file);
	/* pages to scan of each of the four lists */
	void (*get_scan_count)(struct machine *m, struct zone *z,
		struct scan_control *sc, uint64_t nr[]);
	bool flushes_batches;    /* a batch that is all dirty wakes the flusher */
	bool marks_workingset;   /* what leaves the active list: PG_workingset;
				    scans are remembered as costs */
};

extern const struct vmscan_ops vmscan_2_4, vmscan_2_6_0, vmscan_2_6_11,
	vmscan_4_0, vmscan_6_18;

/* -- pages in hand ----------------------------------------------------------- */

/* Up to @n pages from the tail of a list into m->isolated, each with a
 * reference; the first one taken is its last.  How many. */
uint64_t isolate_pages(struct machine *m, struct zone *z, enum lru_list list,
	uint64_t n);
/* The next page in hand, the one taken first; NULL: none left. */
struct page *next_isolated(struct machine *m);
/* Done with @page for now: it goes to m->kept[which], in order. */
void keep_isolated(struct machine *m, struct page *page, unsigned which);
/* Those kept go to the heads of the lists of their flags, in order, and lose
 * the reference; what only that held is freed.  How many went to an active
 * list. */
uint64_t putback_kept(struct machine *m, unsigned which);

/* All pages in hand through the era's tests; frames freed. */
uint64_t shrink_isolated(struct machine *m, struct scan_control *sc);

/* MADV_PAGEOUT: what is in hand, used or not; what stays goes back to its list
 * (reclaim_pages). */
void reclaim_isolated(struct machine *m);

/* Dirty pages of files, up to @pages of them, begin to be written by a thread
 * of the kernel (wakeup_bdflush, wakeup_flusher_threads). */
void wakeup_flusher(struct machine *m, uint64_t pages);

/* Tell what becomes of @page and why. */
enum fate page_fate(struct machine *m, const struct page *page,
	enum fate fate, enum why why);

/* -- tests that generations share --------------------------------------------- */

shrink_step step_trylock, step_referenced_2_6, step_add_to_swap, step_unmap,
	step_dirty_2_6, step_remove, step_writeback_keep, step_evictable;
/* Begin to write a locked dirty page; the fate if it is not to be freed now
 * (pageout). */
enum fate pageout(struct machine *m, struct page *page,
	struct scan_control *sc);

/* 2.6: is memory so short that mapped pages go, too (swap_tendency)? */
bool wants_mapped(struct machine *m, const struct zone *z);
/* 2.6: move up to @n pages from the active list of @z down, those that the era
 * lets stay put back (refill_inactive_zone). */
void refill_inactive_zone(struct machine *m, struct zone *z, uint64_t n);

/* -- five lists ----------------------------------------------------------------- */

/* Scan the lists of @z for sc->want frames (shrink_lruvec). */
void shrink_lruvec(struct machine *m, struct zone *z, struct scan_control *sc);
/* Move up to @n pages from an active list down (shrink_active_list). */
void shrink_active_list(struct machine *m, struct zone *z, uint64_t n,
	enum lru_list list);
/* How anonymous pages and files share a scan: enum scan_balance and, for
 * SCAN_FRACT, of @denominator. */
struct scan_shares {
	enum scan_balance how;
	uint64_t fraction[2]; /* anonymous, file */
	uint64_t denominator;
};

void apply_shares(struct machine *m, const struct zone *z,
	const struct scan_shares *s, int priority, uint64_t nr[]);

/* -- numbers ------------------------------------------------------------------- */

static inline uint64_t cluster_max(const struct machine *m)
{
	return m->tune.swap_cluster ? m->tune.swap_cluster : 32;
}

static inline bool is_file_page(const struct page *page)
{
	return !(page->flags & PG(SWAPBACKED));
}

struct ref zone_ref(const struct machine *m, const struct zone *z);
/* "priority n" and "scan n pages of a list". */
void tell_priority(struct machine *m, int priority);
void tell_scan(struct machine *m, const struct zone *z, enum lru_list list,
	uint64_t n);

#endif
