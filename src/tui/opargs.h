/* Reading the arguments of an operation by their types. */
#ifndef TUI_OPARGS_H
#define TUI_OPARGS_H

#include "tui/state.h"

/* An operation that is being read from words. */
struct reader {
	const struct app *a;
	const struct op_desc *d;
	struct op *op;
	uint64_t region_len; /* of a region given as an address; else 0 */
	char *err;	     /* size bytes for what was wrong */
	size_t size;
};

/* Say what is wrong with @text; @what has one %s for it.  Returns false. */
bool reader_fail(struct reader *r, const char *what, const char *text);
/* Read argument @i from @text; false: r->err says what is allowed. */
bool reader_arg(struct reader *r, int i, const char *text);
/* "pages=3" says a length in pages; false as above, or when the operation has
 * no length. */
bool reader_pages(struct reader *r, const char *text);

#endif
