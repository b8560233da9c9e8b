/*
 * Generations without anon_vmas: nobody has one; in 2.6.0 the chain of each
 * page names exactly the PTEs that map it, and the page of each table of PTEs
 * says whose it is.  The mmlist has every mm once.
 */
#include "core/checker.h"
#include "core/rmap_chain.h"

static struct ref page_at(const struct machine *m, const struct page *page)
{
	return ref_make(REF_PAGE, page_pfn(m, page));
}

static struct ref node_at(const struct pte_chain *pc)
{
	return ref_make(REF_PTE_CHAIN, pc->id);
}

/* -- nothing by objects --------------------------------------------------- */

static bool check_no_anon(struct checker *c)
{
	const struct machine *m = c->m;

	for (uint32_t id = 1; id <= m->vmas.last; id++) {
		const struct vm_area_struct *vma = m->vmas.slot[id];

		if (vma && vma->anon_vma)
			return broken(c, "anon_vma", ref_make(REF_VMA, id), 0,
				1);
	}
	if (m->caches[CACHE_ANON_VMA].nr_objects)
		return broken(c, "anon_vma", NO_REF, 0,
			m->caches[CACHE_ANON_VMA].nr_objects);
	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++)
		if (m->mem_map[pfn].mapping & PAGE_MAPPING_ANON)
			return broken(c, "mapping",
				ref_make(REF_PAGE, (uint32_t)pfn), 0, 1);
	return true;
}

/* -- chains ---------------------------------------------------------------- */

/* Does a PTE of a living mm lie there, and does it map @page? */
static bool check_pte_at(struct checker *c, const struct page *page,
	pte_addr_t ptep)
{
	const struct machine *m = c->m;
	uint64_t table = ptep >> PAGE_SHIFT;
	unsigned size = machine_paging(m)->entry_size;
	unsigned index = (unsigned)(ptep & (PAGE_SIZE - 1)) / size;
	pteval_t pte;

	if (table >= m->nr_frames || m->mem_map[table].kind != PAGE_TABLE ||
		ptep % size)
		return broken(c, "chain", page_at(m, page), 1, ptep);
	pte = table_entry(m, (uint32_t)table, index);
	if (!pte_present(m, pte) || pte_pfn(m, pte) != page_pfn(m, page))
		return broken(c, "chain", page_at(m, page),
			page_pfn(m, page), pte);
	return true;
}

/* Is the PTE named in this or an older node a second time? */
static bool named_again(const struct machine *m, const struct pte_chain *pc,
	unsigned from, pte_addr_t ptep)
{
	for (; pc; pc = pc->next, from = 0)
		for (unsigned i = from; i < m->tune.nrpte; i++)
			if (pc->ptes[i] == ptep)
				return true;
	return false;
}

/* Could a node lie there?  A page whose flags are wrong names a PTE instead. */
static bool may_be_node(const struct machine *m, const struct pte_chain *pc)
{
	uintptr_t at = (uintptr_t)pc - (uintptr_t)m;

	return at < arena_used(m) && at % 8 == 0;
}

/* A node: slots empty below idx, used from there on; PTEs counted. */
static bool check_node(struct checker *c, const struct page *page,
	const struct pte_chain *pc, uint32_t *count)
{
	const struct machine *m = c->m;

	if (!may_be_node(m, pc))
		return broken(c, "chain", page_at(m, page), 1, 0);
	if (pte_chain_by_id(m, pc->id) != pc)
		return broken(c, "id", node_at(pc), 1, 0);
	if (pc->idx >= m->tune.nrpte || (pc->idx && pc != page->pte.chain))
		return broken(c, "chain", node_at(pc), 0, pc->idx);
	for (unsigned i = 0; i < m->tune.nrpte; i++) {
		if ((i >= pc->idx) != (pc->ptes[i] != 0))
			return broken(c, "chain", node_at(pc), pc->idx, i);
		if (i < pc->idx)
			continue;
		if (!check_pte_at(c, page, pc->ptes[i]))
			return false;
		if (named_again(m, pc, i + 1, pc->ptes[i]))
			return broken(c, "chain", node_at(pc), 1, i);
		++*count;
	}
	return true;
}

/* PTEs that the page names; true if each is right. */
static bool check_page_chain(struct checker *c, const struct page *page,
	uint64_t *nodes)
{
	uint32_t maps = c->maps[page_pfn(c->m, page)], count = 0;
	bool direct = page->flags & PG(DIRECT);

	if (page->flags & PG(CHAINLOCK))
		return broken(c, "lock", page_at(c->m, page), 0, 1);
	if (direct) {
		if (!check_pte_at(c, page, page->pte.direct))
			return false;
		count = 1;
	}
	if (!direct && maps)
		for (const struct pte_chain *pc = page->pte.chain; pc;
			pc = pc->next) {
			if (!check_node(c, page, pc, &count))
				return false;
			++*nodes;
		}
	if (count != maps || (!maps && page->pte.direct))
		return broken(c, "chain", page_at(c->m, page), maps, count);
	return true;
}

/* Nodes are in chains, or the one that is kept; none is lost. */
static bool check_chains(struct checker *c)
{
	const struct machine *m = c->m;
	uint64_t nodes = m->local_pte_chain != NULL;

	if (m->spare_chain)
		return broken(c, "spare", node_at(m->spare_chain), 0, 1);
	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++)
		if (m->mem_map[pfn].kind >= PAGE_ANON &&
			!check_page_chain(c, &m->mem_map[pfn], &nodes))
			return false;
	if (nodes != m->caches[CACHE_PTE_CHAIN].nr_objects)
		return broken(c, "chain", NO_REF, nodes,
			m->caches[CACHE_PTE_CHAIN].nr_objects);
	return true;
}

/* -- tables that say whose they are ------------------------------------------ */

static bool check_names(struct checker *c, const struct mm_struct *mm,
	unsigned level, uint32_t table, uint64_t base)
{
	const struct paging *p = machine_paging(c->m);
	const struct page *page = &c->m->mem_map[table];
	bool leaf = level + 1u >= p->nr_levels || level + 1 >= MAX_LEVELS;

	if (leaf && (page->mapping != (uintptr_t)mm || page->index != base))
		return broken(c, "table", page_at(c->m, page), base,
			page->index);
	for (unsigned i = 0; !leaf && i < 1u << p->level[level].bits; i++) {
		pteval_t e = table_entry(c->m, table, i);

		if ((e & p->present) &&
			!check_names(c, mm, level + 1,
				(uint32_t)((e & p->pfn_mask) / PAGE_SIZE),
				base + ((uint64_t)i
					       << p->level[level].shift)))
			return false;
	}
	return true;
}

static bool check_mm_names(struct checker *c, const struct mm_struct *mm)
{
	return check_names(c, mm, 0, mm->pgd, 0);
}

/* -- the mmlist ---------------------------------------------------------------- */

static bool on_mmlist(struct checker *c, const struct mm_struct *mm)
{
	unsigned met = 0;

	for (const struct list_head *p = c->m->mmlist.next; p != &c->m->mmlist;
		p = p->next)
		met += p == &mm->mmlist;
	return met == 1 ||
		broken(c, "mmlist", ref_make(REF_TASK, mm->id), 1, met);
}

static bool check_mmlist(struct checker *c)
{
	const struct machine *m = c->m;
	uint32_t count = 0;

	for (const struct list_head *p = m->mmlist.next; p != &m->mmlist;
		p = p->next)
		count++;
	if (count != c->mms)
		return broken(c, "mmlist", NO_REF, c->mms, count);
	if (m->mmlist_lock.writer || m->mmlist_lock.readers)
		return broken(c, "lock", NO_REF, 0, 1);
	return check_each_mm(c, on_mmlist);
}

/* -- all ------------------------------------------------------------------------ */

bool check_old(struct checker *c)
{
	const struct era_ops *ops = ops_of(c->m);

	if (!ops->walk_anon && !check_no_anon(c))
		return false;
	if (ops->chain_rows && !check_chains(c))
		return false;
	if (ops->names_pte_tables && !check_each_mm(c, check_mm_names))
		return false;
	return !ops->mmlist_all || check_mmlist(c);
}
