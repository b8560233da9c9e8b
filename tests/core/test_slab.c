/*
 * Slabs: how many objects one holds, and how objects and slabs come and go.
 * Statements T5.n; the machine has no per-CPU arrays and no colours, and an
 * empty slab goes back to the buddy at once.
 */
#include "core/slab.h"

#include "run.h"

#define LINE 32u /* L1_CACHE_BYTES of the SMP kernels that the rows are of */

static uint32_t align_up(uint32_t n, uint32_t align)
{
	return (n + align - 1) / align * align;
}

/* Sheet 5.2: objects of a page with the descriptor on it, of 24 bytes and
 * @index bytes for each object. */
static unsigned objects_of_page(uint32_t size, uint32_t align, uint32_t index)
{
	unsigned n = 0;

	while (align_up(24 + (n + 1) * index, align) + (n + 1) * size <=
		PAGE_SIZE)
		n++;
	return n;
}

static const struct kmem_cache *cache(enum slab_cache_id id)
{
	return &run.m->caches[id];
}

/* The rows of 2.6.11: 2 bytes of index. */
static void t5_1_geometry(void **state)
{
	static const struct {
		enum slab_cache_id id;
		uint32_t size, align;
		unsigned num;
	} rows[] = { { CACHE_VMA, 88, 4, 45 }, { CACHE_MM, 608, LINE, 6 },
		{ CACHE_ANON_VMA, 12, 4, 290 } };

	(void)state;
	begin("2.6.11");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		expect_num(cache(rows[i].id)->object_size, rows[i].size);
		expect_num(rows[i].size % rows[i].align, 0);
		expect_num(cache(rows[i].id)->order, 0);
		expect_num(cache(rows[i].id)->num, rows[i].num);
		expect_num(objects_of_page(rows[i].size, rows[i].align, 2),
			rows[i].num);
	}
	expect_num(PAGE_SIZE - align_up(24 + 45 * 2, 4) - 45 * 88, 20);
	finish();
}

/* One cache line holds a word and as many PTE addresses as are left; 2.6.0's
 * index takes 4 bytes. */
static void t5_9_pte_chain(void **state)
{
	static const struct {
		uint32_t line;
		uint16_t nrpte;
	} rows[] = { { 16, 3 }, { 32, 7 }, { 64, 15 }, { 128, 31 } };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct tunables tune = tunables_default(era_find("2.6.0"));

		tune.nrpte = rows[i].nrpte;
		begin_with("2.6.0", NULL,
			&(struct machine_config){ .tune = tune });
		expect_num(cache(CACHE_PTE_CHAIN)->object_size, rows[i].line);
		expect_num((rows[i].line - 4) / 4, rows[i].nrpte);
		expect_num(cache(CACHE_PTE_CHAIN)->num,
			objects_of_page(rows[i].line, rows[i].line, 4));
		finish();
	}
	begin("2.6.0");
	expect_num(run.m->tune.nrpte, 7);
	finish();
}

static unsigned length(const struct list_head *head)
{
	unsigned n = 0;

	for (const struct list_head *at = head->next; at != head;
		at = at->next)
		n++;
	return n;
}

static void expect_slabs(unsigned full, unsigned partial)
{
	expect_num(length(&cache(CACHE_VMA)->full), full);
	expect_num(length(&cache(CACHE_VMA)->partial), partial);
	expect_num(cache(CACHE_VMA)->nr_slabs, full + partial);
}

static void map_vmas(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		expect_num(try_mmap(pid_of("P"), addr_of(10 + 2 * i), PAGE_SIZE,
				   PROT_R), 0);
}

/* Free, partial, full, and back. */
static void t5_7_lists(void **state)
{
	(void)state;
	begin("2.6.11");
	uint64_t frames = count_frames(PAGE_SLAB);
	expect_slabs(0, 0);
	map_vmas(0, 44);
	expect_slabs(0, 1);
	expect_num(count_frames(PAGE_SLAB), frames + 1);
	map_vmas(44, 45);
	expect_slabs(1, 0);
	map_vmas(45, 46);
	expect_slabs(1, 1);
	script("unmap 10-11"); /* of the full one */
	expect_slabs(0, 2);
	script("unmap 100-101"); /* the one of the second */
	expect_slabs(0, 1);
	expect_num(count_frames(PAGE_SLAB), frames + 1);
	finish();
}

struct sum {
	uint64_t objects, slabs;
};

static void add_slab(void *ctx, const struct slab *slab)
{
	struct sum *s = ctx;

	s->objects += slab->inuse;
	s->slabs++;
}

/* There are no arrays, so what is in use is what lives. */
static void t5_8_in_use(void **state)
{
	(void)state;
	begin("4.0");
	script("map 10-14; touch 10; fork C; C: touch 10; map 20-24; touch 20");
	for (int i = 0; i < NR_CACHES; i++) {
		struct sum s = { 0, 0 };

		slab_for_each(cache((enum slab_cache_id)i), add_slab, &s);
		expect_num(s.objects,
			cache((enum slab_cache_id)i)->nr_objects);
		expect_num(s.slabs, cache((enum slab_cache_id)i)->nr_slabs);
	}
	expect_num(cache(CACHE_VMA)->nr_objects, 3);
	expect_num(cache(CACHE_AVC)->nr_objects, 4);
	expect_num(cache(CACHE_ANON_VMA)->nr_objects, 3);
	expect_num(cache(CACHE_MM)->nr_objects, 2);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t5_1_geometry),
		cmocka_unit_test(t5_7_lists),
		cmocka_unit_test(t5_8_in_use),
		cmocka_unit_test(t5_9_pte_chain),
	};

	return cmocka_run_group_tests_name("slab", tests, NULL, run_teardown);
}
