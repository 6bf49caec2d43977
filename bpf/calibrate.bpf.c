// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs that do nothing, on the two busiest tracepoints: the floor that any tracer pays. What
 * tracer's own cost is compared with, in every report and in the benchmark.
 */
#include "tracer.bpf.h"

SEC("?raw_tp/kmalloc")
int empty_alloc(void *ctx)
{
	return 0;
}

SEC("?raw_tp/kfree")
int empty_free(void *ctx)
{
	return 0;
}
