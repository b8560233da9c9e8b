/* A comparison as lines of text, and as JSON lines. */
#include "view/compare.h"

#include "view/lang.h"
#include "view/plain.h"
#include "view/records.h"
#include "view/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_W 6 /* of a step's number */
#define COST_W 9   /* of an era's cost, with a blank */
#define MIN_TEXT 20

/* -- text ---------------------------------------------------------------- */

static void put_cut(FILE *f, const char *text, int w)
{
	size_t n = text_fit(text, w);
	int used;
	char *cut = strndup(text, n);

	used = cut ? text_width(cut) : 0;
	if (cut)
		plain_put(f, cut);
	fprintf(f, "%*s", w > used ? w - used : 0, "");
	free(cut);
}

static void put_costs(FILE *f, const struct compare *c, uint32_t n)
{
	struct compare_step s;
	char text[32];

	for (unsigned i = 0; i < c->nr; i++)
		fprintf(f, "%*s", COST_W,
			compare_step(&c->run[i], n, &s)
				? compare_number(text, sizeof(text),
					  compare_cost(&s.costs, c->set),
					  COST_W - 1)
				: "-");
}

/* How it ended in each era, where that differs. */
static void put_results(FILE *f, const struct compare *c, uint32_t n)
{
	struct compare_step s;

	fprintf(f, "%*s", NUMBER_W + 2, "");
	for (unsigned i = 0; i < c->nr; i++) {
		fprintf(f, "%s%s: ", i ? "; " : "* ", c->run[i].era->name);
		if (compare_step(&c->run[i], n, &s))
			plain_put(f, s.result);
		else
			fputs(_("no such step"), f);
	}
	fputc('\n', f);
}

static const char *step_text(
	const struct compare *c, uint32_t n, struct compare_step *s)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (compare_step(&c->run[i], n, s))
			return s->text;
	return "";
}

static void put_step(FILE *f, const struct compare *c, uint32_t n, int text_w)
{
	struct compare_step s;

	fprintf(f, "%*" PRIu32 "  ", NUMBER_W, n);
	put_cut(f, step_text(c, n, &s), text_w);
	put_costs(f, c, n);
	fputc('\n', f);
	if (compare_differs(c, n))
		put_results(f, c, n);
}

static void put_head(FILE *f, const struct compare *c, int text_w)
{
	char name[256];

	fprintf(f, "%*s", NUMBER_W + 2, "");
	put_cut(f, compare_set_name(c->set, name, sizeof(name)), text_w);
	for (unsigned i = 0; i < c->nr; i++)
		fprintf(f, "%*s", COST_W, c->run[i].era->name);
	fputc('\n', f);
}

void compare_list(FILE *f, const struct compare *c, uint32_t from, uint32_t to,
	int width)
{
	int text_w = width - NUMBER_W - 2 - COST_W * (int)c->nr;

	if (text_w < MIN_TEXT)
		text_w = MIN_TEXT;
	put_head(f, c, text_w);
	for (uint32_t n = from ? from : 1; n <= to && n <= c->steps; n++)
		put_step(f, c, n, text_w);
}

/* -- JSON ---------------------------------------------------------------- */

static void put_result(struct json *j, const struct compare_step *s)
{
	if (s->kind == COMPARE_ERROR) {
		json_object(j, "result");
		json_string(j, "error", s->result);
		json_object_end(j);
	} else if (s->kind == COMPARE_TRUE) {
		json_bool(j, "result", true);
	} else if (s->kind == COMPARE_NUMBER) {
		json_number(j, "result", strtoll(s->result, NULL, 10));
	} else if (s->kind == COMPARE_ADDRESS) {
		json_hex(j, "result", strtoull(s->result, NULL, 16));
	} else {
		json_string(j, "result", s->result);
	}
}

static void json_step(struct json *j, const struct compare_run *r, uint32_t n)
{
	struct compare_step s;

	if (!compare_step(r, n, &s)) {
		json_null(j, r->era->name);
		return;
	}
	json_object(j, r->era->name);
	put_result(j, &s);
	json_count(j, "faults", s.faults);
	json_costs(j, "costs", &s.costs);
	json_object_end(j);
}

static const char *call_name(const struct compare_step *s)
{
	return op_desc(s->id) ? op_desc(s->id)->name : "batch";
}

static void put_json_step(struct json *j, const struct compare *c, uint32_t n)
{
	struct compare_step s;
	const char *text = step_text(c, n, &s);

	json_object(j, NULL);
	json_string(j, "type", "step");
	json_count(j, "op", n);
	json_string(j, "call", call_name(&s));
	json_string(j, "text", text);
	json_bool(j, "differs", compare_differs(c, n));
	json_object(j, "eras");
	for (unsigned i = 0; i < c->nr; i++)
		json_step(j, &c->run[i], n);
	json_object_end(j);
	json_object_end(j);
	json_line_end(j);
}

static void put_json_head(struct json *j, const struct compare *c,
	const char *title, const char *file)
{
	json_object(j, NULL);
	json_string(j, "type", "compare");
	json_string(j, "title", title);
	json_string(j, "file", file);
	json_array(j, "eras");
	for (unsigned i = 0; i < c->nr; i++)
		json_string(j, NULL, c->run[i].era->name);
	json_array_end(j);
	json_array(j, "archs");
	for (unsigned i = 0; i < c->nr; i++)
		json_string(j, NULL,
			c->run[i].paging ? c->run[i].paging->name : NULL);
	json_array_end(j);
	json_count(j, "steps", c->steps);
	json_object_end(j);
	json_line_end(j);
}

static void put_json_total(struct json *j, const struct compare_run *r)
{
	json_object(j, r->era->name);
	json_count(j, "ops", r->steps);
	json_count(j, "faults", r->faults);
	json_count(j, "passed", r->passed);
	json_count(j, "failed", r->failed);
	if (r->why)
		json_string(j, "error", r->why);
	json_costs(j, "costs", &r->total);
	json_object_end(j);
}

void compare_json(FILE *f, const struct compare *c, uint32_t from, uint32_t to,
	const char *title, const char *file)
{
	struct json j = json_to(f);

	put_json_head(&j, c, title, file);
	for (uint32_t n = from ? from : 1; n <= to && n <= c->steps; n++)
		put_json_step(&j, c, n);
	json_object(&j, NULL);
	json_string(&j, "type", "total");
	json_object(&j, "eras");
	for (unsigned i = 0; i < c->nr; i++)
		put_json_total(&j, &c->run[i]);
	json_object_end(&j);
	json_object_end(&j);
	json_line_end(&j);
}
