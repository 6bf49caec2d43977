/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables of two looks side by side: what has grown, and the order in which rows are shown.
 */
#include "inspect_growth.h"

#include <stdlib.h>

static int growth_order_caches(const void *left, const void *right)
{
	const struct procfs_cache *a = left, *b = right;

	if (a->growth_bytes != b->growth_bytes)
		return a->growth_bytes < b->growth_bytes ? 1 : -1;
	if (a->growth_objects != b->growth_objects)
		return a->growth_objects < b->growth_objects ? 1 : -1;
	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return procfs_compare(a->name, b->name);
}

static int growth_order_caller_names(const void *left, const void *right)
{
	const struct procfs_caller *a = left, *b = right;
	int order = procfs_compare(a->caller, b->caller);

	return order ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

static int growth_order_callers(const void *left, const void *right)
{
	const struct procfs_caller *a = left, *b = right;

	if (a->growth_bytes != b->growth_bytes)
		return a->growth_bytes < b->growth_bytes ? 1 : -1;
	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return growth_order_caller_names(a, b);
}

static int growth_order_tags(const void *left, const void *right)
{
	const struct procfs_tag *a = left, *b = right;
	int order;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	order = procfs_compare(a->file, b->file);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void growth_sort(void *rows, size_t count, size_t size,
			int (*order)(const void *, const void *))
{
	if (count)
		qsort(rows, count, size, order);
}

void inspect_growth_sort(struct inspect_look *look)
{
	growth_sort(look->slabinfo.caches, look->slabinfo.count, sizeof(*look->slabinfo.caches),
		    growth_order_caches);
	growth_sort(look->vmallocinfo.callers, look->vmallocinfo.count,
		    sizeof(*look->vmallocinfo.callers), growth_order_callers);
	growth_sort(look->allocinfo.tags, look->allocinfo.count, sizeof(*look->allocinfo.tags),
		    growth_order_tags);
}

/* Counters of a hostile tree may differ by more than an int64_t holds. */
static int64_t growth_between(uint64_t now, uint64_t before)
{
	if (now >= before)
		return now - before > INT64_MAX ? INT64_MAX : (int64_t)(now - before);
	return before - now > INT64_MAX ? INT64_MIN : -(int64_t)(before - now);
}

static int growth_order_cache_names(const void *left, const void *right)
{
	const struct procfs_cache *a = left, *b = right;

	return procfs_compare(a->name, b->name);
}

/*
 * Both tables in the order of their names, walked side by side: drivers make many areas, and the
 * names of caches are not unique.
 */
static void growth_compare_caches(struct procfs_slabinfo *now, struct procfs_slabinfo *before)
{
	struct procfs_cache nothing = {0};
	const struct procfs_cache *old;
	struct procfs_cache *cache;
	size_t i, j = 0;

	growth_sort(now->caches, now->count, sizeof(*cache), growth_order_cache_names);
	growth_sort(before->caches, before->count, sizeof(*cache), growth_order_cache_names);
	for (i = 0; i < now->count; i++) {
		cache = &now->caches[i];
		while (j < before->count && growth_order_cache_names(&before->caches[j], cache) < 0)
			j++;
		old = &nothing;
		if (j < before->count && growth_order_cache_names(&before->caches[j], cache) == 0)
			old = &before->caches[j++];
		cache->growth_objects = growth_between(cache->active, old->active);
		cache->growth_bytes = growth_between(cache->bytes, old->bytes);
	}
}

static void growth_compare_callers(struct procfs_vmallocinfo *now,
				   struct procfs_vmallocinfo *before)
{
	struct procfs_caller nothing = {0};
	const struct procfs_caller *old;
	struct procfs_caller *caller;
	size_t i, j = 0;

	growth_sort(now->callers, now->count, sizeof(*caller), growth_order_caller_names);
	growth_sort(before->callers, before->count, sizeof(*caller), growth_order_caller_names);
	for (i = 0; i < now->count; i++) {
		caller = &now->callers[i];
		while (j < before->count &&
		       growth_order_caller_names(&before->callers[j], caller) < 0)
			j++;
		old = &nothing;
		if (j < before->count &&
		    growth_order_caller_names(&before->callers[j], caller) == 0)
			old = &before->callers[j++];
		caller->growth_areas = growth_between(caller->areas, old->areas);
		caller->growth_bytes = growth_between(caller->bytes, old->bytes);
	}
}

void inspect_growth_compare(struct inspect_look *look, struct inspect_look *before)
{
	look->since_ns = look->taken_ns - before->taken_ns;
	look->meminfo_before = before->meminfo;
	growth_compare_caches(&look->slabinfo, &before->slabinfo);
	growth_compare_callers(&look->vmallocinfo, &before->vmallocinfo);
	inspect_growth_sort(look);
}
