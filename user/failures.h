/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Failed allocations of a whole trace by site, size and GFP flags, most frequent first: rows of a
 * snapshot, grouped; without what only looks like a failure (origin.h). Pure.
 */
#ifndef TRACER_FAILURES_H
#define TRACER_FAILURES_H

#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

struct failure {
	enum tracer_family family;
	const struct symbol *symbol; /* owned by the snapshot's symbols; NULL: not known */
	const char *label;	     /* what to print then; static */
	uint64_t count;
	uint64_t size_min, size_max; /* requested bytes */
	uint32_t gfp;
	uint32_t slot; /* the size slot, or the order of pages: what was grouped by */
};

struct failures {
	struct failure *list;
	size_t count;
	uint64_t total; /* of all counts */
};

/* The failures that `snapshot` holds. 0 or -ENOMEM. failures_fini() frees the list. */
int failures_build(struct failures *failures, const struct snapshot *snapshot);
void failures_fini(struct failures *failures);

#endif
