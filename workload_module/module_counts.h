/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The module's own counters, all scenarios of them, and what they grew by during a run. Others who
 * use the module at the same time are in them as well.
 */
#ifndef WORKLOAD_MODULE_COUNTS_H
#define WORKLOAD_MODULE_COUNTS_H

#include "device.h"
#include "module_scenarios.h"

struct module_counts {
	struct workload_counts of[WORKLOAD_SCENARIO_COUNT]; /* by id; no rows: not known there */
};

/* Since the module was loaded or reset. 0 or -errno of the device. */
int module_counts_read(const struct device *device, struct module_counts *counts);

/* after -= before, row by row. Counters that were reset in between begin at 0 again. Pure. */
void module_counts_subtract(struct module_counts *after, const struct module_counts *before);

#endif
