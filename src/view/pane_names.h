/*
 * The names of all panes, once: the viewer's table and what a script may name
 * in show{} come from this list.  A pane's row is pane_NAME in
 * src/tui/panes/NAME.c, its place in the list is its number.
 */
#ifndef VIEW_PANE_NAMES_H
#define VIEW_PANE_NAMES_H

#define PANE_LIST(PANE)                                                        \
	PANE(spaces)                                                           \
	PANE(rmap)                                                             \
	PANE(frames)                                                           \
	PANE(walk)                                                             \
	PANE(path)                                                             \
	PANE(narration)                                                        \
	PANE(script)                                                           \
	PANE(costs)                                                            \
	PANE(timeline)                                                         \
	PANE(inspect)                                                          \
	PANE(help)                                                             \
	PANE(lru)                                                              \
	PANE(swap)                                                             \
	PANE(files)                                                            \
	PANE(eras)                                                             \
	PANE(mms)                                                              \
	PANE(buddy)                                                            \
	PANE(slab)                                                             \
	PANE(tree)                                                             \
	PANE(fault)                                                            \
	PANE(change)

#endif
