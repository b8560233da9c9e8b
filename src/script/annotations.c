/*
 * The whole API in words, made from the tables: annotations for editors that
 * know LuaLS, and a reference for people.
 */
#include "script/api.h"
#include "script/script.h"

#include <string.h>

static const char *const objects[] = { "task", "page", "vma", "anon_vma",
	"file", "machine" };
#define NR_OBJECTS (sizeof(objects) / sizeof(*objects))

static const char *arg_luals(enum arg_type type)
{
	static const char *const types[] = {
		[ARG_ADDR] = "integer",
		[ARG_LEN] = "size",
		[ARG_PAGES] = "integer",
		[ARG_PROT] = "string",
		[ARG_BOOL] = "boolean",
		[ARG_ADVICE] = "string",
		[ARG_FIXED] = "boolean|\"noreplace\"",
		[ARG_VALUE] = "integer|string",
		[ARG_NAME] = "string",
		[ARG_PFN] = "page|integer",
		[ARG_FILE] = "file",
		[ARG_INDEX] = "integer",
	};

	return types[type];
}

static const char *result_luals(enum op_result_type result)
{
	static const char *const types[] = {
		[RESULT_TRUE] = "true",
		[RESULT_TASK] = "task",
		[RESULT_REGION] = "region",
		[RESULT_VALUE] = "integer|string",
		[RESULT_ADDR] = "integer",
		[RESULT_WALK] = "mapping[]",
		[RESULT_COUNT] = "integer",
		[RESULT_VECTOR] = "string",
		[RESULT_FILE] = "file",
	};

	return types[result];
}

/* The first address of an operation may be a region. */
static const char *place_luals(const struct op_desc *d, unsigned i)
{
	return i == 0 && d->arg[i].type == ARG_ADDR &&
			       d->arg[i + 1].type == ARG_LEN
		       ? "where"
		       : arg_luals(d->arg[i].type);
}

/* A length behind an address may be left out where a region stands. */
static bool may_lack(const struct op_desc *d, unsigned i)
{
	return d->arg[i].optional || (i == 1 && d->arg[i].type == ARG_LEN &&
					     d->arg[0].type == ARG_ADDR);
}

/* -- annotations --------------------------------------------------------- */

/* Those that operation @d (NULL: none) has as arguments are left out. */
static void put_options(FILE *f, const char *class, const struct option *o,
	const struct op_desc *d)
{
	fprintf(f, "\n---@class %s.options\n", class);
	if (strcmp(class, "ask") == 0)
		fputs("---@field [1] text the question\n", f);
	for (; o && o->name; o++)
		if (!d || !op_has_arg(d, o->name))
			fprintf(f, "---@field %s? %s %s%s\n", o->name,
				o->type, o->meaning,
				o->later ? " (not built yet)" : "");
}

static void put_op_options(
	FILE *f, const struct op_desc *d, const struct op_shape *shape)
{
	put_options(f, d->name, shape->options, d);
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (op_place(d, i) < 0)
			fprintf(f, "---@field %s? %s %s\n", d->arg[i].name,
				arg_luals(d->arg[i].type), d->arg[i].meaning);
}

static void put_signature(FILE *f, const char *on, const char *name)
{
	fprintf(f, "function %s%s%s(", on, *on ? ":" : "", name);
}

static void put_op_params(
	FILE *f, const struct op_desc *d, const struct op_shape *shape)
{
	if (shape && shape->global)
		fprintf(f, "---@param %s %s\n", op_subject_word(d),
			op_subject_word(d));
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (op_place(d, i) >= 0)
			fprintf(f, "---@param %s%s %s %s\n", d->arg[i].name,
				may_lack(d, i) ? "?" : "", place_luals(d, i),
				d->arg[i].meaning);
	if (shape && shape->table)
		fprintf(f, "---@param options%s %s.options\n",
			d->id == OP_MMAP ? "" : "?", d->name);
}

static void put_op_names(
	FILE *f, const struct op_desc *d, const struct op_shape *shape)
{
	const char *comma = "";

	if (shape && shape->global) {
		fputs(op_subject_word(d), f);
		comma = ", ";
	}
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (op_place(d, i) >= 0) {
			fprintf(f, "%s%s", comma, d->arg[i].name);
			comma = ", ";
		}
	if (shape && shape->table)
		fprintf(f, "%soptions", comma);
}

static void put_op(FILE *f, const struct op_desc *d)
{
	const struct op_shape *shape = op_shape(d->id);

	if (shape && shape->table)
		put_op_options(f, d, shape);
	fprintf(f, "\n---%s\n", d->summary);
	put_op_params(f, d, shape);
	fprintf(f, "---@return %s? result nil when it was refused\n",
		result_luals(d->result));
	fprintf(f, "---@return string? error %s\n", d->errors);
	put_signature(f, op_on(d), op_call(d));
	put_op_names(f, d, shape);
	fputs(") end\n", f);
}

/* "cond: any, text?: text": a line for each, then the names alone. */
static void put_params(FILE *f, const char *params, bool lines)
{
	const char *comma = "";

	while (*params) {
		size_t n = strcspn(params, ",");
		const char *colon = memchr(params, ':', n);
		int name = (int)(colon - params);
		bool optional = params[name - 1] == '?';

		if (lines)
			fprintf(f, "---@param %.*s %.*s\n", name, params,
				(int)(n - (size_t)name - 2), colon + 2);
		else
			fprintf(f, "%s%.*s", comma, name - optional, params);
		comma = ", ";
		params += n + strspn(params + n, ", ");
	}
}

static void put_function(FILE *f, const struct api_function *fn)
{
	if (fn->options)
		put_options(f, fn->name, fn->options, NULL);
	fprintf(f, "\n---%s%s\n", fn->summary,
		fn->later ? " (not built yet)" : "");
	put_params(f, fn->params, true);
	if (*fn->result)
		fprintf(f, "---@return %s\n", fn->result);
	put_signature(f, fn->on, fn->name);
	put_params(f, fn->params, false);
	fputs(") end\n", f);
}

static const char *field_luals(enum value_type type)
{
	switch (type) {
	case VT_BOOL:
		return "boolean";
	case VT_PAGE_FLAGS:
	case VT_VM_FLAGS:
		return "table<string, boolean>";
	case VT_REF:
	case VT_MAPPING:
		return "table?";
	case VT_VALUE:
		return "integer|string";
	default:
		return "integer";
	}
}

static enum ref_kind kind_of(const char *word)
{
	for (unsigned kind = 1; kind < NR_REF_KINDS; kind++)
		if (object_word((enum ref_kind)kind) &&
			strcmp(object_word((enum ref_kind)kind), word) == 0)
			return (enum ref_kind)kind;
	return REF_NONE;
}

/* A name that the scenario's own fields or methods have already. */
static bool is_ours(const char *on, const char *name)
{
	const struct api_field *own;

	for (unsigned i = 0; (own = api_field_at(i)); i++)
		if (strcmp(own->on, on) == 0 && strcmp(own->name, name) == 0)
			return true;
	return api_function_find(on, name) != NULL;
}

/* A field that differs between eras has a row for each. */
static bool is_repeated(const struct object_desc *d, const struct field *f)
{
	for (const struct field *g = d->fields; g != f; g++)
		if (strcmp(g->name, f->name) == 0)
			return true;
	return false;
}

static void put_class(FILE *f, const char *on)
{
	enum ref_kind kind = kind_of(on);
	const struct object_desc *d = kind ? object_desc(kind) : NULL;
	const struct api_field *field;

	fprintf(f, "\n---@class %s\n", on);
	for (unsigned i = 0; (field = api_field_at(i)); i++)
		if (strcmp(field->on, on) == 0)
			fprintf(f, "---@field %s %s %s\n", field->name,
				field->type, field->summary);
	for (const struct field *raw = d ? d->fields : NULL; raw && raw->name;
		raw++)
		if (!is_ours(on, raw->name) && !is_repeated(d, raw))
			fprintf(f, "---@field %s %s %s\n", raw->name,
				field_luals(raw->type), raw->meaning);
	fprintf(f, "local %s = {}\n", on);
}

void script_annotations(FILE *f)
{
	const struct api_function *fn;

	fputs("---@meta\n"
	      "-- The scenarios' API, for editors that know LuaLS.  Made by "
	      "rmapscope.\n\n"
	      "---@alias text string|{en: string, zh: string?}\n"
	      "---@alias size integer|string bytes, or \"64K\" \"16M\" \"1G\"\n"
	      "---@alias where integer|region an address or a region\n\n"
	      "---@class region plain numbers that follow nothing\n"
	      "---@field addr integer its first address\n"
	      "---@field len integer its bytes\n"
	      "---@field [integer] integer address of its page i, from 0\n"
	      "---@operator len: integer\n\n"
	      "---@class mapping\n"
	      "---@field task task\n"
	      "---@field vma vma\n"
	      "---@field addr integer\n\n"
	      "---@class walk\n"
	      "---@field levels table[] {name, table, index, entry, present, "
	      "...}, top first\n"
	      "---@field pfn integer? the frame\n"
	      "---@field offset integer the byte in it\n"
	      "---@field fault string? the level whose entry is not present\n"
	      "---@field swap integer? the slot where its page is in swap\n"
	      "---@field migrating integer? the frame that is being moved\n"
	      "---@field guard boolean? true: a guard marker, no access\n",
		f);
	for (unsigned i = 0; i < NR_OBJECTS; i++)
		put_class(f, objects[i]);
	for (unsigned i = 0; (fn = api_function_at(i)); i++)
		put_function(f, fn);
	for (unsigned id = 1; id < NR_OPS; id++)
		put_op(f, op_desc((enum op_id)id));
}

/* -- reference ----------------------------------------------------------- */

static void put_row(FILE *f, const char *on, const char *name,
	const char *summary, bool later)
{
	char call[64];

	snprintf(call, sizeof(call), "%s%s%s", on, *on ? ":" : "", name);
	fprintf(f, "  %-20s %s%s\n", call, summary,
		later ? " (not built yet)" : "");
}

static void put_kind(FILE *f, const char *on, const char *title)
{
	const struct api_function *fn;

	fprintf(f, "%s\n", title);
	for (unsigned id = 1; id < NR_OPS; id++) {
		const struct op_desc *d = op_desc((enum op_id)id);

		if (strcmp(op_on(d), on) == 0)
			put_row(f, on, op_call(d), d->summary, false);
	}
	for (unsigned i = 0; (fn = api_function_at(i)); i++)
		if (strcmp(fn->on, on) == 0)
			put_row(f, on, fn->name, fn->summary,
				fn->later != NULL);
	fputc('\n', f);
}

static void put_fields(FILE *f, const char *on)
{
	const struct api_field *field;

	fprintf(f, "Fields of a %s\n", on);
	for (unsigned i = 0; (field = api_field_at(i)); i++)
		if (strcmp(field->on, on) == 0)
			fprintf(f, "  .%-19s %s\n", field->name,
				field->summary);
	fputc('\n', f);
}

void script_reference(FILE *f)
{
	put_kind(f, "", "Functions");
	put_kind(f, "task", "Calls of a task");
	put_kind(f, "page", "Calls of a page");
	put_kind(f, "file", "Calls of a file");
	for (unsigned i = 0; i < NR_OBJECTS; i++)
		put_fields(f, objects[i]);
	fputs("Options of scenario{}\n", f);
	for (const struct option *o = scenario_options; o->name; o++)
		fprintf(f, "  %-20s %s%s\n", o->name, o->meaning,
			o->later ? " (not built yet)" : "");
}
