/*
 * Operations as a person types them: "spawn parent", "child write heap[1] B",
 * "parent mmap pages=3 name=heap", "rmap 21".
 *
 * Words are a subject, the operation's name, and arguments by position or as
 * NAME=VALUE.  The subject may be left out (the selected task is meant) and may
 * stand in one word with the name: child.write, child:write.
 */
#include "tui/opargs.h"

#include "view/lang.h"
#include "view/nearest.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool unknown_arg(struct reader *r, const char *name)
{
	char usage[256];
	struct nearest near;

	nearest_start(&near, name);
	for (int i = 0; r->d->arg[i].type != ARG_END; i++)
		nearest_try(&near, r->d->arg[i].name);
	nearest_try(&near, "pages");
	if (nearest_name(&near))
		snprintf(r->err, r->size,
			_("%s has no argument \"%s\"; did you mean \"%s\"?"),
			r->d->name, name, nearest_name(&near));
	else
		snprintf(r->err, r->size, _("%s has no argument \"%s\": %s"),
			r->d->name, name, op_usage(r->d, usage, sizeof(usage)));
	return false;
}

/* "prot=rw-"; false in *@named when the word is not of that form. */
static bool read_named(struct reader *r, const char *word, bool *named)
{
	const char *eq = strchr(word, '=');
	char name[32];

	*named = false;
	for (const char *p = word; eq && p < eq; p++)
		if (!islower((unsigned char)*p) && *p != '_')
			return true;
	if (!eq || eq == word || (size_t)(eq - word) >= sizeof(name))
		return true;
	*named = true;
	snprintf(name, sizeof(name), "%.*s", (int)(eq - word), word);
	for (int i = 0; r->d->arg[i].type != ARG_END; i++)
		if (!strcmp(r->d->arg[i].name, name))
			return reader_arg(r, i, eq + 1);
	if (!strcmp(name, "pages"))
		return reader_pages(r, eq + 1);
	return unknown_arg(r, name);
}

static int next_free(const struct reader *r)
{
	int i = 0;

	while (r->d->arg[i].type != ARG_END && r->op->given & 1u << i)
		i++;
	return i;
}

/* A region stands for its length, too. */
static void fill_length(struct reader *r)
{
	for (int i = 0; r->region_len && r->d->arg[i].type != ARG_END; i++)
		if (r->d->arg[i].type == ARG_LEN && !(r->op->given & 1u << i)) {
			r->op->arg[i] = r->region_len;
			r->op->given |= (uint16_t)(1u << i);
			return;
		}
}

static bool check_complete(struct reader *r)
{
	char usage[256];

	for (int i = 0; r->d->arg[i].type != ARG_END; i++)
		if (!r->d->arg[i].optional && !(r->op->given & 1u << i)) {
			snprintf(r->err, r->size, _("%s needs %s: %s"),
				r->d->name, r->d->arg[i].name,
				op_usage(r->d, usage, sizeof(usage)));
			return false;
		}
	return true;
}

static bool read_args(struct reader *r, const struct args *args, int from)
{
	char usage[256];

	for (int k = from; k < args->n; k++) {
		bool named;
		int i;

		if (!read_named(r, args->word[k], &named))
			return false;
		if (named)
			continue;
		i = next_free(r);
		if (r->d->arg[i].type == ARG_END) {
			snprintf(r->err, r->size,
				_("\"%s\" is one argument too many: %s"),
				args->word[k],
				op_usage(r->d, usage, sizeof(usage)));
			return false;
		}
		if (!reader_arg(r, i, args->word[k]))
			return false;
	}
	fill_length(r);
	return check_complete(r);
}

/* -- the whole line ----------------------------------------------------- */

static bool unknown_op(struct reader *r, const char *word)
{
	struct nearest near;
	size_t n;

	if (task_parse(r->a->look.m, word)) {
		snprintf(r->err, r->size,
			_("which operation of %s? :op %s NAME ARGUMENTS; o "
			  "shows them all"),
			word, word);
		return false;
	}
	nearest_start(&near, word);
	for (int i = OP_NONE + 1; i < NR_OPS; i++)
		nearest_try(&near, op_desc((enum op_id)i)->name);
	if (nearest_name(&near)) {
		snprintf(r->err, r->size,
			_("no task and no operation \"%s\"; did you mean "
			  "\"%s\"?"),
			word, nearest_name(&near));
		return false;
	}
	n = (size_t)snprintf(r->err, r->size,
		_("no task and no operation \"%s\"; operations are"), word);
	for (int i = OP_NONE + 1; i < NR_OPS && n < r->size; i++)
		n += (size_t)snprintf(r->err + n, r->size - n, " %s",
			op_desc((enum op_id)i)->name);
	return false;
}

/* "child.write" and "child:write" as two words. */
static const struct op_desc *split_word(
	const char *word, char *subject, size_t size)
{
	size_t n = strcspn(word, ".:");

	if (!word[n] || n >= size)
		return NULL;
	snprintf(subject, size, "%.*s", (int)n, word);
	return op_find(word + n + 1);
}

static bool read_subject(struct reader *r, const char *subject)
{
	if (r->d->subject == ON_TASK && subject)
		r->op->subject = task_parse(r->a->look.m, subject);
	else if (r->d->subject == ON_TASK)
		r->op->subject = app_task(r->a);
	if (r->d->subject == ON_TASK && !r->op->subject)
		return reader_fail(r,
			subject ? _("no task \"%s\"")
				: _("there is no task: :op spawn NAME%.0s"),
			subject ? subject : "");
	return true;
}

/* rmap's frame: the word after it, or the selected one. */
static bool read_frame(struct reader *r, const char *subject,
	const struct args *args, int *from)
{
	struct ref ref = NO_REF;
	uint64_t pfn;

	if (!subject && *from < args->n && !strchr(args->word[*from], '='))
		subject = args->word[(*from)++];
	if (subject)
		ref = app_object(r->a, subject);
	if (ref.kind && ref_frame(r->a->look.m, ref, &pfn))
		r->op->subject = (uint32_t)pfn;
	else if (!subject && app_frame(r->a, &pfn))
		r->op->subject = (uint32_t)pfn;
	else
		return reader_fail(r,
			_("\"%s\" is no frame; one is hexadecimal"),
			subject ? subject : "");
	return true;
}

/* The file before or behind the operation's word. */
static bool read_file_subject(struct reader *r, const char *subject,
	const struct args *args, int *from)
{
	struct ref ref = NO_REF;

	if (!subject && *from < args->n)
		subject = args->word[(*from)++];
	if (subject)
		ref = app_file(r->a, subject);
	if (ref.kind != REF_FILE)
		return reader_fail(r,
			_("\"%s\" is no file; one is its name or file1"),
			subject ? subject : "");
	r->op->subject = ref.id;
	return true;
}

static bool read_who(struct reader *r, const char *subject,
	const struct args *args, int *from)
{
	if (r->d->subject == ON_PAGE)
		return read_frame(r, subject, args, from);
	if (r->d->subject == ON_FILE)
		return read_file_subject(r, subject, args, from);
	return read_subject(r, subject);
}

bool op_parse(const struct app *a, const struct args *args, struct op *op,
	char *err, size_t size)
{
	struct reader r = { .a = a, .op = op, .err = err, .size = size };
	const char *subject = NULL;
	char split[NAME_SIZE];
	int from = 1;

	memset(op, 0, sizeof(*op));
	if (!args->n)
		return reader_fail(
			&r, _("which operation? o shows them%s"), "");
	r.d = op_find(args->word[0]);
	if (args->n > 1 && op_find(args->word[1]) &&
		(!r.d || r.d->subject == ON_NOTHING)) {
		subject = args->word[0];
		r.d = op_find(args->word[1]);
		from = 2;
	} else if (!r.d) {
		r.d = split_word(args->word[0], split, sizeof(split));
		subject = split;
	}
	if (!r.d)
		return unknown_op(
			&r, args->word[task_parse(a->look.m, args->word[0]) &&
				       args->n > 1]);
	op->id = (uint16_t)r.d->id;
	if (!read_who(&r, subject, args, &from))
		return false;
	return read_args(&r, args, from);
}

char *op_usage(const struct op_desc *d, char *buf, size_t size)
{
	static const char *const subjects[] = { "", "TASK ", "FRAME ",
		"FILE " };
	size_t n = (size_t)snprintf(
		buf, size, ":op %s%s", subjects[d->subject], d->name);
	bool optional = false;

	for (int i = 0; d->arg[i].type != ARG_END && n < size; i++) {
		optional |= d->arg[i].optional;
		n += (size_t)snprintf(buf + n, size - n,
			optional ? " [%s=]" : " %s", d->arg[i].name);
	}
	return buf;
}
