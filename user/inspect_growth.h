/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What has grown from one look of `tracer inspect` to the next. Pure.
 */
#ifndef TRACER_INSPECT_GROWTH_H
#define TRACER_INSPECT_GROWTH_H

#include "inspect_look.h"

/* Sorts the tables of a look: most growth first, then most bytes, then by name. */
void inspect_growth_sort(struct inspect_look *look);

/*
 * Sets the growth of `look` since `before`, whose tables are reordered and which may be freed
 * afterwards, and sorts the tables. Rows that were not there before have grown from nothing.
 */
void inspect_growth_compare(struct inspect_look *look, struct inspect_look *before);

#endif
