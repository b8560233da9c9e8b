#include "tui/panes/buddy_say.h"

#include "tui/panes/buddy_step.h"
#include "tui/panes/facts.h"
#include "view/lang.h"

#include <stdio.h>

/* "2 1 0": what stays free when a block is cut down from @high to @low. */
static void list_halves(char *buf, size_t size, unsigned high, unsigned low)
{
	size_t n = 0;

	for (buf[0] = 0; high-- > low && n < size;)
		n += (size_t)snprintf(
			buf + n, size - n, "%s%u", n ? " " : "", high);
}

static void say_taken(const struct buddy_step *s, char *buf, size_t size)
{
	unsigned old = buddy_step_before(s, s->last.pfn);
	char halves[32];

	list_halves(halves, sizeof(halves), old, s->last.order);
	if (old > s->last.order)
		snprintf(buf, size,
			_("%x taken: order %u split, halves of order %s stay "
			  "free"),
			s->last.pfn, old, halves);
	else
		snprintf(buf, size, _("%x taken: order %u, no split"),
			s->last.pfn, old);
}

static void say_given(const struct buddy_step *s, char *buf, size_t size)
{
	const struct page *head = buddy_head(s->m, s->last.pfn);

	if (head && head->order > s->last.order)
		snprintf(buf, size, _("%x given back: merged, order %u at %x"),
			s->last.pfn, head->order, page_pfn(s->m, head));
	else
		snprintf(buf, size,
			_("%x given back: its buddy is not free"),
			s->last.pfn);
}

/* The last event that moved frames between the CPU's list and anybody; NULL:
 * the buddy moved some after it. */
static const struct event *last_at_hand(const struct look *look)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;

	for (size_t i = look->done; i > least; i--) {
		const struct event *ev = &look->events[i - 1];
		const struct page *page = ev->o.kind == REF_PAGE
						  ? page_by_pfn(look->m, ev->o.id)
						  : NULL;

		if (ev->id == EV_PCP_FILL || ev->id == EV_PCP_DRAIN)
			return ev;
		if (ev->id == EV_ALLOC_PAGE || ev->id == EV_FREE_PAGE)
			return page && look->m->zones[page->zone].pcp.batch &&
					       !page->order
				       ? ev
				       : NULL;
	}
	return NULL;
}

static void say_at_hand(const struct event *ev, char *buf, size_t size)
{
	if (ev->id == EV_PCP_FILL)
		snprintf(buf, size, _("%u frames go to the CPU's list"),
			(unsigned)ev->n);
	else if (ev->id == EV_PCP_DRAIN)
		snprintf(buf, size, _("the CPU's list gives %u frames back"),
			(unsigned)ev->n);
	else if (ev->id == EV_ALLOC_PAGE)
		snprintf(buf, size, _("%x taken from the CPU's list"),
			ev->o.id);
	else
		snprintf(buf, size, _("%x given to the CPU's list"), ev->o.id);
}

bool buddy_say(
	const struct look *look, char *buf, size_t size, struct ref *ref)
{
	const struct event *hand = last_at_hand(look);
	struct buddy_step s;
	bool any;

	buddy_step_last(&s, look);
	any = s.any || hand;
	*ref = hand ? hand->o : ref_make(REF_PAGE, s.last.pfn);
	if (hand)
		say_at_hand(hand, buf, size);
	else if (s.any && s.last.was_free)
		say_taken(&s, buf, size);
	else if (s.any)
		say_given(&s, buf, size);
	buddy_step_end(&s);
	return any;
}
