/*
 * The scenario's API, inside src/script: one run of one scenario, the tables
 * that name what scripts may call, and how arguments are checked.
 */
#ifndef SCRIPT_API_H
#define SCRIPT_API_H

#include "core/objects.h"
#include "core/ops.h"
#include "history/source.h"
#include "script/sandbox.h"

#include <sys/types.h>
#include <time.h>

#define TEXT_MAX_BYTES 65536u /* of one text or printed line */
#define MAX_PAGES (1ll << 40) /* more pages than any address space has */

/* What scenario{} said, or its defaults. */
struct scenario {
	bool called;
	bool has_eras; /* eras named; else all of them */
	struct text title, summary;
	const struct era *eras[8];
	unsigned nr_eras;
	const char *panes;	     /* names separated by spaces, or NULL */
	const struct paging *paging; /* arch=, or NULL */
	struct machine_config config;
};

/* A file as it was when it was read, to see whether it has changed. */
struct stamp {
	char *path;
	struct timespec mtime;
	off_t size;
	ino_t inode;
};

struct stamps {
	struct stamp *list;
	size_t count;
};

/* stamp.c */
void stamps_add(struct stamps *s, const char *path);
bool stamps_changed(const struct stamps *s);
void stamps_clear(struct stamps *s);

/* One run of one script.  Lives outside of the Lua state. */
struct run {
	struct sandbox *sb;
	const struct source_request *req;
	struct history *h; /* NULL until the first call that needs it */
	struct scenario sc;
	bool titles_only; /* leave at scenario{} */
	bool in_batch;
	uint32_t steps;	  /* operations logged; a batch counts once */
	uint32_t ops;	  /* outside of batches, for the limit */
	uint32_t all_ops; /* with those inside: expect_error looks */
	int last_status;  /* of the last operation */
	uint32_t file_id[CHUNK_MAX]; /* history_file() of each chunk, or 0 */
	char *unusable;	      /* why nothing can run in this era, or NULL */
	char *notice;	      /* what the run has to say, or NULL */
	char *dir;	      /* of the script: require looks there */
	struct stamps stamps; /* the files it was made of */
};

static inline struct run *run_of(lua_State *L)
{
	return sandbox_of(L)->owner;
}

/* -- tables: what exists ------------------------------------------------- */

/* An option in a call's table, for those that no arg_desc describes. */
struct option {
	const char *name;
	const char *type; /* LuaLS type */
	const char *meaning;
	const char *later; /* not built yet: what it comes with; or NULL */
};

struct api_function {
	const char *name;
	lua_CFunction fn;
	const char *on;	    /* "" a global, else "task", "page", ... */
	const char *params; /* LuaLS: "cond: any, text?: text" */
	const char *result; /* LuaLS type, "" none */
	const char *summary;
	const struct option *options; /* of its table argument, or NULL */
	const char *later; /* not built yet: what it comes with; or NULL */
};

struct api_field {
	const char *on; /* "task", "page", "vma", ... */
	const char *name;
	const char *type; /* LuaLS */
	const char *summary;
	void (*push)(lua_State *L, struct ref ref); /* one value */
};

/* How an operation is called where it is not just its arguments in order. */
struct op_shape {
	const char *name;	      /* of the operation, built or not */
	unsigned positional;	      /* this many come in order ... */
	bool table;		      /* ... and the rest in a table */
	const struct option *options; /* what the machine has no argument for */
	bool global; /* a function whose first argument is the subject */
};

/* The i-th function or field; NULL after the last.  What the table of
 * operations has is not among the functions. */
const struct api_function *api_function_at(unsigned i);
const struct api_field *api_field_at(unsigned i);
const struct op_shape *op_shape(enum op_id id);
/* Which object a method of operation @d belongs to: "" (none: a function),
 * "task", "page". */
const char *op_on(const struct op_desc *d);
/* The word of what it is done to, method or not. */
const char *op_subject_word(const struct op_desc *d);
/* Is there such an argument? */
bool op_has_arg(const struct op_desc *d, const char *name);
/* What it is called there: f:read() is the operation pread. */
const char *op_call(const struct op_desc *d);
/* Is argument @i of @d one of the positional ones?  Its place, or -1. */
int op_place(const struct op_desc *d, unsigned i);
/* Methods and fields that kind of object @on has: is there one of the name?
 * With @near, the nearest is put there when there is not. */
bool api_has(const char *on, const char *name, const char **near);
/* The same for options of function @name of @on; true also when it takes no
 * table at all. */
bool api_has_option(const char *on, const char *name, const char *option,
	const char **near);

/* By its object's word ("" for globals) and name; NULL: none. */
const struct api_function *api_function_find(const char *on, const char *name);
/* Call @fn for each option that function @name of @on takes in a table. */
typedef void option_fn(void *ctx, const char *option);
void api_each_option(
	const char *on, const char *name, option_fn *fn, void *ctx);

/* Put everything into the globals of @L. */
void api_open(lua_State *L);
/* Guard the globals: an unknown name is an error that names the nearest. */
void api_guard_globals(lua_State *L);
/* The global of @L that is named most like @name, or NULL. */
const char *global_nearest(lua_State *L, const char *name);
/* What the sandbox leaves out, and why; NULL for other names. */
const char *api_absent(const char *name);

/* -- arguments (api_args.c) ---------------------------------------------- */

/* "a table", "nil", "the string "abc"" ... what argument @idx is. */
const char *arg_words(lua_State *L, int idx);
_Noreturn void arg_wrong(lua_State *L, int idx, const char *fn,
	const char *name, const char *wanted);
/* More arguments than @max are an error. */
void arg_count(lua_State *L, const char *fn, int max);
lua_Integer arg_integer(lua_State *L, int idx, const char *fn, const char *name,
	lua_Integer min, lua_Integer max);
bool arg_bool(lua_State *L, int idx, const char *fn, const char *name);
uint64_t arg_addr(lua_State *L, int idx, const char *fn, const char *name);
/* Bytes, or "64K" "16M" "1G". */
uint64_t arg_size(lua_State *L, int idx, const char *fn, const char *name);
/* A text of @min..@max bytes of UTF-8 without NUL. */
const char *arg_string(lua_State *L, int idx, const char *fn, const char *name,
	size_t min, size_t max);
/* A text or {en=, zh=}; the strings live as long as the argument. */
struct text arg_text(lua_State *L, int idx, const char *fn, const char *name);
void arg_table(lua_State *L, int idx, const char *fn, const char *name);
/* Every key of the table at @idx must be an option of @on's function @fn. */
void arg_check_options(lua_State *L, int idx, const char *on, const char *fn);
/* A list of panes: their names separated by blanks, on the stack. */
const char *arg_panes(lua_State *L, int idx, const char *fn);
_Noreturn void not_built(lua_State *L, const char *what, const char *later);
/* Is @s of @n bytes UTF-8 without NUL? */
bool text_valid(const char *s, size_t n);

/* The machine() object, which has no number of its own. */
#define REF_MACHINE NR_REF_KINDS

/* -- objects (api_objects.c) --------------------------------------------- */

void object_push(lua_State *L, struct ref ref);
/* The ref of the object at @idx, or NO_REF. */
struct ref object_at(lua_State *L, int idx);
/* The object of kind @kind at @idx, which must still exist; else an error. */
struct ref arg_object(lua_State *L, int idx, const char *fn, const char *name,
	enum ref_kind kind);
/* The object that method @name of @on was called on, gone or not; an error when
 * it was not called with a colon. */
struct ref object_self(lua_State *L, const char *on, const char *name);
/* Make the function on top, which is popped, a method of @on. */
void method_add(lua_State *L, const char *on, const char *name);
/* "vma:4", "page:0x21". */
const char *object_name(char buf[32], struct ref ref);
/* "task" of REF_TASK ...; NULL for what scripts never see. */
const char *object_word(enum ref_kind kind);
void objects_open(lua_State *L);

/* Regions: plain numbers (region.c). */
void region_push(lua_State *L, uint64_t addr, uint64_t len);
bool region_at(lua_State *L, int idx, uint64_t *addr, uint64_t *len);
void region_open(lua_State *L);

/* -- the run (api_run.c) ------------------------------------------------- */

/* The history, made with the defaults when scenario{} was not called. */
struct history *run_history(lua_State *L);
const struct machine *run_machine(lua_State *L);
/* Choose era and arch by what was asked for and what scenario{} said; false
 * with r->unusable when they do not fit. */
bool scenario_resolve(struct run *r);
/* Take the numbers of the options at 1 that the era's machine lets one choose
 * (api_tunables.c); scenario_resolve() has chosen it. */
void scenario_tunables(lua_State *L);
/* Make the history from r->sc: 0 or an errno. */
int run_open(struct run *r);
/* The same for a script: raises an error or leaves. */
void run_begin(lua_State *L);
/* Do one operation; counts, logs and checks limits. */
int run_do(lua_State *L, const struct op *op, struct op_result *res);
/* Add @note at its place in the log; op, line and file are filled in here. */
void run_note(lua_State *L, struct note *note);
/* Outside of Lua: close what is open, e.g. a batch that was cut off. */
void run_end(struct run *r);
/* The file of the log for a chunk. */
uint32_t run_file(struct run *r, int chunk);

/* Run @r's script, which is chunk 0 of r->sb (source_lua.c). */
enum sandbox_end run_script(struct run *r);
void run_clear(struct run *r); /* frees all but r->h and r->sb */

/* -- functions, by file -------------------------------------------------- */

int api_op(lua_State *L);	/* api_task.c: any operation */
int api_scenario(lua_State *L); /* api_scenario.c */
int api_batch(lua_State *L);
int api_say(lua_State *L); /* api_notes.c */
int api_scene(lua_State *L);
int api_note(lua_State *L);
int api_ask(lua_State *L);
int api_show(lua_State *L);
int api_point(lua_State *L);
int api_pause(lua_State *L);
int api_print(lua_State *L);
int api_expect(lua_State *L); /* api_expect.c */
int api_expect_eq(lua_State *L);
int api_expect_error(lua_State *L);
int api_page_at(lua_State *L); /* api_views.c */
int api_anon_vmas(lua_State *L);
int api_machine(lua_State *L);
int api_costs(lua_State *L);
int api_task_walk(lua_State *L);
int api_task_vmas(lua_State *L);
int api_page_mappers(lua_State *L);
int api_file_page(lua_State *L); /* api_memory.c */
int api_require(lua_State *L); /* require.c */
/* The file of a module, beside folder @beside or in the script folders. */
char *module_find(const char *beside, const char *name);

/* Fields (api_files.c). */
void file_name_field(lua_State *L, struct ref ref);
void file_pages_field(lua_State *L, struct ref ref);
void file_size_field(lua_State *L, struct ref ref);
void file_cached_field(lua_State *L, struct ref ref);

/* Fields (api_swap.c). */
void machine_slots_field(lua_State *L, struct ref ref);
void machine_swap_field(lua_State *L, struct ref ref);
void page_slot_field(lua_State *L, struct ref ref);
/* Fields (api_memory.c). */
void machine_zones_field(lua_State *L, struct ref ref);
void machine_lru_field(lua_State *L, struct ref ref);
/* Into the table on top: what an entry says that is not present. */
void push_entry(lua_State *L, const struct machine *m, pteval_t pte);

void push_value(lua_State *L, value_t value);
/* {task=, vma=, addr=} */
void push_mapping(lua_State *L, uint32_t pid, uint32_t vma, uint64_t addr);
void push_costs(lua_State *L, const struct costs *costs);
/* The value of a described field. */
void push_typed(lua_State *L, const struct field *f, uint64_t value);

extern const struct option scenario_options[];
extern const char *const known_panes[];	     /* built; NULL at the end */
extern const char *const pane_names_later[]; /* not built yet */

#endif
