/* The one selection, and what people call objects. */
#include "tui/state.h"

#include "core/objects.h"
#include "tui/panes/frames_grid.h"
#include "tui/panes/walk_in.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An address of a task is one of its mm, which goes by one task's pid. */
static struct ref by_owner(const struct machine *m, struct ref ref)
{
	const struct task_struct *task = NULL;

	if (ref.kind == REF_PTE || ref.kind == REF_ADDR)
		task = task_find(m, ref.id);
	if (task && task->mm)
		ref.id = task->mm->id;
	return ref;
}

void app_select(struct app *a, struct ref ref, int from)
{
	ref = by_owner(a->look.m, ref);
	a->look.selected = ref;
	app_look(a);
	for (int i = 0; panes[i]; i++) {
		struct pane_view *view = &a->pane[i].view;

		if (i == from || panes[i] == &pane_inspect)
			continue;
		if (panes[i]->seek)
			panes[i]->seek(view, &a->look, ref);
		else
			view->cursor = ref;
	}
}

/* -- names -------------------------------------------------------------- */

char *ref_text(char *buf, size_t size, struct ref ref)
{
	snprintf(buf, size, "#%u:%u:%" PRIx64, ref.kind, ref.id, ref.addr);
	return buf;
}

static bool parse_ref_text(const char *text, struct ref *ref)
{
	return sscanf(text, "#%u:%u:%" SCNx64, &ref->kind, &ref->id,
		       &ref->addr) == 3 &&
	       ref->kind < NR_REF_KINDS;
}

/* "vma:3", "vma3", "anon_vma:1", "page:0x21". */
static bool parse_prefixed(const char *text, struct ref *ref)
{
	for (int kind = 1; kind < NR_REF_KINDS; kind++) {
		const struct object_desc *d = object_desc((enum ref_kind)kind);
		size_t len = d && d->prefix ? strlen(d->prefix) : 0;
		const char *number = text + len;
		unsigned long id;
		char *end;

		if (!len || strncmp(text, d->prefix, len))
			continue;
		number += *number == ':';
		if (!isdigit((unsigned char)*number))
			continue;
		id = strtoul(number, &end, 0);
		*ref = ref_make((enum ref_kind)kind, (uint32_t)id);
		if (!*end && id <= UINT32_MAX)
			return true;
	}
	return false;
}

static bool parse_av(const char *text, struct ref *ref)
{
	unsigned long id;
	char *end;

	if (strncmp(text, "av", 2) || !isdigit((unsigned char)text[2]))
		return false;
	id = strtoul(text + 2, &end, 10);
	*ref = ref_make(REF_ANON_VMA, (uint32_t)id);
	return !*end && id <= UINT32_MAX;
}

static bool all_hex(const char *text)
{
	return *text && !text[strspn(text, "0123456789abcdefABCDEF")];
}

/* "child:7ffff7ffd000", or an address of the selected task. */
static bool parse_address(
	const struct app *a, const char *text, struct ref *ref)
{
	const char *colon = strchr(text, ':');
	char task[NAME_SIZE];
	uint32_t pid = app_task(a);
	uint64_t addr, len;

	if (colon && (size_t)(colon - text) < sizeof(task)) {
		snprintf(task, sizeof(task), "%.*s", (int)(colon - text), text);
		pid = task_parse(a->look.m, task);
		text = colon + 1;
	}
	if (!pid || !address_parse(&a->look, pid, text, &addr, &len))
		return false;
	*ref = ref_at(REF_PTE, pid, addr & PAGE_MASK);
	return true;
}

struct ref app_file(const struct app *a, const char *text)
{
	const struct machine *m = a->look.m;

	for (uint32_t id = m->inodes.last; id; id--) {
		const struct inode *inode = inode_by_id(m, id);

		if (inode && !inode->hidden &&
			!strcmp(string_text(m, inode->name), text))
			return ref_make(REF_FILE, id);
	}
	return app_object(a, text);
}

struct ref app_object(const struct app *a, const char *text)
{
	struct ref ref = NO_REF;
	uint64_t pfn;

	if (parse_ref_text(text, &ref) || parse_prefixed(text, &ref) ||
		parse_av(text, &ref))
		return ref;
	if (!all_hex(text) && task_parse(a->look.m, text))
		return ref_make(REF_TASK, task_parse(a->look.m, text));
	if (all_hex(text)) {
		pfn = strtoull(text, NULL, 16);
		if (page_by_pfn(a->look.m, pfn))
			return ref_make(REF_PAGE, (uint32_t)pfn);
	}
	if (parse_address(a, text, &ref))
		return ref;
	return NO_REF;
}

/* -- what is meant ------------------------------------------------------ */

struct mapper {
	uint32_t pid;
	uint64_t addr;
};

static void first_mapper(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mapper *m = ctx;

	(void)vma;
	(void)pte;
	if (!m->pid)
		*m = (struct mapper){ task->pid, addr };
}

uint32_t ref_vma_task(const struct machine *m, uint32_t id)
{
	const struct vm_area_struct *vma = vma_by_id(m, id);
	const struct task_struct *task;

	if (!vma || !vma->vm_mm)
		return 0;
	task = mm_owner(m, vma->vm_mm);
	return task ? task->pid : 0;
}

static bool task_alive(const struct machine *m, uint32_t pid)
{
	const struct task_struct *task = task_find(m, pid);

	return task && task->mm && !task->exited;
}

static uint32_t any_task(const struct app *a)
{
	const struct machine *m = a->look.m;
	const struct step *step = a->look.step;

	if (step && step->op.id < NR_OPS && step->op.subject &&
		op_desc((enum op_id)step->op.id)->subject == ON_TASK &&
		task_alive(m, step->op.subject))
		return step->op.subject;
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++)
		if (task_alive(m, pid))
			return pid;
	return 0;
}

uint32_t app_task(const struct app *a)
{
	const struct machine *m = a->look.m;
	struct ref sel = a->look.selected;
	struct mapper first = { 0, 0 };
	uint32_t pid = 0;

	if (sel.kind == REF_TASK || sel.kind == REF_PTE || sel.kind == REF_ADDR)
		pid = sel.id;
	else if (sel.kind == REF_VMA)
		pid = ref_vma_task(m, sel.id);
	else if (sel.kind == REF_PAGE) {
		page_mappers(m, sel.id, first_mapper, &first);
		pid = first.pid;
	}
	return pid && task_alive(m, pid) ? pid : any_task(a);
}

static bool task_address(const struct machine *m, uint32_t pid, uint64_t *addr)
{
	const struct task_struct *task = task_find(m, pid);

	if (!task || !task->mm || !task->mm->mmap)
		return false;
	*addr = task->mm->mmap->vm_start;
	return true;
}

bool app_address(const struct app *a, uint32_t *pid, uint64_t *addr)
{
	const struct machine *m = a->look.m;
	struct ref sel = a->look.selected;
	const struct vm_area_struct *vma;
	struct mapper first = { 0, 0 };

	*pid = app_task(a);
	if (sel.kind == REF_PTE || sel.kind == REF_ADDR) {
		*addr = sel.addr;
		return *pid == sel.id;
	}
	if (sel.kind == REF_VMA && (vma = vma_by_id(m, sel.id))) {
		*addr = vma->vm_start;
		return *pid != 0;
	}
	if (sel.kind == REF_PAGE) {
		page_mappers(m, sel.id, first_mapper, &first);
		if (first.pid) {
			*pid = first.pid;
			*addr = first.addr;
			return true;
		}
	}
	return *pid && task_address(m, *pid, addr);
}

bool ref_frame(const struct machine *m, struct ref ref, uint64_t *pfn)
{
	const struct task_struct *task;
	pteval_t pte;

	if (ref.kind == REF_PAGE || ref.kind == REF_TABLE) {
		*pfn = ref.id;
		return page_by_pfn(m, *pfn) != NULL;
	}
	if (ref.kind != REF_PTE && ref.kind != REF_ADDR)
		return false;
	task = task_find(m, ref.id);
	if (!task || !task->mm)
		return false;
	pte = mm_pte(m, task->mm, ref.addr);
	if (!pte_present(m, pte))
		return false;
	*pfn = pte_pfn(m, pte);
	return true;
}

/* The frame whose struct page, or the walk to which, the focused pane shows:
 * who asks about "this frame" means that one. */
static bool described_frame(const struct app *a, uint64_t *pfn)
{
	const struct pane_view *view = &a->pane[a->focus].view;
	struct target t;
	uint32_t shown;

	if (panes[a->focus] == &pane_frames &&
		frames_shown(view, &a->look, &shown)) {
		*pfn = shown;
		return true;
	}
	return panes[a->focus] == &pane_walk &&
	       walk_target(view, &a->look, &t) &&
	       ref_frame(a->look.m, ref_at(REF_PTE, t.task->pid, t.addr), pfn);
}

bool app_frame(const struct app *a, uint64_t *pfn)
{
	uint32_t pid;
	uint64_t addr;

	if (described_frame(a, pfn))
		return true;
	if (ref_frame(a->look.m, a->look.selected, pfn))
		return true;
	return app_address(a, &pid, &addr) &&
	       ref_frame(a->look.m, ref_at(REF_PTE, pid, addr), pfn);
}
