/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages: family pages counts blocks of 2^n pages, with the bytes of the whole block.
 *
 * alloc_pages_exact() takes a block and gives its tail back page by page: one allocation of the
 * block's bytes; it is freed, as far as this counts, when the rest is. alloc_pages_bulk() gives
 * blocks of one page each; if it gives none, that is one failure.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "compat.h"
#include "workload.h"

#define BULK 16

static size_t block_bytes(size_t size)
{
	return PAGE_SIZE << get_order(size);
}

static WORKLOAD_CALLER void workload_free_pages(struct workload_job *job,
						struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		free_pages((unsigned long)objects[i].address, get_order(objects[i].bytes));
		workload_dropped(&objects[i]);
	}
}

/* Of objects that are struct pages. */
static WORKLOAD_CALLER void workload_free_page_structs(struct workload_job *job,
						       struct workload_object *objects,
						       unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		__free_pages(objects[i].address, get_order(objects[i].bytes));
		workload_dropped(&objects[i]);
	}
}

WORKLOAD_SITE(zeroed_site, get_zeroed_page, PAGES, 0);

static WORKLOAD_CALLER int workload_get_zeroed_page(struct workload_job *job,
						    struct workload_object *object,
						    unsigned int count)
{
	return workload_made(object, &zeroed_site, (void *)get_zeroed_page(GFP_KERNEL), PAGE_SIZE);
}

const struct workload_operation workload_get_zeroed_page_operation = {
	.sites = {&zeroed_site},
	.make = workload_get_zeroed_page,
	.drop = workload_free_pages,
	.size = PAGE_SIZE,
};

WORKLOAD_SITE(get_site, get_free_pages, PAGES, 0);

static WORKLOAD_CALLER int workload_get_free_pages(struct workload_job *job,
						   struct workload_object *object,
						   unsigned int count)
{
	unsigned long address = __get_free_pages(GFP_KERNEL | __GFP_NOWARN, get_order(job->size));

	return workload_made(object, &get_site, (void *)address, block_bytes(job->size));
}

const struct workload_operation workload_get_free_pages_operation = {
	.sites = {&get_site},
	.make = workload_get_free_pages,
	.drop = workload_free_pages,
};

WORKLOAD_SITE(alloc_site, alloc_pages, PAGES, 0);

static WORKLOAD_CALLER int workload_alloc_pages(struct workload_job *job,
						struct workload_object *object, unsigned int count)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, get_order(job->size));

	return workload_made(object, &alloc_site, page, block_bytes(job->size));
}

const struct workload_operation workload_alloc_pages_operation = {
	.sites = {&alloc_site},
	.make = workload_alloc_pages,
	.drop = workload_free_page_structs,
};

WORKLOAD_SITE(exact_site, alloc_pages_exact, PAGES, 0);

static WORKLOAD_CALLER int workload_alloc_pages_exact(struct workload_job *job,
						      struct workload_object *object,
						      unsigned int count)
{
	object->size = job->size;
	return workload_made(object, &exact_site,
			     alloc_pages_exact(job->size, GFP_KERNEL | __GFP_NOWARN),
			     block_bytes(job->size));
}

static WORKLOAD_CALLER void workload_free_pages_exact(struct workload_job *job,
						      struct workload_object *objects,
						      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		free_pages_exact(objects[i].address, objects[i].size);
		workload_dropped(&objects[i]);
	}
}

const struct workload_operation workload_alloc_pages_exact_operation = {
	.sites = {&exact_site},
	.make = workload_alloc_pages_exact,
	.drop = workload_free_pages_exact,
};

WORKLOAD_SITE(bulk_site, alloc_pages_bulk, PAGES, 0);

static WORKLOAD_CALLER int workload_alloc_pages_bulk(struct workload_job *job,
						     struct workload_object *objects,
						     unsigned int count)
{
	struct page *pages[BULK];
	unsigned long got, i;

	memset(pages, 0, sizeof(pages));
	got = compat_alloc_pages_bulk(GFP_KERNEL, count, pages);
	if (!got)
		return workload_made(objects, &bulk_site, NULL, 0);
	for (i = 0; i < got; i++)
		workload_made(&objects[i], &bulk_site, pages[i], PAGE_SIZE);
	return got;
}

const struct workload_operation workload_alloc_pages_bulk_operation = {
	.sites = {&bulk_site},
	.make = workload_alloc_pages_bulk,
	.drop = workload_free_page_structs,
	.batch = BULK,
	.size = PAGE_SIZE,
};
