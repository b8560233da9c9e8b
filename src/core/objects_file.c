/* The fields of a file, its inode and address_space, as objects.c has those of
 * others. */
#include "core/objects_get.h"
#include "core/text.h"

GET(struct inode, inode_size_value, o->i_size)
GET(struct inode, inode_tmpfs_value, o->tmpfs)
GET(struct inode, inode_hidden_value, o->hidden)
GET(struct inode, inode_users_value, o->users)
GET(struct inode, inode_nrpages_value, o->i_mapping.nrpages)
GET(struct inode, inode_height_value, o->i_mapping.page_tree.height)
GET(struct inode, inode_mmap_value, o->i_mapping.nr_mmap)
GET(struct inode, inode_writable_value, o->i_mapping.i_mmap_writable)

const struct field inode_fields[] = {
	{ "i_size", VT_INT, IN_ALL, false, inode_size_value,
		N_("its size in pages"), "include/linux/fs.h" },
	{ "tmpfs", VT_BOOL, IN_ALL, false, inode_tmpfs_value,
		N_("it lives in memory and swap alone"), "mm/shmem.c" },
	{ "hidden", VT_BOOL, IN_ALL, false, inode_hidden_value,
		N_("the file without a name of shared anonymous memory"),
		"mm/shmem.c" },
	{ "users", VT_INT, IN_ALL, false, inode_users_value,
		N_("its handle and the VMAs that map it"), "" },
	{ "nrpages", VT_INT, IN_ALL, true, inode_nrpages_value,
		N_("pages of it in the page cache"), "include/linux/fs.h" },
	{ "height", VT_INT, IN_ALL, false, inode_height_value,
		N_("levels of its tree of pages, six bits of the index each"),
		"lib/radix-tree.c" },
	{ "i_mmap", VT_INT, IN_ALL, false, inode_mmap_value,
		N_("VMAs that map it"), "include/linux/fs.h" },
	{ "i_mmap_writable", VT_INT, IN_2_6_11 | IN_4_0 | IN_6_18, true,
		inode_writable_value,
		N_("of them, those that share it and may write"),
		"include/linux/fs.h" },
	{ 0 },
};
