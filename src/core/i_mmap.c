/*
 * What every form of i_mmap has in common: its lock, the count of mappings
 * that may write, what is told of a walk.
 *
 * Invariant: nr_mmap VMAs stand in the structure; i_mmap_writable is how many
 * of them have the flags that the era counts.
 */
#include "core/i_mmap_in.h"

static const struct i_mmap_ops *form_of(const struct machine *m)
{
	return ops_of(m)->i_mmap;
}

void i_mmap_init(struct machine *m, struct address_space *mapping)
{
	mapping->i_mmap_writable = 0;
	mapping->nr_mmap = 0;
	form_of(m)->init(mapping);
}

bool i_mmap_empty(const struct address_space *mapping)
{
	return !mapping->nr_mmap;
}

/* -- the lock --------------------------------------------------------------- */

void i_mmap_lock_write(struct machine *m, struct address_space *mapping)
{
	lock_write(m, &mapping->i_mmap_lock, mapping_ref(mapping),
		form_of(m)->lock);
}

void i_mmap_unlock_write(struct machine *m, struct address_space *mapping)
{
	unlock_write(m, &mapping->i_mmap_lock, mapping_ref(mapping),
		form_of(m)->lock);
}

void i_mmap_lock_read(struct machine *m, struct address_space *mapping)
{
	if (form_of(m)->readers)
		lock_read(m, &mapping->i_mmap_lock, mapping_ref(mapping),
			form_of(m)->lock);
	else
		i_mmap_lock_write(m, mapping);
}

void i_mmap_unlock_read(struct machine *m, struct address_space *mapping)
{
	if (form_of(m)->readers)
		unlock_read(m, &mapping->i_mmap_lock, mapping_ref(mapping),
			form_of(m)->lock);
	else
		i_mmap_unlock_write(m, mapping);
}

/* -- in and out ------------------------------------------------------------- */

/* A mapping that counts in i_mmap_writable comes (1) or goes (-1). */
static void count_writable(struct machine *m, struct address_space *mapping,
	const struct vm_area_struct *vma, int delta)
{
	uint64_t flags = ops_of(m)->counts_writable;
	uint32_t old = mapping->i_mmap_writable;

	if (!flags || (vma->vm_flags & flags) != flags)
		return;
	mapping->i_mmap_writable += (uint32_t)delta;
	tell_set(m, mapping_ref(mapping), "i_mmap_writable", VT_INT, old,
		mapping->i_mmap_writable);
}

static void enter(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	call(m, FN_I_MMAP_INSERT, vma_ref(vma), mapping_ref(mapping), 0);
	form_of(m)->insert(m, mapping, vma);
	mapping->nr_mmap++;
	tell_pages(m, EV_I_MMAP_INSERT, vma_ref(vma), mapping_ref(mapping),
		vma_first_index(vma), vma_last_index(vma));
	ret(m, FN_I_MMAP_INSERT);
}

static void leave(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	call(m, FN_I_MMAP_REMOVE, vma_ref(vma), mapping_ref(mapping), 0);
	form_of(m)->remove(m, mapping, vma);
	memset(&vma->shared, 0, sizeof vma->shared);
	mapping->nr_mmap--;
	tell(m, EV_I_MMAP_REMOVE, vma_ref(vma), mapping_ref(mapping), 0);
	ret(m, FN_I_MMAP_REMOVE);
}

void i_mmap_insert(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	count_writable(m, mapping, vma, 1);
	enter(m, mapping, vma);
}

void i_mmap_insert_after(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma, struct vm_area_struct *parent)
{
	count_writable(m, mapping, vma, 1);
	call(m, FN_I_MMAP_AFTER, vma_ref(vma), vma_ref(parent), 0);
	mapping->nr_mmap++;
	form_of(m)->insert_after(m, mapping, vma, parent);
	ret(m, FN_I_MMAP_AFTER);
}

void i_mmap_remove(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	count_writable(m, mapping, vma, -1);
	leave(m, mapping, vma);
}

void i_mmap_range_pre(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	if (form_of(m)->by_range)
		leave(m, mapping, vma);
}

void i_mmap_range_post(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	if (form_of(m)->by_range)
		enter(m, mapping, vma);
}

/* -- walking ---------------------------------------------------------------- */

bool i_mmap_walk(struct machine *m, struct address_space *mapping,
	uint64_t first, uint64_t last, i_mmap_visitor *visitor, void *ctx)
{
	struct i_mmap_query q = { m, first, last, visitor, ctx, 0 };
	bool to_the_end;

	tell_pages(m, EV_I_MMAP_WALK, mapping_ref(mapping), NO_REF, first,
		last);
	to_the_end = form_of(m)->walk(&q, mapping);
	tell(m, EV_I_MMAP_FOUND, mapping_ref(mapping), NO_REF, q.found);
	return to_the_end;
}

bool i_mmap_visit(struct i_mmap_query *q, struct vm_area_struct *vma)
{
	uint64_t first = vma_first_index(vma), last = vma_last_index(vma);
	bool hit = first <= q->last && last >= q->first;

	tell_pages(q->m, hit ? EV_I_MMAP_HIT : EV_I_MMAP_MISS, vma_ref(vma),
		NO_REF, first, last);
	if (!hit)
		return true;
	q->found++;
	return q->visitor(q->m, vma, q->ctx);
}

void i_mmap_skip(struct i_mmap_query *q, enum event_id why,
	struct vm_area_struct *vma, uint64_t index)
{
	tell(q->m, why, vma_ref(vma), NO_REF, index);
}

/* -- looking ---------------------------------------------------------------- */

enum i_mmap_form i_mmap_form(const struct machine *m)
{
	return form_of(m)->form;
}

const char *i_mmap_lock_name(const struct machine *m)
{
	return form_of(m)->lock;
}

void i_mmap_look(const struct machine *m, const struct address_space *mapping,
	i_mmap_look_fn *fn, void *ctx)
{
	form_of(m)->look(mapping, fn, ctx);
}
