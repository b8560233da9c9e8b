/*
 * The mechanisms that a kernel generation chooses, as functions and numbers.
 * Inside the core only; rows stand in era_*.c.
 */
#ifndef CORE_MECHANISM_H
#define CORE_MECHANISM_H

#include "core/machine.h"
#include "core/ops.h"
#include "core/trace.h"

/* A range that wants to join its neighbours. */
struct merge_request {
	struct mm_struct *mm;
	uint64_t start, end;
	uint64_t vm_flags;
	uint64_t vm_pgoff;
	struct inode *vm_file;       /* NULL: anonymous */
	struct anon_vma *anon_vma;   /* of the range; NULL: unfaulted */
	const struct vm_area_struct *source; /* VMA the range is or is copied
						from; NULL: a new mapping */
	bool existing; /* the range is mapped by (a part of) one VMA */
};

/* A VMA beside such a range. */
struct neighbour {
	struct vm_area_struct *vma; /* NULL: there is none */
	enum no_merge why;   /* the range does not join it; MERGE_FITS: may */
};

struct rmap_walk;

enum rmap_step { RMAP_GO_ON, RMAP_SKIP, RMAP_STOP };

/* What one kind of walk of the reverse map does; NULL: nothing special. */
struct rmap_job {
	enum fn anon, file;  /* the walk, as the kernels call it */
	enum fn one;         /* and what it does at each VMA */
	/* the VMA alone may decide: go on into it, skip it, or stop */
	enum rmap_step (*look)(struct machine *m, struct rmap_walk *w,
		struct vm_area_struct *vma);
	/* does the PTE concern the page?  NULL: if it maps it */
	bool (*matches)(struct machine *m, const struct rmap_walk *w,
		pteval_t pte);
	/* at such a PTE, page table lock held: go on or stop */
	enum rmap_step (*hit)(struct machine *m, struct rmap_walk *w,
		struct vm_area_struct *vma, uint64_t addr, pteval_t pte);
	/* and when the lock has been released */
	enum rmap_step (*after)(struct machine *m, struct rmap_walk *w,
		struct vm_area_struct *vma);
	bool always_locks;   /* no glance at the PTE without the lock */
	bool full;           /* to the end; else stop when all are found */
};

/* A walk under way. */
struct rmap_walk {
	struct page *page;
	const struct rmap_job *job;
	int to_find;      /* mappings not found yet */
	uint64_t found;   /* mappings found */
	struct op_result *res; /* where they go, or NULL */
	void *ctx;        /* the job's */
};

/* What a write() to a page of the cache says about its use. */
enum write_marks { WRITE_NOTHING, WRITE_REFERENCED, WRITE_ACCESSED };

/* era_ops.file_merges: which VMAs of a file join their neighbours. */
#define MERGES_NEW 1u
#define MERGES_CHANGED 2u

struct remap; /* mremap.c */
struct oom_facts; /* oom_kill.h */

/* Who dies in the place of the task that the OOM killer has chosen. */
enum oom_child { OOM_NO_CHILD, OOM_FIRST_CHILD, OOM_WORST_CHILD };
struct exec_ops; /* exec.h */
struct i_mmap_ops; /* i_mmap.h */
struct vma_index; /* vma.h */
struct mark_rule; /* watermark.h */
struct vmscan_ops; /* vmscan.h */
struct swapin; /* swap.h */
struct ksm_rule; /* ksm.h */

struct era_ops {
	/* names that differ */
	const char *count_field; /* page->count, _count or _refcount */
	int count_bias;          /* stored = references - bias */
	const char *mmap_lock;   /* mmap_sem or mmap_lock */
	const char *anon_lock;   /* what guards an anon_vma */

	/* the reverse map: what a PTE that comes or goes changes, page table
	 * lock held; call them by rmap.h */
	void (*add_new_rmap)(struct machine *m, struct page *page,
		struct vm_area_struct *vma, uint64_t addr);
	void (*add_swapped_rmap)(struct machine *m, struct page *page,
		struct vm_area_struct *vma, uint64_t addr, bool exclusive);
	void (*add_file_rmap)(struct machine *m, struct page *page,
		struct vm_area_struct *vma, uint64_t addr);
	void (*dup_rmap)(struct machine *m, struct page *page,
		struct mm_struct *mm, uint64_t addr);
	void (*remove_rmap)(struct machine *m, struct page *page,
		struct mm_struct *mm, uint64_t addr);
	/* memory that adding may need, before the lock is taken; NULL: none */
	int (*rmap_reserve)(struct machine *m, bool wait);
	void (*rmap_release)(struct machine *m); /* what of it is left */
	/* the walk as an operation; NULL: that by anon_vmas (rmap.c) */
	int (*rmap_walk)(struct machine *m, struct page *page, bool full,
		struct op_result *res);
	bool names_pte_tables;   /* a table's page tells mm and address */
	bool mmlist_all;         /* every mm is on the mmlist */

	/* anon_vmas */
	int (*anon_vma_prepare)(struct machine *m, struct vm_area_struct *vma);
	int (*anon_vma_fork)(struct machine *m, struct vm_area_struct *vma,
		struct vm_area_struct *parent);
	/* @dst, whose anon_vma is set to that of @src, gets its links too */
	int (*anon_vma_clone)(struct machine *m, struct vm_area_struct *dst,
		struct vm_area_struct *src);
	void (*unlink_anon_vmas)(struct machine *m, struct vm_area_struct *vma);
	/* around a change of vm_start, vm_end or vm_pgoff */
	void (*range_pre)(struct machine *m, struct vm_area_struct *vma);
	void (*range_post)(struct machine *m, struct vm_area_struct *vma);
	/* call rmap_visit() for each VMA that may map w->page */
	void (*walk_anon)(struct machine *m, struct rmap_walk *w);
	bool walk_peeks;         /* an absent PTE is passed by without lock */
	bool walk_needs_rss;     /* so is an mm that maps nothing */
	/* PTEs that used the page since last asked, see reclaim.h */
	int (*page_referenced)(struct machine *m, struct page *page,
		bool locked, struct op_result *res, uint64_t *vm_flags);
	/* take the page's PTEs away: a walk that does one of these, or... */
	const struct rmap_job *unmap_job;
	const struct rmap_job *migrate_job; /* NULL: the same for migration */
	/* ...that generation's own way */
	enum unmap_result (*try_to_unmap)(struct machine *m, struct page *page,
		unsigned flags);
	/* PG_mlocked and the unevictable list, see mlock.h; NULL: has none */
	void (*mlock_page)(struct machine *m, struct page *page);
	void (*munlock_page)(struct machine *m, struct page *page);
	bool lock_makes_new;     /* 2.4: mlock's new VMA is the changed part */
	bool lock_merges;        /* mlock joins neighbours, as mprotect */
	bool lock_faults_in;     /* 2.x: at once, VMA by VMA */
	bool lock_ignores_faults; /* 2.4: mlock() says nothing of what could
				     not be faulted in */
	bool gup_skips_untouched; /* 2.6.11: reading where no table is maps
				     nothing (untouched_anonymous_page) */
	bool has_mlock2;         /* MLOCK_ONFAULT */
	bool locks_half;         /* mlock: half of the memory at most */
	bool mlock_recounts;     /* RLIMIT_MEMLOCK does not count twice what is
				    locked already */
	bool mlocks_by_rmap;     /* a PTE of a VM_LOCKED VMA that comes or goes
				    counts; else who changes VM_LOCKED does */

	/* the VMAs of a file; call it through i_mmap.h */
	const struct i_mmap_ops *i_mmap;
	uint64_t counts_writable; /* i_mmap_writable: VMAs with all of these
				     vm_flags; 0: that kernel has no count */

	bool has_degree;         /* anon_vma counts in one field, degree */

	/* page faults */
	struct vm_area_struct *(*fault_lock)(struct machine *m,
		struct mm_struct *mm, uint64_t addr);
	void (*fault_unlock)(struct machine *m, struct mm_struct *mm,
		struct vm_area_struct *vma);
	/* anon_vma_prepare with the locks that a fault needs for it */
	int (*fault_prepare)(struct machine *m, struct vm_area_struct *vma);
	bool reserves_first;     /* rmap_reserve also where nothing was mapped,
				    page table lock held */
	bool drops_old_locked;   /* a copied page is released under the lock */
	bool counts_zero_page;   /* copying takes a reference on the zero page
				    that nobody drops */
	/* let a VMA that grows down begin at @addr, see stack.h */
	int (*expand_stack)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr);
	uint32_t stack_cushion;  /* so many bytes below the stack pointer may be
				    touched; with the next 0: any */
	uint32_t stack_cushion_words; /* and so many words */
	bool stack_guard_page;   /* the lowest page of such a VMA is not used */
	uint32_t stack_guard_gap; /* pages that placement leaves below it */
	uint64_t read_needs;     /* any of these vm_flags allows a read */
	bool faults_locked;      /* page table lock held from the start */
	/* map a new page where nothing was; page table lock held */
	void (*map_new_page)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr, struct page *page);
	/* is a read-only page ours alone?  page table lock held */
	bool (*may_write_in_place)(struct machine *m,
		struct vm_area_struct *vma, struct page *page);
	/* map @new where @old (NULL: the zero page) was; the same lock */
	void (*replace_page)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr, struct page *new, struct page *old);
	/* one present PTE at fork; the table of the child exists; @page is
	 * NULL for the zero page */
	void (*copy_pte)(struct machine *m, struct vm_area_struct *dst,
		struct vm_area_struct *src, uint64_t addr, pteval_t pte,
		struct page *page);
	bool vma_locks;          /* 6.18: a VMA that changes is write-locked */
	bool reuses_anon_alone;  /* only an anonymous page may be written in
				    place of being copied */

	/* files */
	int (*file_fault)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr, bool write);
	/* map what a fault found: the file's page, or a copy */
	void (*map_faulted)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr, struct page *page, bool write);
	bool page_hash;          /* the page cache is a hash, later a tree */
	bool nopage_is_major;    /* a file fault counts as major, read or not */
	bool fault_marks;        /* a fault marks the page accessed; later
				    unmapping a young PTE does */
	bool fault_locks_page;   /* the page comes locked */
	bool tracks_dirty;       /* shared PTEs start read-only, the first write
				    makes the page dirty */
	bool zap_marks;          /* unmapping a young PTE marks the page, */
	uint64_t no_recency;     /* but not in a VMA with one of these flags */
	bool counts_shmem;       /* mm counts tmpfs pages by themselves */
	bool read_marks_again;   /* read() of the same page twice marks twice */
	enum write_marks write_marks; /* what a write() does */
	bool counts_all_faults; /* those that the kernel takes for itself, too
				   (handle_mm_fault, 5.9 on) */
	bool table_with_entry; /* a fault puts a new table of PTEs in with its
				  first entry, not before */
	bool mprotect_populates; /* a locked VMA made writable */
	bool tmpfs_write_marks; /* 6.18: on tmpfs it is WRITE_ACCESSED */
	bool shmem_writes_swap;  /* writepage of tmpfs writes the slot, too */
	uint32_t shmem_page_flags; /* PG() of a new tmpfs page */
	bool leaves_shadows;     /* the tree remembers evicted pages */
	bool truncates_twice;    /* unmapped before and after the pages go */
	bool truncate_reads;     /* under i_mmap's lock for reading */
	unsigned file_merges;    /* MERGES_ of VMAs with a file */
	bool split_links_file_first; /* vma_adjust: the new VMA enters i_mmap
					before the old one changes */
	bool moves_under_i_mmap; /* mremap holds i_mmap's lock, of files */
	bool keeps_shared_pgoff; /* the offset given for shared anonymous
				    memory is used, later it is 0 */
	bool has_noreserve;      /* MAP_NORESERVE leaves VM_NORESERVE */
	bool populates_shared;   /* MAP_POPULATE maps pages of shared files */
	bool populates_all;      /* it faults everything in */
	int pgoff_overflow;      /* errno of an offset that is too large */
	bool copies_unfaulted;   /* fork copies PTEs of VMAs without anon_vma */

	/* new pages */
	uint32_t filled_page_flags; /* PG() once it has its content */
	uint32_t new_page_flags; /* PG() of a new anonymous page */
	bool exclusive;          /* pages carry AnonExclusive */
	enum lru_list new_page_lru;
	uint8_t lru_batch;       /* pages that wait for their LRU list; 0: that
				    kernel has no batches */
	bool lru_batch_two;      /* one batch for each of the two lists */
	bool lru_batch_late;     /* a full one is drained when one more comes */
	bool lru_global;         /* one set of lists, not one for each zone */
	bool needs_lru_to_activate; /* mark_page_accessed: not from a batch */
	/* refaults, see workingset.h; NULL: that kernel does not know them */
	uint64_t (*workingset_evict)(struct zone *z, const struct page *page);
	void (*workingset_refault)(struct machine *m, struct page *page,
		uint64_t shadow);

	/* tasks */
	const struct exec_ops *exec; /* exec.h */
	bool wait_youngest;      /* wait() finds the child forked last first */

	/* address spaces */
	const struct vma_index *index; /* how VMAs are found, vma_index.c */
	bool one_rss;            /* mm->rss counts all; later anonymous pages
				    and those of files are told apart */
	bool rss_at_end;         /* unmapping lowers it once, at its end */
	bool zap_dirties;        /* the PTE's dirt goes to the page even if that
				    has no backing */
	/* join a new mapping with its neighbours, see vma_merge() */
	struct vm_area_struct *(*merge_new)(struct machine *m,
		const struct merge_request *req, int *err);
	/* mprotect of [start, end) once its arguments were checked */
	int (*mprotect)(struct machine *m, struct mm_struct *mm,
		uint64_t start, uint64_t end, unsigned prot);
	/* give [start, end) of @vma other advice flags */
	int (*advise_flags)(struct machine *m, struct vm_area_struct *vma,
		uint64_t start, uint64_t end, uint64_t vm_flags);
	/* munmap of [start, end), and of everything at exit */
	int (*unmap_range)(struct machine *m, struct mm_struct *mm,
		uint64_t start, uint64_t end);
	void (*exit_mmap)(struct machine *m, struct mm_struct *mm);
	/* the search for a free range may begin elsewhere now */
	void (*note_hole)(struct mm_struct *mm, uint64_t start, uint64_t end);
	uint64_t mmap_base;      /* 0: that of the paging */
	bool anon_pgoff;         /* vm_pgoff means something without a file */
	uint64_t account_flag;   /* VM_ACCOUNT of what is promised, or 0 */
	uint64_t brk_flags;      /* of the heap */
	bool heap_apart;         /* it does not join what lies below start_brk
				    (6.x sys_brk: vma_prev_limit) */
	bool brk_by_start;       /* the break is never below start_brk, and
				    RLIMIT_DATA counts from there, and first */
	bool charges_by_write;   /* mremap asks for memory if VM_WRITE */
	bool zero_new_len_is_ok; /* mremap(new_len = 0) unmaps */
	bool unknown_advice_late; /* EINVAL only where there is a VMA */
	bool advice_locks_write; /* madvise takes mmap_sem for writing always */
	/* do anon_vmas forbid that the range joins @target? */
	enum no_merge (*anon_no_merge)(const struct merge_request *req,
		const struct vm_area_struct *target);
	const char *const *merge_names; /* of the cases of vma_merge, from 1 */
	uint64_t unmergeable;    /* vm_flags that never merge */
	uint64_t sticky;         /* vm_flags that do not keep VMAs apart, and
				    that never go: of what has joined, all
				    have them; fork copies the tables */
	bool right_merge_keeps_next; /* a merge with the next VMA alone */
	bool split_start_below;  /* munmap: new VMA below the first cut */
	bool split_end_below;    /* munmap: new VMA below the second cut */
	uint64_t (*unmapped_area)(struct machine *m, struct mm_struct *mm,
		uint64_t len);
	bool has_noreplace;      /* MAP_FIXED_NOREPLACE */
	bool rounds_hint_down;   /* mmap: to a page; before: up */
	bool charges_first;      /* mmap: account before it unmaps */
	bool limits_first;       /* mmap: RLIMIT_AS, too (4.0) */
	bool grows_down_first;   /* EINVAL of MAP_GROWSDOWN with a file or
				    shared comes before anything is done */
	bool has_map_locked;     /* MAP_LOCKED (2.5.37) */
	bool has_droppable;      /* MAP_DROPPABLE (6.11) */
	bool zero_len_is_ok;     /* mmap(len = 0) returns its address */
	int too_long;            /* errno of an mmap longer than the space */
	uint32_t max_map_count;  /* the default of tunables.max_map_count */
	bool split_unlimited;    /* cutting a VMA may exceed it (2.4) */
	bool hole_limited;       /* of munmap's cuts only a hole in one VMA is
				    refused at the limit */
	bool remap_spares_maps;  /* mremap to an address: ENOMEM 5 VMAs early */
	bool unaccount_unfaulted; /* mprotect away from write gives up ACCOUNT */
	bool write_upgrade;      /* mprotect makes exclusive PTEs writable */
	uint64_t advices;        /* what madvise knows: ADVICES_ of madvise.h */
	int willneed_anon;       /* errno of MADV_WILLNEED on anonymous memory;
				    0: what is in swap is read */
	bool huge_advice_once;   /* MADV_HUGEPAGE twice, or of shared memory, is
				    an error */
	bool zap_frees_tables;   /* MADV_DONTNEED of all that a table maps frees
				    the table (CONFIG_PT_RECLAIM) */
	uint64_t remove_needs;   /* vm_flags that MADV_REMOVE asks for */
	bool wrapped_len_is_0;   /* a length that wraps when rounded is none */

	/* mincore, msync */
	bool (*in_core)(const struct machine *m,
		const struct vm_area_struct *vma, uint64_t addr);
	bool mincore_files;      /* only mappings of files, over holes */
	void (*msync_vma)(struct machine *m, struct vm_area_struct *vma,
		uint64_t start, uint64_t end, unsigned flags);
	bool msync_async_writes; /* MS_ASYNC begins to write */
	int msync_overflow;      /* errno of a range that wraps */

	bool has_dontunmap;      /* MREMAP_DONTUNMAP */
	bool refuses_silly_len;  /* mremap: EINVAL if longer than the space */
	/* mremap after its arguments were checked */
	int (*remap)(struct machine *m, struct remap *r);
	bool expand_merges;      /* growing mremap joins the next VMA too */
	bool limits_data;        /* RLIMIT_DATA is for all that is private and
				    writable; before, for the heap alone */
	bool memlock_allows;     /* RLIMIT_MEMLOCK may be locked by anybody;
				    before, nothing without CAP_IPC_LOCK, and
				    the limit is for those who have it, too */
	int64_t (*commit_guess)(const struct machine *m); /* overcommit.h */
	int64_t (*commit_limit)(const struct machine *m); /* NULL: no mode 2 */

	const struct ksm_rule *ksm; /* pages shared by content; NULL: none */

	/* freeing */
	bool gathers;            /* frames are freed after the TLB flush */
	bool unlinks_with_tables; /* unlink_anon_vmas within free_pgtables */
	bool tables_by_pgd;      /* tables go a whole top entry at a time */
	bool unlink_clears;      /* unlink sets vma->anon_vma to NULL */

	/* entries that are not present */
	struct swp_layout {
		uint8_t type_shift;   /* of the type's 5 bits in a PTE */
		uint8_t offset_shift; /* of the offset in a PTE */
		bool invert;          /* the offset is stored inverted */
	} swp_layout;            /* PAE keeps it in its upper half instead */
	uint8_t swp_val_type_shift; /* of the type in swp_entry_t.val; 0: val
				       is as in the PTE */
	uint8_t migration_read;  /* types of migration entries; 0: none */
	uint8_t migration_read_exclusive; /* 0: it has none */
	uint8_t migration_write;
	uint8_t marker_type;     /* of markers; 0: it has none */
	bool migration_bits;     /* migration entries keep accessed and dirty */
	bool swp_exclusive;      /* swap PTEs carry AnonExclusive */
	bool swap_in_index;      /* swap cache: page->index holds the entry,
				    mapping is swapper_space; later private */

	/* swap; swap.h says what each is for */
	uint64_t (*scan_swap_map)(struct machine *m);
	void (*swap_slot_freed)(struct machine *m, uint64_t slot);
	bool swap_clusters;      /* 6.18: lists of clusters, see swap_alloc.c */
	bool swap_last_page;     /* the last page of the device is used too */
	bool swap_cache_flag;    /* SWAP_HAS_CACHE beside the count; before, the
				    cache is a user like others */
	bool swap_add_duplicates; /* 2.4: the count of get_swap_page is the
				    first PTE's, add_to_swap_cache adds one */
	uint32_t swap_cache_clears; /* PG() that entering the cache clears */
	bool (*swap_unused)(const struct machine *m, const struct page *page);
	bool swap_drops_mapped;  /* free_swap_and_cache keeps a page with other
				    references; later one with mappings */
	bool (*can_share_swap_page)(struct machine *m, struct page *page);
	bool swap_ra_adapts;     /* readahead by how much of it was of use */
	bool swapents;           /* mm counts MM_SWAPENTS */
	bool (*map_swapped)(struct machine *m, struct swapin *s);
	bool swapin_marks;       /* a swap fault is a use of the page */
	bool swapin_wp;          /* do_swap_page goes on to do_wp_page; before,
				    the write faults once more */
	bool swapin_root;        /* a page read in for a PTE that is not its
				    only user belongs to the root anon_vma; and
				    one that kept its mapping keeps it */
	int (*try_to_unuse)(struct machine *m); /* swapoff */
	bool unuse_stops;        /* at the first hit in an mm */
	bool unuse_anon;         /* only VMAs with anon_vma are looked at, with
				    the mm's lock */
	bool unuse_activates;    /* what came back is active */
	bool swapoff_charges;    /* swapoff asks whether memory is enough */
	bool swapoff_oom;        /* without memory it is swapoff that fails */
	bool cow_frees_swap;     /* a copied page may leave the swap cache */
	enum lru_list swapin_lru; /* where a page that is read in goes */
	/* the OOM killer */
	uint64_t (*badness)(const struct oom_facts *facts);
	enum oom_child oom_child;
	bool oom_last_of_equals; /* of equal points the last task; else first */
	bool oom_waits_for_swap; /* kills nobody while swap is left */

	/* memory */
	const struct vmscan_ops *vmscan; /* how it reclaims, see vmscan.h */
	const struct mark_rule *marks; /* watermarks, see watermark.h */
	bool locked_io;          /* 2.4: a page being written is locked and
				    keeps its buffers; later PG_writeback */
	/* per-CPU lists of a zone with @pages frames; NULL: has none */
	void (*pcp_sizes)(struct per_cpu_pages *pcp, uint64_t pages);
	bool drains_pcp;         /* rather than fail, drain those lists */
	const struct cache_row *chain_rows; /* pte_chain for NRPTE 3 7 15 31 */
	unsigned max_order;      /* largest block of the buddy: 2^max_order */
	bool upper_half;         /* a block that is cut gives its upper end */
	bool buddy_tail;         /* a block whose pair may soon be free: tail */
	bool pte_invert;         /* PROT_NONE entries hold the inverted frame */
};

static inline const struct era_ops *ops_of(const struct machine *m)
{
	return arena_of(m)->ops;
}

#endif
