/*
 * The lattice read from the machine: rows are VMAs by task and address,
 * columns are anon_vmas by age.  When there are too many, neighbours that
 * look alike become one row or column with a count; columns are compared
 * first, by their counters, and rows then by the columns they are in.  What
 * the cursor, the selection or the current event is on stays by itself, and so
 * do the first and the last of a run.
 */
#include "tui/panes/reverse.h"
#include "tui/panes/rmap.h"

#include <stdlib.h>
#include <string.h>

#define PTE_BUDGET 4096 /* PTEs read for the frames of all columns */
#define SEEN_SLOTS 8192 /* a power of two above it */
#define MIN_RUN 4

/* -- what is alive ------------------------------------------------------- */

static uint32_t slot_of(const struct rmap_model *r, const struct anon_vma *av)
{
	return (uint32_t)((uintptr_t)av >> 4) * 2654435761u & (r->nr_ids - 1);
}

static void read_alive(struct rmap_model *r, const struct machine *m)
{
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		const struct anon_vma *av = anon_vma_by_id(m, id);
		uint32_t i;

		if (!av)
			continue;
		for (i = slot_of(r, av); r->ids[i];)
			i = (i + 1) & (r->nr_ids - 1);
		r->ids[i] = id;
	}
}

/* The number of an anon_vma; 0 when it is none or freed. */
static uint32_t id_of(const struct rmap_model *r, const struct machine *m,
	const struct anon_vma *av)
{
	if (!av)
		return 0;
	for (uint32_t i = slot_of(r, av); r->ids[i];
		i = (i + 1) & (r->nr_ids - 1))
		if (anon_vma_by_id(m, r->ids[i]) == av)
			return r->ids[i];
	return 0;
}

int rmap_col_of(const struct rmap_model *r, const struct machine *m,
	const struct anon_vma *av)
{
	uint32_t id = id_of(r, m, av);

	return id ? r->col_of[id] : -1;
}

/* -- reading ------------------------------------------------------------ */

static int compare_rows(const void *a, const void *b)
{
	const struct vm_area_struct *v = ((const struct rmap_row *)a)->vma;
	const struct vm_area_struct *w = ((const struct rmap_row *)b)->vma;

	if (v->vm_mm->id != w->vm_mm->id)
		return v->vm_mm->id < w->vm_mm->id ? -1 : 1;
	if (v->vm_start != w->vm_start)
		return v->vm_start < w->vm_start ? -1 : 1;
	return (v->id > w->id) - (v->id < w->id);
}

static void read_rows(struct rmap_model *r, const struct pad *s)
{
	const struct machine *m = s->m;

	for (uint32_t id = 1; id <= m->vmas.last; id++) {
		struct vm_area_struct *vma = vma_by_id(m, id);
		const struct task_struct *task;

		if (!vma || !vma->vm_mm)
			continue;
		task = reverse_task(m, vma);
		if (task && !filter_passes(s->view, task->name))
			continue;
		r->row[r->nr_rows++] =
			(struct rmap_row){ vma, task, 1, 0, 0, -1 };
		r->owners[id_of(r, m, vma->anon_vma)]++;
	}
	r->nr_vmas = (uint32_t)r->nr_rows;
	qsort(r->row, (size_t)r->nr_rows, sizeof(*r->row), compare_rows);
}

static void read_cols(struct rmap_model *r, const struct machine *m)
{
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		struct anon_vma *av = anon_vma_by_id(m, id);

		if (!av)
			continue;
		r->col[r->nr_cols] = (struct rmap_col){ .av = av,
			.count = 1,
			.owners = r->owners[id],
			.last_row = -1 };
		r->nr_cols++;
	}
	r->nr_avs = (uint32_t)r->nr_cols;
}

/* -- folding ------------------------------------------------------------ */

static bool on_chain(
	const struct pad *s, struct ref r, uint32_t vma, uint32_t av)
{
	const struct anon_vma_chain *avc;

	if (r.kind != REF_AVC)
		return false;
	avc = avc_by_id(s->m, r.id);
	return avc &&
	       ((avc->vma && avc->vma->id == vma) ||
		       (av && avc->anon_vma == anon_vma_by_id(s->m, av)));
}

/* Must the object stay by itself?  One of @vma and @av is 0. */
static bool is_pinned(
	const struct pad *s, struct ref ref, uint32_t vma, uint32_t av)
{
	const struct event *now = latest_event(s->look);

	return (look_marks(s->look, ref) & (STYLE_TOUCHED | STYLE_SELECTED)) ||
	       ref_eq(ref, s->view->cursor) ||
	       on_chain(s, s->view->cursor, vma, av) ||
	       on_chain(s, s->look->selected, vma, av) ||
	       (now && on_chain(s, now->o, vma, av));
}

static bool cols_alike(const struct rmap_col *a, const struct rmap_col *b)
{
	return a->av->parent == b->av->parent && a->av->root == b->av->root &&
	       a->av->nr_linked == b->av->nr_linked &&
	       a->av->refcount == b->av->refcount &&
	       a->av->degree == b->av->degree &&
	       a->av->num_children == b->av->num_children &&
	       a->av->num_active_vmas == b->av->num_active_vmas &&
	       a->owners == b->owners && a->av != a->av->root;
}

static bool col_pinned(const struct pad *s, const struct rmap_col *c)
{
	return is_pinned(s, ref_make(REF_ANON_VMA, c->av->id), 0, c->av->id);
}

static bool row_pinned(const struct pad *s, const struct rmap_row *r)
{
	return is_pinned(s, ref_make(REF_VMA, r->vma->id), r->vma->id, 0) ||
	       (r->task && ref_eq(s->view->cursor,
				   ref_make(REF_TASK, r->task->pid)));
}

/* End of the run of columns alike that begins at @i. */
static int col_run(const struct rmap_model *r, const struct pad *s, int i)
{
	int end = i;

	while (end < r->nr_cols && !col_pinned(s, &r->col[end]) &&
		cols_alike(&r->col[i], &r->col[end]))
		end++;
	return end;
}

static int row_run(const struct rmap_model *r, const struct pad *s, int i)
{
	int end = i;

	while (end < r->nr_rows && !row_pinned(s, &r->row[end]) &&
		r->row[i].key == r->row[end].key)
		end++;
	return end;
}

static void fold_cols(struct rmap_model *r, const struct pad *s)
{
	int out = 0;

	for (int i = 0; i < r->nr_cols;) {
		int n = col_run(r, s, i) - i;

		r->col[out++] = r->col[i++];
		if (n < MIN_RUN)
			continue;
		r->col[out] = r->col[i];
		r->col[out++].count = (uint32_t)n - 2;
		i += n - 2;
	}
	r->nr_cols = out;
}

static void fold_rows(struct rmap_model *r, const struct pad *s)
{
	int out = 0;

	for (int i = 0; i < r->nr_rows;) {
		int n = row_run(r, s, i) - i;

		r->row[out++] = r->row[i++];
		if (n < MIN_RUN)
			continue;
		r->row[out] = r->row[i];
		r->row[out++].count = (uint32_t)n - 2;
		i += n - 2;
	}
	r->nr_rows = out;
}

/* Columns by anon_vma: those of a run are its column. */
static void index_cols(struct rmap_model *r, const struct machine *m)
{
	int c = -1;
	uint32_t left = 0;

	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		r->col_of[id] = -1;
		if (!anon_vma_by_id(m, id))
			continue;
		if (!left)
			left = r->col[++c].count;
		r->col_of[id] = c;
		left--;
	}
}

static uint64_t mix(uint64_t key, uint64_t value)
{
	key = (key ^ value) * 0x9e3779b97f4a7c15ull;
	return key ^ key >> 29;
}

/* Rows are alike when they are of tasks of one parent, equally large, and in
 * the same columns. */
static void key_row(const struct rmap_model *r, const struct machine *m,
	struct rmap_row *row)
{
	const struct vm_area_struct *vma = row->vma;
	uint64_t key = mix(vma_pages(vma), vma->name);

	key = mix(key, row->task ? row->task->parent : 0);
	row->first = r->nr_cols;
	row->last = -1;
	if (vma->anon_vma_chain.next) {
		list_for_each(node, &vma->anon_vma_chain)
		{
			const struct anon_vma_chain *avc = container_of(
				node, struct anon_vma_chain, same_vma);
			int c = rmap_col_of(r, m, avc->anon_vma);

			if (c < 0)
				continue;
			key = mix(
				key, (uint64_t)c * 2 +
					     (avc->anon_vma == vma->anon_vma));
			row->first = c < row->first ? c : row->first;
			row->last = c > row->last ? c : row->last;
		}
	}
	row->key = key;
}

static void index_rows(struct rmap_model *r)
{
	for (int i = 0; i < r->nr_rows; i++)
		r->row_of[r->row[i].vma->id] = i;
}

static void find_last_rows(struct rmap_model *r, const struct machine *m)
{
	for (int i = 0; i < r->nr_rows; i++) {
		const struct vm_area_struct *vma = r->row[i].vma;

		if (!vma->anon_vma_chain.next)
			continue;
		list_for_each(node, &vma->anon_vma_chain)
		{
			const struct anon_vma_chain *avc = container_of(
				node, struct anon_vma_chain, same_vma);
			int c = rmap_col_of(r, m, avc->anon_vma);

			if (c >= 0)
				r->col[c].last_row = i;
		}
	}
}

static bool allocate(struct rmap_model *r, const struct machine *m)
{
	size_t vmas = m->vmas.last + 1, avs = m->anon_vmas.last + 1;

	memset(r, 0, sizeof(*r));
	for (r->nr_ids = 16; r->nr_ids < 2 * avs;)
		r->nr_ids *= 2;
	r->ids = calloc(r->nr_ids, sizeof(*r->ids));
	r->row = calloc(vmas, sizeof(*r->row));
	r->row_of = calloc(vmas, sizeof(*r->row_of));
	r->col = calloc(avs, sizeof(*r->col));
	r->col_of = calloc(avs, sizeof(*r->col_of));
	r->owners = calloc(avs, sizeof(*r->owners));
	if (r->ids && r->row && r->row_of && r->col && r->col_of && r->owners)
		return true;
	rmap_model_free(r);
	return false;
}

bool rmap_model_make(
	struct rmap_model *r, const struct pad *s, int rows, int cols)
{
	bool fold;

	if (!allocate(r, s->m))
		return false;
	read_alive(r, s->m);
	read_rows(r, s);
	read_cols(r, s->m);
	fold = r->nr_rows > rows || r->nr_cols > cols;
	if (fold)
		fold_cols(r, s);
	index_cols(r, s->m);
	for (int i = 0; i < r->nr_rows; i++)
		key_row(r, s->m, &r->row[i]);
	if (fold)
		fold_rows(r, s);
	index_rows(r);
	find_last_rows(r, s->m);
	return true;
}

void rmap_model_free(struct rmap_model *r)
{
	free(r->row);
	free(r->row_of);
	free(r->col);
	free(r->col_of);
	free(r->owners);
	free(r->ids);
	memset(r, 0, sizeof(*r));
}

/* -- the columns' frames ------------------------------------------------ */

struct page_hunt {
	struct rmap_model *r;
	uint32_t seen[SEEN_SLOTS]; /* pfn + 1, open addressing */
	int budget;		   /* PTEs that may still be read */
};

static bool first_time(struct page_hunt *g, uint32_t pfn)
{
	uint32_t i = pfn * 2654435761u % SEEN_SLOTS;

	while (g->seen[i] && g->seen[i] != pfn + 1)
		i = (i + 1) % SEEN_SLOTS;
	if (g->seen[i])
		return false;
	g->seen[i] = pfn + 1;
	return true;
}

static int gather_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct page_hunt *g = ctx;
	const struct page *page;
	struct anon_vma *av;
	struct rmap_col *c;

	(void)mm;
	(void)addr;
	if (g->budget-- <= 0)
		return 1;
	page = pte_present(m, pte) ? page_by_pfn(m, pte_pfn(m, pte)) : NULL;
	av = page ? page_anon_vma_alive(m, page) : NULL;
	if (!av || g->r->col_of[av->id] < 0 ||
		!first_time(g, page_pfn(m, page)))
		return 0;
	c = &g->r->col[g->r->col_of[av->id]];
	if (c->nr_pages < RMAP_PAGES)
		c->pfn[c->nr_pages] = page_pfn(m, page);
	c->nr_pages++;
	return 0;
}

void rmap_model_pages(struct rmap_model *r, const struct machine *m)
{
	struct page_hunt *g = calloc(1, sizeof(*g));

	if (!g)
		return;
	g->r = r;
	g->budget = PTE_BUDGET;
	for (int i = 0; i < r->nr_rows && g->budget > 0; i++) {
		const struct vm_area_struct *vma = r->row[i].vma;

		if (vma->anon_vma)
			mm_for_each_pte(m, vma->vm_mm, vma->vm_start,
				vma->vm_end, gather_pte, g);
		r->more_pages |= r->row[i].count > 1;
	}
	r->more_pages |= g->budget <= 0;
	free(g);
}
