/* A file and VMAs that map it, and the model beside. */
#include "maps.h"

#include "core/mechanism.h"
#include "core/vma.h"

#include <stdio.h>
#include <string.h>

struct maps maps;

const char *const form_era[NR_FORMS] = { "2.4", "2.6.0", "2.6.11", "4.0",
	"6.18" };

static const struct {
	const struct i_mmap_ops *ops;
	const char *era; /* whose row is borrowed for all else */
	uint64_t counts;
} forms[NR_FORMS] = {
	{ &i_mmap_share_ops, "2.6.11", 0 },
	{ &i_mmap_list_ops, "2.6.11", 0 },
	{ &i_mmap_prio_ops, "2.6.11", VM_SHARED },
	{ &i_mmap_tree_ops, "4.0", VM_SHARED },
	{ &i_mmap_cached_ops, "6.18", VM_SHARED | VM_MAYWRITE },
};

static struct era row;
static struct era_ops row_ops;

int maps_teardown(void **state)
{
	(void)state;
	machine_delete(maps.m);
	memset(&maps, 0, sizeof(maps));
	return 0;
}

static void make(const struct era *era)
{
	struct machine_config config = { .ram = 4 << 20, .era = era };
	maps_teardown(NULL);
	maps.m = machine_new(&config);
	assert_non_null(maps.m);
	maps.form = era->ops->i_mmap;
	maps.file = arena_alloc(maps.m, sizeof(*maps.file));
	maps.file->id = 1;
	i_mmap_init(maps.m, maps.file);
}

void maps_begin(unsigned i)
{
	row = *era_find(forms[i].era);
	row_ops = *row.ops;
	row_ops.i_mmap = forms[i].ops;
	row_ops.counts_writable = forms[i].counts;
	row.ops = &row_ops;
	make(&row);
}

void maps_begin_era(const char *era)
{
	make(era_find(era));
}

/* ---- the model's order ---- */

static unsigned place_of(const struct vm_area_struct *vma)
{
	for (unsigned i = 0; i < maps.nr; i++)
		if (maps.vma[i] == vma)
			return i;
	fail_msg("no such VMA");
	return 0;
}

static void model_add(unsigned at, struct vm_area_struct *vma)
{
	assert_true(maps.nr < MAPS_MAX);
	memmove(&maps.vma[at + 1], &maps.vma[at],
		(maps.nr - at) * sizeof(vma));
	maps.vma[at] = vma;
	maps.nr++;
}

static void model_del(unsigned at)
{
	maps.nr--;
	memmove(&maps.vma[at], &maps.vma[at + 1],
		(maps.nr - at) * sizeof(maps.vma[0]));
}

/* Where a new mapping goes: at the head, at the end, in order of first page
 * behind its equals. */
static unsigned new_place(const struct vm_area_struct *vma)
{
	unsigned at = 0;
	if (maps.form == &i_mmap_share_ops)
		return 0;
	if (maps.form->form != I_MMAP_TREE)
		return maps.nr;
	while (at < maps.nr && maps.vma[at]->vm_pgoff <= vma->vm_pgoff)
		at++;
	return at;
}

static bool same_pages(const struct vm_area_struct *a,
	const struct vm_area_struct *b)
{
	return a->vm_pgoff == b->vm_pgoff && vma_pages(a) == vma_pages(b);
}

/* A child's: behind or before the parent; in a prio tree behind all of the
 * set if the parent is the tree node, the first of them. */
static unsigned fork_place(const struct vm_area_struct *parent)
{
	unsigned at = place_of(parent), end = at + 1;
	if (maps.form == &i_mmap_list_ops)
		return at;
	if (maps.form->form != I_MMAP_PRIO)
		return at + 1;
	for (unsigned i = 0; i < maps.nr; i++) {
		if (!same_pages(maps.vma[i], parent))
			continue;
		if (i < at)
			return at + 1;
		end = i + 1;
	}
	return end;
}

/* ---- VMAs ---- */

static struct vm_area_struct *make_vma(const char *name, uint64_t first,
	uint64_t last, uint64_t flags)
{
	struct vm_area_struct *vma = vma_alloc(maps.m);
	assert_non_null(vma);
	vma->name = string_intern(maps.m, name);
	vma->vm_start = 0x10000000;
	vma->vm_end = vma->vm_start + (last - first + 1) * PAGE_SIZE;
	vma->vm_pgoff = first;
	vma->vm_flags = VM_READ | flags;
	return vma;
}

struct vm_area_struct *maps_put(const char *name, uint64_t first, uint64_t last,
	uint64_t flags)
{
	struct vm_area_struct *vma = make_vma(name, first, last, flags);
	i_mmap_insert(maps.m, maps.file, vma);
	model_add(new_place(vma), vma);
	return vma;
}

struct vm_area_struct *maps_fork(const char *name,
	struct vm_area_struct *parent)
{
	struct vm_area_struct *vma = make_vma(name, vma_first_index(parent),
		vma_last_index(parent), parent->vm_flags);
	i_mmap_insert_after(maps.m, maps.file, vma, parent);
	model_add(fork_place(parent), vma);
	return vma;
}

void maps_drop(struct vm_area_struct *vma)
{
	model_del(place_of(vma));
	i_mmap_remove(maps.m, maps.file, vma);
	vma_free(maps.m, vma);
}

void maps_change(struct vm_area_struct *vma, uint64_t first, uint64_t last)
{
	if (maps.form->by_range)
		model_del(place_of(vma));
	i_mmap_range_pre(maps.m, maps.file, vma);
	vma->vm_end = vma->vm_start + (last - first + 1) * PAGE_SIZE;
	vma->vm_pgoff = first;
	i_mmap_range_post(maps.m, maps.file, vma);
	if (maps.form->by_range)
		model_add(new_place(vma), vma);
}

struct vm_area_struct *maps_find(const char *name)
{
	for (unsigned i = 0; i < maps.nr; i++)
		if (!strcmp(string_text(maps.m, maps.vma[i]->name), name))
			return maps.vma[i];
	fail_msg("no VMA %s", name);
	return NULL;
}

/* ---- as text ---- */

static void add(char *text, size_t size, const char *word)
{
	size_t len = strlen(text);
	snprintf(text + len, size - len, "%s", word);
}

static bool note_hit(struct machine *m, struct vm_area_struct *vma, void *ctx)
{
	char *text = ctx;
	add(text, 4096, text[0] ? " " : "");
	add(text, 4096, string_text(m, vma->name));
	assert_true(maps.nr_hits < MAPS_MAX);
	maps.hits[maps.nr_hits++] = vma->id;
	return true;
}

const char *maps_query(uint64_t first, uint64_t last)
{
	static char text[4096];
	text[0] = 0;
	maps.nr_hits = 0;
	i_mmap_lock_read(maps.m, maps.file);
	assert_true(i_mmap_walk(maps.m, maps.file, first, last, note_hit,
		text));
	i_mmap_unlock_read(maps.m, maps.file);
	return text;
}

static bool note_node(void *ctx, const struct i_mmap_node *node)
{
	char *text = ctx, word[32];
	const char *name = string_text(maps.m, node->vma->name);
	if (maps.form->form < I_MMAP_PRIO)
		snprintf(word, sizeof(word), "%s%s",
			node->set     ? "+"
			: node->shared ? " | "
				       : "",
			name);
	else if (node->set)
		snprintf(word, sizeof(word), "+%s", name);
	else if (node->side == I_MMAP_ROOT)
		snprintf(word, sizeof(word), "%s", name);
	else
		snprintf(word, sizeof(word), " %u%c%s", node->depth,
			node->side == I_MMAP_LEFT ? 'L' : 'R', name);
	add(text, 4096, word);
	return true;
}

const char *maps_shape(void)
{
	static char text[4096];
	text[0] = 0;
	i_mmap_look(maps.m, maps.file, note_node, text);
	return text;
}

const char *maps_broken(void)
{
	struct check_failure f = { 0 };
	struct checker c = { .m = maps.m, .f = &f };
	return check_i_mmap(&c, maps.file) ? "" : f.rule;
}
