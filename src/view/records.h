/*
 * The JSON records of a run: what happened, and the state of a machine.  Each
 * function writes one line.  Keys may be added, never renamed.
 */
#ifndef VIEW_RECORDS_H
#define VIEW_RECORDS_H

#include "view/json.h"
#include "view/look.h"

void record_scenario(struct json *j, const struct history *h,
	const struct source_info *info, enum lang lang);
/* scene, say, note, print, show, point, ask, expect, error; a pause has no
 * record. */
void record_note(struct json *j, const struct history *h,
	const struct source_info *info, const struct note *note,
	enum lang lang);
/* Operation @n of the current branch. */
void record_op(struct json *j, const struct history *h, uint32_t n);
/* Event @k (from 1) of operation @n, told by machine @m. */
void record_event(struct json *j, const struct machine *m, uint32_t n,
	uint32_t k, const struct event *ev, enum lang lang);
/* All of @m, which stands at @pos. */
void record_state(struct json *j, const struct machine *m, struct pos pos);

struct record_sums {
	uint32_t ops;
	uint64_t events;
	uint32_t passed, failed; /* expects */
};
void record_end(struct json *j, const struct record_sums *sums);

/* -- parts of records --------------------------------------------------- */

/* A page's content as itself: a number or a string. */
void json_value(struct json *j, const char *key, const struct machine *m,
	value_t value);
/* "vma:4"; null for NO_REF. */
void json_ref(struct json *j, const char *key, struct ref ref);
/* An object of the counters that are not zero. */
void json_costs(struct json *j, const char *key, const struct costs *costs);

/* The file that @file of a note or a step names. */
const char *record_file(
	const struct history *h, const struct source_info *info, uint32_t file);
/* @text in @lang, English where it has no other; NULL if it has none. */
const char *record_text(struct text text, enum lang lang);

#endif
