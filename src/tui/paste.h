/*
 * What lies between ESC [ 200~ and ESC [ 201~: one piece of text, cleaned.
 */
#ifndef TUI_PASTE_H
#define TUI_PASTE_H

#include "tui/input.h"

struct paste;

/* @utf8 as input_new().  NULL: out of memory. */
struct paste *paste_new(bool utf8);
void paste_delete(struct paste *p);

void paste_start(struct paste *p);
/* True when @byte ends the end mark: the paste is whole. */
bool paste_byte(struct paste *p, unsigned char byte);
/* The event for what has come until now; its text lives till paste_start(). */
void paste_event(struct paste *p, struct input_event *ev);

#endif
