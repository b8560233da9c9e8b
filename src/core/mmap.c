/*
 * mmap, brk and placement, with each kernel's checks in its order (2.6.11 and
 * 4.0 mm/mmap.c do_mmap_pgoff; 6.18 mm/mmap.c do_mmap).
 */
#include "core/emit.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/slab.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>

#define VM_MAY (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

void mmap_write_lock(struct machine *m, struct mm_struct *mm)
{
	lock_write(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
}

/* Releases the write locks of all VMAs, too (6.18). */
void mmap_write_unlock(struct machine *m, struct mm_struct *mm)
{
	if (ops_of(m)->vma_locks)
		for (struct vm_area_struct *v = mm->mmap; v; v = v->vm_next)
			v->vm_lock.writer = 0;
	unlock_write(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
}

/* -- overcommit, mode 0 -------------------------------------------------- */

bool enough_free(const struct machine *m, uint64_t pages)
{
	return pages < nr_free_pages(m) + nr_swap_pages(m);
}

bool enough_total(const struct machine *m, uint64_t pages)
{
	return pages <= m->nr_frames + total_swap_pages(m);
}

/* -- placement ----------------------------------------------------------- */

static bool is_free(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, uint64_t len)
{
	return addr <= machine_paging(m)->task_size - len &&
		!vma_intersection(mm, addr, addr + len);
}

uint64_t place_top_down(struct machine *m, struct mm_struct *mm, uint64_t len)
{
	uint64_t top = mm->mmap_base;
	struct vm_area_struct *vma = vma_before(mm, top);
	struct vm_area_struct *over = vma_lookup(mm, top - 1);

	/* a VMA may reach over the base: the hole ends at its start */
	if (over && over->vm_start < top)
		top = over->vm_start, vma = over->vm_prev;
	for (; vma; vma = vma->vm_prev) {
		cost(m, COST_TREE_NODES, 1);
		if (top - vma->vm_end >= len)
			return top - len;
		top = vma->vm_start;
	}
	return top >= len + PAGE_SIZE ? top - len : 0;
}

/* Down from @from: just below it, or below the VMA that is in the way. */
static uint64_t search_down(struct machine *m, struct mm_struct *mm,
	uint64_t from, uint64_t len)
{
	while (from > len) {
		uint64_t addr = from - len;
		struct vm_area_struct *vma =
			vma_intersection(mm, addr, from);

		cost(m, COST_VMAS, 1);
		if (!vma)
			return addr;
		from = vma->vm_start;
	}
	return 0;
}

uint64_t place_top_down_cached(struct machine *m, struct mm_struct *mm,
	uint64_t len)
{
	uint64_t addr = search_down(m, mm, mm->free_area_cache, len);

	if (!addr)
		addr = search_down(m, mm, mm->mmap_base, len);
	if (addr)
		mm->free_area_cache = addr;
	return addr;
}

/* Up from @addr. */
static uint64_t search_up(struct machine *m, struct mm_struct *mm,
	uint64_t addr, uint64_t len)
{
	uint64_t end = machine_paging(m)->task_size;

	while (addr <= end - len) {
		struct vm_area_struct *vma =
			vma_intersection(mm, addr, addr + len);

		cost(m, COST_VMAS, 1);
		if (!vma)
			return addr;
		addr = vma->vm_end;
	}
	return 0;
}

/* Above the base: the first choice of 2.4, and what is left when there is
 * nothing below it. */
uint64_t place_bottom_up(struct machine *m, struct mm_struct *mm, uint64_t len)
{
	return search_up(m, mm, mm->mmap_base, len);
}

uint64_t place_bottom_up_cached(struct machine *m, struct mm_struct *mm,
	uint64_t len)
{
	uint64_t addr = search_up(m, mm, mm->free_area_cache, len);

	if (!addr)
		addr = search_up(m, mm, mm->mmap_base, len);
	if (addr)
		mm->free_area_cache = addr + len;
	return addr;
}

int unmapped_area(struct machine *m, struct mm_struct *mm, uint64_t hint,
	uint64_t len, uint64_t *addr)
{
	if (len > machine_paging(m)->task_size)
		return -ENOMEM;
	call(m, FN_UNMAPPED_AREA, addr_ref(mm, hint), NO_REF, len);
	hint = page_align(hint);
	if (hint && is_free(m, mm, hint, len))
		*addr = hint;
	else
		*addr = ops_of(m)->unmapped_area(m, mm, len);
	if (!*addr)
		*addr = place_bottom_up(m, mm, len);
	if (*addr)
		tell(m, EV_PLACE, addr_ref(mm, *addr), NO_REF, len);
	ret(m, FN_UNMAPPED_AREA);
	return *addr ? 0 : -ENOMEM;
}

/* -- mmap ---------------------------------------------------------------- */

enum { MMAP_LEN, MMAP_ADDR, MMAP_FIXED, MMAP_PROT };
enum { NOT_FIXED, FIXED, FIXED_NOREPLACE };

static uint64_t fixed_of(const struct machine *m, const struct op *op)
{
	uint64_t fixed = op->arg[MMAP_FIXED];

	/* a kernel that does not know the flag takes the address as a hint */
	if (fixed == FIXED_NOREPLACE && !ops_of(m)->has_noreplace)
		return NOT_FIXED;
	return fixed;
}

/* Where it goes; 0 or a negative errno. */
static int find_place(struct machine *m, struct mm_struct *mm,
	const struct op *op, uint64_t len, uint64_t *addr)
{
	uint64_t task_size = machine_paging(m)->task_size;
	uint64_t fixed = fixed_of(m, op);

	if (len > task_size)
		return -ENOMEM;
	*addr = op->arg[MMAP_ADDR];
	if (!fixed && ops_of(m)->rounds_hint_down)
		*addr &= PAGE_MASK;
	if (!fixed)
		return unmapped_area(m, mm, *addr, len, addr);
	if (*addr > task_size - len)
		return -ENOMEM;
	if (*addr & ~PAGE_MASK)
		return -EINVAL;
	if (fixed == FIXED_NOREPLACE &&
		vma_intersection(mm, *addr, *addr + len))
		return -EEXIST;
	return 0;
}

/* The vm_pgoff of new anonymous memory. */
static uint64_t anon_pgoff(const struct machine *m, uint64_t addr)
{
	return ops_of(m)->anon_pgoff ? addr >> PAGE_SHIFT : 0;
}

/* A new VMA where nothing merges. */
static int new_vma(struct machine *m, struct mm_struct *mm, uint64_t addr,
	uint64_t len, uint64_t vm_flags, uint32_t name)
{
	struct vm_area_struct *vma = vma_alloc(m);

	if (!vma)
		return -ENOMEM;
	vma->name = name;
	vma->vm_mm = mm;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags;
	vma->vm_pgoff = anon_pgoff(m, addr);
	slab_tell(m, CACHE_VMA, vma_ref(vma));
	vma_link(m, vma);
	return 0;
}

/* An anonymous private mapping: join a neighbour or be a VMA. */
static int map_region(struct machine *m, struct mm_struct *mm, uint64_t addr,
	uint64_t len, uint64_t vm_flags, uint32_t name)
{
	struct merge_request req = {
		.mm = mm,
		.start = addr,
		.end = addr + len,
		.vm_flags = vm_flags,
		.vm_pgoff = anon_pgoff(m, addr),
	};
	int err;

	if (!ops_of(m)->merge_new(m, &req, &err) && !err)
		err = new_vma(m, mm, addr, len, vm_flags, name);
	if (!err)
		mm->total_vm += len >> PAGE_SHIFT;
	return err;
}

/*
 * 6.18 __mmap_setup: the range is cut out and accounted for before anything
 * in it is unmapped; refused, only the cuts remain.
 */
static int charge_first(struct machine *m, struct mm_struct *mm,
	uint64_t addr, uint64_t len, uint64_t vm_flags)
{
	uint64_t pages = len >> PAGE_SHIFT;
	int err = split_at_ends(m, mm, addr, addr + len);
	struct vm_area_struct *v = vma_intersection(mm, addr, addr + len);

	if (err || !(vm_flags & VM_WRITE))
		return err;
	for (; v && v->vm_start < addr + len; v = v->vm_next)
		if (v->vm_flags & VM_ACCOUNT)
			pages -= vma_pages(v);
	return ops_of(m)->enough_memory(m, pages) ? 0 : -ENOMEM;
}

/* mmap_region: clear the range, account for it, map it. */
static int mmap_region(struct machine *m, struct mm_struct *mm,
	const struct op *op, uint64_t addr, uint64_t len)
{
	uint64_t vm_flags = prot_flags((unsigned)op->arg[MMAP_PROT]) | VM_MAY;
	int err = 0;

	if (ops_of(m)->charges_first)
		err = charge_first(m, mm, addr, len, vm_flags);
	if (!err && vma_intersection(mm, addr, addr + len))
		err = do_munmap(m, mm, addr, len);
	if (err)
		return err;
	if (vm_flags & VM_WRITE) {
		if (!ops_of(m)->charges_first &&
			!ops_of(m)->enough_memory(m, len >> PAGE_SHIFT))
			return -ENOMEM;
		vm_flags |= ops_of(m)->account_flag;
	}
	return map_region(m, mm, addr, len, vm_flags,
		string_intern(m, op->text));
}

int do_mmap(struct machine *m, struct mm_struct *mm, const struct op *op,
	uint64_t *addr, uint64_t *len)
{
	const struct era_ops *ops = ops_of(m);
	int err;

	*addr = op->arg[MMAP_ADDR];
	*len = op->arg[MMAP_LEN];
	if (!*len)
		return ops->zero_len_is_ok ? 0 : -EINVAL;
	*len = page_align(*len);
	if (!*len || *len > machine_paging(m)->task_size)
		return ops->too_long;
	if (mm->map_count > ops->max_map_count)
		return -ENOMEM;
	call(m, FN_MMAP, mm_ref(mm), addr_ref(mm, *addr), *len);
	err = find_place(m, mm, op, *len, addr);
	if (!err) {
		call(m, FN_MMAP_REGION, addr_ref(mm, *addr), NO_REF, *len);
		err = mmap_region(m, mm, op, *addr, *len);
		ret(m, FN_MMAP_REGION);
	}
	ret(m, FN_MMAP);
	return err;
}

/* -- brk ----------------------------------------------------------------- */

/* do_brk / do_brk_flags: [start, start + len) becomes heap. */
static int grow_heap(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len)
{
	uint64_t vm_flags = ops_of(m)->brk_flags | VM_MAY |
		ops_of(m)->account_flag;
	int err;

	if (!ops_of(m)->enough_memory(m, len >> PAGE_SHIFT))
		return -ENOMEM;
	call(m, FN_DO_BRK, addr_ref(mm, start), NO_REF, len);
	err = map_region(m, mm, start, len, vm_flags,
		string_intern(m, "[heap]"));
	ret(m, FN_DO_BRK);
	return err;
}

/* May the heap grow to @end?  One page must stay free behind it.  @end is 0
 * where rounding up wrapped around. */
static bool room_for_heap(const struct machine *m, const struct mm_struct *mm,
	uint64_t old, uint64_t end)
{
	return end > old && end <= machine_paging(m)->task_size &&
		!vma_intersection(mm, old, end + PAGE_SIZE);
}

uint64_t do_brk(struct machine *m, struct mm_struct *mm, uint64_t brk)
{
	uint64_t old_end = page_align(mm->brk), end = page_align(brk);
	int err = 0;

	call(m, FN_BRK, addr_ref(mm, brk), NO_REF, 0);
	if (brk < mm->start_brk)
		err = -EINVAL;
	else if (end != old_end && brk <= mm->brk)
		err = do_munmap(m, mm, end, old_end - end);
	else if (end != old_end)
		err = room_for_heap(m, mm, old_end, end)
			? grow_heap(m, mm, old_end, end - old_end)
			: -ENOMEM;
	if (!err) {
		uint64_t old = mm->brk;

		mm->brk = brk;
		tell_set(m, mm_ref(mm), "brk", VT_ADDR, old, brk);
	}
	ret(m, FN_BRK);
	return mm->brk;
}
