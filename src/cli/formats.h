/* Formats that a position can be exported in. */
#ifndef CLI_FORMATS_H
#define CLI_FORMATS_H

#include "history/history.h"
#include "view/writer.h"

#include <stdio.h>

#define FORMAT_NAMES "text, ansi, html, svg, dot, json"

/* A picture of the screen, or the machine's data. */
struct format {
	const char *name;
	const char *suffix;	      /* of a file name that means it */
	const struct writer *picture; /* NULL: it is data */
	/* Write the machine as it stands at @pos; false: no memory. */
	bool (*data)(FILE *f, const struct machine *m, struct pos pos,
		const char *title);
};

/* By name, or by the suffix of a file name; NULL when there is none. */
const struct format *format_find(const char *name);
const struct format *format_of_file(const char *path);

#endif
