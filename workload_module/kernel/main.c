/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * workload: makes kernel allocations of every kind, on demand, and knows how many. What there is,
 * is in module_scenarios.h; how it is asked for, in workload_ioctl.h.
 */
#include <linux/debugfs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "workload.h"

static struct dentry *directory;

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "workload",
	.mode = 0600,
	.fops = &workload_fops,
};

static int __init workload_init(void)
{
	int ret;

	ret = workload_cache_setup();
	if (ret)
		return ret;
	ret = workload_dma_setup();
	if (ret)
		goto no_device;
	ret = workload_parameters_init();
	if (ret)
		goto no_parameters;
	ret = misc_register(&device);
	if (ret)
		goto no_misc;
	directory = debugfs_create_dir("workload", NULL);
	debugfs_create_file("counts.json", 0400, directory, NULL, &workload_counts_fops);
	return 0;

no_misc:
	workload_parameters_free();
no_parameters:
	workload_dma_teardown();
no_device:
	workload_cache_teardown();
	return ret;
}

/* Nobody has the device open, so nothing is held, mapped or on its way but what RCU frees. */
static void __exit workload_exit(void)
{
	debugfs_remove_recursive(directory);
	misc_deregister(&device);
	workload_rcu_wait();
	workload_parameters_free();
	workload_dma_teardown();
	workload_cache_teardown();
	workload_parameters_exit();
}

module_init(workload_init);
module_exit(workload_exit);

MODULE_DESCRIPTION("Kernel allocations with counts that are known");
MODULE_AUTHOR("The tracer authors");
MODULE_LICENSE("GPL");
