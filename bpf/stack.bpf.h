/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows known by their stack, for tracepoints that carry no caller. The frames go into row_info
 * once, with the first event; user space finds the call site among them by name.
 *
 * A static function in a header, because the verifier checks global functions without their
 * caller and then no longer knows that `ctx` is the context bpf_get_stack wants.
 */
#ifndef TRACER_STACK_BPF_H
#define TRACER_STACK_BPF_H

#include "tracer.bpf.h"

static __always_inline __u64 frames_hash(const __u64 *frames)
{
	__u64 hash = 0;

#pragma unroll
	for (int i = 0; i < TRACER_FRAMES; i++)
		hash = (hash ^ hash >> 29 ^ frames[i]) * GOLDEN;
	return hash | 1;
}

static __noinline __u32 row_claim_stack(void *ctx, __u64 tag, __u32 gfp)
{
	__u64 frames[TRACER_FRAMES] = {}, hash;
	void *base = table_base(&tables);
	struct row_info *info;
	__u32 index = 0;

	if (bpf_get_stack(ctx, frames, sizeof(frames), 0) <= 0) {
		__sync_fetch_and_add(&control.loss.stack_error, 1);
		return row_claim(1, tag | (__u64)ROW_NOSTACK << TAG_FLAGS_SHIFT, 0, gfp);
	}
	hash = frames_hash(frames);
	tag |= (__u64)ROW_STACK << TAG_FLAGS_SHIFT;
	if (base)
		index = row_find(base, hash, tag);
	if (!index)
		index = row_claim(hash, tag, 0, gfp);
	info = info_at(index);
	/* Another CPU that is just filling the row in will finish it. */
	if (info && index >= ROWS_RESERVED && !info->ready && info->tag == tag) {
		__builtin_memcpy(info->frames, frames, sizeof(info->frames));
		row_finish(index);
	}
	return index;
}

#endif
