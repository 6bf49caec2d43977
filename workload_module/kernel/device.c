/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device: open files and their ioctls.
 */
#include <linux/module.h>
#include <linux/uaccess.h>

#include "workload.h"

static int workload_open(struct inode *inode, struct file *filp)
{
	struct workload_file *file = workload_own_alloc(sizeof(*file));

	if (!file)
		return -ENOMEM;
	spin_lock_init(&file->lock);
	mutex_init(&file->dropping);
	INIT_LIST_HEAD(&file->held);
	INIT_LIST_HEAD(&file->orphans);
	workload_contexts_init(&file->drop_job);
	filp->private_data = file;
	return 0;
}

static int workload_release(struct inode *inode, struct file *filp)
{
	struct workload_file *file = filp->private_data;

	workload_drop(file, WORKLOAD_DROP_ALL);
	workload_mmap_orphans(file);
	if (file->buffer)
		workload_buffer_put(file->buffer);
	workload_own_free(file, sizeof(*file));
	return 0;
}

static long ioctl_info(struct workload_file *file, void __user *user)
{
	struct workload_info info = {
		.abi = WORKLOAD_ABI,
		.scenarios = WORKLOAD_SCENARIO_COUNT,
		.page_size = PAGE_SIZE,
		.cpus = num_possible_cpus(),
		.held = atomic64_read(&file->held_objects),
		.held_bytes = atomic64_read(&file->held_bytes),
		.leaked_bytes = workload_leaked_bytes(),
		.buffer = workload_buffer_size(file),
	};
	u32 id;

	for (id = 0; id < WORKLOAD_SCENARIO_COUNT; id++)
		if (!(workload_scenarios[id].flags &
		      (WORKLOAD_BY_PARAMETER | WORKLOAD_BY_ITSELF)) &&
		    workload_supported(id))
			info.supported[id / 64] |= 1ULL << id % 64;
	return copy_to_user(user, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ioctl_run(struct workload_file *file, void __user *user)
{
	struct workload_run run;
	int ret;

	if (copy_from_user(&run, user, sizeof(run)))
		return -EFAULT;
	ret = workload_run(file, &run);
	if (ret != -EINVAL && ret != -EOPNOTSUPP && copy_to_user(user, &run, sizeof(run)))
		return -EFAULT;
	return ret;
}

static long ioctl_drop(struct workload_file *file, void __user *user)
{
	struct workload_drop drop;

	if (copy_from_user(&drop, user, sizeof(drop)))
		return -EFAULT;
	if (drop.reserved ||
	    (drop.scenario >= WORKLOAD_SCENARIO_COUNT && drop.scenario != WORKLOAD_DROP_ALL))
		return -EINVAL;
	drop.dropped = workload_drop(file, drop.scenario);
	return copy_to_user(user, &drop, sizeof(drop)) ? -EFAULT : 0;
}

static long ioctl_counts(void __user *user)
{
	struct workload_counts counts;

	if (copy_from_user(&counts, user, sizeof(counts)))
		return -EFAULT;
	if (counts.scenario >= WORKLOAD_SCENARIO_COUNT)
		return -EINVAL;
	workload_read_counts(counts.scenario, &counts);
	return copy_to_user(user, &counts, sizeof(counts)) ? -EFAULT : 0;
}

static long ioctl_buffer(struct workload_file *file, void __user *user)
{
	struct workload_buffer buffer;
	int ret;

	if (copy_from_user(&buffer, user, sizeof(buffer)))
		return -EFAULT;
	if (buffer.reserved || !buffer.size || buffer.size > WORKLOAD_BUFFER_MAX)
		return -EINVAL;
	ret = workload_buffer_resize(file, &buffer.size);
	if (ret)
		return ret;
	return copy_to_user(user, &buffer, sizeof(buffer)) ? -EFAULT : 0;
}

static long workload_ioctl(struct file *filp, unsigned int command, unsigned long argument)
{
	struct workload_file *file = filp->private_data;
	void __user *user = (void __user *)argument;

	switch (command) {
	case WORKLOAD_IOC_INFO:
		return ioctl_info(file, user);
	case WORKLOAD_IOC_RUN:
		return ioctl_run(file, user);
	case WORKLOAD_IOC_DROP:
		return ioctl_drop(file, user);
	case WORKLOAD_IOC_COUNTS:
		return ioctl_counts(user);
	case WORKLOAD_IOC_RESET:
		return workload_reset();
	case WORKLOAD_IOC_SYNC:
		workload_rcu_wait();
		return 0;
	case WORKLOAD_IOC_BUFFER:
		return ioctl_buffer(file, user);
	default:
		return -ENOTTY;
	}
}

const struct file_operations workload_fops = {
	.owner = THIS_MODULE,
	.open = workload_open,
	.release = workload_release,
	.unlocked_ioctl = workload_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = workload_buffer_read,
	.write = workload_buffer_write,
	.llseek = workload_buffer_llseek,
	.mmap = workload_mmap,
};
