/*
 * Operations as a person types them: "spawn parent", "child write heap[1] B",
 * "parent mmap pages=3 name=heap", "rmap 21".
 *
 * Words are a subject, the operation's name, and arguments by position or as
 * NAME=VALUE.  The subject may be left out (the selected task is meant) and may
 * stand in one word with the name: child.write, child:write.
 */
#include "tui/state.h"

#include "view/lang.h"
#include "view/nearest.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const struct app *a;
	const struct op_desc *d;
	struct op *op;
	uint64_t region_len; /* of a region given as an address; else 0 */
	char *err;
	size_t size;
};

static bool bad(struct reader *r, const char *what, const char *text)
{
	snprintf(r->err, r->size, what, text);
	return false;
}

/* -- subjects ----------------------------------------------------------- */

uint32_t task_parse(const struct machine *m, const char *text)
{
	char *end;
	unsigned long pid;

	for (uint32_t i = m->tasks.last; i; i--) {
		const struct task_struct *task = task_find(m, i);

		if (task && !task->exited && !strcmp(task->name, text))
			return i;
	}
	pid = strtoul(text, &end, 10);
	if (*end || end == text || pid > m->tasks.last ||
		!task_find(m, (uint32_t)pid))
		return 0;
	return (uint32_t)pid;
}

/* -- addresses ---------------------------------------------------------- */

/* A region as mmap gave it: plain numbers, whatever became of it since. */
struct region {
	uint64_t addr, len;
};

/* Is @pid the task @of, or does it descend from it by forks? */
static bool descends(const struct machine *m, uint32_t pid, uint32_t of)
{
	const struct task_struct *task;

	for (; pid && pid != of; pid = task ? task->parent : 0)
		task = task_find(m, pid);
	return pid == of;
}

static bool maps_name(const struct look *look, uint32_t pid,
	const struct op *op, const char *name)
{
	return op && op->id == OP_MMAP && !strcmp(op->text, name) &&
	       descends(look->m, pid, op->subject);
}

/* In the calls of a batch, newest first. */
static bool region_in_batch(const struct look *look, uint32_t pid, uint32_t n,
	uint32_t calls, const char *name, struct region *region)
{
	while (calls--) {
		struct op_result res = { 0 };
		const struct op *op = history_call(look->h, n, calls, &res);

		if (!maps_name(look, pid, op, name) || res.status)
			continue;
		*region = (struct region){ res.value, res.len };
		return true;
	}
	return false;
}

/* The newest region @name that the task or one it descends from has mapped. */
static bool region_find(const struct look *look, uint32_t pid, const char *name,
	struct region *region)
{
	for (uint32_t n = look->pos.op; n; n--) {
		const struct step *step = history_step(look->h, n);

		if (step->calls && region_in_batch(look, pid, n, step->calls,
					   name, region))
			return true;
		if (!maps_name(look, pid, &step->op, name) || step->status)
			continue;
		*region = (struct region){ step->value, step->len };
		return true;
	}
	return false;
}

static const struct vm_area_struct *vma_numbered(
	const struct machine *m, const char *text)
{
	char *end;
	unsigned long id;

	if (strncmp(text, "vma", 3))
		return NULL;
	id = strtoul(text + 3 + (text[3] == ':'), &end, 10);
	return *end || end == text ? NULL : vma_by_id(m, (uint32_t)id);
}

static bool name_parse(const struct look *look, uint32_t pid, const char *name,
	struct region *region)
{
	const struct vm_area_struct *vma = vma_numbered(look->m, name);

	if (!vma)
		return region_find(look, pid, name, region);
	*region = (struct region){ vma->vm_start, vma->vm_end - vma->vm_start };
	return true;
}

/* "heap" or "heap[1]". */
static bool region_parse(const struct look *look, uint32_t pid,
	const char *text, uint64_t *addr, uint64_t *len)
{
	size_t n = strcspn(text, "[");
	char name[NAME_SIZE], *end = NULL;
	struct region region;
	unsigned long page = 0;

	if (!n || n >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	if (!name_parse(look, pid, name, &region))
		return false;
	if (text[n]) {
		page = strtoul(text + n + 1, &end, 0);
		if (end == text + n + 1 || strcmp(end, "]"))
			return false;
	}
	*addr = region.addr + page * PAGE_SIZE;
	*len = text[n] ? 0 : region.len;
	return true;
}

bool address_parse(const struct look *look, uint32_t pid, const char *text,
	uint64_t *addr, uint64_t *len)
{
	char *end;

	*len = 0;
	if (region_parse(look, pid, text, addr, len))
		return true;
	if (!isxdigit((unsigned char)*text))
		return false;
	*addr = strtoull(text, &end, 16);
	return !*end;
}

/* -- arguments ---------------------------------------------------------- */

static bool read_addr(struct reader *r, int i, const char *text)
{
	if (address_parse(&r->a->look, r->op->subject, text, &r->op->arg[i],
		    &r->region_len))
		return true;
	return bad(r,
		_("\"%s\" is no address: one is hexadecimal, a region's name "
		  "or name[page]"),
		text);
}

static bool read_number(struct reader *r, int i, const char *text)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return bad(r, _("\"%s\" is not a number"), text);
	r->op->arg[i] = strtoull(text, &end, 0);
	return !*end || bad(r, _("\"%s\" is not a number"), text);
}

static bool read_len(struct reader *r, int i, const char *text)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;

	if (!isdigit((unsigned char)*text))
		return bad(r, _("\"%s\" is no length: bytes, or 64K 16M 1G"),
			text);
	r->op->arg[i] = strtoull(text, &end, 0);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit && !end[1])
		r->op->arg[i] <<= 10 * (unit - units + 1);
	else if (*end)
		return bad(r, _("\"%s\" is no length: bytes, or 64K 16M 1G"),
			text);
	return true;
}

static bool read_prot(struct reader *r, int i, const char *text)
{
	int prot = prot_parse(text);

	if (prot < 0)
		return bad(r, _("\"%s\" is no protection, such as rw- or r--"),
			text);
	r->op->arg[i] = (uint64_t)prot;
	return true;
}

static bool read_bool(struct reader *r, int i, const char *text)
{
	static const char *const words[] = { "false", "true", "no", "yes",
		"off", "on", "0", "1" };

	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (!strcmp(text, words[k])) {
			r->op->arg[i] = k & 1;
			return true;
		}
	return bad(r, _("\"%s\" is neither true nor false"), text);
}

static bool read_advice(struct reader *r, int i, const char *text)
{
	int advice = advice_parse(text);

	if (advice < 0)
		return bad(r, _("\"%s\" is no advice, such as dontneed"), text);
	r->op->arg[i] = (uint64_t)advice;
	return true;
}

static bool read_fixed(struct reader *r, int i, const char *text)
{
	if (!strcmp(text, "noreplace")) {
		r->op->arg[i] = 2;
		return true;
	}
	return read_bool(r, i, text);
}

static bool read_text(struct reader *r, int i, const char *text)
{
	(void)i;
	if (!*text || strlen(text) >= NAME_SIZE)
		return bad(r, _("\"%s\" is not from 1 to 31 bytes long"), text);
	strcpy(r->op->text, text);
	return true;
}

/* A whole number of 48 bits is a number, all else is text. */
static bool read_value(struct reader *r, int i, const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	if (*end || end == text) {
		r->op->text_value = true;
		return read_text(r, i, text);
	}
	if (n < -(1ll << 47) || n >= 1ll << 47)
		return bad(r, _("\"%s\" does not fit into 48 bits"), text);
	r->op->arg[i] = (uint64_t)n & 0xffffffffffffull;
	return true;
}

static bool read_pfn(struct reader *r, int i, const char *text)
{
	struct ref ref = app_object(r->a, text);

	if (ref.kind != REF_PAGE)
		return bad(
			r, _("\"%s\" is no frame; one is hexadecimal"), text);
	r->op->arg[i] = ref.id;
	return true;
}

typedef bool read_fn(struct reader *r, int i, const char *text);
static read_fn *const readers[] = {
	[ARG_ADDR] = read_addr,
	[ARG_LEN] = read_len,
	[ARG_PAGES] = read_number,
	[ARG_PROT] = read_prot,
	[ARG_BOOL] = read_bool,
	[ARG_ADVICE] = read_advice,
	[ARG_FIXED] = read_fixed,
	[ARG_VALUE] = read_value,
	[ARG_NAME] = read_text,
	[ARG_PFN] = read_pfn,
};

static bool read_arg(struct reader *r, int i, const char *text)
{
	if (!readers[r->d->arg[i].type](r, i, text))
		return false;
	r->op->given |= (uint16_t)(1u << i);
	return true;
}

static bool unknown_arg(struct reader *r, const char *name)
{
	char usage[256];
	struct nearest near;

	nearest_start(&near, name);
	for (int i = 0; r->d->arg[i].type != ARG_END; i++)
		nearest_try(&near, r->d->arg[i].name);
	nearest_try(&near, "pages");
	if (nearest_name(&near))
		snprintf(r->err, r->size,
			_("%s has no argument \"%s\"; did you mean \"%s\"?"),
			r->d->name, name, nearest_name(&near));
	else
		snprintf(r->err, r->size, _("%s has no argument \"%s\": %s"),
			r->d->name, name, op_usage(r->d, usage, sizeof(usage)));
	return false;
}

/* "pages=3" says a length in pages. */
static bool read_pages(struct reader *r, const char *text)
{
	for (int i = 0; r->d->arg[i].type != ARG_END; i++) {
		if (strcmp(r->d->arg[i].name, "len"))
			continue;
		if (!read_number(r, i, text))
			return false;
		r->op->arg[i] *= PAGE_SIZE;
		r->op->given |= (uint16_t)(1u << i);
		return true;
	}
	return unknown_arg(r, "pages");
}

/* "prot=rw-"; false in *@named when the word is not of that form. */
static bool read_named(struct reader *r, const char *word, bool *named)
{
	const char *eq = strchr(word, '=');
	char name[32];

	*named = false;
	for (const char *p = word; eq && p < eq; p++)
		if (!islower((unsigned char)*p) && *p != '_')
			return true;
	if (!eq || eq == word || (size_t)(eq - word) >= sizeof(name))
		return true;
	*named = true;
	snprintf(name, sizeof(name), "%.*s", (int)(eq - word), word);
	for (int i = 0; r->d->arg[i].type != ARG_END; i++)
		if (!strcmp(r->d->arg[i].name, name))
			return read_arg(r, i, eq + 1);
	if (!strcmp(name, "pages"))
		return read_pages(r, eq + 1);
	return unknown_arg(r, name);
}

static int next_free(const struct reader *r)
{
	int i = 0;

	while (r->d->arg[i].type != ARG_END && r->op->given & 1u << i)
		i++;
	return i;
}

/* A region stands for its length, too. */
static void fill_length(struct reader *r)
{
	for (int i = 0; r->region_len && r->d->arg[i].type != ARG_END; i++)
		if (r->d->arg[i].type == ARG_LEN && !(r->op->given & 1u << i)) {
			r->op->arg[i] = r->region_len;
			r->op->given |= (uint16_t)(1u << i);
			return;
		}
}

static bool check_complete(struct reader *r)
{
	char usage[256];

	for (int i = 0; r->d->arg[i].type != ARG_END; i++)
		if (!r->d->arg[i].optional && !(r->op->given & 1u << i)) {
			snprintf(r->err, r->size, _("%s needs %s: %s"),
				r->d->name, r->d->arg[i].name,
				op_usage(r->d, usage, sizeof(usage)));
			return false;
		}
	return true;
}

static bool read_args(struct reader *r, const struct args *args, int from)
{
	char usage[256];

	for (int k = from; k < args->n; k++) {
		bool named;
		int i;

		if (!read_named(r, args->word[k], &named))
			return false;
		if (named)
			continue;
		i = next_free(r);
		if (r->d->arg[i].type == ARG_END) {
			snprintf(r->err, r->size,
				_("\"%s\" is one argument too many: %s"),
				args->word[k],
				op_usage(r->d, usage, sizeof(usage)));
			return false;
		}
		if (!read_arg(r, i, args->word[k]))
			return false;
	}
	fill_length(r);
	return check_complete(r);
}

/* -- the whole line ----------------------------------------------------- */

static bool unknown_op(struct reader *r, const char *word)
{
	struct nearest near;
	size_t n;

	nearest_start(&near, word);
	for (int i = OP_NONE + 1; i < NR_OPS; i++)
		nearest_try(&near, op_desc((enum op_id)i)->name);
	if (nearest_name(&near)) {
		snprintf(r->err, r->size,
			_("no task and no operation \"%s\"; did you mean "
			  "\"%s\"?"),
			word, nearest_name(&near));
		return false;
	}
	n = (size_t)snprintf(r->err, r->size,
		_("no task and no operation \"%s\"; operations are"), word);
	for (int i = OP_NONE + 1; i < NR_OPS && n < r->size; i++)
		n += (size_t)snprintf(r->err + n, r->size - n, " %s",
			op_desc((enum op_id)i)->name);
	return false;
}

/* "child.write" and "child:write" as two words. */
static const struct op_desc *split_word(
	const char *word, char *subject, size_t size)
{
	size_t n = strcspn(word, ".:");

	if (!word[n] || n >= size)
		return NULL;
	snprintf(subject, size, "%.*s", (int)n, word);
	return op_find(word + n + 1);
}

static bool read_subject(struct reader *r, const char *subject)
{
	if (r->d->subject == ON_TASK && subject)
		r->op->subject = task_parse(r->a->look.m, subject);
	else if (r->d->subject == ON_TASK)
		r->op->subject = app_task(r->a);
	if (r->d->subject == ON_TASK && !r->op->subject)
		return bad(r,
			subject ? _("no task \"%s\"")
				: _("there is no task: :op spawn NAME%.0s"),
			subject ? subject : "");
	return true;
}

/* rmap's frame: the word after it, or the selected one. */
static bool read_frame(struct reader *r, const char *subject,
	const struct args *args, int *from)
{
	struct ref ref = NO_REF;
	uint64_t pfn;

	if (!subject && *from < args->n && !strchr(args->word[*from], '='))
		subject = args->word[(*from)++];
	if (subject)
		ref = app_object(r->a, subject);
	if (ref.kind && ref_frame(r->a->look.m, ref, &pfn))
		r->op->subject = (uint32_t)pfn;
	else if (!subject && app_frame(r->a, &pfn))
		r->op->subject = (uint32_t)pfn;
	else
		return bad(r, _("\"%s\" is no frame; one is hexadecimal"),
			subject ? subject : "");
	return true;
}

bool op_parse(const struct app *a, const struct args *args, struct op *op,
	char *err, size_t size)
{
	struct reader r = { .a = a, .op = op, .err = err, .size = size };
	const char *subject = NULL;
	char split[NAME_SIZE];
	int from = 1;

	memset(op, 0, sizeof(*op));
	if (!args->n)
		return bad(&r, _("which operation? o shows them%s"), "");
	r.d = op_find(args->word[0]);
	if (args->n > 1 && op_find(args->word[1]) &&
		(!r.d || r.d->subject == ON_NOTHING)) {
		subject = args->word[0];
		r.d = op_find(args->word[1]);
		from = 2;
	} else if (!r.d) {
		r.d = split_word(args->word[0], split, sizeof(split));
		subject = split;
	}
	if (!r.d)
		return unknown_op(
			&r, args->word[task_parse(a->look.m, args->word[0]) &&
				       args->n > 1]);
	op->id = (uint16_t)r.d->id;
	if (r.d->subject == ON_PAGE ? !read_frame(&r, subject, args, &from)
				    : !read_subject(&r, subject))
		return false;
	return read_args(&r, args, from);
}

char *op_usage(const struct op_desc *d, char *buf, size_t size)
{
	static const char *const subjects[] = { "", "TASK ", "FRAME " };
	size_t n = (size_t)snprintf(
		buf, size, ":op %s%s", subjects[d->subject], d->name);
	bool optional = false;

	for (int i = 0; d->arg[i].type != ARG_END && n < size; i++) {
		optional |= d->arg[i].optional;
		n += (size_t)snprintf(buf + n, size - n,
			optional ? " [%s=]" : " %s", d->arg[i].name);
	}
	return buf;
}
