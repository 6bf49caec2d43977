/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The shape of each kind of mapping, as the module's interface has it.
 */
#ifndef WORKLOAD_MMAP_KINDS_H
#define WORKLOAD_MMAP_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios.h"

struct mmap_kind {
	size_t page;
	size_t there; /* bytes that can be read, a page at least */
	size_t most;  /* bytes that can be mapped; more than `there`: SIGBUS behind it */
	bool writable;
	bool buffer; /* one memory for all mappings, read(2) and write(2); zeroes, no marks */
};

/* Pure, apart from the size of a page. */
struct mmap_kind mmap_kind_of(const struct scenario *scenario);

/*
 * The first, or behind `last` the next scenario that happens by mmap(2); NULL when there is no
 * more. Pure.
 */
const struct scenario *mmap_kind_next(const struct scenario *last);

/* By name, of which the "mmap-" may be missing; NULL if there is none. Pure. */
const struct scenario *mmap_kind_find(const char *name);

#endif
