/*
 * Lists of operations and what they lead to as lines of text.  Addresses of
 * the window are written as @PAGE or @PAGE+BYTES, lengths as 4p or 4p+BYTES;
 * everything else as hexadecimal numbers.
 */
#include "sides.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void put(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (o->n < o->size)
		o->n += (size_t)vsnprintf(
			o->text + o->n, o->size - o->n, fmt, ap);
	va_end(ap);
}

bool in_window(uint64_t addr)
{
	return addr >= WINDOW_BASE && addr < WINDOW_END;
}

/* -- numbers -------------------------------------------------------------- */

static void put_number(struct out *o, const char *fmt, uint64_t n)
{
	put(o, fmt, (unsigned long long)(n >> PAGE_SHIFT));
	if (n & ~PAGE_MASK)
		put(o, "+%llu", (unsigned long long)(n & ~PAGE_MASK));
}

void put_addr(struct out *o, uint64_t addr)
{
	if (addr == ELSEWHERE)
		put(o, "elsewhere");
	else if (in_window(addr))
		put_number(o, "@%llu", addr - WINDOW_BASE);
	else
		put(o, "0x%llx", (unsigned long long)addr);
}

static void put_len(struct out *o, uint64_t len)
{
	if (len < 4096ull << PAGE_SHIFT)
		put_number(o, "%llup", len);
	else
		put(o, "0x%llx", (unsigned long long)len);
}

/* "12", "12+5", "12p", "12p+5" in pages. */
static bool get_pages(const char *text, uint64_t *n)
{
	char *end;

	*n = strtoull(text, &end, 10) << PAGE_SHIFT;
	if (end == text)
		return false;
	if (*end == 'p')
		end++;
	if (*end == '+')
		*n += strtoull(end + 1, &end, 10);
	return !*end;
}

static bool get_number(const char *text, uint64_t *n)
{
	char *end;

	if (*text == '@') {
		if (!get_pages(text + 1, n))
			return false;
		*n += WINDOW_BASE;
		return true;
	}
	if (strchr(text, 'p') && get_pages(text, n))
		return true;
	*n = strtoull(text, &end, 0);
	return end > text && !*end;
}

/* -- steps ---------------------------------------------------------------- */

static void put_advice(struct out *o, uint64_t v)
{
	const char *name = advice_name((enum advice)v);

	if (name)
		put(o, "%s", name);
	else
		put(o, "0x%llx", (unsigned long long)v);
}

static void put_arg(struct out *o, const struct arg_desc *d, uint64_t v)
{
	put(o, " %s=", d->name);
	switch (d->type) {
	case ARG_ADDR:
		put_addr(o, v);
		break;
	case ARG_LEN:
		put_len(o, v);
		break;
	case ARG_PROT:
		put(o, "%s", prot_name((unsigned)v));
		break;
	case ARG_ADVICE:
		put_advice(o, v);
		break;
	default:
		put(o, "%llu", (unsigned long long)v);
	}
}

void step_print(const struct step *step, char *text, size_t size)
{
	const struct op_desc *d = op_desc(step->op.id);
	struct out o = { text, size, 0 };

	if (d->subject == ON_TASK)
		put(&o, "%u %s", step->op.subject, d->name);
	else if (on_file(&step->op))
		put(&o, "f%u %s", step->op.subject, d->name);
	else
		put(&o, "- %s", d->name);
	if (makes_task(&step->op))
		put(&o, " %u", step->child);
	for (int i = 0; d->arg[i].type != ARG_END; i++)
		if (step->op.given & 1u << i)
			put_arg(&o, &d->arg[i], step->op.arg[i]);
}

static bool parse_value(enum arg_type type, const char *text, uint64_t *v)
{
	int n;

	if (type == ARG_PROT) {
		n = prot_parse(text);
		*v = (uint64_t)n;
		return n >= 0;
	}
	if (type == ARG_ADVICE && !isdigit((unsigned char)*text)) {
		n = advice_parse(text);
		*v = (uint64_t)n;
		return n >= 0;
	}
	return get_number(text, v);
}

static bool parse_arg(struct op *op, char *word)
{
	const struct op_desc *d = op_desc(op->id);
	char *value = strchr(word, '=');
	uint64_t v;

	if (!value)
		return false;
	*value++ = 0;
	for (int i = 0; d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, word))
			return parse_value(d->arg[i].type, value, &v) &&
			       op_set(op, word, v);
	return false;
}

/* "3" a task, "f1" a file, "-" neither. */
static bool parse_subject(const char *text, struct step *step)
{
	char *end;
	unsigned most = MAX_TASKS - 1;
	bool file = *text == 'f';

	if (!strcmp(text, "-"))
		return true;
	if (file)
		most = MAX_FILES;
	step->op.subject = (uint32_t)strtoul(text + file, &end, 10);
	return end > text + file && !*end && step->op.subject <= most;
}

static bool parse_child(struct step *step, const char *word)
{
	step->child = word ? (uint32_t)atoi(word) : MAX_TASKS;
	snprintf(step->op.text, sizeof step->op.text, "t%u", step->child);
	return step->child < MAX_TASKS;
}

bool step_parse(const char *line, struct step *step)
{
	const struct op_desc *d;
	char text[512], who[8], verb[32], *word, *save;
	int at = 0;

	memset(step, 0, sizeof *step);
	snprintf(text, sizeof text, "%s", line);
	if (sscanf(text, "%7s %31s%n", who, verb, &at) != 2)
		return false;
	d = op_find(verb);
	if (!d || !parse_subject(who, step))
		return false;
	step->op.id = d->id;
	word = strtok_r(text + at, " \n", &save);
	if (makes_task(&step->op)) {
		if (!parse_child(step, word))
			return false;
		word = strtok_r(NULL, " \n", &save);
	}
	for (; word; word = strtok_r(NULL, " \n", &save))
		if (!parse_arg(&step->op, word))
			return false;
	return true;
}
