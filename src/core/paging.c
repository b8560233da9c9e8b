/* The geometries, and reading page tables as the processor does. */
#include "core/paging.h"
#include "core/machine.h"
#include "core/mechanism.h"
#include "core/text.h"

#include <string.h>

#define BIT(n) (1ull << (n))
#define LOW_BITS                                                               \
	.present = BIT(0), .rw = BIT(1), .user = BIT(2), .accessed = BIT(5),   \
	.dirty = BIT(6), .global = BIT(8)
#define X86_64_BITS                                                            \
	LOW_BITS, .protnone = BIT(8), .special = BIT(9), .nx = BIT(63),        \
		  .pfn_mask = 0x000ffffffffff000ull

static const struct paging geometries[NR_ARCHS] = {
	[ARCH_I386] = {
		.arch = ARCH_I386,
		.name = "i386",
		.title = N_("i386, two levels"),
		.nr_levels = 2,
		.level = { { "pgd", 22, 10 }, { "pte", 12, 10 } },
		.entry_size = 4,
		.addr_bits = 32,
		.table_shift = 22,
		.task_size = 0xc0000000,
		.mmap_base = 0xb8000000,
		.start_brk = 0x0804a000,
		.text_base = 0x08048000,
		.stack_top = 0xc0000000,
		LOW_BITS,
		.protnone = BIT(7),
		.pfn_mask = 0xfffff000,
	},
	[ARCH_PAE] = {
		.arch = ARCH_PAE,
		.name = "pae",
		.title = N_("i386 with PAE, three levels"),
		.nr_levels = 3,
		.level = { { "pgd", 30, 2 }, { "pmd", 21, 9 },
			{ "pte", 12, 9 } },
		.entry_size = 8,
		.addr_bits = 32,
		.table_shift = 21,
		.task_size = 0xc0000000,
		.mmap_base = 0xb8000000,
		.start_brk = 0x0804a000,
		.text_base = 0x08048000,
		.stack_top = 0xc0000000,
		LOW_BITS,
		.protnone = BIT(7),
		.nx = BIT(63),
		.pfn_mask = 0x0000000ffffff000ull,
	},
	[ARCH_X86_64] = {
		.arch = ARCH_X86_64,
		.name = "x86_64",
		.title = N_("x86-64, four levels"),
		.nr_levels = 4,
		.level = { { "pgd", 39, 9 }, { "pud", 30, 9 },
			{ "pmd", 21, 9 }, { "pte", 12, 9 } },
		.entry_size = 8,
		.addr_bits = 48,
		.table_shift = 21,
		.task_size = 0x7ffffffff000,
		.mmap_base = 0x7ffff7fff000,
		.start_brk = 0x555555559000,
		.text_base = 0x555555554000,
		.stack_top = 0x7ffffffff000,
		X86_64_BITS,
	},
	[ARCH_LA57] = {
		.arch = ARCH_LA57,
		.name = "x86_64-la57",
		.title = N_("x86-64, five levels"),
		.nr_levels = 5,
		.level = { { "pgd", 48, 9 }, { "p4d", 39, 9 },
			{ "pud", 30, 9 }, { "pmd", 21, 9 },
			{ "pte", 12, 9 } },
		.entry_size = 8,
		.addr_bits = 57,
		.table_shift = 21,
		.task_size = 0xfffffffffff000,
		.mmap_base = 0x7ffff7fff000,
		.start_brk = 0x555555559000,
		.text_base = 0x555555554000,
		.stack_top = 0x7ffffffff000,
		X86_64_BITS,
	},
};

/* Leaf entries; bit 7 and 8 mean PROT_NONE only while P is clear. */
#define I386_BITS                                                              \
	{ BIT(0), 'P', "present", N_("present") },                             \
		{ BIT(1), 'W', "writable", N_("writable") },                   \
		{ BIT(2), 'U', "user", N_("user") },                           \
		{ BIT(3), 'w', "write_through", N_("write-through") },         \
		{ BIT(4), 'c', "cache_disabled", N_("cache disabled") },       \
		{ BIT(5), 'A', "accessed", N_("accessed") },                   \
		{ BIT(6), 'D', "dirty", N_("dirty") },                         \
		{ BIT(7), 'N', "protnone",                                     \
			N_("PROT_NONE, while not present") },                  \
	{                                                                      \
		BIT(8), 'G', "global", N_("global")                            \
	}

static const struct pte_bit i386_bits[] = {
	I386_BITS,
	{ 0, 0, NULL, NULL },
};

static const struct pte_bit pae_bits[] = {
	I386_BITS,
	{ BIT(63), 'X', "no_execute", N_("no execute") },
	{ 0, 0, NULL, NULL },
};

static const struct pte_bit x86_64_bits[] = {
	{ BIT(0), 'P', "present", N_("present") },
	{ BIT(1), 'W', "writable", N_("writable") },
	{ BIT(2), 'U', "user", N_("user") },
	{ BIT(3), 'w', "write_through", N_("write-through") },
	{ BIT(4), 'c', "cache_disabled", N_("cache disabled") },
	{ BIT(5), 'A', "accessed", N_("accessed") },
	{ BIT(6), 'D', "dirty", N_("dirty") },
	{ BIT(8), 'N', "protnone",
		N_("PROT_NONE while not present, else global") },
	{ BIT(9), 'S', "special", N_("special: no struct page behind it") },
	{ BIT(63), 'X', "no_execute", N_("no execute") },
	{ 0, 0, NULL, NULL },
};

const struct paging *paging_get(enum arch arch)
{
	return &geometries[arch];
}

const struct paging *paging_find(const char *name)
{
	for (int i = 0; i < NR_ARCHS; i++)
		if (!strcmp(geometries[i].name, name))
			return &geometries[i];
	return NULL;
}

const struct pte_bit *paging_bits(const struct paging *p)
{
	if (p->arch >= ARCH_X86_64)
		return x86_64_bits;
	return p->entry_size == 8 ? pae_bits : i386_bits;
}

static uint32_t entry_table(const struct paging *p, pteval_t entry)
{
	return (uint32_t)((entry & p->pfn_mask) >> PAGE_SHIFT);
}

void paging_walk(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, struct walk *w)
{
	const struct paging *p = machine_paging(m);
	uint32_t table = mm->pgd;

	*w = (struct walk){ .offset = (unsigned)(addr & (PAGE_SIZE - 1)) };
	for (unsigned i = 0; i < p->nr_levels; i++) {
		struct walk_level *l = &w->level[i];

		l->table = table;
		l->index = paging_index(p, i, addr);
		/* An address that the tables do not reach is no other one. */
		if (addr < p->task_size)
			l->entry = table_entry(m, table, l->index);
		l->present = l->entry & p->present;
		w->depth = i + 1;
		if (!l->present)
			return;
		table = entry_table(p, l->entry);
	}
	w->mapped = true;
	w->pfn = table;
}

pteval_t mm_pte(
	const struct machine *m, const struct mm_struct *mm, uint64_t addr)
{
	const struct paging *p = machine_paging(m);
	uint32_t table = mm->pgd;
	unsigned last = p->nr_levels - 1u;

	for (unsigned i = 0; i < last; i++) {
		pteval_t e = table_entry(m, table, paging_index(p, i, addr));

		if (!(e & p->present))
			return 0;
		table = entry_table(p, e);
	}
	return table_entry(m, table, paging_index(p, last, addr));
}

uint64_t pte_pfn_protnone(const struct machine *m, pteval_t pte)
{
	if (pte_protnone(m, pte) && ops_of(m)->pte_invert)
		pte = ~pte;
	return (pte & machine_paging(m)->pfn_mask) >> PAGE_SHIFT;
}

/* What mm_for_each_pte() carries from level to level. */
struct pte_scan {
	const struct machine *m;
	const struct mm_struct *mm;
	uint64_t start, end; /* of the range asked for */
	pte_fn *fn;
	void *ctx;
};

/* The part of [s->start, s->end) below the table that begins at @base. */
static int scan_table(
	const struct pte_scan *s, unsigned level, uint32_t table, uint64_t base)
{
	const struct paging *p = machine_paging(s->m);
	uint64_t span = 1ull << p->level[level].shift;
	unsigned n = 1u << p->level[level].bits;
	unsigned i = s->start > base ? (unsigned)((s->start - base) / span) : 0;
	const void *entries = s->m->mem_map[table].table;
	bool leaf = level + 1u == p->nr_levels;
	int stop = 0;

	for (; i < n && !stop; i++) {
		uint64_t addr = base + i * span;
		pteval_t e;

		if (addr >= s->end)
			break;
		e = entry_at(s->m, entries, i);
		if (leaf && e)
			stop = s->fn(s->m, s->mm, addr, e, s->ctx);
		else if (!leaf && (e & p->present))
			stop = scan_table(
				s, level + 1, entry_table(p, e), addr);
	}
	return stop;
}

int mm_for_each_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t start, uint64_t end, pte_fn *fn, void *ctx)
{
	struct pte_scan s = { m, mm, start & PAGE_MASK, end, fn, ctx };

	return scan_table(&s, 0, mm->pgd, 0);
}
