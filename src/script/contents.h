/*
 * A folder's table of contents: _contents.lua returns its topics in the order
 * of a course, { { title = { en =, zh = }, "name", ... }, ... }.
 */
#ifndef SCRIPT_CONTENTS_H
#define SCRIPT_CONTENTS_H

#include "script/script.h"

/* Put the entries of @list from number @from on, which are those of folder
 * @path, in the order of its table of contents and give them their topics;
 * those that it does not name come last.  Nothing happens without such a file;
 * what is wrong with one goes to list->error. */
void contents_apply(struct script_list *list, size_t from, const char *path);

#endif
