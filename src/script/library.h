/* Which Lua is linked. */
#ifndef SCRIPT_LIBRARY_H
#define SCRIPT_LIBRARY_H

/* "Lua 5.4.4" */
const char *script_library(void);

#endif
