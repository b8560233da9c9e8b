/* What a command writes: to -o FILE or to standard output. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/cli.h"

/* Writes everything to @f; a status of enum cli_status. */
typedef int output_fn(void *ctx, FILE *f);
/* Call @put and, when it is CLI_OK, write what came.  A file is not touched
 * when nothing comes of it. */
int output_all(const struct options *o, output_fn *put, void *ctx);

#endif
