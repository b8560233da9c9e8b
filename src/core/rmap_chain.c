/*
 * 2.6.0 (mm/rmap.c): page->pte names the PTEs that map the page.
 *
 *   nothing maps it    pte.direct == 0
 *   one PTE            PG_direct, pte.direct is where it lies
 *   more               pte.chain: nodes of NRPTE slots, newest first
 *
 * Invariant: only the first node has empty slots, and they are its slots below
 * idx; every other node is full.  Slots fill from the highest down.  A PTE that
 * goes leaves a gap, which the lowest used slot of the first node fills.  A
 * chain of one PTE stays a chain until page_referenced() looks at it.
 *
 * A PTE is named by its place in memory.  The page of a page table says whose
 * it is: mapping is the mm, index the first address that it maps.
 *
 * A node must be at hand before a PTE is added: one is taken in advance
 * (machine.spare_chain) from the one that each processor keeps
 * (machine.local_pte_chain) or from the slab, and goes back if not used.
 */
#include "core/rmap_chain.h"
#include "core/emit.h"
#include "core/idmap.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/slab.h"

#include <assert.h>
#include <errno.h>

static unsigned nrpte(const struct machine *m)
{
	return m->tune.nrpte;
}

/* -- names of PTEs ------------------------------------------------------- */

pte_addr_t pte_address(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr)
{
	const struct paging *p = machine_paging(m);
	unsigned last = p->nr_levels - 1u;
	uint32_t table = mm->pgd;

	for (unsigned i = 0; i < last; i++) {
		pteval_t e = table_entry(m, table, paging_index(p, i, addr));

		if (!(e & p->present))
			return 0;
		table = (uint32_t)((e & p->pfn_mask) >> PAGE_SHIFT);
	}
	return ((pte_addr_t)table << PAGE_SHIFT) |
		paging_index(p, last, addr) * p->entry_size;
}

struct mm_struct *ptep_to_mm(const struct machine *m, pte_addr_t pte)
{
	return (struct mm_struct *)m->mem_map[pte >> PAGE_SHIFT].mapping;
}

uint64_t ptep_to_address(const struct machine *m, pte_addr_t pte)
{
	unsigned slot = (unsigned)(pte & (PAGE_SIZE - 1)) /
		machine_paging(m)->entry_size;

	return m->mem_map[pte >> PAGE_SHIFT].index +
		(uint64_t)slot * PAGE_SIZE;
}

struct ref pte_addr_ref(const struct machine *m, pte_addr_t pte)
{
	return pte ? pte_ref(ptep_to_mm(m, pte), ptep_to_address(m, pte))
		   : NO_REF;
}

/* -- nodes --------------------------------------------------------------- */

/* pte_chain_alloc: the one that is kept, or a new one. */
static struct pte_chain *node_alloc(struct machine *m, bool wait)
{
	struct pte_chain *pc = m->local_pte_chain;

	if (pc) {
		m->local_pte_chain = NULL;
		return pc;
	}
	pc = wait ? slab_alloc(m, CACHE_PTE_CHAIN)
		  : slab_alloc_nowait(m, CACHE_PTE_CHAIN);
	if (!pc)
		return NULL;
	pc->id = idmap_next(&m->pte_chains);
	pc->idx = nrpte(m);
	idmap_add(m, &m->pte_chains, pc);
	slab_tell(m, CACHE_PTE_CHAIN, chain_ref(pc));
	return pc;
}

/* __pte_chain_free: it is kept, the one that was goes back to the slab. */
static void node_free(struct machine *m, struct pte_chain *pc)
{
	struct pte_chain *old = m->local_pte_chain;
	struct ref ref = chain_ref(old);

	m->local_pte_chain = pc;
	pc->next = NULL;
	pc->idx = nrpte(m);
	if (old) {
		idmap_remove(&m->pte_chains, old->id);
		slab_free(m, CACHE_PTE_CHAIN, old, ref);
	}
	tell(m, EV_CHAIN_STASH, chain_ref(pc), NO_REF, 0);
}

int chain_reserve(struct machine *m, bool wait)
{
	if (m->spare_chain)
		return 0;
	call(m, FN_CHAIN_ALLOC, NO_REF, NO_REF, 0);
	m->spare_chain = node_alloc(m, wait);
	if (m->spare_chain)
		tell(m, EV_CHAIN_SPARE, chain_ref(m->spare_chain), NO_REF, 0);
	ret(m, FN_CHAIN_ALLOC);
	return m->spare_chain ? 0 : -ENOMEM;
}

void chain_release(struct machine *m)
{
	struct pte_chain *pc = m->spare_chain;

	if (!pc)
		return;
	call(m, FN_CHAIN_FREE, chain_ref(pc), NO_REF, 0);
	m->spare_chain = NULL;
	node_free(m, pc);
	ret(m, FN_CHAIN_FREE);
}

/* Those who add have reserved: here is their node. */
static struct pte_chain *use_spare(struct machine *m)
{
	struct pte_chain *pc = m->spare_chain;

	assert(pc);
	m->spare_chain = NULL;
	return pc;
}

/* -- locking a page's chain ---------------------------------------------- */

void pte_chain_lock(struct machine *m, struct page *page)
{
	page->flags |= PG(CHAINLOCK);
	cost(m, COST_LOCKS, 1);
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_LOCK,
				     .o = page_ref(m, page),
				     .field = "PG_chainlock",
				     .n = 1 });
}

void pte_chain_unlock(struct machine *m, struct page *page)
{
	page->flags &= ~PG(CHAINLOCK);
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_UNLOCK,
				     .o = page_ref(m, page),
				     .field = "PG_chainlock",
				     .n = 1 });
}

/* -- adding -------------------------------------------------------------- */

static void fill(struct machine *m, struct pte_chain *pc, unsigned slot,
	pte_addr_t pte)
{
	pc->ptes[slot] = pte;
	pc->idx = slot;
	cost(m, COST_CHAIN_NODES, 1);
	tell(m, EV_CHAIN_FILL, chain_ref(pc), pte_addr_ref(m, pte), slot);
}

static void set_direct(struct machine *m, struct page *page, pte_addr_t pte)
{
	page->pte.direct = pte;
	page->flags |= PG(DIRECT);
	tell(m, EV_CHAIN_DIRECT, page_ref(m, page), pte_addr_ref(m, pte), 0);
}

/* A new first node. */
static struct pte_chain *push(struct machine *m, struct page *page,
	struct pte_chain *next)
{
	struct pte_chain *pc = use_spare(m);

	pc->next = next;
	page->pte.chain = pc;
	tell(m, EV_CHAIN_PUSH, chain_ref(pc), page_ref(m, page),
		next ? next->id : 0);
	return pc;
}

/* page_add_rmap */
static void add_pte(struct machine *m, struct page *page, pte_addr_t pte)
{
	struct pte_chain *head;
	pte_addr_t first;

	if (!page->pte.direct) {
		set_direct(m, page, pte);
		return;
	}
	if (page->flags & PG(DIRECT)) {
		first = page->pte.direct;
		page->flags &= ~PG(DIRECT);
		head = push(m, page, NULL);
		fill(m, head, nrpte(m) - 1, first);
		fill(m, head, nrpte(m) - 2, pte);
		return;
	}
	head = page->pte.chain;
	if (!head->idx) /* full */
		head = push(m, page, head);
	fill(m, head, head->idx - 1, pte);
}

static void page_add_rmap(struct machine *m, enum fn fn, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	call(m, fn, page_ref(m, page), pte_ref(mm, addr), 0);
	pte_chain_lock(m, page);
	add_pte(m, page, pte_address(m, mm, addr));
	count_mapping(m, page, 1);
	pte_chain_unlock(m, page);
	ret(m, fn);
}

void chain_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	page_add_rmap(m, FN_ADD_NEW_RMAP, page, vma->vm_mm, addr);
}

void chain_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive)
{
	(void)exclusive;
	page_add_rmap(m, FN_ADD_RMAP, page, vma->vm_mm, addr);
}

void chain_dup_rmap(struct machine *m, struct page *page, struct mm_struct *mm,
	uint64_t addr)
{
	page_add_rmap(m, FN_DUP_RMAP, page, mm, addr);
}

/* -- removing ------------------------------------------------------------ */

/* The first node has lost its last PTE. */
static void pop(struct machine *m, struct page *page)
{
	struct pte_chain *head = page->pte.chain;

	page->pte.chain = head->next;
	tell(m, EV_CHAIN_POP, chain_ref(head), page_ref(m, page), 0);
	node_free(m, head);
}

void chain_take_slot(struct machine *m, struct page *page,
	struct pte_chain *pc, unsigned slot)
{
	struct pte_chain *head = page->pte.chain;
	unsigned victim = head->idx;
	pte_addr_t gone = pc->ptes[slot], moved = head->ptes[victim];

	pc->ptes[slot] = moved;
	head->ptes[victim] = 0;
	head->idx++;
	tell(m, EV_CHAIN_EMPTY, chain_ref(pc), pte_addr_ref(m, gone), slot);
	if (moved != gone)
		tell(m, EV_CHAIN_TAKE, chain_ref(head), pte_addr_ref(m, moved),
			victim);
	if (victim == nrpte(m) - 1)
		pop(m, page);
}

/* Look through the nodes for @pte and take it out. */
static void remove_pte(struct machine *m, struct page *page, pte_addr_t pte)
{
	for (struct pte_chain *pc = page->pte.chain; pc; pc = pc->next) {
		cost(m, COST_CHAIN_NODES, 1);
		for (unsigned i = pc->idx; i < nrpte(m); i++)
			if (pc->ptes[i] == pte) {
				chain_take_slot(m, page, pc, i);
				return;
			}
	}
}

void chain_clear_direct(struct machine *m, struct page *page)
{
	pte_addr_t pte = page->pte.direct;

	page->pte.direct = 0;
	page->flags &= ~PG(DIRECT);
	tell(m, EV_CHAIN_NO_DIRECT, page_ref(m, page), pte_addr_ref(m, pte),
		0);
}

void chain_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	pte_addr_t pte = pte_address(m, mm, addr);

	call(m, FN_REMOVE_RMAP, page_ref(m, page), pte_ref(mm, addr), 0);
	pte_chain_lock(m, page);
	if (!(page->flags & PG(DIRECT)))
		remove_pte(m, page, pte);
	else if (page->pte.direct == pte)
		chain_clear_direct(m, page);
	count_mapping(m, page, -1);
	pte_chain_unlock(m, page);
	ret(m, FN_REMOVE_RMAP);
}

/* -- page_referenced ----------------------------------------------------- */

/* A walk of page_referenced() or, if it only looks, of the operation. */
struct chain_walk {
	struct page *page;
	bool clears;           /* test and clear the accessed bits */
	unsigned referenced;   /* PTEs that were young */
	unsigned ptes;         /* PTEs looked at */
	struct op_result *res; /* where they go, or NULL */
};

/* ptep_test_and_clear_young: no flush, the bit may be late by a while. */
static void visit(struct machine *m, struct chain_walk *w, pte_addr_t ptep)
{
	struct mm_struct *mm = ptep_to_mm(m, ptep);
	uint64_t addr = ptep_to_address(m, ptep);
	pteval_t pte = get_pte(m, mm, addr);

	w->ptes++;
	cost(m, COST_PTES, 1);
	cost(m, COST_VISITED, 1);
	cost(m, COST_MATCHED, 1);
	if (w->res)
		rmap_found(w->res, vma_lookup(mm, addr), addr);
	tell(m, EV_RMAP_HIT, pte_ref(mm, addr), page_ref(m, w->page),
		(uint64_t)(page_mapcount(w->page) - (int)w->ptes));
	if (!w->clears || !pte_young(m, pte))
		return;
	w->referenced++;
	set_pte(m, mm, addr, pte_mkold(m, pte), EV_SET_PTE);
}

static void visit_chain(struct machine *m, struct chain_walk *w)
{
	for (struct pte_chain *pc = w->page->pte.chain; pc; pc = pc->next) {
		cost(m, COST_CHAIN_NODES, 1);
		tell(m, EV_CHAIN_NODE, chain_ref(pc), NO_REF, pc->idx);
		for (unsigned i = nrpte(m); i-- && pc->ptes[i];) {
			tell(m, EV_CHAIN_SLOT, chain_ref(pc),
				pte_addr_ref(m, pc->ptes[i]), i);
			visit(m, w, pc->ptes[i]);
		}
	}
}

/* Only one PTE is left in the chain: name it directly. */
static void collapse(struct machine *m, struct page *page)
{
	struct pte_chain *pc = page->pte.chain;
	pte_addr_t pte = pc->ptes[nrpte(m) - 1];

	pc->ptes[nrpte(m) - 1] = 0;
	page->pte.direct = pte;
	page->flags |= PG(DIRECT);
	tell(m, EV_CHAIN_COLLAPSE, page_ref(m, page), pte_addr_ref(m, pte), 0);
	node_free(m, pc);
}

static void walk_ptes(struct machine *m, struct chain_walk *w)
{
	struct page *page = w->page;
	bool direct = page->flags & PG(DIRECT);

	tell(m, EV_CHAIN_START, page_ref(m, page),
		direct ? pte_addr_ref(m, page->pte.direct)
		       : chain_ref(page->pte.chain), 0);
	if (direct)
		visit(m, w, page->pte.direct);
	else
		visit_chain(m, w);
	if (!direct && w->clears && w->ptes == 1)
		collapse(m, page);
}

int page_referenced_2_6_0(struct machine *m, struct page *page, bool locked,
	struct op_result *res, uint64_t *vm_flags)
{
	struct chain_walk w = { page, true, 0, 0, res };

	(void)locked;
	(void)vm_flags;
	pte_chain_lock(m, page);
	call(m, FN_REFERENCED, page_ref(m, page), NO_REF, 0);
	if (page->flags & PG(REFERENCED)) {
		page_clear_flag(m, page, PG(REFERENCED));
		w.referenced++;
	}
	if (page->pte.direct)
		walk_ptes(m, &w);
	ret(m, FN_REFERENCED);
	pte_chain_unlock(m, page);
	return (int)w.referenced;
}

int chain_walk(struct machine *m, struct page *page, bool full,
	struct op_result *res)
{
	struct ref o = page_ref(m, page);

	if (page_mapcount(page) <= 0) {
		tell(m, EV_NOT_MAPPED, o, NO_REF, 0);
		return page->kind == PAGE_FREE ? -EINVAL : 0;
	}
	if (!full) {
		page_referenced_2_6_0(m, page, true, res, NULL);
	} else {
		pte_chain_lock(m, page);
		walk_ptes(m, &(struct chain_walk){ page, false, 0, 0, res });
		pte_chain_unlock(m, page);
	}
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_RMAP_DONE, .o = o,
				     .type = VT_INT,
				     .old = m->op_costs.n[COST_VISITED],
				     .new = m->op_costs.n[COST_WASTED],
				     .n = res->nr_found });
	return 0;
}
