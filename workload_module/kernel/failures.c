/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that fail on purpose, and frees of nothing. What is counted as failed is what the
 * caller gets NULL for, once for each call.
 *
 * kmalloc of too much fires its event with a NULL pointer (6.12 and 7.2 fire it twice, inside and
 * out). vmalloc of more than there is memory, and a per-CPU object above the size of a unit, are
 * refused before any event. A block for which there is no memory fires mm_page_alloc without a
 * page: so that this is certain and harmless, it is the small zone for DMA that is used up, by
 * blocks of which it has a few; these are counted as well, and freed. Where there is no such zone
 * no more than BLOCKS are taken, and nothing fails.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "workload.h"

#define BLOCKS	    8
#define BLOCK_ORDER get_order(4 << 20)
#define BLOCK_BYTES (PAGE_SIZE << BLOCK_ORDER)

/* Counts the failure of an allocation that can't succeed; if it did, it is taken as an object. */
static int must_fail(struct workload_job *job, struct workload_site *site, void *address)
{
	return workload_made(&job->objects[0], site, address, 0) < 0 ? 0 : -EIO;
}

WORKLOAD_SITE(kmalloc_site, fail_kmalloc, KMALLOC, 0);

static WORKLOAD_CALLER int workload_fail_kmalloc(struct workload_job *job)
{
	size_t bytes = 2 * KMALLOC_MAX_SIZE;
	int ret;

	OPTIMIZER_HIDE_VAR(bytes);
	ret = must_fail(job, &kmalloc_site, kmalloc(bytes, GFP_KERNEL | __GFP_NOWARN));
	if (ret)
		workload_kfree(job, job->objects, 1);
	return ret;
}

const struct workload_operation workload_fail_kmalloc_operation = {
	.sites = {&kmalloc_site},
	.once = workload_fail_kmalloc,
};

WORKLOAD_SITE(vmalloc_site, fail_vmalloc, VMALLOC, WORKLOAD_ROW_FAILS_SILENTLY);

static WORKLOAD_CALLER int workload_fail_vmalloc(struct workload_job *job)
{
	unsigned long bytes = (totalram_pages() + 1) << PAGE_SHIFT;
	void *address = __vmalloc(bytes, GFP_KERNEL | __GFP_NOWARN);
	int ret = must_fail(job, &vmalloc_site, address);

	if (ret) {
		vfree(address);
		workload_dropped(&job->objects[0]);
	}
	return ret;
}

const struct workload_operation workload_fail_vmalloc_operation = {
	.sites = {&vmalloc_site},
	.once = workload_fail_vmalloc,
};

WORKLOAD_SITE(percpu_site, fail_percpu, PERCPU, WORKLOAD_ROW_FAILS_SILENTLY);

static WORKLOAD_CALLER int workload_fail_percpu(struct workload_job *job)
{
	void __percpu *address =
		__alloc_percpu_gfp(PCPU_MIN_UNIT_SIZE + 8, 8, GFP_KERNEL | __GFP_NOWARN);
	int ret = must_fail(job, &percpu_site, (void __force *)address);

	if (ret) {
		free_percpu(address);
		workload_dropped(&job->objects[0]);
	}
	return ret;
}

const struct workload_operation workload_fail_percpu_operation = {
	.sites = {&percpu_site},
	.once = workload_fail_percpu,
};

WORKLOAD_SITE(pages_site, fail_pages, PAGES, 0);

static WORKLOAD_CALLER int workload_fail_pages(struct workload_job *job)
{
	gfp_t gfp = GFP_KERNEL | __GFP_DMA | __GFP_NORETRY | __GFP_NOWARN;
	unsigned int taken;

	for (taken = 0; taken < BLOCKS; taken++)
		if (workload_made(&job->objects[taken], &pages_site, alloc_pages(gfp, BLOCK_ORDER),
				  BLOCK_BYTES) < 0)
			break;
	while (taken--) {
		__free_pages(job->objects[taken].address, BLOCK_ORDER);
		workload_dropped(&job->objects[taken]);
	}
	return 0;
}

const struct workload_operation workload_fail_pages_operation = {
	.sites = {&pages_site},
	.once = workload_fail_pages,
};

WORKLOAD_SITE(null_site, kfree_null, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kfree_null(struct workload_job *job)
{
	void *nothing = NULL;

	OPTIMIZER_HIDE_VAR(nothing);
	kfree(nothing);
	atomic64_inc(&null_site.null_frees);
	return 0;
}

const struct workload_operation workload_kfree_null_operation = {
	.sites = {&null_site},
	.once = workload_kfree_null,
};
