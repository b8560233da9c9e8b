/* The process as others see it: its descriptors, locale, messages, end. */
#include "cli/cli.h"

#include "tui/term.h"
#include "view/lang.h"
#include "view/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cli_start(void)
{
	/* Opened for the other direction: to use a descriptor that was closed
	 * stays an error. */
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
			open("/dev/null", modes[fd]) != fd)
			exit(CLI_USAGE);
	term_locale();
	lang_start();
}

void cli_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	plain_verror(format, args);
	va_end(args);
}

void cli_error_at(const char *file, unsigned line, const char *what)
{
	if (line)
		cli_error("%s:%u: %s", file, line, what);
	else
		cli_error("%s: %s", file, what);
}

int cli_finish(int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (!fflush(stdout) && !failed)
		return status;
	if (errno == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	cli_error("standard output: %s",
		errno ? strerror(errno) : "a write failed");
	return CLI_USAGE;
}
