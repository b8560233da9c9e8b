/*
 * Running operations on real processes.
 *
 * A real process has its program, libraries and stack where the simulated one
 * has free room, so addresses from HIGH on lie SHIFT lower in the real ones,
 * where nothing is; those below LOW lie where they are.  SHIFT is whole entries
 * of the top table, so page tables end at the same places.  Where the kernel
 * chose a place the real call is told it: what is compared is what happens, not
 * how a place is found among other mappings.
 */
#include "live/beside.h"

#include "core/mm.h"
#include "core/text.h"
#include "live/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOW 0x100000000000ull
#define HIGH 0x400000000000ull
#define SHIFT 0x300000000000ull
#define TOP 0x7ffffffff000ull      /* no user address from here on */
#define MAX_PIDS 4096u

struct beside {
	struct crew *crew;
	int worker[MAX_PIDS];      /* of each simulated task; -1: none */
	unsigned file[MAX_PIDS];   /* of the crew, for each simulated file */
	struct beside_view real, simulated;
};

/* -- addresses ------------------------------------------------------------ */

/* Move the range; false where that is not one move for all of it. */
static bool translate(uint64_t *addr, uint64_t len)
{
	uint64_t end = *addr + len;

	if (end < *addr)
		return false;
	if (end <= LOW)
		return true;
	if (*addr < HIGH || end > TOP)
		return false;
	*addr -= SHIFT;
	return true;
}

bool beside_back(uint64_t real, uint64_t *addr)
{
	if (real >= TOP - SHIFT)
		return false;
	*addr = real < LOW ? real : real + SHIFT;
	return real < LOW || real >= HIGH - SHIFT;
}

static int worker_of(const struct beside *b, uint32_t pid)
{
	return pid < MAX_PIDS ? b->worker[pid] : -1;
}

static const struct proc *beside_proc(const struct beside *b, int worker)
{
	return worker < 0 ? NULL : crew_proc(b->crew, (unsigned)worker);
}

bool beside_sees_frames(const struct beside *b)
{
	return b && proc_sight()->frames && proc_sight()->counts;
}

/* -- begin and end -------------------------------------------------------- */

static bool find_ours(void *ctx, const struct proc_vma *v)
{
	uint64_t addr;

	if (beside_back(v->start, &addr))
		*(bool *)ctx = true;
	return true;
}

/* Is the room where the scenario's memory will lie free? */
static bool room_is_free(void)
{
	struct proc self;
	bool ours = false;
	bool ok = proc_open(&self, getpid()) &&
		proc_vmas(&self, false, find_ours, &ours);

	proc_close(&self);
	return ok && !ours;
}

struct beside *beside_new(const char **why)
{
	struct crew_config config = { .pages = 1, .keep_outside = true,
		.no_ahead = true, .one_cpu = true };
	struct beside *b = calloc(1, sizeof *b);

	*why = "no processes can be made here";
	if (!b)
		return NULL;
	memset(b->worker, -1, sizeof b->worker);
	if (!room_is_free()) {
		*why = "the room for the real mappings is not free in this "
		       "process";
	} else {
		b->crew = crew_begin(&config);
		if (b->crew)
			return b;
	}
	free(b);
	return NULL;
}

void beside_delete(struct beside *b)
{
	if (!b)
		return;
	crew_end(b->crew);
	beside_view_free(&b->real);
	beside_view_free(&b->simulated);
	free(b);
}

/* -- from the simulated operation to the real one ------------------------- */

/* The heap is where the worker's own is not; so are calls about it. */
static bool in_heap(const struct machine *m, uint32_t pid, uint64_t addr)
{
	const struct task_struct *task = task_find(m, pid);

	return task && task->mm && addr >= task->mm->start_brk &&
		addr < page_align(task->mm->brk);
}

static bool place(struct op *op, const struct op_result *res)
{
	uint64_t addr = res->value;

	if (res->status || op->arg[MMAP_FIXED])
		return !op->arg[MMAP_ADDR] || op->arg[MMAP_ADDR] >= TOP ||
			translate(&op->arg[MMAP_ADDR], op->arg[MMAP_LEN]);
	if (!translate(&addr, res->len))
		return false;
	op->arg[MMAP_ADDR] = addr;
	op->arg[MMAP_FIXED] = 2;
	return true;
}

/* mremap that moved is told where to. */
static bool place_again(struct op *op, const struct op_result *res)
{
	uint64_t to = res->status ? op->arg[3] : res->value;
	bool moved = !res->status && res->value != op->arg[0];

	if (!translate(&op->arg[0], op->arg[1] > op->arg[2] ? op->arg[1]
							     : op->arg[2]))
		return false;
	if (moved || op->arg[5]) {
		if (!translate(&to, op->arg[2]))
			return false;
		op->arg[3] = to;
	}
	if (moved)
		op->arg[5] = 1;
	return true;
}

static bool translate_op(struct op *op, const struct op_result *res)
{
	const struct op_desc *d = op_desc(op->id);

	if (op->id == OP_MMAP)
		return place(op, res);
	if (op->id == OP_MREMAP)
		return place_again(op, res);
	if (d->arg[0].type != ARG_ADDR)
		return true;
	return translate(&op->arg[0],
		d->arg[1].type == ARG_LEN ? op->arg[1] : 1);
}

static const char *const only[NR_OPS] = {
	[OP_EXEC] = N_("exec ends the worker, and its memory goes"),
	[OP_WAIT] = N_("the workers are not each other's to wait for"),
	[OP_BRK] = N_("the worker has a heap of its own"),
	[OP_SETRLIMIT] = N_("the worker's own memory would count"),
	[OP_RMAP] = N_("the kernel does not tell of its walks"),
	[OP_RECLAIM] = N_("it would reclaim from all"),
	[OP_MIGRATE] = N_("the frame's place is the kernel's choice"),
	[OP_SWAPOFF] = N_("it would concern all"),
	[OP_KSM] = N_("ksmd works for all"),
};

/* -- running -------------------------------------------------------------- */

static int free_number(const struct beside *b)
{
	for (unsigned n = 0; n < CREW_MAX; n++)
		if (!crew_proc(b->crew, n))
			return (int)n;
	return -1;
}

static void new_task(struct beside *b, uint64_t pid, int n)
{
	if (pid < MAX_PIDS)
		b->worker[pid] = n;
}

static bool run_spawn(struct beside *b, const struct op_result *res,
	struct beside_step *step)
{
	int n = free_number(b);

	if (res->status || n < 0 || res->value >= MAX_PIDS) {
		step->why = N_("there are too many tasks");
		return true;
	}
	if (!crew_spawn(b->crew, (unsigned)n))
		return false;
	new_task(b, res->value, n);
	return true;
}

static bool makes_task(unsigned id)
{
	return id == OP_FORK || id == OP_CLONE || id == OP_VFORK;
}

/* What the real page holds when the simulated one holds @value. */
static uint64_t word_of(const struct machine *m, const struct beside *b,
	uint64_t value)
{
	struct op op = { .text_value = true };
	const char *text;

	if (VALUE_TAG(value) == VALUE_FILE && value_file(value) < MAX_PIDS)
		return (value & ~(0xffffffull << 24)) |
			(uint64_t)b->file[value_file(value)] << 24;
	if (VALUE_TAG(value) != VALUE_STRING)
		return value;
	text = string_text(m, (uint32_t)value);
	strncpy(op.text, text ? text : "", sizeof op.text - 1);
	return worker_word(&op);
}

/* And back: the value that the simulator has for a word that was read. */
static uint64_t value_of(const struct machine *m, const struct beside *b,
	uint64_t word)
{
	const struct strings *s = &m->strings;

	if (VALUE_TAG(word) == VALUE_FILE)
		for (uint32_t id = 1; id <= m->inodes.last && id < MAX_PIDS;
			id++)
			if (b->file[id] == value_file(word))
				return (word & ~(0xffffffull << 24)) |
					(uint64_t)id << 24;
	if (VALUE_TAG(word) != VALUE_STRING)
		return word;
	for (uint32_t id = 1; id < s->used;
		id += (uint32_t)strlen(s->text + id) + 1) {
		uint64_t value = (uint64_t)VALUE_STRING << 48 | id;

		if (word_of(m, b, value) == word)
			return value;
	}
	return word;
}

static void take_values(const struct beside *b, const struct machine *m,
	const struct op *op, const struct op_result *res,
	const struct worker_reply *reply, struct beside_step *step)
{
	unsigned id = op->id;

	if (step->real || step->simulated)
		return;
	if (id == OP_MMAP || id == OP_MREMAP) {
		step->valued = beside_back(reply->value, &step->real_value);
		step->simulated_value = res->value;
	} else if (id == OP_READ || id == OP_PREAD) {
		step->valued = true;
		step->real_value = reply->value == word_of(m, b, res->value)
			? res->value
			: value_of(m, b, reply->value);
		step->simulated_value = res->value;
	}
}

/* The limit of a stack is not met by the worker's own, which is large enough. */
static bool limits_stack(const struct op *op)
{
	return op->id == OP_SETRLIMIT && op->given == 1u << LIMIT_STACK;
}

/* The real operation, or why there is none. */
static const char *prepare(struct beside *b, const struct machine *m,
	struct op *op, const struct op_result *res, int *worker)
{
	const struct op_desc *d = op_desc(op->id);

	if (only[op->id] && !limits_stack(op))
		return only[op->id];
	if (d->subject == ON_FILE)
		op->subject = op->subject < MAX_PIDS ? b->file[op->subject] : 0;
	if (d->subject != ON_TASK)
		return NULL;
	*worker = worker_of(b, op->subject);
	if (*worker < 0)
		return N_("the task has no worker any more");
	if (makes_task(op->id) && res->status)
		return N_("the simulated call was refused");
	if (d->arg[0].type == ARG_ADDR && in_heap(m, op->subject, op->arg[0]))
		return only[OP_BRK];
	if (op->id == OP_MMAP && op->arg[MMAP_FILE])
		op->arg[MMAP_FILE] = op->arg[MMAP_FILE] < MAX_PIDS
			? b->file[op->arg[MMAP_FILE]] : 0;
	if (!translate_op(op, res))
		return N_("its addresses lie among the worker's own");
	return NULL;
}

/* A task that execs has done with its memory; its worker can do no more. */
static bool end_worker(struct beside *b, uint32_t pid)
{
	static const struct op end = { .id = OP_EXIT };
	struct worker_reply reply;
	int n = worker_of(b, pid);

	if (n < 0)
		return true;
	b->worker[pid] = -1;
	return crew_run(b->crew, (unsigned)n, &end, 0, &reply);
}

bool beside_run(struct beside *b, const struct machine *m, const struct op *op,
	const struct op_result *res, struct beside_step *step)
{
	struct op real = *op;
	struct worker_reply reply;
	int n = 0, child = 0;

	*step = (struct beside_step){ .simulated = res->status };
	if (op->id == OP_SPAWN)
		return run_spawn(b, res, step);
	step->why = prepare(b, m, &real, res, &n);
	if (!step->why && makes_task(op->id)) {
		child = free_number(b);
		if (child < 0 || res->value >= MAX_PIDS)
			step->why = N_("there are too many tasks");
	}
	if (op->id == OP_EXEC && !res->status && !end_worker(b, op->subject))
		return false;
	step->parts = step->why && (op->id == OP_RECLAIM ||
		op->id == OP_MIGRATE || op->id == OP_SWAPOFF ||
		op->id == OP_KSM || op->id == OP_SETRLIMIT);
	if (step->why)
		return true;
	if (!crew_run(b->crew, (unsigned)n, &real, (unsigned)child, &reply))
		return false;
	step->real = reply.status;
	if (makes_task(op->id) && !reply.status)
		new_task(b, res->value, child);
	if (op->id == OP_EXIT)
		b->worker[op->subject] = -1;
	if (op->id == OP_FILE && !res->status && res->value < MAX_PIDS)
		b->file[res->value] = (unsigned)reply.value;
	take_values(b, m, op, res, &reply, step);
	return true;
}

/* -- looking -------------------------------------------------------------- */

bool beside_look(struct beside *b, const struct machine *m,
	const struct beside_view **real, const struct beside_view **simulated)
{
	b->real.nr_pages = b->real.nr_vmas = 0;
	b->simulated.nr_pages = b->simulated.nr_vmas = 0;
	for (uint32_t pid = 1; pid < MAX_PIDS && pid <= m->tasks.last; pid++) {
		const struct proc *proc = beside_proc(b, b->worker[pid]);
		const struct task_struct *task = task_find(m, pid);

		if (!proc || !task || !task->mm)
			continue;
		beside_see_real(&b->real, pid, proc);
		beside_see_simulated(&b->simulated, pid, m, task->mm);
	}
	beside_join(&b->real);
	beside_join(&b->simulated);
	*real = &b->real;
	*simulated = &b->simulated;
	return !b->real.failed && !b->simulated.failed;
}
