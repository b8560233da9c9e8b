/* The words in braces of a sentence: what of the event each puts there. */
#include "view/sentence_words.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void sentence_put(struct sentence *s, const char *text)
{
	int n = snprintf(s->buf + s->len, s->size - s->len, "%s", text);

	s->len += (size_t)n < s->size - s->len ? (size_t)n
					       : s->size - s->len - 1;
}

static void put_ref(struct sentence *s, struct ref ref)
{
	char word[64];

	sentence_put(s, format_ref(word, sizeof word, s->m, ref));
}

static void put_typed(struct sentence *s, uint64_t value)
{
	char word[160];

	sentence_put(s, format_typed(word, sizeof word, s->m,
		    (enum value_type)s->ev->type, value));
}

static const char *fn_name(const struct sentence *s)
{
	const char *name = s->ev->fn < NR_FNS
		? machine_era(s->m)->fn[s->ev->fn]
		: NULL;

	return name ? name : "";
}

/* Some locks belong to no object. */
static void put_o(struct sentence *s)
{
	if (!s->ev->o.kind) {
		sentence_put(s, _("the whole machine"));
		return;
	}
	put_ref(s, s->ev->o);
}

static void put_p(struct sentence *s)
{
	put_ref(s, s->ev->p);
}

static void put_old(struct sentence *s)
{
	put_typed(s, s->ev->old);
}

static void put_new(struct sentence *s)
{
	put_typed(s, s->ev->new);
}

static void put_field(struct sentence *s)
{
	sentence_put(s, s->ev->field ? s->ev->field : "");
}

static void put_n(struct sentence *s)
{
	char word[32];

	snprintf(word, sizeof word, "%" PRId64, (int64_t)s->ev->n);
	sentence_put(s, word);
}

static void put_nx(struct sentence *s)
{
	char word[32];

	snprintf(word, sizeof word, "%" PRIx64, s->ev->n);
	sentence_put(s, word);
}

static void put_why(struct sentence *s)
{
	static const char *const whys[NR_WHYS] = {
#define WHY(id, text) [WHY_##id] = text,
		WHY_LIST(WHY)
#undef WHY
	};

	sentence_put(s, _(whys[s->ev->n]));
}

static const char *no_merge_text(enum no_merge why)
{
	static const char *const whys[NR_NO_MERGES] = {
		[MERGE_FITS] = "",
#define WHY(id, text) [NO_MERGE_##id] = text,
		NO_MERGE_LIST(WHY)
#undef WHY
	};

	return whys[why];
}

static void put_change(struct sentence *s);

static void put_no_merge(struct sentence *s)
{
	sentence_put(s, _(no_merge_text((enum no_merge)s->ev->n)));
	if (s->ev->type != VT_VM_FLAGS)
		return;
	sentence_put(s, " (");
	put_change(s);
	sentence_put(s, ")");
}

/* The VMA beside a range, or both. */
static void put_neighbour(struct sentence *s)
{
	sentence_put(s, s->ev->field ? s->ev->field : _("a neighbour"));
	if (!s->ev->p.kind)
		return;
	sentence_put(s, " ");
	put_p(s);
}

static void put_balance(struct sentence *s)
{
	static const char *const hows[] = {
		[SCAN_EQUAL] = N_("all lists alike"),
		[SCAN_FRACT] = N_("anonymous pages and files by their shares"),
		[SCAN_ANON] = N_("anonymous pages only"),
		[SCAN_FILE] = N_("pages of files only"),
	};

	sentence_put(s, _(hows[s->ev->n]));
}

static void put_unmap(struct sentence *s)
{
	static const char *const results[] = {
		[UNMAP_SUCCESS] = N_("SWAP_SUCCESS, nothing maps it"),
		[UNMAP_AGAIN] = N_("SWAP_AGAIN, some PTE is left"),
		[UNMAP_FAIL] = N_("SWAP_FAIL, it is needed"),
		[UNMAP_MLOCK] = N_("SWAP_MLOCK, it is locked in memory"),
	};

	sentence_put(s, _(results[s->ev->n]));
}

/* Where a search in mm_rb goes on from a node. */
static void put_rb(struct sentence *s)
{
	static const char *const where[] = {
		[RB_LEFT] = N_("on to the left"),
		[RB_RIGHT] = N_("on to the right"),
		[RB_HERE] = N_("this one"),
	};

	sentence_put(s, _(where[s->ev->n]));
}

static void put_maple(struct sentence *s)
{
	static const char *const hows[NR_MAPLE_STORES] = {
#define STORE(id, text) [MAPLE_##id] = text,
		MAPLE_STORE_LIST(STORE)
#undef STORE
	};

	sentence_put(s, _(hows[s->ev->n]));
}

/* What p was, if there was anything. */
static void put_top(struct sentence *s)
{
	if (s->ev->p.kind == REF_NONE)
		sentence_put(s, _("nothing: it is the root"));
	else
		put_ref(s, s->ev->p);
}

static void put_none(struct sentence *s)
{
	if (s->ev->p.kind == REF_NONE)
		sentence_put(s, _("nothing"));
	else
		put_ref(s, s->ev->p);
}

static void put_kind(struct sentence *s)
{
	sentence_put(s, page_kind_name((enum page_kind)s->ev->n));
}

static void put_lru(struct sentence *s)
{
	sentence_put(s, lru_name(s->m, (enum lru_list)s->ev->n));
}

static void put_errno(struct sentence *s)
{
	sentence_put(s, status_name((int)(int64_t)s->ev->n));
}

static void put_access(struct sentence *s)
{
	sentence_put(s, s->ev->n ? _("write") : _("read"));
}

/* Each flag of a set with @sign before it: +lru +active. */
static void put_flags(struct sentence *s, const char *sign, uint64_t flags)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t one = flags & 1ull << bit;
		char word[160];

		if (!one)
			continue;
		sentence_put(s, sign);
		sentence_put(s, format_typed(word, sizeof word, s->m,
			       (enum value_type)s->ev->type, one));
		if (flags >> bit >> 1)
			sentence_put(s, " ");
	}
}

/* What of a set of flags came and went, of anything else old -> new. */
static void put_change(struct sentence *s)
{
	const struct event *ev = s->ev;

	if (ev->type != VT_PAGE_FLAGS && ev->type != VT_VM_FLAGS) {
		put_old(s);
		sentence_put(s, " -> ");
		put_new(s);
		return;
	}
	put_flags(s, "+", ev->new & ~ev->old);
	if (ev->new & ~ev->old && ev->old & ~ev->new)
		sentence_put(s, " ");
	put_flags(s, "-", ev->old & ~ev->new);
}

/* What a PTE was, if it was anything. */
static void put_was(struct sentence *s)
{
	if (!s->ev->old)
		return;
	sentence_put(s, _(" (was "));
	put_old(s);
	sentence_put(s, ")");
}

static void put_level(struct sentence *s)
{
	sentence_put(s, machine_paging(s->m)->level[s->ev->n].name);
}

static void put_fn(struct sentence *s)
{
	sentence_put(s, fn_name(s));
}

/* English: the ending of what is counted. */
static void put_plural(struct sentence *s)
{
	if (s->ev->n != 1)
		sentence_put(s, "s");
}

static void put_shared(struct sentence *s)
{
	if (!s->ev->n)
		sentence_put(s, _(" for reading"));
}

static void put_frame(struct sentence *s)
{
	if (s->ev->p.kind == REF_NONE) {
		sentence_put(s, _("nothing"));
		return;
	}
	sentence_put(s, _("frame "));
	put_p(s);
}

/* What a walk of i_mmap asks for. */
static void put_index(struct sentence *s)
{
	bool end = s->ev->new == UINT64_MAX;

	sentence_put(s, _("index "));
	put_old(s);
	if (s->ev->old == s->ev->new)
		return;
	sentence_put(s, end ? _(" and beyond") : _(" to "));
	if (!end)
		put_new(s);
}

static void put_side(struct sentence *s)
{
	sentence_put(s, s->ev->n ? _("to the right") : _("to the left"));
}

static void put_order(struct sentence *s)
{
	static const char *const orders[] = { N_("less"), N_("equal"),
		N_("greater") };

	sentence_put(s, _(orders[s->ev->n < 3 ? s->ev->n : 1]));
}

/* name(object, object): as a person would write it. */
static void put_call(struct sentence *s)
{
	put_fn(s);
	sentence_put(s, "(");
	if (s->ev->o.kind)
		put_o(s);
	if (s->ev->p.kind) {
		sentence_put(s, ", ");
		put_p(s);
	}
	sentence_put(s, ")");
}

static const struct {
	const char *name;
	void (*put)(struct sentence *);
} words[] = {
	{ "o", put_o },
	{ "p", put_p },
	{ "old", put_old },
	{ "new", put_new },
	{ "field", put_field },
	{ "n", put_n },
	{ "s", put_plural },
	{ "nx", put_nx },
	{ "kind", put_kind },
	{ "lru", put_lru },
	{ "unmap", put_unmap },
	{ "why", put_why },
	{ "no_merge", put_no_merge },
	{ "neighbour", put_neighbour },
	{ "balance", put_balance },
	{ "errno", put_errno },
	{ "access", put_access },
	{ "change", put_change },
	{ "was", put_was },
	{ "level", put_level },
	{ "fn", put_fn },
	{ "shared", put_shared },
	{ "frame", put_frame },
	{ "index", put_index },
	{ "side", put_side },
	{ "order", put_order },
	{ "call", put_call },
	{ "rb", put_rb },
	{ "maple", put_maple },
	{ "top", put_top },
	{ "none", put_none },
};

void sentence_word(struct sentence *s, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i].name) == len &&
			!strncmp(words[i].name, name, len)) {
			words[i].put(s);
			return;
		}
}

char *format_no_merge(char *buf, size_t size, const struct machine *m,
	const struct event *ev)
{
	struct sentence s = { buf, size, 0, m, ev };

	buf[0] = 0;
	put_no_merge(&s);
	return buf;
}
