/*
 * The scenario in the eras other than the one that is shown, for the pane that
 * compares them.  They are run when it is first on the screen, one at a time
 * while nobody types; a switch of the era changes nothing in them.
 */
#include "tui/state.h"

#include "tui/panes.h"
#include "view/compare.h"
#include "view/lang.h"

#include <string.h>

/* The eras that the scenario names; all when it names none. */
static const struct era *era_named(const struct app *a, unsigned i)
{
	const struct source_info *info = &a->source->info;

	if (!info->nr_eras)
		return era_at(i);
	return i < info->nr_eras ? info->eras[i] : NULL;
}

static const struct era *next_era(const struct app *a, unsigned *left)
{
	const struct compare *c = a->look.compare;
	const struct era *era, *next = NULL;

	*left = 0;
	for (unsigned i = 0; (era = era_named(a, i)) && i < COMPARE_ERAS; i++) {
		if (c && compare_find(c, era) >= 0)
			continue;
		next = next ? next : era;
		++*left;
	}
	return next;
}

unsigned app_eras_left(struct app *a)
{
	unsigned left;

	next_era(a, &left);
	return left;
}

bool app_eras_wanted(const struct app *a)
{
	struct rect r;
	unsigned left;

	return frame_outer(a, pane_index("eras"), &r) && next_era(a, &left);
}

static bool prepare(struct app *a)
{
	if (!a->look.compare)
		a->look.compare = compare_new();
	if (!a->again && a->source->ops->again)
		a->again = a->source->ops->again(a->source);
	return a->look.compare && a->again;
}

/* Nothing may be left over that would be tried again at once. */
static void run_in(struct app *a, const struct era *era)
{
	struct source_request req = app_request(a, era);
	struct compare *c = a->look.compare;
	struct history *h = NULL;
	enum source_status status = source_run(a->again, &req, &h);
	const char *why = a->again->message;

	if (status == SOURCE_STOPPED)
		why = _("stopped");
	if (h)
		history_goto(h, pos_after(history_length(h)));
	if (!h || !compare_add(c, h, why))
		compare_add_nothing(c, era, why);
	history_delete(h);
	compare_sort(c);
}

void app_eras_run(struct app *a)
{
	char said[MESSAGE_SIZE];
	const struct era *era;
	unsigned left;

	if (!prepare(a))
		return;
	era = next_era(a, &left);
	memcpy(said, a->message, sizeof(said));
	if (era)
		run_in(a, era);
	memcpy(a->message, said, sizeof(said));
	next_era(a, &a->look.compare_left);
}

void app_eras_run_all(struct app *a)
{
	while (app_eras_wanted(a) && prepare(a))
		app_eras_run(a);
}

void app_eras_forget(struct app *a)
{
	compare_delete(a->look.compare);
	a->look.compare = NULL;
	a->look.compare_left = 0;
	source_close(a->again);
	a->again = NULL;
}
