/*
 * The pane of files: golden texts of page caches and of i_mmap in each form,
 * and that what it says of a walk is what the walk did.
 */
#include "stage.h"

#include "core/filemap.h"
#include "core/i_mmap.h"
#include "view/mmap_picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	int w, h;
} sizes[] = { { 38, 9 }, { 58, 13 }, { 78, 20 }, { 118, 36 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void check_one(struct stage *st, const char *scene, int w, int h,
	bool ascii)
{
	char name[128];
	char *text;

	stage_draw(st, &pane_files, w, h, ascii);
	snprintf(name, sizeof(name), "%s-files-%dx%d%s", scene, w, h,
		ascii ? "-ascii" : "");
	text = stage_text(st);
	golden_check(name, text);
	free(text);
}

static void check_all(struct stage *st, const char *scene)
{
	for (unsigned i = 0; i < NR_SIZES; i++)
		for (int ascii = 0; ascii < 2; ascii++)
			check_one(st, scene, sizes[i].w, sizes[i].h, ascii);
}

static bool shows(struct stage *st, const char *what)
{
	char *text;
	bool found;

	stage_draw(st, &pane_files, 78, 40, true);
	text = stage_text(st);
	found = strstr(text, what);
	free(text);
	return found;
}

/* -- operations --------------------------------------------------------- */

static uint64_t page_of(uint64_t region, uint64_t page)
{
	return region + page * PAGE_SIZE;
}

/* Map pages [@first, @last] of file 1; private, or shared and writable. */
static uint64_t map_file(struct stage *st, uint32_t pid, uint64_t first,
	uint64_t last, bool shared)
{
	int status = stage_op(st, "mmap", pid, "len",
		(last - first + 1) * PAGE_SIZE, "file", (uint64_t)1, "pgoff",
		first, "shared", (uint64_t)shared, NULL);
	const struct task_struct *task;

	assert_int_equal(status, 0);
	stage_update(st);
	task = task_find(st->look.m, pid);
	for (const struct vm_area_struct *v = task->mm->mmap; v; v = v->vm_next)
		if (v->id == st->look.m->vmas.last)
			return v->vm_start;
	return 0;
}

/* The intervals of the prio tree's worked example, one task each two. */
static void example(struct stage *st, const char *era)
{
	static const unsigned range[][2] = { { 0, 5 }, { 0, 2 }, { 0, 4 },
		{ 2, 3 }, { 0, 0 }, { 1, 4 }, { 2, 2 }, { 0, 1 } };

	stage_open(st, era, NULL, 16 << 20);
	stage_spawn(st, "init");
	stage_file(st, "libc.so", 6);
	for (unsigned i = 0; i < 8; i++)
		map_file(st, 1, range[i][0], range[i][1], i % 3 == 0);
	stage_fork(st, 1, "kid");
}

/* A reader, a writer and a forked child at one file. */
static void readers(struct stage *st, const char *era)
{
	uint64_t text, data;

	stage_open(st, era, NULL, 16 << 20);
	stage_spawn(st, "parent");
	stage_file(st, "data", 12);
	text = map_file(st, 1, 0, 11, false);
	data = map_file(st, 1, 2, 5, true);
	stage_op(st, "read", 1, "addr", page_of(text, 1), NULL);
	stage_op(st, "read", 1, "addr", page_of(data, 0), NULL);
	stage_write(st, 1, page_of(data, 1), "new");
	stage_write(st, 1, page_of(text, 5), "mine");
	stage_fork(st, 1, "child");
}

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0",
	"6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

/* -- pictures ----------------------------------------------------------- */

static void test_cache(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_ERAS; i++) {
		struct stage st;
		char scene[64];

		readers(&st, eras[i]);
		snprintf(scene, sizeof(scene), "files-%s", eras[i]);
		stage_update(&st);
		check_all(&st, scene);
		stage_close(&st);
	}
}

static void test_structure(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_ERAS; i++) {
		struct stage st;
		char scene[64];

		example(&st, eras[i]);
		snprintf(scene, sizeof(scene), "mmap-%s", eras[i]);
		stage_update(&st);
		check_all(&st, scene);
		stage_close(&st);
	}
}

static void test_none(void **state)
{
	struct stage st;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	assert_true(shows(&st, "No file yet."));
	stage_close(&st);
}

/* -- a walk ------------------------------------------------------------- */

/* Truncating to 2 pages asks who maps page 2 and beyond. */
static void test_walk(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_ERAS; i++) {
		struct stage st;
		char scene[64];

		example(&st, eras[i]);
		assert_int_equal(stage_op(&st, "ftruncate", 1, "pages",
					 (uint64_t)2, NULL),
			0);
		assert_true(stage_goto_event(&st, EV_I_MMAP_HIT, 4));
		snprintf(scene, sizeof(scene), "mmap-walk-%s", eras[i]);
		check_all(&st, scene);
		stage_close(&st);
	}
}

/* What a picture says at each event of a walk, against the definition. */
static void check_picture(struct stage *st)
{
	const struct inode *inode = inode_by_id(st->look.m, 1);
	struct mmap_picture p;
	uint32_t hits = 0;

	assert_true(mmap_picture_make(&p, &st->look, &inode->i_mapping));
	assert_int_equal(p.nr, inode->i_mapping.nr_mmap);
	for (uint32_t i = 0; p.asked && i < p.nr; i++) {
		const struct mmap_row *row = &p.row[i];
		bool overlaps = row->node.first <= p.last &&
				row->node.last >= p.first;

		hits += row->mark == MMAP_HIT;
		hits += row->mark == MMAP_WASTED;
		assert_true(row->mark != MMAP_HIT || overlaps);
		assert_true(row->mark != MMAP_WASTED || overlaps);
		assert_true(row->mark != MMAP_MISS || !overlaps);
		assert_false(row->left_out && overlaps);
		assert_false(row->left_out && row->mark == MMAP_HIT);
		if (p.over)
			assert_int_equal(row->mark == MMAP_HIT ||
						 row->mark == MMAP_WASTED,
				overlaps);
	}
	assert_int_equal(p.asked ? hits : 0, p.asked ? p.found : 0);
	mmap_picture_free(&p);
}

static void test_picture_is_true(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_ERAS; i++) {
		struct stage st;
		uint32_t op, n;

		example(&st, eras[i]);
		stage_op(&st, "ftruncate", 1, "pages", (uint64_t)3, NULL);
		op = history_length(st.h);
		n = history_event_count(st.h, op);
		assert_true(n > 20);
		for (uint32_t k = 1; k <= n; k++) {
			stage_goto(&st, (struct pos){ op, k, 0 });
			check_picture(&st);
		}
		stage_close(&st);
	}
}

/* The frame of page @index of file 1. */
static uint32_t frame_of(struct stage *st, uint64_t index)
{
	const struct machine *m = st->look.m;
	const struct inode *inode = inode_by_id(m, 1);
	const struct page *page = entry_page(cache_entry(inode, index));

	assert_non_null(page);
	return page_pfn(m, page);
}

/* The pane of the reverse map shows the walk from a page of a file through
 * its i_mmap, which kernels before 2.6.11 do not walk for that; either pane can
 * be drawn at every instant of it. */
static void test_rmap_walk(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_ERAS; i++) {
		struct stage st;
		char name[64];
		char *text;
		uint32_t op, n;

		readers(&st, eras[i]);
		stage_update(&st);
		stage_op(&st, "rmap", frame_of(&st, 2), "full", (uint64_t)1,
			NULL);
		op = history_length(st.h);
		n = history_event_count(st.h, op);
		for (uint32_t k = 1; k <= n; k++) {
			stage_goto(&st, (struct pos){ op, k, 0 });
			check_picture(&st);
			stage_draw(&st, &pane_rmap, 38, 9, true);
			stage_draw(&st, &pane_files, 38, 9, true);
		}
		if (stage_goto_event(&st, EV_I_MMAP_HIT, 3)) {
			stage_draw(&st, &pane_rmap, 78, 20, false);
			snprintf(name, sizeof(name), "files-%s-rmap-78x20",
				eras[i]);
			text = stage_text(&st);
			golden_check(name, text);
			free(text);
		} else {
			assert_true(i < 2);
		}
		stage_close(&st);
	}
}

/* -- what is tied to what ----------------------------------------------- */

static unsigned marks(struct stage *st, enum ref_kind kind, uint32_t id)
{
	return look_marks(&st->look, ref_make(kind, id)) & STYLE_RELATED;
}

/* A selected file lights up its VMAs; a page of it those that map it. */
static void test_related(void **state)
{
	struct stage st;

	(void)state;
	readers(&st, "4.0");
	stage_update(&st);
	st.look.selected = ref_make(REF_FILE, 1);
	stage_update(&st);
	for (uint32_t vma = 1; vma <= 4; vma++)
		assert_true(marks(&st, REF_VMA, vma));
	st.look.selected = ref_make(REF_VMA, 2);
	stage_update(&st);
	assert_true(marks(&st, REF_FILE, 1));
	assert_false(marks(&st, REF_VMA, 1));
	st.look.selected = ref_make(REF_PAGE, frame_of(&st, 1));
	stage_update(&st);
	assert_true(marks(&st, REF_FILE, 1));
	assert_true(marks(&st, REF_VMA, 1)); /* [0, 11]: page 1 is read there */
	assert_false(marks(&st, REF_VMA, 2)); /* [2, 5] */
	stage_close(&st);
}

/* -- many --------------------------------------------------------------- */

/* A family of 200: one tree node and its set, folded into a line. */
static void test_many(void **state)
{
	struct stage st;
	char *text;

	(void)state;
	stage_open(&st, "2.6.11", NULL, 64 << 20);
	stage_spawn(&st, "init");
	stage_file(&st, "big", 5000);
	map_file(&st, 1, 0, 4999, false);
	for (uint64_t i = 0; i < 60; i++)
		stage_op(&st, "pread", 1, "page", i * 83, NULL);
	for (int i = 0; i < 200; i++)
		stage_fork(&st, 1, "kid");
	stage_update(&st);
	check_one(&st, "files-many", 78, 20, false);
	st.look.selected = ref_make(REF_VMA, 100);
	stage_update(&st);
	stage_draw(&st, &pane_files, 78, 20, false);
	pane_files.seek(&st.view, &st.look, st.look.selected);
	assert_true(ref_eq(st.view.cursor, st.look.selected));
	stage_redraw(&st, &pane_files);
	text = stage_text(&st);
	assert_non_null(strstr(text, "vma100"));
	assert_non_null(strstr(text, "×98"));
	free(text);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_picture_is_true),
		cmocka_unit_test(test_rmap_walk),
		cmocka_unit_test(test_related),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
