/*
 * Facts about the machine and the current event that several panes need.
 */
#include "tui/panes/facts.h"

#include <string.h>

static bool is_address(struct ref r)
{
	return r.kind == REF_PTE || r.kind == REF_ADDR;
}

static bool names_page(struct ref r, uint32_t pid, uint64_t addr)
{
	return is_address(r) && r.id == pid && !((r.addr ^ addr) & PAGE_MASK);
}

const struct event *current_event(const struct look *look)
{
	return pos_is_whole(look->pos) ? NULL : look->now;
}

const struct event *latest_event(const struct look *look)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;

	for (size_t i = look->done; i > least; i--) {
		const struct event *ev = &look->events[i - 1];

		if (ev->o.kind >= REF_VMA && ev->o.kind <= REF_ADDR)
			return ev;
	}
	return NULL;
}

bool event_names(const struct event *ev, uint32_t pid, uint64_t addr)
{
	return ev &&
	       (names_page(ev->o, pid, addr) || names_page(ev->p, pid, addr));
}

bool event_at(const struct look *look, uint32_t pid, uint64_t addr)
{
	return event_names(current_event(look), pid, addr);
}

bool event_address(const struct event *ev, uint32_t *pid, uint64_t *addr)
{
	struct ref r = is_address(ev->o) ? ev->o : ev->p;

	if (!is_address(r))
		return false;
	*pid = r.id;
	*addr = r.addr;
	return true;
}

bool machine_has_chains(const struct machine *m)
{
	return machine_era(m)->cache[CACHE_AVC].name != NULL;
}

uint32_t anon_vma_id(const struct machine *m, const struct anon_vma *av)
{
	for (uint32_t id = av ? m->anon_vmas.last : 0; id; id--)
		if (anon_vma_by_id(m, id) == av)
			return id;
	return 0;
}

const char *vma_name(const struct machine *m, const struct vm_area_struct *v)
{
	if (!v->name && v->vm_file)
		return inode_name(m, v->vm_file->id);
	return v->name ? string_text(m, v->name) : "";
}

bool filter_passes(const struct pane_view *view, const char *text)
{
	return !view->filter || strstr(text, view->filter);
}

/* Letter and style of a frame by its kind. */
static const struct {
	char letter;
	enum style style;
} kinds[NR_PAGE_KINDS] = {
	[PAGE_FREE] = { '.', ST_PAGE_FREE },
	[PAGE_RESERVED] = { '#', ST_PAGE_RESERVED },
	[PAGE_ZERO] = { 'Z', ST_PAGE_ZERO },
	[PAGE_TABLE] = { 'T', ST_PAGE_TABLE },
	[PAGE_SLAB] = { 'S', ST_PAGE_SLAB },
	[PAGE_ANON] = { 'a', ST_PAGE_ANON },
	[PAGE_FILE] = { 'f', ST_PAGE_FILE },
	[PAGE_SHMEM] = { 'm', ST_PAGE_FILE },
	[PAGE_KSM] = { 'k', ST_PAGE_SHARED },
};

static bool has_mapcount(const struct page *page)
{
	return page->kind >= PAGE_ANON && page->kind < NR_PAGE_KINDS;
}

enum style frame_style(const struct page *page)
{
	if (has_mapcount(page) && page_mapcount(page) > 1)
		return ST_PAGE_SHARED;
	return kinds[page->kind].style;
}

char frame_letter(const struct page *page)
{
	int count = page_mapcount(page);

	if (!has_mapcount(page) || count < 2)
		return kinds[page->kind].letter;
	return count <= 9 ? (char)('0' + count) : '+';
}
