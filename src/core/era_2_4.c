/*
 * 2.4.22: no reverse map.  Memory is taken back by scanning every mm.
 * Sizes: i386, cache lines of 32 bytes (mm/slab.c: 24 bytes and 4 for each
 * object head a slab; vm_area_struct is 68 bytes, aligned to 96).  That of
 * mm_struct is an estimate from its fields, and so is that of an inode.
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
#include "core/overcommit.h"
#include "core/rmap.h"
#include "core/stack.h"
#include "core/swap.h"
#include "core/text.h"
#include "core/vma.h"
#include "core/vmscan.h"
#include "core/watermark.h"

#include <errno.h>

static const struct era_ops ops = {
	.count_field = "count",
	.mmap_lock = "mmap_sem",
	.anon_lock = "",

	.add_new_rmap = scan_add_new_rmap,
	.add_swapped_rmap = scan_add_swapped_rmap,
	.add_file_rmap = old_add_file_rmap,
	.dup_rmap = scan_dup_rmap,
	.remove_rmap = scan_remove_rmap,
	.rmap_walk = scan_walk,
	.mmlist_all = true,

	.anon_vma_prepare = no_anon_prepare,
	.anon_vma_fork = no_anon_fork,
	.unlink_anon_vmas = no_anon_unlink,
	.range_pre = no_anon_unlink,
	.range_post = no_anon_unlink,
	.i_mmap = &i_mmap_share_ops,

	.fault_lock = fault_lock_mm,
	.fault_unlock = fault_unlock_mm,
	.fault_prepare = fault_prepare_old,
	.counts_zero_page = true,
	.expand_stack = expand_stack_old,
	.stack_cushion = 32,
	.read_needs = VM_READ | VM_EXEC,
	.faults_locked = true,
	.map_new_page = map_new_page_old,
	.may_write_in_place = may_write_in_place_2_6_11,
	.replace_page = replace_page_old,
	.copy_pte = copy_pte_2_4,
	.copies_unfaulted = true,

	.new_page_lru = LRU_INACTIVE_ANON,

	.file_fault = do_no_page,
	.map_faulted = map_faulted_old,
	.nopage_is_major = true,
	.fault_marks = true,
	.page_hash = true,
	.read_marks_again = true,
	.write_marks = WRITE_REFERENCED,
	.keeps_shared_pgoff = true,
	.pgoff_overflow = -EINVAL,

	.exec = &exec_2_4,
	.wait_youngest = true,

	.one_rss = true,
	.rss_at_end = true,
	.zap_dirties = true,
	.index = &index_mmap_cache,
	.merge_new = vma_merge_2_4,
	.mprotect = mprotect_2_4,
	.advices = ADVICES_2_4,
	.in_core = in_core_by_cache,
	.mincore_files = true,
	.msync_vma = msync_harvest,
	.msync_overflow = -EINVAL,
	.msync_async_writes = true,
	.wrapped_len_is_0 = true,
	.advise_flags = advise_2_4,
	.unmap_range = unmap_range_2_4,
	.exit_mmap = exit_mmap_2_4,
	.mmap_base = 0x40000000, /* TASK_UNMAPPED_BASE */
	.brk_flags = VM_READ | VM_WRITE | VM_EXEC,
	.charges_by_write = true,
	.zero_new_len_is_ok = true,
	.unknown_advice_late = true,
	.advice_locks_write = true,
	.anon_no_merge = any_anon_merge,
	.merge_names = merge_names_2_4,
	.unmapped_area = place_bottom_up,
	.zero_len_is_ok = true,
	.too_long = -EINVAL,
	.max_map_count = 65536,
	.remap = remap_2_4,
	.willneed_anon = -EBADF,
	.commit_guess = guess_2_4,
	.split_unlimited = true,

	.vmscan = &vmscan_2_4,
	.badness = badness_2_4,
	.oom_child = OOM_NO_CHILD,
	.oom_waits_for_swap = true,

	.lock_makes_new = true,
	.locks_half = true,
	.lock_faults_in = true,
	.lock_ignores_faults = true,
	.swp_layout = { .type_shift = 1, .offset_shift = 8 },
	.swap_in_index = true,
	.scan_swap_map = scan_swap_map_2_x,
	.swap_slot_freed = range_free_swap,
	.swap_add_duplicates = true,
	.swap_cache_clears = PG(UPTODATE) | PG(DIRTY) | PG(REFERENCED),
	.swap_unused = swap_unused_by_count,
	.swap_drops_mapped = true,
	.can_share_swap_page = can_share_by_count,
	.map_swapped = map_swapped_2_x,
	.swapin_marks = true,
	.try_to_unuse = try_to_unuse_slots,
	.swapin_lru = LRU_INACTIVE_ANON,
	.locked_io = true,

	.tables_by_pgd = true,
	.max_order = 9,
	.marks = &marks_2_4,
	.upper_half = true,
	.lru_global = true,
};

const struct era era_2_4 = {
	.name = "2.4",
	.release = "2.4.22",
	.title = N_("no reverse map"),
	.archs = 1u << ARCH_I386 | 1u << ARCH_PAE,
	.default_arch = ARCH_I386,
	.page_struct_size = 44,
	.nr_lru_lists = 2,
	.cache = {
		[CACHE_MM] = { "mm_struct", 160, 24, 0 },
		[CACHE_VMA] = { "vm_area_struct", 96, 40, 0 },
		[CACHE_INODE] = { "inode_cache", 480, 8, 0 },
	},
	.fn = {
#define FN(role, a, b, c, d, e) [FN_##role] = a,
		FN_LIST(FN)
#undef FN
	},
	.ops = &ops,
};
