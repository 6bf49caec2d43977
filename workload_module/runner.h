/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs scenarios: in how many threads, how fast, and how long the objects stay. Whatever happens,
 * when runner_run() returns every object has been given back, but those that are leaked on purpose.
 */
#ifndef WORKLOAD_RUNNER_H
#define WORKLOAD_RUNNER_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios.h"

#define RUNNER_MAX_THREADS 1024U

struct run_plan {
	const struct run_item *items;
	size_t count;
	unsigned int threads; /* each runs every item, one after the other */
	uint64_t rate;	      /* objects per second, all threads together; 0: no limit */
	uint64_t hold_ns; /* how long all objects of an item stay live; 0: freed batch by batch */
	bool leak;	  /* objects are forgotten; every item can, and nothing is held */
};

enum outcome {
	OUTCOME_DONE,
	OUTCOME_STOPPED,     /* by runner_stop() */
	OUTCOME_REFUSED,     /* the plan asks for what the scenario can't do */
	OUTCOME_UNAVAILABLE, /* the kernel said no */
};

/* What became of one item, all threads together. */
struct run_result {
	enum outcome outcome;
	uint64_t made, dropped, calls;
	uint64_t begun;	   /* times that the scenario was begun and made something */
	char problem[192]; /* why it is not OUTCOME_DONE or STOPPED; of the first thread that failed
			    */
};

/*
 * `results` has room for plan->count entries and is filled even if some items fail. 0, or -errno
 * when the threads or the memory for them could not be had (then nothing was run).
 */
int runner_run(const struct run_plan *plan, struct run_result *results);

/* Ends the run soon, in good order. May be called from a signal handler. */
void runner_stop(void);

/* 1 after runner_stop(). */
int runner_stopped(void);

/* Sleeps until this time of CLOCK_MONOTONIC or runner_stop(), whichever comes first. */
void runner_sleep_until(uint64_t ns);

/* CLOCK_MONOTONIC in ns. */
uint64_t runner_now(void);

#endif
