/* How text is written for people. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/cli.h"

/* Marks are plain ASCII: asked for, or the locale has no others. */
bool text_in_ascii(const struct options *o);

#endif
