/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kmem_cache of the module: one operation is one object of it, of family cache, whether it was
 * allocated or freed alone or in bulk. Bytes are the size that the cache was made with. A bulk
 * allocation that fails is one failure.
 *
 * The constructor keeps the cache from being merged with others. What is leaked comes from a second
 * cache, which nobody destroys and which has nothing that points into the module.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "compat.h"
#include "workload.h"

#define CACHE_BYTES 200
#define BULK	    16

#ifdef SLAB_NO_MERGE
#define LEAK_CACHE_FLAGS SLAB_NO_MERGE
#else
#define LEAK_CACHE_FLAGS 0
#endif

static struct kmem_cache *cache;
static struct kmem_cache *leak_cache;
static bool leaked;

static void construct(void *object)
{
	memset(object, 0, CACHE_BYTES);
}

/* An earlier load of the module may have left its leak cache: each has a name of its own. */
int workload_cache_setup(void)
{
	char name[32];

	cache = kmem_cache_create("workload_cache", CACHE_BYTES, 8, 0, construct);
	if (!cache)
		return -ENOMEM;
	snprintf(name, sizeof(name), "workload_leak_%llx", get_jiffies_64());
	leak_cache = kmem_cache_create(name, CACHE_BYTES, 8, LEAK_CACHE_FLAGS, NULL);
	if (leak_cache)
		return 0;
	kmem_cache_destroy(cache);
	return -ENOMEM;
}

void workload_cache_teardown(void)
{
	kmem_cache_destroy(cache);
	if (!READ_ONCE(leaked))
		kmem_cache_destroy(leak_cache);
}

static struct kmem_cache *cache_of(const struct workload_job *job)
{
	if (!job->leaks)
		return cache;
	WRITE_ONCE(leaked, true);
	return leak_cache;
}

static WORKLOAD_CALLER void workload_cache_free(struct workload_job *job,
						struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		kmem_cache_free(cache, objects[i].address);
		workload_dropped(&objects[i]);
	}
}

static WORKLOAD_CALLER void workload_cache_free_bulk(struct workload_job *job,
						     struct workload_object *objects,
						     unsigned int count)
{
	void *addresses[WORKLOAD_BATCH];
	unsigned int i;

	for (i = 0; i < count; i++)
		addresses[i] = objects[i].address;
	kmem_cache_free_bulk(cache, count, addresses);
	for (i = 0; i < count; i++)
		workload_dropped(&objects[i]);
}

/* All or nothing; newer kernels return a bool, older ones the number. */
static int made_bulk(struct workload_object *objects, struct workload_site *site, void **addresses,
		     unsigned int count, int done)
{
	unsigned int i;

	if (!done)
		return workload_made(objects, site, NULL, 0);
	for (i = 0; i < count; i++)
		workload_made(&objects[i], site, addresses[i], CACHE_BYTES);
	return count;
}

WORKLOAD_SITE(cache_site, cache, CACHE, 0);

static WORKLOAD_CALLER int workload_cache(struct workload_job *job, struct workload_object *object,
					  unsigned int count)
{
	return workload_made(object, &cache_site, kmem_cache_alloc(cache_of(job), GFP_KERNEL),
			     CACHE_BYTES);
}

const struct workload_operation workload_cache_operation = {
	.sites = {&cache_site},
	.make = workload_cache,
	.drop = workload_cache_free,
	.size = CACHE_BYTES,
};

WORKLOAD_SITE(bulk_site, cache_bulk, CACHE, WORKLOAD_ROW_FAILS_SILENTLY);

static WORKLOAD_CALLER int workload_cache_bulk(struct workload_job *job,
					       struct workload_object *objects, unsigned int count)
{
	void *addresses[BULK];
	int done = kmem_cache_alloc_bulk(cache_of(job), GFP_KERNEL, count, addresses);

	return made_bulk(objects, &bulk_site, addresses, count, done);
}

const struct workload_operation workload_cache_bulk_operation = {
	.sites = {&bulk_site},
	.make = workload_cache_bulk,
	.drop = workload_cache_free_bulk,
	.batch = BULK,
	.size = CACHE_BYTES,
};

WORKLOAD_SITE(single_bulk_site, cache_single_bulk, CACHE, 0);

static WORKLOAD_CALLER int workload_cache_single_bulk(struct workload_job *job,
						      struct workload_object *objects,
						      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (workload_made(&objects[i], &single_bulk_site,
				  kmem_cache_alloc(cache_of(job), GFP_KERNEL), CACHE_BYTES) < 0)
			break;
	return i ? i : -ENOMEM;
}

const struct workload_operation workload_cache_single_bulk_operation = {
	.sites = {&single_bulk_site},
	.make = workload_cache_single_bulk,
	.drop = workload_cache_free_bulk,
	.batch = BULK,
	.size = CACHE_BYTES,
};

WORKLOAD_SITE(bulk_single_site, cache_bulk_single, CACHE, WORKLOAD_ROW_FAILS_SILENTLY);

static WORKLOAD_CALLER int workload_cache_bulk_single(struct workload_job *job,
						      struct workload_object *objects,
						      unsigned int count)
{
	void *addresses[BULK];
	int done = kmem_cache_alloc_bulk(cache_of(job), GFP_KERNEL, count, addresses);

	return made_bulk(objects, &bulk_single_site, addresses, count, done);
}

const struct workload_operation workload_cache_bulk_single_operation = {
	.sites = {&bulk_single_site},
	.make = workload_cache_bulk_single,
	.drop = workload_cache_free,
	.batch = BULK,
	.size = CACHE_BYTES,
};

WORKLOAD_SITE(kfree_rcu_site, cache_kfree_rcu, CACHE, 0);

struct rcu_object {
	struct rcu_head head;
};

/* A cache must not go while RCU holds objects of it, and only such kernels can wait for them. */
static bool kfree_rcu_supported(void)
{
	return compat_has_kvfree_rcu_barrier();
}

static WORKLOAD_CALLER int workload_cache_kfree_rcu(struct workload_job *job,
						    struct workload_object *object,
						    unsigned int count)
{
	return workload_made(object, &kfree_rcu_site, kmem_cache_alloc(cache_of(job), GFP_KERNEL),
			     CACHE_BYTES);
}

static WORKLOAD_CALLER void workload_cache_kfree_rcu_free(struct workload_job *job,
							  struct workload_object *objects,
							  unsigned int count)
{
	struct rcu_object *object;
	unsigned int i;

	for (i = 0; i < count; i++) {
		object = objects[i].address;
		kfree_rcu(object, head);
		workload_dropped(&objects[i]);
		workload_rcu_throttle(CACHE_BYTES);
	}
}

const struct workload_operation workload_cache_kfree_rcu_operation = {
	.sites = {&kfree_rcu_site},
	.make = workload_cache_kfree_rcu,
	.drop = workload_cache_kfree_rcu_free,
	.supported = kfree_rcu_supported,
	.size = CACHE_BYTES,
};
