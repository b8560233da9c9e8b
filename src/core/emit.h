/*
 * How the machine tells what it does, and counts what it costs.  Inside the
 * core only.  Every function that changes state does so before it tells.
 */
#ifndef CORE_EMIT_H
#define CORE_EMIT_H

#include "core/trace.h"

/* Tell one event; the tracer may leave by longjmp. */
void emit(struct machine *m, enum event_id id, struct ref o, struct ref p,
	uint64_t n);
void emit_set(struct machine *m, enum event_id id, struct ref o,
	const char *field, enum value_type type, uint64_t old, uint64_t new);
void emit_full(struct machine *m, const struct event *ev);
void emit_call(struct machine *m, enum fn fn, struct ref o, struct ref p,
	uint64_t n);
void emit_return(struct machine *m, enum fn fn, uint64_t n);

static inline bool tracing(const struct machine *m)
{
	return arena_of(m)->tracer != NULL;
}

/* What is said in operations; macros, so that what they would say is not even
 * computed while nobody listens. */
#define tell(m, id, o, p, n)                                                   \
	do {                                                                   \
		if (tracing(m))                                                \
			emit(m, id, o, p, n);                                  \
	} while (0)
#define tell_set(m, o, field, type, old, new)                                  \
	do {                                                                   \
		if (tracing(m))                                                \
			emit_set(m, EV_SET, o, field, type, old, new);         \
	} while (0)
#define call(m, fn, o, p, n)                                                   \
	do {                                                                   \
		if (tracing(m))                                                \
			emit_call(m, fn, o, p, n);                             \
	} while (0)
#define ret_with(m, fn, n)                                                     \
	do {                                                                   \
		if (tracing(m))                                                \
			emit_return(m, fn, n);                                 \
	} while (0)
#define ret(m, fn) ret_with(m, fn, 0)

/* With numbers old and new, written in hexadecimal as page offsets are. */
static inline void tell_pages(struct machine *m, enum event_id id,
	struct ref o, struct ref p, uint64_t old, uint64_t new)
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = (uint16_t)id, .o = o,
				     .p = p, .type = VT_HEX, .old = old,
				     .new = new });
}

static inline void cost(struct machine *m, enum cost_id id, uint64_t n)
{
	m->op_costs.n[id] += n;
}

/* Names of objects. */
static inline struct ref task_ref(const struct task_struct *task)
{
	return ref_make(REF_TASK, task->pid);
}

static inline struct ref mm_ref(const struct mm_struct *mm)
{
	return ref_make(REF_TASK, mm->id);
}

static inline struct ref vma_ref(const struct vm_area_struct *vma)
{
	return ref_make(REF_VMA, vma->id);
}

static inline struct ref anon_vma_ref(const struct anon_vma *av)
{
	return av ? ref_make(REF_ANON_VMA, av->id) : NO_REF;
}

/* The file whose pages @mapping holds. */
static inline struct ref mapping_ref(const struct address_space *mapping)
{
	return ref_make(REF_FILE, mapping->id);
}

static inline struct ref chain_ref(const struct pte_chain *pc)
{
	return pc ? ref_make(REF_PTE_CHAIN, pc->id) : NO_REF;
}

static inline struct ref item_ref(const struct rmap_item *item)
{
	return ref_make(REF_RMAP_ITEM, item->id);
}

static inline struct ref stable_ref(const struct stable_node *node)
{
	return node ? ref_make(REF_STABLE_NODE, node->id) : NO_REF;
}

static inline struct ref inode_ref(const struct inode *inode)
{
	return ref_make(REF_FILE, inode->id);
}

static inline struct ref page_ref(const struct machine *m,
	const struct page *page)
{
	return ref_make(REF_PAGE, page_pfn(m, page));
}

static inline struct ref pte_ref(const struct mm_struct *mm, uint64_t addr)
{
	return ref_at(REF_PTE, mm->id, addr & PAGE_MASK);
}

static inline struct ref addr_ref(const struct mm_struct *mm, uint64_t addr)
{
	return ref_at(REF_ADDR, mm->id, addr);
}

/* A ref as an old or new value of VT_REF. */
static inline uint64_t ref_value(struct ref r)
{
	return (uint64_t)r.kind << 32 | r.id;
}

/* Locks: taken at once, since one operation runs at a time; what a viewer sees
 * is who would wait. */
void tell_lock(struct machine *m, enum event_id id, struct ref o,
	const char *name, bool write);

static inline void lock_write(struct machine *m, struct lock *lock,
	struct ref o, const char *name)
{
	lock->writer++;
	cost(m, COST_LOCKS, 1);
	if (tracing(m))
		tell_lock(m, EV_LOCK, o, name, true);
}

static inline void unlock_write(struct machine *m, struct lock *lock,
	struct ref o, const char *name)
{
	lock->writer--;
	if (tracing(m))
		tell_lock(m, EV_UNLOCK, o, name, true);
}

static inline void lock_read(struct machine *m, struct lock *lock,
	struct ref o, const char *name)
{
	lock->readers++;
	cost(m, COST_LOCKS, 1);
	if (tracing(m))
		tell_lock(m, EV_LOCK, o, name, false);
}

static inline void unlock_read(struct machine *m, struct lock *lock,
	struct ref o, const char *name)
{
	lock->readers--;
	if (tracing(m))
		tell_lock(m, EV_UNLOCK, o, name, false);
}

#endif
