/*
 * The processor's access and the fault handler.  The generations share its
 * course; where they differ - the lock, the order in which a page is mapped,
 * whether it may be written in place - it calls their row.
 */
#include "core/fault.h"
#include "core/emit.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/stack.h"
#include "core/swap.h"
#include "core/vma.h"

#include <errno.h>

/* -- shared steps ------------------------------------------------------- */

pteval_t new_page_pte(const struct machine *m, const struct page *page,
	const struct vm_area_struct *vma)
{
	pteval_t pte = mk_pte(m, page_pfn(m, page), vma->vm_flags);

	if ((vma->vm_flags & VM_WRITE) && !m->unshare)
		pte = pte_mkwrite(m, pte_mkdirty(m, pte));
	return pte;
}

/* Nobody else runs inside a fault: the lock is always free here. */
bool trylock_page(struct machine *m, struct page *page)
{
	if (page->flags & PG(LOCKED))
		return false;
	page->flags |= PG(LOCKED);
	cost(m, COST_LOCKS, 1);
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_LOCK,
				     .o = page_ref(m, page),
				     .field = "PG_locked",
				     .n = 1 });
	return true;
}

/* 2.4: a page that is being written is locked, and one sleeps until it is. */
void lock_page(struct machine *m, struct page *page)
{
	if (page->flags & PG(LOCKED))
		io_wait(m);
	trylock_page(m, page);
}

void unlock_page(struct machine *m, struct page *page)
{
	page->flags &= ~PG(LOCKED);
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_UNLOCK,
				     .o = page_ref(m, page),
				     .field = "PG_locked",
				     .n = 1 });
}

int rmap_reserve_locked(struct machine *m, struct mm_struct *mm)
{
	int err = rmap_reserve_nowait(m);

	if (err) {
		ptl_unlock(m, mm);
		err = rmap_reserve(m);
		ptl_lock(m, mm);
	}
	return err;
}

void tell_rss(struct machine *m, const struct mm_struct *mm,
	enum page_kind kind, int n)
{
	const char *field = "file_rss";
	uint32_t now = mm->file_rss;

	if (ops_of(m)->one_rss) {
		field = "rss";
		now += mm->anon_rss;
	} else if (kind_is_anon(kind)) {
		field = "anon_rss";
		now = mm->anon_rss;
	} else if (kind == PAGE_SHMEM && ops_of(m)->counts_shmem) {
		field = "shmem_rss";
		now = mm->shmem_rss;
	}
	tell_set(m, mm_ref(mm), field, VT_INT, now - (uint32_t)n, now);
}

/* -- locks of a fault --------------------------------------------------- */

struct vm_area_struct *fault_lock_mm(
	struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *vma;

	lock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
	call(m, FN_FIND_VMA, addr_ref(mm, addr), NO_REF, 0);
	vma = find_vma(m, mm, addr);
	ret(m, FN_FIND_VMA);
	return vma && vma->vm_start <= addr ? vma : NULL;
}

void fault_unlock_mm(
	struct machine *m, struct mm_struct *mm, struct vm_area_struct *vma)
{
	(void)vma;
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), ops_of(m)->mmap_lock);
}

/*
 * 6.18 mm/mmap_lock.c lock_vma_under_rcu: find the VMA without mmap_lock and
 * lock that one alone; where there is none the slow way looks once more.
 */
struct vm_area_struct *fault_lock_vma(
	struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *vma;

	call(m, FN_FIND_VMA, addr_ref(mm, addr), NO_REF, 0);
	vma = find_vma(m, mm, addr);
	if (vma && vma->vm_start <= addr)
		lock_read(m, &vma->vm_lock, vma_ref(vma), "vm_lock");
	else
		vma = NULL;
	ret(m, FN_FIND_VMA);
	if (!vma) {
		lock_read(m, &mm->mmap_lock, mm_ref(mm), "mmap_lock");
		find_vma(m, mm, addr);
	}
	return vma;
}

void fault_unlock_vma(
	struct machine *m, struct mm_struct *mm, struct vm_area_struct *vma)
{
	if (vma)
		unlock_read(m, &vma->vm_lock, vma_ref(vma), "vm_lock");
	else
		unlock_read(m, &mm->mmap_lock, mm_ref(mm), "mmap_lock");
}

/* -- the handler -------------------------------------------------------- */

/* Map the zero page read-only at @addr. */
static void map_zero_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;

	tell(m, EV_USE_ZERO_PAGE, addr_ref(mm, addr),
		ref_make(REF_PAGE, m->zero_pfn), 0);
	if (!ops_of(m)->faults_locked)
		ptl_lock(m, mm);
	set_pte(m, mm, addr, mk_zero_pte(m, vma->vm_flags), EV_SET_PTE);
	ptl_unlock(m, mm);
}

struct page *fault_alloc_page(struct machine *m, struct vm_area_struct *vma)
{
	if (ops_of(m)->fault_prepare(m, vma))
		return NULL;
	return alloc_pages(m, 0, PAGE_ANON);
}

void fault_copy_page(struct machine *m, struct page *old, struct page *new)
{
	if (old) {
		new->value = old->value;
		cost(m, COST_COPIES, 1);
		tell(m, EV_COPY_PAGE, page_ref(m, old), page_ref(m, new), 0);
	} else {
		tell(m, EV_ZERO_FILL, page_ref(m, new), NO_REF, 0);
	}
	page_set_flag(m, new, ops_of(m)->filled_page_flags);
}

struct page *fault_new_page(struct machine *m, struct vm_area_struct *vma,
	struct page *old)
{
	struct page *new = fault_alloc_page(m, vma);

	if (new)
		fault_copy_page(m, old, new);
	else if (old)
		put_page(m, old);
	return new;
}

/* No lock is held while memory is allocated. */
static int first_write(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page;

	if (ops_of(m)->faults_locked)
		ptl_unlock(m, mm);
	page = fault_new_page(m, vma, NULL);
	if (!page)
		return -ENOMEM;
	ptl_lock(m, mm);
	ops_of(m)->map_new_page(m, vma, addr, page);
	ptl_unlock(m, mm);
	return 0;
}

static int do_anonymous_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool write)
{
	bool reserves = ops_of(m)->reserves_first;
	int err;

	call(m, FN_ANON_PAGE, vma_ref(vma), addr_ref(vma->vm_mm, addr), write);
	if (check_stack_guard_page(m, vma, addr)) {
		ret(m, FN_ANON_PAGE);
		return STATUS_SIGSEGV;
	}
	err = reserves ? rmap_reserve_locked(m, vma->vm_mm) : 0;
	if (err)
		ptl_unlock(m, vma->vm_mm);
	else if (write)
		err = first_write(m, vma, addr);
	else
		map_zero_page(m, vma, addr);
	rmap_release(m);
	ret(m, FN_ANON_PAGE);
	return err;
}

/* The copy took @old's place, whose PTE's reference goes, too. */
static void release_old(struct machine *m, const struct vm_area_struct *vma,
	struct page *old)
{
	put_page(m, old); /* the PTE's reference */
	munlock_copied(m, vma, old);
	if (ops_of(m)->cow_frees_swap)
		free_swap_cache(m, old);
	put_page(m, old); /* the copy's */
}

/* Map a copy of @old (NULL: the zero page) instead; @old has a reference for
 * the copy, since the page table lock was dropped.  If memory was reclaimed
 * meanwhile @pte may be gone: then the access looks again. */
static int wp_page_copy(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t pte, struct page *old)
{
	bool locked = ops_of(m)->drops_old_locked;
	struct page *new;
	bool same;

	call(m, FN_WP_COPY, vma_ref(vma), addr_ref(vma->vm_mm, addr), 0);
	new = fault_new_page(m, vma, old);
	if (new) {
		ptl_lock(m, vma->vm_mm);
		same = get_pte(m, vma->vm_mm, addr) == pte;
		if (same)
			ops_of(m)->replace_page(m, vma, addr, new, old);
		if (!locked)
			ptl_unlock(m, vma->vm_mm);
		if (!same)
			put_page(m, new);
		if (!same)
			tell(m, EV_PTE_CHANGED, pte_ref(vma->vm_mm, addr),
				NO_REF, 0);
		m->fault_again |= !same;
		if (old && same)
			release_old(m, vma, old);
		else if (old)
			put_page(m, old);
		if (locked)
			ptl_unlock(m, vma->vm_mm);
	}
	rmap_release(m);
	ret(m, FN_WP_COPY);
	return new ? 0 : -ENOMEM;
}

/* May a write go to the page itself?  From 4.0 on only an anonymous one is
 * asked: a private mapping always copies what the page cache holds. */
static bool may_reuse(struct machine *m, struct vm_area_struct *vma,
	struct page *page)
{
	if (page->kind != PAGE_ANON && ops_of(m)->reuses_anon_alone) {
		tell(m, page->kind == PAGE_KSM ? EV_REUSE_KSM : EV_REUSE_FILE,
			page_ref(m, page), NO_REF, 0);
		return false;
	}
	return ops_of(m)->may_write_in_place(m, vma, page);
}

/* Write to a private page that is mapped read-only: in place if it is ours
 * alone.  The page table lock is held and is released. */
static int wp_private(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t pte)
{
	struct page *old = vm_normal_page(m, pte);
	struct mm_struct *mm = vma->vm_mm;
	bool reuse = false;

	if (!old)
		tell(m, EV_ZERO_PAGE_COW, addr_ref(mm, addr), NO_REF, 0);
	else
		reuse = may_reuse(m, vma, old);
	if (reuse)
		reuse_pte(m, vma, addr, pte);
	else if (old)
		get_page(m, old);
	else if (ops_of(m)->counts_zero_page)
		get_page(m, &m->mem_map[m->zero_pfn]);
	ptl_unlock(m, mm);
	return reuse ? 0 : wp_page_copy(m, vma, addr, pte, old);
}

int do_wp_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte)
{
	int err = 0;

	call(m, FN_WP_PAGE, vma_ref(vma), pte_ref(vma->vm_mm, addr), 0);
	if (wants_writenotify(m, vma))
		wp_page_shared(m, vma, addr, pte);
	else
		err = wp_private(m, vma, addr, pte);
	ret(m, FN_WP_PAGE);
	return err;
}

/* Somebody else was faster. */
static void pte_allows(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr)
{
	tell(m, EV_PTE_ALLOWS, pte_ref(vma->vm_mm, addr), NO_REF, 0);
	ptl_unlock(m, vma->vm_mm);
}

/* handle_pte_fault: what the PTE says decides.  It is looked at under the page
 * table lock, which the leaf releases; up to 2.6 the caller has taken it, later
 * an empty PTE is looked at without. */
static int handle_pte_fault(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool write)
{
	pteval_t pte = get_pte(m, vma->vm_mm, addr);
	int err = 0;

	call(m, FN_HANDLE_PTE, pte_ref(vma->vm_mm, addr), NO_REF, write);
	cost(m, COST_PTES, 1);
	if (pte_none(pte)) {
		tell(m, EV_PTE_IS_NONE, pte_ref(vma->vm_mm, addr), NO_REF, 0);
		err = vma->vm_file ? do_file_page(m, vma, addr, write)
				   : do_anonymous_page(m, vma, addr, write);
	} else if (pte_is_guard(m, pte)) {
		tell(m, EV_GUARD_HIT, pte_ref(vma->vm_mm, addr), NO_REF, 0);
		err = STATUS_SIGSEGV; /* handle_pte_marker */
	} else if (!pte_present(m, pte)) {
		err = do_swap_page(m, vma, addr, pte, write);
	} else {
		if (!ops_of(m)->faults_locked)
			ptl_lock(m, vma->vm_mm);
		if (write && !pte_write(m, pte))
			err = do_wp_page(m, vma, addr, pte);
		else
			pte_allows(m, vma, addr);
	}
	ret(m, FN_HANDLE_PTE);
	return err;
}

/* 2.6.11: the tables are looked for under the page table lock, which is
 * dropped while one is allocated. */
static int alloc_tables(struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	int err;

	if (!ops_of(m)->faults_locked)
		return pte_alloc(m, mm, addr);
	ptl_lock(m, mm);
	if (pte_table(m, mm, addr))
		return 0;
	ptl_unlock(m, mm);
	err = pte_alloc(m, mm, addr);
	if (!err)
		ptl_lock(m, mm);
	return err;
}

/* What a status means to the one who faulted. */
static enum fault_end fault_end(const struct machine *m, int status)
{
	if (!status)
		return m->major ? FAULT_MAJOR : FAULT_MINOR;
	if (status == STATUS_SIGBUS)
		return FAULT_SIGBUS;
	return status == STATUS_OOM ? FAULT_OOM : FAULT_SIGSEGV;
}

/* 6.18 has its table at hand (prealloc_pte) until there is an entry for it. */
static void drop_fresh_table(struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;
	uint64_t start = addr & ~(span - 1);

	free_empty_tables(m, mm, start, start + span);
}

static int handle_mm_fault(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool write)
{
	struct mm_struct *mm = vma->vm_mm;
	int err;

	call(m, FN_HANDLE_MM, vma_ref(vma), addr_ref(mm, addr), write);
	m->fresh_table = !pte_table(m, mm, addr);
	err = alloc_tables(m, mm, addr);
	if (!err)
		err = handle_pte_fault(m, vma, addr, write);
	if (err && m->fresh_table && ops_of(m)->table_with_entry)
		drop_fresh_table(m, mm, addr);
	err = err == -ENOMEM ? STATUS_OOM : err;
	ret_with(m, FN_HANDLE_MM, fault_end(m, err));
	return err;
}

/* May the VMA be accessed like this?  @present: the PTE was there. */
static bool access_ok(const struct machine *m, const struct vm_area_struct *vma,
	bool write, bool present)
{
	if (write)
		return vma->vm_flags & VM_WRITE;
	return !present && (vma->vm_flags & ops_of(m)->read_needs);
}

/* mm->min_flt and maj_flt: by whether it had to wait for the disk. */
static void count_fault(struct machine *m, struct mm_struct *mm)
{
	if (m->major) {
		mm->maj_flt++;
		m->major_faults++;
	} else {
		mm->min_flt++;
	}
}

/* do_page_fault: @sp is the stack pointer, @present bit 0 of the error code. */
static int page_fault(struct machine *m, struct mm_struct *mm, uint64_t addr,
	uint64_t sp, bool write, bool present)
{
	struct vm_area_struct *vma, *held;
	int status;

	m->faults++;
	m->major = false;
	call(m, FN_FAULT, addr_ref(mm, addr), NO_REF, write);
	vma = held = ops_of(m)->fault_lock(m, mm, addr);
	if (!vma)
		vma = grow_stack(m, mm, addr, sp);
	if (!vma) {
		status = STATUS_SIGSEGV;
	} else if (!access_ok(m, vma, write, present)) {
		tell(m, EV_BAD_ACCESS, vma_ref(vma), addr_ref(mm, addr), write);
		status = STATUS_SIGSEGV;
	} else {
		status = handle_mm_fault(m, vma, addr, write);
	}
	if (!status)
		count_fault(m, mm);
	ops_of(m)->fault_unlock(m, mm, held);
	ret_with(m, FN_FAULT, fault_end(m, status));
	return status;
}

/* An address that no VMA may hold: not even looked for. */
static int kernel_address(struct machine *m, const struct mm_struct *mm,
	uint64_t addr, bool write)
{
	m->faults++;
	call(m, FN_FAULT, addr_ref(mm, addr), NO_REF, write);
	tell(m, EV_KERNEL_ADDRESS, addr_ref(mm, addr), NO_REF, 0);
	ret_with(m, FN_FAULT, FAULT_SIGSEGV);
	return STATUS_SIGSEGV;
}

int fault_in_page(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write)
{
	int status;

	m->major = false;
	status = handle_mm_fault(m, vma, addr, write);
	if (!status)
		count_fault(m, vma->vm_mm);
	return status;
}

int fault_for_kernel(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr)
{
	int status;

	m->major = false;
	status = handle_mm_fault(m, vma, addr, true);
	/* mm_account_fault counts for whoever runs, who may be a daemon */
	if (!status && m->current_pid && ops_of(m)->counts_all_faults)
		count_fault(m, vma->vm_mm);
	return status;
}

/* -- the processor ------------------------------------------------------ */

/* Store the word and tell it. */
static void store_word(struct machine *m, struct mm_struct *mm, uint64_t addr,
	struct page *page, value_t value)
{
	value_t old = page->value;

	page->value = value;
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_MMU_WRITE,
				     .o = page_ref(m, page),
				     .p = addr_ref(mm, addr),
				     .field = "value",
				     .type = VT_VALUE,
				     .old = old,
				     .new = value });
}

/* The access itself: set A and D as the processor does, then the data. */
static void do_access(struct machine *m, struct mm_struct *mm, uint64_t addr,
	pteval_t pte, bool write, value_t *value)
{
	struct page *page = &m->mem_map[pte_pfn(m, pte)];
	pteval_t new = pte_mkyoung(m, pte);

	if (write)
		new = pte_mkdirty(m, new);
	if (new != pte)
		set_pte(m, mm, addr, new, EV_SET_PTE);
	if (!value) {
		tell(m, EV_CLEAR_TAIL, page_ref(m, page), addr_ref(mm, addr), 0);
	} else if (write) {
		store_word(m, mm, addr, page, *value);
	} else {
		*value = page->value;
		tell(m, EV_MMU_READ, addr_ref(mm, addr), page_ref(m, page), 0);
	}
}

int access_user_sp(struct machine *m, struct mm_struct *mm, uint64_t addr,
	uint64_t sp, bool write, value_t *value)
{
	const struct paging *p = machine_paging(m);

	if (addr >= p->task_size)
		return kernel_address(m, mm, addr, write);
	for (;;) {
		pteval_t pte = get_pte(m, mm, addr);
		int status;

		if ((pte & p->present) && (!write || (pte & p->rw))) {
			do_access(m, mm, addr, pte, write, value);
			return 0;
		}
		if (tracing(m))
			emit_full(m, &(struct event){ .id = EV_MMU_FAULT,
					     .o = addr_ref(mm, addr),
					     .old = !!(pte & p->present),
					     .n = write });
		status = page_fault(m, mm, addr, sp, write,
			pte & p->present);
		if (status)
			return status;
	}
}

int access_user(struct machine *m, struct mm_struct *mm, uint64_t addr,
	bool write, value_t *value)
{
	return access_user_sp(m, mm, addr, addr, write, value);
}

int clear_user(struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	return access_user(m, mm, addr, true, NULL);
}
