/* Real processes as JSON lines. */
#include "live/attach.h"
#include "view/json.h"

#include <stdlib.h>
#include <string.h>

static void put_kinds(struct json *j, const uint64_t *kinds)
{
	json_object(j, "pages");
	for (int k = 0; k < NR_REAL_KINDS; k++)
		json_count(j, real_kind_name((enum real_kind)k), kinds[k]);
	json_object_end(j);
}

static void begin(struct json *j, const char *type)
{
	json_object(j, NULL);
	json_string(j, "type", type);
}

static void end(struct json *j)
{
	json_object_end(j);
	json_line_end(j);
}

static void put_page(struct json *j, const struct attached *a,
	const struct real_process *p, const struct real_page *page)
{
	begin(j, "page");
	json_number(j, "pid", p->pid);
	json_hex(j, "addr", page->addr);
	json_string(j, "kind", real_kind_name((enum real_kind)page->kind));
	json_bool(j, "exclusive", page->entry & PM_EXCLUSIVE);
	if (a->frames && page->entry & PM_PRESENT)
		json_hex(j, "pfn", page->entry & PM_FRAME);
	if (page->seen) {
		json_count(j, "mapcount", page->count);
		json_hex(j, "flags", page->flags);
	}
	if (a->frames) {
		json_array(j, "with");
		for (unsigned i = 0; i < a->nr; i++)
			if (page->mates >> i & 1 && &a->process[i] != p)
				json_number(j, NULL, a->process[i].pid);
		json_array_end(j);
	}
	end(j);
}

static void put_flags(struct json *j, const char *flags)
{
	char copy[128], *rest = copy, *word;

	memcpy(copy, flags, sizeof copy);
	json_array(j, "flags");
	while ((word = strsep(&rest, " ")))
		if (*word)
			json_string(j, NULL, word);
	json_array_end(j);
}

static void put_region(struct json *j, const struct attach_view *v,
	const struct real_process *p, const struct real_region *r)
{
	const struct proc_vma *vma = &r->vma;
	char prot[4] = { vma->prot & 1 ? 'r' : '-', vma->prot & 2 ? 'w' : '-',
		vma->prot & 4 ? 'x' : '-', 0 };

	begin(j, "region");
	json_number(j, "pid", p->pid);
	json_hex(j, "start", vma->start);
	json_hex(j, "end", vma->end);
	json_string(j, "prot", prot);
	json_bool(j, "shared", vma->shared);
	json_string(j, "name", vma->name[0] ? vma->name : NULL);
	json_hex(j, "pgoff", vma->pgoff / 4096);
	if (vma->deep)
		put_flags(j, vma->flags);
	json_count(j, "rss_kib", vma->rss);
	put_kinds(j, r->kinds);
	if (v->a->frames)
		json_count(j, "common", r->shared);
	end(j);
	for (size_t i = 0; i < r->nr && region_is_detailed(r, v->all); i++)
		put_page(j, v->a, p, &r->page[i]);
}

static void put_process(struct json *j, const struct attach_view *v,
	const struct real_process *p)
{
	begin(j, "process");
	json_number(j, "pid", p->pid);
	json_number(j, "parent", p->parent);
	json_string(j, "name", p->name);
	json_count(j, "regions", p->nr);
	put_kinds(j, p->kinds);
	end(j);
	for (size_t i = 0; i < p->nr; i++)
		put_region(j, v, p, &p->region[i]);
}

static void put_pair(struct json *j, const struct attached *a, unsigned i,
	unsigned k)
{
	begin(j, "common");
	json_array(j, "pids");
	json_number(j, NULL, a->process[i].pid);
	json_number(j, NULL, a->process[k].pid);
	json_array_end(j);
	if (a->frames) {
		json_count(j, "anon", a->pair[i][k].anon);
		json_count(j, "file", a->pair[i][k].file);
	} else {
		json_count(j, "perhaps", a->pair[i][k].perhaps);
	}
	end(j);
}

static void put_walk(struct json *j, const struct attach_view *v,
	const struct real_process *p)
{
	struct real_walk w = attach_walk(p, v->addr);

	begin(j, "walk");
	json_number(j, "pid", p->pid);
	json_hex(j, "addr", v->addr);
	json_array(j, "levels");
	for (int l = 0; l < WALK_LEVELS; l++) {
		json_object(j, NULL);
		json_string(j, "name", real_levels[l]);
		json_number(j, "index", w.index[l]);
		json_bool(j, "present", w.below[l] != 0);
		json_count(j, "pages", w.below[l]);
		json_object_end(j);
	}
	json_array_end(j);
	json_bool(j, "mapped", w.region != NULL);
	json_string(j, "kind", w.page
		? real_kind_name((enum real_kind)w.page->kind) : NULL);
	end(j);
}

void attach_json(FILE *f, const struct attach_view *v)
{
	struct json j = json_to(f);
	const struct attached *a = v->a;

	begin(&j, "attach");
	json_string(&j, "when", v->when);
	json_bool(&j, "frames", a->frames);
	json_bool(&j, "counts", a->counts);
	json_bool(&j, "whole", !a->truncated);
	end(&j);
	for (unsigned i = 0; i < a->nr; i++)
		put_process(&j, v, &a->process[i]);
	for (unsigned i = 0; i < a->nr; i++)
		for (unsigned k = i + 1; k < a->nr; k++)
			put_pair(&j, a, i, k);
	for (unsigned i = 0; i < a->nr && v->walk; i++)
		put_walk(&j, v, &a->process[i]);
}
