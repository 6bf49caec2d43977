/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where an allocation comes from: which frame of a stack is the call site, and what the memory is
 * for. Decided by the names of functions, one table per question, because names are what stays
 * when kernels move code about.
 */
#ifndef TRACER_ORIGIN_H
#define TRACER_ORIGIN_H

#include <stdbool.h>

#include "model.h"

/* What a row known by its stack turns out to be. */
struct origin {
	const struct symbol *site; /* first frame outside the allocator; NULL if none is */
	enum beside beside;	   /* BESIDE_COUNT: memory of the family's own */
};

/* The origin of a row with ROW_STACK; symbols come from `symbols`, which owns them. */
struct origin origin_of_stack(const struct snapshot_row *row, const struct symbols *symbols);

/*
 * Is this row that of a large kmalloc whose call site lies inside the allocator itself? Such is the first of the
 * two events of one that fires twice (since 6.8, commit 4862caa5cba3). kvmalloc's own site is the
 * first event's on some kernels and the only one's on others: it counts only with `evidence`,
 * where no more is taken out than was seen to be replaced by a second event.
 */
bool origin_is_inner(const struct snapshot_row *row, const struct symbol *site, bool evidence);

#endif
