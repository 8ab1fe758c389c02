// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes ten WRITEs of audio from a list of pages to "device" when it is loaded, as io_uring does
 * with registered memory. Each list begins with a piece that has nothing to write: it is used up,
 * or empty. The audio is 18 pages and a part of a 19th, and page N has the byte N throughout.
 */
#include <linux/bvec.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/uio.h>

#define WRITE_BYTES	(32 * 2352)
#define PAGES		DIV_ROUND_UP(WRITE_BYTES, PAGE_SIZE)
#define ROUNDS		5

static char *device;
module_param(device, charp, 0);
MODULE_PARM_DESC(device, "the path of the device");

static struct page *pages[PAGES];
static struct page *other;

static int write_behind(struct file *file, u32 offset, u32 len, loff_t *pos)
{
	struct bio_vec list[PAGES + 1] = {
		{ .bv_page = other, .bv_offset = offset, .bv_len = len },
	};
	struct iov_iter iter;
	ssize_t n;
	int i;

	for (i = 0; i < PAGES; i++) {
		list[i + 1].bv_page = pages[i];
		list[i + 1].bv_len = min_t(u32, PAGE_SIZE, WRITE_BYTES - i * PAGE_SIZE);
	}
	iov_iter_bvec(&iter, WRITE, list, ARRAY_SIZE(list), len + WRITE_BYTES);
	iter.iov_offset = len;
	iter.count = WRITE_BYTES;
	n = vfs_iter_write(file, &iter, pos, 0);
	if (n < 0)
		return n;
	return n == WRITE_BYTES ? 0 : -EIO;
}

static int write_all(void)
{
	struct file *file = filp_open(device, O_WRONLY, 0);
	loff_t pos = 0;
	int err = 0;
	int i;

	if (IS_ERR(file))
		return PTR_ERR(file);
	for (i = 0; i < ROUNDS && !err; i++)
		err = write_behind(file, 0, PAGE_SIZE, &pos) ?: write_behind(file, 100, 0, &pos);
	return filp_close(file, NULL) ?: err;
}

static struct page *make_page(u8 byte)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (page)
		memset(page_address(page), byte, PAGE_SIZE);
	return page;
}

/* Returns whether somebody still has a reference. */
static bool free_one(struct page *page)
{
	bool held = page && page_count(page) != 1;

	if (page)
		put_page(page);
	return held;
}

static int __init bvec_init(void)
{
	int err = 0;
	int i;

	other = make_page(0xee);
	for (i = 0; i < PAGES; i++) {
		pages[i] = make_page(i + 1);
		err = pages[i] && other ? err : -ENOMEM;
	}
	err = err ?: write_all();
	for (i = 0; i < PAGES; i++)
		err = free_one(pages[i]) ? -EBUSY : err;
	return free_one(other) ? -EBUSY : err;
}

static void __exit bvec_exit(void)
{
}

module_init(bvec_init);
module_exit(bvec_exit);
MODULE_DESCRIPTION("Writes from a list of pages");
MODULE_LICENSE("GPL");
