/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loads that the module does: by its RUN, thousands in one call, and by mapping its device. Each
 * thread has an open file of its own, so that what it holds is its own as well.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "device.h"
#include "load.h"
#include "module_scenarios.h"
#include "runner.h"
#include "scenarios.h"
#include "workload_ioctl.h"

/*
 * A signal ends a run between two calls, so calls are made as long as one can wait for: the batch
 * follows the time that it takes. Longer ones would not be faster.
 */
#define SHORT_NS 20000000U
#define LONG_NS	 100000000U

static int load_device_open(struct load *load)
{
	struct device device;
	int err = device_open(WORKLOAD_DEVICE, &device);

	if (err) {
		load->failed_call = "open(" WORKLOAD_DEVICE ")";
		return err;
	}
	load->fd = device.fd;
	if (!device_supports(&device, load->scenario->id)) {
		load->reason = load->scenario->id < device.info.scenarios
				       ? device_reason(-EOPNOTSUPP)
				       : "the loaded module is too old to know it";
		return -EOPNOTSUPP;
	}
	return 0;
}

static int load_device_fail(struct load *load, const char *call)
{
	load->reason = device_reason(-errno);
	return load_fail(load, call);
}

static int load_module_open(struct load *load)
{
	int err = load_device_open(load);

	if (err || !(load->scenario->flags & WORKLOAD_TAKES_DATA))
		return err;
	load->area = malloc(load->size);
	if (!load->area)
		return -ENOMEM;
	memset(load->area, 'w', load->size);
	return 0;
}

static void load_module_adapt(struct load *load, uint64_t took)
{
	if (took < SHORT_NS && load->batch <= WORKLOAD_COUNT_MAX / 2)
		load->batch *= 2;
	else if (took > LONG_NS && load->batch > 1)
		load->batch /= 2;
}

static uint32_t load_module_flags(const struct load *load)
{
	return load->keep ? WORKLOAD_RUN_HOLD : load->leak ? WORKLOAD_RUN_LEAK : 0;
}

static int load_module_make(struct load *load, unsigned int count)
{
	struct workload_run run = {
		.scenario = load->scenario->id,
		.flags = load_module_flags(load),
		.count = count,
		.size = load->size,
		.data = (uintptr_t)load->area,
	};
	uint64_t start = runner_now();
	int err = ioctl(load->fd, WORKLOAD_IOC_RUN, &run) ? load_device_fail(load, "RUN") : 0;

	load->calls++;
	load->made += run.done;
	if (!run.flags)
		load->dropped += run.done;
	if (!err && run.done != count) {
		load->reason = "the module did not do all that it was asked to";
		return -EPROTO;
	}
	load_module_adapt(load, runner_now() - start);
	return err;
}

/* The module holds what `keep` made; the rest is gone, or leaked for good. */
static int load_module_drop(struct load *load)
{
	struct workload_drop drop = {.scenario = load->scenario->id};

	if (!load->keep || load_live(load) == 0)
		return 0;
	load->calls++;
	if (ioctl(load->fd, WORKLOAD_IOC_DROP, &drop))
		return load_device_fail(load, "DROP");
	load->dropped = load->made;
	return 0;
}

static void load_module_close(struct load *load)
{
	free(load->area);
	load->area = NULL;
	load_close_fds(load);
}

const struct load_ops load_module_ops = {
	.open = load_module_open,
	.make = load_module_make,
	.drop = load_module_drop,
	.close = load_module_close,
};

static int load_device_map_open(struct load *load)
{
	struct workload_buffer buffer;
	int err = load_device_open(load);

	load->area_size = load->size ? load->size : (size_t)4096;
	if (err || load->scenario->id != WORKLOAD_MMAP_BUFFER)
		return err;
	memset(&buffer, 0, sizeof(buffer));
	buffer.size = load->area_size;
	return ioctl(load->fd, WORKLOAD_IOC_BUFFER, &buffer) ? load_device_fail(load, "BUFFER") : 0;
}

/* Reads a byte of each mapping: some are filled in only when they are touched. */
static int load_device_map_make(struct load *load, unsigned int count)
{
	int protection =
		load->scenario->id == WORKLOAD_MMAP_READ_ONLY ? PROT_READ : PROT_READ | PROT_WRITE;

	while (count--) {
		volatile const char *map =
			mmap(NULL, load->area_size, protection, MAP_SHARED, load->fd,
			     (off_t)WORKLOAD_MMAP_OFFSET(load->scenario->id));

		load->calls++;
		if (map == MAP_FAILED)
			return load_device_fail(load, "mmap");
		if (load_keep(load, (uintptr_t)map)) {
			munmap((void *)(uintptr_t)map, load->area_size);
			return -ENOMEM;
		}
		(void)map[0];
		load->made++;
	}
	return 0;
}

static void load_device_map_end(struct load *load)
{
	while (load->id_count > 0) {
		munmap((void *)(uintptr_t)load->ids[--load->id_count], load->area_size);
		load->calls++;
	}
}

static int load_device_map_drop(struct load *load)
{
	load_device_map_end(load);
	load->dropped = load->made;
	return 0;
}

static void load_device_map_close(struct load *load)
{
	load_device_map_end(load);
	load_close_fds(load);
}

const struct load_ops load_device_map_ops = {
	.open = load_device_map_open,
	.make = load_device_map_make,
	.drop = load_device_map_drop,
	.close = load_device_map_close,
};
