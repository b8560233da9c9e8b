/* Commands for objects: selecting, following, looking, searching. */
#include "tui/state.h"

#include "core/objects.h"
#include "view/format.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The object that the words name; false with a message. */
static bool object_of(struct app *a, const char *text, struct ref *ref)
{
	*ref = app_object(a, text);
	if (!ref->kind)
		return app_fail(a,
			_("\"%s\" is no object: av1, vma3, 21 (a frame), a "
			  "task, TASK:ADDR"),
			text);
	return object_exists(a->look.m, *ref) ||
	       app_fail(a, _("%s does not exist at this position"), text);
}

static bool run_select(struct app *a, const struct args *args)
{
	struct ref ref;

	if (!args->n) {
		app_select(a, NO_REF, -1);
		return true;
	}
	if (!object_of(a, args->word[0], &ref))
		return false;
	app_select(a, ref, -1);
	return true;
}

static bool run_follow(struct app *a, const struct args *args)
{
	struct ref ref;

	if (a->menu.open)
		return command_run(a, "choose");
	if (!args->n)
		return app_follow(a);
	return object_of(a, args->word[0], &ref) && app_follow_to(a, ref);
}

static bool run_return(struct app *a, const struct args *args)
{
	(void)args;
	return app_return(a);
}

static bool run_inspect(struct app *a, const struct args *args)
{
	if (args->n && !run_select(a, args))
		return false;
	app_focus(a, pane_index("inspect"));
	return true;
}

static bool no_address(struct app *a, const char *text)
{
	if (task_parse(a->look.m, text))
		return app_fail(a,
			_("%s is a task; which address of it? :walk %s ADDR"),
			text, text);
	return app_fail(a,
		_("\"%s\" is no address: one is up to 16 hexadecimal digits, a "
		  "region's name or name[page]"),
		text);
}

static bool run_walk(struct app *a, const struct args *args)
{
	uint32_t pid = app_task(a);
	uint64_t addr, len;

	if (args->n > 1) {
		pid = task_parse(a->look.m, args->word[0]);
		if (!pid)
			return app_fail(a, _("no task \"%s\""), args->word[0]);
	}
	if (args->n) {
		const char *text = args->word[args->n > 1];

		if (!address_parse(&a->look, pid, text, &addr, &len))
			return no_address(a, text);
	} else if (!app_address(a, &pid, &addr)) {
		return app_fail(a, _("No address is selected."));
	}
	if (!pid)
		return app_fail(a, _("There is no task."));
	app_select(a, ref_at(REF_PTE, pid, addr & PAGE_MASK), -1);
	app_focus(a, pane_index("walk"));
	return true;
}

/* -- who maps a frame --------------------------------------------------- */

struct mappers {
	struct app *a;
	int n;
};

static void list_mapper(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mappers *list = ctx;
	const struct machine *m = list->a->look.m;
	char label[120], detail[80], command[MENU_COMMAND], ref[64];

	snprintf(label, sizeof(label), "%s %" PRIx64, task->name, addr);
	snprintf(ref, sizeof(ref), "%s",
		vma ? format_ref(detail, sizeof(detail), m,
			      ref_make(REF_VMA, vma->id))
		    : "");
	snprintf(detail, sizeof(detail), "%s  ", ref);
	format_pte(detail + strlen(detail), sizeof(detail) - strlen(detail), m,
		pte);
	snprintf(command, sizeof(command), "follow %s",
		ref_text(ref, sizeof(ref), ref_at(REF_PTE, task->pid, addr)));
	menu_add(&list->a->menu, label, detail, command);
	list->n++;
}

static bool list_mappers(struct app *a, uint64_t pfn)
{
	struct mappers list = { a, 0 };
	char title[64];

	snprintf(title, sizeof(title), _("Who maps frame %" PRIx64), pfn);
	menu_open(&a->menu, title);
	page_mappers(a->look.m, pfn, list_mapper, &list);
	if (list.n)
		return true;
	menu_close(&a->menu);
	app_say(a, _("Nobody maps frame %" PRIx64 "."), pfn);
	return true;
}

/* The walk as an operation; one stands at its first event. */
static bool walk_rmap(struct app *a, uint64_t pfn)
{
	struct op op = { .id = OP_RMAP, .subject = (uint32_t)pfn };
	uint32_t n;

	if (!app_do(a, &op))
		return false;
	n = history_pos(a->h).op;
	if (history_event_count(a->h, n) > 1 &&
		!app_goto(a, (struct pos){ n, 1, 0 }))
		return false;
	app_say(a,
		_("The walk from frame %" PRIx64
		  ": . goes on event by event, Space ends it."),
		pfn);
	return true;
}

static bool run_who(struct app *a, const struct args *args)
{
	bool all = args->n && !strcmp(args->word[0], "all");
	struct ref ref = NO_REF;
	uint64_t pfn;

	if (args->n > all) {
		if (!object_of(a, args->word[all], &ref))
			return false;
		if (!ref_frame(a->look.m, ref, &pfn))
			return app_fail(
				a, _("\"%s\" is no frame"), args->word[all]);
	} else if (!app_frame(a, &pfn)) {
		return app_fail(a, _("No frame is selected: :who PFN"));
	}
	return all ? list_mappers(a, pfn) : walk_rmap(a, pfn);
}

/* -- searching ---------------------------------------------------------- */

static bool run_find(struct app *a, const struct args *args)
{
	if (!args->n) {
		app_prompt(a, PROMPT_FIND, NULL);
		return true;
	}
	return app_find(a, args->rest);
}

static bool run_find_next(struct app *a, const struct args *args)
{
	(void)args;
	return app_find_again(a, 1);
}

static bool run_find_previous(struct app *a, const struct args *args)
{
	(void)args;
	return app_find_again(a, -1);
}

static bool run_filter(struct app *a, const struct args *args)
{
	if (!args->n) {
		app_prompt(a, PROMPT_FILTER, NULL);
		return true;
	}
	return app_filter(a, *args->word[0] ? args->rest : "");
}

const struct command commands_object[] = {
	{ "select", "[OBJECT]", N_("select an object in all panes"),
		COMPLETE_OBJECT, false, run_select },
	{ "follow", "[OBJECT]", N_("follow the pointer under the cursor"),
		COMPLETE_OBJECT, false, run_follow },
	{ "return", "", N_("back to where :follow came from"), COMPLETE_NONE,
		false, run_return },
	{ "inspect", "[OBJECT]", N_("all fields of the selected object"),
		COMPLETE_OBJECT, false, run_inspect },
	{ "who", "[all] [PFN]",
		N_("walk the reverse map from a frame; all: list its mappers"),
		COMPLETE_OBJECT, false, run_who },
	{ "walk", "[[TASK] ADDR]", N_("the page-table walk of an address"),
		COMPLETE_OP, false, run_walk },
	{ "find", "TEXT", N_("select an object, or find text in the pane"),
		COMPLETE_OBJECT, false, run_find },
	{ "find-next", "", N_("the next match"), COMPLETE_NONE, false,
		run_find_next },
	{ "find-previous", "", N_("the match before"), COMPLETE_NONE, false,
		run_find_previous },
	{ "filter", "TEXT", N_("show only lines of the pane that have TEXT"),
		COMPLETE_NONE, false, run_filter },
	{ 0 },
};
