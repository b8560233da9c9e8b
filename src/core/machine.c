/* A machine's making, its objects by number, its interned strings. */
#include "core/machine.h"
#include "core/idmap.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/slab.h"
#include "core/swap.h"

#include <errno.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)
#define DEFAULT_RAM (16 * MIB)
#define MAX_RAM (65536 * MIB)
#define MAX_SWAP (65536 * MIB)
#define MIN_RAM (256 * (MIB >> 10))
#define NAMES_ROOM (1024 * MIB)

/* Bytes of address space that any state of such a machine fits into: each
 * frame with its struct page and, at worst, a table or a slab of objects; and
 * NAMES_ROOM for what is never given back, see machine_has_room(). */
static size_t arena_bound(uint64_t frames)
{
	return (size_t)(frames * (sizeof(struct page) + 4 * PAGE_SIZE)) +
		(size_t)NAMES_ROOM;
}

/* A table that doubles leaves behind what it outgrew: at most as much again as
 * it has now, and four times that once it has doubled again. */
bool machine_has_room(const struct machine *m)
{
	const struct strings *s = &m->strings;
	uint64_t slots = (uint64_t)m->tasks.room + m->vmas.room +
		m->anon_vmas.room + m->avcs.room + m->pte_chains.room +
		m->inodes.room + m->rmap_items.room + m->stable_nodes.room +
		m->maple_nodes.room;
	uint64_t bytes = slots * sizeof *m->vmas.slot + s->room +
		(uint64_t)s->hash_room * sizeof *s->hash;

	return 4 * bytes + m->tree_bytes + m->tasks.last * 2 * sizeof(struct task_struct) <
		NAMES_ROOM - 64 * MIB;
}

static uint64_t configured_frames(const struct machine_config *config)
{
	uint64_t frames = 0;

	for (int i = 0; i < NR_ZONES_MAX; i++)
		frames += config->zone_pages[i];
	if (frames)
		return frames;
	return (config->ram ? config->ram : DEFAULT_RAM) >> PAGE_SHIFT;
}

/* A pte_chain node is a cache line of 16 to 128 bytes. */
static bool nrpte_ok(unsigned nrpte)
{
	return nrpte == 3 || nrpte == 7 || nrpte == 15 || nrpte == 31;
}

struct machine *machine_new(const struct machine_config *config)
{
	const struct era *era = config->era ? config->era : era_find("4.0");
	const struct paging *paging = config->paging
		? config->paging
		: paging_get(era->default_arch);
	struct tunables tune = config->tune.set ? config->tune
						: tunables_default(era);
	uint64_t frames = configured_frames(config);
	struct arena *a;
	struct machine *m;

	if (!era_allows(era, paging) || frames < MIN_RAM >> PAGE_SHIFT ||
		frames > MAX_RAM >> PAGE_SHIFT || config->swap > MAX_SWAP ||
		frames - 1 > paging->pfn_mask >> PAGE_SHIFT ||
		!nrpte_ok(tune.nrpte)) {
		errno = EINVAL;
		return NULL;
	}
	a = arena_new(arena_bound(frames) +
		(size_t)swap_arena_bytes(config->swap));
	if (!a)
		return NULL;
	a->era = era;
	a->ops = era->ops;
	a->paging = paging;
	m = arena_machine(a);
	m->nr_frames = frames;
	m->ram = frames << PAGE_SHIFT;
	m->swap = config->swap;
	m->tune = tune;
	if (!m->tune.max_map_count)
		m->tune.max_map_count = era->ops->max_map_count;
	list_init(&m->mmlist);
	list_init(&m->ksm.mm_head);
	m->mem_map = arena_alloc(m, frames * sizeof *m->mem_map);
	memory_init(m, config);
	slab_init(m);
	swap_init(m);
	m->op_costs = (struct costs){ { 0 } };
	return m;
}

struct tunables tunables_default(const struct era *era)
{
	return (struct tunables){
		.set = true,
		.overcommit_ratio = 50,
		.max_map_count = era->ops->max_map_count,
		.cpus = 1,
		.swappiness = 60,
		.nrpte = 7,
		.fault_around = 16,
		.swap_cluster = 32,
	};
}

void machine_delete(struct machine *m)
{
	if (m)
		arena_delete(arena_of(m));
}

/* -- numbers ------------------------------------------------------------ */

uint32_t idmap_next(const struct idmap *map)
{
	return map->last + 1;
}

void idmap_add(struct machine *m, struct idmap *map, void *object)
{
	if (map->last + 1 >= map->room) {
		uint32_t room = map->room ? map->room * 2 : 16;
		void **slot = arena_alloc(m, room * sizeof *slot);

		if (map->slot) {
			memcpy(slot, map->slot, map->room * sizeof *slot);
			arena_free(m, map->slot, map->room * sizeof *slot);
		}
		map->slot = slot;
		map->room = room;
	}
	map->slot[++map->last] = object;
}

void idmap_remove(struct idmap *map, uint32_t id)
{
	map->slot[id] = NULL;
}

void *idmap_find(const struct idmap *map, uint32_t id)
{
	return id && id <= map->last ? map->slot[id] : NULL;
}

struct task_struct *task_find(const struct machine *m, uint32_t pid)
{
	return idmap_find(&m->tasks, pid);
}

struct vm_area_struct *vma_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->vmas, id);
}

struct anon_vma *anon_vma_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->anon_vmas, id);
}

struct anon_vma_chain *avc_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->avcs, id);
}

struct inode *inode_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->inodes, id);
}

struct maple_node *maple_node_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->maple_nodes, id);
}

struct pte_chain *pte_chain_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->pte_chains, id);
}

struct rmap_item *rmap_item_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->rmap_items, id);
}

struct stable_node *stable_node_by_id(const struct machine *m, uint32_t id)
{
	return idmap_find(&m->stable_nodes, id);
}

const char *inode_name(const struct machine *m, uint32_t id)
{
	const struct inode *inode = inode_by_id(m, id);

	return inode ? string_text(m, inode->name) : "";
}

struct page *page_by_pfn(const struct machine *m, uint64_t pfn)
{
	return pfn < m->nr_frames ? &m->mem_map[pfn] : NULL;
}

/* @av if it has a number still; the youngest are looked at first. */
static struct anon_vma *alive(const struct machine *m, struct anon_vma *av)
{
	for (uint32_t id = m->anon_vmas.last; av && id; id--)
		if (m->anon_vmas.slot[id] == av)
			return av;
	return NULL;
}

struct anon_vma *page_anon_vma_alive(const struct machine *m,
	const struct page *page)
{
	struct anon_vma *av = page_anon_vma(page);

	return page_mapcount(page) > 0 ? av : alive(m, av);
}

/* A VMA that is in its mm's list is linked to its anon_vma, too. */
struct anon_vma *vma_anon_vma_alive(const struct machine *m,
	const struct vm_area_struct *vma)
{
	bool listed = vma->vm_prev || (vma->vm_mm && vma->vm_mm->mmap == vma);

	return listed ? vma->anon_vma : alive(m, vma->anon_vma);
}

const struct task_struct *mm_owner(const struct machine *m,
	const struct mm_struct *mm)
{
	return task_find(m, mm->id & ~MM_EXEC);
}

const struct mm_struct *mm_by_id(const struct machine *m, uint32_t id)
{
	const struct task_struct *task = task_find(m, id & ~MM_EXEC);

	if (!task)
		return NULL;
	return id & MM_EXEC ? task->exec_mm : task->mm;
}

/* -- who maps a frame, by definition ------------------------------------ */

struct mapper_search {
	uint64_t pfn;                   /* the frame looked for */
	const struct task_struct *task; /* whose tables are walked */
	mapper_fn *fn;
	void *ctx;
};

static int see_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	const struct mapper_search *s = ctx;

	if (pte_present(m, pte) && pte_pfn(m, pte) == s->pfn)
		s->fn(s->ctx, s->task, vma_lookup(mm, addr), addr, pte);
	return 0;
}

static void see_mm(const struct machine *m, const struct mm_struct *mm,
	struct mapper_search *s)
{
	mm_for_each_pte(m, mm, 0, machine_paging(m)->task_size, see_pte, s);
}

void page_mappers(const struct machine *m, uint64_t pfn, mapper_fn *fn,
	void *ctx)
{
	struct mapper_search s = { pfn, NULL, fn, ctx };

	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		s.task = task_find(m, pid);
		if (s.task && s.task->mm && s.task->mm->id == pid)
			see_mm(m, s.task->mm, &s);
		if (s.task && s.task->exec_mm)
			see_mm(m, s.task->exec_mm, &s);
	}
}

/* -- interned strings --------------------------------------------------- */

/*
 * text[] holds every string once, each ended by 0, the empty one at 0; hash[]
 * finds it: open addressing, a slot holds offset + 1, 0 is free.
 */
static uint32_t hash_text(const char *text)
{
	uint32_t h = 2166136261u;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 16777619u;
	return h;
}

static uint32_t *string_slot(const struct strings *s, const char *text)
{
	uint32_t i = hash_text(text) & (s->hash_room - 1);

	while (s->hash[i] && strcmp(s->text + s->hash[i] - 1, text) != 0)
		i = (i + 1) & (s->hash_room - 1);
	return &s->hash[i];
}

static void grow_hash(struct machine *m, struct strings *s)
{
	struct strings old = *s;

	s->hash_room = old.hash_room ? old.hash_room * 2 : 32;
	s->hash = arena_alloc(m, s->hash_room * sizeof *s->hash);
	for (uint32_t i = 0; i < old.hash_room; i++)
		if (old.hash[i])
			*string_slot(s, s->text + old.hash[i] - 1) =
				old.hash[i];
	arena_free(m, old.hash, old.hash_room * sizeof *old.hash);
}

static void grow_text(struct machine *m, struct strings *s, size_t len)
{
	uint32_t room = s->room ? s->room * 2 : 512;
	char *text;

	if (s->used + len <= s->room)
		return;
	text = arena_alloc(m, room);
	if (s->text)
		memcpy(text, s->text, s->used);
	else
		s->used = 1;
	arena_free(m, s->text, s->room);
	s->text = text;
	s->room = room;
}

uint32_t string_intern(struct machine *m, const char *text)
{
	struct strings *s = &m->strings;
	size_t len = strlen(text) + 1;
	uint32_t *slot;

	if (len == 1)
		return 0;
	grow_text(m, s, len);
	if (s->count * 2 >= s->hash_room)
		grow_hash(m, s);
	slot = string_slot(s, text);
	if (!*slot) {
		memcpy(s->text + s->used, text, len);
		*slot = s->used + 1;
		s->used += (uint32_t)len;
		s->count++;
	}
	return *slot - 1;
}

const char *string_text(const struct machine *m, uint32_t id)
{
	return id && id < m->strings.used ? m->strings.text + id : "";
}
