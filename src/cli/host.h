/* What the viewer needs of scenarios, themes and settings. */
#ifndef CLI_HOST_H
#define CLI_HOST_H

#include "cli/cli.h"
#include "tui/app.h"

/* Options as the viewer wants them: strings live in here. */
struct host;
/* NULL after a message. */
struct host *host_new(const struct options *o);
const struct app_options *host_options(const struct host *host);
void host_delete(struct host *host);

#endif
