/* The state of the tests' machine as text and numbers. */
#include "run.h"

#include <stdio.h>
#include <string.h>

#define TEXTS 8
#define TEXT_SIZE 2048

struct text {
	char s[TEXT_SIZE];
	size_t len;
};

static struct text *new_text(void)
{
	static struct text texts[TEXTS];
	static unsigned next;
	struct text *t = &texts[next++ % TEXTS];
	t->len = 0;
	t->s[0] = 0;
	return t;
}

__attribute__((format(printf, 2, 3))) static void add(
	struct text *t, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(t->s + t->len, TEXT_SIZE - t->len, format, ap);
	va_end(ap);
	t->len += (size_t)n < TEXT_SIZE - t->len ? (size_t)n : 0;
}

uint32_t pid_of(const char *task)
{
	for (unsigned i = run.nr_tasks; i-- > 0;)
		if (!strcmp(run.task[i].name, task))
			return run.task[i].pid;
	fail_msg("no task %s", task);
	return 0;
}

struct task_struct *task_of(const char *task)
{
	struct task_struct *t = task_find(run.m, pid_of(task));
	assert_non_null(t);
	return t;
}

struct mm_struct *mm_of(const char *task)
{
	struct mm_struct *mm = task_of(task)->mm;
	assert_non_null(mm);
	return mm;
}

uint64_t addr_of(uint64_t page)
{
	return BASE + (page << PAGE_SHIFT);
}

struct vm_area_struct *vma_at(const char *task, uint64_t page)
{
	struct vm_area_struct *vma = vma_lookup(mm_of(task), addr_of(page));
	return vma && vma->vm_start <= addr_of(page) ? vma : NULL;
}

void set_locked(const char *task, uint64_t page, bool locked)
{
	struct vm_area_struct *vma = vma_at(task, page);

	if (locked == !!(vma->vm_flags & VM_LOCKED))
		return;
	vma->vm_flags ^= VM_LOCKED;
	mm_of(task)->locked_vm += locked ? vma_pages(vma) : -vma_pages(vma);
}

pteval_t pte_at(const char *task, uint64_t page)
{
	return mm_pte(run.m, mm_of(task), addr_of(page));
}

struct page *frame(const char *task, uint64_t page)
{
	pteval_t pte = pte_at(task, page);
	if (!pte_present(run.m, pte))
		return NULL;
	return page_by_pfn(run.m, pte_pfn(run.m, pte));
}

bool is_zero_page(const struct page *page)
{
	return page && page_pfn(run.m, page) == run.m->zero_pfn;
}

static uint64_t page_of(uint64_t addr)
{
	return (addr - BASE) >> PAGE_SHIFT;
}

static bool in_arena(const struct vm_area_struct *vma)
{
	return vma->vm_start >= BASE && vma->vm_end <= addr_of(4096);
}

const char *vmas(const char *task)
{
	struct text *t = new_text();
	const struct vm_area_struct *v = mm_of(task)->mmap;
	for (; v; v = v->vm_next)
		if (in_arena(v))
			add(t, "%s%llu-%llu%s%s%s%s", t->len ? " " : "",
				(unsigned long long)page_of(v->vm_start),
				(unsigned long long)page_of(v->vm_end),
				v->vm_flags & VM_READ ? "r" : "",
				v->vm_flags & VM_WRITE ? "w" : "",
				v->vm_flags & VM_EXEC ? "x" : "",
				v->vm_flags & 7 ? "" : "n");
	return t->s;
}

unsigned count_vmas(const char *task)
{
	unsigned n = 0;
	const struct vm_area_struct *v = mm_of(task)->mmap;
	for (; v; v = v->vm_next)
		n += in_arena(v);
	return n;
}

unsigned count_heap_vmas(const char *task)
{
	unsigned n = 0;
	const struct mm_struct *mm = mm_of(task);
	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next)
		n += v->vm_start >= mm->start_brk && v->vm_end <= mm->brk;
	return n;
}

const char *anon_name(const struct anon_vma *anon)
{
	struct text *t = new_text();
	if (!anon)
		return "-";
	if (anon->id < MAX_NAMED && run.anon[anon->id][0])
		return run.anon[anon->id];
	add(t, "#%u", anon->id);
	return t->s;
}

struct anon_vma *anon_named(const char *anon)
{
	for (uint32_t id = 1; id < MAX_NAMED; id++)
		if (!strcmp(run.anon[id], anon))
			return anon_vma_by_id(run.m, id);
	return NULL;
}

const char *own(const char *task, uint64_t page)
{
	const struct vm_area_struct *vma = vma_at(task, page);
	assert_non_null(vma);
	return anon_name(vma->anon_vma);
}

static bool has_chains(void)
{
	return machine_era(run.m)->cache[CACHE_AVC].name != NULL;
}

const char *chain(const char *task, uint64_t page)
{
	struct text *t = new_text();
	struct vm_area_struct *vma = vma_at(task, page);
	assert_non_null(vma);
	add(t, "[");
	if (!has_chains() && vma->anon_vma)
		add(t, "%s", anon_name(vma->anon_vma));
	if (has_chains())
		list_for_each(p, &vma->anon_vma_chain) add(t, "%s%s",
			t->len > 1 ? "," : "",
			anon_name(
				container_of(p, struct anon_vma_chain, same_vma)
					->anon_vma));
	add(t, "]");
	return t->s;
}

static void add_vma(struct text *t, const struct vm_area_struct *vma)
{
	const struct task_struct *owner = mm_owner(run.m, vma->vm_mm);
	add(t, "%s%s%llu", t->len ? "," : "", owner ? owner->name : "?",
		(unsigned long long)page_of(vma->vm_start));
}

const char *members(const struct anon_vma *anon)
{
	struct text *t = new_text();
	if (!anon)
		return "gone";
	if (!has_chains())
		list_for_each(p, &anon->head) add_vma(t,
			container_of(p, struct vm_area_struct, anon_vma_node));
	if (has_chains())
		for (struct rb_node *n = rb_first(&anon->rb_root); n;
			n = rb_next(n))
			add_vma(t, container_of(n, struct anon_vma_chain, rb)
					   ->vma);
	return t->s;
}

const char *members_of(const char *anon)
{
	return members(anon_named(anon));
}

const char *where(const char *task, uint64_t page)
{
	struct text *t = new_text();
	const struct page *p = frame(task, page);
	if (!p || is_zero_page(p))
		return p ? "zero" : "none";
	add(t, "%s %lld", anon_name(page_anon_vma(p)),
		(long long)(p->index - BASE_PAGE));
	return t->s;
}

const char *pte_text(const char *task, uint64_t page)
{
	struct text *t = new_text();
	pteval_t pte = pte_at(task, page);
	if (pte_none(pte))
		return "";
	add(t, "%c%c%c", pte_write(run.m, pte) ? 'W' : '-',
		pte_dirty(run.m, pte) ? 'D' : '-',
		pte_young(run.m, pte) ? 'A' : '-');
	return t->s;
}

const char *family(void)
{
	struct text *t = new_text();
	bool counts = !strcmp(machine_era(run.m)->name, "6.18");
	for (uint32_t id = 1; id <= run.m->anon_vmas.last; id++) {
		const struct anon_vma *a = anon_vma_by_id(run.m, id);
		if (a && counts)
			add(t, "%s%s(%u/%u/%u)", t->len ? " " : "",
				anon_name(a), a->num_children,
				a->num_active_vmas, a->refcount);
		else if (a)
			add(t, "%s%s(%u/%u)", t->len ? " " : "", anon_name(a),
				a->degree, a->refcount);
	}
	return t->s;
}

const char *found(void)
{
	struct text *t = new_text();
	for (unsigned i = 0; i < run.res.nr_found && i < MAX_FOUND; i++) {
		const struct task_struct *task =
			task_find(run.m, run.found[i].pid);
		add(t, "%s%s%llu", t->len ? "," : "", task ? task->name : "?",
			(unsigned long long)page_of(run.found[i].addr));
	}
	return t->s;
}

uint64_t cost(enum cost_id id)
{
	return run.res.costs.n[id];
}

bool has_flag(const struct page *page, uint32_t flag)
{
	assert_non_null(page);
	return page->flags & flag;
}

static unsigned count_ids(const struct idmap *map)
{
	unsigned n = 0;
	for (uint32_t id = 1; id <= map->last; id++)
		n += map->slot[id] != NULL;
	return n;
}

unsigned count_avcs(void)
{
	return count_ids(&run.m->avcs);
}

unsigned count_anon_vmas(void)
{
	return count_ids(&run.m->anon_vmas);
}

unsigned count_frames(enum page_kind kind)
{
	unsigned n = 0;
	for (uint64_t pfn = 0; pfn < run.m->nr_frames; pfn++)
		n += run.m->mem_map[pfn].kind == kind;
	return n;
}

uint64_t free_frames(const struct machine *m)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < m->nr_zones; i++)
		n += m->zones[i].free_pages;
	return n;
}

value_t value_at(const char *task, uint64_t page)
{
	assert_int_equal(try_read(pid_of(task), addr_of(page)), 0);
	return run.res.value;
}

uint64_t pgoff(const char *task, uint64_t page)
{
	const struct vm_area_struct *vma = vma_at(task, page);
	assert_non_null(vma);
	return vma->vm_pgoff - BASE_PAGE;
}

void expect_walk(
	const struct page *page, bool full, unsigned visited, unsigned matched)
{
	assert_non_null(page);
	expect_num(try_rmap(page, full), 0);
	expect_num(cost(COST_VISITED), visited);
	expect_num(cost(COST_MATCHED), matched);
	expect_num(cost(COST_WASTED), visited - matched);
}

void expect_counts(unsigned anon_vmas, unsigned avcs)
{
	expect_num(count_anon_vmas(), anon_vmas);
	expect_num(count_avcs(), avcs);
}

void expect_mapcount(const char *task, uint64_t page, int mapcount)
{
	assert_non_null(frame(task, page));
	expect_num(page_mapcount(frame(task, page)), mapcount);
}
