// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sort, then one pass. */
#include "group.h"

#include <stdlib.h>
#include <string.h>

size_t group_equal(void *list, size_t count, size_t size, int (*compare)(const void *, const void *),
		   void (*merge)(void *into, const void *from))
{
	char *last = list, *at = list;

	if (!count)
		return 0;
	qsort(list, count, size, compare);
	for (size_t i = 1; i < count; i++) {
		at += size;
		if (!compare(last, at)) {
			merge(last, at);
			continue;
		}
		last += size;
		if (last != at)
			memcpy(last, at, size);
	}
	return (last - (char *)list) / size + 1;
}
