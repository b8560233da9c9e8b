#include "cli/values.h"

#include "cli/formats.h"
#include "tui/app.h"
#include "tui/pane.h"
#include "view/compare.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIDE 1000 /* columns or rows of a drawn screen */

/* -- kernel generation and architecture ---------------------------------- */

/* Names of the eras that are built: "2.6.11, 4.0, 6.18". */
static char *era_names(char *buf, size_t size)
{
	const struct era *era;
	size_t n = 0;

	buf[0] = 0;
	for (unsigned i = 0; (era = era_at(i)) && n < size; i++)
		n += (size_t)snprintf(
			buf + n, size - n, "%s%s", i ? ", " : "", era->name);
	return buf;
}

static bool add_era(struct options *o, const char *name)
{
	const struct era *era = era_find(name);
	char names[128];

	if (era && o->nr_eras < MAX_ERAS) {
		o->eras[o->nr_eras++] = era;
		return true;
	}
	cli_error("unknown era \"%s\"; there are %s", name,
		era_names(names, sizeof(names)));
	return false;
}

bool take_era(struct options *o, const char *value)
{
	o->nr_eras = 0;
	for (;;) {
		size_t n = strcspn(value, ",");
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)n, value);
		if (!add_era(o, name))
			return false;
		value += n;
		if (!*value)
			return true;
		value++;
	}
}

bool take_arch(struct options *o, const char *value)
{
	o->paging = paging_find(value);
	if (o->paging)
		return true;
	cli_error("unknown arch \"%s\"; there are i386, pae, x86_64, "
		  "x86_64-la57",
		value);
	return false;
}

/* Names of the architectures that @era has. */
static char *arch_names(char *buf, size_t size, const struct era *era)
{
	size_t n = 0;

	buf[0] = 0;
	for (unsigned i = 0; i < NR_ARCHS && n < size; i++)
		if (era->archs & 1u << i)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
				n ? ", " : "", paging_get((enum arch)i)->name);
	return buf;
}

bool era_arch_fit(const struct options *o)
{
	for (unsigned i = 0; o->paging && i < o->nr_eras; i++) {
		char names[128];

		if (era_allows(o->eras[i], o->paging))
			continue;
		cli_error("era %s does not have arch %s; it has %s",
			o->eras[i]->name, o->paging->name,
			arch_names(names, sizeof(names), o->eras[i]));
		return false;
	}
	return true;
}

/* -- positions ----------------------------------------------------------- */

bool take_at(struct options *o, const char *value)
{
	struct pos pos;

	o->at = value;
	if ((value[0] == '@' && value[1]) || pos_parse(value, &pos))
		return true;
	cli_error("--at \"%s\": a position is STEP, STEP.EVENT, end or @MARK",
		value);
	return false;
}

/* A number from 0 on at *@s, which is moved behind it. */
static bool number(const char **s, uint32_t *n)
{
	char *end;
	unsigned long long v;

	if (!isdigit((unsigned char)**s))
		return false;
	errno = 0;
	v = strtoull(*s, &end, 10);
	*s = end;
	*n = (uint32_t)v;
	return !errno && v < UINT32_MAX;
}

bool take_range(struct options *o, const char *value)
{
	const char *s = value;

	o->from = 0;
	o->to = UINT32_MAX;
	if (!strcmp(value, "all"))
		return true;
	if (number(&s, &o->from) && *s++ == '-' && number(&s, &o->to) && !*s &&
		o->from <= o->to)
		return true;
	cli_error("--range \"%s\": a range is all or FROM-TO, such as 3-7",
		value);
	return false;
}

bool take_cost(struct options *o, const char *value)
{
	char err[512];

	o->costs = compare_set_parse(value, err, sizeof(err));
	if (!o->costs)
		cli_error("--cost: %s", err);
	return o->costs != 0;
}

bool take_size(struct options *o, const char *value)
{
	const char *s = value;
	uint32_t w = 0, h = 0;

	if (!number(&s, &w) || *s++ != 'x' || !number(&s, &h) || *s || w < 1 ||
		h < 1 || w > MAX_SIDE || h > MAX_SIDE) {
		cli_error("--size \"%s\": a size is COLSxROWS, such as 80x24, "
			  "each from 1 to %d",
			value, MAX_SIDE);
		return false;
	}
	o->w = (int)w;
	o->h = (int)h;
	return true;
}

bool take_addr(struct options *o, const char *value)
{
	char *end;

	errno = 0;
	o->addr = strtoull(value, &end, 0);
	if (isdigit((unsigned char)*value) && !*end && !errno)
		return true;
	cli_error("--addr \"%s\": an address is a number such as "
		  "0x7ffff7fa1000", value);
	return false;
}

/* -- names of things ----------------------------------------------------- */

bool take_format(struct options *o, const char *value)
{
	o->format = format_find(value);
	if (o->format)
		return true;
	cli_error("unknown format \"%s\"; there are " FORMAT_NAMES, value);
	return false;
}

bool take_pane(struct options *o, const char *value)
{
	char names[256];
	size_t n = 0;

	o->pane = value;
	if (pane_find(value))
		return true;
	names[0] = 0;
	for (size_t i = 0; panes[i] && n < sizeof(names); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s",
			n ? ", " : "", panes[i]->name);
	cli_error("unknown pane \"%s\"; there are %s", value, names);
	return false;
}

bool take_lang(struct options *o, const char *value)
{
	if (strcmp(value, "en") && strcmp(value, "zh")) {
		cli_error("unknown language \"%s\"; there are en, zh", value);
		return false;
	}
	o->lang = !strcmp(value, "zh") ? LANG_ZH : LANG_EN;
	return true;
}

bool take_state(struct options *o, const char *value)
{
	if (value && strcmp(value, "each")) {
		cli_error("--state=%s: it is --state or --state=each", value);
		return false;
	}
	o->state_each = value != NULL;
	return true;
}

bool take_output(struct options *o, const char *value)
{
	o->output = value;
	return true;
}

bool take_theme(struct options *o, const char *value)
{
	o->theme = value;
	return true;
}

bool take_keys(struct options *o, const char *value)
{
	o->keys = value;
	return true;
}

bool take_limit(struct options *o, const char *value)
{
	static const char units[] = "kMG";
	char *end;
	const char *unit;

	errno = 0;
	o->limit = strtoull(value, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	for (const char *u = units; unit && u <= unit; u++)
		o->limit *= 1000;
	if (isdigit((unsigned char)*value) && !errno && o->limit &&
		!end[unit != NULL])
		return true;
	cli_error("--limit \"%s\": a limit is a number above 0, such as "
		  "500000000 or 500M",
		value);
	return false;
}
