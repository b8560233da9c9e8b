/*
 * Notes in the order they were made.  The operation they belong to may go back
 * by one (a print after a say), so note_reach[i] holds the largest of notes
 * 0..i, which never goes back: that is what is searched.
 */
#include "history/internal.h"
#include "history/alloc.h"

#include <stdlib.h>

/* Our copy of @text; NULL stays NULL. */
static const char *keep(struct history *h, const char *text)
{
	return text ? pool_text(&h->texts, pool_add(&h->texts, text)) : NULL;
}

static struct text keep_both(struct history *h, struct text text)
{
	return (struct text){ keep(h, text.en), keep(h, text.zh) };
}

static struct note *copy_note(struct history *h, const struct note *note)
{
	struct note *n = xmalloc(sizeof(*n));

	*n = *note;
	n->text = keep_both(h, note->text);
	n->why = keep_both(h, note->why);
	n->panes = keep(h, note->panes);
	if (n->nr_choices > NOTE_MAX_CHOICES)
		n->nr_choices = NOTE_MAX_CHOICES;
	for (unsigned i = 0; i < n->nr_choices; i++)
		n->choice[i] = keep_both(h, note->choice[i]);
	return n;
}

void history_add_note(struct history *h, const struct note *note)
{
	uint32_t reach = h->notes ? h->note_reach[h->notes - 1] : 0;

	h->note = xgrow(h->note, &h->note_room, h->notes + 1, sizeof(*h->note));
	h->note_reach = xgrow(h->note_reach, &h->reach_room, h->notes + 1,
		sizeof(*h->note_reach));
	h->note[h->notes] = copy_note(h, note);
	h->note_reach[h->notes] = note->op > reach ? note->op : reach;
	h->notes++;
}

size_t history_note_count(const struct history *h)
{
	return h->notes;
}

const struct note *history_note(const struct history *h, size_t i)
{
	return i < h->notes ? h->note[i] : NULL;
}

size_t history_notes_of(const struct history *h, uint32_t n)
{
	size_t low = 0;
	size_t high = h->notes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->note_reach[mid] < n)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void notes_free(struct history *h)
{
	for (size_t i = 0; i < h->notes; i++)
		free(h->note[i]);
	free(h->note);
	free(h->note_reach);
}
