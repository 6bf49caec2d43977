/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What collector.c, which runs the BPF side, collector_attach.c, which hooks it in, and
 * collector_read.c, which copies its state, share. Private to these: the skeleton is seen nowhere
 * else.
 */
#ifndef TRACER_COLLECTOR_STATE_H
#define TRACER_COLLECTOR_STATE_H

#include <time.h>

#include <bpf/libbpf.h>

#include "collector.h"
#include "probes.h"
#include "tracer.skel.h"

struct mapping {
	void *at;
	size_t size;
};

struct collector {
	struct tracer_bpf *bpf;
	struct collector_options options;
	struct bpf_link **links; /* one per probe, NULL where not attached */
	int *errors;		 /* one per probe: -errno, why it could not be loaded or attached */
	struct symbols *symbols;
	struct mapping tables, rare, infos, stats;
	unsigned int hooked; /* families, bits */
	unsigned int cpus;
	unsigned int row_total;
	char *filters;
	struct tracer_control *control;
	struct timespec wall_start;
	uint64_t started_ns, stopped_ns; /* CLOCK_MONOTONIC; 0: not yet */
	uint64_t kernel_bytes;
};

/* The knobs that were set before load. */
static inline const struct tracer_knobs *collector_knobs(const struct collector *collector)
{
	return (const struct tracer_knobs *)&collector->bpf->rodata->knobs;
}

/* A program of the skeleton by its name in the table of probes. */
static inline struct bpf_program *collector_program(const struct collector *collector,
						    const char *name)
{
	return bpf_object__find_program_by_name(collector->bpf->obj, name);
}

/* 0, or why the kernel takes no programs on functions: -EPERM, -EACCES. */
int collector_try_functions(void);

/*
 * Before load: marks the programs that are wanted and that this kernel may take; `functions` is 0,
 * or the error that those on functions have. 0 or -ENOMEM.
 */
int collector_select(struct collector *collector, int functions);

/* After load: attaches the best way of each hook. Reported if none could be: then -ENOENT. */
int collector_attach(struct collector *collector);

void collector_detach(struct collector *collector);

/* The index of the probe that serves the hook whose ways begin at `first`; -1: none. */
int collector_way(const struct collector *collector, size_t first);

/* Fills in the snapshot's hooks, one entry for each. 0 or -ENOMEM. */
int collector_read_hooks(const struct collector *collector, struct snapshot *snapshot);

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t collector_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

#endif
