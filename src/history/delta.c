/*
 * One block of memory: this head, a row for each page in ascending order, and
 * the lines, in the order of the rows and of the bits of their masks.  No row
 * has an empty mask.
 */
#include "history/delta.h"
#include "history/alloc.h"
#include "history/raw.h"

#include <stdlib.h>

_Static_assert(BARRIER_PAGE / DELTA_LINE == 64, "a bit for each line");

struct row {
	uint64_t mask; /* bit i: line i of the page is here */
	uint32_t page; /* its number in the region */
};

struct delta {
	uint32_t rows;	/* pages */
	uint32_t lines; /* in all of them */
	struct row row[];
};

static size_t bytes_of(size_t rows, size_t lines)
{
	return sizeof(struct delta) + rows * sizeof(struct row) +
	       lines * DELTA_LINE;
}

/* Room for so many at most; the lines stand behind all the room for rows. */
static struct delta *delta_new(size_t rows, size_t lines)
{
	struct delta *d = xmalloc(bytes_of(rows, lines));

	d->rows = (uint32_t)rows;
	d->lines = (uint32_t)lines;
	return d;
}

static char *lines_of(const struct delta *d)
{
	return (char *)(uintptr_t)(d->row + d->rows);
}

void delta_delete(struct delta *d)
{
	free(d);
}

size_t delta_bytes(const struct delta *d)
{
	return d ? bytes_of(d->rows, d->lines) : 0;
}

/* -- packing ------------------------------------------------------------- */

static uint64_t differing(const char *a, const char *b)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < 64; i++)
		if (!raw_same(
			    a + i * DELTA_LINE, b + i * DELTA_LINE, DELTA_LINE))
			mask |= 1ull << i;
	return mask;
}

/* Copy the lines of @mask from a page; returns behind the last. */
static char *copy_lines(char *to, const char *page, uint64_t mask)
{
	for (; mask; mask &= mask - 1) {
		raw_copy(to, page + __builtin_ctzll(mask) * DELTA_LINE,
			DELTA_LINE);
		to += DELTA_LINE;
	}
	return to;
}

static struct delta *from_rows(
	const struct row *row, uint32_t rows, const char *pages)
{
	size_t lines = 0;
	struct delta *d;
	char *to;

	for (uint32_t i = 0; i < rows; i++)
		lines += (size_t)__builtin_popcountll(row[i].mask);
	d = delta_new(rows, lines);
	to = lines_of(d);
	for (uint32_t i = 0; i < rows; i++) {
		d->row[i] = row[i];
		to = copy_lines(to, pages + (size_t)row[i].page * BARRIER_PAGE,
			row[i].mask);
	}
	return d;
}

struct delta *delta_pack(
	const char *old, const char *now, const uint32_t *list, uint32_t count)
{
	struct row *row = xmalloc(count * sizeof(*row));
	uint32_t rows = 0;
	struct delta *d;

	for (uint32_t i = 0; i < count; i++) {
		size_t at = (size_t)list[i] * BARRIER_PAGE;
		uint64_t mask = differing(old + at, now + at);

		if (mask)
			row[rows++] = (struct row){ mask, list[i] };
	}
	d = from_rows(row, rows, old);
	free(row);
	return d;
}

/* -- applying ------------------------------------------------------------ */

static void exchange_line(char *a, char *b)
{
	char keep[DELTA_LINE] __attribute__((aligned(8)));

	raw_copy(keep, a, DELTA_LINE);
	raw_copy(a, b, DELTA_LINE);
	raw_copy(b, keep, DELTA_LINE);
}

void delta_exchange(struct delta *d, char *base, struct barrier *b)
{
	char *line = lines_of(d);

	for (uint32_t i = 0; i < d->rows; i++) {
		uint64_t mask = d->row[i].mask;
		char *page = base + (size_t)d->row[i].page * BARRIER_PAGE;

		barrier_touch(b, d->row[i].page);
		for (; mask; mask &= mask - 1) {
			exchange_line(line,
				page + __builtin_ctzll(mask) * DELTA_LINE);
			line += DELTA_LINE;
		}
	}
}

/* -- merging ------------------------------------------------------------- */

/* Reads a delta row by row. */
struct reader {
	const struct row *row; /* the next */
	const struct row *end; /* behind the last */
	const char *line;      /* first line of the next row */
};

static struct reader read_delta(const struct delta *d, uint32_t limit)
{
	uint32_t rows = d->rows;

	while (rows && d->row[rows - 1].page >= limit)
		rows--;
	return (struct reader){ d->row, d->row + rows, lines_of(d) };
}

static void next_row(struct reader *r)
{
	r->line += (size_t)__builtin_popcountll(r->row->mask) * DELTA_LINE;
	r->row++;
}

static bool has_page(const struct reader *r, uint32_t page)
{
	return r->row < r->end && r->row->page == page;
}

/* The lowest page that is next in either; both are not at their end. */
static uint32_t lowest(const struct reader *a, const struct reader *b)
{
	if (a->row == a->end)
		return b->row->page;
	if (b->row == b->end || a->row->page < b->row->page)
		return a->row->page;
	return b->row->page;
}

/* Lines of @r's row, each to its place in the packed row of mask @all. */
static void place_lines(
	char *to, uint64_t all, const struct reader *r, uint64_t take)
{
	const char *line = r->line;

	for (uint64_t m = r->row->mask; m; m &= m - 1) {
		uint64_t bit = m & -m;

		if (take & bit)
			raw_copy(to + (size_t)__builtin_popcountll(
					      all & (bit - 1)) *
						 DELTA_LINE,
				line, DELTA_LINE);
		line += DELTA_LINE;
	}
}

/* Call once with d == NULL to count rows and lines, once more to fill. */
static void merge_into(struct delta *d, struct reader a, struct reader b,
	size_t *rows, size_t *lines)
{
	char *to = d ? lines_of(d) : NULL;

	for (*rows = *lines = 0; a.row < a.end || b.row < b.end; ++*rows) {
		uint32_t page = lowest(&a, &b);
		uint64_t of_a = has_page(&a, page) ? a.row->mask : 0;
		uint64_t of_b = has_page(&b, page) ? b.row->mask : 0;
		uint64_t all = of_a | of_b;

		if (d) {
			d->row[*rows] = (struct row){ all, page };
			if (of_a)
				place_lines(to + *lines * DELTA_LINE, all, &a,
					of_a);
			if (of_b)
				place_lines(to + *lines * DELTA_LINE, all, &b,
					of_b & ~of_a);
		}
		*lines += (size_t)__builtin_popcountll(all);
		if (of_a)
			next_row(&a);
		if (of_b)
			next_row(&b);
	}
}

struct delta *delta_merge(
	struct delta *first, struct delta *second, uint32_t limit)
{
	struct reader a = read_delta(first, limit);
	struct reader b = read_delta(second, limit);
	struct delta *d;
	size_t rows, lines;

	merge_into(NULL, a, b, &rows, &lines);
	d = delta_new(rows, lines);
	merge_into(d, a, b, &rows, &lines);
	delta_delete(first);
	delta_delete(second);
	return d;
}

/* -- pages at the end ---------------------------------------------------- */

struct delta *delta_append(
	struct delta *d, const char *base, uint32_t from, uint32_t to)
{
	size_t more = to > from ? to - from : 0;
	struct delta *n;

	if (!more)
		return d;
	n = delta_new(d->rows + more, d->lines + more * 64);
	memcpy(n->row, d->row, d->rows * sizeof(struct row));
	for (uint32_t i = 0; i < more; i++)
		n->row[d->rows + i] = (struct row){ UINT64_MAX, from + i };
	memcpy(lines_of(n), lines_of(d), (size_t)d->lines * DELTA_LINE);
	raw_copy(lines_of(n) + (size_t)d->lines * DELTA_LINE,
		base + (size_t)from * BARRIER_PAGE, more * BARRIER_PAGE);
	delta_delete(d);
	return n;
}

struct delta *delta_cut(struct delta *d, uint32_t limit)
{
	struct reader r = read_delta(d, limit);
	uint32_t rows = (uint32_t)(r.end - r.row);
	struct delta *n;
	size_t lines = 0;

	if (rows == d->rows)
		return d;
	for (uint32_t i = 0; i < rows; i++)
		lines += (size_t)__builtin_popcountll(d->row[i].mask);
	n = delta_new(rows, lines);
	memcpy(n->row, d->row, rows * sizeof(struct row));
	memcpy(lines_of(n), lines_of(d), lines * DELTA_LINE);
	delta_delete(d);
	return n;
}
