/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every report begins and ends with.
 */
#ifndef WORKLOAD_REPORT_WRITE_H
#define WORKLOAD_REPORT_WRITE_H

#include <jansson.h>

/* {"schema": schema, "kernel": its release, "arch": …}; NULL if there is no memory. */
json_t *report_head(const char *schema);

/* Adds the members of `more` behind those of `report`; takes `more` over. Returns `report`. */
json_t *report_join(json_t *report, json_t *more);

/* Writes it to standard output and takes it over. 0, -ENOMEM if it is NULL, -errno of the output.
 */
int report_write_json(json_t *report);

/* After the last line of text. 0 or -errno of the output. */
int report_flush(void);

#endif
