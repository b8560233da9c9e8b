/*
 * Files: each cached page stands in the tree of its file at its place, and a
 * page that is clean is as the disk has it; the VMAs of a file stand in its
 * i_mmap, and nobody else does.
 */
#include "core/checker.h"
#include "core/filemap.h"
#include "core/i_mmap.h"
#include "core/page_tree.h"

#include <string.h>

static struct ref file_ref(const struct inode *inode)
{
	return ref_make(REF_FILE, inode->id);
}

static bool each_inode(struct checker *c,
	bool (*fn)(struct checker *, const struct inode *))
{
	for (uint32_t id = 1; id <= c->m->inodes.last; id++)
		if (c->m->inodes.slot[id] && !fn(c, c->m->inodes.slot[id]))
			return false;
	return true;
}

/* -- the trees ---------------------------------------------------------------- */

struct tree_check {
	struct checker *c;
	const struct inode *inode;
	bool (*leaf)(struct tree_check *t, uint64_t index, uint64_t word,
		bool dirty);
	uint64_t words;  /* met so far */
	uint64_t pages;  /* of them pages */
	uint32_t nodes;
};

static bool check_node(struct tree_check *t, const struct radix_node *node,
	unsigned below, uint64_t base);

/* One slot that is in use; its tag must say what is below. */
static bool check_slot(struct tree_check *t, const struct radix_node *node,
	unsigned below, unsigned i, uint64_t index)
{
	bool dirty = node->tag[RADIX_DIRTY] >> i & 1;
	const struct radix_node *child;

	if (!below) {
		t->words++;
		return t->leaf(t, index, node->slot[i], dirty);
	}
	child = (const struct radix_node *)(uintptr_t)node->slot[i];
	if (dirty != (child->tag[RADIX_DIRTY] != 0))
		return broken(t->c, "tag", file_ref(t->inode), index, dirty);
	return check_node(t, child, below - 1, index);
}

static bool check_node(struct tree_check *t, const struct radix_node *node,
	unsigned below, uint64_t base)
{
	t->nodes++;
	if (!node->used || (node->tag[RADIX_DIRTY] & ~node->used))
		return broken(t->c, "tree", file_ref(t->inode), base, 0);
	for (unsigned i = 0; i < RADIX_SLOTS; i++) {
		uint64_t index = base + ((uint64_t)i << RADIX_BITS * below);

		if ((node->used >> i & 1) != (node->slot[i] != 0))
			return broken(t->c, "tree", file_ref(t->inode), index,
				node->slot[i] != 0);
		if (node->slot[i] && !check_slot(t, node, below, i, index))
			return false;
	}
	return true;
}

static bool check_tree(struct tree_check *t, const struct radix_tree *tree)
{
	struct ref o = file_ref(t->inode);

	if (!tree->node != !tree->height)
		return broken(t->c, "tree", o, tree->height, 0);
	if (tree->node && !check_node(t, tree->node, tree->height - 1, 0))
		return false;
	if (t->words != tree->count || t->nodes != tree->nr_nodes)
		return broken(t->c, "tree", o, t->words, tree->count);
	return true;
}

/* -- what is cached ------------------------------------------------------------- */

static bool check_entry(struct tree_check *t, uint64_t entry)
{
	unsigned kind = entry & ENTRY_BITS;

	if (kind == ENTRY_SWAP && t->inode->tmpfs &&
		entry >> 2 < t->c->m->swap_info.max) {
		t->c->slots[entry >> 2]++;
		return true;
	}
	if (kind == ENTRY_SHADOW && ops_of(t->c->m)->leaves_shadows)
		return true;
	return broken(t->c, "tree", file_ref(t->inode), 0, entry);
}

static bool check_cached(struct tree_check *t, uint64_t index, uint64_t word,
	bool dirty)
{
	const struct machine *m = t->c->m;
	const struct page *page = entry_page(word);
	struct ref o;

	if (index >= t->inode->i_size)
		return broken(t->c, "i_size", file_ref(t->inode),
			t->inode->i_size, index);
	if (!page)
		return check_entry(t, word);
	o = ref_make(REF_PAGE, page_pfn(m, page));
	if (page->kind != (t->inode->tmpfs ? PAGE_SHMEM : PAGE_FILE))
		return broken(t->c, "cache", o, PAGE_FILE, page->kind);
	if (page->mapping != (uintptr_t)&t->inode->i_mapping)
		return broken(t->c, "mapping", o, t->inode->id, 0);
	if (page->index != index)
		return broken(t->c, "index", o, index, page->index);
	if (!(page->flags & PG(UPTODATE)))
		return broken(t->c, "uptodate", o, 1, 0);
	if (dirty != !!(page->flags & PG(DIRTY)))
		return broken(t->c, "tag", o, dirty, !dirty);
	t->pages++;
	t->c->cached[page_pfn(m, page)]++;
	return true;
}

/* A word on the disk; the bit that marks it apart. */
static bool check_on_disk(struct tree_check *t, uint64_t index, uint64_t word,
	bool dirty)
{
	if (dirty || !(word >> 63) || index >= t->inode->i_size)
		return broken(t->c, "disk", file_ref(t->inode), index, word);
	return true;
}

static bool check_inode(struct checker *c, const struct inode *inode)
{
	struct tree_check t = { .c = c, .inode = inode, .leaf = check_cached };
	struct tree_check disk = { .c = c, .inode = inode,
		.leaf = check_on_disk };

	if (!check_tree(&t, &inode->i_mapping.page_tree) ||
		!check_tree(&disk, &inode->disk))
		return false;
	if (t.pages != inode->i_mapping.nrpages)
		return broken(c, "nrpages", file_ref(inode), t.pages,
			inode->i_mapping.nrpages);
	if (inode->named_pages > inode->i_size ||
		(inode->tmpfs && (inode->named_pages || inode->disk.count)))
		return broken(c, "disk", file_ref(inode), inode->i_size,
			inode->named_pages);
	return true;
}

bool check_caches(struct checker *c)
{
	return each_inode(c, check_inode);
}

/* -- what the disk has not yet ---------------------------------------------------- */

/* A page of a file in no cache: it was cut off while a batch held it (4.0
 * mm/truncate.c), and nobody but the batch knows it. */
static bool is_leftover(const struct machine *m, uint32_t pfn)
{
	const struct page *page = &m->mem_map[pfn];

	return check_batched(m, pfn) == 1 && page->_refcount == 1;
}

static bool check_clean(struct checker *c, uint32_t pfn)
{
	const struct machine *m = c->m;
	const struct page *page = &m->mem_map[pfn];
	const struct inode *inode = page_inode(m, page);
	value_t disk;

	if (page->kind != PAGE_FILE && page->kind != PAGE_SHMEM)
		return true;
	if (!inode && !(page->flags & PG(SWAPCACHE)))
		return is_leftover(m, pfn) ||
			broken(c, "cache", ref_make(REF_PAGE, pfn), 1, 0);
	if (page->kind == PAGE_SHMEM)
		return true;
	disk = disk_read(inode, page->index);
	if (page->value != disk && !(page->flags & PG(DIRTY)) &&
		(ops_of(m)->tracks_dirty || !c->dirty[pfn]))
		return broken(c, "clean", ref_make(REF_PAGE, pfn), disk,
			page->value);
	return true;
}

/* -- VMAs ---------------------------------------------------------------------------- */

struct look {
	const struct vm_area_struct *vma;
	bool found;
};

static bool look_for_vma(void *ctx, const struct i_mmap_node *node)
{
	struct look *l = ctx;

	l->found |= node->vma == l->vma;
	return !l->found;
}

static bool check_vma_file(struct checker *c, const struct vm_area_struct *vma)
{
	static const struct vm_area_struct none;
	struct look l = { vma, false };
	struct ref o = ref_make(REF_VMA, vma->id);

	if (!vma->vm_file)
		return (memcmp(&vma->shared, &none.shared,
				sizeof none.shared) == 0 &&
			       !(vma->vm_flags & VM_SHARED)) ||
			broken(c, "i_mmap", o, 0, 1);
	i_mmap_look(c->m, &vma->vm_file->i_mapping, look_for_vma, &l);
	return l.found || broken(c, "i_mmap", o, 1, 0);
}

static bool check_users(struct checker *c, const struct inode *inode)
{
	const struct machine *m = c->m;
	uint32_t vmas = 0;

	if (!check_i_mmap(c, &inode->i_mapping))
		return false;
	for (uint32_t id = 1; id <= m->vmas.last; id++) {
		const struct vm_area_struct *v = m->vmas.slot[id];

		vmas += v && v->vm_file == inode;
	}
	if (vmas != inode->i_mapping.nr_mmap)
		return broken(c, "nr_mmap", file_ref(inode), vmas,
			inode->i_mapping.nr_mmap);
	if (inode->users != vmas + !inode->hidden)
		return broken(c, "users", file_ref(inode),
			vmas + !inode->hidden, inode->users);
	return true;
}

bool check_files(struct checker *c)
{
	const struct machine *m = c->m;

	if (!each_inode(c, check_users))
		return false;
	for (uint32_t id = 1; id <= m->vmas.last; id++)
		if (m->vmas.slot[id] && !check_vma_file(c, m->vmas.slot[id]))
			return false;
	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++)
		if (!check_clean(c, (uint32_t)pfn))
			return false;
	return true;
}
