/*
 * Signals: those that ask something of the program become bytes in a pipe
 * that the loop polls; those that end it give the terminal back first.
 */
#ifndef TUI_SIGNALS_H
#define TUI_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/*
 * Install the handlers of SIGWINCH CONT TERM HUP INT TSTP (to the pipe), of
 * all others that end a program, SEGV ABRT QUIT USR1 ... (fatal), and ignore
 * SIGPIPE; ALRM is left to those who use a timer.  Must come before
 * curses starts.  May be called again, e.g. to stand in front of a SIGSEGV
 * handler that was installed since.  False: no pipe, errno says why.
 */
bool signals_open(void);
/* Put back all that was there before. */
void signals_close(void);

/* The end of the pipe to poll for reading; -1 when not open. */
int signals_fd(void);
/* The next signal that has come, 0 when none.  Never blocks. */
int signals_next(void);

/* Asked first at each SIGSEGV; true: it was ours, go on.  NULL: nobody is
 * asked.  main sets it to history_handles_fault. */
extern bool (*signals_fault_hook)(const void *addr);

/*
 * What a dying program does to the terminal @fd: write @bytes, set @modes.
 * Both are kept by reference and must stay as they are until they are taken
 * back by signals_disarm().  SIGTERM or SIGHUP that comes a second time before
 * the first was taken from the pipe is fatal as well.
 */
void signals_arm(
	int fd, const char *bytes, size_t len, const struct termios *modes);
void signals_disarm(void);
/* Do it now, e.g. before _exit(); only calls what a handler may call. */
void signals_restore(void);

/* Stop this process as SIGTSTP would by default; returns when continued. */
void signals_stop(void);
/* Die of @sig as if it had never been caught: exit status 128 + @sig. */
void signals_die(int sig) __attribute__((noreturn));

/*
 * While the screen is up what is written to standard error would be painted
 * over it: keep it in memory, and write it out when the screen is down.  Does
 * nothing when standard error is not a terminal.
 */
void signals_hold_stderr(void);
void signals_release_stderr(void);

#endif
