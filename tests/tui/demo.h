/*
 * A very small program on the terminal layer, for test_term.c: it shows the
 * size, the last event and a count of frames, and dies in all the ways in
 * which programs die.
 */
#ifndef TESTS_TUI_DEMO_H
#define TESTS_TUI_DEMO_H

/* main() of the program; argv[1...]: mono, nomouse. */
int demo_main(int argc, char **argv);

#endif
