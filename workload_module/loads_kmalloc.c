/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads of kmalloc(): small and large, live and at once gone, NULL and refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/if_packet.h>

#include "load.h"

static int load_uring_open(struct load *load)
{
	int err = uring_open(&load->ring);

	if (err)
		load->failed_call = "io_uring_setup";
	return err;
}

static int load_uring_make(struct load *load, unsigned int count)
{
	int err = uring_provide(&load->ring, count);

	load->calls++;
	if (err) {
		load->failed_call = "io_uring_enter(IORING_OP_PROVIDE_BUFFERS)";
		return err;
	}
	load->made += count;
	return 0;
}

static int load_uring_drop(struct load *load)
{
	int freed = uring_remove(&load->ring, (unsigned int)load_live(load));

	load->calls++;
	load->failed_call = "io_uring_enter(IORING_OP_REMOVE_BUFFERS)";
	if (freed < 0)
		return freed;
	load->dropped += (unsigned int)freed;
	/* Fewer buffers than were provided: the kernel ran out of memory half-way and kept quiet.
	 */
	return load_live(load) ? -ENOMEM : 0;
}

static void load_uring_close(struct load *load)
{
	uring_close(&load->ring);
}

const struct load_ops load_uring_ops = {
	.open = load_uring_open,
	.make = load_uring_make,
	.drop = load_uring_drop,
	.close = load_uring_close,
};

/* More than UIO_FASTIOV (8) segments do not fit on the kernel's stack: it takes them to the heap.
 */
static int load_writev_open(struct load *load)
{
	size_t i, segments = load->size / sizeof(struct iovec);
	struct iovec *vector = calloc(segments, sizeof(*vector));

	if (!vector)
		return -ENOMEM;
	for (i = 0; i < segments; i++) {
		vector[i].iov_base = vector;
		vector[i].iov_len = 1;
	}
	load->area = vector;
	load->fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return load->fd < 0 ? load_fail(load, "open(/dev/null)") : 0;
}

static int load_writev_make(struct load *load, unsigned int count)
{
	int segments = (int)(load->size / sizeof(struct iovec));

	while (count--) {
		load->calls++;
		if (writev(load->fd, load->area, segments) < 0)
			return load_fail(load, "writev(/dev/null)");
		load->made++;
		load->dropped++;
	}
	return 0;
}

static void load_heap_close(struct load *load)
{
	free(load->area);
	load->area = NULL;
	load_close_fds(load);
}

const struct load_ops load_writev_ops = {
	.open = load_writev_open,
	.make = load_writev_make,
	.close = load_heap_close,
};

/*
 * Message queues: the ids are queues, filled one after the other up to what a queue takes. They are
 * emptied by drop and removed only at the end, so that the queues themselves do not show in the
 * figures again and again.
 */
static int load_message_open(struct load *load)
{
	struct msgbuf *message = calloc(1, sizeof(long) + load->size);
	struct msginfo info;

	if (!message)
		return -ENOMEM;
	message->mtype = 1;
	load->area = message;
	if (msgctl(0, IPC_INFO, (struct msqid_ds *)&info) < 0)
		return load_fail(load, "msgctl(IPC_INFO)");
	if ((int)load->size > info.msgmax) {
		errno = EMSGSIZE;
		return load_fail(load, "SIZE above kernel.msgmax: msgsnd");
	}
	load->batch = load->size ? (unsigned int)info.msgmnb / (unsigned int)load->size : 1;
	if (load->batch == 0)
		load->batch = 1;
	return 0;
}

/* The queue with room for the next message (every `batch` of them start another), or -errno. */
static int load_message_queue(struct load *load)
{
	size_t index = load_live(load) / load->batch;

	if (index == load->id_count) {
		int id = msgget(IPC_PRIVATE, 0600);

		if (id < 0)
			return load_fail(load, "msgget");
		if (load_keep(load, (uint64_t)id)) {
			msgctl(id, IPC_RMID, NULL);
			return -ENOMEM;
		}
	}
	return (int)load->ids[index];
}

static int load_message_make(struct load *load, unsigned int count)
{
	while (count--) {
		int queue = load_message_queue(load);

		if (queue < 0)
			return queue;
		load->calls++;
		if (msgsnd(queue, load->area, load->size, IPC_NOWAIT) < 0)
			return load_fail(load, "msgsnd");
		load->made++;
	}
	return 0;
}

static int load_message_drop(struct load *load)
{
	size_t i;

	for (i = 0; i < load->id_count; i++) {
		while (msgrcv((int)load->ids[i], load->area, load->size, 0, IPC_NOWAIT) >= 0) {
			load->calls++;
			load->dropped++;
		}
		if (errno != ENOMSG)
			return load_fail(load, "msgrcv");
		if (load_live(load) == 0)
			break;
	}
	return 0;
}

static void load_message_close(struct load *load)
{
	while (load->id_count > 0)
		msgctl((int)load->ids[--load->id_count], IPC_RMID, NULL);
	free(load->area);
	load->area = NULL;
}

const struct load_ops load_message_ops = {
	.open = load_message_open,
	.make = load_message_make,
	.drop = load_message_drop,
	.close = load_message_close,
};

/* The kernel allocates as many bytes as the reader asks for, and one for a NUL. */
static int load_sysctl_open(struct load *load)
{
	load->area = malloc(load->size);
	if (!load->area)
		return -ENOMEM;
	load->fd = open("/proc/sys/kernel/ostype", O_RDONLY | O_CLOEXEC);
	return load->fd < 0 ? load_fail(load, "open(/proc/sys/kernel/ostype)") : 0;
}

static int load_sysctl_make(struct load *load, unsigned int count)
{
	while (count--) {
		load->calls++;
		if (pread(load->fd, load->area, load->size - 1, 0) < 0)
			return load_fail(load, "read(/proc/sys/kernel/ostype)");
		load->made++;
		load->dropped++;
	}
	return 0;
}

const struct load_ops load_sysctl_ops = {
	.open = load_sysctl_open,
	.make = load_sysctl_make,
	.close = load_heap_close,
};

/*
 * A mount that names no source, type or data has nothing to free, and frees it. It fails at the
 * empty path, before any right is asked for.
 */
static int load_kfree_null_make(struct load *load, unsigned int count)
{
	while (count--) {
		load->calls++;
		if (mount(NULL, "", NULL, 0, NULL) == 0 || errno != ENOENT) {
			errno = errno ? errno : EINVAL;
			return load_fail(load, "mount");
		}
		load->made++;
		load->dropped++;
	}
	return 0;
}

const struct load_ops load_kfree_null_ops = {
	.make = load_kfree_null_make,
};

/* A packet ring of 2^20 blocks asks for an array of 8 MiB, more than kmalloc() can ever give. */
static int load_kmalloc_fail_open(struct load *load)
{
	load->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	return load->fd < 0 ? load_fail(load, "socket(AF_PACKET)") : 0;
}

static int load_kmalloc_fail_make(struct load *load, unsigned int count)
{
	struct tpacket_req request = {
		.tp_block_nr = 1U << 20,
		.tp_frame_nr = 1U << 20,
	};

	request.tp_block_size = request.tp_frame_size = (unsigned int)sysconf(_SC_PAGESIZE);
	while (count--) {
		load->calls++;
		if (setsockopt(load->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) ==
			    0 ||
		    errno != ENOMEM)
			return load_fail(load, "setsockopt(PACKET_RX_RING)");
		load->made++;
		load->dropped++;
	}
	return 0;
}

const struct load_ops load_kmalloc_fail_ops = {
	.open = load_kmalloc_fail_open,
	.make = load_kmalloc_fail_make,
	.close = load_close_fds,
};
