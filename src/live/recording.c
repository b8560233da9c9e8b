/* The lists of a recording. */
#include "live/recording.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

/* Make room for one more of @size bytes; false: no memory. */
static bool grow(void **list, size_t nr, size_t *room, size_t size)
{
	size_t want = *room ? *room * 2 : FIRST_ROOM;
	void *more;

	if (nr < *room)
		return true;
	more = realloc(*list, want * size);
	if (!more)
		return false;
	*list = more;
	*room = want;
	return true;
}

/* The same for the lists that are counted in 32 bits. */
static bool grow32(struct recording *r, void **list, uint32_t nr,
	uint32_t *room, size_t size)
{
	size_t wide = *room;
	bool ok = grow(list, nr, &wide, size);

	*room = (uint32_t)wide;
	r->failed |= !ok;
	return ok;
}

void recording_free(struct recording *r)
{
	for (uint32_t i = 0; i < r->nr_texts; i++)
		free(r->text[i]);
	free(r->text);
	free(r->op);
	free(r->task);
	free(r->file);
	*r = (struct recording){ 0 };
}

uint32_t recording_text(struct recording *r, const char *text)
{
	for (uint32_t i = r->nr_texts; i-- > 0;)
		if (!strcmp(r->text[i], text))
			return i;
	if (!grow32(r, (void **)&r->text, r->nr_texts, &r->room_texts,
		    sizeof *r->text))
		return REC_NONE;
	r->text[r->nr_texts] = strdup(text);
	if (r->text[r->nr_texts])
		return r->nr_texts++;
	r->failed = true;
	return REC_NONE;
}

uint32_t recording_task(struct recording *r, int pid, bool thread)
{
	if (!grow32(r, (void **)&r->task, r->nr_tasks, &r->room_tasks,
		    sizeof *r->task))
		return REC_NONE;
	r->task[r->nr_tasks] = (struct rec_task){
		.pid = pid, .name = REC_NONE, .thread = thread
	};
	return r->nr_tasks++;
}

uint32_t recording_exited(struct recording *r, int pid)
{
	for (uint32_t i = r->nr_tasks; i-- > 0;) {
		struct rec_task *task = &r->task[i];

		if (task->pid != pid || !task->exited || task->waited)
			continue;
		task->waited = true;
		return i;
	}
	return REC_NONE;
}

static struct rec_file *find_file(struct recording *r, uint64_t device,
	uint64_t inode)
{
	for (uint32_t i = 0; i < r->nr_files; i++)
		if (r->file[i].device == device && r->file[i].inode == inode)
			return &r->file[i];
	return NULL;
}

uint32_t recording_file(struct recording *r, const char *path,
	uint64_t device, uint64_t inode, uint64_t pages)
{
	struct rec_file *f = find_file(r, device, inode);

	if (!f && !grow32(r, (void **)&r->file, r->nr_files, &r->room_files,
			sizeof *r->file))
		return REC_NONE;
	if (!f) {
		f = &r->file[r->nr_files++];
		*f = (struct rec_file){
			.path = recording_text(r, path),
			.device = device,
			.inode = inode,
		};
	}
	if (f->pages < pages)
		f->pages = pages;
	return (uint32_t)(f - r->file);
}

bool recording_add(struct recording *r, const struct rec_op *op)
{
	if (r->max_ops && r->nr_ops >= r->max_ops) {
		r->full = true;
		return false;
	}
	if (!grow((void **)&r->op, r->nr_ops, &r->room_ops, sizeof *r->op)) {
		r->failed = true;
		return false;
	}
	r->op[r->nr_ops++] = *op;
	return true;
}

const char *recording_get_text(const struct recording *r, uint32_t text)
{
	return text < r->nr_texts ? r->text[text] : "";
}
