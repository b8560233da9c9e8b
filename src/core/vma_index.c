/*
 * How an address space finds its VMAs.  In every machine they stand on a list
 * by address.  2.4 to 4.0 have a red-black tree of the same VMAs, and remember
 * what was found last: one VMA an mm (mmap_cache), in 4.0 four a task
 * (vmacache, mm/vmacache.c).  6.18 has a maple tree of ranges instead
 * (maple_tree.c); its list is this program's own.
 *
 * Invariant, between operations: VMAs do not overlap; list order, order in the
 * tree and order by address are one; the maple tree holds each VMA at exactly
 * its range and nothing elsewhere.
 */
#include "core/vma.h"
#include "core/emit.h"
#include "core/maple_tree.h"

#include <errno.h>

static struct vm_area_struct *rb_vma(struct rb_node *node)
{
	return node ? container_of(node, struct vm_area_struct, vm_rb) : NULL;
}

/* -- looking, uncounted --------------------------------------------------- */

struct vm_area_struct *vma_lookup(const struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *best = NULL;
	struct rb_node *node = mm->mm_rb.node;

	if (mm->mm_mt.root)
		return maple_find(&mm->mm_mt, addr);
	while (node) {
		struct vm_area_struct *vma = rb_vma(node);

		if (vma->vm_end > addr) {
			best = vma;
			if (vma->vm_start <= addr)
				break;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best;
}

static struct vm_area_struct *last_vma(const struct mm_struct *mm)
{
	return mm->mm_mt.root ? maple_final(&mm->mm_mt)
			      : rb_vma(rb_last(&mm->mm_rb));
}

struct vm_area_struct *vma_before(const struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *next = addr ? vma_lookup(mm, addr - 1) : NULL;

	/* next ends at or above addr: it may be the one that ends just there */
	if (next && next->vm_end == addr)
		return next;
	if (next)
		return next->vm_prev;
	return addr ? last_vma(mm) : NULL;
}

/* -- find_vma ------------------------------------------------------------- */

static bool holds(const struct vm_area_struct *vma, uint64_t addr)
{
	return vma->vm_start <= addr && addr < vma->vm_end;
}

/* The descent of vma_lookup(), each node counted. */
static struct vm_area_struct *rb_search(struct machine *m,
	struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *best = NULL;
	struct rb_node *node = mm->mm_rb.node;

	while (node) {
		struct vm_area_struct *vma = rb_vma(node);
		enum rb_step step = vma->vm_end <= addr	    ? RB_RIGHT
				    : vma->vm_start <= addr ? RB_HERE
							    : RB_LEFT;

		cost(m, COST_TREE_NODES, 1);
		tell(m, EV_RB_STEP, vma_ref(vma), addr_ref(mm, addr), step);
		best = step == RB_RIGHT ? best : vma;
		if (step == RB_HERE)
			break;
		node = step == RB_RIGHT ? node->right : node->left;
	}
	return best;
}

static struct vm_area_struct *find_by_mmap_cache(struct machine *m,
	struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *vma = mm->mmap_cache;

	if (vma && holds(vma, addr)) {
		tell(m, EV_VMA_CACHED, addr_ref(mm, addr), vma_ref(vma), 0);
		return vma;
	}
	vma = rb_search(m, mm, addr);
	if (vma)
		mm->mmap_cache = vma;
	return vma;
}

/* vmacache_valid: the slots of the task that runs, if they are of this mm;
 * stale ones are emptied. */
static uint32_t *vmacache_of(struct machine *m, const struct mm_struct *mm)
{
	struct task_struct *task = task_find(m, m->current_pid);

	if (!task || task->mm != mm)
		return NULL;
	if (task->vmacache_seqnum != mm->vmacache_seqnum) {
		task->vmacache_seqnum = mm->vmacache_seqnum;
		for (unsigned i = 0; i < VMACACHE_SIZE; i++)
			task->vmacache[i] = 0;
	}
	return task->vmacache;
}

static struct vm_area_struct *find_by_vmacache(struct machine *m,
	struct mm_struct *mm, uint64_t addr)
{
	uint32_t *cache = vmacache_of(m, mm);
	struct vm_area_struct *vma;

	for (unsigned i = 0; cache && i < VMACACHE_SIZE; i++) {
		vma = cache[i] ? vma_by_id(m, cache[i]) : NULL;
		if (vma && vma->vm_mm == mm && holds(vma, addr)) {
			tell(m, EV_VMA_CACHED, addr_ref(mm, addr),
				vma_ref(vma), i);
			return vma;
		}
	}
	vma = rb_search(m, mm, addr);
	if (vma && cache)
		cache[(addr >> PAGE_SHIFT) % VMACACHE_SIZE] = vma->id;
	return vma;
}

/* One node for each level; the slot after nothing is looked at in the same
 * leaf. */
static void tell_maple_walk(struct machine *m, const struct mm_struct *mm,
	uint64_t addr)
{
	struct maple_path path;

	maple_walk(&mm->mm_mt, addr, &path);
	for (unsigned d = 0; d < path.depth; d++) {
		const struct maple_level *at = &path.at[d];
		unsigned i = at->slot;

		emit_full(m,
			&(struct event){ .id = EV_MAPLE_STEP,
				.o = maple_ref(at->node),
				.p = addr_ref(mm, addr),
				.type = VT_ADDR,
				.old = i ? at->node->pivot[i - 1] + 1 : at->min,
				.new = maple_last(at->node, i, at->max),
				.n = i });
	}
}

static struct vm_area_struct *find_by_maple(struct machine *m,
	struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *vma = mm->mm_mt.near;

	cost(m, COST_TREE_NODES, mm->mm_mt.height);
	if (tracing(m))
		tell_maple_walk(m, mm, addr);
	if (vma && holds(vma, addr))
		return vma;
	return mm->mm_mt.near = maple_find(&mm->mm_mt, addr);
}

struct vm_area_struct *find_vma(struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	struct vm_area_struct *vma;

	cost(m, COST_VMAS, 1);
	vma = ops_of(m)->index->find(m, mm, addr);
	if (vma && vma->vm_start <= addr)
		tell(m, EV_FOUND_VMA, addr_ref(mm, addr), vma_ref(vma), 0);
	else
		tell(m, EV_NO_VMA, addr_ref(mm, addr), NO_REF, 0);
	return vma;
}

/* -- into the index -------------------------------------------------------- */

static void rb_link(struct machine *m, struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	struct rb_node **link = &mm->mm_rb.node, *parent = NULL;

	(void)m;
	while (*link) {
		parent = *link;
		link = vma->vm_start < rb_vma(parent)->vm_start
			? &parent->left
			: &parent->right;
	}
	rb_insert(&mm->mm_rb, &vma->vm_rb, parent, link, NULL);
}

static void rb_unlink(struct vm_area_struct *vma)
{
	rb_erase(&vma->vm_mm->mm_rb, &vma->vm_rb, NULL);
}

static void maple_link(struct machine *m, struct vm_area_struct *vma)
{
	maple_store(m, vma->vm_mm, vma->vm_start, vma->vm_end - 1, vma);
}

void vma_link_after(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *prev)
{
	struct mm_struct *mm = vma->vm_mm;

	vma->vm_prev = prev;
	vma->vm_next = prev ? prev->vm_next : mm->mmap;
	if (prev)
		prev->vm_next = vma;
	else
		mm->mmap = vma;
	if (vma->vm_next)
		vma->vm_next->vm_prev = vma;
	mm->map_count++;
	ops_of(m)->index->insert(m, vma);
	tell(m, EV_VMA_LINK, vma_ref(vma), mm_ref(mm), 0);
}

/* Whom @vma stands behind.  A VMA that it was cut from has other bounds
 * already, but the maple tree finds it still where it was. */
static struct vm_area_struct *prev_of(const struct vm_area_struct *vma)
{
	struct vm_area_struct *near = vma_lookup(vma->vm_mm, vma->vm_start);

	if (!near)
		return last_vma(vma->vm_mm);
	return near->vm_start < vma->vm_end ? near : near->vm_prev;
}

void vma_link(struct machine *m, struct vm_area_struct *vma)
{
	vma_link_after(m, vma, prev_of(vma));
}

/* -- and out of it --------------------------------------------------------- */

void vma_detach(struct machine *m, struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	if (ops_of(m)->index->erase)
		ops_of(m)->index->erase(vma);
	if (vma->vm_prev)
		vma->vm_prev->vm_next = vma->vm_next;
	else
		mm->mmap = vma->vm_next;
	if (vma->vm_next)
		vma->vm_next->vm_prev = vma->vm_prev;
	vma->vm_next = vma->vm_prev = NULL;
	mm->map_count--;
	tell(m, EV_VMA_UNLINK, vma_ref(vma), mm_ref(mm), 0);
}

void vma_unlink(struct machine *m, struct vm_area_struct *vma)
{
	ops_of(m)->index->forget(vma->vm_mm, vma);
	vma_detach(m, vma);
}

/* In 2.x __vma_unlink() goes back one VMA, a munmap empties it. */
static void forget_mmap_cache(struct mm_struct *mm, struct vm_area_struct *vma)
{
	if (!vma)
		mm->mmap_cache = NULL;
	else if (mm->mmap_cache == vma)
		mm->mmap_cache = vma->vm_prev;
}

static void forget_vmacache(struct mm_struct *mm, struct vm_area_struct *vma)
{
	(void)vma;
	mm->vmacache_seqnum++;
}

static void forget_near(struct mm_struct *mm, struct vm_area_struct *vma)
{
	(void)vma;
	mm->mm_mt.near = NULL;
}

const struct vma_index index_mmap_cache = { find_by_mmap_cache, rb_link,
	rb_unlink, forget_mmap_cache, false };
const struct vma_index index_vmacache = { find_by_vmacache, rb_link, rb_unlink,
	forget_vmacache, false };
const struct vma_index index_maple = { find_by_maple, maple_link, NULL,
	forget_near, true };

/* -- 6.18: ranges ---------------------------------------------------------- */

static bool by_ranges(const struct machine *m)
{
	return ops_of(m)->index->ranges;
}

void vma_detached(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end)
{
	ops_of(m)->index->forget(mm, NULL);
	if (by_ranges(m))
		maple_store(m, mm, start, end - 1, NULL);
}

/* The kernel does this last, when the VMAs are gone (__mt_destroy); here the
 * tree never names what is no more. */
void vma_index_end(struct machine *m, struct mm_struct *mm)
{
	ops_of(m)->index->forget(mm, NULL);
	maple_destroy(m, mm);
}

int vma_reserve(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, struct vm_area_struct *vma)
{
	return by_ranges(m) ? maple_reserve(m, mm, start, end - 1, vma) : 0;
}

void vma_unreserve(struct machine *m)
{
	maple_release(m);
}

void vma_store(struct machine *m, struct vm_area_struct *vma)
{
	if (by_ranges(m))
		maple_link(m, vma);
}

/* dup_mmap copies the tree at once (__mt_dup); nobody reads it yet. */
int vma_index_dup(struct machine *m, struct mm_struct *to,
	struct mm_struct *from)
{
	if (!by_ranges(m))
		return 0;
	if (maple_dup(m, to, from))
		return -ENOMEM;
	to->mm_mt.rcu = false;
	tell(m, EV_MAPLE_COPY, mm_ref(to), mm_ref(from), to->mm_mt.height);
	return 0;
}

void vma_index_dup_end(struct mm_struct *to)
{
	to->mm_mt.rcu = true;
}
