/*
 * Writing a recording as a scenario: head, files, spans, then the operations in
 * their order, with a scene for what happens to processes.
 *
 * What a program does between exec and its own first work (the dynamic loader
 * maps libraries, relocates them) is one step, a batch right after exec.  Since
 * such a program shares no memory that can be written with any other one before
 * it forks, its operations may be told before those of others that ran at the
 * same time.
 */
#include "live/scenario_out.h"

#include "view/lua_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096ull
#define START_MAX 2000 /* operations that a start may have */
#define NAME_MAX_BYTES 31
#define MIB (1ull << 20)

/* -- what is known before the first line ---------------------------------- */

static bool has_range(const struct rec_op *op)
{
	return op->kind == REC_IMAGE || op->kind == REC_MMAP ||
		op->kind == REC_MUNMAP || op->kind == REC_MREMAP ||
		op->kind == REC_MPROTECT;
}

static void collect_spans(struct out *o)
{
	for (size_t i = 0; i < o->rec->nr_ops; i++) {
		const struct rec_op *op = &o->rec->op[i];

		if (op->err)
			continue;
		if (op->kind == REC_READ || op->kind == REC_WRITE)
			spans_add(&o->spans, op->addr & ~(PAGE - 1),
				(op->addr & ~(PAGE - 1)) + PAGE);
		if (has_range(op))
			spans_add(&o->spans, op->addr, op->addr + op->len);
		if (op->kind == REC_MREMAP)
			spans_add(&o->spans, op->to, op->to + op->more);
		if (op->kind == REC_BRK && op->addr > op->more)
			spans_add(&o->spans, op->more & ~(PAGE - 1),
				(op->addr + PAGE - 1) & ~(PAGE - 1));
	}
}

static bool name_taken(const struct out *o, uint32_t task, const char *name)
{
	for (uint32_t i = 0; i < task; i++)
		if (!strcmp(o->name[i], name))
			return true;
	return false;
}

/* A name of its own for each task: "bash", "bash.2". */
static bool make_name(struct out *o, uint32_t task)
{
	const char *text = out_text(o, o->rec->task[task].name);
	struct buf b = { 0 };

	for (unsigned n = 1; n == 1 || name_taken(o, task, b.data); n++) {
		b.len = 0;
		lua_plain(&b, *text ? text : "task", NAME_MAX_BYTES - 6);
		if (n > 1 && n < 10000)
			buf_printf(&b, ".%u", n);
		else if (n > 1)
			break;
		if (b.failed || !b.data)
			break;
	}
	o->name[task] = b.data;
	return !b.failed && b.data;
}

static bool prepare(struct out *o)
{
	const struct recording *rec = o->rec;

	o->done = calloc(rec->nr_ops + 1, sizeof *o->done);
	o->name = calloc(rec->nr_tasks + 1u, sizeof *o->name);
	o->checks = calloc(rec->nr_tasks + 1u, sizeof *o->checks);
	o->heap = calloc(rec->nr_tasks + 1u, sizeof *o->heap);
	if (!o->done || !o->name || !o->checks || !o->heap)
		return false;
	for (uint32_t i = 0; i < rec->nr_tasks; i++)
		if (!make_name(o, i))
			return false;
	collect_spans(o);
	return !o->spans.failed;
}

/* -- the head ------------------------------------------------------------- */

/* Memory for what was touched, its tables and what a kernel keeps of it. */
static uint64_t ram_of(const struct recording *rec)
{
	uint64_t pages = rec->pages + 64ull * rec->nr_tasks, mib;
	uint64_t ram = 16;

	for (size_t i = 0; i < rec->nr_ops; i++)
		pages += rec->op[i].kind == REC_READ;
	mib = pages * PAGE / MIB * 3 / 2 + 8;
	while (ram < mib && ram < 65536)
		ram *= 2;
	return ram;
}

static void put_title(struct out *o)
{
	struct buf en = { 0 }, zh = { 0 };

	buf_printf(&en, "Recorded: %s", o->req->command);
	buf_printf(&zh, "录制：%s", o->req->command);
	buf_puts(o->b, "scenario {\n\ttitle = { en = ");
	lua_string(o->b, en.data ? en.data : "");
	buf_puts(o->b, ", zh = ");
	lua_string(o->b, zh.data ? zh.data : "");
	buf_puts(o->b, " },\n");
	buf_free(&en);
	buf_free(&zh);
}

static void put_head(struct out *o, bool fits)
{
	const struct recording *rec = o->rec;

	buf_puts(o->b, "-- What a real program did to its memory, recorded by "
		"rmapscope.\n-- ");
	lua_plain(o->b, o->req->command, 0);
	buf_puts(o->b, "\n");
	if (o->req->when) {
		buf_puts(o->b, "-- ");
		lua_plain(o->b, o->req->when, 0);
		buf_puts(o->b, "\n");
	}
	if (!rec->faults)
		buf_puts(o->b, "-- Page faults were not recorded.\n");
	else if (rec->diffs)
		buf_puts(o->b, "-- Page faults: from differences of pagemap "
			"between system calls; their order\n-- within such a "
			"stretch is that of the addresses.\n");
	if (rec->lost)
		buf_printf(o->b, "-- %" PRIu64 " faults could not be placed "
			"and are missing.\n", rec->lost);
	if (rec->full)
		buf_printf(o->b, "-- Cut after %zu operations: the program "
			"did more.\n", rec->nr_ops);
	buf_putc(o->b, '\n');
	put_title(o);
	buf_printf(o->b, "\teras = { \"6.18\", \"4.0\"%s },\n"
		"\tram = \"%" PRIu64 "M\",\n}\n\n",
		fits ? ", \"2.6.11\", \"2.6.0\", \"2.4\"" : "", ram_of(rec));
}

static void put_spans(struct out *o)
{
	buf_puts(o->b,
		"-- Where the program's memory lay.  A machine of 64 bits has "
		"it at its real\n-- addresses; with 32 bits each span is moved "
		"as a whole.\n"
		"local spans = { -- really, its length, with 32 bits\n");
	for (size_t i = 0; i < o->spans.nr; i++) {
		const struct span *s = &o->spans.span[i];

		buf_printf(o->b, "\t{ 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
			" },\n", s->start, s->end - s->start, s->low);
	}
	buf_puts(o->b, "}\n"
		"local wide = machine().arch:sub(1, 6) == \"x86_64\"\n"
		"local top = wide and 0x7ffffffff000 or 0xc0000000\n"
		"local function at(addr)\n"
		"\tfor _, s in ipairs(wide and {} or spans) do\n"
		"\t\tlocal offset = addr - s[1]\n"
		"\t\tif offset >= 0 and offset <= s[2] then return s[3] + offset end\n"
		"\tend\n"
		"\treturn addr\n"
		"end\n\n"
		"-- exec as the simulated kernel does it.  What it maps by itself "
		"gives way to\n-- what the real one had mapped; the heap begins "
		"behind text and bss.\n"
		"local function exec(task, program, text, bss)\n"
		"\ttask:exec(program, { text = text, data = 0, bss = bss })\n"
		"\ttask:munmap(0, top)\n"
		"end\n\n");
}

static void put_files(struct out *o)
{
	const struct recording *rec = o->rec;

	buf_puts(o->b, "local f, p = {}, {} -- files and processes\n");
	if (!rec->nr_files)
		return;
	buf_puts(o->b, "scene { en = \"The files that are mapped\", "
		"zh = \"被映射的文件\" }\n"
		"batch(\"files\", function()\n");
	for (uint32_t i = 0; i < rec->nr_files; i++) {
		const struct rec_file *f = &rec->file[i];
		struct buf name = { 0 };

		out_base(&name, out_text(o, f->path), NAME_MAX_BYTES);
		buf_printf(o->b, "\tf[%" PRIu32 "] = file(", i + 1);
		lua_string(o->b, name.data && *name.data ? name.data : "?");
		buf_printf(o->b, ", %" PRIu64 "%s) -- ", f->pages,
			f->tmpfs ? ", { tmpfs = true }" : "");
		lua_plain(o->b, out_text(o, f->path), 0);
		buf_putc(o->b, '\n');
		buf_free(&name);
	}
	buf_puts(o->b, "end)\n");
}

/* -- scenes --------------------------------------------------------------- */

/* What happens to whom: "bash forks: sort". */
static void put_scene(struct out *o, const struct rec_op *op, const char *en,
	const char *zh, const char *whom)
{
	struct buf text = { 0 };
	const char *who = o->name[op->task];
	const char *const does[2] = { en, zh };

	buf_puts(o->b, "\nscene { ");
	for (int i = 0; i < 2; i++) {
		text.len = 0;
		buf_printf(&text, does[i], who, whom);
		buf_puts(o->b, i ? ", zh = " : "en = ");
		lua_string(o->b, text.data ? text.data : "");
	}
	buf_puts(o->b, " }\n");
	buf_free(&text);
	o->task = op->task;
}

static void say_once(struct out *o)
{
	if (!o->said)
		buf_puts(o->b, "say { en = \"Both map the same frames now, "
			"read-only. Who writes first gets a copy.\",\n"
			"\tzh = \"现在两者映射相同的页框，只读。谁先写，谁得到副本。\" }\n");
	o->said = true;
}

static void scene_of(struct out *o, const struct rec_op *op)
{
	const char *child = (op->kind == REC_FORK || op->kind == REC_VFORK ||
				    op->kind == REC_CLONE) &&
			op->other != REC_NONE ? o->name[op->other] : "";

	switch (op->kind) {
	case REC_SPAWN:
	case REC_EXEC:
		put_scene(o, op, "%s: exec of %s", "%s：exec %s",
			out_text(o, op->other));
		break;
	case REC_FORK:
		put_scene(o, op, "%s forks: %s", "%s 创建子进程 %s", child);
		say_once(o);
		break;
	case REC_VFORK:
		put_scene(o, op, "%s calls vfork: %s", "%s 调用 vfork：%s",
			child);
		break;
	case REC_CLONE:
		put_scene(o, op, "%s starts the thread %s", "%s 启动线程 %s",
			child);
		break;
	case REC_EXIT:
		put_scene(o, op, "%s exits%s", "%s 退出%s", "");
		break;
	default:
		break;
	}
}

/* A line that says who is at work now, when that changes. */
static void tell_task(struct out *o, const struct rec_op *op)
{
	if (op->task == o->task || op->task >= o->rec->nr_tasks)
		return;
	o->task = op->task;
	buf_puts(o->b, "-- ");
	lua_plain(o->b, o->name[op->task], 0);
	buf_putc(o->b, '\n');
}

/* -- the start of a program ----------------------------------------------- */

static bool ends_start(const struct rec_op *op)
{
	return op->kind == REC_FORK || op->kind == REC_VFORK ||
		op->kind == REC_CLONE || op->kind == REC_EXEC ||
		op->kind == REC_EXIT;
}

static bool is_loader_cache(const struct out *o, const struct rec_op *op)
{
	const char *path = op->kind == REC_MMAP && !op->err &&
			op->other != REC_NONE
		? out_text(o, o->rec->file[op->other].path) : "";
	size_t n = strlen(path);

	return n >= 11 && !strcmp(path + n - 11, "ld.so.cache");
}

/*
 * The last operation of the start of the program that operation @i executes:
 * the loader unmaps ld.so.cache when all libraries are there.  Without one it
 * is the last of the image and of what the kernel wrote into it.
 */
static size_t end_of_start(const struct out *o, size_t i)
{
	const struct rec_op *exec = &o->rec->op[i];
	uint64_t cache = 0;
	size_t last = i, seen = 0;
	bool image = true;

	for (size_t k = i + 1; k < o->rec->nr_ops && seen < START_MAX; k++) {
		const struct rec_op *op = &o->rec->op[k];

		if (op->task != exec->task)
			continue;
		if (ends_start(op))
			break;
		seen++;
		image &= op->kind == REC_IMAGE || op->kind == REC_READ ||
			op->kind == REC_WRITE;
		if (op->kind == REC_IMAGE || (image && last == k - 1))
			last = k;
		if (is_loader_cache(o, op))
			cache = op->addr;
		if (cache && op->kind == REC_MUNMAP && op->addr == cache)
			return k;
	}
	return last;
}

/* exec and what follows of the same task up to @last, as one step. */
static void put_start(struct out *o, size_t i, size_t last)
{
	const struct recording *rec = o->rec;
	const struct rec_op *exec = &rec->op[i];

	if (exec->kind == REC_SPAWN)
		out_spawn(o, exec);
	buf_puts(o->b, "batch(");
	lua_string(o->b, "exec maps the program, the loader its libraries");
	buf_puts(o->b, ", function()\n");
	o->indent = "\t";
	out_operation(o, i);
	for (size_t k = i + 1; k <= last;) {
		size_t next = k + 1;

		if (rec->op[k].task == exec->task) {
			next = out_operation(o, k);
			for (size_t d = k; d < next; d++)
				o->done[d] = true;
		}
		k = next;
	}
	o->indent = "";
	buf_puts(o->b, "end)\n");
}

static bool is_image_only(const struct out *o, size_t i)
{
	return i + 1 < o->rec->nr_ops && o->rec->op[i + 1].kind == REC_IMAGE;
}

/* With every operation a step only what the kernel itself mapped is folded. */
static size_t end_of_image(const struct out *o, size_t i)
{
	while (is_image_only(o, i))
		i++;
	return i;
}

void out_operations(struct out *o)
{
	const struct recording *rec = o->rec;

	for (size_t i = 0; i < rec->nr_ops;) {
		const struct rec_op *op = &rec->op[i];

		if (o->done[i]) {
			i++;
			continue;
		}
		if (!op->err)
			scene_of(o, op);
		tell_task(o, op);
		if (op->kind != REC_SPAWN && op->kind != REC_EXEC) {
			i = out_operation(o, i);
			continue;
		}
		put_start(o, i, o->req->unfolded ? end_of_image(o, i)
						 : end_of_start(o, i));
		i++;
	}
}

bool scenario_write(struct buf *out, const struct recording *rec,
	const struct scenario_request *req)
{
	struct out o = { .b = out, .rec = rec, .req = req, .task = REC_NONE,
		.indent = "" };
	bool ok = prepare(&o);

	if (ok) {
		put_head(&o, spans_place(&o.spans, PROGRAM_BASE));
		put_spans(&o);
		put_files(&o);
		out_operations(&o);
	}
	for (uint32_t i = 0; o.name && i < rec->nr_tasks; i++)
		free(o.name[i]);
	free(o.name);
	free(o.done);
	free(o.checks);
	free(o.heap);
	spans_free(&o.spans);
	return ok && !out->failed && !rec->failed;
}
