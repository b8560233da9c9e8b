/*
 * 4.0: anon_vma_chain, interval trees, degree; a page may be written in place
 * when nothing else maps it.  Sizes: x86-64, SLUB, one processor.
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
	.count_field = "_count",
	.mmap_lock = "mmap_sem",
	.anon_lock = "rwsem",

	.add_new_rmap = anon_add_new_rmap,
	.add_swapped_rmap = anon_add_swapped_rmap,
	.add_file_rmap = file_add_rmap,
	.dup_rmap = anon_dup_rmap,
	.remove_rmap = anon_remove_rmap,
	.anon_vma_prepare = avc_prepare,
	.anon_vma_fork = avc_fork_degree,
	.anon_vma_clone = avc_clone,
	.unlink_anon_vmas = avc_unlink,
	.range_pre = avc_range_pre,
	.range_post = avc_range_post,
	.walk_anon = avc_walk,
	.walk_peeks = true,
	.page_referenced = page_referenced_4_0,
	.unmap_job = &unmap_job_4_0,
	.lock_merges = true,
	.mlock_page = mlock_page_4_0,
	.munlock_page = munlock_page_4_0,
	.has_degree = true,
	.i_mmap = &i_mmap_tree_ops,
	.counts_writable = VM_SHARED,

	.fault_lock = fault_lock_mm,
	.fault_unlock = fault_unlock_mm,
	.fault_prepare = avc_prepare,
	.expand_stack = expand_stack_4_0,
	.stack_cushion = 65536,
	.stack_cushion_words = 32,
	.stack_guard_page = true,
	.memlock_allows = true,
	.read_needs = VM_READ | VM_EXEC | VM_WRITE,
	.map_new_page = map_new_page_avc,
	.may_write_in_place = may_write_in_place_4_0,
	.replace_page = replace_page_avc,
	.copy_pte = copy_pte_4_0,

	.filled_page_flags = PG(UPTODATE),
	.new_page_flags = PG(SWAPBACKED),
	.new_page_lru = LRU_ACTIVE_ANON,
	.workingset_evict = workingset_evict_4_0,
	.workingset_refault = workingset_refault_4_0,
	.lru_batch = 14,
	.lru_batch_late = true,

	.exec = &exec_4_0,

	.index = &index_vmacache,
	.merge_new = vma_merge,
	.mprotect = mprotect_merging,
	.advices = ADVICES_4_0,
	.in_core = in_core_by_pte,
	.msync_vma = msync_fsync,
	.msync_overflow = -ENOMEM,
	.remove_needs = VM_WRITE,
	.huge_advice_once = true,
	.advise_flags = advise_merging,
	.unmap_range = unmap_split_first,
	.exit_mmap = exit_mmap_all_first,
	.anon_pgoff = true,
	.account_flag = VM_ACCOUNT,
	.brk_by_start = true,
	.brk_flags = VM_READ | VM_WRITE,
	.file_fault = do_fault,
	.map_faulted = map_faulted_4_0,
	.reuses_anon_alone = true,
	.fault_locks_page = true,
	.tracks_dirty = true,
	.zap_marks = true,
	.no_recency = VM_SEQ_READ,
	.write_marks = WRITE_ACCESSED,
	.shmem_writes_swap = true,
	.shmem_page_flags = PG(SWAPBACKED),
	.leaves_shadows = true,
	.truncates_twice = true,
	.file_merges = MERGES_NEW | MERGES_CHANGED,
	.split_links_file_first = true,
	.has_noreserve = true,
	.populates_all = true,
	.pgoff_overflow = -EOVERFLOW,

	.anon_no_merge = avc_anon_merge_4_0,
	.merge_names = merge_names_cases,
	.unmergeable = VM_IO | VM_DONTEXPAND,
	.split_start_below = false,
	.split_end_below = true,
	.unmapped_area = place_top_down,
	.has_map_locked = true,
	.limits_first = true,
	.grows_down_first = true,
	.too_long = -ENOMEM,
	.rounds_hint_down = true,
	.max_map_count = 65530,
	.remap = remap_target_first,
	.commit_guess = guess_4_0,
	.commit_limit = commit_limit_4_0,
	.hole_limited = true,

	.drains_pcp = true,
	.vmscan = &vmscan_4_0,
	.marks = &marks_4_0,
	.pcp_sizes = pcp_sizes_4_0,
	.badness = badness_4_0,
	.oom_child = OOM_WORST_CHILD,

	.swp_layout = { .type_shift = 1, .offset_shift = 9 },
	.swp_val_type_shift = 57,
	.migration_read = 30,
	.migration_write = 31,

	.scan_swap_map = scan_swap_map_4_0,
	.swap_slot_freed = range_free_swap,
	.swap_last_page = true,
	.swap_cache_flag = true,
	.swap_unused = swap_unused_by_slot,
	.can_share_swap_page = reuse_swap_page,
	.swap_ra_adapts = true,
	.swapents = true,
	.map_swapped = map_swapped_4_0,
	.swapin_wp = true,
	.swapin_root = true,
	.try_to_unuse = try_to_unuse_slots,
	.unuse_stops = true,
	.unuse_anon = true,
	.unuse_activates = true,
	.swapoff_charges = true,
	.swapoff_oom = true,
	.swapin_lru = LRU_INACTIVE_ANON,

	.ksm = &ksm_4_0,

	.gathers = true,
	.unlinks_with_tables = true,
	.buddy_tail = true,
	.max_order = 10,
};

const struct era era_4_0 = {
	.name = "4.0",
	.release = "4.0",
	.title = N_("anon_vma_chain"),
	.archs = 1u << ARCH_I386 | 1u << ARCH_PAE | 1u << ARCH_X86_64,
	.default_arch = ARCH_X86_64,
	.page_struct_size = 64,
	.nr_lru_lists = 5,
	.cache = {
		[CACHE_MM] = { "mm_struct", 896, 9, 1 },
		[CACHE_VMA] = { "vm_area_struct", 184, 22, 0 },
		[CACHE_ANON_VMA] = { "anon_vma", 80, 51, 0 },
		[CACHE_AVC] = { "anon_vma_chain", 64, 64, 0 },
		[CACHE_INODE] = { "inode_cache", 592, 27, 2 },
		[CACHE_KSM_RMAP_ITEM] = { "ksm_rmap_item", 64, 64, 0 },
		[CACHE_KSM_STABLE_NODE] = { "ksm_stable_node", 48, 85, 0 },
		[CACHE_KSM_MM_SLOT] = { "ksm_mm_slot", 48, 85, 0 },
	},
	.fn = {
#define FN(role, a, b, c, d, e) [FN_##role] = d,
		FN_LIST(FN)
#undef FN
	},
	.ops = &ops,
};
