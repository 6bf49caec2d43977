/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Snapshots -> what a report shows: families, histograms, sites. Pure functions; the difference
 * of two snapshots is a report of its own, the interval between them.
 *
 * Here memory is kept from being counted twice: the double event of large kmalloc is taken out,
 * pages that back other families and movable pages go beside the totals, areas that are only
 * mappings (vmap, ioremap) are no memory. Where one module is looked at, so does what the module
 * did not ask for: the allocators' own work, and that of interrupts.
 */
#ifndef TRACER_MODEL_H
#define TRACER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "snapshot.h"

struct histogram {
	uint64_t count;
	uint64_t sum;
	uint64_t min; /* of an interval: of the slot, not exact */
	uint64_t max;
	uint64_t slots[SLOT_COUNT];
	uint64_t slot_max[SLOT_COUNT]; /* the largest value seen in the slot, by the end of it */
};

/* The largest value seen in the slot that holds the given share (0..1) of the values; 0 when the
 * histogram is empty. */
uint64_t histogram_percentile(const struct histogram *histogram, double share);

/* What lies beside a family's totals. */
enum beside {
	BESIDE_SLAB,	/* pages that back slab */
	BESIDE_KMALLOC, /* … large kmalloc */
	BESIDE_VMALLOC,
	BESIDE_PERCPU,
	BESIDE_MOVABLE, /* user memory and page cache */
	BESIDE_MAPPED,	/* vmap and ioremap areas: addresses, no memory of their own */
	BESIDE_INTERNAL,    /* of a module: what allocators and mappings needed for themselves */
	BESIDE_INTERRUPTED, /* … what interrupts and faults allocated that came upon its code */
	BESIDE_COUNT,
};

struct model_beside {
	uint64_t allocs;
	uint64_t failed; /* of BESIDE_INTERNAL, which takes those of all backing, and _INTERRUPTED */
	uint64_t frees;
	uint64_t bytes_allocated;
	int64_t live_objects;
	int64_t live_bytes;
};

struct model_family {
	bool traced;
	uint64_t allocs;
	uint64_t frees;
	uint64_t failed;
	uint64_t bytes_requested;
	uint64_t bytes_allocated;
	int64_t live_objects;	/* allocs - frees - frees_unseen, less what the ledger lost */
	int64_t live_bytes;	/* allocated bytes of these */
	uint64_t frees_unknown; /* of objects older than the trace */
	uint64_t frees_unseen;	/* address came back, the free was not seen */
	uint64_t frees_null;	/* kfree(NULL) */
	uint64_t duplicates;	/* second events of one allocation, taken out */
	uint64_t fallbacks;	/* failed kmallocs after which kvmalloc went on to vmalloc: no failures */
	struct histogram size;	/* requested bytes of what succeeded */
	struct model_beside beside[BESIDE_COUNT];
};

struct model_site {
	enum tracer_family family;
	const struct symbol *symbol; /* NULL: not known ([other], stack not readable) */
	const char *label;	     /* what to print then */
	char cache[TRACER_NAME + 1]; /* "" unless a named cache; raw bytes */
	uint64_t allocs, frees, failed;
	uint64_t bytes_requested, bytes_allocated;
	int64_t live_objects, live_bytes;
	uint64_t frees_unseen;
	uint32_t failed_gfp;	     /* of the first failure */
};

struct model {
	const struct snapshot *snapshot; /* the later one; must outlive the model */
	uint64_t duration_ns;		 /* of the interval, or of the trace */
	bool interval;			 /* a difference: live figures are changes */
	struct model_family families[FAMILY_COUNT];
	struct model_site *sites;	 /* ranked */
	size_t site_count;
};

/*
 * The report of `current`, or of what changed since `previous` if that is not NULL (both of the
 * same trace). 0 or -ENOMEM.
 */
int model_build(struct model *model, const struct snapshot *previous,
		const struct snapshot *current, enum sort sort);
void model_fini(struct model *model);

/* Events of all families that came upon the module's code by interrupt, failed ones too. */
uint64_t model_interrupted(const struct model *model);

#endif
