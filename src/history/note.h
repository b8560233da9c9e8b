/* What a script says about its operations: narration, questions, checks. */
#ifndef HISTORY_NOTE_H
#define HISTORY_NOTE_H

#include "core/ref.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text in the languages it was given in; zh may be NULL, en never. */
struct text {
	const char *en;
	const char *zh;
};

enum note_kind {
	NOTE_SCENE,  /* a title; seen before its operation runs */
	NOTE_SAY,    /* from the first event of its operation to the next say */
	NOTE_NOTE,   /* an aside */
	NOTE_ASK,    /* a question before its operation */
	NOTE_SHOW,   /* panes to show */
	NOTE_POINT,  /* an object to look at */
	NOTE_PAUSE,  /* play stops here */
	NOTE_PRINT,  /* what the script printed */
	NOTE_EXPECT, /* a check of the operation just done */
	NOTE_ERROR   /* the script failed here */
};

#define NOTE_MAX_CHOICES 9

struct note {
	enum note_kind kind;
	/* The operation it belongs to.  scene, say, note, ask, show, point,
	 * pause: the next one to run (length + 1 if none followed).  print,
	 * expect, error: the one just done (0 before the first). */
	uint32_t op;
	uint32_t line;     /* of the script */
	uint32_t file;     /* history_file_name() */
	struct text text;  /* the words; of ASK the question */
	struct text why;   /* ASK: the explanation, en may be NULL */
	struct text choice[NOTE_MAX_CHOICES]; /* ASK */
	unsigned nr_choices;
	unsigned answer;   /* ASK: 1..nr_choices of the right one, 0: none */
	bool ok;           /* EXPECT: it held */
	struct ref point;  /* POINT */
	const char *panes; /* SHOW: names separated by spaces */
};

#endif
