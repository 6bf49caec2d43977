/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lists whose equal elements become one: sites, failures. */
#ifndef TRACER_GROUP_H
#define TRACER_GROUP_H

#include <stddef.h>

/*
 * Sorts `count` elements of `size` bytes by `compare` (as for qsort) and adds each to the one
 * before it that is equal, by `merge`. Returns how many are left, at the front of the list.
 */
size_t group_equal(void *list, size_t count, size_t size, int (*compare)(const void *, const void *),
		   void (*merge)(void *into, const void *from));

#endif
