/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the loads share: the list of ids that an object lives by, and the note of a failure.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"

int load_fail(struct load *load, const char *call)
{
	load->failed_call = call;
	return -errno;
}

int load_reserve(struct load *load, size_t count)
{
	uint64_t *ids;

	if (count <= load->id_room)
		return 0;
	ids = reallocarray(load->ids, count, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	load->ids = ids;
	load->id_room = count;
	return 0;
}

int load_keep(struct load *load, uint64_t id)
{
	if (load->id_count == load->id_room) {
		int err = load_reserve(load, 2 * load->id_room + 16);

		if (err)
			return err;
	}
	load->ids[load->id_count++] = id;
	return 0;
}

int load_keep_fd(struct load *load, int fd)
{
	int err = load_keep(load, (uint64_t)fd);

	if (err)
		close(fd);
	return err;
}

void load_close_ids(struct load *load)
{
	while (load->id_count > 0) {
		close((int)load->ids[--load->id_count]);
		load->calls++;
	}
}

int load_drop_fds(struct load *load)
{
	load_close_ids(load);
	load->dropped = load->made;
	return 0;
}

void load_close_fds(struct load *load)
{
	load_close_ids(load);
	if (load->fd >= 0)
		close(load->fd);
	load->fd = -1;
}
