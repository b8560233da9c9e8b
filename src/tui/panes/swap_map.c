/*
 * The slots as a map: each by how many need it and whether the swap cache has
 * its page.  Rows of free slots fold.  A large area is shown in cells of
 * 2^zoom slots, by how many of up to SAMPLES of them are in use, and the row of
 * the slot looked at is opened below to single slots.  So the work is bounded
 * by MAX_CELLS whatever the size of the area.
 */
#include "tui/panes/swap_map.h"
#include "core/swap.h"
#include "tui/panes/swap_slot.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_CELLS 4096
#define SAMPLES 16
#define MIN_ROW 8

/* -- what a slot is ----------------------------------------------------- */

bool swap_in_use(const struct machine *m, uint64_t slot)
{
	return m->swap_info.swap_map[slot] || m->swap_info.cache[slot];
}

static bool is_cached(const struct machine *m, uint64_t slot)
{
	return m->swap_info.cache[slot];
}

struct ref swap_slot_ref(uint64_t slot)
{
	return ref_make(slot ? REF_SWAP : REF_NONE, (uint32_t)slot);
}

static char slot_letter(const struct machine *m, uint64_t slot)
{
	uint32_t count;

	if (!slot)
		return '#';
	if (!swap_in_use(m, slot))
		return slot == m->swap_info.cluster_next ? 'n' : 0;
	count = swap_count(m, slot);
	return count <= 9 ? (char)('0' + count) : '+';
}

static enum style slot_style(const struct machine *m, uint64_t slot)
{
	if (!slot)
		return ST_PAGE_RESERVED;
	if (!swap_in_use(m, slot))
		return ST_PAGE_FREE;
	return swap_count(m, slot) > 1 ? ST_PAGE_SHARED : ST_PAGE_ANON;
}

/* -- the map of slots --------------------------------------------------- */

struct map {
	struct pad *s;
	const struct swap_info_struct *si;
	unsigned zoom;	   /* a cell is 2^zoom slots */
	int per_row;	   /* cells in a row, a power of two */
	int pitch;	   /* columns from cell to cell */
	int label;	   /* columns of a row's label */
	uint64_t row;	   /* slots in a row */
	uint64_t slot;	   /* looked at */
	bool has_slot;
};

unsigned swap_map_zoom(const struct machine *m)
{
	unsigned zoom = 0;

	while (m->swap_info.max >> zoom > MAX_CELLS)
		zoom++;
	return zoom;
}

static void measure(struct map *map)
{
	int digits = 1;

	for (uint64_t n = map->si->max - 1; n >= 10; n /= 10)
		digits++;
	map->zoom = swap_map_zoom(map->s->m);
	map->label = digits + 2;
	map->pitch = map->zoom ? 1 : 2;
	map->per_row = 64;
	while (map->per_row > MIN_ROW &&
		map->label + map->per_row * 2 + map->per_row / 8 > map->s->w)
		map->per_row /= 2;
	map->row = (uint64_t)map->per_row << map->zoom;
	map->has_slot = swap_shown(map->s->view, map->s->look, &map->slot);
}

static int cell_x(const struct map *map, int i)
{
	return map->label + i * map->pitch + i / 8;
}

/* Slots in use among the samples of [from, to), and how many were read. */
static unsigned sample(
	const struct map *map, uint64_t from, uint64_t to, unsigned *read)
{
	uint64_t step = (to - from) / SAMPLES ? (to - from) / SAMPLES : 1;
	unsigned used = 0;

	*read = 0;
	for (uint64_t at = from; at < to && at < map->si->max; at += step) {
		used += swap_in_use(map->s->m, at);
		(*read)++;
	}
	return used;
}

static bool is_free_row(const struct map *map, uint64_t row)
{
	unsigned read;

	for (int i = 0; i < map->per_row; i++) {
		uint64_t at = row + ((uint64_t)i << map->zoom);

		if (!map->zoom && at && at < map->si->max &&
			at == map->si->cluster_next)
			return false;
		if (sample(map, at, at + (1ull << map->zoom), &read))
			return false;
	}
	return row > 0 && !(map->has_slot && map->slot >= row &&
				   map->slot < row + map->row);
}

static void put_slot(struct map *map, int x, int y, uint64_t slot)
{
	const struct machine *m = map->s->m;
	char letter = slot_letter(m, slot);

	map->s->seen |= letter ? 0 : 1;
	if (letter)
		pad_put(map->s, x, y, slot_style(m, slot), swap_slot_ref(slot),
			"%c%s", letter,
			slot && is_cached(m, slot) ? "c" : "");
	else
		pad_glyph(map->s, x, y, ST_PAGE_FREE, swap_slot_ref(slot), GL_FREE);
}

/* Many slots: from free to full. */
static void put_cell(struct map *map, int x, int y, uint64_t from)
{
	static const enum glyph glyphs[] = { GL_LIGHT, GL_MEDIUM, GL_DARK };
	unsigned read,
		used = sample(map, from, from + (1ull << map->zoom), &read);
	enum glyph glyph = !used	  ? GL_FREE
			   : used == read ? GL_BLOCK
					  : glyphs[used * 3 / read];

	pad_glyph(map->s, x, y, used ? ST_PAGE_ANON : ST_PAGE_FREE,
		swap_slot_ref(from ? from : 1), glyph);
}

static void put_row(struct map *map, int y, uint64_t row)
{
	pad_put(map->s, 1, y, ST_DIM, NO_REF, "%*" PRIu64, map->label - 2, row);
	for (int i = 0; i < map->per_row; i++) {
		uint64_t at = row + ((uint64_t)i << map->zoom);

		if (at >= map->si->max)
			break;
		if (map->zoom)
			put_cell(map, cell_x(map, i), y, at);
		else
			put_slot(map, cell_x(map, i), y, at);
	}
}

/* Single slots around the one that is looked at. */
static void put_lens(struct map *map, int y)
{
	uint64_t from = map->slot & ~(uint64_t)(map->per_row - 1);
	int pitch = map->pitch;

	map->pitch = 2;
	pad_put(map->s, 1, y, ST_STRONG, NO_REF, "%*" PRIu64, map->label - 2,
		from);
	for (int i = 0; i < map->per_row && from < map->si->max; i++, from++)
		put_slot(map, cell_x(map, i), y, from);
	map->pitch = pitch;
}

static void put_free(struct map *map, int y, uint64_t from, uint64_t slots)
{
	pad_put(map->s, 1, y, ST_DIM, NO_REF, "%*" PRIu64, map->label - 2,
		from);
	for (int i = 0; i < 3; i++)
		pad_glyph(map->s, cell_x(map, i), y, ST_PAGE_FREE,
			swap_slot_ref(from + (uint64_t)i), GL_FREE);
	pad_put(map->s, cell_x(map, 3) + (map->pitch < 2), y, ST_DIM, NO_REF,
		_("%" PRIu64 " free"), slots);
}

/* -- clusters of 6.18 --------------------------------------------------- */

static const char *const list_names[] = { [CLUSTER_FREE] = N_("free"),
	[CLUSTER_NONFULL] = N_("nonfull"), [CLUSTER_FRAG] = N_("frag"),
	[CLUSTER_FULL] = N_("full") };

/* Does a cluster begin in this row?  Of a large area they are not shown. */
static bool at_cluster(const struct map *map, uint64_t row)
{
	return map->si->cluster_info && !map->zoom &&
	       row % SWAPFILE_CLUSTER == 0;
}

static void put_cluster(struct map *map, int y, uint64_t row)
{
	const struct swap_cluster_info *ci =
		&map->si->cluster_info[row / SWAPFILE_CLUSTER];

	pad_put(map->s, 1, y, ST_CHAIN, NO_REF,
		_("cluster %" PRIu64 ": %u of %u, list %s"),
		row / SWAPFILE_CLUSTER, ci->count, SWAPFILE_CLUSTER,
		ci->flags < NR_CLUSTER_LISTS ? _(list_names[ci->flags]) : "?");
}

/* -- the content -------------------------------------------------------- */

/* Is there something to say of the cluster that begins here? */
static bool names_cluster(const struct map *map, uint64_t row)
{
	return at_cluster(map, row) &&
	       (map->si->cluster_info[row / SWAPFILE_CLUSTER].flags !=
			       CLUSTER_FREE ||
		       !is_free_row(map, row));
}

/* Slots of the free rows from @row on that one line stands for. */
static uint64_t free_slots(const struct map *map, uint64_t row)
{
	uint64_t at = row;

	while (at < map->si->max && is_free_row(map, at) &&
		(at == row || !names_cluster(map, at)))
		at += map->row;
	return at - row;
}

static int put_map(struct map *map, int y)
{
	for (uint64_t row = 0; row < map->si->max;) {
		uint64_t slots = free_slots(map, row);

		if (names_cluster(map, row))
			put_cluster(map, y++, row);
		if (slots > map->row) {
			if (row + slots > map->si->max)
				slots = map->si->max - row;
			put_free(map, y++, row, slots);
			row += slots;
			continue;
		}
		put_row(map, y++, row);
		if (map->zoom && map->has_slot && map->slot >= row &&
			map->slot < row + map->row)
			put_lens(map, y++);
		row += map->row;
	}
	return y;
}

int swap_map(struct pad *s)
{
	struct map map = { .s = s, .si = &s->m->swap_info };

	if (!map.si->max)
		return 0;
	measure(&map);
	return put_map(&map, 0);
}

