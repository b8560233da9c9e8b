/*
 * Copying and comparing of memory that sanitizers may have poisoned: what is
 * free inside the arena belongs to the state as well.
 */
#ifndef HISTORY_RAW_H
#define HISTORY_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define RAW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RAW_SANITIZED 1
#endif
#endif

#ifdef RAW_SANITIZED

/* Both are called with whole words, aligned to one; volatile keeps the
 * compiler from making calls of memcpy and memcmp of these loops. */
__attribute__((no_sanitize("address"), noinline, unused)) static void raw_copy(
	void *to, const void *from, size_t size)
{
	volatile uint64_t *t = to;
	const volatile uint64_t *f = from;

	for (size_t i = 0; i < size / 8; i++)
		t[i] = f[i];
}

__attribute__((no_sanitize("address"), noinline, unused)) static bool raw_same(
	const void *a, const void *b, size_t size)
{
	const volatile uint64_t *x = a;
	const volatile uint64_t *y = b;

	for (size_t i = 0; i < size / 8; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

#else

static inline void raw_copy(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
}

static inline bool raw_same(const void *a, const void *b, size_t size)
{
	return memcmp(a, b, size) == 0;
}

#endif
#endif
