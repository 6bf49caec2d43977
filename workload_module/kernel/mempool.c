/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mempool over kmalloc, one for each run: mempool_init() allocates an array of POOL_RESERVE
 * pointers (row 2) and fills it with as many elements (row 1); mempool_exit() frees all of them.
 * In between one operation is one mempool_alloc(), which asks kmalloc first and takes from its
 * reserve only if that fails, and one mempool_free(), which fills the reserve or frees. So a run of
 * N operations is N + POOL_RESERVE elements, allocated and freed, and one array.
 *
 * The elements are counted where the pool asks for one, so the counts stay right when it has to use
 * its reserve.
 */
#include <linux/mempool.h>
#include <linux/slab.h>

#include "workload.h"

#define POOL_RESERVE 4

WORKLOAD_SITE(element_site, mempool_element, KMALLOC, WORKLOAD_ROW_HELPER);
WORKLOAD_SITE(array_site, mempool_init, KMALLOC, WORKLOAD_ROW_HELPER);

/* The pool's way to an element; mempool_kmalloc() or, as a jump, this is the call site. */
static WORKLOAD_CALLER void *workload_mempool_element(gfp_t gfp, void *data)
{
	struct workload_job *job = data;
	void *element = mempool_kmalloc(gfp, (void *)job->size);

	job->pool_calls++;
	if (element)
		workload_count_alloc(&element_site, 1, job->size);
	else
		atomic64_inc(&element_site.failed);
	return element;
}

static WORKLOAD_CALLER void workload_mempool_element_free(void *element, void *data)
{
	struct workload_job *job = data;

	mempool_kfree(element, NULL);
	workload_count_free(&element_site, 1, job->size);
}

/* When it fails before it asked for an element, it was for want of the array. */
static WORKLOAD_CALLER int workload_mempool_init(struct workload_job *job)
{
	size_t bytes = POOL_RESERVE * sizeof(void *);
	int ret;

	job->pool_calls = 0;
	ret = mempool_init(&job->pool, POOL_RESERVE, workload_mempool_element,
			   workload_mempool_element_free, job);
	if (ret && !job->pool_calls) {
		atomic64_inc(&array_site.failed);
		return ret;
	}
	workload_count_alloc(&array_site, 1, bytes);
	if (ret)
		workload_count_free(&array_site, 1, bytes);
	return ret;
}

static WORKLOAD_CALLER void workload_mempool_exit(struct workload_job *job)
{
	mempool_exit(&job->pool);
	workload_count_free(&array_site, 1, POOL_RESERVE * sizeof(void *));
}

static WORKLOAD_CALLER int workload_mempool(struct workload_job *job)
{
	void *element = mempool_alloc(&job->pool, GFP_KERNEL);

	if (!element)
		return -ENOMEM;
	mempool_free(element, &job->pool);
	barrier();
	return 0;
}

const struct workload_operation workload_mempool_operation = {
	.sites = {&element_site, &array_site},
	.once = workload_mempool,
	.begin = workload_mempool_init,
	.end = workload_mempool_exit,
};
