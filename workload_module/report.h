/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What was run and what the kernel must have allocated for it, as text or JSON. Only report_*.c
 * write to standard output.
 */
#ifndef WORKLOAD_REPORT_H
#define WORKLOAD_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "module_counts.h"
#include "runner.h"

/* The table of scenarios. 0, -ENOMEM, or -errno of the output. */
int report_list(bool json);

/* What there is to tell of a run. */
struct run_report {
	const struct run_plan *plan;
	const struct run_result *results;   /* one for each item */
	const struct module_counts *counts; /* what the module counted meanwhile; NULL: no module */
	const char *left_out;		    /* why the module's scenarios were, or NULL */
	uint64_t duration_ns;
};

/* A run. JSON is one object of schema "workload/1", described in workload.c. The same errors. */
int report_run(const struct run_report *report, bool json);

#endif
