/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that are freed by kfree_rcu() and kvfree_rcu(): counted as freed at the call, family
 * kmalloc or vmalloc. The memory comes back after a grace period; so that it is not all the
 * machine's, whoever gives much away waits from time to time.
 *
 * Without a head the kernel may take pages to keep its list of objects in. They are its own and not
 * counted here, although the first frame in the module is the function that frees.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "workload.h"

#define PENDING_MAX (4 << 20)

static atomic_long_t pending;

void workload_rcu_wait(void)
{
	atomic_long_set(&pending, 0);
	rcu_barrier();
	compat_kvfree_rcu_barrier();
}

/* Called after each free of so many bytes; may sleep. Where nothing can be waited for, it rests. */
void workload_rcu_throttle(size_t bytes)
{
	if (atomic_long_add_return(bytes, &pending) < PENDING_MAX)
		return;
	workload_rcu_wait();
	if (!compat_has_kvfree_rcu_barrier())
		msleep(20);
}

struct rcu_object {
	struct rcu_head head;
};

WORKLOAD_SITE(kfree_rcu_site, kfree_rcu, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kfree_rcu(struct workload_job *job,
					      struct workload_object *object, unsigned int count)
{
	return workload_made(object, &kfree_rcu_site, kmalloc(job->size, GFP_KERNEL), job->size);
}

static WORKLOAD_CALLER void workload_kfree_rcu_free(struct workload_job *job,
						    struct workload_object *objects,
						    unsigned int count)
{
	struct rcu_object *object;
	unsigned int i;

	for (i = 0; i < count; i++) {
		object = objects[i].address;
		kfree_rcu(object, head);
		workload_dropped(&objects[i]);
		workload_rcu_throttle(objects[i].bytes);
	}
}

const struct workload_operation workload_kfree_rcu_operation = {
	.sites = {&kfree_rcu_site},
	.make = workload_kfree_rcu,
	.drop = workload_kfree_rcu_free,
};

WORKLOAD_SITE(headless_site, kfree_rcu_headless, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kfree_rcu_headless(struct workload_job *job,
						       struct workload_object *object,
						       unsigned int count)
{
	return workload_made(object, &headless_site, kmalloc(job->size, GFP_KERNEL), job->size);
}

static WORKLOAD_CALLER void workload_kfree_rcu_headless_free(struct workload_job *job,
							     struct workload_object *objects,
							     unsigned int count)
{
	unsigned int i;
	void *address;

	for (i = 0; i < count; i++) {
		address = objects[i].address;
		compat_kfree_rcu_headless(address);
		workload_dropped(&objects[i]);
		workload_rcu_throttle(objects[i].bytes);
	}
}

const struct workload_operation workload_kfree_rcu_headless_operation = {
	.sites = {&headless_site},
	.make = workload_kfree_rcu_headless,
	.drop = workload_kfree_rcu_headless_free,
};

WORKLOAD_SITE(vmalloc_site, kvfree_rcu_vmalloc, VMALLOC, 0);

static WORKLOAD_CALLER int workload_kvfree_rcu_vmalloc(struct workload_job *job,
						       struct workload_object *object,
						       unsigned int count)
{
	return workload_made(object, &vmalloc_site, vmalloc(job->size), job->size);
}

static WORKLOAD_CALLER void workload_kvfree_rcu_vmalloc_free(struct workload_job *job,
							     struct workload_object *objects,
							     unsigned int count)
{
	unsigned int i;
	void *address;

	for (i = 0; i < count; i++) {
		address = objects[i].address;
		compat_kvfree_rcu_headless(address);
		workload_dropped(&objects[i]);
		workload_rcu_throttle(PAGE_ALIGN(objects[i].bytes));
	}
}

const struct workload_operation workload_kvfree_rcu_vmalloc_operation = {
	.sites = {&vmalloc_site},
	.make = workload_kvfree_rcu_vmalloc,
	.drop = workload_kvfree_rcu_vmalloc_free,
};
