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

/*
 * A table is an array map of one element, which is the whole table: its address is known before
 * the index is, so the hot path has neither a bounds check nor a trip of the index through the
 * stack for each look-up. What an event touches lies in one such map, `tables`: the directory,
 * every CPU's rows, the ledger. The masks in the knobs are the bounds. User space sets value_size.
 */
struct table_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 64);
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

/* A vmalloc() on its way, by task; preallocated like all hashes here. */
struct vmalloc_call {
	__u64 stack; /* where its frame is: what it calls lies below */
	__u64 size, caller;
	__u32 gfp, depth;
};

struct call_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct vmalloc_call);
};

/* Addresses in modules that went away, named while they were there. */
struct symbol_text {
	char text[TRACER_SYMBOL];
};

struct name_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACER_NAMES);
	__type(key, __u64);
	__type(value, struct symbol_text);
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

extern struct table_map tables SEC(".maps"); /* dir_buckets, rows of each CPU, ledger_buckets */
extern struct table_map rare SEC(".maps");   /* struct row_rare */
extern struct table_map infos SEC(".maps");  /* struct row_info */
extern struct overflow_map overflow SEC(".maps");
extern struct spill_map spills SEC(".maps");
extern struct stats_map stats SEC(".maps");
extern struct pids_map pids SEC(".maps");
extern struct cgroup_map cgroups SEC(".maps");
extern struct call_map calls SEC(".maps");
extern struct name_map names SEC(".maps");

extern const volatile struct tracer_knobs knobs;
extern const volatile __u8 slot_table[SLOT_TABLE];
extern struct tracer_control control;

/* Out of line, in core.bpf.c: rare, and checked once by the verifier instead of in each caller. */

/* slot_of(): its loop, inlined, would have the verifier walk all that follows once per turn. */
__u32 slot_compute(__u64 size);

/*
 * Finds or claims the row of (site, tag) when the fast look-up missed; always a valid index.
 * `flags` are those of the row that the tag does not hold: a cache's tag is its address.
 */
__u32 row_claim(__u64 site, __u64 tag, __u64 cache, __u32 gfp, __u32 flags);
/* One step of that: an index, -2 - index when it was claimed now, or -1 when the bucket is full. */
__s64 dir_claim(__u64 hash, __u64 site, __u64 tag);
/* Decides the filters of a row whose stack has been filled in. */
int row_finish(__u32 index);
/* Books an object whose preferred slot is taken: another way, bucket, or the overflow. */
int ledger_crowd(__u64 space, __u64 key, __u64 meta);
/* Takes an object that is not in its preferred slot; its meta, or 0. */
__u64 ledger_find(__u64 space, __u64 key);
/* Takes away the mark of a kfree_rcu() that is in `slot`, unless an object has just replaced it. */
__u64 ledger_unmark(__u64 space, __u64 key);
/* The meta of the entry with this key, which stays where it is; 0 if there is none. */
__u64 ledger_peek(__u64 space, __u64 key);
/* Books an object whose address the ledger may still hold, which is then closed. */
int ledger_replace(__u64 space, __u64 key, __u64 meta, __u32 unit_shift);
/* An object whose address came back: its free was not seen. */
int account_unseen(__u64 meta, __u32 unit_shift);
/* An allocation that a filter leaves out: what the ledger holds at its address is gone. */
int account_reused(__u64 space, __u64 id, __u32 unit_shift);
/* An object freed by another program than the one that its row's own words belong to. */
int account_cross(__u32 row, __u64 allocated);

/* ---- hooked functions --------------------------------------------------------------------- */

/*
 * Argument `n` of the function that a fentry or fexit program serves, as a number: by its type the
 * verifier forbids some to be read (const void *, function pointers, until 7.0) and others to be
 * hashed.
 */
static __always_inline __u64 func_arg(void *ctx, __u32 n)
{
	__u64 value = 0;

	bpf_get_func_arg(ctx, n, &value);
	return value;
}

static __always_inline __u64 func_result(void *ctx)
{
	__u64 value = 0;

	bpf_get_func_ret(ctx, &value);
	return value;
}

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

/* Everything that is decided at each event. One knob first, so that no filter costs one load. */
static __always_inline bool event_wanted(__u64 size, __u32 gfp)
{
	if (!knobs.filtered)
		return true;
	if (!size_wanted(size))
		return false;
	if (knobs.gfp_mask && (gfp & knobs.gfp_mask) != knobs.gfp_value)
		return false;
	return process_wanted();
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
	return slot_compute(size);
}

/* Sites differ in the low bits, caches from bit 6 up, slots in the low bits. */
static __always_inline __u64 dir_hash(__u64 site, __u64 tag)
{
	return (site ^ tag << 16) * GOLDEN >> 32;
}

static __always_inline void *table_base(void *table)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(table, &zero);
}

/* Entry `index` of the entries of `size` bytes at `base`; `mask` is a knob: the bound is known. */
#define table_entry(base, index, mask, size)                                                    \
	({                                                                                      \
		__u64 at_ = (index);                                                            \
		KEEP_BOUND(at_);                                                                \
		at_ &= (mask);                                                                  \
		(base) + at_ * (size);                                                          \
	})

static __always_inline struct dir_bucket *dir_at(void *base, __u64 hash)
{
	return table_entry(base, hash, knobs.dir_mask, sizeof(struct dir_bucket));
}

static __always_inline struct row_info *info_at(__u32 index)
{
	void *base = table_base(&infos);

	return base ? table_entry(base, index, knobs.row_mask, sizeof(struct row_info)) : NULL;
}

static __always_inline struct row_rare *rare_at(__u32 index)
{
	void *base = table_base(&rare);

	return base ? table_entry(base, index, knobs.row_mask, sizeof(struct row_rare)) : NULL;
}

/*
 * The index without what the verifier knows of it (that it was found in way 0, 1, 2 …): it would
 * walk all that follows once for each, which is most of the load time. CPU numbers have no bit 20.
 */
static __always_inline __u32 index_forget(__u32 index, __u64 cpu)
{
	return (index + (__u32)(cpu >> 20)) & knobs.row_mask;
}

static __always_inline struct row *cpu_row(void *base, __u64 cpu, __u32 index)
{
	KEEP_BOUND(cpu);
	cpu &= knobs.cpu_mask;
	base += knobs.rows_at + (cpu << knobs.row_shift) * sizeof(struct row);
	return table_entry(base, index, knobs.row_mask, sizeof(struct row));
}

static __always_inline struct row *own_row(void *base, __u32 index)
{
	return cpu_row(base, bpf_get_smp_processor_id(), index);
}

/* The row of (site, tag) if it is in its first bucket, else 0. */
static __always_inline __u32 row_find(void *base, __u64 site, __u64 tag)
{
	__u64 hash = dir_hash(site, tag);
	const struct dir_bucket *entry = dir_at(base, hash);
	__u32 first = (hash & knobs.dir_mask) * DIR_WAYS;

#pragma unroll
	for (int way = 0; way < DIR_WAYS; way++)
		if (entry->site[way] == site && entry->tag[way] == tag)
			return first + way;
	return 0;
}

/* Is it an address in the code of the module that is looked for? */
static __always_inline bool in_module(__u64 address)
{
	const volatile struct tracer_control *module = &control;

	return address - module->text.start < module->text.size ||
	       address - module->init.start < module->init.size;
}

static __always_inline bool row_skipped(__u32 index)
{
	struct row_info *info;

	if (!knobs.filter_rows)
		return false;
	info = info_at(index);
	return !info || info->skip;
}

/* ---- ledger ------------------------------------------------------------------------------- */

static __always_inline __u64 key_make(__u64 space, __u64 id)
{
	return space << 60 | (id & (~0ull >> 4));
}

/*
 * Hash the page and go on from there by the 128-byte chunk inside it: slab neighbours share lines,
 * and objects that all begin a page are spread over all buckets.
 * struct page is 64 bytes, so its address is halved to put four neighbouring pages on a line.
 */
static __always_inline __u32 ledger_home(__u64 space, __u64 key)
{
	__u64 where = space == SPACE_PAGES ? key >> 1 : key;
	__u64 page = (where >> 12) * GOLDEN;

	return (page >> 32) + (where >> 7 & (LEDGER_CHUNKS - 1));
}

static __always_inline struct ledger_bucket *ledger_at(void *base, __u32 hash)
{
	return table_entry(base + knobs.ledger_at, hash, knobs.ledger_mask,
			   sizeof(struct ledger_bucket));
}

/*
 * The way that an address prefers: neighbours of 32 bytes and more each have their own, so the
 * first probe is nearly always the right one and the branches on it are predicted.
 */
static __always_inline __u64 *ledger_slot(struct ledger_bucket *bucket, __u64 space, __u64 key)
{
	__u64 way = space == SPACE_PAGES ? key >> 6 : key >> 5;

	KEEP_BOUND(way);
	way &= LEDGER_WAYS - 1;
	return &bucket->key[0] + way;
}

/* A key's meta lies LEDGER_WAYS words behind it. */
static __always_inline void slot_set_meta(__u64 *slot, __u64 meta)
{
	slot[LEDGER_WAYS] = meta;
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

static __always_inline bool bucket_has(const struct ledger_bucket *bucket, __u64 key)
{
	return bucket->key[0] == key || bucket->key[1] == key || bucket->key[2] == key ||
	       bucket->key[3] == key;
}

static __always_inline void ledger_insert(void *base, __u64 space, __u64 key, __u64 meta,
					  __u32 unit_shift)
{
	struct ledger_bucket *bucket = ledger_at(base, ledger_home(space, key));
	__u64 *slot = ledger_slot(bucket, space, key);

	if (bucket_has(bucket, key) || spill_possible(key))
		ledger_replace(space, key, meta, unit_shift);
	else if (!*slot && !__sync_val_compare_and_swap(slot, 0, key))
		slot_set_meta(slot, meta);
	else
		ledger_crowd(space, key, meta);
}

/*
 * The object's meta, or 0; the caller has the only right to free it, so no atomic is needed. The
 * mark of a kfree_rcu() may be replaced by an object at any time: there it is.
 */
static __always_inline __u64 ledger_remove(void *base, __u64 space, __u64 key)
{
	struct ledger_bucket *bucket = ledger_at(base, ledger_home(space, key));
	__u64 *slot = ledger_slot(bucket, space, key), meta;

	/* First the meta: what replaces a mark writes its key first. */
	meta = *(volatile __u64 *)(slot + LEDGER_WAYS);
	if (*(volatile __u64 *)slot != key)
		return bucket_has(bucket, key) || spill_possible(key) ? ledger_find(space, key) : 0;
	if (space != SPACE_PAGES && space != SPACE_PERCPU && meta == META_RCU)
		return ledger_unmark(space, key);
	*(volatile __u64 *)slot = 0;
	return meta;
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

/*
 * An allocation that a filter leaves out. Its address may be that of an object that was traced and
 * freed unseen: the next free there is not that object's. `id` 0: nothing was allocated.
 */
static __always_inline int account_ignored(__u32 family, __u64 space, __u64 id)
{
	struct cpu_stats *own = own_stats();

	if (own)
		own->ignored[family]++;
	if (knobs.ledger && id)
		account_reused(space, id, unit_shift_of(family));
	return 0;
}

/*
 * Books one allocation (or, with ROW_FAILED in the row's tag, one failure: pass id 0) under
 * `index`, which may be ROW_NONE. For FAMILY_CACHE the sizes are those of the row: pass 0, and
 * only the count is kept.
 */
static __always_inline int account_alloc(void *base, __u32 family, __u64 space, __u64 id,
					 __u32 index, __u64 requested, __u64 allocated)
{
	__u64 inverted = ~requested, cpu = bpf_get_smp_processor_id();
	struct row *row;

	if (knobs.filter_module && index == ROW_NONE)
		return account_ignored(family, space, id);
	index = index_forget(index, cpu);
	if (row_skipped(index))
		return account_ignored(family, space, id);
	row = cpu_row(base, cpu, index);
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
		ledger_insert(base, space, key_make(space, id),
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

/* It frees nothing, so whose it is can be told by its caller alone. */
static __always_inline void account_null_free(__u32 family, __u64 call_site)
{
	struct cpu_stats *own = own_stats();

	if (!own)
		return;
	if (knobs.filter_module ? in_module(call_site) && process_wanted() : free_wanted())
		own->frees_null[family]++;
	else
		own->frees_ignored[family]++;
}

/* Books the free of an object that the ledger had. */
static __always_inline int account_freed(void *base, __u32 family, __u64 space, __u64 meta)
{
	__u64 allocated = (meta >> META_UNITS_SHIFT & META_UNITS_MASK) << unit_shift_of(family);
	__u32 index = meta >> META_ROW_SHIFT;
	struct row *row;

	if (meta == META_RCU)
		return 0;
	/*
	 * The slab calls may free each other's objects. A cache's entry has no units, which tells
	 * the two apart; the own row's words belong to the other program.
	 */
	if (space == SPACE_SLAB && !allocated != (family == FAMILY_CACHE) && index >= ROWS_RESERVED)
		return account_cross(index, allocated);
	row = own_row(base, index);
	row->frees++;
	if (family != FAMILY_CACHE || allocated)
		row->freed_allocated += allocated;
	return 0;
}

/* Books the free of `id` where the object came from. */
static __always_inline int account_free(__u32 family, __u64 space, __u64 id)
{
	void *base = table_base(&tables);
	__u64 meta;

	if (!base)
		return 0;
	meta = knobs.ledger ? ledger_remove(base, space, key_make(space, id)) : 0;
	if (!meta) {
		account_unknown(family);
		return 0;
	}
	return account_freed(base, family, space, meta);
}

#endif
