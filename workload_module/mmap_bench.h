/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The module's buffer by mmap(2) and by read(2) and write(2): what each costs at several sizes.
 */
#ifndef WORKLOAD_MMAP_BENCH_H
#define WORKLOAD_MMAP_BENCH_H

#include <stddef.h>
#include <stdint.h>

#define MMAP_BENCH_SIZES 8

/* Nanoseconds for one operation of `size` bytes: the median of several rounds. */
struct mmap_bench_row {
	size_t size;
	double map_read, call_read, map_write, call_write;
};

/* What a mapping costs before any byte of it is used. Nanoseconds. */
struct mmap_bench_touch {
	const char *kind; /* of the module's mappings */
	size_t pages;
	double map, unmap;   /* one call each */
	double first, again; /* a byte of one page: the first time, and once more */
};

struct mmap_bench {
	size_t buffer; /* bytes */
	struct mmap_bench_row rows[MMAP_BENCH_SIZES];
	struct mmap_bench_touch touch[2]; /* of the buffer, and where each page is a fault */
};

/*
 * Takes about so long. 0 or -errno, with `*call` then naming what failed. Ends early, with
 * -EINTR, after runner_stop().
 */
int mmap_bench_run(struct mmap_bench *bench, uint64_t ns, const char **call);

#endif
