/*
 * 6.18: anon_vma_chain with two counters instead of degree, AnonExclusive,
 * per-VMA locks.  Sizes: x86-64, SLUB, measured on a running 6.18.
 */
#include "core/eras.h"
#include "core/exec.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/madvise.h"
#include "core/ksm.h"
#include "core/mechanism.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/pcp.h"
#include "core/oom_kill.h"
#include "core/overcommit.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/stack.h"
#include "core/swap.h"
#include "core/text.h"
#include "core/vmscan.h"
#include "core/watermark.h"
#include "core/workingset.h"
#include "core/vma.h"

#include <errno.h>

static const struct era_ops ops = {
	.count_field = "_refcount",
	.mmap_lock = "mmap_lock",
	.anon_lock = "rwsem",

	.add_new_rmap = anon_add_new_rmap,
	.add_swapped_rmap = anon_add_swapped_rmap,
	.add_file_rmap = file_add_rmap,
	.dup_rmap = anon_dup_rmap,
	.remove_rmap = anon_remove_rmap,
	.anon_vma_prepare = avc_prepare,
	.anon_vma_fork = avc_fork_active,
	.anon_vma_clone = avc_clone,
	.unlink_anon_vmas = avc_unlink,
	.range_pre = avc_range_pre,
	.range_post = avc_range_post,
	.walk_anon = avc_walk,
	.walk_peeks = true,
	.page_referenced = page_referenced_6_18,
	.unmap_job = &unmap_job_6_18,
	.migrate_job = &migrate_job_6_18,
	.lock_merges = true,
	.has_mlock2 = true,
	.mlock_recounts = true,
	.mlock_page = mlock_folio_6_18,
	.munlock_page = munlock_folio_6_18,
	.mlocks_by_rmap = true,
	.i_mmap = &i_mmap_cached_ops,
	.counts_writable = VM_SHARED | VM_MAYWRITE,

	.fault_lock = fault_lock_vma,
	.fault_unlock = fault_unlock_vma,
	.fault_prepare = fault_prepare_6_18,
	.expand_stack = expand_stack_6_18,
	.stack_guard_gap = STACK_GUARD_GAP,
	.memlock_allows = true,
	.limits_data = true,
	.read_needs = VM_READ | VM_EXEC | VM_WRITE,
	.map_new_page = map_new_page_avc,
	.may_write_in_place = may_write_in_place_6_18,
	.replace_page = replace_page_avc,
	.copy_pte = copy_pte_6_18,
	.vma_locks = true,

	.filled_page_flags = PG(UPTODATE),
	.new_page_flags = PG(SWAPBACKED),
	.exclusive = true,
	.new_page_lru = LRU_INACTIVE_ANON,
	.workingset_evict = workingset_evict_6_18,
	.workingset_refault = workingset_refault_6_18,
	.lru_batch = 31,
	.lru_global = true,

	.exec = &exec_6_18,

	.index = &index_maple,
	.merge_new = vma_merge,
	.mprotect = mprotect_merging,
	.advices = ADVICES_6_18,
	.in_core = in_core_by_pte,
	.msync_vma = msync_fsync,
	.msync_overflow = -ENOMEM,
	.zap_frees_tables = true,
	.remove_needs = VM_MAYWRITE,
	.advise_flags = advise_merging,
	.unmap_range = unmap_split_first,
	.exit_mmap = exit_mmap_all_first,
	.anon_pgoff = true,
	.account_flag = VM_ACCOUNT,
	.heap_apart = true,
	.brk_by_start = true,
	.brk_flags = VM_READ | VM_WRITE,
	.file_fault = do_fault,
	.map_faulted = map_faulted_6_18,
	.reuses_anon_alone = true,
	.fault_locks_page = true,
	.counts_all_faults = true,
	.table_with_entry = true,
	.tmpfs_write_marks = true,
	.tracks_dirty = true,
	.zap_marks = true,
	.no_recency = VM_SEQ_READ | VM_RAND_READ, /* vma_has_recency */
	.counts_shmem = true,
	.shmem_writes_swap = true,
	.shmem_page_flags = PG(SWAPBACKED),
	.leaves_shadows = true,
	.truncates_twice = true,
	.truncate_reads = true,
	.file_merges = MERGES_NEW | MERGES_CHANGED,
	.split_links_file_first = true,
	.has_noreserve = true,
	.populates_all = true,
	.pgoff_overflow = -EOVERFLOW,

	.anon_no_merge = avc_anon_merge_6_18,
	.merge_names = merge_names_6_18,
	.sticky = VM_MAYBE_GUARD,
	.unmergeable = VM_IO | VM_DONTEXPAND,
	.right_merge_keeps_next = true,
	.split_start_below = true,
	.split_end_below = false,
	.unmapped_area = place_by_gaps,
	.has_noreplace = true,
	.rounds_hint_down = true,
	.charges_first = true,
	.has_map_locked = true,
	.grows_down_first = true,
	.has_droppable = true,
	.too_long = -ENOMEM,
	.max_map_count = 65530,
	.refuses_silly_len = true,
	.remap = remap_source_first,
	.unaccount_unfaulted = true,
	.mprotect_populates = true,
	.write_upgrade = true,
	.has_dontunmap = true,
	.expand_merges = true,
	.commit_guess = guess_6_18,
	.commit_limit = commit_limit_4_0,
	.hole_limited = true,
	.remap_spares_maps = true,

	.drains_pcp = true,
	.vmscan = &vmscan_6_18,
	.marks = &marks_6_18,
	.pcp_sizes = pcp_sizes_6_18,
	.badness = badness_6_18,
	.oom_last_of_equals = true,

	.swp_layout = { .type_shift = 59, .offset_shift = 9, .invert = true },
	.swp_val_type_shift = 58,
	.migration_read = 24,
	.migration_read_exclusive = 25,
	.migration_write = 26,
	.marker_type = 31,
	.migration_bits = true,
	.swp_exclusive = true,

	.scan_swap_map = cluster_alloc_swap,
	.swap_clusters = true,
	.swap_slot_freed = cluster_free_swap,
	.swap_last_page = true,
	.swap_cache_flag = true,
	.swap_unused = swap_unused_by_slot,
	.swap_ra_adapts = true,
	.swapents = true,
	.map_swapped = map_swapped_6_18,
	.swapin_wp = true,
	.swapin_root = true,
	.cow_frees_swap = true,
	.try_to_unuse = try_to_unuse_mms,
	.swapoff_charges = true,
	.swapoff_oom = true,
	.swapin_lru = LRU_INACTIVE_ANON,

	.ksm = &ksm_6_18,

	.gathers = true,
	.unlinks_with_tables = true,
	.unlink_clears = true,
	.buddy_tail = true,
	.pte_invert = true,
	.max_order = 10,
};

const struct era era_6_18 = {
	.name = "6.18",
	.alias = "6.x",
	.release = "6.18",
	.title = N_("anon_vma_chain, AnonExclusive"),
	.archs = 1u << ARCH_X86_64 | 1u << ARCH_LA57,
	.default_arch = ARCH_X86_64,
	.page_struct_size = 64,
	.nr_lru_lists = 5,
	.max_swappiness = 200,
	.cache = {
		[CACHE_MM] = { "mm_struct", 1568, 10, 2 },
		[CACHE_VMA] = { "vm_area_struct", 192, 21, 0 },
		[CACHE_ANON_VMA] = { "anon_vma", 104, 39, 0 },
		[CACHE_AVC] = { "anon_vma_chain", 64, 64, 0 },
		[CACHE_INODE] = { "inode_cache", 632, 25, 2 },
		[CACHE_KSM_RMAP_ITEM] = { "ksm_rmap_item", 64, 64, 0 },
		[CACHE_KSM_STABLE_NODE] = { "ksm_stable_node", 64, 64, 0 },
		[CACHE_KSM_MM_SLOT] = { "ksm_mm_slot", 48, 85, 0 },
		[CACHE_MAPLE_NODE] = { "maple_node", 256, 16, 0 },
	},
	.fn = {
#define FN(role, a, b, c, d, e) [FN_##role] = e,
		FN_LIST(FN)
#undef FN
	},
	.ops = &ops,
};
