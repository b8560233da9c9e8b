/* Which pages a step put onto an LRU list, and where they came from. */
#ifndef TUI_PANES_LRU_MOVES_H
#define TUI_PANES_LRU_MOVES_H

#include "view/look.h"

struct lru_move {
	uint32_t pfn;
	uint32_t seq;  /* of its first event in this step */
	uint8_t from;  /* enum lru_list; LRU_NONE: it was on none */
};

struct lru_moves {
	struct lru_move *move; /* nr of them, by pfn, each once */
	size_t nr;
};

/* Without memory for it: none. */
void lru_moves_start(struct lru_moves *m, const struct look *look);
void lru_moves_end(struct lru_moves *m);
/* NULL: it stayed where it was. */
const struct lru_move *lru_moves_find(const struct lru_moves *m, uint32_t pfn);

#endif
