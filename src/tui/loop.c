/*
 * The order of what loop_wait() gives: an end that a signal brought, events
 * that were put aside, signals, events from bytes that are here, and the end
 * of the terminal last of all.  Nothing is read from the terminal while an
 * event is left in the framer, so its buffer never overflows.
 */
#include "tui/loop.h"
#include "tui/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 1024 /* bytes read at once */
#define QUEUED 256 /* keys kept while a script is looked after */

struct loop {
	int tty;			  /* read, never written */
	struct input *in;		  /* cuts its bytes into events */
	int watch;			  /* another one to wait for, or -1 */
	bool watched;			  /* it can be read */
	bool over;			  /* the end has come */
	int signal;			  /* that brought it, or 0 */
	unsigned signals;		  /* bit i: asked[i] has come */
	long fed_at;			  /* ms, when bytes came last */
	struct input_event queue[QUEUED]; /* seen by loop_interrupted() */
	size_t first, count;		  /* a ring: queue[first ...] */
};

struct loop *loop_new(int tty, struct input *in)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l) {
		l->tty = tty;
		l->watch = -1;
		l->in = in;
	}
	return l;
}

void loop_delete(struct loop *l)
{
	free(l);
}

void loop_watch(struct loop *l, int fd)
{
	l->watch = fd;
	l->watched = false;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What signals ask for, in the order in which it is told. */
static const struct {
	int sig;	      /* the signal ... */
	enum input_kind kind; /* is this event ... */
	const char *key;      /* by this name when it is a key */
} asked[] = {
	{ SIGTERM, INPUT_END, "" },
	{ SIGHUP, INPUT_END, "" },
	{ SIGINT, INPUT_KEY, "C-c" },
	{ SIGTSTP, INPUT_SUSPEND, "" },
	{ SIGCONT, INPUT_RESUME, "" },
	{ SIGWINCH, INPUT_RESIZE, "" },
};
#define NR_ASKED (sizeof(asked) / sizeof(asked[0]))

/* Many signals that ask for one thing are one event. */
static void collect_signals(struct loop *l)
{
	int sig;

	while ((sig = signals_next()))
		for (size_t i = 0; i < NR_ASKED; i++)
			if (asked[i].sig == sig)
				l->signals |= 1u << i;
}

static bool take_signal(struct loop *l, struct input_event *ev)
{
	for (size_t i = 0; i < NR_ASKED; i++) {
		if (!(l->signals & 1u << i))
			continue;
		l->signals &= ~(1u << i);
		memset(ev, 0, sizeof(*ev));
		ev->kind = asked[i].kind;
		strcpy(ev->key, asked[i].key);
		if (ev->kind == INPUT_END) {
			l->over = true;
			ev->signal = l->signal = asked[i].sig;
		}
		return true;
	}
	return false;
}

static bool take_queued(struct loop *l, struct input_event *ev)
{
	if (!l->count)
		return false;
	*ev = l->queue[l->first];
	l->first = (l->first + 1) % QUEUED;
	l->count--;
	return true;
}

static bool take_end(struct loop *l, struct input_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->kind = INPUT_END;
	ev->signal = l->signal;
	return l->over;
}

/* The terminal has something to say: bytes, or that it is gone. */
static void take_bytes(struct loop *l)
{
	char buf[CHUNK];
	ssize_t n = read(l->tty, buf, sizeof(buf));

	l->fed_at = now_ms();
	if (n > 0)
		input_feed(l->in, buf, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		l->over = true;
}

/* Wait for at most @ms.  False: nothing came. */
static bool wait_for(struct loop *l, int ms)
{
	struct pollfd fds[3] = {
		{ .fd = signals_fd(), .events = POLLIN },
		{ .fd = l->tty, .events = POLLIN },
		{ .fd = l->watch, .events = POLLIN }, /* -1 is passed over */
	};
	int n = poll(fds, 3, ms);

	if (n < 0)
		return errno == EINTR;
	if (fds[0].revents)
		collect_signals(l);
	if (fds[1].revents)
		take_bytes(l);
	if (fds[2].revents)
		l->watched = true;
	return n > 0;
}

static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static bool take_watched(struct loop *l, struct input_event *ev)
{
	if (!l->watched)
		return false;
	l->watched = false;
	memset(ev, 0, sizeof(*ev));
	ev->kind = INPUT_WATCH;
	return true;
}

/* What is there without waiting; the framer last, as it may hold bytes. */
static bool take(struct loop *l, struct input_event *ev)
{
	return (l->signal && take_end(l, ev)) || take_queued(l, ev) ||
	       take_signal(l, ev) || take_watched(l, ev) ||
	       input_next(l->in, ev) || (l->over && take_end(l, ev));
}

/* Milliseconds until @end, not less than 0. */
static int until(long end)
{
	long ms = end - now_ms();

	return ms > 0 ? (int)ms : 0;
}

/* Milliseconds until an unfinished sequence is given up; -1: there is none. */
static int held(const struct loop *l)
{
	int ms = input_wait(l->in);

	return ms < 0 ? -1 : until(l->fed_at + ms);
}

bool loop_wait(struct loop *l, int timeout_ms, struct input_event *ev)
{
	long end = timeout_ms > 0 ? now_ms() + timeout_ms : 0;

	while (!take(l, ev)) {
		int rest = timeout_ms > 0 ? until(end) : timeout_ms;
		int give_up = held(l);

		if (wait_for(l, sooner(give_up, rest)))
			continue;
		if (held(l) == 0)
			input_timeout(l->in);
		else if (timeout_ms >= 0 && (!timeout_ms || !until(end)))
			return false;
	}
	return true;
}

static bool is_interrupt(const struct input_event *ev)
{
	return ev->kind == INPUT_KEY && strcmp(ev->key, "C-c") == 0;
}

/* Drop the keys that were typed before a C-c. */
static void drop_keys(struct loop *l)
{
	size_t n = l->count;
	struct input_event ev;

	while (n-- && take_queued(l, &ev)) {
		if (ev.kind == INPUT_KEY || ev.kind == INPUT_MOUSE)
			continue;
		l->queue[(l->first + l->count++) % QUEUED] = ev;
	}
}

/* Pastes are not kept: their text does not live that long. */
static void push(struct loop *l, const struct input_event *ev)
{
	if (l->count < QUEUED && ev->kind != INPUT_PASTE)
		l->queue[(l->first + l->count++) % QUEUED] = *ev;
}

bool loop_interrupted(struct loop *l)
{
	struct input_event ev;

	while (!l->over) {
		if (take_signal(l, &ev) || input_next(l->in, &ev)) {
			if (is_interrupt(&ev)) {
				drop_keys(l);
				return true;
			}
			push(l, &ev);
		} else if (!wait_for(l, 0)) {
			break;
		}
	}
	return l->over;
}
