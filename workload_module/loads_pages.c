/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads of whole pages and of vmalloc() in their place: pipe buffers, page tables, packet rings and
 * the stacks of threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_packet.h>

#include "load.h"

static size_t load_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* One page of bytes, to be written over and over. */
static int load_pipe_pages_open(struct load *load)
{
	load->area = calloc(1, load_page_size());
	return load->area ? 0 : -ENOMEM;
}

/*
 * A pipe of its own for each batch: a pipe keeps up to two pages that were read, so a used one
 * would allocate less than what is written to it.
 */
static int load_pipe_pages_make(struct load *load, unsigned int count)
{
	int ends[2], err, page = (int)load_page_size();

	load->calls++;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return load_fail(load, "pipe2");
	err = load_keep_fd(load, ends[0]) + load_keep_fd(load, ends[1]);
	if (err)
		return -ENOMEM;
	if (fcntl(ends[1], F_SETPIPE_SZ, (int)count * page) < 0)
		return load_fail(load, "fcntl(F_SETPIPE_SZ)");
	while (count--) {
		load->calls++;
		if (write(ends[1], load->area, (size_t)page) != page)
			return load_fail(load, "write to a pipe");
		load->made++;
	}
	return 0;
}

static void load_pipe_pages_close(struct load *load)
{
	load_close_fds(load);
	free(load->area);
	load->area = NULL;
}

const struct load_ops load_pipe_pages_ops = {
	.open = load_pipe_pages_open,
	.make = load_pipe_pages_make,
	.drop = load_drop_fds,
	.close = load_pipe_pages_close,
};

/*
 * Page tables: what one lowest-level table covers is that many entries of eight bytes each. The
 * mapping is aligned to what the table above covers and that much longer, so that no table is
 * shared with a neighbour. Reading maps the zero page: no memory but the tables.
 */
static int load_page_table_make(struct load *load, unsigned int count)
{
	size_t page = load_page_size(), entries = page / sizeof(uint64_t);
	size_t step = page * entries, align = step * entries;
	uintptr_t start;
	void *area;

	load->area_size = count * step + 2 * align;
	area = mmap(NULL, load->area_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	load->calls++;
	if (area == MAP_FAILED)
		return load_fail(load, "mmap");
	load->area = area;
	/* Refused only by kernels without huge pages, which need no such advice. */
	madvise(area, load->area_size, MADV_NOHUGEPAGE);
	start = ((uintptr_t)area + align - 1) & ~(align - 1);
	while (count--) {
		(void)*(volatile const char *)start;
		start += step;
		load->made++;
	}
	return 0;
}

static int load_page_table_drop(struct load *load)
{
	if (load->area && munmap(load->area, load->area_size))
		return load_fail(load, "munmap");
	load->calls++;
	load->area = NULL;
	load->dropped = load->made;
	return 0;
}

static void load_page_table_close(struct load *load)
{
	if (load->area)
		munmap(load->area, load->area_size);
	load->area = NULL;
}

const struct load_ops load_page_table_ops = {
	.make = load_page_table_make,
	.drop = load_page_table_drop,
	.close = load_page_table_close,
};

/*
 * Packet rings: a block is an allocation of its own, from the page allocator as long as that can
 * give so much in one piece, else from vmalloc(). The socket is bound to nothing and receives
 * nothing.
 */
#define PACKET_BATCH_BYTES (32UL << 20)

static int load_packet_open(struct load *load)
{
	uint64_t most = PACKET_BATCH_BYTES / load->size;

	if (most < load->batch)
		load->batch = most ? (unsigned int)most : 1;
	load->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	return load->fd < 0 ? load_fail(load, "socket(AF_PACKET)") : 0;
}

/* A ring of no blocks frees the one before. */
static int load_packet_set(struct load *load, unsigned int blocks)
{
	struct tpacket_req request = {.tp_block_nr = blocks};

	if (blocks) {
		request.tp_block_size = (unsigned int)load->size;
		request.tp_frame_size = (unsigned int)load_page_size();
		request.tp_frame_nr = blocks * (request.tp_block_size / request.tp_frame_size);
	}
	load->calls++;
	if (setsockopt(load->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)))
		return load_fail(load, "setsockopt(PACKET_RX_RING)");
	return 0;
}

static int load_packet_make(struct load *load, unsigned int count)
{
	int err = load_packet_set(load, count);

	if (!err)
		load->made += count;
	return err;
}

static int load_packet_drop(struct load *load)
{
	int err = load_packet_set(load, 0);

	if (!err)
		load->dropped = load->made;
	return err;
}

const struct load_ops load_packet_ops = {
	.open = load_packet_open,
	.make = load_packet_make,
	.drop = load_packet_drop,
	.close = load_close_fds,
};

/* Threads that wait on the semaphore in the area until they are dropped. */
static void *load_thread_wait(void *semaphore)
{
	while (sem_wait(semaphore) && errno == EINTR)
		;
	return NULL;
}

static int load_thread_open(struct load *load)
{
	load->area = calloc(1, sizeof(sem_t));
	if (!load->area)
		return -ENOMEM;
	return sem_init(load->area, 0, 0) ? load_fail(load, "sem_init") : 0;
}

static int load_thread_start(struct load *load)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	pthread_attr_setstacksize(&attr, 4UL * PTHREAD_STACK_MIN);
	err = pthread_create(&thread, &attr, load_thread_wait, load->area);
	pthread_attr_destroy(&attr);
	load->failed_call = "clone";
	return err ? -err : load_keep(load, (uint64_t)thread);
}

static int load_thread_make(struct load *load, unsigned int count)
{
	int err = load_reserve(load, load->id_count + count);

	while (!err && count--) {
		load->calls++;
		err = load_thread_start(load);
		if (!err)
			load->made++;
	}
	return err;
}

static int load_thread_drop(struct load *load)
{
	size_t i;

	for (i = 0; i < load->id_count; i++)
		sem_post(load->area);
	while (load->id_count > 0)
		pthread_join((pthread_t)load->ids[--load->id_count], NULL);
	load->dropped = load->made;
	return 0;
}

static void load_thread_close(struct load *load)
{
	if (!load->area)
		return;
	load_thread_drop(load);
	sem_destroy(load->area);
	free(load->area);
	load->area = NULL;
}

const struct load_ops load_thread_ops = {
	.open = load_thread_open,
	.make = load_thread_make,
	.drop = load_thread_drop,
	.close = load_thread_close,
};
