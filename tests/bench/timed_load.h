/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The load: kernel memory made and freed in known numbers, allocations and frees timed apart.
 *
 * Slab: io_uring's PROVIDE_BUFFERS(N) is N kmalloc() of 32 bytes in one system call, and
 * REMOVE_BUFFERS(N) is N kfree(), since Linux 6.15 (the loss check of the benchmark shows whether
 * it is so here). "Hot" uses LOAD_HOT objects again and again; "cold" has LOAD_COLD alive at a
 * time, so that a tracer's tables leave the CPU's caches.
 *
 * Pages: LOAD_PAGES one-byte packets written to a pipe are so many pages of the kernel's own,
 * freed by closing it; so many pages of anonymous memory are user (movable) pages.
 */
#ifndef BENCH_TIMED_LOAD_H
#define BENCH_TIMED_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "uring.h"

#define LOAD_HOT	 512U
#define LOAD_HOT_TIMES	 100U
#define LOAD_COLD	 60000U
#define LOAD_COLD_TIMES	 3U
#define LOAD_PAGES	 256U
#define LOAD_PAGES_TIMES 40U
#define LOAD_WARM_UP	 4U

enum load_metric {
	LOAD_HOT_ALLOC,
	LOAD_HOT_FREE,
	LOAD_COLD_ALLOC,
	LOAD_COLD_FREE,
	LOAD_PIPE_ALLOC,
	LOAD_PIPE_FREE,
	LOAD_ANON_ALLOC,
	LOAD_ANON_FREE,
	LOAD_METRICS,
};

/* Nanoseconds per event, the median of the repetitions. */
struct load_times {
	double ns[LOAD_METRICS];
};

struct load {
	struct uring ring;
};

/* Opens the ring. 0 or -errno of io_uring_setup(). */
int load_open(struct load *load);
void load_close(struct load *load);

/* Runs the slab part, or the page part, on the CPU that the caller is bound to. 0 or -errno. */
int load_run_slab(struct load *load, struct load_times *times);
int load_run_pages(struct load_times *times);

/* kmalloc events, and as many kfree events, of one load_run_slab(). */
uint64_t load_slab_events(void);

/* `count` objects made and freed, in batches of LOAD_HOT, as fast as it goes. 0 or -errno. */
int load_run_exact(struct load *load, uint64_t count);

/* One pipe filled with LOAD_PAGES pages and closed; the times may be NULL. 0 or -errno. */
int load_fill_pipe(uint64_t *alloc_ns, uint64_t *free_ns);

#endif
