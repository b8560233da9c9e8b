/* The viewer driven by keys on a canvas: what a person does and then sees. */
#include "lesson.h"
#include "stage.h"

#include "tui/bindings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct pos at(const struct app *a)
{
	return history_pos(a->h);
}

static void assert_pos(const struct app *a, uint32_t op, uint32_t event)
{
	assert_int_equal(at(a).op, op);
	assert_int_equal(at(a).event, event);
}

/* -- golden screens ----------------------------------------------------- */

static void golden(struct app *a, const char *name, int w, int h)
{
	char file[80], *screen = lesson_screen(a);

	snprintf(file, sizeof(file), "app-%s-%dx%d", name, w, h);
	golden_check(file, screen);
	free(screen);
}

/* Start, question and the middle of a fault at three sizes. */
static void golden_screens(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

	(void)state;
	for (int i = 0; i < 3; i++) {
		int w = sizes[i][0], h = sizes[i][1];
		struct app *a = lesson_open("cow", w, h);

		golden(a, "start", w, h);
		lesson_keys(a, "] ]");
		golden(a, "question", w, h);
		lesson_keys(a, "1 . . . . . . . .");
		golden(a, "fault", w, h);
		lesson_close(a);
	}
}

static void golden_overlays(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 6");
	lesson_keys(a, "2 s");
	golden(a, "answer", 80, 24);
	lesson_keys(a, "o");
	golden(a, "operations", 80, 24);
	lesson_keys(a, "Esc ?");
	golden(a, "help", 80, 24);
	lesson_keys(a, "q");
	lesson_run(a, "set glyphs ascii");
	golden(a, "ascii", 80, 24);
	lesson_close(a);
}

/* -- moving ------------------------------------------------------------- */

static void stepping(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	assert_pos(a, 0, WHOLE);
	lesson_keys(a, "Space s");
	assert_pos(a, 2, WHOLE);
	lesson_keys(a, "u");
	assert_pos(a, 1, WHOLE);
	lesson_keys(a, "u u");
	assert_pos(a, 0, WHOLE);
	lesson_shows(a, "This is the start");
	lesson_keys(a, "S");
	assert_pos(a, 8, WHOLE);
	lesson_keys(a, "s");
	lesson_shows(a, "This is the end");
	lesson_keys(a, "U");
	assert_pos(a, 0, WHOLE);
	lesson_keys(a, "E");
	assert_pos(a, 8, WHOLE);
	lesson_close(a);
}

static void events_forward_and_back(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	uint32_t count;

	(void)state;
	lesson_run(a, "goto 6");
	count = history_event_count(a->h, 7);
	lesson_keys(a, ".");
	assert_pos(a, 7, 1);
	for (uint32_t k = 2; k < count; k++) {
		lesson_keys(a, ".");
		assert_pos(a, 7, k);
	}
	lesson_keys(a, ".");
	assert_pos(a, 7, WHOLE);
	lesson_keys(a, ",");
	assert_pos(a, 7, count - 1);
	/* A step from inside ends the operation, a step back undoes it. */
	lesson_keys(a, ", s");
	assert_pos(a, 7, WHOLE);
	lesson_keys(a, ", u");
	assert_pos(a, 6, WHOLE);
	lesson_keys(a, ",");
	assert_int_equal(at(a).op, 6);
	lesson_close(a);
}

static void counts_and_pane_numbers(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_keys(a, "1 0 s");
	assert_pos(a, 8, WHOLE);
	lesson_keys(a, "0 3 u");
	assert_pos(a, 5, WHOLE);
	/* One digit alone is a pane. */
	lesson_keys(a, "5");
	assert_ptr_equal(panes[a->focus], &pane_path);
	lesson_keys(a, "s");
	assert_pos(a, 6, WHOLE);
	lesson_close(a);
}

static void scenes(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_shows(a, "scene 1/4");
	lesson_keys(a, "]");
	assert_pos(a, 5, WHOLE);
	lesson_shows(a, "scene 2/4  Fork");
	lesson_keys(a, "] .");
	assert_pos(a, 7, 1);
	lesson_keys(a, "[");
	assert_pos(a, 6, WHOLE);
	lesson_keys(a, "] ]");
	assert_pos(a, 8, WHOLE);
	lesson_keys(a, "[ [ [ [");
	assert_pos(a, 0, WHOLE);
	lesson_close(a);
}

static void a_batch_by_call_and_inside(void **state)
{
	struct app *a = lesson_open("batch", 120, 40);

	(void)state;
	lesson_run(a, "goto 2");
	lesson_keys(a, ". .");
	assert_pos(a, 3, 2);
	assert_int_equal(at(a).sub, 0);
	lesson_shows(a, "forty writes");
	/* Enter on a call opens its events. */
	lesson_run(a, "pane path");
	lesson_keys(a, "Enter");
	assert_pos(a, 3, 1);
	assert_int_equal(at(a).sub, 1);
	lesson_keys(a, ".");
	assert_int_equal(at(a).sub, 2);
	lesson_keys(a, ", ,");
	assert_pos(a, 3, 1);
	assert_int_equal(at(a).sub, 0);
	lesson_keys(a, "s");
	assert_pos(a, 3, WHOLE);
	lesson_close(a);
}

/* Counting another step's events, or reading other steps in search of a name,
 * takes nothing away from the screen. */
static void a_refused_command_leaves_the_screen(void **state)
{
	static const char *const refused[] = { "goto 4.999",
		"op parent read nosuch[0]" };
	struct app *a = lesson_open("cow", 80, 24);
	const struct event *events;
	size_t count, done;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		lesson_run(a, "goto 6");
		assert_false(command_run(a, refused[i]));
		events = history_events(a->h, &count, &done);
		assert_ptr_equal(a->look.events, events);
		assert_int_equal(a->look.nr_events, count);
		assert_memory_equal(&a->look.step->op,
			&history_step(a->h, 6)->op, sizeof(struct op));
	}
	lesson_close(a);
}

/* A menu tells which kernels the scenario is not written for. */
static void the_eras_that_are_not_meant(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	struct source_info *info = &a->source->info;

	(void)state;
	lesson_keys(a, "e");
	lesson_lacks(a, "not in this scenario");
	lesson_keys(a, "Esc");
	info->eras[0] = machine_era(a->look.m);
	info->nr_eras = 1;
	lesson_keys(a, "e");
	lesson_shows(a, "not in this scenario");
	lesson_close(a);
}

/* A file by its name. */
static void a_file_by_its_name(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto end");
	lesson_run(a, "op file data 4");
	lesson_run(a, "op data pread 1");
	lesson_shows(a, "pread file1 1: data#1");
	lesson_run(a, "op swapoff");
	lesson_shows(a, "(no swap area is in use)");
	lesson_close(a);
}

static void marks_and_jumps(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 6.3");
	lesson_keys(a, "m x U ' x");
	assert_pos(a, 6, 3);
	lesson_keys(a, "' '");
	assert_pos(a, 0, WHOLE);
	lesson_keys(a, "' y");
	lesson_shows(a, "no mark \"y\"");
	lesson_run(a, "goto @x");
	assert_pos(a, 6, 3);
	lesson_close(a);
}

static void playing_without_time(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_keys(a, "c");
	assert_pos(a, 8, WHOLE);
	lesson_close(a);
}

/* Step by step it stops where a question waits. */
static void playing_in_time(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(app_play_step(a));
	assert_false(app_play_step(a));
	assert_pos(a, 6, WHOLE);
	assert_true(app_play_step(a));
	assert_true(app_play_step(a) || at(a).op == 8);
	assert_false(app_play_step(a));
	lesson_close(a);
}

/* -- questions ---------------------------------------------------------- */

/* -- the selection ------------------------------------------------------ */

static void following_pointers(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	uint64_t heap, pfn;

	(void)state;
	lesson_run(a, "goto 7");
	heap = history_step(a->h, 2)->value + PAGE_SIZE;
	lesson_run(a, "select child:heap[1]");
	assert_true(ref_eq(a->look.selected, ref_at(REF_PTE, 2, heap)));
	assert_true(ref_frame(a->look.m, a->look.selected, &pfn));
	lesson_keys(a, "Enter");
	assert_true(
		ref_eq(a->look.selected, ref_make(REF_PAGE, (uint32_t)pfn)));
	lesson_keys(a, "Enter");
	assert_true(ref_eq(a->look.selected, ref_make(REF_ANON_VMA, 2)));
	lesson_keys(a, "Enter");
	assert_true(ref_eq(a->look.selected, ref_make(REF_VMA, 2)));
	lesson_keys(a, "Backspace Backspace Backspace");
	assert_true(ref_eq(a->look.selected, ref_at(REF_PTE, 2, heap)));
	lesson_keys(a, "Backspace");
	lesson_shows(a, "nothing to return to");
	lesson_close(a);
}

/* av1 holds two VMAs: the viewer chooses. */
static void following_to_several(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_run(a, "select av1");
	lesson_keys(a, "Enter");
	assert_true(a->menu.open);
	lesson_shows(a, "av1 leads to");
	lesson_keys(a, "j Enter");
	assert_true(ref_eq(a->look.selected, ref_make(REF_VMA, 2)));
	lesson_close(a);
}

static void names_of_objects(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	char text[64];

	(void)state;
	lesson_run(a, "goto 7");
	assert_true(ref_eq(app_object(a, "av2"), ref_make(REF_ANON_VMA, 2)));
	assert_true(
		ref_eq(app_object(a, "anon_vma:2"), ref_make(REF_ANON_VMA, 2)));
	assert_true(ref_eq(app_object(a, "vma1"), ref_make(REF_VMA, 1)));
	assert_true(ref_eq(app_object(a, "child"), ref_make(REF_TASK, 2)));
	assert_true(
		ref_eq(app_object(a, "page:0x21"), ref_make(REF_PAGE, 0x21)));
	assert_true(ref_eq(app_object(a, "21"), ref_make(REF_PAGE, 0x21)));
	assert_int_equal(app_object(a, "nothing").kind, REF_NONE);
	ref_text(text, sizeof(text), ref_at(REF_PTE, 2, 0x7000));
	assert_true(ref_eq(app_object(a, text), ref_at(REF_PTE, 2, 0x7000)));
	lesson_close(a);
}

static void inspecting(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_run(a, "inspect vma2");
	lesson_shows(a, "vm_start");
	lesson_shows(a, "vm_pgoff");
	lesson_run(a, "select child:heap[1]");
	lesson_shows(a, "entry");
	/* Enter goes to what the field under the cursor points to. */
	lesson_run(a, "select vma2");
	while (!ref_eq(
		a->pane[a->focus].view.cursor, ref_make(REF_ANON_VMA, 2)))
		lesson_keys(a, "j");
	lesson_keys(a, "Enter");
	assert_true(ref_eq(a->look.selected, ref_make(REF_ANON_VMA, 2)));
	lesson_close(a);
}

/* The object closes as the help does, and meanings are read everywhere. */
static void the_object_pane_goes_away_again(void **state)
{
	static const int sizes[][2] = { { 60, 16 }, { 80, 24 }, { 120, 40 },
		{ 200, 60 } };
	static const char *const close[] = { "q", "Esc", "z q", "? q q",
		"? Esc Esc" };

	(void)state;
	for (int s = 0; s < 4; s++) {
		struct app *a = lesson_open("cow", sizes[s][0], sizes[s][1]);
		char *before, *after;

		lesson_run(a, "goto 7");
		lesson_run(a, "select vma2");
		before = lesson_screen(a);
		for (size_t i = 0; i < sizeof(close) / sizeof(close[0]); i++) {
			lesson_keys(a, "i");
			assert_ptr_equal(panes[a->focus], &pane_inspect);
			lesson_shows(a, "the first byte after it");
			lesson_keys(a, close[i]);
			assert_false(a->want & WANT_QUIT);
			after = lesson_screen(a);
			assert_string_equal(after, before);
			free(after);
		}
		free(before);
		lesson_close(a);
	}
}

static void finding_and_filtering(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_keys(a, "/ a v 2 Enter");
	assert_true(ref_eq(a->look.selected, ref_make(REF_ANON_VMA, 2)));
	lesson_run(a, "pane path");
	lesson_keys(a, "z g");
	lesson_run(a, "select av2");
	lesson_keys(a, "/ l r u _ c a c h e Enter");
	lesson_shows(a, "lru_cache_add");
	assert_true(ref_eq(a->look.selected, ref_make(REF_ANON_VMA, 2)));
	lesson_keys(a, "/ c h i l d Enter");
	assert_true(ref_eq(a->look.selected, ref_make(REF_ANON_VMA, 2)));
	lesson_keys(a, "/ z z z z Enter");
	lesson_shows(a, "\"zzzz\" is not in this pane");
	lesson_keys(a, "& l o c k Enter");
	lesson_shows(a, "page_table_lock");
	lesson_lacks(a, "do_wp_page");
	lesson_keys(a, "& Enter");
	lesson_shows(a, "All lines are shown");
	lesson_close(a);
}

static void walking(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_run(a, "walk child heap[1]");
	assert_ptr_equal(panes[a->focus], &pane_walk);
	assert_int_equal(a->look.selected.id, 2);
	lesson_shows(a, "pgd");
	lesson_close(a);
}

/* -- operations by hand ------------------------------------------------- */

static void branches(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 4");
	lesson_run(a, "op parent write heap[2] Z");
	assert_pos(a, 5, WHOLE);
	assert_int_equal(history_branch(a->h), 1);
	lesson_shows(a, "branch 1");
	lesson_shows(a, "b leads back");
	/* The lesson's words end where it was left. */
	lesson_lacks(a, "Fork");
	lesson_keys(a, "b");
	assert_pos(a, 4, WHOLE);
	assert_int_equal(history_branch(a->h), 0);
	assert_int_equal(history_length(a->h), 8);
	lesson_keys(a, "B");
	lesson_shows(a, "Branches");
	lesson_keys(a, "j Enter");
	assert_int_equal(history_branch(a->h), 1);
	lesson_run(a, "branch what if");
	lesson_keys(a, "b");
	lesson_run(a, "branch what if");
	assert_int_equal(history_branch(a->h), 1);
	lesson_close(a);
}

static void the_menu_of_operations(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_run(a, "select child:heap[1]");
	lesson_keys(a, "o");
	lesson_shows(a, "Do an operation by hand");
	/* The selected task and address are filled in. */
	while (!strstr(a->menu.item[a->menu.now].label, "write"))
		lesson_keys(a, "j");
	lesson_keys(a, "Enter");
	assert_int_equal(a->prompt, PROMPT_COMMAND);
	assert_non_null(strstr(lineedit_text(a->line), "op child write 7ff"));
	lesson_keys(a, "Q Enter");
	assert_int_equal(history_branch(a->h), 1);
	assert_pos(a, 8, WHOLE);
	lesson_close(a);
}

static void who_maps_a_frame(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	const struct step *step;

	(void)state;
	lesson_run(a, "goto 6");
	lesson_run(a, "select child:heap[0]");
	lesson_keys(a, "W");
	lesson_shows(a, "Who maps frame");
	assert_int_equal(a->menu.nr, 2);
	lesson_keys(a, "Esc w");
	step = history_step(a->h, at(a).op);
	assert_int_equal(step->op.id, OP_RMAP);
	assert_int_equal(at(a).event, 1);
	lesson_keys(a, "s");
	assert_pos(a, 7, WHOLE);
	lesson_close(a);
}

/* "This frame" is the one that the focused pane shows. */
static void the_focused_pane_says_which_frame(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	uint64_t frame, walked;

	(void)state;
	lesson_run(a, "goto 7.30");
	lesson_run(a, "select parent");
	lesson_keys(a, "3 W");
	assert_true(app_frame(a, &frame));
	assert_int_equal(frame, 0x52);
	lesson_shows(a, "frame 52");
	lesson_keys(a, "Esc");
	lesson_run(a, "goto 7");
	lesson_run(a, "walk parent heap[1]");
	assert_ptr_equal(panes[a->focus], &pane_walk);
	assert_true(app_frame(a, &walked));
	assert_int_equal(walked, 0x4c);
	lesson_close(a);
}

static void another_era(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 7.4");
	lesson_run(a, "era 2.6.11");
	lesson_shows(a, "2.6.11");
	assert_pos(a, 7, 4);
	/* What was made by hand is made again. */
	lesson_run(a, "goto 6");
	lesson_run(a, "op spawn third");
	lesson_run(a, "era 6.18");
	assert_int_equal(history_branch(a->h), 1);
	assert_pos(a, 7, WHOLE);
	assert_string_equal(history_step(a->h, 7)->op.text, "third");
	assert_string_equal(machine_era(a->look.m)->name, "6.18");
	assert_false(command_run(a, "era 5.0"));
	assert_non_null(strstr(a->message, "there are: 2.4 2.6.0 2.6.11 4.0 6.18"));
	lesson_close(a);
}

static void a_failed_run_keeps_the_old_one(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_fails = true;
	assert_false(command_run(a, "reload"));
	assert_non_null(strstr(a->message, "lesson.lua:3: it is broken"));
	assert_pos(a, 7, WHOLE);
	assert_int_equal(history_length(a->h), 8);
	lesson_fails = false;
	assert_false(command_run(a, "open broken"));
	assert_false(command_run(a, "open nowhere"));
	assert_non_null(strstr(a->message, "no scenario \"nowhere\""));
	assert_int_equal(history_length(a->h), 8);
	lesson_close(a);
}

/* -- panes -------------------------------------------------------------- */

static void focus_and_zoom(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 7");
	lesson_lacks(a, "2 Reverse map");
	/* A pane that is not there takes the place of one that is. */
	lesson_keys(a, "2");
	assert_ptr_equal(panes[a->focus], &pane_rmap);
	lesson_shows(a, "2 Reverse map");
	lesson_keys(a, "z");
	lesson_lacks(a, "5 Kernel path");
	lesson_keys(a, "z Tab");
	assert_ptr_not_equal(panes[a->focus], &pane_rmap);
	lesson_keys(a, "S-Tab");
	assert_ptr_equal(panes[a->focus], &pane_rmap);
	assert_false(command_run(a, "pane nowhere"));
	assert_non_null(strstr(a->message, "spaces rmap frames walk path"));
	lesson_close(a);
}

/* A window of another size shows what one looked at. */
static void resizing_keeps_what_is_open(void **state)
{
	struct app *a = lesson_open("cow", 100, 30);
	char *before, *after;

	(void)state;
	lesson_run(a, "goto 7");
	before = lesson_screen(a);
	lesson_keys(a, "?");
	app_draw(a, 120, 40);
	lesson_shows(a, ":page-down [N]");
	app_draw(a, 80, 24);
	lesson_shows(a, ":page-down [N]");
	app_draw(a, 100, 30);
	lesson_keys(a, "q");
	assert_false(a->want & WANT_QUIT);
	after = lesson_screen(a);
	assert_string_equal(after, before);
	free(after);
	/* A zoomed pane that the smaller layout does not have. */
	lesson_keys(a, "4 z");
	app_draw(a, 80, 24);
	lesson_shows(a, "4 Page-table walk");
	lesson_lacks(a, "Narration");
	app_draw(a, 100, 30);
	lesson_keys(a, "z 1");
	/* The object as well, also when help lies above it. */
	lesson_keys(a, "i ?");
	app_draw(a, 80, 24);
	lesson_keys(a, "q");
	lesson_shows(a, "Object");
	app_draw(a, 200, 60);
	lesson_keys(a, "q");
	assert_false(a->want & WANT_QUIT);
	assert_ptr_equal(panes[a->focus], &pane_spaces);
	free(before);
	lesson_close(a);
}

static void every_pane_everywhere(void **state)
{
	static const int sizes[][2] = { { 60, 16 }, { 80, 24 }, { 120, 40 },
		{ 200, 60 } };

	(void)state;
	for (int s = 0; s < 4; s++) {
		struct app *a = lesson_open("cow", sizes[s][0], sizes[s][1]);

		for (int i = 0; panes[i]; i++) {
			char line[64];

			lesson_run(a, "goto 7.5");
			snprintf(line, sizeof(line), "pane %s", panes[i]->name);
			lesson_run(a, line);
			lesson_keys(a, "j j k l h C-d C-u g G PgUp . z s z");
			lesson_run(a, "goto 0");
		}
		lesson_close(a);
	}
}

static void any_size_draws(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "goto 6");
	for (int w = 1; w <= 240; w += w < 70 ? 3 : 17)
		for (int h = 1; h <= 90; h += h < 20 ? 1 : 7)
			app_draw(a, w, h);
	app_draw(a, 40, 10);
	lesson_shows(a, "60x16");
	lesson_shows(a, "40x10");
	lesson_close(a);
}

static void the_scenario_chooses_panes(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	struct note show = {
		.kind = NOTE_SHOW, .op = 100, .panes = "rmap walk"
	};

	(void)state;
	/* Notes are in order: one at the end of the lesson. */
	show.op = 9;
	history_add_note(a->h, &show);
	lesson_shows(a, "1 Address spaces");
	lesson_run(a, "goto 8");
	lesson_lacks(a, "1 Address spaces");
	lesson_shows(a, "2 Reverse map");
	lesson_shows(a, "4 Page-table walk");
	lesson_shows(a, "6 Narration");
	lesson_run(a, "layout small");
	lesson_shows(a, "1 Address spaces");
	lesson_close(a);
}

/* -- the mouse ---------------------------------------------------------- */

/* Where @text stands on the canvas. */
static void find_text(struct app *a, const char *text, int *x, int *y)
{
	for (*y = 0; *y < a->cv->h; ++*y)
		for (*x = 0; *x < a->cv->w; ++*x) {
			size_t i = 0;

			while (text[i] && canvas_char(a->cv, *x + (int)i, *y) ==
						  (uint32_t)text[i])
				i++;
			if (!text[i])
				return;
		}
	fail_msg("\"%s\" is not on the screen", text);
}

static void click(struct app *a, const char *text, int dx)
{
	char line[64];
	int x = 0, y = 0;

	find_text(a, text, &x, &y);
	snprintf(line, sizeof(line), "click %d %d", x + dx, y);
	lesson_run(a, line);
}

static void clicking(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 5");
	click(a, "s step", 0);
	assert_pos(a, 6, WHOLE);
	click(a, "u back", 3);
	assert_pos(a, 5, WHOLE);
	lesson_run(a, "goto 6");
	/* An answer is a button, too. */
	click(a, "2) a new one", 4);
	assert_int_equal(a->answers[0].choice, 2);
	lesson_keys(a, "Esc");
	click(a, "5 Kernel path", 2);
	assert_ptr_equal(panes[a->focus], &pane_path);
	click(a, "heap", 0);
	assert_ptr_equal(panes[a->focus], &pane_spaces);
	assert_true(a->look.selected.kind != REF_NONE);
	click(a, "o do", 0);
	assert_true(a->menu.open);
	click(a, "rmapscope", 0);
	assert_false(a->menu.open);
	lesson_close(a);
}

/* A long title is cut where the next scene begins, none is left out. */
static void the_timeline_names_every_scene(void **state)
{
	struct app *a = lesson_open("cow", 120, 50);

	(void)state;
	lesson_shows(a, "A parent with three pages");
	lesson_shows(a, "Fork");
	lesson_shows(a, "The child");
	lesson_lacks(a, "The child writes");
	lesson_shows(a, "Unmap");
	lesson_close(a);
}

static void clicking_the_timeline(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	char line[64];

	(void)state;
	snprintf(line, sizeof(line), "click %d %d", a->strip.x + a->strip.w - 1,
		a->strip.y);
	lesson_run(a, line);
	assert_pos(a, 8, WHOLE);
	snprintf(line, sizeof(line), "click %d %d", a->strip.x, a->strip.y);
	lesson_run(a, line);
	assert_pos(a, 0, WHOLE);
	lesson_close(a);
}

static void the_wheel(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	struct pane_view *view = &a->pane[pane_index("help")].view;
	struct input_event ev = { .kind = INPUT_MOUSE,
		.mouse = { MOUSE_WHEEL, MOUSE_DOWN, 0, 20, 10 } };

	(void)state;
	lesson_keys(a, "?");
	app_event(a, &ev);
	assert_int_equal(view->top, 3);
	lesson_run(a, "set mouse off");
	app_event(a, &ev);
	assert_int_equal(view->top, 3);
	lesson_close(a);
}

/* -- settings, help, files ---------------------------------------------- */

static void settings(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_run(a, "set theme projector");
	lesson_run(a, "set theme default");
	assert_false(command_run(a, "set theme nowhere"));
	assert_string_equal(a->set.theme, "default");
	lesson_run(a, "set glyphs ascii");
	lesson_lacks(a, "─");
	lesson_shows(a, "+5 Kernel path");
	lesson_run(a, "set glyphs");
	lesson_shows(a, "─");
	lesson_run(a, "set presenter on");
	assert_string_equal(a->set.theme, "projector");
	lesson_lacks(a, "q quit");
	lesson_keys(a, "P Esc");
	assert_string_equal(a->set.theme, "default");
	lesson_shows(a, "q quit");
	assert_false(command_run(a, "set speed 0"));
	assert_non_null(strstr(a->message, "from 1 to 100"));
	assert_false(command_run(a, "set colour red"));
	assert_non_null(strstr(a->message, "there are: lang questions"));
	assert_false(command_run(a, "set layout rows(nowhere)"));
	lesson_run(a, "set layout columns(rmap path)");
	lesson_lacks(a, "1 Address spaces");
	lesson_close(a);
}

/* Wide characters keep every line as wide as the window. */
static void the_other_language(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 5");
	lesson_shows(a, "Fork");
	lesson_keys(a, "L Esc");
	lesson_shows(a, "分叉一个进程");
	for (int y = 1; y < 37; y++)
		assert_int_not_equal(a->cv->cells[y * 120 + 119].lines, 0);
	lesson_keys(a, "L");
	lesson_lacks(a, "分叉一个进程");
	lesson_close(a);
}

static void the_help_is_searchable(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_keys(a, "F1");
	lesson_shows(a, "Help");
	lesson_shows(a, "move or scroll up");
	lesson_keys(a, "& b r a n c h Enter");
	lesson_shows(a, ":lesson");
	lesson_lacks(a, "move or scroll up");
	lesson_keys(a, "q");
	lesson_lacks(a, ":lesson");
	lesson_run(a, "help save-state");
	lesson_shows(a, "the machine's state as JSON");
	lesson_close(a);
}

static void the_prompt(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_keys(a, ": s t e p Space 3 Enter");
	assert_pos(a, 3, WHOLE);
	lesson_keys(a, ": g r o g Enter");
	lesson_shows(a, "did you mean \"grow\"");
	lesson_keys(a, ": b a Esc");
	assert_int_equal(a->prompt, PROMPT_NONE);
	lesson_keys(a, ": Up Up Enter");
	assert_pos(a, 6, WHOLE);
	lesson_keys(a, ": C-g u");
	assert_pos(a, 5, WHOLE);
	lesson_run(a, "bind x goto 2");
	lesson_keys(a, "x");
	assert_pos(a, 2, WHOLE);
	lesson_close(a);
}

static void leaving(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);

	(void)state;
	lesson_keys(a, "? q");
	assert_false(a->want & WANT_QUIT);
	lesson_keys(a, "z q");
	assert_false(a->want & WANT_QUIT);
	lesson_keys(a, "q");
	assert_true(a->want & WANT_QUIT);
	lesson_close(a);
}

static void the_chooser(void **state)
{
	struct app *a = lesson_open(NULL, 80, 24);

	(void)state;
	lesson_shows(a, "Scenarios");
	lesson_shows(a, "(empty machine)");
	lesson_keys(a, "j Enter");
	assert_int_equal(history_length(a->h), 8);
	lesson_keys(a, "q");
	lesson_shows(a, "Scenarios");
	lesson_keys(a, "q");
	assert_true(a->want & WANT_QUIT);
	lesson_close(a);
}

static char *read_all(const char *path)
{
	static char text[100000];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = 0;
	fclose(f);
	return text;
}

static void writing_files(void **state)
{
	static const struct {
		const char *suffix, *has;
	} kinds[] = {
		{ "svg", "<svg" },
		{ "html", "<html" },
		{ "ansi", "\x1b[" },
		{ "txt", "Kernel path" },
		{ "dot", "digraph" },
		{ "json", "\"type\":\"state\"" },
	};
	struct app *a = lesson_open("cow", 80, 24);
	char path[64], line[100];

	(void)state;
	lesson_run(a, "goto 7");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(path, sizeof(path), "/tmp/rmapscope-test-%d.%s",
			(int)getpid(), kinds[i].suffix);
		snprintf(line, sizeof(line), "write %s", path);
		lesson_run(a, line);
		assert_non_null(strstr(read_all(path), kinds[i].has));
		unlink(path);
	}
	assert_false(command_run(a, "write /tmp/x.doc"));
	assert_non_null(strstr(a->message, ".svg .html"));
	assert_false(command_run(a, "write /nowhere/x.svg"));
	lesson_close(a);
}

/* What :save-scenario writes here. */
static char *saved_scenario(struct app *a)
{
	char path[64], line[100], *text;

	snprintf(path, sizeof(path), "/tmp/rmapscope-test-%d.lua",
		(int)getpid());
	snprintf(line, sizeof(line), "save-scenario %s", path);
	lesson_run(a, line);
	text = read_all(path);
	unlink(path);
	return text;
}

static void a_scenario_of_what_was_done(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	char *text;

	(void)state;
	lesson_run(a, "goto 7");
	lesson_run(a, "who");
	lesson_keys(a, "s");
	text = saved_scenario(a);
	assert_pos(a, 8, WHOLE);
	assert_non_null(strstr(text, "title = \"Copy on write\""));
	assert_non_null(strstr(text, "t[1] = spawn(\"parent\")"));
	assert_non_null(strstr(text, "t[2] = t[1]:fork(\"child\")"));
	assert_non_null(strstr(text, "t[1]:mmap({ len = 12288, name = "
				     "\"heap\" })"));
	assert_non_null(strstr(text, "t[2]:write(0x7ffff7ffd000, \"B\")"));
	assert_non_null(strstr(text, "):rmap("));
	assert_non_null(strstr(text, "scene({ en = \"Fork\""));
	assert_non_null(strstr(text, "gets a frame of its own"));
	/* Step 8 was done by hand, the lesson's is another one. */
	assert_null(strstr(text, "Unmap"));
	lesson_close(a);
}

/* From the branch point on the lesson's texts mean other operations. */
static void a_branch_is_saved_without_the_lesson_s_texts(void **state)
{
	struct app *a = lesson_open("cow", 80, 24);
	char *text;

	(void)state;
	lesson_run(a, "goto 5");
	lesson_run(a, "op spawn a");
	lesson_run(a, "op spawn b");
	lesson_run(a, "op spawn c");
	text = saved_scenario(a);
	assert_non_null(strstr(text, "scene(\"A parent with three pages\""));
	assert_non_null(strstr(text, "spawn(\"c\")"));
	assert_null(strstr(text, "Fork"));
	assert_null(strstr(text, "own"));
	assert_null(strstr(text, "Unmap"));
	/* In the lesson all of them are there. */
	lesson_run(a, "lesson");
	lesson_run(a, "goto end");
	text = saved_scenario(a);
	assert_non_null(strstr(text, "Unmap"));
	lesson_close(a);
}

/* -- anything at all ---------------------------------------------------- */

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

/* Keys in any order at any place: the history stays what it is, and every
 * screen can be drawn.  Sanitizers look on. */
static void random_keys(const char *name, uint32_t seed)
{
	struct app *a = lesson_open(name, 80, 24);
	const struct binding *b;
	size_t n = 0;

	while (binding_at(n))
		n++;
	for (int i = 0; i < 1500; i++) {
		b = binding_at(dice(&seed, (uint32_t)n));
		if (!strcmp(b->key, "q") || !strcmp(b->key, "Q"))
			continue;
		lesson_keys(a, b->key);
		if (!dice(&seed, 40))
			app_draw(a, 1 + (int)dice(&seed, 220),
				1 + (int)dice(&seed, 70));
		if (!dice(&seed, 12))
			lesson_keys(a, "Esc");
		assert_true(at(a).op <= history_length(a->h));
	}
	/* Operations by hand came, the lesson is still there. */
	assert_int_equal(history_switch(a->h, 0), 0);
	assert_true(history_length(a->h) >= a->source_len);
	lesson_close(a);
}

static void anything_can_be_typed(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 6; seed++) {
		random_keys("cow", seed);
		random_keys("batch", seed + 100);
		random_keys("", seed + 200);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_screens),
		cmocka_unit_test(golden_overlays),
		cmocka_unit_test(stepping),
		cmocka_unit_test(events_forward_and_back),
		cmocka_unit_test(counts_and_pane_numbers),
		cmocka_unit_test(scenes),
		cmocka_unit_test(a_batch_by_call_and_inside),
		cmocka_unit_test(a_refused_command_leaves_the_screen),
		cmocka_unit_test(the_eras_that_are_not_meant),
		cmocka_unit_test(a_file_by_its_name),
		cmocka_unit_test(marks_and_jumps),
		cmocka_unit_test(playing_without_time),
		cmocka_unit_test(playing_in_time),
		cmocka_unit_test(following_pointers),
		cmocka_unit_test(following_to_several),
		cmocka_unit_test(names_of_objects),
		cmocka_unit_test(inspecting),
		cmocka_unit_test(the_object_pane_goes_away_again),
		cmocka_unit_test(finding_and_filtering),
		cmocka_unit_test(walking),
		cmocka_unit_test(branches),
		cmocka_unit_test(the_menu_of_operations),
		cmocka_unit_test(who_maps_a_frame),
		cmocka_unit_test(the_focused_pane_says_which_frame),
		cmocka_unit_test(another_era),
		cmocka_unit_test(a_failed_run_keeps_the_old_one),
		cmocka_unit_test(focus_and_zoom),
		cmocka_unit_test(resizing_keeps_what_is_open),
		cmocka_unit_test(every_pane_everywhere),
		cmocka_unit_test(any_size_draws),
		cmocka_unit_test(the_scenario_chooses_panes),
		cmocka_unit_test(clicking),
		cmocka_unit_test(the_timeline_names_every_scene),
		cmocka_unit_test(clicking_the_timeline),
		cmocka_unit_test(the_wheel),
		cmocka_unit_test(settings),
		cmocka_unit_test(the_other_language),
		cmocka_unit_test(the_help_is_searchable),
		cmocka_unit_test(the_prompt),
		cmocka_unit_test(leaving),
		cmocka_unit_test(the_chooser),
		cmocka_unit_test(writing_files),
		cmocka_unit_test(a_scenario_of_what_was_done),
		cmocka_unit_test(a_branch_is_saved_without_the_lesson_s_texts),
		cmocka_unit_test(anything_can_be_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
