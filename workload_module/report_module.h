/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the module counted, in the shape that the program's own rows have.
 */
#ifndef WORKLOAD_REPORT_MODULE_H
#define WORKLOAD_REPORT_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

#include "module_counts.h"

/*
 * Which scenarios a report is about, by id. The module's own allocations are to be among them
 * whenever any other is.
 */
struct module_choice {
	bool chosen[WORKLOAD_SCENARIO_COUNT];
};

/* Appends the rows of the chosen scenarios to an array. */
void report_module_json(json_t *rows, const struct module_counts *counts,
			const struct module_choice *choice);

/* The same as a table on standard output; prints nothing if there are no rows. */
void report_module_text(const struct module_counts *counts, const struct module_choice *choice);

#endif
