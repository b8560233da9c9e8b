/*
 * A terminal for tests: runs a program on a pty behind a terminal emulator
 * (libvterm), types at it, and reads what a person would see.
 *
 *	const char *argv[] = {"build/rmapscope", "fork-cow", NULL};
 *	struct vt *vt = vt_start(&(struct vt_options){.argv = argv});
 *
 *	assert_true(vt_has(vt, "step 0"));
 *	vt_keys(vt, "s s Tab");
 *	assert_string_equal(vt_line(vt, 23), "...");
 *	vt_resize(vt, 40, 10);
 *	vt_type(vt, ":quit\r");
 *	assert_int_equal(vt_wait(vt), 0);
 *	assert_true(vt_restored(vt));
 *	vt_delete(vt);
 *
 * Nothing sleeps for a fixed time.  Each function that acts returns when the
 * program has read all its input, has gone to sleep in the kernel (as
 * /proc/PID/stat tells), and has been silent for a moment; or after VT_LIMIT
 * ms: what is asserted next then fails.  Where
 * the program itself waits (50 ms after a lone Esc), use vt_expect().
 *
 * The program runs as a job of a tiny shell in a session of its own, so that
 * it can be stopped and continued as by a real one.  Its environment is ours
 * with TERM=xterm-256color, LC_ALL=C.UTF-8 and without LINES, COLUMNS,
 * NO_COLOR, TMUX, LANG, LANGUAGE; .env changes that.
 */
#ifndef TESTS_TUI_VT_H
#define TESTS_TUI_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VT_LIMIT 20000 /* ms that a program may take for one reaction */

struct vt;

struct vt_options {
	const char *const *argv; /* ends by NULL; [0] is looked up in PATH */
	const char *const *env;	 /* "NAME=VALUE" or "NAME" (unset), ends by
				  * NULL; may be NULL */
	int w, h;		 /* 0: 80 and 24 */
	bool no_size;		 /* the pty says 0x0, as under expect */
	const char *in, *out;	 /* files instead of the pty, or NULL */
	bool no_tty;		 /* no controlling terminal at all; give .in */
};

/* Start and wait for the first screen (or the end).  Never NULL: a test that
 * cannot start dies with a message. */
struct vt *vt_start(const struct vt_options *options);
/* Kill what still runs; free all. */
void vt_delete(struct vt *vt);
pid_t vt_pid(const struct vt *vt);

/* -- acting: all wait for the reaction ---------------------------------- */

/* Bytes as they are. */
void vt_type(struct vt *vt, const char *bytes);
void vt_type_n(struct vt *vt, const char *bytes, size_t n);
/* Names between blanks: "s S-Tab C-c F1 Enter Esc M-x Up Space".  All are
 * written at once; characters that are no names are typed as they are. */
void vt_keys(struct vt *vt, const char *names);
/* SGR mouse report: @code as in the protocol (0 left, 64 wheel up, +32
 * moved), cell from 0, @press or release. */
void vt_mouse(struct vt *vt, int code, int x, int y, bool press);
/* Change the size; 0x0 changes only what the pty says. */
void vt_resize(struct vt *vt, int w, int h);
void vt_signal(struct vt *vt, int sig);
/* Hang up: close our side of the pty.  Only vt_wait() makes sense then. */
void vt_hang_up(struct vt *vt);
/* As a shell's fg: give it the terminal and SIGCONT. */
void vt_continue(struct vt *vt);

/* -- looking ------------------------------------------------------------- */

/* Wait until the screen shows @text, at most VT_LIMIT; false: it never did. */
bool vt_expect(struct vt *vt, const char *text);
bool vt_has(struct vt *vt, const char *text); /* now */
/* Line @y as UTF-8 without blanks at its end; valid until the next call. */
const char *vt_line(struct vt *vt, int y);
/* All lines, each ended by \n; valid until the next call. */
const char *vt_screen(struct vt *vt);

struct vt_cell {
	char text[32]; /* UTF-8; "" for the right half of a wide one */
	bool bold, underline, reverse, italic;
	long fg, bg; /* index, 0x1rrggbb for 24 bits, -1 default */
};
struct vt_cell vt_cell(struct vt *vt, int x, int y);
void vt_cursor(struct vt *vt, int *x, int *y, bool *shown);

/* Is DEC private mode @mode (1049 alternate screen, 25 cursor, 1002, 1006
 * mouse, 1004 focus, 2004 paste, 1 cursor keys) switched on? */
bool vt_mode(struct vt *vt, int mode);
/* All that the program has sent; *n bytes. */
const char *vt_output(struct vt *vt, size_t *n);
/* Calls of write(2) by the program so far, on anything (/proc/PID/io). */
long vt_writes(struct vt *vt);
/* Processor time used so far, in microseconds. */
long vt_cpu_us(struct vt *vt);

/* -- the end -------------------------------------------------------------- */

/* Wait for the end: its exit status, 128 + n for signal n, -1 when it still
 * runs after VT_LIMIT. */
int vt_wait(struct vt *vt);
bool vt_stopped(struct vt *vt);
/* Are the pty's modes as they were before it started, and the alternate
 * screen, mouse, focus, paste and keypad modes off, and the cursor on? */
bool vt_restored(struct vt *vt);

#endif
