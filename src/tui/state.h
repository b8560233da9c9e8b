/*
 * The viewer's state.  Inside src/tui only: commands change it, frame.c draws
 * it, app.c keeps its parts in step.
 */
#ifndef TUI_STATE_H
#define TUI_STATE_H

#include "tui/app.h"
#include "tui/command.h"
#include "tui/input.h"
#include "tui/layout.h"
#include "tui/lineedit.h"
#include "tui/marks.h"
#include "tui/menu.h"
#include "tui/panes.h"
#include "view/canvas.h"
#include "view/look.h"
#include "view/settings.h"

#define MESSAGE_SIZE 512
#define TRAIL_SIZE 64 /* objects that :return can go back to */
#define FIND_SIZE 128
#define HOTSPOTS_MAX 32

/* What the line at the bottom is asking for. */
enum prompt {
	PROMPT_NONE,
	PROMPT_COMMAND, /* ":" */
	PROMPT_FIND,	/* "/" */
	PROMPT_FILTER,	/* "&" */
	PROMPT_MARK,	/* one key, the name of a bookmark */
	PROMPT_JUMP	/* one key as well */
};

/* What the program around the app is to do next. */
enum want {
	WANT_QUIT = 1,
	WANT_SUSPEND = 2,
	WANT_REDRAW = 4,
	WANT_MOUSE = 8, /* the setting changed */
	WANT_BELL = 16
};

/* A question's answer so far. */
struct answer {
	size_t note;	 /* index for history_note() */
	unsigned choice; /* 1.., 0: none */
	char text[80];	 /* as it was typed, "" for none */
	bool passed;	 /* gone on, with or without one */
};

/* A place on the screen that runs a command when clicked. */
struct hotspot {
	struct rect r;
	char command[MENU_COMMAND];
};

/* Where a pane is: its view and the texts its view points to. */
struct pane_slot {
	struct pane_view view;
	char find[FIND_SIZE];	/* view.search points here, or is NULL */
	char filter[FIND_SIZE]; /* view.filter */
	int match;		/* line of the last match, -1: none */
};

/* A pane that lies over others for a while. */
struct cover {
	int pane;  /* index in panes[] */
	int under; /* pane whose place it took, -1: it has one of its own */
	int focus; /* pane that had the focus */
	bool zoom; /* the screen was zoomed */
};

struct app {
	const struct app_options *opt;
	const struct app_host *host;
	struct settings set;
	struct theme theme;
	char theme_before[32]; /* of presenter mode, "" outside of it */

	/* what is looked at */
	struct source *source; /* never NULL once started */
	char name[256];	       /* it was opened by */
	struct history *h;     /* never NULL once started */
	uint32_t source_len;   /* operations that the source made */
	struct look look;
	struct ref trail[TRAIL_SIZE]; /* selections that :follow left */
	int nr_trail;
	struct marks marks;	/* bookmarks of all scenarios */
	struct pos before;	/* where the last jump began */
	const struct note *pointed; /* the point{} that was followed last */
	struct answer *answers; /* nr_answers of them */
	size_t nr_answers;
	size_t verdict; /* note whose answer is shown; NO_NOTE: none */
	bool playing;

	/* what is on the screen */
	struct canvas *cv;
	struct layout layout;
	char layout_text[LAYOUT_TEXT]; /* that layout was made from */
	struct pane_slot pane[PANES_MAX];
	int focus;	/* index in panes[] */
	struct cover cover[2]; /* nr_covers of them, the newest last */
	int nr_covers;
	bool zoom;	/* the focused pane alone */
	struct menu menu;
	enum prompt prompt;
	struct lineedit *line; /* of the command line, with its history */
	char message[MESSAGE_SIZE];
	enum style message_style;
	struct hotspot hotspot[HOTSPOTS_MAX];
	int nr_hotspots;
	struct rect area;  /* of all panes */
	struct rect strip; /* the timeline below the panes */

	/* the keyboard */
	int digits;	  /* typed in a row */
	long count;	  /* their value */
	int focus_before; /* the digits */
	bool chooser;	  /* began with the list of scenarios */
	bool headless;	  /* app_keys(): no time passes, no state kept */
	bool failed;	  /* the last command did */

	struct source *again; /* the scenario, to run in other eras, or NULL */
	unsigned want; /* WANT_... */
	int status;    /* exit status */
	/* Asked now and then while a script runs: show the count, true to stop
	 * it.  NULL: never asked. */
	bool (*busy)(struct app *a, uint32_t ops);
	void *run; /* app_run's own */
};

#define NO_NOTE ((size_t)-1)

/* -- app.c ---------------------------------------------------------------- */

/* Nothing opened yet; NULL when out of memory. */
struct app *app_new(const struct app_options *opt);
/* Read the config, open the first scenario and go where the options say.
 * False: a->message says why and a->status how to exit. */
bool app_start(struct app *a);
/* Both, for a canvas instead of a terminal: no time passes, nothing is
 * remembered.  NULL: the reason is on stderr and *@status says how to exit. */
struct app *app_headless(const struct app_options *opt, int *status);
void app_delete(struct app *a);

/* The line at the bottom, until the next key. */
void app_say(struct app *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for what went wrong; returns false. */
bool app_fail(struct app *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The state has moved or the selection changed: look again. */
void app_look(struct app *a);
/* Draw everything on a->cv at @w by @h. */
void app_draw(struct app *a, int w, int h);

/* One event of the keyboard, mouse or paste. */
void app_event(struct app *a, const struct input_event *ev);

/* -- open.c --------------------------------------------------------------- */

/* Open a scenario in place of the one that is open.  False: the message says
 * why and what was open stays. */
bool app_open(struct app *a, const char *name);
/* Run the source again, in @era (NULL: the same), and show the position that
 * was shown; operations made by hand are made again. */
bool app_rerun(struct app *a, const struct era *era);
/* What a request to a source asks for, in @era. */
struct source_request app_request(struct app *a, const struct era *era);
/* What bookmarks are kept under: the scenario's path. */
const char *app_path(const struct app *a);
/* Show the list of scenarios. */
void app_choose(struct app *a);

/* -- eras.c --------------------------------------------------------------- */

/* Is a pane on the screen that compares eras some of which were not run? */
bool app_eras_wanted(const struct app *a);
/* How many eras were not run yet. */
unsigned app_eras_left(struct app *a);
/* Run the scenario in the next of them. */
void app_eras_run(struct app *a);
/* Without a terminal nobody waits: all of them at once. */
void app_eras_run_all(struct app *a);
/* Forget what was run: the scenario is another one. */
void app_eras_forget(struct app *a);

/* -- move.c --------------------------------------------------------------- */

/* Go to a position; false with a message when there is none such. */
bool app_goto(struct app *a, struct pos pos);
/* The same, and :jump ' comes back. */
bool app_jump(struct app *a, struct pos pos);
bool app_step(struct app *a, long n); /* operations; below 0: back */
bool app_event_step(struct app *a, long n);
bool app_scene(struct app *a, long n);
/* One step of playing; false when it has come to an end or a pause. */
bool app_play_step(struct app *a);
/* Operations of the lesson that notes may speak of at this position: on a
 * branch those before it left. */
uint32_t app_lesson_length(const struct app *a);
/* Scenes of the lesson, and which of them the position is in (from 1; 0:
 * before the first). */
int app_scenes(const struct app *a, int *current);

/* -- select.c ------------------------------------------------------------- */

/* Select an object everywhere; panes other than @from move their cursor to
 * it. */
void app_select(struct app *a, struct ref ref, int from);
/* What a person calls an object: "av1" "vma3" "21" "parent" "parent:7fff..."
 * "page:0x21".  NO_REF when nothing is called so. */
struct ref app_object(const struct app *a, const char *text);
/* The file of that name, the newest of them; else as app_object(). */
struct ref app_file(const struct app *a, const char *text);
/* The text by which app_object() finds exactly @ref. */
char *ref_text(char *buf, size_t size, struct ref ref);
/* The task that the selection belongs to, else the last one alive; 0: none */
uint32_t app_task(const struct app *a);
/* The selected address, or that of what is selected; false: none. */
bool app_address(const struct app *a, uint32_t *pid, uint64_t *addr);
/* The frame that the focused pane describes, else the selected one; false:
 * none. */
bool app_frame(const struct app *a, uint64_t *pfn);
/* The frame that a page, a table's entry's table, or a mapped address is. */
bool ref_frame(const struct machine *m, struct ref ref, uint64_t *pfn);
/* The task that a VMA belongs to; 0: it is gone. */
uint32_t ref_vma_task(const struct machine *m, uint32_t id);

/* -- follow.c ------------------------------------------------------------- */

/* Select what the selected object points to; several: a menu. */
bool app_follow(struct app *a);
/* The same to a chosen target. */
bool app_follow_to(struct app *a, struct ref to);
/* Select what was selected before :follow. */
bool app_return(struct app *a);

/* -- opline.c ------------------------------------------------------------- */

/* A task by name (the newest alive of it) or pid; 0: none. */
uint32_t task_parse(const struct machine *m, const char *text);
/* An address as task @pid means it: "7ffff7ffd000", "0x1000", "heap", "heap[1]"
 * "vma3", "vma3[0]".  *@len: bytes of a region named without an index, else
 * 0.  False: it is none of these. */
bool address_parse(const struct look *look, uint32_t pid, const char *text,
	uint64_t *addr, uint64_t *len);

/* Parse "child write heap[1] B" into @op; false: @err says what is wrong and
 * what is allowed. */
bool op_parse(const struct app *a, const struct args *args, struct op *op,
	char *err, size_t size);
/* "TASK write ADDR VALUE": how an operation is typed. */
char *op_usage(const struct op_desc *d, char *buf, size_t size);
/* Run @op where the viewer stands and show it. */
bool app_do(struct app *a, const struct op *op);
/* The menu of operations. */
void app_palette(struct app *a);

/* -- question.c ----------------------------------------------------------- */

/* The question that is open now, or NULL; *@index is its note. */
const struct note *app_question(const struct app *a, size_t *index);
/* Answer by a choice's number or words, or in words of one's own; false with a
 * message when there is no such number. */
bool app_answer(struct app *a, const char *text);
/* Go on without one. */
void app_question_pass(struct app *a);
/* After a move: has a question been answered by the step? */
void app_question_check(struct app *a);
/* Answer of a note, or NULL. */
const struct answer *app_answer_of(const struct app *a, size_t note);

/* -- question_box.c ------------------------------------------------------- */

void question_draw(struct app *a, struct canvas *cv);

/* -- cover.c -------------------------------------------------------------- */

/* Is it a pane that goes away again: help, object? */
bool covers_others(int pane);
/* Focus a pane, showing it first if it is not on the screen. */
void app_focus(struct app *a, int pane);
/* Close the newest pane that lies over others: what was there before comes
 * back.  False: there is none. */
bool app_uncover(struct app *a);
/* The layout was made anew: put what lay over it there again.  @resized: for
 * a window of another size. */
void app_cover_again(struct app *a, bool resized);

/* -- pane_set.c ----------------------------------------------------------- */

/* Make the layout fit the settings, the scenario and a screen of @w by @h,
 * and place it in @r. */
void app_layout(struct app *a, int w, int h, struct rect r);
/* Move the focused pane's cursor and select what it then stands on. */
bool app_move(struct app *a, enum move move, long count);
/* Scroll a pane by lines. */
void app_scroll(struct app *a, int pane, int lines);
bool app_find(struct app *a, const char *text);
bool app_find_again(struct app *a, int direction);
bool app_filter(struct app *a, const char *text);
/* Keep the pointers of views to their texts right. */
void app_panes_reset(struct app *a);

/* -- settings_apply.c ----------------------------------------------------- */

/* Set by name and let it take effect. */
bool app_set(struct app *a, const char *name, const char *value);
bool app_theme(struct app *a, const char *name);

/* -- prompt.c ------------------------------------------------------------- */

/* Open a prompt with @text already typed. */
void app_prompt(struct app *a, enum prompt prompt, const char *text);
void prompt_event(struct app *a, const struct input_event *ev);
/* Draw it into @w columns at (x, y). */
void prompt_draw(struct app *a, struct canvas *cv, int x, int y, int w);

/* -- mouse.c -------------------------------------------------------------- */

bool app_click(struct app *a, int x, int y, bool twice);
bool app_wheel(struct app *a, int x, int y, int lines);

/* -- frame.c -------------------------------------------------------------- */

/* A place that runs @command when clicked. */
void frame_hotspot(struct app *a, struct rect r, const char *command);
/* The border of the zoomed or laid out pane; false when it is not shown. */
bool frame_outer(const struct app *a, int pane, struct rect *r);

/* -- save.c --------------------------------------------------------------- */

bool app_write(struct app *a, const char *path);
bool app_save_screen(struct app *a, const char *path);
bool app_save_state(struct app *a, const char *path);
bool app_save_scenario(struct app *a, const char *path);

#endif
