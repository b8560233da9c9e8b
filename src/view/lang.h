/* The language of messages: gettext, chosen by us and changed while running. */
#ifndef VIEW_LANG_H
#define VIEW_LANG_H

#include "core/text.h"
#include "view/look.h"

#include <libintl.h>
#include <stdbool.h>

/* The messages in the source are English: nothing is looked up for those. */
extern bool lang_is_english;

#define _(text) (lang_is_english ? (text) : gettext(text))

/* Find the catalogues (beside the program, or below PREFIX).  Call once, after
 * the locale was set. */
void lang_start(void);
/* The language that the environment asks for. */
enum lang lang_wanted(void);
/* Messages from now on.  Without a catalogue they stay English. */
void lang_use(enum lang lang);

#endif
