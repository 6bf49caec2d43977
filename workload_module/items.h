/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The scenarios that a command line names. What is wrong with it is said on standard error.
 */
#ifndef WORKLOAD_ITEMS_H
#define WORKLOAD_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios.h"

/*
 * `count` texts SCENARIO[:COUNT[:SIZE]]. STATUS_DONE with `*items`, to be freed; STATUS_USAGE or
 * STATUS_UNAVAILABLE.
 */
int items_parse(int count, char **texts, struct run_item **items);

/* STATUS_USAGE, said, unless each of them can leak. */
int items_check_leak(const struct run_item *items, size_t count);

/* Whether any of them is the module's. */
bool items_need_module(const struct run_item *items, size_t count);

#endif
