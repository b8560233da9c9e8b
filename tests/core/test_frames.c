/*
 * Frames and slabs: the buddy allocator and the geometry of slabs, statements
 * T4 and T5.
 */
#include "run.h"

#include "core/page_alloc.h"

#include <stdio.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

/* ---- the buddy allocator ---- */

static struct page *block; /* 16 frames, the only free ones */
static struct page *held[65536];

/* Take all memory, then give back one block of order 4. */
static void take_all_but_a_block(const char *era)
{
	unsigned n = 0;
	begin(era);
	block = alloc_pages(run.m, 4, PAGE_SLAB);
	assert_non_null(block);
	for (struct page *p; (p = alloc_pages(run.m, 0, PAGE_SLAB));)
		held[n++] = p;
	assert_true(n > 0);
	expect_num(free_frames(run.m), 0);
	block->_refcount = 0;
	free_pages_block(run.m, block, 4);
	expect_num(free_frames(run.m), 16);
}

/* "1:2,8 3:4": order and the blocks on its list, head first. */
static const char *free_lists(void)
{
	static char text[512];
	size_t n = 0;
	text[0] = 0;
	for (unsigned o = 0; o < NR_ORDERS; o++) {
		struct free_area *area = &run.m->zones[0].free_area[o];
		if (list_empty(&area->free_list))
			continue;
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%u:", n ? " " : "", o);
		list_for_each(p, &area->free_list) n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%d",
			p->prev == &area->free_list ? "" : ",",
			(int)(container_of(p, struct page, lru) - block));
	}
	return text;
}

/* Allocate (@index < 0) or free a block, and the lists then. */
struct buddy_step {
	int index; /* to free, or -1 */
	unsigned order;
	int got; /* index of what was allocated */
	const char *lists;
};

static const struct buddy_step buddy_trace[] = {
	{ -1, 0, 0, "0:1 1:2 2:4 3:8" },
	{ -1, 0, 1, "1:2 2:4 3:8" },
	{ -1, 1, 2, "2:4 3:8" },
	{ -1, 2, 4, "3:8" },
	{ 1, 0, 0, "0:1 3:8" },
	{ 0, 0, 0, "1:0 3:8" },
	{ 4, 2, 0, "1:0 2:4 3:8" },
	{ 2, 1, 0, "4:0" },
};

static void free_block(int index, unsigned order)
{
	block[index]._refcount = 0;
	free_pages_block(run.m, &block[index], order);
}

static void run_buddy_step(const struct buddy_step *s)
{
	if (s->index < 0)
		expect_num(alloc_pages(run.m, s->order, PAGE_SLAB) - block,
			s->got);
	else
		free_block(s->index, s->order);
	expect_text(free_lists(), s->lists);
}

/* The worked trace; a block joins only its own buddy of its own order. */
static void t4_3_buddy_trace(void **state)
{
	(void)state;
	for (size_t e = 2; e < NR_ERAS; e++) {
		take_all_but_a_block(eras[e]);
		for (size_t i = 0;
			i < sizeof(buddy_trace) / sizeof(buddy_trace[0]); i++)
			run_buddy_step(&buddy_trace[i]);
	}
}

/* Eight singles, the even ones freed: 12 pages free but no block of 16. */
static void t4_3_fragmentation(void **state)
{
	(void)state;
	take_all_but_a_block("2.6.11");
	for (int i = 0; i < 8; i++)
		expect_num(alloc_pages(run.m, 0, PAGE_SLAB) - block, i);
	for (int i = 0; i < 8; i += 2)
		free_block(i, 0);
	expect_text(free_lists(), "0:6,4,2,0 3:8");
	expect_num(free_frames(run.m), 12);
	assert_null(alloc_pages(run.m, 4, PAGE_SLAB));
}

/* 2.6.11 hands out the lower half: page 0 first. */
static void t4_10_lower_half_first(void **state)
{
	(void)state;
	take_all_but_a_block("2.6.11");
	expect_num(alloc_pages(run.m, 0, PAGE_SLAB) - block, 0);
}

/* 2.4 and 2.6.0 the upper: page 15 first, then downwards. */
static void t4_10_upper_half_first(void **state)
{
	(void)state;
	for (size_t e = 0; e < 2; e++) {
		take_all_but_a_block(eras[e]);
		for (int i = 15; i >= 0; i--)
			expect_num(alloc_pages(run.m, 0, PAGE_SLAB) - block, i);
		for (int i = 0; i < 8; i += 2)
			free_block(i, 0);
		expect_text(free_lists(), "0:6,4,2,0");
		free_block(1, 0);
		expect_text(free_lists(), "0:6,4,2 1:0");
	}
}

/* 2.4 has blocks of at most 2 MiB, later ones of 4 MiB. */
static void t4_largest_block(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		const struct free_area *area = run.m->zones[0].free_area;
		expect_num(area[10].nr_free > 0, 0);
		begin_on(eras[e], NULL, 16 << 20);
		area = run.m->zones[0].free_area;
		expect_num(area[10].nr_free > 0, e > 0);
		assert_true(area[9].nr_free > 0);
		finish();
	}
}

static uint64_t count_free_blocks(const struct zone *z, unsigned order)
{
	uint64_t n = 0;
	const struct free_area *area = &z->free_area[order];
	list_for_each(p, &area->free_list)
	{
		const struct page *page = container_of(p, struct page, lru);
		const struct page *buddy = page_by_pfn(
			run.m, page_pfn(run.m, page) ^ (1u << order));
		expect_num(page->kind, PAGE_FREE);
		expect_num(page->order, order);
		/* T4.2, T4.4: two free buddies would have been joined */
		if (order < NR_ORDERS - 1 && buddy)
			assert_false(buddy->kind == PAGE_FREE &&
				     has_flag(buddy, PG(BUDDY)) &&
				     buddy->order == order);
		n++;
	}
	return n;
}

static void expect_free_lists_add_up(void)
{
	for (unsigned i = 0; i < run.m->nr_zones; i++) {
		const struct zone *z = &run.m->zones[i];
		uint64_t pages = 0;
		for (unsigned o = 0; o < NR_ORDERS; o++) {
			expect_num(z->free_area[o].nr_free,
				count_free_blocks(z, o));
			pages += z->free_area[o].nr_free << o;
		}
		expect_num(pages, z->free_pages);
	}
}

/* The free lists add up to free_pages after anything. */
static void t4_5_sum_of_free_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		expect_free_lists_add_up();
		script("map 10-80; touch 10-80; fork C; C: touch 20-60; "
		       "unmap 15-25");
		expect_free_lists_add_up();
		script("exit; C: unmap 30-31; C: unmap 33-34");
		expect_free_lists_add_up();
		finish();
	}
}

/* Kernel objects are never in HighMem, where user pages come from first. */
static void t4_6_highmem(void **state)
{
	static const char *const era[] = { "2.4", "2.6.0", "2.6.11" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin_with(era[i], "i386", &(struct machine_config){
			.zone_pages = { 64, 256, 256 },
			.zone_name = { "DMA", "Normal", "HighMem" } });
		script("map 10-60; touch 10-60; fork C; C: touch 10-20");
		expect_text(run.m->zones[frame("P", 10)->zone].name, "HighMem");
		for (uint64_t pfn = 0; pfn < run.m->nr_frames; pfn++)
			if (run.m->mem_map[pfn].kind == PAGE_SLAB)
				assert_string_not_equal(
					run.m->zones[run.m->mem_map[pfn].zone]
						.name,
					"HighMem");
		finish();
	}
}

/* ---- slabs ---- */

/* Object bytes and objects a slab, where the sheets give them. */
static void t5_1_slab_geometry(void **state)
{
	static const struct {
		const char *era;
		enum slab_cache_id id;
		unsigned size, num;
	} row[] = { { "2.4", CACHE_VMA, 96, 40 }, { "2.6.0", CACHE_VMA, 64, 59 },
		{ "2.6.0", CACHE_PTE_CHAIN, 32, 113 },
		{ "2.6.11", CACHE_VMA, 88, 45 },
		{ "4.0", CACHE_VMA, 184, 0 }, { "4.0", CACHE_ANON_VMA, 80, 51 },
		{ "4.0", CACHE_AVC, 64, 64 }, { "6.18", CACHE_VMA, 192, 0 },
		{ "6.18", CACHE_ANON_VMA, 104, 39 },
		{ "6.18", CACHE_AVC, 64, 64 } };
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct cache_row *c =
			&era_find(row[i].era)->cache[row[i].id];
		expect_num(c->object_size, row[i].size);
		if (row[i].num)
			expect_num(c->num, row[i].num);
	}
	assert_null(era_find("2.6.11")->cache[CACHE_AVC].name);
}

/* An object freed is the next one handed out.  (2.4's munmap frees the VMA that
 * it took for a hole last.) */
static void t5_6_lifo(void **state)
{
	(void)state;
	for (size_t i = 1; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-12; map 20-22");
		const struct vm_area_struct *v = vma_at("P", 20);
		script("unmap 20-22; map 30-32");
		assert_ptr_equal(vma_at("P", 30), v);
		finish();
	}
}

/* C9: bytes a fork of one faulted VMA takes from the slabs. */
static void c9_fork_bytes(void **state)
{
	static const unsigned bytes[NR_ERAS] = { 96, 64, 88, 184 + 128 + 80,
		192 + 128 + 104 };
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; touch 10; fork C");
		uint64_t one = cost(COST_SLAB_BYTES);
		script("C: exit; map 20-24 rwx; touch 20; fork D");
		expect_num(cost(COST_SLAB_BYTES) - one, bytes[i]);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t4_3_buddy_trace),
		cmocka_unit_test(t4_3_fragmentation),
		cmocka_unit_test(t4_10_lower_half_first),
		cmocka_unit_test(t4_10_upper_half_first),
		cmocka_unit_test(t4_largest_block),
		cmocka_unit_test(t4_5_sum_of_free_blocks),
		cmocka_unit_test(t4_6_highmem),
		cmocka_unit_test(t5_1_slab_geometry),
		cmocka_unit_test(t5_6_lifo),
		cmocka_unit_test(c9_fork_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
