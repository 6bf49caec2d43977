/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the commands about the device itself found, as text or JSON. 0, -ENOMEM, or -errno of the
 * output.
 */
#ifndef WORKLOAD_REPORT_DEVICE_H
#define WORKLOAD_REPORT_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "device_fuzz.h"
#include "mmap_bench.h"
#include "mmap_try.h"
#include "module_counts.h"
#include "report_module.h"

/*
 * Schema "workload-mmap/1": `tries` (kind, tried, expected, got, ok, signal, address, distance, the
 * last three null without a fault) and `expected`, the module's counts in the shape of
 * "workload/1".
 */
int report_mmap(const struct mmap_tries *tries, const struct module_counts *counts,
		const struct module_choice *choice, bool json);

/* Schema "workload-bench/1": `sizes` and `first_touch`; nanoseconds, and bytes per nanosecond. */
int report_bench(const struct mmap_bench *bench, bool json);

/* Schema "workload-fuzz/1": `seed`, `kinds` of calls, and `wrong`, the counts that are. */
int report_fuzz(const struct fuzz_result *result, const struct fuzz_plan *plan,
		uint64_t duration_ns, bool json);

#endif
