/*
 * 2.6.0: each page lists the PTEs that map it (pte_chain).
 * Sizes: i386 with cache lines of 32 bytes (mm/slab.c: 24 bytes and 4 for each
 * object head a slab; vm_area_struct is 64 bytes).  That of mm_struct is an
 * estimate, somewhat below 2.6.11's.
 */
#include "core/eras.h"
#include "core/exec.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/madvise.h"
#include "core/mechanism.h"
#include "core/mm.h"
#include "core/oom_kill.h"
#include "core/pcp.h"
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

/* A cache line of 16, 32, 64 or 128 bytes: NRPTE 3, 7, 15, 31.  The head of a
 * slab is rounded up to a line of that size. */
static const struct cache_row chain_rows[] = {
	{ "pte_chain", 16, 203, 0 },
	{ "pte_chain", 32, 113, 0 },
	{ "pte_chain", 64, 59, 0 },
	{ "pte_chain", 128, 30, 0 },
};

static const struct era_ops ops = {
	.count_field = "count",
	.mmap_lock = "mmap_sem",
	.anon_lock = "",

	.add_new_rmap = chain_add_new_rmap,
	.add_swapped_rmap = chain_add_swapped_rmap,
	.add_file_rmap = old_add_file_rmap,
	.dup_rmap = chain_dup_rmap,
	.remove_rmap = chain_remove_rmap,
	.rmap_reserve = chain_reserve,
	.rmap_release = chain_release,
	.rmap_walk = chain_walk,
	.page_referenced = page_referenced_2_6_0,
	.try_to_unmap = try_to_unmap_2_6_0,
	.names_pte_tables = true,
	.mmlist_all = true,

	.anon_vma_prepare = no_anon_prepare,
	.anon_vma_fork = no_anon_fork,
	.unlink_anon_vmas = no_anon_unlink,
	.range_pre = no_anon_unlink,
	.range_post = no_anon_unlink,
	.i_mmap = &i_mmap_list_ops,

	.fault_lock = fault_lock_mm,
	.fault_unlock = fault_unlock_mm,
	.fault_prepare = fault_prepare_old,
	.reserves_first = true,
	.drops_old_locked = true,
	.counts_zero_page = true,
	.expand_stack = expand_stack_old,
	.stack_cushion = 32,
	.read_needs = VM_READ | VM_EXEC,
	.faults_locked = true,
	.map_new_page = map_new_page_old,
	.may_write_in_place = may_write_in_place_2_6_11,
	.replace_page = replace_page_old,
	.copy_pte = copy_pte_2_6_0,
	.copies_unfaulted = true,

	.new_page_lru = LRU_ACTIVE_ANON,
	.lru_batch = 16,
	.lru_batch_two = true,
	.needs_lru_to_activate = true,

	.file_fault = do_no_page,
	.map_faulted = map_faulted_old,
	.nopage_is_major = true,
	.fault_marks = true,
	.zap_marks = true,
	.populates_shared = true,
	.read_marks_again = true,
	.write_marks = WRITE_REFERENCED,
	.keeps_shared_pgoff = true,
	.pgoff_overflow = -EINVAL,

	.exec = &exec_2_6_0,

	.one_rss = true,
	.rss_at_end = true,
	.zap_dirties = true,
	.index = &index_mmap_cache,
	.merge_new = vma_merge_2_6_0,
	.mprotect = mprotect_2_6_0,
	.advices = ADVICES_2_4,
	.in_core = in_core_by_cache,
	.mincore_files = true,
	.msync_vma = msync_harvest,
	.msync_overflow = -EINVAL,
	.wrapped_len_is_0 = true,
	.advise_flags = advise_2_6_0,
	.unmap_range = unmap_split_first,
	.exit_mmap = exit_mmap_2_6_0,
	.note_hole = note_hole_above,
	.mmap_base = 0x40000000, /* TASK_UNMAPPED_BASE */
	.account_flag = VM_ACCOUNT,
	.brk_flags = VM_READ | VM_WRITE | VM_EXEC,
	.zero_new_len_is_ok = true,
	.unknown_advice_late = true,
	.advice_locks_write = true,
	.anon_no_merge = any_anon_merge,
	.merge_names = merge_names_2_6_0,
	.unmergeable = VM_IO | VM_DONTCOPY | VM_DONTEXPAND | VM_RESERVED,
	.split_start_below = false,
	.split_end_below = true,
	.unmapped_area = place_bottom_up_cached,
	.zero_len_is_ok = true,
	.has_map_locked = true,
	.too_long = -EINVAL,
	.max_map_count = 65536,
	.remap = remap_2_6_0,
	.willneed_anon = -EBADF,
	.commit_guess = guess_2_6,
	.commit_limit = commit_limit_2_6_0,

	.pcp_sizes = pcp_sizes_2_6,
	.badness = badness_2_4,
	.oom_child = OOM_NO_CHILD,
	.oom_waits_for_swap = true,

	.lock_faults_in = true,
	.swp_layout = { .type_shift = 1, .offset_shift = 8 },
	.swp_val_type_shift = 27,
	.swap_in_index = true,
	.scan_swap_map = scan_swap_map_2_x,
	.swap_slot_freed = range_free_swap,
	.swap_unused = swap_unused_by_count,
	.swap_drops_mapped = true,
	.can_share_swap_page = can_share_by_count,
	.map_swapped = map_swapped_2_x,
	.try_to_unuse = try_to_unuse_slots,
	.unuse_stops = true,
	.swapoff_charges = true,
	.swapin_marks = true,
	.swapin_lru = LRU_ACTIVE_ANON,

	.tables_by_pgd = true,
	.chain_rows = chain_rows,
	.max_order = 10,
	.vmscan = &vmscan_2_6_0,
	.marks = &marks_2_6_0,
	.upper_half = true,
};

const struct era era_2_6_0 = {
	.name = "2.6.0",
	.release = "2.6.0",
	.title = N_("pte_chain"),
	.archs = 1u << ARCH_I386 | 1u << ARCH_PAE,
	.default_arch = ARCH_I386,
	.page_struct_size = 40,
	.nr_lru_lists = 2,
	.cache = {
		[CACHE_MM] = { "mm_struct", 576, 7, 0 },
		[CACHE_VMA] = { "vm_area_struct", 64, 59, 0 },
		[CACHE_INODE] = { "inode_cache", 336, 11, 0 },
		[CACHE_PTE_CHAIN] = { "pte_chain", 32, 113, 0 },
	},
	.fn = {
#define FN(role, a, b, c, d, e) [FN_##role] = b,
		FN_LIST(FN)
#undef FN
	},
	.ops = &ops,
};
