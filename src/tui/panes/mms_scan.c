/*
 * The scan of 2.4 as its three nested loops: the mm from the ring, its VMAs
 * one below the other, and of each VMA a sign for every slot of its page
 * tables, with the place where the scan goes on marked among them (2.4.22
 * mm/vmscan.c swap_out, swap_out_mm, swap_out_vma; mm->swap_address).
 *
 * Only slots that have room are read.
 */
#include "core/swapops.h"
#include "tui/panes/legend.h"
#include "tui/panes/mms.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_VMAS 48 /* of an mm that are shown */
#define BEFORE 8    /* of them before the one that the scan is in */
#define SLOTS_X 26  /* column of a VMA's first slot */

enum sign { SIGN_NONE, SIGN_YOUNG, SIGN_OLD, SIGN_SWAP, NR_SIGNS };

static const struct {
	enum glyph glyph;
	char letter; /* instead of the glyph; 0: the glyph */
	enum style style;
	const char *meaning;
} signs[NR_SIGNS] = {
	[SIGN_NONE] = { GL_DOT, 0, ST_PTE_NONE, N_("nothing there") },
	[SIGN_YOUNG] = { GL_CHECK, 'y', ST_PTE_WRITABLE,
		N_("present, used since the last visit") },
	[SIGN_OLD] = { GL_CHECK, 0, ST_PTE_PRESENT, N_("present") },
	[SIGN_SWAP] = { GL_DOT, 's', ST_PAGE_FILE, N_("swapped out") },
};

bool mms_are_scanned(const struct machine *m)
{
	return !machine_era(m)->fn[FN_REMOVE_RMAP];
}

void mms_legend(struct legend *l, bool ascii, unsigned seen)
{
	char letter[2] = "";

	for (unsigned i = 0; i < NR_SIGNS; i++) {
		if (!(seen & (1u << i)))
			continue;
		letter[0] = signs[i].letter;
		legend_entry(l, signs[i].style,
			signs[i].letter ? letter
					: glyph_text(signs[i].glyph, ascii),
			_(signs[i].meaning));
	}
}

/* -- which mm, and where ------------------------------------------------ */

static const struct mm_struct *mm_of(const struct machine *m, struct ref ref)
{
	const struct vm_area_struct *vma;
	const struct task_struct *task;

	if (ref.kind == REF_VMA) {
		vma = vma_by_id(m, ref.id);
		return vma ? vma->vm_mm : NULL;
	}
	if (ref.kind != REF_TASK && ref.kind != REF_PTE &&
		ref.kind != REF_ADDR)
		return NULL;
	task = task_find(m, ref.id);
	return task ? task->mm : NULL;
}

const struct mm_struct *mms_shown(const struct pad *s)
{
	const struct event *now = current_event(s->look);
	const struct mm_struct *mm = NULL;

	if (!s->view->follow)
		mm = mm_of(s->m, s->view->cursor);
	if (!mm && now)
		mm = mm_of(s->m, now->o);
	if (!mm)
		mm = s->m->swap_mm;
	if (!mm && !list_empty(&s->m->mmlist))
		mm = container_of(
			s->m->mmlist.next, struct mm_struct, mmlist);
	return mm;
}

bool mms_cursor(
	const struct machine *m, const struct mm_struct *mm, uint64_t *addr)
{
	*addr = mm->swap_address;
	return mm == m->swap_mm;
}

/* -- slots -------------------------------------------------------------- */

static enum sign sign_of(const struct machine *m, pteval_t pte)
{
	if (pte_present(m, pte))
		return pte_young(m, pte) ? SIGN_YOUNG : SIGN_OLD;
	return pte_is_swap(m, pte) ? SIGN_SWAP : SIGN_NONE;
}

static void put_slot(struct pad *s, int x, int y, uint32_t pid,
	const struct vm_area_struct *vma, uint64_t addr)
{
	enum sign sign = sign_of(s->m, mm_pte(s->m, vma->vm_mm, addr));
	struct ref ref = ref_at(REF_PTE, pid, addr);

	s->seen |= 1u << sign;
	if (signs[sign].letter)
		pad_put(s, x, y, signs[sign].style, ref, "%c",
			signs[sign].letter);
	else
		pad_glyph(s, x, y, signs[sign].style, ref, signs[sign].glyph);
}

/* The slot that must be seen: the scan's, the cursor's, the event's. */
static uint64_t wanted_slot(const struct pad *s, uint32_t pid,
	const struct vm_area_struct *vma)
{
	const struct event *now = current_event(s->look);
	const struct ref refs[] = { now ? now->o : NO_REF, s->view->cursor,
		s->look->selected };
	uint64_t addr;

	for (int i = 0; i < 3; i++)
		if ((refs[i].kind == REF_PTE || refs[i].kind == REF_ADDR) &&
			refs[i].id == pid && refs[i].addr >= vma->vm_start &&
			refs[i].addr < vma->vm_end)
			return (refs[i].addr - vma->vm_start) >> PAGE_SHIFT;
	if (mms_cursor(s->m, vma->vm_mm, &addr) && addr >= vma->vm_start &&
		addr < vma->vm_end)
		return (addr - vma->vm_start) >> PAGE_SHIFT;
	return 0;
}

/* So many slots are left out here; returns the columns. */
static int put_left_out(struct pad *s, int x, int y, uint64_t n)
{
	if (!n)
		return 0;
	return pad_put(s, x, y, ST_DIM, NO_REF, "%s%" PRIu64 " ",
		glyph_text(GL_ELLIPSIS, s->look->ascii), n);
}

static void put_slots(struct pad *s, int y, uint32_t pid,
	const struct vm_area_struct *vma, uint64_t mark, bool marked)
{
	uint64_t pages = vma_pages(vma), from = 0, n;
	int x = SLOTS_X, room = s->w - SLOTS_X - 2;

	n = room > 4 ? (uint64_t)room : 4;
	if (pages > n) {
		uint64_t want = wanted_slot(s, pid, vma);

		n = n > 20 ? n - 16 : n / 2;
		from = want > n / 2 ? want - n / 2 : 0;
		from = from + n > pages ? pages - n : from;
		x += put_left_out(s, x, y, from);
	} else {
		n = pages;
	}
	for (uint64_t i = from; i < from + n; i++) {
		uint64_t addr = vma->vm_start + (i << PAGE_SHIFT);

		if (marked && addr == mark)
			x += pad_glyph(s, x, y, ST_EVENT_NOW, NO_REF, GL_NOW);
		put_slot(s, x++, y, pid, vma, addr);
	}
	put_left_out(s, x + 1, y, pages - from - n);
}

/* -- VMAs --------------------------------------------------------------- */

/* Where in @vma the scan goes on; an address between two VMAs is the next
 * one's beginning. */
static bool mark_in(const struct machine *m, const struct vm_area_struct *vma,
	uint64_t *addr)
{
	if (!mms_cursor(m, vma->vm_mm, addr) ||
		vma_lookup(vma->vm_mm, *addr) != vma)
		return false;
	if (*addr < vma->vm_start)
		*addr = vma->vm_start;
	return true;
}

static void put_vma(struct pad *s, int y, uint32_t pid,
	const struct vm_area_struct *vma)
{
	const char *name = vma_name(s->m, vma);
	struct ref ref = ref_make(REF_VMA, vma->id);
	uint64_t mark = 0;
	bool marked;
	char prot[8];

	if (!pad_wants(s, y) && s->run != PAD_FIND)
		return;
	marked = mark_in(s->m, vma, &mark);
	if (*name)
		pad_cut(s, 3, y, 7, ST_VMA_ANON, ref, name);
	else
		pad_name(s, 3, y, ST_VMA_ANON, ref);
	format_prot(prot, sizeof(prot), vma->vm_flags);
	pad_put(s, 11, y, ST_ADDR, NO_REF, "%" PRIx64, vma->vm_start);
	pad_put(s, 21, y, ST_DIM, NO_REF, "%.3s", prot);
	put_slots(s, y, pid, vma, mark, marked);
}

/* VMAs that come before those that are shown. */
static uint32_t first_vma(const struct pad *s, const struct mm_struct *mm)
{
	uint32_t n = 0, at = 0;
	uint64_t addr = 0;

	if (mm->map_count <= MAX_VMAS || !mms_cursor(s->m, mm, &addr))
		return 0;
	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next, n++)
		if (v->vm_end <= addr)
			at = n;
	return at > BEFORE ? at - BEFORE : 0;
}

static int put_vmas(
	struct pad *s, int y, uint32_t pid, const struct mm_struct *mm)
{
	uint32_t from = first_vma(s, mm), n = 0;
	const struct vm_area_struct *vma = mm->mmap;

	for (; vma && n < from; vma = vma->vm_next)
		n++;
	if (from)
		pad_put(s, 3, y++, ST_DIM, NO_REF, _("%u VMAs before"), from);
	for (n = 0; vma && n < MAX_VMAS; vma = vma->vm_next, n++)
		put_vma(s, y++, pid, vma);
	if (vma)
		pad_put(s, 3, y++, ST_DIM, NO_REF, _("%u more VMAs"),
			mm->map_count - from - n);
	return y;
}

/* -- the whole ---------------------------------------------------------- */

/* "swap_mm = C   swap_address = 0804d000" */
static void put_cursors(struct pad *s, int y)
{
	const struct mm_struct *mm = s->m->swap_mm;
	const struct task_struct *task = mm ? mm_owner(s->m, mm) : NULL;
	int x = 1;

	x += 1 + pad_put(s, x, y, ST_DIM, NO_REF, "swap_mm");
	x += 2 + pad_put(s, x, y, ST_TASK,
			 task ? ref_make(REF_TASK, task->pid) : NO_REF, "%s",
			 task ? task->name : "init_mm");
	if (!mm)
		return;
	x += 1 + pad_put(s, x, y, ST_DIM, NO_REF, "swap_address");
	x += 2 + pad_put(s, x, y, ST_ADDR, NO_REF, "%08" PRIx64,
			 mm->swap_address);
	if (mm->swap_address && !vma_lookup(mm, mm->swap_address))
		pad_put(s, x, y, ST_DIM, NO_REF, "%s",
			_("scanned to its end"));
}

int mms_scan(struct pad *s, int y)
{
	const struct mm_struct *mm = mms_shown(s);
	const struct task_struct *task = mm ? mm_owner(s->m, mm) : NULL;

	put_cursors(s, y++);
	if (!task)
		return y;
	pad_put(s, 1, y, ST_TASK, ref_make(REF_TASK, task->pid), "%s",
		task->name);
	pad_put(s, 11, y, ST_DIM, NO_REF, _("rss %u  VMAs %u"),
		mm->anon_rss + mm->file_rss + mm->shmem_rss, mm->map_count);
	return put_vmas(s, y + 1, task->pid, mm);
}
