/* Text from outside as a part of a Lua program: it stays text. */
#ifndef VIEW_LUA_TEXT_H
#define VIEW_LUA_TEXT_H

#include "view/buf.h"

/* A string in quotes; what is not plain text is escaped, bytes that are no
 * UTF-8, too. */
void lua_string(struct buf *b, const char *text);
/* For a comment, or a name of at most @max bytes (0: any): control characters
 * and bytes that are no UTF-8 become '?', so that it ends with its line. */
void lua_plain(struct buf *b, const char *text, size_t max);

#endif
