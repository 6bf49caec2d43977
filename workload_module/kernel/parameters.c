/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is allocated while the module is loaded and unloaded, as its parameters say: in functions
 * whose text, and names, the kernel throws away. Each is one kmalloc of family kmalloc. The objects
 * of init_allocs are linked through themselves, so that no other memory is needed to free them.
 *
 * Nobody can ask for the counts of exit_allocs any more: they are N and N, of EXIT_BYTES.
 */
#include <linux/init.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "workload.h"

#define PARAMETER_MAX 50000
#define INIT_BYTES    224
#define LEAK_BYTES    336
#define EXIT_BYTES    448

static unsigned int init_allocs;
module_param(init_allocs, uint, 0444);
MODULE_PARM_DESC(init_allocs, "kmallocs in an __init function, freed at unload (0 to 50000)");

static unsigned int init_leaks;
module_param(init_leaks, uint, 0444);
MODULE_PARM_DESC(init_leaks, "kmallocs in an __init function, never freed (0 to 50000)");

static unsigned int exit_allocs;
module_param(exit_allocs, uint, 0444);
MODULE_PARM_DESC(exit_allocs, "kmallocs in an __exit function, freed there (0 to 50000)");

static LIST_HEAD(init_objects);

WORKLOAD_SITE(init_site, init_allocs, KMALLOC, 0);
WORKLOAD_SITE(leak_site, init_leaks, KMALLOC, 0);
WORKLOAD_SITE(exit_site, exit_allocs, KMALLOC, 0);

static WORKLOAD_CALLER int __init workload_init_allocs(unsigned int count)
{
	struct list_head *object;

	while (count--) {
		object = kmalloc(INIT_BYTES, GFP_KERNEL);
		if (!object) {
			atomic64_inc(&init_site.failed);
			return -ENOMEM;
		}
		list_add(object, &init_objects);
		workload_count_alloc(&init_site, 1, INIT_BYTES);
	}
	return 0;
}

static WORKLOAD_CALLER int __init workload_init_leaks(unsigned int count)
{
	struct workload_object object;
	int ret;

	while (count--) {
		ret = workload_made(&object, &leak_site, kmalloc(LEAK_BYTES, GFP_KERNEL),
				    LEAK_BYTES);
		if (ret < 0)
			return ret;
		atomic64_inc(&leak_site.leaked);
	}
	return 0;
}

WORKLOAD_CALLER void workload_parameters_free(void)
{
	struct list_head *object, *next;

	list_for_each_safe(object, next, &init_objects)
	{
		kfree(object);
		workload_count_free(&init_site, 1, INIT_BYTES);
	}
	INIT_LIST_HEAD(&init_objects);
}

int __init workload_parameters_init(void)
{
	int ret;

	if (init_allocs > PARAMETER_MAX || init_leaks > PARAMETER_MAX ||
	    exit_allocs > PARAMETER_MAX)
		return -EINVAL;
	ret = workload_init_allocs(init_allocs);
	if (!ret)
		ret = workload_init_leaks(init_leaks);
	if (ret)
		workload_parameters_free();
	return ret;
}

static WORKLOAD_CALLER void __exit workload_exit_allocs(unsigned int count)
{
	struct workload_object object;

	while (count--)
		if (workload_made(&object, &exit_site, kmalloc(EXIT_BYTES, GFP_KERNEL),
				  EXIT_BYTES) == 1)
			workload_kfree(NULL, &object, 1);
}

void __exit workload_parameters_exit(void)
{
	workload_exit_allocs(exit_allocs);
}

const struct workload_operation workload_init_allocs_operation = {
	.sites = {&init_site},
};

const struct workload_operation workload_init_leaks_operation = {
	.sites = {&leak_site},
};

const struct workload_operation workload_exit_allocs_operation = {
	.sites = {&exit_site},
};
