/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads of named kmem_caches: files, inodes, sockets, locks, epoll items.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "load.h"

/* An object that is `count` descriptors. */
static int load_made_fds(struct load *load, const int *fds, unsigned int count)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < count; i++) {
		int kept = load_keep_fd(load, fds[i]);

		err = err ? err : kept;
	}
	if (!err)
		load->made++;
	return err;
}

static int load_lock_open(struct load *load)
{
	load->fd = memfd_create("workload", MFD_CLOEXEC);
	return load->fd < 0 ? load_fail(load, "memfd_create") : 0;
}

/* Unlocking one byte may have to split a range, so the kernel allocates as much for it again. */
static int load_lock_make(struct load *load, unsigned int count)
{
	struct flock lock = {.l_whence = SEEK_SET, .l_len = 1};

	while (count--) {
		lock.l_type = F_WRLCK;
		load->calls += 2;
		if (fcntl(load->fd, F_SETLK, &lock) < 0)
			return load_fail(load, "fcntl(F_SETLK)");
		lock.l_type = F_UNLCK;
		if (fcntl(load->fd, F_SETLK, &lock) < 0)
			return load_fail(load, "fcntl(F_SETLK)");
		load->made++;
		load->dropped++;
	}
	return 0;
}

const struct load_ops load_lock_ops = {
	.open = load_lock_open,
	.make = load_lock_make,
	.close = load_close_fds,
};

static int load_epoll_open(struct load *load)
{
	int epoll;

	load->fd = eventfd(0, EFD_CLOEXEC);
	if (load->fd < 0)
		return load_fail(load, "eventfd");
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return load_fail(load, "epoll_create1");
	return load_keep_fd(load, epoll);
}

static int load_epoll_make(struct load *load, unsigned int count)
{
	struct epoll_event event = {.events = 0};
	int epoll = (int)load->ids[0];

	while (count--) {
		load->calls += 2;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, load->fd, &event) < 0)
			return load_fail(load, "epoll_ctl(EPOLL_CTL_ADD)");
		if (epoll_ctl(epoll, EPOLL_CTL_DEL, load->fd, NULL) < 0)
			return load_fail(load, "epoll_ctl(EPOLL_CTL_DEL)");
		load->made++;
		load->dropped++;
	}
	return 0;
}

const struct load_ops load_epoll_ops = {
	.open = load_epoll_open,
	.make = load_epoll_make,
	.close = load_close_fds,
};

static int load_open_make(struct load *load, unsigned int count)
{
	while (count--) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		int err = fd < 0 ? load_fail(load, "open(/dev/null)") : load_made_fds(load, &fd, 1);

		load->calls++;
		if (err)
			return err;
	}
	return 0;
}

const struct load_ops load_open_ops = {
	.make = load_open_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

static int load_pipe_make(struct load *load, unsigned int count)
{
	while (count--) {
		int ends[2], err;

		load->calls++;
		err = pipe2(ends, O_CLOEXEC) ? load_fail(load, "pipe2")
					     : load_made_fds(load, ends, 2);
		if (err)
			return err;
	}
	return 0;
}

const struct load_ops load_pipe_ops = {
	.make = load_pipe_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

static int load_eventfd_make(struct load *load, unsigned int count)
{
	while (count--) {
		int fd = eventfd(0, EFD_CLOEXEC);
		int err = fd < 0 ? load_fail(load, "eventfd") : load_made_fds(load, &fd, 1);

		load->calls++;
		if (err)
			return err;
	}
	return 0;
}

const struct load_ops load_eventfd_ops = {
	.make = load_eventfd_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

static int load_timerfd_make(struct load *load, unsigned int count)
{
	while (count--) {
		int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
		int err = fd < 0 ? load_fail(load, "timerfd_create") : load_made_fds(load, &fd, 1);

		load->calls++;
		if (err)
			return err;
	}
	return 0;
}

const struct load_ops load_timerfd_ops = {
	.make = load_timerfd_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

static int load_socketpair_make(struct load *load, unsigned int count)
{
	while (count--) {
		int ends[2], err;

		load->calls++;
		err = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)
			      ? load_fail(load, "socketpair")
			      : load_made_fds(load, ends, 2);
		if (err)
			return err;
	}
	return 0;
}

const struct load_ops load_socketpair_ops = {
	.make = load_socketpair_make,
	.drop = load_drop_fds,
	.close = load_close_fds,
};

#define TMPFS_TEMPLATE "/dev/shm/workload-XXXXXX"

/* Empty files in a directory of our own: the area is its path, fd the directory. */
static int load_tmpfs_open(struct load *load)
{
	struct statfs fs;
	char *path;

	if (statfs("/dev/shm", &fs) || fs.f_type != TMPFS_MAGIC) {
		errno = ENODEV;
		return load_fail(load, "/dev/shm is not a tmpfs");
	}
	path = strdup(TMPFS_TEMPLATE);
	if (!path)
		return -ENOMEM;
	if (!mkdtemp(path)) {
		free(path);
		return load_fail(load, "mkdtemp(/dev/shm)");
	}
	load->area = path;
	load->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return load->fd < 0 ? load_fail(load, "open") : 0;
}

/* Numbered from the number dropped to the number made: those are the live ones. */
static const char *load_tmpfs_name(char name[24], uint64_t index)
{
	snprintf(name, 24, "%llu", (unsigned long long)index);
	return name;
}

static int load_tmpfs_make(struct load *load, unsigned int count)
{
	char name[24];

	while (count--) {
		int fd = openat(load->fd, load_tmpfs_name(name, load->made),
				O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

		load->calls += 2;
		if (fd < 0)
			return load_fail(load, "open(O_CREAT)");
		close(fd);
		load->made++;
	}
	return 0;
}

static int load_tmpfs_drop(struct load *load)
{
	char name[24];

	while (load_live(load) > 0) {
		load->calls++;
		if (unlinkat(load->fd, load_tmpfs_name(name, load->dropped), 0))
			return load_fail(load, "unlink");
		load->dropped++;
	}
	return 0;
}

static void load_tmpfs_close(struct load *load)
{
	if (load->fd >= 0)
		load_tmpfs_drop(load);
	load_close_fds(load);
	if (load->area)
		rmdir(load->area);
	free(load->area);
	load->area = NULL;
}

const struct load_ops load_tmpfs_ops = {
	.open = load_tmpfs_open,
	.make = load_tmpfs_make,
	.drop = load_tmpfs_drop,
	.close = load_tmpfs_close,
};
