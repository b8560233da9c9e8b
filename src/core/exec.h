/*
 * exec: what its parts share, and what each kernel does in its own way.
 * Inside the core only.
 */
#ifndef CORE_EXEC_H
#define CORE_EXEC_H

#include "core/mechanism.h"

/* One execve under way (struct linux_binprm). */
struct exec {
	struct task_struct *task;
	struct inode *inode;        /* the program */
	uint64_t text, data, bss;   /* pages; data follows text in the file */
	uint64_t shift;             /* pages that the stack is moved down */
	value_t string[2];          /* its name, then what was given */
	unsigned strings;           /* of them */
	struct mm_struct *mm;       /* bprm->mm, also the task's later; NULL:
				       not made yet */
	struct vm_area_struct *vma; /* 4.0 on: the stack in it */
	struct page *page;          /* 2.x: the page of strings, in no mm */
	bool lost;                  /* the old mm is gone: no way back */
};

struct exec_ops {
	/* what comes before load_elf_binary: bprm->mm, header and strings */
	int (*prepare)(struct machine *m, struct exec *x);
	/* the task gets the new mm, the old one is dropped (exec_mmap) */
	int (*mmap)(struct machine *m, struct exec *x);
	/* the stack as the program will have it (setup_arg_pages) */
	int (*arg_pages)(struct machine *m, struct exec *x);
	/* 2.x: map the page of strings; page table lock held */
	void (*map_arg)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr, struct page *page);
	/* 4.0 on: let the stack begin at @addr */
	int (*expand)(struct machine *m, struct vm_area_struct *vma,
		uint64_t addr);
	uint64_t stack_exec;    /* VM_EXEC where no program can refuse it */
	uint8_t stack_extra;    /* pages more than the strings need */
	bool tail_always;       /* the last page of data is cleared behind its
				   end even if no bss follows */
	bool tail_first;        /* and that before bss is mapped */
	bool maps_whole;        /* the first segment is mapped as long as the
				   whole program and cut: nothing lies there */
	bool gup_locks;         /* mmap_lock is held for the strings' fault */
};

extern const struct exec_ops exec_2_4, exec_2_6_0, exec_2_6_11, exec_4_0,
	exec_6_18;

/* Steps that they share.  All return 0 or a negative errno. */
int exec_mm_alloc(struct machine *m, struct exec *x);
/* Read the first page of the program (prepare_binprm). */
int exec_read_header(struct machine *m, struct exec *x);
/* @page holds the strings, one after the other. */
void exec_put_strings(struct machine *m, struct exec *x, struct page *page);
/* The stack VMA [start, end), linked into x->mm; NULL: no memory. */
struct vm_area_struct *exec_stack_vma(struct machine *m, struct exec *x,
	uint64_t start, uint64_t end);
/* The task has x->mm from now on; the old one is x->task->exec_mm. */
void exec_switch_mm(struct machine *m, struct exec *x);

/* Mechanism from 2.6.11 on: the old mm is locked while it is replaced. */
int exec_mmap_locked(struct machine *m, struct exec *x);

/* execve.  0, or a negative errno; x->lost: the task is to be killed. */
int do_exec(struct machine *m, struct exec *x);

#endif
