/*
 * Files: for each its page cache and, below, i_mmap: the VMAs that map it as
 * that kernel holds them, lit by the walk of this step.
 */
#include "tui/panes/files_cache.h"
#include "tui/panes/files_mmap.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

static const char *kind_of(const struct inode *inode)
{
	if (inode->hidden)
		return _("shared memory");
	return inode->tmpfs ? "tmpfs" : "";
}

static bool is_shown(const struct pad *s, const struct inode *inode)
{
	return inode && filter_passes(s->view, string_text(s->m, inode->name));
}

/* Name, size, and how much of it is in memory. */
static void put_title(struct pad *s, int y, const struct inode *inode)
{
	struct ref ref = ref_make(REF_FILE, inode->id);
	const char *name = string_text(s->m, inode->name);
	char text[96], id[32];
	int x = 1;

	format_ref(id, sizeof(id), s->m, ref);
	x += pad_put(s, x, y, ST_VMA_FILE, ref, "%s", *name ? name : id) + 2;
	if (*name)
		x += pad_put(s, x, y, ST_DIM, ref, "%s", id) + 2;
	if (*kind_of(inode))
		x += pad_put(s, x, y, ST_TEXT, ref, "%s", kind_of(inode)) + 2;
	snprintf(text, sizeof(text),
		_("pages: %" PRIu64 ", in memory: %" PRIu64), inode->i_size,
		inode->i_mapping.nrpages);
	pad_cut(s, x, y, s->w > x ? s->w - x : 0, ST_DIM, NO_REF, text);
}

static int put_file(struct pad *s, int y, const struct inode *inode)
{
	const struct address_space *mapping = &inode->i_mapping;
	int from = y;

	put_title(s, y++, inode);
	y += files_cache(s, y, inode);
	if (mapping->nr_mmap)
		y += files_mmap(s, y, mapping, inode->i_size);
	return y - from;
}

static int content(struct pad *s)
{
	int y = 0;

	for (uint32_t id = 1; id <= s->m->inodes.last; id++) {
		const struct inode *inode = inode_by_id(s->m, id);

		if (!is_shown(s, inode))
			continue;
		y += y > 0;
		y += put_file(s, y, inode);
	}
	return y;
}

/* -- the pane ----------------------------------------------------------- */

static bool has_file(const struct machine *m)
{
	for (uint32_t id = 1; id <= m->inodes.last; id++)
		if (inode_by_id(m, id))
			return true;
	return false;
}

static int legend_lines(const struct pane_view *view, const struct look *look)
{
	struct legend l = { .x = 1, .w = view->w, .lines = 1 };

	if (view->h < 12)
		return 0;
	files_cache_legend(&l, look->ascii);
	return view->h < 20 ? 1 : l.lines;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	int lines = legend_lines(view, look);
	struct canvas_state saved;

	if (!has_file(look->m)) {
		pad_quiet(cv, _("No file yet."));
		return;
	}
	view->h -= lines;
	saved = canvas_enter(cv, (struct rect){ 0, 0, view->w, view->h });
	pad_draw(view, look, cv, content);
	canvas_leave(cv, saved);
	view->h += lines;
	if (lines)
		files_cache_legend(
			&(struct legend){ cv, 1, view->h - lines, view->w,
				view->h, 1 },
			look->ascii);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	int lines = legend_lines(view, look);
	bool moved;

	view->h -= lines;
	moved = pad_move(view, look, content, move, count);
	view->h += lines;
	return moved;
}

/* A mapped address is shown by its page, else by its VMA. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	struct ref refs[4] = { ref, NO_REF, NO_REF, NO_REF };
	const struct task_struct *task;
	const struct vm_area_struct *vma;
	pteval_t pte;
	int n = 1;

	if (ref.kind == REF_PTE || ref.kind == REF_ADDR) {
		task = task_find(look->m, ref.id);
		if (!task || !task->mm)
			return;
		pte = mm_pte(look->m, task->mm, ref.addr);
		vma = vma_lookup(task->mm, ref.addr);
		if (pte_present(look->m, pte))
			refs[n++] = ref_make(REF_PAGE,
				(uint32_t)pte_pfn(look->m, pte));
		if (vma && vma->vm_start <= ref.addr)
			refs[n++] = ref_make(REF_VMA, vma->id);
	}
	pad_seek(view, look, content, refs);
}

static void caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	uint64_t pages = 0;
	uint32_t files = 0;

	(void)view;
	for (uint32_t id = 1; id <= look->m->inodes.last; id++) {
		const struct inode *inode = inode_by_id(look->m, id);

		files += inode != NULL;
		pages += inode ? inode->i_mapping.nrpages : 0;
	}
	snprintf(buf, size, _("Files: %u, pages in memory: %" PRIu64), files,
		pages);
}

const struct pane pane_files = {
	.name = "files",
	.title = N_("Files"),
	.note = N_("the page cache of each file, and who maps it (i_mmap)"),
	.min_w = 28,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
	.caption = caption,
};
