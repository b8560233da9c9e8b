/* Address spaces: the VMAs and their index, the page tables. */
#include "core/checker.h"
#include "core/swap.h"
#include "core/vma.h"

/* -- VMAs -------------------------------------------------------------------
 */

static struct ref vma_ref(const struct vm_area_struct *vma)
{
	return ref_make(REF_VMA, vma->id);
}

static bool check_vma(struct checker *c, const struct mm_struct *mm,
	const struct vm_area_struct *vma, const struct vm_area_struct *prev)
{
	uint64_t end = prev ? prev->vm_end : 0;

	if (vma_by_id(c->m, vma->id) != vma)
		return broken(c, "id", vma_ref(vma), 1, 0);
	if (vma->vm_mm != mm || vma->vm_prev != prev)
		return broken(c, "vma", vma_ref(vma), 1, 0);
	if (vma->vm_start >= vma->vm_end || vma->vm_start < end)
		return broken(c, "vma", vma_ref(vma), end, vma->vm_start);
	if ((vma->vm_start | vma->vm_end) & ~PAGE_MASK)
		return broken(c, "vma", vma_ref(vma), 0, vma->vm_end);
	if (vma->vm_end > machine_paging(c->m)->task_size)
		return broken(c, "vma", vma_ref(vma),
			machine_paging(c->m)->task_size, vma->vm_end);
	if (vma->vm_lock.writer || vma->vm_lock.readers)
		return broken(c, "lock", vma_ref(vma), 0, 1);
	return true;
}

/* In-order walk of the tree by its own links: the next node after @vma. */
static const struct vm_area_struct *tree_vma(const struct rb_node *node)
{
	return node ? container_of((struct rb_node *)node,
			      struct vm_area_struct, vm_rb)
		    : NULL;
}

/* Red-black rules of a subtree; its black height, or -1. */
static int black_height(const struct rb_node *node)
{
	int left, right;

	if (!node)
		return 0;
	if (node->red && ((node->left && node->left->red) ||
				 (node->right && node->right->red)))
		return -1;
	if ((node->left && node->left->parent != node) ||
		(node->right && node->right->parent != node))
		return -1;
	left = black_height(node->left);
	right = black_height(node->right);
	return left < 0 || left != right ? -1 : left + !node->red;
}

/* Do the subtree's nodes, in order, continue the list at *vma? */
static bool same_order(
	const struct rb_node *node, const struct vm_area_struct **vma)
{
	if (!node)
		return true;
	if (!same_order(node->left, vma) || tree_vma(node) != *vma)
		return false;
	*vma = (*vma)->vm_next;
	return same_order(node->right, vma);
}

static bool check_index(struct checker *c, const struct mm_struct *mm)
{
	const struct vm_area_struct *vma = mm->mmap;
	struct ref o = ref_make(REF_TASK, mm->id);

	if (ops_of(c->m)->index->ranges)
		return check_maple(c, mm, &c->maple_nodes);
	if (mm->mm_mt.root)
		return broken(c, "maple_tree", o, 0, 1);
	if (black_height(mm->mm_rb.node) < 0)
		return broken(c, "vma", o, 1, 0);
	if (!same_order(mm->mm_rb.node, &vma) || vma)
		return broken(c, "vma", o, 1, 0);
	return true;
}

/* Pages of an mm's VMAs, by what they are. */
struct counted {
	uint64_t total, locked, exec, stack, data;
};

/* Each page is of one kind at most: code that cannot be written, a stack,
 * private and writable. */
static void count_pages(struct counted *n, const struct vm_area_struct *v)
{
	uint64_t pages = (v->vm_end - v->vm_start) / PAGE_SIZE;
	bool stack = v->vm_flags & VM_GROWSDOWN;
	bool write = v->vm_flags & VM_WRITE, shared = v->vm_flags & VM_SHARED;

	n->total += pages;
	if (v->vm_flags & VM_LOCKED)
		n->locked += pages;
	if (stack)
		n->stack += pages;
	else if (write && !shared)
		n->data += pages;
	else if (!write && (v->vm_flags & VM_EXEC))
		n->exec += pages;
}

static bool check_counted(struct checker *c, const struct mm_struct *mm,
	const struct counted *n)
{
	struct ref o = ref_make(REF_TASK, mm->id);

	if (n->locked + mm->locked_lost != mm->locked_vm)
		return broken(c, "locked_vm", o, n->locked + mm->locked_lost,
			mm->locked_vm);
	if (n->total != mm->total_vm)
		return broken(c, "total_vm", o, n->total, mm->total_vm);
	if (n->exec != mm->exec_vm)
		return broken(c, "exec_vm", o, n->exec, mm->exec_vm);
	if (n->stack != mm->stack_vm)
		return broken(c, "stack_vm", o, n->stack, mm->stack_vm);
	if (n->data != mm->data_vm)
		return broken(c, "data_vm", o, n->data, mm->data_vm);
	return true;
}

static bool check_mm_vmas(struct checker *c, const struct mm_struct *mm)
{
	const struct vm_area_struct *prev = NULL;
	bool cached = !mm->mmap_cache;
	struct ref o = ref_make(REF_TASK, mm->id);
	struct counted n = { 0 };
	uint64_t lowest = ops_of(c->m)->brk_by_start ? mm->start_brk
						     : mm->end_code;
	uint32_t count = 0;

	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next) {
		if (!check_vma(c, mm, v, prev))
			return false;
		cached |= v == mm->mmap_cache;
		count_pages(&n, v);
		count++;
		prev = v;
	}
	if (!check_index(c, mm))
		return false;
	if (count != mm->map_count)
		return broken(c, "map_count", o, count, mm->map_count);
	if (!check_counted(c, mm, &n))
		return false;
	if (mm->brk < lowest)
		return broken(c, "brk", o, lowest, mm->brk);
	if (!cached)
		return broken(c, "mmap_cache", o, 1, 0);
	return true;
}

/* Every numbered VMA is on the list of its mm. */
static bool check_vma_ids(struct checker *c)
{
	for (uint32_t id = 1; id <= c->m->vmas.last; id++) {
		const struct vm_area_struct *vma = c->m->vmas.slot[id];
		const struct vm_area_struct *v;

		if (!vma)
			continue;
		v = vma->vm_mm ? vma->vm_mm->mmap : NULL;
		while (v && v != vma && v->vm_start < vma->vm_start)
			v = v->vm_next;
		if (v != vma)
			return broken(c, "vma", ref_make(REF_VMA, id), 1, 0);
	}
	return true;
}

/* Every numbered node is in a tree; none is left reserved. */
static bool check_maple_ids(struct checker *c)
{
	uint32_t nodes = 0;

	for (uint32_t id = 1; id <= c->m->maple_nodes.last; id++)
		nodes += maple_node_by_id(c->m, id) != NULL;
	if (c->m->spare_nodes || c->m->nr_spare_nodes)
		return broken(c, "maple_spare", NO_REF, 0,
			c->m->nr_spare_nodes);
	if (nodes != c->maple_nodes)
		return broken(c, "maple_node", NO_REF, c->maple_nodes, nodes);
	return true;
}

/* 4.0: a cache that is not stale names VMAs of its task's mm, if any. */
static bool check_vmacaches(struct checker *c)
{
	const struct machine *m = c->m;

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (!task || !task->mm ||
			task->vmacache_seqnum != task->mm->vmacache_seqnum)
			continue;
		for (unsigned i = 0; i < VMACACHE_SIZE; i++) {
			const struct vm_area_struct *vma =
				vma_by_id(m, task->vmacache[i]);

			if (task->vmacache[i] &&
				(!vma || vma->vm_mm != task->mm))
				return broken(c, "vmacache",
					ref_make(REF_TASK, pid), 0,
					task->vmacache[i]);
		}
	}
	return true;
}

bool check_vmas(struct checker *c)
{
	return check_each_mm(c, check_mm_vmas) && check_vma_ids(c) &&
		check_maple_ids(c) && check_vmacaches(c);
}

/* -- tables ------------------------------------------------------------------
 */

static const struct vm_area_struct *vma_at(
	const struct mm_struct *mm, uint64_t addr)
{
	const struct vm_area_struct *v = mm->mmap;

	while (v && v->vm_end <= addr)
		v = v->vm_next;
	return v && v->vm_start <= addr ? v : NULL;
}

static bool check_leaf(struct checker *c, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte)
{
	struct ref o = ref_at(REF_PTE, mm->id, addr);
	uint64_t pfn = pte_pfn(c->m, pte);

	if (!vma_at(mm, addr))
		return broken(c, "pte", o, 0, pte);
	if (!pte_present(c->m, pte))
		return check_swap_pte(c, mm, addr, pte);
	if (pfn >= c->m->nr_frames)
		return broken(c, "pte", o, c->m->nr_frames, pfn);
	c->maps[pfn]++;
	c->dirty[pfn] |= pte_dirty(c->m, pte);
	return true;
}

static bool check_table(struct checker *c, const struct mm_struct *mm,
	unsigned level, uint64_t pfn, uint64_t base)
{
	const struct paging *p = machine_paging(c->m);
	struct ref o = ref_make(REF_PAGE, (uint32_t)pfn);

	if (pfn >= c->m->nr_frames || c->m->mem_map[pfn].kind != PAGE_TABLE ||
		c->found[pfn] || !c->m->mem_map[pfn].table)
		return broken(c, "table", o, 1, 0);
	c->found[pfn] = IN_TABLES;
	c->tables++;
	for (unsigned i = 0; i < 1u << p->level[level].bits; i++) {
		pteval_t e = table_entry(c->m, (uint32_t)pfn, i);
		uint64_t addr = base + ((uint64_t)i << p->level[level].shift);
		bool ok = true;

		if (e && level + 1u == p->nr_levels)
			ok = check_leaf(c, mm, addr, e);
		else if (e)
			ok = check_table(c, mm, level + 1,
				(e & p->pfn_mask) / PAGE_SIZE, addr);
		if (!ok)
			return false;
	}
	return true;
}

/* The short cut leads where a descent does. */
static bool check_near_table(struct checker *c, const struct mm_struct *mm)
{
	const struct machine *m = c->m;
	const void *table = NULL;
	struct walk w;

	if (!mm->near_table)
		return true;
	paging_walk(m, mm, mm->near_addr, &w);
	if (w.depth == machine_paging(m)->nr_levels)
		table = m->mem_map[w.level[w.depth - 1].table].table;
	return table == mm->near_table ||
		broken(c, "near_table", ref_make(REF_TASK, mm->id), 1, 0);
}

static bool check_mm_tables(struct checker *c, const struct mm_struct *mm)
{
	uint64_t before = c->tables;

	if (!check_table(c, mm, 0, mm->pgd, 0))
		return false;
	if (c->tables - before != mm->nr_ptes + 1u)
		return broken(c, "nr_ptes", ref_make(REF_TASK, mm->id),
			c->tables - before - 1, mm->nr_ptes);
	return check_near_table(c, mm);
}

bool check_tables(struct checker *c)
{
	uint64_t frames = 0;

	if (!check_each_mm(c, check_mm_tables) ||
		!check_each_ksm_mm(c, check_mm_tables))
		return false;
	for (uint64_t pfn = 0; pfn < c->m->nr_frames; pfn++)
		frames += c->m->mem_map[pfn].kind == PAGE_TABLE;
	if (frames != c->tables)
		return broken(c, "table", NO_REF, c->tables, frames);
	return true;
}

/* -- entries ------------------------------------------------------------------
 */

struct entry_check {
	struct checker *c;
	uint32_t anon;  /* pages of anonymous memory met in this mm */
	uint32_t file;  /* pages of files */
	uint32_t shmem; /* of them those of tmpfs */
	uint32_t swap;  /* entries of swapped pages */
};

/* PTEs that will map the frame when they are faulted on. */
static uint32_t holders(const struct checker *c, uint64_t pfn)
{
	uint64_t slot = page_swap_slot(c->m, &c->m->mem_map[pfn]);

	return slot ? c->slots[slot] : 0;
}

/* May the PTE be written?  Only if the VMA may; a private page only by one, a
 * file's page only where it is shared, and then the file knows of it. */
static bool check_writable(struct entry_check *e,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	const struct machine *m = e->c->m;
	uint64_t pfn = pte_pfn(m, pte);
	const struct page *page = &m->mem_map[pfn];
	struct ref o = ref_at(REF_PTE, vma->vm_mm->id, addr);

	if (!(vma->vm_flags & VM_WRITE) || pfn == m->zero_pfn)
		return broken(e->c, "writable", o, 0, pte);
	if (page->kind != PAGE_ANON) {
		if (!(vma->vm_flags & VM_SHARED))
			return broken(e->c, "writable", o, 0, pte);
		if (ops_of(m)->tracks_dirty && page->kind == PAGE_FILE &&
			!(page->flags & PG(DIRTY)))
			return broken(e->c, "dirty", o, 1, 0);
		return true;
	}
	if (e->c->maps[pfn] + holders(e->c, pfn) > 1)
		return broken(e->c, "writable", o, 0, pte);
	if (ops_of(m)->exclusive && !(page->flags & PG(ANON_EXCLUSIVE)))
		return broken(e->c, "exclusive", o, 1, 0);
	return true;
}

/* fork copies markers only where the flag says so. */
static bool check_marker(struct entry_check *e,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct ref o = ref_at(REF_PTE, vma->vm_mm->id, addr);

	if (!pte_is_guard(e->c->m, pte))
		return true;
	if (!(vma->vm_flags & VM_MAYBE_GUARD))
		return broken(e->c, "marker", o, 0, pte);
	if (!vma->vm_file && !vma->anon_vma)
		return broken(e->c, "marker", o, 1, pte);
	return true;
}

static int check_entry(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct entry_check *e = ctx;
	const struct vm_area_struct *vma = vma_at(mm, addr);
	const struct page *page;

	if (!pte_present(m, pte)) {
		e->swap += !pte_is_guard(m, pte);
		return !check_marker(e, vma, addr, pte);
	}
	page = &m->mem_map[pte_pfn(m, pte)];
	e->anon += kind_is_anon(page->kind);
	e->file += page->kind == PAGE_FILE || page->kind == PAGE_SHMEM;
	e->shmem += page->kind == PAGE_SHMEM;
	return pte_write(m, pte) && !check_writable(e, vma, addr, pte);
}

/* What the mm counts is what was met. */
static bool check_rss(struct entry_check *e, const struct mm_struct *mm)
{
	uint32_t shmem = ops_of(e->c->m)->counts_shmem ? e->shmem : 0;
	struct ref o = ref_make(REF_TASK, mm->id);

	if (e->anon != mm->anon_rss)
		return broken(e->c, "rss", o, e->anon, mm->anon_rss);
	if (e->file - shmem != mm->file_rss)
		return broken(e->c, "rss", o, e->file - shmem, mm->file_rss);
	if (shmem != mm->shmem_rss)
		return broken(e->c, "rss", o, shmem, mm->shmem_rss);
	if (!ops_of(e->c->m)->swapents)
		e->swap = 0;
	if (e->swap != mm->swapents)
		return broken(e->c, "swapents", o, e->swap, mm->swapents);
	return true;
}

static bool check_mm_entries(struct checker *c, const struct mm_struct *mm)
{
	struct entry_check e = { .c = c };

	if (mm_for_each_pte(c->m, mm, 0, machine_paging(c->m)->task_size,
		    check_entry, &e))
		return false;
	return check_rss(&e, mm);
}

bool check_entries(struct checker *c)
{
	return check_each_mm(c, check_mm_entries);
}
