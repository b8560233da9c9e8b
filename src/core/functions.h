/*
 * The kernel's functions that the machine acts out, by role, with the name
 * that each generation's source has for it.  NULL: that kernel has no
 * such function, and no call event is told.
 *
 * FN(role, 2.4, 2.6.0, 2.6.11, 4.0, 6.18)
 */
#ifndef CORE_FUNCTIONS_H
#define CORE_FUNCTIONS_H

#define FN_LIST(FN)                                                            \
	/* system calls and their workers */                                   \
	FN(EXEC_TASK, "do_fork", "do_fork", "do_fork", "do_fork",              \
		"kernel_clone")                                                \
	FN(FORK, "do_fork", "do_fork", "do_fork", "do_fork", "kernel_clone")   \
	FN(COPY_MM, "copy_mm", "copy_mm", "copy_mm", "copy_mm", "copy_mm")     \
	FN(DUP_MMAP, "dup_mmap", "dup_mmap", "dup_mmap", "dup_mmap",           \
		"dup_mmap")                                                    \
	FN(ANON_FORK, NULL, NULL, "anon_vma_link", "anon_vma_fork",            \
		"anon_vma_fork")                                               \
	FN(ANON_CLONE, NULL, NULL, NULL, "anon_vma_clone", "anon_vma_clone")   \
	FN(COPY_RANGE, "copy_page_range", "copy_page_range",                   \
		"copy_page_range", "copy_page_range", "copy_page_range")       \
	FN(COPY_PTE, NULL, NULL, "copy_one_pte", "copy_one_pte",               \
		"copy_present_ptes")                                           \
	FN(COPY_ENTRY, NULL, NULL, "copy_one_pte", "copy_one_pte",             \
		"copy_nonpresent_pte")                                         \
	FN(DUP_RMAP, NULL, "page_add_rmap", "page_dup_rmap",                   \
		"page_dup_rmap", "folio_try_dup_anon_rmap_ptes")               \
	FN(MMAP, "do_mmap_pgoff", "do_mmap_pgoff", "do_mmap_pgoff",            \
		"do_mmap_pgoff", "do_mmap")                                    \
	FN(UNMAPPED_AREA, "get_unmapped_area", "get_unmapped_area",            \
		"get_unmapped_area", "get_unmapped_area",                      \
		"__get_unmapped_area")                                         \
	FN(MMAP_REGION, NULL, NULL, NULL, "mmap_region", "mmap_region")        \
	FN(MERGE_NEW, "vma_merge", "vma_merge", "vma_merge", "vma_merge",      \
		"vma_merge_new_range")                                         \
	FN(MERGE_EXISTING, NULL, "mprotect_attempt_merge", "vma_merge",        \
		"vma_merge", "vma_merge_existing_range")                       \
	FN(ADJUST, NULL, NULL, "vma_adjust", "vma_adjust", "commit_merge")     \
	FN(DUP_ANON, NULL, NULL, NULL, NULL, "dup_anon_vma")                   \
	FN(SPLIT, NULL, "split_vma", "split_vma", "__split_vma",               \
		"__split_vma")                                                 \
	FN(MUNMAP, "do_munmap", "do_munmap", "do_munmap", "do_munmap",         \
		"do_vmi_align_munmap")                                         \
	FN(DETACH, NULL, "detach_vmas_to_be_unmapped",                         \
		"detach_vmas_to_be_unmapped", "detach_vmas_to_be_unmapped",    \
		"vms_gather_munmap_vmas")                                      \
	FN(UNMAP_VMAS, NULL, "unmap_vmas", "unmap_vmas", "unmap_vmas",         \
		"unmap_vmas")                                                  \
	FN(ZAP, "zap_page_range", "zap_pte_range", "zap_pte_range",            \
		"zap_pte_range", "zap_pte_range")                              \
	FN(FREE_PGTABLES, "free_pgtables", "free_pgtables", "free_pgtables",   \
		"free_pgtables", "free_pgtables")                              \
	FN(CLEAR_TABLES, "clear_page_tables", "clear_page_tables", NULL,       \
		NULL, NULL)                                                    \
	FN(UNLINK, NULL, NULL, "anon_vma_unlink", "unlink_anon_vmas",          \
		"unlink_anon_vmas")                                            \
	FN(REMOVE_VMA, NULL, "remove_shared_vm_struct", "remove_vm_struct",    \
		"remove_vma", "remove_vma")                                    \
	FN(UNMAP_FIXUP, "unmap_fixup", NULL, NULL, NULL, NULL)                 \
	FN(MPROTECT, "mprotect_fixup", "mprotect_fixup", "mprotect_fixup",     \
		"mprotect_fixup", "mprotect_fixup")                            \
	FN(CHANGE_PROT, "change_protection", "change_protection",              \
		"change_protection", "change_protection",                      \
		"change_protection")                                           \
	FN(MREMAP, "do_mremap", "do_mremap", "do_mremap", "sys_mremap",        \
		"do_mremap")                                                   \
	FN(MOVE_VMA, "move_vma", "move_vma", "move_vma", "move_vma",           \
		"move_vma")                                                    \
	FN(COPY_VMA, NULL, NULL, "copy_vma", "copy_vma", "copy_vma")           \
	FN(MOVE_TABLES, "move_page_tables", "move_page_tables",                \
		"move_page_tables", "move_page_tables", "move_page_tables")    \
	FN(BRK, "sys_brk", "sys_brk", "sys_brk", "sys_brk", "sys_brk")         \
	FN(DO_BRK, "do_brk", "do_brk", "do_brk", "do_brk", "do_brk_flags")     \
	FN(MADVISE, "sys_madvise", "sys_madvise", "sys_madvise",               \
		"sys_madvise", "do_madvise")                                   \
	FN(DONTNEED, "madvise_dontneed", "madvise_dontneed",                   \
		"madvise_dontneed", "madvise_dontneed",                        \
		"madvise_dontneed_single_vma")                                 \
	FN(EXECVE, "do_execve", "do_execve", "do_execve",                      \
		"do_execveat_common", "do_execveat_common")                    \
	FN(MM_ALLOC, "mm_alloc", "mm_alloc", "mm_alloc", "mm_alloc",           \
		"mm_alloc")                                                    \
	FN(BPRM_MM_INIT, NULL, NULL, NULL, "bprm_mm_init", "bprm_mm_init")     \
	FN(INIT_STACK, NULL, NULL, NULL, "__bprm_mm_init",                     \
		"create_init_stack_vma")                                       \
	FN(READ_HEADER, "prepare_binprm", "prepare_binprm", "prepare_binprm",  \
		"prepare_binprm", "prepare_binprm")                            \
	FN(COPY_STRINGS, "copy_strings", "copy_strings", "copy_strings",       \
		"copy_strings", "copy_strings")                                \
	FN(LOAD_ELF, "load_elf_binary", "load_elf_binary", "load_elf_binary",  \
		"load_elf_binary", "load_elf_binary")                          \
	FN(FLUSH_OLD_EXEC, "flush_old_exec", "flush_old_exec",                 \
		"flush_old_exec", "flush_old_exec", "begin_new_exec")          \
	FN(EXEC_MMAP, "exec_mmap", "exec_mmap", "exec_mmap", "exec_mmap",      \
		"exec_mmap")                                                   \
	FN(SETUP_ARG_PAGES, "setup_arg_pages", "setup_arg_pages",              \
		"setup_arg_pages", "setup_arg_pages", "setup_arg_pages")       \
	FN(INSTALL_ARG, "put_dirty_page", "put_dirty_page",                    \
		"install_arg_page", NULL, NULL)                                \
	FN(SHIFT_STACK, NULL, NULL, NULL, "shift_arg_pages",                   \
		"relocate_vma_down")                                           \
	FN(ELF_MAP, "elf_map", "elf_map", "elf_map", "elf_map", "elf_map")     \
	FN(SET_BRK, "set_brk", "set_brk", "set_brk", "set_brk",                \
		"vm_brk_flags")                                                \
	FN(PADZERO, "padzero", "padzero", "padzero", "padzero", "padzero")     \
	FN(WAIT, "sys_wait4", "sys_wait4", "do_wait", "do_wait", "do_wait")    \
	FN(RELEASE_TASK, "release_task", "release_task", "release_task",       \
		"release_task", "release_task")                                \
	FN(ADVISE_FLAGS, "madvise_behavior", "madvise_behavior",               \
		"madvise_behavior", "madvise_behavior",                        \
		"madvise_vma_behavior")                                        \
	FN(WILLNEED, "madvise_willneed", "madvise_willneed",                   \
		"madvise_willneed", "madvise_willneed", "madvise_willneed")    \
	FN(MADV_REMOVE, NULL, NULL, NULL, "madvise_remove", "madvise_remove")  \
	FN(PUNCH_HOLE, NULL, NULL, NULL, "vfs_fallocate", "vfs_fallocate")     \
	FN(MADV_FREE, NULL, NULL, NULL, NULL, "madvise_free_single_vma")       \
	FN(LAZYFREE, NULL, NULL, NULL, NULL, "folio_mark_lazyfree")            \
	FN(MADV_COLD, NULL, NULL, NULL, NULL, "madvise_cold")                  \
	FN(DEACTIVATE, NULL, NULL, NULL, NULL, "folio_deactivate")             \
	FN(MADV_PAGEOUT, NULL, NULL, NULL, NULL, "madvise_pageout")            \
	FN(RECLAIM_PAGES, NULL, NULL, NULL, NULL, "reclaim_pages")             \
	FN(MADV_POPULATE, NULL, NULL, NULL, NULL, "madvise_populate")          \
	FN(GUARD_INSTALL, NULL, NULL, NULL, NULL, "madvise_guard_install")     \
	FN(GUARD_REMOVE, NULL, NULL, NULL, NULL, "madvise_guard_remove")       \
	FN(MINCORE, "sys_mincore", "sys_mincore", "sys_mincore",               \
		"sys_mincore", "do_mincore")                                   \
	FN(MSYNC, "sys_msync", "sys_msync", "sys_msync", "sys_msync",          \
		"sys_msync")                                                   \
	FN(FILEMAP_SYNC, "filemap_sync", "filemap_sync", "filemap_sync",       \
		NULL, NULL)                                                    \
	FN(EXIT, "do_exit", "do_exit", "do_exit", "do_exit", "do_exit")        \
	FN(SWAP_OUT, "swap_out", NULL, NULL, NULL, NULL)                       \
	FN(SWAP_OUT_MM, "swap_out_mm", NULL, NULL, NULL, NULL)                 \
	FN(SWAP_OUT_VMA, "swap_out_vma", NULL, NULL, NULL, NULL)               \
	FN(TRY_TO_SWAP_OUT, "try_to_swap_out", NULL, NULL, NULL, NULL)         \
	FN(OUT_OF_MEMORY, "out_of_memory", "out_of_memory", "out_of_memory",   \
		"out_of_memory", "out_of_memory")                              \
	FN(OOM_SELECT, "select_bad_process", "select_bad_process",             \
		"select_bad_process", "select_bad_process",                    \
		"select_bad_process")                                          \
	FN(OOM_KILL, "oom_kill", "oom_kill", "oom_kill_process",               \
		"oom_kill_process", "oom_kill_process")                        \
	FN(EXIT_MMAP, "exit_mmap", "exit_mmap", "exit_mmap", "exit_mmap",      \
		"exit_mmap")                                                   \
	/* page faults */                                                      \
	FN(FAULT, "do_page_fault", "do_page_fault", "do_page_fault",           \
		"__do_page_fault", "do_user_addr_fault")                       \
	FN(FIND_VMA, "find_vma", "find_vma", "find_vma", "find_vma",           \
		"lock_vma_under_rcu")                                          \
	FN(EXPAND_STACK, "expand_stack", "expand_stack", "expand_stack",       \
		"expand_stack", "expand_downwards")                            \
	FN(GUARD_PAGE, NULL, NULL, NULL, "check_stack_guard_page", NULL)       \
	FN(HANDLE_MM, "handle_mm_fault", "handle_mm_fault",                    \
		"handle_mm_fault", "handle_mm_fault", "handle_mm_fault")       \
	FN(HANDLE_PTE, "handle_pte_fault", "handle_pte_fault",                 \
		"handle_pte_fault", "handle_pte_fault", "handle_pte_fault")    \
	FN(ANON_PAGE, "do_anonymous_page", "do_anonymous_page",                \
		"do_anonymous_page", "do_anonymous_page",                      \
		"do_anonymous_page")                                           \
	FN(WP_PAGE, "do_wp_page", "do_wp_page", "do_wp_page", "do_wp_page",    \
		"do_wp_page")                                                  \
	FN(WP_COPY, NULL, NULL, NULL, NULL, "wp_page_copy")                    \
	FN(CAN_REUSE, "can_share_swap_page", "can_share_swap_page",            \
		"can_share_swap_page", "reuse_swap_page",                      \
		"wp_can_reuse_anon_folio")                                     \
	FN(PREPARE, NULL, NULL, "anon_vma_prepare", "anon_vma_prepare",        \
		"__anon_vma_prepare")                                          \
	FN(FIND_MERGEABLE, NULL, NULL, "find_mergeable_anon_vma",              \
		"find_mergeable_anon_vma", "find_mergeable_anon_vma")          \
	FN(ADD_RMAP, NULL, "page_add_rmap", "page_add_anon_rmap",              \
		"do_page_add_anon_rmap", "folio_add_anon_rmap_ptes")           \
	FN(ADD_NEW_RMAP, NULL, "page_add_rmap", "page_add_anon_rmap",          \
		"page_add_new_anon_rmap", "folio_add_new_anon_rmap")           \
	FN(MOVE_RMAP, NULL, NULL, NULL, "page_move_anon_rmap",                 \
		"folio_move_anon_rmap")                                        \
	FN(REMOVE_RMAP, NULL, "page_remove_rmap", "page_remove_rmap",          \
		"page_remove_rmap", "folio_remove_rmap_pte")                   \
	FN(CHAIN_ALLOC, NULL, "pte_chain_alloc", NULL, NULL, NULL)             \
	FN(CHAIN_FREE, NULL, "pte_chain_free", NULL, NULL, NULL)               \
	FN(LRU_ADD, "lru_cache_add", "lru_cache_add_active",                   \
		"lru_cache_add_active",                                        \
		"lru_cache_add_active_or_unevictable", "folio_add_lru_vma")    \
	FN(ACTIVATE_PAGE, "activate_page", "activate_page", "activate_page",   \
		"activate_page", "folio_activate")                             \
	FN(MARK_ACCESSED, "mark_page_accessed", "mark_page_accessed",          \
		"mark_page_accessed", "mark_page_accessed",                    \
		"folio_mark_accessed")                                         \
	FN(FREE_PAGE, "__free_pages_ok", "free_hot_cold_page",                 \
		"free_hot_cold_page", "free_hot_cold_page",                    \
		"free_frozen_pages")                                           \
	/* files */                                                            \
	FN(NO_PAGE, "do_no_page", "do_no_page", "do_no_page", NULL, NULL)      \
	FN(DO_FAULT, NULL, NULL, NULL, "do_fault", "do_fault")                 \
	FN(READ_FAULT, NULL, NULL, NULL, "do_read_fault", "do_read_fault")     \
	FN(COW_FAULT, NULL, NULL, NULL, "do_cow_fault", "do_cow_fault")        \
	FN(SHARED_FAULT, NULL, NULL, NULL, "do_shared_fault",                  \
		"do_shared_fault")                                             \
	FN(FAULT_AROUND, NULL, NULL, NULL, "do_fault_around",                  \
		"do_fault_around")                                             \
	FN(MAP_PAGES, NULL, NULL, NULL, "filemap_map_pages",                   \
		"filemap_map_pages")                                           \
	FN(MAP_PAGE, NULL, NULL, NULL, "do_set_pte", "set_pte_range")          \
	FN(FILEMAP_FAULT, "filemap_nopage", "filemap_nopage",                  \
		"filemap_nopage", "filemap_fault", "filemap_fault")            \
	FN(SHMEM_FAULT, "shmem_nopage", "shmem_nopage", "shmem_nopage",        \
		"shmem_fault", "shmem_fault")                                  \
	FN(SHMEM_GETPAGE, "shmem_getpage", "shmem_getpage", "shmem_getpage",   \
		"shmem_getpage_gfp", "shmem_get_folio_gfp")                    \
	FN(SHMEM_SETUP, "shmem_zero_setup", "shmem_zero_setup",                \
		"shmem_zero_setup", "shmem_zero_setup", "shmem_zero_setup")    \
	FN(SHMEM_WRITEPAGE, "shmem_writepage", "shmem_writepage",              \
		"shmem_writepage", "shmem_writepage", "shmem_writeout")        \
	FN(SHMEM_UNUSE, "shmem_unuse", "shmem_unuse", "shmem_unuse",           \
		"shmem_unuse", "shmem_unuse")                                  \
	FN(PAGE_MKWRITE, NULL, NULL, NULL, "do_page_mkwrite",                  \
		"do_page_mkwrite")                                             \
	FN(WP_SHARED, NULL, NULL, NULL, NULL, "wp_page_shared")                \
	FN(ADD_FILE_RMAP, NULL, "page_add_rmap", "page_add_file_rmap",         \
		"page_add_file_rmap", "folio_add_file_rmap_ptes")              \
	FN(DUP_FILE_RMAP, NULL, "page_add_rmap", "page_dup_rmap",              \
		"page_dup_rmap", "folio_dup_file_rmap_ptes")                   \
	FN(ADD_TO_CACHE, "add_to_page_cache", "add_to_page_cache",             \
		"add_to_page_cache", "__add_to_page_cache_locked",             \
		"__filemap_add_folio")                                         \
	FN(REMOVE_FROM_CACHE, "__remove_inode_page",                           \
		"__remove_from_page_cache", "__remove_from_page_cache",        \
		"__delete_from_page_cache", "__filemap_remove_folio")          \
	FN(SET_DIRTY, "set_page_dirty", "set_page_dirty", "set_page_dirty",    \
		"set_page_dirty", "folio_mark_dirty")                          \
	FN(FILE_READ, "do_generic_file_read", "do_generic_mapping_read",       \
		"do_generic_mapping_read", "do_generic_file_read",             \
		"filemap_read")                                                \
	FN(FILE_WRITE, "generic_file_write", "generic_file_write",             \
		"generic_file_buffered_write", "generic_perform_write",        \
		"generic_perform_write")                                       \
	FN(FSYNC, "sys_fsync", "sys_fsync", "sys_fsync", "do_fsync",           \
		"do_fsync")                                                    \
	FN(MKCLEAN, NULL, NULL, NULL, "page_mkclean", "folio_mkclean")         \
	FN(TRUNCATE, "vmtruncate", "vmtruncate", "vmtruncate",                 \
		"truncate_pagecache", "truncate_pagecache")                    \
	FN(UNMAP_MAPPING, "vmtruncate_list", "invalidate_mmap_range",          \
		"unmap_mapping_range", "unmap_mapping_range",                  \
		"unmap_mapping_range")                                         \
	FN(TRUNCATE_PAGES, "truncate_inode_pages", "truncate_inode_pages",     \
		"truncate_inode_pages", "truncate_inode_pages",                \
		"truncate_inode_pages")                                        \
	FN(POPULATE, NULL, "filemap_populate", "filemap_populate",             \
		"__mm_populate", "__mm_populate")                              \
	/* the VMAs of a file */                                               \
	FN(I_MMAP_INSERT, NULL, NULL, "vma_prio_tree_insert",                  \
		"vma_interval_tree_insert", "vma_interval_tree_insert")        \
	FN(I_MMAP_AFTER, NULL, NULL, "vma_prio_tree_add",                      \
		"vma_interval_tree_insert_after",                              \
		"vma_interval_tree_insert_after")                              \
	FN(I_MMAP_REMOVE, NULL, NULL, "vma_prio_tree_remove",                  \
		"vma_interval_tree_remove", "vma_interval_tree_remove")        \
	/* swap */                                                             \
	FN(SWAP_FAULT, "do_swap_page", "do_swap_page", "do_swap_page",         \
		"do_swap_page", "do_swap_page")                                \
	FN(GET_SWAP_PAGE, "get_swap_page", "get_swap_page", "get_swap_page",   \
		"get_swap_page", "cluster_alloc_swap_entry")                   \
	FN(SWAP_DUPLICATE, "swap_duplicate", "swap_duplicate",                 \
		"swap_duplicate", "swap_duplicate", "swap_duplicate")          \
	FN(SWAP_FREE, "swap_free", "swap_free", "swap_free", "swap_free",      \
		"swap_free_nr")                                                \
	FN(FREE_SWAP_AND_CACHE, "free_swap_and_cache", "free_swap_and_cache",  \
		"free_swap_and_cache", "free_swap_and_cache",                  \
		"free_swap_and_cache_nr")                                      \
	FN(TRY_TO_FREE_SWAP, "remove_exclusive_swap_page",                     \
		"remove_exclusive_swap_page", "remove_exclusive_swap_page",    \
		"try_to_free_swap", "folio_free_swap")                         \
	FN(ADD_TO_SWAP, NULL, "add_to_swap", "add_to_swap", "add_to_swap",     \
		"folio_alloc_swap")                                            \
	FN(ADD_TO_SWAP_CACHE, "add_to_swap_cache", "add_to_page_cache",        \
		"__add_to_swap_cache", "add_to_swap_cache",                    \
		"swap_cache_add_folio")                                        \
	FN(DELETE_FROM_SWAP_CACHE, "delete_from_swap_cache",                   \
		"delete_from_swap_cache", "delete_from_swap_cache",            \
		"delete_from_swap_cache", "swap_cache_del_folio")              \
	FN(LOOKUP_SWAP_CACHE, "lookup_swap_cache", "lookup_swap_cache",        \
		"lookup_swap_cache", "lookup_swap_cache",                      \
		"swap_cache_get_folio")                                        \
	FN(READ_SWAP_CACHE, "read_swap_cache_async", "read_swap_cache_async",  \
		"read_swap_cache_async", "read_swap_cache_async",              \
		"__read_swap_cache_async")                                     \
	FN(SWAPIN_READAHEAD, "swapin_readahead", "swapin_readahead",           \
		"swapin_readahead", "swapin_readahead", "swapin_readahead")    \
	FN(SWAPOFF, "sys_swapoff", "sys_swapoff", "sys_swapoff",               \
		"sys_swapoff", "sys_swapoff")                                  \
	FN(TRY_TO_UNUSE, "try_to_unuse", "try_to_unuse", "try_to_unuse",       \
		"try_to_unuse", "try_to_unuse")                                \
	FN(UNUSE_MM, "unuse_process", "unuse_process", "unuse_process",        \
		"unuse_mm", "unuse_mm")                                        \
	FN(UNUSE_PTE, "unuse_pte", "unuse_pte", "unuse_pte", "unuse_pte",      \
		"unuse_pte")                                                   \
	FN(SWAP_WRITEPAGE, "swap_writepage", "swap_writepage",                 \
		"swap_writepage", "swap_writepage", "swap_writeout")           \
	/* reclaim and the reverse map */                                      \
	FN(BALANCE, "kswapd_balance", "balance_pgdat", "balance_pgdat",        \
		"balance_pgdat", "balance_pgdat")                              \
	FN(TRY_TO_FREE, "try_to_free_pages_zone", "try_to_free_pages",         \
		"try_to_free_pages", "try_to_free_pages", "try_to_free_pages") \
	FN(SHRINK_ZONE, "shrink_caches", "shrink_zone", "shrink_zone",         \
		"shrink_lruvec", "shrink_lruvec")                              \
	FN(REFILL, "refill_inactive", "refill_inactive_zone",                  \
		"refill_inactive_zone", "shrink_active_list",                  \
		"shrink_active_list")                                          \
	FN(SHRINK_CACHE, "shrink_cache", "shrink_cache", "shrink_cache",       \
		"shrink_inactive_list", "shrink_inactive_list")                \
	FN(SHRINK_LIST, NULL, "shrink_list", "shrink_list",                    \
		"shrink_page_list", "shrink_folio_list")                       \
	FN(FLUSHER, NULL, "wakeup_bdflush", "wakeup_bdflush",                  \
		"wakeup_flusher_threads", "wakeup_flusher_threads")            \
	FN(UNMAP, NULL, "try_to_unmap", "try_to_unmap", "try_to_unmap",        \
		"try_to_unmap")                                                \
	FN(UNMAP_WALK, NULL, NULL, "try_to_unmap_anon", "rmap_walk_anon",      \
		"rmap_walk_anon")                                              \
	FN(UNMAP_WALK_FILE, NULL, NULL, "try_to_unmap_file",                   \
		"rmap_walk_file", "rmap_walk_file")                            \
	FN(UNMAP_ONE, NULL, "try_to_unmap_one", "try_to_unmap_one",            \
		"try_to_unmap_one", "try_to_unmap_one")                        \
	FN(MIGRATE_UNMAP, NULL, NULL, NULL, "try_to_unmap", "try_to_migrate")  \
	FN(MIGRATE_ONE, NULL, NULL, NULL, "try_to_unmap_one",                  \
		"try_to_migrate_one")                                          \
	FN(MIGRATE, NULL, NULL, NULL, "migrate_pages", "migrate_pages")        \
	FN(RESTORE, NULL, NULL, NULL, "remove_migration_ptes",                 \
		"remove_migration_ptes")                                       \
	FN(RESTORE_ONE, NULL, NULL, NULL, "remove_migration_pte",              \
		"remove_migration_pte")                                        \
	FN(MLOCK, "sys_mlock", "sys_mlock", "sys_mlock", "sys_mlock",          \
		"do_mlock")                                                    \
	FN(MUNLOCK, "sys_munlock", "sys_munlock", "sys_munlock",               \
		"sys_munlock", "sys_munlock")                                  \
	FN(MLOCKALL, "do_mlockall", "do_mlockall", "do_mlockall",              \
		"do_mlockall", "apply_mlockall_flags")                         \
	FN(MLOCK_FIXUP, "mlock_fixup", "mlock_fixup", "mlock_fixup",           \
		"mlock_fixup", "mlock_fixup")                                  \
	FN(RELOCK, NULL, NULL, NULL, "munlock_vma_pages_range",                \
		"mlock_vma_pages_range")                                       \
	FN(MLOCK_PAGE, NULL, NULL, NULL, "mlock_vma_page", "mlock_folio")      \
	FN(MUNLOCK_PAGE, NULL, NULL, NULL, "munlock_vma_page",                 \
		"munlock_folio")                                               \
	FN(MUNLOCK_WALK, NULL, NULL, NULL, "try_to_munlock", NULL)             \
	FN(MUNLOCK_WALK_FILE, NULL, NULL, NULL, "try_to_munlock", NULL)        \
	FN(REFERENCED, NULL, "page_referenced", "page_referenced",             \
		"page_referenced", "folio_referenced")                         \
	FN(RMAP_WALK, NULL, NULL, "page_referenced_anon", "rmap_walk_anon",    \
		"rmap_walk_anon")                                              \
	FN(RMAP_WALK_FILE, NULL, NULL, "page_referenced_file",                 \
		"rmap_walk_file", "rmap_walk_file")                            \
	/* pages shared by content */                                          \
	FN(KSM_MADVISE, NULL, NULL, NULL, "ksm_madvise", "ksm_madvise")        \
	FN(KSM_ENTER, NULL, NULL, NULL, "__ksm_enter", "__ksm_enter")          \
	FN(KSM_EXIT, NULL, NULL, NULL, "__ksm_exit", "__ksm_exit")             \
	FN(KSM_SCAN, NULL, NULL, NULL, "ksm_do_scan", "ksm_do_scan")           \
	FN(KSM_CMP, NULL, NULL, NULL, "cmp_and_merge_page",                    \
		"cmp_and_merge_page")                                          \
	FN(KSM_STABLE_SEARCH, NULL, NULL, NULL, "stable_tree_search",          \
		"stable_tree_search")                                          \
	FN(KSM_STABLE_INSERT, NULL, NULL, NULL, "stable_tree_insert",          \
		"stable_tree_insert")                                          \
	FN(KSM_APPEND, NULL, NULL, NULL, "stable_tree_append",                 \
		"stable_tree_append")                                          \
	FN(KSM_UNSTABLE, NULL, NULL, NULL, "unstable_tree_search_insert",      \
		"unstable_tree_search_insert")                                 \
	FN(KSM_MERGE_TWO, NULL, NULL, NULL, "try_to_merge_two_pages",          \
		"try_to_merge_two_pages")                                      \
	FN(KSM_MERGE, NULL, NULL, NULL, "try_to_merge_with_ksm_page",          \
		"try_to_merge_with_ksm_page")                                  \
	FN(KSM_MERGE_ONE, NULL, NULL, NULL, "try_to_merge_one_page",           \
		"try_to_merge_one_page")                                       \
	FN(KSM_PROTECT, NULL, NULL, NULL, "write_protect_page",                \
		"write_protect_page")                                          \
	FN(KSM_REPLACE, NULL, NULL, NULL, "replace_page", "replace_page")      \
	FN(KSM_UNMERGE, NULL, NULL, NULL, "unmerge_ksm_pages",                 \
		"unmerge_ksm_pages")                                           \
	FN(KSM_BREAK, NULL, NULL, NULL, "break_ksm", "break_ksm")              \
	FN(KSM_COPY, NULL, NULL, NULL, "ksm_might_need_to_copy",               \
		"ksm_might_need_to_copy")                                      \
	FN(KSM_WALK, NULL, NULL, NULL, "rmap_walk_ksm", "rmap_walk_ksm")       \
	FN(RMAP_ONE, NULL, NULL, "page_referenced_one",                        \
		"page_referenced_one", "folio_referenced_one")

enum fn {
#define FN(role, a, b, c, d, e) FN_##role,
	FN_LIST(FN)
#undef FN
		NR_FNS
};

#endif
