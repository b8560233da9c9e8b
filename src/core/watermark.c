/*
 * Watermarks (mm/page_alloc.c): free_area_init_core in 2.4,
 * setup_per_zone_pages_min in 2.6, __setup_per_zone_wmarks later.
 *
 * A machine of up to 64 MiB has none (with zones of its own: below 64 MiB; the
 * formulas would keep more than there is), unless tune.pages_min sets pages_min;
 * the others then follow in the generation's ratios.
 */
#include "core/watermark.h"
#include "core/mechanism.h"
#include "core/oom_kill.h"

static uint64_t clamp(uint64_t x, uint64_t low, uint64_t high)
{
	return x < low ? low : x > high ? high : x;
}

static uint64_t zone_min_2_4(uint64_t present)
{
	return clamp(present / 128, 20, 255);
}

static uint64_t total_2_6_0(uint64_t lowmem_kbytes)
{
	(void)lowmem_kbytes;
	return 1024 >> 2; /* min_free_kbytes = 1024 */
}

static uint64_t total_sqrt(uint64_t lowmem_kbytes)
{
	return clamp(int_sqrt(lowmem_kbytes * 16), 128, 65536) >> 2;
}

static uint64_t total_6_18(uint64_t lowmem_kbytes)
{
	return clamp(int_sqrt(lowmem_kbytes * 16), 128, 262144) >> 2;
}

const struct mark_rule marks_2_4 = {
	.zone_min = zone_min_2_4,
	.low = 8,
	.high = 12,
	.adds_up = true,
	.strict = true,
};

const struct mark_rule marks_2_6_0 = {
	.total = total_2_6_0,
	.low = 8,
	.high = 12,
	.adds_up = true,
};

const struct mark_rule marks_2_6_11 = {
	.total = total_sqrt,
	.low = 5,
	.high = 6,
	.reserve = { 256, 32 },
};

const struct mark_rule marks_4_0 = {
	.total = total_sqrt,
	.low = 5,
	.high = 6,
	.managed = true,
	.reserve = { 256, 256, 32 },
};

const struct mark_rule marks_6_18 = {
	.total = total_6_18,
	.low = 5,
	.high = 6,
	.scales = true,
	.managed = true,
	.reserve = { 256, 256, 32 },
	.by_area = true,
};

/* -- setting them ------------------------------------------------------------ */

static const struct mark_rule *rule_of(const struct machine *m)
{
	return ops_of(m)->marks;
}

static bool is_highmem(const struct zone *z)
{
	return z->name[0] == 'H';
}

/* Frames that count for the formulas; at boot those that are free. */
static uint64_t pages_of(const struct machine *m, const struct zone *z)
{
	return rule_of(m)->managed ? z->managed_pages : z->spanned_pages;
}

static uint64_t lowmem_pages(const struct machine *m)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < m->nr_zones; i++)
		if (!is_highmem(&m->zones[i]))
			pages += pages_of(m, &m->zones[i]);
	return pages;
}

/* pages_min of zone @z, of @total for all but HighMem, and the others. */
static void set_marks(const struct machine *m, struct zone *z, uint64_t total)
{
	const struct mark_rule *r = rule_of(m);
	uint64_t pages = pages_of(m, z), gap;

	if (is_highmem(z) && r->total)
		z->pages_min = clamp(pages / 1024, 32, 128);
	else if (r->total || m->tune.pages_min)
		z->pages_min = total * pages / lowmem_pages(m);
	else
		z->pages_min = r->zone_min(pages);
	z->pages_low = z->pages_min * r->low / 4;
	z->pages_high = z->pages_min * r->high / 4;
	gap = pages * 10 / 10000; /* watermark_scale_factor */
	if (r->scales && gap < z->pages_min / 4)
		gap = z->pages_min / 4;
	if (r->scales) {
		z->pages_low = z->pages_min + gap;
		z->pages_high = z->pages_min + 2 * gap;
	}
}

/* What a request that could use a zone above must leave in this one. */
static void set_reserve(const struct machine *m, unsigned zone)
{
	struct zone *z = (struct zone *)&m->zones[zone];
	unsigned ratio = rule_of(m)->reserve[zone];
	uint64_t above = 0;

	for (unsigned i = zone + 1; ratio && i < m->nr_zones; i++) {
		above += pages_of(m, &m->zones[i]);
		z->lowmem_reserve[i] = above / ratio;
	}
}

void watermarks_init(struct machine *m, bool configured)
{
	const struct mark_rule *r = rule_of(m);
	uint64_t total = m->tune.pages_min;

	for (unsigned i = 0; i < m->nr_zones; i++) {
		struct zone *z = &m->zones[i];

		z->managed_pages = z->free_pages;
		z->prev_priority = z->temp_priority = 12;
	}
	if (!total && m->ram + configured <= 64ull << 20)
		return;
	if (!total && r->total)
		total = r->total(lowmem_pages(m) << (PAGE_SHIFT - 10));
	for (unsigned i = 0; i < m->nr_zones; i++) {
		set_marks(m, &m->zones[i], total);
		set_reserve(m, i);
	}
}

/* -- asking ------------------------------------------------------------------ */

bool has_watermarks(const struct machine *m)
{
	for (unsigned i = 0; i < m->nr_zones; i++)
		if (m->zones[i].pages_min)
			return true;
	return false;
}

uint64_t zone_mark(const struct zone *z, enum mark mark)
{
	const uint64_t marks[] = { 0, z->pages_min, z->pages_low,
		z->pages_high };

	return marks[mark];
}

/* 6.18: is there a block of the order? */
static bool has_block(const struct zone *z, unsigned order)
{
	for (unsigned o = order; o < NR_ORDERS; o++)
		if (z->free_area[o].nr_free)
			return true;
	return false;
}

/* Until 4.0: half the mark must be met without single frames, a quarter
 * without pairs... */
static bool has_large_blocks(const struct zone *z, unsigned order,
	int64_t free, int64_t mark)
{
	for (unsigned o = 0; o < order; o++) {
		free -= (int64_t)(z->free_area[o].nr_free << o);
		mark >>= 1;
		if (free <= mark)
			return false;
	}
	return true;
}

bool zone_watermark_ok(const struct machine *m, const struct zone *zone,
	unsigned order, uint64_t mark, unsigned classzone)
{
	int64_t free = (int64_t)zone->free_pages - (1 << order) + 1;

	if (free <= (int64_t)(mark + zone->lowmem_reserve[classzone]))
		return false;
	if (rule_of(m)->by_area)
		return has_block(zone, order);
	return has_large_blocks(zone, order, free, (int64_t)mark);
}

bool mark_allows(const struct machine *m, struct mark_walk *w,
	const struct zone *z)
{
	const struct mark_rule *r = rule_of(m);
	uint64_t need = 1ull << w->order;

	if (w->mark == MARK_NONE || !has_watermarks(m))
		return true;
	if (!r->adds_up)
		return zone_watermark_ok(m, z, w->order,
			zone_mark(z, w->mark), w->classzone);
	w->sum += zone_mark(z, w->mark);
	need += w->sum;
	return r->strict ? z->free_pages > need : z->free_pages >= need;
}
