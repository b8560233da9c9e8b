/*
 * Mutations of a machine with files: page cache, LRU lists, watermarks; each
 * breaks one thing as a wrong kernel would, and the rule named with it must
 * report it.
 *
 * The state: of F page 0 is clean and mapped by P and C, page 1 dirty in the
 * cache alone, pages 2 and 3 are not read; G has a clean page.  P and C share
 * anonymous page 11, each has a page 10 of its own.
 */
#include "filerun.h"
#include "mutate.h"

#include "core/lru.h"
#include "core/page_tree.h"

static void set_up(const char *era)
{
	begin(era);
	script("file F 4; file G 4; fread G 0; map 10-14; touch 10-12; "
	       "fmap 40-44 F 0 rw shared; fork C; C: touch 10; read 40; "
	       "C: read 40; fread F 0; fwrite F 1 9");
	expect_num(try_read(pid_of("P"), addr_of(40)), 0);
}

static struct inode *file(void)
{
	return file_named("F");
}

static struct radix_tree *tree(void)
{
	return &file()->i_mapping.page_tree;
}

/* -- the page cache ------------------------------------------------------------ */

static void page_lost(void)
{
	radix_del(run.m, tree(), 0);
}

static void page_twice(void)
{
	radix_set(run.m, tree(), 3, cache_entry(file(), 0));
}

static void page_of_another_file(void)
{
	cached("F", 0)->mapping = (uintptr_t)&file_named("G")->i_mapping;
}

static void page_without_mapping(void)
{
	cached("F", 0)->mapping = 0;
}

static void page_elsewhere(void)
{
	cached("F", 0)->index++;
}

static void page_is_anonymous(void)
{
	cached("F", 1)->kind = PAGE_ANON;
}

static void page_beyond_the_end(void)
{
	file()->i_size = 1;
}

static void page_not_read(void)
{
	cached("F", 0)->flags &= ~PG(UPTODATE);
}

static void reference_lost(void)
{
	cached("F", 1)->_refcount--;
}

static void reference_kept(void)
{
	cached("F", 1)->_refcount++;
}

static void nrpages(void)
{
	file()->i_mapping.nrpages++;
}

static void words_counted_wrong(void)
{
	tree()->count++;
}

static void nodes_counted_wrong(void)
{
	tree()->nr_nodes++;
}

static void tag_lost(void)
{
	radix_tag_clear(tree(), 1, RADIX_DIRTY);
}

static void tag_kept(void)
{
	radix_tag_set(tree(), 0, RADIX_DIRTY);
}

static void dirty_flag_lost(void)
{
	cached("F", 1)->flags &= ~PG(DIRTY);
}

static void write_forgotten(void)
{
	cached("F", 1)->flags &= ~PG(DIRTY);
	radix_tag_clear(tree(), 1, RADIX_DIRTY);
}

static void clean_page_differs(void)
{
	cached("F", 0)->value = 77;
}

static void disk_differs(void)
{
	disk_write(run.m, file(), 0, 77);
}

static void foreign_word(void)
{
	radix_set(run.m, tree(), 2, 5 << 2 | ENTRY_SWAP);
}

static void names_beyond_the_end(void)
{
	file()->named_pages = 5;
}

static void users(void)
{
	file()->users++;
}

static void nr_mmap(void)
{
	file()->i_mapping.nr_mmap++;
}

static void file_rss(void)
{
	mm_of("P")->file_rss++;
}

static void write_not_noticed(void)
{
	poke("P", 40, machine_paging(run.m)->rw, 0);
}

/* -- the lists ------------------------------------------------------------------ */

static struct list_head *list_at(enum lru_list list)
{
	return &run.m->zones[0].lru[list];
}

/* To another list, and nothing else knows. */
static void moved(struct page *page, enum lru_list list)
{
	list_del(&page->lru);
	list_add(&page->lru, list_at(list));
}

static void on_the_other_list(void)
{
	struct page *page = frame("P", 10);

	moved(page, lru_is_active((enum lru_list)page->lru_list)
			? LRU_INACTIVE_ANON
			: LRU_ACTIVE_ANON);
}

/* Its own idea of it and the counts go along; the flags do not. */
static void active_flag_forgotten(void)
{
	frame("P", 10)->flags ^= PG(ACTIVE);
}

static void anonymous_among_files(void)
{
	struct page *page = frame("P", 10);

	lru_del(run.m, page);
	lru_add(run.m, page, LRU_INACTIVE_FILE);
}

static void file_among_anonymous(void)
{
	cached("G", 0)->flags |= PG(SWAPBACKED);
}

static void unevictable_among_others(void)
{
	frame("P", 10)->flags |= PG(UNEVICTABLE);
}

static void evictable_put_away(void)
{
	struct page *page = frame("P", 10);

	lru_del(run.m, page);
	lru_add(run.m, page, LRU_UNEVICTABLE);
}

static void unevictable_and_active(void)
{
	struct page *page = frame("P", 10);

	lru_del(run.m, page);
	page->flags |= PG(UNEVICTABLE) | PG(ACTIVE);
	lru_add(run.m, page, LRU_UNEVICTABLE);
}

static void put_away_but_not_locked(void)
{
	struct page *page = frame("P", 10);

	lru_del(run.m, page);
	page->flags |= PG(UNEVICTABLE);
	lru_add(run.m, page, LRU_UNEVICTABLE);
}

static void marked_as_locked(void)
{
	frame("P", 10)->flags |= PG(MLOCKED);
}

static void table_marked_as_locked(void)
{
	uint32_t pfn = 0;

	while (run.m->mem_map[pfn].kind != PAGE_TABLE)
		pfn++;
	run.m->mem_map[pfn].flags |= PG(MLOCKED);
}

static void lost(void)
{
	list_del(&frame("P", 10)->lru);
}

static void lost_and_counted(void)
{
	struct page *page = frame("P", 10);

	list_del(&page->lru);
	run.m->zones[0].nr_lru[page->lru_list]--;
}

static void cache_page_lost(void)
{
	lru_del(run.m, cached("F", 1));
}

static void counted_once_more(void)
{
	run.m->zones[0].nr_lru[cached("F", 1)->lru_list]++;
}

static void flag_of_the_lists_lost(void)
{
	cached("F", 1)->flags &= ~PG(LRU);
}

static void table_on_a_list(void)
{
	struct page *page = frame("P", 10), *table;
	uint32_t pfn = 0;

	while (run.m->mem_map[pfn].kind != PAGE_TABLE)
		pfn++;
	table = &run.m->mem_map[pfn];
	list_add(&table->lru, list_at((enum lru_list)page->lru_list));
	table->lru_list = page->lru_list;
	table->flags |= PG(LRU) | (page->flags & (PG(ACTIVE) | PG(SWAPBACKED)));
	run.m->zones[0].nr_lru[page->lru_list]++;
}

static void waits_without_batches(void)
{
	struct page *page = frame("P", 10);

	lru_del(run.m, page);
	page->_refcount++;
	run.m->lru_batch[0].pfn[0] = page_pfn(run.m, page);
	run.m->lru_batch[0].count = 1;
}

static void waits_and_is_there(void)
{
	run.m->tune.lru_batches = true;
	run.m->lru_batch[0].pfn[0] = page_pfn(run.m, frame("P", 10));
	run.m->lru_batch[0].count = 1;
	frame("P", 10)->_refcount++;
}

static void mapped_pages_counted_wrong(void)
{
	run.m->nr_mapped++;
}

/* -- watermarks and who reclaims -------------------------------------------------- */

static void low_below_min(void)
{
	run.m->zones[0].pages_min = 5;
	run.m->zones[0].pages_low = 4;
	run.m->zones[0].pages_high = 6;
}

static void high_below_low(void)
{
	run.m->zones[0].pages_low = 5;
	run.m->zones[0].pages_high = 4;
}

static void still_reclaiming(void)
{
	run.m->reclaiming = true;
}

static void kswapd_not_run(void)
{
	run.m->kswapd_woken = true;
}

static const struct mutation mutations[] = {
	M(page_lost, EVERY, "nrpages"),
	M(page_twice, EVERY, "index"),
	M(page_of_another_file, EVERY, "mapping"),
	M(page_without_mapping, EVERY, "mapping"),
	M(page_elsewhere, EVERY, "index"),
	M(page_is_anonymous, EVERY, "cache"),
	M(page_beyond_the_end, EVERY, "i_size"),
	M(page_not_read, EVERY, "uptodate"),
	M(reference_lost, EVERY, "refcount"),
	M(reference_kept, EVERY, "refcount"),
	M(nrpages, EVERY, "nrpages"),
	M(words_counted_wrong, EVERY, "tree"),
	M(nodes_counted_wrong, EVERY, "tree"),
	M(tag_lost, EVERY, "tag"),
	M(tag_kept, EVERY, "tag"),
	M(dirty_flag_lost, EVERY, "tag"),
	M(write_forgotten, EVERY, "clean"),
	M(clean_page_differs, EVERY, "clean"),
	M(disk_differs, EVERY, "clean"),
	M(foreign_word, EVERY, "tree"),
	M(names_beyond_the_end, EVERY, "disk"),
	M(users, EVERY, "users"),
	M(nr_mmap, EVERY, "nr_mmap"),
	M(file_rss, EVERY, "rss"),
	M(write_not_noticed, AVC, "dirty"),
	M(on_the_other_list, EVERY, "lru"),
	M(active_flag_forgotten, EVERY, "lru"),
	M(anonymous_among_files, EVERY, "lru"),
	M(file_among_anonymous, AVC, "lru"),
	M(unevictable_among_others, AVC, "lru"),
	M(evictable_put_away, EVERY, "lru"),
	M(unevictable_and_active, EVERY, "lru"),
	M(put_away_but_not_locked, AVC, "mlocked"),
	M(marked_as_locked, OLD, "mlocked"),
	M(table_marked_as_locked, EVERY, "mlocked"),
	M(lost, EVERY, "lru"),
	M(lost_and_counted, EVERY, "lru"),
	M(cache_page_lost, EVERY, "lru"),
	M(counted_once_more, EVERY, "lru"),
	M(flag_of_the_lists_lost, EVERY, "lru"),
	M(table_on_a_list, EVERY, "lru"),
	M(waits_without_batches, EVERY, "batch"),
	M(waits_and_is_there, EVERY & ~K24, "batch"),
	M(mapped_pages_counted_wrong, EVERY, "nr_mapped"),
	M(low_below_min, EVERY, "watermark"),
	M(high_below_low, EVERY, "watermark"),
	M(still_reclaiming, EVERY, "reclaiming"),
	M(kswapd_not_run, EVERY, "reclaiming"),
};

static void each_is_reported(void **state)
{
	(void)state;
	run_mutations_after(set_up, mutations,
		sizeof(mutations) / sizeof(*mutations));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
