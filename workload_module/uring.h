/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The least of io_uring that makes kernel memory on demand, without liburing.
 *
 * IORING_OP_PROVIDE_BUFFERS of N buffers makes N kernel objects in one system call, and
 * IORING_OP_REMOVE_BUFFERS takes them away in another, so that both can be counted and timed apart.
 * Kernels that have no `io_buffers_cache` (6.15 and later) make each of them with one kmalloc() of
 * 32 bytes and one kfree(); earlier ones carve them out of pages (up to 6.6) or take them from a
 * cache in bulk, without events. The buffers named are never touched.
 */
#ifndef WORKLOAD_URING_H
#define WORKLOAD_URING_H

#include <stddef.h>

struct io_uring_sqe;
struct io_uring_cqe;

/* The most buffers that one ring of ours can hold. */
#define URING_MAX_BUFFERS 65535U

struct uring {
	int fd; /* -1 when closed */
	unsigned int *sq_tail, *sq_mask, *sq_array;
	unsigned int *cq_head, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	void *sq_ring, *cq_ring;
	size_t sq_size, cq_size, sqe_size;
};

/*
 * Opens a ring of eight entries for one thread's use. 0 or -errno: -ENOSYS (not built in), -EPERM
 * (kernel.io_uring_disabled, seccomp), -ENOMEM, -EMFILE; `ring` is then as after uring_close().
 */
int uring_open(struct uring *ring);

/* Ends the ring; what it still holds is freed by the kernel a little later. Twice is harmless. */
void uring_close(struct uring *ring);

/*
 * One system call that makes `count` objects, 1 … URING_MAX_BUFFERS minus those held. The first of
 * a ring also allocates the group that they belong to. 0 or -errno (-E2BIG, -ENOMEM).
 */
int uring_provide(struct uring *ring, unsigned int count);

/* One system call that frees `count` objects. The number that was freed, or -errno. */
int uring_remove(struct uring *ring, unsigned int count);

#endif
