// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Per-CPU memory. One object is one area of every possible CPU: the size times the CPUs. The event's
 * own bytes_alloc adds what memcg notes beside each chunk; that is an allocation of its own, which
 * is counted where it happens.
 */
#include "stack.bpf.h"

SEC("?raw_tp/percpu_alloc_percpu")
int BPF_PROG(percpu_alloc, __u64 call_site, __u64 reserved, __u64 is_atomic, __u64 size,
	     __u64 align, __u64 chunk, __u64 offset, __u64 ptr, __u64 noted, __u64 flags)
{
	__u64 requested = size * knobs.cpus_possible, tag;
	void *base = table_base(&tables);
	__u32 index, gfp = flags;

	if (!gate_open() || !base)
		return 0;
	if (!event_wanted(requested, gfp))
		return account_ignored(FAMILY_PERCPU, SPACE_PERCPU, ptr);
	tag = tag_make(FAMILY_PERCPU, 0, slot_lookup(requested));
	index = row_of_call(ctx, base, call_site, tag, 0, gfp);
	return account_alloc(base, FAMILY_PERCPU, SPACE_PERCPU, ptr, index, requested, requested);
}

SEC("?raw_tp/percpu_alloc_percpu_fail")
int BPF_PROG(percpu_fail, __u64 reserved, __u64 is_atomic, __u64 size)
{
	__u64 requested = size * knobs.cpus_possible;
	void *base = table_base(&tables);

	if (!gate_open() || !base)
		return 0;
	if (knobs.gfp_mask || !size_wanted(requested) || !process_wanted())
		return account_ignored(FAMILY_PERCPU, SPACE_PERCPU, 0);
	return account_alloc(base, FAMILY_PERCPU, SPACE_PERCPU, 0,
			     row_claim_stack(ctx, 0, tag_make(FAMILY_PERCPU, ROW_FAILED,
							      slot_lookup(requested)), 0, 0),
			     requested, 0);
}

SEC("?raw_tp/percpu_free_percpu")
int BPF_PROG(percpu_free, __u64 chunk, __u64 offset, __u64 ptr)
{
	if (!gate_open())
		return 0;
	return account_free(FAMILY_PERCPU, SPACE_PERCPU, ptr);
}
