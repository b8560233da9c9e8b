/*
 * What the tests of the machine share: one machine at a time, operations as
 * short lines of text, and its state as short text to compare with.
 *
 * Pages are numbered from BASE, so "map 10-14 rw" maps four pages there.
 * anon_vmas are named as they appear: roots R, R2, R3; those that a fork makes
 * by the child, C' for task C, a second one C'2.
 */
#ifndef TESTS_CORE_RUN_H
#define TESTS_CORE_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/check.h"
#include "core/machine.h"
#include "core/ops.h"
#include "core/trace.h"

#define BASE 0x10000000ull /* page 0 of the tests */
#define BASE_PAGE (BASE >> PAGE_SHIFT)
#define MAX_TASKS 64
#define MAX_FOUND 2048
#define MAX_NAMED 256

struct run {
	struct machine *m;
	struct op_result res;		 /* of the last operation */
	struct mapping found[MAX_FOUND]; /* by the last walk */
	unsigned nr_tasks;
	struct {
		char name[NAME_SIZE];
		uint32_t pid;
	} task[MAX_TASKS];		 /* by time of creation */
	char anon[MAX_NAMED][NAME_SIZE]; /* names of anon_vmas by id */
	uint32_t named;		/* highest anon_vma id that has a name */
	uint64_t free_at_start; /* free frames of the new machine */
	value_t next_value;	/* for touch */
};

extern struct run run;

/* A machine of @era with task P on it; the last one is deleted.  @arch NULL:
 * the era's default; @ram 0: 4 MiB. */
void begin_on(const char *era, const char *arch, uint64_t ram);
/* The same with whatever else @rest says (its era and paging do not count). */
void begin_with(const char *era, const char *arch,
	const struct machine_config *rest);
/* The same with a swap area of 64 pages. */
void begin_swapping(const char *era, const char *arch, uint64_t ram);
void begin(const char *era);
/* All tasks exit; nothing may be left: no object, table or user page. */
void finish(void);
/* Group teardown. */
int run_teardown(void **state);
/* Run the tests once on each arch that @era allows; begin() uses it.
 * @return the number of failed tests. */
int run_on_archs(const char *era, const struct CMUnitTest *tests, size_t n);

/* One operation, then the checker.  @return its status; result in run.res. */
int run_op(const struct op *op);
struct op make_op(enum op_id id, uint32_t subject);
/* Set an argument; the test fails when there is none of that name. */
void set_arg(struct op *op, const char *name, uint64_t value);
void set_text(struct op *op, const char *text);

/* Operations by pid and address.  All return the status. */
int try_spawn(const char *name);
int try_fork(uint32_t pid, const char *name);
int try_clone(uint32_t pid, const char *name); /* CLONE_VM */
int try_vfork(uint32_t pid, const char *name);
int try_exit(uint32_t pid);
int try_wait(uint32_t pid); /* run.res.value: whom it met */
int try_mmap(uint32_t pid, uint64_t addr, uint64_t len, unsigned prot);
int try_munmap(uint32_t pid, uint64_t addr, uint64_t len);
int try_mprotect(uint32_t pid, uint64_t addr, uint64_t len, unsigned prot);
int try_mremap(uint32_t pid, uint64_t addr, uint64_t old_len, uint64_t new_len);
int try_mremap_to(uint32_t pid, uint64_t addr, uint64_t old_len,
	uint64_t new_len, uint64_t to);
int try_madvise(uint32_t pid, uint64_t addr, uint64_t len, enum advice advice);
int try_brk(uint32_t pid, uint64_t addr);
int try_read(uint32_t pid, uint64_t addr);
int try_write(uint32_t pid, uint64_t addr, value_t value);
/* Also fails the test when what it finds is not what page_mappers() says. */
int try_rmap(const struct page *page, bool full);

/*
 * Run commands separated by ';'.  One is "[TASK:] VERB ARGS [=ERROR]":
 *   spawn X, fork X, clone X, vfork X, exit, wait [X], map A-B [PROT], unmap A-B, protect A-B PROT,
 *   move A-B C, resize A-B C, advise A-B NAME, touch A[-B], read A[-B],
 *   mincore A-B [1101], msync A-B [async] [sync] [invalidate], reclaim PAGES,
 *   write A VALUE, brk PAGES, out A[-B] (to swap, by hand), swapoff
 * TASK is P unless given.  Each must succeed, or fail with =ERROR.
 */
void script(const char *text);

/* State.  Texts live until eight more were asked for. */
uint32_t pid_of(const char *task);
struct task_struct *task_of(const char *task);
struct mm_struct *mm_of(const char *task);
uint64_t addr_of(uint64_t page);
/* The VMA that holds @page, or NULL. */
struct vm_area_struct *vma_at(const char *task, uint64_t page);
/* The frame mapped there, the zero page too, or NULL. */
struct page *frame(const char *task, uint64_t page);
bool is_zero_page(const struct page *page);
/* Its VM_LOCKED by hand, counted: no page is looked at. */
void set_locked(const char *task, uint64_t page, bool locked);
/* "10-14rw 14-18r": the VMAs between BASE and BASE + 4096 pages. */
const char *vmas(const char *task);
unsigned count_vmas(const char *task);
/* VMAs between start_brk and brk. */
unsigned count_heap_vmas(const char *task);
/* "[C',R]": the anon_vmas of the VMA at @page, as its chain has them. */
const char *chain(const char *task, uint64_t page);
/* "C10,P10": VMAs that @anon's list or tree holds, by task and first page. */
const char *members(const struct anon_vma *anon);
/* The same by the name of the anon_vma. */
const char *members_of(const char *anon);
struct anon_vma *anon_named(const char *anon);
const char *anon_name(const struct anon_vma *anon); /* "-" for NULL */
const char *own(const char *task, uint64_t page);   /* name of vma->anon_vma */
/* "R 10": the anon_vma and index (from BASE) of the frame there. */
const char *where(const char *task, uint64_t page);
/* "WDA": writable, dirty, accessed, '-' for each that is not; "" for none. */
const char *pte_text(const char *task, uint64_t page);
pteval_t pte_at(const char *task, uint64_t page);
/* "R(2/1) C'(1/1)": degree/refcount, from 6.18 on children/active/refcount. */
const char *family(void);
/* "C10,P10": what the last walk found. */
const char *found(void);
uint64_t cost(enum cost_id id); /* of the last operation */
bool has_flag(const struct page *page, uint32_t flag);
unsigned count_avcs(void);
unsigned count_anon_vmas(void);
unsigned count_frames(enum page_kind kind);
uint64_t free_frames(const struct machine *m);
value_t value_at(const char *task, uint64_t page); /* by a read operation */

uint64_t pgoff(const char *task, uint64_t page); /* vm_pgoff from BASE */

/* Walk from @page: VMAs visited and matched, the others wasted. */
void expect_walk(
	const struct page *page, bool full, unsigned visited, unsigned matched);
void expect_counts(unsigned anon_vmas, unsigned avcs);
void expect_mapcount(const char *task, uint64_t page, int mapcount);

#define expect_text(got, want) assert_string_equal(got, want)
#define expect_num(got, want) assert_int_equal(got, want)

#endif
