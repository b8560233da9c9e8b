/* attach: a picture of real processes as they are now. */
#include "cli/cli.h"

#include "cli/picture.h"
#include "live/attach.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

static bool take_pid(struct attached *a, const char *word)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(word, &end, 10);
	if (!isdigit((unsigned char)*word) || *end || errno || pid < 1 ||
		pid > INT32_MAX) {
		cli_error("\"%s\" is not a process's number", word);
		return false;
	}
	if (attach_add(a, (pid_t)pid))
		return true;
	if (errno == ENOENT || errno == ESRCH)
		cli_error("there is no process %ld", pid);
	else if (errno == E2BIG)
		cli_error("attach takes at most %d processes", ATTACH_MAX);
	else
		cli_error("process %ld: %s", pid, errno ? strerror(errno)
			: "it has no memory (a kernel thread, or it has "
			  "exited)");
	return false;
}

static char *say_when(char *text, size_t size)
{
	time_t now = time(NULL);
	struct utsname u = { .release = "" };
	char date[64];

	uname(&u);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", localtime(&now));
	snprintf(text, size, "%.20s %.60s, %s", u.sysname, u.release, date);
	return text;
}

static int draw(struct canvas *cv, int w, const void *ctx)
{
	return attach_draw(cv, w, ctx);
}

static void put_json(FILE *f, const void *ctx)
{
	attach_json(f, ctx);
}

int verb_attach(const struct options *o)
{
	static struct attached a;
	char when[160];
	struct attach_view view = { .a = &a,
		.when = say_when(when, sizeof(when)),
		.all = option_given(o, OPT_ALL),
		.walk = option_given(o, OPT_ADDR),
		.addr = o->addr };
	struct picture p = { .o = o, .verb = "attach", .title = when,
		.draw = draw, .json = put_json, .ctx = &view };
	bool ok = picture_usable(o, "attach");
	int status = CLI_USAGE;

	for (int i = 0; i < o->nr_args && ok; i++)
		ok = take_pid(&a, o->args[i]);
	if (ok) {
		attach_share(&a);
		status = picture_put(&p);
	}
	attach_free(&a);
	return status;
}
