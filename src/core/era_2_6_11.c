/*
 * 2.6.11: object-based reverse map with one list of VMAs for each anon_vma.
 * Sizes: i386, SMP, cache lines of 32 bytes (mm/slab.c geometry).
 */
#include "core/eras.h"
#include "core/exec.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/madvise.h"
#include "core/mechanism.h"
#include "core/mm.h"
#include "core/pcp.h"
#include "core/oom_kill.h"
#include "core/overcommit.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/stack.h"
#include "core/swap.h"
#include "core/text.h"
#include "core/vma.h"
#include "core/vmscan.h"
#include "core/watermark.h"

#include <errno.h>

static const struct era_ops ops = {
	.count_field = "_count",
	.count_bias = 1, /* page->_count holds the references less one */
	.mmap_lock = "mmap_sem",
	.anon_lock = "lock",

	.add_new_rmap = anon_add_new_rmap,
	.add_swapped_rmap = anon_add_swapped_rmap,
	.add_file_rmap = file_add_rmap,
	.dup_rmap = anon_dup_rmap,
	.remove_rmap = anon_remove_rmap,
	.anon_vma_prepare = list_prepare,
	.anon_vma_fork = list_fork,
	.anon_vma_clone = list_clone,
	.unlink_anon_vmas = list_unlink,
	.range_pre = list_range,
	.range_post = list_range,
	.walk_anon = list_walk,
	.walk_needs_rss = true,
	.page_referenced = page_referenced_2_6_11,
	.unmap_job = &unmap_job_2_6_11,
	.i_mmap = &i_mmap_prio_ops,
	.counts_writable = VM_SHARED,

	.fault_lock = fault_lock_mm,
	.fault_unlock = fault_unlock_mm,
	.fault_prepare = list_prepare,
	.expand_stack = expand_stack_2_6_11,
	.stack_cushion = 32,
	.memlock_allows = true,
	.read_needs = VM_READ | VM_EXEC,
	.faults_locked = true,
	.map_new_page = map_new_page_2_6_11,
	.may_write_in_place = may_write_in_place_2_6_11,
	.replace_page = replace_page_2_6_11,
	.copy_pte = copy_pte_2_6_11,
	.copies_unfaulted = true,

	.new_page_lru = LRU_ACTIVE_ANON,
	.lru_batch = 14,
	.lru_batch_two = true,
	.needs_lru_to_activate = true,

	.exec = &exec_2_6_11,

	.index = &index_mmap_cache,
	.merge_new = vma_merge,
	.mprotect = mprotect_merging,
	.advices = ADVICES_2_4,
	.in_core = in_core_by_cache,
	.mincore_files = true,
	.msync_vma = msync_harvest,
	.msync_overflow = -ENOMEM,
	.unknown_advice_late = true,
	.advice_locks_write = true,
	.advise_flags = advise_2_6_11,
	.unmap_range = unmap_split_first,
	.exit_mmap = exit_mmap_all_first,
	.note_hole = note_hole_below,
	.anon_pgoff = true,
	.account_flag = VM_ACCOUNT,
	.brk_flags = VM_READ | VM_WRITE,
	.file_fault = do_no_page,
	.map_faulted = map_faulted_2_6_11,
	.fault_marks = true,
	.zap_marks = true,
	.zap_dirties = true,
	.write_marks = WRITE_ACCESSED,
	.file_merges = MERGES_NEW | MERGES_CHANGED,
	.moves_under_i_mmap = true,
	.keeps_shared_pgoff = true,
	.populates_shared = true,
	.pgoff_overflow = -EINVAL,

	.anon_no_merge = list_anon_merge,
	.merge_names = merge_names_cases,
	.unmergeable = VM_IO | VM_DONTCOPY | VM_DONTEXPAND,
	.split_start_below = false,
	.split_end_below = true,
	.unmapped_area = place_top_down_cached,
	.zero_len_is_ok = true,
	.has_map_locked = true,
	.too_long = -EINVAL,
	.max_map_count = 65536,
	.remap = remap_target_first,
	.willneed_anon = -EBADF,
	.commit_guess = guess_2_6,
	.commit_limit = commit_limit_2_6_11,

	.vmscan = &vmscan_2_6_11,
	.marks = &marks_2_6_11,
	.pcp_sizes = pcp_sizes_2_6,
	.badness = badness_2_6_11,
	.oom_child = OOM_FIRST_CHILD,

	.lock_faults_in = true,
	.gup_skips_untouched = true,
	.swp_layout = { .type_shift = 1, .offset_shift = 8 },
	.swp_val_type_shift = 27,

	.scan_swap_map = scan_swap_map_2_x,
	.swap_slot_freed = range_free_swap,
	.swap_unused = swap_unused_by_count,
	.swap_drops_mapped = true,
	.can_share_swap_page = can_share_by_count,
	.map_swapped = map_swapped_2_x,
	.swapin_marks = true,
	.swapin_wp = true,
	.try_to_unuse = try_to_unuse_slots,
	.unuse_stops = true,
	.unuse_anon = true,
	.unuse_activates = true,
	.swapoff_charges = true,
	.swapoff_oom = true,
	.swapin_lru = LRU_ACTIVE_ANON,

	.tables_by_pgd = true,
	.max_order = 10,
};

const struct era era_2_6_11 = {
	.name = "2.6.11",
	.release = "2.6.11",
	.title = N_("anon_vma list"),
	.archs = 1u << ARCH_I386 | 1u << ARCH_PAE,
	.default_arch = ARCH_I386,
	.page_struct_size = 32,
	.nr_lru_lists = 2,
	.cache = {
		[CACHE_MM] = { "mm_struct", 608, 6, 0 },
		[CACHE_VMA] = { "vm_area_struct", 88, 45, 0 },
		[CACHE_ANON_VMA] = { "anon_vma", 12, 290, 0 },
		[CACHE_INODE] = { "inode_cache", 352, 11, 0 },
	},
	.fn = {
#define FN(role, a, b, c, d, e) [FN_##role] = c,
		FN_LIST(FN)
#undef FN
	},
	.ops = &ops,
};
