/*
 * 4.0 and 6.18 (mm/rmap.c): an anon_vma_chain (AVC) is one edge "this VMA may
 * hold pages of that anon_vma".  vma->anon_vma_chain lists the edges of a VMA,
 * newest anon_vma first; anon_vma->rb_root is the interval tree of the edges
 * of an anon_vma.  A forked child gets an anon_vma of its own for the pages it
 * will write, so that a walk for one of those does not visit the parent.
 *
 * Invariants: all anon_vmas that a VMA is linked to have one root; the root's
 * refcount is 1 for its own tree and 1 for each living descendant; counters:
 *   num_children     anon_vmas whose parent this is; a root counts itself
 *   num_active_vmas  VMAs whose vma->anon_vma this is
 *   degree           their sum, all that 4.0 has
 */
#include "core/emit.h"
#include "core/idmap.h"
#include "core/interval_tree.h"
#include "core/rmap.h"
#include "core/slab.h"

#include <errno.h>

/* May a forked VMA take over this idle ancestor?  NULL: never. */
typedef bool reuse_rule(const struct anon_vma *av,
	const struct vm_area_struct *src);

static struct anon_vma_chain *avc_of(struct list_head *node)
{
	return container_of(node, struct anon_vma_chain, same_vma);
}

static void lock_root(struct machine *m, struct anon_vma *root)
{
	lock_write(m, &root->lock, anon_vma_ref(root), ops_of(m)->anon_lock);
}

static void unlock_root(struct machine *m, struct anon_vma *root)
{
	unlock_write(m, &root->lock, anon_vma_ref(root), ops_of(m)->anon_lock);
}

/* Change one of the counters, and degree with it. */
static void count(struct machine *m, struct anon_vma *av, uint32_t *counter,
	int delta)
{
	bool children = counter == &av->num_children;
	uint32_t old = *counter, degree = av->degree;

	*counter += (uint32_t)delta;
	av->degree += (uint32_t)delta;
	if (ops_of(m)->has_degree)
		tell_set(m, anon_vma_ref(av), "degree", VT_INT, degree,
			av->degree);
	else
		tell_set(m, anon_vma_ref(av),
			children ? "num_children" : "num_active_vmas", VT_INT,
			old, *counter);
}

/* -- edges -------------------------------------------------------------- */

static struct anon_vma_chain *avc_new(struct machine *m, bool wait)
{
	struct anon_vma_chain *avc = wait
		? slab_alloc(m, CACHE_AVC)
		: slab_alloc_nowait(m, CACHE_AVC);

	if (!avc)
		return NULL;
	avc->id = idmap_next(&m->avcs);
	list_init(&avc->same_vma);
	idmap_add(m, &m->avcs, avc);
	slab_tell(m, CACHE_AVC, ref_make(REF_AVC, avc->id));
	return avc;
}

static struct anon_vma_chain *avc_alloc(struct machine *m)
{
	return avc_new(m, true);
}

static void avc_free(struct machine *m, struct anon_vma_chain *avc)
{
	uint32_t id = avc->id;

	idmap_remove(&m->avcs, id);
	slab_free(m, CACHE_AVC, avc, ref_make(REF_AVC, id));
}

/* anon_vma_chain_link: the head of the VMA's list, and into the tree. */
static void avc_link(struct machine *m, struct vm_area_struct *vma,
	struct anon_vma_chain *avc, struct anon_vma *av)
{
	avc->vma = vma;
	avc->anon_vma = av;
	list_add(&avc->same_vma, &vma->anon_vma_chain);
	cost(m, COST_LIST_NODES, 1);
	avc_tree_insert(m, avc, &av->rb_root);
	av->nr_linked++;
	tell(m, EV_LINK_ANON_VMA, vma_ref(vma), anon_vma_ref(av), avc->id);
}

bool avc_is_singular(const struct vm_area_struct *vma)
{
	const struct list_head *head = &vma->anon_vma_chain;

	return head->next != head && head->next->next == head;
}

/* -- first fault -------------------------------------------------------- */

/* Attach @av, new or a neighbour's, as the VMA's own. */
static void attach(struct machine *m, struct vm_area_struct *vma,
	struct anon_vma_chain *avc, struct anon_vma *av)
{
	struct mm_struct *mm = vma->vm_mm;

	lock_root(m, av->root);
	lock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	vma_set_anon_vma(m, vma, av);
	avc_link(m, vma, avc, av);
	count(m, av, &av->num_active_vmas, 1);
	unlock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	unlock_root(m, av->root);
}

static int prepare(struct machine *m, struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc = avc_alloc(m);
	struct anon_vma *av;

	if (!avc)
		return -ENOMEM;
	av = find_mergeable_anon_vma(m, vma, avc_is_singular);
	if (!av) {
		av = anon_vma_alloc(m);
		if (!av) {
			avc_free(m, avc);
			return -ENOMEM;
		}
		av->refcount = 1;
		count(m, av, &av->num_children, 1); /* a root is its child */
	}
	attach(m, vma, avc, av);
	return 0;
}

int avc_prepare(struct machine *m, struct vm_area_struct *vma)
{
	int err = 0;

	call(m, FN_PREPARE, vma_ref(vma), NO_REF, 0);
	if (vma->anon_vma)
		tell(m, EV_HAS_ANON_VMA, vma_ref(vma),
			anon_vma_ref(vma->anon_vma), 0);
	else
		err = prepare(m, vma);
	ret(m, FN_PREPARE);
	return err;
}

/* -- copying the links -------------------------------------------------- */

/*
 * Link @dst to everything that @src is linked to, the oldest first, so that
 * the lists come out in the same order.  With @reuse and no anon_vma of its
 * own yet @dst takes the first that the rule allows.
 */
static int clone_links(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, reuse_rule *reuse)
{
	struct anon_vma *root = src->anon_vma->root;
	struct list_head *head = &src->anon_vma_chain;

	lock_root(m, root);
	for (struct list_head *n = head->prev; n != head; n = n->prev) {
		struct anon_vma *av = avc_of(n)->anon_vma;
		struct anon_vma_chain *avc = avc_new(m, false);

		if (!avc) { /* reclaim may need the lock */
			unlock_root(m, root);
			avc = avc_alloc(m);
			if (!avc)
				return -ENOMEM;
			lock_root(m, root);
		}
		avc_link(m, dst, avc, av);
		if (reuse && !dst->anon_vma && reuse(av, src)) {
			vma_set_anon_vma(m, dst, av);
			tell(m, EV_REUSE_ANON_VMA, vma_ref(dst),
				anon_vma_ref(av), 0);
		}
	}
	if (dst->anon_vma)
		count(m, dst->anon_vma, &dst->anon_vma->num_active_vmas, 1);
	unlock_root(m, root);
	return 0;
}

static int clone(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, reuse_rule *reuse)
{
	int err;

	call(m, FN_ANON_CLONE, vma_ref(dst), vma_ref(src), 0);
	err = clone_links(m, dst, src, reuse);
	ret(m, FN_ANON_CLONE);
	if (err) {
		dst->anon_vma = NULL; /* its counter was not raised yet */
		avc_unlink(m, dst);
	}
	return err;
}

int avc_clone(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src)
{
	return clone(m, dst, src, NULL);
}

/* -- fork --------------------------------------------------------------- */

/* An anon_vma of the child's own, below the parent's. */
static int fork_own(struct machine *m, struct vm_area_struct *vma,
	struct anon_vma *parent)
{
	struct anon_vma *av = anon_vma_alloc(m);
	struct anon_vma_chain *avc = av ? avc_alloc(m) : NULL;

	if (!avc) {
		if (av)
			anon_vma_free(m, av);
		return -ENOMEM;
	}
	av->refcount = 1;
	count(m, av, &av->num_active_vmas, 1);
	av->root = parent->root;
	av->parent = parent;
	parent->root->refcount++;
	tell_set(m, anon_vma_ref(parent->root), "refcount", VT_INT,
		parent->root->refcount - 1, parent->root->refcount);
	vma_set_anon_vma(m, vma, av);
	lock_root(m, av->root);
	avc_link(m, vma, avc, av);
	count(m, parent, &parent->num_children, 1);
	unlock_root(m, av->root);
	return 0;
}

static int fork_vma(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent, reuse_rule *reuse)
{
	int err;

	if (!parent->anon_vma)
		return 0;
	call(m, FN_ANON_FORK, vma_ref(vma), vma_ref(parent), 0);
	vma->anon_vma = NULL;
	err = clone(m, vma, parent, reuse);
	if (!err && !vma->anon_vma) {
		err = fork_own(m, vma, parent->anon_vma);
		if (err)
			avc_unlink(m, vma);
	}
	ret(m, FN_ANON_FORK);
	return err;
}

/* 4.0: no child beyond one user, or no user beyond one child. */
static bool reuse_by_degree(const struct anon_vma *av,
	const struct vm_area_struct *src)
{
	return av != src->anon_vma && av->degree < 2;
}

/* 6.18: no VMA uses it as its own, and it has at most one child. */
static bool reuse_by_active(const struct anon_vma *av,
	const struct vm_area_struct *src)
{
	(void)src;
	return av->num_children < 2 && !av->num_active_vmas;
}

int avc_fork_degree(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent)
{
	return fork_vma(m, vma, parent, reuse_by_degree);
}

int avc_fork_active(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent)
{
	return fork_vma(m, vma, parent, reuse_by_active);
}

/* -- leaving ------------------------------------------------------------ */

void anon_vma_get(struct machine *m, struct anon_vma *av)
{
	av->refcount++;
	tell_set(m, anon_vma_ref(av), "refcount", VT_INT, av->refcount - 1,
		av->refcount);
}

/* Drop what the tree held on its anon_vma; the last root reference, too. */
void anon_vma_put(struct machine *m, struct anon_vma *av)
{
	struct anon_vma *root = av->root;

	av->refcount--;
	tell_set(m, anon_vma_ref(av), "refcount", VT_INT, av->refcount + 1,
		av->refcount);
	if (av->refcount)
		return;
	anon_vma_free(m, av);
	if (root != av)
		anon_vma_put(m, root);
}

/* Pass 1: out of all trees, newest to root; edges to what is empty now stay on
 * the list for pass 2, which may free the anon_vma and must not hold a lock. */
static void leave_trees(struct machine *m, struct vm_area_struct *vma)
{
	list_for_each_safe (n, tmp, &vma->anon_vma_chain) {
		struct anon_vma_chain *avc = avc_of(n);
		struct anon_vma *av = avc->anon_vma;

		avc_tree_remove(m, avc, &av->rb_root);
		av->nr_linked--;
		cost(m, COST_LIST_NODES, 1);
		tell(m, EV_UNLINK_ANON_VMA, vma_ref(vma), anon_vma_ref(av),
			avc->id);
		if (!av->rb_root.node) {
			count(m, av->parent, &av->parent->num_children, -1);
			continue;
		}
		list_del(n);
		avc_free(m, avc);
	}
}

static void drop_empty(struct machine *m, struct vm_area_struct *vma)
{
	list_for_each_safe (n, tmp, &vma->anon_vma_chain) {
		struct anon_vma_chain *avc = avc_of(n);
		struct anon_vma *av = avc->anon_vma;

		list_del(n);
		avc_free(m, avc);
		if (vma->anon_vma == av)
			vma->anon_vma = NULL; /* dying; for who looks at it */
		anon_vma_put(m, av);
	}
}

void avc_unlink(struct machine *m, struct vm_area_struct *vma)
{
	struct anon_vma *root, *own = vma->anon_vma;

	if (list_empty(&vma->anon_vma_chain))
		return;
	root = avc_of(vma->anon_vma_chain.next)->anon_vma->root;
	call(m, FN_UNLINK, vma_ref(vma), NO_REF, 0);
	lock_root(m, root);
	leave_trees(m, vma);
	if (own) {
		count(m, own, &own->num_active_vmas, -1);
		if (ops_of(m)->unlink_clears)
			vma_set_anon_vma(m, vma, NULL);
	}
	unlock_root(m, root);
	drop_empty(m, vma);
	ret(m, FN_UNLINK);
}

/* -- other bounds ------------------------------------------------------- */

void avc_range_pre(struct machine *m, struct vm_area_struct *vma)
{
	list_for_each (n, &vma->anon_vma_chain)
		avc_tree_remove(m, avc_of(n), &avc_of(n)->anon_vma->rb_root);
}

void avc_range_post(struct machine *m, struct vm_area_struct *vma)
{
	list_for_each (n, &vma->anon_vma_chain)
		avc_tree_insert(m, avc_of(n), &avc_of(n)->anon_vma->rb_root);
}

/* -- walking and merging ------------------------------------------------ */

void avc_walk(struct machine *m, struct rmap_walk *w)
{
	struct anon_vma *av = page_anon_vma(w->page);
	struct anon_vma *root = av->root;
	uint64_t index = w->page->index;
	struct anon_vma_chain *avc;

	lock_read(m, &root->lock, anon_vma_ref(root), ops_of(m)->anon_lock);
	for (avc = avc_tree_first(m, &av->rb_root, index); avc;
		avc = avc_tree_next(m, avc, index))
		if (!rmap_visit(m, w, avc->vma))
			break;
	unlock_read(m, &root->lock, anon_vma_ref(root), ops_of(m)->anon_lock);
}

/* 4.0 mm/mmap.c is_mergeable_anon_vma: an unfaulted range may join a VMA that
 * never inherited anything; else both must have one anon_vma. */
enum no_merge avc_anon_merge_4_0(const struct merge_request *req,
	const struct vm_area_struct *target)
{
	if (req->anon_vma == target->anon_vma)
		return MERGE_FITS;
	if (req->anon_vma && target->anon_vma)
		return NO_MERGE_ANON_VMA;
	if (avc_is_singular(target))
		return MERGE_FITS;
	return target->anon_vma ? NO_MERGE_INHERITED : NO_MERGE_UNFAULTED;
}

/* 6.18 mm/vma.c is_mergeable_anon_vma: and a faulted range may join an
 * unfaulted VMA if it never inherited anything itself; what a VMA grows by
 * (no source) is not asked. */
enum no_merge avc_anon_merge_6_18(const struct merge_request *req,
	const struct vm_area_struct *target)
{
	if (req->anon_vma == target->anon_vma)
		return MERGE_FITS;
	if (req->anon_vma && target->anon_vma)
		return NO_MERGE_ANON_VMA;
	if (!req->anon_vma)
		return avc_is_singular(target) ? MERGE_FITS
					       : NO_MERGE_INHERITED;
	return !req->source || avc_is_singular(req->source)
		? MERGE_FITS
		: NO_MERGE_SOURCE;
}
