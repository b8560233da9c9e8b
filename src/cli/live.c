/* live: a scenario on the running kernel at the same time, and what differs. */
#include "cli/cli.h"

#include "cli/formats.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "live/beside_report.h"
#include "script/script.h"
#include "view/format.h"
#include "view/lang.h"
#include "view/records.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

struct live {
	const struct options *o;
	struct ran ran;
	struct beside *beside;
	struct beside_report report;
	struct beside_difference *found, *before; /* now, and a step ago */
	size_t nr_before;
	bool lost; /* a worker is gone, or memory */
};

#define COMPARED 4096u /* differences that are told from those a step ago */

/* -- running -------------------------------------------------------------- */

static void format_read(char *buf, size_t size, const struct machine *m,
	const struct beside_row *row, uint64_t value)
{
	if (row->address)
		snprintf(buf, size, "%llx", (unsigned long long)value);
	else
		format_value(buf, size, m, value);
}

static void note_answer(struct beside_row *row, const struct machine *m)
{
	const struct beside_step *s = &row->went;
	struct beside_difference *d = &row->list[row->nr];

	if (s->why || (s->real == s->simulated &&
			(!s->valued || s->real_value == s->simulated_value)))
		return;
	*d = (struct beside_difference){ .what = N_("answer") };
	snprintf(d->real, sizeof(d->real), "%s", status_name(s->real));
	snprintf(d->simulated, sizeof(d->simulated), "%s",
		status_name(s->simulated));
	if (s->real == s->simulated) {
		format_read(d->real, sizeof(d->real), m, row, s->real_value);
		format_read(d->simulated, sizeof(d->simulated), m, row,
			s->simulated_value);
	}
	snprintf(row->real, sizeof(row->real), "%s", d->real);
	row->nr++;
}

/* What the simulator answered.  What a call inside a batch has cost alone is not
 * known, so nothing of a walk is. */
static void put_answer(struct beside_row *row, const struct machine *m,
	const struct op *op, const struct op_result *res,
	const struct step *whole)
{
	struct step step = { .op = *op, .status = res->status,
		.value = res->value, .len = res->len };

	if (whole)
		step.costs = whole->costs;
	if (!whole && op->id == OP_RMAP && !res->status)
		strcpy(row->answer, "ok");
	else
		format_result(row->answer, sizeof(row->answer), m, &step);
}

/* One operation, @whole, or a call of a batch; false when it cannot go on. */
static bool run_op(struct live *l, uint32_t n, const struct op *op,
	const struct op_result *res, const struct step *whole)
{
	const struct machine *m = history_machine(l->ran.h);
	struct beside_row *row = beside_report_add(&l->report);
	char text[256];

	if (!row || !beside_run(l->beside, m, op, res, &row->went))
		return false;
	row->step = n;
	row->op = strdup(format_op(text, sizeof(text), m, op));
	row->address = op->id == OP_MMAP || op->id == OP_MREMAP;
	put_answer(row, m, op, res, whole);
	if (row->went.parts && !l->report.parted)
		l->report.parted = n;
	row->follows = l->report.parted != 0;
	note_answer(row, m);
	l->report.only += row->went.why != NULL;
	return true;
}

static bool same(const struct beside_difference *a,
	const struct beside_difference *b)
{
	return a->pid == b->pid && a->addr == b->addr && a->what == b->what &&
		!strcmp(a->real, b->real) && !strcmp(a->simulated, b->simulated);
}

static bool was_before(const struct live *l, const struct beside_difference *d)
{
	for (size_t i = 0; i < l->nr_before; i++)
		if (same(&l->before[i], d))
			return true;
	return false;
}

/* Those of @nr that are new go into the row. */
static void tell_apart(struct live *l, struct beside_row *row, size_t nr)
{
	struct beside_difference *swap = l->before;
	size_t listed = nr < COMPARED ? nr : COMPARED;

	for (size_t i = 0; i < listed; i++) {
		if (was_before(l, &l->found[i]))
			row->still++;
		else if (row->nr++ < BESIDE_LISTED)
			row->list[row->nr - 1] = l->found[i];
	}
	row->nr += nr - listed;
	l->before = l->found;
	l->found = swap;
	l->nr_before = listed;
}

/* What both have after the step; told at its last row. */
static bool look(struct live *l)
{
	struct beside_report *r = &l->report;
	struct beside_row *row = r->nr ? &r->row[r->nr - 1] : NULL;

	if (!beside_look(l->beside, history_machine(l->ran.h), &r->real,
		    &r->simulated))
		return false;
	if (row)
		tell_apart(l, row, beside_compare(r->real, r->simulated,
			l->found, COMPARED));
	return true;
}

static bool run_step(struct live *l, uint32_t n)
{
	const struct step *step = history_step(l->ran.h, n);
	struct op_result res = { .status = step->status,
		.value = step->value, .len = step->len };
	uint32_t calls = step->calls;
	struct step whole = *step;
	struct op op = step->op;
	bool ok = true;

	history_goto(l->ran.h, pos_after(n));
	if (op.id != OP_BATCH)
		return run_op(l, n, &op, &res, &whole) && look(l);
	for (uint32_t i = 0; i < calls && ok; i++) {
		op = *history_call(l->ran.h, n, i, &res);
		ok = run_op(l, n, &op, &res, NULL);
	}
	return ok && look(l);
}

static void run_all(struct live *l)
{
	uint32_t length = history_length(l->ran.h);

	l->found = calloc(COMPARED, sizeof(*l->found));
	l->before = calloc(COMPARED, sizeof(*l->before));
	l->lost = !l->found || !l->before || !look(l);
	for (uint32_t n = 1; n <= length && !l->lost && !ran_stopped(); n++)
		l->lost = !run_step(l, n);
	for (size_t i = 0; i < l->report.nr; i++) {
		const struct beside_row *row = &l->report.row[i];

		if (row->follows)
			l->report.follow += row->nr != 0;
		else
			l->report.differ += row->nr != 0;
	}
}

/* -- telling -------------------------------------------------------------- */

static int draw(struct canvas *cv, int w, const void *ctx)
{
	return beside_draw(cv, w, ctx);
}

static void put_json(FILE *f, const void *ctx)
{
	beside_json(f, ctx);
}

static const char **task_names(const struct machine *m)
{
	const char **names = calloc(m->tasks.last + 1u, sizeof(*names));

	for (uint32_t pid = 1; names && pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		names[pid] = task ? task->name : NULL;
	}
	return names;
}

static void describe(struct live *l)
{
	struct beside_report *r = &l->report;
	const char *title =
		record_text(l->ran.source->info.title, l->o->lang);
	struct utsname u = { .release = "?" };

	uname(&u);
	r->title = title && *title ? title : l->o->args[0];
	snprintf(r->kernel, sizeof(r->kernel), "%.20s %.50s", u.sysname,
		u.release);
	r->other = strncmp(u.release, "6.18.", 5) != 0;
	r->frames = beside_sees_frames(l->beside);
	r->quiet = option_given(l->o, OPT_QUIET);
	r->name = task_names(history_machine(l->ran.h));
	r->nr_names = r->name ? history_machine(l->ran.h)->tasks.last + 1 : 0;
}

static int tell(struct live *l)
{
	struct picture p = { .o = l->o, .verb = "live", .draw = draw,
		.json = put_json, .ctx = &l->report, .title = "" };
	int status;

	describe(l);
	p.title = l->report.title;
	status = picture_put(&p);
	free(l->report.name);
	if (status == CLI_OK && l->report.differ)
		status = CLI_FAILED;
	return status;
}

int verb_live(const struct options *o)
{
	struct live l = { .o = o };
	const char *why;
	int status;

	if (!picture_usable(o, "live"))
		return CLI_USAGE;
	l.ran = ran_open(o, o->args[0], era_find("6.18"));
	status = l.ran.status;
	if (l.ran.h) {
		l.beside = beside_new(&why);
		if (!l.beside) {
			cli_error("%s", why);
			status = CLI_USAGE;
		}
	}
	if (l.beside) {
		run_all(&l);
		if (l.lost)
			cli_error("a real process was lost, or memory");
		status = l.lost ? CLI_USAGE : tell(&l);
	}
	free(l.found);
	free(l.before);
	beside_report_free(&l.report);
	beside_delete(l.beside);
	ran_close(&l.ran);
	return status;
}
