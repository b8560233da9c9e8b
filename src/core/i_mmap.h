/*
 * i_mmap: which VMAs map a page of this file?  Three forms of one answer:
 *   2.4, 2.6.0  two lists, of the private and of the shared VMAs; a walk looks
 *               at each of them (i_mmap_share.c, i_mmap_list.c)
 *   2.6.11      a radix priority search tree (prio_tree.c, i_mmap_prio.c)
 *   4.0, 6.18   an interval tree (i_mmap_tree.c)
 * A VMA stands in the i_mmap of its vm_file from when it is linked into its mm
 * until it is freed, by the pages [vm_pgoff, vm_pgoff + pages - 1].
 */
#ifndef CORE_I_MMAP_H
#define CORE_I_MMAP_H

#include "core/machine.h"

#define I_MMAP_END UINT64_MAX /* as the last page of a walk: to the end */

/* An empty i_mmap, for a new inode. */
void i_mmap_init(struct machine *m, struct address_space *mapping);
/* Does nobody map the file? */
bool i_mmap_empty(const struct address_space *mapping);

/*
 * Its lock, under the name that it has in that kernel: i_shared_lock,
 * i_shared_sem, i_mmap_lock, i_mmap_rwsem.  Only the last has readers; the
 * others are taken alone by both.  The functions below do not take it: the
 * kernel's callers hold it around more than one of them (vma_adjust).
 */
void i_mmap_lock_write(struct machine *m, struct address_space *mapping);
void i_mmap_unlock_write(struct machine *m, struct address_space *mapping);
void i_mmap_lock_read(struct machine *m, struct address_space *mapping);
void i_mmap_unlock_read(struct machine *m, struct address_space *mapping);

/* A new mapping (__vma_link_file), its range and flags set. */
void i_mmap_insert(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma);
/* fork (dup_mmap): @vma has the range of @parent and goes to it. */
void i_mmap_insert_after(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma, struct vm_area_struct *parent);
/* __remove_shared_vm_struct: the last thing while the range is still set. */
void i_mmap_remove(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma);
/* Around a change of vm_start, vm_end or vm_pgoff: out of a tree and in again
 * (vma_adjust); a list does not care. */
void i_mmap_range_pre(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma);
void i_mmap_range_post(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma);

/* What a walk calls for each VMA that maps some of the pages it asks for;
 * false: enough. */
typedef bool i_mmap_visitor(struct machine *m, struct vm_area_struct *vma,
	void *ctx);

/* Look for the VMAs that map any of the pages [first, last] of the file, in
 * that kernel's order; nodes looked at are told and counted.  False when the
 * visitor ended it.  The visitor changes no i_mmap. */
bool i_mmap_walk(struct machine *m, struct address_space *mapping,
	uint64_t first, uint64_t last, i_mmap_visitor *visitor, void *ctx);

/* The pages of its file that @vma maps. */
static inline uint64_t vma_first_index(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff;
}

static inline uint64_t vma_last_index(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff + vma_pages(vma) - 1;
}

/* -- for those who only look ---------------------------------------------- */

enum i_mmap_form {
	I_MMAP_SHARE, /* 2.4: two lists */
	I_MMAP_LIST,  /* 2.6.0: two rings */
	I_MMAP_PRIO,  /* 2.6.11: tree with sets of equal intervals */
	I_MMAP_TREE   /* 4.0 on: interval tree */
};

enum i_mmap_side { I_MMAP_ROOT, I_MMAP_LEFT, I_MMAP_RIGHT };

/* One VMA as it stands in the structure. */
struct i_mmap_node {
	const struct vm_area_struct *vma;
	uint64_t first;          /* first page: the radix index */
	uint64_t last;           /* last page: the heap index */
	uint64_t subtree_last;   /* largest last page at or below; lists: last */
	uint32_t parent;         /* number of the VMA above; 0: none, a list */
	uint32_t depth;          /* of a tree node, the root has 0 */
	uint32_t set;            /* prio tree: 0 the tree node, 1 the head of
				    its set, 2... members; lists: place, from 0 */
	enum i_mmap_side side;   /* which child of the node above */
	bool shared;             /* lists: it stands on i_mmap_shared */
};

typedef bool i_mmap_look_fn(void *ctx, const struct i_mmap_node *node);

enum i_mmap_form i_mmap_form(const struct machine *m);
/* The kernel's name of the lock. */
const char *i_mmap_lock_name(const struct machine *m);
/* Calls @fn for each VMA: lists in order, i_mmap first; trees in pre-order,
 * left before right, a set behind its tree node.  Ends at the first false. */
void i_mmap_look(const struct machine *m, const struct address_space *mapping,
	i_mmap_look_fn *fn, void *ctx);

/* -- the era's mechanism --------------------------------------------------- */

struct i_mmap_query; /* i_mmap_in.h */

/* As the functions above; what every form has in common is done there. */
struct i_mmap_ops {
	enum i_mmap_form form;
	const char *lock;        /* the kernel's name of its lock */
	bool readers;            /* the lock has readers */
	void (*init)(struct address_space *mapping);
	void (*insert)(struct machine *m, struct address_space *mapping,
		struct vm_area_struct *vma);
	void (*insert_after)(struct machine *m, struct address_space *mapping,
		struct vm_area_struct *vma, struct vm_area_struct *parent);
	void (*remove)(struct machine *m, struct address_space *mapping,
		struct vm_area_struct *vma);
	bool by_range;           /* ordered by range: out and in around a change */
	bool (*walk)(struct i_mmap_query *q, struct address_space *mapping);
	void (*look)(const struct address_space *mapping, i_mmap_look_fn *fn,
		void *ctx);
};

extern const struct i_mmap_ops i_mmap_share_ops; /* 2.4 */
extern const struct i_mmap_ops i_mmap_list_ops;  /* 2.6.0 */
extern const struct i_mmap_ops i_mmap_prio_ops;  /* 2.6.11 */
extern const struct i_mmap_ops i_mmap_tree_ops;  /* 4.0 */
extern const struct i_mmap_ops i_mmap_cached_ops; /* 6.18 */

#endif
