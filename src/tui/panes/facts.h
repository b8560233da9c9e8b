/* Facts about the machine and the current event that several panes need. */
#ifndef TUI_PANES_FACTS_H
#define TUI_PANES_FACTS_H

#include "tui/pane.h"

#define LOOK_BACK 256 /* events searched backwards for a place to show */

/* The event that has just happened; NULL between two operations. */
const struct event *current_event(const struct look *look);
/* The latest event of this operation that names a page, an address, a VMA or
 * an anon_vma: what panes turn to.  NULL: none of the last few hundred. */
const struct event *latest_event(const struct look *look);
/* Does @ev (may be NULL) name the page of @pid at @addr? */
bool event_names(const struct event *ev, uint32_t pid, uint64_t addr);
/* Does the current event? */
bool event_at(const struct look *look, uint32_t pid, uint64_t addr);
/* Page and task of the address that an object names, the first of the event's
 * two objects that does; false when it names none. */
bool event_address(const struct event *ev, uint32_t *pid, uint64_t *addr);
/* Does this kernel have anon_vma_chains? */
bool machine_has_chains(const struct machine *m);
/* The number of the anon_vma that a VMA points to; 0 for NULL and for one that
 * is freed (the pointer may stand for some instants while a VMA is torn down).
 * Looks through all of them. */
uint32_t anon_vma_id(const struct machine *m, const struct anon_vma *av);
/* The name of a VMA, else of its file, or "" */
const char *vma_name(const struct machine *m, const struct vm_area_struct *v);
/* Does @text contain what the pane's filter asks for? */
bool filter_passes(const struct pane_view *view, const char *text);
/* A style for a frame by its kind and how often it is mapped. */
enum style frame_style(const struct page *page);
/* Its one character in a grid. */
char frame_letter(const struct page *page);

#endif
