/*
 * `rmapscope check`: the walk over a script's grammar.  The text has compiled,
 * so this only keeps what the questions need: which names are local where (a
 * stack of names, cut back at the end of each block) and whether a table stands
 * as an argument of a call.
 */
#include "script/check.h"

static void block(struct check *c);
static void expression(struct check *c);

/* -- expressions --------------------------------------------------------- */

static struct token take(struct check *c)
{
	struct token t = c->lx.now;

	lex_next(&c->lx);
	return t;
}

static bool skip(struct check *c, const char *text)
{
	bool is = lex_is(&c->lx, text);

	if (is)
		lex_next(&c->lx);
	return is;
}

static void define(struct check *c, struct token t)
{
	if (c->gather)
		names_add(&c->defined, t);
}

static void constructor(struct check *c, struct callee callee)
{
	skip(c, "{");
	while (!skip(c, "}") && c->lx.now.type != TOKEN_END) {
		struct token next = lex_peek(&c->lx);

		if (skip(c, "[")) {
			expression(c);
			skip(c, "]");
			skip(c, "=");
		} else if (c->lx.now.type == TOKEN_NAME &&
			   token_is(next, "=")) {
			use_option(c, callee, c->lx.now);
			define(c, take(c));
			skip(c, "=");
		}
		expression(c);
		if (!skip(c, ","))
			skip(c, ";");
	}
}

static void argument(struct check *c, struct callee callee)
{
	if (lex_is(&c->lx, "{"))
		constructor(c, callee);
	else
		expression(c);
}

/* "(...)", a table or a string; false when no arguments follow. */
static bool arguments(struct check *c, struct callee callee)
{
	if (c->lx.now.type == TOKEN_STRING) {
		lex_next(&c->lx);
	} else if (lex_is(&c->lx, "{")) {
		constructor(c, callee);
	} else if (skip(c, "(")) {
		while (!skip(c, ")") && c->lx.now.type != TOKEN_END) {
			argument(c, callee);
			skip(c, ",");
		}
	} else {
		return false;
	}
	return true;
}

static void body(struct check *c)
{
	size_t mark = c->locals.count;

	skip(c, "(");
	while (!skip(c, ")") && c->lx.now.type != TOKEN_END) {
		if (c->lx.now.type == TOKEN_NAME)
			names_add(&c->locals, c->lx.now);
		lex_next(&c->lx);
	}
	block(c);
	skip(c, "end");
	c->locals.count = mark;
}

/* What follows a name or a parenthesis: fields, indices, calls. */
static void suffixes(struct check *c, struct token first)
{
	struct callee callee = { NULL, first };

	if (first.s && !names_has(&c->locals, first))
		callee.on = "";
	for (;;) {
		if (skip(c, ".")) {
			struct token field = take(c);

			if (first.s)
				use_library(c, first, field);
			if (lex_is(&c->lx, "=") || lex_is(&c->lx, ","))
				define(c, field);
		} else if (skip(c, "[")) {
			expression(c);
			skip(c, "]");
		} else if (skip(c, ":")) {
			struct token method = take(c);

			callee.on = use_method(c, method);
			callee.name = method;
			arguments(c, callee);
		} else if (!arguments(c, callee)) {
			break;
		}
		first.s = NULL;
		callee.on = NULL;
	}
}

/* A name or (...) with what follows it. */
static void suffixed(struct check *c)
{
	struct token first = { .s = NULL };

	if (skip(c, "(")) {
		expression(c);
		skip(c, ")");
	} else if (c->lx.now.type == TOKEN_NAME) {
		first = take(c);
		use_name(c, first);
	} else {
		lex_next(&c->lx); /* never in compiled text; go on all the same
				   */
	}
	suffixes(c, first);
}

static bool skip_one_of(struct check *c, const char *const *texts)
{
	for (; *texts; texts++)
		if (skip(c, *texts))
			return true;
	return false;
}

static void operand(struct check *c)
{
	static const char *const constants[] = { "nil", "true", "false", "...",
		NULL };

	if (c->lx.now.type == TOKEN_STRING || c->lx.now.type == TOKEN_NUMBER)
		lex_next(&c->lx);
	else if (lex_is(&c->lx, "{"))
		constructor(c, (struct callee){ .on = NULL });
	else if (skip(c, "function"))
		body(c);
	else if (!skip_one_of(c, constants))
		suffixed(c);
}

/* Precedence does not matter to what is asked here. */
static void expression(struct check *c)
{
	static const char *const unary[] = { "not", "-", "#", "~", NULL };
	static const char *const binary[] = { "+", "-", "*", "/", "//", "^",
		"%", "&", "~", "|", ">>", "<<", "..", "<", "<=", ">",
		">=", "==", "~=", "and", "or", NULL };

	do {
		while (skip_one_of(c, unary))
			;
		operand(c);
	} while (skip_one_of(c, binary));
}

static void expressions(struct check *c)
{
	do
		expression(c);
	while (skip(c, ","));
}

/* -- statements ---------------------------------------------------------- */

static void scoped_block(struct check *c)
{
	size_t mark = c->locals.count;

	block(c);
	c->locals.count = mark;
}

static void if_statement(struct check *c)
{
	do {
		expression(c);
		skip(c, "then");
		scoped_block(c);
	} while (skip(c, "elseif"));
	if (skip(c, "else"))
		scoped_block(c);
	skip(c, "end");
}

static void while_statement(struct check *c)
{
	expression(c);
	skip(c, "do");
	scoped_block(c);
	skip(c, "end");
}

static void do_statement(struct check *c)
{
	scoped_block(c);
	skip(c, "end");
}

static void for_statement(struct check *c)
{
	size_t mark = c->locals.count;
	struct token names[32];
	unsigned n = 0;

	do {
		struct token t = take(c);

		if (n < 32)
			names[n++] = t;
	} while (skip(c, ","));
	if (!skip(c, "="))
		skip(c, "in");
	expressions(c);
	for (unsigned i = 0; i < n; i++)
		names_add(&c->locals, names[i]);
	skip(c, "do");
	block(c);
	skip(c, "end");
	c->locals.count = mark;
}

static void repeat_statement(struct check *c)
{
	size_t mark = c->locals.count;

	block(c);
	skip(c, "until");
	expression(c); /* sees the block's locals */
	c->locals.count = mark;
}

static void function_statement(struct check *c)
{
	struct token name = take(c);
	bool plain = true;

	while (skip(c, ".") || skip(c, ":")) {
		if (plain)
			use_name(c, name);
		plain = false;
		define(c, take(c));
	}
	if (plain && !names_has(&c->locals, name))
		define(c, name);
	body(c);
}

static void local_statement(struct check *c)
{
	struct token names[200];
	unsigned n = 0;

	if (skip(c, "function")) {
		names_add(&c->locals, take(c));
		body(c);
		return;
	}
	do {
		struct token t = take(c);

		if (n < 200)
			names[n++] = t;
		if (skip(c, "<")) { /* an attribute */
			lex_next(&c->lx);
			skip(c, ">");
		}
	} while (skip(c, ","));
	if (skip(c, "="))
		expressions(c);
	for (unsigned i = 0; i < n; i++)
		names_add(&c->locals, names[i]);
}

static bool ends_block(const struct check *c)
{
	return c->lx.now.type == TOKEN_END || lex_is(&c->lx, "end") ||
	       lex_is(&c->lx, "else") || lex_is(&c->lx, "elseif") ||
	       lex_is(&c->lx, "until");
}

static void return_statement(struct check *c)
{
	if (!ends_block(c) && !lex_is(&c->lx, ";"))
		expressions(c);
}

static void goto_statement(struct check *c)
{
	lex_next(&c->lx);
}

static void label_statement(struct check *c)
{
	lex_next(&c->lx);
	skip(c, "::");
}

static void nothing(struct check *c)
{
	(void)c;
}

/* A call, or an assignment: a plain name on its left is then defined. */
static void expression_statement(struct check *c)
{
	bool more;

	do {
		struct token t = c->lx.now, next = lex_peek(&c->lx);
		bool plain = t.type == TOKEN_NAME &&
			     (token_is(next, "=") || token_is(next, ","));

		if (plain) {
			lex_next(&c->lx);
			if (!names_has(&c->locals, t))
				define(c, t);
		} else {
			suffixed(c);
		}
		more = skip(c, ",");
	} while (more);
	if (skip(c, "="))
		expressions(c);
}

static void statement(struct check *c)
{
	static const struct {
		const char *word;
		void (*parse)(struct check *c);
	} statements[] = { { "if", if_statement }, { "while", while_statement },
		{ "do", do_statement }, { "for", for_statement },
		{ "repeat", repeat_statement },
		{ "function", function_statement },
		{ "local", local_statement }, { "return", return_statement },
		{ "break", nothing }, { "goto", goto_statement },
		{ "::", label_statement }, { ";", nothing } };

	for (unsigned i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (skip(c, statements[i].word)) {
			statements[i].parse(c);
			return;
		}
	/* "goto" is a name where no name follows; compiled text has none. */
	expression_statement(c);
}

static void block(struct check *c)
{
	while (!ends_block(c))
		statement(c);
}

void check_walk(struct check *c)
{
	c->locals.count = 0;
	block(c);
}
