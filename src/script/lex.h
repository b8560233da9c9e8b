/* Cutting Lua text into tokens, for those who look at a script unrun. */
#ifndef SCRIPT_LEX_H
#define SCRIPT_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum token_type {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_KEYWORD, /* and, break, do ... */
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_SYMBOL /* "==", "...", "{" */
};

struct token {
	enum token_type type;
	const char *s; /* in the text */
	size_t n;      /* bytes */
	unsigned line; /* where it begins */
};

struct lexer {
	const char *p; /* what follows the current token */
	const char *end;
	unsigned line; /* of p */
	struct token now;
};

/* Begin with the first token of @text, which is known to be valid Lua. */
void lex_start(struct lexer *lx, const char *text, size_t length);
void lex_next(struct lexer *lx);
/* The token after the current one. */
struct token lex_peek(const struct lexer *lx);
/* Is the current token the keyword or symbol @text? */
bool lex_is(const struct lexer *lx, const char *text);

#endif
