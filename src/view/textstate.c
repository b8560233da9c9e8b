/* A machine's state as text for people: tasks, pages, anon_vmas, free. */
#include "view/report.h"

#include "core/objects.h"
#include "view/format.h"
#include "view/plain.h"

#include <inttypes.h>

static void put_page(FILE *f, const struct machine *m, const struct page *page)
{
	char value[64], ref[64];
	struct anon_vma *av = page_anon_vma_alive(m, page);

	fprintf(f, "  %-8s mapcount %d", page_kind_name(page->kind),
		page_mapcount(page));
	if (av)
		fprintf(f, "  %s index %" PRIx64,
			format_ref(ref, sizeof(ref), m,
				ref_make(REF_ANON_VMA, av->id)),
			page->index);
	if (page_stable_node(page))
		fprintf(f, "  %s", format_ref(ref, sizeof(ref), m,
				ref_make(REF_STABLE_NODE,
					page_stable_node(page)->id)));
	fputs("  = ", f);
	plain_put(f, format_value(value, sizeof(value), m, page->value));
}

static int put_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	FILE *f = ctx;
	char bits[64];
	const struct page *page = page_by_pfn(m, pte_pfn(m, pte));

	(void)mm;
	fprintf(f, "      %" PRIx64 "  pte %-14s", addr,
		format_pte(bits, sizeof(bits), m, pte));
	if (page && pte_present(m, pte))
		put_page(f, m, page);
	fputc('\n', f);
	return 0;
}

static void put_chain(
	FILE *f, const struct machine *m, const struct vm_area_struct *vma)
{
	char ref[64];

	if (vma->anon_vma)
		fprintf(f, "  own %s",
			format_ref(ref, sizeof(ref), m,
				ref_make(REF_ANON_VMA, vma->anon_vma->id)));
	if (list_empty(&vma->anon_vma_chain))
		return;
	fputs("  chain", f);
	list_for_each(pos, &vma->anon_vma_chain)
	{
		struct anon_vma_chain *avc =
			container_of(pos, struct anon_vma_chain, same_vma);

		fprintf(f, " %s",
			format_ref(ref, sizeof(ref), m,
				ref_make(REF_ANON_VMA, avc->anon_vma->id)));
	}
}

static void put_vma(
	FILE *f, const struct machine *m, const struct vm_area_struct *vma)
{
	char prot[16], ref[64];

	fprintf(f, "    %" PRIx64 "-%" PRIx64 " %s ", vma->vm_start,
		vma->vm_end, format_prot(prot, sizeof(prot), vma->vm_flags));
	plain_put(f, string_text(m, vma->name));
	fprintf(f, "%s%s pgoff %" PRIx64, vma->name ? "  " : " ",
		format_ref(ref, sizeof(ref), m, ref_make(REF_VMA, vma->id)),
		vma->vm_pgoff);
	put_chain(f, m, vma);
	fputc('\n', f);
	mm_for_each_pte(m, vma->vm_mm, vma->vm_start, vma->vm_end, put_pte, f);
}

static void put_tasks(FILE *f, const struct machine *m)
{
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (!task || !task->mm)
			continue;
		fputs("  ", f);
		plain_put(f, task->name);
		fprintf(f,
			"  pid %" PRIu32 "  rss %" PRIu32
			"  page tables %" PRIu32 "\n",
			pid, task->mm->anon_rss + task->mm->file_rss,
			task->mm->nr_ptes + 1);
		if (task->mm->id != pid) { /* one of several */
			fputs("    the address space of ", f);
			plain_put(f, mm_owner(m, task->mm)->name);
			fputc('\n', f);
			continue;
		}
		for (const struct vm_area_struct *vma = task->mm->mmap; vma;
			vma = vma->vm_next)
			put_vma(f, m, vma);
	}
}

static void put_vma_name(
	FILE *f, const struct machine *m, const struct vm_area_struct *vma)
{
	char ref[64];

	fprintf(f, " %s",
		format_ref(ref, sizeof(ref), m, ref_make(REF_VMA, vma->id)));
}

static void put_anon_vmas(FILE *f, const struct machine *m)
{
	char ref[64];

	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		const struct anon_vma *av = anon_vma_by_id(m, id);

		if (!av)
			continue;
		fprintf(f, "  %s:",
			format_ref(ref, sizeof(ref), m,
				ref_make(REF_ANON_VMA, id)));
		list_for_each(pos, &av->head) put_vma_name(f, m,
			container_of(
				pos, struct vm_area_struct, anon_vma_node));
		for (struct rb_node *n = rb_first(&av->rb_root); n;
			n = rb_next(n))
			put_vma_name(f, m,
				container_of(n, struct anon_vma_chain, rb)
					->vma);
		fputc('\n', f);
	}
}

static void put_free(FILE *f, const struct machine *m)
{
	for (unsigned i = 0; i < m->nr_zones; i++) {
		const struct zone *z = &m->zones[i];

		fprintf(f,
			"  zone %s: %" PRIu64 " of %" PRIu64
			" frames free; blocks by order:",
			z->name, z->free_pages, z->spanned_pages);
		for (unsigned order = 0; order < NR_ORDERS; order++)
			fprintf(f, " %" PRIu64, z->free_area[order].nr_free);
		fputc('\n', f);
	}
}

void text_state(FILE *f, const struct machine *m)
{
	put_tasks(f, m);
	put_anon_vmas(f, m);
	put_free(f, m);
}
