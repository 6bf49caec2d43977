/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the slab allocator's tracepoints and its functions have in common. */
#ifndef TRACER_SLAB_BPF_H
#define TRACER_SLAB_BPF_H

#include "stack.bpf.h"

/* kfree(NULL) and kfree(ZERO_SIZE_PTR) fire the tracepoint and free nothing. */
#define ZERO_SIZE_PTR 16

static __always_inline __u64 failed_tag(__u32 family, __u64 size, __u32 gfp)
{
	return tag_make(family, ROW_FAILED, slot_compute(size)) | (__u64)gfp << TAG_GFP_SHIFT;
}

#endif
