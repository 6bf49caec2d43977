/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads of per-CPU memory and, as what makes it often needs both, of vmalloc() by exact size: aio
 * contexts, socket filters and BPF maps.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/filter.h>

#include "load.h"

static int load_aio_make(struct load *load, unsigned int count)
{
	while (count--) {
		aio_context_t context = 0;
		int err;

		load->calls++;
		if (syscall(SYS_io_setup, 1, &context))
			return load_fail(load, "io_setup");
		err = load_keep(load, context);
		if (err) {
			syscall(SYS_io_destroy, context);
			return err;
		}
		load->made++;
	}
	return 0;
}

static int load_aio_drop(struct load *load)
{
	while (load->id_count > 0) {
		load->calls++;
		if (syscall(SYS_io_destroy, (aio_context_t)load->ids[--load->id_count]))
			return load_fail(load, "io_destroy");
		load->dropped++;
	}
	return 0;
}

static void load_aio_close(struct load *load)
{
	while (load->id_count > 0)
		syscall(SYS_io_destroy, (aio_context_t)load->ids[--load->id_count]);
}

const struct load_ops load_aio_ops = {
	.make = load_aio_make,
	.drop = load_aio_drop,
	.close = load_aio_close,
};

/* The smallest classic filter, "take everything", on a socket of its own. */
static int load_filter_make(struct load *load, unsigned int count)
{
	struct sock_filter accept[] = {BPF_STMT(BPF_RET | BPF_K, 0xffffffff)};
	struct sock_fprog program = {.len = 1, .filter = accept};

	while (count--) {
		int err, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		load->calls += 2;
		if (fd < 0)
			return load_fail(load, "socket(AF_UNIX)");
		err = load_keep_fd(load, fd);
		if (err)
			return err;
		if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
			return load_fail(load, "setsockopt(SO_ATTACH_FILTER)");
		load->made++;
	}
	return 0;
}

const struct load_ops load_filter_ops = {
	.make = load_filter_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

static int load_map_create(struct load *load, uint32_t type, uint32_t value_size, uint32_t entries,
			   uint32_t flags)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = type;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = value_size;
	attr.max_entries = entries;
	attr.map_flags = flags;
	load->calls++;
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		return load_fail(load, "bpf(BPF_MAP_CREATE)");
	return load_keep_fd(load, (int)fd);
}

/* One map for a batch: each of its entries is a per-CPU allocation. */
static int load_percpu_map_make(struct load *load, unsigned int count)
{
	int err = load_map_create(load, BPF_MAP_TYPE_PERCPU_ARRAY, (uint32_t)load->size, count, 0);

	if (!err)
		load->made += count;
	return err;
}

const struct load_ops load_percpu_map_ops = {
	.make = load_percpu_map_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

static int load_mmap_map_make(struct load *load, unsigned int count)
{
	int err = 0;

	while (!err && count--) {
		err = load_map_create(load, BPF_MAP_TYPE_ARRAY, (uint32_t)load->size, 1,
				      BPF_F_MMAPABLE);
		if (!err)
			load->made++;
	}
	return err;
}

const struct load_ops load_mmap_map_ops = {
	.make = load_mmap_map_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};
