// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Virtually contiguous areas.
 *
 * Where the kernel lets functions be hooked, an object is what __vmalloc_node_range() returns: it
 * knows the caller, the exact size and the GFP flags, and fails visibly. Between its entry and its
 * return the area that it makes is not booked a second time.
 *
 * All other areas come from alloc_vmap_area(), by its tracepoint (since 6.3, commit cf243da6ab39)
 * or, on kernels without, by the function: vmap, ioremap, the array of pages that a large vmalloc
 * makes for itself, and vmalloc too where functions can't be hooked. That carries no caller, so
 * such a row is known by its stack, from which user space takes the call site and what kind of
 * area it is. Areas are large and rare: the unwind costs little beside mapping them.
 */
#include "stack.bpf.h"

/* Every area ends in an unmapped guard page (VM_NO_GUARD has no user that traces see). */
#define GUARD (1ull << TRACER_PAGE_SHIFT)

#define MAX_ERRNO 4095

/* ---- vmalloc() from its entry to its return ----------------------------------------------- */

/* How deep the current task is in vmalloc: the array of pages is a vmalloc inside the first. */
static __always_inline __u32 vmalloc_depth(void)
{
	__u64 task = bpf_get_current_pid_tgid();
	const struct vmalloc_call *call = bpf_map_lookup_elem(&calls, &task);

	return call ? call->depth : 0;
}

/* `stack` is an address in the frame: a call whose return was missed does not lie above it. */
static __always_inline int vmalloc_enter(__u64 stack, __u64 size, __u32 gfp, __u64 caller)
{
	struct vmalloc_call begun = { .stack = stack, .size = size, .caller = caller, .gfp = gfp,
				      .depth = 1 };
	__u64 task = bpf_get_current_pid_tgid();
	struct vmalloc_call *outer;

	if (!gate_open())
		return 0;
	outer = bpf_map_lookup_elem(&calls, &task);
	if (outer && stack < outer->stack) {
		outer->depth++;
		return 0;
	}
	/* A call that is still there has returned unseen: kretprobes have so many instances. */
	if (bpf_map_update_elem(&calls, &task, &begun, BPF_ANY) || outer)
		__sync_fetch_and_add(&control.loss.call_lost, 1);
	return 0;
}

static __always_inline __u64 page_align(__u64 size)
{
	__u64 rest = (1ull << TRACER_PAGE_SHIFT) - 1;

	return (size + rest) & ~rest;
}

static __always_inline int vmalloc_booked(void *ctx, const struct vmalloc_call *call,
					  __u64 address)
{
	void *base = table_base(&tables);
	__u64 tag;

	if (!base)
		return 0;
	if (!event_wanted(call->size, call->gfp))
		return account_ignored(FAMILY_VMALLOC, SPACE_VMALLOC, address);
	tag = tag_make(FAMILY_VMALLOC, address ? 0 : ROW_FAILED, slot_lookup(call->size));
	if (!address)
		tag |= (__u64)call->gfp << TAG_GFP_SHIFT;
	return account_alloc(base, FAMILY_VMALLOC, SPACE_VMALLOC, address,
			     row_of_call(ctx, base, call->caller, tag, 0, call->gfp), call->size,
			     page_align(call->size));
}

static __always_inline int vmalloc_leave(void *ctx, __u64 address)
{
	__u64 task = bpf_get_current_pid_tgid();
	struct vmalloc_call *call = bpf_map_lookup_elem(&calls, &task), ended;

	if (!call)
		return 0;
	if (call->depth > 1) {
		call->depth--;
		return 0;
	}
	ended = *call;
	bpf_map_delete_elem(&calls, &task);
	return gate_open() ? vmalloc_booked(ctx, &ended, address) : 0;
}

/*
 * __vmalloc_node_range(size, align, start, end, gfp_mask, prot, vm_flags, node, caller). Nine
 * arguments are too many for the trampolines of 6.1 (six until commit 473e3150e30a).
 */
SEC("?fentry")
int vmalloc_entry(void *ctx)
{
	return vmalloc_enter((__u64)ctx, func_arg(ctx, 0), func_arg(ctx, 4), func_arg(ctx, 8));
}

SEC("?fexit")
int vmalloc_return(void *ctx)
{
	return vmalloc_leave(ctx, func_result(ctx));
}

/* Where the ninth argument is: the third on the stack of x86, the first on that of arm64. */
#if defined(__TARGET_ARCH_x86)
#define NINTH_ARGUMENT 24
#else
#define NINTH_ARGUMENT 0
#endif

SEC("?kprobe")
int vmalloc_entry_kp(struct pt_regs *ctx)
{
	__u64 stack = PT_REGS_SP(ctx), caller = 0;

	bpf_probe_read_kernel(&caller, sizeof(caller), (void *)(stack + NINTH_ARGUMENT));
	return vmalloc_enter(stack, PT_REGS_PARM1(ctx), PT_REGS_PARM5(ctx), caller);
}

SEC("?kretprobe")
int vmalloc_return_kp(struct pt_regs *ctx)
{
	return vmalloc_leave(ctx, PT_REGS_RC(ctx));
}

/* ---- areas -------------------------------------------------------------------------------- */

static __always_inline int area_made(void *ctx, __u64 address, __u64 size, bool failed)
{
	void *base = table_base(&tables);
	__u64 id = failed ? 0 : address, tag;

	if (!gate_open() || !base || vmalloc_depth() == 1)
		return 0;
	size = size > GUARD ? size - GUARD : size;
	/* An area has no GFP flags: what can't be shown to match does not. */
	if (knobs.gfp_mask || !size_wanted(size) || !process_wanted())
		return account_ignored(FAMILY_VMALLOC, SPACE_VMALLOC, id);
	tag = tag_make(FAMILY_VMALLOC, failed ? ROW_FAILED : 0, slot_lookup(size));
	return account_alloc(base, FAMILY_VMALLOC, SPACE_VMALLOC, id,
			     row_claim_stack(ctx, 0, tag, 0, 0), size, size);
}

/* vmalloc() that tries again with smaller pages gives its first area back by itself. */
static __always_inline int area_freed(__u64 address)
{
	void *base = table_base(&tables);
	__u64 meta;

	if (!gate_open() || !base)
		return 0;
	meta = knobs.ledger ? ledger_remove(base, SPACE_VMALLOC, key_make(SPACE_VMALLOC, address)) :
			      0;
	if (meta)
		return account_freed(base, FAMILY_VMALLOC, SPACE_VMALLOC, meta);
	if (!vmalloc_depth())
		account_unknown(FAMILY_VMALLOC);
	return 0;
}

SEC("?raw_tp/alloc_vmap_area")
int BPF_PROG(vmap_alloc, __u64 address, __u64 size, __u64 align, __u64 vstart, __u64 vend,
	     __u64 failed)
{
	return area_made(ctx, address, size, (__u32)failed);
}

SEC("?raw_tp/free_vmap_area_noflush")
int BPF_PROG(vmap_free, __u64 address)
{
	return area_freed(address);
}

SEC("?fexit")
int vmap_alloc_exit(void *ctx)
{
	__u64 area = func_result(ctx), address = 0;
	bool failed = area >= (__u64)-MAX_ERRNO;

	if (!failed)
		address = BPF_CORE_READ((struct vmap_area *)area, va_start);
	return area_made(ctx, address, func_arg(ctx, 0), failed);
}

SEC("?fentry")
int vmap_free_entry(void *ctx)
{
	return area_freed(BPF_CORE_READ((struct vmap_area *)func_arg(ctx, 0), va_start));
}
