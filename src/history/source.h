/*
 * Where operations come from: a scenario, a recording, a running program.
 * Who shows a history never knows which.
 */
#ifndef HISTORY_SOURCE_H
#define HISTORY_SOURCE_H

#include "history/history.h"

/* What a source says about itself once opened. */
struct source_info {
	char *path;          /* of the file, or "-" */
	struct text title;
	struct text summary;
	const struct era *eras[8]; /* where it means something, first = default */
	unsigned nr_eras;
	const struct era *era;     /* the one it ran in */
	const struct paging *paging;
	const char *panes;   /* of scenario{panes=}, or NULL */
	char *text;          /* its source text, for the script pane */
	char *notice;        /* e.g. "arch pae is not in 6.18: x86_64", or NULL */
};

struct source_request {
	const struct era *era;       /* NULL: the scenario's first */
	const struct paging *paging; /* NULL: the scenario's or era's */
	uint64_t limit;              /* instructions; 0: the default */
	/* Called now and then while it runs; true: stop here. */
	bool (*stop)(void *ctx, uint32_t ops);
	void *ctx;
};

enum source_status {
	SOURCE_OK,
	SOURCE_FAILED,  /* script error; what it logged is kept */
	SOURCE_LIMIT,   /* a limit was reached; what it logged is kept */
	SOURCE_STOPPED, /* stop() said so; what it logged is kept */
	SOURCE_UNUSABLE /* nothing ran: cannot be read, wrong era ... */
};

struct source {
	const struct source_ops *ops;
	struct source_info info;     /* valid after a run */
	char *message;       /* why, when it did not end well; FILE:LINE: what */
};

struct source_ops {
	/* Run to the end.  *@h is a new history, also when it ended badly but
	 * not when SOURCE_UNUSABLE.  May be called again (another era, a changed
	 * file): each run makes a new history. */
	enum source_status (*run)(struct source *s,
		const struct source_request *req, struct history **h);
	/* Has the file changed since the last run? */
	bool (*changed)(struct source *s);
	void (*close)(struct source *s);
	/* Another source of the same scenario, to run it elsewhere while this
	 * one's info stays; NULL: no memory. */
	struct source *(*again)(const struct source *s);
};

static inline enum source_status source_run(struct source *s,
	const struct source_request *req, struct history **h)
{
	return s->ops->run(s, req, h);
}

static inline void source_close(struct source *s)
{
	if (s)
		s->ops->close(s);
}

#endif
