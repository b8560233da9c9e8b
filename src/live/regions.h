/*
 * What a real address space holds, as far as its system calls and faults have
 * told: the regions, and which of their pages were touched.
 */
#ifndef LIVE_REGIONS_H
#define LIVE_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGION_PAGE 4096ull

struct live_region {
	uint64_t start, end; /* whole pages */
	uint64_t pgoff;      /* page of the file at start */
	uint32_t file;       /* number, or REC_NONE: memory */
	uint8_t prot;        /* PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 */
	bool shared;         /* MAP_SHARED */
	bool special;        /* of the kernel or a device: its pages are not
			      * the program's */
	bool grows;          /* a fault just below makes it larger */
};

/* What is known of a page; all else was never touched. */
enum touched {
	TOUCHED_NOT,
	TOUCHED_READ,   /* maps the zero page or a page of a file */
	TOUCHED_OWN,    /* has a page in memory that was written */
	TOUCHED_SHARED  /* the same, from before a fork: a write copies */
};

struct touch;
struct address_map {
	struct live_region *region; /* by address, none overlap */
	size_t nr, room;
	struct touch *touch; /* pages by number, open addressing */
	size_t nr_touch, room_touch;
	size_t nr_own;       /* TOUCHED_OWN and _SHARED */
	bool failed;         /* memory ran out */
};

void map_free(struct address_map *m);
/* Forget all. */
void map_clear(struct address_map *m);
/* @to, empty, becomes what a fork of @from gives; both share their private
 * pages from now on. */
void map_fork(struct address_map *to, struct address_map *from);

/* @r takes its place, what was there is gone. */
void map_set(struct address_map *m, const struct live_region *r);
void map_cut(struct address_map *m, uint64_t start, uint64_t end);
void map_protect(struct address_map *m, uint64_t start, uint64_t end,
	uint8_t prot);
/* As mremap: what was at @start with its pages is at @to; with @keep the old
 * regions stay, empty. */
void map_move(struct address_map *m, uint64_t start, uint64_t end, uint64_t to,
	uint64_t to_len, bool keep);
/* NULL: nothing is mapped there. */
const struct live_region *map_find(const struct address_map *m, uint64_t addr);
/* Nothing is mapped in the range. */
bool map_is_free(const struct address_map *m, uint64_t start, uint64_t end);

enum touched map_touched(const struct address_map *m, uint64_t addr);
void map_touch(struct address_map *m, uint64_t addr, enum touched how);
/* Forget which pages of the range were touched. */
void map_untouch(struct address_map *m, uint64_t start, uint64_t end);

#endif
