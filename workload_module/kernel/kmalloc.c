/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmalloc and its nearest: one operation is one allocation, and one kfree(), of family kmalloc.
 * Bytes are those of the argument.
 *
 * krealloc() that has to move is one more allocation and one free (the bytes of both are counted);
 * in place it is nothing at all. Which of the two happened is told by the pointer: the old object
 * is not freed before the new one is there.
 */
#include <linux/slab.h>

#include "compat.h"
#include "workload.h"

#define CONST_BYTES	  1024
#define LARGE_CONST_BYTES 102400
#define KZALLOC_BYTES	  96
#define KCALLOC_ELEMENTS  10
#define KREALLOC_GROWTH	  4
#define NOLOCK_TRIES	  1000

WORKLOAD_CALLER void workload_kfree(struct workload_job *job, struct workload_object *objects,
				    unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		kfree(objects[i].address);
		workload_dropped(&objects[i]);
	}
}

WORKLOAD_SITE(const_site, kmalloc_const, KMALLOC, 0);

static WORKLOAD_CALLER int
workload_kmalloc_const(struct workload_job *job, struct workload_object *object, unsigned int count)
{
	return workload_made(object, &const_site, kmalloc(CONST_BYTES, GFP_KERNEL), CONST_BYTES);
}

const struct workload_operation workload_kmalloc_const_operation = {
	.sites = {&const_site},
	.make = workload_kmalloc_const,
	.drop = workload_kfree,
	.size = CONST_BYTES,
};

WORKLOAD_SITE(large_const_site, kmalloc_large_const, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kmalloc_large_const(struct workload_job *job,
							struct workload_object *object,
							unsigned int count)
{
	return workload_made(object, &large_const_site,
			     kmalloc(LARGE_CONST_BYTES, GFP_KERNEL | __GFP_NOWARN),
			     LARGE_CONST_BYTES);
}

const struct workload_operation workload_kmalloc_large_const_operation = {
	.sites = {&large_const_site},
	.make = workload_kmalloc_large_const,
	.drop = workload_kfree,
	.size = LARGE_CONST_BYTES,
};

WORKLOAD_SITE(kzalloc_site, kzalloc, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kzalloc(struct workload_job *job,
					    struct workload_object *object, unsigned int count)
{
	return workload_made(object, &kzalloc_site, kzalloc(KZALLOC_BYTES, GFP_KERNEL),
			     KZALLOC_BYTES);
}

const struct workload_operation workload_kzalloc_operation = {
	.sites = {&kzalloc_site},
	.make = workload_kzalloc,
	.drop = workload_kfree,
	.size = KZALLOC_BYTES,
};

WORKLOAD_SITE(var_site, kmalloc_var, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kmalloc_var(struct workload_job *job,
						struct workload_object *object, unsigned int count)
{
	return workload_made(object, &var_site, kmalloc(job->size, GFP_KERNEL), job->size);
}

const struct workload_operation workload_kmalloc_var_operation = {
	.sites = {&var_site},
	.make = workload_kmalloc_var,
	.drop = workload_kfree,
};

WORKLOAD_SITE(large_var_site, kmalloc_large_var, KMALLOC, 0);

/* Above order 3 the allocator may give up, and would say so in the log. */
static WORKLOAD_CALLER int workload_kmalloc_large_var(struct workload_job *job,
						      struct workload_object *object,
						      unsigned int count)
{
	return workload_made(object, &large_var_site, kmalloc(job->size, GFP_KERNEL | __GFP_NOWARN),
			     job->size);
}

const struct workload_operation workload_kmalloc_large_var_operation = {
	.sites = {&large_var_site},
	.make = workload_kmalloc_large_var,
	.drop = workload_kfree,
};

WORKLOAD_SITE(kcalloc_site, kcalloc, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kcalloc(struct workload_job *job,
					    struct workload_object *object, unsigned int count)
{
	return workload_made(object, &kcalloc_site,
			     kcalloc(KCALLOC_ELEMENTS, job->size, GFP_KERNEL | __GFP_NOWARN),
			     KCALLOC_ELEMENTS * job->size);
}

const struct workload_operation workload_kcalloc_operation = {
	.sites = {&kcalloc_site},
	.make = workload_kcalloc,
	.drop = workload_kfree,
	.scale = KCALLOC_ELEMENTS,
};

/* Counts what krealloc() of the object did: 1, or -ENOMEM with the old object still there. */
static int reallocated(struct workload_object *object, void *now, size_t bytes)
{
	struct workload_object old = *object;

	if (now == old.address)
		return 1;
	if (workload_made(object, old.site, now, bytes) < 0)
		return -ENOMEM;
	workload_dropped(&old);
	return 1;
}

WORKLOAD_SITE(grow_site, krealloc_grow, KMALLOC, 0);

static WORKLOAD_CALLER int
workload_krealloc_grow(struct workload_job *job, struct workload_object *object, unsigned int count)
{
	size_t bytes = job->size * KREALLOC_GROWTH;
	int ret;

	ret = workload_made(object, &grow_site, kmalloc(job->size, GFP_KERNEL | __GFP_NOWARN),
			    job->size);
	if (ret < 0)
		return ret;
	ret = reallocated(object, krealloc(object->address, bytes, GFP_KERNEL | __GFP_NOWARN),
			  bytes);
	if (ret < 0)
		workload_kfree(job, object, 1);
	return ret;
}

const struct workload_operation workload_krealloc_grow_operation = {
	.sites = {&grow_site},
	.make = workload_krealloc_grow,
	.drop = workload_kfree,
	.scale = KREALLOC_GROWTH,
};

WORKLOAD_SITE(shrink_site, krealloc_shrink, KMALLOC, 0);

static WORKLOAD_CALLER int workload_krealloc_shrink(struct workload_job *job,
						    struct workload_object *object,
						    unsigned int count)
{
	size_t bytes = job->size / 2;
	int ret;

	ret = workload_made(object, &shrink_site, kmalloc(job->size, GFP_KERNEL | __GFP_NOWARN),
			    job->size);
	if (ret < 0)
		return ret;
	ret = reallocated(object, krealloc(object->address, bytes, GFP_KERNEL | __GFP_NOWARN),
			  bytes);
	if (ret < 0)
		workload_kfree(job, object, 1);
	return ret;
}

const struct workload_operation workload_krealloc_shrink_operation = {
	.sites = {&shrink_site},
	.make = workload_krealloc_shrink,
	.drop = workload_kfree,
};

WORKLOAD_SITE(atomic_site, kmalloc_atomic, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kmalloc_atomic(struct workload_job *job,
						   struct workload_object *object,
						   unsigned int count)
{
	return workload_made(object, &atomic_site, kmalloc(job->size, GFP_ATOMIC | __GFP_NOWARN),
			     job->size);
}

const struct workload_operation workload_kmalloc_atomic_operation = {
	.sites = {&atomic_site},
	.make = workload_kmalloc_atomic,
	.drop = workload_kfree,
};

WORKLOAD_SITE(nowait_site, kmalloc_nowait, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kmalloc_nowait(struct workload_job *job,
						   struct workload_object *object,
						   unsigned int count)
{
	return workload_made(object, &nowait_site, kmalloc(job->size, GFP_NOWAIT | __GFP_NOWARN),
			     job->size);
}

const struct workload_operation workload_kmalloc_nowait_operation = {
	.sites = {&nowait_site},
	.make = workload_kmalloc_nowait,
	.drop = workload_kfree,
};

/*
 * No tracepoint sees these: only hooks of _kmalloc_nolock_noprof() and kfree_nolock() do. It gives
 * up when a lock is taken, each time of which is a failure; then it is tried again.
 */
WORKLOAD_SITE(nolock_site, kmalloc_nolock, KMALLOC, WORKLOAD_ROW_FAILS_SILENTLY);

static bool nolock_supported(void)
{
	return IS_ENABLED(COMPAT_KMALLOC_NOLOCK);
}

#ifdef COMPAT_KMALLOC_NOLOCK
static WORKLOAD_CALLER int workload_kmalloc_nolock(struct workload_job *job,
						   struct workload_object *object,
						   unsigned int count)
{
	unsigned int tries;
	int ret = -ENOMEM;

	for (tries = 0; tries < NOLOCK_TRIES && ret < 0; tries++)
		ret = workload_made(object, &nolock_site,
				    kmalloc_nolock(job->size, 0, NUMA_NO_NODE), job->size);
	return ret;
}

static WORKLOAD_CALLER void
workload_kfree_nolock(struct workload_job *job, struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		kfree_nolock(objects[i].address);
		workload_dropped(&objects[i]);
	}
}
#endif

const struct workload_operation workload_kmalloc_nolock_operation = {
	.sites = {&nolock_site},
#ifdef COMPAT_KMALLOC_NOLOCK
	.make = workload_kmalloc_nolock,
	.drop = workload_kfree_nolock,
#endif
	.supported = nolock_supported,
};
