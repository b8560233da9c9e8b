/*
 * ksmd of the running kernel, told through /sys/kernel/mm/ksm to make exactly
 * one round: it sleeps for very long between rounds, and a change of how long
 * wakes it.  A page of our own that may be merged, with a content of its own, is
 * there so that a round has something to end at.
 */
#include "sides.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#define DIR "/sys/kernel/mm/ksm/"
#define LONG 1000000000u /* milliseconds, pages */
#define PATIENCE 5000	 /* milliseconds for a round */

static int lock = -1;
static long old_sleep, old_pages; /* as they were found */

static long get(const char *name)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof path, DIR "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
		text[0] = 0;
	if (fd >= 0)
		close(fd);
	return text[0] ? atol(text) : -1;
}

static bool set(const char *name, long value)
{
	char path[64], text[32];
	int fd, n = snprintf(text, sizeof text, "%ld\n", value);
	bool ok;

	snprintf(path, sizeof path, DIR "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ok = fd >= 0 && write(fd, text, (size_t)n) == n;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A text that nobody else has. */
static bool have_page(void)
{
	char *page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return false;
	snprintf(page, PAGE_SIZE, "the judge, process %d", (int)getpid());
	madvise(page, PAGE_SIZE, MADV_DONTFORK);
	return !madvise(page, PAGE_SIZE, MADV_MERGEABLE);
}

bool ksmd_take(void)
{
	lock = open(DIR "run", O_RDWR | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) || get("run") ||
		!have_page())
		return false;
	old_sleep = get("sleep_millisecs");
	old_pages = get("pages_to_scan");
	atexit(ksmd_give_back);
	return set("sleep_millisecs", LONG) && set("pages_to_scan", LONG) &&
	       ksmd_round();
}

/* Workers leave by _exit and do not come here. */
void ksmd_give_back(void)
{
	set("run", 0);
	set("pages_to_scan", old_pages);
	set("sleep_millisecs", old_sleep);
}

/* It stops only once it is through (run waits for ksm_thread_mutex). */
bool ksmd_round(void)
{
	static bool odd;
	long before = get("full_scans");
	bool ended = false;

	odd = !odd;
	if (!set("sleep_millisecs", LONG + odd) || !set("run", 1))
		return false;
	for (int i = 0; i < PATIENCE && !ended; i++) {
		ended = get("full_scans") > before;
		if (!ended)
			usleep(1000);
	}
	return set("run", 0) && ended;
}
