/* One LRU list as a row of pages, a part of a content. */
#ifndef TUI_PANES_LRU_ROW_H
#define TUI_PANES_LRU_ROW_H

#include "tui/panes/legend.h"
#include "tui/panes/lru_moves.h"
#include "tui/panes/pad.h"

struct lru_row {
	struct pad *s;
	const struct zone *z;
	const struct lru_moves *moves;
	enum lru_list list;
	int lines;     /* that its pages may take */
	uint64_t count; /* pages on it; the others are the row's own */
	int w;	       /* columns of a page */
	int per_line;  /* pages in a line */
};

/* Of pad.seen, beside a bit for each letter. */
#define LRU_SEEN_NEW (1u << 30)
#define LRU_SEEN_FROM (1u << 31)

/* From line @y on; returns its lines.  Leaves a bit in pad.seen for each letter
 * that it shows. */
int lru_row(struct lru_row *r, int y);
/* What the letters in @seen mean. */
void lru_legend(struct legend *l, bool ascii, unsigned seen);

#endif
