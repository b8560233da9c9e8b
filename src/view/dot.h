/* The reverse map as a graph for Graphviz. */
#ifndef VIEW_DOT_H
#define VIEW_DOT_H

#include "core/machine.h"

#include <stdio.h>

/* Write one digraph: frames -> anon_vma -> VMAs -> tasks, and dotted from
 * each VMA to the frames that its page tables map.  @title is its label.
 * False when memory ran out: the graph is then empty. */
bool dot_write(FILE *f, const struct machine *m, const char *title);

#endif
