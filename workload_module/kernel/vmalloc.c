/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmalloc: one operation is one object of family vmalloc, and one vfree(). Bytes are those of the
 * argument, also where these are not whole pages. The page array, the area's descriptors and the
 * pages are the kernel's own and backing: they are not counted.
 *
 * kvmalloc() is a kmalloc or a vmalloc; which of the two, its address says. The kmalloc that it
 * tries first is no failure of the caller's: where that fires an event, the event is about nothing
 * that is counted here.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "workload.h"

#define LARGE_BYTES (10 << 20)

static WORKLOAD_CALLER void workload_vfree(struct workload_job *job,
					   struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		vfree(objects[i].address);
		workload_dropped(&objects[i]);
	}
}

static WORKLOAD_CALLER void workload_kvfree(struct workload_job *job,
					    struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		kvfree(objects[i].address);
		workload_dropped(&objects[i]);
	}
}

WORKLOAD_SITE(large_site, vmalloc_10m, VMALLOC, 0);

static WORKLOAD_CALLER int workload_vmalloc_10m(struct workload_job *job,
						struct workload_object *object, unsigned int count)
{
	return workload_made(object, &large_site, vmalloc(LARGE_BYTES), LARGE_BYTES);
}

const struct workload_operation workload_vmalloc_10m_operation = {
	.sites = {&large_site},
	.make = workload_vmalloc_10m,
	.drop = workload_vfree,
	.size = LARGE_BYTES,
};

WORKLOAD_SITE(page_site, vmalloc_page, VMALLOC, 0);

static WORKLOAD_CALLER int workload_vmalloc_page(struct workload_job *job,
						 struct workload_object *object, unsigned int count)
{
	return workload_made(object, &page_site, vmalloc(PAGE_SIZE), PAGE_SIZE);
}

const struct workload_operation workload_vmalloc_page_operation = {
	.sites = {&page_site},
	.make = workload_vmalloc_page,
	.drop = workload_vfree,
	.size = PAGE_SIZE,
};

WORKLOAD_SITE(vmalloc_site, vmalloc, VMALLOC, 0);

static WORKLOAD_CALLER int workload_vmalloc(struct workload_job *job,
					    struct workload_object *object, unsigned int count)
{
	return workload_made(object, &vmalloc_site, vmalloc(job->size), job->size);
}

const struct workload_operation workload_vmalloc_operation = {
	.sites = {&vmalloc_site},
	.make = workload_vmalloc,
	.drop = workload_vfree,
};

WORKLOAD_SITE(vzalloc_site, vzalloc, VMALLOC, 0);

static WORKLOAD_CALLER int workload_vzalloc(struct workload_job *job,
					    struct workload_object *object, unsigned int count)
{
	return workload_made(object, &vzalloc_site, vzalloc(job->size), job->size);
}

const struct workload_operation workload_vzalloc_operation = {
	.sites = {&vzalloc_site},
	.make = workload_vzalloc,
	.drop = workload_vfree,
};

WORKLOAD_SITE(user_site, vmalloc_user, VMALLOC, 0);

static WORKLOAD_CALLER int workload_vmalloc_user(struct workload_job *job,
						 struct workload_object *object, unsigned int count)
{
	return workload_made(object, &user_site, vmalloc_user(job->size), job->size);
}

const struct workload_operation workload_vmalloc_user_operation = {
	.sites = {&user_site},
	.make = workload_vmalloc_user,
	.drop = workload_vfree,
};

WORKLOAD_SITE(flags_site, vmalloc_flags, VMALLOC, 0);

static WORKLOAD_CALLER int
workload_vmalloc_flags(struct workload_job *job, struct workload_object *object, unsigned int count)
{
	return workload_made(object, &flags_site, __vmalloc(job->size, GFP_NOFS | __GFP_ZERO),
			     job->size);
}

const struct workload_operation workload_vmalloc_flags_operation = {
	.sites = {&flags_site},
	.make = workload_vmalloc_flags,
	.drop = workload_vfree,
};

WORKLOAD_SITE(small_site, kvmalloc_small, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kvmalloc_small(struct workload_job *job,
						   struct workload_object *object,
						   unsigned int count)
{
	return workload_made(object, &small_site, kvmalloc(job->size, GFP_KERNEL), job->size);
}

const struct workload_operation workload_kvmalloc_small_operation = {
	.sites = {&small_site},
	.make = workload_kvmalloc_small,
	.drop = workload_kvfree,
};

WORKLOAD_SITE(large_kmalloc_site, kvmalloc_large, KMALLOC, WORKLOAD_ROW_HELPER);
WORKLOAD_SITE(large_vmalloc_site, kvmalloc_large, VMALLOC, WORKLOAD_ROW_HELPER);

static WORKLOAD_CALLER int workload_kvmalloc_large(struct workload_job *job,
						   struct workload_object *object,
						   unsigned int count)
{
	void *address = kvmalloc(job->size, GFP_KERNEL);

	return workload_made(object,
			     is_vmalloc_addr(address) ? &large_vmalloc_site : &large_kmalloc_site,
			     address, job->size);
}

const struct workload_operation workload_kvmalloc_large_operation = {
	.sites = {&large_kmalloc_site, &large_vmalloc_site},
	.make = workload_kvmalloc_large,
	.drop = workload_kvfree,
};

WORKLOAD_SITE(fallback_site, kvmalloc_fallback, VMALLOC, WORKLOAD_ROW_HELPER);

static WORKLOAD_CALLER int workload_kvmalloc_fallback(struct workload_job *job,
						      struct workload_object *object,
						      unsigned int count)
{
	return workload_made(object, &fallback_site, kvmalloc(job->size, GFP_KERNEL), job->size);
}

const struct workload_operation workload_kvmalloc_fallback_operation = {
	.sites = {&fallback_site},
	.make = workload_kvmalloc_fallback,
	.drop = workload_kvfree,
};
