/*
 * mmap, brk and placement, with each kernel's checks in its order (2.6.11 and
 * 4.0 mm/mmap.c do_mmap_pgoff; 6.18 mm/mmap.c do_mmap).
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/limits.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/overcommit.h"
#include "core/slab.h"
#include "core/stack.h"
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

/* -- mmap ---------------------------------------------------------------- */

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

/* What is to be mapped, and where. */
struct region {
	struct mm_struct *mm;
	uint64_t addr, len;
	uint64_t vm_flags;
	uint64_t pgoff;      /* of a file; anonymous: the address says it */
	struct inode *inode; /* NULL: anonymous */
	uint32_t name;       /* interned string */
	bool apart;          /* it joins no neighbour */
	bool noreserve;      /* asked for; see region_charge() */
};

/* A new VMA where nothing merges. */
static int new_vma(struct machine *m, const struct region *r)
{
	struct vm_area_struct *vma = vma_alloc(m);

	if (!vma)
		return -ENOMEM;
	if (vma_reserve(m, r->mm, r->addr, r->addr + r->len, vma)) {
		vma_free(m, vma);
		return -ENOMEM;
	}
	vma->name = r->name;
	vma->vm_mm = r->mm;
	vma->vm_start = r->addr;
	vma->vm_end = r->addr + r->len;
	vma->vm_flags = r->vm_flags;
	vma->vm_pgoff = r->pgoff;
	vma->vm_file = r->inode;
	if (vma->vm_file)
		inode_get(vma->vm_file);
	slab_tell(m, CACHE_VMA, vma_ref(vma));
	vma_link(m, vma);
	vma_link_file(m, vma);
	return 0;
}

/* What is new in an mm whose memory is to be locked, and the rest.  6.18:
 * what may be dropped is not (__mmap_complete). */
static void lock_new(struct machine *m, const struct region *r)
{
	if (r->vm_flags & VM_DROPPABLE)
		vma_set_flags(m, vma_lookup(r->mm, r->addr),
			r->vm_flags & ~VM_LOCKED_MASK);
	else
		lock_new_range(m, r->mm, r->addr, r->len);
}

/* Join a neighbour or be a VMA. */
static int map_region(struct machine *m, const struct region *r)
{
	struct merge_request req = {
		.mm = r->mm,
		.start = r->addr,
		.end = r->addr + r->len,
		.vm_flags = r->vm_flags,
		.vm_pgoff = r->pgoff,
		.vm_file = r->inode,
	};
	int err;

	if (r->apart || (!ops_of(m)->merge_new(m, &req, &err) && !err))
		err = new_vma(m, r);
	if (!err)
		vm_stat_account(r->mm, r->vm_flags,
			(int64_t)(r->len >> PAGE_SHIFT));
	if (!err && (r->vm_flags & VM_LOCKED))
		lock_new(m, r);
	return err;
}

/* Is the memory promised, page for page?  Shared memory is when its file is
 * made, a file's pages never. */
static bool is_accountable(const struct region *r)
{
	return !r->noreserve &&
		(r->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
}

/* Pages of the range that are mapped already (4.0 count_vma_pages_range). */
static uint64_t mapped_pages(const struct region *r)
{
	uint64_t end = r->addr + r->len, pages = 0;
	const struct vm_area_struct *v = vma_intersection(r->mm, r->addr, end);

	for (; v && v->vm_start < end; v = v->vm_next) {
		uint64_t from = v->vm_start > r->addr ? v->vm_start : r->addr;
		uint64_t to = v->vm_end < end ? v->vm_end : end;

		pages += (to - from) >> PAGE_SHIFT;
	}
	return pages;
}

/* Do the limits allow it, if @less pages go? */
static bool may_map(struct machine *m, const struct region *r, uint64_t less)
{
	return may_expand_vm(m, r->mm, r->vm_flags,
		(int64_t)(r->len >> PAGE_SHIFT) - (int64_t)less);
}

/*
 * 6.18 __mmap_setup: the range is cut out and accounted for before anything
 * in it is unmapped; refused, only the cuts remain.
 */
static int charge_first(struct machine *m, const struct region *r)
{
	uint64_t pages = r->len >> PAGE_SHIFT, end = r->addr + r->len;
	int err = split_at_ends(m, r->mm, r->addr, end);
	struct vm_area_struct *v = vma_intersection(r->mm, r->addr, end);

	if (!err && !may_map(m, r, mapped_pages(r)))
		err = -ENOMEM;
	if (err || !is_accountable(r))
		return err;
	for (; v && v->vm_start < end; v = v->vm_next)
		if (v->vm_flags & VM_ACCOUNT)
			pages -= vma_pages(v);
	err = vm_enough_memory(m, pages);
	if (!err) /* unmapping will give back what goes over to the new one */
		vm_acct_memory(m, (r->len >> PAGE_SHIFT) - pages);
	return err;
}

/* Shared anonymous memory is a file without a name; what it may need is
 * promised to it, not to the VMA; 2.4 asks in any case. */
static int map_shared_anon(struct machine *m, struct region *r)
{
	uint64_t pages = r->len >> PAGE_SHIFT;
	bool promised = !r->noreserve || !ops_of(m)->account_flag;
	int err;

	if (promised && vm_enough_memory(m, pages))
		return -ENOMEM;
	r->inode = shmem_zero_setup(m, pages);
	if (!r->inode) {
		if (promised)
			vm_unacct_memory(m, pages);
		return -ENOMEM;
	}
	if (promised)
		r->inode->accounted = pages;
	err = map_region(m, r);
	inode_put(m, r->inode); /* the VMA uses it now */
	return err;
}

/* Nothing is mapped where it goes, and the limits allow it: 4.0 asks them
 * first, 2.x when the old mappings are gone. */
static int clear_range(struct machine *m, const struct region *r)
{
	const struct era_ops *ops = ops_of(m);
	int err = 0;

	if (ops->charges_first)
		err = charge_first(m, r);
	else if (ops->limits_first && !may_map(m, r, mapped_pages(r)))
		err = -ENOMEM;
	if (!err && vma_intersection(r->mm, r->addr, r->addr + r->len)) {
		err = do_munmap(m, r->mm, r->addr, r->len);
		if (err && !ops->charges_first)
			err = -ENOMEM;
		else if (err && is_accountable(r))
			vm_unacct_memory(m, r->len >> PAGE_SHIFT);
	}
	if (!err && !ops->charges_first && !ops->limits_first &&
		!may_map(m, r, 0))
		err = -ENOMEM;
	return err;
}

/* mmap_region: clear the range, account for it, map it. */
static int mmap_region(struct machine *m, struct region *r)
{
	uint64_t pages = r->len >> PAGE_SHIFT;
	bool charged = is_accountable(r);
	int err = clear_range(m, r);

	if (!err && charged && !ops_of(m)->charges_first)
		err = vm_enough_memory(m, pages);
	if (err)
		return err;
	if (charged)
		r->vm_flags |= ops_of(m)->account_flag;
	if (r->inode && (r->vm_flags & VM_GROWSDOWN))
		err = -EINVAL; /* 2.x: not before all else was allowed */
	else if (!r->inode && (r->vm_flags & VM_SHARED))
		err = map_shared_anon(m, r);
	else
		err = map_region(m, r);
	if (err && charged)
		vm_unacct_memory(m, pages);
	return err;
}

static int name_and_map(struct machine *m, const struct op *op,
	struct region *r)
{
	int err;

	r->name = string_intern(m, op->text);
	call(m, FN_MMAP_REGION, addr_ref(r->mm, r->addr), NO_REF, r->len);
	err = mmap_region(m, r);
	ret(m, FN_MMAP_REGION);
	return err;
}

/* The file and the place in it that a call names; @r has its address. */
static void region_file(const struct machine *m, const struct op *op,
	struct region *r)
{
	bool shared = op->arg[MMAP_SHARED];

	r->vm_flags = prot_flags((unsigned)op->arg[MMAP_PROT]) | VM_MAY;
	if (shared)
		r->vm_flags |= VM_SHARED | VM_MAYSHARE;
	if (op->given & 1u << MMAP_FILE)
		r->inode = inode_by_id(m, (uint32_t)op->arg[MMAP_FILE]);
	if (r->inode || (shared && ops_of(m)->keeps_shared_pgoff))
		r->pgoff = op->arg[MMAP_PGOFF];
	else if (!shared)
		r->pgoff = anon_pgoff(m, r->addr);
	r->vm_flags |= r->mm->def_flags;
	if (op->arg[MMAP_LOCKED] && ops_of(m)->has_map_locked)
		r->vm_flags |= VM_LOCKED;
	if (op->arg[MMAP_GROWSDOWN])
		r->vm_flags |= VM_GROWSDOWN;
	r->noreserve = op->arg[MMAP_NORESERVE] && heeds_noreserve(m);
	if (r->noreserve && ops_of(m)->has_noreserve)
		r->vm_flags |= VM_NORESERVE;
	if (!op->arg[MMAP_DROPPABLE])
		return;
	r->noreserve = true;
	r->vm_flags |= VM_DROPPABLE | VM_NORESERVE | VM_WIPEONFORK |
		VM_DONTDUMP;
}

/* sys_mmap: the file that it names, if it names one, can be named. */
static bool file_exists(const struct machine *m, const struct op *op)
{
	const struct inode *inode;

	if (!(op->given & 1u << MMAP_FILE))
		return true;
	inode = inode_by_id(m, (uint32_t)op->arg[MMAP_FILE]);
	return inode && !inode->hidden;
}

/* Beyond what the call can say?  i386 takes 32 bits of pages. */
static bool pgoff_overflows(const struct machine *m, uint64_t pgoff,
	uint64_t pages)
{
	uint64_t limit = machine_paging(m)->addr_bits == 32 ? UINT32_MAX
							    : UINT64_MAX;

	return pgoff > limit || pages > limit - pgoff;
}

/* MAP_LOCKED and MCL_FUTURE, then what the kind of mapping forbids. */
static int check_flags(struct machine *m, const struct op *op,
	const struct region *r)
{
	bool grows = op->arg[MMAP_GROWSDOWN], drops = op->arg[MMAP_DROPPABLE];
	bool locked = op->arg[MMAP_LOCKED] && ops_of(m)->has_map_locked;

	if (locked && can_do_mlock(m))
		return -EPERM;
	if (!mlock_future_ok(m, r->mm, r->vm_flags, r->len))
		return -EAGAIN;
	if (grows && ops_of(m)->grows_down_first &&
		(r->inode || op->arg[MMAP_SHARED]))
		return -EINVAL;
	/* MAP_TYPE is a number: with MAP_SHARED it would be another one, which
	 * is none, as it is for a file and in kernels before 6.11 */
	if (drops && (!ops_of(m)->has_droppable || r->inode ||
			     op->arg[MMAP_SHARED] || locked || grows))
		return -EINVAL;
	return 0;
}

int do_mmap(struct machine *m, struct mm_struct *mm, const struct op *op,
	uint64_t *addr, uint64_t *len)
{
	const struct era_ops *ops = ops_of(m);
	int err;

	*addr = op->arg[MMAP_ADDR];
	*len = op->arg[MMAP_LEN];
	if (!file_exists(m, op))
		return -EBADF;
	if (!*len)
		return ops->zero_len_is_ok ? 0 : -EINVAL;
	*len = page_align(*len);
	if (!*len || *len > machine_paging(m)->task_size)
		return ops->too_long;
	if (pgoff_overflows(m, op->arg[MMAP_PGOFF], *len >> PAGE_SHIFT))
		return ops->pgoff_overflow;
	if (mm->map_count > m->tune.max_map_count)
		return -ENOMEM;
	call(m, FN_MMAP, mm_ref(mm), addr_ref(mm, *addr), *len);
	err = find_place(m, mm, op, *len, addr);
	if (!err) {
		struct region r = { .mm = mm, .addr = *addr, .len = *len };

		region_file(m, op, &r);
		err = check_flags(m, op, &r);
		if (!err)
			err = name_and_map(m, op, &r);
	}
	ret(m, FN_MMAP);
	return err;
}

/* -- brk ----------------------------------------------------------------- */

/* do_brk / do_brk_flags. */
int vm_brk(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, const char *name)
{
	struct region r = {
		.mm = mm,
		.addr = start,
		.len = len,
		.vm_flags = ops_of(m)->brk_flags | VM_MAY |
			ops_of(m)->account_flag | mm->def_flags,
		.pgoff = anon_pgoff(m, start),
		.apart = ops_of(m)->heap_apart &&
			start == page_align(mm->start_brk),
	};
	int err;

	if (!mlock_future_ok(m, mm, mm->def_flags, len) || !may_map(m, &r, 0) ||
		mm->map_count > m->tune.max_map_count ||
		vm_enough_memory(m, len >> PAGE_SHIFT))
		return -ENOMEM;
	call(m, FN_DO_BRK, addr_ref(mm, start), NO_REF, len);
	r.name = string_intern(m, name);
	err = map_region(m, &r);
	if (err)
		vm_unacct_memory(m, len >> PAGE_SHIFT);
	ret(m, FN_DO_BRK);
	return err;
}

/* May the heap grow to @end?  One page must stay free behind it, and what a
 * stack keeps free below it.  @end is 0 where rounding up wrapped around. */
static bool room_for_heap(const struct machine *m, const struct mm_struct *mm,
	uint64_t old, uint64_t end)
{
	const struct vm_area_struct *next = vma_lookup(mm, old);

	return end > old && end <= machine_paging(m)->task_size &&
		(!next || end + PAGE_SIZE <= vm_start_gap(m, next));
}

/* RLIMIT_DATA: the heap and the program's data. */
static bool data_limit_ok(const struct machine *m, const struct mm_struct *mm,
	uint64_t brk)
{
	uint64_t bytes = ops_of(m)->brk_by_start
		? brk - mm->start_brk + mm->end_data - mm->start_data
		: brk - mm->start_data;

	return bytes <= rlimit(m, LIMIT_DATA);
}

/* sys_brk of another page than before. */
static int move_brk(struct machine *m, struct mm_struct *mm, uint64_t brk)
{
	uint64_t old_end = page_align(mm->brk), end = page_align(brk);

	if (brk <= mm->brk)
		return do_munmap(m, mm, end, old_end - end);
	if (!data_limit_ok(m, mm, brk) || !room_for_heap(m, mm, old_end, end))
		return -ENOMEM;
	return vm_brk(m, mm, old_end, end - old_end, "[heap]");
}

/* 2.x lets it go back over the data, to the end of the code; since 2.6.15 the
 * limit is looked at first, even where nothing grows. */
uint64_t do_brk(struct machine *m, struct mm_struct *mm, uint64_t brk)
{
	bool by_start = ops_of(m)->brk_by_start;
	int err = 0;

	call(m, FN_BRK, addr_ref(mm, brk), NO_REF, 0);
	if (brk < (by_start ? mm->start_brk : mm->end_code))
		err = -EINVAL;
	else if (by_start && !data_limit_ok(m, mm, brk))
		err = -ENOMEM;
	else if (page_align(brk) != page_align(mm->brk))
		err = move_brk(m, mm, brk);
	if (!err) {
		uint64_t old = mm->brk;

		mm->brk = brk;
		tell_set(m, mm_ref(mm), "brk", VT_ADDR, old, brk);
	}
	ret(m, FN_BRK);
	return mm->brk;
}
