/*
 * The objects of the simulated kernel, named as the kernel names them.  What
 * every field means to a reader of the screen stands in objects.c, once.
 */
#ifndef CORE_MM_TYPES_H
#define CORE_MM_TYPES_H

#include "core/list.h"
#include "core/rbtree.h"

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096u
#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))
#define NAME_SIZE 32    /* bytes of a name, its end included */
#define NR_ORDERS 11    /* free lists of the buddy allocator */
#define NR_ZONES_MAX 4

/* A page's content in one word; 0 is a page never written and reads as 0. */
typedef uint64_t value_t;
#define VALUE_TAG(v) ((v) >> 48)
#define VALUE_INT 0u    /* low 48 bits: a signed number */
#define VALUE_STRING 1u /* low 32 bits: an interned string */
#define VALUE_FILE 2u   /* bits 24..47: file, low 24: page of it */

enum page_kind {
	PAGE_FREE,
	PAGE_RESERVED, /* kernel image, mem_map */
	PAGE_ZERO,     /* the one page that stands for "never written" */
	PAGE_TABLE,    /* a page table, of any level */
	PAGE_SLAB,
	PAGE_ANON, /* from here on a user's */
	PAGE_FILE,
	PAGE_SHMEM,
	PAGE_KSM,
	NR_PAGE_KINDS
};

/* Page flags, the kernel's names without PG_. */
#define PAGE_FLAG_LIST(FLAG)                                                   \
	FLAG(LOCKED, "locked")                                                 \
	FLAG(REFERENCED, "referenced")                                         \
	FLAG(UPTODATE, "uptodate")                                             \
	FLAG(DIRTY, "dirty")                                                   \
	FLAG(LRU, "lru")                                                       \
	FLAG(ACTIVE, "active")                                                 \
	FLAG(SWAPBACKED, "swapbacked")                                         \
	FLAG(SWAPCACHE, "swapcache")                                           \
	FLAG(WRITEBACK, "writeback")                                           \
	FLAG(RECLAIM, "reclaim")                                               \
	FLAG(MLOCKED, "mlocked")                                               \
	FLAG(UNEVICTABLE, "unevictable")                                       \
	FLAG(WORKINGSET, "workingset")                                         \
	FLAG(ANON_EXCLUSIVE, "anon_exclusive")                                 \
	FLAG(RESERVED, "reserved")                                             \
	FLAG(PRIVATE, "private")                                               \
	FLAG(BUDDY, "buddy")                                                   \
	FLAG(SLAB, "slab")                                                     \
	FLAG(LAUNDER, "launder")                                               \
	FLAG(DIRECT, "direct")                                                 \
	FLAG(CHAINLOCK, "chainlock")

enum page_flag_bit {
#define FLAG(id, name) PG_BIT_##id,
	PAGE_FLAG_LIST(FLAG)
#undef FLAG
		NR_PAGE_FLAGS
};
#define PG(id) (1u << PG_BIT_##id)

enum lru_list {
	LRU_INACTIVE_ANON, /* 2.x: the inactive list */
	LRU_ACTIVE_ANON,   /* 2.x: the active list */
	LRU_INACTIVE_FILE,
	LRU_ACTIVE_FILE,
	LRU_UNEVICTABLE,
	NR_LRU_LISTS,
	LRU_NONE = NR_LRU_LISTS
};

#define PAGE_MAPPING_ANON 1u /* low bit of page->mapping: an anon_vma */
#define PAGE_MAPPING_KSM 2u  /* with the other: a stable_node, or NULL yet */
#define PAGE_MAPPING_BITS (PAGE_MAPPING_ANON | PAGE_MAPPING_KSM)

struct slab;
struct pte_chain;

/* 2.6.0: where a PTE lies: frame of its table << PAGE_SHIFT | byte offset in
 * it; 0: none (frame 0 is never a table). */
typedef uint64_t pte_addr_t;

/* One frame.  64 bytes, as in the kernel. */
struct page {
	uint32_t flags;     /* PG(...) */
	int32_t _refcount;  /* references; 0 when free */
	int32_t _mapcount;  /* PTEs that map it, minus 1 */
	uint8_t kind;       /* enum page_kind */
	uint8_t zone : 4;   /* index into machine.zones */
	uint8_t lru_list : 4; /* enum lru_list */
	union {
		uint16_t order; /* of the free block or the slab it heads */
		uint16_t mlock_count; /* 6.18: VM_LOCKED VMAs that map it, as
					 far as known; kept in page->lru there */
	};
	uintptr_t mapping;  /* 0, or struct anon_vma * | PAGE_MAPPING_ANON, or
			       struct stable_node * | PAGE_MAPPING_BITS */
	uint64_t index;     /* page offset within its mapping */
	struct list_head lru; /* LRU list, free list; else points at itself */
	union {
		uint64_t private; /* swap entry; the kernel's page->private */
		union {     /* 2.6.0, of a user page; 0: nothing maps it */
			pte_addr_t direct;       /* PG_direct: its one PTE */
			struct pte_chain *chain; /* else: its newest node */
		} pte;
	};
	union {
		value_t value;     /* the content of a user page */
		void *table;       /* PAGE_TABLE: the entries */
		struct slab *slab; /* PAGE_SLAB */
	};
};
_Static_assert(sizeof(struct page) == 64, "a frame costs the kernel's 64 bytes");

/* A lock as a viewer sees it: who may go on and who would wait. */
struct lock {
	int16_t writer;  /* 1 while held for writing (or held at all) */
	int16_t readers; /* holders for reading */
};

/*
 * 2.6.0: a node of the list of PTEs that map a page, as large as a cache line.
 * Only the first node of a list has empty slots, and they are its lowest.
 */
struct pte_chain {
	uint32_t id;
	uint32_t idx;           /* its lowest used slot; NRPTE: all empty */
	struct pte_chain *next; /* older node or NULL; one word with idx there */
	pte_addr_t ptes[];      /* NRPTE slots (tune.nrpte); 0: empty */
};

struct anon_vma {
	uint32_t id;
	uint32_t refcount;        /* 4.0 on: has a tree, + descendants of a root */
	uint32_t degree;          /* 4.0: child anon_vmas + VMAs that own it */
	uint32_t num_children;    /* 6.18: anon_vmas whose parent this is */
	uint32_t num_active_vmas; /* 6.18: VMAs whose anon_vma this is */
	uint32_t nr_linked;       /* members of head or rb_root */
	struct anon_vma *root;    /* oldest of the family; itself in a root */
	struct anon_vma *parent;  /* of the forked VMA; itself in a root */
	struct list_head head;    /* 2.6.11: list of vma->anon_vma_node */
	struct rb_root rb_root;   /* 4.0 on: interval tree of AVCs */
	struct lock lock;         /* 2.6.11: lock; 4.0 on: rwsem of the root */
};

struct anon_vma_chain {
	uint32_t id;
	struct vm_area_struct *vma;
	struct anon_vma *anon_vma;
	struct list_head same_vma; /* in vma->anon_vma_chain, newest first */
	struct rb_node rb;         /* in anon_vma->rb_root by vma->vm_pgoff */
	uint64_t rb_subtree_last;  /* largest last pgoff below and here */
};

/* A node of the prio tree; a link to itself stands for "none". */
struct prio_tree_node {
	struct prio_tree_node *left;
	struct prio_tree_node *right;
	struct prio_tree_node *parent; /* itself at the root */
};

struct prio_tree_root {
	struct prio_tree_node *prio_tree_node; /* NULL when empty */
	uint32_t index_bits; /* largest last page < 2^index_bits; from 1 */
};

/* Words by page offset (page_tree.h). */
struct radix_tree {
	uint32_t height;         /* levels of nodes; 0: empty */
	uint32_t nr_nodes;       /* nodes it has */
	uint64_t count;          /* words in it */
	struct radix_node *node; /* the root; NULL: empty */
};

/*
 * What a VMA maps: one file's pages.  i_mmap finds the VMAs that map them; its
 * form is the era's (i_mmap.h).
 */
struct address_space {
	struct radix_tree page_tree; /* pages, and entries in their place
					(filemap.h) */
	uint64_t nrpages;         /* pages in the cache */
	uint32_t id;              /* number of its inode */
	uint32_t i_mmap_writable; /* 2.6.11 on: VMAs that share and may write */
	uint32_t nr_mmap;         /* VMAs in i_mmap, all forms and lists */
	struct lock i_mmap_lock;  /* under the era's name, see i_mmap.h */
	union {
		struct {          /* 2.4: by vm_next_share */
			struct vm_area_struct *i_mmap; /* private VMAs */
			struct vm_area_struct *i_mmap_shared; /* VM_SHARED */
		} share;
		struct {          /* 2.6.0: of vma->shared.list */
			struct list_head i_mmap;        /* private VMAs */
			struct list_head i_mmap_shared; /* VM_SHARED */
		} list;
		struct prio_tree_root prio; /* 2.6.11: all VMAs */
		struct rb_root tree;      /* 4.0 on: interval tree of all */
	} i_mmap;
};

/* A file: on the simulated disk, or (tmpfs) in memory and swap alone. */
struct inode {
	uint32_t id;
	uint32_t name;         /* interned string */
	uint32_t users;        /* the script's handle, and VMAs that map it */
	bool tmpfs;            /* nothing of it is on the disk */
	bool hidden;           /* of shared anonymous memory: no handle */
	uint64_t i_size;       /* pages */
	uint64_t accounted;    /* pages promised at once; 0: one by one */
	uint64_t last_read;    /* page read last by read(); none: UINT64_MAX */
	uint64_t named_pages;  /* pages below hold name#i on the disk until
				  they are written to */
	struct radix_tree disk; /* what was written there, by page */
	struct address_space i_mapping; /* its pages in memory */
};

struct vm_area_struct {
	uint32_t id;
	uint32_t name;       /* interned string; 0: none */
	uint64_t vm_start;   /* first byte */
	uint64_t vm_end;     /* first byte after */
	uint64_t vm_flags;   /* VM_... */
	uint64_t vm_pgoff;   /* offset of vm_start in pages; see index_question */
	struct mm_struct *vm_mm;
	struct vm_area_struct *vm_next; /* by address, NULL at the end */
	struct vm_area_struct *vm_prev;
	struct rb_node vm_rb;       /* in mm->mm_rb */
	struct anon_vma *anon_vma;  /* where new pages go; NULL: never faulted */
	struct list_head anon_vma_node;  /* 2.6.11: in anon_vma->head */
	struct list_head anon_vma_chain; /* 4.0 on: of avc->same_vma */
	struct inode *vm_file;      /* what it maps; NULL: anonymous */
	/* its place in i_mmap, in the era's form; all zero while in none */
	union {
		struct {            /* 2.4 */
			struct vm_area_struct *vm_next_share; /* or NULL */
			struct vm_area_struct **vm_pprev_share; /* what points
								   here */
		} share;
		struct list_head list; /* 2.6.0 */
		struct prio_tree_node prio_tree_node; /* 2.6.11, a tree node */
		struct {            /* 2.6.11, beside a tree node */
			struct list_head list; /* of the head's list */
			void *parent; /* that of prio_tree_node; else NULL */
			struct vm_area_struct *head; /* node <-> list head */
		} vm_set;
		struct {            /* 4.0 on */
			struct rb_node rb; /* by vm_pgoff */
			uint64_t rb_subtree_last; /* largest last page of the
						     file at or below */
		} tree;
	} shared;
	struct lock vm_lock;        /* 6.18: per-VMA lock */
};

#define MAPLE_LEAF_SLOTS 16   /* of maple_leaf_64, 15 pivots */
#define MAPLE_ARANGE_SLOTS 10 /* of maple_arange_64, 9 pivots */

/* 6.18: a node of an address space's tree, see maple_tree.c. */
struct maple_node {
	uint32_t id;
	struct maple_node *parent; /* NULL: the root */
	uint8_t parent_slot;       /* which of the parent's holds it */
	uint8_t end;               /* the last slot in use */
	bool leaf;                 /* maple_leaf_64; else maple_arange_64 */
	bool borrowed;             /* in no slab: see alloc_nofail() */
	uint64_t pivot[MAPLE_LEAF_SLOTS - 1]; /* last address of each slot
						 before the last one */
	void *slot[MAPLE_LEAF_SLOTS]; /* leaf: struct vm_area_struct or NULL;
					 else struct maple_node */
	uint64_t gap[MAPLE_ARANGE_SLOTS]; /* longest run of nothing below, of
					     a leaf unused */
};

struct maple_tree {
	struct maple_node *root; /* NULL: empty */
	uint32_t height;         /* nodes from the root to a leaf */
	bool rcu;                /* others may read: leaves are replaced */
	struct vm_area_struct *near; /* found last: a short cut of this
					program, not of the kernel */
};

struct mm_struct {
	uint32_t id;             /* pid of a task that uses it; | MM_EXEC */
	uint32_t mm_users;       /* tasks that use it */
	struct vm_area_struct *mmap; /* VMAs by address */
	struct rb_root mm_rb;    /* until 4.0: the same VMAs */
	struct vm_area_struct *mmap_cache; /* until 2.6: last find_vma() hit */
	uint32_t vmacache_seqnum; /* 4.0: caches of another number are stale */
	struct maple_tree mm_mt; /* 6.18: the VMAs by their ranges */
	uint32_t pgd;            /* frame of the top table */
	uint32_t nr_ptes;        /* table frames, the top one not counted */
	void *near_table;        /* entries of the table of leaf entries used
				    last, a short cut; NULL: none */
	uint64_t near_addr;      /* an address that it maps */
	struct lock page_table_lock; /* by what else a walk looks at */
	uint32_t map_count;      /* VMAs */
	uint32_t anon_rss;       /* pages mapped, by kind */
	uint32_t file_rss;
	uint32_t shmem_rss;      /* 6.18; before, file_rss counts these too */
	uint32_t swapents;
	uint64_t total_vm;       /* pages */
	uint64_t locked_vm;      /* pages of VM_LOCKED VMAs, and locked_lost */
	uint64_t locked_lost;    /* 6.18: pages that MREMAP_DONTUNMAP unlocked
				    and nothing uncounts */
	uint64_t data_vm;        /* pages, private, writable, not a stack */
	uint64_t stack_vm;       /* pages of VM_GROWSDOWN VMAs */
	uint64_t exec_vm;        /* pages, executable, not writable, no stack */
	uint64_t start_code;     /* exec: the program's text, */
	uint64_t end_code;
	uint64_t start_data;     /* its data, */
	uint64_t end_data;
	uint64_t start_stack;    /* and where its stack began; 0: no exec */
	uint64_t def_flags;      /* vm_flags of new mappings: mlockall */
	uint64_t start_brk;
	uint64_t brk;
	uint64_t mmap_base;      /* where placement starts */
	uint64_t free_area_cache; /* 2.6.11: where the last search ended */
	struct list_head mmlist; /* 2.4, 2.6.0: in machine.mmlist; else itself
				    until a later kernel's rule links it */
	uint64_t swap_address;   /* 2.4: where swap_out goes on; task_size: this
				    mm is scanned to its end */
	struct lock mmap_lock;   /* mmap_sem before 5.8 */
	struct ksm_mm_slot *ksm_slot; /* ksmd knows it (MMF_VM_MERGEABLE) */
	uint64_t ksm_merging_pages; /* 6.18: items on lists of stable nodes */
	uint64_t ksm_rmap_items; /* items of it (6.18 keeps this number) */
	uint64_t min_flt;        /* faults served from memory */
	uint64_t maj_flt;        /* faults that had to read */
};

/*
 * KSM (4.0, 6.18).  What ksmd knows of an mm that has MERGEABLE ranges; it
 * holds the mm until ksmd has passed by once more after its exit.
 */
struct ksm_mm_slot {
	struct list_head mm_list;    /* in ksm.mm_head */
	struct rmap_item *rmap_list; /* its first item, by address */
	struct mm_struct *mm;
};

/* The low bits of rmap_item.address. */
#define KSM_SEQNR_MASK 0xffull    /* unstable: the round that put it there */
#define KSM_UNSTABLE_FLAG 0x100ull /* in the unstable tree, or it was */
#define KSM_STABLE_FLAG 0x200ull   /* on the list of a stable_node */

/* A virtual address that ksmd has looked at. */
struct rmap_item {
	uint32_t id;
	uint32_t oldchecksum;        /* of its page when last looked at; 0 */
	struct rmap_item *rmap_list; /* of the same mm, the next above */
	struct anon_vma *anon_vma;   /* stable: where walks begin; pinned */
	struct mm_struct *mm;
	uint64_t address;            /* page aligned, | flags */
	uint8_t age;                 /* 6.18: rounds it was met in */
	uint8_t remaining_skips;     /* 6.18: rounds it is left out yet */
	struct rb_node node;         /* unstable: in ksm.unstable */
	struct stable_node *head;    /* stable: whose list it is on */
	struct list_head hlist;      /* stable: in head->hlist */
};

/* A KSM page as the stable tree holds it. */
struct stable_node {
	uint32_t id;
	uint32_t kpfn;            /* its frame; stale once that frame's mapping
				     does not name this node any more */
	uint32_t rmap_hlist_len;  /* items on the list */
	struct rb_node node;      /* in ksm.stable, by the page's content */
	struct list_head hlist;   /* of rmap_item.hlist, the newest first */
};

struct ksm {
	struct list_head mm_head;  /* of ksm_mm_slot.mm_list */
	struct ksm_mm_slot *slot;  /* where the scan goes on; NULL: before the
				      first, a new round begins */
	uint64_t address;          /* and at which address of that mm */
	struct rmap_item **rmap_list; /* the link to its next item; with slot */
	uint64_t seqnr;            /* rounds done (full_scans) */
	struct rb_root stable;     /* stable_nodes by content */
	struct rb_root unstable;   /* rmap_items by what their pages held when
				      they were put there, this round */
	uint64_t pages_shared;     /* stable_nodes with items */
	uint64_t pages_sharing;    /* items on their lists beyond the first */
	uint64_t pages_unshared;   /* items with KSM_UNSTABLE_FLAG */
	uint64_t pages_scanned;    /* since boot */
	uint64_t pages_skipped;    /* 6.18: left out by smart scan */
	uint64_t rmap_items;       /* items there are */
	uint64_t merged;           /* PTEs given another frame, since boot */
};

/* What setrlimit() bounds, in bytes. */
enum { LIMIT_AS, LIMIT_DATA, LIMIT_STACK, LIMIT_MEMLOCK, NR_LIMITS };
#define NO_LIMIT UINT64_MAX

/* In mm->id of an mm that its task has beside task->mm while it execs. */
#define MM_EXEC 0x80000000u
#define VMACACHE_SIZE 4

struct task_struct {
	uint32_t pid;
	uint32_t parent;         /* pid; 0: spawned */
	char name[NAME_SIZE];
	struct mm_struct *mm;    /* NULL once exited */
	struct mm_struct *exec_mm; /* in exec: the mm to come, then the one
				    that goes; NULL otherwise */
	bool exited;
	bool starting;           /* fork is still copying: not on any list */
	bool reaped;             /* its parent has waited for it */
	bool no_ipc_lock;        /* RLIMIT_MEMLOCK holds: no CAP_IPC_LOCK */
	uint32_t vfork_child;    /* whom it waits for to exec or exit; 0 */
	uint32_t vmacache[VMACACHE_SIZE]; /* 4.0: numbers of VMAs found last, by
				    page number; 0: none */
	uint32_t vmacache_seqnum; /* of its mm, when the cache was filled */
	uint64_t rlim[NR_LIMITS]; /* by LIMIT_; NO_LIMIT */
};

/* 6.18: the lists of swap clusters; one that is being emptied or has no free
 * slot where the search goes on is on frag. */
enum cluster_list {
	CLUSTER_FREE,    /* nothing in it */
	CLUSTER_NONFULL, /* slots were freed in it, or it was just begun */
	CLUSTER_FRAG,    /* searched to its end, with free slots before */
	CLUSTER_FULL,
	NR_CLUSTER_LISTS
};

struct swap_cluster_info {
	struct list_head list; /* of the list that flags says */
	uint16_t count;        /* slots in use; the header is one */
	uint16_t flags;        /* enum cluster_list */
};

/*
 * Swap.  One area; a slot's number is its offset in it, 0 is the header and
 * never handed out.
 */
struct swap_info_struct {
	uint64_t max;          /* slots, the header counted; 0: no swap */
	uint64_t nrpages;      /* pages in the swap cache */
	uint64_t inuse_pages;  /* slots with a count or a page in the cache */
	uint32_t *swap_map;    /* users of each slot, as swap.h says */
	value_t *value;        /* what each slot holds on the disk */
	uint32_t *cache;       /* frame in the swap cache of each slot; 0 */
	uint64_t *shadow;      /* 6.18: what an evicted page left there; 0 */
	uint64_t lowest_bit;   /* until 4.0: no free slot below */
	uint64_t highest_bit;  /* until 4.0: no free slot above */
	uint64_t cluster_next; /* where the next slot is looked for; 6.18: 0 when
				  the cluster in use is full */
	uint64_t cluster_nr;   /* until 4.0: slots left of this cluster */
	struct swap_cluster_info *cluster_info; /* 6.18: each 256 slots */
	struct list_head clusters[NR_CLUSTER_LISTS]; /* 6.18: by how full */
	uint64_t prev_offset;  /* 4.0 on: slot read last, for readahead */
	uint32_t readahead_hits; /* 4.0 on: pages that were of use */
	uint32_t last_readahead; /* 4.0 on: slots of the last window */
	bool on;               /* slots are handed out (SWP_WRITEOK) */
};

struct free_area {
	struct list_head free_list; /* of page.lru, by the era's rule */
	uint64_t nr_free;           /* blocks on it */
};

/* Free frames that a CPU keeps at hand; they are in no free area. */
struct per_cpu_pages {
	struct list_head list; /* of page.lru; taken from and put to the head */
	uint32_t count;        /* frames on it */
	uint32_t low;          /* refill when not above */
	uint32_t high;         /* give back a batch when reached */
	uint32_t batch;        /* frames moved at once; 0: no such list */
	bool counts_freed;     /* 4.0 on: a freed frame is put on it first */
};

struct zone {
	const char *name;       /* "Normal" ... (static) */
	uint64_t zone_start_pfn;
	uint64_t spanned_pages;
	uint64_t managed_pages; /* frames that the buddy got at boot */
	uint64_t free_pages;
	uint64_t pages_min;     /* watermarks; 0 on a small machine */
	uint64_t pages_low;
	uint64_t pages_high;
	uint64_t lowmem_reserve[NR_ZONES_MAX]; /* frames kept from requests
						  that may use zone i, too */
	struct free_area free_area[NR_ORDERS];
	struct per_cpu_pages pcp; /* tunables.pcp; else batch is 0 */
	struct list_head lru[NR_LRU_LISTS];
	uint64_t nr_lru[NR_LRU_LISTS];

	/* what reclaim remembers */
	uint64_t pages_scanned; /* since a frame of the zone was freed */
	bool all_unreclaimable; /* 2.6: too much scanned in vain */
	uint8_t prev_priority;  /* 2.6: of the last scan, tells distress */
	uint8_t temp_priority;  /* 2.6: of the scan under way */
	uint64_t refill_counter;   /* 2.6.0: pages to look at on active */
	uint64_t nr_scan_active;   /* 2.6.11: the same, by priority */
	uint64_t nr_scan_inactive; /* 2.6.11 */
	uint64_t recent_scanned[2]; /* 4.0: anonymous, file */
	uint64_t recent_rotated[2]; /* 4.0: of these still in use */
	uint64_t anon_cost;     /* 6.18: what reclaiming either kind cost */
	uint64_t file_cost;
	uint64_t inactive_age;  /* 4.0, 6.18 (nonresident_age): evictions and
				   activations, the clock of refaults */
	bool all_dirty;         /* 4.0: a batch was dirty and not being written
				   (ZONE_DIRTY) */
	uint32_t kswapd_failures; /* 6.18: runs that freed nothing, in a row */
	uint64_t activations[2]; /* 6.18: refaulted pages made active */
	uint64_t refaults[2];   /* 6.18: activations at the last scan */
};

enum slab_cache_id {
	CACHE_MM,
	CACHE_VMA,
	CACHE_ANON_VMA,
	CACHE_AVC,
	CACHE_PTE_CHAIN,
	CACHE_INODE,
	CACHE_KSM_RMAP_ITEM,
	CACHE_KSM_STABLE_NODE,
	CACHE_KSM_MM_SLOT,
	CACHE_MAPLE_NODE,
	NR_CACHES
};

/* A slab: 2^order frames of objects.  The objects' C structs stand beside. */
struct slab {
	struct list_head list; /* partial, full or free list of its cache */
	uint32_t pfn;          /* first frame */
	uint16_t inuse;        /* objects handed out */
	uint16_t free;         /* first free object, num = none */
	char *objects;         /* num C structs, host size each */
	uint16_t *next_free;   /* free list by number */
};

struct kmem_cache {
	const char *name;       /* as in /proc/slabinfo (static) */
	uint32_t object_size;   /* bytes in that kernel */
	uint32_t host_size;     /* bytes of our struct */
	uint16_t num;           /* objects a slab */
	uint8_t order;          /* frames a slab: 2^order */
	struct list_head partial;
	struct list_head full;
	uint64_t nr_slabs;
	uint64_t nr_objects;    /* handed out */
};

/* vm_flags, values of the kernel where it has them. */
#define VM_READ 0x1ull
#define VM_WRITE 0x2ull
#define VM_EXEC 0x4ull
#define VM_SHARED 0x8ull
#define VM_MAYREAD 0x10ull
#define VM_MAYWRITE 0x20ull
#define VM_MAYEXEC 0x40ull
#define VM_MAYSHARE 0x80ull
#define VM_GROWSDOWN 0x100ull
#define VM_MAYBE_GUARD 0x800ull /* 6.18: guard markers were put in */
#define VM_LOCKED 0x2000ull
#define VM_IO 0x4000ull
#define VM_SEQ_READ 0x8000ull
#define VM_RAND_READ 0x10000ull
#define VM_DONTCOPY 0x20000ull
#define VM_DONTEXPAND 0x40000ull
#define VM_RESERVED 0x80000ull
#define VM_LOCKONFAULT 0x80000ull
#define VM_LOCKED_MASK (VM_LOCKED | VM_LOCKONFAULT)
#define VM_ACCOUNT 0x100000ull
#define VM_NORESERVE 0x200000ull
#define VM_WIPEONFORK 0x2000000ull
#define VM_DONTDUMP 0x4000000ull
#define VM_HUGEPAGE 0x20000000ull
#define VM_NOHUGEPAGE 0x40000000ull
#define VM_MERGEABLE 0x80000000ull
#define VM_DROPPABLE (1ull << 40)

static inline uint64_t vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* A private mapping that may be written: its pages are copied on write. */
static inline bool is_cow_mapping(uint64_t vm_flags)
{
	return (vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* Page offset of @addr within what @vma maps. */
static inline uint64_t linear_page_index(const struct vm_area_struct *vma,
	uint64_t addr)
{
	return vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
}

static inline struct anon_vma *page_anon_vma(const struct page *page)
{
	if ((page->mapping & PAGE_MAPPING_BITS) != PAGE_MAPPING_ANON)
		return NULL;
	return (struct anon_vma *)(page->mapping & ~(uintptr_t)3);
}

/* PageKsm: shared by content. */
static inline bool page_is_ksm(const struct page *page)
{
	return (page->mapping & PAGE_MAPPING_BITS) == PAGE_MAPPING_BITS;
}

/* NULL also while the node is not made yet. */
static inline struct stable_node *page_stable_node(const struct page *page)
{
	return page_is_ksm(page)
		? (struct stable_node *)(page->mapping & ~(uintptr_t)3)
		: NULL;
}

/* PageAnon: KSM pages are anonymous, too. */
static inline bool page_is_anon(const struct page *page)
{
	return page->mapping & PAGE_MAPPING_ANON;
}

/* The same of a page that may have no mapping yet. */
static inline bool kind_is_anon(unsigned kind)
{
	return kind == PAGE_ANON || kind == PAGE_KSM;
}

#endif
