/*
 * compare: one scenario under several eras, the costs of each beside the
 * others.  The eras run one after another and are read off; their steps line
 * up afterwards, by number.
 */
#include "cli/formats.h"
#include "cli/output.h"
#include "cli/run.h"

#include "script/script.h"
#include "tui/app.h"
#include "view/compare.h"
#include "view/lang.h"
#include "view/plain.h"
#include "view/records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 120 /* of a picture, when nothing is said */
#define HEIGHT 40
#define TEXT_WIDTH 80
#define HEAD_H 3 /* lines above the table */
#define COLOURS 256

struct comparison {
	const struct options *o;
	const struct format *format;
	struct compare *c;
	struct theme theme;
	char *title, *file;
	uint32_t from, to; /* steps that are shown; from 0: the whole run, too */
	int status;	   /* of the runs */
};

/* -- running ------------------------------------------------------------- */

/* What a run did; false when there is nothing to compare. */
static bool take_run(struct comparison *cmp, struct ran *ran)
{
	const char *why = ran->source->message;
	struct compare_run *r;

	if (ran->status > cmp->status)
		cmp->status = ran->status;
	if (!ran->h)
		return false;
	if (!compare_add(cmp->c, ran->h, why)) {
		cli_error("out of memory");
		cmp->status = CLI_USAGE;
		return false;
	}
	r = &cmp->c->run[cmp->c->nr - 1];
	if (r->failed && !cmp->status)
		cmp->status = CLI_FAILED;
	if (r->failed)
		cli_error("%s: %u of %u checks failed", r->era->name, r->failed,
			r->failed + r->passed);
	return true;
}

static void take_names(struct comparison *cmp, const struct ran *ran)
{
	const struct source_info *info = &ran->source->info;
	const char *title = record_text(info->title, cmp->o->lang);
	const char *file = record_file(ran->h, info, 0);

	cmp->title = strdup(title && *title ? title : cmp->o->args[0]);
	cmp->file = strdup(file ? file : "");
}

static bool run_era(struct comparison *cmp, struct ran *ran,
	const struct era *era)
{
	if (ran->source->message)
		cli_error("%s", ran->source->message);
	ran_again(ran, cmp->o, era);
	return take_run(cmp, ran);
}

/* The first run tells which eras there are. */
static bool run_all(struct comparison *cmp)
{
	const struct options *o = cmp->o;
	const struct era *eras[COMPARE_ERAS];
	struct ran ran =
		ran_open(o, o->args[0], o->nr_eras ? o->eras[0] : NULL);
	bool ok = ran.h != NULL;
	unsigned n = 0;

	cmp->status = ran.status;
	if (ok) {
		take_names(cmp, &ran);
		n = o->nr_eras ? o->nr_eras : ran.source->info.nr_eras;
		memcpy(eras, o->nr_eras ? o->eras : ran.source->info.eras,
			n * sizeof(eras[0]));
		ok = take_run(cmp, &ran);
	}
	for (unsigned i = 0; i < n && ok && !ran_stopped(); i++)
		if (compare_find(cmp->c, eras[i]) < 0)
			ok = run_era(cmp, &ran, eras[i]);
	ran_close(&ran);
	compare_sort(cmp->c);
	return ok;
}

/* -- pictures ------------------------------------------------------------ */

static void draw_head(const struct comparison *cmp, struct canvas *cv,
	uint32_t step)
{
	struct compare_step s = { .text = "" };

	canvas_put_cut(cv, 0, 0, cv->w, ST_SCENE, cmp->title);
	for (unsigned i = 0; step && i < cmp->c->nr; i++)
		if (compare_step(&cmp->c->run[i], step, &s))
			break;
	if (step)
		canvas_printf(cv, 0, 1, cv->w, ST_TEXT,
			_("step %" PRIu32 " of %" PRIu32 ": %s"), step,
			cmp->c->steps, s.text);
	else
		canvas_printf(cv, 0, 1, cv->w, ST_TEXT,
			_("the whole run, %" PRIu32 " steps"), cmp->c->steps);
}

static struct canvas *draw_page(
	const struct comparison *cmp, uint32_t step, int w, int h)
{
	struct compare_view v = { .c = cmp->c,
		.step = step,
		.current = -1,
		.cursor = -1 };
	struct canvas *cv = canvas_new(w, h);
	struct canvas_state saved;

	if (!cv)
		return NULL;
	cv->ascii = text_in_ascii(cmp->o);
	draw_head(cmp, cv, step);
	saved = canvas_enter(cv, (struct rect){ 0, HEAD_H, w, h - HEAD_H });
	compare_draw(cv, w, h - HEAD_H, &v);
	canvas_leave(cv, saved);
	return cv;
}

static bool put_page(const struct comparison *cmp, struct buf *buf,
	const struct sheet *sheet, uint32_t step, unsigned nr)
{
	struct canvas *cv = draw_page(cmp, step, sheet->w, sheet->h);
	char caption[64] = "";

	if (!cv)
		return false;
	if (step)
		snprintf(caption, sizeof(caption), "step %" PRIu32, step);
	cmp->format->picture->page(buf, sheet, cv, nr, caption);
	canvas_delete(cv);
	return true;
}

static const char *no_colour(void)
{
	const char *set = getenv("NO_COLOR");

	return set && *set ? set : NULL;
}

/* A page for each step that was asked for, and one of the whole run. */
static int put_pages(const struct comparison *cmp, FILE *f)
{
	const struct options *o = cmp->o;
	uint32_t first = cmp->from ? cmp->from : 1;
	bool whole = !o->at && !cmp->from;
	struct sheet sheet = { .theme = &cmp->theme,
		.title = cmp->title,
		.w = o->w ? o->w : WIDTH,
		.h = o->h ? o->h : HEIGHT,
		.nr_pages = (cmp->to >= first ? cmp->to - first + 1 : 0) + whole,
		.nr_colours = no_colour() ? 0 : COLOURS };
	struct buf buf = { 0 };
	unsigned nr = 0;
	bool ok = true;

	cmp->format->picture->begin(&buf, &sheet);
	for (uint32_t n = first; n <= cmp->to && ok; n++)
		ok = put_page(cmp, &buf, &sheet, n, nr++);
	if (whole && ok)
		ok = put_page(cmp, &buf, &sheet, 0, nr);
	cmp->format->picture->end(&buf, &sheet);
	fwrite(buf.data, 1, buf.len, f);
	ok = ok && !buf.failed;
	buf_free(&buf);
	if (!ok)
		cli_error("out of memory");
	return ok ? CLI_OK : CLI_USAGE;
}

/* -- text ---------------------------------------------------------------- */

/* All steps with the chosen cost, then the sums and the curves. */
static int put_text(const struct comparison *cmp, FILE *f)
{
	struct compare_view v = { .c = cmp->c, .current = -1, .cursor = -1 };
	int w = cmp->o->w ? cmp->o->w : TEXT_WIDTH;
	struct buf buf = { 0 };
	struct sheet sheet = { .theme = &cmp->theme,
		.title = cmp->title,
		.w = w,
		.h = HEAD_H + compare_height(&v, w),
		.nr_pages = 1 };
	struct canvas *cv = draw_page(cmp, 0, sheet.w, sheet.h);

	if (!cv) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	compare_list(f, cmp->c, 1, UINT32_MAX, w);
	fputc('\n', f);
	writer_text.begin(&buf, &sheet);
	writer_text.page(&buf, &sheet, cv, 0, "");
	writer_text.end(&buf, &sheet);
	fwrite(buf.data, 1, buf.len, f);
	buf_free(&buf);
	canvas_delete(cv);
	return CLI_OK;
}

static int put_all(void *ctx, FILE *f)
{
	const struct comparison *cmp = ctx;
	const struct options *o = cmp->o;

	if (!cmp->format->picture) {
		compare_json(f, cmp->c, cmp->from, cmp->to, cmp->title,
			cmp->file);
		return CLI_OK;
	}
	if (cmp->format->picture == &writer_text && !o->at &&
		!option_given(o, OPT_RANGE))
		return put_text(cmp, f);
	return put_pages(cmp, f);
}

/* -- what was asked for -------------------------------------------------- */

static const struct format *choose_format(const struct options *o)
{
	const struct format *f = o->format;

	if (option_given(o, OPT_JSON))
		return format_find("json");
	if (!f && o->output)
		f = format_of_file(o->output);
	return f ? f : format_find("text");
}

static bool usable(const struct comparison *cmp)
{
	const struct options *o = cmp->o;
	struct pos pos;

	if (o->at && option_given(o, OPT_RANGE))
		cli_error("--at is one position, --range several: give one of "
			  "them");
	else if (!strcmp(cmp->format->name, "dot"))
		cli_error("compare has no format dot; there are text, ansi, "
			  "html, svg, json");
	else if (o->at && (!pos_parse(o->at, &pos) || !pos_is_whole(pos)))
		cli_error("compare --at takes a whole step, not %s", o->at);
	else
		return true;
	return false;
}

/* The steps of --at and --range; false after a message. */
static bool choose_steps(struct comparison *cmp)
{
	const struct options *o = cmp->o;
	struct pos pos;

	cmp->from = 0;
	cmp->to = 0;
	if (option_given(o, OPT_RANGE)) {
		cmp->from = o->from;
		cmp->to = o->to == UINT32_MAX ? cmp->c->steps : o->to;
	} else if (o->at && pos_parse(o->at, &pos)) {
		cmp->to = pos.op == UINT32_MAX ? cmp->c->steps : pos.op;
		cmp->from = cmp->to;
	} else if (!cmp->format->picture) {
		cmp->to = cmp->c->steps;
	}
	if (cmp->to <= cmp->c->steps && (cmp->from || !o->at))
		return true;
	cli_error("no step %" PRIu32 ": the run has %" PRIu32 " operations",
		cmp->to, cmp->c->steps);
	return false;
}

static bool load_theme(struct comparison *cmp)
{
	char err[512];

	cmp->theme = theme_builtin;
	if (!cmp->o->theme ||
		script_theme(cmp->o->theme, &cmp->theme, err, sizeof(err)))
		return true;
	cli_error("%s", err);
	return false;
}

int verb_compare(const struct options *o)
{
	struct comparison cmp = { .o = o, .format = choose_format(o) };
	int status;

	if (!usable(&cmp) || !load_theme(&cmp))
		return CLI_USAGE;
	cmp.c = compare_new();
	if (!cmp.c) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	if (o->costs)
		cmp.c->set = o->costs;
	if (run_all(&cmp)) {
		status = choose_steps(&cmp) ? output_all(o, put_all, &cmp)
					    : CLI_FAILED;
		cmp.status = status > cmp.status ? status : cmp.status;
	}
	compare_delete(cmp.c);
	free(cmp.title);
	free(cmp.file);
	return cmp.status;
}
