/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The contract between the BPF programs and user space: every type that lies in a map, and the
 * knobs set before load. Fixed width, explicitly padded, checked below.
 *
 * One idea carries it: a *row* is one call site asking for one kind of thing: a histogram bucket
 * of kmalloc sizes, one kmem_cache, one page order. The directory maps (site, tag) to a row index
 * that all CPUs share; each CPU counts in its own copy of the row without atomics. A live object's
 * ledger entry remembers its row, so a free, wherever it happens, is booked where the object came
 * from. Histograms, sites and totals are sums of rows, taken in user space.
 */
#ifndef TRACER_H
#define TRACER_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define TRACER_MAX_CPUS	     1024
#define TRACER_FRAMES	     32	 /* return addresses kept for a row that is known by its stack */
#define TRACER_WALK	     16	 /* … of which so many are walked, unless a module is looked for */
#define TRACER_NAME	     32	 /* a cache's name, cut */
#define TRACER_PAGE_SHIFT    12	 /* the page size that the page and vmalloc units assume */
#define TRACER_MAX_PID	     (1u << 22) /* PID_MAX_LIMIT on 64 bit */
#define TRACER_LARGE_KMALLOC 8192 /* above it kmalloc takes whole pages (KMALLOC_MAX_CACHE_SIZE) */

enum tracer_family {
	FAMILY_KMALLOC,
	FAMILY_CACHE,
	FAMILY_VMALLOC,
	FAMILY_PERCPU,
	FAMILY_PAGES,
	FAMILY_MAPPING,
	FAMILY_COUNT,
};

/*
 * A row's tag. For FAMILY_CACHE it is the struct kmem_cache's address, whose top byte is 0xff;
 * else family << 56 | flags << 48 | gfp << 16 | slot. Only failed rows carry the gfp.
 */
#define TAG_FAMILY_SHIFT 56
#define TAG_FLAGS_SHIFT	 48
#define TAG_GFP_SHIFT	 16
#define TAG_SLOT_MASK	 0xffffu

#define ROW_FAILED 0x01u /* `allocs` counts attempts that returned nothing */
#define ROW_STACK  0x02u /* known by the hash of its stack, which row_info holds */
#define ROW_NOSTACK 0x04u /* the stack could not be read: its own row, never somebody else's */
#define ROW_CALLED 0x08u /* with ROW_STACK: frames[0] is the call site that the event itself carries */
#define ROW_NONE   ~0u	 /* no row: the module that is looked for is not on the stack */

/*
 * Rows with a fixed index, for which the directory's first buckets stand. User space fills these
 * with DIR_NOBODY before the start, so that nobody finds or claims them.
 */
#define DIR_NOBODY 1ull /* no call site */
#define ROW_OTHER(family) (family)     /* the directory was full */
#define ROW_OTHER_FAILED(family) (8 + (family)) /* … failures */
#define ROW_MOVABLE(order) (16 + (order)) /* movable pages: user memory and page cache, no stack */
#define ROW_ORDERS	  12
#define DIR_WAYS	  4
#define DIR_RESERVED	  8 /* buckets */
#define ROWS_RESERVED	  (DIR_RESERVED * DIR_WAYS)

/*
 * Log-linear size slots: exact below 16, then 8 per octave, so that a slot's width is at most
 * 12.5 % of its lower bound. slot_low() and slot_high() are the inclusive bounds.
 */
#define SLOT_EXACT 16u
#define SLOT_SUB   8u
#define SLOT_COUNT 384u
#define SLOT_TABLE 4096u /* sizes below it are looked up instead of computed */

static inline __u32 slot_of(__u64 value)
{
	__u32 exponent = 4;

	if (value < SLOT_EXACT)
		return value;
	for (__u64 rest = value >> 5; rest; rest >>= 1)
		exponent++;
	return SLOT_EXACT + (exponent - 4) * SLOT_SUB + ((value >> (exponent - 3)) & (SLOT_SUB - 1));
}

static inline __u64 slot_low(__u32 slot)
{
	__u32 above = slot - SLOT_EXACT;

	if (slot < SLOT_EXACT)
		return slot;
	return (__u64)(SLOT_SUB + above % SLOT_SUB) << (above / SLOT_SUB + 1);
}

static inline __u64 slot_high(__u32 slot)
{
	if (slot < SLOT_EXACT)
		return slot;
	return slot_low(slot) + (1ull << ((slot - SLOT_EXACT) / SLOT_SUB + 1)) - 1;
}

/* Four directory entries: one cache line. A site of 0 is free. Entry i of all is row i. */
struct dir_bucket {
	__u64 site[DIR_WAYS];
	__u64 tag[DIR_WAYS];
};

/*
 * One CPU's counts of one row: one cache line. Each word is written by one program only, so that
 * an interrupt's program never tears a task's increment. Cache rows count objects alone: their
 * sizes are constant and stand in row_info. For failed rows `allocs` counts failures.
 */
struct row {
	__u64 allocs;
	__u64 bytes_requested;
	__u64 bytes_allocated;
	__u64 size_max;
	__u64 size_min_inverted; /* ~min, so that zeroed memory is the right start */
	__u64 frees;
	__u64 freed_allocated;
	__u64 pad;
};

/* What is rare enough for atomics, one per row for all CPUs. */
struct row_rare {
	__u64 unseen;		/* objects whose address came back while the ledger still had them */
	__u64 unseen_requested;
	__u64 unseen_allocated;
	__u64 cross_frees;	/* freed through the other slab call: kfree of a cache's object … */
	__u64 cross_allocated;
	__u64 unkept;		/* objects for which the ledger had no room: live or not, who knows */
	__u64 unkept_allocated;
	__u64 pad;
};

/* Written once, when a row is claimed. */
struct row_info {
	__u64 site;		     /* the call site, or the stack's hash with ROW_STACK */
	__u64 tag;
	__u64 frames[TRACER_FRAMES]; /* with ROW_STACK, innermost first, 0-terminated if shorter */
	__u32 object_size;	     /* FAMILY_CACHE: what is asked for and what a slot takes */
	__u32 slot_size;
	__u32 family;
	__u32 gfp;		     /* of the first request */
	__u32 flags;		     /* ROW_* */
	__u32 skip;		     /* a filter excludes this row */
	__u32 ready;		     /* the fields above are complete */
	__u32 pad;
	char cache[TRACER_NAME];
};

/*
 * The ledger: open addressing, four live objects per cache line. A key of 0 is a free slot.
 * key: id's low 60 bits | space << 60, so that ids of different families never meet.
 * meta: row << 48 | allocated units << 24 | wasted bytes (allocated - requested). Page blocks
 * waste nothing: there the low bit marks a part that lacks its block's first page.
 */
#define LEDGER_WAYS 4
struct ledger_bucket {
	__u64 key[LEDGER_WAYS];
	__u64 meta[LEDGER_WAYS];
};

#define LEDGER_CHUNKS	  32u	/* 128-byte chunks of a page: neighbours share a line */
#define LEDGER_SPILL_SLOTS 4096u

#define SPACE_SLAB    1ull /* kmalloc and caches: one address space, kfree may free either */
#define SPACE_VMALLOC 2ull
#define SPACE_PERCPU  3ull
#define SPACE_PAGES   4ull

#define META_ROW_SHIFT	 48
#define META_UNITS_SHIFT 24
#define META_UNITS_MASK	 0xffffffull
#define META_PAGES_REST	 1ull

/*
 * Freed by kfree_rcu(), with the memory still to be given back: the object is booked as freed, and
 * what comes next at its address, be it the free itself or another object, takes this away. No
 * object has it: row 0 keeps objects of at least one unit.
 */
#define META_RCU 1ull

/* Per CPU, plain increments, one writing program per word. */
struct cpu_stats {
	__u64 frees_unknown[FAMILY_COUNT]; /* of objects that were not seen allocated */
	__u64 frees_null[FAMILY_COUNT];	   /* kfree(NULL): an event, not a free */
	__u64 ignored[FAMILY_COUNT];	   /* allocations that a filter left out */
	__u64 frees_ignored[FAMILY_COUNT]; /* frees of what is not traced, under a filter */
};

/* Per CPU: what it is serving. Only kept up while a process filter is set. */
struct cpu_context {
	__u32 softirq;
	__u32 hardirq;
};

/* Events that cost detail or truth; atomics, shown at the end of every report. */
struct tracer_loss {
	__u64 row_full;	    /* site not kept: booked under [other] */
	__u64 ledger_full;  /* object not kept: live figures suffer */
	__u64 stack_error;  /* bpf_get_stack failed */
	__u64 size_clipped; /* larger than a ledger entry can say */
	__u64 call_lost;    /* a vmalloc() that could not be followed from its entry to its return */
	__u64 symbol_lost;  /* a function of a module that went away, for which there was no room */
};

/* Addresses from `start` on, `size` bytes. */
struct tracer_range {
	__u64 start, size;
};

/* The first line is only read while counting; what is written lies on others. */
struct tracer_control {
	__u32 on;	     /* the gate: t = 0 is one instant for all hooks */
	__u32 page_orders;   /* bit n: blocks of order n have been booked */
	struct tracer_range text; /* of the module that is looked for, while it is loaded */
	struct tracer_range init; /* its init text, which goes as soon as its init has returned */
	__u32 pad[6];
	__u32 spilled;	     /* objects outside their first bucket */
	__u32 names;	     /* entries of the map of names */
	struct tracer_loss loss;
	__u64 end_pad;
};

enum tracer_process_filter {
	PROCESS_ANY = 0,
	PROCESS_TREE = 1 << 0,	 /* CMD and its descendants: the pid bitmap */
	PROCESS_TGID = 1 << 1,
	PROCESS_COMM = 1 << 2,
	PROCESS_CGROUP = 1 << 3,
};

#define TRACER_RANGES 16
#define TRACER_MODULE 56 /* MODULE_NAME_LEN on 64 bit */
#define TRACER_NAMES  2048 /* functions of modules that went away, kept by name */
#define TRACER_SYMBOL 128  /* "function+0x1b/0x200 [module]", cut */

/* Set before load; the verifier removes the code of what is off. */
struct tracer_knobs {
	__u64 size_min, size_max;
	__u64 ranges[TRACER_RANGES][2]; /* call sites wanted: [start, end), for --site */
	__u32 row_mask;	      /* rows - 1 */
	__u32 dir_mask;	      /* buckets of the directory - 1: rows / DIR_WAYS - 1 */
	__u32 rows_at;	      /* where in the tables the own-CPU rows begin, in bytes */
	__u32 ledger_at;      /* … and the ledger; the directory is first */
	__u32 row_shift;      /* log2 of the rows: where a CPU's own begin */
	__u32 cpu_mask;	      /* possible CPUs, rounded up to a power of two, - 1 */
	__u32 ledger_mask;    /* ledger buckets - 1 */
	__u32 ledger;	      /* keep the ledger at all */
	__u32 filtered;	      /* some filter is set */
	__u32 filter_rows;    /* … one that is decided per row: site, cache */
	__u32 filter_module;  /* only what code of `module` asked for, itself or through helpers */
	__u32 filter_size;
	__u32 process;	      /* enum tracer_process_filter */
	__u32 tgid;
	__u32 range_count;
	__u32 gfp_mask, gfp_value;
	__u32 cpus_possible;
	__u32 frees_decidable; /* the filters can be decided at a free too */
	__u32 families;	      /* bits, of those that are traced */
	char comm[16];
	char cache[TRACER_NAME];
	char module[TRACER_MODULE];
};

_Static_assert(sizeof(struct dir_bucket) == 64, "a directory bucket is one cache line");
_Static_assert(sizeof(struct row) == 64, "a row is one cache line");
_Static_assert(sizeof(struct row_rare) == 64, "a rare row is one cache line");
_Static_assert(sizeof(struct ledger_bucket) == 64, "a ledger bucket is one cache line");
_Static_assert(sizeof(struct row_info) == 16 + 8 * TRACER_FRAMES + 32 + TRACER_NAME, "no padding");
_Static_assert(sizeof(struct cpu_stats) % 64 == 0, "CPUs don't share a line");
_Static_assert(sizeof(struct tracer_control) == 128, "two cache lines");

#endif
