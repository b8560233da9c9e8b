/*
 * Fields of objects under the scenario's own names.  What is not here is looked
 * up in the core's tables under the kernel's names.
 */
#include "core/filemap.h"
#include "script/api.h"

#include <string.h>

/* -- values of all kinds ------------------------------------------------- */

void push_value(lua_State *L, value_t value)
{
	const struct machine *m = run_machine(L);

	switch (VALUE_TAG(value)) {
	case VALUE_STRING:
		lua_pushstring(L, string_text(m, (uint32_t)value));
		break;
	case VALUE_FILE:
		lua_pushfstring(L, "%s#%d", inode_name(m, value_file(value)),
			(int)(value & 0xffffff));
		break;
	default: /* 48 bits, signed */
		lua_pushinteger(L, (lua_Integer)(value << 16) >> 16);
	}
}

static void push_vm_flags(lua_State *L, uint64_t flags)
{
	lua_newtable(L);
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = vm_flag_name(bit);

		if (!(flags >> bit & 1) || !name)
			continue;
		lua_pushboolean(L, true);
		lua_setfield(L, -2, name);
	}
}

static void push_page_flags(lua_State *L, uint32_t flags)
{
	lua_newtable(L);
	for (unsigned bit = 0; bit < NR_PAGE_FLAGS; bit++) {
		lua_pushboolean(L, flags >> bit & 1);
		lua_setfield(L, -2, page_flag_name((enum page_flag_bit)bit));
	}
}

static void push_ref_value(lua_State *L, uint64_t value)
{
	enum ref_kind kind = (enum ref_kind)(value >> 32);
	const struct object_desc *d;

	if (kind == REF_NONE || kind >= NR_REF_KINDS) {
		lua_pushnil(L);
	} else if (object_word(kind)) {
		object_push(L, ref_make(kind, (uint32_t)value));
	} else {
		d = object_desc(kind);
		lua_pushfstring(L, "%s:%d", d ? d->prefix : "object",
			(int)(uint32_t)value);
	}
}

void push_typed(lua_State *L, const struct field *f, uint64_t value)
{
	switch (f->type) {
	case VT_BOOL:
		lua_pushboolean(L, value != 0);
		break;
	case VT_REF:
		push_ref_value(L, value);
		break;
	case VT_MAPPING:
		push_ref_value(L, value);
		break;
	case VT_VALUE:
		push_value(L, value);
		break;
	case VT_PAGE_FLAGS:
		push_page_flags(L, (uint32_t)value);
		break;
	case VT_VM_FLAGS:
		push_vm_flags(L, value);
		break;
	default:
		lua_pushinteger(L, (lua_Integer)value);
	}
}

void push_costs(lua_State *L, const struct costs *costs)
{
	lua_createtable(L, 0, NR_COSTS);
	for (unsigned i = 0; i < NR_COSTS; i++) {
		lua_pushinteger(L, (lua_Integer)costs->n[i]);
		lua_setfield(L, -2, cost_name((enum cost_id)i));
	}
}

/* -- task ---------------------------------------------------------------- */

static const struct task_struct *task_of(lua_State *L, struct ref ref)
{
	return task_find(run_machine(L), ref.id);
}

static void task_name(lua_State *L, struct ref ref)
{
	lua_pushstring(L, task_of(L, ref)->name);
}

static void task_pid(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, ref.id);
}

static void task_parent(lua_State *L, struct ref ref)
{
	uint32_t parent = task_of(L, ref)->parent;

	object_push(L, parent ? ref_make(REF_TASK, parent) : NO_REF);
}

static void task_exited(lua_State *L, struct ref ref)
{
	lua_pushboolean(L, task_of(L, ref)->exited);
}

/* -- vma ----------------------------------------------------------------- */

static const struct vm_area_struct *vma_of(lua_State *L, struct ref ref)
{
	return vma_by_id(run_machine(L), ref.id);
}

static void vma_start(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, (lua_Integer)vma_of(L, ref)->vm_start);
}

static void vma_stop(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, (lua_Integer)vma_of(L, ref)->vm_end);
}

static void vma_prot(lua_State *L, struct ref ref)
{
	uint64_t flags = vma_of(L, ref)->vm_flags;
	char prot[4] = { flags & VM_READ ? 'r' : '-',
		flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-', 0 };

	lua_pushstring(L, prot);
}

static void vma_flags(lua_State *L, struct ref ref)
{
	push_vm_flags(L, vma_of(L, ref)->vm_flags);
}

static void vma_pgoff(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, (lua_Integer)vma_of(L, ref)->vm_pgoff);
}

static void vma_file(lua_State *L, struct ref ref)
{
	const struct inode *inode = vma_of(L, ref)->vm_file;

	object_push(L, inode ? ref_make(REF_FILE, inode->id) : NO_REF);
}

static void vma_anon_vma(lua_State *L, struct ref ref)
{
	const struct anon_vma *av = vma_of(L, ref)->anon_vma;

	object_push(L, av ? ref_make(REF_ANON_VMA, av->id) : NO_REF);
}

static void vma_task(lua_State *L, struct ref ref)
{
	const struct task_struct *t =
		mm_owner(run_machine(L), vma_of(L, ref)->vm_mm);

	object_push(L, t ? ref_make(REF_TASK, t->pid) : NO_REF);
}

static void vma_name(lua_State *L, struct ref ref)
{
	uint32_t name = vma_of(L, ref)->name;

	if (name)
		lua_pushstring(L, string_text(run_machine(L), name));
	else
		lua_pushnil(L);
}

/* The list of a kernel without chains was never made into a ring. */
static bool has_chain(const struct vm_area_struct *vma)
{
	return vma->anon_vma_chain.next != NULL;
}

static void vma_chain(lua_State *L, struct ref ref)
{
	const struct vm_area_struct *vma = vma_of(L, ref);
	lua_Integer n = 0;

	lua_newtable(L);
	if (!has_chain(vma))
		return;
	list_for_each(pos, &vma->anon_vma_chain)
	{
		const struct anon_vma_chain *avc =
			container_of(pos, struct anon_vma_chain, same_vma);

		object_push(L, ref_make(REF_ANON_VMA, avc->anon_vma->id));
		lua_rawseti(L, -2, ++n);
	}
}

/* -- anon_vma ------------------------------------------------------------ */

static const struct anon_vma *anon_vma_of(lua_State *L, struct ref ref)
{
	return anon_vma_by_id(run_machine(L), ref.id);
}

static void push_anon_vma(lua_State *L, const struct anon_vma *av)
{
	object_push(L, av ? ref_make(REF_ANON_VMA, av->id) : NO_REF);
}

static void anon_vma_root(lua_State *L, struct ref ref)
{
	push_anon_vma(L, anon_vma_of(L, ref)->root);
}

static void anon_vma_parent(lua_State *L, struct ref ref)
{
	const struct anon_vma *av = anon_vma_of(L, ref);

	push_anon_vma(L, av->parent == av ? NULL : av->parent);
}

static bool vma_is_on(
	const struct vm_area_struct *vma, const struct anon_vma *av)
{
	if (vma->anon_vma == av)
		return true;
	if (!has_chain(vma))
		return false;
	list_for_each(pos, &vma->anon_vma_chain)
	{
		if (container_of(pos, struct anon_vma_chain, same_vma)
				->anon_vma == av)
			return true;
	}
	return false;
}

static void anon_vma_vmas(lua_State *L, struct ref ref)
{
	const struct anon_vma *av = anon_vma_of(L, ref);
	const struct machine *m = run_machine(L);
	lua_Integer n = 0;

	lua_newtable(L);
	for (uint32_t id = 1; id <= m->vmas.last; id++) {
		const struct vm_area_struct *vma = vma_by_id(m, id);

		if (!vma || !vma_is_on(vma, av))
			continue;
		object_push(L, ref_make(REF_VMA, id));
		lua_rawseti(L, -2, ++n);
	}
}

/* -- page ---------------------------------------------------------------- */

static const struct page *page_of(lua_State *L, struct ref ref)
{
	return page_by_pfn(run_machine(L), ref.id);
}

static void page_pfn_field(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, ref.id);
}

static void page_kind_field(lua_State *L, struct ref ref)
{
	lua_pushstring(
		L, page_kind_name((enum page_kind)page_of(L, ref)->kind));
}

static void page_mapcount_field(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, page_mapcount(page_of(L, ref)));
}

static void page_refcount_field(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, page_of(L, ref)->_refcount);
}

static void page_mapping_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	const struct page *page = page_of(L, ref);
	const struct inode *inode = page_inode(m, page);

	if (inode)
		object_push(L, ref_make(REF_FILE, inode->id));
	else if (page_stable_node(page))
		object_push(L, ref_make(REF_STABLE_NODE,
				       page_stable_node(page)->id));
	else
		push_anon_vma(L, page_anon_vma_alive(m, page));
}

static void page_index_field(lua_State *L, struct ref ref)
{
	const struct page *page = page_of(L, ref);

	if (page->mapping)
		lua_pushinteger(L, (lua_Integer)page->index);
	else
		lua_pushnil(L); /* means nothing without a mapping */
}

static void page_flags_field(lua_State *L, struct ref ref)
{
	push_page_flags(L, page_of(L, ref)->flags);
}

static void page_lru_field(lua_State *L, struct ref ref)
{
	const char *name = lru_name(
		run_machine(L), (enum lru_list)page_of(L, ref)->lru_list);

	if (*name)
		lua_pushstring(L, name);
	else
		lua_pushnil(L);
}

static void page_value_field(lua_State *L, struct ref ref)
{
	const struct page *page = page_of(L, ref);

	switch (page->kind) {
	case PAGE_ZERO:
		lua_pushinteger(L, 0);
		break;
	case PAGE_ANON:
	case PAGE_FILE:
	case PAGE_SHMEM:
	case PAGE_KSM:
		push_value(L, page->value);
		break;
	default:
		lua_pushnil(L);
	}
}

/* -- machine ------------------------------------------------------------- */

static void machine_era_field(lua_State *L, struct ref ref)
{
	(void)ref;
	lua_pushstring(L, machine_era(run_machine(L))->name);
}

static void machine_arch_field(lua_State *L, struct ref ref)
{
	(void)ref;
	lua_pushstring(L, machine_paging(run_machine(L))->name);
}

static void machine_ram_field(lua_State *L, struct ref ref)
{
	(void)ref;
	lua_pushinteger(L, (lua_Integer)run_machine(L)->ram);
}

static void machine_free_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	uint64_t free_pages = 0;

	(void)ref;
	for (unsigned i = 0; i < m->nr_zones; i++)
		free_pages += m->zones[i].free_pages;
	lua_pushinteger(L, (lua_Integer)free_pages);
}

static void machine_step_field(lua_State *L, struct ref ref)
{
	(void)ref;
	lua_pushinteger(L, run_of(L)->steps);
}

static void machine_tasks_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	lua_Integer n = 0;

	(void)ref;
	lua_newtable(L);
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *t = task_find(m, pid);

		if (!t || t->exited)
			continue;
		object_push(L, ref_make(REF_TASK, pid));
		lua_rawseti(L, -2, ++n);
	}
}

/* Names as in /sys/kernel/mm/ksm. */
static void machine_ksm_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	const struct ksm *k = &m->ksm;
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
		{ "pages_shared", k->pages_shared },
		{ "pages_sharing", k->pages_sharing },
		{ "pages_unshared", k->pages_unshared },
		{ "pages_scanned", k->pages_scanned },
		{ "pages_skipped", k->pages_skipped },
		{ "full_scans", k->seqnr },
	};

	(void)ref;
	if (!m->caches[CACHE_KSM_RMAP_ITEM].name) {
		lua_pushnil(L);
		return;
	}
	lua_newtable(L);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		lua_pushinteger(L, (lua_Integer)counts[i].n);
		lua_setfield(L, -2, counts[i].name);
	}
}

/* -- KSM ------------------------------------------------------------------- */

static void stable_page(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	const struct stable_node *node = stable_node_by_id(m, ref.id);
	bool stale = page_stable_node(&m->mem_map[node->kpfn]) != node;

	object_push(L, stale ? NO_REF : ref_make(REF_PAGE, node->kpfn));
}

static void stable_items(lua_State *L, struct ref ref)
{
	const struct stable_node *node =
		stable_node_by_id(run_machine(L), ref.id);
	lua_Integer n = 0;

	lua_newtable(L);
	for (const struct list_head *p = node->hlist.next; p != &node->hlist;
		p = p->next) {
		object_push(L, ref_make(REF_RMAP_ITEM,
			container_of((struct list_head *)p, struct rmap_item,
				hlist)->id));
		lua_rawseti(L, -2, ++n);
	}
}

static void item_task(lua_State *L, struct ref ref)
{
	const struct rmap_item *item =
		rmap_item_by_id(run_machine(L), ref.id);

	object_push(L, ref_make(REF_TASK, item->mm->id));
}

static const struct api_field fields[] = {
	{ "task", "name", "string", "its name", task_name },
	{ "task", "pid", "integer", "its number, from 1", task_pid },
	{ "task", "parent", "task?", "who forked it", task_parent },
	{ "task", "exited", "boolean", "it has exited", task_exited },
	{ "page", "pfn", "integer", "number of the frame", page_pfn_field },
	{ "page", "kind", "string",
		"anon file shmem zero table slab reserved free ksm",
		page_kind_field },
	{ "page", "mapcount", "integer", "page-table entries that map it",
		page_mapcount_field },
	{ "page", "refcount", "integer", "references to it",
		page_refcount_field },
	{ "page", "mapping", "anon_vma|stable_node|file|nil",
		"what it belongs to",
		page_mapping_field },
	{ "page", "index", "integer?", "its page offset in the mapping",
		page_index_field },
	{ "page", "flags", "table<string, boolean>",
		"the kernel's flags without PG_", page_flags_field },
	{ "page", "lru", "string?", "the list it is on", page_lru_field },
	{ "page", "value", "integer|string|nil", "what it holds",
		page_value_field },
	{ "page", "slot", "integer?", "its swap slot in the swap cache",
		page_slot_field },
	{ "vma", "start", "integer", "its first address", vma_start },
	{ "vma", "stop", "integer", "the first address after it", vma_stop },
	{ "vma", "prot", "string", "\"rwx\" with - for what is not allowed",
		vma_prot },
	{ "vma", "flags", "table<string, boolean>",
		"two-letter flags as in smaps", vma_flags },
	{ "vma", "pgoff", "integer", "page offset of its start", vma_pgoff },
	{ "vma", "file", "file?", "the file it maps", vma_file },
	{ "vma", "anon_vma", "anon_vma?", "where its new pages go",
		vma_anon_vma },
	{ "vma", "chain", "anon_vma[]",
		"the anon_vmas it may have pages in (4.0 and later)",
		vma_chain },
	{ "vma", "task", "task?", "whose it is", vma_task },
	{ "vma", "name", "string?", "the name that mmap gave it", vma_name },
	{ "anon_vma", "root", "anon_vma?", "the oldest of its family",
		anon_vma_root },
	{ "anon_vma", "parent", "anon_vma?", "that of the forked VMA",
		anon_vma_parent },
	{ "anon_vma", "vmas", "vma[]", "the VMAs that it leads to",
		anon_vma_vmas },
	{ "stable_node", "page", "page?", "its KSM page", stable_page },
	{ "stable_node", "items", "rmap_item[]",
		"who shares it, the newest first", stable_items },
	{ "rmap_item", "task", "task?", "whose address it is", item_task },
	{ "file", "name", "string", "its name", file_name_field },
	{ "file", "pages", "integer", "its size in pages", file_pages_field },
	{ "file", "size", "integer", "its size in bytes", file_size_field },
	{ "file", "cached", "integer", "pages of it in the page cache",
		file_cached_field },
	{ "machine", "era", "string", "the kernel generation",
		machine_era_field },
	{ "machine", "arch", "string", "the paging geometry",
		machine_arch_field },
	{ "machine", "ram", "integer", "bytes of memory", machine_ram_field },
	{ "machine", "swap", "integer", "bytes of swap", machine_swap_field },
	{ "machine", "slots", "table[]",
		"swap slots in use: {slot=, count=, cached=, value=, "
		"swap_map=}",
		machine_slots_field },
	{ "machine", "free", "integer", "free frames", machine_free_field },
	{ "machine", "zones", "table[]",
		"zones with their watermarks: {name=, free=, min=, low=, high=}",
		machine_zones_field },
	{ "machine", "lru", "table<string, integer>",
		"pages on each LRU list, by its name", machine_lru_field },
	{ "machine", "ksm", "table<string, integer>?",
		"what ksmd has done: {pages_shared=, pages_sharing=, "
		"pages_unshared=, pages_scanned=, pages_skipped=, "
		"full_scans=}",
		machine_ksm_field },
	{ "machine", "step", "integer", "operations done", machine_step_field },
	{ "machine", "tasks", "task[]", "the tasks that live",
		machine_tasks_field },
};

const struct api_field *api_field_at(unsigned i)
{
	return i < sizeof(fields) / sizeof(*fields) ? &fields[i] : NULL;
}
