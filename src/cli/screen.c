/* The screen: the viewer on a terminal, or driven by a file of keys. */
#include "cli/host.h"

#include "tui/signals.h"

#include <string.h>

static bool usable(const struct options *o)
{
	if (o->nr_eras > 1)
		cli_error("the screen shows one era at a time, not %u; the key "
			  "e changes it",
			o->nr_eras);
	else if (option_given(o, OPT_SIZE) && !o->keys)
		cli_error("option --size needs --keys; a terminal has a size "
			  "of its own");
	else if (o->keys && !strcmp(o->keys, "-") && o->nr_args &&
		 !strcmp(o->args[0], "-"))
		cli_error("scenario and --keys cannot both come from standard "
			  "input");
	else
		return true;
	return false;
}

int verb_screen(const struct options *o)
{
	struct host *host;
	int status;

	if (!usable(o))
		return CLI_USAGE;
	host = host_new(o);
	if (!host)
		return CLI_USAGE;
	signals_fault_hook = history_handles_fault;
	status = o->keys ? app_keys(host_options(host))
			 : app_run(host_options(host));
	host_delete(host);
	return status;
}
