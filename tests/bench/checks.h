/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is true of one run of `tracer stat`, besides its speed: whether it lost anything, how soon
 * it counts, how much memory it takes.
 */
#ifndef BENCH_CHECKS_H
#define BENCH_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#include "figures.h"
#include "variants.h"

/* Of one call site, found in the report by its number of allocations. */
struct checks_site {
	bool found;
	char name[160];
	uint64_t expected, allocs, frees;
};

struct checks_loss {
	struct checks_site slab, pages;
	uint64_t bytes_expected, bytes_requested; /* of the slab site */
	uint64_t lost;	  /* the sum of the report's loss counters, but for the next */
	uint64_t skipped; /* of interrupts that came while the same program ran on that CPU */
	double events_per_s;
	char why[256]; /* why it was not done; "" if it was */
};

/*
 * Every CPU makes and frees `count` slab objects, and pages, as fast as it can, while
 * `tracer stat` counts them.
 */
void checks_loss(const struct variant_paths *paths, uint64_t count, struct checks_loss *loss);

struct checks_start {
	struct figures ms;
	unsigned int incomplete; /* runs whose report lacked some of CMD's events */
	char why[256];
};

/*
 * From before the fork and exec of `tracer stat -- CMD` to CMD's first own instruction, which
 * tracer allows only when it counts: an upper bound of the time to the first event counted, as
 * CMD's exec itself was counted before. That this holds is seen in the report, which must have
 * exactly the events that CMD makes next; a run in which it has not is no measurement.
 */
void checks_start(const struct variant_paths *paths, unsigned int times,
		  struct checks_start *start);

struct checks_memory {
	uint64_t resident, resident_peak; /* bytes, while it traces and after a load */
	uint64_t whole_peak; /* of the whole run with its report (ru_maxrss, its children too) */
	char why[256];
};

/* The memory of `tracer stat --all` while the slab load runs; maps in the kernel are not in it. */
void checks_memory(const struct variant_paths *paths, struct checks_memory *memory);

/* The commands of the first two checks; exit statuses. */
int checks_exact_main(uint64_t count);
int checks_stamp_main(void);

#endif
