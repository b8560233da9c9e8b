/*
 * Out of memory in the middle: a hog leaves few frames free and slabs nearly
 * full, then an operation is tried.  It is done or it is refused and undone;
 * no page, value or object is lost or left over.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

/* Task H, which has mapped more than there is. */
static void call_hog(void)
{
	script("spawn H; H: map 2000-2080; H: map 2080-2160; "
	       "H: map 2160-2240; H: touch 2000");
}

/* H writes pages until @left frames are free. */
static void hog(unsigned left)
{
	for (unsigned page = 2001; free_frames(run.m) > left; page++)
		expect_num(try_write(pid_of("H"), addr_of(page), 1), 0);
	expect_num(free_frames(run.m), left);
}

/* VMAs with an anon_vma of their own, until the cache has @room objects free
 * in its last slab. */
static void fill_slab(enum slab_cache_id id, unsigned room)
{
	char text[64];
	const struct kmem_cache *c = &run.m->caches[id];
	script("spawn F");
	for (unsigned page = 1000; page < 1400; page += 2) {
		if (c->nr_slabs * c->num - c->nr_objects == room)
			return;
		snprintf(text, sizeof(text), "F: map %u-%u; F: touch %u", page,
			page + 1, page);
		script(text);
	}
	fail_msg("no room of %u", room);
}

/* Objects that a fault or a fork needs beside frames. */
static enum slab_cache_id links_of(const char *era)
{
	return era_find(era)->cache[CACHE_AVC].name ? CACHE_AVC : CACHE_VMA;
}

/* The target needs two new tables: with one frame it fails half way. */
static void mremap_is_undone(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++)
		for (unsigned left = 0; left < 4; left++) {
			begin_on(eras[e], NULL, 1 << 20);
			script("map 10-14; write 10 5; write 11 6; write 12 7; "
			       "write 13 8");
			call_hog();
			hog(left);
			script(left < 2 ? "move 10-14 4094 =ENOMEM"
					: "move 10-14 4094");
			unsigned at = left < 2 ? 10 : 4094;
			for (unsigned i = 0; i < 4; i++)
				expect_num(value_at("P", at + i), 5 + i);
			assert_null(vma_at("P", left < 2 ? 4094 : 10));
			finish();
		}
}

/* What a refused fork must leave alone. */
struct sizes {
	unsigned anon_vmas, avcs;
	uint64_t vmas, mms, free;
	char family[512];
};

static struct sizes sizes_now(void)
{
	struct sizes s = { .anon_vmas = count_anon_vmas(),
		.avcs = count_avcs(),
		.vmas = run.m->caches[CACHE_VMA].nr_objects,
		.mms = run.m->caches[CACHE_MM].nr_objects,
		.free = free_frames(run.m) + count_frames(PAGE_SLAB) };
	snprintf(s.family, sizeof(s.family), "%.500s", family());
	return s;
}

static void expect_sizes(const struct sizes *s)
{
	struct sizes now = sizes_now();
	expect_num(now.anon_vmas, s->anon_vmas);
	expect_num(now.avcs, s->avcs);
	expect_num(now.vmas, s->vmas);
	expect_num(now.mms, s->mms);
	expect_num(now.free, s->free);
	expect_text(now.family, s->family);
}

/* Families with two VMAs; G forks, and its child reuses an anon_vma, or not. */
static const char *const before_fork[] = {
	"map 10-14; write 10 5; map 20-24 r; fork C; exit; C: fork G; C: exit; "
	"G: write 11 6",
	"map 10-14; write 10 5; map 20-24 r; fork G; G: write 11 6",
};

static bool fork_under_pressure(const char *era, const char *first,
	enum slab_cache_id id, unsigned room, unsigned left)
{
	begin_on(era, NULL, 1 << 20);
	script(first);
	call_hog();
	fill_slab(id, room);
	hog(left);
	struct sizes before = sizes_now();
	int status = try_fork(pid_of("G"), "X");
	if (status) {
		expect_text(status_name(status), "ENOMEM");
		expect_sizes(&before);
	} else {
		expect_num(value_at("X", 10), 5);
	}
	expect_num(value_at("G", 10), 5);
	expect_num(value_at("G", 11), 6);
	finish();
	return !status;
}

static void sweep(const char *era, const char *first, enum slab_cache_id id)
{
	unsigned done = 0, tried = 0;
	for (unsigned room = 0; room < 5; room++)
		for (unsigned left = 0; left < 9; left++, tried++)
			done += fork_under_pressure(era, first, id, room, left);
	assert_true(done > 0 && done < tried);
}

/* Fork fails at each allocation in turn and leaves nothing behind. */
static void fork_is_undone(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS * 2; e++)
		sweep(eras[e / 2], before_fork[e % 2], links_of(eras[e / 2]));
}

/* A first write without memory: OOM, and the page is as before. */
static void fault_is_undone(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++)
		for (unsigned room = 0; room < 3; room++) {
			begin_on(eras[e], NULL, 1 << 20);
			script("map 10-14; write 10 5; fork C; map 40-44");
			call_hog();
			fill_slab(links_of(eras[e]), room);
			hog(0);
			script("C: write 10 6 =OOM; C: read 10; read 10; "
			       "write 11 6 =OOM; write 40 7 =OOM");
			assert_null(frame("P", 11));
			expect_num(value_at("P", 10), 5);
			expect_num(value_at("C", 10), 5);
			script("H: exit; C: write 10 6; write 40 7");
			expect_num(value_at("C", 10), 6);
			expect_num(value_at("P", 10), 5);
			finish();
		}
}

/* A split or merge without memory for its links changes nothing seen. */
static void split_is_undone(void **state)
{
	(void)state;
	for (size_t e = 3; e < NR_ERAS; e++)
		for (unsigned room = 0; room < 8; room++) {
			begin_on(eras[e], NULL, 1 << 20);
			script("map 10-14; write 10 5; write 13 8; fork C; "
			       "C: fork G");
			call_hog();
			fill_slab(CACHE_AVC, room);
			hog(0);
			unsigned avcs = count_avcs();
			script(room < 3 ? "G: protect 10-12 r =ENOMEM"
					: "G: protect 10-12 r");
			expect_num(count_avcs(), avcs + (room < 3 ? 0 : 3));
			script(room < 6 ? "G: unmap 11-12 =ENOMEM"
					: "G: protect 10-12 rw");
			expect_num(value_at("G", 13), 8);
			expect_num(value_at("G", 10), 5);
			finish();
		}
}

/* What is never given back may not outgrow what the host keeps for it. */
static void room_for_names_ends(void **state)
{
	uint32_t room;

	(void)state;
	begin_on("4.0", NULL, 1 << 20);
	assert_true(machine_has_room(run.m));
	room = run.m->vmas.room;
	run.m->vmas.room = 1 << 24; /* as if so many had been */
	assert_true(machine_has_room(run.m));
	run.m->vmas.room = 1 << 25;
	assert_false(machine_has_room(run.m));
	run.m->vmas.room = room;
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mremap_is_undone),
		cmocka_unit_test(fork_is_undone),
		cmocka_unit_test(fault_is_undone),
		cmocka_unit_test(split_is_undone),
		cmocka_unit_test(room_for_names_ends),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
