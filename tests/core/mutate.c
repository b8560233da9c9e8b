/*
 * One machine for each mutation: a family of two tasks with a copied page, a
 * shared one, two anon_vmas and an untouched VMA.
 */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

static const char setup[] =
	"map 10-14; touch 10-13; fork C; C: touch 10; map 20-24 rwx; touch 20; "
	"map 30-34";

struct vm_area_struct *vma(const char *task, uint64_t page)
{
	struct vm_area_struct *v = vma_at(task, page);
	assert_non_null(v);
	return v;
}

struct anon_vma_chain *first_avc(const char *task, uint64_t page)
{
	struct list_head *head = &vma(task, page)->anon_vma_chain;
	assert_false(list_empty(head));
	return container_of(head->next, struct anon_vma_chain, same_vma);
}

void poke(const char *task, uint64_t page, pteval_t set, pteval_t clear)
{
	struct walk w;
	const struct paging *p = machine_paging(run.m);
	paging_walk(run.m, mm_of(task), addr_of(page), &w);
	assert_int_equal(w.depth, p->nr_levels);
	const struct walk_level *l = &w.level[w.depth - 1];
	char *at = (char *)page_by_pfn(run.m, l->table)->table +
		   (size_t)l->index * p->entry_size;
	pteval_t value = (l->entry & ~clear) | set;
	memcpy(at, &value, p->entry_size);
}

uint64_t all_bits(void)
{
	return ~(uint64_t)0;
}

static bool is_among(const char *rule, const char *rules)
{
	char text[64];
	snprintf(text, sizeof(text), " %s ", rule);
	return strstr(rules, text) != NULL;
}

static void set_up_family(const char *era)
{
	begin(era);
	script(setup);
}

/* @return the number of mutations missed or misnamed. */
static unsigned run_mutation(void (*set_up)(const char *era),
	const struct mutation *mu, const char *era)
{
	struct check_failure f = { "nothing", NO_REF, 0, 0 };
	set_up(era);
	assert_true(machine_check(run.m, &f));
	mu->apply();
	f.rule = "nothing";
	if (!machine_check(run.m, &f) && is_among(f.rule, mu->rules))
		return 0;
	fprintf(stderr, "%s in %s: reported as %s, not%s\n", mu->name, era,
		f.rule, mu->rules);
	return 1;
}

void run_mutations(
	const struct mutation *list, size_t n, const char *era, unsigned bit)
{
	unsigned missed = 0;
	for (size_t i = 0; i < n; i++)
		if (list[i].eras & bit)
			missed += run_mutation(set_up_family, &list[i], era);
	expect_num(missed, 0);
}

void run_mutations_after(void (*set_up)(const char *era),
	const struct mutation *list, size_t n)
{
	static const struct {
		const char *era;
		unsigned bit;
	} eras[] = { { "2.4", K24 }, { "2.6.0", K260 }, { "2.6.11", LIST },
		{ "4.0", K40 }, { "6.18", K618 } };
	unsigned missed = 0;

	for (size_t e = 0; e < 5; e++)
		for (size_t i = 0; i < n; i++)
			if (list[i].eras & eras[e].bit)
				missed += run_mutation(
					set_up, &list[i], eras[e].era);
	expect_num(missed, 0);
}
