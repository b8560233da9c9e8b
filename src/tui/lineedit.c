/*
 * Invariants: text is UTF-8 and ends by 0 at text[len]; cur is at a character
 * that takes columns, or at len: combining marks move and go with theirs.
 * While a completion is under way, text[word .. cur) is what it put there.
 */
#include "tui/lineedit.h"
#include "view/text.h"

#include <stdlib.h>
#include <string.h>

#define CANDIDATES 200 /* more are of no use to anyone */

struct lineedit {
	char *text;		     /* room bytes */
	size_t len, room;	     /* len < room */
	size_t cur;		     /* byte offset of the cursor */
	char *killed;		     /* by C-u, C-k or C-w last, or NULL */
	char *history[EDIT_HISTORY]; /* oldest first */
	size_t nr_history;	     /* lines in it */
	size_t shown;		     /* line in text; nr_history: none */
	char *typed;		     /* the line before Up, or NULL */
	edit_complete *complete;     /* NULL: Tab does nothing */
	void *ctx;		     /* for complete */
	char *candidate[CANDIDATES]; /* of the completion under way */
	size_t nr_candidates;	     /* 0: none is under way */
	int chosen;		     /* the one in text, -1: none yet */
	size_t word;		     /* where it begins in text */
};

static void end_completion(struct lineedit *le)
{
	while (le->nr_candidates)
		free(le->candidate[--le->nr_candidates]);
	le->chosen = -1;
}

static void end_browsing(struct lineedit *le)
{
	free(le->typed);
	le->typed = NULL;
	le->shown = le->nr_history;
}

struct lineedit *lineedit_new(void)
{
	struct lineedit *le = calloc(1, sizeof(*le));

	if (!le)
		return NULL;
	le->room = 64;
	le->chosen = -1;
	le->text = calloc(1, le->room);
	if (le->text)
		return le;
	free(le);
	return NULL;
}

void lineedit_delete(struct lineedit *le)
{
	if (!le)
		return;
	end_completion(le);
	for (size_t i = 0; i < le->nr_history; i++)
		free(le->history[i]);
	free(le->typed);
	free(le->killed);
	free(le->text);
	free(le);
}

void lineedit_completer(struct lineedit *le, edit_complete *fn, void *ctx)
{
	le->complete = fn;
	le->ctx = ctx;
}

/* -- the text ---------------------------------------------------------------
 */

/* Put @n bytes in place of text[from .. to); the cursor goes behind them.
 * Out of memory: nothing changes. */
static void replace(struct lineedit *le, size_t from, size_t to,
	const char *bytes, size_t n)
{
	size_t len = le->len - (to - from) + n;

	if (len + 1 > le->room) {
		char *text = realloc(le->text, 2 * (len + 1));

		if (!text)
			return;
		le->text = text;
		le->room = 2 * (len + 1);
	}
	memmove(le->text + from + n, le->text + to, le->len - to + 1);
	memcpy(le->text + from, bytes, n);
	le->len = len;
	le->cur = from + n;
}

static void set_text(struct lineedit *le, const char *text)
{
	replace(le, 0, le->len, text, strlen(text));
}

/* The place after the character at @at, marks on it included. */
static size_t after(const struct lineedit *le, size_t at)
{
	struct text_char c;

	do {
		if (at >= le->len)
			return le->len;
		at += text_next(le->text + at, le->len - at, &c);
		if (at < le->len)
			text_next(le->text + at, le->len - at, &c);
	} while (at < le->len && c.width == 0);
	return at;
}

static size_t before(const struct lineedit *le, size_t at)
{
	size_t last = 0, next = 0;

	while (next < at) {
		last = next;
		next = after(le, next);
	}
	return last;
}

static bool is_blank(const struct lineedit *le, size_t at)
{
	return le->text[at] == ' ';
}

static size_t word_before(const struct lineedit *le, size_t at)
{
	while (at > 0 && is_blank(le, before(le, at)))
		at = before(le, at);
	while (at > 0 && !is_blank(le, before(le, at)))
		at = before(le, at);
	return at;
}

static size_t word_after(const struct lineedit *le, size_t at)
{
	while (at < le->len && is_blank(le, at))
		at = after(le, at);
	while (at < le->len && !is_blank(le, at))
		at = after(le, at);
	return at;
}

static void erase(struct lineedit *le, size_t from, size_t to)
{
	replace(le, from, to, "", 0);
}

/* Erase, but C-y can bring it back. */
static void kill(struct lineedit *le, size_t from, size_t to)
{
	if (from == to)
		return;
	free(le->killed);
	le->killed = strndup(le->text + from, to - from);
	erase(le, from, to);
}

static void insert(struct lineedit *le, const char *text)
{
	replace(le, le->cur, le->cur, text, strlen(text));
}

/* -- keys -------------------------------------------------------------------
 */

static void to_start(struct lineedit *le)
{
	le->cur = 0;
}

static void to_end(struct lineedit *le)
{
	le->cur = le->len;
}

static void left(struct lineedit *le)
{
	le->cur = before(le, le->cur);
}

static void right(struct lineedit *le)
{
	le->cur = after(le, le->cur);
}

static void left_word(struct lineedit *le)
{
	le->cur = word_before(le, le->cur);
}

static void right_word(struct lineedit *le)
{
	le->cur = word_after(le, le->cur);
}

static void erase_left(struct lineedit *le)
{
	erase(le, before(le, le->cur), le->cur);
}

static void erase_right(struct lineedit *le)
{
	erase(le, le->cur, after(le, le->cur));
}

static void kill_word(struct lineedit *le)
{
	kill(le, word_before(le, le->cur), le->cur);
}

static void kill_word_right(struct lineedit *le)
{
	kill(le, le->cur, word_after(le, le->cur));
}

static void kill_to_start(struct lineedit *le)
{
	kill(le, 0, le->cur);
}

static void kill_to_end(struct lineedit *le)
{
	kill(le, le->cur, le->len);
}

static void yank(struct lineedit *le)
{
	if (le->killed)
		insert(le, le->killed);
}

/* -- history ----------------------------------------------------------------
 */

/* Show line @i of the history, or what was typed for nr_history. */
static void show(struct lineedit *le, size_t i)
{
	le->shown = i;
	set_text(le, i < le->nr_history ? le->history[i] : le->typed);
}

static bool fits(const struct lineedit *le, size_t i)
{
	return strncmp(le->history[i], le->typed, strlen(le->typed)) == 0;
}

/* The line before that begins as what was typed. */
static void older(struct lineedit *le)
{
	if (!le->typed) {
		le->typed = strdup(le->text);
		le->shown = le->nr_history;
	}
	for (size_t i = le->shown; le->typed && i-- > 0;)
		if (fits(le, i)) {
			show(le, i);
			return;
		}
}

static void newer(struct lineedit *le)
{
	if (!le->typed || le->shown == le->nr_history)
		return;
	for (size_t i = le->shown + 1; i < le->nr_history; i++)
		if (fits(le, i)) {
			show(le, i);
			return;
		}
	show(le, le->nr_history);
}

void lineedit_remember(struct lineedit *le, const char *line)
{
	size_t n = le->nr_history;
	char *copy;

	end_browsing(le);
	if (!*line || (n && strcmp(le->history[n - 1], line) == 0))
		return;
	copy = strdup(line);
	if (!copy)
		return;
	if (n == EDIT_HISTORY) {
		free(le->history[0]);
		memmove(le->history, le->history + 1,
			(n - 1) * sizeof(le->history[0]));
		n--;
	}
	le->history[n] = copy;
	le->nr_history = le->shown = n + 1;
}

const char *lineedit_history(const struct lineedit *le, size_t n)
{
	return n < le->nr_history ? le->history[le->nr_history - 1 - n] : NULL;
}

/* -- completion -------------------------------------------------------------
 */

static void collect(struct lineedit *le)
{
	char *head = strndup(le->text, le->cur);
	const char *word;

	le->word = le->cur;
	for (size_t n = 0; head && n < CANDIDATES; n++) {
		word = le->complete(le->ctx, head, n, &le->word);
		le->candidate[n] = word ? strdup(word) : NULL;
		if (!le->candidate[n])
			break;
		le->nr_candidates++;
	}
	if (le->word > le->cur)
		le->word = le->cur;
	free(head);
}

/* Bytes that all candidates begin with, whole characters only. */
static size_t common(const struct lineedit *le)
{
	const char *first = le->candidate[0];
	size_t n = strlen(first);

	for (size_t i = 1; i < le->nr_candidates; i++)
		for (size_t k = 0; k < n; k++)
			if (le->candidate[i][k] != first[k])
				n = k;
	while (n && ((unsigned char)first[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void choose(struct lineedit *le, int i)
{
	const char *word = le->candidate[i];

	le->chosen = i;
	replace(le, le->word, le->cur, word, strlen(word));
}

/* The first Tab completes what is certain, further ones go round. */
static void turn(struct lineedit *le, int step)
{
	int n;

	if (!le->complete)
		return;
	if (!le->nr_candidates) {
		collect(le);
		if (!le->nr_candidates)
			return;
		if (le->nr_candidates > 1 && common(le) > le->cur - le->word) {
			replace(le, le->word, le->cur, le->candidate[0],
				common(le));
			return;
		}
	}
	n = (int)le->nr_candidates;
	if (le->chosen < 0)
		choose(le, step > 0 ? 0 : n - 1);
	else
		choose(le, (le->chosen + step + n) % n);
	if (n == 1)
		end_completion(le);
}

static void complete(struct lineedit *le)
{
	turn(le, 1);
}

static void complete_back(struct lineedit *le)
{
	turn(le, -1);
}

const char *lineedit_candidate(const struct lineedit *le, size_t n, int *chosen)
{
	*chosen = le->chosen;
	return n < le->nr_candidates ? le->candidate[n] : NULL;
}

/* -- the outside ------------------------------------------------------------
 */

enum key_kind { KEY_MOVES, KEY_EDITS, KEY_BROWSES, KEY_COMPLETES };

static const struct {
	const char *key;		  /* its name */
	void (*act)(struct lineedit *le); /* what it does */
	enum key_kind kind;		  /* what it leaves under way */
} keys[] = {
	{ "C-a", to_start, KEY_MOVES },
	{ "Home", to_start, KEY_MOVES },
	{ "C-e", to_end, KEY_MOVES },
	{ "End", to_end, KEY_MOVES },
	{ "C-b", left, KEY_MOVES },
	{ "Left", left, KEY_MOVES },
	{ "C-f", right, KEY_MOVES },
	{ "Right", right, KEY_MOVES },
	{ "M-b", left_word, KEY_MOVES },
	{ "C-Left", left_word, KEY_MOVES },
	{ "M-f", right_word, KEY_MOVES },
	{ "C-Right", right_word, KEY_MOVES },
	{ "Backspace", erase_left, KEY_EDITS },
	{ "C-h", erase_left, KEY_EDITS },
	{ "Delete", erase_right, KEY_EDITS },
	{ "C-d", erase_right, KEY_EDITS },
	{ "C-w", kill_word, KEY_EDITS },
	{ "M-Backspace", kill_word, KEY_EDITS },
	{ "M-d", kill_word_right, KEY_EDITS },
	{ "C-u", kill_to_start, KEY_EDITS },
	{ "C-k", kill_to_end, KEY_EDITS },
	{ "C-y", yank, KEY_EDITS },
	{ "Up", older, KEY_BROWSES },
	{ "C-p", older, KEY_BROWSES },
	{ "Down", newer, KEY_BROWSES },
	{ "C-n", newer, KEY_BROWSES },
	{ "Tab", complete, KEY_COMPLETES },
	{ "S-Tab", complete_back, KEY_COMPLETES },
};

static const struct {
	const char *key;	 /* its name */
	enum edit_result result; /* ends the line so */
} ends[] = {
	{ "Enter", EDIT_ACCEPT },
	{ "C-j", EDIT_ACCEPT },
	{ "Esc", EDIT_CANCEL },
	{ "C-c", EDIT_CANCEL },
	{ "C-g", EDIT_CANCEL },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void lineedit_set(struct lineedit *le, const char *text)
{
	end_completion(le);
	end_browsing(le);
	set_text(le, text ? text : "");
}

const char *lineedit_text(const struct lineedit *le)
{
	return le->text;
}

size_t lineedit_cursor(const struct lineedit *le)
{
	return le->cur;
}

static void end_others(struct lineedit *le, enum key_kind kind)
{
	if (kind != KEY_COMPLETES)
		end_completion(le);
	if (kind == KEY_EDITS || kind == KEY_COMPLETES)
		end_browsing(le);
}

static enum edit_result type(struct lineedit *le, uint32_t ch)
{
	char text[TEXT_UTF8];

	end_others(le, KEY_EDITS);
	text_encode(ch, text);
	insert(le, text);
	return EDIT_DONE;
}

/* A paste is one line here: its line ends become blanks. */
static enum edit_result paste(struct lineedit *le, const char *text)
{
	size_t from = le->cur;

	end_others(le, KEY_EDITS);
	insert(le, text);
	for (size_t i = from; i < le->cur; i++)
		if (le->text[i] == '\n')
			le->text[i] = ' ';
	return EDIT_DONE;
}

static bool leaves_empty(const struct lineedit *le, const char *key)
{
	return le->len == 0 &&
	       (strcmp(key, "Backspace") == 0 || strcmp(key, "C-h") == 0);
}

static enum edit_result press(struct lineedit *le, const char *key)
{
	if (leaves_empty(le, key))
		return EDIT_CANCEL;
	for (size_t i = 0; i < COUNT(ends); i++)
		if (strcmp(ends[i].key, key) == 0) {
			end_completion(le);
			return ends[i].result;
		}
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(keys[i].key, key) == 0) {
			end_others(le, keys[i].kind);
			keys[i].act(le);
			return EDIT_DONE;
		}
	return EDIT_IGNORED;
}

enum edit_result lineedit_event(
	struct lineedit *le, const struct input_event *ev)
{
	if (ev->kind == INPUT_PASTE)
		return paste(le, ev->text);
	if (ev->kind != INPUT_KEY)
		return EDIT_IGNORED;
	return ev->ch ? type(le, ev->ch) : press(le, ev->key);
}

/* Columns of text[from .. to). */
static int columns(const struct lineedit *le, size_t from, size_t to)
{
	struct text_char c;
	int w = 0;

	while (from < to) {
		from += text_next(le->text + from, to - from, &c);
		w += c.width;
	}
	return w;
}

void lineedit_draw(const struct lineedit *le, struct canvas *cv, int x, int y,
	int w, enum style style, const char *prompt)
{
	int used = canvas_put(cv, x, y, w, style, prompt);
	int room = w - used - 1; /* one for the cursor behind the text */
	size_t from = 0;

	if (room < 1)
		return;
	while (from < le->cur && columns(le, from, le->cur) > room)
		from = after(le, from);
	canvas_put(cv, x + used, y, w - used, style, le->text + from);
	cv->cursor_x = cv->dx + x + used + columns(le, from, le->cur);
	cv->cursor_y = cv->dy + y;
}
