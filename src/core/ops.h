/*
 * Operations: all that can be done to a machine, declared once in a table.
 * The Lua binding, the palette, the importer of recordings, the fuzzer, help
 * and manual are made from it.
 */
#ifndef CORE_OPS_H
#define CORE_OPS_H

#include "core/machine.h"

enum op_id {
	OP_NONE,
	OP_SPAWN,
	OP_FILE,
	OP_MMAP,
	OP_MUNMAP,
	OP_MPROTECT,
	OP_MREMAP,
	OP_MADVISE,
	OP_BRK,
	OP_READ,
	OP_WRITE,
	OP_FORK,
	OP_EXIT,
	OP_PREAD,
	OP_PWRITE,
	OP_FTRUNCATE,
	OP_FSYNC,
	OP_RMAP,
	OP_MLOCK,
	OP_MUNLOCK,
	OP_MLOCKALL,
	OP_MUNLOCKALL,
	OP_RECLAIM,
	OP_MIGRATE,
	OP_SWAPOFF,
	OP_MINCORE,
	OP_MSYNC,
	OP_SETRLIMIT,
	OP_CLONE,
	OP_VFORK,
	OP_EXEC,
	OP_WAIT,
	OP_KSM,
	NR_OPS,
	OP_BATCH = NR_OPS /* history's: many calls as one step */
};

#define OP_MAX_ARGS 14

enum arg_type {
	ARG_END,
	ARG_ADDR,    /* a virtual address */
	ARG_LEN,     /* bytes */
	ARG_PAGES,   /* a count of pages */
	ARG_PROT,    /* PROT_R, PROT_W, PROT_X bits, see prot_parse() */
	ARG_BOOL,
	ARG_ADVICE,  /* enum advice */
	ARG_FIXED,   /* 0 no, 1 MAP_FIXED, 2 MAP_FIXED_NOREPLACE */
	ARG_VALUE,   /* a number or a string; strings stand in op.text */
	ARG_NAME,    /* stands in op.text */
	ARG_PFN,
	ARG_FILE,    /* number of a file */
	ARG_INDEX    /* a page of a file, from 0 */
};

struct arg_desc {
	const char *name;    /* as in Lua, JSON and the palette */
	enum arg_type type;
	bool optional;
	const char *meaning; /* one line */
};

enum op_subject { ON_NOTHING, ON_TASK, ON_PAGE, ON_FILE };

enum op_result_type { RESULT_TRUE, RESULT_TASK, RESULT_REGION, RESULT_VALUE,
	RESULT_ADDR, RESULT_WALK, RESULT_COUNT, RESULT_FILE,
	RESULT_VECTOR /* op_result.found lists the pages that are in memory */ };

struct op_desc {
	enum op_id id;
	const char *name;      /* "mmap" */
	const char *method;    /* its name in Lua on the object, if another */
	enum op_subject subject;
	struct arg_desc arg[OP_MAX_ARGS + 1]; /* ended by ARG_END */
	enum op_result_type result;
	const char *summary;   /* one line */
	const char *errors;    /* names, separated by spaces */
};

/* Protection as in the kernel's ABI. */
#define PROT_R 1u
#define PROT_W 2u
#define PROT_X 4u

enum advice {
	ADVICE_NORMAL = 0,
	ADVICE_RANDOM = 1,
	ADVICE_SEQUENTIAL = 2,
	ADVICE_WILLNEED = 3,
	ADVICE_DONTNEED = 4,
	ADVICE_FREE = 8,
	ADVICE_REMOVE = 9,
	ADVICE_DONTFORK = 10,
	ADVICE_DOFORK = 11,
	ADVICE_MERGEABLE = 12,
	ADVICE_UNMERGEABLE = 13,
	ADVICE_HUGEPAGE = 14,
	ADVICE_NOHUGEPAGE = 15,
	ADVICE_DONTDUMP = 16,
	ADVICE_DODUMP = 17,
	ADVICE_WIPEONFORK = 18,
	ADVICE_KEEPONFORK = 19,
	ADVICE_COLD = 20,
	ADVICE_PAGEOUT = 21,
	ADVICE_POPULATE_READ = 22,
	ADVICE_POPULATE_WRITE = 23,
	ADVICE_DONTNEED_LOCKED = 24,
	ADVICE_COLLAPSE = 25,
	ADVICE_HWPOISON = 100,
	ADVICE_SOFT_OFFLINE = 101,
	ADVICE_GUARD_INSTALL = 102,
	ADVICE_GUARD_REMOVE = 103
};

/* One operation with its arguments; plain bytes, no pointers. */
struct op {
	uint16_t id;      /* enum op_id */
	uint16_t given;   /* bit i: argument i was given */
	uint32_t subject; /* pid; pfn for ON_PAGE, number for ON_FILE */
	uint64_t arg[OP_MAX_ARGS]; /* by position in op_desc.arg */
	char text[NAME_SIZE];      /* the ARG_NAME, or a string ARG_VALUE */
	bool text_value;  /* the ARG_VALUE is text */
};

/* Results below zero: -errno, or one of these. */
#define STATUS_SIGSEGV (-201)
#define STATUS_SIGBUS (-202)
#define STATUS_OOM (-203)
#define STATUS_EOF (-204) /* read() at or beyond the end: nothing to read */

/* One mapping that a walk found. */
struct mapping {
	uint32_t pid;
	uint32_t vma;
	uint64_t addr;
};

struct op_result {
	int status;      /* 0 or negative */
	uint64_t value;  /* pid, file, address, value_t, mappings found: as
			  * op_desc.result says */
	uint64_t len;    /* RESULT_REGION: bytes mapped */
	uint32_t faults; /* page faults taken */
	uint32_t killed[MAX_KILLED]; /* pids that the OOM killer ended */
	uint32_t nr_killed; /* of them, even beyond the room */
	uint32_t major;  /* those of them that had to read */
	struct costs costs;
	struct mapping *found; /* RESULT_WALK: where to put them, or NULL */
	uint32_t max_found;    /* room there */
	uint32_t nr_found;     /* found, even beyond the room */
};

/* Run @op.  Sets all of @res but found and max_found; returns res->status.
 * The state is consistent afterwards whatever the result.  With a tracer
 * attached its sink may leave by longjmp instead. */
int machine_run(struct machine *m, const struct op *op, struct op_result *res);

const struct op_desc *op_desc(enum op_id id);
const struct op_desc *op_find(const char *name);

/* "ENOMEM", "SIGSEGV", "OOM"; "OK" for 0. */
const char *status_name(int status);
/* The status of that name (negative), or 0 when there is none. */
int status_find(const char *name);

/* "rw-" (also "rwx", "r", "none", "") to PROT_ bits; -1 when it is neither. */
int prot_parse(const char *text);
const char *prot_name(unsigned prot); /* "rw-" */
/* "dontneed" to enum advice; -1 when unknown. */
int advice_parse(const char *text);
const char *advice_name(enum advice advice); /* NULL when unknown */

/* Set argument @name; false when @op has no such argument. */
bool op_set(struct op *op, const char *name, uint64_t value);

#endif
