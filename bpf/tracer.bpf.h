/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every hook file shares inside the kernel: the maps that core.bpf.c owns, the filters, and
 * the two calls that each hook ends in, account_alloc() and account_free().
 *
 * The path of an allocation, in cache lines: directory bucket (shared, read only once warm), own
 * row (this CPU's), ledger bucket (one atomic). A free: ledger bucket, own row. Everything rare
 * is out of line.
 *
 * raw_tp programs never nest on a CPU with themselves (prog->active), so a word that only one
 * program writes needs no atomic; what the kernel skipped shows as recursion_misses.
 */
#ifndef TRACER_BPF_H
#define TRACER_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "tracer.h"

#define GOLDEN 0x9E3779B97F4A7C15ull /* 2^64 / phi: spreads neighbouring keys */

/* Stops clang 14 from folding a mask away; the 6.1 verifier then still sees the bound. */
#define KEEP_BOUND(x) asm volatile("" : "+r"(x))

struct rows_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct row);
};

struct rare_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct row_rare);
};

struct info_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct row_info);
};

struct dir_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dir_bucket);
};

struct ledger_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ledger_bucket);
};

/* Preallocated: a hash that allocates would fire the very hooks it serves. */
struct overflow_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u64);
};

struct spill_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LEDGER_SPILL_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
};

struct stats_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_stats);
};

/* One bit per tgid that CMD or a descendant has. */
struct pids_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
};

struct cgroup_map {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
};

extern struct rows_map rows SEC(".maps");
extern struct rare_map rare SEC(".maps");
extern struct info_map infos SEC(".maps");
extern struct dir_map directory SEC(".maps");
extern struct ledger_map ledger SEC(".maps");
extern struct overflow_map overflow SEC(".maps");
extern struct spill_map spills SEC(".maps");
extern struct stats_map stats SEC(".maps");
extern struct pids_map pids SEC(".maps");
extern struct cgroup_map cgroups SEC(".maps");

extern const volatile struct tracer_knobs knobs;
extern const volatile __u8 slot_table[SLOT_TABLE];
extern struct tracer_control control;

/* Out of line, in core.bpf.c. */

/* Finds or claims the row of (site, tag) when the fast look-up missed; always a valid index. */
__u32 row_claim(__u64 site, __u64 tag, __u64 cache, __u32 gfp);
/* Decides the filters of a row whose stack has been filled in. */
int row_finish(__u32 index);
/* Puts an object where its first bucket had no room. */
int ledger_spill(__u64 key, __u64 meta);
/* Takes an object from there; its meta, or 0. */
__u64 ledger_unspill(__u64 key);
/* An object whose address came back: its free was not seen. */
int account_unseen(__u64 meta, __u32 unit_shift);
/* A slab object freed through the other slab call. */
int account_cross(__u32 row, __u64 requested, __u64 allocated);

/* ---- filters ------------------------------------------------------------------------------ */

static __always_inline bool gate_open(void)
{
	return *(volatile __u32 *)&control.on;
}

/* Does the current process pass the filter? Out of line, in core.bpf.c. */
bool process_matches(void);

static __always_inline bool process_wanted(void)
{
	return !knobs.process || process_matches();
}

static __always_inline bool size_wanted(__u64 size)
{
	return !knobs.filter_size || (size >= knobs.size_min && size <= knobs.size_max);
}

static __always_inline bool gfp_wanted(__u32 gfp)
{
	return !knobs.gfp_mask || (gfp & knobs.gfp_mask) == knobs.gfp_value;
}

static __always_inline struct cpu_stats *own_stats(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&stats, &cpu);
}

/* ---- rows --------------------------------------------------------------------------------- */

static __always_inline __u64 tag_make(__u32 family, __u32 flags, __u32 slot)
{
	return (__u64)family << TAG_FAMILY_SHIFT | (__u64)flags << TAG_FLAGS_SHIFT | slot;
}

static __always_inline __u32 slot_lookup(__u64 size)
{
	if (size < SLOT_TABLE)
		return slot_table[size];
	return slot_of(size);
}

static __always_inline __u32 dir_hash(__u64 site, __u64 tag)
{
	/* Sites differ in the low bits, caches from bit 6 up, slots in the low bits. */
	__u64 hash = (site ^ (tag << 24 | tag >> 40)) * GOLDEN;

	return hash >> 32;
}

static __always_inline __u32 row_find(__u64 site, __u64 tag)
{
	__u32 bucket = dir_hash(site, tag) & knobs.dir_mask;
	struct dir_bucket *entry = bpf_map_lookup_elem(&directory, &bucket);

	if (!entry)
		return ROW_OTHER(0);
#pragma unroll
	for (int way = 0; way < DIR_WAYS; way++)
		if (entry->site[way] == site && entry->tag[way] == tag)
			return ROWS_RESERVED + bucket * DIR_WAYS + way;
	return 0;
}

static __always_inline struct row *own_row(__u32 index)
{
	__u32 at = bpf_get_smp_processor_id() * knobs.rows + index;

	return bpf_map_lookup_elem(&rows, &at);
}

static __always_inline bool row_skipped(__u32 index)
{
	struct row_info *info;

	if (!knobs.filter_rows)
		return false;
	info = bpf_map_lookup_elem(&infos, &index);
	return !info || info->skip;
}

/* ---- ledger ------------------------------------------------------------------------------- */

static __always_inline __u64 key_make(__u64 space, __u64 id)
{
	return space << 60 | (id & (~0ull >> 4));
}

/*
 * Hash the page, let the 128-byte chunk inside it choose the bucket: slab neighbours share lines.
 * struct page is 64 bytes, so its address is halved to put four neighbouring pages on a line.
 */
static __always_inline __u32 ledger_home(__u64 space, __u64 key)
{
	__u64 where = space == SPACE_PAGES ? key >> 1 : key;
	__u64 page = (where >> 12) * GOLDEN;

	return ((page >> 32 & ~(__u64)(LEDGER_CHUNKS - 1)) | (where >> 7 & (LEDGER_CHUNKS - 1))) &
	       knobs.ledger_mask;
}

static __always_inline __u32 spill_slot(__u64 key)
{
	return (key >> 12) * GOLDEN >> 52;
}

/* Did any object that hashes like this one spill? Exact per slot, so a 0 saves the second probe. */
static __always_inline bool spill_possible(__u64 key)
{
	__u32 slot = spill_slot(key), *count;

	if (!*(volatile __u32 *)&control.spilled)
		return false;
	count = bpf_map_lookup_elem(&spills, &slot);
	return count && *(volatile __u32 *)count;
}

static __always_inline void ledger_insert(__u64 space, __u64 key, __u64 meta, __u32 unit_shift)
{
	__u32 home = ledger_home(space, key);
	struct ledger_bucket *bucket = bpf_map_lookup_elem(&ledger, &home);
	__u64 stale = 0;

	if (!bucket)
		return;
#pragma unroll
	for (int way = 0; way < LEDGER_WAYS; way++) {
		if (bucket->key[way] == key) {
			account_unseen(bucket->meta[way], unit_shift);
			bucket->meta[way] = meta;
			return;
		}
	}
	if (spill_possible(key))
		stale = ledger_unspill(key);
	if (stale)
		account_unseen(stale, unit_shift);
#pragma unroll
	for (int way = 0; way < LEDGER_WAYS; way++) {
		if (!bucket->key[way] &&
		    !__sync_val_compare_and_swap(&bucket->key[way], 0, key)) {
			bucket->meta[way] = meta;
			return;
		}
	}
	ledger_spill(key, meta);
}

/* The object's meta, or 0; the caller has the only right to free it, so no atomic is needed. */
static __always_inline __u64 ledger_remove(__u64 space, __u64 key)
{
	__u32 home = ledger_home(space, key);
	struct ledger_bucket *bucket = bpf_map_lookup_elem(&ledger, &home);

	if (!bucket)
		return 0;
#pragma unroll
	for (int way = 0; way < LEDGER_WAYS; way++) {
		if (bucket->key[way] == key) {
			__u64 meta = bucket->meta[way];

			*(volatile __u64 *)&bucket->key[way] = 0;
			return meta;
		}
	}
	return spill_possible(key) ? ledger_unspill(key) : 0;
}

/* Units of 8 bytes hold kmalloc up to 128 MiB; a page unit up to 64 GiB. */
static __always_inline __u32 unit_shift_of(__u32 family)
{
	switch (family) {
	case FAMILY_KMALLOC:
	case FAMILY_CACHE:
		return 3;
	case FAMILY_PERCPU:
		return 2;
	default:
		return TRACER_PAGE_SHIFT;
	}
}

/*
 * Wasted bytes are kept to the byte, allocated ones in units. 0 never occurs: row 0 is the
 * directory's [other] of kmalloc, which books no object with 0 units.
 */
static __always_inline __u64 meta_make(__u32 family, __u32 row, __u64 requested, __u64 allocated)
{
	__u64 units = allocated >> unit_shift_of(family), waste = allocated - requested;

	if (units > META_UNITS_MASK || waste > META_UNITS_MASK) {
		__sync_fetch_and_add(&control.loss.size_clipped, 1);
		units = units > META_UNITS_MASK ? META_UNITS_MASK : units;
		waste = waste > META_UNITS_MASK ? META_UNITS_MASK : waste;
	}
	return (__u64)row << META_ROW_SHIFT | units << META_UNITS_SHIFT | waste;
}

/* ---- the two calls ------------------------------------------------------------------------ */

static __always_inline void account_ignored(__u32 family)
{
	struct cpu_stats *own = own_stats();

	if (own)
		own->ignored[family]++;
}

/*
 * Books one allocation (or, with ROW_FAILED in the row's tag, one failure: pass id 0) under
 * `index`. For FAMILY_CACHE the sizes are those of the row: pass 0, and only the count is kept.
 */
static __always_inline int account_alloc(__u32 family, __u64 space, __u64 id, __u32 index,
					 __u64 requested, __u64 allocated)
{
	struct row *row;
	__u64 inverted = ~requested;

	if (row_skipped(index)) {
		account_ignored(family);
		return 0;
	}
	row = own_row(index);
	if (!row)
		return 0;
	row->allocs++;
	if (family != FAMILY_CACHE || requested) {
		row->bytes_requested += requested;
		row->bytes_allocated += allocated;
		if (requested > row->size_max)
			row->size_max = requested;
		if (inverted > row->size_min_inverted)
			row->size_min_inverted = inverted;
	}
	if (knobs.ledger && id)
		ledger_insert(space, key_make(space, id),
			      meta_make(family, index, requested, allocated),
			      unit_shift_of(family));
	return 0;
}

/* Does a free whose allocation was not seen belong to what is traced, as far as one can tell? */
static __always_inline bool free_wanted(void)
{
	return !knobs.filtered || (knobs.frees_decidable && process_wanted());
}

/* A free of something that the ledger does not have. */
static __always_inline void account_unknown(__u32 family)
{
	struct cpu_stats *own = own_stats();

	if (!own)
		return;
	if (free_wanted())
		own->frees_unknown[family]++;
	else
		own->frees_ignored[family]++;
}

static __always_inline void account_null_free(__u32 family)
{
	struct cpu_stats *own = own_stats();

	if (!own)
		return;
	if (free_wanted())
		own->frees_null[family]++;
	else
		own->frees_ignored[family]++;
}

/*
 * Books the free of `id` where the object came from. The slab calls may free each other's
 * objects; a cache's entry has no units, so the two are told apart, and the stranger is booked
 * with atomics in the rare row, because the own row's word belongs to the other program.
 */
static __always_inline int account_free(__u32 family, __u64 space, __u64 id)
{
	__u64 meta, allocated, requested;
	struct row *row;
	__u32 index;

	meta = knobs.ledger ? ledger_remove(space, key_make(space, id)) : 0;
	if (!meta) {
		account_unknown(family);
		return 0;
	}
	allocated = (meta >> META_UNITS_SHIFT & META_UNITS_MASK) << unit_shift_of(family);
	requested = allocated - (meta & META_UNITS_MASK);
	index = meta >> META_ROW_SHIFT;
	if (space == SPACE_SLAB && !allocated != (family == FAMILY_CACHE) && index >= ROWS_RESERVED)
		return account_cross(index, requested, allocated);
	row = own_row(index);
	if (!row)
		return 0;
	row->frees++;
	if (family != FAMILY_CACHE || allocated) {
		row->freed_requested += requested;
		row->freed_allocated += allocated;
	}
	return 0;
}

#endif
