/*
 * Styles and glyphs by name.  Pane code says what a thing is; a theme says
 * how it looks.  Meaning never rests on colour alone.
 */
#ifndef VIEW_STYLE_H
#define VIEW_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* STYLE(id, name in themes, what it is for) */
#define STYLE_LIST(STYLE)                                                      \
	STYLE(TEXT, "text", "ordinary text")                                   \
	STYLE(DIM, "dim", "what matters less; what has not happened yet")      \
	STYLE(STRONG, "strong", "what matters more")                           \
	STYLE(TITLE, "title", "title of a pane")                               \
	STYLE(TITLE_FOCUS, "title.focus", "title of the focused pane")         \
	STYLE(BORDER, "border", "borders")                                     \
	STYLE(BAR, "bar", "title bar and key bar")                             \
	STYLE(BAR_KEY, "bar.key", "a key in the key bar")                      \
	STYLE(SCENE, "scene", "scene titles")                                  \
	STYLE(NARRATION, "narration", "what the script says")                  \
	STYLE(QUESTION, "question", "a question")                              \
	STYLE(GOOD, "good", "a check that held, a right answer")               \
	STYLE(BAD, "bad", "a check that failed, an error")                     \
	STYLE(WARN, "warn", "a warning, a refused operation")                  \
	STYLE(TASK, "task", "names of tasks")                                  \
	STYLE(ADDR, "addr", "virtual addresses")                               \
	STYLE(PFN, "pfn", "page frame numbers")                                \
	STYLE(NUMBER, "number", "other numbers")                               \
	STYLE(VALUE, "value", "the content of a page")                         \
	STYLE(VMA_ANON, "vma.anon", "anonymous VMAs")                          \
	STYLE(VMA_FILE, "vma.file", "file VMAs")                               \
	STYLE(VMA_SHARED, "vma.shared", "shared VMAs")                         \
	STYLE(ANON_VMA, "anon_vma", "anon_vmas")                               \
	STYLE(ANON_VMA_OWN, "anon_vma.own", "the own anon_vma of a VMA")       \
	STYLE(CHAIN, "chain", "anon_vma_chains: a VMA's list")                 \
	STYLE(TREE, "tree", "an anon_vma's tree")                              \
	STYLE(POINTER, "pointer", "plain pointers")                            \
	STYLE(PAGE_FREE, "page.free", "free frames")                           \
	STYLE(PAGE_RESERVED, "page.reserved", "reserved frames")               \
	STYLE(PAGE_ZERO, "page.zero", "the zero page")                         \
	STYLE(PAGE_TABLE, "page.table", "page tables")                         \
	STYLE(PAGE_SLAB, "page.slab", "slab frames")                           \
	STYLE(PAGE_ANON, "page.anon", "anonymous frames, mapped once")         \
	STYLE(PAGE_SHARED, "page.shared", "frames mapped more than once")      \
	STYLE(PAGE_FILE, "page.file", "page cache")                            \
	STYLE(PTE_PRESENT, "pte.present", "present entries")                   \
	STYLE(PTE_WRITABLE, "pte.writable", "writable entries")                \
	STYLE(PTE_NONE, "pte.none", "empty entries")                           \
	STYLE(CALL, "call", "names of kernel functions")                       \
	STYLE(EVENT, "event", "an event that has happened")                    \
	STYLE(EVENT_NOW, "event.now", "the current event")                     \
	STYLE(LOCK, "lock", "locks")                                           \
	STYLE(COST, "cost", "costs")                                           \
	STYLE(COST_BAR, "cost.bar", "bars of costs")                           \
	STYLE(ERA_1, "era.1", "in a comparison: the oldest of the kernels compared")\
	STYLE(ERA_2, "era.2", "in a comparison: the second")                   \
	STYLE(ERA_3, "era.3", "in a comparison: the third")                    \
	STYLE(ERA_4, "era.4", "in a comparison: the fourth")                   \
	STYLE(ERA_5, "era.5", "in a comparison: the fifth")                    \
	STYLE(TIMELINE, "timeline", "the timeline")                            \
	STYLE(TIMELINE_NOW, "timeline.now", "the position on it")              \
	STYLE(SOURCE, "source", "script source")                               \
	STYLE(SOURCE_NOW, "source.now", "the current line of it")              \
	STYLE(MENU, "menu", "menus and prompts")                               \
	STYLE(MENU_NOW, "menu.now", "the chosen entry")                        \
	/* laid over another style by STYLE_... flags */                       \
	STYLE(CHANGED, "changed", "changed by the last step")                  \
	STYLE(TOUCHED, "touched", "touched by the current event")              \
	STYLE(SELECTED, "selected", "the selected object")                     \
	STYLE(RELATED, "related", "what is tied to the selected object")       \
	STYLE(CURSOR, "cursor", "the cell under the pane's cursor")            \
	STYLE(MATCH, "match", "what a search found")

enum style {
#define STYLE(id, name, meaning) ST_##id,
	STYLE_LIST(STYLE)
#undef STYLE
		NR_STYLES
};

/* Flags of a cell; where they disagree the strongest wins: from changed,
 * related, selected, match, touched to cursor. */
enum style_extra {
	STYLE_CHANGED = 1,
	STYLE_RELATED = 2,
	STYLE_SELECTED = 4,
	STYLE_TOUCHED = 8,
	STYLE_CURSOR = 16,
	STYLE_MATCH = 32
};

const char *style_name(enum style style);
const char *style_meaning(enum style style);
int style_find(const char *name); /* enum style, or -1 */

/* Colours: the terminal's own, one of its 16, one of 256, or 24 bits. */
enum colour_kind { COLOUR_DEFAULT, COLOUR_INDEX, COLOUR_RGB };
struct colour {
	uint8_t kind;   /* enum colour_kind */
	uint8_t index;  /* COLOUR_INDEX: 0..255 */
	uint32_t rgb;   /* COLOUR_RGB: 0xrrggbb */
};

enum attr_bits {
	ATTR_BOLD = 1,
	ATTR_DIM = 2,
	ATTR_UNDERLINE = 4,
	ATTR_REVERSE = 8,
	ATTR_ITALIC = 16
};

/* A look; what is not set is taken from what lies below. */
struct pen {
	bool has_fg, has_bg;
	struct colour fg, bg;
	uint8_t attr;       /* ATTR_ bits to set */
};
/* Do they look alike? */
bool pen_equal(struct pen a, struct pen b);

struct theme {
	char name[32];
	struct pen pen[NR_STYLES];
	bool presenter;     /* large marks, few thin glyphs */
};

/* The theme in force when none was loaded: 16 colours, no background. */
extern const struct theme theme_builtin;
/* The pen of a cell: "text", its style, and its flags laid over one another.
 * What has a flag is never dim. */
struct pen theme_pen(const struct theme *t, enum style style, unsigned extra);
/* "red", "bright-blue", "208", "#ff8000", "default"; false: not a colour. */
bool colour_parse(const char *text, struct colour *colour);
/* The nearest of the first 8, 16 or 256 to any colour; the terminal's own
 * colour has no index and gives 7. */
uint8_t colour_to_index(struct colour colour, unsigned nr_colours);
/* 0xrrggbb of one of the 256 (xterm's), as far as one can know. */
uint32_t colour_rgb(uint8_t index);
/*
 * The pen on a terminal with @nr_colours: 0 (none: a background becomes
 * reverse), 8, 16, 256, or more (as it is).  Foreground and background that
 * would become one colour are kept apart.
 */
struct pen pen_reduce(struct pen pen, unsigned nr_colours);

/*
 * Set a style of @t from text: "fg=bright-blue,bg=default,bold,underline";
 * the words bold, dim, underline, reverse, italic, and fg= and bg= with what
 * colour_parse() takes, in any order; "" sets nothing.  It replaces what the
 * style was.  False: the sentence is in @err, and @t is as before.
 */
bool theme_set(struct theme *t, const char *style, const char *spec,
	char *err, size_t size);

/* Glyphs: GLYPH(id, code point, ASCII).  All are one column wide. */
#define GLYPH_LIST(GLYPH)                                                      \
	GLYPH(NOW, 0x25b8, '>')      /* ▸ the current event */                 \
	GLYPH(NOW_LEFT, 0x25c2, '<') /* ◂ */                                   \
	GLYPH(CHECK, 0x2713, 'v')    /* ✓ */                                   \
	GLYPH(CROSS, 0x2717, 'x')    /* ✗ */                                   \
	GLYPH(OWN, 0x25c9, '@')      /* ◉ own anon_vma */                      \
	GLYPH(MAY, 0x25cf, 'o')      /* ● may hold pages */                    \
	GLYPH(FREE, 0x2219, '.')     /* ∙ a free frame */                      \
	GLYPH(UP, 0x2191, '^')       /* ↑ parent */                            \
	GLYPH(RIGHT, 0x2192, '>')    /* → */                                   \
	GLYPH(LEFT, 0x2190, '<')     /* ← */                                   \
	GLYPH(BLOCK, 0x2588, '#')    /* █ */                                   \
	GLYPH(HALF, 0x2584, '=')     /* ▄ */                                   \
	GLYPH(LIGHT, 0x2591, '.')    /* ░ */                                   \
	GLYPH(MEDIUM, 0x2592, ':')   /* ▒ */                                   \
	GLYPH(DARK, 0x2593, '%')     /* ▓ */                                   \
	GLYPH(BAR, 0x25ac, '=')      /* ▬ bars of costs */                     \
	GLYPH(ELLIPSIS, 0x2026, '~') /* … */                                   \
	GLYPH(HEAVY, 0x2501, '=')    /* ━ timeline gone through */             \
	GLYPH(DOTTED, 0x2504, '-')   /* ┄ timeline to come */                  \
	GLYPH(SCENE, 0x253f, '+')    /* ┿ a scene on the timeline */           \
	GLYPH(BRANCH, 0x2514, '`')   /* └ a branch */                          \
	GLYPH(TIMES, 0x00d7, 'x')    /* × */                                   \
	GLYPH(DOT, 0x00b7, '.')      /* · */

enum glyph {
#define GLYPH(id, code, ascii) GL_##id,
	GLYPH_LIST(GLYPH)
#undef GLYPH
		NR_GLYPHS
};
uint32_t glyph_code(enum glyph g);
char glyph_ascii(enum glyph g);
/* The glyph with this code point, or -1. */
int glyph_find(uint32_t code);
/* UTF-8 or ASCII text of a glyph. */
const char *glyph_text(enum glyph g, bool ascii);

#endif
