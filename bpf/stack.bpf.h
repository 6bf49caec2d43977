/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows known by their stack: for hooks that carry no caller, for failures, and for what a module
 * asks for through a function of the kernel's. The frames go into row_info once, with the first
 * event; user space finds the call site among them by name.
 *
 * Static functions in a header, because the verifier checks global functions without their
 * caller and then no longer knows that `ctx` is the context bpf_get_stack wants.
 */
#ifndef TRACER_STACK_BPF_H
#define TRACER_STACK_BPF_H

#include "tracer.bpf.h"

#define STACK_BYTES (TRACER_WALK * sizeof(__u64))
#define DEEP_BYTES  (TRACER_FRAMES * sizeof(__u64))

static __always_inline long stack_read(void *ctx, __u64 *frames, __u64 call_site)
{
	if (!call_site)
		return knobs.filter_module ? bpf_get_stack(ctx, frames, DEEP_BYTES, 0) :
					     bpf_get_stack(ctx, frames, STACK_BYTES, 0);
	frames[0] = call_site;
	return knobs.filter_module ?
		       bpf_get_stack(ctx, frames + 1, DEEP_BYTES - sizeof(*frames), 0) :
		       bpf_get_stack(ctx, frames + 1, STACK_BYTES - sizeof(*frames), 0);
}

/* A stack in which a frame of the module is looked for. */
struct stack {
	__u64 frames[TRACER_FRAMES];
	__u64 last;
};

/*
 * A callback, because in a loop the verifier would walk all that follows once for each depth.
 * frames[0] is no frame but the call site or the program itself: what called is further out.
 */
static long stack_look(__u32 turn, struct stack *stack)
{
	__u64 at = turn + 1;

	KEEP_BOUND(at);
	at &= TRACER_FRAMES - 1;
	if (!in_module(stack->frames[at]))
		return 0;
	stack->last = at;
	return 1;
}

/* Cuts the stack behind its first frame inside the module; false if there is none. */
static __always_inline bool stack_cut(struct stack *stack)
{
	bpf_loop(TRACER_FRAMES - 1, stack_look, stack, 0);
	if (!stack->last)
		return false;
#pragma unroll
	for (int i = 1; i < TRACER_FRAMES; i++)
		stack->frames[i] &= ~((__s64)(stack->last - i) >> 63);
	return true;
}

static __always_inline __u64 stack_hash(const __u64 *frames)
{
	__u64 hash = 0;

#pragma unroll
	for (int i = 0; i < TRACER_FRAMES; i++)
		if (i < TRACER_WALK || knobs.filter_module)
			hash = (hash ^ hash >> 29 ^ frames[i]) * GOLDEN;
	return hash | 1;
}

/*
 * The row of (stack, tag), for an event that carries `call_site`, or 0 if it carries none.
 * ROW_NONE when a module is looked for that is not on the stack.
 */
static __noinline __u32 row_claim_stack(void *ctx, __u64 call_site, __u64 tag, __u64 cache,
					__u32 gfp)
{
	__u32 flags = ROW_STACK | (call_site ? ROW_CALLED : 0), index = 0;
	void *base = table_base(&tables);
	struct stack stack = {};
	struct row_info *info;
	__u64 hash;

	if (stack_read(ctx, stack.frames, call_site) <= 0) {
		__sync_fetch_and_add(&control.loss.stack_error, 1);
		if (cache || knobs.filter_module)
			return ROW_NONE;
		return row_claim(1, tag | (__u64)ROW_NOSTACK << TAG_FLAGS_SHIFT, 0, gfp, 0);
	}
	if (knobs.filter_module && !stack_cut(&stack))
		return ROW_NONE;
	hash = stack_hash(stack.frames);
	if (!cache)
		tag |= (__u64)flags << TAG_FLAGS_SHIFT;
	if (base)
		index = row_find(base, hash, tag);
	if (!index)
		index = row_claim(hash, tag, cache, gfp, flags);
	info = info_at(index);
	/* Another CPU that is just filling the row in will finish it. */
	if (info && index >= ROWS_RESERVED && !info->ready && info->tag == tag) {
		__builtin_memcpy(info->frames, stack.frames, sizeof(info->frames));
		row_finish(index);
	}
	return index;
}

/*
 * The row of an event that carries its call site. When a module is looked for, the call site is
 * in its code, or the first frame of its code on the stack takes its place.
 */
static __always_inline __u32 row_of_call(void *ctx, void *base, __u64 call_site, __u64 tag,
					 __u64 cache, __u32 gfp)
{
	__u32 index;

	if (knobs.filter_module && !in_module(call_site))
		return row_claim_stack(ctx, call_site, tag, cache, gfp);
	index = row_find(base, call_site, tag);
	return index ? index : row_claim(call_site, tag, cache, gfp, 0);
}

#endif
