/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file's buffer, for read(2), write(2) and mmap(2): the same memory by three ways. It is one
 * object of family vmalloc, made by the first use or by BUFFER, and goes when the file has another
 * or is closed. Whoever is at it has a reference.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "workload.h"

#define BUFFER_BYTES 65536

struct workload_buffer_memory {
	refcount_t users;
	struct workload_file *file;
	size_t size;
	void *memory;
};

WORKLOAD_SITE(buffer_site, buffer_alloc, VMALLOC, 0);
WORKLOAD_SITE(mapping_site, buffer_map, MAPPING, WORKLOAD_ROW_HELPER);

static WORKLOAD_CALLER void *workload_buffer_alloc(size_t size)
{
	void *memory = vmalloc_user(size);

	if (memory)
		workload_count_alloc(&buffer_site, 1, size);
	else
		atomic64_inc(&buffer_site.failed);
	return memory;
}

static WORKLOAD_CALLER void workload_buffer_free(struct workload_buffer_memory *buffer)
{
	vfree(buffer->memory);
	workload_count_free(&buffer_site, 1, buffer->size);
}

static struct workload_buffer_memory *new_buffer(struct workload_file *file, size_t size)
{
	struct workload_buffer_memory *buffer;
	int ret = workload_charge(file, size);

	if (ret)
		return ERR_PTR(ret);
	buffer = workload_own_alloc(sizeof(*buffer));
	if (!buffer)
		goto no_buffer;
	buffer->memory = workload_buffer_alloc(size);
	if (!buffer->memory)
		goto no_memory;
	refcount_set(&buffer->users, 1);
	buffer->file = file;
	buffer->size = size;
	return buffer;

no_memory:
	workload_own_free(buffer, sizeof(*buffer));
no_buffer:
	workload_uncharge(file, size);
	return ERR_PTR(-ENOMEM);
}

void workload_buffer_put(struct workload_buffer_memory *buffer)
{
	struct workload_file *file = buffer->file;
	size_t size = buffer->size;

	if (!refcount_dec_and_test(&buffer->users))
		return;
	workload_buffer_free(buffer);
	workload_own_free(buffer, sizeof(*buffer));
	workload_uncharge(file, size);
}

/* The file's buffer with one more reference, or NULL. */
static struct workload_buffer_memory *existing_buffer(struct workload_file *file)
{
	struct workload_buffer_memory *buffer;

	spin_lock(&file->lock);
	buffer = file->buffer;
	if (buffer)
		refcount_inc(&buffer->users);
	spin_unlock(&file->lock);
	return buffer;
}

/* Puts it in the place of a buffer that nobody uses; it takes the reference if that works. */
static int replace_buffer(struct workload_file *file, struct workload_buffer_memory *buffer,
			  bool only_first)
{
	struct workload_buffer_memory *old;
	int ret = -EBUSY;

	spin_lock(&file->lock);
	old = file->buffer;
	if (!old || (!only_first && refcount_read(&old->users) == 1)) {
		file->buffer = buffer;
		ret = 0;
	}
	spin_unlock(&file->lock);
	if (!ret && old)
		workload_buffer_put(old);
	return ret;
}

struct workload_buffer_memory *workload_buffer_get(struct workload_file *file)
{
	struct workload_buffer_memory *buffer, *fresh;

	buffer = existing_buffer(file);
	if (buffer)
		return buffer;
	workload_counting_begin();
	fresh = new_buffer(file, BUFFER_BYTES);
	if (!IS_ERR(fresh) && replace_buffer(file, fresh, true))
		workload_buffer_put(fresh);
	workload_counting_end();
	/* Another thread may have been first; once there is a buffer, there is always one. */
	return IS_ERR(fresh) ? fresh : existing_buffer(file);
}

int workload_buffer_resize(struct workload_file *file, u64 *size)
{
	struct workload_buffer_memory *buffer;
	size_t bytes = PAGE_ALIGN(*size);
	int ret = 0;

	workload_counting_begin();
	buffer = new_buffer(file, bytes);
	if (IS_ERR(buffer))
		ret = PTR_ERR(buffer);
	else if (replace_buffer(file, buffer, false)) {
		workload_buffer_put(buffer);
		ret = -EBUSY;
	}
	workload_counting_end();
	if (!ret)
		*size = bytes;
	return ret;
}

u64 workload_buffer_size(struct workload_file *file)
{
	u64 size;

	spin_lock(&file->lock);
	size = file->buffer ? file->buffer->size : 0;
	spin_unlock(&file->lock);
	return size;
}

WORKLOAD_CALLER int workload_buffer_map(struct workload_buffer_memory *buffer,
					struct vm_area_struct *vma, unsigned long first)
{
	unsigned long pages = buffer->size >> PAGE_SHIFT;
	int ret;

	if (first >= pages || vma_pages(vma) > pages - first)
		return -EINVAL;
	ret = remap_vmalloc_range(vma, buffer->memory, first);
	if (ret)
		atomic64_inc(&mapping_site.failed);
	else
		workload_count_alloc(&mapping_site, 1, vma->vm_end - vma->vm_start);
	return ret;
}

void workload_buffer_unmapped(u64 bytes)
{
	workload_count_free(&mapping_site, 1, bytes);
}

/* How much of `count` there is from `at` on. */
static size_t within(const struct workload_buffer_memory *buffer, loff_t at, size_t count)
{
	if (at < 0 || at >= buffer->size)
		return 0;
	return min_t(size_t, count, buffer->size - at);
}

ssize_t workload_buffer_read(struct file *filp, char __user *to, size_t count, loff_t *at)
{
	struct workload_buffer_memory *buffer = workload_buffer_get(filp->private_data);
	ssize_t ret;

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	ret = within(buffer, *at, count);
	if (copy_to_user(to, buffer->memory + *at, ret))
		ret = -EFAULT;
	else
		*at += ret;
	workload_buffer_put(buffer);
	return ret;
}

ssize_t workload_buffer_write(struct file *filp, const char __user *from, size_t count, loff_t *at)
{
	struct workload_buffer_memory *buffer = workload_buffer_get(filp->private_data);
	ssize_t ret;

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	ret = within(buffer, *at, count);
	if (count && !ret)
		ret = -ENOSPC;
	else if (copy_from_user(buffer->memory + *at, from, ret))
		ret = -EFAULT;
	else
		*at += ret;
	workload_buffer_put(buffer);
	return ret;
}

loff_t workload_buffer_llseek(struct file *filp, loff_t offset, int whence)
{
	struct workload_buffer_memory *buffer = workload_buffer_get(filp->private_data);
	loff_t ret;

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	ret = fixed_size_llseek(filp, offset, whence, buffer->size);
	workload_buffer_put(buffer);
	return ret;
}

const struct workload_operation workload_mmap_buffer_operation = {
	.sites = {&buffer_site, &mapping_site},
};
