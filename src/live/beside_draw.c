/*
 * Drawing a run beside the kernel: a table of the operations with both answers,
 * below each what differs after it, then both sides at the end.  What differs
 * is marked by a sign and a style.
 */
#include "live/beside_report.h"

#include "view/lang.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_W 16 /* columns of an answer */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct drawing {
	struct canvas *cv;
	const struct beside_report *r;
	int w, y;
	int op_w;     /* columns of an operation */
	size_t *letter; /* of each page that others have in common, real then
			 * simulated; 0: none */
};

static const char *name_of(const struct drawing *d, uint32_t pid)
{
	const char *name = pid < d->r->nr_names ? d->r->name[pid] : NULL;

	return name ? name : "?";
}

/* -- the table ------------------------------------------------------------ */

static enum style style_of(const struct beside_row *row)
{
	return row->follows ? ST_WARN : ST_BAD;
}

/* The real answer: as the simulated one when it is the same. */
static void put_real(struct drawing *d, int x, const struct beside_row *row)
{
	const struct beside_step *s = &row->went;

	if (s->why)
		canvas_put(d->cv, x, d->y, ANSWER_W - 1, ST_DIM, "-");
	else if (s->real)
		canvas_put(d->cv, x, d->y, ANSWER_W - 1, ST_TEXT,
			status_name(s->real));
	else if (!s->valued)
		canvas_put(d->cv, x, d->y, ANSWER_W - 1, ST_TEXT, "ok");
	else if (s->real_value == s->simulated_value)
		canvas_put_cut(d->cv, x, d->y, ANSWER_W - 1, ST_TEXT,
			row->answer);
	else
		canvas_put_cut(d->cv, x, d->y, ANSWER_W - 1, style_of(row),
			row->real);
}

/* A tilde where it comes of what only the simulated machine has done. */
static void put_sign(struct drawing *d, int x, const struct beside_row *row)
{
	if (row->nr)
		canvas_put(d->cv, x, d->y, 2, style_of(row),
			row->follows ? "~"
			: d->cv->ascii ? "!" : "\xe2\x89\xa0");
}

static void put_difference(struct drawing *d, const struct beside_row *row,
	const struct beside_difference *p)
{
	int x = 8;

	put_sign(d, 6, row);
	if (p->pid)
		x += canvas_printf(d->cv, x, d->y, -1, ST_TASK, "%s ",
			name_of(d, p->pid));
	if (p->addr)
		x += canvas_printf(d->cv, x, d->y, -1, ST_ADDR, "%" PRIx64 " ",
			p->addr);
	x += canvas_printf(d->cv, x, d->y, -1, ST_TEXT, "%s: ", _(p->what));
	canvas_printf(d->cv, x, d->y, -1, style_of(row),
		_("real %s, simulated %s"),
		p->real, p->simulated);
	d->y++;
}

static void put_row(struct drawing *d, const struct beside_row *row)
{
	int x = 8 + d->op_w;

	put_sign(d, 0, row);
	canvas_printf(d->cv, 1, d->y, 6, ST_NUMBER, "%5" PRIu32, row->step);
	canvas_put_cut(d->cv, 8, d->y, d->op_w - 1, ST_TEXT,
		row->op ? row->op : "");
	put_real(d, x, row);
	canvas_put_cut(d->cv, x + ANSWER_W, d->y, d->w - x - ANSWER_W, ST_TEXT,
		row->answer);
	d->y++;
	for (size_t i = 0; i < row->nr && i < BESIDE_LISTED; i++)
		put_difference(d, row, &row->list[i]);
	if (row->nr > BESIDE_LISTED)
		canvas_printf(d->cv, 8, d->y++, -1, ST_DIM,
			_("... and %zu more"), row->nr - BESIDE_LISTED);
	if (row->nr && row->still)
		canvas_printf(d->cv, 8, d->y++, -1, ST_DIM,
			_("and %zu as before"), row->still);
}

static void put_table(struct drawing *d)
{
	int x = 8 + d->op_w;

	canvas_put(d->cv, 8, d->y, -1, ST_TITLE, _("operation"));
	canvas_put(d->cv, x, d->y, -1, ST_TITLE, _("real"));
	canvas_put(d->cv, x + ANSWER_W, d->y, -1, ST_TITLE, _("simulated"));
	d->y++;
	for (size_t i = 0; i < d->r->nr; i++)
		if (!d->r->quiet || d->r->row[i].nr)
			put_row(d, &d->r->row[i]);
	d->y++;
}

/* -- both sides at the end ------------------------------------------------ */

/* Letters by the frame's first page, counted from the first side on. */
static void give_letters(struct drawing *d)
{
	const struct beside_view *views[2] = { d->r->real, d->r->simulated };
	size_t *to = d->letter;

	for (int k = 0; k < 2; k++) {
		size_t next = 0;

		for (size_t i = 0; i < views[k]->nr_pages; i++) {
			const struct beside_page *p = &views[k]->page[i];
			const struct beside_page *first =
				&views[k]->page[p->first];

			if (p->zero || !p->pfn || first->sharers < 2)
				to[i] = 0;
			else if (p->first == i)
				to[i] = ++next;
			else
				to[i] = to[p->first];
		}
		to += views[k]->nr_pages;
	}
}

static const struct beside_page *find_page(const struct beside_view *v,
	uint32_t pid, uint64_t addr)
{
	size_t low = 0, high = v->nr_pages;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct beside_page *p = &v->page[mid];

		if (p->pid < pid || (p->pid == pid && p->addr < addr))
			low = mid + 1;
		else
			high = mid;
	}
	if (low == v->nr_pages || v->page[low].pid != pid ||
		v->page[low].addr != addr)
		return NULL;
	return &v->page[low];
}

static char sign_of(const struct beside_page *p, size_t letter)
{
	if (!p)
		return '.';
	if (p->zero)
		return '0';
	if (letter)
		return LETTERS[(letter - 1) % (sizeof LETTERS - 1)];
	return p->anon ? '#' : '-';
}

static void put_cells(struct drawing *d, int x, int side, uint32_t pid,
	uint64_t from, int n)
{
	const struct beside_view *v = side ? d->r->simulated : d->r->real;
	const size_t *letter = d->letter + (side ? d->r->real->nr_pages : 0);

	for (int i = 0; i < n; i++) {
		const struct beside_page *p = find_page(v, pid,
			from + (uint64_t)i * PAGE_SIZE);
		size_t l = p ? letter[p - v->page] : 0;
		char sign[2] = { sign_of(p, l), 0 };

		canvas_put(d->cv, x + i, d->y, 1,
			!p ? ST_PTE_NONE
			: p->zero ? ST_PAGE_ZERO
			: l ? ST_PAGE_SHARED
			: p->anon ? ST_PAGE_ANON : ST_PAGE_FILE, sign);
	}
}

static bool any_page(const struct beside_view *v, uint32_t pid, uint64_t from,
	int n)
{
	for (int i = 0; i < n; i++)
		if (find_page(v, pid, from + (uint64_t)i * PAGE_SIZE))
			return true;
	return false;
}

static void put_vma(struct drawing *d, const struct beside_vma *v)
{
	int cells = (d->w - 24) / 2 - 2, second = 22 + cells + 3;

	cells = cells > 64 ? 64 : cells < 8 ? 8 : cells;
	canvas_printf(d->cv, 2, d->y++, -1, ST_ADDR, "%" PRIx64 "-%" PRIx64
		" %s%c", v->start, v->end, prot_name(v->prot),
		v->shared ? 's' : 'p');
	for (uint64_t a = v->start; a < v->end;
		a += (uint64_t)cells * PAGE_SIZE) {
		uint64_t left = (v->end - a) / PAGE_SIZE;
		int n = left < (uint64_t)cells ? (int)left : cells;

		if (!any_page(d->r->real, v->pid, a, n) &&
			!any_page(d->r->simulated, v->pid, a, n))
			continue;
		canvas_printf(d->cv, 4, d->y, -1, ST_ADDR, "%" PRIx64, a);
		put_cells(d, 22, 0, v->pid, a, n);
		put_cells(d, second, 1, v->pid, a, n);
		d->y++;
	}
}

static void put_sides(struct drawing *d)
{
	const struct beside_view *v = d->r->simulated;
	uint32_t pid = 0;

	canvas_put(d->cv, 0, d->y++, -1, ST_TITLE,
		_("At the end: left the real pages, right the simulated ones"));
	for (size_t i = 0; i < v->nr_vmas; i++) {
		if (v->vma[i].pid != pid) {
			pid = v->vma[i].pid;
			canvas_put(d->cv, 0, d->y++, -1, ST_TASK,
				name_of(d, pid));
		}
		put_vma(d, &v->vma[i]);
	}
	canvas_put(d->cv, 0, d->y++, -1, ST_DIM,
		_("A letter is a frame that is mapped more than once, # one of "
		  "its own, - of a file, 0 the zero page."));
	d->y++;
}

/* -- the end -------------------------------------------------------------- */

static void put_sums(struct drawing *d)
{
	const struct beside_report *r = d->r;

	canvas_printf(d->cv, 0, d->y++, -1, r->differ ? ST_BAD : ST_GOOD,
		_("%zu operations, %zu of them simulated only; %zu differ"),
		r->nr, r->only, r->differ);
	if (r->parted)
		canvas_printf(d->cv, 0, d->y++, -1, ST_WARN,
			_("From step %" PRIu32 " on the simulated machine has "
			  "done what the real one has not: %zu steps differ "
			  "since."), r->parted, r->follow);
	for (size_t i = 0; i < r->nr; i++) {
		const char *why = r->row[i].went.why;
		bool told = !why;

		for (size_t k = 0; k < i && !told; k++)
			told = r->row[k].went.why &&
				!strcmp(r->row[k].went.why, why);
		if (!told)
			canvas_printf(d->cv, 2, d->y++, -1, ST_DIM,
				_("simulated only, %" PRIu32 ": %s"),
				r->row[i].step, _(why));
	}
	if (!r->frames)
		canvas_put(d->cv, 0, d->y++, -1, ST_WARN,
			_("Out of reach: frames and map counts (root sees "
			  "them); presence was compared."));
	if (r->other)
		canvas_put(d->cv, 0, d->y++, -1, ST_WARN,
			_("The kernel here is not a 6.18: some differences are "
			  "theirs."));
}

/* As wide as the longest operation, so that answers have the rest. */
static int op_width(const struct beside_report *r, int room)
{
	int widest = 20;

	for (size_t i = 0; i < r->nr; i++) {
		int n = r->row[i].op ? text_width(r->row[i].op) + 2 : 0;

		widest = n > widest ? n : widest;
	}
	return room < 20 ? 20 : widest < room ? widest : room;
}

int beside_draw(struct canvas *cv, int w, const struct beside_report *r)
{
	struct drawing d = { .cv = cv, .r = r, .w = w };

	d.op_w = op_width(r, w - 8 - 2 * ANSWER_W);
	d.letter = calloc(r->real->nr_pages + r->simulated->nr_pages + 1,
		sizeof *d.letter);
	if (!d.letter)
		return 0;
	give_letters(&d);
	canvas_put_cut(cv, 0, d.y++, w, ST_SCENE, r->title);
	canvas_printf(cv, 0, d.y++, -1, ST_DIM,
		_("real: %s; simulated: Linux 6.18"), r->kernel);
	d.y++;
	put_table(&d);
	put_sides(&d);
	put_sums(&d);
	free(d.letter);
	return d.y;
}
