/*
 * Calls from the outside: making machines, arguments at their limits, what is
 * refused and how, values of all kinds.
 */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))
/* Indices of the first that searches downwards, and of the first with chains. */
enum { TOP_DOWN = 2, CHAINS = 3 };

#define MIB ((uint64_t)1 << 20)

/* A pair or a size that is not allowed gives no machine. */
static void refused_machines(void **state)
{
	static const struct {
		const char *era, *arch;
		uint64_t ram;
	} row[] = { { "2.6.11", "x86_64", 16 * MIB },
		{ "4.0", "x86_64-la57", 16 * MIB },
		{ "6.18", "i386", 16 * MIB }, { "6.18", "pae", 16 * MIB },
		{ "4.0", "x86_64", MIB / 4 - 4096 },
		{ "4.0", "x86_64", (65ull << 30) },
		{ "2.6.11", "i386", (4ull << 30) + 4096 } };
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct machine_config c = { .era = era_find(row[i].era),
			.paging = paging_find(row[i].arch),
			.ram = row[i].ram };
		errno = 0;
		assert_null(machine_new(&c));
		expect_num(errno, EINVAL);
	}
}

/* Nothing chosen: 4.0 on x86-64 with 16 MiB in one zone. */
static void default_machine(void **state)
{
	struct machine_config c = { 0 };
	(void)state;
	struct machine *m = machine_new(&c);
	assert_non_null(m);
	expect_text(machine_era(m)->name, "4.0");
	expect_text(machine_paging(m)->name, "x86_64");
	expect_num(m->nr_frames, 16 * MIB / PAGE_SIZE);
	expect_num(m->nr_zones, 1);
	expect_text(m->zones[0].name, "Normal");
	machine_delete(m);
	machine_delete(NULL);
}

/* Zones as the scenario sets them, in frames; smaller than a default one. */
static void zones_as_set(void **state)
{
	struct machine_config c = { .zone_name = { "DMA", "Normal" },
		.zone_pages = { 64, 128 } };
	(void)state;
	struct machine *m = machine_new(&c);
	assert_non_null(m);
	expect_num(m->nr_frames, 192);
	expect_num(m->nr_zones, 2);
	expect_num(m->zones[1].zone_start_pfn, 64);
	machine_delete(m);
}

/* sys_brk compares before it rounds: what wraps around does not shrink. */
static void brk_refused_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; write 10 8; brk 2");
		uint64_t end = mm_of("P")->brk;
		const uint64_t refused[] = { UINT64_MAX, UINT64_MAX - 4095,
			0, mm_of("P")->start_brk - 1 };
		for (size_t j = 0; j < 4; j++) {
			try_brk(pid_of("P"), refused[j]);
			expect_num(run.res.value, end);
		}
		expect_num(value_at("P", 10), 8);
		script("brk 0");
		finish();
	}
}

/* A walk does not take an address above the last one for one below. */
static void walk_beyond_the_last_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		struct walk w;
		begin(eras[i]);
		script("map 10-14; write 10 8");
		paging_walk(run.m, mm_of("P"), addr_of(10), &w);
		assert_true(w.mapped);
		for (unsigned bit = 32; bit < 64; bit++) {
			paging_walk(run.m, mm_of("P"),
				addr_of(10) | 1ull << bit, &w);
			assert_false(w.mapped);
		}
		finish();
	}
}

/* Names: aliases are found; the oldest comes first. */
static void era_names(void **state)
{
	(void)state;
	assert_ptr_equal(era_find("6.x"), era_find("6.18"));
	assert_null(era_find("2.6"));
	assert_null(era_find("5.0"));
	for (size_t i = 0; i < NR_ERAS; i++)
		assert_ptr_equal(era_at((unsigned)i), era_find(eras[i]));
	assert_null(era_at(NR_ERAS));
}

static const char *mmap_status(uint64_t addr, uint64_t len, int fixed)
{
	struct op op = make_op(OP_MMAP, pid_of("P"));
	if (addr)
		set_arg(&op, "addr", addr);
	set_arg(&op, "len", len);
	if (fixed)
		set_arg(&op, "fixed", (uint64_t)fixed);
	return status_name(run_op(&op));
}

/* 7.5: the checks of mmap with their errors. */
static void mmap_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		uint64_t size = machine_paging(run.m)->task_size;
		expect_text(mmap_status(0, size + PAGE_SIZE, 0),
			i < CHAINS ? "EINVAL" : "ENOMEM");
		expect_text(
			mmap_status(addr_of(10) + 1, PAGE_SIZE, 1), "EINVAL");
		expect_text(mmap_status(size - PAGE_SIZE, 2 * PAGE_SIZE, 1),
			"ENOMEM");
		expect_text(mmap_status(addr_of(10), 100, 1), "OK");
		expect_num(run.res.len, PAGE_SIZE);
		expect_text(vmas("P"), "10-11rw");
		finish();
	}
}

/* A hint is taken when it is free; MAP_FIXED replaces what is there. */
static void mmap_hint_and_fixed(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		expect_text(mmap_status(addr_of(10), 2 * PAGE_SIZE, 0), "OK");
		expect_num(run.res.value, addr_of(10));
		script("write 10 5; protect 10-12 r");
		expect_text(mmap_status(addr_of(11), PAGE_SIZE, 0), "OK");
		assert_true(run.res.value != addr_of(11));
		expect_text(mmap_status(addr_of(10), PAGE_SIZE, 1), "OK");
		expect_text(vmas("P"), "10-11rw 11-12r");
		expect_num(value_at("P", 10), 0);
		finish();
	}
}

/* MAP_FIXED_NOREPLACE: EEXIST where it exists, else only a hint. */
static void mmap_noreplace(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; write 10 5");
		expect_text(mmap_status(addr_of(12), 4 * PAGE_SIZE, 2),
			i == 4 ? "EEXIST" : "OK");
		expect_num(value_at("P", 10), 5);
		expect_text(mmap_status(addr_of(20), PAGE_SIZE, 2), "OK");
		expect_num(run.res.value, addr_of(20));
		finish();
	}
}

/* What the kernel before it did not know is EINVAL. */
static void unknown_advice(void **state)
{
	(void)state;
	begin("2.6.11");
	script("map 10-14; advise 10-14 dontfork =EINVAL; "
	       "advise 10-14 wipeonfork =EINVAL; advise 10-14 dontneed");
	begin("4.0");
	script("map 10-14; advise 10-14 wipeonfork =EINVAL; "
	       "advise 10-14 dontfork; fork C");
	expect_text(vmas("C"), "");
	finish();
}

/* MADV_DONTNEED over a hole does its work and says ENOMEM. */
static void dontneed_over_a_hole(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-12; map 14-16; write 10 5; write 15 6; "
		       "advise 10-16 dontneed =ENOMEM");
		expect_num(value_at("P", 10), 0);
		expect_num(value_at("P", 15), 0);
		finish();
	}
}

static value_t write_text(const char *text)
{
	struct op op = make_op(OP_WRITE, pid_of("P"));
	set_arg(&op, "addr", addr_of(10));
	set_arg(&op, "value", 0);
	snprintf(op.text, NAME_SIZE, "%s", text);
	op.text_value = true;
	expect_num(run_op(&op), 0);
	return value_at("P", 10);
}

/* Strings and negative numbers survive copies and moves. */
static void values_of_all_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14");
		value_t v = write_text("thirty-one bytes of text at last");
		expect_num(VALUE_TAG(v), VALUE_STRING);
		expect_text(string_text(run.m, (uint32_t)v),
			"thirty-one bytes of text at las");
		expect_num(write_text("A"), write_text("A"));
		v = write_text("A");
		script("fork C; write 11 3; C: write 10 9; move 10-14 30");
		expect_num(value_at("P", 30), v);
		expect_num(value_at("C", 10), 9);
		expect_num(value_at("P", 31), 3);
		finish();
	}
}

/* A page never written reads as 0, before and after DONTNEED. */
static void unwritten_pages_read_0(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14");
		expect_num(value_at("P", 10), 0);
		script("write 10 8; advise 10-14 dontneed");
		expect_num(value_at("P", 10), 0);
		script("write 11 8; unmap 11-12; map 11-12");
		expect_num(value_at("P", 11), 0);
		finish();
	}
}

static uint64_t placed(uint64_t pages)
{
	expect_text(mmap_status(0, pages * PAGE_SIZE, 0), "OK");
	return (machine_paging(run.m)->mmap_base - run.res.value) / PAGE_SIZE;
}

/* 7.6: 2.6.11 goes on below where the last search ended, or from the end of
 * what was unmapped above; from 4.0 on the highest hole is taken. */
static void t7_6_where_the_search_starts(void **state)
{
	(void)state;
	for (size_t i = TOP_DOWN; i < NR_ERAS; i++) {
		begin(eras[i]);
		uint64_t base = machine_paging(run.m)->mmap_base;
		expect_num(placed(2), 2);
		expect_num(placed(2), 4);
		expect_num(placed(2), 6);
		expect_num(try_munmap(pid_of("P"), base - 2 * PAGE_SIZE,
				   2 * PAGE_SIZE),
			0);
		expect_num(placed(4), 10);
		expect_num(placed(1), i >= CHAINS ? 1 : 11);
		expect_num(try_munmap(pid_of("P"), base - 6 * PAGE_SIZE,
				   2 * PAGE_SIZE),
			0);
		expect_num(placed(1), i >= CHAINS ? 2 : 5);
		finish();
	}
}

/* A task that has exited: ESRCH for every call. */
static void calls_on_the_dead(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; touch 10; fork C; exit");
		script("map 10-14 =ESRCH; unmap 10-14 =ESRCH; read 10 =ESRCH; "
		       "write 10 1 =ESRCH; fork X =ESRCH; exit =ESRCH; "
		       "protect 10-14 r =ESRCH; advise 10-14 dontneed =ESRCH; "
		       "resize 10-14 18 =ESRCH");
		expect_text(status_name(try_exit(999)), "ESRCH");
		finish();
	}
}

/* The walk of a frame that nothing maps finds nothing and changes nothing. */
static void walks_of_other_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; touch 10; read 11");
		for (uint32_t pfn = 0; pfn < run.m->nr_frames + 2; pfn++) {
			const struct page *p = page_by_pfn(run.m, pfn);
			struct op op = make_op(OP_RMAP, pfn);
			set_arg(&op, "full", 0);
			run_op(&op);
			expect_num(run.res.nr_found, p && p->kind == PAGE_ANON);
		}
		finish();
	}
}

/* C6 in small: n children of m pages, all copied; walks and memory. */
static void c6_scale_model(void **state)
{
	enum { N = 9, PAGES = 4 };
	(void)state;
	for (size_t e = CHAINS; e < NR_ERAS; e++) {
		char name[16] = "P", text[64];
		uint64_t full = 0, early = 0;
		begin(eras[e]);
		script("map 10-14; touch 10-14");
		for (unsigned i = 0; i < N; i++) {
			snprintf(text, sizeof(text),
				"fork C%u; C%u: touch 10-14", i, i);
			script(text);
		}
		for (unsigned i = 0; i <= N; i++) {
			for (unsigned p = 10; p < 10 + PAGES; p++) {
				expect_num(try_rmap(frame(name, p), true), 0);
				full += cost(COST_VISITED);
				expect_num(try_rmap(frame(name, p), false), 0);
				early += cost(COST_VISITED);
			}
			snprintf(name, sizeof(name), "C%u", i);
		}
		expect_num(full, N * PAGES + PAGES * (N + 1));
		expect_num(early, PAGES * (N + 1));
		expect_counts(N + 1, 2 * N + 1);
		finish();
	}
}

/* C3, C4: a chain of d forks, alive and with exits. */
static void c3_c4_chains(void **state)
{
	(void)state;
	for (size_t e = CHAINS; e < NR_ERAS; e++) {
		char text[64];
		begin(eras[e]);
		script("map 10-14; touch 10; fork X0");
		for (unsigned g = 1; g < 6; g++) {
			snprintf(text, sizeof(text), "X%u: fork X%u", g - 1, g);
			script(text);
		}
		expect_counts(7, 7 * 8 / 2);
		script("exit; X0: exit; X1: exit; X2: exit; X3: exit; X4: "
		       "exit");
		expect_counts(7, 7);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_machines),
		cmocka_unit_test(default_machine),
		cmocka_unit_test(zones_as_set),
		cmocka_unit_test(brk_refused_changes_nothing),
		cmocka_unit_test(walk_beyond_the_last_address),
		cmocka_unit_test(era_names),
		cmocka_unit_test(mmap_errors),
		cmocka_unit_test(mmap_hint_and_fixed),
		cmocka_unit_test(mmap_noreplace),
		cmocka_unit_test(unknown_advice),
		cmocka_unit_test(dontneed_over_a_hole),
		cmocka_unit_test(values_of_all_kinds),
		cmocka_unit_test(unwritten_pages_read_0),
		cmocka_unit_test(t7_6_where_the_search_starts),
		cmocka_unit_test(calls_on_the_dead),
		cmocka_unit_test(walks_of_other_frames),
		cmocka_unit_test(c6_scale_model),
		cmocka_unit_test(c3_c4_chains),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
