/*
 * What `rmapscope check` is made of: a walk over the grammar of a compiled text
 * (check_walk.c) that asks about each name it meets (check_names.c).
 */
#ifndef SCRIPT_CHECK_H
#define SCRIPT_CHECK_H

#include "script/lex.h"
#include "script/sandbox.h"
#include "script/script.h"

struct names {
	struct token *list;
	size_t count; /* in use */
	size_t room;  /* allocated */
};

struct check {
	lua_State *L; /* its globals are what a script is given */
	struct sandbox *sb;
	struct lexer lx;
	int chunk;	      /* the file that is walked */
	bool gather;	      /* first walk */
	struct names locals;  /* in scope, innermost last */
	struct names defined; /* globals and fields that the script sets */
	char *dir;	      /* of the script: where modules are looked for */
	script_report_fn *report;
	void *ctx; /* of report */
	int found; /* things reported */
};

/* The call that a table constructor is an argument of. */
struct callee {
	const char *on; /* "" or the word of an object; NULL: none */
	struct token name;
};

/* Walk all of the text that c->lx has begun. */
void check_walk(struct check *c);

void names_add(struct names *names, struct token t);
bool names_has(const struct names *names, struct token t);
bool token_is(struct token t, const char *text);
/* A variable is read. */
void use_name(struct check *c, struct token t);
/* Field @t of variable @lib is read, e.g. string.fromat. */
void use_library(struct check *c, struct token lib, struct token t);
/* Method @t is called: the object it belongs to, NULL: none of ours. */
const char *use_method(struct check *c, struct token t);
/* Key @t stands in a table that is an argument of @callee. */
void use_option(struct check *c, struct callee callee, struct token t);

#endif
