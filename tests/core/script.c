/*
 * Operations as text.  A command is cut into words; a table of verbs says what
 * each does with its range and its last word.
 */
#include "filerun.h"
#include "swap_by_hand.h"

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 8

struct command {
	const char *task;      /* who */
	char *word[MAX_WORDS]; /* verb and arguments */
	unsigned words;
	const char *error; /* wanted status name */
	uint64_t from, to; /* pages of the range in word 1 */
};

static const char *arg(const struct command *c, unsigned i, const char *none)
{
	return c->words > i ? c->word[i] : none;
}

static uint64_t number(const struct command *c, unsigned i)
{
	return strtoull(arg(c, i, "0"), NULL, 0);
}

static uint64_t start(const struct command *c)
{
	return addr_of(c->from);
}

static uint64_t len(const struct command *c)
{
	return (c->to - c->from) << PAGE_SHIFT;
}

static unsigned prot_of(const char *text)
{
	unsigned prot = 0;
	prot |= strchr(text, 'r') ? PROT_R : 0;
	prot |= strchr(text, 'w') ? PROT_W : 0;
	prot |= strchr(text, 'x') ? PROT_X : 0;
	return prot;
}

static int cmd_spawn(const struct command *c)
{
	return try_spawn(arg(c, 1, "?"));
}

static int cmd_fork(const struct command *c)
{
	return try_fork(pid_of(c->task), arg(c, 1, "?"));
}

static int cmd_clone(const struct command *c)
{
	return try_clone(pid_of(c->task), arg(c, 1, "?"));
}

static int cmd_vfork(const struct command *c)
{
	return try_vfork(pid_of(c->task), arg(c, 1, "?"));
}

/* Meets the one that is named, if one is. */
static int cmd_wait(const struct command *c)
{
	int status = try_wait(pid_of(c->task));
	if (!status && c->words > 1)
		assert_int_equal(run.res.value, pid_of(c->word[1]));
	return status;
}

static int cmd_exit(const struct command *c)
{
	return try_exit(pid_of(c->task));
}

static int cmd_map(const struct command *c)
{
	return try_mmap(
		pid_of(c->task), start(c), len(c), prot_of(arg(c, 2, "rw")));
}

static int cmd_unmap(const struct command *c)
{
	return try_munmap(pid_of(c->task), start(c), len(c));
}

static int cmd_protect(const struct command *c)
{
	return try_mprotect(
		pid_of(c->task), start(c), len(c), prot_of(arg(c, 2, "")));
}

static int cmd_move(const struct command *c)
{
	return try_mremap_to(pid_of(c->task), start(c), len(c), len(c),
		addr_of(number(c, 2)));
}

static int cmd_resize(const struct command *c)
{
	return try_mremap(pid_of(c->task), start(c), len(c),
		(number(c, 2) - c->from) << PAGE_SHIFT);
}

static int cmd_advise(const struct command *c)
{
	int advice = advice_parse(arg(c, 2, ""));
	assert_true(advice >= 0);
	return try_madvise(
		pid_of(c->task), start(c), len(c), (enum advice)advice);
}

static int cmd_touch(const struct command *c)
{
	int status = 0;
	for (uint64_t p = c->from; p < c->to && !status; p++)
		status = try_write(
			pid_of(c->task), addr_of(p), ++run.next_value);
	return status;
}

static int cmd_read(const struct command *c)
{
	int status = 0;
	for (uint64_t p = c->from; p < c->to && !status; p++)
		status = try_read(pid_of(c->task), addr_of(p));
	return status;
}

static int cmd_write(const struct command *c)
{
	return try_write(pid_of(c->task), start(c), number(c, 2));
}

static int cmd_brk(const struct command *c)
{
	return try_brk(pid_of(c->task),
		mm_of(c->task)->start_brk + (number(c, 1) << PAGE_SHIFT));
}

/* Swapped out by hand, where they are mapped. */
static int cmd_out(const struct command *c)
{
	for (uint64_t p = c->from; p < c->to; p++)
		if (frame(c->task, p) &&
			!hand_swap_out(run.m, frame(c->task, p)))
			return -ENOSPC;
	return 0;
}

static int cmd_swapoff(const struct command *c)
{
	struct op op = make_op(OP_SWAPOFF, 0);
	(void)c;
	return run_op(&op);
}

static int cmd_file(const struct command *c)
{
	return try_file(arg(c, 1, "?"), number(c, 2),
		!strcmp(arg(c, 3, ""), "hole"), !strcmp(arg(c, 3, ""), "tmpfs"));
}

static int cmd_fmap(const struct command *c)
{
	return try_map_file(pid_of(c->task), start(c), len(c),
		prot_of(arg(c, 4, "rw")), arg(c, 2, "?"), number(c, 3),
		!strcmp(arg(c, 5, ""), "shared"));
}

static int cmd_share(const struct command *c)
{
	return try_map_file(pid_of(c->task), start(c), len(c),
		prot_of(arg(c, 2, "rw")), NULL, 0, SHARED);
}

static int cmd_exec(const struct command *c)
{
	return try_exec(pid_of(c->task), arg(c, 1, "?"), number(c, 2),
		number(c, 3), number(c, 4), arg(c, 5, NULL));
}

static int cmd_fread(const struct command *c)
{
	return try_pread(arg(c, 1, "?"), number(c, 2));
}

static int cmd_fwrite(const struct command *c)
{
	return try_pwrite(arg(c, 1, "?"), number(c, 2), number(c, 3));
}

static int cmd_truncate(const struct command *c)
{
	return try_truncate(arg(c, 1, "?"), number(c, 2));
}

static int cmd_sync(const struct command *c)
{
	return try_sync(arg(c, 1, "?"));
}

/* Which pages are in memory: a 0 or 1 for each, if the command says so. */
static int cmd_mincore(const struct command *c)
{
	struct op op = make_op(OP_MINCORE, pid_of(c->task));
	char text[256] = "";
	int status;

	assert_true(c->to - c->from < sizeof text);
	memset(text, '0', c->to - c->from);
	set_arg(&op, "addr", start(c));
	set_arg(&op, "len", len(c));
	status = run_op(&op);
	for (unsigned i = 0; i < run.res.nr_found; i++)
		text[(run.found[i].addr - start(c)) >> PAGE_SHIFT] = '1';
	if (c->words > 2)
		assert_string_equal(text, c->word[2]);
	return status;
}

static int cmd_msync(const struct command *c)
{
	struct op op = make_op(OP_MSYNC, pid_of(c->task));

	set_arg(&op, "addr", start(c));
	set_arg(&op, "len", len(c));
	for (unsigned i = 2; i < c->words; i++)
		set_arg(&op, c->word[i], 1);
	return run_op(&op);
}

static int cmd_reclaim(const struct command *c)
{
	struct op op = make_op(OP_RECLAIM, 0);

	set_arg(&op, "pages", number(c, 1));
	return run_op(&op);
}

static int lock_op(const struct command *c, enum op_id id, bool onfault)
{
	struct op op = make_op(id, pid_of(c->task));

	set_arg(&op, "addr", start(c));
	set_arg(&op, "len", len(c));
	if (onfault)
		set_arg(&op, "onfault", 1);
	return run_op(&op);
}

static int cmd_mlock(const struct command *c)
{
	return lock_op(c, OP_MLOCK, false);
}

static int cmd_onfault(const struct command *c)
{
	return lock_op(c, OP_MLOCK, true);
}

static int cmd_munlock(const struct command *c)
{
	return lock_op(c, OP_MUNLOCK, false);
}

/* mlockall current | future */
static int cmd_mlockall(const struct command *c)
{
	struct op op = make_op(OP_MLOCKALL, pid_of(c->task));

	set_arg(&op, arg(c, 1, "current"), 1);
	return run_op(&op);
}

static int cmd_munlockall(const struct command *c)
{
	struct op op = make_op(OP_MUNLOCKALL, pid_of(c->task));

	return run_op(&op);
}

static const struct verb {
	const char *name;
	int (*run)(const struct command *);
} verbs[] = { { "spawn", cmd_spawn }, { "fork", cmd_fork },
	{ "exec", cmd_exec },
	{ "clone", cmd_clone }, { "vfork", cmd_vfork }, { "wait", cmd_wait },
	{ "exit", cmd_exit }, { "map", cmd_map }, { "unmap", cmd_unmap },
	{ "protect", cmd_protect }, { "move", cmd_move },
	{ "resize", cmd_resize }, { "advise", cmd_advise },
	{ "touch", cmd_touch }, { "read", cmd_read }, { "write", cmd_write },
	{ "brk", cmd_brk }, { "mlock", cmd_mlock },
	{ "onfault", cmd_onfault }, { "munlock", cmd_munlock },
	{ "mlockall", cmd_mlockall }, { "munlockall", cmd_munlockall },
	{ "out", cmd_out }, { "swapoff", cmd_swapoff },
	{ "mincore", cmd_mincore }, { "msync", cmd_msync },
	{ "reclaim", cmd_reclaim },
{ "brk", cmd_brk }, { "file", cmd_file }, { "fmap", cmd_fmap },
	{ "share", cmd_share }, { "fread", cmd_fread },
	{ "fwrite", cmd_fwrite }, { "truncate", cmd_truncate },
	{ "sync", cmd_sync } };

static int run_verb(const struct command *c)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].name, c->word[0]))
			return verbs[i].run(c);
	fail_msg("no verb %s", c->word[0]);
	return 0;
}

static void parse_range(struct command *c)
{
	const char *text = arg(c, 1, "");
	char *end = NULL;
	c->from = strtoull(text, &end, 10);
	c->to = *end == '-' ? strtoull(end + 1, NULL, 10) : c->from + 1;
}

static void add_word(struct command *c, char *word)
{
	size_t n = strlen(word);
	if (word[n - 1] == ':') {
		word[n - 1] = 0;
		c->task = word;
	} else if (word[0] == '=') {
		c->error = word + 1;
	} else {
		assert_true(c->words < MAX_WORDS);
		c->word[c->words++] = word;
	}
}

static void run_command(char *text, const char *all)
{
	struct command c = { .task = "P", .error = "OK" };
	char *save = NULL;
	for (char *w = strtok_r(text, " ", &save); w;
		w = strtok_r(NULL, " ", &save))
		add_word(&c, w);
	if (!c.words)
		return;
	parse_range(&c);
	const char *got = status_name(run_verb(&c));
	if (strcmp(got, c.error))
		fail_msg("%s: %s %s %s gives %s, not %s; in: %s", c.task,
			c.word[0], arg(&c, 1, ""), arg(&c, 2, ""), got, c.error,
			all);
}

void script(const char *text)
{
	char copy[1024];
	char *save = NULL;
	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	for (char *c = strtok_r(copy, ";", &save); c;
		c = strtok_r(NULL, ";", &save))
		run_command(c, text);
}
