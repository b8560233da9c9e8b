/*
 * A machine: memory, tasks and one kernel generation.  Everything it does is
 * an operation (ops.h); everything a viewer sees is its state between two
 * events of one.
 */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "core/arena.h"
#include "core/cost.h"
#include "core/era.h"
#include "core/mm_types.h"
#include "core/paging.h"
#include "core/ref.h"

/*
 * Numbers that scenario{} may choose.  tunables_default() is what an era does
 * on its own; a machine_config with all of them 0 means the same.
 */
struct tunables {
	bool set;              /* the others hold; else all defaults */
	bool no_oom_killer;    /* without memory: OOM, nobody is killed */
	bool lru_batches;      /* pages wait in per-CPU batches for their list */
	bool pcp;              /* per-CPU lists of free frames */
	uint8_t cpus;          /* 1 */
	uint8_t swappiness;    /* 0..100, 6.18: ..200; 60 */
	uint8_t page_cluster;  /* swap readahead of 2^n slots; 0 */
	uint16_t nrpte;        /* slots of a pte_chain node: 3 7 15 31; 7 */
	uint16_t fault_around; /* pages, where the era has it; 16 */
	uint16_t swap_cluster; /* SWAP_CLUSTER_MAX, pages a scan wants; 32 */
	uint64_t pages_min;    /* frames; watermarks of a small machine; 0 */
	uint8_t overcommit;    /* vm.overcommit_memory: 0 guess, 1 always,
				  2 never; 0 */
	uint8_t overcommit_ratio; /* percent of ram, for mode 2; 50 */
	uint32_t max_map_count; /* VMAs of an mm; 0: the era's, 65536 in 2.x, then
				   65530 */
};

/* What scenario{} may choose.  Zero or NULL: the default. */
struct machine_config {
	const struct era *era;       /* default: 4.0 */
	const struct paging *paging; /* default: the era's */
	uint64_t ram;                /* bytes, default 16 MiB */
	uint64_t swap;               /* bytes */
	struct tunables tune;        /* the rest, each with its default */
	uint64_t zone_pages[NR_ZONES_MAX]; /* frames of zones={...}; 0: none */
	const char *zone_name[NR_ZONES_MAX];
};

/* Objects by their number, so that a name never dangles. */
struct idmap {
	void **slot;     /* slot[id], NULL once gone; slot[0] unused */
	uint32_t last;   /* highest number given */
	uint32_t room;   /* slots allocated */
};

struct strings {
	char *text;      /* all strings, each ended by 0 */
	uint32_t used, room; /* bytes of text */
	uint32_t *hash;  /* open addressing: offset + 1 */
	uint32_t count, hash_room;
};

/* Frames that wait for the TLB flush before they may be freed. */
struct gather {
	uint32_t *pfn;
	uint32_t count, room;
};

#define LRU_BATCH_MAX 31 /* the largest of all generations: 6.18's */

/* Pages that wait for their LRU list; each is referenced once more. */
struct lru_batch {
	uint32_t count;
	uint32_t pfn[LRU_BATCH_MAX]; /* in order of arrival */
};
#define MAX_KILLED 8

struct machine {
	struct arena_state arena; /* first: the arena finds it here */
	uint64_t nr_frames;
	struct page *mem_map;     /* nr_frames of them */
	struct zone zones[NR_ZONES_MAX];
	unsigned nr_zones;
	struct kmem_cache caches[NR_CACHES];
	uint32_t zero_pfn;        /* the zero page */
	struct idmap tasks;       /* pids from 1 */
	struct idmap vmas;
	struct idmap anon_vmas;
	struct idmap avcs;
	struct idmap pte_chains;
	struct idmap inodes;
	struct idmap rmap_items;
	struct idmap stable_nodes;
	struct ksm ksm;
	struct idmap maple_nodes;
	struct maple_node *spare_nodes; /* reserved for a store, by parent */
	uint32_t nr_spare_nodes; /* of them */
	struct swap_info_struct swap_info;
	struct address_space swapper_space; /* mapping of swapped pages, until
					       2.6.0; id 0, no inode */
	struct tunables tune;
	struct strings strings;
	struct list_head mmlist;  /* init_mm.mmlist: 2.4, 2.6.0 all mms */
	struct lock mmlist_lock;  /* guards it */
	struct mm_struct *swap_mm; /* 2.4: where swap_out goes on; NULL: init_mm */
	struct pte_chain *local_pte_chain; /* 2.6.0: a node kept at hand */
	struct pte_chain *spare_chain; /* taken by the operation under way */
	struct gather gather;     /* pages of the mmu_gather under way */
	struct lru_batch lru_batch[2]; /* 2.6: inactive, active; later the
					  first one for all lists */
	uint64_t nr_pagecache;    /* pages in the caches of files; of them */
	uint64_t nr_shmem;        /* those of tmpfs */
	uint64_t nr_mapped;       /* pages that PTEs map */
	uint64_t committed;       /* pages promised (vm_committed_as) */
	struct list_head isolated; /* pages that a scan has in hand; empty
				      otherwise, as the next */
	struct list_head kept[2]; /* those that go back: inactive, active */
	bool kswapd_woken;        /* it runs where it can take locks */
	bool fault_again;         /* reclaim took what a fault was to copy: in
				     this operation kswapd waits to its end,
				     and frames at hand come before reclaim */
	bool reclaiming;          /* PF_MEMALLOC: what is allocated now may
				     use the reserves and reclaims nothing */
	bool is_kswapd;           /* and it is kswapd that does it */
	struct gather writing;    /* pages whose write to disk is under way */
	uint32_t nr_tasks;        /* alive */
	uint32_t current_pid;     /* whose operation runs; 0: nobody's */
	uint32_t killed[MAX_KILLED]; /* pids, by the OOM killer in it */
	uint32_t nr_killed;       /* of them, even beyond the room */
	bool oom_current;         /* it chose the one whose operation runs */
	bool oom_origin;          /* swapoff, ksmd: without memory it fails and
				     nobody is killed (PF_SWAPOFF) */
	bool unshare;             /* the fault under way wants a page of its own
				     but does not write (FAULT_FLAG_UNSHARE) */
	uint32_t faults;          /* taken by the operation under way */
	uint32_t major_faults;    /* those of them that had to read */
	bool major;               /* so does the fault under way */
	bool fresh_table;         /* it made the table for its entry */
	uint64_t tree_bytes;      /* of nodes of files' trees */
	struct costs op_costs;    /* of the operation under way or last done */
	struct costs total;       /* of all operations before it */
	uint64_t ops;             /* operations done */
	uint64_t ram;             /* bytes, as configured */
	uint64_t swap;            /* bytes */
};

/* The defaults of @era. */
struct tunables tunables_default(const struct era *era);

/* A new machine, nothing run on it.  NULL with errno (ENOMEM, EINVAL: the pair
 * of era and paging is not allowed, or ram or the zones together are below
 * 256 KiB, above 64 GiB or above what an entry can name, 4 GiB on i386; or
 * swap is above 64 GiB, or nrpte is none that a cache line gives). */
struct machine *machine_new(const struct machine_config *config);
void machine_delete(struct machine *m);

/* Numbers of objects and texts are never used again, so that a machine that is
 * driven for very long fills what the host keeps for them.  False: run no more
 * operations on it.  Frames that run out are a result and not meant here. */
bool machine_has_room(const struct machine *m);

static inline const struct era *machine_era(const struct machine *m)
{
	return arena_of(m)->era;
}

static inline const struct paging *machine_paging(const struct machine *m)
{
	return arena_of(m)->paging;
}

/* Entry @index of the table whose entries are @entries, or that lies in frame
 * @table. */
static inline pteval_t entry_at(const struct machine *m, const void *entries,
	unsigned index)
{
	if (machine_paging(m)->entry_size == 4)
		return ((const uint32_t *)entries)[index];
	return ((const uint64_t *)entries)[index];
}

static inline pteval_t table_entry(const struct machine *m, uint32_t table,
	unsigned index)
{
	return entry_at(m, m->mem_map[table].table, index);
}

/* What a leaf entry says. */
static inline bool pte_none(pteval_t pte)
{
	return !pte;
}

/* Or PROT_NONE. */
static inline bool pte_present(const struct machine *m, pteval_t pte)
{
	const struct paging *p = machine_paging(m);

	return pte & (p->present | p->protnone);
}

static inline bool pte_protnone(const struct machine *m, pteval_t pte)
{
	const struct paging *p = machine_paging(m);

	return (pte & (p->present | p->protnone)) == p->protnone;
}

static inline bool pte_write(const struct machine *m, pteval_t pte)
{
	return pte & machine_paging(m)->rw;
}

static inline bool pte_dirty(const struct machine *m, pteval_t pte)
{
	return pte & machine_paging(m)->dirty;
}

static inline bool pte_young(const struct machine *m, pteval_t pte)
{
	return pte & machine_paging(m)->accessed;
}

/* The frame; that of a PROT_NONE entry too, which some kernels invert. */
uint64_t pte_pfn_protnone(const struct machine *m, pteval_t pte);
static inline uint64_t pte_pfn(const struct machine *m, pteval_t pte)
{
	const struct paging *p = machine_paging(m);

	return (pte & p->present) ? (pte & p->pfn_mask) >> PAGE_SHIFT
				  : pte_pfn_protnone(m, pte);
}

/* Objects by number; NULL when it is gone or never was. */
struct task_struct *task_find(const struct machine *m, uint32_t pid);
struct vm_area_struct *vma_by_id(const struct machine *m, uint32_t id);
struct anon_vma *anon_vma_by_id(const struct machine *m, uint32_t id);
struct anon_vma_chain *avc_by_id(const struct machine *m, uint32_t id);
struct pte_chain *pte_chain_by_id(const struct machine *m, uint32_t id);
struct rmap_item *rmap_item_by_id(const struct machine *m, uint32_t id);
struct stable_node *stable_node_by_id(const struct machine *m, uint32_t id);
struct maple_node *maple_node_by_id(const struct machine *m, uint32_t id);
struct inode *inode_by_id(const struct machine *m, uint32_t id);
/* What a file is called, also one that is gone: "" then. */
const char *inode_name(const struct machine *m, uint32_t id);
/* The file whose page a VALUE_FILE names. */
static inline uint32_t value_file(value_t value)
{
	return (uint32_t)(value >> 24) & 0xffffff;
}
/* NULL beyond the end of memory. */
struct page *page_by_pfn(const struct machine *m, uint64_t pfn);

static inline uint32_t page_pfn(const struct machine *m, const struct page *p)
{
	return (uint32_t)(p - m->mem_map);
}

/* Slots of the swap area.  Users of @slot that are not the cache: PTEs and
 * shared memory (page_swapcount). */
uint32_t swap_count(const struct machine *m, uint64_t slot);
/* What that kernel's swap_map holds for it. */
uint32_t swap_map_raw(const struct machine *m, uint64_t slot);
/* The page in the swap cache for it, or NULL. */
struct page *swap_cache_page(const struct machine *m, uint64_t slot);

/* PTEs that map @page, in every era; the zero page has 0 here. */
static inline int page_mapcount(const struct page *page)
{
	return page->_mapcount + 1;
}

/* The anon_vma that page->mapping names, if that still exists: the pointer of
 * a page that nothing maps any more is a stale hint (4.0 mm/rmap.c
 * page_remove_rmap).  NULL otherwise.  For those who only look. */
struct anon_vma *page_anon_vma_alive(const struct machine *m,
	const struct page *page);

/* vma->anon_vma if that still exists: a VMA that is being torn down may name
 * one that is freed already.  For those who only look. */
struct anon_vma *vma_anon_vma_alive(const struct machine *m,
	const struct vm_area_struct *vma);

/* 2.6.0: the PTE that lies there, as a pte_chain stores it; NO_REF for 0. */
struct ref pte_addr_ref(const struct machine *m, pte_addr_t pte);

/* The mm that mm->id names: a task's, or the other one that it has while it
 * execs.  NULL: there is none. */
const struct mm_struct *mm_by_id(const struct machine *m, uint32_t id);
/* The task whose pid @mm goes by, one of those that use it. */
const struct task_struct *mm_owner(const struct machine *m,
	const struct mm_struct *mm);

/* The smallest VMA that ends above @addr, or NULL.  Counts nothing. */
struct vm_area_struct *vma_lookup(const struct mm_struct *mm, uint64_t addr);

/* Who maps frame @pfn, read from the page tables of every task: calls @fn for
 * each.  A definition, not a mechanism: no era's rmap is used. */
typedef void mapper_fn(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte);
void page_mappers(const struct machine *m, uint64_t pfn, mapper_fn *fn,
	void *ctx);

/* Intern @text (at most 31 bytes) and get its number; 0 for "". */
uint32_t string_intern(struct machine *m, const char *text);
/* The text of an interned string; "" for 0. */
const char *string_text(const struct machine *m, uint32_t id);

/* Kernel's names of things: "active_anon", "active" in the 2.x eras, "" none */
const char *lru_name(const struct machine *m, enum lru_list lru);
const char *page_kind_name(enum page_kind kind);
const char *page_flag_name(enum page_flag_bit bit);
/* Two letters of a vm_flags bit as in smaps, or NULL. */
const char *vm_flag_name(unsigned bit);

#endif
