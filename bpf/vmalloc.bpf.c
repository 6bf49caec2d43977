// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Virtually contiguous areas, by the vmalloc tracepoints (since 6.3, commit cf243da6ab39). They
 * carry no caller and cover vmap and ioremap as well, so each row is known by its stack, from
 * which user space takes both the call site and what kind of area it is. Areas are large and
 * rare: the unwind costs little beside mapping them.
 */
#include "stack.bpf.h"

/* Every area ends in an unmapped guard page (VM_NO_GUARD has no user that traces see). */
#define GUARD (1ull << TRACER_PAGE_SHIFT)

SEC("?raw_tp/alloc_vmap_area")
int BPF_PROG(vmap_alloc, __u64 address, __u64 size, __u64 align, __u64 vstart, __u64 vend,
	     __u64 failed)
{
	__u32 flags = (__u32)failed ? ROW_FAILED : 0;
	void *base = table_base(&tables);
	__u64 tag;

	if (!gate_open() || !base)
		return 0;
	size = size > GUARD ? size - GUARD : size;
	/* The tracepoint carries no GFP flags: what can't be shown to match does not. */
	if (knobs.gfp_mask || !size_wanted(size) || !process_wanted())
		return account_ignored(FAMILY_VMALLOC, SPACE_VMALLOC, flags ? 0 : address);
	tag = tag_make(FAMILY_VMALLOC, flags, slot_lookup(size));
	return account_alloc(base, FAMILY_VMALLOC, SPACE_VMALLOC, flags ? 0 : address,
			     row_claim_stack(ctx, tag, 0), size, size);
}

SEC("?raw_tp/free_vmap_area_noflush")
int BPF_PROG(vmap_free, __u64 address)
{
	if (!gate_open())
		return 0;
	return account_free(FAMILY_VMALLOC, SPACE_VMALLOC, address);
}
