/*
 * VMAs and the file they map.  A VMA holds one user of its inode for as long
 * as it exists (vm_file), and stands in i_mmap for as long as it is linked in
 * its mm or its pages are being unmapped.
 */
#include "core/filemap.h"
#include "core/i_mmap.h"

static struct address_space *mapping_of(const struct vm_area_struct *vma)
{
	return vma->vm_file ? &vma->vm_file->i_mapping : NULL;
}

bool vma_file_lock(struct machine *m, struct vm_area_struct *vma)
{
	struct address_space *mapping = mapping_of(vma);

	if (!mapping || mapping->i_mmap_lock.writer)
		return false;
	i_mmap_lock_write(m, mapping);
	return true;
}

void vma_file_unlock(struct machine *m, struct vm_area_struct *vma,
	bool taken)
{
	if (taken)
		i_mmap_unlock_write(m, mapping_of(vma));
}

void vma_link_file(struct machine *m, struct vm_area_struct *vma)
{
	bool taken = vma_file_lock(m, vma);

	if (vma->vm_file)
		i_mmap_insert(m, mapping_of(vma), vma);
	vma_file_unlock(m, vma, taken);
}

void vma_link_file_after(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent)
{
	bool taken = vma_file_lock(m, vma);

	if (vma->vm_file)
		i_mmap_insert_after(m, mapping_of(vma), vma, parent);
	vma_file_unlock(m, vma, taken);
}

void vma_unlink_file(struct machine *m, struct vm_area_struct *vma)
{
	bool taken = vma_file_lock(m, vma);

	if (vma->vm_file)
		i_mmap_remove(m, mapping_of(vma), vma);
	vma_file_unlock(m, vma, taken);
}
