/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What workload_ioctl.h says in words about the kinds of mappings.
 */
#include <string.h>
#include <unistd.h>

#include "mmap_kinds.h"
#include "module_scenarios.h"

#define PREFIX	      "mmap-"
#define PARTIAL_PAGES 8
#define FAULT_PAGES   16

struct mmap_kind mmap_kind_of(const struct scenario *scenario)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = scenario->size > page ? scenario->size : page;
	struct mmap_kind kind = {
		.page = page,
		.there = size,
		.most = size,
		.writable = scenario->id != WORKLOAD_MMAP_READ_ONLY,
		.buffer = scenario->id == WORKLOAD_MMAP_BUFFER,
	};

	if (scenario->id == WORKLOAD_MMAP_PARTIAL)
		kind.there = PARTIAL_PAGES * page;
	if (scenario->id == WORKLOAD_MMAP_FAULT) {
		kind.there = FAULT_PAGES * page;
		kind.most = scenario->max_size;
	}
	return kind;
}

const struct scenario *mmap_kind_next(const struct scenario *last)
{
	size_t i, count;
	const struct scenario *all = scenarios_module(&count);

	for (i = last ? (size_t)(last - all) + 1 : 0; i < count; i++) {
		if (all[i].flags & WORKLOAD_BY_MMAP)
			return &all[i];
	}
	return NULL;
}

const struct scenario *mmap_kind_find(const char *name)
{
	const struct scenario *kind;

	for (kind = mmap_kind_next(NULL); kind; kind = mmap_kind_next(kind)) {
		if (!strcmp(kind->name, name) || !strcmp(kind->name + strlen(PREFIX), name))
			return kind;
	}
	return NULL;
}
