/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random calls of the device from several threads, and whether the module's counts are right when
 * all is given back. That the kernel is still there and has said nothing is for others to see.
 */
#ifndef WORKLOAD_DEVICE_FUZZ_H
#define WORKLOAD_DEVICE_FUZZ_H

#include <stdint.h>

#include "fuzz_call.h"

struct fuzz_plan {
	uint64_t calls, seed; /* calls of each thread */
	unsigned int threads;
};

struct fuzz_tally {
	uint64_t done, refused; /* calls that succeeded and that failed */
};

#define FUZZ_WRONG_MAX 8

struct fuzz_result {
	struct fuzz_tally kinds[FUZZ_KIND_COUNT];
	unsigned int wrong; /* counts that do not add up; the first of them in words */
	char words[FUZZ_WRONG_MAX][160];
};

/*
 * 0 or -errno: of the device, or -ENOMEM. After runner_stop() it ends soon and judges what was
 * done.
 */
int device_fuzz_run(const struct fuzz_plan *plan, struct fuzz_result *result);

#endif
