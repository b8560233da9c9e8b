/*
 * exec: the address space of a program, what becomes of the old one, and what
 * is left when it fails.  T12.x, N40-53.
 */
#include "filerun.h"

#include "core/paging.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };

#define FOR_ERAS(era)                                                          \
	for (unsigned i_ = 0; i_ < 5; i_++)                                    \
		for (const char *era = eras[i_]; era; era = NULL)

static bool is_old(const char *era)
{
	return era[0] == '2';
}

static const struct vm_area_struct *named(const char *task, const char *name)
{
	const struct vm_area_struct *v = mm_of(task)->mmap;
	while (v && strcmp(string_text(run.m, v->name), name))
		v = v->vm_next;
	return v;
}

/* "08048-08049 r-x text 0": a line for each VMA, in pages. */
static const char *layout(const char *task)
{
	static char buf[512];
	size_t n = 0;
	buf[0] = 0;
	for (const struct vm_area_struct *v = mm_of(task)->mmap; v;
		v = v->vm_next)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n,
			"%05llx-%05llx %c%c%c %s\n",
			(unsigned long long)v->vm_start >> PAGE_SHIFT,
			(unsigned long long)v->vm_end >> PAGE_SHIFT,
			v->vm_flags & VM_READ ? 'r' : '-',
			v->vm_flags & VM_WRITE ? 'w' : '-',
			v->vm_flags & VM_EXEC ? 'x' : '-',
			string_text(run.m, v->name));
	return buf;
}

static uint64_t top_page(const char *task)
{
	return named(task, "[stack]")->vm_end - PAGE_SIZE;
}

static const struct page *page_of(const char *task, uint64_t addr)
{
	pteval_t pte = mm_pte(run.m, mm_of(task), addr);
	return pte_present(run.m, pte) ? page_by_pfn(run.m, pte_pfn(run.m, pte))
				       : NULL;
}

static const char *read_text(const char *task, uint64_t addr)
{
	expect_num(try_read(pid_of(task), addr), 0);
	if (VALUE_TAG(run.res.value) == VALUE_STRING)
		return string_text(run.m, (uint32_t)run.res.value);
	return value_text(run.res.value);
}

/* ---- the layout ---- */

/* The worked layout of the sheet, without interpreter. */
static void t12_1_layout_on_i386(void **state)
{
	(void)state;
	begin("2.6.11");
	script("file F 2; exec F 1 1 3");
	expect_text(layout("P"), "08048-08049 r-x text\n"
				 "08049-0804a rw- data\n"
				 "0804a-0804d rw- bss\n"
				 "bffeb-c0000 rw- [stack]\n");
	expect_num(mm_of("P")->map_count, 4);
	expect_num(mm_of("P")->start_brk, 0x0804d000);
	expect_num(mm_of("P")->brk, 0x0804d000);
	expect_num(mm_of("P")->start_code, 0x08048000);
	finish_files();
}

static void layouts_of_the_others(void **state)
{
	(void)state;
	begin_on("2.4", "i386", 0);
	script("file F 2; exec F 1 1 3");
	expect_text(layout("P"), "08048-08049 r-x text\n"
				 "08049-0804a rw- data\n"
				 "0804a-0804d rwx bss\n"
				 "bffff-c0000 rwx [stack]\n");
	begin_on("2.6.0", "pae", 0);
	script("file F 2; exec F 1 1 3");
	expect_text(layout("P"), "08048-08049 r-x text\n"
				 "08049-0804a rw- data\n"
				 "0804a-0804d rwx bss\n"
				 "bffff-c0000 rwx [stack]\n");
	for (unsigned i = 3; i < 5; i++) {
		begin_on(eras[i], "x86_64", 0);
		script("file F 3; exec F 2 1 2");
		expect_text(layout("P"),
			i == 3 ? "555555554-555555556 r-x text\n"
				 "555555556-555555557 rw- data\n"
				 "555555557-555555559 rw- bss\n"
				 "7ffffffdd-7ffffffff rw- [stack]\n"
			       : "555555554-555555556 r-x text\n"
				 "555555556-555555557 rw- data\n"
				 "555555557-555555559 rw- bss\n"
				 "7ffffffde-7ffffffff rw- [stack]\n");
		expect_num(mm_of("P")->brk, 0x555555559000);
	}
	finish_files();
}

/* One page of strings, and what each kernel adds; in 4.0 also the guard page,
 * which /proc/PID/maps does not show. */
static void t12_9_size_of_a_fresh_stack(void **state)
{
	static const unsigned pages[] = { 1, 1, 21, 34, 33 };
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; exec F 1 1 0");
		const struct vm_area_struct *stack = named("P", "[stack]");
		expect_num(vma_pages(stack), pages[i_]);
		assert_true(stack->vm_flags & VM_GROWSDOWN);
		assert_non_null(page_of("P", top_page("P")));
		expect_num(mm_of("P")->anon_rss, i_ < 3 ? 2 : 1);
		finish_files();
	}
}

/* As seen on the running 6.18: ulimit -s 64 leaves 16 pages. */
static void the_limit_bounds_the_stack(void **state)
{
	(void)state;
	begin("6.18");
	script("file F 2");
	struct op op = make_op(OP_SETRLIMIT, pid_of("P"));
	set_arg(&op, "stack", 64 << 10);
	expect_num(run_op(&op), 0);
	script("exec F 1 1 0");
	expect_num(vma_pages(named("P", "[stack]")), 16);
	finish_files();
}

static void t12_2_no_bss_no_vma(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; exec F 1 1 0");
		assert_null(named("P", "bss"));
		expect_num(mm_of("P")->brk, named("P", "data")->vm_end);
		finish_files();
	}
}

static void t12_3_the_last_page_of_data_is_private_already(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 4; exec F 1 3 1");
		uint64_t data = named("P", "data")->vm_start;
		expect_num(try_write(pid_of("P"), data + 2 * PAGE_SIZE, 1), 0);
		expect_num(run.res.faults, 0);
		expect_num(try_write(pid_of("P"), data, 1), 0);
		expect_num(run.res.faults, 1);
		finish_files();
	}
}

/* Until 2.6.11 it is cleared even if it is the end of all. */
static void the_tail_without_bss(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; exec F 1 1 0");
		uint64_t data = named("P", "data")->vm_start;
		assert_true(!page_of("P", data) == !is_old(era));
		expect_text(read_text("P", data), "F#1");
		finish_files();
	}
}

static void what_the_program_finds(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 5; exec F 2 2 2 -l");
		uint64_t text = named("P", "text")->vm_start;
		expect_text(read_text("P", text + PAGE_SIZE), "F#1");
		expect_num(try_write(pid_of("P"), text, 1), STATUS_SIGSEGV);
		expect_text(read_text("P", named("P", "data")->vm_start),
			"F#2");
		expect_text(read_text("P", named("P", "bss")->vm_start), "0");
		expect_text(read_text("P", top_page("P")), "-l");
		script("exec F 1 0 0"); /* then its name stands there */
		expect_text(read_text("P", top_page("P")), "F");
		assert_null(named("P", "data"));
		finish_files();
	}
}

/* Sizes that are not given: all of the file, its last page data. */
static void default_sizes(void **state)
{
	(void)state;
	begin("4.0");
	script("file F 5; file G 1; file E 0");
	struct op op = make_op(OP_EXEC, pid_of("P"));
	set_arg(&op, "file", file_named("F")->id);
	expect_num(run_op(&op), 0);
	expect_num(vma_pages(named("P", "text")), 4);
	expect_num(vma_pages(named("P", "data")), 1);
	set_arg(&op, "file", file_named("G")->id);
	expect_num(run_op(&op), 0);
	expect_num(vma_pages(named("P", "text")), 1);
	assert_null(named("P", "data"));
	set_arg(&op, "file", file_named("E")->id);
	expect_num(run_op(&op), -ENOEXEC);
	finish_files();
}

/* Sheet 1.6: the page of strings goes to the inactive list in 2.4, to the
 * active list in 2.6. */
static void lru_of_the_page_of_strings(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin(eras[i]);
		script("file F 2; exec F 1 1 0");
		const struct page *page = page_of("P", top_page("P"));
		assert_true(has_flag(page, PG(ACTIVE)) == (i > 0));
		assert_false(has_flag(page, PG(REFERENCED)));
		expect_num(page_mapcount(page), 1);
		finish_files();
	}
}

static void the_heap_begins_behind_bss(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; exec F 1 1 1; brk 3");
		uint64_t heap = mm_of("P")->start_brk;
		expect_num(heap, named("P", "data")->vm_end + PAGE_SIZE);
		expect_num(try_write(pid_of("P"), heap + 2 * PAGE_SIZE, 3), 0);
		expect_num(try_read(pid_of("P"), heap + 3 * PAGE_SIZE),
			STATUS_SIGSEGV);
		finish_files();
	}
}

/* 6.x sys_brk looks for a heap VMA from start_brk on: bss is none, though it
 * has the same rights and ends just there (seen on the running 6.18). */
static void heap_and_bss(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; exec F 1 1 1; brk 3; brk 5");
		expect_num(count_heap_vmas("P"), i_ == 4);
		expect_num(vma_pages(named("P", "bss")), i_ == 4 ? 1 : 6);
		finish_files();
	}
}

/* ---- the stack that is moved ---- */

static void exec_shifted(const char *era, const char *arch, uint64_t shift)
{
	begin_on(era, arch, 0);
	script("file F 2");
	struct op op = make_op(OP_EXEC, pid_of("P"));
	set_arg(&op, "file", file_named("F")->id);
	set_arg(&op, "shift", shift);
	expect_num(run_op(&op), 0);
}

/* N40-53: vm_pgoff != vm_start >> 12 when the stack was shifted, yet index
 * arithmetic is right. */
static void n40_53_the_shifted_stack(void **state)
{
	(void)state;
	for (unsigned i = 3; i < 5; i++) {
		exec_shifted(eras[i], "x86_64", 5);
		struct vm_area_struct *stack =
			(struct vm_area_struct *)named("P", "[stack]");
		uint64_t top = top_page("P");
		const struct page *page = page_of("P", top);
		expect_num(stack->vm_end, 0x7fffffffa000);
		assert_int_not_equal(stack->vm_pgoff, stack->vm_start >> 12);
		expect_num(stack->vm_pgoff + (top - stack->vm_start) / PAGE_SIZE,
			page->index);
		expect_num(page->index, 0x7fffffffe);
		try_rmap(page, true);
		expect_num(run.res.nr_found, 1);
		expect_num(stack->vm_flags & (VM_SEQ_READ | VM_RAND_READ), 0);
		expect_num(try_write(pid_of("P"), top - PAGE_SIZE, 4), 0);
		try_rmap(page_of("P", top - PAGE_SIZE), true);
		expect_num(run.res.nr_found, 1);
		finish_files();
	}
}

/* N40-53: touching the lowest stack page grows the VMA by one page. */
static void n40_53_the_lowest_page(void **state)
{
	(void)state;
	exec_shifted("4.0", "x86_64", 5);
	uint64_t start = named("P", "[stack]")->vm_start;
	expect_num(try_write(pid_of("P"), start + PAGE_SIZE, 1), 0);
	expect_num(named("P", "[stack]")->vm_start, start);
	expect_num(try_write(pid_of("P"), start, 1), 0);
	expect_num(named("P", "[stack]")->vm_start, start - PAGE_SIZE);
	expect_num(page_of("P", start)->index,
		(start >> PAGE_SHIFT) + 5); /* as before the shift */
	finish_files();
}

static void without_shift_pgoff_is_the_page_number(void **state)
{
	(void)state;
	for (unsigned i = 3; i < 5; i++) {
		exec_shifted(eras[i], "x86_64", 0);
		const struct vm_area_struct *stack = named("P", "[stack]");
		expect_num(stack->vm_pgoff, stack->vm_start >> 12);
		finish_files();
	}
}

/* Five levels: the strings are first put at the end of 2^56, the stack is
 * where it is with four. */
static void with_five_levels_it_always_moves(void **state)
{
	(void)state;
	exec_shifted("6.18", "x86_64-la57", 0);
	const struct vm_area_struct *stack = named("P", "[stack]");
	expect_num(stack->vm_end, 0x7ffffffff000);
	expect_num(page_of("P", top_page("P"))->index, 0xffffffffffe);
	assert_int_not_equal(stack->vm_pgoff, stack->vm_start >> 12);
	try_rmap(page_of("P", top_page("P")), true);
	expect_num(run.res.nr_found, 1);
	finish_files();
}

/* 2.x does not move stacks. */
static void shift_means_nothing_in_2_x(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		exec_shifted(eras[i], NULL, 5);
		expect_num(named("P", "[stack]")->vm_end, 0xc0000000);
		finish_files();
	}
}

static void the_fork_of_a_shifted_stack(void **state)
{
	(void)state;
	for (unsigned i = 3; i < 5; i++) {
		exec_shifted(eras[i], NULL, 9);
		uint64_t top = top_page("P");
		script("fork C; C: fork G");
		expect_num(try_write(pid_of("C"), top, 4), 0);
		try_rmap(page_of("P", top), true);
		expect_num(run.res.nr_found, 2);
		try_rmap(page_of("C", top), true);
		expect_num(run.res.nr_found, 1);
		finish_files();
	}
}

/* ---- the old address space ---- */

static void the_old_mm_is_gone(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; map 10-40; touch 10-40; brk 4");
		uint32_t pid = pid_of("P");
		script("exec F 1 1 0; read 10 =SIGSEGV");
		expect_num(mm_of("P")->mm_users, 1);
		expect_num(mm_of("P")->id, pid);
		expect_num(count_frames(PAGE_ANON), is_old(era) ? 2 : 1);
		finish_files();
	}
}

/* 2.4 exec_mmap: an mm that nobody else uses is emptied and used again. */
static void t24_the_mm_is_used_again(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; map 10-40; touch 10-40; brk 4; mlock 10-14");
		uint32_t pgd = mm_of("P")->pgd;
		expect_num(mm_of("P")->locked_vm, 4);
		script("exec F 1 1 0");
		expect_num(mm_of("P")->locked_vm, 0);
		assert_true((mm_of("P")->pgd == pgd) == (i_ == 0));
		script("clone T"); /* now somebody does */
		pgd = mm_of("T")->pgd;
		script("T: exec F 1 1 0");
		expect_num(mm_of("P")->pgd, pgd);
		assert_true(mm_of("T")->pgd != pgd);
		finish_files();
	}
}

static void a_thread_execs(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; map 10-14; write 10 7; clone T; clone U;"
		       "T: exec F 1 1 0");
		expect_num(mm_of("P")->mm_users, 2);
		expect_num(mm_of("T")->mm_users, 1);
		expect_num(mm_of("T")->id, pid_of("T"));
		expect_num(value_at("U", 10), 7);
		script("T: read 10 =SIGSEGV; exec F 1 1 0");
		expect_num(mm_of("P")->id, pid_of("P"));
		expect_num(mm_of("U")->id, pid_of("U"));
		expect_num(value_at("U", 10), 7);
		script("U: exec F 1 0 0");
		expect_num(mm_of("U")->mm_users, 1);
		finish_files();
	}
}

/* The new address space begins unlocked; 2.4 goes on with the same mm. */
static void nothing_stays_locked(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; map 10-14; write 10 7; mlockall current;"
		       "exec F 1 1 0");
		expect_num(mm_of("P")->locked_vm, 0);
		finish_files();
	}
}

static void vfork_and_exec_let_the_parent_go_on(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; map 10-40; touch 10-40; write 10 7;"
		       "vfork C; read 10 =EBUSY; C: exec F 1 1 2 hello");
		expect_num(value_at("P", 10), 7);
		expect_num(mm_of("P")->mm_users, 1);
		expect_text(read_text("C", top_page("C")), "hello");
		script("wait =EAGAIN; C: exit; wait C");
		finish_files();
	}
}

/* What vfork is for: the pages of the parent are neither copied nor protected
 * nor walked. */
static void fork_and_exec_cost_more(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		uint64_t ptes[2];
		for (int v = 0; v < 2; v++) {
			begin(era);
			script("file F 2; map 0-100; touch 0-100");
			script(v ? "vfork C" : "fork C");
			ptes[v] = cost(COST_PTES);
			script("C: exec F 1 1 0");
			ptes[v] += cost(COST_PTES);
			script("touch 0-100");
			finish_files();
		}
		assert_true(ptes[0] >= ptes[1] + 200);
	}
}

static void children_and_pid_stay(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 2; fork C; exec F 1 1 0; fork D; C: exit;"
		       "wait C; D: exec F 1 1 0; D: exec F 1 1 0; D: exit;"
		       "wait D; wait =ECHILD");
		finish_files();
	}
}

/* ---- refusals ---- */

static void nothing_happened(void)
{
	script("read 10; touch 11; fork Z; Z: exit");
	expect_text(vmas("P"), "10-14rw");
}

static void refused(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 3; map 10-14; touch 10; exec F 0 1 0 =ENOEXEC;"
		       "exec F 3 1 0 =ENOEXEC; exec F 4 0 0 =ENOEXEC;"
		       "exec F 1 3 0 =ENOEXEC");
		struct op op = make_op(OP_EXEC, pid_of("P"));
		set_arg(&op, "file", 77);
		expect_num(run_op(&op), -EBADF);
		set_arg(&op, "file", file_named("F")->id);
		set_arg(&op, "data", UINT64_MAX);
		expect_num(run_op(&op), -ENOEXEC);
		set_arg(&op, "data", 0);
		set_arg(&op, "shift", 1u << 30);
		expect_num(run_op(&op), -EINVAL);
		nothing_happened();
		finish_files();
	}
}

/* Behind the point of no return there is nothing to go back to. */
static void killed_if_it_fails_late(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("file F 3; map 10-14; touch 10; fork C; clone T");
		struct op op = make_op(OP_EXEC, pid_of("C"));
		set_arg(&op, "file", file_named("F")->id);
		set_arg(&op, "bss", machine_paging(run.m)->task_size >> 12);
		expect_num(run_op(&op), -ENOMEM);
		assert_true(task_of("C")->exited);
		script("wait C");
		op.subject = pid_of("T");
		expect_num(run_op(&op), -ENOMEM);
		assert_true(task_of("T")->exited);
		nothing_happened();
		finish_files();
	}
}

/* With ever fewer frames: it works, or the old mm is as it was, or the task is
 * gone.  Nothing is left over. */
static void exec_with_few_frames(const char *era, unsigned left, bool shared,
	unsigned seen[3])
{
	struct machine_config config = { .ram = 1 << 20 };
	begin_with(era, NULL, &config);
	script("file F 2; map 10-14; touch 10; fork C; spawn H;"
	       "H: map 2000-2080; H: map 2080-2160; H: map 2160-2240");
	if (shared)
		script("C: clone T");
	for (unsigned page = 2000; free_frames(run.m) > left; page++)
		expect_num(try_write(pid_of("H"), addr_of(page), 1), 0);
	int status = try_exec(pid_of("C"), "F", 1, 1, 1, NULL);
	bool dead = task_of("C")->exited;
	seen[status ? 1 + dead : 0]++;
	if (status)
		assert_true(status == -ENOMEM || status == -E2BIG ||
			    status == STATUS_OOM);
	else
		assert_false(dead);
	if (status && !dead)
		expect_text(vmas("C"), "10-14rw");
	script("read 10");
	finish_files();
}

static void out_of_memory_anywhere(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		unsigned seen[3] = { 0 };
		for (unsigned left = 0; left < 60; left += left < 14 ? 1 : 4) {
			exec_with_few_frames(era, left, false, seen);
			exec_with_few_frames(era, left, true, seen);
		}
		assert_true(seen[0] && seen[1] && seen[2]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t12_1_layout_on_i386),
		cmocka_unit_test(layouts_of_the_others),
		cmocka_unit_test(t12_9_size_of_a_fresh_stack),
		cmocka_unit_test(the_limit_bounds_the_stack),
		cmocka_unit_test(t12_2_no_bss_no_vma),
		cmocka_unit_test(t12_3_the_last_page_of_data_is_private_already),
		cmocka_unit_test(the_tail_without_bss),
		cmocka_unit_test(what_the_program_finds),
		cmocka_unit_test(default_sizes),
		cmocka_unit_test(lru_of_the_page_of_strings),
		cmocka_unit_test(the_heap_begins_behind_bss),
		cmocka_unit_test(heap_and_bss),
		cmocka_unit_test(n40_53_the_shifted_stack),
		cmocka_unit_test(n40_53_the_lowest_page),
		cmocka_unit_test(without_shift_pgoff_is_the_page_number),
		cmocka_unit_test(with_five_levels_it_always_moves),
		cmocka_unit_test(shift_means_nothing_in_2_x),
		cmocka_unit_test(the_fork_of_a_shifted_stack),
		cmocka_unit_test(the_old_mm_is_gone),
		cmocka_unit_test(t24_the_mm_is_used_again),
		cmocka_unit_test(a_thread_execs),
		cmocka_unit_test(vfork_and_exec_let_the_parent_go_on),
		cmocka_unit_test(nothing_stays_locked),
		cmocka_unit_test(fork_and_exec_cost_more),
		cmocka_unit_test(children_and_pid_stay),
		cmocka_unit_test(refused),
		cmocka_unit_test(killed_if_it_fails_late),
		cmocka_unit_test(out_of_memory_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
