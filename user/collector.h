/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only owner of the BPF skeleton: opens, starts, stops, reads, closes. Nothing is pinned, so
 * whatever way the process ends, the kernel detaches everything with its last file descriptor.
 */
#ifndef TRACER_COLLECTOR_H
#define TRACER_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "snapshot.h"

/* What to count, already resolved to numbers. */
struct collector_options {
	unsigned int families;	     /* bits; 0: all that can be traced */
	unsigned int process;	     /* enum tracer_process_filter */
	uint32_t tgid;
	char comm[16];
	int cgroup_fd;		     /* with PROCESS_CGROUP; the caller closes it */
	uint64_t ranges[TRACER_RANGES][2]; /* call sites, [start, end) */
	unsigned int range_count;
	char module[TRACER_MODULE];  /* "" any; only what its code asks for */
	uint64_t module_range[2];    /* its code is at the start of it; 0: not loaded yet */
	char cache[TRACER_NAME];     /* "" any */
	uint64_t size_min, size_max; /* 0 and UINT64_MAX: no bound */
	uint32_t gfp_mask, gfp_value;
	bool live;		     /* keep the ledger */
	uint64_t max_objects;	     /* 0: default */
	const char *filters;	     /* in words, for the report; NULL: none. Copied */
};

struct collector;

/* Is there a bpf() to call, and may this process? Reported if not; 0 or -errno. */
int collector_check(void);

/*
 * Loads and attaches what the options need; counting starts with collector_start(). Errors are
 * reported (message_error and what to do); returns 0 or -errno, *out untouched on failure. A hook
 * that can't be had is no error: the snapshot names it.
 */
int collector_open(struct collector **out, const struct collector_options *options);

/* Whether the module that is looked for is, or was, there while the collector is open. */
bool collector_module_seen(const struct collector *collector);

/* Makes the calling process and its later descendants "CMD" for PROCESS_TREE. 0 or -errno. */
int collector_mark_self(const struct collector *collector);

/* Opens and closes the gate: all hooks start and stop counting at one instant. */
void collector_start(struct collector *collector);
void collector_stop(struct collector *collector);

/* Copies the state into *snapshot (which the caller ends with snapshot_fini), names resolved.
 * Allowed before, during and after the trace. 0 or -errno. */
int collector_read(struct collector *collector, struct snapshot *snapshot);

/*
 * Measures what an event costs here, after the trace: a small load of known events with the
 * programs attached, with empty ones, and with none; about 10 ms. Writes ns_per_event and
 * ns_per_event_empty of *cost, 0 where they can't be told. Detaches everything, and its own events
 * are in the counters afterwards: read the last snapshot first.
 */
void collector_calibrate(struct collector *collector, struct snapshot_cost *cost);

/* Detaches and frees everything; NULL is fine. */
void collector_close(struct collector *collector);

#endif
