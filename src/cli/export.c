/* export: one position, or a page for each step, as a picture or as data. */
#include "cli/formats.h"
#include "cli/host.h"
#include "cli/output.h"

#include "tui/snapshot.h"
#include "view/format.h"
#include "view/records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 120 /* of the screen, when nothing is said */
#define HEIGHT 40
#define COLOURS 256

struct export
{
	const struct options *o;
	const struct format *format;
	struct snapshot *snap;
	FILE *f;
	struct sheet sheet;
	struct buf buf; /* pages not yet written */
	unsigned pages; /* drawn so far */
};

/* -- which positions ------------------------------------------------------ */

static int say_no_position(const struct export *e, const char *name,
	struct pos pos)
{
	struct history *h = snapshot_history(e->snap);

	if (pos.op && pos.op <= history_length(h))
		cli_error("no position %s: operation %" PRIu32 " has %" PRIu32
			  " events", name, pos.op,
			history_event_count(h, pos.op));
	else
		cli_error("no position %s: the run has %" PRIu32 " operations",
			name, history_length(h));
	return CLI_FAILED;
}

/* The position of --at, by default the end. */
static int find_position(const struct export *e, struct pos *pos)
{
	const char *at = e->o->at ? e->o->at : "end";

	if (at[0] == '@') {
		if (app_mark_find(e->o->args[0], at + 1, pos))
			return CLI_OK;
		cli_error("no mark %s in %s", at, e->o->args[0]);
		return CLI_FAILED;
	}
	pos_parse(at, pos);
	if (pos->op == UINT32_MAX)
		*pos = pos_after(history_length(snapshot_history(e->snap)));
	return CLI_OK;
}

/* -- pages ---------------------------------------------------------------- */

static void flush_pages(struct export *e)
{
	if (e->buf.len)
		fwrite(e->buf.data, 1, e->buf.len, e->f);
	e->buf.len = 0;
}

static void put_picture(struct export *e, const char *caption)
{
	const struct pane *pane = e->o->pane ? pane_find(e->o->pane) : NULL;
	const struct canvas *cv =
		pane ? snapshot_pane(e->snap, pane, e->sheet.w, e->sheet.h)
		     : snapshot_screen(e->snap, e->sheet.w, e->sheet.h);

	e->format->picture->page(&e->buf, &e->sheet, cv, e->pages, caption);
	flush_pages(e);
}

static void put_data(struct export *e, struct pos pos, const char *caption)
{
	char title[256];

	snprintf(title, sizeof(title), "%s, %s", e->sheet.title, caption);
	if (!e->format->data(e->f, history_machine(snapshot_history(e->snap)),
		    pos, title))
		cli_error("out of memory");
}

static int put_page(struct export *e, struct pos pos)
{
	char name[64], caption[96];

	format_pos(name, sizeof(name), pos);
	if (snapshot_goto(e->snap, pos))
		return say_no_position(e, name, pos);
	snprintf(caption, sizeof(caption), "step %s", name);
	if (e->format->picture)
		put_picture(e, caption);
	else
		put_data(e, pos, caption);
	e->pages++;
	return CLI_OK;
}

static uint32_t last_page(const struct export *e)
{
	return e->o->to == UINT32_MAX
		       ? history_length(snapshot_history(e->snap))
		       : e->o->to;
}

static int put_range(struct export *e)
{
	uint32_t to = last_page(e);
	int status = CLI_OK;

	for (uint32_t n = e->o->from; n <= to && status == CLI_OK; n++)
		status = put_page(e, pos_after(n));
	return status;
}

static int put_position(struct export *e)
{
	struct pos pos;
	int status = find_position(e, &pos);

	return status == CLI_OK ? put_page(e, pos) : status;
}

/* -- the file ------------------------------------------------------------- */

static const char *title_of(const struct export *e)
{
	const char *title =
		record_text(snapshot_source(e->snap)->info.title, e->o->lang);

	return title && *title ? title : e->o->args[0];
}

static void prepare_sheet(struct export *e)
{
	e->sheet = (struct sheet){
		.theme = snapshot_theme(e->snap),
		.title = title_of(e),
		.w = e->o->w ? e->o->w : WIDTH,
		.h = e->o->h ? e->o->h : HEIGHT,
		.nr_pages = 1,
		.nr_colours =
			getenv("NO_COLOR") && *getenv("NO_COLOR") ? 0 : COLOURS,
	};
}

static int put_all(struct export *e)
{
	const struct writer *picture = e->format->picture;
	bool range = option_given(e->o, OPT_RANGE);
	int status;

	prepare_sheet(e);
	if (range)
		e->sheet.nr_pages = last_page(e) - e->o->from + 1;
	if (picture)
		picture->begin(&e->buf, &e->sheet);
	status = range ? put_range(e) : put_position(e);
	if (picture)
		picture->end(&e->buf, &e->sheet);
	flush_pages(e);
	return status;
}

static int put_to(void *ctx, FILE *f)
{
	struct export *e = ctx;

	e->f = f;
	return put_all(e);
}

static bool usable(const struct export *e)
{
	const struct options *o = e->o;

	if (o->nr_eras > 1)
		cli_error("export takes one era, not %u", o->nr_eras);
	else if (o->at && option_given(o, OPT_RANGE))
		cli_error("--at is one position, --range several: give one of "
			  "them");
	else if (!e->format->picture && o->pane)
		cli_error("--pane is for pictures, and %s is not one",
			e->format->name);
	else
		return true;
	return false;
}

static const struct format *choose_format(const struct options *o)
{
	const struct format *f = o->format;

	if (!f && o->output)
		f = format_of_file(o->output);
	return f ? f : format_find("text");
}

int verb_export(const struct options *o)
{
	struct export e = { .o = o, .format = choose_format(o) };
	struct app_options app;
	struct host *host;
	int status;

	if (!usable(&e))
		return CLI_USAGE;
	host = host_new(o);
	if (!host)
		return CLI_USAGE;
	app = *host_options(host);
	app.at = NULL; /* we go there */
	e.snap = snapshot_open(&app, &status);
	if (e.snap) {
		status = output_all(o, put_to, &e);
		buf_free(&e.buf);
		if (snapshot_source(e.snap)->message) {
			cli_error("%s", snapshot_source(e.snap)->message);
			status = status == CLI_OK ? CLI_FAILED : status;
		}
	}
	snapshot_close(e.snap);
	host_delete(host);
	return status;
}
