/*
 * VMAs: making them, their bounds, cutting one in two.  Where they are found is
 * vma_index.c's.
 */
#include "core/vma.h"
#include "core/emit.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/idmap.h"
#include "core/slab.h"

#include <errno.h>
#include <string.h>

struct vm_area_struct *vma_intersection(const struct mm_struct *mm,
	uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = vma_lookup(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}

struct vm_area_struct *vma_alloc(struct machine *m)
{
	struct vm_area_struct *vma = slab_alloc(m, CACHE_VMA);

	if (!vma)
		return NULL;
	vma->id = idmap_next(&m->vmas);
	list_init(&vma->anon_vma_node);
	list_init(&vma->anon_vma_chain);
	idmap_add(m, &m->vmas, vma);
	return vma;
}

struct vm_area_struct *vma_dup(struct machine *m,
	const struct vm_area_struct *from, struct mm_struct *mm)
{
	struct vm_area_struct *vma = vma_alloc(m);

	if (!vma)
		return NULL;
	vma->name = from->name;
	vma->vm_start = from->vm_start;
	vma->vm_end = from->vm_end;
	vma->vm_flags = from->vm_flags;
	vma->vm_pgoff = from->vm_pgoff;
	vma->vm_mm = mm;
	vma->anon_vma = from->anon_vma;
	vma->vm_file = from->vm_file;
	if (vma->vm_file)
		inode_get(vma->vm_file);
	slab_tell(m, CACHE_VMA, vma_ref(vma));
	tell(m, EV_DUP_VMA, vma_ref(from), vma_ref(vma), 0);
	return vma;
}

void vma_free(struct machine *m, struct vm_area_struct *vma)
{
	struct inode *file = vma->vm_file;
	uint32_t id = vma->id;

	vma->vm_file = NULL; /* for those who look while the file goes */
	if (file)
		inode_put(m, file);
	idmap_remove(&m->vmas, id);
	slab_free(m, CACHE_VMA, vma, ref_make(REF_VMA, id));
}

void vma_start_write(struct machine *m, struct vm_area_struct *vma)
{
	if (ops_of(m)->vma_locks && !vma->vm_lock.writer)
		lock_write(m, &vma->vm_lock, vma_ref(vma), "vm_lock");
}

void vma_set_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t pgoff)
{
	bool grows = start < vma->vm_start || end > vma->vm_end;
	bool locked;

	if (grows)
		(void)vma_reserve(m, vma->vm_mm, start, end, vma);
	locked = vma_file_lock(m, vma);
	vma_start_write(m, vma);
	if (vma->vm_file)
		i_mmap_range_pre(m, &vma->vm_file->i_mapping, vma);
	ops_of(m)->range_pre(m, vma);
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_pgoff = pgoff;
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_VMA_RANGE,
				     .o = vma_ref(vma), .field = "vm_start",
				     .type = VT_ADDR, .old = start, .new = end,
				     .n = pgoff });
	if (grows)
		vma_store(m, vma);
	ops_of(m)->range_post(m, vma);
	if (vma->vm_file)
		i_mmap_range_post(m, &vma->vm_file->i_mapping, vma);
	vma_file_unlock(m, vma, locked);
}

int vma_shrink(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end)
{
	uint64_t from = start > vma->vm_start ? vma->vm_start : end;
	uint64_t to = start > vma->vm_start ? start : vma->vm_end;

	if (vma_reserve(m, vma->vm_mm, from, to, NULL))
		return -ENOMEM;
	vma_set_range(m, vma, start, end, vma->vm_pgoff);
	if (ops_of(m)->index->ranges)
		vma_detached(m, vma->vm_mm, from, to);
	return 0;
}

/* vma_adjust with a VMA to insert: all under one hold of i_mmap's lock.  From
 * 4.0 on the new one enters i_mmap before the old one changes. */
static void split_range(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *new, uint64_t addr, bool new_below)
{
	bool first = ops_of(m)->split_links_file_first;
	bool locked = vma_file_lock(m, vma);

	if (first)
		vma_link_file(m, new);
	if (new_below)
		vma_set_range(m, vma, addr, vma->vm_end,
			linear_page_index(vma, addr));
	else
		vma_set_range(m, vma, vma->vm_start, addr, vma->vm_pgoff);
	vma_link(m, new);
	if (!first)
		vma_link_file(m, new);
	vma_file_unlock(m, vma, locked);
}

void tell_cut(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr, enum vma_cut cut, const char *name)
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_VMA_CUT,
				     .o = vma_ref(vma),
				     .p = addr_ref(vma->vm_mm, addr),
				     .field = name,
				     .n = cut });
}

/* 2.4 has no such function: its mlock tells its own cuts. */
static void tell_split(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr, bool new_below)
{
	if (machine_era(m)->fn[FN_SPLIT])
		tell_cut(m, vma, addr, new_below ? CUT_BELOW : CUT_ABOVE,
			new_below ? "new_below = 1" : "new_below = 0");
}

/*
 * __split_vma (4.0, 6.18 mm) / split_vma (2.6.11 mm/mmap.c): a copy with the
 * same anon_vma and all its links; then the old one shrinks.  Pages, their
 * mapping and their index are not touched: vm_pgoff moves with vm_start.
 */
int vma_split_unlimited(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool new_below)
{
	struct vm_area_struct *new;
	uint64_t above = linear_page_index(vma, addr);

	call(m, FN_SPLIT, vma_ref(vma), addr_ref(vma->vm_mm, addr), new_below);
	tell_split(m, vma, addr, new_below);
	new = vma_dup(m, vma, vma->vm_mm);
	if (!new)
		goto no_memory;
	if (new_below) {
		new->vm_end = addr;
	} else {
		new->vm_start = addr;
		new->vm_pgoff = above;
	}
	if (vma_reserve(m, new->vm_mm, new->vm_start, new->vm_end, new)) {
		vma_free(m, new);
		goto no_memory;
	}
	if (new->anon_vma && ops_of(m)->anon_vma_clone(m, new, vma)) {
		vma_unreserve(m);
		vma_free(m, new);
		goto no_memory;
	}
	split_range(m, vma, new, addr, new_below);
	ret(m, FN_SPLIT);
	return 0;
no_memory:
	ret(m, FN_SPLIT);
	return -ENOMEM;
}

int vma_split(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool new_below)
{
	if (!ops_of(m)->split_unlimited &&
		vma->vm_mm->map_count >= m->tune.max_map_count)
		return -ENOMEM;
	return vma_split_unlimited(m, vma, addr, new_below);
}

void vma_absorbed(struct machine *m, struct vm_area_struct *vma)
{
	vma_unlink(m, vma);
	vma_unlink_file(m, vma);
	if (vma->anon_vma)
		ops_of(m)->unlink_anon_vmas(m, vma);
	vma_free(m, vma);
}

int vma_each_part(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, vma_part_fn *fn, const void *ctx)
{
	int hole = 0;

	while (start < end) {
		struct vm_area_struct *vma = find_vma(m, mm, start);
		uint64_t stop;
		int err;

		if (!vma)
			return -ENOMEM;
		if (start < vma->vm_start) {
			hole = -ENOMEM;
			start = vma->vm_start;
			if (start >= end)
				break;
		}
		stop = vma->vm_end < end ? vma->vm_end : end;
		err = fn(m, vma, start, stop, ctx);
		if (err)
			return err;
		start = stop;
	}
	return hole;
}
