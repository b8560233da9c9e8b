/* The table of settings, and setting them from text. */
#include "view/settings.h"
#include "view/lang.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct settings settings_default = {
	.questions = 1,
	.mouse = 1,
	.speed = 2,
	.history = 64,
	.theme = "default",
	.layout = "auto",
};

#define AT(field) .offset = offsetof(struct settings, field)
#define TEXT(field) AT(field), .size = sizeof(((struct settings *)0)->field)

const struct setting setting_table[] = {
	{ "lang", "en zh", N_("language of texts and messages"), AT(lang) },
	{ "questions", "off on", N_("ask before a step that has a question"),
		AT(questions) },
	{ "mouse", "off on", N_("clicks and the wheel"), AT(mouse) },
	{ "glyphs", "unicode ascii", N_("what boxes and marks are drawn with"),
		AT(glyphs) },
	{ "theme", NULL, N_("colours and marks"), TEXT(theme) },
	{ "speed", NULL, N_("steps a second while playing"), AT(speed),
		.min = 1, .max = 100 },
	{ "history", NULL, N_("MiB of memory for going back fast"), AT(history),
		.min = 1, .max = 65536 },
	{ "layout", NULL, N_("auto, a layout's name, or pane names"),
		TEXT(layout) },
	{ "presenter", "off on",
		N_("large narration, no key bar, projector theme"),
		AT(presenter) },
	{ 0 },
};

const struct setting *setting_find(const char *name)
{
	for (const struct setting *t = setting_table; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

static unsigned *number_of(struct settings *s, const struct setting *t)
{
	return (unsigned *)(void *)((char *)s + t->offset);
}

/* Index of @value among blank separated @values, or -1. */
static int value_index(const char *values, const char *value)
{
	size_t len = strlen(value);

	for (int i = 0; *values; i++) {
		size_t n = strcspn(values, " ");

		if (n == len && !memcmp(values, value, n))
			return i;
		values += n;
		values += strspn(values, " ");
	}
	return -1;
}

static unsigned value_count(const char *values)
{
	unsigned n = 1;

	for (; *values; values++)
		n += *values == ' ';
	return n;
}

static bool set_named(struct settings *s, const struct setting *t,
	const char *value, char *err, size_t size)
{
	int i = value_index(t->values, value);

	if (i < 0) {
		snprintf(err, size, "%s: \"%s\" is not one of: %s", t->name,
			value, t->values);
		return false;
	}
	*number_of(s, t) = (unsigned)i;
	return true;
}

static bool set_number(struct settings *s, const struct setting *t,
	const char *value, char *err, size_t size)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end || n < (long)t->min || n > (long)t->max) {
		snprintf(err, size, "%s: \"%s\" is not a number from %u to %u",
			t->name, value, t->min, t->max);
		return false;
	}
	*number_of(s, t) = (unsigned)n;
	return true;
}

static bool set_text(struct settings *s, const struct setting *t,
	const char *value, char *err, size_t size)
{
	if (strlen(value) >= t->size) {
		snprintf(err, size, "%s: longer than %zu bytes", t->name,
			t->size - 1);
		return false;
	}
	strcpy((char *)s + t->offset, value);
	return true;
}

static void say_unknown(const char *name, char *err, size_t size)
{
	int n = snprintf(err, size, "no setting \"%.40s\"; there are:", name);

	for (const struct setting *t = setting_table;
		t->name && n >= 0 && (size_t)n < size; t++)
		n += snprintf(err + n, size - (size_t)n, " %s", t->name);
}

bool setting_set(struct settings *s, const char *name, const char *value,
	char *err, size_t size)
{
	const struct setting *t = setting_find(name);

	if (!t) {
		say_unknown(name, err, size);
		return false;
	}
	if (t->values)
		return set_named(s, t, value, err, size);
	if (t->size)
		return set_text(s, t, value, err, size);
	return set_number(s, t, value, err, size);
}

bool setting_next(struct settings *s, const char *name)
{
	const struct setting *t = setting_find(name);

	if (!t || !t->values)
		return false;
	*number_of(s, t) = (*number_of(s, t) + 1) % value_count(t->values);
	return true;
}

/* Copy the @i-th of blank separated @values. */
static void copy_value(const char *values, unsigned i, char *buf, size_t size)
{
	while (i-- && *values) {
		values += strcspn(values, " ");
		values += strspn(values, " ");
	}
	snprintf(buf, size, "%.*s", (int)strcspn(values, " "), values);
}

char *setting_get(
	const struct settings *s, const char *name, char *buf, size_t size)
{
	const struct setting *t = setting_find(name);

	if (size)
		buf[0] = 0;
	if (!t)
		return buf;
	if (t->size)
		snprintf(buf, size, "%s", (const char *)s + t->offset);
	else if (t->values)
		copy_value(t->values, *number_of((struct settings *)s, t), buf,
			size);
	else
		snprintf(buf, size, "%u", *number_of((struct settings *)s, t));
	return buf;
}
