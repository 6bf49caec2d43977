/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where an allocation comes from: which frame of a stack is the call site, what the memory is
 * for, and whether the event says something that another one says already. Decided by the names
 * of functions, one table per question, because names are what stays when kernels move code about.
 */
#ifndef TRACER_ORIGIN_H
#define TRACER_ORIGIN_H

#include <stdbool.h>

#include "model.h"

/* What a row turns out to be. */
struct origin {
	const struct symbol *site; /* who asked; owned by the snapshot's symbols; NULL: not known */
	const char *label;	   /* what to print then; static */
	enum beside beside;	   /* BESIDE_COUNT: memory of the family's own */
	bool inner;		   /* first of the two events of one large kmalloc */
	bool fallback;		   /* a failed kmalloc after which kvmalloc goes on to vmalloc */
};

/*
 * The origin of row `index` of the snapshot; `row` is that row, or the difference to an earlier
 * one. Pure.
 *
 * With snapshot->module, the site is the first frame inside the module, and what an allocator or
 * an interrupt did on its own between the event and that frame lies beside.
 *
 * A row is `inner` when it is that of a large kmalloc whose call site lies inside the allocator
 * itself (kernels since 6.8 fire there too, commit 4862caa5cba3). kvmalloc's own site is the first
 * event's on some kernels and the only one's on others: a stack tells them apart, and without one
 * such a row counts as inner only where the ledger shows how many were replaced by a second event.
 */
struct origin origin_of_row(const struct snapshot *snapshot, const struct snapshot_row *row,
			    size_t index);

#endif
