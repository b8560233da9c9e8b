/*
 * The theme in force when none was loaded; themes/default.lua says the same in
 * its own words (a test compares them).
 *
 * It must be read on a dark and on a light background, whose colours it does
 * not know: so it paints no background but for marks, which then bring both
 * colours; and no yellow or dark blue text.  Yellow is what happens now, cyan
 * is the selection; the rest is quiet.
 */
#include "view/style.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT };

#define FG(i) .has_fg = true, .fg = { COLOUR_INDEX, i, 0 }
#define BG(i) .has_bg = true, .bg = { COLOUR_INDEX, i, 0 }
#define ATTR(bits) .attr = (bits)

const struct theme theme_builtin = {
	.name = "default",
	.pen = {
		[ST_DIM] = { ATTR(ATTR_DIM) },
		[ST_STRONG] = { ATTR(ATTR_BOLD) },
		[ST_TITLE_FOCUS] = { ATTR(ATTR_BOLD | ATTR_REVERSE) },
		[ST_BORDER] = { ATTR(ATTR_DIM) },
		[ST_BAR_KEY] = { ATTR(ATTR_BOLD) },
		[ST_SCENE] = { ATTR(ATTR_BOLD) },
		[ST_QUESTION] = { FG(MAGENTA), ATTR(ATTR_BOLD) },
		[ST_GOOD] = { FG(GREEN), ATTR(ATTR_BOLD) },
		[ST_BAD] = { FG(RED), ATTR(ATTR_BOLD) },
		[ST_WARN] = { FG(MAGENTA) },
		[ST_TASK] = { ATTR(ATTR_BOLD) },
		[ST_VMA_ANON] = { FG(GREEN) },
		[ST_VMA_FILE] = { FG(BRIGHT + BLUE) },
		[ST_VMA_SHARED] = { FG(MAGENTA) },
		[ST_ANON_VMA] = { FG(GREEN) },
		[ST_ANON_VMA_OWN] = { FG(GREEN), ATTR(ATTR_BOLD) },
		[ST_TREE] = { ATTR(ATTR_DIM) },
		[ST_PAGE_FREE] = { ATTR(ATTR_DIM) },
		[ST_PAGE_RESERVED] = { ATTR(ATTR_DIM) },
		[ST_PAGE_TABLE] = { FG(BRIGHT + BLUE) },
		[ST_PAGE_ANON] = { FG(GREEN) },
		[ST_PAGE_SHARED] = { FG(MAGENTA), ATTR(ATTR_BOLD) },
		[ST_PAGE_FILE] = { FG(BRIGHT + BLUE) },
		[ST_PTE_WRITABLE] = { FG(GREEN), ATTR(ATTR_BOLD) },
		[ST_PTE_NONE] = { ATTR(ATTR_DIM) },
		[ST_EVENT_NOW] = { FG(BLACK), BG(BRIGHT + YELLOW) },
		[ST_LOCK] = { ATTR(ATTR_ITALIC) },
		[ST_COST_BAR] = { FG(BRIGHT + BLUE) },
		[ST_ERA_1] = { FG(RED) },
		[ST_ERA_2] = { FG(MAGENTA) },
		[ST_ERA_3] = { FG(GREEN) },
		[ST_ERA_4] = { FG(BRIGHT + BLUE) },
		[ST_ERA_5] = { ATTR(ATTR_BOLD) },
		[ST_TIMELINE] = { ATTR(ATTR_DIM) },
		[ST_TIMELINE_NOW] = { FG(BLACK), BG(BRIGHT + YELLOW) },
		[ST_SOURCE_NOW] = { FG(BLACK), BG(YELLOW) },
		[ST_MENU_NOW] = { ATTR(ATTR_REVERSE) },
		[ST_CHANGED] = { ATTR(ATTR_BOLD | ATTR_UNDERLINE) },
		[ST_TOUCHED] = { FG(BLACK), BG(YELLOW) },
		[ST_SELECTED] = { FG(BLACK), BG(BRIGHT + CYAN) },
		[ST_RELATED] = { FG(BLACK), BG(CYAN) },
		[ST_CURSOR] = { ATTR(ATTR_REVERSE) },
		[ST_MATCH] = { FG(BLACK), BG(BRIGHT + MAGENTA) },
	},
};
