/*
 * Files of a crew.  A page's first word is what the simulator says that the
 * page holds, so that what is read can be compared as it is.  A file on a disk
 * has no name: it goes with its last user.
 */
#include "live/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* In the folder for temporary files, unless that is in memory, too. */
static int disk_file(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/var/tmp",
		O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static bool write_page(int fd, uint64_t page, uint64_t word)
{
	uint64_t content[PAGE_SIZE / 8] = { word };

	return pwrite(fd, content, PAGE_SIZE, (off_t)(page << PAGE_SHIFT)) ==
	       (ssize_t)PAGE_SIZE;
}

/* As VALUE_FILE stands in core/mm_types.h. */
static uint64_t named(unsigned number, uint64_t page)
{
	return (uint64_t)VALUE_FILE << 48 | (uint64_t)number << 24 | page;
}

/* Written and clean, and in memory no more. */
static bool settle(int fd)
{
	return !fsync(fd) && !posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* read() is to bring in what it is asked for, and no more. */
int worker_file(unsigned number, const struct op *op)
{
	bool hole = op->arg[2], tmpfs = op->arg[3];
	int fd = tmpfs ? memfd_create("file", MFD_CLOEXEC) : disk_file();
	bool ok = fd >= 0 &&
		!ftruncate(fd, (off_t)(op->arg[1] << PAGE_SHIFT)) &&
		!posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);

	for (uint64_t i = 0; ok && !hole && i < op->arg[1]; i++)
		ok = write_page(fd, i, named(number, i));
	if (ok && !tmpfs)
		ok = settle(fd);
	if (ok || fd < 0)
		return fd;
	close(fd);
	return -1;
}

static int read_page(int fd, uint64_t page, uint64_t *word)
{
	ssize_t got = pread(fd, word, sizeof *word,
		(off_t)(page << PAGE_SHIFT));

	if (got < 0)
		return -errno;
	return got ? 0 : STATUS_EOF;
}

void worker_file_op(int fd, const struct op *op, struct worker_reply *reply)
{
	int bad = 0;

	if (fd < 0)
		reply->status = -EBADF;
	else if (op->id == OP_PREAD)
		reply->status = read_page(fd, op->arg[0], &reply->value);
	else if (op->id == OP_PWRITE)
		bad = !write_page(fd, op->arg[0], worker_word(op));
	else if (op->id == OP_FTRUNCATE)
		bad = ftruncate(fd, (off_t)(op->arg[0] << PAGE_SHIFT));
	else if (op->id == OP_FSYNC)
		bad = fsync(fd);
	else
		reply->status = -ENOSYS;
	if (bad)
		reply->status = -errno;
}
