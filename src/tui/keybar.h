/* The last line: the most useful keys of the moment, each a button. */
#ifndef TUI_KEYBAR_H
#define TUI_KEYBAR_H

#include "view/canvas.h"

struct app;

/* Draw it into line @y; its keys become places to click. */
void keybar_draw(struct app *a, struct canvas *cv, int y);

#endif
