/* Running a scenario for a command: SIGINT stops the script, not us. */
#include "cli/cli.h"

#include "history/source.h"
#include "script/script.h"
#include "view/look.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t interrupted;
static bool script_stopped;	/* it came while a script ran */
static struct sigaction before; /* what SIGINT did when we came */

static void on_interrupt(int sig)
{
	interrupted = sig;
}

/* The first SIGINT stops the script; a second one ends the process. */
static void catch_interrupt(void)
{
	struct sigaction action = { .sa_handler = on_interrupt,
		.sa_flags = (int)(SA_RESETHAND | SA_RESTART) };

	sigaction(SIGINT, NULL, &before);
	if (before.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
}

bool ran_stopped(void)
{
	return interrupted || ferror(stdout);
}

bool ran_telling_stopped(void)
{
	return (interrupted && !script_stopped) || ferror(stdout);
}

static bool stop(void *ctx, uint32_t ops)
{
	(void)ctx;
	(void)ops;
	return ran_stopped();
}

static const int statuses[] = {
	[SOURCE_OK] = CLI_OK,
	[SOURCE_FAILED] = CLI_FAILED,
	[SOURCE_LIMIT] = CLI_FAILED,
	[SOURCE_STOPPED] = CLI_FAILED,
	[SOURCE_UNUSABLE] = CLI_USAGE,
};

/* The architecture that was asked for, if @era has it. */
static const struct paging *paging_for(
	const struct options *o, const struct era *era)
{
	if (!o->paging || !era || era_allows(era, o->paging))
		return o->paging;
	cli_error("arch %s is not in %s: %s is used", o->paging->name,
		era->name, paging_get(era->default_arch)->name);
	return NULL;
}

static void run_once(struct ran *r, const struct options *o,
	const struct era *era, const struct paging *paging)
{
	struct source_request req = {
		.era = era, .paging = paging, .limit = o->limit, .stop = stop
	};

	r->status = statuses[source_run(r->source, &req, &r->h)];
	script_stopped = interrupted;
	if (r->source->info.notice)
		cli_error("%s", r->source->info.notice);
}

struct ran ran_open(
	const struct options *o, const char *name, const struct era *era)
{
	struct ran r = { .status = CLI_USAGE };
	char err[512];

	r.source = script_source(name, err, sizeof(err));
	if (!r.source) {
		cli_error("%s", err);
		return r;
	}
	catch_interrupt();
	run_once(&r, o, era, o->paging);
	return r;
}

void ran_again(struct ran *r, const struct options *o, const struct era *era)
{
	history_delete(r->h);
	r->h = NULL;
	run_once(r, o, era, paging_for(o, era));
}

void ran_close(struct ran *r)
{
	if (r->source && r->source->message)
		cli_error("%s", r->source->message);
	history_delete(r->h);
	source_close(r->source);
	sigaction(SIGINT, &before, NULL);
	if (!interrupted)
		return;
	fflush(stdout);
	signal(SIGINT, SIG_DFL);
	raise(SIGINT);
}
