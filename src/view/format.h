/*
 * Words for objects, values and events: the one place where the machine's
 * numbers become text.  All write at most @size bytes, end them by 0 and
 * return @buf.
 */
#ifndef VIEW_FORMAT_H
#define VIEW_FORMAT_H

#include "core/objects.h"
#include "core/ops.h"
#include "view/look.h"

/* For the screen: "vma1", "av1", "21", "parent", "7ffff7ffd000". */
char *format_ref(char *buf, size_t size, const struct machine *m,
	struct ref ref);
/* For JSON and Lua: "vma:1", "anon_vma:1", "page:0x21", "task:1". */
char *format_ref_id(char *buf, size_t size, struct ref ref);
/* A page's content: 12, B, file#3, 0. */
char *format_value(char *buf, size_t size, const struct machine *m,
	value_t value);
/* A PTE's bits: "P rw U A D". */
char *format_pte(char *buf, size_t size, const struct machine *m,
	pteval_t pte);
char *format_page_flags(char *buf, size_t size, uint32_t flags);
char *format_vm_flags(char *buf, size_t size, uint64_t vm_flags);
/* "rw-p", as in /proc/PID/maps. */
char *format_prot(char *buf, size_t size, uint64_t vm_flags);
/* old or new of an event, or a field's value. */
char *format_typed(char *buf, size_t size, const struct machine *m,
	enum value_type type, uint64_t value);
/* The sentence for an event, in the viewer's language. */
char *format_event(char *buf, size_t size, const struct machine *m,
	const struct event *ev, enum lang lang);
/* Why two VMAs stay two, of EV_NO_MERGE: "their vm_flags differ (+wr)". */
char *format_no_merge(char *buf, size_t size, const struct machine *m,
	const struct event *ev);
/* An operation as a person would type it: child.write heap[1] "B"; @m may be
 * the machine at any later position. */
char *format_op(char *buf, size_t size, const struct machine *m,
	const struct op *op);
/* How it ended: "ok", "SIGSEGV", "= 7ffff7ffc000" ... */
char *format_result(char *buf, size_t size, const struct machine *m,
	const struct step *step);
/* "9", "9.14", "9.3.2"; the contract's way to name a position. */
char *format_pos(char *buf, size_t size, struct pos pos);

#endif
