/* Operations made up at random. */
#include "random_ops.h"

#include <stdio.h>
#include <string.h>

uint32_t random_below(struct random_ops *r, uint32_t n)
{
	r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->seed >> 33) % n;
}

static uint64_t some_addr(struct random_ops *r)
{
	uint64_t page = random_below(r, 10);

	if (!r->addrs || random_below(r, 20) == 0)
		return 0x10000000u + page * PAGE_SIZE;
	return r->addr[random_below(r, r->addrs)] + page * PAGE_SIZE;
}

static uint64_t some_advice(struct random_ops *r)
{
	static const uint64_t advice[] = { ADVICE_NORMAL, ADVICE_DONTNEED,
		ADVICE_DONTFORK, ADVICE_DOFORK, ADVICE_WIPEONFORK,
		ADVICE_KEEPONFORK, ADVICE_FREE, ADVICE_COLD, ADVICE_PAGEOUT,
		ADVICE_REMOVE, ADVICE_WILLNEED, ADVICE_POPULATE_READ,
		ADVICE_POPULATE_WRITE, ADVICE_GUARD_INSTALL,
		ADVICE_GUARD_REMOVE, ADVICE_MERGEABLE, 77 };

	return advice[random_below(r, sizeof advice / sizeof *advice)];
}

static uint64_t some_prot(struct random_ops *r)
{
	static const uint64_t prot[] = { PROT_R | PROT_W, PROT_R | PROT_W,
		PROT_R, 0 };

	return prot[random_below(r, 4)];
}

static uint64_t some_arg(struct random_ops *r, enum arg_type type)
{
	switch (type) {
	case ARG_ADDR:
		return some_addr(r);
	case ARG_LEN:
		return (uint64_t)(1 + random_below(r, 8)) * PAGE_SIZE;
	case ARG_PAGES:
		return 1 + random_below(r, 8);
	case ARG_PROT:
		return some_prot(r);
	case ARG_ADVICE:
		return some_advice(r);
	case ARG_FIXED:
		return random_below(r, 3);
	case ARG_BOOL:
		return random_below(r, 2);
	case ARG_FILE:
		return 1 + random_below(r, r->files + 1);
	case ARG_INDEX:
		return random_below(r, 12);
	case ARG_PFN:
		return random_below(r, (uint32_t)r->frames);
	default:
		return random_below(r, 1000);
	}
}

static void give(struct random_ops *r, struct op *op, unsigned i,
	const struct arg_desc *arg)
{
	bool text = arg->type == ARG_NAME ||
		    (arg->type == ARG_VALUE && random_below(r, 4) == 0);

	if (arg->optional && random_below(r, 3))
		return;
	op->given |= (uint16_t)(1u << i);
	if (!text) {
		op->arg[i] = some_arg(r, arg->type);
		return;
	}
	snprintf(op->text, sizeof(op->text), "name %u", random_below(r, 50));
	op->text_value = arg->type == ARG_VALUE;
}

/* Writes are most of what programs do; tasks are few. */
static enum op_id some_id(struct random_ops *r)
{
	static const enum op_id often[] = { OP_WRITE, OP_WRITE, OP_WRITE,
		OP_READ, OP_MMAP };

	if (!r->pids)
		return OP_SPAWN;
	if (r->addrs && random_below(r, 2))
		return often[random_below(r, 5)];
	return (enum op_id)(1 + random_below(r, NR_OPS - 1));
}

struct op random_op(struct random_ops *r)
{
	enum op_id id = some_id(r);
	const struct op_desc *d = op_desc(id);
	struct op op = { .id = (uint16_t)id };

	if (d->subject == ON_TASK)
		op.subject = r->pid[random_below(r, r->pids)];
	else if (d->subject == ON_PAGE)
		op.subject = random_below(r, (uint32_t)r->frames);
	else if (d->subject == ON_FILE)
		op.subject = 1 + random_below(r, r->files + 1);
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		give(r, &op, i, &d->arg[i]);
	return op;
}

static void gone(struct random_ops *r, uint32_t pid)
{
	for (unsigned i = 0; i < r->pids; i++)
		if (r->pid[i] == pid)
			r->pid[i--] = r->pid[--r->pids];
}

void random_noted(
	struct random_ops *r, const struct op *op, const struct op_result *res)
{
	enum op_result_type type = op_desc((enum op_id)op->id)->result;

	if (res->status < 0)
		return;
	if (op->id == OP_EXIT)
		gone(r, op->subject);
	r->files += type == RESULT_FILE;
	if (type == RESULT_TASK && r->pids < MAX_PIDS)
		r->pid[r->pids++] = (uint32_t)res->value;
	if (type == RESULT_REGION && r->addrs < MAX_REGIONS)
		r->addr[r->addrs++] = res->value;
	else if (type == RESULT_REGION)
		r->addr[random_below(r, MAX_REGIONS)] = res->value;
}
