/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interleaved measurement. A machine drifts between speeds and others use it too, so a variant is
 * only compared with the load alone right before and right after it, in every round anew, and with
 * the empty programs of the same round.
 *
 * What it adds is taken as a part of what the load takes alone at that moment, because that part
 * hardly changes with the machine's speed; nanoseconds are made of it at the end, at the speed that
 * the load alone had in the better half of the run (its first quartile).
 */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "figures.h"
#include "timed_load.h"
#include "variants.h"

#define ROUNDS_VARIANTS 16

struct rounds_plan {
	unsigned int rounds;	      /* 1 … FIGURES_MOST */
	unsigned int peer_rounds;     /* those in which slow-starting peers take part */
	uint64_t end_ns;	      /* CLOCK_MONOTONIC: nothing is begun that would take longer */
	bool wanted[ROUNDS_VARIANTS]; /* by index into variants[] */
	const volatile int *stopped;  /* becomes non-zero when the user has enough */
};

struct rounds_result {
	struct figures added[LOAD_METRICS]; /* ns per event, beyond the load's own */
	struct figures hot_ratio,
		cold_ratio;  /* (kmalloc + kfree) added, times the empty programs' */
	uint64_t longest_ns; /* of one round */
	char why[256];	     /* why it was not measured; "" if it was */
};

struct rounds_results {
	struct figures base[LOAD_METRICS];
	struct rounds_result of[ROUNDS_VARIANTS]; /* by index into variants[] */
	unsigned int rounds;			  /* that were made */
	unsigned int others;  /* processes that traced the same beside this one, at the start */
	unsigned int dropped; /* comparisons during which it were more or fewer */
	bool out_of_time;
};

/* Runs the plan; the caller is bound to the load's CPU. 0 or -errno of the load itself. */
int rounds_run(const struct rounds_plan *plan, const struct variant_paths *paths,
	       struct rounds_results *results);

#endif
