/* Looking at the machine: page_at, t:walk, t:vmas, mappers, costs.  Nothing
 * here is an operation. */
#include "script/api.h"

/* Of the task at @idx; NULL when it has exited. */
static const struct mm_struct *arg_mm(lua_State *L, int idx, const char *fn)
{
	struct ref ref = arg_object(L, idx, fn, "the task", REF_TASK);

	return task_find(run_machine(L), ref.id)->mm;
}

int api_page_at(lua_State *L)
{
	const struct mm_struct *mm;
	struct walk w = { .mapped = false };
	uint64_t addr;

	arg_count(L, "page_at", 2);
	mm = arg_mm(L, 1, "page_at");
	addr = arg_addr(L, 2, "page_at", "addr");
	if (mm)
		paging_walk(run_machine(L), mm, addr, &w);
	object_push(L, w.mapped ? ref_make(REF_PAGE, (uint32_t)w.pfn) : NO_REF);
	return 1;
}

static void set_integer(lua_State *L, const char *name, uint64_t n)
{
	lua_pushinteger(L, (lua_Integer)n);
	lua_setfield(L, -2, name);
}

static void push_level(
	lua_State *L, const struct machine *m, const struct walk *w, unsigned i)
{
	const struct pte_bit *bit = paging_bits(machine_paging(m));

	lua_newtable(L);
	lua_pushstring(L, machine_paging(m)->level[i].name);
	lua_setfield(L, -2, "name");
	set_integer(L, "table", w->level[i].table);
	set_integer(L, "index", w->level[i].index);
	set_integer(L, "entry", w->level[i].entry);
	for (; bit->mask; bit++) {
		lua_pushboolean(L, (w->level[i].entry & bit->mask) != 0);
		lua_setfield(L, -2, bit->key);
	}
	lua_pushboolean(L, w->level[i].present);
	lua_setfield(L, -2, "present");
}

int api_task_walk(lua_State *L)
{
	const struct machine *m = run_machine(L);
	const struct mm_struct *mm;
	struct walk w;
	uint64_t addr;

	arg_count(L, "walk", 2);
	mm = arg_mm(L, 1, "walk");
	addr = arg_addr(L, 2, "walk", "addr");
	if (!mm)
		script_error(L, "walk: the task has exited");
	paging_walk(m, mm, addr, &w);
	lua_newtable(L);
	lua_newtable(L);
	for (unsigned i = 0; i < w.depth; i++) {
		push_level(L, m, &w, i);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "levels");
	set_integer(L, "offset", w.offset);
	if (w.mapped) {
		set_integer(L, "pfn", w.pfn);
	} else { /* the level whose entry is not present */
		lua_pushstring(L, machine_paging(m)->level[w.depth - 1].name);
		lua_setfield(L, -2, "fault");
		push_entry(L, m, w.level[w.depth - 1].entry);
	}
	return 1;
}

int api_task_vmas(lua_State *L)
{
	const struct vm_area_struct *vma;
	const struct mm_struct *mm;
	lua_Integer n = 0;

	arg_count(L, "vmas", 1);
	mm = arg_mm(L, 1, "vmas");
	lua_newtable(L);
	for (vma = mm ? mm->mmap : NULL; vma; vma = vma->vm_next) {
		object_push(L, ref_make(REF_VMA, vma->id));
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

int api_anon_vmas(lua_State *L)
{
	const struct machine *m = run_machine(L);
	lua_Integer n = 0;

	arg_count(L, "anon_vmas", 0);
	lua_newtable(L);
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		if (!anon_vma_by_id(m, id))
			continue;
		object_push(L, ref_make(REF_ANON_VMA, id));
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

void push_mapping(lua_State *L, uint32_t pid, uint32_t vma, uint64_t addr)
{
	lua_createtable(L, 0, 3);
	object_push(L, ref_make(REF_TASK, pid));
	lua_setfield(L, -2, "task");
	object_push(L, ref_make(REF_VMA, vma));
	lua_setfield(L, -2, "vma");
	set_integer(L, "addr", addr);
}

struct mapper_list {
	lua_State *L;  /* the list is on top of its stack */
	lua_Integer n; /* entries so far */
};

static void add_mapper(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct mapper_list *list = ctx;

	(void)pte;
	push_mapping(list->L, task->pid, vma->id, addr);
	lua_rawseti(list->L, -2, ++list->n);
}

int api_page_mappers(lua_State *L)
{
	struct mapper_list list = { L, 0 };
	struct ref page;

	arg_count(L, "mappers", 1);
	page = arg_object(L, 1, "mappers", "the page", REF_PAGE);
	lua_newtable(L);
	page_mappers(run_machine(L), page.id, add_mapper, &list);
	return 1;
}

int api_machine(lua_State *L)
{
	arg_count(L, "machine", 0);
	run_history(L);
	object_push(L, ref_make(REF_MACHINE, 0));
	return 1;
}

/* costs(): since the start; costs(true): of the last operation. */
int api_costs(lua_State *L)
{
	const struct history *h = run_history(L);
	const struct machine *m = history_machine(h);
	const struct step *step;
	struct costs sum = m->total;
	bool last;

	sandbox_busy(sandbox_of(L));
	step = history_step(h, history_length(h));
	sandbox_ready(sandbox_of(L));
	arg_count(L, "costs", 1);
	last = !lua_isnoneornil(L, 1) && arg_bool(L, 1, "costs", "last");
	if (!last) {
		for (unsigned i = 0; i < NR_COSTS; i++)
			sum.n[i] += m->op_costs.n[i];
		push_costs(L, &sum);
	} else if (run_of(L)->in_batch || !step) {
		push_costs(L, &m->op_costs);
	} else {
		push_costs(L, &step->costs);
	}
	return 1;
}
