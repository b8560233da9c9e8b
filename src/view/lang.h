/* gettext, or nothing where there is none. */
#ifndef VIEW_LANG_H
#define VIEW_LANG_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)

#endif
