/*
 * Drawing real processes: for each its regions, those with private memory page
 * by page; then who shares how much, a walk, and what was out of reach.  A
 * frame that several of them share has the same letter everywhere.
 */
#include "live/attach.h"
#include "view/lang.h"

#include <inttypes.h>
#include <string.h>

#define PAGE 4096ull
#define ADDR_W 18  /* of an address and the blanks about it */
#define KINDS_W 30 /* for "4 file, 12 shared, 30 own" */
#define MAX_ROWS 24 /* of a region, unless all is asked for */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct drawing {
	struct canvas *cv;
	const struct attach_view *v;
	int w;
	int y;     /* the next line */
	int cells; /* pages in a row */
};

static const struct {
	enum style style;
	const char *sign;
	const char *meaning;
} looks[NR_REAL_KINDS] = {
	[REAL_SWAPPED] = { ST_DIM, "~", N_("swapped out") },
	[REAL_ZERO] = { ST_PAGE_ZERO, "0", N_("the zero page") },
	[REAL_OWN] = { ST_PAGE_ANON, "#", N_("memory mapped here alone") },
	[REAL_ANON] = { ST_PAGE_SHARED, "%",
		N_("memory shared with others than these") },
	[REAL_FILE] = { ST_PAGE_FILE, "-", N_("a page of a file") },
	[REAL_UNKNOWN] = { ST_WARN, "?",
		N_("the zero page, or memory shared since a fork") },
};

static enum style letter_style(uint32_t letter)
{
	static const enum style styles[] = { ST_ERA_1, ST_ERA_2, ST_ERA_3,
		ST_ERA_4, ST_ERA_5 };

	return styles[letter % (sizeof styles / sizeof *styles)];
}

/* -- pages ---------------------------------------------------------------- */

static void put_page(struct drawing *d, int x, const struct real_page *p)
{
	char sign[2] = { 0 };

	if (p->letter) {
		sign[0] = LETTERS[(p->letter - 1) % (sizeof LETTERS - 1)];
		canvas_put(d->cv, x, d->y, 1, letter_style(p->letter), sign);
	} else if (p->kind == REAL_FILE && p->mates) {
		canvas_put(d->cv, x, d->y, 1, ST_PAGE_SHARED, "=");
	} else {
		canvas_put(d->cv, x, d->y, 1, looks[p->kind].style,
			looks[p->kind].sign);
	}
}

/* A row of pages from @from on; the index of the first page after it. */
static size_t put_row(struct drawing *d, const struct real_region *r,
	uint64_t from, size_t i)
{
	uint64_t end = from + (uint64_t)d->cells * PAGE;

	canvas_printf(d->cv, 4, d->y, -1, ST_ADDR, "%" PRIx64, from);
	for (uint64_t a = from; a < end; a += PAGE) {
		int x = ADDR_W + (int)((a - from) / PAGE);

		if (a >= r->vma.end)
			break;
		if (i < r->nr && r->page[i].addr == a)
			put_page(d, x, &r->page[i++]);
		else
			canvas_glyph(d->cv, x, d->y, ST_PTE_NONE, GL_DOT);
	}
	d->y++;
	return i;
}

static void put_pages(struct drawing *d, const struct real_region *r)
{
	uint64_t size = (uint64_t)d->cells * PAGE;
	int rows = 0;

	for (size_t i = 0; i < r->nr;) {
		if (rows++ == MAX_ROWS && !d->v->all) {
			canvas_printf(d->cv, 4, d->y++, -1, ST_DIM,
				_("... and %zu pages more (--all)"),
				r->nr - i);
			return;
		}
		i = put_row(d, r, r->vma.start + (r->page[i].addr -
			r->vma.start) / size * size, i);
	}
}

/* -- regions -------------------------------------------------------------- */

static enum style region_style(const struct proc_vma *v)
{
	return v->shared ? ST_VMA_SHARED : v->inode ? ST_VMA_FILE
						    : ST_VMA_ANON;
}

/* "12 own, 3 shared, 40 file"; returns the columns. */
static int put_kinds(struct drawing *d, int x, const uint64_t *kinds)
{
	const char *between = "";
	int start = x;

	for (int k = NR_REAL_KINDS - 1; k >= 0; k--) {
		if (!kinds[k])
			continue;
		x += canvas_printf(d->cv, x, d->y, -1, looks[k].style,
			"%s%" PRIu64 " %s", between, kinds[k],
			_(real_kind_name((enum real_kind)k)));
		between = ", ";
	}
	return x - start;
}

/* The path, or where there is no room for it its last part. */
static int put_name(struct drawing *d, int x, const struct proc_vma *v)
{
	int room = d->w - x - KINDS_W;
	const char *name = v->name, *slash = strrchr(name, '/');

	if (slash && text_width(name) > room)
		name = slash + 1;
	return canvas_put(d->cv, x, d->y, -1, region_style(v), name) +
		(*name ? 2 : 0);
}

static void put_region(struct drawing *d, const struct real_region *r)
{
	const struct proc_vma *v = &r->vma;
	int x = 2;

	x += canvas_printf(d->cv, x, d->y, -1, ST_ADDR,
		"%" PRIx64 "-%" PRIx64 " ", v->start, v->end);
	x += canvas_printf(d->cv, x, d->y, -1, ST_TEXT, "%c%c%c%c ",
		v->prot & 1 ? 'r' : '-', v->prot & 2 ? 'w' : '-',
		v->prot & 4 ? 'x' : '-', v->shared ? 's' : 'p');
	x += put_name(d, x, v);
	put_kinds(d, x, r->kinds);
	d->y++;
	if (region_is_detailed(r, d->v->all))
		put_pages(d, r);
}

/* Regions that have nothing of their own, as one line. */
static size_t put_folded(struct drawing *d, const struct real_process *p,
	size_t i)
{
	uint64_t pages = 0, shared = 0;
	size_t n = 0;

	for (; i < p->nr && !region_is_detailed(&p->region[i], false); i++) {
		n++;
		pages += p->region[i].nr;
		shared += p->region[i].shared;
	}
	if (d->v->a->frames && d->v->a->nr > 1)
		canvas_printf(d->cv, 2, d->y++, -1, ST_DIM,
			_("%zu regions without memory of their own: %" PRIu64
			  " pages, %" PRIu64 " of them shared below"),
			n, pages, shared);
	else
		canvas_printf(d->cv, 2, d->y++, -1, ST_DIM,
			_("%zu regions without memory of their own: %" PRIu64
			  " pages"), n, pages);
	return i;
}

static void put_process(struct drawing *d, const struct real_process *p)
{
	int x = canvas_printf(d->cv, 0, d->y, -1, ST_TASK, "%d %s", (int)p->pid,
		p->name);

	x += canvas_printf(d->cv, x, d->y, -1, ST_DIM,
		_(" (child of %d), %zu regions: "), (int)p->parent, p->nr);
	put_kinds(d, x, p->kinds);
	d->y++;
	for (size_t i = 0; i < p->nr;) {
		if (region_is_detailed(&p->region[i], d->v->all))
			put_region(d, &p->region[i++]);
		else
			i = put_folded(d, p, i);
	}
	d->y++;
}

/* -- who shares ----------------------------------------------------------- */

static void put_pair(struct drawing *d, unsigned i, unsigned j)
{
	const struct attached *a = d->v->a;
	const struct real_pair *pair = &a->pair[i][j];
	int x = canvas_printf(d->cv, 2, d->y, -1, ST_TASK, "%d %s + %d %s",
		(int)a->process[i].pid, a->process[i].name,
		(int)a->process[j].pid, a->process[j].name);

	if (a->frames)
		canvas_printf(d->cv, x + 4, d->y, -1, ST_NUMBER,
			_("%" PRIu64 " anonymous frames, %" PRIu64
			  " of files"), pair->anon, pair->file);
	else
		canvas_printf(d->cv, x + 4, d->y, -1, ST_NUMBER,
			_("at most %" PRIu64 " anonymous frames"),
			pair->perhaps);
	d->y++;
}

static void put_pairs(struct drawing *d)
{
	const struct attached *a = d->v->a;

	if (a->nr < 2)
		return;
	canvas_put(d->cv, 0, d->y++, -1, ST_TITLE, _("Frames in common"));
	for (unsigned i = 0; i < a->nr; i++)
		for (unsigned j = i + 1; j < a->nr; j++)
			put_pair(d, i, j);
	d->y++;
}

/* -- a walk --------------------------------------------------------------- */

static void put_entry(struct drawing *d, const struct real_walk *w)
{
	const struct real_page *p = w->page;
	int x = 4;

	if (!w->region) {
		canvas_put(d->cv, x, d->y++, -1, ST_BAD,
			_("nothing is mapped there"));
		return;
	}
	if (!p) {
		canvas_put(d->cv, x, d->y++, -1, ST_DIM,
			_("the entry is empty: the next access faults"));
		return;
	}
	x += canvas_printf(d->cv, x, d->y, -1, looks[p->kind].style, "%s",
		_(looks[p->kind].meaning));
	if (p->entry & PM_FRAME && p->entry & PM_PRESENT)
		x += canvas_printf(d->cv, x, d->y, -1, ST_PFN,
			_(", frame %" PRIx64), (uint64_t)(p->entry & PM_FRAME));
	if (p->seen)
		x += canvas_printf(d->cv, x, d->y, -1, ST_NUMBER,
			_(", map count %" PRIu64), p->count);
	if (p->seen && p->flags >> KPF_THP & 1)
		canvas_put(d->cv, x, d->y, -1, ST_WARN,
			_(", of a huge page: the pmd may map it"));
	d->y++;
}

static void put_walk(struct drawing *d, const struct real_process *p)
{
	struct real_walk w = attach_walk(p, d->v->addr);

	canvas_printf(d->cv, 0, d->y++, -1, ST_TASK,
		_("%d %s, the page table for %" PRIx64), (int)p->pid, p->name,
		d->v->addr);
	for (int l = 0; l < WALK_LEVELS - 1; l++)
		canvas_printf(d->cv, 4, d->y++, -1,
			w.below[l] ? ST_PTE_PRESENT : ST_PTE_NONE,
			w.below[l] ? _("%s[%u] present: %" PRIu64
				       " pages below it")
				   : _("%s[%u] no page below it: empty, or a "
				       "table without entries"),
			real_levels[l], w.index[l], w.below[l]);
	canvas_printf(d->cv, 4, d->y++, -1,
		w.page ? ST_PTE_PRESENT : ST_PTE_NONE, "%s[%u]%s",
		real_levels[WALK_LEVELS - 1], w.index[WALK_LEVELS - 1],
		!w.page ? "" : w.page->entry & PM_PRESENT ? _(" present")
							  : _(" swapped"));
	put_entry(d, &w);
	d->y++;
}

/* -- the end -------------------------------------------------------------- */

static void put_legend(struct drawing *d)
{
	int x = 0;

	for (int k = 0; k < NR_REAL_KINDS; k++) {
		bool there = false;

		for (unsigned i = 0; i < d->v->a->nr; i++)
			there |= d->v->a->process[i].kinds[k] != 0;
		if (!there)
			continue;
		if (x + 40 > d->w && x) {
			d->y++;
			x = 0;
		}
		x += canvas_put(d->cv, x, d->y, -1, looks[k].style,
			looks[k].sign);
		x += canvas_printf(d->cv, x, d->y, -1, ST_DIM, " %s   ",
			_(looks[k].meaning));
	}
	d->y++;
	if (d->v->a->letters)
		canvas_put(d->cv, 0, d->y++, -1, ST_DIM,
			_("A letter is a frame of memory that several of them "
			  "map; = the same for a file."));
}

static void put_unseen(struct drawing *d)
{
	const struct attached *a = d->v->a;

	if (!a->frames)
		canvas_put(d->cv, 0, d->y++, -1, ST_WARN,
			_("Out of reach: numbers of frames, so who shares "
			  "what (root sees them)."));
	if (!a->counts)
		canvas_put(d->cv, 0, d->y++, -1, ST_WARN,
			_("Out of reach: map counts and flags of frames "
			  "(/proc/kpagecount, kpageflags)."));
	if (a->truncated)
		canvas_put(d->cv, 0, d->y++, -1, ST_WARN,
			_("Some regions could not be read to their end."));
}

int attach_draw(struct canvas *cv, int w, const struct attach_view *v)
{
	struct drawing d = { .cv = cv, .v = v, .w = w,
		.cells = w >= ADDR_W + 64 ? 64 : w >= ADDR_W + 32 ? 32 : 16 };

	canvas_put(cv, 0, d.y++, -1, ST_SCENE, v->when);
	d.y++;
	for (unsigned i = 0; i < v->a->nr; i++)
		put_process(&d, &v->a->process[i]);
	put_pairs(&d);
	for (unsigned i = 0; i < v->a->nr && v->walk; i++)
		put_walk(&d, &v->a->process[i]);
	put_legend(&d);
	put_unseen(&d);
	return d.y;
}
