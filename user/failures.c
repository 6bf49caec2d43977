// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One entry per failed row, sorted by what makes two the same, merged, ranked. */
#include "failures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "origin.h"

static void failures_add(struct failures *failures, const struct snapshot *snapshot, size_t index)
{
	const struct snapshot_row *row = &snapshot->rows[index];
	struct origin origin = origin_of_row(snapshot, row, index);

	if (!row->allocs || origin.inner || origin.fallback || origin.beside != BESIDE_COUNT)
		return;
	failures->list[failures->count++] = (struct failure){
		.family = row->family,
		.symbol = origin.site,
		.label = origin.label,
		.count = row->allocs,
		.size_min = row->size_min,
		.size_max = row->size_max,
		.gfp = row->gfp,
		.slot = row->slot,
	};
	failures->total += row->allocs;
}

/* By identity. */
static int failure_compare(const void *a, const void *b)
{
	const struct failure *left = a, *right = b;
	uint64_t x = left->symbol ? left->symbol->address : 0;
	uint64_t y = right->symbol ? right->symbol->address : 0;

	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	if (x != y)
		return x < y ? -1 : 1;
	if (!left->symbol && strcmp(left->label, right->label))
		return strcmp(left->label, right->label);
	if (left->slot != right->slot)
		return left->slot < right->slot ? -1 : 1;
	if (left->gfp != right->gfp)
		return left->gfp < right->gfp ? -1 : 1;
	return 0;
}

static int failure_rank(const void *a, const void *b)
{
	const struct failure *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return failure_compare(a, b);
}

static void failure_merge(void *to, const void *merged)
{
	const struct failure *from = merged;
	struct failure *into = to;

	into->count += from->count;
	if (from->size_min < into->size_min)
		into->size_min = from->size_min;
	if (from->size_max > into->size_max)
		into->size_max = from->size_max;
}

static size_t count_failed_rows(const struct snapshot *snapshot)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->row_count; i++)
		count += snapshot->rows[i].flags & ROW_FAILED && snapshot->rows[i].allocs;
	return count;
}

int failures_build(struct failures *failures, const struct snapshot *snapshot)
{
	struct failures built = {0};

	built.list = calloc(count_failed_rows(snapshot) + 1, sizeof(*built.list));
	if (!built.list)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->row_count; i++)
		if (snapshot->rows[i].flags & ROW_FAILED)
			failures_add(&built, snapshot, i);
	built.count = group_equal(built.list, built.count, sizeof(*built.list), failure_compare,
				  failure_merge);
	qsort(built.list, built.count, sizeof(*built.list), failure_rank);
	*failures = built;
	return 0;
}

void failures_fini(struct failures *failures)
{
	free(failures->list);
	memset(failures, 0, sizeof(*failures));
}
