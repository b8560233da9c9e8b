/* Running a list on both sides, and comparing what they show. */
#include "sides.h"

#include <stdlib.h>
#include <string.h>

static bool run_both(const struct step *step, struct verdict *v)
{
	static struct view a, b;

	if (!side_kernel.run(step, &a) || !side_simulator.run(step, &b))
		return false;
	view_print(&a, v->left, sizeof v->left);
	view_print(&b, v->right, sizeof v->right);
	v->steps += a.answer.done;
	return true;
}

void judge_list(const struct list *list, struct verdict *v)
{
	v->step = -1;
	v->steps = 0;
	v->lost = !side_kernel.begin() || !side_simulator.begin();
	for (unsigned i = 0; i < list->n && !v->lost && v->step < 0; i++) {
		v->lost = !run_both(&list->step[i], v);
		if (v->lost || strcmp(v->left, v->right))
			v->step = (int)i;
	}
	side_kernel.end();
	side_simulator.end();
}

/* The next line of *@text, cut off. */
static char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	*text = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	return line;
}

void verdict_print(const struct list *list, const struct verdict *v, FILE *to)
{
	char a[TEXT_SIZE], b[TEXT_SIZE], line[512], *p = a, *q = b;

	for (int i = 0; i <= v->step; i++) {
		step_print(&list->step[i], line, sizeof line);
		fprintf(to, "# %s\n", line);
	}
	if (v->lost) {
		fprintf(to, "# a side could not go on\n");
		return;
	}
	memcpy(a, v->left, sizeof a);
	memcpy(b, v->right, sizeof b);
	while (*p || *q) {
		const char *left = next_line(&p), *right = next_line(&q);

		if (strcmp(left, right))
			fprintf(to, "#   kernel    %s\n#   simulator %s\n",
				left, right);
	}
}

/* -- the corpus ----------------------------------------------------------- */

bool record_list(const struct list *list, FILE *to)
{
	static struct view view;
	char text[TEXT_SIZE];
	bool ok = side_kernel.begin();

	for (unsigned i = 0; i < list->n && ok; i++) {
		ok = side_kernel.run(&list->step[i], &view);
		step_print(&list->step[i], text, sizeof text);
		fprintf(to, "%s\n", text);
		view_print(&view, text, sizeof text);
		fputs(text, to);
	}
	side_kernel.end();
	return ok;
}

/* What the simulator says is compared with the lines that follow. */
static int replay(FILE *file, unsigned *steps)
{
	static struct view view;
	char line[4096], text[TEXT_SIZE], *rest = text;
	struct step step;

	text[0] = 0;
	for (int n = 1; fgets(line, sizeof line, file); n++) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] == '#' || !line[0])
			continue;
		if (line[0] == '>') {
			if (strcmp(next_line(&rest), line))
				return n;
			continue;
		}
		if (*rest)
			return n; /* the simulator had more to say */
		if (!step_parse(line, &step))
			return -1;
		if (!side_simulator.run(&step, &view))
			return n;
		view_print(&view, text, sizeof text);
		rest = text;
		++*steps;
	}
	return 0;
}

int replay_file(const char *path, unsigned *steps)
{
	FILE *file = fopen(path, "r");
	int line = -1;

	*steps = 0;
	if (!file)
		return -1;
	if (side_simulator.begin())
		line = replay(file, steps);
	side_simulator.end();
	fclose(file);
	return line;
}
