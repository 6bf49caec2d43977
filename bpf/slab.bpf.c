// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kmalloc and kmem_cache objects, by the tracepoints of the slab allocator.
 *
 * kmalloc above 8 KiB fires twice on kernels since 6.8 (once in __kmalloc_large_node, once in its
 * caller): both are booked here, the second one replaces the first in the ledger, and user space
 * takes the first's row, whose site lies inside the allocator, out again.
 */
#include "slab.bpf.h"

SEC("?raw_tp/kmalloc")
int BPF_PROG(kmalloc, __u64 call_site, __u64 ptr, __u64 requested, __u64 allocated, __u64 flags)
{
	void *base = table_base(&tables);
	__u32 index, gfp = flags;
	__u64 tag;

	if (!gate_open() || !base)
		return 0;
	if (!event_wanted(requested, gfp))
		return account_ignored(FAMILY_KMALLOC, SPACE_SLAB, ptr);
	if (ptr) {
		tag = tag_make(FAMILY_KMALLOC, 0, slot_lookup(requested));
		index = row_of_call(ctx, base, call_site, tag, 0, gfp);
	} else {
		/* Only the stack tells a failure from a kvmalloc() that goes on to vmalloc. */
		tag = failed_tag(FAMILY_KMALLOC, requested, gfp);
		index = row_claim_stack(ctx, call_site, tag, 0, gfp);
	}
	return account_alloc(base, FAMILY_KMALLOC, SPACE_SLAB, ptr, index, requested, allocated);
}

SEC("?raw_tp/kfree")
int BPF_PROG(kfree, __u64 call_site, __u64 ptr)
{
	if (!gate_open())
		return 0;
	if (ptr <= ZERO_SIZE_PTR) {
		account_null_free(FAMILY_KMALLOC, call_site);
		return 0;
	}
	return account_free(FAMILY_KMALLOC, SPACE_SLAB, ptr);
}

/* A failed attempt has no cache row of its own: the tag must say that it failed. */
static __always_inline int cache_failed(void *ctx, void *base, __u64 call_site,
					struct kmem_cache *s, __u32 gfp)
{
	__u32 size = BPF_CORE_READ(s, object_size);
	__u64 tag = failed_tag(FAMILY_CACHE, size, gfp);
	__u32 index = row_of_call(ctx, base, call_site, tag, 0, gfp);

	return account_alloc(base, FAMILY_CACHE, SPACE_SLAB, 0, index, size, 0);
}

/* The row's sizes stand for its objects, unless the directory was full. */
static __always_inline int cache_booked(void *base, __u32 index, struct kmem_cache *s, __u64 ptr)
{
	__u64 requested = 0, allocated = 0;

	if (index < ROWS_RESERVED) {
		requested = BPF_CORE_READ(s, object_size);
		allocated = BPF_CORE_READ(s, size);
	}
	return account_alloc(base, FAMILY_CACHE, SPACE_SLAB, ptr, index, requested, allocated);
}

SEC("?raw_tp/kmem_cache_alloc")
int BPF_PROG(cache_alloc, __u64 call_site, __u64 ptr, struct kmem_cache *s, __u64 flags)
{
	void *base = table_base(&tables);
	__u64 tag = (__u64)s;
	__u32 index;

	if (!gate_open() || !base)
		return 0;
	if (!event_wanted(knobs.filter_size ? BPF_CORE_READ(s, object_size) : 0, flags))
		return account_ignored(FAMILY_CACHE, SPACE_SLAB, ptr);
	if (!ptr)
		return cache_failed(ctx, base, call_site, s, flags);
	index = row_of_call(ctx, base, call_site, tag, tag, flags);
	return cache_booked(base, index, s, ptr);
}

SEC("?raw_tp/kmem_cache_free")
int BPF_PROG(cache_free, __u64 call_site, __u64 ptr)
{
	if (!gate_open())
		return 0;
	if (!ptr) {
		account_null_free(FAMILY_CACHE, call_site);
		return 0;
	}
	return account_free(FAMILY_CACHE, SPACE_SLAB, ptr);
}
