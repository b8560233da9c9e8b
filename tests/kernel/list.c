/*
 * Lists of operations and what they lead to as lines of text.  Addresses of
 * the window are written as @PAGE or @PAGE+BYTES, lengths as 4p or 4p+BYTES;
 * everything else as hexadecimal numbers.
 */
#include "sides.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct out {
	char *text;
	size_t size, n; /* room, used */
};

__attribute__((format(printf, 2, 3))) static void put(
	struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (o->n < o->size)
		o->n += (size_t)vsnprintf(
			o->text + o->n, o->size - o->n, fmt, ap);
	va_end(ap);
}

const struct vma_flag vma_flags[NR_VMA_FLAGS] = { { "ac", VM_ACCOUNT },
	{ "dc", VM_DONTCOPY }, { "wf", VM_WIPEONFORK }, { "rr", VM_RAND_READ },
	{ "sr", VM_SEQ_READ } };

bool in_window(uint64_t addr)
{
	return addr >= WINDOW_BASE && addr < WINDOW_END;
}

bool gives_addr(const struct op *op)
{
	return op->id == OP_MMAP || op->id == OP_MREMAP;
}

/* -- numbers -------------------------------------------------------------- */

static void put_number(struct out *o, const char *fmt, uint64_t n)
{
	put(o, fmt, (unsigned long long)(n >> PAGE_SHIFT));
	if (n & ~PAGE_MASK)
		put(o, "+%llu", (unsigned long long)(n & ~PAGE_MASK));
}

static void put_addr(struct out *o, uint64_t addr)
{
	if (addr == ELSEWHERE)
		put(o, "elsewhere");
	else if (in_window(addr))
		put_number(o, "@%llu", addr - WINDOW_BASE);
	else
		put(o, "0x%llx", (unsigned long long)addr);
}

static void put_len(struct out *o, uint64_t len)
{
	if (len < 4096ull << PAGE_SHIFT)
		put_number(o, "%llup", len);
	else
		put(o, "0x%llx", (unsigned long long)len);
}

/* "12", "12+5", "12p", "12p+5" in pages. */
static bool get_pages(const char *text, uint64_t *n)
{
	char *end;

	*n = strtoull(text, &end, 10) << PAGE_SHIFT;
	if (end == text)
		return false;
	if (*end == 'p')
		end++;
	if (*end == '+')
		*n += strtoull(end + 1, &end, 10);
	return !*end;
}

static bool get_number(const char *text, uint64_t *n)
{
	char *end;

	if (*text == '@') {
		if (!get_pages(text + 1, n))
			return false;
		*n += WINDOW_BASE;
		return true;
	}
	if (strchr(text, 'p') && get_pages(text, n))
		return true;
	*n = strtoull(text, &end, 0);
	return end > text && !*end;
}

/* -- steps ---------------------------------------------------------------- */

static void put_arg(struct out *o, const struct arg_desc *d, uint64_t v)
{
	put(o, " %s=", d->name);
	switch (d->type) {
	case ARG_ADDR:
		put_addr(o, v);
		break;
	case ARG_LEN:
		put_len(o, v);
		break;
	case ARG_PROT:
		put(o, "%s", prot_name((unsigned)v));
		break;
	case ARG_ADVICE:
		put(o, "%s",
			advice_name((enum advice)v)
				? advice_name((enum advice)v)
				: "0x55");
		break;
	default:
		put(o, "%llu", (unsigned long long)v);
	}
}

void step_print(const struct step *step, char *text, size_t size)
{
	const struct op_desc *d = op_desc(step->op.id);
	struct out o = { text, size, 0 };

	put(&o, "%u %s", step->op.subject, d->name);
	if (d->id == OP_FORK)
		put(&o, " %u", step->child);
	for (int i = 0; d->arg[i].type != ARG_END; i++)
		if (step->op.given & 1u << i)
			put_arg(&o, &d->arg[i], step->op.arg[i]);
}

static bool parse_value(enum arg_type type, const char *text, uint64_t *v)
{
	int n;

	if (type == ARG_PROT) {
		n = prot_parse(text);
		*v = (uint64_t)n;
		return n >= 0;
	}
	if (type == ARG_ADVICE && !isdigit((unsigned char)*text)) {
		n = advice_parse(text);
		*v = (uint64_t)n;
		return n >= 0;
	}
	return get_number(text, v);
}

static bool parse_arg(struct op *op, char *word)
{
	const struct op_desc *d = op_desc(op->id);
	char *value = strchr(word, '=');
	uint64_t v;

	if (!value)
		return false;
	*value++ = 0;
	for (int i = 0; d->arg[i].type != ARG_END; i++)
		if (!strcmp(d->arg[i].name, word))
			return parse_value(d->arg[i].type, value, &v) &&
			       op_set(op, word, v);
	return false;
}

bool step_parse(const char *line, struct step *step)
{
	const struct op_desc *d;
	char text[512], verb[32], *word, *save;
	int at = 0;

	memset(step, 0, sizeof *step);
	snprintf(text, sizeof text, "%s", line);
	if (sscanf(text, "%u %31s%n", &step->op.subject, verb, &at) != 2)
		return false;
	d = op_find(verb);
	if (!d || d->subject != ON_TASK || step->op.subject >= MAX_TASKS)
		return false;
	step->op.id = d->id;
	word = strtok_r(text + at, " \n", &save);
	if (d->id == OP_FORK) {
		step->child = word ? (uint32_t)atoi(word) : MAX_TASKS;
		snprintf(step->op.text, sizeof step->op.text, "t%u",
			step->child);
		return step->child < MAX_TASKS;
	}
	for (; word; word = strtok_r(NULL, " \n", &save))
		if (!parse_arg(&step->op, word))
			return false;
	return true;
}

/* -- what is there -------------------------------------------------------- */

/* What this user cannot see is told by neither side. */
static void hide(struct page_view *p)
{
	if (!sight.counts) {
		p->zero = p->exclusive = false;
		p->mapcount = -1;
	}
	if (p->zero) /* counted by no kernel since 6.15, nor here */
		p->mapcount = 0;
	if (!sight.frames)
		p->frame = -1;
}

void view_number(struct view *view)
{
	uint64_t known[MAX_TASKS * WINDOW_PAGES];
	int n = 0;

	for (unsigned t = 0; t < MAX_TASKS; t++)
		for (unsigned i = 0; i < WINDOW_PAGES; i++) {
			struct page_view *p = &view->task[t].page[i];

			if (!p->present)
				continue;
			hide(p);
			if (p->frame < 0 || p->zero)
				continue;
			known[n] = p->pfn;
			p->frame = 0;
			while (known[p->frame] != p->pfn)
				p->frame++;
			n += p->frame == n;
		}
}

static void put_answer(struct out *o, const struct view *view)
{
	const struct answer *a = &view->answer;

	put(o, "> %s", a->done ? status_name(a->status) : "void");
	if (a->done && !a->status && a->value) {
		put(o, " ");
		put_addr(o, a->value);
	}
	if (a->faults >= 0)
		put(o, ", %d faults", a->faults);
	put(o, "\n");
}

/* "12-14rw-" or, on a deep look, "12-14rw-,ac" */
static void put_vma(struct out *o, const struct vma_view *v)
{
	put(o, " %u-%u%s", v->start, v->end, prot_name(v->prot));
	for (unsigned i = 0; i < NR_VMA_FLAGS; i++)
		if (v->flags >> i & 1)
			put(o, ",%s", vma_flags[i].letters);
}

/* "12:z" the zero page, "12:3/2" frame 3 mapped twice, "x" exclusively. */
static void put_page(struct out *o, unsigned i, const struct page_view *p)
{
	if (!p->present)
		return;
	put(o, " %u:", i);
	if (p->zero) {
		put(o, "z");
		return;
	}
	if (p->frame >= 0)
		put(o, "%d", p->frame);
	if (p->mapcount >= 0)
		put(o, "/%d", p->mapcount);
	if (p->exclusive)
		put(o, "x");
}

void view_print(const struct view *view, char *text, size_t size)
{
	struct out o = { text, size, 0 };

	text[0] = 0;
	put_answer(&o, view);
	for (unsigned t = 0; t < MAX_TASKS; t++) {
		const struct task_view *task = &view->task[t];

		if (!task->alive)
			continue;
		put(&o, "> %u:", t);
		for (unsigned i = 0; i < task->nr_vmas; i++)
			put_vma(&o, &task->vma[i]);
		put(&o, " |");
		for (unsigned i = 0; i < WINDOW_PAGES; i++)
			put_page(&o, i, &task->page[i]);
		put(&o, "\n");
	}
}
