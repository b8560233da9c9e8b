/* The files that a script consists of: reading, compiling, their lines. */
#include "script/sandbox.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (16u << 20)

/* All of @fd, at most FILE_MAX bytes and one more to see that it is longer. */
static char *read_all(int fd, size_t *length)
{
	size_t room = 1 << 16, n = 0;
	char *text = malloc(room + 1);

	while (text) {
		ssize_t got = read(fd, text + n, room - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			return NULL;
		}
		n += (size_t)got;
		if (got == 0 || n > FILE_MAX)
			break;
		if (n == room) {
			char *more = realloc(text, 2 * room + 1);

			if (!more)
				free(text);
			text = more;
			room *= 2;
		}
	}
	if (text)
		text[n] = 0;
	*length = n;
	return text;
}

static char *fail_read(char *err, size_t size, const char *why)
{
	snprintf(err, size, "%s", why);
	return NULL;
}

char *chunk_read(const char *path, size_t *length, char *err, size_t size)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text;

	if (fd < 0)
		return fail_read(err, size, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		text = NULL;
	} else {
		text = read_all(fd, length);
	}
	if (!text)
		fail_read(err, size, strerror(errno));
	if (!standard)
		close(fd);
	if (text && *length > FILE_MAX) {
		free(text);
		return fail_read(err, size, "longer than 16 MiB");
	}
	return text;
}

int chunk_add(struct sandbox *sb, const char *path, char *text, size_t length)
{
	struct chunk *c = &sb->chunk[sb->nr_chunks];

	if (sb->nr_chunks == CHUNK_MAX) {
		free(text);
		return -1;
	}
	c->path = strdup(path);
	c->text = text;
	c->length = length;
	snprintf(c->shown, sizeof(c->shown), "%s", path);
	return (int)sb->nr_chunks++;
}

/* A byte order mark and a first line for the shell are not Lua. */
const char *chunk_skip_head(const char *text, size_t *length)
{
	const char *start = text, *end = text + *length;

	if (*length >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
		start += 3;
	if (start < end && *start == '#')
		while (start < end && *start != '\n')
			start++;
	*length = (size_t)(end - start);
	return start;
}

void chunk_load(lua_State *L, int i)
{
	struct chunk *c = &sandbox_of(L)->chunk[i];
	const char *name = lua_pushfstring(L, "@%s", c->path);
	size_t length = c->length;
	const char *text = chunk_skip_head(c->text, &length);
	lua_Debug ar;

	/* How Lua shortens a long path in its messages is its own affair. */
	if (luaL_loadbufferx(L, "", 0, name, "t") == LUA_OK &&
		lua_getinfo(L, ">S", &ar))
		memcpy(c->shown, ar.short_src, sizeof(c->shown));
	if (length && *text == LUA_SIGNATURE[0]) {
		lua_pushfstring(L,
			"%s:1: this is compiled Lua; a scenario is "
			"text",
			c->shown);
		lua_error(L);
	}
	if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK)
		lua_error(L);
	lua_remove(L, -2);
}

const char *chunk_line(
	const struct sandbox *sb, int i, unsigned line, size_t *n)
{
	const char *s = sb->chunk[i].text, *end = s + sb->chunk[i].length, *nl;

	while (line > 1 && s < end) {
		nl = memchr(s, '\n', (size_t)(end - s));
		s = nl ? nl + 1 : end;
		line--;
	}
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	*n = (size_t)(end - s);
	nl = memchr(s, '\n', *n);
	if (nl)
		*n = (size_t)(nl - s);
	while (*n && isspace((unsigned char)s[*n - 1]))
		--*n;
	return s;
}
