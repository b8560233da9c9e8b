/*
 * The sandbox: memory, limits and the ways out of a run (see sandbox.h).
 *
 * Every block begins with a header that links it into sandbox.blocks, a ring
 * with no head of its own.  The list is only changed while busy, so it is whole
 * whenever a run is left.
 *
 * The timer ticks every TICK_MS.  A tick sets sb->tick; the hook (every
 * HOOK_STEP instructions) and sandbox_ready() take it away again.  A tick that
 * finds the last one still there while Lua is not busy has caught a library
 * call that runs no hook; the handler then does what the hook would have done.
 */
#include "script/sandbox.h"
#include "script/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define HOOK_STEP 1000
#define TICK_MS 50

struct block {
	struct block *next, *prev;
	size_t size;
	size_t align; /* keeps what follows aligned to 16 */
};

/* The sandbox that runs now: signal handlers have no argument. */
static struct sandbox *volatile running;

/* -- memory -------------------------------------------------------------- */

static void block_link(struct sandbox *sb, struct block *b)
{
	b->prev = NULL;
	b->next = sb->blocks;
	if (b->next)
		b->next->prev = b;
	sb->blocks = b;
}

static void block_unlink(struct sandbox *sb, struct block *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		sb->blocks = b->next;
	if (b->next)
		b->next->prev = b->prev;
}

static void *block_resize(struct sandbox *sb, struct block *old, size_t size)
{
	struct block *b;

	if (old)
		block_unlink(sb, old);
	b = realloc(old, sizeof(*b) + size);
	if (!b) {
		if (old)
			block_link(sb, old);
		return NULL;
	}
	sb->used += size - (old ? b->size : 0);
	b->size = size;
	block_link(sb, b);
	return b + 1;
}

static void block_free(struct sandbox *sb, struct block *b)
{
	block_unlink(sb, b);
	sb->used -= b->size;
	free(b);
}

/* lua_Alloc.  Where the limit is met Lua collects its garbage and asks once
 * more; the place is kept, because later there is no stack to look at. */
static void *sandbox_alloc(void *ctx, void *p, size_t old_size, size_t size)
{
	struct sandbox *sb = ctx;
	struct block *old = p ? (struct block *)p - 1 : NULL;
	size_t before = old ? old->size : 0;
	void *result = NULL;

	(void)old_size; /* without p it is a kind of object, not a size */
	if (size > before && sb->used - before + size > sb->max_memory) {
		if (sb->L)
			blame_here(sb->L, &sb->seen_chunk, &sb->seen_line);
		return NULL;
	}
	sandbox_busy(sb);
	if (size)
		result = block_resize(sb, old, size);
	else if (old)
		block_free(sb, old);
	sb->busy--; /* not ready(): Lua's own structures may be half changed,
		     * which matters to nobody, but a leave can wait */
	return result;
}

void sandbox_charge(struct sandbox *sb, size_t bytes)
{
	sb->used += bytes;
	if (sb->used > sb->max_memory)
		sandbox_leave(sb, SANDBOX_MEMORY);
}

/* -- limits -------------------------------------------------------------- */

_Noreturn void sandbox_leave(struct sandbox *sb, enum sandbox_end how)
{
	sb->busy = 1; /* no tick may leave a second time */
	siglongjmp(sb->boundary, (int)how);
}

/* What is to be done about a tick; Lua alone is interrupted. */
static void look(struct sandbox *sb)
{
	sb->tick = 0;
	if (sb->stop && sb->stop(sb->ctx))
		sandbox_leave(sb, SANDBOX_STOPPED);
	if (sb->ticks > sb->max_ticks)
		sandbox_leave(sb, SANDBOX_TIME);
}

void sandbox_ready(struct sandbox *sb)
{
	if (--sb->busy == 0 && sb->tick)
		look(sb);
}

static void on_count(lua_State *L, lua_Debug *ar)
{
	struct sandbox *sb = sandbox_of(L);

	(void)ar;
	blame_here(L, &sb->seen_chunk, &sb->seen_line);
	sb->instructions += HOOK_STEP;
	if (sb->instructions > sb->max_instructions)
		sandbox_leave(sb, SANDBOX_INSTRUCTIONS);
	if (sb->tick)
		look(sb);
}

static void on_tick(int sig)
{
	struct sandbox *sb = running;
	int saved = errno;

	(void)sig;
	if (sb && !sb->busy) {
		bool unseen = sb->tick;

		sb->ticks++;
		sb->tick = 1;
		if (unseen) {
			/* A place is only worth reading inside a C call: the
			 * frames below are then at rest. */
			lua_Debug ar;

			if (lua_getstack(sb->L, 0, &ar) &&
				lua_getinfo(sb->L, "S", &ar) && *ar.what == 'C')
				blame_here(
					sb->L, &sb->seen_chunk, &sb->seen_line);
			look(sb);
		}
	} else if (sb) {
		sb->tick = 1;
	}
	errno = saved;
}

static void timer_set(unsigned ms)
{
	struct timeval tv = { ms / 1000, (suseconds_t)(ms % 1000) * 1000 };
	struct itimerval it = { tv, tv };

	setitimer(ITIMER_REAL, &it, NULL);
}

/* -- life ---------------------------------------------------------------- */

struct sandbox *sandbox_new(const struct sandbox_limits *limits, void *owner)
{
	struct sandbox *sb = calloc(1, sizeof(*sb));
	uint64_t instructions = limits->instructions;
	uint64_t seconds = limits->seconds;

	if (!sb)
		return NULL;
	if (!instructions)
		instructions = SCRIPT_LIMIT;
	if (!seconds) /* in proportion, but never too short to mean it */
		seconds =
			1 + instructions / (SCRIPT_LIMIT / SCRIPT_MAX_SECONDS);
	if (seconds > 1000000)
		seconds = 1000000;
	sb->max_memory = SCRIPT_MAX_MEMORY;
	sb->max_instructions = instructions;
	sb->max_ticks = (unsigned)seconds * (1000 / TICK_MS);
	sb->stop = limits->stop;
	sb->ctx = limits->ctx;
	sb->owner = owner;
	sb->seen_chunk = sb->fail.chunk = -1;
	sb->L = lua_newstate(sandbox_alloc, sb);
	if (!sb->L) {
		free(sb);
		return NULL;
	}
	*(struct sandbox **)lua_getextraspace(sb->L) = sb;
	return sb;
}

void sandbox_delete(struct sandbox *sb)
{
	if (!sb)
		return;
	while (sb->blocks)
		block_free(sb, sb->blocks);
	for (unsigned i = 0; i < sb->nr_chunks; i++) {
		free(sb->chunk[i].path);
		free(sb->chunk[i].text);
	}
	free(sb->fail.what);
	free(sb->fail.trace);
	free(sb);
}

static enum sandbox_end run_protected(
	struct sandbox *sb, lua_CFunction fn, void *arg)
{
	lua_State *L = sb->L;
	int status;

	lua_settop(L, 0);
	lua_pushcfunction(L, blame_error);
	lua_pushcfunction(L, fn);
	lua_pushlightuserdata(L, arg);
	lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_STEP);
	sandbox_ready(sb);
	status = lua_pcall(L, 1, 0, 1);
	sandbox_busy(sb);
	if (status == LUA_OK)
		return SANDBOX_OK;
	return status == LUA_ERRMEM ? SANDBOX_MEMORY : SANDBOX_ERROR;
}

static void describe_limit(struct sandbox *sb, enum sandbox_end how)
{
	char what[96];

	switch (how) {
	case SANDBOX_MEMORY:
		blame_limit(sb, "limit reached: 256 MiB of memory");
		return;
	case SANDBOX_INSTRUCTIONS:
		snprintf(what, sizeof(what),
			"limit reached: %llu instructions (--limit sets it)",
			(unsigned long long)sb->max_instructions);
		blame_limit(sb, what);
		return;
	case SANDBOX_OPS:
		blame_limit(sb, "limit reached: 2000000 operations outside "
				"of batch()");
		return;
	case SANDBOX_NAMES:
		blame_limit(sb, "limit reached: the machine has had too many "
				"objects and texts");
		return;
	case SANDBOX_TIME:
		snprintf(what, sizeof(what),
			"limit reached: %u seconds of computing (--limit "
			"raises it)",
			sb->max_ticks / (1000 / TICK_MS));
		blame_limit(sb, what);
		return;
	case SANDBOX_STOPPED:
		blame_limit(sb, "stopped");
		return;
	default:
		return;
	}
}

enum sandbox_end sandbox_run(struct sandbox *sb, lua_CFunction fn, void *arg)
{
	struct sandbox *outer = running;
	struct sigaction act = { .sa_handler = on_tick,
		.sa_flags = SA_RESTART };
	struct sigaction old;
	int how;

	sigemptyset(&act.sa_mask);
	sb->busy = 1;
	running = sb;
	sigaction(SIGALRM, &act, &old);
	timer_set(TICK_MS);
	how = sigsetjmp(sb->boundary, 1);
	if (how == 0)
		how = (int)run_protected(sb, fn, arg);
	timer_set(outer ? TICK_MS : 0);
	/* Under valgrind a tick may come late; the default action would kill. */
	if (!outer && old.sa_handler != SIG_DFL)
		sigaction(SIGALRM, &old, NULL);
	running = outer;
	describe_limit(sb, (enum sandbox_end)how);
	return (enum sandbox_end)how;
}
