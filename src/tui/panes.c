/* The table of panes: one more pane is one file and one row of PANE_LIST. */
#include "tui/panes.h"

#include <stdio.h>
#include <string.h>

const struct pane *const panes[] = {
#define PANE(name) &pane_##name,
	PANE_LIST(PANE)
#undef PANE
	NULL,
};

_Static_assert(sizeof(panes) / sizeof(panes[0]) <= PANES_MAX,
	"more panes than PANES_MAX");

int pane_index(const char *name)
{
	for (int i = 0; panes[i]; i++)
		if (!strcmp(panes[i]->name, name))
			return i;
	return -1;
}

const struct pane *pane_find(const char *name)
{
	int i = pane_index(name);

	return i < 0 ? NULL : panes[i];
}

int pane_count(void)
{
	int n = 0;

	while (panes[n])
		n++;
	return n;
}

char *pane_names(char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	for (int i = 0; panes[i] && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "",
			panes[i]->name);
	return buf;
}
