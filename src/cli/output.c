/* What a command writes goes to a file only when all of it is there. */
#include "cli/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool put_file(const char *path, const char *data, size_t size)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fwrite(data, 1, size, f) == size;

	if (f && fclose(f))
		ok = false;
	if (!ok)
		cli_error("%s: %s", path, strerror(errno));
	return ok;
}

int output_all(const struct options *o, output_fn *put, void *ctx)
{
	char *data = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&data, &size);
	int status;

	if (!f) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	status = put(ctx, f);
	fclose(f);
	if (status == CLI_OK && (!o->output || !strcmp(o->output, "-")))
		fwrite(data, 1, size, stdout);
	else if (status == CLI_OK && !put_file(o->output, data, size))
		status = CLI_USAGE;
	free(data);
	return status;
}
