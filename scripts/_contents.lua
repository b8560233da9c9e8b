-- The bundled scenarios in the order of a course.  `rmapscope` and
-- `rmapscope list` show them so; a scenario that is not named here comes last.
return {
	{ title = { en = "The reverse map", zh = "反向映射" },
		"why-rmap", "fork-cow", "who-maps-this-frame", "four-acts",
		"scan-2.4", "pte-chain", "act-1-first-write", "act-2-fork",
		"act-3-child-writes", "act-4-unmap-and-walk", "many-children",
		"thousand-children", "fork-chain", "index-question",
		"notes-against-source" },
	{ title = { en = "From an address to a frame", zh = "从地址到页框" },
		"address-walk", "address-walk-pae", "address-walk-la57" },
	{ title = { en = "Address spaces", zh = "地址空间" },
		"find-vma",
		"split-merge", "mmap-and-merge", "mprotect-split", "mremap",
		"stack-growth", "brk-in-a-child", "madvise", "exec", "threads" },
	{ title = { en = "Page faults", zh = "缺页异常" },
		"zero-page", "fault-tree" },
	{ title = { en = "Files and shared memory", zh = "文件与共享内存" },
		"file-shared", "file-private-cow", "prio-tree" },
	{ title = { en = "Reclaim and swap", zh = "回收与交换" },
		"five-lists", "second-chance", "kswapd", "swap-out-shared",
		"swap-in-read-write", "migrate", "ksm", "mlock", "oom" },
}
