/* What all generations with an anon_vma share. */
#include "core/rmap.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/idmap.h"
#include "core/page_alloc.h"
#include "core/slab.h"

#include <errno.h>

static void set_mapping(struct machine *m, struct page *page,
	struct anon_vma *av)
{
	const struct anon_vma *old = page_anon_vma(page);

	page->mapping = (uintptr_t)av | PAGE_MAPPING_ANON;
	tell_set(m, page_ref(m, page), "mapping", VT_MAPPING,
		ref_value(anon_vma_ref(old)), ref_value(anon_vma_ref(av)));
}

static void set_index(struct machine *m, struct page *page, uint64_t index)
{
	uint64_t old = page->index;

	page->index = index;
	tell_set(m, page_ref(m, page), "index", VT_HEX, old, index);
}

/* 6.18: what may be dropped has no place in swap. */
static uint32_t new_anon_flags(const struct machine *m,
	const struct vm_area_struct *vma)
{
	uint32_t flags = ops_of(m)->new_page_flags;

	return (vma->vm_flags & VM_DROPPABLE) ? flags & ~PG(SWAPBACKED) : flags;
}

void anon_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	call(m, FN_ADD_NEW_RMAP, page_ref(m, page), vma_ref(vma), addr);
	page_set_flag(m, page, new_anon_flags(m, vma));
	page_change_mapcount(m, page, 1);
	set_mapping(m, page, vma->anon_vma);
	set_index(m, page, linear_page_index(vma, addr));
	if (ops_of(m)->exclusive)
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	ret(m, FN_ADD_NEW_RMAP);
}

/* 2.6.11: the first mapping says where it belongs.  4.0, 6.18: a page that is
 * anonymous already has kept that while it was unmapped; one read anew belongs
 * to the oldest anon_vma unless it is ours alone (__page_set_anon_rmap). */
void anon_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive)
{
	const struct era_ops *ops = ops_of(m);
	struct anon_vma *av = vma->anon_vma;
	bool first = page_mapcount(page) == 0;
	bool known = ops->swapin_root ? page_is_anon(page) : !first;
	enum fn fn = known || !ops->exclusive ? FN_ADD_RMAP : FN_ADD_NEW_RMAP;

	call(m, fn, page_ref(m, page), vma_ref(vma), addr);
	page_change_mapcount(m, page, 1);
	if (!known) {
		set_mapping(m, page,
			ops->swapin_root && !exclusive ? av->root : av);
		set_index(m, page, linear_page_index(vma, addr));
	}
	if (ops->exclusive && exclusive)
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	ret(m, fn);
}

void file_add_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	call(m, FN_ADD_FILE_RMAP, page_ref(m, page), vma_ref(vma), addr);
	page_change_mapcount(m, page, 1);
	ret(m, FN_ADD_FILE_RMAP);
}

void anon_dup_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	bool anon = kind_is_anon(page->kind);
	enum fn fn = anon ? FN_DUP_RMAP : FN_DUP_FILE_RMAP;

	(void)mm;
	(void)addr;
	call(m, fn, page_ref(m, page), NO_REF, 0);
	if (ops_of(m)->exclusive && anon)
		page_clear_flag(m, page, PG(ANON_EXCLUSIVE));
	page_change_mapcount(m, page, 1);
	ret(m, fn);
}

void anon_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	(void)mm;
	(void)addr;
	call(m, FN_REMOVE_RMAP, page_ref(m, page), NO_REF, 0);
	page_change_mapcount(m, page, -1);
	ret(m, FN_REMOVE_RMAP);
}

void page_move_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma)
{
	call(m, FN_MOVE_RMAP, page_ref(m, page), vma_ref(vma), 0);
	set_mapping(m, page, vma->anon_vma);
	ret(m, FN_MOVE_RMAP);
}

/* -- anon_vmas ---------------------------------------------------------- */

struct anon_vma *anon_vma_alloc(struct machine *m)
{
	struct anon_vma *av = slab_alloc(m, CACHE_ANON_VMA);

	if (!av)
		return NULL;
	av->id = idmap_next(&m->anon_vmas);
	av->root = av->parent = av;
	list_init(&av->head);
	idmap_add(m, &m->anon_vmas, av);
	slab_tell(m, CACHE_ANON_VMA, anon_vma_ref(av));
	return av;
}

void anon_vma_free(struct machine *m, struct anon_vma *av)
{
	struct ref ref = anon_vma_ref(av);

	idmap_remove(&m->anon_vmas, av->id);
	slab_free(m, CACHE_ANON_VMA, av, ref);
}

void vma_set_anon_vma(struct machine *m, struct vm_area_struct *vma,
	struct anon_vma *av)
{
	uint64_t old = ref_value(anon_vma_ref(vma->anon_vma));

	vma->anon_vma = av;
	tell_set(m, vma_ref(vma), "anon_vma", VT_REF, old,
		ref_value(anon_vma_ref(av)));
}

/* Could the two be one VMA but for their protection?  @b comes after @a. */
static bool nearly_mergeable(const struct vm_area_struct *a,
	const struct vm_area_struct *b)
{
	uint64_t access = VM_READ | VM_WRITE | VM_EXEC;

	return a->vm_end == b->vm_start && a->vm_file == b->vm_file &&
		!((a->vm_flags ^ b->vm_flags) & ~access) &&
		a->vm_pgoff + vma_pages(a) == b->vm_pgoff;
}

struct anon_vma *find_mergeable_anon_vma(struct machine *m,
	struct vm_area_struct *vma,
	bool (*fits)(const struct vm_area_struct *neighbour))
{
	struct vm_area_struct *const near[] = { vma->vm_next, vma->vm_prev };
	struct anon_vma *found = NULL;

	call(m, FN_FIND_MERGEABLE, vma_ref(vma), NO_REF, 0);
	for (int i = 0; i < 2 && !found; i++) {
		struct vm_area_struct *n = near[i];

		if (!n)
			continue;
		cost(m, COST_VMAS, 1);
		tell(m, EV_TRY_NEIGHBOUR, vma_ref(vma), vma_ref(n), 0);
		if (n->anon_vma && fits(n) &&
			(i ? nearly_mergeable(n, vma)
			   : nearly_mergeable(vma, n)))
			found = n->anon_vma;
		if (found)
			tell(m, EV_ADOPT_ANON_VMA, vma_ref(vma),
				anon_vma_ref(found), 0);
		else
			tell(m, EV_NO_ADOPTION, vma_ref(vma), vma_ref(n), 0);
	}
	ret(m, FN_FIND_MERGEABLE);
	return found;
}
