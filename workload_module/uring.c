/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A ring by its three mappings. One request is in flight at a time and io_uring_enter() waits for
 * its completion, so the only ordering needed is that of the two indices shared with the kernel.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/io_uring.h>

#include "uring.h"

#define URING_ENTRIES	   8
#define URING_GROUP	   7
#define URING_BUFFER_BYTES 16
/* The kernel checks that the range is user memory but does not touch it. */
#define URING_BUFFER_START 0x10000000UL

static void *uring_map(int fd, size_t size, uint64_t offset)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
			 (off_t)offset);

	return map == MAP_FAILED ? NULL : map;
}

static int uring_map_all(struct uring *ring, const struct io_uring_params *params)
{
	ring->sq_size = params->sq_off.array + params->sq_entries * sizeof(uint32_t);
	ring->cq_size = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
	ring->sqe_size = params->sq_entries * sizeof(struct io_uring_sqe);
	ring->sq_ring = uring_map(ring->fd, ring->sq_size, IORING_OFF_SQ_RING);
	if (!ring->sq_ring)
		return -errno;
	ring->cq_ring = uring_map(ring->fd, ring->cq_size, IORING_OFF_CQ_RING);
	if (!ring->cq_ring)
		return -errno;
	ring->sqes = uring_map(ring->fd, ring->sqe_size, IORING_OFF_SQES);
	if (!ring->sqes)
		return -errno;
	return 0;
}

static void uring_find_indices(struct uring *ring, const struct io_uring_params *params)
{
	char *sq = ring->sq_ring, *cq = ring->cq_ring;

	ring->sq_tail = (unsigned int *)(sq + params->sq_off.tail);
	ring->sq_mask = (unsigned int *)(sq + params->sq_off.ring_mask);
	ring->sq_array = (unsigned int *)(sq + params->sq_off.array);
	ring->cq_head = (unsigned int *)(cq + params->cq_off.head);
	ring->cq_mask = (unsigned int *)(cq + params->cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(cq + params->cq_off.cqes);
}

int uring_open(struct uring *ring)
{
	struct io_uring_params params;
	int err;

	memset(&params, 0, sizeof(params));
	memset(ring, 0, sizeof(*ring));
	ring->fd = (int)syscall(SYS_io_uring_setup, URING_ENTRIES, &params);
	if (ring->fd < 0) {
		err = -errno;
		ring->fd = -1;
		return err;
	}
	err = uring_map_all(ring, &params);
	if (err) {
		uring_close(ring);
		return err;
	}
	uring_find_indices(ring, &params);
	return 0;
}

void uring_close(struct uring *ring)
{
	if (ring->sq_ring)
		munmap(ring->sq_ring, ring->sq_size);
	if (ring->cq_ring)
		munmap(ring->cq_ring, ring->cq_size);
	if (ring->sqes)
		munmap(ring->sqes, ring->sqe_size);
	if (ring->fd >= 0)
		close(ring->fd);
	memset(ring, 0, sizeof(*ring));
	ring->fd = -1;
}

static int uring_complete(struct uring *ring)
{
	unsigned int head = *ring->cq_head;
	int result = ring->cqes[head & *ring->cq_mask].res;

	__atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

/*
 * Submits the entry and waits for it. An entry is taken once: should EINTR come after that, the
 * next turn finds nothing to submit and only waits.
 */
static int uring_submit(struct uring *ring)
{
	unsigned int submit = 1;

	for (;;) {
		long done = syscall(SYS_io_uring_enter, ring->fd, submit, 1, IORING_ENTER_GETEVENTS,
				    NULL, 0);

		if (done >= 0)
			return uring_complete(ring);
		if (errno != EINTR)
			return -errno;
	}
}

static int uring_request(struct uring *ring, int opcode, unsigned int count)
{
	unsigned int tail = *ring->sq_tail, index = tail & *ring->sq_mask;
	struct io_uring_sqe *sqe = &ring->sqes[index];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = (uint8_t)opcode;
	sqe->fd = (int)count;
	sqe->buf_group = URING_GROUP;
	if (opcode == IORING_OP_PROVIDE_BUFFERS) {
		sqe->addr = URING_BUFFER_START;
		sqe->len = URING_BUFFER_BYTES;
	}
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	return uring_submit(ring);
}

int uring_provide(struct uring *ring, unsigned int count)
{
	int result = uring_request(ring, IORING_OP_PROVIDE_BUFFERS, count);

	return result < 0 ? result : 0;
}

int uring_remove(struct uring *ring, unsigned int count)
{
	return uring_request(ring, IORING_OP_REMOVE_BUFFERS, count);
}
