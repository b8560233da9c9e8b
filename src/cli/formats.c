#include "cli/formats.h"

#include "view/dot.h"
#include "view/records.h"

#include <string.h>

static bool put_json(
	FILE *f, const struct machine *m, struct pos pos, const char *title)
{
	struct json j = json_to(f);

	(void)title;
	record_state(&j, m, pos);
	return true;
}

static bool put_dot(
	FILE *f, const struct machine *m, struct pos pos, const char *title)
{
	(void)pos;
	return dot_write(f, m, title);
}

static const struct format formats[] = {
	{ "text", ".txt", &writer_text, NULL },
	{ "ansi", ".ansi", &writer_ansi, NULL },
	{ "html", ".html", &writer_html, NULL },
	{ "svg", ".svg", &writer_svg, NULL },
	{ "dot", ".dot", NULL, put_dot },
	{ "json", ".json", NULL, put_json },
};

#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < NR_FORMATS; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

const struct format *format_of_file(const char *path)
{
	const struct writer *picture = writer_for_file(path);
	const char *suffix = strrchr(path, '.');

	for (size_t i = 0; i < NR_FORMATS; i++)
		if ((picture && formats[i].picture == picture) ||
			(suffix && !strcmp(suffix, formats[i].suffix)))
			return &formats[i];
	return NULL;
}
