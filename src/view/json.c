#include "view/json.h"

#include "view/plain.h"

#include <inttypes.h>
#include <string.h>

static void put_string(FILE *f, const char *text)
{
	static const char named[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *end = text + strlen(text);

	fputc('"', f);
	while (text < end) {
		uint32_t ch;
		size_t n = plain_next(text, (size_t)(end - text), &ch);
		const char *at = ch < 128 ? strchr(named, (int)ch) : NULL;

		if (ch == PLAIN_BAD)
			fputs("\\ufffd", f);
		else if (at)
			fprintf(f, "\\%c", letter[at - named]);
		else if (plain_is_control(ch) && ch < 0x10000)
			fprintf(f, "\\u%04" PRIx32, ch);
		else
			fwrite(text, 1, n, f);
		text += n;
	}
	fputc('"', f);
}

/* What stands before a value: the comma and the key. */
static void begin(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->f);
	j->comma = true;
	if (key) {
		put_string(j->f, key);
		fputc(':', j->f);
	}
}

static void open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	fputc(bracket, j->f);
	j->comma = false;
}

static void close(struct json *j, char bracket)
{
	fputc(bracket, j->f);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	open(j, key, '{');
}

void json_object_end(struct json *j)
{
	close(j, '}');
}

void json_array(struct json *j, const char *key)
{
	open(j, key, '[');
}

void json_array_end(struct json *j)
{
	close(j, ']');
}

void json_line_end(struct json *j)
{
	fputc('\n', j->f);
	j->comma = false;
}

void json_string(struct json *j, const char *key, const char *text)
{
	if (!text) {
		json_null(j, key);
		return;
	}
	begin(j, key);
	put_string(j->f, text);
}

void json_number(struct json *j, const char *key, int64_t n)
{
	begin(j, key);
	fprintf(j->f, "%" PRId64, n);
}

void json_count(struct json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->f, "%" PRIu64, n);
}

void json_bool(struct json *j, const char *key, bool yes)
{
	begin(j, key);
	fputs(yes ? "true" : "false", j->f);
}

void json_hex(struct json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->f, "\"0x%" PRIx64 "\"", n);
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	fputs("null", j->f);
}
