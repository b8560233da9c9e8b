/*
 * Linux 2.6.0: each page names the PTEs that map it.  Each test is one
 * statement, T60-nn, or a rule of the same sheet by its section.
 */
#include "chains.h"
#include "run.h"

#include "core/rmap_chain.h"

#include <stdio.h>
#include <string.h>

static void start(const char *text)
{
	begin("2.6.0");
	script(text);
}

static void t60_01_first_write(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	const struct page *a = frame("P", 10);
	expect_text(chain_of(a), "=P");
	expect_num(a->pte.direct,
		pte_address(run.m, mm_of("P"), addr_of(10)));
	expect_num(a->mapping, 0);
	expect_num(run.m->nr_mapped, 1);
	assert_true(has_flag(a, PG(ACTIVE)));
	assert_true(has_flag(a, PG(REFERENCED)));
	expect_num(nodes(), 0);
	assert_non_null(run.m->local_pte_chain);
	finish();
}

static void t60_02_read(void **state)
{
	(void)state;
	start("map 10-14; read 10");
	assert_true(is_zero_page(frame("P", 10)));
	expect_num(run.m->nr_mapped, 0);
	expect_num(nodes(), 0);
	finish();
}

static void t60_03_fork_once(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	const struct page *a = frame("P", 10);
	expect_text(chain_of(a), "[C P]");
	expect_num(a->pte.chain->idx, 5);
	expect_num(a->_refcount, 2);
	expect_num(run.m->nr_mapped, 1);
	expect_num(a->mapping, 0);
	expect_num(nodes(), 1);
	finish();
}

static void t60_04_chain_grows(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C1; fork C2; fork C3; fork C4; "
	      "fork C5; fork C6");
	const struct page *a = frame("P", 10);
	expect_text(chain_of(a), "[C6 C5 C4 C3 C2 C1 P]");
	expect_num(a->pte.chain->idx, 0);
	script("fork C7");
	expect_text(chain_of(a), "[C7][C6 C5 C4 C3 C2 C1 P]");
	expect_num(a->pte.chain->idx, 6);
	expect_num(nodes(), 2);
	finish();
}

static void t60_05_child_writes(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	const struct page *a = frame("P", 10);
	expect_text(chain_of(a), "[P]");
	expect_num(a->pte.chain->idx, 6);
	expect_text(chain_of(frame("C", 10)), "=C");
	expect_num(nodes(), 1);
	expect_num(try_rmap(a, false), 0);
	expect_text(chain_of(a), "=P");
	expect_num(nodes(), 0);
	finish();
}

static void t60_06_parent_writes(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	const struct page *a = frame("P", 10);
	script("touch 10");
	expect_text(chain_of(a), "[C]");
	expect_num(a->pte.chain->idx, 6);
	expect_text(chain_of(frame("P", 10)), "=P");
	assert_ptr_equal(frame("C", 10), a);
	finish();
}

static void t60_07_node_is_used_again(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	const struct page *a = frame("P", 10);
	const struct pte_chain *node = a->pte.chain;
	script("touch 10; C: fork D");
	expect_text(chain_of(a), "[D C]");
	assert_ptr_equal(a->pte.chain, node);
	finish();
}

static void t60_08_head_fills_the_gap(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C1; fork C2; fork C3; fork C4; "
	      "fork C5; fork C6; fork C7; C3: exit");
	expect_text(chain_of(frame("P", 10)), "[C6 C5 C4 C7 C2 C1 P]");
	expect_num(nodes(), 1);
	finish();
}

/* The zero page is reserved: in no chain, however often it is mapped. */
static void t60_09_reserved(void **state)
{
	(void)state;
	start("map 10-14; read 10; read 11; fork C; C: read 12");
	expect_num(run.m->mem_map[run.m->zero_pfn].pte.direct, 0);
	expect_num(page_mapcount(&run.m->mem_map[run.m->zero_pfn]), 0);
	expect_num(nodes(), 0);
	finish();
}

static void t60_18_mremap(void **state)
{
	(void)state;
	start("map 10-11; touch 10");
	const struct page *a = frame("P", 10);
	uint32_t flags = a->flags;
	script("move 10-11 2000");
	expect_num(a->pte.direct,
		pte_address(run.m, mm_of("P"), addr_of(2000)));
	expect_num(a->_refcount, 1);
	expect_num(a->flags, flags);
	expect_text(chain_of(a), "=P");
	finish();
}

static void t60_19_table_of_ptes(void **state)
{
	(void)state;
	start("map 10-14; touch 10; touch 13");
	pte_addr_t pte = frame("P", 13)->pte.direct;
	const struct page *table = &run.m->mem_map[pte >> PAGE_SHIFT];
	uint64_t span = 1ull << machine_paging(run.m)->table_shift;
	expect_num(table->kind, PAGE_TABLE);
	assert_ptr_equal((void *)table->mapping, mm_of("P"));
	expect_num(table->index, addr_of(13) & ~(span - 1));
	assert_ptr_equal(ptep_to_mm(run.m, pte), mm_of("P"));
	expect_num(ptep_to_address(run.m, pte), addr_of(13));
	expect_num(run.m->mem_map[mm_of("P")->pgd].mapping, 0);
	finish();
}

static void t60_24_last_mapper(void **state)
{
	(void)state;
	start("spawn Q; map 10-14; touch 10; fork C");
	struct page *a = frame("P", 10);
	script("C: exit; exit");
	expect_num(a->pte.direct, 0);
	expect_num(a->kind, PAGE_FREE);
	expect_num(run.m->nr_mapped, 0);
	expect_num(nodes(), 0);
	finish();
}

/* -- the rest ------------------------------------------------------------------- */

/* Correction 11: the head node first, its slots from the highest down. */
static void t60_order_of_the_walk(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C1; fork C2; fork C3; fork C4; "
	      "fork C5; fork C6; fork C7; fork C8");
	expect_num(try_rmap(frame("P", 10), false), 0);
	expect_text(found(),
		"C710,C810,P10,C110,C210,C310,C410,C510,C610");
	expect_num(cost(COST_VISITED), 9);
	expect_num(cost(COST_MATCHED), 9);
	expect_num(cost(COST_WASTED), 0);
	expect_num(cost(COST_CHAIN_NODES), 2);
	expect_num(cost(COST_TLB_FLUSHES), 0);
	expect_text(pte_text("P", 10), "-D-");
	assert_false(has_flag(frame("P", 10), PG(REFERENCED)));
	finish();
}

static void begin_nrpte(unsigned nrpte)
{
	struct machine_config config = { .era = era_find("2.6.0"),
		.ram = 4 << 20 };

	begin("2.6.0");
	machine_delete(run.m);
	config.tune = tunables_default(config.era);
	config.tune.nrpte = (uint16_t)nrpte;
	run.m = machine_new(&config);
	assert_non_null(run.m);
	run.nr_tasks = 0;
	run.free_at_start = free_frames(run.m);
	assert_int_equal(try_spawn("P"), 0);
}

/* 3.6: nodes of k mappings, ceil(k / n), and their bytes. */
static void t60_3_6_nodes(void **state)
{
	static const struct {
		unsigned nrpte, bytes, per_slab;
	} row[] = { { 3, 16, 203 }, { 7, 32, 113 }, { 15, 64, 59 },
		{ 31, 128, 30 } };
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		unsigned n = row[i].nrpte;
		begin_nrpte(n);
		const struct kmem_cache *c = &run.m->caches[CACHE_PTE_CHAIN];
		expect_num(c->object_size, row[i].bytes);
		expect_num(c->num, row[i].per_slab);
		script("map 10-11; touch 10");
		for (unsigned k = 2; k <= 40; k++) {
			char text[32];

			snprintf(text, sizeof(text), "fork C%u", k);
			script(text);
			expect_num(nodes(), (k + n - 1) / n);
		}
		finish();
	}
}

static void t60_nrpte_must_be_a_cache_line(void **state)
{
	struct machine_config config = { .era = era_find("2.6.0") };

	(void)state;
	config.tune = tunables_default(config.era);
	for (unsigned n = 0; n < 64; n++) {
		config.tune.nrpte = (uint16_t)n;
		struct machine *m = machine_new(&config);
		bool ok = n == 3 || n == 7 || n == 15 || n == 31;
		assert_true((m != NULL) == ok);
		machine_delete(m);
	}
}

/* Removing: the newest is found at once, the oldest only at the end (3.6). */
static void t60_3_6_removal(void **state)
{
	(void)state;
	for (int oldest = 0; oldest < 2; oldest++) {
		uint64_t touched = 0;
		char text[32];
		start("map 10-11; touch 10");
		for (int k = 0; k < 28; k++) {
			snprintf(text, sizeof(text), "fork C%d", k);
			script(text);
		}
		for (int k = 0; k < 28; k++) {
			snprintf(text, sizeof(text), "C%d: exit",
				oldest ? k : 27 - k);
			script(text);
			touched += cost(COST_CHAIN_NODES);
		}
		if (oldest)
			assert_true(touched > 28);
		else
			expect_num(touched, 28);
		expect_text(chain_of(frame("P", 10)), "[P]");
		finish();
	}
}

/* Correction 2: copying leaves chains of one; page_referenced() ends them. */
static void t60_chains_of_one_stay(void **state)
{
	(void)state;
	start("map 10-20; touch 10-20; fork C; C: touch 10-20");
	expect_num(nodes(), 10);
	for (unsigned p = 10; p < 20; p++)
		expect_num(try_rmap(frame("P", p), false), 0);
	expect_num(nodes(), 0);
	finish();
}

/* fork writes the parent's PTE of a private page again, read-only as it is. */
static void t60_fork_protects_always(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	uint64_t first = cost(COST_PTES);
	script("fork D");
	expect_num(cost(COST_PTES), first);
	finish();
}

/* munmap: the upper part of the first cut and the lower of the second are new. */
static void t60_munmap_splits(void **state)
{
	(void)state;
	start("map 10-16");
	const struct vm_area_struct *v = vma_at("P", 10);
	uint32_t id = v->id;
	script("unmap 12-14");
	expect_text(vmas("P"), "10-12rw 14-16rw");
	assert_ptr_equal(vma_at("P", 10), v);
	expect_num(vma_at("P", 14)->id, id + 1);
	expect_num(vma_at("P", 14)->vm_pgoff, 4);
	finish();
}

/* 5.2: by flags; a VMA that grows down takes its vm_pgoff along, below 0. */
static void t60_5_2_merge(void **state)
{
	(void)state;
	start("map 10-12; touch 10; map 14-16; touch 14; map 12-14");
	expect_text(vmas("P"), "10-16rw");
	script("map 22-24; map 20-22");
	expect_text(vmas("P"), "10-16rw 20-24rw");
	expect_num(vma_at("P", 20)->vm_pgoff, 0xfffffffe);
	script("protect 12-14 r; protect 12-14 rw");
	expect_text(vmas("P"), "10-16rw 20-24rw");
	finish();
}

/* Upwards, from where the last search ended or a lower hole was made. */
static void t60_placement(void **state)
{
	struct op op;

	(void)state;
	start("");
	op = make_op(OP_MMAP, pid_of("P"));
	set_arg(&op, "len", 2 * PAGE_SIZE);
	for (uint64_t i = 0; i < 4; i++) {
		expect_num(run_op(&op), 0);
		expect_num(run.res.value, 0x40000000 + i * 2 * PAGE_SIZE);
	}
	expect_num(try_munmap(pid_of("P"), 0x40004000, PAGE_SIZE), 0);
	expect_num(mm_of("P")->free_area_cache, 0x40004000);
	expect_num(run_op(&op), 0);
	expect_num(run.res.value, 0x40008000);
	set_arg(&op, "len", PAGE_SIZE);
	expect_num(run_op(&op), 0);
	expect_num(run.res.value, 0x4000a000);
	finish();
}

static void t60_madvise_cuts(void **state)
{
	(void)state;
	start("map 10-16; advise 12-14 random; advise 12-14 normal");
	expect_num(count_vmas("P"), 3);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t60_01_first_write),
		cmocka_unit_test(t60_02_read),
		cmocka_unit_test(t60_03_fork_once),
		cmocka_unit_test(t60_04_chain_grows),
		cmocka_unit_test(t60_05_child_writes),
		cmocka_unit_test(t60_06_parent_writes),
		cmocka_unit_test(t60_07_node_is_used_again),
		cmocka_unit_test(t60_08_head_fills_the_gap),
		cmocka_unit_test(t60_09_reserved),
		cmocka_unit_test(t60_18_mremap),
		cmocka_unit_test(t60_19_table_of_ptes),
		cmocka_unit_test(t60_24_last_mapper),
		cmocka_unit_test(t60_order_of_the_walk),
		cmocka_unit_test(t60_3_6_nodes),
		cmocka_unit_test(t60_nrpte_must_be_a_cache_line),
		cmocka_unit_test(t60_3_6_removal),
		cmocka_unit_test(t60_chains_of_one_stay),
		cmocka_unit_test(t60_fork_protects_always),
		cmocka_unit_test(t60_munmap_splits),
		cmocka_unit_test(t60_5_2_merge),
		cmocka_unit_test(t60_placement),
		cmocka_unit_test(t60_madvise_cuts),
	};
	return run_on_archs("2.6.0", tests, sizeof(tests) / sizeof(tests[0]));
}
