/*
 * The reverse map before anon_vmas.  2.6.0: each frame with the PTEs that it
 * names, directly or by nodes of slots, as a walk passes them.  2.4: there is
 * none; what remains is the list of all address spaces, and what the scan of
 * them in the current operation has looked at.
 */
#include "tui/panes/rmap.h"
#include "core/objects.h"
#include "view/lang.h"

#include <inttypes.h>

#define MAX_FRAMES 1000 /* shown; the others are counted on the LRU only */

bool rmap_by_ptes(const struct machine *m)
{
	return field_find(m, REF_PAGE, "pte.chain");
}

bool rmap_by_scan(const struct machine *m)
{
	return !rmap_by_ptes(m) && !field_find(m, REF_VMA, "anon_vma");
}

/* -- 2.6.0 -------------------------------------------------------------- */

static int put_pte(struct pad *s, int x, int y, pte_addr_t ptep)
{
	struct ref ref = pte_addr_ref(s->m, ptep);
	const struct task_struct *task = task_find(s->m, ref.id);
	pteval_t pte = task && task->mm ? mm_pte(s->m, task->mm, ref.addr) : 0;
	int from = x;

	x += pad_name(s, x, y, ST_POINTER, ref) + 1;
	x += pad_put(s, x, y, ST_DIM, ref, "%s%s%s",
		pte_write(s->m, pte) ? "rw" : "r-",
		pte_young(s->m, pte) ? " A" : "",
		pte_dirty(s->m, pte) ? " D" : "");
	return x - from;
}

/* A node and its slots, from the highest down, as page_referenced() goes. */
static int put_node(struct pad *s, int y, const struct pte_chain *pc)
{
	struct ref ref = ref_make(REF_PTE_CHAIN, pc->id);
	unsigned n = s->m->tune.nrpte;
	int lines = 1, x = 4;

	if (pad_wants(s, y)) {
		x += pad_name(s, x, y, ST_ANON_VMA, ref) + 2;
		x += pad_put(s, x, y, ST_DIM, ref, _("%u of %u slots"),
			     n - pc->idx, n) + 2;
		if (pc->next) {
			x += pad_glyph(s, x, y, ST_DIM, NO_REF, GL_RIGHT) + 1;
			pad_name(s, x, y, ST_ANON_VMA,
				ref_make(REF_PTE_CHAIN, pc->next->id));
		}
	}
	for (unsigned i = n; i-- > pc->idx; lines++) {
		if (!pad_wants(s, y + lines))
			continue;
		x = 6 + pad_put(s, 6, y + lines, ST_NUMBER, ref, "%2u ", i);
		if (pc->ptes[i])
			put_pte(s, x, y + lines, pc->ptes[i]);
	}
	return lines;
}

static int put_frame(struct pad *s, int y, const struct page *page)
{
	struct ref ref = ref_make(REF_PAGE, page_pfn(s->m, page));
	bool direct = page->flags & PG(DIRECT);
	int x = 0, lines = 1;

	x += pad_put(s, x, y, ST_DIM, NO_REF, "%s ", _("frame"));
	x += pad_name(s, x, y, ST_PAGE_ANON, ref) + 1;
	x += pad_glyph(s, x, y, ST_DIM, NO_REF, GL_RIGHT) + 1;
	if (direct) {
		x += pad_put(s, x, y, ST_DIM, ref, "%s ", _("direct"));
		put_pte(s, x, y, page->pte.direct);
		return 1;
	}
	x += pad_put(s, x, y, ST_DIM, ref, "%s ", _("chain"));
	for (const struct pte_chain *pc = page->pte.chain; pc; pc = pc->next)
		lines += put_node(s, y + lines, pc);
	pad_block(s, y, lines);
	return lines;
}

static bool is_mapped(const struct page *page)
{
	return page_mapcount(page) > 0 && page->pte.direct;
}

/* The frames of one list; @left: how many more may be shown. */
static int put_list(struct pad *s, int y, const struct list_head *head,
	int *left)
{
	int lines = 0;

	for (const struct list_head *p = head->next; p != head && *left;
		p = p->next) {
		const struct page *page = container_of(
			(struct list_head *)p, struct page, lru);

		if (!is_mapped(page))
			continue;
		lines += put_frame(s, y + lines, page);
		--*left;
	}
	return lines;
}

/* Those that wait for their list in a batch. */
static int put_waiting(struct pad *s, int y, int *left)
{
	int lines = 0;

	for (unsigned i = 0; i < 2; i++) {
		const struct lru_batch *b = &s->m->lru_batch[i];

		for (uint32_t k = 0; k < b->count && *left; k++) {
			const struct page *page = page_by_pfn(s->m, b->pfn[k]);

			if (!is_mapped(page))
				continue;
			lines += put_frame(s, y + lines, page);
			--*left;
		}
	}
	return lines;
}

int rmap_chains(struct pad *s)
{
	int y = 0, left = MAX_FRAMES;

	for (unsigned z = 0; z < s->m->nr_zones; z++)
		for (int l = NR_LRU_LISTS; l--;)
			y += put_list(s, y, &s->m->zones[z].lru[l], &left);
	y += put_list(s, y, &s->m->isolated, &left);
	y += put_waiting(s, y, &left);
	if (!y)
		return pad_put(s, 0, 0, ST_DIM, NO_REF, "%s",
			       _("No frame is mapped.")) > 0;
	if (!left)
		y += pad_put(s, 0, y, ST_DIM, NO_REF, "%s",
			     _("more frames than are shown here")) > 0;
	return y;
}

/* -- 2.4 ---------------------------------------------------------------- */

static int put_counts(struct pad *s, int y)
{
	const uint64_t *n = s->m->op_costs.n;

	pad_put(s, 0, y, ST_STRONG, NO_REF, "%s",
		_("No way back from a frame to its PTEs."));
	if (!rmap_is_walking(s->look))
		return 1;
	pad_put(s, 0, y + 1, ST_NUMBER, NO_REF,
		_("looked at: %" PRIu64 " mms, %" PRIu64 " VMAs, %" PRIu64
		  " slots"),
		n[COST_MMS], n[COST_VMAS], n[COST_VISITED]);
	pad_put(s, 0, y + 2, ST_NUMBER, NO_REF,
		_("slots that map it: %" PRIu64 ", that do not: %" PRIu64),
		n[COST_MATCHED], n[COST_WASTED]);
	return 3;
}

static int put_mm(struct pad *s, int y, const struct mm_struct *mm)
{
	struct ref ref = ref_make(REF_TASK, mm->id);
	int x = 2;

	if (!pad_wants(s, y))
		return 1;
	x += pad_glyph(s, x, y, ST_DIM, NO_REF, GL_RIGHT) + 1;
	x += pad_name(s, x, y, ST_STRONG, ref) + 2;
	x += pad_put(s, x, y, ST_DIM, ref, _("VMAs %u, rss %u"),
		     mm->map_count, mm->anon_rss + mm->file_rss) + 2;
	if (s->m->swap_mm == mm)
		pad_put(s, x, y, ST_POINTER, ref, "swap_mm %" PRIx64,
			mm->swap_address);
	return 1;
}

int rmap_mmlist(struct pad *s)
{
	int y = put_counts(s, 0);

	pad_put(s, 0, y, ST_DIM, NO_REF, "%s",
		_("mmlist: a search asks all of these"));
	y++;
	for (const struct list_head *p = s->m->mmlist.next;
		p != &s->m->mmlist; p = p->next)
		y += put_mm(s, y,
			container_of((struct list_head *)p, struct mm_struct,
				mmlist));
	return y;
}
