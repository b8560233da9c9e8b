/* The rows of a run beside the kernel, and as JSON lines. */
#include "live/beside_report.h"

#include "view/json.h"

#include <stdlib.h>

struct beside_row *beside_report_add(struct beside_report *r)
{
	size_t room = r->room ? r->room * 2 : 64;
	struct beside_row *more = r->row;

	if (r->nr == r->room) {
		more = realloc(r->row, room * sizeof *more);
		if (!more)
			return NULL;
		r->row = more;
		r->room = room;
	}
	more[r->nr] = (struct beside_row){ .op = NULL };
	return &more[r->nr++];
}

void beside_report_free(struct beside_report *r)
{
	for (size_t i = 0; i < r->nr; i++)
		free(r->row[i].op);
	free(r->row);
	r->row = NULL;
	r->nr = r->room = 0;
}

/* -- JSON ----------------------------------------------------------------- */

static void put_answer(struct json *j, const char *key, int status, bool valued,
	bool address, uint64_t value)
{
	if (status) {
		json_object(j, key);
		json_string(j, "error", status_name(status));
		json_object_end(j);
	} else if (!valued) {
		json_bool(j, key, true);
	} else if (address) {
		json_hex(j, key, value);
	} else {
		json_count(j, key, value);
	}
}

static void put_difference(struct json *j, const struct beside_difference *d)
{
	json_object(j, NULL);
	json_string(j, "what", d->what);
	if (d->pid)
		json_number(j, "pid", d->pid);
	if (d->addr)
		json_hex(j, "addr", d->addr);
	json_string(j, "real", d->real);
	json_string(j, "simulated", d->simulated);
	json_object_end(j);
}

static void put_row(struct json *j, const struct beside_row *row)
{
	const struct beside_step *s = &row->went;

	json_object(j, NULL);
	json_string(j, "type", "step");
	json_number(j, "op", row->step);
	json_string(j, "text", row->op);
	if (s->why)
		json_string(j, "only", s->why);
	else
		put_answer(j, "real", s->real, s->valued, row->address,
			s->real_value);
	put_answer(j, "simulated", s->simulated, s->valued, row->address,
		s->simulated_value);
	json_count(j, "differs", row->nr);
	json_count(j, "still", row->still);
	json_bool(j, "follows", row->follows);
	json_array(j, "differences");
	for (size_t i = 0; i < row->nr && i < BESIDE_LISTED; i++)
		put_difference(j, &row->list[i]);
	json_array_end(j);
	json_object_end(j);
	json_line_end(j);
}

void beside_json(FILE *f, const struct beside_report *r)
{
	struct json j = json_to(f);

	json_object(&j, NULL);
	json_string(&j, "type", "live");
	json_string(&j, "title", r->title);
	json_string(&j, "kernel", r->kernel);
	json_string(&j, "simulated", "6.18");
	json_bool(&j, "frames", r->frames);
	json_object_end(&j);
	json_line_end(&j);
	for (size_t i = 0; i < r->nr; i++)
		put_row(&j, &r->row[i]);
	json_object(&j, NULL);
	json_string(&j, "type", "end");
	json_count(&j, "ops", r->nr);
	json_count(&j, "only", r->only);
	json_count(&j, "differ", r->differ);
	json_count(&j, "follow", r->follow);
	json_object_end(&j);
	json_line_end(&j);
}
