/*
 * A pen is worked out when a cell first needs it and kept in a table by style
 * and flags.  Pairs are numbered from 1 as they turn up; when the terminal has
 * no room for more, a pair with the same foreground serves, or none.
 *
 * Without colours a background would be lost, and with it the cursor and the
 * selection: there it is shown as reverse.
 */
#include "tui/pens.h"

#include <stdlib.h>
#include <string.h>

#define EXTRAS 64	 /* combinations of STYLE_ flags */
#define PAIRS_MAX 1024	 /* no theme needs more */
#define DIRECT (1 << 24) /* colours of a direct-colour terminal */

struct pair {
	int fg, bg; /* of the terminal; -1: its own */
};

struct pens {
	int colours;		      /* 0: monochrome */
	int room;		      /* pairs that may be used, 0 included */
	int count;		      /* pairs in use, 0 included */
	pens_set_pair *set_pair;      /* tells the terminal */
	struct theme theme;	      /* in use; compared, so a copy */
	bool themed;		      /* it is valid */
	struct pair pairs[PAIRS_MAX]; /* [0] is not used */
	struct paint paints[NR_STYLES][EXTRAS]; /* where known is set */
	bool known[NR_STYLES][EXTRAS];		/* worked out already */
};

struct pens *pens_new(int colours, int pairs, pens_set_pair *set_pair)
{
	struct pens *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->colours = colours;
	p->room = pairs < PAIRS_MAX ? pairs : PAIRS_MAX;
	p->count = 1;
	p->set_pair = set_pair;
	return p;
}

void pens_delete(struct pens *p)
{
	free(p);
}

bool pens_use(struct pens *p, const struct theme *theme)
{
	if (p->themed && memcmp(&p->theme, theme, sizeof(*theme)) == 0)
		return false;
	p->theme = *theme;
	p->themed = true;
	p->count = 1;
	memset(p->known, 0, sizeof(p->known));
	return true;
}

/* The colour of an index among 256, as xterm has it. */
static uint32_t index_rgb(unsigned index)
{
	static const uint32_t base[16] = { 0x000000, 0xcd0000, 0x00cd00,
		0xcdcd00, 0x1e90ff, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f,
		0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff,
		0xffffff };
	static const uint8_t level[6] = { 0, 95, 135, 175, 215, 255 };

	if (index < 16)
		return base[index];
	if (index >= 232)
		return (8 + (index - 232) * 10) * 0x010101u;
	index -= 16;
	return (uint32_t)level[index / 36] << 16 |
	       (uint32_t)level[index / 6 % 6] << 8 | level[index % 6];
}

/* Below 8 a direct colour is taken for an index: use the nearest above. */
static int direct(struct colour c)
{
	uint32_t rgb;

	if (c.kind == COLOUR_INDEX && c.index < 8)
		return c.index;
	rgb = c.kind == COLOUR_RGB ? c.rgb : index_rgb(c.index);
	return (int)(rgb == 0 || rgb >= 8 ? rgb : 8);
}

static int number_of(const struct pens *p, bool has, struct colour c)
{
	if (!has || c.kind == COLOUR_DEFAULT || p->colours < 8)
		return -1;
	if (p->colours >= DIRECT)
		return direct(c);
	if (c.kind == COLOUR_INDEX && c.index < p->colours)
		return c.index;
	return colour_to_index(c, p->colours >= 256 ? 256 : 16);
}

static int find_pair(struct pens *p, int fg, int bg)
{
	int like = 0;

	if (fg < 0 && bg < 0)
		return 0;
	for (int i = 1; i < p->count; i++) {
		if (p->pairs[i].fg != fg)
			continue;
		if (p->pairs[i].bg == bg)
			return i;
		like = i;
	}
	if (p->count >= p->room)
		return like;
	p->pairs[p->count] = (struct pair){ fg, bg };
	if (p->set_pair)
		p->set_pair(p->count, fg, bg);
	return p->count++;
}

static struct paint monochrome(const struct pen *pen)
{
	struct paint paint = { .attr = pen->attr };

	if (pen->has_bg && pen->bg.kind != COLOUR_DEFAULT)
		paint.attr |= ATTR_REVERSE;
	return paint;
}

static struct paint work_out(struct pens *p, const struct pen *pen)
{
	struct paint paint = { .attr = pen->attr };
	int fg = number_of(p, pen->has_fg, pen->fg);
	int bg = number_of(p, pen->has_bg, pen->bg);

	if (p->colours == 0)
		return monochrome(pen);
	if (p->colours < 16) { /* bright is bold there */
		if (fg >= 8)
			paint.attr |= ATTR_BOLD;
		fg = fg >= 8 ? fg - 8 : fg;
		bg = bg >= 8 ? bg - 8 : bg;
	}
	paint.pair = find_pair(p, fg, bg);
	return paint;
}

struct paint pens_paint(struct pens *p, const struct cell *cell)
{
	unsigned style = cell->style < NR_STYLES ? cell->style : ST_TEXT;
	unsigned extra = cell->extra % EXTRAS;

	if (!p->known[style][extra]) {
		struct pen pen = theme_pen(&p->theme, style, extra);

		p->paints[style][extra] = work_out(p, &pen);
		p->known[style][extra] = true;
	}
	return p->paints[style][extra];
}

void pens_pair(const struct pens *p, int pair, int *fg, int *bg)
{
	bool known = pair > 0 && pair < p->count;

	*fg = known ? p->pairs[pair].fg : -1;
	*bg = known ? p->pairs[pair].bg : -1;
}
