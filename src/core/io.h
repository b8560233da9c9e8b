/*
 * The disk.  A read ends at once.  A write is under way until the operation
 * ends, or until somebody waits for it; what the disk will hold is noted when
 * it begins.  Inside the core only.
 */
#ifndef CORE_IO_H
#define CORE_IO_H

#include "core/machine.h"

/* @page has been filled from the disk. */
void io_read(struct machine *m, struct page *page);

/*
 * Begin to write the locked @page.  In 2.4 it stays locked and gets buffers,
 * PG(PRIVATE) here, with a reference for them; both outlive the write.  Later
 * it is unlocked and has PG(WRITEBACK) meanwhile.
 */
void io_start_write(struct machine *m, struct page *page);

/* Is it being written? */
bool io_under_way(const struct machine *m, const struct page *page);

/* Every write under way ends (end_page_writeback, end_buffer_io_async): the
 * operation is over. */
void io_end_all(struct machine *m);
/* The same, because somebody sleeps until then (blk_congestion_wait,
 * wait_on_page). */
void io_wait(struct machine *m);

/* 2.4: drop the buffers of a page whose write has ended
 * (try_to_free_buffers).  False while it is being written. */
bool try_to_free_buffers(struct machine *m, struct page *page);

#endif
