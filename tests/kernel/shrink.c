/*
 * Shrinking: leave out ever smaller pieces as long as the rest still fails,
 * until no single step can be left out, or for 20 seconds.
 */
#include "sides.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS 20

static struct verdict verdict;
static time_t deadline;

/* A list that costs a side its life is not tried again and again. */
static bool fails(struct list *list)
{
	if (time(NULL) > deadline)
		return false;
	judge_list(list, &verdict);
	if (verdict.step < 0 || verdict.lost)
		return false;
	list->n = (unsigned)verdict.step + 1; /* what follows is not needed */
	return true;
}

static void without(
	const struct list *list, unsigned at, unsigned n, struct list *shorter)
{
	*shorter = *list;
	memmove(&shorter->step[at], &list->step[at + n],
		(list->n - at - n) * sizeof list->step[0]);
	shorter->n = list->n - n;
}

/* One pass with pieces of @n steps, from the end. */
static bool pass(struct list *list, unsigned n)
{
	static struct list shorter;
	bool better = false;

	for (unsigned at = list->n; at >= n; at--) {
		if (at > list->n)
			continue;
		without(list, at - n, n, &shorter);
		if (fails(&shorter)) {
			*list = shorter;
			better = true;
		}
	}
	return better;
}

void list_shrink(struct list *list)
{
	deadline = time(NULL) + SECONDS;
	if (!fails(list))
		return;
	for (unsigned n = list->n / 2; n > 1; n /= 2)
		pass(list, n);
	while (pass(list, 1))
		;
}
