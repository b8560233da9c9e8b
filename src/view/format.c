/* Objects, values and operations as words. */
#include "view/format.h"
#include "core/swapops.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A task, or in brackets the mm that it has besides while it execs. */
static void mm_name(char *buf, size_t size, const struct machine *m,
	uint32_t id)
{
	const struct task_struct *task = task_find(m, id & ~MM_EXEC);

	snprintf(buf, size, id & MM_EXEC ? "(%s)" : "%s",
		task ? task->name : "?");
}

/* What stands before the number of an object that has no other name. */
static const char *const numbered[NR_REF_KINDS] = {
	[REF_VMA] = "vma",
	[REF_ANON_VMA] = "av",
	[REF_AVC] = "avc",
	[REF_PTE_CHAIN] = "pc",
	[REF_RMAP_ITEM] = "item",
	[REF_STABLE_NODE] = "sn",
	[REF_MAPLE_NODE] = "node",
	[REF_FILE] = "file",
	[REF_SWAP] = "slot ",
};

char *format_ref(char *buf, size_t size, const struct machine *m,
	struct ref ref)
{
	bool names_task = ref.kind == REF_TASK || ref.kind == REF_PTE ||
		ref.kind == REF_ADDR;
	char task[NAME_SIZE + 2] = "";

	if (names_task)
		mm_name(task, sizeof(task), m, ref.id);
	switch ((enum ref_kind)ref.kind) {
	case REF_TASK:
		snprintf(buf, size, "%s", task);
		break;
	case REF_PAGE:
		snprintf(buf, size, "%" PRIx32, ref.id);
		break;
	case REF_PTE:
	case REF_ADDR:
		snprintf(buf, size, "%s:%" PRIx64, task, ref.addr);
		break;
	case REF_TABLE:
		snprintf(buf, size, "%" PRIx32 "[%03" PRIx64 "]", ref.id,
			ref.addr);
		break;
	case REF_ZONE:
		snprintf(buf, size, "%s",
			ref.id < m->nr_zones ? m->zones[ref.id].name : "?");
		break;
	case REF_CACHE:
		snprintf(buf, size, "%s",
			ref.id < NR_CACHES && m->caches[ref.id].name
				? m->caches[ref.id].name
				: "?");
		break;
	default:
		if (ref.kind < NR_REF_KINDS && numbered[ref.kind])
			snprintf(buf, size, "%s%" PRIu32, numbered[ref.kind],
				ref.id);
		else
			snprintf(buf, size, "-");
	}
	return buf;
}

char *format_ref_id(char *buf, size_t size, struct ref ref)
{
	const struct object_desc *d = object_desc(ref.kind);

	if (ref.kind == REF_PAGE)
		snprintf(buf, size, "page:0x%" PRIx32, ref.id);
	else if (ref.kind == REF_PTE || ref.kind == REF_ADDR)
		snprintf(buf, size, "%s:%" PRIu32 ":0x%" PRIx64,
			ref.kind == REF_PTE ? "pte" : "addr", ref.id, ref.addr);
	else if (ref.kind == REF_TABLE)
		snprintf(buf, size, "table:0x%" PRIx32 ":0x%" PRIx64, ref.id,
			ref.addr);
	else if (d)
		snprintf(buf, size, "%s:%" PRIu32, d->prefix, ref.id);
	else
		snprintf(buf, size, "%s", "");
	return buf;
}

/* 48 bits with sign. */
static int64_t value_number(value_t value)
{
	return (int64_t)(value << 16) >> 16;
}

char *format_value(char *buf, size_t size, const struct machine *m,
	value_t value)
{
	if (VALUE_TAG(value) == VALUE_STRING)
		snprintf(buf, size, "%s", string_text(m, (uint32_t)value));
	else if (VALUE_TAG(value) == VALUE_FILE)
		snprintf(buf, size, "%s#%u", inode_name(m, value_file(value)),
			(unsigned)value & 0xffffff);
	else
		snprintf(buf, size, "%" PRId64, value_number(value));
	return buf;
}

char *format_pte(char *buf, size_t size, const struct machine *m, pteval_t pte)
{
	const struct paging *p = machine_paging(m);

	if (pte_none(pte))
		snprintf(buf, size, "none");
	else if (pte_is_swap(m, pte))
		snprintf(buf, size, "slot %" PRIu64 "%s", swap_slot(m, pte),
			pte_swp_exclusive(m, pte) ? " exclusive" : "");
	else if (pte_is_migration(m, pte))
		snprintf(buf, size, "%" PRIx64 " migrates",
			pte_to_swp(m, pte).offset);
	else if (pte_is_guard(m, pte))
		snprintf(buf, size, "guard");
	else if (!pte_present(m, pte))
		snprintf(buf, size, "not present");
	else
		snprintf(buf, size, "%" PRIx64 " %s %s%s%s%s%s",
			pte_pfn(m, pte),
			pte_protnone(m, pte) ? "--" : pte & p->rw ? "rw" : "r-",
			pte & p->user ? "U" : "-",
			pte & p->accessed ? "A" : "-",
			pte & p->dirty ? "D" : "-",
			pte & p->special ? "S" : "",
			pte & p->nx ? "X" : "");
	return buf;
}

/* Append @word, after a blank if something stands there. */
static void add_word(char *buf, size_t size, const char *word)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, "%s%s", len ? " " : "", word);
}

char *format_page_flags(char *buf, size_t size, uint32_t flags)
{
	buf[0] = 0;
	for (unsigned bit = 0; bit < NR_PAGE_FLAGS; bit++)
		if (flags & (1u << bit))
			add_word(buf, size,
				page_flag_name((enum page_flag_bit)bit));
	if (!buf[0])
		snprintf(buf, size, "-");
	return buf;
}

char *format_vm_flags(char *buf, size_t size, uint64_t vm_flags)
{
	buf[0] = 0;
	for (unsigned bit = 0; bit < 64; bit++)
		if ((vm_flags & (1ull << bit)) && vm_flag_name(bit))
			add_word(buf, size, vm_flag_name(bit));
	return buf;
}

char *format_prot(char *buf, size_t size, uint64_t vm_flags)
{
	snprintf(buf, size, "%c%c%c%c", vm_flags & VM_READ ? 'r' : '-',
		vm_flags & VM_WRITE ? 'w' : '-', vm_flags & VM_EXEC ? 'x' : '-',
		vm_flags & VM_SHARED ? 's' : 'p');
	return buf;
}

static char *format_object_value(char *buf, size_t size,
	const struct machine *m, uint64_t value)
{
	if (!value)
		snprintf(buf, size, "NULL");
	else
		format_ref(buf, size, m,
			ref_make((enum ref_kind)(value >> 32),
				(uint32_t)value));
	return buf;
}

static char *format_mapping(char *buf, size_t size, uint64_t value)
{
	if (value >> 32 == REF_FILE)
		snprintf(buf, size, "file%" PRIu32, (uint32_t)value);
	else if (value >> 32 == REF_STABLE_NODE && !(uint32_t)value)
		snprintf(buf, size, "NULL|KSM");
	else if (value >> 32 == REF_STABLE_NODE)
		snprintf(buf, size, "sn%" PRIu32 "|KSM", (uint32_t)value);
	else if (value)
		snprintf(buf, size, "av%" PRIu32 "|ANON", (uint32_t)value);
	else
		snprintf(buf, size, "NULL");
	return buf;
}

char *format_typed(char *buf, size_t size, const struct machine *m,
	enum value_type type, uint64_t value)
{
	switch (type) {
	case VT_INT:
		snprintf(buf, size, "%" PRId64, (int64_t)value);
		break;
	case VT_HEX:
	case VT_ADDR:
		snprintf(buf, size, "%" PRIx64, value);
		break;
	case VT_PTE:
		return format_pte(buf, size, m, value);
	case VT_PAGE_FLAGS:
		return format_page_flags(buf, size, (uint32_t)value);
	case VT_VM_FLAGS:
		return format_vm_flags(buf, size, value);
	case VT_BOOL:
		snprintf(buf, size, "%s", value ? "yes" : "no");
		break;
	case VT_REF:
		return format_object_value(buf, size, m, value);
	case VT_VALUE:
		return format_value(buf, size, m, value);
	case VT_MAPPING:
		return format_mapping(buf, size, value);
	case VT_KIND:
		snprintf(buf, size, "%s",
			page_kind_name((enum page_kind)value));
		break;
	case VT_LRU:
		snprintf(buf, size, "%s", lru_name(m, (enum lru_list)value));
		break;
	case VT_PTE_ADDR:
		if (value)
			return format_ref(buf, size, m, pte_addr_ref(m, value));
		snprintf(buf, size, "NULL");
		break;
	case VT_NONE:
		snprintf(buf, size, "%s", "");
		break;
	}
	return buf;
}

/* -- operations ------------------------------------------------------------ */

static char *format_arg(char *buf, size_t size, const struct op *op,
	enum arg_type type, uint64_t v)
{
	const char *word;

	switch (type) {
	case ARG_PROT:
		snprintf(buf, size, "%s", prot_name((unsigned)v));
		break;
	case ARG_BOOL:
		snprintf(buf, size, "%s", v ? "true" : "false");
		break;
	case ARG_ADVICE:
		word = advice_name((enum advice)v);
		snprintf(buf, size, "%s", word ? word : "?");
		break;
	case ARG_FIXED:
		snprintf(buf, size, "%s", v == 2 ? "noreplace" : "true");
		break;
	case ARG_NAME:
		snprintf(buf, size, "%s", op->text);
		break;
	case ARG_VALUE:
		if (op->text_value)
			snprintf(buf, size, "\"%s\"", op->text);
		else
			snprintf(buf, size, "%" PRId64, value_number(v));
		break;
	case ARG_PAGES:
		snprintf(buf, size, "%" PRIu64, v);
		break;
	case ARG_FILE:
		snprintf(buf, size, "file%" PRIu64, v);
		break;
	case ARG_LEN:
		if (v && !(v % PAGE_SIZE))
			snprintf(buf, size, "%" PRIu64 " page%s", v / PAGE_SIZE,
				v == PAGE_SIZE ? "" : "s");
		else
			snprintf(buf, size, "%" PRIu64, v);
		break;
	default:
		snprintf(buf, size, "%" PRIx64, v);
	}
	return buf;
}

static bool arg_given(const struct op *op, const struct op_desc *d, int i)
{
	if (d->arg[i].type == ARG_NAME)
		return op->text[0];
	return !d->arg[i].optional || (op->given & 1u << i);
}

static void add_args(char *buf, size_t size, const struct op *op,
	const struct op_desc *d)
{
	for (int i = 0; d->arg[i].type != ARG_END; i++) {
		char word[64], named[96];

		if (!arg_given(op, d, i))
			continue;
		format_arg(word, sizeof word, op, d->arg[i].type, op->arg[i]);
		if (d->arg[i].optional && d->arg[i].type != ARG_NAME)
			snprintf(named, sizeof named, "%s=%s", d->arg[i].name,
				word);
		else
			snprintf(named, sizeof named, "%s", word);
		add_word(buf, size, named);
	}
}

char *format_op(char *buf, size_t size, const struct machine *m,
	const struct op *op)
{
	const struct op_desc *d = op_desc(op->id);
	char who[NAME_SIZE];

	if (!d) {
		snprintf(buf, size, "%s", op->text[0] ? op->text : "batch");
		return buf;
	}
	buf[0] = 0;
	if (d->subject == ON_TASK)
		add_word(buf, size,
			format_ref(who, sizeof who, m,
				ref_make(REF_TASK, op->subject)));
	add_word(buf, size, d->name);
	if (d->subject == ON_PAGE) {
		snprintf(who, sizeof who, "%" PRIx32, op->subject);
		add_word(buf, size, who);
	}
	if (d->subject == ON_FILE)
		add_word(buf, size,
			format_ref(who, sizeof who, m,
				ref_make(REF_FILE, op->subject)));
	add_args(buf, size, op, d);
	return buf;
}

static void format_outcome(char *buf, size_t size, const struct machine *m,
	const struct step *step)
{
	const struct op_desc *d = op_desc(step->op.id);

	if (step->status) {
		snprintf(buf, size, "%s", status_name(step->status));
		return;
	}
	switch (d ? d->result : RESULT_TRUE) {
	case RESULT_TASK:
		snprintf(buf, size, "pid %" PRIu64, step->value);
		break;
	case RESULT_REGION:
	case RESULT_ADDR:
		snprintf(buf, size, "%" PRIx64, step->value);
		break;
	case RESULT_VALUE:
		format_value(buf, size, m, step->value);
		break;
	case RESULT_WALK:
		snprintf(buf, size, "visited %" PRIu64 ", matched %" PRIu64,
			step->costs.n[COST_VISITED],
			step->costs.n[COST_MATCHED]);
		break;
	case RESULT_COUNT:
	case RESULT_VECTOR:
		snprintf(buf, size, "%" PRIu64, step->value);
		break;
	case RESULT_FILE:
		snprintf(buf, size, "file%" PRIu64, step->value);
		break;
	case RESULT_TRUE:
		snprintf(buf, size, "ok");
		break;
	}
}

/* ", killed child" */
static void add_killed(char *buf, size_t size, const struct machine *m,
	const struct step *step)
{
	for (unsigned i = 0; i < step->nr_killed && i < MAX_KILLED; i++) {
		size_t n = strlen(buf);
		char who[NAME_SIZE];

		snprintf(buf + n, size - n, "%s%s", i ? " " : ", killed ",
			format_ref(who, sizeof who, m,
				ref_make(REF_TASK, step->killed[i])));
	}
}

char *format_result(char *buf, size_t size, const struct machine *m,
	const struct step *step)
{
	format_outcome(buf, size, m, step);
	add_killed(buf, size, m, step);
	return buf;
}

char *format_pos(char *buf, size_t size, struct pos pos)
{
	if (pos_is_whole(pos))
		snprintf(buf, size, "%" PRIu32, pos.op);
	else if (pos.sub)
		snprintf(buf, size, "%" PRIu32 ".%" PRIu32 ".%" PRIu32, pos.op,
			pos.event, pos.sub);
	else
		snprintf(buf, size, "%" PRIu32 ".%" PRIu32, pos.op, pos.event);
	return buf;
}
