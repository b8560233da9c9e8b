/*
 * The fields of every object, one row each: how to read it, in which kernels
 * it exists, what it means.  Rows marked raw hold exactly what that kernel
 * stores; the others are counted by the program.
 */
#include "core/objects_get.h"
#include "core/filemap.h"
#include "core/mechanism.h"
#include "core/text.h"

#include <string.h>

static uint64_t vma_value(const struct vm_area_struct *vma)
{
	return as_ref(REF_VMA, vma ? vma->id : 0);
}

static uint64_t av_value(const struct anon_vma *av)
{
	return as_ref(REF_ANON_VMA, av ? av->id : 0);
}

/* -- struct page --------------------------------------------------------- */

GET(struct page, page_pfn_value, o - m->mem_map)
GET(struct page, page_kind_value, o->kind)
GET(struct page, page_flags_value, o->flags)
GET(struct page, page_mapcount_value, o->_mapcount + 1)
GET(struct page, page_refcount_value, o->_refcount)
GET(struct page, page_raw_mapcount, (int64_t)o->_mapcount)
GET(struct page, page_raw_count, (int64_t)o->_refcount - ops_of(m)->count_bias)
GET(struct page, page_index_value, o->index)
GET(struct page, page_private_value, o->private)
GET(struct page, page_lru_value, o->lru_list)
GET(struct page, page_content,
	kind_is_anon(o->kind) || o->kind == PAGE_FILE || o->kind == PAGE_SHMEM
		? o->value
		: 0)

static uint64_t page_mapping_value(const struct machine *m, const void *object)
{
	const struct inode *inode = page_inode(m, object);

	if (inode)
		return as_ref(REF_FILE, inode->id);
	if (page_stable_node(object))
		return as_ref(REF_STABLE_NODE, page_stable_node(object)->id);
	return av_value(page_anon_vma_alive(m, object));
}

GET(struct page, page_direct_value,
	o->flags & PG(DIRECT) ? o->pte.direct : 0)
GET(struct page, page_table_mm_value,
	as_ref(REF_TASK, o->kind == PAGE_TABLE && o->mapping
			? ((const struct mm_struct *)o->mapping)->id
			: 0))

/* Only user pages have one; others use the word for something else. */
static uint64_t page_chain_value(const struct machine *m, const void *object)
{
	const struct page *page = object;
	const struct pte_chain *pc = NULL;

	(void)m;
	if (page_mapcount(page) > 0 && !(page->flags & PG(DIRECT)))
		pc = page->pte.chain;
	return as_ref(REF_PTE_CHAIN, pc ? pc->id : 0);
}

static const struct field page_fields[] = {
	{ "pfn", VT_HEX, IN_ALL, false, page_pfn_value,
		N_("page frame number: which 4096 bytes of memory"), "" },
	{ "kind", VT_KIND, IN_ALL, false, page_kind_value,
		N_("what the frame is used for"), "" },
	{ "flags", VT_PAGE_FLAGS, IN_ALL, true, page_flags_value,
		N_("PG_ bits"), "include/linux/page-flags.h" },
	{ "_mapcount", VT_INT, IN_ANON_VMA, true, page_raw_mapcount,
		N_("PTEs that map it, less one: -1 when none does"),
		"include/linux/mm_types.h" },
	{ "count", VT_INT, IN_NO_ANON_VMA, true, page_raw_count,
		N_("references; exactly one lets it be written in place"),
		"include/linux/mm.h" },
	{ "_count", VT_INT, IN_2_6_11, true, page_raw_count,
		N_("references, less one: a free frame holds -1"),
		"include/linux/mm.h" },
	{ "_count", VT_INT, IN_4_0, true, page_raw_count,
		N_("references; the last one frees it"),
		"include/linux/mm_types.h" },
	{ "_refcount", VT_INT, IN_6_18, true, page_raw_count,
		N_("references; exactly one lets a shared page be written in "
		   "place"),
		"include/linux/mm_types.h" },
	{ "pte.direct", VT_PTE_ADDR, IN_2_6_0, true, page_direct_value,
		N_("where its only PTE lies, with PG_direct"),
		"include/linux/mm.h" },
	{ "pte.chain", VT_REF, IN_2_6_0, true, page_chain_value,
		N_("first node of the list of its PTEs, without PG_direct"),
		"include/linux/mm.h" },
	{ "mm", VT_REF, IN_2_6_0, false, page_table_mm_value,
		N_("of a table of PTEs: mapping is its mm, index the first "
		   "address that it maps"),
		"include/asm-generic/rmap.h" },
	{ "mapping", VT_MAPPING, IN_ALL, true, page_mapping_value,
		N_("who can map it: with its low bit set an anon_vma, with two "
		   "low bits a stable_node, else the address_space of a file"),
		"include/linux/mm_types.h" },
	{ "index", VT_HEX, IN_ALL, true, page_index_value,
		N_("page offset in its mapping; with vm_pgoff it gives the "
		   "address"),
		"include/linux/mm_types.h" },
	{ "private", VT_HEX, IN_ALL, true, page_private_value,
		N_("swap entry while in the swap cache"),
		"include/linux/mm_types.h" },
	{ "lru", VT_LRU, IN_ALL, false, page_lru_value,
		N_("the LRU list it is on"), "mm/swap.c" },
	{ "mapcount", VT_INT, IN_ALL, false, page_mapcount_value,
		N_("PTEs that map it"), "" },
	{ "refcount", VT_INT, IN_ALL, false, page_refcount_value,
		N_("references"), "" },
	{ "value", VT_VALUE, IN_ALL, false, page_content,
		N_("what the page holds"), "" },
	{ 0 },
};

/* -- struct vm_area_struct ------------------------------------------------ */

GET(struct vm_area_struct, vma_start_value, o->vm_start)
GET(struct vm_area_struct, vma_end_value, o->vm_end)
GET(struct vm_area_struct, vma_flags_value, o->vm_flags)
GET(struct vm_area_struct, vma_pgoff_value, o->vm_pgoff)
GET(struct vm_area_struct, vma_file_value,
	as_ref(REF_FILE, o->vm_file ? o->vm_file->id : 0))
GET(struct vm_area_struct, vma_mm_value,
	as_ref(REF_TASK, o->vm_mm ? o->vm_mm->id : 0))
GET(struct vm_area_struct, vma_next_value, vma_value(o->vm_next))
GET(struct vm_area_struct, vma_prev_value, vma_value(o->vm_prev))
GET(struct vm_area_struct, vma_anon_value, av_value(vma_anon_vma_alive(m, o)))
GET(struct vm_area_struct, vma_pages_value, vma_pages(o))
GET(struct vm_area_struct, vma_lock_value,
	o->vm_lock.writer ? 1 : o->vm_lock.readers)

static uint64_t vma_chain_length(const struct machine *m, const void *object)
{
	const struct vm_area_struct *vma = object;
	const struct list_head *head = &vma->anon_vma_chain;
	uint64_t n = 0;

	(void)m;
	for (const struct list_head *p = head->next; p != head; p = p->next)
		n++;
	return n;
}

static const struct field vma_fields[] = {
	{ "vm_start", VT_ADDR, IN_ALL, true, vma_start_value,
		N_("its first byte"), "include/linux/mm_types.h" },
	{ "vm_end", VT_ADDR, IN_ALL, true, vma_end_value,
		N_("the first byte after it"), "include/linux/mm_types.h" },
	{ "vm_flags", VT_VM_FLAGS, IN_ALL, true, vma_flags_value,
		N_("what may be done with it"), "include/linux/mm.h" },
	{ "vm_pgoff", VT_HEX, IN_ALL, true, vma_pgoff_value,
		N_("page offset of vm_start; kept when a faulted VMA moves"),
		"include/linux/mm_types.h" },
	{ "vm_file", VT_REF, IN_ALL, true, vma_file_value,
		N_("the file that it maps; NULL: anonymous memory"),
		"include/linux/mm_types.h" },
	{ "vm_mm", VT_REF, IN_ALL, true, vma_mm_value,
		N_("the address space it belongs to"),
		"include/linux/mm_types.h" },
	{ "vm_next", VT_REF, IN_ALL & ~IN_6_18, true, vma_next_value,
		N_("the next by address"), "include/linux/mm_types.h" },
	{ "vm_prev", VT_REF, IN_4_0, true, vma_prev_value,
		N_("the previous by address"), "include/linux/mm_types.h" },
	{ "anon_vma", VT_REF, IN_ANON_VMA, true, vma_anon_value,
		N_("where its new pages belong; NULL: never had one"),
		"include/linux/mm_types.h" },
	{ "anon_vma_chain", VT_INT, IN_AVC, false, vma_chain_length,
		N_("AVCs: anon_vmas that it may hold pages of"),
		"include/linux/rmap.h" },
	{ "vm_lock", VT_INT, IN_6_18, false, vma_lock_value,
		N_("who holds the VMA's own lock"),
		"include/linux/mmap_lock.h" },
	{ "pages", VT_INT, IN_ALL, false, vma_pages_value,
		N_("its size in pages"), "" },
	{ 0 },
};

/* -- struct anon_vma ------------------------------------------------------ */

GET(struct anon_vma, av_root_value, av_value(o->root))
GET(struct anon_vma, av_parent_value, av_value(o->parent))
GET(struct anon_vma, av_refcount_value, o->refcount)
GET(struct anon_vma, av_degree_value, o->degree)
GET(struct anon_vma, av_children_value, o->num_children)
GET(struct anon_vma, av_active_value, o->num_active_vmas)
GET(struct anon_vma, av_linked_value, o->nr_linked)
GET(struct anon_vma, av_lock_value, o->lock.writer ? 1 : o->lock.readers)

static const struct field anon_vma_fields[] = {
	{ "root", VT_REF, IN_AVC, true, av_root_value,
		N_("oldest of the family; its lock guards all of them"),
		"include/linux/rmap.h" },
	{ "parent", VT_REF, IN_AVC, true, av_parent_value,
		N_("anon_vma of the VMA that was forked"),
		"include/linux/rmap.h" },
	{ "refcount", VT_INT, IN_AVC, true, av_refcount_value,
		N_("1 for its tree, and in a root 1 for each descendant"),
		"include/linux/rmap.h" },
	{ "degree", VT_INT, IN_4_0, true, av_degree_value,
		N_("child anon_vmas (a root counts itself) and VMAs that own "
		   "it"),
		"include/linux/rmap.h" },
	{ "num_children", VT_INT, IN_6_18, true, av_children_value,
		N_("anon_vmas whose parent this is; a root counts itself"),
		"include/linux/rmap.h" },
	{ "num_active_vmas", VT_INT, IN_6_18, true, av_active_value,
		N_("VMAs whose own anon_vma this is"), "include/linux/rmap.h" },
	{ "head", VT_INT, IN_2_6_11, false, av_linked_value,
		N_("VMAs on its list"), "include/linux/rmap.h" },
	{ "rb_root", VT_INT, IN_AVC, false, av_linked_value,
		N_("AVCs in its interval tree"), "include/linux/rmap.h" },
	{ "lock", VT_INT, IN_2_6_11, false, av_lock_value,
		N_("1 while somebody walks or changes the list"),
		"include/linux/rmap.h" },
	{ "rwsem", VT_INT, IN_AVC, false, av_lock_value,
		N_("holders, in the root"), "include/linux/rmap.h" },
	{ 0 },
};

/* -- struct anon_vma_chain ------------------------------------------------ */

GET(struct anon_vma_chain, avc_vma_value, vma_value(o->vma))
GET(struct anon_vma_chain, avc_av_value, av_value(o->anon_vma))
GET(struct anon_vma_chain, avc_last_value, o->rb_subtree_last)

static const struct field avc_fields[] = {
	{ "vma", VT_REF, IN_AVC, true, avc_vma_value,
		N_("the VMA that may hold pages"), "include/linux/rmap.h" },
	{ "anon_vma", VT_REF, IN_AVC, true, avc_av_value,
		N_("of this anon_vma"), "include/linux/rmap.h" },
	{ "rb_subtree_last", VT_HEX, IN_AVC, true, avc_last_value,
		N_("largest last page offset at or below this tree node"),
		"include/linux/rmap.h" },
	{ 0 },
};

/* -- struct pte_chain ------------------------------------------------------ */

GET(struct pte_chain, chain_idx_value, o->idx)
GET(struct pte_chain, chain_next_value,
	as_ref(REF_PTE_CHAIN, o->next ? o->next->id : 0))

/* SLOT(n) for each slot that a node may have. */
#define SLOT_LIST(SLOT)                                                        \
	SLOT(0) SLOT(1) SLOT(2) SLOT(3) SLOT(4) SLOT(5) SLOT(6) SLOT(7)        \
	SLOT(8) SLOT(9) SLOT(10) SLOT(11) SLOT(12) SLOT(13) SLOT(14) SLOT(15)  \
	SLOT(16) SLOT(17) SLOT(18) SLOT(19) SLOT(20) SLOT(21) SLOT(22)         \
	SLOT(23) SLOT(24) SLOT(25) SLOT(26) SLOT(27) SLOT(28) SLOT(29)         \
	SLOT(30)

#define SLOT(n) GET(struct pte_chain, chain_slot_##n, o->ptes[n])
SLOT_LIST(SLOT)
#undef SLOT

static const struct field chain_fields[] = {
	{ "idx", VT_INT, IN_2_6_0, false, chain_idx_value,
		N_("its lowest used slot, in the low bits of next_and_idx"),
		"mm/rmap.c" },
	{ "next", VT_REF, IN_2_6_0, false, chain_next_value,
		N_("the next node, older and full; the rest of next_and_idx"),
		"mm/rmap.c" },
#define SLOT(n)                                                                \
	{ "ptes[" #n "]", VT_PTE_ADDR, IN_2_6_0 | IN_ABOVE(n), true,           \
		chain_slot_##n,                                                \
		N_("a PTE that maps the page, or empty"), "mm/rmap.c" },
	SLOT_LIST(SLOT)
#undef SLOT
	{ 0 },
};

/* -- tasks and their mm_struct -------------------------------------------- */

static const struct mm_struct no_mm;

static const struct mm_struct *mm_of(const struct task_struct *task)
{
	return task->mm ? task->mm : &no_mm;
}

GET(struct task_struct, task_pid_value, o->pid)
GET(struct task_struct, task_parent_value, as_ref(REF_TASK, o->parent))
GET(struct task_struct, task_exited_value, o->exited)
GET(struct task_struct, task_reaped_value, o->reaped)
GET(struct task_struct, task_vfork_value, as_ref(REF_TASK, o->vfork_child))
GET(struct task_struct, mm_owner_value, as_ref(REF_TASK, mm_of(o)->id))
GET(struct task_struct, mm_users_value, mm_of(o)->mm_users)
GET(struct task_struct, mm_map_count_value, mm_of(o)->map_count)
GET(struct task_struct, mm_mmap_cache_value, vma_value(mm_of(o)->mmap_cache))
GET(struct task_struct, mm_height_value, mm_of(o)->mm_mt.height)
GET(struct task_struct, mm_root_value,
	as_ref(REF_MAPLE_NODE,
		mm_of(o)->mm_mt.root ? mm_of(o)->mm_mt.root->id : 0))
#define SLOT(i)                                                                \
	GET(struct task_struct, vmacache_##i##_value,                          \
		as_ref(REF_VMA,                                                \
			o->vmacache_seqnum == mm_of(o)->vmacache_seqnum        \
				? o->vmacache[i]                               \
				: 0))
SLOT(0) SLOT(1) SLOT(2) SLOT(3)
#undef SLOT
GET(struct task_struct, mm_anon_rss_value, mm_of(o)->anon_rss)
GET(struct task_struct, mm_rss_value, mm_of(o)->anon_rss + mm_of(o)->file_rss)
GET(struct task_struct, mm_swapents_value, mm_of(o)->swapents)
GET(struct task_struct, mm_swap_address_value, mm_of(o)->swap_address)
GET(struct task_struct, mm_file_rss_value, mm_of(o)->file_rss)
GET(struct task_struct, mm_shmem_rss_value, mm_of(o)->shmem_rss)
GET(struct task_struct, mm_merging_value, mm_of(o)->ksm_merging_pages)
GET(struct task_struct, mm_rmap_items_value, mm_of(o)->ksm_rmap_items)
GET(struct task_struct, mm_mergeable_value, mm_of(o)->ksm_slot != NULL)
GET(struct task_struct, mm_maj_flt_value, mm_of(o)->maj_flt)
GET(struct task_struct, mm_total_vm_value, mm_of(o)->total_vm)
GET(struct task_struct, mm_data_vm_value, mm_of(o)->data_vm)
GET(struct task_struct, mm_stack_vm_value, mm_of(o)->stack_vm)
GET(struct task_struct, mm_exec_vm_value, mm_of(o)->exec_vm)
GET(struct task_struct, mm_nr_ptes_value, mm_of(o)->nr_ptes)
GET(struct task_struct, mm_pgd_value, as_ref(REF_PAGE, mm_of(o)->pgd))
GET(struct task_struct, mm_start_brk_value, mm_of(o)->start_brk)
GET(struct task_struct, mm_brk_value, mm_of(o)->brk)
GET(struct task_struct, mm_base_value, mm_of(o)->mmap_base)
GET(struct task_struct, mm_cache_value, mm_of(o)->free_area_cache)
GET(struct task_struct, mm_flt_value, mm_of(o)->min_flt)

static uint64_t mm_mmlist_value(const struct machine *m, const void *object)
{
	const struct task_struct *task = object;
	struct list_head *next = task->mm ? task->mm->mmlist.next : NULL;

	if (!next || next == &m->mmlist || next == &task->mm->mmlist)
		return 0;
	return as_ref(REF_TASK,
		container_of(next, struct mm_struct, mmlist)->id);
}

static const struct field task_fields[] = {
	{ "pid", VT_INT, IN_ALL, true, task_pid_value, N_("its number"),
		"include/linux/sched.h" },
	{ "parent", VT_REF, IN_ALL, true, task_parent_value,
		N_("who forked it"), "include/linux/sched.h" },
	{ "exited", VT_BOOL, IN_ALL, false, task_exited_value,
		N_("it has ended; its address space is gone"), "" },
	{ "reaped", VT_BOOL, IN_ALL, false, task_reaped_value,
		N_("its parent, or init, has waited for it"), "" },
	{ "vfork_child", VT_REF, IN_ALL, false, task_vfork_value,
		N_("whom it waits for to exec or exit"), "kernel/fork.c" },
	{ "mm", VT_REF, IN_ALL, false, mm_owner_value,
		N_("the task whose name its address space goes by"),
		"include/linux/sched.h" },
	{ "mm_users", VT_INT, IN_ALL, true, mm_users_value,
		N_("tasks that use its address space"),
		"include/linux/mm_types.h" },
	{ "map_count", VT_INT, IN_ALL, true, mm_map_count_value,
		N_("VMAs in its address space"), "include/linux/mm_types.h" },
	{ "mmap_cache", VT_REF, IN_ALL & ~IN_AVC, true, mm_mmap_cache_value,
		N_("the VMA that find_vma found last"),
		"include/linux/mm_types.h" },
#define SLOT(i)                                                                \
	{ "vmacache[" #i "]", VT_REF, IN_4_0, true, vmacache_##i##_value,      \
		N_("VMAs found last, by the number of the page; none if "      \
		   "stale"),                                                   \
		"mm/vmacache.c" },
	SLOT(0) SLOT(1) SLOT(2) SLOT(3)
#undef SLOT
	{ "mm_mt.height", VT_INT, IN_6_18, false, mm_height_value,
		N_("levels of its maple tree"), "include/linux/maple_tree.h" },
	{ "mm_mt.root", VT_REF, IN_6_18, false, mm_root_value,
		N_("the root of its maple tree; NULL: it maps nothing"),
		"include/linux/maple_tree.h" },
	{ "rss", VT_INT, IN_NO_ANON_VMA, true, mm_rss_value,
		N_("pages mapped"), "include/linux/sched.h" },
	{ "mmlist", VT_REF, IN_NO_ANON_VMA, true, mm_mmlist_value,
		N_("the next mm of all; NULL: init_mm follows"),
		"include/linux/sched.h" },
	{ "swap_address", VT_ADDR, IN_2_4, true, mm_swap_address_value,
		N_("where the scan of this mm goes on"),
		"include/linux/sched.h" },
	{ "anon_rss", VT_INT, IN_ANON_VMA, true, mm_anon_rss_value,
		N_("anonymous pages mapped"), "include/linux/mm_types.h" },
	{ "file_rss", VT_INT, IN_ALL, true, mm_file_rss_value,
		N_("pages of files mapped"), "include/linux/mm_types.h" },
	{ "shmem_rss", VT_INT, IN_6_18, true, mm_shmem_rss_value,
		N_("pages of tmpfs and shared anonymous memory mapped"),
		"include/linux/mm_types.h" },
	{ "swapents", VT_INT, IN_AVC, true, mm_swapents_value,
		N_("pages of it in swap (MM_SWAPENTS)"),
		"include/linux/mm_types.h" },
	{ "total_vm", VT_INT, IN_ALL, true, mm_total_vm_value,
		N_("pages of address space in use"),
		"include/linux/mm_types.h" },
	{ "data_vm", VT_INT, IN_6_18, false, mm_data_vm_value,
		N_("pages of it that are private and writable, but no stack"),
		"include/linux/mm_types.h" },
	{ "stack_vm", VT_INT, IN_ANON_VMA, false, mm_stack_vm_value,
		N_("pages of it in VMAs that grow down"),
		"include/linux/mm_types.h" },
	{ "exec_vm", VT_INT, IN_ANON_VMA, false, mm_exec_vm_value,
		N_("pages of it that are code and not writable"),
		"include/linux/mm_types.h" },
	{ "nr_ptes", VT_INT, IN_ALL, false, mm_nr_ptes_value,
		N_("page tables below the top one"),
		"include/linux/mm_types.h" },
	{ "pgd", VT_REF, IN_ALL, true, mm_pgd_value,
		N_("frame of the top table, what CR3 points at"),
		"include/linux/mm_types.h" },
	{ "start_brk", VT_ADDR, IN_ALL, true, mm_start_brk_value,
		N_("where the heap begins"), "include/linux/mm_types.h" },
	{ "brk", VT_ADDR, IN_ALL, true, mm_brk_value, N_("where the heap ends"),
		"include/linux/mm_types.h" },
	{ "mmap_base", VT_ADDR, IN_ANON_VMA, true, mm_base_value,
		N_("mappings are placed downwards from here"),
		"include/linux/mm_types.h" },
	{ "free_area_cache", VT_ADDR, IN_2_6_0 | IN_2_6_11, true, mm_cache_value,
		N_("where the next search for a free range begins"),
		"include/linux/sched.h" },
	{ "MMF_VM_MERGEABLE", VT_BOOL, IN_AVC, false, mm_mergeable_value,
		N_("ksmd looks at it"), "include/linux/sched.h" },
	{ "ksm_merging_pages", VT_INT, IN_6_18, true, mm_merging_value,
		N_("addresses whose pages KSM has merged"),
		"include/linux/mm_types.h" },
	{ "ksm_rmap_items", VT_INT, IN_6_18, true, mm_rmap_items_value,
		N_("addresses that ksmd remembers"),
		"include/linux/mm_types.h" },
	{ "min_flt", VT_INT, IN_ALL, false, mm_flt_value,
		N_("page faults served from memory"),
		"include/linux/sched.h" },
	{ "maj_flt", VT_INT, IN_ALL, false, mm_maj_flt_value,
		N_("page faults that had to read"), "include/linux/sched.h" },
	{ 0 },
};

/* -- the table of tables --------------------------------------------------- */

static const struct object_desc descs[NR_REF_KINDS] = {
	[REF_TASK] = { REF_TASK, "task_struct", "task", task_fields },
	[REF_VMA] = { REF_VMA, "vm_area_struct", "vma", vma_fields },
	[REF_ANON_VMA] = { REF_ANON_VMA, "anon_vma", "anon_vma",
		anon_vma_fields },
	[REF_AVC] = { REF_AVC, "anon_vma_chain", "avc", avc_fields },
	[REF_PAGE] = { REF_PAGE, "page", "page", page_fields },
	[REF_FILE] = { REF_FILE, "inode", "file", inode_fields },
	[REF_ZONE] = { REF_ZONE, "zone", "zone", zone_fields },
	[REF_SWAP] = { REF_SWAP, "swap_map", "swap", swap_fields },
	[REF_PTE_CHAIN] = { REF_PTE_CHAIN, "pte_chain", "pte_chain",
		chain_fields },
	[REF_RMAP_ITEM] = { REF_RMAP_ITEM, "rmap_item", "rmap_item",
		rmap_item_fields },
	[REF_STABLE_NODE] = { REF_STABLE_NODE, "stable_node", "stable_node",
		stable_node_fields },
	[REF_MAPLE_NODE] = { REF_MAPLE_NODE, "maple_node", "maple_node",
		maple_fields },
	[REF_CACHE] = { REF_CACHE, "kmem_cache", "cache", cache_fields },
};

const struct object_desc *object_desc(enum ref_kind kind)
{
	return kind < NR_REF_KINDS && descs[kind].name ? &descs[kind] : NULL;
}

/* A task; also by what names its other mm while it execs. */
static const struct task_struct *task_named(const struct machine *m, uint32_t id)
{
	return mm_by_id(m, id) || !(id & MM_EXEC) ? task_find(m, id & ~MM_EXEC)
						  : NULL;
}

const void *object_find(const struct machine *m, struct ref ref)
{
	const struct task_struct *task;

	switch ((enum ref_kind)ref.kind) {
	case REF_TASK:
		return task_named(m, ref.id);
	case REF_VMA:
		return vma_by_id(m, ref.id);
	case REF_ANON_VMA:
		return anon_vma_by_id(m, ref.id);
	case REF_AVC:
		return avc_by_id(m, ref.id);
	case REF_PTE_CHAIN:
		return pte_chain_by_id(m, ref.id);
	case REF_RMAP_ITEM:
		return rmap_item_by_id(m, ref.id);
	case REF_STABLE_NODE:
		return stable_node_by_id(m, ref.id);
	case REF_PAGE:
	case REF_TABLE:
		return page_by_pfn(m, ref.id);
	case REF_PTE:
	case REF_ADDR:
		task = task_find(m, ref.id);
		return task ? task->mm : NULL;
	case REF_ZONE:
		return ref.id < m->nr_zones ? &m->zones[ref.id] : NULL;
	case REF_CACHE:
		return ref.id < NR_CACHES && m->caches[ref.id].name
			       ? &m->caches[ref.id]
			       : NULL;
	case REF_SWAP:
		return ref.id && ref.id < m->swap_info.max
			       ? &m->swap_info.swap_map[ref.id]
			       : NULL;
	case REF_FILE:
		return inode_by_id(m, ref.id);
	case REF_MAPLE_NODE:
		return maple_node_by_id(m, ref.id);
	case REF_NONE:
	case NR_REF_KINDS:
		break;
	}
	return NULL;
}

bool object_exists(const struct machine *m, struct ref ref)
{
	return object_find(m, ref) != NULL;
}

bool field_present(const struct machine *m, const struct field *f)
{
	unsigned bit = 1;

	if (f->eras >= IN_ABOVE(1) && IN_ABOVE(m->tune.nrpte) <= f->eras)
		return false;
	for (unsigned i = 0; era_at(i); i++, bit <<= 1)
		if (era_at(i) == machine_era(m))
			return f->eras & bit;
	return false;
}

const struct field *field_find(
	const struct machine *m, enum ref_kind kind, const char *name)
{
	const struct object_desc *d = object_desc(kind);

	for (const struct field *f = d ? d->fields : NULL; f && f->name; f++)
		if (field_present(m, f) && !strcmp(f->name, name))
			return f;
	return NULL;
}
