/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One scenario at work in one thread: what it holds and what it has done so far.
 *
 * A load makes kernel objects in batches and drops them again. Its operations (loads_*.c) keep the
 * counters; the runner (runner.c) decides how many, how fast, and whether they stay a while.
 */
#ifndef WORKLOAD_LOAD_H
#define WORKLOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uring.h"

struct scenario;

struct load {
	const struct scenario *scenario;
	uint64_t size;	    /* SIZE, 0 where the scenario takes none */
	uint64_t made;	    /* objects of which every allocation was made (or failed, as meant) */
	uint64_t dropped;   /* objects given back to the kernel */
	uint64_t calls;	    /* system calls that made or dropped them */
	unsigned int batch; /* the most objects for one make() */
	bool keep;	    /* what is made stays live until drop(), where the scenario can hold */
	bool leak;	    /* what is made is never dropped: the module's only */

	/* The call that failed last, for the message; set by the operations. */
	const char *failed_call;
	/* Why, where a sentence tells more than the call and its error; else NULL. */
	const char *reason;

	/* Belongs to the operations: descriptors, queues or threads, and what there is one of. */
	uint64_t *ids;
	size_t id_count, id_room;
	int fd;
	void *area;
	size_t area_size;
	struct uring ring;
};

/* Objects that are live now. */
static inline uint64_t load_live(const struct load *load)
{
	return load->made - load->dropped;
}

struct load_ops {
	/* Takes what is needed once, and may set load->batch. 0 or -errno; NULL: nothing. */
	int (*open)(struct load *load);
	/*
	 * Makes `count` (1 … load->batch) objects. 0 or -errno; `made` tells how far it came either
	 * way.
	 */
	int (*make)(struct load *load, unsigned int count);
	/*
	 * Frees every live object. 0 or -errno. NULL: each call of make() freed what it had made.
	 */
	int (*drop)(struct load *load);
	/* Gives everything back, also after a failed open() or make(); NULL: nothing to do. */
	void (*close)(struct load *load);
};

/* Notes which call failed. Returns -errno. */
int load_fail(struct load *load, const char *call);

/*
 * Remembers an id (descriptor, queue, …) until drop. 0 or -ENOMEM. Never allocates once there is
 * room, which the runner provides, so that a measured stretch stays free of malloc().
 */
int load_keep(struct load *load, uint64_t id);

/* Remembers a descriptor, or closes it. 0 or -ENOMEM. */
int load_keep_fd(struct load *load, int fd);

/* Makes room for `count` ids. 0 or -ENOMEM. */
int load_reserve(struct load *load, size_t count);

/* Closes every kept id as a descriptor and counts each as a call. */
void load_close_ids(struct load *load);

/* drop() of the loads whose live objects are just their descriptors. */
int load_drop_fds(struct load *load);

/* close() of the same: whatever an error left over. */
void load_close_fds(struct load *load);

extern const struct load_ops load_uring_ops, load_writev_ops, load_message_ops, load_sysctl_ops,
	load_kfree_null_ops, load_kmalloc_fail_ops;
extern const struct load_ops load_lock_ops, load_epoll_ops, load_open_ops, load_pipe_ops,
	load_eventfd_ops, load_timerfd_ops, load_socketpair_ops, load_tmpfs_ops;
extern const struct load_ops load_pipe_pages_ops, load_page_table_ops, load_packet_ops,
	load_thread_ops;
extern const struct load_ops load_aio_ops, load_filter_ops, load_percpu_map_ops, load_mmap_map_ops;
extern const struct load_ops load_module_ops, load_device_map_ops;

#endif
