/* Which known name a misspelt one was most likely meant to be. */
#ifndef VIEW_NEAREST_H
#define VIEW_NEAREST_H

struct nearest {
	const char *wanted; /* what was written */
	const char *best;   /* the nearest name tried so far, or NULL */
	unsigned distance;  /* edits between the two */
};

/* Start a search for @wanted; both it and the names must outlive @n. */
void nearest_start(struct nearest *n, const char *wanted);
/* Offer one name; of equally near ones the first wins. */
void nearest_try(struct nearest *n, const char *name);
/* The nearest name, or NULL when none is near enough to be meant. */
const char *nearest_name(const struct nearest *n);

#endif
