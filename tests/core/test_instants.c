/*
 * Every instant can be looked at: a viewer stops at any event and reads all
 * objects.  Here the sink does so at each event of a story; under a sanitizer
 * a pointer to what is gone is caught.
 */
#include "filerun.h"

#include "core/objects.h"

#include <stdio.h>

#define MANY 100000 /* more links than any list of these machines has */

static const char *const stories[] = {
	"map 10-20; touch 10-13; read 15; touch 15; map 20-24 rwx; touch 20; "
	"fork C; C: touch 10; touch 10; C: read 9 =SIGSEGV",
	"protect 11-12 r; protect 11-12 rw; move 10-14 40; move 40-44 10; "
	"unmap 11-12; map 11-12; touch 11; advise 10-14 dontneed; "
	"resize 14-18 16; brk 4; brk 2",
	"C: fork G; exit; C: exit; G: fork H; G: exit; H: touch 12; "
	"H: unmap 10-30; H: exit",
	"spawn Q; Q: map 10-20; Q: touch 10-16; Q: fork R; Q: out 10-16; "
	"R: read 11; R: touch 12; Q: read 11; Q: unmap 13-14; R: exit; "
	"swapoff; Q: exit",
	"file F 4; spawn A; A: map 10-14; A: touch 10-12; A: clone T; "
	"A: vfork V; V: exec F 1 2 1 hello; T: exec F 1 0 0; T: clone U; "
	"A: exec F 1 1 1; T: exit; A: wait T; U: exit; V: exit; A: exit",
};
#define NR_STORIES (sizeof(stories) / sizeof(*stories))

static const struct {
	const char *era, *arch;
} kinds[] = { { "2.4", "i386" }, { "2.4", "pae" }, { "2.6.0", "i386" },
	{ "2.6.0", "pae" }, { "2.6.11", "i386" }, { "2.6.11", "pae" },
	{ "4.0", "x86_64" },
	{ "6.18", "x86_64" }, { "6.18", "x86_64-la57" } };

static uint64_t looked; /* what the sink has read, so that it is read */

static void read_fields(
	const struct machine *m, enum ref_kind kind, uint32_t id)
{
	const struct object_desc *d = object_desc(kind);
	struct ref ref = ref_make(kind, id);
	const void *object = object_find(m, ref);
	if (!d || !object)
		return;
	for (const struct field *f = d->fields; f->name; f++)
		if (field_present(m, f))
			looked += f->get(m, object);
}

static void read_objects(const struct machine *m)
{
	for (uint32_t id = 1; id <= m->tasks.last; id++)
		read_fields(m, REF_TASK, id);
	for (uint32_t id = 1; id <= m->vmas.last; id++)
		read_fields(m, REF_VMA, id);
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++)
		read_fields(m, REF_ANON_VMA, id);
	for (uint32_t id = 1; id <= m->avcs.last; id++)
		read_fields(m, REF_AVC, id);
	for (uint32_t id = 0; id < m->nr_frames; id++)
		read_fields(m, REF_PAGE, id);
	for (uint32_t id = 1; id < m->swap_info.max; id++)
		read_fields(m, REF_SWAP, id);
	for (uint32_t id = 0; id < NR_CACHES; id++)
		read_fields(m, REF_CACHE, id);
}

static void follow_list(const struct list_head *head)
{
	unsigned n = 0;
	for (const struct list_head *p = head->next; p != head; p = p->next)
		assert_true(p && p->prev->next == p && n++ < MANY);
}

static void follow_anon_vma(const struct machine *m, uint32_t id)
{
	unsigned n = 0;
	const struct anon_vma *a = anon_vma_by_id(m, id);
	if (!a)
		return;
	follow_list(&a->head);
	for (struct rb_node *r = rb_first(&a->rb_root); r; r = rb_next(r)) {
		looked += container_of(r, struct anon_vma_chain, rb)->vma->id;
		assert_true(n++ < MANY);
	}
	looked += a->root->id + a->parent->id;
}

static int count_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	(void)mm;
	(void)ctx;
	(void)addr;
	if (pte_present(m, pte))
		looked += page_by_pfn(m, pte_pfn(m, pte))->kind;
	return 0;
}

static void follow_mm(const struct machine *m, const struct mm_struct *mm)
{
	unsigned n = 0;
	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next) {
		assert_true(v->vm_start <= v->vm_end && n++ < MANY);
		if (v->anon_vma)
			looked += v->anon_vma->id;
		follow_list(&v->anon_vma_chain);
	}
	if (mm->pgd)
		mm_for_each_pte(m, mm, 0, machine_paging(m)->task_size,
			count_pte, NULL);
}

static void look(struct tracer *t, const struct event *e)
{
	const struct machine *m = t->ctx;
	looked += object_exists(m, e->o) + object_exists(m, e->p);
	read_objects(m);
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++)
		follow_anon_vma(m, id);
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);
		if (task && task->mm)
			follow_mm(m, task->mm);
	}
	for (unsigned z = 0; z < m->nr_zones; z++)
		for (unsigned l = 0; l < NR_LRU_LISTS; l++)
			follow_list(&m->zones[z].lru[l]);
}

static void every_instant_can_be_looked_at(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		begin_swapping(kinds[k].era, kinds[k].arch, 1 << 20);
		struct tracer t = { .sink = look, .ctx = run.m };
		for (size_t s = 0; s < NR_STORIES; s++) {
			trace_attach(run.m, &t);
			script(stories[s]);
			trace_attach(run.m, NULL);
		}
		finish_files();
	}
	assert_true(looked > 0);
}

/* The object that an event is about exists when it is told. */
static void told_objects(struct tracer *t, const struct event *e)
{
	const struct machine *m = t->ctx;
	bool gone = e->kind == EVENT_FREE || e->o.kind == REF_NONE ||
		    e->o.kind == REF_ADDR || e->o.kind == REF_PTE ||
		    e->id == EV_NO_VMA || e->id == EV_RETURN;
	if (!gone && !object_exists(m, e->o))
		fail_msg("%s tells of kind %u id %u, which does not exist",
			event_id_name((enum event_id)e->id), e->o.kind,
			e->o.id);
}

static void events_tell_of_what_exists(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		begin_swapping(kinds[k].era, kinds[k].arch, 0);
		struct tracer t = { .sink = told_objects, .ctx = run.m };
		for (size_t s = 0; s < NR_STORIES; s++) {
			trace_attach(run.m, &t);
			script(stories[s]);
			trace_attach(run.m, NULL);
		}
		finish_files();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_instant_can_be_looked_at),
		cmocka_unit_test(events_tell_of_what_exists),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
