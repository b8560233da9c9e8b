/*
 * Address spaces: task by task, VMA by VMA, page by page.
 *
 * How much is said of each depends on the room: all strips when they fit;
 * else a line for each VMA; else a line for each task, where tasks that look
 * alike fold into one.  The VMA that the cursor or the current event is in
 * always has its strip, and so have those of all tasks that map the page. Lines
 * are counted per task from its counters, so that nothing is walked that is not
 * seen.
 */
#include "tui/panes/spaces_plan.h"
#include "view/lang.h"

#include <inttypes.h>
#include <string.h>

/* -- a task ------------------------------------------------------------- */

/* Locks that are held, in words or, in a narrow pane, in short. */
static int draw_locks(struct pad *s, int x, int y, const struct mm_struct *mm)
{
	struct ref task = ref_make(REF_TASK, mm->id);
	bool narrow = s->w < 60;
	const char *word[] = {
		narrow ? _("mmap w") : _("mmap lock: write"),
		narrow ? _("mmap r") : _("mmap lock: read"),
		narrow ? _("ptl") : _("table lock"),
	};
	bool held[] = { mm->mmap_lock.writer, mm->mmap_lock.readers,
		mm->page_table_lock.writer };
	int x0 = x;

	for (int i = 0; i < 3; i++)
		if (held[i])
			x += pad_put(s, x, y, ST_LOCK, task, "%s", word[i]) +
			     (narrow ? 1 : 2);
	return x - x0;
}

#define NAMES_MAX 4 /* of tasks that share an address space */

/* Whose address space it is, with what stands between two names; returns the
 * columns. */
static int draw_users(struct pad *s, int x, int y, const struct mm_struct *mm)
{
	struct ref ref = ref_make(REF_TASK, mm->id);
	/* none is left in exit_mmap, but the one that ends */
	uint32_t users = mm->mm_users ? mm->mm_users : 1, named = 0;
	char name[64];
	int x0 = x;

	if (mm->id & MM_EXEC) {
		format_ref(name, sizeof(name), s->m, ref);
		return pad_put(s, x, y, ST_TASK, ref, "%s", name);
	}
	for (uint32_t pid = mm->id; named < users; pid++) {
		const struct task_struct *task = task_find(s->m, pid);

		if (pid > s->m->tasks.last || named == NAMES_MAX)
			break;
		if (!task || task->mm != mm)
			continue;
		if (named++)
			x += pad_put(s, x, y, ST_DIM, NO_REF, " + ");
		x += pad_put(s, x, y, ST_TASK, ref_make(REF_TASK, pid), "%s",
			task->name);
		if (task->vfork_child)
			x += pad_put(s, x, y, ST_DIM, NO_REF, " %s",
				_("waits"));
	}
	if (named < users)
		x += pad_put(
			s, x, y, ST_DIM, NO_REF, " +%u", users - named);
	return x - x0;
}

/* Names, pid and counts; returns the columns. */
static int draw_task(struct pad *s, int y, const struct task_struct *task)
{
	const struct mm_struct *mm = task->mm;
	const char *tables = s->w < 48 ? _("tables") : _("page tables");
	int x = 1;

	x += draw_users(s, x, y, mm) + 2;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "pid ");
	x += pad_put(s, x, y, ST_NUMBER, NO_REF, "%u", task->pid) + 2;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "rss ");
	x += pad_put(s, x, y, ST_NUMBER, NO_REF, "%u",
		     mm->anon_rss + mm->file_rss) +
	     2;
	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", tables);
	x += pad_put(s, x, y, ST_NUMBER, NO_REF, "%u", mm->nr_ptes + 1) + 2;
	return x + draw_locks(s, x, y, mm);
}

static enum style vma_style(const struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED)
		return ST_VMA_SHARED;
	return vma->vm_file ? ST_VMA_FILE : ST_VMA_ANON;
}

static int draw_anon_vma(struct pad *s, int x, int y, const struct plan *p,
	const struct vm_area_struct *vma)
{
	struct ref ref =
		ref_make(REF_ANON_VMA, anon_vma_id(s->m, vma->anon_vma));
	char name[32];

	if (!ref.id)
		return 0;
	format_ref(name, sizeof(name), s->m, ref);
	return pad_put(s, x, y, ST_ANON_VMA_OWN, ref, "%s%s",
		       p->chains && s->w >= 60 ? _("own ") : "", name) +
	       2;
}

static int draw_range(
	struct pad *s, int x, int y, const struct vm_area_struct *vma)
{
	struct ref ref = ref_make(REF_VMA, vma->id);
	int start = x;

	x += pad_put(s, x, y, ST_ADDR, ref, "%" PRIx64, vma->vm_start);
	if (s->w < 56)
		x += pad_put(s, x, y, ST_DIM, ref, " +%" PRIu64 "p ",
			vma_pages(vma));
	else
		x += pad_put(
			s, x, y, ST_ADDR, ref, "-%" PRIx64 " ", vma->vm_end);
	return x - start;
}

/* Range, protection, name and anon_vma; returns the column after it. */
static int draw_vma(struct pad *s, int x, int y, const struct plan *p,
	const struct vm_area_struct *vma)
{
	struct ref ref = ref_make(REF_VMA, vma->id);
	const char *name = vma_name(s->m, vma);
	char prot[16], id[32];

	format_prot(prot, sizeof(prot), vma->vm_flags);
	format_ref(id, sizeof(id), s->m, ref);
	x += draw_range(s, x, y, vma);
	x += pad_put(s, x, y, ST_TEXT, ref, "%s ", prot);
	if (vma->vm_flags & VM_LOCKED)
		x += pad_put(s, x, y, ST_STRONG, ref, "%s ", _("locked"));
	if (*name)
		x += pad_put(s, x, y, vma_style(vma), ref, "%s", name) + 2;
	if (!*name || s->w >= 48)
		x += pad_put(s, x, y, vma_style(vma), ref, "%s", id) + 2;
	return x + draw_anon_vma(s, x, y, p, vma);
}

/* Is this VMA's line worth making while only looking for the cursor? */
static bool may_hold_cursor(const struct pad *s, const struct plan *p,
	const struct vm_area_struct *vma)
{
	struct ref c = s->view->cursor, ref = ref_make(REF_VMA, vma->id);

	return p->density < VMA_LINES || spaces_is_focus(p, vma) ||
	       (c.kind == REF_ANON_VMA &&
		       anon_vma_by_id(s->m, c.id) == vma->anon_vma) ||
	       (look_marks(s->look, ref) & STYLE_TOUCHED);
}

static int strip_lines(const struct plan *p)
{
	return p->brief ? STRIP_BRIEF_LINES : STRIP_LINES;
}

static int draw_vma_lines(struct pad *s, int y, const struct plan *p,
	const struct task_struct *task, const struct vm_area_struct *vma)
{
	bool strip = p->density < VMA_LINES || spaces_is_focus(p, vma);
	int lines = 1 + (strip ? strip_lines(p) : 0), x;

	if (!pad_wants(s, y) && !pad_wants(s, y + lines - 1))
		return lines;
	if (s->run == PAD_FIND && !may_hold_cursor(s, p, vma))
		return lines;
	x = draw_vma(s, s->w < 56 ? 2 : 3, y, p, vma);
	if (strip)
		strip_draw(s, s->w < 56 ? 3 : 4, y + 1, p->brief, task, vma);
	else if (x < s->w - 2)
		strip_letters(s, x, y, s->w - 1 - x, task, vma);
	pad_block(s, y, lines);
	return lines;
}

/* The task and its one VMA in a line, and the VMA's strip below. */
static void draw_merged(struct pad *s, int y, const struct plan *p,
	const struct task_struct *task)
{
	const struct vm_area_struct *vma = task->mm->mmap;
	int x = 1;

	while (p->density != MERGED && !spaces_is_focus(p, vma))
		vma = vma->vm_next;
	x += draw_users(s, x, y, task->mm) + 1;
	x = draw_vma(s, x, y, p, vma);
	draw_locks(s, x, y, task->mm);
	strip_draw(s, s->w < 56 ? 3 : 4, y + 1, p->brief, task, vma);
	pad_block(s, y, 1 + strip_lines(p));
}

/* All VMAs of a task as letters in what is left of its line. */
static void draw_bar(
	struct pad *s, int x, int y, const struct task_struct *task)
{
	const struct vm_area_struct *vma = task->mm->mmap;
	bool cut = false; /* the last one is, and says so itself */

	for (; vma && x < s->w - 4; vma = vma->vm_next) {
		int w = s->w - 1 - x;

		w = w < 12 ? w : 12;
		cut = vma_pages(vma) > (uint64_t)w;
		x += strip_letters(s, x, y, w, task, vma) + 1;
	}
	if (vma && !(cut && x == s->w))
		pad_glyph(s, s->w - 1, y, ST_DIM, NO_REF, GL_ELLIPSIS);
}

static int draw_task_lines(struct pad *s, int y, const struct plan *p,
	const struct task_struct *task)
{
	int lines = spaces_task_lines(p, task), end = y + lines, x;
	const struct vm_area_struct *vma = task->mm->mmap;
	bool all = p->density < TASK_LINES;

	if (end <= s->from || y >= s->to)
		return lines;
	if (spaces_is_merged(p, task)) {
		draw_merged(s, y, p, task);
		return lines;
	}
	x = draw_task(s, y, task);
	if (!all && pad_wants(s, y) && s->run != PAD_FIND)
		draw_bar(s, x, y, task);
	y++;
	for (; vma && y < end && y < s->to; vma = vma->vm_next)
		if (all || spaces_is_focus(p, vma))
			y += draw_vma_lines(s, y, p, task, vma);
	return lines;
}

/* -- all tasks ---------------------------------------------------------- */

static bool is_named(const struct pad *s, const struct task_struct *task)
{
	struct ref ref = ref_make(REF_TASK, task->pid);

	return ref_eq(ref, s->view->cursor) ||
	       (look_marks(s->look, ref) & (STYLE_TOUCHED | STYLE_SELECTED));
}

static bool tasks_alike(
	const struct task_struct *a, const struct task_struct *b)
{
	return a->parent == b->parent && a->mm != b->mm &&
	       a->mm->mm_users == 1 && b->mm->mm_users == 1 &&
	       a->mm->map_count == b->mm->map_count &&
	       a->mm->anon_rss == b->mm->anon_rss &&
	       a->mm->nr_ptes == b->mm->nr_ptes;
}

/* How many tasks from @pid on may be folded into one line; *@last: the last
 * of them. */
static uint32_t run_length(
	const struct pad *s, const struct plan *p, uint32_t pid, uint32_t *last)
{
	const struct task_struct *first = task_find(s->m, pid);
	uint32_t n = 0;

	for (; pid <= s->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(s->m, pid);

		if (!spaces_is_shown(s, task))
			continue;
		if (spaces_focus_in(p, task) || is_named(s, task) ||
			(n && !tasks_alike(first, task)))
			break;
		*last = pid;
		n++;
	}
	return n;
}

/* "child x998", or "kid1..kid4 x4" when the names differ. */
static int draw_names(struct pad *s, int x, int y,
	const struct task_struct *first, const struct task_struct *last,
	uint32_t n)
{
	const char *times = glyph_text(GL_TIMES, s->look->ascii);
	struct ref ref = ref_make(REF_TASK, first->pid);
	bool same = !strcmp(first->name, last->name);

	return pad_put(s, x, y, ST_TASK, ref, "%s%s%s %s%u", first->name,
		same ? "" : "..", same ? "" : last->name, times, n);
}

static void draw_fold(
	struct pad *s, int y, uint32_t pid, uint32_t last, uint32_t n)
{
	const struct task_struct *task = task_find(s->m, pid);
	int x = 1;

	if (!pad_wants(s, y))
		return;
	x += draw_names(s, x, y, task, task_find(s->m, last), n) + 2;
	pad_put(s, x, y, ST_DIM, NO_REF,
		_("pids %u..%u  rss %u each, page tables %u"), pid, last,
		task->mm->anon_rss + task->mm->file_rss, task->mm->nr_ptes + 1);
}

static int draw_from(struct pad *s, int y, const struct plan *p, uint32_t *pid)
{
	const struct task_struct *task = task_find(s->m, *pid);
	uint32_t last, n;

	if (p->density == TASK_FOLDS) {
		n = run_length(s, p, *pid, &last);
		if (n >= 3) {
			draw_fold(s, y, *pid, last, n);
			*pid = last + 1;
			return 1;
		}
	}
	++*pid;
	return draw_task_lines(s, y, p, task);
}

static int content(struct pad *s)
{
	struct plan p = { 0 };
	struct task_struct as;
	uint32_t pid = 1;
	int y = 0;

	spaces_plan(s, &p);
	while (pid <= s->m->tasks.last) {
		if (spaces_in_exec(s, pid, &as))
			y += draw_task_lines(s, y, &p, &as);
		if (!spaces_is_shown(s, task_find(s->m, pid)))
			pid++;
		else
			y += draw_from(s, y, &p, &pid);
	}
	if (y < s->h || p.density == LOOSE)
		strip_legend(s, 1, y++);
	return y;
}

static bool any_mm(const struct machine *m)
{
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && (task->mm || task->exec_mm))
			return true;
	}
	return false;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	if (any_mm(look->m))
		pad_draw(view, look, cv, content);
	else if (look->m->tasks.last)
		pad_quiet(cv, _("No address space is left."));
	else
		pad_quiet(cv, _("No task yet."));
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	return pad_move(view, look, content, move, count);
}

/* An address is shown as the PTE of its page. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	struct ref refs[3] = { ref, NO_REF, NO_REF };
	const struct vm_area_struct *vma = spaces_vma_of(look->m, ref);

	if (ref.kind == REF_ADDR || ref.kind == REF_PTE)
		refs[0] = ref_at(REF_PTE, ref.id, ref.addr & PAGE_MASK);
	if (vma)
		refs[1] = ref_make(REF_VMA, vma->id);
	pad_seek(view, look, content, refs);
}

const struct pane pane_spaces = {
	.name = "spaces",
	.title = N_("Address spaces"),
	.note = N_("tasks, their VMAs, and the frame behind each page"),
	.min_w = 28,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
};
