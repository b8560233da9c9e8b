/* run: a scenario to its end without a screen. */
#include "cli/run.h"

#include "cli/values.h"
#include "view/report.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH 80 /* where there is no terminal that has one */
#define MIN_WIDTH 40
#define MAX_WIDTH 120 /* longer lines are hard to read */

static int text_columns(void)
{
	struct winsize ws = { 0 };

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) ||
		!ws.ws_col)
		return WIDTH;
	return ws.ws_col < MIN_WIDTH   ? MIN_WIDTH
	       : ws.ws_col > MAX_WIDTH ? MAX_WIDTH
				       : ws.ws_col;
}

bool text_in_ascii(const struct options *o)
{
	return option_given(o, OPT_ASCII) ||
	       strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static enum report_state state_wanted(const struct options *o)
{
	if (!option_given(o, OPT_STATE))
		return STATE_NONE;
	return o->state_each ? STATE_EACH : STATE_END;
}

static int tell(const struct options *o, struct ran *ran)
{
	struct report r = {
		.f = stdout,
		.h = ran->h,
		.info = &ran->source->info,
		.lang = o->lang,
		.ascii = text_in_ascii(o),
		.quiet = option_given(o, OPT_QUIET),
		.events = option_given(o, OPT_EVENTS),
		.state = state_wanted(o),
		.width = text_columns(),
		.stop = ran_telling_stopped,
	};

	report_run(&r, option_given(o, OPT_JSON) ? &report_json : &report_text);
	return r.sums.failed ? CLI_FAILED : CLI_OK;
}

int verb_run(const struct options *o)
{
	struct ran ran;
	int status;

	if (o->nr_eras > 1) {
		cli_error("run takes one era, not %u; test takes several",
			o->nr_eras);
		return CLI_USAGE;
	}
	ran = ran_open(o, o->args[0], o->nr_eras ? o->eras[0] : NULL);
	status = ran.status;
	if (ran.h && tell(o, &ran) != CLI_OK)
		status = CLI_FAILED;
	ran_close(&ran);
	return status;
}
