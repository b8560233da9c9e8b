/* What every task sees, read from the machine's structures. */
#include "calm.h"

#include "core/filemap.h"
#include "core/mechanism.h"
#include "core/paging.h"
#include "core/swap.h"

#include <string.h>

static value_t slot_value(const struct machine *m, uint64_t slot)
{
	const struct page *page = swap_cache_page(m, slot);

	return page ? page->value : m->swap_info.value[slot];
}

static void look_at_file(const struct machine *m, const struct inode *inode,
	uint64_t index, struct seen *s)
{
	uint64_t entry = cache_entry(inode, index);
	const struct page *page = entry_page(entry);

	if (index >= inode->i_size)
		s->what = SEEN_BUS;
	else if (page)
		s->value = page->value;
	else if (entry && (entry & ENTRY_BITS) == ENTRY_SWAP)
		s->value = slot_value(m, entry >> 2);
	else if (!inode->tmpfs)
		s->value = disk_read(inode, index);
}

static bool is_given_up(const struct machine *m, const struct page *page,
	pteval_t pte)
{
	return (ops_of(m)->new_page_flags & PG(SWAPBACKED)) &&
		page->kind == PAGE_ANON && !(page->flags & PG(SWAPBACKED)) &&
		!(page->flags & PG(DIRTY)) && !pte_dirty(m, pte);
}

static void look_at_page(const struct machine *m, struct seen *s, pteval_t pte)
{
	const struct page *page = page_by_pfn(m, pte_pfn(m, pte));

	s->value = page->kind == PAGE_ZERO ? 0 : page->value;
	s->own = !s->file || page->kind == PAGE_ANON || page->kind == PAGE_KSM;
	s->may_vanish |= is_given_up(m, page, pte);
}

static void look_at_pte(const struct machine *m,
	const struct vm_area_struct *vma, struct seen *s)
{
	pteval_t pte = mm_pte(m, vma->vm_mm, s->addr);

	s->flags = vma->vm_flags;
	s->file = vma->vm_file ? vma->vm_file->id : 0;
	s->index = vma->vm_file ? linear_page_index(vma, s->addr) : 0;
	s->own = !s->file;
	s->may_vanish = vma->vm_flags & VM_DROPPABLE;
	if (pte_none(pte) && vma->vm_file) {
		look_at_file(m, vma->vm_file, s->index, s);
	} else if (pte_present(m, pte)) {
		look_at_page(m, s, pte);
	} else if (pte_is_guard(m, pte)) {
		s->what = SEEN_GUARD;
	} else if (!pte_none(pte)) {
		s->value = slot_value(m, swap_slot(m, pte));
		s->own = true;
	}
}

static void look_at_vma(const struct machine *m,
	const struct vm_area_struct *vma, struct calm *c, struct view *v)
{
	uint64_t addr = vma->vm_start;

	if (v->nr_vmas == CALM_VMAS || vma_pages(vma) > CALM_PAGES - v->nr) {
		c->full = true;
		return;
	}
	v->vma[v->nr_vmas++] = (struct seen_vma){ vma->vm_start, vma->vm_end,
		vma->vm_flags, vma->vm_pgoff,
		vma->vm_file ? vma->vm_file->id : 0 };
	for (; addr < vma->vm_end; addr += PAGE_SIZE) {
		struct seen *s = &v->page[v->nr++];

		*s = (struct seen){ .addr = addr };
		look_at_pte(m, vma, s);
	}
}

static void look_at_task(const struct machine *m,
	const struct task_struct *task, struct calm *c)
{
	struct view *v = &c->task[c->nr];

	if (c->nr == CALM_TASKS) {
		c->full = true;
		return;
	}
	c->nr++;
	v->pid = task->pid;
	v->mm = task->mm;
	v->brk = task->mm->brk;
	v->nr = v->nr_vmas = 0;
	for (const struct vm_area_struct *vma = task->mm->mmap; vma;
		vma = vma->vm_next)
		look_at_vma(m, vma, c, v);
}

static void look_at_files(const struct machine *m, struct calm *c)
{
	for (uint32_t id = 1; id < CALM_FILES; id++) {
		const struct inode *inode = inode_by_id(m, id);

		c->file[id].size = inode && !inode->hidden ? inode->i_size : 0;
		for (uint64_t i = 0; i < c->file[id].size; i++) {
			struct seen s = { .what = SEEN_VALUE };

			if (i < CALM_FILE_PAGES) {
				look_at_file(m, inode, i, &s);
				c->file[id].value[i] = s.value;
			}
		}
	}
}

void calm_look(const struct machine *m, struct calm *c)
{
	c->nr = 0;
	c->full = false;
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && task->mm)
			look_at_task(m, task, c);
	}
	look_at_files(m, c);
}

const struct view *calm_task(const struct calm *c, uint32_t pid)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (c->task[i].pid == pid)
			return &c->task[i];
	return NULL;
}

const struct seen *calm_page(const struct view *v, uint64_t addr)
{
	unsigned from = 0, to = v->nr;

	while (from < to) {
		unsigned mid = (from + to) / 2;

		if (v->page[mid].addr < (addr & PAGE_MASK))
			from = mid + 1;
		else
			to = mid;
	}
	return from < v->nr && v->page[from].addr == (addr & PAGE_MASK)
		? &v->page[from]
		: NULL;
}
