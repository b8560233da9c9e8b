/* A list to choose from, over the panes: every entry is a command line. */
#ifndef TUI_MENU_H
#define TUI_MENU_H

#include "view/canvas.h"

#define MENU_LABEL 160
#define MENU_COMMAND 256

struct menu_item {
	char label[MENU_LABEL];
	char detail[MENU_LABEL];    /* right of it, dim */
	char command[MENU_COMMAND]; /* run when chosen; "": nothing */
	bool heading; /* of the entries below it; it cannot be chosen */
};

struct menu {
	char title[80];
	struct menu_item *item; /* nr of them */
	int nr, room;
	int now;       /* the marked one */
	int top;       /* first one shown */
	struct rect r; /* where it was drawn, border included */
	bool open;
};

/* Empty, open, with this title. */
void menu_open(struct menu *m, const char *title);
/* Add an entry; @detail and @command may be "". */
void menu_add(struct menu *m, const char *label, const char *detail,
	const char *command);
/* Add a line that only says what is below it. */
void menu_heading(struct menu *m, const char *label);
void menu_close(struct menu *m);
void menu_release(struct menu *m);
/* Move the mark by @by, staying inside; it never rests on a heading. */
void menu_move(struct menu *m, int by);
/* Mark the next entry whose label begins with @ch (any case). */
void menu_jump(struct menu *m, char ch);
/* The entry at a cell, or -1. */
int menu_at(const struct menu *m, int x, int y);
/* Draw it in the middle of @cv. */
void menu_draw(struct menu *m, struct canvas *cv);

#endif
