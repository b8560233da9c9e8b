/* Cutting Lua text into tokens.  The text has been compiled before, so that
 * nothing here needs to be refused. */
#include "script/lex.h"

#include <ctype.h>
#include <string.h>

static char at(const struct lexer *lx, size_t i)
{
	return (size_t)(lx->end - lx->p) > i ? lx->p[i] : 0;
}

static void skip_char(struct lexer *lx)
{
	if (*lx->p == '\n')
		lx->line++;
	lx->p++;
}

/* "[[" or "[=[" at p: its level, or -1. */
static int long_level(const struct lexer *lx)
{
	size_t i = 1;

	if (at(lx, 0) != '[')
		return -1;
	while (at(lx, i) == '=')
		i++;
	return at(lx, i) == '[' ? (int)i - 1 : -1;
}

static void skip_long(struct lexer *lx, int level)
{
	size_t close = (size_t)level + 2;

	lx->p += close;
	for (; lx->p < lx->end; skip_char(lx)) {
		size_t i = 1;

		if (at(lx, 0) != ']')
			continue;
		while (at(lx, i) == '=')
			i++;
		if (i + 1 == close && at(lx, i) == ']')
			break;
	}
	lx->p += lx->p < lx->end ? close : 0;
}

static void skip_comment(struct lexer *lx)
{
	lx->p += 2;
	if (long_level(lx) >= 0) {
		skip_long(lx, long_level(lx));
		return;
	}
	while (lx->p < lx->end && *lx->p != '\n')
		lx->p++;
}

static void skip_blanks(struct lexer *lx)
{
	while (lx->p < lx->end) {
		if (isspace((unsigned char)*lx->p))
			skip_char(lx);
		else if (at(lx, 0) == '-' && at(lx, 1) == '-')
			skip_comment(lx);
		else
			break;
	}
}

static bool is_keyword(const char *s, size_t n)
{
	static const char *const words[] = { "and", "break", "do", "else",
		"elseif", "end", "false", "for", "function", "goto", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true",
		"until", "while" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
			return true;
	return false;
}

static void skip_string(struct lexer *lx)
{
	char quote = *lx->p++;

	while (lx->p < lx->end && *lx->p != quote) {
		if (*lx->p == '\\' && lx->p + 1 < lx->end)
			skip_char(lx);
		skip_char(lx);
	}
	lx->p += lx->p < lx->end;
}

static void skip_number(struct lexer *lx)
{
	bool hex = at(lx, 0) == '0' && (at(lx, 1) | 32) == 'x';

	while (isalnum((unsigned char)at(lx, 0)) || at(lx, 0) == '.') {
		char c = (char)(at(lx, 0) | 32);

		lx->p++;
		if (c == (hex ? 'p' : 'e') &&
			(at(lx, 0) == '+' || at(lx, 0) == '-'))
			lx->p++;
	}
}

static size_t symbol_length(const struct lexer *lx)
{
	static const char *const symbols[] = { "...",
		"==", "~=", "<=", ">=", "//", "::", "<<", ">>", ".." };

	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		size_t n = strlen(symbols[i]);

		if ((size_t)(lx->end - lx->p) >= n &&
			memcmp(lx->p, symbols[i], n) == 0)
			return n;
	}
	return 1;
}

static enum token_type skip_token(struct lexer *lx)
{
	unsigned char c = (unsigned char)*lx->p;

	if (isalpha(c) || c == '_') {
		const char *s = lx->p;

		while (isalnum((unsigned char)at(lx, 0)) || at(lx, 0) == '_')
			lx->p++;
		return is_keyword(s, (size_t)(lx->p - s)) ? TOKEN_KEYWORD
							  : TOKEN_NAME;
	}
	if (isdigit(c) || (c == '.' && isdigit((unsigned char)at(lx, 1)))) {
		skip_number(lx);
		return TOKEN_NUMBER;
	}
	if (c == '"' || c == '\'') {
		skip_string(lx);
		return TOKEN_STRING;
	}
	if (long_level(lx) >= 0) {
		skip_long(lx, long_level(lx));
		return TOKEN_STRING;
	}
	lx->p += symbol_length(lx);
	return TOKEN_SYMBOL;
}

void lex_next(struct lexer *lx)
{
	skip_blanks(lx);
	lx->now = (struct token){ TOKEN_END, lx->p, 0, lx->line };
	if (lx->p < lx->end)
		lx->now.type = skip_token(lx);
	lx->now.n = (size_t)(lx->p - lx->now.s);
}

void lex_start(struct lexer *lx, const char *text, size_t length)
{
	*lx = (struct lexer){ .p = text, .end = text + length, .line = 1 };
	lex_next(lx);
}

struct token lex_peek(const struct lexer *lx)
{
	struct lexer ahead = *lx;

	lex_next(&ahead);
	return ahead.now;
}

bool lex_is(const struct lexer *lx, const char *text)
{
	return (lx->now.type == TOKEN_KEYWORD ||
		       lx->now.type == TOKEN_SYMBOL) &&
	       strlen(text) == lx->now.n &&
	       memcmp(lx->now.s, text, lx->now.n) == 0;
}
