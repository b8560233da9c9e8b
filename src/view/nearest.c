/*
 * The distance is the number of edits - a letter more, less, another one, or
 * two neighbours swapped - counted row by row of the usual table.  Three rows
 * are kept: the swap looks back by two.
 */
#include "view/nearest.h"

#include <limits.h>
#include <string.h>

#define LONGEST 48u /* names beyond that are never near */

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned edits(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][LONGEST + 1] = { 0 };
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned cost = a[i - 1] != b[j - 1];

			row[j] = min(min(row[j - 1], last[j]) + 1,
				last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = min(row[j], before[j - 2] + 1);
		}
		unsigned *spare = before;

		before = last;
		last = row;
		row = spare;
	}
	return last[nb];
}

void nearest_start(struct nearest *n, const char *wanted)
{
	*n = (struct nearest){ wanted, NULL, UINT_MAX };
}

void nearest_try(struct nearest *n, const char *name)
{
	size_t na = strlen(n->wanted), nb = strlen(name);
	unsigned d;

	if (na == 0 || na > LONGEST || nb > LONGEST)
		return;
	/* A name cut short is nearer than any misspelling. */
	d = strncmp(name, n->wanted, na) == 0 && na >= 2
		    ? 1
		    : edits(n->wanted, na, name, nb);
	if (d < n->distance) {
		n->distance = d;
		n->best = name;
	}
}

const char *nearest_name(const struct nearest *n)
{
	if (!n->best || n->distance > 1 + strlen(n->wanted) / 4)
		return NULL;
	/* Not one letter in common with what was written. */
	if (n->distance >= strlen(n->wanted))
		return NULL;
	return n->best;
}
