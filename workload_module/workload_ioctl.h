/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What workload.ko and its program say to each other: /dev/workload (mode 0600).
 *
 * Ask WORKLOAD_IOC_INFO first and go on only if `abi` is WORKLOAD_ABI. Every reserved word has to
 * be 0. Any number of threads and open files may call at the same time, on all CPUs.
 *
 * A file that is closed drops what it holds. Errors are those of ioctl(2), and
 *
 *	EINVAL	a word is out of range: no such scenario, a count of 0, a SIZE out of the
 *		scenario's bounds or for one that takes none, a flag that it can't do
 *	EOPNOTSUPP	this kernel lacks what the scenario needs
 *	EFAULT	an address that can't be read or written
 *	ENOMEM	the kernel has no memory; what had been done until then is counted and told
 *	EDQUOT	the limit of held or leaked memory is reached; done until then as above
 *	EINTR	a fatal signal came; done until then as above
 *	EBUSY	RESET: objects are held or mapped, a file has a buffer, or something runs;
 *		BUFFER: it is mapped, or another thread is at it
 */
#ifndef WORKLOAD_IOCTL_H
#define WORKLOAD_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define WORKLOAD_ABI	1
#define WORKLOAD_DEVICE "/dev/workload"
/* Below debugfs: the rows of all scenarios as JSON. Reading it allocates, unlike COUNTS. */
#define WORKLOAD_COUNTS_FILE "workload/counts.json"

/* At most so many operations in one RUN. */
#define WORKLOAD_COUNT_MAX (1U << 24)
/*
 * Bytes that a file, and that all files together, may hold, and that may be leaked as long as the
 * module is loaded. What counts is what the memory takes: whole pages, all CPUs.
 */
#define WORKLOAD_HOLD_MAX     (64U << 20)
#define WORKLOAD_HOLD_ALL_MAX (128U << 20)
#define WORKLOAD_LEAK_MAX     (64U << 20)
#define WORKLOAD_BUFFER_MAX   (16U << 20)

#define WORKLOAD_SITE_LENGTH 48
#define WORKLOAD_ROWS_MAX    4

enum workload_family {
	WORKLOAD_FAMILY_KMALLOC = 0, /* "kmalloc" */
	WORKLOAD_FAMILY_CACHE = 1,   /* "cache": one kmem_cache */
	WORKLOAD_FAMILY_VMALLOC = 2, /* "vmalloc": objects, not their pages */
	WORKLOAD_FAMILY_PERCPU = 3,  /* "percpu": bytes are those of one CPU's copy */
	WORKLOAD_FAMILY_PAGES = 4,   /* "pages": blocks of 2^n pages, freed at once or in parts */
	WORKLOAD_FAMILY_MAPPING = 5, /* "mapping": kernel memory in a process's address space */
	WORKLOAD_FAMILY_COUNT
};

/* The bytes are not known (0 in the row): the kernel adds a header or rounds up. */
#define WORKLOAD_ROW_BYTES_UNKNOWN (1U << 0)
/*
 * The allocator is called by a function of the kernel that `site` calls: the call site of the
 * tracepoint is that function, `site` is the first frame inside the module.
 */
#define WORKLOAD_ROW_HELPER (1U << 1)
/* The counts are what is meant to happen; kernels differ in how they get there. */
#define WORKLOAD_ROW_INEXACT (1U << 2)
/* The failures fire no tracepoint: only a hook of the function that fails can see them. */
#define WORKLOAD_ROW_FAILS_SILENTLY (1U << 3)

/*
 * One call site of a scenario. Since the module was loaded or RESET, never less than what a RUN
 * that returned has done. Live objects: allocs - frees, of which those that were leaked stay.
 */
struct workload_row {
	__u32 family;			 /* enum workload_family */
	__u32 flags;			 /* WORKLOAD_ROW_* */
	__u64 allocs;			 /* that succeeded */
	__u64 frees;			 /* of objects of this row, wherever they were freed */
	__u64 failed;			 /* calls that returned no memory, as the caller sees it */
	__u64 null_frees;		 /* kfree(NULL), no objects */
	__u64 bytes;			 /* requested by allocs */
	__u64 bytes_freed;		 /* of these, freed */
	__u64 leaked;			 /* objects of allocs that will never be freed */
	char site[WORKLOAD_SITE_LENGTH]; /* the C function; "" beyond the last row */
};

struct workload_info {
	__u32 abi;	    /* WORKLOAD_ABI */
	__u32 scenarios;    /* WORKLOAD_SCENARIO_COUNT of the module */
	__u64 supported[2]; /* bit id % 64 of word id / 64: RUN or mmap can do it here */
	__u32 page_size;    /* bytes */
	__u32 cpus;	    /* that a per-CPU object has copies for: the possible ones */
	__u64 held;	    /* objects held by this file now */
	__u64 held_bytes;   /* what they take, of WORKLOAD_HOLD_MAX */
	__u64 leaked_bytes; /* of WORKLOAD_LEAK_MAX */
	__u64 buffer;	    /* bytes of this file's buffer, see BUFFER */
	__u64 reserved[2];
};

/* Keep what is allocated with the open file, until DROP or the last close. */
#define WORKLOAD_RUN_HOLD (1U << 0)
/* Forget what is allocated: it lives for ever, also when the module is gone. Not with HOLD. */
#define WORKLOAD_RUN_LEAK (1U << 1)

/*
 * `count` operations. Returns when all that they cause has happened: work, timers and irq_work
 * are done, counts are complete; only the memory of WORKLOAD_FREES_LATER may still be on its way
 * (SYNC). `done` is written on every return but EINVAL, EOPNOTSUPP and EFAULT of the argument.
 */
struct workload_run {
	__u32 scenario; /* in: enum workload_scenario_id */
	__u32 flags;	/* in: WORKLOAD_RUN_* */
	__u64 count;	/* in: 1 to WORKLOAD_COUNT_MAX */
	__u64 size;	/* in: bytes; 0 is the scenario's default */
	__u64 data;	/* in: address, for WORKLOAD_TAKES_DATA, else 0 */
	__u64 done;	/* out: operations that were done */
	__u64 reserved;
};

#define WORKLOAD_DROP_ALL 0xffffffffU

/* Frees what this file holds of one scenario, or of all. Complete on return, like RUN. */
struct workload_drop {
	__u32 scenario; /* in: id or WORKLOAD_DROP_ALL */
	__u32 reserved;
	__u64 dropped; /* out: objects */
};

/* The rows of one scenario. Allocates nothing. */
struct workload_counts {
	__u32 scenario; /* in */
	__u32 rows;	/* out */
	struct workload_row row[WORKLOAD_ROWS_MAX];
};

/*
 * Makes this file's buffer `size` bytes long and zeroes it: 1 to WORKLOAD_BUFFER_MAX, rounded up
 * to pages. read(2), write(2), pread, pwrite and lseek work on it as on a file of fixed length
 * (a write behind the end: ENOSPC), and mmap at WORKLOAD_MMAP_OFFSET(WORKLOAD_MMAP_BUFFER).
 * Without this call it is made by the first use, 64 KiB long.
 */
struct workload_buffer {
	__u64 size; /* in; out: rounded up */
	__u64 reserved;
};

#define WORKLOAD_IOC_INFO   _IOR('w', 0xe0, struct workload_info)
#define WORKLOAD_IOC_RUN    _IOWR('w', 0xe1, struct workload_run)
#define WORKLOAD_IOC_DROP   _IOWR('w', 0xe2, struct workload_drop)
#define WORKLOAD_IOC_COUNTS _IOWR('w', 0xe3, struct workload_counts)
/* Sets all counts to 0 but those of "own", where only what is live stays. */
#define WORKLOAD_IOC_RESET _IO('w', 0xe4)
/*
 * Waits until what RCU frees later is free: a grace period, kvfree_rcu_barrier() where the kernel
 * has it (before, up to some seconds may pass until the memory is back).
 */
#define WORKLOAD_IOC_SYNC   _IO('w', 0xe5)
#define WORKLOAD_IOC_BUFFER _IOWR('w', 0xe6, struct workload_buffer)

/*
 * mmap(2): the offset says which scenario, and from which page of its memory on. Each mmap gets
 * pages of its own (but the buffer), that go with the last VMA of it. MAP_SHARED only.
 *
 *	EINVAL	no such scenario, MAP_PRIVATE, or the range ends behind the last page
 *	EACCES	PROT_WRITE for mmap-read-only (mprotect(2) later: EACCES as well)
 *	EDQUOT	mappings and buffer count as what the file holds
 *	ENOMEM	no memory
 *
 * mmap-partial maps its first 8 pages, of 16; mmap-fault has 16 pages, but lets 32 be mapped:
 * behind these is SIGBUS.
 */
#define WORKLOAD_MMAP_SHIFT	       32
#define WORKLOAD_MMAP_OFFSET(scenario) ((__u64)(scenario) << WORKLOAD_MMAP_SHIFT)

/*
 * In the rows of family mapping, allocs are calls of the kernel's function that maps: one for each
 * mmap, but one for each page of mmap-insert-page and for each fault of mmap-fault. They are freed
 * when the last VMA of the mmap is gone, until then their bytes stay.
 */

/* Each page begins with this, but those of the buffer, which begin as zeroes. */
struct workload_page {
	__u32 magic;	/* WORKLOAD_PAGE_MAGIC */
	__u32 scenario; /* WORKLOAD_MMAP_* */
	__u64 index;	/* of the page in the memory of the scenario, from 0 */
};

#define WORKLOAD_PAGE_MAGIC 0x574b4c44U /* "WKLD" */

#endif
