/*
 * A writer of JSON.  Values stand one after another; the writer puts the
 * commas.  Inside an object every call takes the key, elsewhere NULL.
 */
#ifndef VIEW_JSON_H
#define VIEW_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *f;
	bool comma; /* the next value follows another one */
};

static inline struct json json_to(FILE *f)
{
	return (struct json){ f, false };
}

void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
/* Ends a line of JSON lines: what follows is a value of its own. */
void json_line_end(struct json *j);

/* @text NULL: null.  Bytes that are not UTF-8 become U+FFFD; all control
 * characters, also U+007F to U+009F, are escaped. */
void json_string(struct json *j, const char *key, const char *text);
void json_number(struct json *j, const char *key, int64_t n);
void json_count(struct json *j, const char *key, uint64_t n);
void json_bool(struct json *j, const char *key, bool yes);
/* A string: "0x", lower case, no leading zeros. */
void json_hex(struct json *j, const char *key, uint64_t n);
void json_null(struct json *j, const char *key);

#endif
