/*
 * Terminfo's strings, made short: sequences that set looks (ESC [ ... m) and
 * stand side by side become one.
 */
#include "tui/caps.h"

#include "tui/term.h"
#include "view/style.h"

#include <stdio.h>
#include <string.h>

static const char ansi_cup[] = "\033[%i%p1%d;%p2%dH";
static const char ansi_ech[] = "\033[%p1%dX";

/* Bytes of @s that are not for us: padding ($<5>) and character sets. */
static size_t not_for_us(const char *s)
{
	if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
		return (size_t)(strchr(s, '>') + 1 - s);
	if (!strncmp(s, "\033(B", 3))
		return 3;
	return s[0] == '\017' ? 1 : 0;
}

static void append(char *to, size_t size, const char *s)
{
	size_t n = strlen(to), skip;

	while (*s && n + 1 < size) {
		skip = not_for_us(s);
		if (skip)
			s += skip;
		else
			to[n++] = *s++;
	}
	to[n] = 0;
}

/* Is all of @s one sequence ESC [ ... m? */
static bool is_look(const char *s)
{
	size_t n = strlen(s);

	return n >= 3 && !strncmp(s, "\033[", 2) && s[n - 1] == 'm' &&
	       strspn(s + 2, "0123456789;:") == n - 3;
}

/* Append @s, as part of the sequence that is there if both are looks. */
static void join(char *to, size_t size, const char *s)
{
	size_t n = strlen(to);

	if (is_look(to) && is_look(s)) {
		snprintf(to + n - 1, size - n + 1, "%s%s",
			to[n - 2] == '[' ? "0;" : ";", s + 2);
		return;
	}
	append(to, size, s);
}

static unsigned not_coloured(void)
{
	static const struct {
		int bit;       /* of terminfo's ncv */
		unsigned attr; /* is this of ours */
	} bits[] = { { 2, ATTR_UNDERLINE }, { 4, ATTR_REVERSE },
		{ 16, ATTR_DIM }, { 32, ATTR_BOLD } };
	int ncv = term_number("ncv");
	unsigned attr = 0;

	for (size_t i = 0; ncv > 0 && i < sizeof(bits) / sizeof(*bits); i++)
		if (ncv & bits[i].bit)
			attr |= bits[i].attr;
	return attr;
}

void caps_read(struct caps *c)
{
	static const char *const attr[] = { "bold", "dim", "smul", "rev",
		"sitm" };

	memset(c, 0, sizeof(*c));
	append(c->plain, sizeof(c->plain), term_string("sgr0"));
	if (!is_look(c->plain)) /* the others forget colours, too */
		append(c->plain, sizeof(c->plain), term_string("op"));
	for (size_t i = 0; i < sizeof(attr) / sizeof(*attr); i++)
		append(c->attr[i], sizeof(c->attr[i]), term_string(attr[i]));
	append(c->clear, sizeof(c->clear), term_string("clear"));
	append(c->hide, sizeof(c->hide), term_string("civis"));
	append(c->show, sizeof(c->show), term_string("cnorm"));
	c->not_coloured = not_coloured();
	c->ansi_move = !strcmp(term_string("cup"), ansi_cup);
	c->ansi_erase = !strcmp(term_string("ech"), ansi_ech);
	c->scrolls = term_flag("am") && !term_flag("xenl");
}

static void join_colour(char buf[CAPS_LOOK], const char *name, int colour)
{
	char text[CAPS_MOVE] = "";
	const char *s = term_string(name);

	if (colour < 0 || !*s)
		return;
	append(text, sizeof(text), term_filled(s, colour, 0));
	join(buf, CAPS_LOOK, text);
}

size_t caps_look(const struct caps *c, unsigned attr, int fg, int bg,
	char buf[CAPS_LOOK])
{
	if (fg >= 0 || bg >= 0)
		attr &= ~c->not_coloured;
	strcpy(buf, c->plain);
	for (size_t i = 0; i < sizeof(c->attr) / sizeof(*c->attr); i++)
		if (attr & 1u << i)
			join(buf, CAPS_LOOK, c->attr[i]);
	join_colour(buf, "setaf", fg);
	join_colour(buf, "setab", bg);
	return strlen(buf);
}

size_t caps_move(const struct caps *c, int x, int y, char buf[CAPS_MOVE])
{
	buf[0] = 0;
	if (c->ansi_move)
		return (size_t)snprintf(
			buf, CAPS_MOVE, "\033[%d;%dH", y + 1, x + 1);
	append(buf, CAPS_MOVE, term_filled(term_string("cup"), y, x));
	return strlen(buf);
}
