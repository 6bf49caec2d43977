/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions of the kernel that allocate for their caller, by kmalloc: one operation is one
 * allocation, and one free. Their tracepoints carry the caller's address as the call site.
 *
 * memdup_user() of an address that can't be read allocates, fails, and frees: one allocation and
 * one free are counted, and the run ends with EFAULT.
 * devm_kmalloc() puts a header before the object and rounds up: the bytes are not known.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "workload.h"

/* The longest string and what ends it; shorter ones are its tails. */
#define TEXT_BYTES 4096
static const char text[TEXT_BYTES] = {[0 ... TEXT_BYTES - 2] = 'w'};

static const char *tail(size_t bytes)
{
	return text + TEXT_BYTES - bytes;
}

WORKLOAD_SITE(kmemdup_site, kmemdup, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kmemdup(struct workload_job *job,
					    struct workload_object *object, unsigned int count)
{
	return workload_made(object, &kmemdup_site, kmemdup(tail(job->size), job->size, GFP_KERNEL),
			     job->size);
}

const struct workload_operation workload_kmemdup_operation = {
	.sites = {&kmemdup_site},
	.make = workload_kmemdup,
	.drop = workload_kfree,
};

WORKLOAD_SITE(kstrdup_site, kstrdup, KMALLOC, 0);

static WORKLOAD_CALLER int workload_kstrdup(struct workload_job *job,
					    struct workload_object *object, unsigned int count)
{
	return workload_made(object, &kstrdup_site, kstrdup(tail(job->size), GFP_KERNEL),
			     job->size);
}

const struct workload_operation workload_kstrdup_operation = {
	.sites = {&kstrdup_site},
	.make = workload_kstrdup,
	.drop = workload_kfree,
};

WORKLOAD_SITE(memdup_user_site, memdup_user, KMALLOC, 0);

static WORKLOAD_CALLER int workload_memdup_user(struct workload_job *job,
						struct workload_object *object, unsigned int count)
{
	void *copy = memdup_user(job->data, job->size);

	if (PTR_ERR_OR_ZERO(copy) == -EFAULT) {
		workload_count_alloc(&memdup_user_site, 1, job->size);
		workload_count_free(&memdup_user_site, 1, job->size);
		return -EFAULT;
	}
	return workload_made(object, &memdup_user_site, IS_ERR(copy) ? NULL : copy, job->size);
}

const struct workload_operation workload_memdup_user_operation = {
	.sites = {&memdup_user_site},
	.make = workload_memdup_user,
	.drop = workload_kfree,
};

WORKLOAD_SITE(devm_site, devm_kmalloc, KMALLOC, WORKLOAD_ROW_BYTES_UNKNOWN);

static WORKLOAD_CALLER int workload_devm_kmalloc(struct workload_job *job,
						 struct workload_object *object, unsigned int count)
{
	return workload_made(object, &devm_site,
			     devm_kmalloc(workload_device(), job->size, GFP_KERNEL), job->size);
}

static WORKLOAD_CALLER void workload_devm_kfree(struct workload_job *job,
						struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		devm_kfree(workload_device(), objects[i].address);
		workload_dropped(&objects[i]);
	}
}

const struct workload_operation workload_devm_kmalloc_operation = {
	.sites = {&devm_site},
	.make = workload_devm_kmalloc,
	.drop = workload_devm_kfree,
};
