/*
 * Doubly linked ring lists, as the kernel has them: a head is a node like any
 * other, an empty list is a head that points at itself.  All nodes lie in the
 * arena.
 */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_head {
	struct list_head *next; /* itself when the list is empty */
	struct list_head *prev;
};

#define container_of(ptr, type, member)                                        \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Both the head and a safe next node survive freeing of the current one. */
#define list_for_each(pos, head)                                               \
	for (struct list_head *pos = (head)->next; pos != (head);              \
		pos = pos->next)
#define list_for_each_safe(pos, tmp, head)                                     \
	for (struct list_head *pos = (head)->next, *tmp = pos->next;           \
		pos != (head); pos = tmp, tmp = pos->next)

static inline void list_init(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_insert(struct list_head *node, struct list_head *prev,
	struct list_head *next)
{
	node->prev = prev;
	node->next = next;
	prev->next = node;
	next->prev = node;
}

/* At the head: the newest comes first. */
static inline void list_add(struct list_head *node, struct list_head *head)
{
	list_insert(node, head, head->next);
}

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	list_insert(node, head->prev, head);
}

static inline void list_del(struct list_head *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = node->prev = node;
}

#endif
