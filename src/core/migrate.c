/*
 * Page migration (mm/migrate.c of 4.0 and 6.18): a page moves to another frame
 * while tasks have it mapped.
 *
 *   isolate the page; take a new frame; lock both
 *   every PTE becomes a migration entry that names the old frame
 *   if nobody else has a reference: mapping, index, flags, content, its place
 *     in the swap cache or page cache go over to the new frame
 *   every migration entry becomes a PTE of the new frame, or of the old one if
 *     the move was refused
 *
 * A fault that met an entry would wait for the lock of the old page.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/ksm.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/swap.h"

#include <errno.h>

/* -- entries to PTEs ------------------------------------------------------------ */

struct restore {
	struct page *old; /* the frame that the entries name */
};

/* The entry of another page may stand there. */
static bool names_old(struct machine *m, const struct rmap_walk *w,
	pteval_t pte)
{
	const struct restore *r = w->ctx;

	return pte_is_migration(m, pte) &&
		migration_pfn(m, pte) == page_pfn(m, r->old);
}

/* What the PTE was, as far as the entry tells. */
static pteval_t restored_pte(struct machine *m,
	const struct vm_area_struct *vma, const struct page *page,
	pteval_t entry)
{
	pteval_t pte = pte_mkold(m, mk_pte(m, page_pfn(m, page),
		vma_pte_flags(m, vma)));

	if (migration_is_young(m, entry))
		pte = pte_mkyoung(m, pte);
	if (migration_is_dirty(m, entry) && (page->flags & PG(DIRTY)))
		pte = pte_mkdirty(m, pte);
	if (migration_is_write(m, entry) && (vma->vm_flags & VM_WRITE))
		pte = pte_mkwrite(m, pte);
	return pte;
}

/* remove_migration_pte */
static enum rmap_step restore_one(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, pteval_t entry)
{
	struct page *page = w->page;
	struct ref o = page_ref(m, page);

	get_page(m, page);
	call(m, FN_ADD_RMAP, o, vma_ref(vma), addr);
	page_change_mapcount(m, page, 1);
	if (ops_of(m)->exclusive && page_is_anon(page) &&
		(migration_is_write(m, entry) ||
			migration_is_exclusive(m, entry)))
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	if (ops_of(m)->mlocks_by_rmap && (vma->vm_flags & VM_LOCKED))
		mlock_vma_page(m, page);
	ret(m, FN_ADD_RMAP);
	set_pte(m, vma->vm_mm, addr, restored_pte(m, vma, page, entry),
		EV_SET_PTE);
	return RMAP_GO_ON;
}

/* To the end, whatever is found. */
static const struct rmap_job restore_job = {
	.anon = FN_UNMAP_WALK,
	.file = FN_UNMAP_WALK_FILE,
	.one = FN_RESTORE_ONE,
	.matches = names_old,
	.hit = restore_one,
	.always_locks = true,
	.full = true,
};

static void remove_migration_ptes(struct machine *m, struct page *old,
	struct page *new, int entries)
{
	struct restore r = { old };
	struct rmap_walk w = { .page = new,
		.job = &restore_job,
		.to_find = entries,
		.ctx = &r };

	call(m, FN_RESTORE, page_ref(m, old), page_ref(m, new), 0);
	rmap_walk_page(m, &w);
	ret(m, FN_RESTORE);
}

/* -- the move ------------------------------------------------------------------- */

/* References that are explained: the isolation's, and that of a cache. */
static int expected_references(const struct page *page)
{
	bool cached = (page->flags & PG(SWAPCACHE)) ||
		(page->mapping && !(page->mapping & PAGE_MAPPING_ANON));

	return 1 + cached;
}

/* Its place in the caches (migrate_page_move_mapping). */
static bool move_mapping(struct machine *m, struct page *old, struct page *new)
{
	if (old->_refcount != expected_references(old)) {
		tell(m, EV_MIGRATE_REFUSED, page_ref(m, old), NO_REF,
			(uint64_t)old->_refcount);
		return false;
	}
	new->index = old->index;
	new->mapping = old->mapping;
	if (old->flags & PG(SWAPBACKED))
		page_set_flag(m, new, PG(SWAPBACKED));
	if (old->flags & PG(SWAPCACHE))
		swap_cache_replace(m, old, new);
	else if (old->mapping && !(old->mapping & PAGE_MAPPING_ANON))
		page_cache_replace(m, old, new);
	tell(m, EV_MIGRATE_MOVE, page_ref(m, old), page_ref(m, new),
		old->index);
	return true;
}

/* migrate_page_copy, folio_migrate_flags */
static void move_content(struct machine *m, struct page *old, struct page *new)
{
	const uint32_t stays = PG(REFERENCED) | PG(UPTODATE) | PG(WORKINGSET) |
		PG(ACTIVE) | PG(UNEVICTABLE) | PG(DIRTY);

	new->value = old->value;
	cost(m, COST_COPIES, 1);
	tell(m, EV_COPY_PAGE, page_ref(m, old), page_ref(m, new), 0);
	page_set_flag(m, new, old->flags & stays);
	page_clear_flag(m, old, PG(ACTIVE) | PG(UNEVICTABLE) | PG(DIRTY));
	ksm_migrate_page(m, new, old);
}

/* The new page to its list.  6.18: before it is mapped, so that who locks it
 * in memory finds it there. */
static void add_new(struct machine *m, struct page *new)
{
	page_clear_flag(m, new, PG(UNEVICTABLE));
	lru_add(m, new, page_lru(m, new));
}

static int move_to_new_page(struct machine *m, struct page *old,
	struct page *new, int entries)
{
	if (!move_mapping(m, old, new))
		return -EAGAIN;
	move_content(m, old, new);
	add_new(m, new);
	if (entries)
		remove_migration_ptes(m, old, new, entries);
	old->mapping = 0;
	return 0;
}

/* Both pages are locked (__unmap_and_move; migrate_folio_unmap and _move). */
static int unmap_and_move(struct machine *m, struct page *old,
	struct page *new)
{
	int entries = page_mapcount(old), err = -EAGAIN;

	if (entries)
		try_to_unmap(m, old, TTU_MIGRATION | TTU_IGNORE_MLOCK |
			TTU_IGNORE_ACCESS);
	if (!page_mapcount(old))
		err = move_to_new_page(m, old, new, entries);
	if (err && entries)
		remove_migration_ptes(m, old, old, entries);
	return err;
}

/* @old is isolated: it cannot be reclaimed while its new frame is looked for. */
static int to_new_frame(struct machine *m, struct page *old)
{
	struct page *new = alloc_pages(m, 0, (enum page_kind)old->kind);
	int err;

	if (!new)
		return -ENOMEM;
	if (old->_refcount == 1) { /* freed from under us */
		put_page(m, new);
		return 0;
	}
	if (!trylock_page(m, old)) {
		put_page(m, new);
		return -EAGAIN;
	}
	if (old->flags & PG(WRITEBACK))
		io_wait(m);
	trylock_page(m, new);
	err = unmap_and_move(m, old, new);
	unlock_page(m, new);
	unlock_page(m, old);
	put_page(m, new); /* what allocated it; who maps it has its own */
	return err;
}

int migrate_page(struct machine *m, struct page *page)
{
	int err;

	if (!ops_of(m)->migration_read)
		return -ENOSYS;
	if (!kind_is_anon(page->kind) && page->kind != PAGE_FILE &&
		page->kind != PAGE_SHMEM)
		return -EINVAL;
	lru_add_drain(m);
	call(m, FN_MIGRATE, page_ref(m, page), NO_REF, 0);
	if (!lru_isolate(m, page)) {
		ret(m, FN_MIGRATE);
		return -EBUSY;
	}
	err = to_new_frame(m, page);
	if (err)
		lru_putback_by_mlock(m, page);
	else
		put_page(m, page);
	ret(m, FN_MIGRATE);
	return err;
}
