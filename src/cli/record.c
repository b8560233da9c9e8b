/*
 * record: run a real program, write what it did to its memory as a scenario.
 * Its input, output and exit status pass through; what we say goes to standard
 * error.
 */
#include "cli/cli.h"

#include "live/scenario.h"
#include "live/tracer.h"
#include "view/lang.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_OPS 1000000u /* a script may have two million */
#define MAX_NAMES 1000   /* NAME.lua, NAME-2.lua ... that are tried */

/* Where the scenario goes. */
struct target {
	char path[512];
	int fd;    /* -1: standard output */
	bool made; /* the file was not there before */
};

/* -- the file ------------------------------------------------------------- */

static const char *base_name(const char *command)
{
	const char *slash = strrchr(command, '/');

	return slash && slash[1] ? slash + 1 : command;
}

/* bash.lua; when that is there already bash-2.lua, and so on. */
static bool open_free(struct target *t, const char *command)
{
	for (int n = 1; n < MAX_NAMES; n++) {
		if (n == 1)
			snprintf(t->path, sizeof(t->path), "%.400s.lua",
				base_name(command));
		else
			snprintf(t->path, sizeof(t->path), "%.400s-%d.lua",
				base_name(command), n);
		t->fd = open(t->path,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		t->made = t->fd >= 0;
		if (t->made || errno != EEXIST)
			return t->made;
	}
	return false;
}

static bool open_named(struct target *t, const char *path)
{
	snprintf(t->path, sizeof(t->path), "%s", path);
	t->made = access(path, F_OK) != 0;
	t->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	return t->fd >= 0;
}

static bool open_target(struct target *t, const struct options *o)
{
	*t = (struct target){ .fd = -1 };
	if (o->output && !strcmp(o->output, "-"))
		return true;
	if (o->output ? open_named(t, o->output) : open_free(t, o->args[0]))
		return true;
	cli_error("%s: %s", t->path, strerror(errno));
	return false;
}

static bool put_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool put_target(struct target *t, const struct buf *b)
{
	bool ok;

	if (t->fd < 0) {
		fwrite(b->data, 1, b->len, stdout);
		return true;
	}
	ok = (!ftruncate(t->fd, 0) || errno == EINVAL) &&
		put_all(t->fd, b->data, b->len);
	if (close(t->fd))
		ok = false;
	if (!ok)
		cli_error("%s: %s", t->path, strerror(errno));
	return ok;
}

static void drop_target(struct target *t)
{
	if (t->fd < 0)
		return;
	close(t->fd);
	if (t->made)
		unlink(t->path);
}

/* -- texts ---------------------------------------------------------------- */

static bool is_plain_word(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
			"OPQRSTUVWXYZ0123456789_./=:,+-@%")];
}

/* The command line as a shell takes it. */
static void put_command(struct buf *b, char **argv)
{
	for (; *argv; argv++) {
		if (b->len)
			buf_putc(b, ' ');
		if (is_plain_word(*argv)) {
			buf_puts(b, *argv);
			continue;
		}
		buf_putc(b, '\'');
		for (const char *s = *argv; *s; s++)
			if (*s == '\'')
				buf_puts(b, "'\\''");
			else
				buf_putc(b, *s);
		buf_putc(b, '\'');
	}
}

static void put_when(struct buf *b)
{
	time_t now = time(NULL);
	struct utsname u;
	char date[64];

	strftime(date, sizeof(date), "%Y-%m-%d %H:%M", localtime(&now));
	buf_printf(b, "%s", date);
	if (!uname(&u))
		buf_printf(b, ", %s %s %s", u.sysname, u.release, u.machine);
}

static void tell(const struct options *o, const struct target *t,
	const struct recording *rec)
{
	if (rec->full)
		cli_error("stopped after %u operations; the program went on",
			MAX_OPS);
	if (rec->lost)
		cli_error("%" PRIu64 " page faults could not be placed",
			rec->lost);
	if (rec->diffs)
		cli_error("page faults are taken from pagemap: "
			  "perf_event_open is not allowed here");
	if (option_given(o, OPT_QUIET) || t->fd < 0)
		return;
	cli_error("%zu operations of %" PRIu32 " tasks; open them with: "
		  "rmapscope %s%s", rec->nr_ops, rec->nr_tasks,
		strchr(t->path, '/') ? "" : "./", t->path);
}

/* -- the command ---------------------------------------------------------- */

static int write_scenario(const struct options *o, struct target *t,
	const struct recording *rec)
{
	struct buf text = { 0 }, command = { 0 }, when = { 0 };
	struct scenario_request req = {
		.unfolded = option_given(o, OPT_FULL),
	};
	bool ok;

	put_command(&command, o->args);
	put_when(&when);
	req.command = command.data ? command.data : "";
	req.when = when.data;
	ok = scenario_write(&text, rec, &req);
	if (ok)
		tell(o, t, rec);
	else
		cli_error("out of memory");
	if (ok)
		ok = put_target(t, &text);
	else
		drop_target(t);
	buf_free(&text);
	buf_free(&command);
	buf_free(&when);
	return ok ? CLI_OK : CLI_USAGE;
}

/* The program's own status; the signal that ended it ends us. */
static int status_of(int status)
{
	struct rlimit none = { 0, 0 };

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (!WIFSIGNALED(status))
		return CLI_FAILED;
	fflush(stdout);
	setrlimit(RLIMIT_CORE, &none); /* the core is the program's */
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

int verb_record(const struct options *o)
{
	struct recording rec = { .max_ops = MAX_OPS };
	struct tracer_request req = {
		.argv = o->args,
		.no_faults = option_given(o, OPT_NO_FAULTS),
	};
	struct target target;
	const char *why;
	int status, ours;

	if (!open_target(&target, o))
		return CLI_USAGE;
	if (!tracer_run(&req, &rec, &status, &why)) {
		cli_error("%s: %s", o->args[0], why);
		drop_target(&target);
		recording_free(&rec);
		return CLI_USAGE;
	}
	ours = write_scenario(o, &target, &rec);
	recording_free(&rec);
	return ours == CLI_OK ? status_of(status) : ours;
}
