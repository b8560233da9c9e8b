/*
 * The handlers call only what a handler may call.  What a dying program does
 * to the terminal lies ready in memory (signals_arm), so that a crash needs
 * neither curses nor malloc.
 *
 * A fatal signal: give the terminal back, write out what was held of standard
 * error, and raise it again with its default action.
 */
#include "tui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_SIZE (64 << 10) /* a stack overflow needs one of its own */

bool (*signals_fault_hook)(const void *addr);

static const int asking[] = { SIGWINCH, SIGCONT, SIGTERM, SIGHUP, SIGINT,
	SIGTSTP };
/* Every other signal that ends a program, but for SIGALRM: the time limit of
 * scripts handles that one. */
static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT,
	SIGSYS, SIGTRAP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
	SIGPOLL, SIGPWR, SIGSTKFLT };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int wake[2] = { -1, -1 };      /* the self-pipe */
static volatile sig_atomic_t dying;   /* SIGTERM or SIGHUP is in the pipe */
static struct sigaction before[NSIG]; /* what was there before us */
static struct sigaction ours[NSIG];   /* what we put there */
static bool installed[NSIG];	      /* before[] holds it */
static char *stack;		      /* of the fatal handlers */

static volatile sig_atomic_t armed;	/* the four below are valid */
static int arm_fd;			/* the terminal */
static const char *arm_bytes;		/* that give it back */
static size_t arm_len;			/* how many */
static const struct termios *arm_modes; /* and its modes */

static volatile sig_atomic_t held_file = -1; /* memory behind descriptor 2 */
static int held_stderr = -1;		     /* where 2 went before */

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

/* -- standard error ------------------------------------------------------ */

void signals_hold_stderr(void)
{
	int file;

	if (held_file >= 0 || !isatty(STDERR_FILENO))
		return;
	file = memfd_create("stderr", MFD_CLOEXEC);
	if (file < 0)
		return;
	held_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (held_stderr < 0 || dup2(file, STDERR_FILENO) < 0) {
		close(file);
		return;
	}
	held_file = file;
}

void signals_release_stderr(void)
{
	int file = held_file;
	char buf[4096];
	ssize_t n;
	off_t at = 0;

	if (file < 0)
		return;
	held_file = -1;
	dup2(held_stderr, STDERR_FILENO);
	close(held_stderr);
	while ((n = pread(file, buf, sizeof(buf), at)) > 0) {
		write_all(STDERR_FILENO, buf, (size_t)n);
		at += n;
	}
	close(file);
}

/* -- the end -------------------------------------------------------------- */

void signals_arm(
	int fd, const char *bytes, size_t len, const struct termios *modes)
{
	arm_fd = fd;
	arm_bytes = bytes;
	arm_len = len;
	arm_modes = modes;
	armed = 1;
}

void signals_disarm(void)
{
	armed = 0;
}

/* tcsetattr() from the background would stop us: a dying program must not. */
static void set_modes(void)
{
	sigset_t block, old;

	sigemptyset(&block);
	sigaddset(&block, SIGTTOU);
	sigprocmask(SIG_BLOCK, &block, &old);
	tcsetattr(arm_fd, TCSADRAIN, arm_modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

void signals_restore(void)
{
	if (armed) {
		armed = 0;
		write_all(arm_fd, arm_bytes, arm_len);
		set_modes();
	}
	signals_release_stderr();
}

void signals_die(int sig)
{
	sigset_t set;

	signals_restore();
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + sig); /* not reached: nothing blocks or ignores it */
}

/* -- handlers -------------------------------------------------------------- */

static void on_fatal(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (sig == SIGSEGV && signals_fault_hook &&
		signals_fault_hook(info->si_addr)) {
		errno = saved;
		return;
	}
	signals_die(sig);
}

static void on_asking(int sig)
{
	int saved = errno;
	char byte = (char)sig;

	if (sig == SIGTERM || sig == SIGHUP) {
		if (dying)
			signals_die(sig);
		dying = 1;
	}
	if (write(wake[1], &byte, 1) < 0)
		byte = 0; /* the pipe is full: the loop will wake anyway */
	errno = saved;
}

static void install(int sig, const struct sigaction *act)
{
	struct sigaction old;

	if (sigaction(sig, act, &old) < 0 || installed[sig])
		return;
	before[sig] = old;
	ours[sig] = *act;
	installed[sig] = true;
}

/* Sanitizers end the program without a signal; there when one is linked in. */
void __sanitizer_set_death_callback(void (*fn)(void)) __attribute__((weak));

static void use_own_stack(void)
{
	stack_t st = { .ss_size = STACK_SIZE };

	if (!stack)
		stack = malloc(STACK_SIZE);
	st.ss_sp = stack;
	if (stack)
		sigaltstack(&st, NULL);
}

static bool open_pipe(void)
{
	return wake[0] >= 0 || pipe2(wake, O_NONBLOCK | O_CLOEXEC) == 0;
}

static void install_asking(int sig)
{
	struct sigaction act = { .sa_handler = on_asking,
		.sa_flags = SA_RESTART };

	sigfillset(&act.sa_mask);
	install(sig, &act);
}

bool signals_open(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction die = { .sa_sigaction = on_fatal,
		.sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (!open_pipe())
		return false;
	use_own_stack();
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(signals_restore);
	for (size_t i = 0; i < COUNT(asking); i++)
		install_asking(asking[i]);
	for (size_t i = 0; i < COUNT(fatal); i++)
		install(fatal[i], &die);
	install(SIGPIPE, &ignore);
	return true;
}

/* Is @sig still handled by what install() put there?  The history may have
 * taken SIGSEGV since; it passes on what is not its own. */
static bool is_ours(int sig)
{
	struct sigaction now;

	if (sigaction(sig, NULL, &now) < 0)
		return false;
	return now.sa_handler == ours[sig].sa_handler;
}

void signals_close(void)
{
	for (int sig = 1; sig < NSIG; sig++) {
		if (installed[sig] && is_ours(sig))
			sigaction(sig, &before[sig], NULL);
		installed[sig] = false;
	}
	for (int i = 0; i < 2; i++) {
		if (wake[i] >= 0)
			close(wake[i]);
		wake[i] = -1;
	}
	dying = 0;
}

int signals_fd(void)
{
	return wake[0];
}

int signals_next(void)
{
	unsigned char sig;

	if (wake[0] < 0 || read(wake[0], &sig, 1) != 1)
		return 0;
	if (sig == SIGTERM || sig == SIGHUP)
		dying = 0;
	return sig;
}

void signals_stop(void)
{
	sigset_t set, old;

	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &old);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, &old, NULL);
	install_asking(SIGTSTP);
}
