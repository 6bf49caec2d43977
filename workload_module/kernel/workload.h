/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of workload.ko know of each other.
 *
 * A scenario is an operation: functions that make and drop objects, and the sites, which are the
 * counters of one function that calls one allocator. The runner (run.c) calls make and drop as
 * often as it is told to and knows no allocator; the file of an allocator calls it and counts what
 * came of each call. Nothing else in the module allocates but own.c, buffer.c and mmap.c, which
 * count as well: so all memory that the module asks for, after it is loaded, is in some row.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "module_scenarios.h"
#include "workload_ioctl.h"

/*
 * For functions that call an allocator: their names are what a tracer shows. A copy made by the
 * compiler would have another name. The call must not be the last thing that they do, or it becomes
 * a jump and the caller's caller is seen.
 */
#define WORKLOAD_CALLER noinline __noclone

/* Objects that one make() or drop() is given at most. */
#define WORKLOAD_BATCH 32

/* The counters of one row: each its own atomic, for all CPUs and contexts. */
struct workload_site {
	const char *name; /* of the function */
	enum workload_family family;
	unsigned int flags; /* WORKLOAD_ROW_* */
	atomic64_t allocs, frees, failed, null_frees, bytes, bytes_freed, leaked;
} ____cacheline_aligned_in_smp;

/* Defines the site of workload_`function`(). */
#define WORKLOAD_SITE(variable, function, family_name, row_flags)                                  \
	static struct workload_site variable = {                                                   \
		.name = "workload_" #function,                                                     \
		.family = WORKLOAD_FAMILY_##family_name,                                           \
		.flags = (row_flags),                                                              \
	}

struct workload_object {
	void *address; /* or struct page, or per-CPU pointer */
	struct workload_site *site;
	size_t bytes; /* as counted */
	size_t size;  /* as asked for, where freeing wants to know */
	dma_addr_t dma;
};

struct workload_job;

/* A piece of work for another context. */
typedef void (*workload_task)(struct workload_job *job, struct workload_object *objects,
			      unsigned int count);

/* One run of a scenario, or one drop of what was held. Its memory is not on a stack. */
struct workload_job {
	const struct workload_operation *operation;
	size_t size;
	const void __user *data;
	bool leaks;
	struct workload_object objects[WORKLOAD_BATCH];

	/* contexts.c */
	struct completion elsewhere_done;
	struct work_struct work;
	struct timer_list timer;
	struct hrtimer hrtimer;
	struct irq_work irq_work;
	workload_task task;
	struct workload_object *task_objects;
	unsigned int task_count;

	/* mempool.c */
	mempool_t pool;
	unsigned int pool_calls;
};

/*
 * `make` fills up to `count` objects (at most `batch`) and returns how many, at least one, or
 * -errno. `drop` frees as many. `once` is for operations without objects: 0 or -errno. `begin` and
 * `end` are called around the operations of a run; `end` also if one failed.
 */
struct workload_operation {
	struct workload_site *sites[WORKLOAD_ROWS_MAX];
	int (*make)(struct workload_job *job, struct workload_object *objects, unsigned int count);
	void (*drop)(struct workload_job *job, struct workload_object *objects, unsigned int count);
	int (*once)(struct workload_job *job);
	int (*begin)(struct workload_job *job);
	void (*end)(struct workload_job *job);
	bool (*supported)(void); /* NULL: always */
	unsigned int batch;	 /* 0: one at a time */
	size_t size;		 /* bytes of one object, if the scenario takes no SIZE */
	unsigned int scale;	 /* bytes of one object are SIZE times this; 0 is 1 */
};

/* A line of the table of scenarios. */
struct workload_scenario {
	const char *name;
	enum workload_family family;
	size_t size, min_size, max_size;
	unsigned int flags;
};

/* What a file holds of one scenario: a page full of objects. */
struct workload_held {
	struct list_head list;
	u32 scenario;
	unsigned int count;
	size_t footprint; /* of each object */
	struct workload_object objects[];
};

#define WORKLOAD_HELD_BYTES 4096
#define WORKLOAD_HELD_OBJECTS                                                                      \
	((WORKLOAD_HELD_BYTES - sizeof(struct workload_held)) / sizeof(struct workload_object))

struct workload_buffer_memory;

/* An open file. */
struct workload_file {
	spinlock_t lock;	  /* of held, buffer and orphans */
	struct list_head held;	  /* struct workload_held */
	struct list_head orphans; /* mmap.c: mappings that failed */
	atomic64_t held_objects;
	atomic64_t held_bytes;
	struct workload_buffer_memory *buffer;
	struct mutex dropping;	      /* of drop_job */
	struct workload_job drop_job; /* so that dropping needs no memory */
};

/* operations.c */
extern const struct workload_scenario workload_scenarios[WORKLOAD_SCENARIO_COUNT];
extern const struct workload_operation *const workload_operations[WORKLOAD_SCENARIO_COUNT];
bool workload_supported(u32 scenario);

/* counters.c: any context. */
void workload_count_alloc(struct workload_site *site, u64 count, u64 bytes);
void workload_count_free(struct workload_site *site, u64 count, u64 bytes);
/* Fills the object and counts it, or counts the failure: 1, or -ENOMEM if the address is NULL. */
int workload_made(struct workload_object *object, struct workload_site *site, void *address,
		  size_t bytes);
/* Counts an object that was freed. */
void workload_dropped(const struct workload_object *object);
/* Counts `count` objects of the operation that stay for ever. */
void workload_count_leaks(const struct workload_operation *operation, u32 scenario,
			  const struct workload_object *objects, unsigned int count);
void workload_read_counts(u32 scenario, struct workload_counts *counts);
/* While nothing is live that would be freed later, which the caller sees to. */
void workload_reset_counts(void);
extern const struct file_operations workload_counts_fops;

/* own.c: zeroed memory, the only allocation that is for the module itself. */
void *workload_own_alloc(size_t size);
void workload_own_free(void *memory, size_t size);

/* device.c */
extern const struct file_operations workload_fops;

/* limits.c */
/*
 * Puts bytes on what the file and all files may hold: 0 or -EDQUOT; and takes them off. Live memory
 * of a file, be it held or mapped, is what keeps RESET off.
 */
int workload_charge(struct workload_file *file, u64 bytes);
void workload_uncharge(struct workload_file *file, u64 bytes);
/* The same for memory that is never given back. */
int workload_charge_leak(u64 bytes);
void workload_uncharge_leak(u64 bytes);
u64 workload_leaked_bytes(void);
/*
 * The same for memory that is live inside of one operation only: waits for others to give theirs
 * back. 0 or -EINTR.
 */
int workload_charge_briefly(u64 bytes);
void workload_uncharge_briefly(u64 bytes);
/* Between these, counts may grow. */
void workload_counting_begin(void);
void workload_counting_end(void);
/* Sets the counts to 0, or -EBUSY if something counts or is live. */
int workload_reset(void);

/* run.c: 0, or -errno with run->done operations done. */
int workload_run(struct workload_file *file, struct workload_run *run);

/* held.c: a run collects on a list of its own, in three steps. */
/* Makes room for so many objects at the list's end: 0, -EDQUOT or -ENOMEM. */
int workload_hold_prepare(struct workload_file *file, struct list_head *held, u32 scenario,
			  size_t footprint, unsigned int count);
void workload_hold(struct workload_file *file, struct list_head *held,
		   const struct workload_object *objects, unsigned int count);
/* Gives the list to the file. */
void workload_hold_done(struct workload_file *file, struct list_head *held);
/* Frees what the file holds of a scenario, or WORKLOAD_DROP_ALL; returns the number of objects. */
u64 workload_drop(struct workload_file *file, u32 scenario);

/* buffer.c */
int workload_buffer_resize(struct workload_file *file, u64 *size);
u64 workload_buffer_size(struct workload_file *file);
/* The buffer's memory with a reference; made if there is none. ERR_PTR on failure. */
struct workload_buffer_memory *workload_buffer_get(struct workload_file *file);
void workload_buffer_put(struct workload_buffer_memory *buffer);
int workload_buffer_map(struct workload_buffer_memory *buffer, struct vm_area_struct *vma,
			unsigned long first);
/* Counts the end of a mapping of so many bytes. */
void workload_buffer_unmapped(u64 bytes);
ssize_t workload_buffer_read(struct file *file, char __user *to, size_t count, loff_t *at);
ssize_t workload_buffer_write(struct file *file, const char __user *from, size_t count, loff_t *at);
loff_t workload_buffer_llseek(struct file *file, loff_t offset, int whence);

/* mmap.c */
int workload_mmap(struct file *file, struct vm_area_struct *vma);
/* Frees what mappings that failed left, when nobody can reach it any more. */
void workload_mmap_orphans(struct workload_file *file);

/* contexts.c */
void workload_contexts_init(struct workload_job *job);

/* rcu.c: waits until what kfree_rcu() took is free, where the kernel can tell. */
void workload_rcu_wait(void);
/* After each free by RCU of so many bytes; may sleep. */
void workload_rcu_throttle(size_t bytes);

/* cache.c, dma.c: what lives as long as the module. */
int workload_cache_setup(void);
void workload_cache_teardown(void);
int workload_dma_setup(void);
void workload_dma_teardown(void);
struct device *workload_device(void);

/* parameters.c */
int workload_parameters_init(void);
void workload_parameters_free(void);
void workload_parameters_exit(void);

/* Frees by kfree(), for every operation that uses kmalloc in the caller's context. */
void workload_kfree(struct workload_job *job, struct workload_object *objects, unsigned int count);

/* The operations, by the file that they are in. */
extern const struct workload_operation workload_own_operation;
extern const struct workload_operation workload_kmalloc_const_operation,
	workload_kmalloc_var_operation, workload_kmalloc_large_const_operation,
	workload_kmalloc_large_var_operation, workload_kzalloc_operation,
	workload_kcalloc_operation, workload_krealloc_grow_operation,
	workload_krealloc_shrink_operation, workload_kmalloc_atomic_operation,
	workload_kmalloc_nowait_operation, workload_kmalloc_nolock_operation;
extern const struct workload_operation workload_kmemdup_operation, workload_kstrdup_operation,
	workload_memdup_user_operation, workload_devm_kmalloc_operation;
extern const struct workload_operation workload_kmalloc_workqueue_operation,
	workload_kmalloc_timer_operation, workload_kmalloc_hrtimer_operation,
	workload_kmalloc_irq_work_operation;
extern const struct workload_operation workload_cache_operation, workload_cache_bulk_operation,
	workload_cache_single_bulk_operation, workload_cache_bulk_single_operation;
extern const struct workload_operation workload_mempool_operation;
extern const struct workload_operation workload_kfree_rcu_operation,
	workload_kfree_rcu_headless_operation, workload_kvfree_rcu_vmalloc_operation,
	workload_cache_kfree_rcu_operation;
extern const struct workload_operation workload_vmalloc_10m_operation,
	workload_vmalloc_page_operation, workload_vmalloc_operation, workload_vzalloc_operation,
	workload_vmalloc_user_operation, workload_vmalloc_flags_operation,
	workload_kvmalloc_small_operation, workload_kvmalloc_large_operation,
	workload_kvmalloc_fallback_operation;
extern const struct workload_operation workload_get_zeroed_page_operation,
	workload_get_free_pages_operation, workload_alloc_pages_operation,
	workload_alloc_pages_exact_operation, workload_alloc_pages_bulk_operation;
extern const struct workload_operation workload_alloc_percpu_operation;
extern const struct workload_operation workload_dma_coherent_operation, workload_skb_operation;
extern const struct workload_operation workload_fail_kmalloc_operation,
	workload_fail_vmalloc_operation, workload_fail_percpu_operation,
	workload_fail_pages_operation, workload_kfree_null_operation;
extern const struct workload_operation workload_mmap_one_operation, workload_mmap_many_operation,
	workload_mmap_partial_operation, workload_mmap_read_only_operation,
	workload_mmap_insert_page_operation, workload_mmap_insert_pages_operation,
	workload_mmap_fault_operation, workload_mmap_buffer_operation;
extern const struct workload_operation workload_init_allocs_operation,
	workload_init_leaks_operation, workload_exit_allocs_operation;

#endif
