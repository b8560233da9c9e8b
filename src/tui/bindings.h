/*
 * Keys and the commands that they run.  One keyboard, so one table: the
 * defaults of the contract, and over them what :bind changed.
 */
#ifndef TUI_BINDINGS_H
#define TUI_BINDINGS_H

#include <stdbool.h>
#include <stddef.h>

struct binding {
	const char *key;     /* canonical, see keyname.h */
	const char *command; /* a command line; "" binds nothing */
	const char *note;    /* one line; NULL: the command's */
};

/* What a key runs; NULL when it is not bound. */
const struct binding *binding_find(const char *key);
/* All bindings in force, in the order of the help; NULL after the last. */
const struct binding *binding_at(size_t i);

/* Bind @key (as a person writes it) to a command line; "" unbinds it.  False:
 * @err says why. */
bool binding_set(const char *key, const char *command, char *err, size_t size);
/* Back to the defaults. */
void bindings_reset(void);

/* The keys that run a command line beginning with @name, separated by
 * blanks: "Space s". */
char *binding_keys(const char *name, char *buf, size_t size);

#endif
