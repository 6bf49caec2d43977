/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the module needs for itself, counted like that of the scenarios: a tracer that
 * counts all that the module asks for has to find it.
 */
#include <linux/slab.h>

#include "workload.h"

WORKLOAD_SITE(own_site, own_alloc, KMALLOC, 0);

WORKLOAD_CALLER void *workload_own_alloc(size_t size)
{
	void *memory = kzalloc(size, GFP_KERNEL);

	if (memory)
		workload_count_alloc(&own_site, 1, size);
	else
		atomic64_inc(&own_site.failed);
	return memory;
}

WORKLOAD_CALLER void workload_own_free(void *memory, size_t size)
{
	kfree(memory);
	workload_count_free(&own_site, 1, size);
}

const struct workload_operation workload_own_operation = {
	.sites = {&own_site},
};
