/* Names of styles. */
#include "view/style.h"

#include <string.h>

static const struct {
	const char *name;    /* in themes */
	const char *meaning; /* what it is for */
} styles[NR_STYLES] = {
#define STYLE(id, name, meaning) [ST_##id] = { name, meaning },
	STYLE_LIST(STYLE)
#undef STYLE
};

const char *style_name(enum style style)
{
	return styles[style].name;
}

const char *style_meaning(enum style style)
{
	return styles[style].meaning;
}

int style_find(const char *name)
{
	for (int i = 0; i < NR_STYLES; i++)
		if (!strcmp(styles[i].name, name))
			return i;
	return -1;
}
