/* Names of results, protections and advices. */
#include "core/ops.h"

#include <errno.h>
#include <string.h>

static const struct {
	int status;
	const char *name;
} statuses[] = {
	{ 0, "OK" },
	{ -EPERM, "EPERM" },
	{ -ENOENT, "ENOENT" },
	{ -ESRCH, "ESRCH" },
	{ -E2BIG, "E2BIG" },
	{ -ENOEXEC, "ENOEXEC" },
	{ -EBADF, "EBADF" },
	{ -ECHILD, "ECHILD" },
	{ -EAGAIN, "EAGAIN" },
	{ -ENOMEM, "ENOMEM" },
	{ -ENOSPC, "ENOSPC" },
	{ -EACCES, "EACCES" },
	{ -EFAULT, "EFAULT" },
	{ -EBUSY, "EBUSY" },
	{ -EEXIST, "EEXIST" },
	{ -EINVAL, "EINVAL" },
	{ -EFBIG, "EFBIG" },
	{ -ENOSYS, "ENOSYS" },
	{ -EOVERFLOW, "EOVERFLOW" },
	{ -EOPNOTSUPP, "EOPNOTSUPP" },
	{ STATUS_SIGSEGV, "SIGSEGV" },
	{ STATUS_SIGBUS, "SIGBUS" },
	{ STATUS_OOM, "OOM" },
	{ STATUS_EOF, "EOF" },
};

#define NR_STATUSES (sizeof statuses / sizeof *statuses)

const char *status_name(int status)
{
	for (size_t i = 0; i < NR_STATUSES; i++)
		if (statuses[i].status == status)
			return statuses[i].name;
	return "E?";
}

int status_find(const char *name)
{
	for (size_t i = 0; i < NR_STATUSES; i++)
		if (!strcmp(statuses[i].name, name))
			return statuses[i].status;
	return 0;
}

static int prot_bit(char c)
{
	switch (c) {
	case 'r':
		return PROT_R;
	case 'w':
		return PROT_W;
	case 'x':
		return PROT_X;
	case '-':
		return 0;
	}
	return -1;
}

int prot_parse(const char *text)
{
	int prot = 0;

	if (!strcmp(text, "none"))
		return 0;
	for (; *text; text++) {
		int bit = prot_bit(*text);

		if (bit < 0 || (prot & bit))
			return -1;
		prot |= bit;
	}
	return prot;
}

const char *prot_name(unsigned prot)
{
	static const char *const names[] = { "---", "--x", "-w-", "-wx", "r--",
		"r-x", "rw-", "rwx" };

	return names[(prot & PROT_R ? 4 : 0) | (prot & PROT_W ? 2 : 0) |
		(prot & PROT_X ? 1 : 0)];
}

static const struct {
	enum advice advice;
	const char *name;
} advices[] = {
	{ ADVICE_NORMAL, "normal" },
	{ ADVICE_RANDOM, "random" },
	{ ADVICE_SEQUENTIAL, "sequential" },
	{ ADVICE_WILLNEED, "willneed" },
	{ ADVICE_DONTNEED, "dontneed" },
	{ ADVICE_FREE, "free" },
	{ ADVICE_REMOVE, "remove" },
	{ ADVICE_DONTFORK, "dontfork" },
	{ ADVICE_DOFORK, "dofork" },
	{ ADVICE_MERGEABLE, "mergeable" },
	{ ADVICE_UNMERGEABLE, "unmergeable" },
	{ ADVICE_HUGEPAGE, "hugepage" },
	{ ADVICE_NOHUGEPAGE, "nohugepage" },
	{ ADVICE_DONTDUMP, "dontdump" },
	{ ADVICE_DODUMP, "dodump" },
	{ ADVICE_WIPEONFORK, "wipeonfork" },
	{ ADVICE_KEEPONFORK, "keeponfork" },
	{ ADVICE_COLD, "cold" },
	{ ADVICE_PAGEOUT, "pageout" },
	{ ADVICE_POPULATE_READ, "populate_read" },
	{ ADVICE_POPULATE_WRITE, "populate_write" },
	{ ADVICE_DONTNEED_LOCKED, "dontneed_locked" },
	{ ADVICE_COLLAPSE, "collapse" },
	{ ADVICE_HWPOISON, "hwpoison" },
	{ ADVICE_SOFT_OFFLINE, "soft_offline" },
	{ ADVICE_GUARD_INSTALL, "guard_install" },
	{ ADVICE_GUARD_REMOVE, "guard_remove" },
};

#define NR_ADVICES (sizeof advices / sizeof *advices)

int advice_parse(const char *text)
{
	for (size_t i = 0; i < NR_ADVICES; i++)
		if (!strcmp(advices[i].name, text))
			return (int)advices[i].advice;
	return -1;
}

const char *advice_name(enum advice advice)
{
	for (size_t i = 0; i < NR_ADVICES; i++)
		if (advices[i].advice == advice)
			return advices[i].name;
	return NULL;
}
