// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Kernel memory, or a device's, that is mapped into a process by remap_pfn_range(). A mapping is no
 * memory of its own and has no event; its function is hooked at the return, when it is known
 * whether it succeeded. A driver that has moved to mmap_prepare gets there by
 * remap_pfn_range_complete() instead, where there is such a function (after 6.18).
 *
 * A mapping ends with its VMA, which is not followed: there are no frees and nothing is live.
 */
#include "stack.bpf.h"

static __always_inline int range_mapped(void *ctx, __u64 size, __u32 error)
{
	void *base = table_base(&tables);
	__u64 tag;

	if (!gate_open() || !base)
		return 0;
	/* It asks for no memory: what can't be shown to match the flags does not. */
	if (knobs.gfp_mask || !size_wanted(size) || !process_wanted())
		return account_ignored(FAMILY_MAPPING, 0, 0);
	tag = tag_make(FAMILY_MAPPING, error ? ROW_FAILED : 0, slot_lookup(size));
	return account_alloc(base, FAMILY_MAPPING, 0, 0, row_claim_stack(ctx, 0, tag, 0, 0), size,
			     size);
}

/* remap_pfn_range(vma, addr, pfn, size, prot) */
SEC("?fexit")
int map_pfn_range(void *ctx)
{
	return range_mapped(ctx, func_arg(ctx, 3), func_result(ctx));
}

/* remap_pfn_range_complete(vma, action); at first it had the arguments of remap_pfn_range() */
SEC("?fexit")
int map_pfn_complete(void *ctx)
{
	struct mmap_action___v7_1 *action = (void *)func_arg(ctx, 1);
	__u64 size;

	size = bpf_get_func_arg_cnt(ctx) == 2 ? BPF_CORE_READ(action, remap.size) : func_arg(ctx, 3);
	return range_mapped(ctx, size, func_result(ctx));
}
