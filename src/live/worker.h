/*
 * Worker processes: real processes that each do what they are told, one
 * operation of the core's at a time, in a window of their address space that
 * holds nothing else.  They form a crew: those that fork and clone make
 * further workers of the same crew, and files belong to all of it.
 */
#ifndef LIVE_WORKER_H
#define LIVE_WORKER_H

#include "core/ops.h"
#include "live/proc.h"

#define CREW_MAX 64	   /* workers at a time */
#define CREW_FILES 64	   /* files of a crew; their numbers begin at 1 */
#define CREW_VECTOR 4	   /* words of mincore()'s answer, 64 pages each */

/* Below everything else of a process, on both sides of a page table's end. */
#define CREW_WINDOW_PAGES 48
#define CREW_WINDOW (0x200000200000ull - 24 * PAGE_SIZE)

struct crew_config {
	uint64_t base;	   /* first byte of the window */
	uint64_t pages;	   /* its size */
	unsigned room;	   /* numbers of workers, from 0; 0: CREW_MAX */
	bool keep_outside; /* mappings that the kernel puts outside of it stay;
			      else they are taken away again at once */
	bool count_rss;	   /* tell how the counts of pages changed, too */
	bool no_ahead;	   /* a fault reads the page of a file that it needs,
			      and none around it */
	bool one_cpu;	   /* all run on one processor, the caller too: what
			      waits in a per-CPU batch is drained there */
};

/* What came of one operation. */
struct worker_reply {
	int32_t status;	 /* as op_result.status: 0, -errno, STATUS_SIGSEGV */
	int32_t faults;	 /* minor faults of it; -1: not counted */
	int32_t major;	 /* faults of it that had to read; -1 */
	uint64_t value;	 /* address, word read, file's number, the new
			    worker's pid: as the operation's result says */
	uint64_t vector[CREW_VECTOR]; /* mincore: bit i: page i is in memory */
	int32_t rss[3];	 /* with count_rss: pages more of RssAnon, RssFile, */
	int32_t locked;	 /* RssShmem, and of VmLck, than before */
};

struct crew;

/* A crew without workers.  NULL with errno. */
struct crew *crew_begin(const struct crew_config *config);
/* End all workers; files are gone with it. */
void crew_end(struct crew *crew);

/* A worker of its own, number @n, with nothing in the window.  False: errno,
 * or it cannot be looked at. */
bool crew_spawn(struct crew *crew, unsigned n);

/*
 * Worker @n runs @op, whose subject is not looked at for tasks and is a file's
 * number for files; @child is the number that the new worker gets (fork, clone,
 * vfork).  OP_FILE makes a file, whose page i holds the word that the simulator
 * has for "page i of this file", on a disk or in memory.  OP_FILE and what has a
 * file as its subject is done by the caller's process, without @n.
 * Until a child of vfork has ended its parent answers EBUSY.  False: the
 * worker is lost, and with it the crew.
 */
bool crew_run(struct crew *crew, unsigned n, const struct op *op,
	unsigned child, struct worker_reply *reply);

/* Where to look at worker @n, or NULL when it is not there. */
const struct proc *crew_proc(const struct crew *crew, unsigned n);
/* The descriptor of a file, or -1. */
int crew_file(const struct crew *crew, unsigned number);

/* The word that a page holds when the text @text was written to it. */
uint64_t worker_word(const struct op *op);

/* -- the worker's side ---------------------------------------------------- */

struct worker_command {
	struct op op;
	uint64_t base, bytes; /* the window; bytes 0: everything stays mapped */
	uint32_t child;	      /* channel of the worker to be made */
	bool count_rss;
	bool no_ahead;
};

/* Send and receive one message, with a descriptor if @fd is not -1. */
bool worker_send(int channel, const void *message, size_t size, int fd);
bool worker_receive(int channel, void *message, size_t size, int *fd);

/* In a new process: what it needs before it serves. */
void worker_begin(void);
/* Serve commands from channel @n until told to exit.  Does not return. */
_Noreturn void worker_serve(unsigned n, const int channel[]);

/* -- files (worker_files.c) ----------------------------------------------- */

/* A new file; its descriptor, or -1 with errno. */
int worker_file(unsigned number, const struct op *op);
/* What has a file as its subject. */
void worker_file_op(int fd, const struct op *op, struct worker_reply *reply);

#endif
