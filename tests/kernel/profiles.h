/* What the lists of a seed try most. */
#ifndef KERNEL_PROFILES_H
#define KERNEL_PROFILES_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of operations. */
enum kind {
	K_MMAP,
	K_MUNMAP,
	K_MPROTECT,
	K_MREMAP,
	K_MADVISE,
	K_READ,
	K_WRITE,
	K_FORK,
	K_EXIT,
	K_FILE,
	K_TRUNCATE,
	K_PWRITE,
	K_PREAD,
	K_FSYNC,
	K_MLOCK,
	K_MUNLOCK,
	K_MLOCKALL,
	K_MUNLOCKALL,
	K_MINCORE,
	K_MSYNC,
	K_CLONE,
	K_VFORK,
	K_LIMIT,
	K_KSM,
	NR_KINDS
};

struct profile {
	const char *name;
	uint8_t weight[NR_KINDS]; /* how often it is made; 0 never */
	bool plain;	 /* few protections and advices: much can merge */
	uint8_t files;	 /* mappings of files, in 16 */
	uint8_t shared;	 /* shared ones, in 16 */
	uint8_t options; /* one mmap in so many populates, locks ...; 0 none */
	bool disk;	 /* files on a disk */
	bool advice;	 /* all advices, else the old ones */
	bool ksm;	 /* few values, much is mergeable; ksmd */
	bool stacks;	 /* much grows down, and has room below */
};

#define NR_PROFILES 10
extern const struct profile profiles[NR_PROFILES]; /* the last is for ksmd */

#endif
