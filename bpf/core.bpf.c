// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The owner of every map, knob and loss counter, and of what is too rare to be inlined into each
 * hook: claiming a row, the ledger's second and third choice, the process filters.
 */
#include "tracer.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct table_map tables SEC(".maps");
struct table_map rare SEC(".maps");
struct table_map infos SEC(".maps");
struct overflow_map overflow SEC(".maps");
struct spill_map spills SEC(".maps");
struct stats_map stats SEC(".maps");
struct pids_map pids SEC(".maps");
struct cgroup_map cgroups SEC(".maps");
struct call_map calls SEC(".maps");
struct name_map names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_context);
} contexts SEC(".maps");

const volatile struct tracer_knobs knobs = {};
const volatile __u8 slot_table[SLOT_TABLE] = {};
struct tracer_control control = {};

__noinline __u32 slot_compute(__u64 size)
{
	return slot_of(size);
}

/* ---- rows --------------------------------------------------------------------------------- */

static __always_inline bool range_wanted(__u64 address)
{
	for (__u32 i = 0; i < TRACER_RANGES; i++) {
		if (i >= knobs.range_count)
			break;
		if (address >= knobs.ranges[i][0] && address < knobs.ranges[i][1])
			return true;
	}
	return false;
}

static __always_inline bool site_wanted(const struct row_info *info)
{
	if (!knobs.range_count)
		return true;
	if (!(info->flags & ROW_STACK))
		return range_wanted(info->site);
	for (__u32 i = 0; i < TRACER_FRAMES; i++)
		if (range_wanted(info->frames[i]))
			return true;
	return false;
}

static __always_inline bool cache_wanted(const struct row_info *info)
{
	if (!knobs.cache[0])
		return true;
	for (__u32 i = 0; i < TRACER_NAME; i++) {
		if (info->cache[i] != knobs.cache[i])
			return false;
		if (!info->cache[i])
			break;
	}
	return true;
}

/* Reads what the row needs to be understood later, when the cache may be gone. */
static __always_inline void info_fill(struct row_info *info, __u64 site, __u64 tag, __u64 cache,
				      __u32 gfp, __u32 flags)
{
	info->site = site;
	info->tag = tag;
	info->gfp = gfp;
	info->flags = flags;
	info->family = cache ? FAMILY_CACHE : (__u32)(tag >> TAG_FAMILY_SHIFT);
	if (cache) {
		struct kmem_cache *s = (struct kmem_cache *)cache;
		const char *name = BPF_CORE_READ(s, name);

		info->object_size = BPF_CORE_READ(s, object_size);
		info->slot_size = BPF_CORE_READ(s, size);
		bpf_probe_read_kernel_str(info->cache, sizeof(info->cache), name);
	}
}

/* Is the row one that --site and --cache want? Decided once, when it is complete. */
static __always_inline void info_finish(struct row_info *info)
{
	info->skip = knobs.filter_rows && !(site_wanted(info) && cache_wanted(info));
	info->ready = 1;
}

__noinline int row_finish(__u32 index)
{
	struct row_info *info = info_at(index);

	if (info)
		info_finish(info);
	return 0;
}

/*
 * Claims a way for (site, tag). Two CPUs that race for the same key may claim two ways: both are
 * right, and user space adds rows with equal keys.
 */
__noinline __s64 dir_claim(__u64 hash, __u64 site, __u64 tag)
{
	void *base = table_base(&tables);
	__u32 first = (hash & knobs.dir_mask) * DIR_WAYS;
	struct dir_bucket *entry;

	if (!base)
		return -1;
	entry = dir_at(base, hash);

#pragma unroll
	for (int way = 0; way < DIR_WAYS; way++)
		if (entry->site[way] == site && entry->tag[way] == tag)
			return first + way;
#pragma unroll
	for (int way = 0; way < DIR_WAYS; way++)
		if (!entry->site[way] &&
		    !__sync_val_compare_and_swap(&entry->site[way], 0, site)) {
			entry->tag[way] = tag;
			return -2 - (__s64)(first + way);
		}
	return -1;
}

/* Far enough to leave the reserved buckets with the first step. */
#define DIR_STRIDE (DIR_RESERVED + 1)
#define DIR_STEPS  8

/* An index, or -2 - index when it is new, or -1 when every bucket tried is full. */
static __always_inline __s64 dir_search(__u64 site, __u64 tag)
{
	__u64 hash = dir_hash(site, tag);
	__s64 index = -1;

	for (__u32 step = 0; step < DIR_STEPS && index == -1; step++)
		index = dir_claim(hash + step * (step + 1) / 2 * DIR_STRIDE, site, tag);
	return index;
}

static __always_inline __u32 family_of(__u64 tag, __u64 cache)
{
	__u32 family = cache ? FAMILY_CACHE : (__u32)(tag >> TAG_FAMILY_SHIFT);

	return family < FAMILY_COUNT ? family : 0;
}

__noinline __u32 row_claim(__u64 site, __u64 tag, __u64 cache, __u32 gfp, __u32 flags)
{
	__s64 found = dir_search(site, tag);
	struct row_info *info;
	__u32 index;

	if (found >= 0)
		return found;
	if (found == -1) {
		__sync_fetch_and_add(&control.loss.row_full, 1);
		if (!cache && tag >> TAG_FLAGS_SHIFT & ROW_FAILED)
			return ROW_OTHER_FAILED(family_of(tag, cache));
		return ROW_OTHER(family_of(tag, cache));
	}
	index = -2 - found;
	info = info_at(index);
	if (!info)
		return index;
	if (!cache)
		flags |= tag >> TAG_FLAGS_SHIFT & 0xff;
	info_fill(info, site, tag, cache, gfp, flags);
	if (!(flags & ROW_STACK))
		info_finish(info);
	return index;
}

/* ---- ledger ------------------------------------------------------------------------------- */

static __always_inline bool entry_swap(struct ledger_bucket *bucket, int way, __u64 from, __u64 to)
{
	return __sync_val_compare_and_swap(&bucket->key[way], from, to) == from;
}

static __always_inline __u32 ledger_second(__u64 key)
{
	return (key >> 3) * GOLDEN >> 32;
}

static __always_inline void spill_count(__u64 key, __s32 change)
{
	__u32 slot = spill_slot(key), *count = bpf_map_lookup_elem(&spills, &slot);

	if (count)
		__sync_fetch_and_add(count, change);
	__sync_fetch_and_add(&control.spilled, change);
}

static __always_inline bool bucket_put(__u32 hash, __u64 key, __u64 meta)
{
	void *base = table_base(&tables);
	struct ledger_bucket *bucket;

	if (!base)
		return false;
	bucket = ledger_at(base, hash);
	for (int way = 0; way < LEDGER_WAYS; way++) {
		if (!bucket->key[way] && entry_swap(bucket, way, 0, key)) {
			bucket->meta[way] = meta;
			return true;
		}
	}
	return false;
}

/* Whoever takes the mark of a kfree_rcu() out of `meta` is the one to touch its key. */
static __always_inline bool mark_take(struct ledger_bucket *bucket, int way)
{
	return bucket->meta[way] == META_RCU &&
	       __sync_val_compare_and_swap(&bucket->meta[way], META_RCU, 0) == META_RCU;
}

/* A kfree_rcu()'s mark only saves a count; it makes room for what is alive. */
static __always_inline bool bucket_oust(__u32 hash, __u64 key, __u64 meta)
{
	void *base = table_base(&tables);
	struct ledger_bucket *bucket;

	if (!base)
		return false;
	bucket = ledger_at(base, hash);
	for (int way = 0; way < LEDGER_WAYS; way++) {
		__u64 marked = bucket->key[way];

		if (marked && mark_take(bucket, way) && entry_swap(bucket, way, marked, key)) {
			bucket->meta[way] = meta;
			return true;
		}
	}
	return false;
}

static __always_inline __u64 bucket_take(__u32 hash, __u64 key)
{
	void *base = table_base(&tables);
	struct ledger_bucket *bucket;
	__u64 meta = 0;

	if (!base)
		return 0;
	bucket = ledger_at(base, hash);
	for (int way = 0; way < LEDGER_WAYS; way++) {
		if (bucket->key[way] == key) {
			meta = bucket->meta[way];
			if (meta == META_RCU && !mark_take(bucket, way))
				meta = 0;
			else
				*(volatile __u64 *)&bucket->key[way] = 0;
			break;
		}
	}
	return meta;
}

/* Its free will be that of an unknown object: it must not count as live for ever. */
static __always_inline int account_unkept(__u64 key, __u64 meta)
{
	struct row_rare *row = rare_at(meta >> META_ROW_SHIFT);
	__u64 units = meta >> META_UNITS_SHIFT & META_UNITS_MASK, space = key >> 60;
	__u32 shift = space == SPACE_SLAB ? 3 : space == SPACE_PERCPU ? 2 : TRACER_PAGE_SHIFT;

	if (!row)
		return 0;
	__sync_fetch_and_add(&row->unkept, 1);
	__sync_fetch_and_add(&row->unkept_allocated, units << shift);
	return 0;
}

static __always_inline int ledger_spill(__u64 key, __u64 meta)
{
	if (meta == META_RCU)
		return 0;
	spill_count(key, 1);
	if (bucket_put(ledger_second(key), key, meta) ||
	    bucket_oust(ledger_second(key), key, meta) ||
	    !bpf_map_update_elem(&overflow, &key, &meta, BPF_ANY))
		return 0;
	spill_count(key, -1);
	__sync_fetch_and_add(&control.loss.ledger_full, 1);
	return account_unkept(key, meta);
}

static __always_inline __u64 ledger_unspill(__u64 key)
{
	__u64 meta = bucket_take(ledger_second(key), key), *kept;

	if (meta) {
		spill_count(key, -1);
		return meta;
	}
	kept = bpf_map_lookup_elem(&overflow, &key);
	if (!kept)
		return 0;
	meta = *kept;
	if (!bpf_map_delete_elem(&overflow, &key))
		spill_count(key, -1);
	return meta;
}

__noinline int ledger_crowd(__u64 space, __u64 key, __u64 meta)
{
	__u32 home = ledger_home(space, key);

	if (bucket_put(home, key, meta) || bucket_oust(home, key, meta))
		return 0;
	return ledger_spill(key, meta);
}

__noinline __u64 ledger_unmark(__u64 space, __u64 key)
{
	return bucket_take(ledger_home(space, key), key);
}

static __always_inline __u64 bucket_peek(__u32 hash, __u64 key)
{
	void *base = table_base(&tables);
	const struct ledger_bucket *bucket;

	if (!base)
		return 0;
	bucket = ledger_at(base, hash);
	for (int way = 0; way < LEDGER_WAYS; way++)
		if (bucket->key[way] == key)
			return bucket->meta[way];
	return 0;
}

__noinline __u64 ledger_peek(__u64 space, __u64 key)
{
	__u64 meta = bucket_peek(ledger_home(space, key), key), *kept;

	if (meta || !spill_possible(key))
		return meta;
	meta = bucket_peek(ledger_second(key), key);
	if (meta)
		return meta;
	kept = bpf_map_lookup_elem(&overflow, &key);
	return kept ? *kept : 0;
}

__noinline __u64 ledger_find(__u64 space, __u64 key)
{
	__u64 meta = bucket_take(ledger_home(space, key), key);

	return meta ? meta : ledger_unspill(key);
}

__noinline int ledger_replace(__u64 space, __u64 key, __u64 meta, __u32 unit_shift)
{
	__u64 stale = ledger_find(space, key);

	if (stale && stale != META_RCU)
		account_unseen(stale, unit_shift);
	return ledger_crowd(space, key, meta);
}

/* ---- rare bookings ------------------------------------------------------------------------ */

__noinline int account_unseen(__u64 meta, __u32 unit_shift)
{
	struct row_rare *row = rare_at(meta >> META_ROW_SHIFT);
	__u64 allocated = (meta >> META_UNITS_SHIFT & META_UNITS_MASK) << (unit_shift & 31);
	__u64 waste = meta & META_UNITS_MASK, objects = 1;

	if (!row)
		return 0;
	if (unit_shift == TRACER_PAGE_SHIFT) {
		objects = !(waste & META_PAGES_REST);
		waste = 0;
	}
	__sync_fetch_and_add(&row->unseen, objects);
	__sync_fetch_and_add(&row->unseen_requested, allocated - waste);
	__sync_fetch_and_add(&row->unseen_allocated, allocated);
	return 0;
}

__noinline int account_reused(__u64 space, __u64 id, __u32 unit_shift)
{
	__u64 stale = ledger_find(space, key_make(space, id));

	return stale && stale != META_RCU ? account_unseen(stale, unit_shift) : 0;
}

__noinline int account_cross(__u32 index, __u64 allocated)
{
	struct row_rare *row = rare_at(index);

	if (!row)
		return 0;
	__sync_fetch_and_add(&row->cross_frees, 1);
	__sync_fetch_and_add(&row->cross_allocated, allocated);
	return 0;
}

/* ---- processes ---------------------------------------------------------------------------- */

/*
 * In an interrupt the current process is only the one that was interrupted. preempt_count would
 * tell, but kernels without KALLSYMS_ALL hide its address, so the interrupts' own tracepoints
 * keep a flag per CPU; they are attached only when a process filter needs them.
 */
static __always_inline struct cpu_context *own_context(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&contexts, &cpu);
}

SEC("?raw_tp/softirq_entry")
int softirq_begin(void *ctx)
{
	struct cpu_context *own = own_context();

	if (own)
		own->softirq = 1;
	return 0;
}

SEC("?raw_tp/softirq_exit")
int softirq_end(void *ctx)
{
	struct cpu_context *own = own_context();

	if (own)
		own->softirq = 0;
	return 0;
}

SEC("?raw_tp/irq_handler_entry")
int hardirq_begin(void *ctx)
{
	struct cpu_context *own = own_context();

	if (own)
		own->hardirq = 1;
	return 0;
}

SEC("?raw_tp/irq_handler_exit")
int hardirq_end(void *ctx)
{
	struct cpu_context *own = own_context();

	if (own)
		own->hardirq = 0;
	return 0;
}

static __always_inline bool in_interrupt(void)
{
	struct cpu_context *own = own_context();

	return own && (own->softirq || own->hardirq);
}

static __always_inline bool tree_member(__u32 tgid)
{
	__u32 word = tgid >> 6;
	__u64 *bits = bpf_map_lookup_elem(&pids, &word);

	return bits && *bits >> (tgid & 63) & 1;
}

static __always_inline bool comm_matches(void)
{
	char comm[16] = {};

	bpf_get_current_comm(comm, sizeof(comm));
#pragma unroll
	for (int i = 0; i < 16; i++)
		if (comm[i] != knobs.comm[i])
			return false;
	return true;
}

__noinline bool process_matches(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (in_interrupt())
		return false;
	if ((knobs.process & PROCESS_TREE) && !tree_member(tgid))
		return false;
	if ((knobs.process & PROCESS_TGID) && tgid != knobs.tgid)
		return false;
	if ((knobs.process & PROCESS_CGROUP) && bpf_current_task_under_cgroup(&cgroups, 0) != 1)
		return false;
	return !(knobs.process & PROCESS_COMM) || comm_matches();
}

static __always_inline void tree_set(__u32 tgid, bool member)
{
	__u32 word = tgid >> 6;
	__u64 *bits = bpf_map_lookup_elem(&pids, &word), bit = 1ull << (tgid & 63);

	if (!bits)
		return;
	if (member)
		__sync_fetch_and_or(bits, bit);
	else
		__sync_fetch_and_and(bits, ~bit);
}

/*
 * A process inherits its parent's membership. Written both ways at each fork, so that a reused
 * pid starts clean and no exit hook is needed.
 */
SEC("?raw_tp/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 pid = BPF_CORE_READ(child, pid), tgid = BPF_CORE_READ(child, tgid);

	if (pid == tgid)
		tree_set(tgid, tree_member(BPF_CORE_READ(parent, tgid)));
	return 0;
}

/* Run by CMD's process itself before it execs, so that no pid namespace can get in between. */
SEC("?syscall")
int process_mark(void *ctx)
{
	tree_set(bpf_get_current_pid_tgid() >> 32, true);
	return 0;
}

/* ---- symbols ------------------------------------------------------------------------------ */

#define SYMBOL_BATCH 64

struct symbol_request {
	__u64 address;
	char text[TRACER_SYMBOL];
};

/*
 * The kernel names its own addresses: exact for modules and BPF programs, no kallsyms to read,
 * 1 us each. `ctx` is the request itself.
 */
SEC("?syscall")
int symbol_name(struct symbol_request *request)
{
	static const char format[] = "%pS";
	__u64 address = request->address;
	char text[TRACER_SYMBOL] = {};

	bpf_snprintf(text, sizeof(text), format, &address, sizeof(address));
	__builtin_memcpy(request->text, text, sizeof(text));
	return 0;
}
