/*
 * Nodes are named by kind and number: p33, a1, v4, t2.  Frames of one anon_vma
 * beyond the first MANY are one node with their count, so that a large machine
 * still gives a graph that can be drawn.
 */
#include "view/dot.h"

#include "view/format.h"
#include "view/plain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MANY 32

struct graph {
	FILE *f;
	const struct machine *m;
	uint64_t *frames; /* by id of anon_vma: frames that point to it */
	uint8_t *drawn;	  /* by pfn: has a node of its own */
};

/* Text inside a quoted string of DOT. */
static void put_text(FILE *f, const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		uint32_t ch;
		size_t n = plain_next(text, (size_t)(end - text), &ch);

		if (ch == PLAIN_BAD || plain_is_control(ch))
			fputc('?', f);
		else if (ch == '"' || ch == '\\')
			fprintf(f, "\\%c", (int)ch);
		else
			fwrite(text, 1, n, f);
		text += n;
	}
}

static void put_page(
	const struct graph *g, uint32_t pfn, const struct anon_vma *av)
{
	const struct page *page = page_by_pfn(g->m, pfn);
	char value[64];

	format_value(value, sizeof(value), g->m, page->value);
	fprintf(g->f,
		"\tp%" PRIu32 " [shape=box, label=\"frame %" PRIx32
		"\\nmapcount %d\\nindex %" PRIx64 "\\n",
		pfn, pfn, page_mapcount(page), page->index);
	put_text(g->f, value);
	fprintf(g->f, "\"];\n\tp%" PRIu32 " -> a%" PRIu32 ";\n", pfn, av->id);
}

static void put_pages(struct graph *g)
{
	for (uint32_t pfn = 0; pfn < g->m->nr_frames; pfn++) {
		const struct page *page = page_by_pfn(g->m, pfn);
		const struct anon_vma *av = page_anon_vma_alive(g->m, page);

		if (page->kind != PAGE_ANON || !av)
			continue;
		g->drawn[pfn] = ++g->frames[av->id] <= MANY;
		if (g->drawn[pfn])
			put_page(g, pfn, av);
	}
}

static void put_member(
	FILE *f, const struct anon_vma *av, const struct vm_area_struct *vma)
{
	fprintf(f, "\ta%" PRIu32 " -> v%" PRIu32 "%s;\n", av->id, vma->id,
		vma->anon_vma == av ? " [style=bold]" : "");
}

static void put_members(FILE *f, const struct anon_vma *av)
{
	list_for_each(pos, &av->head) put_member(
		f, av, container_of(pos, struct vm_area_struct, anon_vma_node));
	for (struct rb_node *n = rb_first(&av->rb_root); n; n = rb_next(n))
		put_member(
			f, av, container_of(n, struct anon_vma_chain, rb)->vma);
}

static void put_anon_vma(const struct graph *g, const struct anon_vma *av)
{
	fprintf(g->f,
		"\ta%" PRIu32 " [shape=ellipse, label=\"av%" PRIu32 "\"];\n",
		av->id, av->id);
	if (g->frames[av->id] > MANY)
		fprintf(g->f,
			"\tm%" PRIu32 " [shape=box3d, label=\"%" PRIu64
			" more frames\"];\n\tm%" PRIu32 " -> a%" PRIu32 ";\n",
			av->id, g->frames[av->id] - MANY, av->id, av->id);
	put_members(g->f, av);
}

struct edges {
	const struct graph *g;
	const struct vm_area_struct *vma; /* whose page tables are read */
};

static int put_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	const struct edges *e = ctx;
	uint64_t pfn = pte_pfn(m, pte);

	(void)mm;
	if (pte_present(m, pte) && pfn < m->nr_frames && e->g->drawn[pfn])
		fprintf(e->g->f,
			"\tv%" PRIu32 " -> p%" PRIu64 " [style=dotted, "
			"constraint=false, label=\"%" PRIx64 "\"];\n",
			e->vma->id, pfn, addr);
	return 0;
}

static void put_vma(
	const struct graph *g, const struct vm_area_struct *vma, uint32_t pid)
{
	struct edges e = { g, vma };
	char prot[16];

	fprintf(g->f,
		"\tv%" PRIu32 " [shape=box, style=rounded, label=\"vma%" PRIu32
		" ",
		vma->id, vma->id);
	put_text(g->f, string_text(g->m, vma->name));
	fprintf(g->f, "\\n%" PRIx64 "-%" PRIx64 " %s\"];\n", vma->vm_start,
		vma->vm_end, format_prot(prot, sizeof(prot), vma->vm_flags));
	fprintf(g->f, "\tv%" PRIu32 " -> t%" PRIu32 ";\n", vma->id, pid);
	mm_for_each_pte(
		g->m, vma->vm_mm, vma->vm_start, vma->vm_end, put_pte, &e);
}

static void put_task(const struct graph *g, const struct task_struct *task)
{
	fprintf(g->f, "\tt%" PRIu32 " [shape=house, label=\"", task->pid);
	put_text(g->f, task->name);
	fprintf(g->f, "\\npid %" PRIu32 "\"];\n", task->pid);
	for (const struct vm_area_struct *vma = task->mm->mmap; vma;
		vma = vma->vm_next)
		if (task->mm->id == task->pid)
			put_vma(g, vma, task->pid);
		else /* it stands there for another task already */
			fprintf(g->f, "\tv%" PRIu32 " -> t%" PRIu32 ";\n",
				vma->id, task->pid);
}

static void put_graph(struct graph *g)
{
	put_pages(g);
	for (uint32_t id = 1; id <= g->m->anon_vmas.last; id++)
		if (anon_vma_by_id(g->m, id))
			put_anon_vma(g, anon_vma_by_id(g->m, id));
	for (uint32_t pid = 1; pid <= g->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(g->m, pid);

		if (task && task->mm)
			put_task(g, task);
	}
}

bool dot_write(FILE *f, const struct machine *m, const char *title)
{
	struct graph g = { f, m,
		calloc(m->anon_vmas.last + 1u, sizeof(*g.frames)),
		calloc(m->nr_frames, 1) };
	bool ok = g.frames && g.drawn;

	fputs("digraph rmap {\n\trankdir=LR;\n\tlabel=\"", f);
	put_text(f, title);
	fputs("\";\n", f);
	if (ok)
		put_graph(&g);
	fputs("}\n", f);
	free(g.frames);
	free(g.drawn);
	return ok;
}
