/*
 * The ways through a page fault, of all kernels, as one table: arch fault.c
 * do_page_fault, mm/memory.c handle_mm_fault and handle_pte_fault and what they
 * call, in 2.4.22, 2.6.0, 2.6.11, 4.0 and 6.18.  A row is in the tree of those
 * kernels that have the function `needs` and not the function `lacks`.
 *
 * What proves a row is an event that the machine tells there and nowhere else
 * in a fault; nothing is concluded from the state.
 */
#include "tui/panes/fault_model.h"
#include "view/lang.h"

#define ANY ANYWHERE
#define FN(name) FN_##name
#define PROOF(name, in, out) { EV_##name + 1, ANY, in, out }
#define EVENT(name, in, out) { PROOF(name, in, out) }
#define CALL(name, in) { EV_CALL + 1, FN_##name, in, ANY }
#define CALLED(name, in) { CALL(name, in) }
/* Kernels that are told apart by a function that came or went. */
#define ALL ANY, ANY
#define OLD ANY, FN_DO_FAULT        /* 2.4 to 2.6.11 */
#define SINCE_4_0 FN_DO_FAULT, ANY
#define BEFORE_6_18 ANY, FN_WP_COPY
#define SINCE_6_18 FN_WP_COPY, ANY

const struct fault_row fault_rows[] = {
	{ 0, SHOW_O, ALL, NULL, FN(FAULT), NULL,
		N_("a task's address?"), CALLED(FAULT, ANY) },
	{ 1, 0, ALL, N_("no"), ANY, N_("bad_area: SIGSEGV"), NULL,
		EVENT(KERNEL_ADDRESS, FN_FAULT, ANY) },
	{ 1, 0, BEFORE_6_18, N_("no, for the kernel"), ANY,
		N_("vmalloc_fault"), NULL, { { 0 } } },
	{ 1, 0, ALL, N_("yes"), FN(FIND_VMA), NULL, N_("in a VMA?"),
		CALLED(FIND_VMA, FN_FAULT) },
	{ 2, SHOW_P, ALL, N_("yes"), ANY, NULL, NULL,
		EVENT(FOUND_VMA, FN_FAULT, ANY) },
	{ 2, 0, ALL, N_("no"), ANY, NULL, N_("a stack above?"),
		EVENT(NO_VMA, FN_FAULT, ANY) },
	{ 3, 0, ALL, N_("no"), ANY, N_("SIGSEGV, SEGV_MAPERR"), NULL,
		EVENT(BAD_AREA, FN_FAULT, ANY) },
	{ 3, SHOW_O, ALL, N_("yes"), FN(EXPAND_STACK), NULL,
		N_("may it grow?"), EVENT(STACK_FAULT, FN_FAULT, ANY) },
	{ 4, 0, ALL, N_("no"), ANY, N_("SIGSEGV, SEGV_MAPERR"), NULL,
		EVENT(STACK_REFUSED, FN_FAULT, FN_HANDLE_MM) },
	{ 4, SHOW_O, ALL, N_("yes"), ANY, N_("it holds the address now"),
		NULL, EVENT(VMA_RANGE, FN_EXPAND_STACK, FN_HANDLE_MM) },
	{ 1, 0, ALL, N_("in a VMA"), ANY, NULL,
		N_("access allowed?"),
		{ PROOF(BAD_ACCESS, FN_FAULT, ANY),
			CALL(HANDLE_MM, FN_FAULT) } },
	{ 2, SHOW_O, ALL, N_("no"), ANY, N_("SIGSEGV, SEGV_ACCERR"), NULL,
		EVENT(BAD_ACCESS, FN_FAULT, ANY) },
	{ 2, SHOW_O, ALL, N_("yes"), FN(HANDLE_MM), NULL,
		N_("page tables there?"), CALLED(HANDLE_MM, ANY) },
	{ 3, SHOW_O, ALL, N_("no"), ANY, N_("a new table, then yes"), NULL,
		EVENT(ALLOC_TABLE, FN_HANDLE_MM, FN_HANDLE_PTE) },
	{ 3, 0, ALL, N_("yes"), FN(HANDLE_PTE), NULL, N_("what is the PTE?"),
		CALLED(HANDLE_PTE, FN_HANDLE_MM) },

	{ 4, 0, ALL, N_("empty"), ANY, NULL, N_("a file's VMA?"),
		EVENT(PTE_IS_NONE, FN_HANDLE_PTE, ANY) },
	{ 5, 0, ALL, N_("no"), FN(ANON_PAGE), NULL, N_("a write?"),
		CALLED(ANON_PAGE, FN_HANDLE_PTE) },
	{ 6, 0, FN_GUARD_PAGE, ANY, N_("the lowest page of a stack"),
		FN(GUARD_PAGE), NULL, N_("may it grow by one?"),
		CALLED(GUARD_PAGE, FN_ANON_PAGE) },
	{ 7, 0, FN_GUARD_PAGE, ANY, N_("no"), ANY, N_("SIGSEGV"), NULL,
		EVENT(STACK_REFUSED, FN_GUARD_PAGE, ANY) },
	{ 7, 0, FN_GUARD_PAGE, ANY, N_("yes"), ANY, NULL, NULL,
		EVENT(VMA_RANGE, FN_GUARD_PAGE, ANY) },
	{ 6, SHOW_P, ALL, N_("no"), ANY, N_("the zero page, read-only"), NULL,
		EVENT(USE_ZERO_PAGE, FN_ANON_PAGE, ANY) },
	{ 6, SHOW_O, ALL, N_("yes"), ANY, N_("a new frame of zeros"), NULL,
		EVENT(ZERO_FILL, FN_ANON_PAGE, ANY) },

	{ 5, 0, OLD, N_("yes"), FN(NO_PAGE), NULL,
		N_("where is the page?"), CALLED(NO_PAGE, FN_HANDLE_PTE) },
	{ 6, 0, OLD, N_("beyond the end of the file"), ANY, N_("SIGBUS"),
		NULL, EVENT(BEYOND_END, FN_NO_PAGE, ANY) },
	{ 6, SHOW_P, OLD, N_("in the page cache"), ANY, NULL, NULL,
		EVENT(CACHE_HIT, FN_NO_PAGE, ANY) },
	{ 6, 0, OLD, N_("on the disk"), ANY, N_("it is read"), NULL,
		EVENT(CACHE_MISS, FN_NO_PAGE, ANY) },
	{ 6, SHOW_P, OLD, N_("a private write"), ANY,
		N_("copied at once, instead of mapped"), NULL,
		EVENT(COPY_PAGE, FN_NO_PAGE, ANY) },
	{ 6, 0, OLD, N_("then"), ANY, N_("the PTE is set"), NULL,
		EVENT(SET_PTE, FN_NO_PAGE, ANY) },

	{ 5, 0, SINCE_4_0, N_("yes"), FN(DO_FAULT), NULL,
		N_("what for?"), CALLED(DO_FAULT, FN_HANDLE_PTE) },
	{ 6, 0, SINCE_4_0, N_("to read"), FN(READ_FAULT), NULL,
		N_("cached?"), CALLED(READ_FAULT, FN_DO_FAULT) },
	{ 7, SHOW_O, SINCE_4_0, N_("yes"), FN(FAULT_AROUND),
		N_("with neighbours"), NULL,
		EVENT(FAULT_AROUND, FN_READ_FAULT, ANY) },
	{ 7, 0, SINCE_4_0, N_("no"), ANY, N_("the file is asked for it"),
		NULL,
		{ PROOF(CACHE_MISS, FN_READ_FAULT, FN_FAULT_AROUND),
			PROOF(CACHE_HIT, FN_READ_FAULT, FN_FAULT_AROUND) } },
	{ 6, 0, SINCE_4_0, N_("to write, in private"), FN(COW_FAULT),
		N_("copied at once"), NULL, CALLED(COW_FAULT, FN_DO_FAULT) },
	{ 6, 0, SINCE_4_0, N_("to write, shared"), FN(SHARED_FAULT), NULL,
		NULL, CALLED(SHARED_FAULT, FN_DO_FAULT) },
	{ 7, 0, SINCE_4_0, NULL, FN(PAGE_MKWRITE), N_("the file is told"),
		NULL, CALLED(PAGE_MKWRITE, FN_SHARED_FAULT) },
	{ 6, 0, SINCE_4_0, N_("beyond the end of the file"), ANY,
		N_("SIGBUS"), NULL, EVENT(BEYOND_END, FN_DO_FAULT, ANY) },

	{ 4, SHOW_P, ALL, N_("a swap entry"), FN(SWAP_FAULT), NULL,
		N_("in the swap cache?"), CALLED(SWAP_FAULT, FN_HANDLE_PTE) },
	{ 5, SHOW_P, ALL, N_("yes"), ANY, NULL, NULL,
		EVENT(SWAP_HIT, FN_SWAP_FAULT, FN_SWAPIN_READAHEAD) },
	{ 5, 0, ALL, N_("no"), FN(SWAPIN_READAHEAD),
		N_("read from the disk"), NULL, CALLED(SWAPIN_READAHEAD, FN_SWAP_FAULT) },
	{ 5, SHOW_O, ALL, N_("ours alone"), ANY, N_("mapped writable"), NULL,
		{ PROOF(SWAP_EXCLUSIVE, FN_SWAP_FAULT, ANY),
			PROOF(REUSE_YES, FN_SWAP_FAULT, FN_WP_PAGE) } },
	{ 5, SHOW_O, ALL, N_("needed by others"), ANY, N_("mapped read-only"),
		NULL,
		{ PROOF(SWAP_SHARED, FN_SWAP_FAULT, ANY),
			PROOF(REUSE_NO, FN_SWAP_FAULT, FN_WP_PAGE) } },
	{ 5, 0, FN_WP_PAGE, ANY, N_("still to be written"), FN(WP_PAGE),
		N_("see below"), NULL, CALLED(WP_PAGE, FN_SWAP_FAULT) },
	{ 5, 0, ALL, N_("the PTE has changed"), ANY, N_("look again"), NULL,
		EVENT(PTE_CHANGED, FN_SWAP_FAULT, FN_WP_PAGE) },

	{ 4, 0, SINCE_6_18, N_("a guard marker"), ANY, N_("SIGSEGV"), NULL,
		EVENT(GUARD_HIT, FN_HANDLE_PTE, ANY) },

	{ 4, 0, ALL, N_("read-only, for a write"), FN(WP_PAGE), NULL,
		N_("what is mapped?"), CALLED(WP_PAGE, FN_HANDLE_PTE) },
	{ 5, 0, SINCE_4_0, N_("a shared page of a file"), FN(PAGE_MKWRITE),
		N_("the file is told"), NULL,
		CALLED(PAGE_MKWRITE, FN_WP_PAGE) },
	{ 5, 0, ALL, N_("the zero page"), ANY, N_("nothing to copy"), NULL,
		EVENT(ZERO_PAGE_COW, FN_WP_PAGE, ANY) },
	{ 5, SHOW_O, SINCE_4_0, N_("a file's, in private"), ANY,
		N_("always copied"), NULL,
		EVENT(REUSE_FILE, FN_WP_PAGE, ANY) },
	{ 5, SHOW_O, SINCE_4_0, N_("a page of KSM"), ANY,
		N_("always copied"), NULL,
		EVENT(REUSE_KSM, FN_WP_PAGE, ANY) },
	{ 5, SHOW_O, SINCE_6_18, N_("AnonExclusive"), ANY,
		N_("written in place"), NULL,
		EVENT(REUSE_EXCLUSIVE, FN_WP_PAGE, ANY) },
	{ 5, SHOW_O, ALL, N_("a page"), FN(CAN_REUSE), NULL,
		N_("ours alone?"), CALLED(CAN_REUSE, FN_WP_PAGE) },
	{ 6, SHOW_N, ALL, N_("yes"), ANY, N_("written in place"), NULL,
		EVENT(REUSE_YES, FN_WP_PAGE, ANY) },
	{ 6, SHOW_N, ALL, N_("no"), ANY, N_("copied"), NULL,
		EVENT(REUSE_NO, FN_WP_PAGE, ANY) },
	{ 5, SHOW_P, ALL, N_("the copy"), FN(WP_COPY), N_("a new frame"), NULL,
		{ PROOF(COPY_PAGE, FN_WP_PAGE, ANY),
			PROOF(ZERO_FILL, FN_WP_PAGE, ANY) } },
	{ 5, 0, ALL, N_("the PTE has changed"), ANY, N_("look again"), NULL,
		EVENT(PTE_CHANGED, FN_WP_PAGE, ANY) },

	{ 4, 0, ALL, N_("as wanted already"), ANY, N_("nothing to do"), NULL,
		EVENT(PTE_ALLOWS, FN_HANDLE_PTE, ANY) },
	{ 1, 0, ALL, N_("memory is short on the way"), FN(TRY_TO_FREE), NULL,
		NULL, CALLED(TRY_TO_FREE, ANY) },
	{ 2, SHOW_O, ALL, NULL, FN(OOM_KILL), N_("a task is killed"), NULL,
		EVENT(OOM_KILL, ANY, ANY) },
};

const unsigned nr_fault_rows = sizeof(fault_rows) / sizeof(fault_rows[0]);
_Static_assert(sizeof(fault_rows) / sizeof(fault_rows[0]) <= MAX_FAULT_ROWS,
	"as many rows as a way has room for");
