/*
 * The sentence for each event, made from one template a row:
 *
 *   {o} {p}    the objects          {old} {new}  by the event's type
 *   {change}   old -> new; of flags +came -went
 *   {was}      " (was OLD)" of a PTE
 *   {field}    kernel's field name  {n} {nx}     number, in hexadecimal
 *   {s}        "s" unless n is 1
 *   {kind}     n as a page kind     {lru}        n as an LRU list
 *   {unmap}    n as what try_to_unmap() ended with
 *   {why}      n as why a scan does so  {balance}  n as what it scans
 *   {no_merge} n as why two VMAs stay two  {neighbour}  field and p
 *   {errno}    n as a result        {access}     n as "write" or "read"
 *   {level}    n as a table's name  {fn}         the function
 *   {index}    "index 5" or, of more pages, "index 5 to 7"
 *   {side}     n as "to the left" or "to the right"
 *   {order}    n as "less", "equal" or "greater"
 *   {rb}       n as where a search goes on  {maple}  n as a way to store
 *   {none}     p or "nothing"       {top}        p or "nothing: it is the root"
 */
#include "view/sentence_words.h"
#include "view/lang.h"

#include <string.h>

static const char *const templates[NR_EVENTS] = {
	[EV_CALL] = N_("{call}"),
	[EV_RETURN] = N_("return from {fn}"),
	[EV_SET] = N_("{o} {field}: {change}"),
	[EV_ALLOC_PAGE] = N_("allocate frame {o} ({kind})"),
	[EV_PCP_FILL] = N_("the CPU takes {n} frame{s} from {o} to have at "
			   "hand"),
	[EV_PCP_DRAIN] = N_("the CPU gives {n} frame{s} back to {o}"),
	[EV_ALLOC_OBJECT] = N_("allocate {o} from the slab {p}"),
	[EV_ALLOC_SLAB] = N_("the slab {o} grows by frame {p}"),
	[EV_ALLOC_TABLE] = N_("frame {o} is a new {level} table"),
	[EV_FREE_PAGE] = N_("frame {o} is free"),
	[EV_FREE_OBJECT] = N_("free {o}"),
	[EV_FREE_SLAB] = N_("the slab {o} gives back frame {p}"),
	[EV_FREE_TABLE] = N_("free the table in frame {o}"),
	[EV_LOCK] = N_("take {field} of {o}{shared}"),
	[EV_UNLOCK] = N_("release {field} of {o}"),
	[EV_FLUSH_PAGE] = N_("flush the TLB entry of {o}"),
	[EV_FLUSH_MM] = N_("flush the TLB of {o}"),
	[EV_MMU_FAULT] = N_("the processor cannot {access} {o}: page fault"),
	[EV_MMU_READ] = N_("the processor reads {o}: frame {p}"),
	[EV_MMU_WRITE] = N_("the processor writes {new} to {p}: frame {o}"),
	[EV_FOUND_VMA] = N_("{o} lies in {p}"),
	[EV_NO_VMA] = N_("{o} lies in no VMA"),
	[EV_VMA_CACHED] = N_("{p} was found before: no search"),
	[EV_RB_STEP] = N_("the search is at {o}: {rb}"),
	[EV_MAPLE_STEP] = N_("{o}: slot {n}, {old} to {new}, holds {p}"),
	[EV_MAPLE_GAP] = N_("{o}: below slot {n} there is a gap long enough"),
	[EV_MAPLE_STORE] = N_("tree of {o}: {old} to {new} now holds {none}: "
			      "{maple}"),
	[EV_MAPLE_NEW] = N_("{o} takes the place of {top}"),
	[EV_MAPLE_COPY] = N_("the tree of {p} is copied for {o}, node by node"),
	[EV_KERNEL_ADDRESS] = N_("{o} is the kernel's: not for a task"),
	[EV_BAD_AREA] = N_("no VMA above {o} grows down to it: a bad area"),
	[EV_BAD_ACCESS] = N_("{o} does not allow a {access} of {p}"),
	[EV_PTE_IS_NONE] = N_("nothing is mapped at {o} yet"),
	[EV_PTE_ALLOWS] = N_("the PTE of {o} allows it already"),
	[EV_PTE_CHANGED] = N_("the PTE of {o} has changed meanwhile: look "
			      "again"),
	[EV_GUARD_HIT] = N_("{o} holds a guard marker: no access"),
	[EV_ENTRY_STAYS] = N_("what {o} holds stays: it is not meant"),
	[EV_IN_CORE] = N_("the page at {o} of {p} is in memory"),
	[EV_ADVICE_SHARED] = N_("somebody else holds frame {o}, too: it is left "
				"alone"),
	[EV_USE_ZERO_PAGE] = N_("only read: map the zero page {p} at {o}"),
	[EV_ZERO_PAGE_COW] = N_("the zero page is at {o}: nothing to copy"),
	[EV_REUSE_YES] = N_("frame {o} counts {n}: ours, write in place"),
	[EV_REUSE_NO] = N_("frame {o} counts {n}: not ours alone, copy"),
	[EV_REUSE_FILE] = N_("frame {o} is a file's: a private mapping copies "
			     "it"),
	[EV_REUSE_KSM] = N_("frame {o} is KSM's: it is never written, copy it"),
	[EV_REUSE_EXCLUSIVE] =
		N_("frame {o} is AnonExclusive: write in place"),
	[EV_COPY_PAGE] = N_("copy frame {o} to frame {p}"),
	[EV_ZERO_FILL] = N_("fill frame {o} with zeros"),
	[EV_HAS_ANON_VMA] = N_("{o} has {p} already"),
	[EV_TRY_NEIGHBOUR] = N_("{o} looks at its neighbour {p}"),
	[EV_ADOPT_ANON_VMA] = N_("{o} may share {p} of its neighbour"),
	[EV_NO_ADOPTION] = N_("{o} cannot share an anon_vma with {p}"),
	[EV_REUSE_ANON_VMA] = N_("{p} is idle: {o} takes it over"),
	[EV_LINK_ANON_VMA] = N_("{o} joins {p}: walks of {p} visit it"),
	[EV_UNLINK_ANON_VMA] = N_("{o} leaves {p}"),
	[EV_DUP_VMA] = N_("{p} is a copy of {o}"),
	[EV_SKIP_DONTCOPY] = N_("{o} is DONTFORK: the child does not get it"),
	[EV_SKIP_WIPED] = N_("{o} is WIPEONFORK: {p} starts empty"),
	[EV_SKIP_UNFAULTED] = N_("{o} has no anon_vma: no PTE is copied"),
	[EV_SHARE_PAGE] = N_("set PTE {new} at {o}, shared with the parent"),
	[EV_WRPROTECT] = N_("write-protect PTE {new} at {o}"),
	[EV_SET_PTE] = N_("set PTE {new} at {o}{was}"),
	[EV_CLEAR_PTE] = N_("clear PTE {old} at {o}"),
	[EV_MOVE_PTE] = N_("the PTE of {o} is now that of {p}"),
	[EV_LRU_ADD] = N_("frame {o} goes to the {lru} list"),
	[EV_LRU_DEL] = N_("frame {o} leaves the {lru} list"),
	[EV_IO_READ] = N_("frame {o} is read from the disk"),
	[EV_IO_START] = N_("frame {o} begins to be written to the disk"),
	[EV_IO_END] = N_("frame {o} has been written"),
	[EV_IO_WAIT] = N_("wait for {n} page{s} under way to be written"),
	[EV_LRU_ROTATE] = N_("frame {o} goes to the tail of the {lru} list"),
	[EV_KSWAPD_WAKE] = N_("free frames: {n}, not enough: "
			      "wake kswapd"),
	[EV_DIRECT_RECLAIM] = N_("reclaim {n} frame{s} now, for oneself"),
	[EV_RECLAIMED] = N_("{n} frame{s} freed"),
	[EV_SCAN_PRIORITY] = N_("priority {n}"),
	[EV_SCAN_LIST] = N_("{o}: take up to {old} pages from the tail of "
			    "the {lru} list"),
	[EV_SCAN_BALANCE] = N_("{o}: {balance}"),
	[EV_SWAP_TENDENCY] = N_("{o}: mapped {old} % / 2 + distress {new} + "
				"swappiness = {n}; mapped pages go from 100"),
	[EV_UNRECLAIMABLE] = N_("{o}: {n} page{s} scanned in vain, "
				"left alone for now"),
	[EV_PAGE_KEEP] = N_("frame {o} stays inactive: {why}"),
	[EV_PAGE_ACTIVATE] = N_("frame {o} stays active: {why}"),
	[EV_PAGE_CULL] = N_("frame {o} becomes unevictable: {why}"),
	[EV_PAGE_FREE] = N_("frame {o} can be freed: {why}"),
	[EV_LRU_WAIT] = N_("frame {o} waits for its LRU list, "
			   "{n} in the batch, each with a reference"),
	[EV_SHADOW] = N_("frame {o} leaves an eviction entry of age {n}"),
	[EV_REFAULT_SOON] = N_("refault distance {n} of frame {o} is at most "
			       "{old}: it starts active"),
	[EV_REFAULT_LATE] = N_("refault distance {n} of frame {o} is more "
			       "than {old}: it starts inactive"),
	[EV_SCAN_LOCKED_VMA] = N_("{o} is locked into memory: it stays"),
	[EV_SCAN_ACTIVE] = N_("the page of {o} is active: it stays"),
	[EV_SCAN_BUSY] = N_("{o} is locked: passed over"),
	[EV_SCAN_NO_SLOT] = N_("no swap slot for frame {o}: the PTE is put "
			       "back"),
	[EV_SCAN_FREEABLE] = N_("{p} was the last PTE of frame {o}: it can be "
				"freed"),
	[EV_SCAN_STILL_HELD] = N_("frame {o} still has {n} reference{s}: it "
				  "cannot be freed yet"),
	[EV_SCAN_DIRTY] = N_("frame {o} is dirty: not now"),
	[EV_SCAN_MAPPED] = N_("frame {o} is mapped: not from here; {n} more "
			      "before the page tables are scanned"),
	[EV_LRU_TO_HEAD] = N_("frame {o} goes to the head of the {lru} list"),
	[EV_OOM_POINTS] = N_("{o} has {n} point{s}"),
	[EV_OOM_KILL] = N_("out of memory: {o} is killed"),
	[EV_OOM_SWAP_LEFT] = N_("free swap slots: {n}; nobody is killed"),
	[EV_VMA_LINK] = N_("{o} enters the address space of {p}"),
	[EV_VMA_UNLINK] = N_("{o} leaves the address space of {p}"),
	[EV_VMA_RANGE] = N_("{o} is now {old}-{new}, vm_pgoff {nx}"),
	[EV_MERGE_CASE] = N_("the range at {p} joins {o}: {field}"),
	[EV_NO_MERGE] = N_("the range at {o} does not join {neighbour}: "
			   "{no_merge}"),
	[EV_VMA_CUT] = N_("{o} is cut at {p}: {field}"),
	[EV_STACK_FAULT] = N_("{p} lies {n} page{s} below {o}, which grows down"),
	[EV_STACK_REFUSED] = N_("{o} does not grow to {p}: {why}"),
	[EV_STACK_GUARD] = N_("{p} is the lowest page of {o}: one more below"
			      " it, as a guard"),
	[EV_NO_PROMISE] = N_("{n} page{s} more cannot be promised, at most "
			     "{new}"),
	[EV_LIMIT] = N_("{field}: {new} bytes allowed, {old} wanted"),
	[EV_PLACE] = N_("free place at {o}"),
	[EV_REFUSE] = N_("refused: {errno}"),
	[EV_RMAP_START] = N_("frame {o}: mapping {p}, index {nx}"),
	[EV_RMAP_VISIT] = N_("{o}: index {nx} would be at {p}"),
	[EV_RMAP_OUTSIDE] = N_("{o} does not reach index {nx}"),
	[EV_RMAP_SKIP] = N_("{o} does not count: its use says nothing"),
	[EV_RMAP_NO_RSS] = N_("{o}: {p} maps no page at all, a wasted visit"),
	[EV_RMAP_ABSENT] = N_("the PTE of {o} is absent: "
			      "a wasted visit, without the lock"),
	[EV_RMAP_LOCKED] = N_("{o} is locked in memory: enough is known"),
	[EV_RMAP_MISS] = N_("the PTE maps {frame}: a wasted visit"),
	[EV_RMAP_HIT] = N_("the PTE maps it; {n} still to find"),
	[EV_RMAP_DONE] = N_("found {n}: {old} visited, {new} of them wasted"),
	[EV_UNMAP_REDIRTIED] = N_("{o} has written to frame {p} since: it "
				  "belongs to swap again"),
	[EV_UNMAP_LOCKED] = N_("{o} is locked in memory: frame {p} stays"),
	[EV_UNMAP_YOUNG] = N_("frame {p} was used again through {o}: "
			      "it stays"),
	[EV_UNMAP_REFERENCES] = N_("frame {p} has references that no PTE "
				   "of {o} explains: it stays"),
	[EV_UNMAP_RESULT] = N_("unmapping frame {o}: {unmap}"),
	[EV_MIGRATE_REFUSED] = N_("frame {o} counts {n}: somebody else "
				  "has a reference, it cannot move"),
	[EV_MIGRATE_MOVE] = N_("frame {p} takes the place of frame {o}"),
	[EV_STILL_LOCKED] = N_("{o} is locked in memory, too: frame {p} "
			       "stays unevictable"),
	[EV_TRYLOCK_FAILED] = N_("a lock of {o} is held by somebody: go on"),
	[EV_NOT_MAPPED] = N_("frame {o}: no mapping to walk"),
	[EV_I_MMAP_INSERT] =
		N_("{o} enters the i_mmap of {p} with index {old} to {new}"),
	[EV_I_MMAP_AFTER] = N_("{o} enters i_mmap just behind {p}"),
	[EV_I_MMAP_BEFORE] = N_("{o} enters i_mmap just before {p}"),
	[EV_I_MMAP_REMOVE] = N_("{o} leaves the i_mmap of {p}"),
	[EV_I_MMAP_WALK] = N_("who maps {o} at {index}?"),
	[EV_I_MMAP_HIT] = N_("{o} maps index {old} to {new}: found"),
	[EV_I_MMAP_MISS] = N_("{o} maps index {old} to {new}: not it"),
	[EV_I_MMAP_BELOW] =
		N_("{o} and below: nothing beyond index {nx}, skipped"),
	[EV_I_MMAP_BEYOND] =
		N_("right of {o}: nothing before index {nx}, skipped"),
	[EV_I_MMAP_FOUND] = N_("{n} VMA{s} of {o} found"),
	[EV_PRIO_OUTRANKS] =
		N_("{o} reaches further: it takes the place of {p}"),
	[EV_PRIO_RADIX] = N_("at {p}: bit {old} of the radix index of {o} "
			     "is {n}, go {side}"),
	[EV_PRIO_SIZE] = N_("at {p}: bit {old} of the size of {o} is {n}, "
			    "go {side}"),
	[EV_PRIO_EXPAND] = N_("the prio tree of {o} grows: index_bits "
			      "{old} -> {new}"),
	[EV_PRIO_POP] = N_("{o} leaves the top for the spine on the left"),
	[EV_PRIO_JOIN] = N_("{o} maps the same pages as {p}: it joins its set"),
	[EV_PRIO_LEAVE] = N_("{o} leaves the set; the tree stays as it is"),
	[EV_PRIO_SUCCEED] = N_("{o} of the set takes the place of {p}"),
	[EV_PRIO_SHIFT] = N_("{o} moves up to the place of {p}"),
	[EV_SWAP_TAKE] = N_("{o} of the swap area is taken"),
	[EV_SWAP_NONE] = N_("no slot of the swap area is free"),
	[EV_SWAP_FREE] = N_("{o} of the swap area is free"),
	[EV_SWAP_HIT] = N_("{o}: frame {p} is in the swap cache"),
	[EV_SWAP_MISS] = N_("{o}: nothing in the swap cache"),
	[EV_SWAP_OFF] = N_("the swap area is empty and gone"),
	[EV_SWAP_ON_AGAIN] = N_("not all came back: the swap area stays"),
	[EV_SWAP_EXCLUSIVE] =
		N_("frame {o} of {p} is ours alone: it may be written"),
	[EV_SWAP_SHARED] =
		N_("frame {o} of {p} counts {n}: others may need it"),
	[EV_SWAP_CACHE_ADD] = N_("frame {o} is in the swap cache at {p}"),
	[EV_SWAP_CACHE_DEL] = N_("frame {o} left the swap cache at {p}"),
	[EV_CHAIN_SPARE] = N_("{o} is at hand, should a PTE be added"),
	[EV_CHAIN_STASH] = N_("{o} is kept for the next time"),
	[EV_CHAIN_DIRECT] = N_("frame {o}: its only PTE is that of {p}: direct"),
	[EV_CHAIN_NO_DIRECT] = N_("frame {o}: the PTE of {p} is gone, none is "
				  "left"),
	[EV_CHAIN_PUSH] = N_("{o} is now the first node of frame {p}"),
	[EV_CHAIN_FILL] = N_("slot {n} of {o}: the PTE of {p}"),
	[EV_CHAIN_EMPTY] = N_("slot {n} of {o} loses the PTE of {p}"),
	[EV_CHAIN_TAKE] = N_("slot {n} of {o}, its lowest, gives the PTE of {p} "
			     "to fill the gap"),
	[EV_CHAIN_POP] = N_("{o} is empty and leaves frame {p}"),
	[EV_CHAIN_COLLAPSE] = N_("frame {o}: only the PTE of {p} is left: "
				 "direct again"),
	[EV_CHAIN_START] = N_("frame {o}: pte leads to {p}"),
	[EV_CHAIN_NODE] = N_("{o}: slots from {n} are in use"),
	[EV_CHAIN_SLOT] = N_("slot {n} of {o}: the PTE of {p}"),
	[EV_MMLIST_ADD] = N_("{o} joins the mmlist"),
	[EV_MMLIST_DEL] = N_("{o} leaves the mmlist"),
	[EV_SCAN_START] = N_("nothing leads from frame {o} to its PTEs: look "
			     "at all of them"),
	[EV_SCAN_MM] = N_("next on the mmlist: {o}"),
	[EV_SCAN_VMA] = N_("every slot of {o}"),
	[EV_SCAN_NO_TABLE] = N_("{o}: no table, on to {p}"),
	[EV_SCAN_DONE] = N_("found {n}: {old} slots of {new} address spaces "
			    "looked at"),
	[EV_CACHE_HIT] = N_("page {n} of {o} is in the cache: frame {p}"),
	[EV_CACHE_MISS] = N_("page {n} of {o} is not in the cache"),
	[EV_CACHE_ADD] = N_("frame {o} is now page {n} of {p}"),
	[EV_CACHE_DEL] = N_("frame {o} is no longer page {n} of {p}"),
	[EV_FILE_HOLE] = N_("{o} has nothing at page {n}: it reads as zeros"),
	[EV_FILE_WRITE] = N_("{new} is written to page {n} of {p}: frame {o}"),
	[EV_BEYOND_END] = N_("{o} ends before page {n}"),
	[EV_FAULT_AROUND] = N_("frame {o} is cached: map it at {p}, too"),
	[EV_TASK_NEW] = N_("{o} exists"),
	[EV_KSM_ENTER] = N_("ksmd will look at the pages of {o}"),
	[EV_KSM_LEAVE] = N_("ksmd forgets {o}"),
	[EV_KSM_EXIT_LATER] =
		N_("ksmd remembers addresses of {o}: it will forget them when "
		   "it comes by"),
	[EV_KSM_ROUND] = N_("ksmd begins round {n}: the unstable tree is "
			    "empty"),
	[EV_KSM_MM] = N_("ksmd looks at {o}"),
	[EV_KSM_PAGE] = N_("ksmd meets frame {p} at {o}"),
	[EV_KSM_SKIP] = N_("{o}: no equal of frame {p} was found for long, it is "
			   "left out"),
	[EV_KSM_VOLATILE] =
		N_("frame {o} is new or was written since the last round: not "
		   "yet"),
	[EV_KSM_COMPARE] = N_("compare frame {o} with frame {p}: {order}"),
	[EV_KSM_SAME] = N_("frame {o} is the very frame of {p}: nothing to "
			   "merge"),
	[EV_KSM_UNSTABLE_ADD] =
		N_("{o} with frame {p} is a candidate: into the unstable tree"),
	[EV_KSM_STABLE_ADD] = N_("{o} with frame {p} enters the stable tree"),
	[EV_KSM_APPEND] = N_("{o} joins the list of {p}: {n} there"),
	[EV_KSM_ITEM_LEAVE] = N_("{o} leaves the list of {p}: {n} there"),
	[EV_KSM_STALE] = N_("{o}: frame {p} is not its page any more, the node "
			    "goes"),
	[EV_KSM_BUSY] = N_("frame {o} has references that no PTE explains: not "
			   "merged"),
	[EV_KSM_FORKED] = N_("{p} maps the KSM page {o} already, by a fork"),
	[EV_KSM_WALK] = N_("frame {o}: mapping {p}, addresses on its list: {n}"),
	[EV_KSM_NEW_FORKS] =
		N_("frame {o}: once more, for mms that were forked since"),
	[EV_KSM_ITEM] = N_("{o}: address {nx}, VMAs of {p}"),
	[EV_TASK_GONE] = N_("{o} is gone"),
	[EV_MM_SHARE] = N_("{o} uses the address space of {p}: mm_users {n}"),
	[EV_MM_LEAVE] = N_("{o} leaves the address space that {p} uses, too: "
			   "mm_users {n}"),
	[EV_MM_OWNER] = N_("the address space of {p} is called {o}'s from now "
			   "on"),
	[EV_VFORK_WAIT] = N_("{o} waits until {p} execs or exits"),
	[EV_VFORK_DONE] = N_("{o} goes on: {p} no longer needs its address "
			     "space"),
	[EV_ARG_WRITE] = N_("{new} is written to frame {o}, for the stack of "
			    "{p}"),
	[EV_EXEC_MMAP] = N_("{o} has its new address space: there is no way "
			    "back"),
	[EV_MM_REUSED] = N_("nobody else uses the address space of {o}: empty "
			    "it and use it again"),
	[EV_CLEAR_TAIL] = N_("the end of frame {o} is cleared, at {p}"),
	[EV_EXEC_KILLED] = N_("{o} has nothing to go back to: it is killed"),
	[EV_REAP] = N_("{o} has been waited for: nothing is left of it"),
};

char *format_event(char *buf, size_t size, const struct machine *m,
	const struct event *ev, enum lang lang)
{
	struct sentence s = { buf, size, 0, m, ev };
	const char *t = templates[ev->id] ? _(templates[ev->id]) : "";

	(void)lang; /* gettext speaks the language in force */
	buf[0] = 0;
	while (*t) {
		const char *end = *t == '{' ? strchr(t, '}') : NULL;
		char one[2] = { *t, 0 };

		if (end) {
			sentence_word(&s, t + 1, (size_t)(end - t - 1));
			t = end + 1;
		} else {
			sentence_put(&s, one);
			t++;
		}
	}
	return buf;
}
