/*
 * Files in the tests of the machine.  A file is named as task names are; verbs
 * of script() for them:
 *   file F PAGES [hole|tmpfs]       fmap A-B F PGOFF [PROT] [shared|private]
 *   share A-B [PROT] (anonymous)    fread F PAGE
 *   fwrite F PAGE VALUE             truncate F PAGES       sync F
 *   exec F TEXT DATA BSS [ARGS]
 */
#ifndef TESTS_CORE_FILERUN_H
#define TESTS_CORE_FILERUN_H

#include "run.h"

#include "core/filemap.h"

/* A shared mapping for try_map_file(). */
#define SHARED true
#define PRIVATE false

int try_file(const char *name, uint64_t pages, bool hole, bool tmpfs);
/* @name NULL: anonymous. */
int try_map_file(uint32_t pid, uint64_t addr, uint64_t len, unsigned prot,
	const char *name, uint64_t pgoff, bool shared);
int try_exec(uint32_t pid, const char *name, uint64_t text, uint64_t data,
	uint64_t bss, const char *args);
int try_pread(const char *name, uint64_t page);
int try_pwrite(const char *name, uint64_t page, value_t value);
int try_truncate(const char *name, uint64_t pages);
int try_sync(const char *name);

struct inode *file_named(const char *name);
/* The file that the VMA at @page maps. */
struct inode *file_at(const char *task, uint64_t page);
/* The cached page of the file, or NULL. */
struct page *cached(const char *name, uint64_t index);
/* "name#3", "7": what the page holds for a read operation of the task. */
const char *text_at(const char *task, uint64_t page);
/* The same by a read operation of the file. */
const char *text_in(const char *name, uint64_t index);
const char *value_text(value_t value);
/* All tasks exit; what is left are the named files and their pages. */
void finish_files(void);

#endif
