/*
 * What is there after an operation, as lines of text that both sides would
 * print alike: frames and files that only the kernel or only the simulator
 * has a number for are numbered in order of appearance.
 */
#include "sides.h"
#include "core/mm.h"

#include <string.h>

#define USUAL true

const struct vma_flag vma_flags[NR_VMA_FLAGS] = {
	{ "sh", VM_SHARED, false },
	{ "mr", VM_MAYREAD, USUAL },
	{ "mw", VM_MAYWRITE, USUAL },
	{ "me", VM_MAYEXEC, USUAL },
	{ "ms", VM_MAYSHARE, false },
	{ "gd", VM_GROWSDOWN, false },
	{ "lo", VM_LOCKED, false },
	{ "lf", VM_LOCKONFAULT, false },
	{ "ac", VM_ACCOUNT, false },
	{ "nr", VM_NORESERVE, false },
	{ "dc", VM_DONTCOPY, false },
	{ "dd", VM_DONTDUMP, false },
	{ "wf", VM_WIPEONFORK, false },
	{ "rr", VM_RAND_READ, false },
	{ "sr", VM_SEQ_READ, false },
	{ "mg", VM_MERGEABLE, false },
	{ "hg", VM_HUGEPAGE, false },
	{ "nh", VM_NOHUGEPAGE, false },
	{ "dp", VM_DROPPABLE, false },
};

/* include/linux/kernel-page-flags.h */
const struct page_flag page_flags[NR_PAGE_FLAGS_SEEN] = {
	{ 'x', PG(ANON_EXCLUSIVE), 34 },
	{ 'd', PG(DIRTY), 4 },
	{ 'b', PG(SWAPBACKED), 14 },
	{ 'm', PG(MLOCKED), 33 },
	{ 'u', PG(UNEVICTABLE), 18 },
	{ 'r', PG(REFERENCED), 2 },
	{ 'a', PG(ACTIVE), 6 },
	{ 'w', PG(WRITEBACK), 8 },
};

/* -- kinds of operations --------------------------------------------------- */

bool gives_addr(const struct op *op)
{
	return op->id == OP_MMAP || op->id == OP_MREMAP || op->id == OP_BRK;
}

bool makes_task(const struct op *op)
{
	return op->id == OP_FORK || op->id == OP_CLONE || op->id == OP_VFORK;
}

bool on_file(const struct op *op)
{
	return op->id == OP_FILE || op_desc(op->id)->subject == ON_FILE;
}

bool cools_files(const struct op *op)
{
	if (op->id == OP_MADVISE)
		return op->arg[2] == ADVICE_REMOVE ||
		       op->arg[2] == ADVICE_PAGEOUT;
	return on_file(op) && op->id != OP_PREAD && op->id != OP_FSYNC;
}

uint64_t first_value(unsigned file, unsigned page)
{
	return file * 1000 + page + 1;
}

bool reaches_outside(const struct op *op)
{
	return op->id == OP_MLOCKALL || op->id == OP_MUNLOCKALL;
}

/* Is a page unmapped, unlocked and locked again within this operation? */
static bool relocks(const struct op *op, const struct blur *b)
{
	if (op->id == OP_MREMAP)
		return op->arg[5] && b->locks;
	return op->id == OP_MMAP && op->arg[MMAP_FIXED] == 1 && b->locks &&
	       (op->arg[MMAP_LOCKED] || b->future);
}

bool is_data(const struct vma_view *v)
{
	for (unsigned i = 0; i < NR_VMA_FLAGS; i++)
		if ((v->flags >> i & 1) &&
			(vma_flags[i].bit & (VM_SHARED | VM_GROWSDOWN)))
			return false;
	return v->prot & PROT_W;
}

void blur_note(struct blur *b, const struct op *op)
{
	const uint32_t use = PG(REFERENCED) | PG(ACTIVE);

	if (relocks(op, b))
		b->hidden |= PG(MLOCKED) | PG(UNEVICTABLE);
	b->locks |= op->id == OP_MLOCK || op->id == OP_MLOCKALL ||
		(op->id == OP_MMAP && op->arg[MMAP_LOCKED]);
	b->future |= op->id == OP_MLOCKALL && op->arg[1];
	if (b->locks || op->id == OP_KSM ||
		(op->id == OP_MADVISE && op->arg[2] == ADVICE_PAGEOUT))
		b->hidden |= use;
}

unsigned window_page(uint64_t addr)
{
	if (addr < WINDOW_BASE)
		addr = WINDOW_BASE;
	if (addr > WINDOW_END)
		addr = WINDOW_END;
	return (unsigned)((addr - WINDOW_BASE) >> PAGE_SHIFT);
}

/* -- numbers --------------------------------------------------------------- */

static unsigned hidden_flags(const struct view *view)
{
	unsigned set = 0;

	for (unsigned i = 0; i < NR_PAGE_FLAGS_SEEN; i++)
		if (page_flags[i].own & view->hidden)
			set |= 1u << i;
	return set;
}

/* What this user cannot see is told by neither side. */
static void hide(const struct view *view, struct page_view *p)
{
	p->flags &= ~hidden_flags(view);
	if (!sight.counts) {
		p->zero = p->ksm = false;
		p->flags = 0;
		p->mapcount = -1;
	}
	if (p->zero) { /* counted by no kernel since 6.15, nor here */
		p->mapcount = 0;
		p->flags = 0;
	}
	if (!sight.frames)
		p->frame = -1;
}

static void number_frames(struct view *view)
{
	uint64_t known[MAX_TASKS * WINDOW_PAGES];
	int n = 0;

	for (unsigned t = 0; t < MAX_TASKS; t++)
		for (unsigned i = 0; i < WINDOW_PAGES; i++) {
			struct page_view *p = &view->task[t].page[i];

			if (!p->present)
				continue;
			hide(view, p);
			if (p->frame < 0 || p->zero)
				continue;
			known[n] = p->pfn;
			p->frame = 0;
			while (known[p->frame] != p->pfn)
				p->frame++;
			n += p->frame == n;
		}
}

/* Shared memory has no number in the list. */
static void number_memory(struct view *view)
{
	const struct vma_view *known[MAX_TASKS * WINDOW_PAGES];
	int n = 0;

	for (unsigned t = 0; t < MAX_TASKS; t++)
		for (unsigned i = 0; i < view->task[t].nr_vmas; i++) {
			struct vma_view *v = &view->task[t].vma[i];
			int k = 0;

			if (v->file <= MAX_FILES)
				continue;
			known[n] = v;
			while (memcmp(known[k]->key, v->key, sizeof v->key))
				k++;
			v->file = MAX_FILES + 1 + k;
			n += k == n;
		}
}

/* Where VMAs begin and end depends on the version. */
static void join_vmas(struct task_view *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->nr_vmas; i++) {
		struct vma_view *v = &t->vma[i];
		struct vma_view *last = &t->vma[n ? n - 1 : 0];

		v->flags = 0;
		v->pgoff = 0;
		if (n && last->end == v->start && last->prot == v->prot &&
			last->file == v->file)
			last->end = v->end;
		else
			t->vma[n++] = *v;
	}
	t->nr_vmas = n;
}

void view_number(struct view *view)
{
	number_frames(view);
	number_memory(view);
	for (unsigned t = 0; t < MAX_TASKS && !sight.same; t++)
		join_vmas(&view->task[t]);
}

/* -- text ------------------------------------------------------------------ */

static void put_change(struct out *o, const char *what, int n)
{
	if (n)
		put(o, ", %+d %s", n, what);
}

static void put_answer(struct out *o, const struct answer *a)
{
	put(o, "> %s", a->done ? status_name(a->status) : "void");
	if (a->done && !a->status && a->value) {
		put(o, " ");
		put_addr(o, a->value);
	}
	if (a->listed)
		put(o, " memory %llx", (unsigned long long)a->memory);
	if (a->faults >= 0)
		put(o, ", %d faults", a->faults);
	if (a->counted) {
		put_change(o, "anon", a->rss[0]);
		put_change(o, "file", a->rss[1]);
		put_change(o, "shmem", a->rss[2]);
		put_change(o, "locked", a->locked);
	}
	put(o, "\n");
}

/* "12-14rw-,ac", "3-5r--f1+2,-mw,sh": pages 3 and 4 map file 1 from its
 * page 2 and may not become writable. */
static void put_vma(struct out *o, const struct vma_view *v)
{
	put(o, " %u-%u%s", v->start, v->end, prot_name(v->prot));
	if (v->file > MAX_FILES)
		put(o, "m%d+%llu", v->file - MAX_FILES,
			(unsigned long long)v->pgoff);
	else if (v->file)
		put(o, "f%d+%llu", v->file, (unsigned long long)v->pgoff);
	for (unsigned i = 0; i < NR_VMA_FLAGS && sight.same; i++)
		if ((v->flags >> i & 1) != vma_flags[i].usual)
			put(o, ",%s%s", vma_flags[i].usual ? "-" : "",
				vma_flags[i].letters);
}

/* Anonymous pages are swapbacked unless they may be freed (MADV_FREE). */
static bool usual_flag(const struct page_view *p, unsigned k)
{
	return !p->file && page_flags[k].own == PG(SWAPBACKED);
}

/* "12:z" the zero page, "12:3/2" frame 3 mapped twice, "12:f3/2" of a file,
 * "12:k3/2" merged by ksmd, "12:s" swapped out, "12:g" guarded; then the letters of its flags. */
static void put_page(struct out *o, unsigned i, const struct page_view *p)
{
	if (!p->present && !p->swapped && !p->guard)
		return;
	put(o, " %u:%s%s%s%s", i, p->swapped ? "s" : "", p->guard ? "g" : "",
		p->file && !p->zero ? "f" : p->ksm ? "k" : "",
		p->zero ? "z" : "");
	if (p->zero || !p->present)
		return;
	if (p->frame >= 0)
		put(o, "%d", p->frame);
	if (p->mapcount >= 0)
		put(o, "/%d", p->mapcount);
	for (unsigned k = 0; k < NR_PAGE_FLAGS_SEEN && sight.counts; k++)
		if ((p->flags >> k & 1) != usual_flag(p, k))
			put(o, "%c", page_flags[k].letter);
}

static void put_task(struct out *o, unsigned n, const struct task_view *t)
{
	put(o, "> %u:", n);
	for (unsigned i = 0; i < t->nr_vmas; i++)
		put_vma(o, &t->vma[i]);
	put(o, " |");
	for (unsigned i = 0; i < WINDOW_PAGES; i++)
		put_page(o, i, &t->page[i]);
	put(o, "\n");
}

/* "> f1: 6 | 0 1d 3": six pages; 0, 1 and 3 are in memory, 1 is dirty. */
static void put_file(struct out *o, unsigned n, const struct file_view *f)
{
	put(o, "> f%u: %llu |", n, (unsigned long long)f->pages);
	for (unsigned i = 0; i < FILE_PAGES && sight.cache; i++)
		if (f->cached[i])
			put(o, " %u%s", i, f->dirty[i] ? "d" : "");
	put(o, "\n");
}

void view_print(const struct view *view, char *text, size_t size)
{
	struct out o = { text, size, 0 };

	text[0] = 0;
	put_answer(&o, &view->answer);
	for (unsigned t = 0; t < MAX_TASKS; t++)
		if (view->task[t].alive)
			put_task(&o, t, &view->task[t]);
	for (unsigned f = 1; f <= MAX_FILES; f++)
		if (view->file[f].there)
			put_file(&o, f, &view->file[f]);
}
