/* The table of operations: what each is called, takes and gives. */
#include "core/mm.h"
#include "core/ops.h"
#include "core/text.h"

#include <string.h>

#define WHERE                                                                  \
	{ "addr", ARG_ADDR, false, "first address" },                          \
	{                                                                      \
		"len", ARG_LEN, false, "length in bytes"                       \
	}

static const struct op_desc descs[NR_OPS] = {
	[OP_SPAWN] = {
		.id = OP_SPAWN,
		.name = "spawn",
		.subject = ON_NOTHING,
		.arg = { { "name", ARG_NAME, false, "what to call the task" } },
		.result = RESULT_TASK,
		.summary = N_("a task with an empty address space"),
		.errors = "ENOMEM",
	},
	[OP_FILE] = {
		.id = OP_FILE,
		.name = "file",
		.subject = ON_NOTHING,
		.arg = {
			{ "name", ARG_NAME, false, "what to call the file" },
			{ "pages", ARG_PAGES, false, "its size" },
			{ "hole", ARG_BOOL, true, "nothing is written in it" },
			{ "tmpfs", ARG_BOOL, true, "in memory and swap only" },
		},
		.result = RESULT_FILE,
		.summary = N_("a file on the disk, or of tmpfs"),
		.errors = "ENOMEM EFBIG",
	},
	[OP_MMAP] = {
		.id = OP_MMAP,
		.name = "mmap",
		.subject = ON_TASK,
		.arg = {
			{ "len", ARG_LEN, false, "length in bytes" },
			{ "addr", ARG_ADDR, true, "where; a hint unless fixed" },
			{ "fixed", ARG_FIXED, true,
				"exactly there; noreplace: only if free" },
			{ "prot", ARG_PROT, true, "protection, rw- if not given" },
			{ "name", ARG_NAME, true, "what to call the region" },
			{ "shared", ARG_BOOL, true, "writes are seen by all" },
			{ "file", ARG_FILE, true, "what to map; none: memory" },
			{ "pgoff", ARG_INDEX, true, "from which page of it" },
			{ "populate", ARG_BOOL, true, "map its pages at once" },
			{ "noreserve", ARG_BOOL, true, "promise no memory" },
			{ "locked", ARG_BOOL, true, "keep it in memory" },
			{ "grows_down", ARG_BOOL, true,
				"a fault just below makes it grow, as a stack" },
			{ "droppable", ARG_BOOL, true,
				"may be taken away and reads as 0 then" },
		},
		.result = RESULT_REGION,
		.summary = N_("map memory or a file"),
		.errors = "EBADF EINVAL EOVERFLOW ENOMEM EEXIST EPERM EAGAIN",
	},
	[OP_MUNMAP] = {
		.id = OP_MUNMAP,
		.name = "munmap",
		.subject = ON_TASK,
		.arg = { WHERE },
		.result = RESULT_TRUE,
		.summary = N_("unmap a range, splitting VMAs at its ends"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MPROTECT] = {
		.id = OP_MPROTECT,
		.name = "mprotect",
		.subject = ON_TASK,
		.arg = { WHERE, { "prot", ARG_PROT, false, "new protection" } },
		.result = RESULT_TRUE,
		.summary = N_("change the protection of a range"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MREMAP] = {
		.id = OP_MREMAP,
		.name = "mremap",
		.subject = ON_TASK,
		.arg = {
			{ "addr", ARG_ADDR, false, "first address" },
			{ "old_len", ARG_LEN, false, "length now" },
			{ "new_len", ARG_LEN, false, "length then" },
			{ "to", ARG_ADDR, true, "where to" },
			{ "maymove", ARG_BOOL, true, "it may be moved" },
			{ "fixed", ARG_BOOL, true, "to exactly that address" },
			{ "dontunmap", ARG_BOOL, true,
				"leave the old range mapped, empty" },
		},
		.result = RESULT_REGION,
		.summary = N_("grow, shrink or move a region"),
		.errors = "EINVAL EFAULT ENOMEM",
	},
	[OP_MADVISE] = {
		.id = OP_MADVISE,
		.name = "madvise",
		.subject = ON_TASK,
		.arg = { WHERE, { "advice", ARG_ADVICE, false, "what to expect" } },
		.result = RESULT_TRUE,
		.summary = N_("tell how a range will be used"),
		.errors = "EINVAL ENOMEM EBADF EACCES EAGAIN EFAULT",
	},
	[OP_BRK] = {
		.id = OP_BRK,
		.name = "brk",
		.subject = ON_TASK,
		.arg = { { "addr", ARG_ADDR, true, "new end of the heap" } },
		.result = RESULT_ADDR,
		.summary = N_("move the end of the heap; the end it has then"),
		.errors = "",
	},
	[OP_READ] = {
		.id = OP_READ,
		.name = "read",
		.subject = ON_TASK,
		.arg = { { "addr", ARG_ADDR, false, "an address" },
			{ "sp", ARG_ADDR, true,
				"the stack pointer; at the address, if not"
				" given" } },
		.result = RESULT_VALUE,
		.summary = N_("read what the page holds, as the processor does"),
		.errors = "SIGSEGV SIGBUS OOM",
	},
	[OP_WRITE] = {
		.id = OP_WRITE,
		.name = "write",
		.subject = ON_TASK,
		.arg = { { "addr", ARG_ADDR, false, "an address" },
			{ "value", ARG_VALUE, false, "a number or a string" },
			{ "sp", ARG_ADDR, true,
				"the stack pointer; at the address, if not"
				" given" } },
		.result = RESULT_TRUE,
		.summary = N_("write to the page, as the processor does"),
		.errors = "SIGSEGV SIGBUS OOM",
	},
	[OP_FORK] = {
		.id = OP_FORK,
		.name = "fork",
		.subject = ON_TASK,
		.arg = { { "name", ARG_NAME, false, "what to call the child" } },
		.result = RESULT_TASK,
		.summary = N_("a child with a copy of the address space"),
		.errors = "ENOMEM",
	},
	[OP_EXIT] = {
		.id = OP_EXIT,
		.name = "exit",
		.subject = ON_TASK,
		.result = RESULT_TRUE,
		.summary = N_("end the task and its address space"),
		.errors = "",
	},
	[OP_PREAD] = {
		.id = OP_PREAD,
		.name = "pread",
		.method = "read",
		.subject = ON_FILE,
		.arg = { { "page", ARG_INDEX, false, "which page of it" } },
		.result = RESULT_VALUE,
		.summary = N_("read a page of the file, as read() does"),
		.errors = "EOF ENOMEM",
	},
	[OP_PWRITE] = {
		.id = OP_PWRITE,
		.name = "pwrite",
		.method = "write",
		.subject = ON_FILE,
		.arg = { { "page", ARG_INDEX, false, "which page of it" },
			{ "value", ARG_VALUE, false, "a number or a string" } },
		.result = RESULT_TRUE,
		.summary = N_("write a page of the file, as write() does"),
		.errors = "EFBIG ENOMEM",
	},
	[OP_FTRUNCATE] = {
		.id = OP_FTRUNCATE,
		.name = "ftruncate",
		.method = "truncate",
		.subject = ON_FILE,
		.arg = { { "pages", ARG_PAGES, false, "its new size" } },
		.result = RESULT_TRUE,
		.summary = N_("make the file shorter or longer"),
		.errors = "EFBIG",
	},
	[OP_FSYNC] = {
		.id = OP_FSYNC,
		.name = "fsync",
		.method = "sync",
		.subject = ON_FILE,
		.result = RESULT_TRUE,
		.summary = N_("write its dirty pages to the disk"),
		.errors = "",
	},
	[OP_RMAP] = {
		.id = OP_RMAP,
		.name = "rmap",
		.subject = ON_PAGE,
		.arg = { { "full", ARG_BOOL, true,
			"to the end of the walk, as migration does" } },
		.result = RESULT_WALK,
		.summary = N_("walk the reverse map of a frame, as reclaim does"),
		.errors = "EINVAL",
	},
	[OP_RECLAIM] = {
		.id = OP_RECLAIM,
		.name = "reclaim",
		.subject = ON_NOTHING,
		.arg = { { "pages", ARG_PAGES, false, "how many are wanted" } },
		.result = RESULT_COUNT,
		.summary = N_("free page frames, as a task does that finds none"),
		.errors = "",
	},
	[OP_MIGRATE] = {
		.id = OP_MIGRATE,
		.name = "migrate",
		.subject = ON_PAGE,
		.result = RESULT_TRUE,
		.summary = N_("move what a frame holds to another one"),
		.errors = "EINVAL EBUSY EAGAIN ENOMEM ENOSYS",
	},
	[OP_MLOCK] = {
		.id = OP_MLOCK,
		.name = "mlock",
		.subject = ON_TASK,
		.arg = { WHERE,
			{ "onfault", ARG_BOOL, true,
				"lock pages as they are touched" } },
		.result = RESULT_TRUE,
		.summary = N_("keep a range in memory"),
		.errors = "EINVAL ENOMEM EAGAIN EPERM EFAULT ENOSYS",
	},
	[OP_MUNLOCK] = {
		.id = OP_MUNLOCK,
		.name = "munlock",
		.subject = ON_TASK,
		.arg = { WHERE },
		.result = RESULT_TRUE,
		.summary = N_("let a range be reclaimed again"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MLOCKALL] = {
		.id = OP_MLOCKALL,
		.name = "mlockall",
		.subject = ON_TASK,
		.arg = {
			{ "current", ARG_BOOL, true, "what is mapped now" },
			{ "future", ARG_BOOL, true, "what will be mapped" },
			{ "onfault", ARG_BOOL, true,
				"lock pages as they are touched" },
		},
		.result = RESULT_TRUE,
		.summary = N_("keep a whole address space in memory"),
		.errors = "EINVAL EPERM ENOMEM",
	},
	[OP_MUNLOCKALL] = {
		.id = OP_MUNLOCKALL,
		.name = "munlockall",
		.subject = ON_TASK,
		.result = RESULT_TRUE,
		.summary = N_("let a whole address space be reclaimed again"),
		.errors = "",
	},
	[OP_SWAPOFF] = {
		.id = OP_SWAPOFF,
		.name = "swapoff",
		.subject = ON_NOTHING,
		.result = RESULT_TRUE,
		.summary = N_("bring all of swap back and end the area"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MINCORE] = {
		.id = OP_MINCORE,
		.name = "mincore",
		.subject = ON_TASK,
		.arg = { WHERE },
		.result = RESULT_VECTOR,
		.summary = N_("which pages of a range are in memory"),
		.errors = "EINVAL ENOMEM",
	},
	[OP_MSYNC] = {
		.id = OP_MSYNC,
		.name = "msync",
		.subject = ON_TASK,
		.arg = { WHERE,
			{ "async", ARG_BOOL, true, "do not wait (MS_ASYNC)" },
			{ "sync", ARG_BOOL, true,
				"write now and wait (MS_SYNC)" },
			{ "invalidate", ARG_BOOL, true,
				"give up other copies (MS_INVALIDATE)" },
		},
		.result = RESULT_TRUE,
		.summary = N_("write what shared mappings changed to the file"),
		.errors = "EINVAL ENOMEM EBUSY",
	},
	[OP_SETRLIMIT] = {
		.id = OP_SETRLIMIT,
		.name = "setrlimit",
		.subject = ON_TASK,
		.arg = {
			{ "as", ARG_LEN, true, "bytes mapped (RLIMIT_AS)" },
			{ "data", ARG_LEN, true,
				"bytes of heap and data (RLIMIT_DATA)" },
			{ "stack", ARG_LEN, true,
				"bytes that a stack may have (RLIMIT_STACK)" },
			{ "memlock", ARG_LEN, true,
				"bytes locked (RLIMIT_MEMLOCK); also gives up"
				" CAP_IPC_LOCK" },
		},
		.result = RESULT_TRUE,
		.summary = N_("limit what a task and its children may map"),
		.errors = "",
	},
	[OP_CLONE] = {
		.id = OP_CLONE,
		.name = "clone",
		.subject = ON_TASK,
		.arg = { { "name", ARG_NAME, false, "what to call the child" },
			{ "vm", ARG_BOOL, true,
				"share the address space (CLONE_VM)" } },
		.result = RESULT_TASK,
		.summary = N_("a child that may share the address space"),
		.errors = "ENOMEM",
	},
	[OP_VFORK] = {
		.id = OP_VFORK,
		.name = "vfork",
		.subject = ON_TASK,
		.arg = { { "name", ARG_NAME, false, "what to call the child" } },
		.result = RESULT_TASK,
		.summary = N_("a child in the same address space; the parent waits"
			      " until it execs or exits"),
		.errors = "ENOMEM EBUSY",
	},
	[OP_EXEC] = {
		.id = OP_EXEC,
		.name = "exec",
		.subject = ON_TASK,
		.arg = { { "file", ARG_FILE, false, "the program" },
			{ "text", ARG_PAGES, true, "pages of code in it" },
			{ "data", ARG_PAGES, true,
				"pages of data in it, after the code" },
			{ "bss", ARG_PAGES, true, "pages of zeroed data" },
			{ "args", ARG_VALUE, true,
				"what the top of the stack holds" },
			{ "shift", ARG_PAGES, true,
				"how far randomization moves the stack down,"
				" where the kernel has it" } },
		.result = RESULT_TRUE,
		.summary = N_("a new address space that runs a program"),
		.errors = "EBADF EINVAL ENOEXEC ENOMEM E2BIG",
	},
	[OP_WAIT] = {
		.id = OP_WAIT,
		.name = "wait",
		.subject = ON_TASK,
		.result = RESULT_TASK,
		.summary = N_("take notice of a child that has exited"),
		.errors = "ECHILD EAGAIN",
	},
	[OP_KSM] = {
		.id = OP_KSM,
		.name = "ksm",
		.subject = ON_NOTHING,
		.arg = { { "pages", ARG_PAGES, true,
			"how many ksmd looks at; none: a whole round" } },
		.result = RESULT_COUNT,
		.summary = N_("merge equal pages of MERGEABLE ranges, as ksmd"
			      " does"),
		.errors = "ENOSYS",
	},
};

const struct op_desc *op_desc(enum op_id id)
{
	return id > OP_NONE && id < NR_OPS ? &descs[id] : NULL;
}

const struct op_desc *op_find(const char *name)
{
	for (int i = OP_NONE + 1; i < NR_OPS; i++)
		if (!strcmp(descs[i].name, name))
			return &descs[i];
	return NULL;
}

bool op_set(struct op *op, const char *name, uint64_t value)
{
	const struct op_desc *d = op_desc(op->id);

	for (int i = 0; d && d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, name)) {
			op->arg[i] = value;
			op->given |= (uint16_t)(1u << i);
			return true;
		}
	return false;
}
