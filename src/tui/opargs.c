/* Readers of arguments, one for each type. */
#include "tui/opargs.h"

#include "view/lang.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool reader_fail(struct reader *r, const char *what, const char *text)
{
	snprintf(r->err, r->size, what, text);
	return false;
}

static bool read_addr(struct reader *r, int i, const char *text)
{
	if (address_parse(&r->a->look, r->op->subject, text, &r->op->arg[i],
		    &r->region_len))
		return true;
	return reader_fail(r,
		_("\"%s\" is no address: one is up to 16 hexadecimal digits, a "
		  "region's name or name[page]"),
		text);
}

#define PAGES_MAX (UINT64_MAX / PAGE_SIZE) /* whose bytes can be counted */

static bool read_pages(struct reader *r, int i, const char *text)
{
	char *end = (char *)text;

	if (isdigit((unsigned char)*text))
		r->op->arg[i] = strtoull(text, &end, 0);
	if (end != text && !*end && r->op->arg[i] <= PAGES_MAX)
		return true;
	snprintf(r->err, r->size,
		_("\"%s\" is not a number of pages, from 0 to %" PRIu64), text,
		(uint64_t)PAGES_MAX);
	return false;
}

static bool read_len(struct reader *r, int i, const char *text)
{
	static const char units[] = "KMGP";
	static const int shifts[] = { 10, 20, 30, PAGE_SHIFT };
	const char *unit = NULL;
	char *end = (char *)text;
	int shift = 0;
	uint64_t n;

	errno = isdigit((unsigned char)*text) ? 0 : EINVAL;
	n = strtoull(text, &end, 0);
	if (*end)
		unit = strchr(units, toupper((unsigned char)*end));
	if (unit && !end[1])
		shift = shifts[unit - units];
	else if (*end)
		errno = EINVAL;
	if (errno || n << shift >> shift != n)
		return reader_fail(r,
			_("\"%s\" is no length: bytes below 2^64, or 2p "
			  "(pages) 64K 16M 1G"),
			text);
	r->op->arg[i] = n << shift;
	return true;
}

static bool read_prot(struct reader *r, int i, const char *text)
{
	int prot = prot_parse(text);

	if (prot < 0)
		return reader_fail(r,
			_("\"%s\" is no protection, such as rw- or r--"), text);
	r->op->arg[i] = (uint64_t)prot;
	return true;
}

static bool read_bool(struct reader *r, int i, const char *text)
{
	static const char *const words[] = { "false", "true", "no", "yes",
		"off", "on", "0", "1" };

	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (!strcmp(text, words[k])) {
			r->op->arg[i] = k & 1;
			return true;
		}
	return reader_fail(r, _("\"%s\" is neither true nor false"), text);
}

static bool read_advice(struct reader *r, int i, const char *text)
{
	int advice = advice_parse(text);

	if (advice < 0)
		return reader_fail(
			r, _("\"%s\" is no advice, such as dontneed"), text);
	r->op->arg[i] = (uint64_t)advice;
	return true;
}

static bool read_fixed(struct reader *r, int i, const char *text)
{
	if (!strcmp(text, "noreplace")) {
		r->op->arg[i] = 2;
		return true;
	}
	return read_bool(r, i, text);
}

static bool read_text(struct reader *r, int i, const char *text)
{
	(void)i;
	if (!*text || strlen(text) >= NAME_SIZE)
		return reader_fail(
			r, _("\"%s\" is not from 1 to 31 bytes long"), text);
	strcpy(r->op->text, text);
	return true;
}

/* A whole number of 48 bits is a number, all else is text. */
static bool read_value(struct reader *r, int i, const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	if (*end || end == text) {
		r->op->text_value = true;
		return read_text(r, i, text);
	}
	if (n < -(1ll << 47) || n >= 1ll << 47)
		return reader_fail(r,
			_("\"%s\" is not from -140737488355328 to "
			  "140737488355327"),
			text);
	r->op->arg[i] = (uint64_t)n & 0xffffffffffffull;
	return true;
}

static bool read_pfn(struct reader *r, int i, const char *text)
{
	struct ref ref = app_object(r->a, text);

	if (ref.kind != REF_PAGE)
		return reader_fail(
			r, _("\"%s\" is no frame; one is hexadecimal"), text);
	r->op->arg[i] = ref.id;
	return true;
}

static bool read_file(struct reader *r, int i, const char *text)
{
	struct ref ref = app_file(r->a, text);

	if (ref.kind != REF_FILE)
		return reader_fail(
			r, _("\"%s\" is no file; one is its name or file1"), text);
	r->op->arg[i] = ref.id;
	return true;
}

typedef bool read_fn(struct reader *r, int i, const char *text);
static read_fn *const readers[] = {
	[ARG_ADDR] = read_addr,
	[ARG_LEN] = read_len,
	[ARG_PAGES] = read_pages,
	[ARG_PROT] = read_prot,
	[ARG_BOOL] = read_bool,
	[ARG_ADVICE] = read_advice,
	[ARG_FIXED] = read_fixed,
	[ARG_VALUE] = read_value,
	[ARG_NAME] = read_text,
	[ARG_PFN] = read_pfn,
	[ARG_FILE] = read_file,
	[ARG_INDEX] = read_pages,
};

/* "addr: " before what was wrong with it. */
static bool name_arg(struct reader *r, const char *name)
{
	char what[MESSAGE_SIZE];

	snprintf(what, sizeof(what), "%s", r->err);
	snprintf(r->err, r->size, "%s: %s", name, what);
	return false;
}

bool reader_arg(struct reader *r, int i, const char *text)
{
	if (!readers[r->d->arg[i].type](r, i, text))
		return name_arg(r, r->d->arg[i].name);
	r->op->given |= (uint16_t)(1u << i);
	return true;
}

bool reader_pages(struct reader *r, const char *text)
{
	for (int i = 0; r->d->arg[i].type != ARG_END; i++) {
		if (strcmp(r->d->arg[i].name, "len"))
			continue;
		if (!read_pages(r, i, text))
			return name_arg(r, "pages");
		r->op->arg[i] *= PAGE_SIZE;
		r->op->given |= (uint16_t)(1u << i);
		return true;
	}
	return reader_fail(r, _("%s: this operation has no length"), "pages");
}
