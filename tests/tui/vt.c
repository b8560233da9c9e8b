#include "vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#define QUIET 15   /* ms of silence */
#define MODES 3000 /* DEC private modes that are watched */

/* What the shell tells us, and we tell it. */
struct report {
	pid_t pid;  /* of the program */
	int status; /* as from waitpid(); -1: just started */
};

struct vt {
	int master;	       /* our side of the pty, -1 after a hang-up */
	int slave;	       /* its side, to look at its modes and queue */
	int reports;	       /* struct report from the shell */
	int orders;	       /* bytes to the shell: one for each fg */
	pid_t shell;	       /* the shell */
	pid_t pid;	       /* the program */
	int status;	       /* of its end or stop */
	bool ended, stopped;   /* it is */
	struct termios before; /* modes before it started */
	VTerm *term;	       /* the emulator */
	VTermScreen *screen;   /* its screen */
	char *out;	       /* all that came, room bytes */
	size_t len, room;      /* len of them used */
	size_t scanned;	       /* bytes searched for modes */
	size_t shown;	       /* bytes that the emulator has got */
	bool mode[MODES];      /* switched on by \e[?Nh */
	char *text;	       /* last vt_line() or vt_screen() */
};

static void die(const char *what)
{
	fprintf(stderr, "vt: %s: %s\n", what, strerror(errno));
	abort();
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- the shell and the program ------------------------------------------------
 */

static void set_environment(const struct vt_options *o)
{
	static const char *const gone[] = { "LINES", "COLUMNS", "NO_COLOR",
		"TMUX", "LANG", "LANGUAGE", "COLORTERM" };

	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		unsetenv(gone[i]);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	for (size_t i = 0; o->env && o->env[i]; i++) {
		const char *eq = strchr(o->env[i], '=');
		char *name = strndup(o->env[i],
			eq ? (size_t)(eq - o->env[i]) : strlen(o->env[i]));

		if (eq)
			setenv(name, eq + 1, 1);
		else
			unsetenv(name);
		free(name);
	}
}

static void use_file(const char *name, int fd, int flags)
{
	int file = open(name, flags, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		die(name);
	close(file);
}

static void exec_program(const struct vt_options *o)
{
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (o->in)
		use_file(o->in, 0, O_RDONLY);
	if (o->out)
		use_file(o->out, 1, O_WRONLY | O_CREAT | O_TRUNC);
	execvp(o->argv[0], (char *const *)o->argv);
	_exit(127);
}

static void be_shell(const struct vt_options *o, int reports, int orders)
{
	struct report r = { .status = -1 };
	char byte;

	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	r.pid = fork();
	if (r.pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(0, getpid());
		exec_program(o);
	}
	setpgid(r.pid, r.pid);
	do {
		if (write(reports, &r, sizeof(r)) < 0)
			break;
		if (r.status != -1) { /* stopped: wait for an order */
			tcsetpgrp(0, getpgrp());
			if (read(orders, &byte, 1) != 1)
				break;
			tcsetpgrp(0, r.pid);
			kill(-r.pid, SIGCONT);
		}
		waitpid(r.pid, &r.status, WUNTRACED);
	} while (WIFSTOPPED(r.status));
	if (write(reports, &r, sizeof(r)) < 0)
		_exit(1);
	_exit(0);
}

static void start_shell(struct vt *vt, const struct vt_options *o)
{
	int reports[2], orders[2];

	if (pipe2(reports, O_CLOEXEC) || pipe2(orders, O_CLOEXEC))
		die("pipe");
	vt->shell = fork();
	if (vt->shell < 0)
		die("fork");
	if (vt->shell == 0) {
		setsid();
		if (!o->no_tty)
			ioctl(vt->slave, TIOCSCTTY, 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(vt->slave, fd);
		close(reports[0]);
		close(orders[1]);
		close(vt->master);
		set_environment(o);
		be_shell(o, reports[1], orders[0]);
	}
	close(reports[1]);
	close(orders[0]);
	vt->reports = reports[0];
	vt->orders = orders[1];
}

/* -- taking what comes --------------------------------------------------------
 */

/* Notes \e[?1;2h and \e[?1;2l; an unfinished one is looked at again. */
static void scan_modes(struct vt *vt)
{
	while (vt->scanned < vt->len) {
		const char *s = vt->out + vt->scanned;
		size_t left = vt->len - vt->scanned, n = 3;

		if (*s != 27 || (left > 2 && memcmp(s, "\033[?", 3) != 0)) {
			vt->scanned++;
			continue;
		}
		while (n < left && strchr("0123456789;", s[n]))
			n++;
		if (n >= left)
			return;
		for (size_t i = 3; i < n; i += strcspn(s + i, ";hl") + 1) {
			int mode = atoi(s + i);

			if (mode < MODES && (s[n] == 'h' || s[n] == 'l'))
				vt->mode[mode] = s[n] == 'h';
		}
		vt->scanned += n;
	}
}

/* libvterm 0.1 goes to the next line too early after a repetition (\e[5b):
 * give it the characters instead.  Returns the bytes of the one that @s, which
 * begins with ESC, is; 0: none; @left: perhaps, more must come. */
static size_t repeat(struct vt *vt, const char *s, size_t left)
{
	size_t n = 1;

	if (n < left && s[n++] != '[')
		return 0;
	while (n < left && s[n] >= '0' && s[n] <= '9')
		n++;
	if (n >= left)
		return left;
	if (s[n] != 'b')
		return 0;
	for (int i = atoi(s + 2); i > 0; i--)
		vterm_input_write(vt->term, s - 1, 1);
	return n + 1;
}

static void show(struct vt *vt)
{
	while (vt->shown < vt->len) {
		const char *s = vt->out + vt->shown;
		size_t left = vt->len - vt->shown, n;
		const char *esc = memchr(s, 27, left);

		n = esc == s ? repeat(vt, s, left) : 0;
		if (n == left && s[n - 1] != 'b')
			return;
		if (!n) {
			esc = memchr(s + 1, 27, left - 1);
			n = esc ? (size_t)(esc - s) : left;
			vterm_input_write(vt->term, s, n);
		}
		vt->shown += n;
	}
}

static void keep(struct vt *vt, const char *bytes, size_t n)
{
	if (vt->len + n + 1 > vt->room) {
		vt->room = 2 * (vt->len + n + 1);
		vt->out = realloc(vt->out, vt->room);
		if (!vt->out)
			die("memory");
	}
	memcpy(vt->out + vt->len, bytes, n);
	vt->len += n;
	vt->out[vt->len] = 0;
	show(vt);
	scan_modes(vt);
}

static bool take_output(struct vt *vt)
{
	char buf[65536];
	ssize_t n = read(vt->master, buf, sizeof(buf));

	if (n > 0)
		keep(vt, buf, (size_t)n);
	return n > 0;
}

static bool take_report(struct vt *vt)
{
	struct report r;

	if (read(vt->reports, &r, sizeof(r)) != sizeof(r)) {
		vt->ended = true;
		close(vt->reports);
		vt->reports = -1;
		return false;
	}
	vt->pid = r.pid;
	vt->status = r.status;
	vt->stopped = r.status != -1 && WIFSTOPPED(r.status);
	vt->ended = r.status != -1 && !vt->stopped;
	return true;
}

/* Take all that comes until @ms pass without anything; true: something did. */
static bool pump(struct vt *vt, int ms)
{
	struct pollfd fds[2] = {
		{ .fd = vt->master, .events = POLLIN },
		{ .fd = vt->reports, .events = POLLIN },
	};
	bool any = false;

	while (poll(fds, 2, ms) > 0) {
		if (fds[1].revents)
			any |= take_report(vt);
		if (fds[0].revents && !take_output(vt))
			break;
		any |= fds[0].revents != 0;
		fds[1].fd = vt->reports;
	}
	return any;
}

/* The state letter of the program, as in ps. */
static char state_of(const struct vt *vt)
{
	char path[64], line[512] = "";
	const char *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)vt->pid);
	f = fopen(path, "re");
	if (!f)
		return 'Z';
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	end = strrchr(line, ')');
	return end && end[1] ? end[2] : 'Z';
}

/* Does it sleep with nothing left to read? */
static bool is_idle(const struct vt *vt)
{
	int unread = 0;

	if (vt->ended || vt->stopped)
		return true;
	ioctl(vt->slave, FIONREAD, &unread);
	return unread == 0 && strchr("STZ", state_of(vt));
}

/* Idle, silent, and idle still. */
static void settle(struct vt *vt)
{
	long end = now_ms() + VT_LIMIT;
	int times = 0;

	while (times < 2 && now_ms() < end) {
		bool busy = pump(vt, QUIET) || !is_idle(vt);

		times = busy ? 0 : times + 1;
	}
}

/* -- starting -----------------------------------------------------------------
 */

static void no_answer(const char *bytes, size_t n, void *user)
{
	(void)bytes;
	(void)n;
	(void)user;
}

static void open_emulator(struct vt *vt, int w, int h)
{
	static const VTermScreenCallbacks none;

	vt->term = vterm_new(h, w);
	vterm_set_utf8(vt->term, 1);
	vterm_output_set_callback(vt->term, no_answer, NULL);
	vt->screen = vterm_obtain_screen(vt->term);
	vterm_screen_set_callbacks(vt->screen, &none, NULL);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_reset(vt->screen, 1);
	vt->mode[25] = true;
}

static void open_tty(struct vt *vt, const struct vt_options *o, int w, int h)
{
	struct winsize ws = { .ws_row = (unsigned short)h,
		.ws_col = (unsigned short)w };

	if (o->no_size)
		ws.ws_row = ws.ws_col = 0;
	if (openpty(&vt->master, &vt->slave, NULL, NULL, &ws) < 0)
		die("openpty");
	fcntl(vt->master, F_SETFD, FD_CLOEXEC);
	fcntl(vt->slave, F_SETFD, FD_CLOEXEC);
	tcgetattr(vt->slave, &vt->before);
}

struct vt *vt_start(const struct vt_options *o)
{
	struct vt *vt = calloc(1, sizeof(*vt));
	int w = o->w ? o->w : 80, h = o->h ? o->h : 24;
	long end = now_ms() + VT_LIMIT;

	if (!vt)
		die("memory");
	open_emulator(vt, w, h);
	open_tty(vt, o, w, h);
	start_shell(vt, o);
	while (!vt->ended && !vt->len && now_ms() < end)
		pump(vt, QUIET);
	settle(vt);
	return vt;
}

void vt_delete(struct vt *vt)
{
	if (!vt->ended)
		kill(vt->pid, SIGKILL);
	close(vt->orders);
	if (vt->reports >= 0)
		close(vt->reports);
	waitpid(vt->shell, NULL, 0);
	if (vt->master >= 0)
		close(vt->master);
	close(vt->slave);
	vterm_free(vt->term);
	free(vt->out);
	free(vt->text);
	free(vt);
}

pid_t vt_pid(const struct vt *vt)
{
	return vt->pid;
}

/* -- acting -------------------------------------------------------------------
 */

/* Never blocks for good: what the program says meanwhile is taken. */
static void send(struct vt *vt, const char *bytes, size_t n)
{
	long end = now_ms() + VT_LIMIT;

	while (n > 0 && now_ms() < end) {
		struct pollfd p = { .fd = vt->master, .events = POLLOUT };
		size_t part = n < 512 ? n : 512;
		ssize_t done = poll(&p, 1, QUIET) > 0 && p.revents & POLLOUT
				       ? write(vt->master, bytes, part)
				       : 0;

		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
		if (n > 0)
			pump(vt, 0);
	}
}

void vt_type_n(struct vt *vt, const char *bytes, size_t n)
{
	send(vt, bytes, n);
	settle(vt);
}

void vt_type(struct vt *vt, const char *bytes)
{
	vt_type_n(vt, bytes, strlen(bytes));
}

static const struct {
	const char *name;  /* as in keyname.h */
	const char *bytes; /* as xterm sends it in keypad mode */
} named[] = {
	{ "Up", "\033OA" },
	{ "Down", "\033OB" },
	{ "Right", "\033OC" },
	{ "Left", "\033OD" },
	{ "Home", "\033OH" },
	{ "End", "\033OF" },
	{ "PgUp", "\033[5~" },
	{ "PgDn", "\033[6~" },
	{ "Insert", "\033[2~" },
	{ "Delete", "\033[3~" },
	{ "Enter", "\r" },
	{ "Tab", "\t" },
	{ "S-Tab", "\033[Z" },
	{ "Esc", "\033" },
	{ "Space", " " },
	{ "Backspace", "\177" },
	{ "F1", "\033OP" },
	{ "F2", "\033OQ" },
	{ "F3", "\033OR" },
	{ "F4", "\033OS" },
	{ "F5", "\033[15~" },
	{ "F10", "\033[21~" },
};

/* The bytes of one key into @out (32 of room); returns how many. */
static size_t key_bytes(const char *name, char *out)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(named[i].name, name) == 0)
			return (size_t)sprintf(out, "%s", named[i].bytes);
	if (strncmp(name, "C-", 2) == 0 && name[2] && !name[3]) {
		out[0] = (char)(name[2] & 0x1f);
		return 1;
	}
	if (strncmp(name, "M-", 2) == 0 && name[2]) {
		out[0] = '\033';
		return 1 + key_bytes(name + 2, out + 1);
	}
	return (size_t)snprintf(out, 24, "%s", name);
}

void vt_keys(struct vt *vt, const char *names)
{
	char *copy = strdup(names), *rest = copy, *name;
	char *bytes = malloc(32 * (strlen(names) + 1));
	size_t n = 0;

	while (copy && bytes && (name = strsep(&rest, " ")))
		n += key_bytes(name, bytes + n);
	vt_type_n(vt, bytes, n);
	free(bytes);
	free(copy);
}

void vt_mouse(struct vt *vt, int code, int x, int y, bool press)
{
	char bytes[64];

	snprintf(bytes, sizeof(bytes), "\033[<%d;%d;%d%c", code, x + 1, y + 1,
		press ? 'M' : 'm');
	vt_type(vt, bytes);
}

void vt_resize(struct vt *vt, int w, int h)
{
	struct winsize ws = { .ws_row = (unsigned short)h,
		.ws_col = (unsigned short)w };

	if (w > 0 && h > 0)
		vterm_set_size(vt->term, h, w);
	ioctl(vt->master, TIOCSWINSZ, &ws);
	settle(vt);
}

void vt_signal(struct vt *vt, int sig)
{
	kill(vt->pid, sig);
	settle(vt);
}

void vt_hang_up(struct vt *vt)
{
	close(vt->master);
	vt->master = -1;
}

void vt_continue(struct vt *vt)
{
	vt->stopped = false;
	if (write(vt->orders, "f", 1) != 1)
		die("the shell is gone");
	settle(vt);
}

/* -- looking ------------------------------------------------------------------
 */

static size_t put_utf8(char *to, uint32_t ch)
{
	size_t n = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, ch >>= 6)
		to[i] = (char)(0x80 | (ch & 0x3f));
	to[0] = (char)(n == 1 ? ch : (0xf00u >> n & 0xff) | ch);
	return n;
}

static size_t cell_text(const VTermScreenCell *c, char *to)
{
	size_t n = 0;

	if (c->chars[0] == UINT32_MAX) /* right half of a wide one */
		return 0;
	if (!c->chars[0])
		to[n++] = ' ';
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c->chars[i]; i++)
		n += put_utf8(to + n, c->chars[i]);
	return n;
}

/* Line @y without its last blanks; returns the bytes. */
static size_t put_line(struct vt *vt, int y, char *to)
{
	int rows, cols;
	size_t n = 0;

	vterm_get_size(vt->term, &rows, &cols);
	for (int x = 0; y < rows && x < cols; x++) {
		VTermScreenCell c;

		vterm_screen_get_cell(vt->screen, (VTermPos){ y, x }, &c);
		n += cell_text(&c, to + n);
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = 0;
	return n;
}

static void make_room(struct vt *vt, int *rows)
{
	int cols;

	vterm_get_size(vt->term, rows, &cols);
	free(vt->text);
	vt->text = malloc((size_t)*rows * ((size_t)cols * 24 + 2) + 1);
	if (!vt->text)
		die("memory");
}

const char *vt_line(struct vt *vt, int y)
{
	int rows;

	make_room(vt, &rows);
	put_line(vt, y, vt->text);
	return vt->text;
}

const char *vt_screen(struct vt *vt)
{
	size_t n = 0;
	int rows;

	make_room(vt, &rows);
	for (int y = 0; y < rows; y++) {
		n += put_line(vt, y, vt->text + n);
		vt->text[n++] = '\n';
	}
	vt->text[n] = 0;
	return vt->text;
}

bool vt_has(struct vt *vt, const char *text)
{
	return strstr(vt_screen(vt), text) != NULL;
}

bool vt_expect(struct vt *vt, const char *text)
{
	long end = now_ms() + VT_LIMIT;

	while (!vt_has(vt, text)) {
		if (vt->ended || now_ms() >= end)
			return false;
		pump(vt, QUIET);
	}
	return true;
}

static long colour_number(const VTermColor *c, bool usual)
{
	if (usual)
		return -1;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return 0x1000000L | (long)c->rgb.red << 16 | (long)c->rgb.green << 8 |
	       c->rgb.blue;
}

struct vt_cell vt_cell(struct vt *vt, int x, int y)
{
	struct vt_cell cell;
	VTermScreenCell c;

	memset(&cell, 0, sizeof(cell));
	if (!vterm_screen_get_cell(vt->screen, (VTermPos){ y, x }, &c))
		return cell;
	cell.text[cell_text(&c, cell.text)] = 0;
	cell.bold = c.attrs.bold;
	cell.underline = c.attrs.underline;
	cell.reverse = c.attrs.reverse;
	cell.italic = c.attrs.italic;
	cell.fg = colour_number(&c.fg, VTERM_COLOR_IS_DEFAULT_FG(&c.fg));
	cell.bg = colour_number(&c.bg, VTERM_COLOR_IS_DEFAULT_BG(&c.bg));
	return cell;
}

void vt_cursor(struct vt *vt, int *x, int *y, bool *shown)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(vt->term), &pos);
	*x = pos.col;
	*y = pos.row;
	*shown = vt->mode[25];
}

bool vt_mode(struct vt *vt, int mode)
{
	return mode >= 0 && mode < MODES && vt->mode[mode];
}

const char *vt_output(struct vt *vt, size_t *n)
{
	*n = vt->len;
	return vt->out;
}

long vt_writes(struct vt *vt)
{
	char path[64], line[128];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/io", (int)vt->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "syscw: %ld", &n);
	if (f)
		fclose(f);
	return n;
}

long vt_cpu_us(struct vt *vt)
{
	char path[64];
	long long ns = -1000;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)vt->pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%lld", &ns) != 1)
		ns = -1000;
	if (f)
		fclose(f);
	return (long)(ns / 1000);
}

/* -- the end ------------------------------------------------------------------
 */

int vt_wait(struct vt *vt)
{
	long end = now_ms() + VT_LIMIT;

	while (!vt->ended && now_ms() < end)
		pump(vt, QUIET);
	if (!vt->ended)
		return -1;
	pump(vt, QUIET);
	return WIFEXITED(vt->status) ? WEXITSTATUS(vt->status)
				     : 128 + WTERMSIG(vt->status);
}

bool vt_stopped(struct vt *vt)
{
	settle(vt);
	return vt->stopped;
}

bool vt_restored(struct vt *vt)
{
	static const int off[] = { 1049, 1047, 47, 1000, 1002, 1003, 1004, 1006,
		1015, 2004, 2026, 1 };
	struct termios now;

	memset(&now, 0, sizeof(now));
	tcgetattr(vt->slave, &now);
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		if (vt->mode[off[i]])
			return false;
	return vt->mode[25] && now.c_iflag == vt->before.c_iflag &&
	       now.c_oflag == vt->before.c_oflag &&
	       now.c_cflag == vt->before.c_cflag &&
	       now.c_lflag == vt->before.c_lflag &&
	       memcmp(now.c_cc, vt->before.c_cc, sizeof(now.c_cc)) == 0;
}
