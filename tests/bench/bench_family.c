/*
 * The lecture's own question: one parent and its children, 1000 pages each.  How
 * do the costs of each generation grow with the number of children?
 *
 *   shared   nobody has written since the forks: 1000 frames
 *   copied   everybody has written all of them: 1000 frames each
 *
 * The reverse map of every frame is walked, as reclaim does it (it stops when
 * it has found all) and to the end.  2.4 has none: one walk looks at every slot
 * of every address space, and one is enough.  The counts must be those of the
 * model; growth is told from the last two sizes.  Events are off.
 *
 *   bench_family [CHILDREN]   the largest family, default 1000
 */
#include "core/ops.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGES 1000u
#define MIB ((uint64_t)1 << 20)
#define NR_SIZES 4
#define NODE_BYTES 32 /* 2.6.0's pte_chain with 7 slots */

/* -- the model ------------------------------------------------------------ */

typedef uint64_t formula(uint64_t n);

static uint64_t none(uint64_t n)
{
	(void)n;
	return 0;
}

static uint64_t each_once(uint64_t n)
{
	return PAGES * (n + 1);
}

static uint64_t list_early(uint64_t n)
{
	return PAGES * (n + 1) * (n + 2) / 2;
}

static uint64_t list_full(uint64_t n)
{
	return PAGES * (n + 1) * (n + 1);
}

static uint64_t tree_full(uint64_t n)
{
	return PAGES * (2 * n + 1);
}

/* Nodes of all pages' chains. */
static uint64_t chain_shared_nodes(uint64_t n)
{
	return n ? PAGES * ((n + 1 + 6) / 7) : 0;
}

static uint64_t chain_shared_bytes(uint64_t n)
{
	return NODE_BYTES * chain_shared_nodes(n);
}

/* A chain of one PTE stays a chain until page_referenced() looks at it. */
static uint64_t chain_copied_nodes(uint64_t n)
{
	return n ? PAGES : 0;
}

static uint64_t chain_copied_bytes(uint64_t n)
{
	return NODE_BYTES * chain_copied_nodes(n);
}

static uint64_t list_bytes(uint64_t n)
{
	return 12 * (n + 1) + 12;
}

static uint64_t tree_bytes_4_0(uint64_t n)
{
	return 64 * (2 * n + 1) + 80 * (n + 1);
}

static uint64_t tree_bytes_6_18(uint64_t n)
{
	return 64 * (2 * n + 1) + 104 * (n + 1);
}

static const struct model {
	const char *era;
	const char *visited;   /* what a walk looks at */
	bool circle;	       /* a walk looks at all there is */
	unsigned vma_bytes;    /* in a VMA that is linked */
	formula *early, *full; /* visits, copied */
	formula *shared_bytes, *copied_bytes;
	formula *shared_nodes; /* of chains, passed by the walks */
	formula *copied_nodes; /* by the first pass of them */
} models[] = {
	{ "2.4", "slots", true, 0, each_once, each_once, none, none,
		none, none },
	{ "2.6.0", "PTEs", false, 0, each_once, each_once, chain_shared_bytes,
		chain_copied_bytes, chain_shared_nodes, chain_copied_nodes },
	{ "2.6.11", "VMAs", false, 12, list_early, list_full, list_bytes,
		list_bytes, none, none },
	{ "4.0", "VMAs", false, 0, each_once, tree_full, tree_bytes_4_0,
		tree_bytes_4_0, none, none },
	{ "6.18", "VMAs", false, 0, each_once, tree_full, tree_bytes_6_18,
		tree_bytes_6_18, none, none },
};
#define NR_MODELS (sizeof(models) / sizeof(models[0]))

static const struct model *model_of(const struct era *era)
{
	for (size_t i = 0; i < NR_MODELS; i++)
		if (!strcmp(models[i].era, era->name))
			return &models[i];
	fprintf(stderr, "bench_family: no model of %s\n", era->name);
	exit(1);
}

/* -- a family ------------------------------------------------------------- */

/* What was measured of one family; also the rows of the growth table. */
enum { FORK, SHARED_VISITS, SHARED_NODES, SHARED_BYTES, COPIED_EARLY, COPIED_NODES, COPIED_FULL,
	COPIED_BYTES, NR_MEASURES };

struct family {
	const struct model *model;
	uint64_t children;
	uint64_t n[NR_MEASURES];
	double fork_us, built, early, full; /* microseconds, seconds */
	double mib;
};

/* The processor's time for this program: others that run do not count. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const struct op_result *run(struct machine *m, const struct op *op)
{
	static struct op_result res;

	if (!machine_run(m, op, &res))
		return &res;
	fprintf(stderr, "bench_family: %s: %s: %s\n", machine_era(m)->name,
		op_desc(op->id)->name, status_name(res.status));
	exit(1);
}

static void write_all(struct machine *m, uint32_t pid, uint64_t at)
{
	struct op op = {
		.id = OP_WRITE, .subject = pid, .given = 3, .arg = { at, pid }
	};

	for (unsigned i = 0; i < PAGES; i++, op.arg[0] += PAGE_SIZE)
		run(m, &op);
}

/* Frames for @children with their tables, mem_map, and so many to spare that
 * nothing is reclaimed; 4 GiB, all that i386 has, hold the largest family. */
static uint64_t ram_of(const struct era *era, uint64_t children)
{
	uint64_t frames = (children + 1) * (PAGES + 6) + 65536;
	uint64_t ram = (frames + frames * era->page_struct_size / PAGE_SIZE) *
		PAGE_SIZE;

	return ram < 4096 * MIB ? ram : 4096 * MIB;
}

/* A parent that has written its pages; they begin at *@at. */
static struct machine *parent(const struct era *era, uint64_t children,
	uint64_t *at)
{
	struct machine *m = machine_new(&(struct machine_config){
		.era = era, .ram = ram_of(era, children) });

	if (!m) {
		perror("bench_family: machine_new");
		exit(1);
	}
	run(m, &(struct op){ .id = OP_SPAWN, .text = "parent" });
	*at = run(m, &(struct op){ .id = OP_MMAP,
			     .subject = 1,
			     .given = 1,
			     .arg = { PAGES * PAGE_SIZE } })
		      ->value;
	write_all(m, 1, *at);
	return m;
}

/* Entries, VMAs and links that the fork went through; how long it took. */
static uint32_t fork_of(struct machine *m, struct family *f)
{
	double start = now();
	const struct op_result *res =
		run(m, &(struct op){ .id = OP_FORK, .subject = 1 });

	f->fork_us = (now() - start) * 1e6;
	f->n[FORK] = res->costs.n[COST_PTES] + res->costs.n[COST_VMAS] +
		res->costs.n[COST_LIST_NODES] + res->costs.n[COST_CHAIN_NODES];
	return (uint32_t)res->value;
}

/* Walk from every anonymous frame, once if a walk looks at all; the visits, and
 * in *@nodes the nodes of chains. */
static uint64_t walk_all(struct machine *m, const struct model *model,
	bool full, uint64_t *nodes)
{
	struct op op = { .id = OP_RMAP, .given = 1, .arg = { full } };
	uint64_t visited = 0;

	*nodes = 0;
	for (uint32_t pfn = 0; pfn < m->nr_frames; pfn++) {
		const struct costs *costs;

		if (m->mem_map[pfn].kind != PAGE_ANON)
			continue;
		op.subject = pfn;
		costs = &run(m, &op)->costs;
		visited += costs->n[COST_VISITED];
		*nodes += costs->n[COST_CHAIN_NODES];
		if (model->circle)
			break;
	}
	return visited;
}

/* Bytes that the kernel spends on finding PTEs from pages; 2.6.0's spare node
 * is in no chain. */
static uint64_t rmap_bytes(const struct machine *m, const struct model *model)
{
	static const char *const names[] = { "anon_vma", "anon_vma_chain",
		"pte_chain" };
	uint64_t bytes = 0;

	for (int c = 0; c < NR_CACHES; c++)
		for (int i = 0; i < 3; i++)
			if (m->caches[c].name &&
				!strcmp(m->caches[c].name, names[i]))
				bytes += m->caches[c].nr_objects *
					m->caches[c].object_size;
	if (m->local_pte_chain)
		bytes -= NODE_BYTES;
	for (uint32_t id = 1; model->vma_bytes && id <= m->vmas.last; id++) {
		const struct vm_area_struct *vma = vma_by_id(m, id);

		if (vma && vma->anon_vma)
			bytes += model->vma_bytes;
	}
	return bytes;
}

static void measure_shared(const struct era *era, struct family *f)
{
	uint64_t at;
	struct machine *m = parent(era, f->children / 50 + 1, &at);

	for (uint64_t i = 0; i < f->children; i++)
		fork_of(m, f);
	f->n[SHARED_BYTES] = rmap_bytes(m, f->model);
	f->n[SHARED_VISITS] = walk_all(
		m, f->model, true, &f->n[SHARED_NODES]);
	machine_delete(m);
}

static void measure_copied(const struct era *era, struct family *f)
{
	double start = now(), built, early;
	uint64_t at, nodes;
	struct machine *m = parent(era, f->children, &at);

	for (uint64_t i = 0; i < f->children; i++)
		write_all(m, fork_of(m, f), at);
	built = now();
	f->built = built - start;
	f->mib = (double)arena_used(m) / MIB;
	f->n[COPIED_BYTES] = rmap_bytes(m, f->model);
	built = now();
	f->n[COPIED_EARLY] = walk_all(
		m, f->model, false, &f->n[COPIED_NODES]);
	early = now();
	f->early = early - built;
	f->n[COPIED_FULL] = walk_all(m, f->model, true, &nodes);
	f->full = now() - early;
	machine_delete(m);
}

/* -- the tables ----------------------------------------------------------- */

static void print_family(const struct era *era, const struct family *f)
{
	printf("%-7s %5llu %6.2f %5.0f %6.1f %10llu %9llu %9llu %11llu %5.2f "
	       "%11llu %5.2f\n",
		era->name, (unsigned long long)f->children, f->built, f->mib,
		f->fork_us, (unsigned long long)f->n[SHARED_VISITS],
		(unsigned long long)f->n[SHARED_BYTES],
		(unsigned long long)f->n[COPIED_BYTES],
		(unsigned long long)f->n[COPIED_EARLY], f->early,
		(unsigned long long)f->n[COPIED_FULL], f->full);
}

/* Is every count the model's? */
static bool as_modelled(const struct family *f)
{
	const struct model *model = f->model;
	uint64_t n = f->children;
	const struct {
		int measure;
		uint64_t want;
	} wants[] = { { SHARED_VISITS, each_once(n) },
		{ SHARED_BYTES, model->shared_bytes(n) },
		{ SHARED_NODES, model->shared_nodes(n) },
		{ COPIED_NODES, model->copied_nodes(n) },
		{ COPIED_EARLY, model->early(n) },
		{ COPIED_FULL, model->full(n) },
		{ COPIED_BYTES, model->copied_bytes(n) } };
	bool right = true;

	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		if (f->n[wants[i].measure] != wants[i].want) {
			printf("   not the model's: %llu, which says %llu\n",
				(unsigned long long)f->n[wants[i].measure],
				(unsigned long long)wants[i].want);
			right = false;
		}
	return right;
}

/* How it grows when the family grows tenfold. */
static const char *growth(uint64_t before, uint64_t after)
{
	double power = before ? log10((double)after / (double)before) : 0;

	if (power < 0.25)
		return "flat";
	if (power > 0.75 && power < 1.25)
		return "linear";
	return power > 1.75 && power < 2.25 ? "quadratic" : "?";
}

static const char *const measure_name[NR_MEASURES] = {
	[FORK] = "a fork's entries and links",
	[SHARED_VISITS] = "shared: visits",
	[SHARED_NODES] = "shared: nodes of chains",
	[SHARED_BYTES] = "shared: bytes",
	[COPIED_EARLY] = "copied: visits, early stop",
	[COPIED_NODES] = "copied: nodes, first pass",
	[COPIED_FULL] = "copied: visits, full",
	[COPIED_BYTES] = "copied: bytes",
};

/* A mark for each factor of four. */
static void print_bar(uint64_t value)
{
	static const char bar[] = "################";
	int marks = 0;

	for (; value && marks < 16; value >>= 2)
		marks++;
	printf(" %-16.*s", marks, bar);
}

static void print_growth(const struct era *era, const struct family *f)
{
	for (int k = 0; k < NR_MEASURES; k++) {
		if (!f[NR_SIZES - 1].n[k])
			continue; /* it has no such thing */
		printf("%-7s %-27s", k ? "" : era->name, measure_name[k]);
		for (int i = 0; i < NR_SIZES; i++)
			print_bar(f[i].n[k]);
		printf(" %s\n", growth(f[NR_SIZES - 2].n[k],
					 f[NR_SIZES - 1].n[k]));
	}
}

static void print_heads(void)
{
	printf("One parent, its children, %u pages each; events off\n", PAGES);
	printf("%-7s %5s %6s %5s %6s %20s %9s %17s %17s\n", "", "", "built", "",
		"fork", "shared              ", "copied   ",
		"early stop       ", "full             ");
	printf("%-7s %5s %6s %5s %6s %10s %9s %9s %11s %5s %11s %5s\n", "era",
		"n", "s", "MiB", "us", "visits", "bytes", "bytes", "visits",
		"s", "visits", "s");
}

static void judge(const char *what, double got, double most, const char *unit)
{
	printf("%-34s %6.2f %-3s (at most %g: %s)\n", what, got, unit, most,
		got <= most ? "reached" : "not reached");
}

/* The targets, over the largest family of each era. */
static void print_targets(const struct family all[][NR_SIZES], unsigned eras)
{
	double built = 0, mib = 0, walks = 0;

	for (unsigned i = 0; i < eras; i++) {
		const struct family *f = &all[i][NR_SIZES - 1];

		built = fmax(built, f->built);
		mib = fmax(mib, f->mib);
		walks = fmax(walks, fmax(f->early, f->full));
	}
	judge("the whole case is built in", built, 0.5, "s");
	judge("and takes", mib * MIB / 1e6, 160, "MB");
	judge("all walks of the worst round take", walks, 10, "s");
}

int main(int argc, char **argv)
{
	uint64_t largest = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	static struct family all[NR_MODELS][NR_SIZES];
	bool right = true;
	unsigned eras = 0;

	print_heads();
	for (; era_at(eras) && eras < NR_MODELS; eras++) {
		const struct era *era = era_at(eras);
		uint64_t children = largest;

		for (int i = NR_SIZES; i--; children /= 10)
			all[eras][i] = (struct family){ .model = model_of(era),
				.children = children };
		for (int i = 0; i < NR_SIZES; i++) {
			measure_shared(era, &all[eras][i]);
			measure_copied(era, &all[eras][i]);
			print_family(era, &all[eras][i]);
			right &= as_modelled(&all[eras][i]);
		}
	}
	printf("\nGrowth: bars for each family, a mark for each factor of 4\n");
	for (unsigned i = 0; i < eras; i++)
		print_growth(era_at(i), all[i]);
	printf("\n");
	print_targets(all, eras);
	return !right;
}
