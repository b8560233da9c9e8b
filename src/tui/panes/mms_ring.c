/*
 * The mmlist as a ring: from init_mm from mm to mm and back.  A long one shows
 * its first mms, its last, and those around the one that the scan stands in.
 */
#include "tui/panes/mms.h"
#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_MMS 4096 /* of the list that are looked at */
#define INDENT 10    /* column of the first mm */
#define LINES 3	     /* that the ring may take */

struct ring {
	struct pad *s;
	const struct mm_struct **mm; /* nr of them, in order of the list */
	int nr;
	int at;	  /* index of the one that the scan stands in; -1: none */
	int x, y; /* where the next goes */
};

static struct ref mm_ref(const struct machine *m, const struct mm_struct *mm)
{
	const struct task_struct *task = task_find(m, mm->id);

	if (!task || task->mm != mm)
		task = mm_owner(m, mm);
	return task ? ref_make(REF_TASK, task->pid) : NO_REF;
}

static void read_ring(struct ring *r)
{
	const struct list_head *head = &r->s->m->mmlist;

	r->at = -1;
	r->mm = calloc(MAX_MMS, sizeof(*r->mm));
	for (const struct list_head *node = head->next;
		r->mm && node != head && r->nr < MAX_MMS; node = node->next) {
		r->mm[r->nr] = container_of(
			(struct list_head *)node, struct mm_struct, mmlist);
		if (r->mm[r->nr] == r->s->m->swap_mm)
			r->at = r->nr;
		r->nr++;
	}
}

/* Room for @w columns and an arrow, on the next line if need be. */
static void make_room(struct ring *r, int w)
{
	if (r->x > INDENT && r->x + w + 3 > r->s->w) {
		r->x = INDENT;
		r->y++;
	}
}

static void put_arrow(struct ring *r)
{
	r->x += 1;
	r->x += 1 + pad_glyph(r->s, r->x, r->y, ST_POINTER, NO_REF, GL_RIGHT);
}

static void name_of(const struct ring *r, int i, char *buf, size_t size)
{
	format_ref(buf, size, r->s->m, mm_ref(r->s->m, r->mm[i]));
}

/* One mm; the scan's is between marks. */
static void put_mm(struct ring *r, int i)
{
	bool here = i == r->at && mms_are_scanned(r->s->m);
	struct ref ref = mm_ref(r->s->m, r->mm[i]);
	char name[NAME_SIZE + 8];

	name_of(r, i, name, sizeof(name));
	make_room(r, text_width(name) + 2 * here);
	if (here)
		pad_now_marks(r->s, r->x + 1, r->y, text_width(name));
	r->x += here;
	r->x += pad_put(r->s, r->x, r->y, ST_TASK, ref, "%s", name);
	r->x += here;
	put_arrow(r);
}

static void put_left_out(struct ring *r, int n)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%d%s",
		glyph_text(GL_ELLIPSIS, r->s->look->ascii), n,
		glyph_text(GL_ELLIPSIS, r->s->look->ascii));
	make_room(r, text_width(text));
	r->x += pad_put(r->s, r->x, r->y, ST_DIM, NO_REF, "%s", text);
	put_arrow(r);
}

/* Columns that all of them would take. */
static int width_of_all(const struct ring *r)
{
	char name[NAME_SIZE + 8];
	int w = 0;

	for (int i = 0; i < r->nr; i++) {
		name_of(r, i, name, sizeof(name));
		w += text_width(name) + 3;
	}
	return w;
}

/* The first, the last, those beside the scan's, and what somebody looks at. */
static bool is_wanted(const struct ring *r, int i)
{
	struct ref ref = mm_ref(r->s->m, r->mm[i]);

	return i < 3 || i == r->nr - 1 || (r->at >= 0 && abs(i - r->at) < 2) ||
	       ref_eq(ref, r->s->view->cursor) ||
	       look_marks(r->s->look, ref) & (STYLE_SELECTED | STYLE_TOUCHED);
}

static void put_mms(struct ring *r)
{
	bool all = width_of_all(r) < (r->s->w - INDENT) * LINES - 30;
	int left_out = 0;

	for (int i = 0; i < r->nr; i++) {
		if (!all && !is_wanted(r, i)) {
			left_out++;
			continue;
		}
		if (left_out)
			put_left_out(r, left_out);
		left_out = 0;
		put_mm(r, i);
	}
}

/* init_mm has no pages; the scan stands there before it has begun. */
static void put_root(struct ring *r)
{
	bool here = !r->s->m->swap_mm && mms_are_scanned(r->s->m);

	if (here)
		pad_now_marks(r->s, r->x, r->y, 7);
	r->x += pad_put(r->s, r->x, r->y, ST_STRONG, NO_REF, "init_mm");
	r->x += here;
	put_arrow(r);
}

int mms_ring(struct pad *s, int y)
{
	struct ring r = { .s = s, .x = INDENT, .y = y };

	read_ring(&r);
	pad_put(s, 1, y, ST_DIM, NO_REF, "mmlist");
	put_root(&r);
	put_mms(&r);
	make_room(&r, text_width(_("(back)")));
	pad_put(s, r.x, r.y, ST_DIM, NO_REF, "%s", _("(back)"));
	free(r.mm);
	/* 2.6.10 on: for swapoff only (mm/rmap.c try_to_unmap_one) */
	if (s->m->caches[CACHE_ANON_VMA].name)
		pad_cut(s, INDENT, ++r.y, s->w - INDENT, ST_DIM, NO_REF,
			_("only those that may have pages in swap"));
	return r.y + 1;
}
