/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The per-CPU allocator: one operation is one object of family percpu. Bytes are those of one CPU's
 * copy, in steps of eight, so that the allocator has nothing to round up.
 */
#include <linux/percpu.h>

#include "workload.h"

WORKLOAD_SITE(percpu_site, alloc_percpu, PERCPU, 0);

static WORKLOAD_CALLER int workload_alloc_percpu(struct workload_job *job,
						 struct workload_object *object, unsigned int count)
{
	size_t bytes = ALIGN(job->size, 8);
	void __percpu *address = __alloc_percpu_gfp(bytes, 8, GFP_KERNEL | __GFP_NOWARN);

	return workload_made(object, &percpu_site, (void *)(unsigned long)address, bytes);
}

static WORKLOAD_CALLER void
workload_free_percpu(struct workload_job *job, struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		free_percpu((void __percpu *)(unsigned long)objects[i].address);
		workload_dropped(&objects[i]);
	}
}

const struct workload_operation workload_alloc_percpu_operation = {
	.sites = {&percpu_site},
	.make = workload_alloc_percpu,
	.drop = workload_free_percpu,
};
