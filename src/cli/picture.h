/* A drawing of its own height as text, ansi, html or svg, or its data as JSON
 * lines: what attach and live share. */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include "cli/cli.h"
#include "view/canvas.h"

struct picture {
	const struct options *o;
	const char *verb;  /* for messages */
	const char *title;
	/* Draw for @w columns; the lines that the whole needs. */
	int (*draw)(struct canvas *cv, int w, const void *ctx);
	void (*json)(FILE *f, const void *ctx);
	const void *ctx;   /* for both */
};

/* The format that was asked for is one that this can be?  False after a
 * message. */
bool picture_usable(const struct options *o, const char *verb);
/* Write it to where -o says; a status of enum cli_status. */
int picture_put(const struct picture *p);

#endif
