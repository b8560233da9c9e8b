/* The state record: everything that a machine holds, as one line of JSON. */
#include "view/records.h"

#include "core/objects.h"
#include "core/swapops.h"

static void put_flags(struct json *j, uint64_t flags, unsigned count,
	const char *(*name)(unsigned bit))
{
	json_array(j, "flags");
	for (unsigned bit = 0; bit < count; bit++)
		if (flags >> bit & 1 && name(bit))
			json_string(j, NULL, name(bit));
	json_array_end(j);
}

static const char *page_flag(unsigned bit)
{
	return page_flag_name((enum page_flag_bit)bit);
}

static void put_anon_vma(
	struct json *j, const char *key, const struct anon_vma *av)
{
	json_ref(j, key, av ? ref_make(REF_ANON_VMA, av->id) : NO_REF);
}

/* -- address spaces ------------------------------------------------------ */

static void put_vma(struct json *j, const struct vm_area_struct *vma)
{
	char prot[4] = { vma->vm_flags & VM_READ ? 'r' : '-',
		vma->vm_flags & VM_WRITE ? 'w' : '-',
		vma->vm_flags & VM_EXEC ? 'x' : '-', 0 };

	json_object(j, NULL);
	json_ref(j, "id", ref_make(REF_VMA, vma->id));
	json_hex(j, "start", vma->vm_start);
	json_hex(j, "end", vma->vm_end);
	json_string(j, "prot", prot);
	json_bool(j, "shared", vma->vm_flags & VM_SHARED);
	json_ref(j, "file",
		vma->vm_file ? ref_make(REF_FILE, vma->vm_file->id) : NO_REF);
	json_hex(j, "pgoff", vma->vm_pgoff);
	put_flags(j, vma->vm_flags, 64, vm_flag_name);
	put_anon_vma(j, "anon_vma", vma->anon_vma);
	json_array(j, "chain");
	list_for_each(pos, &vma->anon_vma_chain)
	{
		struct anon_vma_chain *avc =
			container_of(pos, struct anon_vma_chain, same_vma);

		put_anon_vma(j, NULL, avc->anon_vma);
	}
	json_array_end(j);
	json_object_end(j);
}

static int put_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	bool present = pte_present(m, pte);
	struct json *j = ctx;

	(void)mm;
	json_object(j, NULL);
	json_hex(j, "addr", addr);
	if (present)
		json_hex(j, "pfn", pte_pfn(m, pte));
	else
		json_null(j, "pfn");
	json_bool(j, "present", present);
	json_bool(j, "write", present && pte_write(m, pte));
	json_bool(j, "dirty", present && pte_dirty(m, pte));
	json_bool(j, "young", present && pte_young(m, pte));
	if (pte_is_swap(m, pte))
		json_count(j, "swap", swap_slot(m, pte));
	else
		json_null(j, "swap");
	if (pte_is_guard(m, pte))
		json_bool(j, "guard", true);
	json_object_end(j);
	return 0;
}

static void put_task(
	struct json *j, const struct machine *m, const struct task_struct *task)
{
	json_object(j, NULL);
	json_string(j, "task", task->name);
	json_count(j, "pid", task->pid);
	if (task->mm->mm_users > 1) /* whose all of this is, too */
		json_count(j, "mm", task->mm->id);
	json_array(j, "vmas");
	for (const struct vm_area_struct *vma = task->mm->mmap; vma;
		vma = vma->vm_next)
		put_vma(j, vma);
	json_array_end(j);
	json_array(j, "pages");
	mm_for_each_pte(
		m, task->mm, 0, machine_paging(m)->task_size, put_pte, j);
	json_array_end(j);
	json_object_end(j);
}

static void put_tasks(struct json *j, const struct machine *m)
{
	json_array(j, "tasks");
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (task && task->mm)
			put_task(j, m, task);
	}
	json_array_end(j);
}

/* -- the reverse map ----------------------------------------------------- */

/* Members of @av: VMAs on its list (2.6.11) or in its tree, by order there. */
static void put_members(struct json *j, const struct anon_vma *av)
{
	json_array(j, "vmas");
	list_for_each(pos, &av->head)
	{
		struct vm_area_struct *vma =
			container_of(pos, struct vm_area_struct, anon_vma_node);

		json_ref(j, NULL, ref_make(REF_VMA, vma->id));
	}
	for (struct rb_node *n = rb_first(&av->rb_root); n; n = rb_next(n)) {
		struct anon_vma_chain *avc =
			container_of(n, struct anon_vma_chain, rb);

		json_ref(j, NULL, ref_make(REF_VMA, avc->vma->id));
	}
	json_array_end(j);
}

static void put_anon_vmas(struct json *j, const struct machine *m)
{
	bool has_root = field_find(m, REF_ANON_VMA, "root");

	json_array(j, "anon_vmas");
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		const struct anon_vma *av = anon_vma_by_id(m, id);

		if (!av)
			continue;
		json_object(j, NULL);
		put_anon_vma(j, "id", av);
		put_anon_vma(j, "root", has_root ? av->root : NULL);
		put_anon_vma(j, "parent",
			has_root && av->parent != av ? av->parent : NULL);
		put_members(j, av);
		json_object_end(j);
	}
	json_array_end(j);
}

/* -- files ---------------------------------------------------------------- */

static void put_file(struct json *j, const struct machine *m,
	const struct inode *inode)
{
	json_object(j, NULL);
	json_ref(j, "id", ref_make(REF_FILE, inode->id));
	json_string(j, "name", string_text(m, inode->name));
	json_count(j, "pages", inode->i_size);
	json_count(j, "cached", inode->i_mapping.nrpages);
	json_bool(j, "tmpfs", inode->tmpfs);
	json_bool(j, "hidden", inode->hidden);
	json_object_end(j);
}

static void put_files(struct json *j, const struct machine *m)
{
	json_array(j, "files");
	for (uint32_t id = 1; id <= m->inodes.last; id++) {
		const struct inode *inode = inode_by_id(m, id);

		if (inode)
			put_file(j, m, inode);
	}
	json_array_end(j);
}

/* -- frames -------------------------------------------------------------- */

static bool in_use(const struct page *page)
{
	return page->kind == PAGE_ANON || page->kind == PAGE_FILE ||
	       page->kind == PAGE_SHMEM || page->kind == PAGE_KSM;
}

static void put_mapping(struct json *j, const struct machine *m,
	const struct page *page)
{
	const struct field *f = field_find(m, REF_PAGE, "mapping");
	uint64_t value = f->get(m, page);

	json_ref(j, "mapping",
		ref_make((enum ref_kind)(value >> 32), (uint32_t)value));
}

static void put_page(struct json *j, const struct machine *m, uint64_t pfn)
{
	const struct page *page = page_by_pfn(m, pfn);
	const char *lru = lru_name(m, (enum lru_list)page->lru_list);

	json_object(j, NULL);
	json_hex(j, "pfn", pfn);
	json_string(j, "kind", page_kind_name((enum page_kind)page->kind));
	json_number(j, "mapcount", page_mapcount(page));
	json_number(j, "refcount", page->_refcount);
	put_mapping(j, m, page);
	if (page->mapping)
		json_hex(j, "index", page->index);
	else
		json_null(j, "index");
	put_flags(j, page->flags, NR_PAGE_FLAGS, page_flag);
	json_string(j, "lru", *lru ? lru : NULL);
	json_value(j, "value", m, page->value);
	json_object_end(j);
}

static void put_pages(struct json *j, const struct machine *m)
{
	json_array(j, "pages");
	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++)
		if (in_use(page_by_pfn(m, pfn)))
			put_page(j, m, pfn);
	json_array_end(j);
}

static void put_free(struct json *j, const struct machine *m)
{
	json_object(j, "free");
	for (unsigned i = 0; i < m->nr_zones; i++) {
		json_array(j, m->zones[i].name);
		for (unsigned order = 0; order < NR_ORDERS; order++)
			json_count(
				j, NULL, m->zones[i].free_area[order].nr_free);
		json_array_end(j);
	}
	json_object_end(j);
}

/* Slots that somebody needs: users other than the cache, what a user would
 * read, and what that kernel's swap_map holds. */
static void put_swap(struct json *j, const struct machine *m)
{
	json_array(j, "swap");
	for (uint64_t slot = 1; slot < m->swap_info.max; slot++) {
		const struct page *page = swap_cache_page(m, slot);

		if (!m->swap_info.swap_map[slot])
			continue;
		json_object(j, NULL);
		json_count(j, "slot", slot);
		json_count(j, "count", swap_count(m, slot));
		json_bool(j, "cached", page);
		json_value(j, "value", m,
			page ? page->value : m->swap_info.value[slot]);
		json_count(j, "swap_map", swap_map_raw(m, slot));
		json_object_end(j);
	}
	json_array_end(j);
}

/* What all operations up to now have cost together. */
static struct costs all_costs(const struct machine *m)
{
	struct costs sum = m->total;

	for (unsigned i = 0; i < NR_COSTS; i++)
		sum.n[i] += m->op_costs.n[i];
	return sum;
}

void record_state(struct json *j, const struct machine *m, struct pos pos)
{
	struct costs costs = all_costs(m);

	json_object(j, NULL);
	json_string(j, "type", "state");
	json_count(j, "op", pos.op);
	if (!pos_is_whole(pos))
		json_count(j, "event", pos.event);
	json_string(j, "era", machine_era(m)->name);
	put_tasks(j, m);
	put_anon_vmas(j, m);
	put_files(j, m);
	put_pages(j, m);
	put_free(j, m);
	put_swap(j, m);
	json_costs(j, "costs", &costs);
	json_object_end(j);
	json_line_end(j);
}
