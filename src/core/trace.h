/*
 * Events: what the kernel does while an operation runs, told one by one.  An
 * event has just happened when it is told: the state already shows it.
 *
 * The host hangs a tracer on the arena while it wants events.  The core keeps
 * nothing outside the arena across an event, so a tracer may leave it by
 * longjmp from its sink and the machine stands at that very instant.
 */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "core/functions.h"
#include "core/machine.h"
#include "core/text.h"

enum event_kind {
	EVENT_CALL,   /* entered a function */
	EVENT_RETURN, /* left it */
	EVENT_SET,    /* a field changed */
	EVENT_ALLOC,  /* a frame or an object was taken */
	EVENT_FREE,
	EVENT_LOCK,
	EVENT_UNLOCK,
	EVENT_WALK,   /* looked at something on a list, tree or table */
	EVENT_FLUSH,  /* TLB */
	EVENT_NOTE,   /* a decision, and why */
	NR_EVENT_KINDS
};

/*
 * Ids of events; the sentence for each stands in src/view/sentence.c.
 * EVENT(id, kind): o, p are its objects, old, new, n its numbers.
 */
#define EVENT_LIST(EVENT)                                                      \
	EVENT(CALL, CALL)               /* fn(o, p, n) */                      \
	EVENT(RETURN, RETURN)           /* fn; a fault's: n = enum fault_end */ \
	EVENT(SET, SET)                 /* o.field: old -> new */              \
	EVENT(ALLOC_PAGE, ALLOC)        /* o page for n = enum page_kind */    \
	EVENT(PCP_FILL, ALLOC)          /* n frames of zone o to its CPU */    \
	EVENT(PCP_DRAIN, FREE)          /* n frames back to zone o */          \
	EVENT(ALLOC_OBJECT, ALLOC)      /* o from cache p */                   \
	EVENT(ALLOC_SLAB, ALLOC)        /* cache o grew by frame p */          \
	EVENT(ALLOC_TABLE, ALLOC)       /* table o of level n for address p */ \
	EVENT(FREE_PAGE, FREE)          /* o */                                \
	EVENT(FREE_OBJECT, FREE)        /* o */                                \
	EVENT(FREE_SLAB, FREE)          /* cache o gave back frame p */        \
	EVENT(FREE_TABLE, FREE)         /* o */                                \
	EVENT(LOCK, LOCK)               /* field of o, for writing if n */     \
	EVENT(UNLOCK, UNLOCK)           /* field of o */                       \
	EVENT(FLUSH_PAGE, FLUSH)        /* o: the address */                   \
	EVENT(FLUSH_MM, FLUSH)          /* o: the task */                      \
	EVENT(MMU_FAULT, NOTE)          /* o address; n = write, old = prot */ \
	EVENT(MMU_READ, NOTE)           /* o address <- p page */              \
	EVENT(MMU_WRITE, SET)           /* o page.value: old -> new, at p */   \
	EVENT(FOUND_VMA, WALK)          /* address o lies in p */              \
	EVENT(NO_VMA, WALK)             /* address o lies in no VMA */         \
	EVENT(VMA_CACHED, WALK)         /* address o: p stands in cache slot n */ \
	EVENT(RB_STEP, WALK)            /* VMA o, address p: n = enum rb_step */ \
	EVENT(MAPLE_STEP, WALK)         /* node o, p: slot n, [old, new] */     \
	EVENT(MAPLE_GAP, WALK)          /* node o: slot n may have the room */ \
	EVENT(MAPLE_STORE, SET)         /* mm o: [old, new] -> p, enum maple_store */ \
	EVENT(MAPLE_NEW, SET)           /* node o takes the place of p in tree */ \
	EVENT(MAPLE_COPY, SET)          /* o: its tree is a copy of that of p */ \
	EVENT(KERNEL_ADDRESS, NOTE)     /* address o is the kernel's */        \
	EVENT(BAD_AREA, NOTE)           /* address o: no stack is above it */  \
	EVENT(BAD_ACCESS, NOTE)         /* o VMA does not allow n = write */   \
	EVENT(PTE_IS_NONE, NOTE)        /* o */                                \
	EVENT(PTE_ALLOWS, NOTE)         /* PTE o is there as wanted */         \
	EVENT(PTE_CHANGED, NOTE)        /* PTE o did meanwhile: look again */  \
	EVENT(GUARD_HIT, NOTE)          /* PTE o is a guard marker */          \
	EVENT(ENTRY_STAYS, NOTE)        /* entry o is left; n: a marker */     \
	EVENT(IN_CORE, WALK)            /* address o of p is in memory */      \
	EVENT(ADVICE_SHARED, NOTE)      /* page o: n PTEs map it: left alone */ \
	EVENT(USE_ZERO_PAGE, NOTE)      /* o address: zero page p read-only */ \
	EVENT(ZERO_PAGE_COW, NOTE)      /* o: nothing to copy, zero-fill */    \
	EVENT(REUSE_YES, NOTE)          /* o page, n = count that decides */   \
	EVENT(REUSE_NO, NOTE)           /* o page, n = count that decides */   \
	EVENT(REUSE_FILE, NOTE)         /* page o of a file is always copied */ \
	EVENT(REUSE_KSM, NOTE)          /* page o of KSM is always copied */   \
	EVENT(REUSE_EXCLUSIVE, NOTE)    /* o page is AnonExclusive */          \
	EVENT(COPY_PAGE, NOTE)          /* contents of o to p */               \
	EVENT(ZERO_FILL, NOTE)          /* o */                                \
	EVENT(HAS_ANON_VMA, NOTE)       /* o VMA already has p */              \
	EVENT(TRY_NEIGHBOUR, WALK)      /* o VMA looks at its neighbour p */   \
	EVENT(ADOPT_ANON_VMA, NOTE)     /* o VMA may share p */                \
	EVENT(NO_ADOPTION, NOTE)        /* o VMA: neighbour p does not fit */  \
	EVENT(REUSE_ANON_VMA, NOTE)     /* o VMA takes over the idle p */      \
	EVENT(LINK_ANON_VMA, SET)       /* o VMA joins p (list or tree) */     \
	EVENT(UNLINK_ANON_VMA, SET)     /* o VMA leaves p */                   \
	EVENT(DUP_VMA, NOTE)            /* o VMA is copied to p */             \
	EVENT(SKIP_DONTCOPY, NOTE)      /* o VMA is not for the child */       \
	EVENT(SKIP_WIPED, NOTE)         /* o VMA: the child starts empty */    \
	EVENT(SKIP_UNFAULTED, NOTE)     /* o VMA has no anon_vma: no copy */   \
	EVENT(SHARE_PAGE, SET)          /* PTE o of the child now maps p */    \
	EVENT(WRPROTECT, SET)           /* PTE o: old -> new */                \
	EVENT(SET_PTE, SET)             /* PTE o: old -> new */                \
	EVENT(CLEAR_PTE, SET)           /* PTE o: old -> none */               \
	EVENT(MOVE_PTE, SET)            /* PTE o moved to PTE p */             \
	EVENT(LRU_ADD, SET)             /* page o to list n */                 \
	EVENT(LRU_DEL, SET)             /* page o from list n */               \
	EVENT(IO_READ, NOTE)            /* page o is read from the disk */     \
	EVENT(IO_START, SET)            /* page o begins to be written */      \
	EVENT(IO_END, SET)              /* page o has been written */          \
	EVENT(IO_WAIT, NOTE)            /* n pages are being written: wait */  \
	EVENT(LRU_ROTATE, SET)          /* page o to the tail of list n */     \
	EVENT(KSWAPD_WAKE, NOTE)        /* n frames are free: kswapd, please */ \
	EVENT(DIRECT_RECLAIM, NOTE)     /* n frames are wanted now */          \
	EVENT(RECLAIMED, NOTE)          /* n frames were freed */              \
	EVENT(SCAN_PRIORITY, NOTE)      /* priority n */                       \
	EVENT(SCAN_LIST, WALK)          /* zone o: up to old pages of list n */ \
	EVENT(SCAN_BALANCE, NOTE)       /* zone o: enum balance n; old : new */ \
	EVENT(SWAP_TENDENCY, NOTE)      /* zone o: n; mapped old %, distress new */ \
	EVENT(UNRECLAIMABLE, SET)       /* zone o: n pages scanned in vain */  \
	EVENT(PAGE_KEEP, NOTE)          /* page o, n = enum why */             \
	EVENT(PAGE_ACTIVATE, NOTE)      /* page o, n = enum why */             \
	EVENT(PAGE_CULL, NOTE)          /* page o, n = enum why */             \
	EVENT(PAGE_FREE, NOTE)          /* page o, n = enum why */             \
	EVENT(LRU_WAIT, SET)            /* page o waits in a batch, n there */ \
	EVENT(SHADOW, SET)              /* page o leaves an entry with age n */ \
	EVENT(REFAULT_SOON, NOTE)       /* page o: distance n, at most old */  \
	EVENT(REFAULT_LATE, NOTE)       /* page o: distance n, more than old */ \
	EVENT(STACK_FAULT, NOTE)        /* o VMA: p lies n pages below it */   \
	EVENT(STACK_REFUSED, NOTE)      /* o VMA: not down to p, n = why */    \
	EVENT(STACK_GUARD, NOTE)        /* o VMA: its lowest page p is used */ \
	EVENT(NO_PROMISE, NOTE)         /* n pages wanted, new allowed */      \
	EVENT(LIMIT, NOTE)              /* mm o, field: old bytes, not new */  \
	EVENT(VMA_LINK, SET)            /* o enters its mm */                  \
	EVENT(VMA_UNLINK, SET)          /* o leaves its mm */                  \
	EVENT(VMA_RANGE, SET)           /* o: [old, new) and n = pgoff */      \
	EVENT(MERGE_CASE, NOTE)         /* o joins p: case n, field its name */ \
	EVENT(NO_MERGE, NOTE)           /* range o, field prev or next p: n =  \
					   enum no_merge */                    \
	EVENT(VMA_CUT, NOTE)            /* o VMA at p: n = enum vma_cut, field \
					   its name */                         \
	EVENT(PLACE, NOTE)              /* free place found at o */            \
	EVENT(REFUSE, NOTE)             /* o: errno n */                       \
	EVENT(RMAP_START, WALK)         /* page o: its mapping p, n = index */ \
	EVENT(RMAP_VISIT, WALK)         /* VMA o; its address p; n = index */  \
	EVENT(RMAP_OUTSIDE, WALK)       /* VMA o cannot hold index n */        \
	EVENT(RMAP_SKIP, WALK)          /* VMA o does not count for this */    \
	EVENT(RMAP_NO_RSS, WALK)        /* VMA o: its mm p maps no page */     \
	EVENT(RMAP_ABSENT, WALK)        /* PTE o: absent, seen without lock */ \
	EVENT(RMAP_LOCKED, NOTE)        /* VMA o is VM_LOCKED: enough */       \
	EVENT(RMAP_MISS, WALK)          /* PTE o maps another frame p or none */ \
	EVENT(RMAP_HIT, WALK)           /* PTE o maps it; n still to find */   \
	EVENT(RMAP_DONE, WALK)          /* page o: n found; old visited */     \
	EVENT(UNMAP_LOCKED, NOTE)       /* VMA o keeps page p: VM_LOCKED */    \
	EVENT(UNMAP_YOUNG, NOTE)        /* VMA o keeps page p: used again */   \
	EVENT(UNMAP_REFERENCES, NOTE)   /* VMA o keeps page p: references */   \
	EVENT(UNMAP_REDIRTIED, NOTE)    /* VMA o has written to page p again */ \
	EVENT(UNMAP_RESULT, NOTE)       /* page o: n = enum unmap_result */    \
	EVENT(MIGRATE_REFUSED, NOTE)    /* page o: n references, too many */   \
	EVENT(MIGRATE_MOVE, SET)        /* p takes the place of page o */      \
	EVENT(STILL_LOCKED, NOTE)       /* VMA o, locked, maps page p, too */  \
	EVENT(TRYLOCK_FAILED, NOTE)     /* a lock of o is held: go on */       \
	EVENT(NOT_MAPPED, NOTE)         /* page o has no mapping */            \
	/* old, new: pages of the file that a VMA maps or a walk asks for */   \
	EVENT(I_MMAP_INSERT, SET)       /* o VMA: in the i_mmap of file p */   \
	EVENT(I_MMAP_AFTER, SET)        /* fork: o VMA stands just behind p */ \
	EVENT(I_MMAP_BEFORE, SET)       /* fork: o VMA stands just before p */ \
	EVENT(I_MMAP_REMOVE, SET)       /* o VMA: out of the i_mmap of file p */ \
	EVENT(I_MMAP_WALK, WALK)        /* file o: who maps any of old..new? */ \
	EVENT(I_MMAP_HIT, WALK)         /* VMA o: old..new is among them */    \
	EVENT(I_MMAP_MISS, WALK)        /* VMA o: old..new is not */           \
	EVENT(I_MMAP_BELOW, WALK)       /* o VMA and below: all end by n */    \
	EVENT(I_MMAP_BEYOND, WALK)      /* right of VMA o: all begin from n */ \
	EVENT(I_MMAP_FOUND, WALK)       /* file o: n VMAs */                   \
	EVENT(PRIO_OUTRANKS, SET)       /* o takes p's place, p goes down */   \
	EVENT(PRIO_RADIX, WALK)         /* o at p: bit old of radix index is n */ \
	EVENT(PRIO_SIZE, WALK)          /* o at p: bit old of size is n */     \
	EVENT(PRIO_EXPAND, SET)         /* file o: index_bits old -> new */    \
	EVENT(PRIO_POP, SET)            /* o leaves the top, for the spine */  \
	EVENT(PRIO_JOIN, SET)           /* o joins the set of tree node p */   \
	EVENT(PRIO_LEAVE, SET)          /* o leaves the set of its node */     \
	EVENT(PRIO_SUCCEED, SET)        /* o of the set: tree node for p */    \
	EVENT(PRIO_SHIFT, SET)          /* o moves up to the place of p */     \
	EVENT(SWAP_TAKE, ALLOC)         /* slot o is taken */                  \
	EVENT(SWAP_NONE, NOTE)          /* no slot is free */                  \
	EVENT(SWAP_FREE, FREE)          /* slot o is free */                   \
	EVENT(SWAP_HIT, WALK)           /* slot o: page p is in the swap cache */ \
	EVENT(SWAP_MISS, WALK)          /* slot o: no page in the cache */     \
	EVENT(SWAP_OFF, NOTE)           /* the swap area is gone */            \
	EVENT(SWAP_ON_AGAIN, NOTE)      /* swapoff failed: it stays */         \
	EVENT(SWAP_EXCLUSIVE, NOTE)     /* page o of slot p is ours alone */   \
	EVENT(SWAP_SHARED, NOTE)        /* page o of slot p: n references */   \
	EVENT(SWAP_CACHE_ADD, SET)      /* page o is in the cache at slot p */ \
	EVENT(SWAP_CACHE_DEL, SET)      /* page o left slot p */               \
	EVENT(SCAN_LOCKED_VMA, NOTE)    /* PTE o: its VMA is VM_LOCKED */      \
	EVENT(SCAN_ACTIVE, NOTE)        /* PTE o: its page is active */        \
	EVENT(SCAN_BUSY, NOTE)          /* o: the page is locked */            \
	EVENT(SCAN_NO_SLOT, NOTE)       /* page o: nowhere to put it */        \
	EVENT(SCAN_FREEABLE, NOTE)      /* page o: PTE p was the last */       \
	EVENT(SCAN_STILL_HELD, NOTE)    /* page o: n references are left */    \
	EVENT(SCAN_DIRTY, NOTE)         /* page o became dirty again */        \
	EVENT(SCAN_MAPPED, NOTE)        /* page o is mapped; n more allowed */ \
	EVENT(LRU_TO_HEAD, SET)         /* page o to the head of list n */     \
	EVENT(OOM_POINTS, NOTE)         /* task o has n points */              \
	EVENT(OOM_KILL, NOTE)           /* task o is killed */                 \
	EVENT(OOM_SWAP_LEFT, NOTE)      /* n slots are free: nobody dies */    \
	EVENT(CHAIN_SPARE, NOTE)        /* node o is at hand for what comes */ \
	EVENT(CHAIN_STASH, NOTE)        /* node o is kept for the next time */ \
	EVENT(CHAIN_DIRECT, SET)        /* page o: its one PTE is p */         \
	EVENT(CHAIN_NO_DIRECT, SET)     /* page o: p no longer; none maps it */ \
	EVENT(CHAIN_PUSH, SET)          /* node o becomes p's first, n is next */ \
	EVENT(CHAIN_FILL, SET)          /* slot n of node o now holds PTE p */ \
	EVENT(CHAIN_EMPTY, SET)         /* slot n of node o held PTE p: empty */ \
	EVENT(CHAIN_TAKE, SET)          /* slot n of o moved: PTE p fills a gap */ \
	EVENT(CHAIN_POP, SET)           /* node o is empty: page p drops it */ \
	EVENT(CHAIN_COLLAPSE, SET)      /* page o: only PTE p left: direct */  \
	EVENT(CHAIN_START, WALK)        /* page o: pte.direct or chain is p */ \
	EVENT(CHAIN_NODE, WALK)         /* node o, its lowest used slot is n */ \
	EVENT(CHAIN_SLOT, WALK)         /* slot n of node o holds PTE p */     \
	EVENT(MMLIST_ADD, SET)          /* o joins the mmlist, after p */      \
	EVENT(MMLIST_DEL, SET)          /* o leaves it */                      \
	EVENT(SCAN_START, WALK)         /* page o: nothing leads back */       \
	EVENT(SCAN_MM, WALK)            /* o: the next mm on the mmlist */     \
	EVENT(SCAN_VMA, WALK)           /* o: the next VMA of the mm */        \
	EVENT(SCAN_NO_TABLE, WALK)      /* o address: no table, on to p */     \
	EVENT(SCAN_DONE, WALK)          /* page o: n found; old slots seen */  \
	EVENT(CACHE_HIT, WALK)          /* file o: page n is in frame p */     \
	EVENT(CACHE_MISS, WALK)         /* file o: page n is in no frame */    \
	EVENT(CACHE_ADD, SET)           /* page o: now page n of file p */     \
	EVENT(CACHE_DEL, SET)           /* page o: was page n of file p */     \
	EVENT(FILE_HOLE, NOTE)          /* file o: nothing at page n: zeros */ \
	EVENT(FILE_WRITE, SET)          /* page o.value: old -> new, by p */   \
	EVENT(BEYOND_END, NOTE)         /* file o ends before page n */        \
	EVENT(FAULT_AROUND, NOTE)       /* page o is cached: map it at p, too */ \
	EVENT(KSM_ENTER, SET)           /* o: ksmd will look at its mm */      \
	EVENT(KSM_LEAVE, SET)           /* o: ksmd forgets its mm */           \
	EVENT(KSM_EXIT_LATER, NOTE)     /* o: ksmd forgets it when it passes */ \
	EVENT(KSM_ROUND, NOTE)          /* round n: the unstable tree is empty */ \
	EVENT(KSM_MM, WALK)             /* o: the next mm; n users */          \
	EVENT(KSM_PAGE, WALK)           /* address o maps page p */            \
	EVENT(KSM_SKIP, NOTE)           /* item o, page p: left out, n times more */ \
	EVENT(KSM_VOLATILE, NOTE)       /* page o changed; n: never looked at */ \
	EVENT(KSM_COMPARE, WALK)        /* page o and p: n = 0 less 1 equal 2 more */ \
	EVENT(KSM_SAME, NOTE)           /* page o is that of item p itself */  \
	EVENT(KSM_UNSTABLE_ADD, SET)    /* item o of page p: a candidate */    \
	EVENT(KSM_STABLE_ADD, SET)      /* node o of page p: in the tree */    \
	EVENT(KSM_APPEND, SET)          /* item o on the list of p, n there */ \
	EVENT(KSM_ITEM_LEAVE, SET)      /* item o off the list of p, n there */ \
	EVENT(KSM_STALE, NOTE)          /* node o: frame p is its page no more */ \
	EVENT(KSM_BUSY, NOTE)           /* page o: n references too many */    \
	EVENT(KSM_FORKED, NOTE)         /* page o is at PTE p by a fork */     \
	EVENT(KSM_WALK, WALK)           /* page o: its node p has n items */   \
	EVENT(KSM_NEW_FORKS, WALK)      /* page o: once more, for forks */     \
	EVENT(KSM_ITEM, WALK)           /* item o: anon_vma p, address n */    \
	EVENT(TASK_NEW, ALLOC)          /* o */                                \
	EVENT(TASK_GONE, FREE)          /* o */                                \
	EVENT(MM_SHARE, SET)            /* o uses the mm of p, one of n */     \
	EVENT(MM_LEAVE, SET)            /* o no longer uses that of p, n do */ \
	EVENT(MM_OWNER, SET)            /* what was p's mm goes by o's name */ \
	EVENT(VFORK_WAIT, SET)          /* o waits until p execs or exits */   \
	EVENT(VFORK_DONE, SET)          /* o need not wait for p any more */   \
	EVENT(REAP, FREE)               /* o: its parent has taken notice */   \
	EVENT(ARG_WRITE, SET)           /* page o.value: old -> new, for p */  \
	EVENT(EXEC_MMAP, SET)           /* task o has its new mm */            \
	EVENT(MM_REUSED, NOTE)          /* o: nobody else uses its mm */       \
	EVENT(CLEAR_TAIL, SET)          /* page o: its end is cleared, at p */ \
	EVENT(EXEC_KILLED, NOTE)        /* o: its old mm is gone already */

enum event_id {
#define EVENT(id, kind) EV_##id,
	EVENT_LIST(EVENT)
#undef EVENT
		NR_EVENTS
};

/* What an attempt to unmap a page ended with (SWAP_SUCCESS ...). */
enum unmap_result { UNMAP_SUCCESS, UNMAP_AGAIN, UNMAP_FAIL, UNMAP_MLOCK };

/* Why a scan does with a page what it does. */
#define WHY_LIST(WHY)                                                          \
	WHY(LOCKED, N_("somebody holds its lock"))                             \
	WHY(WRITEBACK, N_("it is being written"))                              \
	WHY(CONTENDED, N_("its reverse map is locked: it is not asked"))       \
	WHY(REFERENCED, N_("it was used"))                                     \
	WHY(SECOND_CHANCE, N_("used once: a second chance"))                   \
	WHY(EXEC, N_("it is code in use"))                                     \
	WHY(NO_SLOT, N_("no swap slot is free"))                               \
	WHY(UNMAP_FAIL, N_("it could not be unmapped"))                        \
	WHY(UNMAP_AGAIN, N_("a PTE maps it still"))                            \
	WHY(MLOCKED, N_("it is locked in memory"))                             \
	WHY(DIRTY_REFERENCED, N_("it is dirty and was used"))                  \
	WHY(DIRTY_FILE, N_("dirty pages of files are for the flusher"))        \
	WHY(CLEAN_ONLY, N_("used before, and dirty"))                          \
	WHY(WRITING, N_("its write has begun"))                                \
	WHY(REFERENCES, N_("somebody else has a reference"))                   \
	WHY(CANNOT_WRITE, N_("it cannot be written now"))                      \
	WHY(NO_MAPPING, N_("it is in no cache"))                               \
	WHY(FREED, N_("clean and unmapped"))                                   \
	WHY(COLD, N_("its turn to go down"))                                   \
	WHY(NOT_RECLAIM_MAPPED, N_("mapped pages are not wanted yet"))         \
	WHY(LAZYFREE, N_("given up by MADV_FREE and not written since"))       \
	WHY(NO_SWAP, N_("there is no swap for it"))                            \
	/* why a VMA does not grow down */                                     \
	WHY(STACK_BELOW_SP, N_("too far below the stack pointer"))             \
	WHY(STACK_NEIGHBOUR, N_("the VMA below would touch it"))               \
	WHY(STACK_GAP, N_("the gap to the VMA below would be too small"))      \
	WHY(STACK_LIMIT_AS, N_("the address space may not be so large"))       \
	WHY(STACK_LIMIT_STACK, N_("a stack may not be so large"))              \
	WHY(STACK_LIMIT_MEMLOCK, N_("so much may not be locked"))              \
	WHY(STACK_NO_MEMORY, N_("there is no memory for it"))                  \
	WHY(STACK_LOWEST, N_("nothing is left below"))                         \
	WHY(STACK_NOT_PRIVATE, N_("shared memory has no page before its first"))

enum why {
#define WHY(id, text) WHY_##id,
	WHY_LIST(WHY)
#undef WHY
		NR_WHYS
};

/* How a page fault ends, told when its function returns. */
enum fault_end {
	FAULT_UNSAID, /* another function */
	FAULT_MINOR,
	FAULT_MAJOR,
	FAULT_SIGSEGV,
	FAULT_SIGBUS,
	FAULT_OOM,
	NR_FAULT_ENDS
};

/* Why a range and a VMA beside it do not become one. */
#define NO_MERGE_LIST(WHY)                                                     \
	WHY(NOBODY, N_("no VMA touches it"))                                   \
	WHY(INSIDE, N_("the range is a part of it"))                           \
	WHY(FLAGS, N_("their vm_flags differ"))                                \
	WHY(FILE, N_("they map different files"))                              \
	WHY(PGOFF, N_("vm_pgoff does not go on"))                              \
	WHY(ANON_VMA, N_("they have different anon_vmas"))                     \
	WHY(INHERITED, N_("it came through fork: its chain is not singular"))  \
	WHY(UNFAULTED, N_("it has no anon_vma: its chain is not singular"))    \
	WHY(SOURCE, N_("the range came through fork: its chain is not "        \
		       "singular"))                                            \
	WHY(ENDS, N_("prev and next have different anon_vmas: prev wins"))     \
	WHY(SPECIAL, N_("VMAs with such flags never merge"))                   \
	WHY(NOT_FILES, N_("VMAs of files are not merged here"))

enum no_merge {
	MERGE_FITS, /* nothing is against it */
#define WHY(id, text) NO_MERGE_##id,
	NO_MERGE_LIST(WHY)
#undef WHY
		NR_NO_MERGES
};

/* What becomes of a VMA that is cut. */
enum vma_cut {
	CUT_BELOW,  /* the part below is a new VMA */
	CUT_ABOVE,  /* the part above is */
	CUT_MIDDLE, /* both sides are, the VMA is what lies between */
	CUT_HEAD,   /* its head goes */
	CUT_TAIL,   /* its tail goes */
	CUT_HOLE    /* a hole: what lies above it is a new VMA */
};

/* Where a search goes on from a node of mm_rb. */
enum rb_step { RB_LEFT, RB_RIGHT, RB_HERE };

/* How a store changes a maple tree (enum store_type). */
#define MAPLE_STORE_LIST(STORE)                                                \
	STORE(NOTHING, N_("nothing to do"))                                    \
	STORE(NEW_ROOT, N_("the first node, or none any more"))                \
	STORE(EXACT_FIT, N_("exactly the range of a slot: the slot is set"))   \
	STORE(SLOT, N_("a boundary of two slots moves"))                       \
	STORE(APPEND, N_("new slots at the end of the node"))                  \
	STORE(NODE, N_("a new node takes the place of the leaf"))              \
	STORE(SPLIT, N_("the leaf is full: it is split"))                      \
	STORE(PUSH, N_("the leaf is full, a sibling has room: shared anew"))   \
	STORE(REBALANCE, N_("the leaf would hold too little: joined with a "   \
			    "sibling"))                                        \
	STORE(SPANNING, N_("it spans leaves: they are made anew"))

enum maple_store {
#define STORE(id, text) MAPLE_##id,
	MAPLE_STORE_LIST(STORE)
#undef STORE
		NR_MAPLE_STORES
};

/* What 4.0 and 6.18 scan (get_scan_count). */
enum scan_balance { SCAN_EQUAL, SCAN_FRACT, SCAN_ANON, SCAN_FILE };

/* How old and new are to be written. */
enum value_type {
	VT_NONE,
	VT_INT,
	VT_HEX,
	VT_ADDR,
	VT_PTE,      /* raw entry of this machine's geometry */
	VT_PAGE_FLAGS,
	VT_VM_FLAGS,
	VT_BOOL,
	VT_REF,      /* enum ref_kind << 32 | id; 0: NULL */
	VT_VALUE,    /* value_t */
	VT_MAPPING,  /* the same: an anon_vma or a file */
	VT_KIND,     /* enum page_kind */
	VT_LRU,      /* enum lru_list */
	VT_PTE_ADDR  /* pte_addr_t; 0: none */
};

struct event {
	uint16_t id;        /* enum event_id */
	uint16_t kind;      /* enum event_kind */
	uint16_t fn;        /* the function entered, left or running */
	uint16_t depth;     /* calls around it; 0: outermost */
	struct ref o;       /* what it is about */
	struct ref p;       /* the other object, if any */
	const char *field;  /* kernel's name of what changed, or NULL (static) */
	uint32_t type;      /* enum value_type of old and new */
	uint64_t old, new;
	uint64_t n;         /* see the list above */
};

struct tracer {
	void (*sink)(struct tracer *, const struct event *); /* may longjmp */
	void *ctx;          /* the sink's */
	uint16_t stack[32]; /* enum fn of the calls around */
	uint16_t depth;     /* calls around; may exceed the stack */
};

/* Hang @t on @m (NULL: events off), and forget any call around. */
void trace_attach(struct machine *m, struct tracer *t);
enum event_kind event_kind_of(enum event_id id);
const char *event_kind_name(enum event_kind kind);
/* "ALLOC_PAGE" ... for tests and developers. */
const char *event_id_name(enum event_id id);

#endif
