// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the slab allocator does without an event, by its functions: kfree_rcu(), allocation and
 * free in bulk, kmalloc_nolock(). Only where the kernel lets functions be hooked; elsewhere the
 * report says what it lacks.
 */
#include "slab.bpf.h"

/* ---- kfree_rcu() -------------------------------------------------------------------------- */

/* Below it the second argument is the rcu_head's offset in the object, not the object. */
#define RCU_OFFSETS 4096u

#define SLAB_FAMILIES (1u << FAMILY_KMALLOC | 1u << FAMILY_CACHE)

/* Takes an object out of the ledger, as freed. */
static __always_inline bool rcu_take(void *base, __u64 space, __u64 key, __u32 unit_shift)
{
	__u64 meta = ledger_remove(base, space, key);

	if (!meta)
		return false;
	if (meta != META_RCU)
		account_cross(meta >> META_ROW_SHIFT,
			      (meta >> META_UNITS_SHIFT & META_UNITS_MASK) << unit_shift);
	ledger_insert(base, space, key, META_RCU, unit_shift);
	return true;
}

/*
 * The free, as the program means it, is the call; the memory goes back later, in bulk, in silence
 * or by a kfree() or vfree() of its own. The mark that is left in the ledger takes that in.
 * Until 6.2 (commit 04a522b7da3d) `second` was the offset of `head`, or the object if it has none.
 */
static __always_inline int rcu_freed(__u64 head, __u64 second)
{
	__u64 object = second < RCU_OFFSETS ? head - second : second, key;
	void *base = table_base(&tables);

	if (!gate_open() || !base || !object)
		return 0;
	key = key_make(SPACE_SLAB, object);
	if (rcu_take(base, SPACE_SLAB, key, unit_shift_of(FAMILY_KMALLOC)) ||
	    rcu_take(base, SPACE_VMALLOC, key_make(SPACE_VMALLOC, object), TRACER_PAGE_SHIFT))
		return 0;
	/* Of which family it is nobody knows, nor what will give the memory back. */
	if ((knobs.families & SLAB_FAMILIES) == SLAB_FAMILIES)
		account_unknown(FAMILY_KMALLOC);
	ledger_insert(base, SPACE_SLAB, key, META_RCU, 0);
	ledger_insert(base, SPACE_VMALLOC, key_make(SPACE_VMALLOC, object), META_RCU, 0);
	return 0;
}

SEC("?fentry")
int kvfree_rcu(void *ctx)
{
	return rcu_freed(func_arg(ctx, 0), func_arg(ctx, 1));
}

SEC("?kprobe")
int kvfree_rcu_kprobe(struct pt_regs *ctx)
{
	return rcu_freed(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx));
}

/* ---- bulk --------------------------------------------------------------------------------- */

/* What the callback of a loop over an array of objects needs. */
struct bulk {
	__u64 array;
	__u64 meta;   /* of each object, or 0: a filter leaves them out */
	__u32 family; /* for frees: whose unknown objects they are */
};

int bulk_keep(__u64 object, __u64 meta);
int bulk_freed(__u64 object, __u32 family);

__noinline int bulk_keep(__u64 object, __u64 meta)
{
	__u32 shift = unit_shift_of(FAMILY_CACHE);
	void *base = table_base(&tables);

	if (!base || !knobs.ledger)
		return 0;
	if (!meta)
		return account_reused(SPACE_SLAB, object, shift);
	ledger_insert(base, SPACE_SLAB, key_make(SPACE_SLAB, object), meta, shift);
	return 0;
}

/* The own rows' words belong to the programs of the single calls. */
__noinline int bulk_freed(__u64 object, __u32 family)
{
	void *base = table_base(&tables);
	__u64 meta;

	if (!base)
		return 0;
	meta = knobs.ledger ? ledger_remove(base, SPACE_SLAB, key_make(SPACE_SLAB, object)) : 0;
	if (!meta)
		account_unknown(family < FAMILY_COUNT ? family : FAMILY_CACHE);
	else if (meta != META_RCU)
		account_cross(meta >> META_ROW_SHIFT, (meta >> META_UNITS_SHIFT & META_UNITS_MASK)
							      << unit_shift_of(FAMILY_KMALLOC));
	return 0;
}

static __always_inline __u64 bulk_object(const struct bulk *bulk, __u32 i)
{
	__u64 object = 0;

	bpf_probe_read_kernel(&object, sizeof(object),
			      (void *)(bulk->array + (__u64)i * sizeof(object)));
	return object;
}

static long bulk_keep_one(__u32 i, struct bulk *bulk)
{
	__u64 object = bulk_object(bulk, i);

	if (object)
		bulk_keep(object, bulk->meta);
	return 0;
}

static long bulk_free_one(__u32 i, struct bulk *bulk)
{
	__u64 object = bulk_object(bulk, i);

	if (object)
		bulk_freed(object, bulk->family);
	return 0;
}

/* All or nothing: int of `wanted` or 0, bool since 7.0; a bool fills one byte of the register. */
static __always_inline bool bulk_succeeded(__u64 result, __u32 wanted)
{
	return (__u32)result == wanted || (result & 0xff) == 1;
}

/* `count` objects of a cache at once, whose row is no other program's: nobody calls both. */
static __always_inline void bulk_count(void *base, __u32 index, struct kmem_cache *s, __u64 count)
{
	struct row *row = own_row(base, index);

	__sync_fetch_and_add(&row->allocs, count);
	if (index >= ROWS_RESERVED)
		return;
	__sync_fetch_and_add(&row->bytes_requested, count * BPF_CORE_READ(s, object_size));
	__sync_fetch_and_add(&row->bytes_allocated, count * BPF_CORE_READ(s, size));
}

/* As cache_booked() has it: the row's sizes stand for its objects, unless it is everybody's. */
static __always_inline __u64 bulk_meta(__u32 index, struct kmem_cache *s)
{
	if (index >= ROWS_RESERVED)
		return (__u64)index << META_ROW_SHIFT;
	return meta_make(FAMILY_CACHE, index, BPF_CORE_READ(s, object_size), BPF_CORE_READ(s, size));
}

static __always_inline int bulk_failed(void *ctx, void *base, struct kmem_cache *s, __u32 gfp)
{
	__u32 size = BPF_CORE_READ(s, object_size);
	__u64 tag = failed_tag(FAMILY_CACHE, size, gfp);

	return account_alloc(base, FAMILY_CACHE, SPACE_SLAB, 0,
			     row_claim_stack(ctx, 0, tag, 0, gfp), size, 0);
}

/*
 * kmem_cache_alloc_bulk(s, flags, size, objects). Who called is on the stack alone: behind the
 * trampoline and, on kernels that call it rather than jump to it, the entry of the function.
 */
SEC("?fexit")
int cache_alloc_bulk(void *ctx)
{
	__u64 tag = func_arg(ctx, 0), flags = func_arg(ctx, 1), count = func_arg(ctx, 2);
	struct bulk bulk = { .array = func_arg(ctx, 3) };
	struct kmem_cache *s = (struct kmem_cache *)tag;
	void *base = table_base(&tables);
	__u32 index = ROW_NONE;
	bool wanted;

	if (!gate_open() || !base)
		return 0;
	wanted = event_wanted(knobs.filter_size ? BPF_CORE_READ(s, object_size) : 0, flags);
	if (!bulk_succeeded(func_result(ctx), count))
		return wanted ? bulk_failed(ctx, base, s, flags) : 0;
	if (wanted)
		index = row_claim_stack(ctx, 0, tag, tag, flags);
	if (index == ROW_NONE || row_skipped(index)) {
		struct cpu_stats *own = own_stats();

		if (own)
			own->ignored[FAMILY_CACHE] += count;
	} else {
		index = index_forget(index, bpf_get_smp_processor_id());
		bulk_count(base, index, s, count);
		bulk.meta = bulk_meta(index, s);
	}
	if (knobs.ledger)
		bpf_loop(count, bulk_keep_one, &bulk, 0);
	return 0;
}

static __always_inline int bulk_free(__u64 s, __u64 count, __u64 array)
{
	struct bulk bulk = { .array = array, .family = s ? FAMILY_CACHE : FAMILY_KMALLOC };

	if (gate_open())
		bpf_loop(count, bulk_free_one, &bulk, 0);
	return 0;
}

/* kmem_cache_free_bulk(s, size, objects); s is NULL when called by kfree_bulk(). */
SEC("?fentry")
int cache_free_bulk(void *ctx)
{
	return bulk_free(func_arg(ctx, 0), func_arg(ctx, 1), func_arg(ctx, 2));
}

SEC("?kprobe")
int cache_free_bulk_kprobe(struct pt_regs *ctx)
{
	return bulk_free(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx));
}

/* ---- kmalloc_nolock() --------------------------------------------------------------------- */

#define KMALLOC_LEAST 8u

/* The size of the kmalloc cache that serves `size`: powers of two, and 96 and 192. */
static __always_inline __u64 kmalloc_rounded(__u64 size)
{
	__u64 power = KMALLOC_LEAST;

	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	for (int i = 0; i < 11 && power < size; i++)
		power <<= 1;
	return power;
}

/* Since 6.18 (commit af92793e52c3): no lock, so no event. kmalloc_nolock(size, gfp_flags, …) */
SEC("?fexit")
int kmalloc_nolock(void *ctx)
{
	__u64 size = func_arg(ctx, 0), gfp, object = func_result(ctx), tag;
	void *base = table_base(&tables);

	if (!gate_open() || !base || object == ZERO_SIZE_PTR)
		return 0;
	/* Before the flags a kernel may have a token (CONFIG_KMALLOC_PARTITION_CACHES). */
	gfp = func_arg(ctx, bpf_get_func_arg_cnt(ctx) - 2);
	if (!event_wanted(size, gfp))
		return account_ignored(FAMILY_KMALLOC, SPACE_SLAB, object);
	tag = object ? tag_make(FAMILY_KMALLOC, 0, slot_lookup(size)) :
		       failed_tag(FAMILY_KMALLOC, size, gfp);
	return account_alloc(base, FAMILY_KMALLOC, SPACE_SLAB, object,
			     row_claim_stack(ctx, 0, tag, 0, gfp), size, kmalloc_rounded(size));
}

SEC("?fentry")
int kfree_nolock(void *ctx)
{
	__u64 object = func_arg(ctx, 0);

	if (gate_open() && object > ZERO_SIZE_PTR)
		bulk_freed(object, FAMILY_KMALLOC);
	return 0;
}
