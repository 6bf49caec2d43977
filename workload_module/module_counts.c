/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Asking for the counters allocates nothing, so they can be read right beside what they count.
 */
#include <string.h>

#include "module_counts.h"

int module_counts_read(const struct device *device, struct module_counts *counts)
{
	unsigned int i;

	memset(counts, 0, sizeof(*counts));
	for (i = 0; i < WORKLOAD_SCENARIO_COUNT && i < device->info.scenarios; i++) {
		int err = device_counts(device, i, &counts->of[i]);

		if (err)
			return err;
	}
	return 0;
}

static void counter_subtract(__u64 *after, __u64 before)
{
	if (*after >= before)
		*after -= before;
}

static void row_subtract(struct workload_row *after, const struct workload_row *before)
{
	counter_subtract(&after->allocs, before->allocs);
	counter_subtract(&after->frees, before->frees);
	counter_subtract(&after->failed, before->failed);
	counter_subtract(&after->null_frees, before->null_frees);
	counter_subtract(&after->bytes, before->bytes);
	counter_subtract(&after->bytes_freed, before->bytes_freed);
	counter_subtract(&after->leaked, before->leaked);
}

void module_counts_subtract(struct module_counts *after, const struct module_counts *before)
{
	unsigned int i, j;

	for (i = 0; i < WORKLOAD_SCENARIO_COUNT; i++) {
		for (j = 0; j < after->of[i].rows; j++)
			row_subtract(&after->of[i].row[j], &before->of[i].row[j]);
	}
}
