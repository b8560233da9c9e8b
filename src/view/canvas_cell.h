/* Writing cells: what the files that draw on a canvas share. */
#ifndef VIEW_CANVAS_CELL_H
#define VIEW_CANVAS_CELL_H

#include "view/canvas.h"

/* Beyond this everything is outside: sums of coordinates stay an int. */
#define CELL_FAR (1 << 24)

static inline int cell_limit(int n, int min, int max)
{
	if (n < min)
		return min;
	return n > max ? max : n;
}

/* From the current origin's coordinates to the canvas's own. */
static inline int cell_x(const struct canvas *cv, int x)
{
	return cell_limit(x, -CELL_FAR, CELL_FAR) + cv->dx;
}

static inline int cell_y(const struct canvas *cv, int y)
{
	return cell_limit(y, -CELL_FAR, CELL_FAR) + cv->dy;
}

/* The rest takes the canvas's own coordinates. */
static inline bool cell_in_clip(const struct canvas *cv, int x, int y)
{
	return x >= cv->clip.x && y >= cv->clip.y &&
	       x < cv->clip.x + cv->clip.w && y < cv->clip.y + cv->clip.h;
}

/* Write @ch, one column wide, if the clip allows; NULL: it does not. */
struct cell *cell_set(
	struct canvas *cv, int x, int y, enum style style, uint32_t ch);
/* Two columns wide; where the clip shows only one half, a blank and NULL. */
struct cell *cell_set_wide(
	struct canvas *cv, int x, int y, enum style style, uint32_t ch);

#endif
