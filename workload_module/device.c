/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The size of a structure is part of an ioctl's number, so a module of another version may answer
 * with another number in `abi` or, as any other device would, with ENOTTY.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "say.h"

#define MODULE_DIRECTORY "/sys/module/workload"
#define BUILD_AND_LOAD	 "make module && insmod build/module/workload.ko"

int device_open(const char *path, struct device *device)
{
	struct workload_info info;
	int fd = open(path, O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	memset(&info, 0, sizeof(info));
	err = ioctl(fd, WORKLOAD_IOC_INFO, &info) ? -errno : 0;
	if (!err && info.abi != WORKLOAD_ABI)
		err = -EPROTO;
	device->info = info;
	if (err) {
		close(fd);
		return err == -EINVAL ? -ENOTTY : err;
	}
	device->fd = fd;
	return 0;
}

void device_close(struct device *device)
{
	close(device->fd);
	device->fd = -1;
}

static void device_say_missing(const char *path)
{
	if (access(MODULE_DIRECTORY, F_OK) == 0) {
		say("%s is not there, though the module is loaded", path);
		say_hint("its number is in /sys/class/misc/workload/dev: mknod %s c MAJOR MINOR",
			 path);
		return;
	}
	say("%s is not there: the module is not loaded", path);
	say_hint("build and load it: " BUILD_AND_LOAD);
	say_hint("if insmod refuses it, it was built for another kernel: `dmesg` tells");
}

static void device_say_version(const char *path, int err, const struct device *device)
{
	if (err == -EPROTO)
		say("%s speaks version %u of the interface, this program version %u", path,
		    device->info.abi, WORKLOAD_ABI);
	else
		say("%s does not answer as the module of this program does", path);
	say_hint("build both from the same source: rmmod workload; make all && " BUILD_AND_LOAD);
}

void device_say(const char *path, int err, const struct device *device)
{
	switch (-err) {
	case ENOENT:
	case ENOTDIR:
		device_say_missing(path);
		break;
	case ENXIO:
	case ENODEV:
		say("%s is there, but the module behind it is not", path);
		say_hint("load it: " BUILD_AND_LOAD);
		break;
	case EACCES:
	case EPERM:
		say("%s may not be opened: %s", path, strerror(-err));
		say_hint("it is for root alone: run this as root, such as by sudo");
		break;
	case EBUSY:
		say("%s is busy: another program has it", path);
		say_hint("`fuser %s` tells which; try again when it has ended", path);
		break;
	case ENOTTY:
	case EPROTO:
		device_say_version(path, err, device);
		break;
	default:
		say("%s can't be opened: %s", path, strerror(-err));
	}
}

const char *device_why_not(int err)
{
	switch (-err) {
	case ENOENT:
	case ENOTDIR:
	case ENXIO:
	case ENODEV:
		return "the module is not loaded";
	case ENOTTY:
	case EPROTO:
		return "the loaded module is of another version";
	default:
		return strerror(-err);
	}
}

bool device_supports(const struct device *device, unsigned int scenario)
{
	const unsigned int bits = 8 * sizeof(device->info.supported[0]);
	const unsigned int words =
		sizeof(device->info.supported) / sizeof(device->info.supported[0]);

	if (scenario >= device->info.scenarios || scenario / bits >= words)
		return false;
	return device->info.supported[scenario / bits] >> scenario % bits & 1;
}

int device_counts(const struct device *device, unsigned int scenario,
		  struct workload_counts *counts)
{
	struct workload_counts answer;
	size_t i;

	memset(&answer, 0, sizeof(answer));
	answer.scenario = scenario;
	if (ioctl(device->fd, WORKLOAD_IOC_COUNTS, &answer))
		return -errno;
	if (answer.rows > WORKLOAD_ROWS_MAX)
		return -EPROTO;
	for (i = 0; i < answer.rows; i++) {
		if (answer.row[i].family >= WORKLOAD_FAMILY_COUNT)
			return -EPROTO;
		answer.row[i].site[WORKLOAD_SITE_LENGTH - 1] = '\0';
	}
	*counts = answer;
	return 0;
}

int device_sync(const struct device *device)
{
	return ioctl(device->fd, WORKLOAD_IOC_SYNC) ? -errno : 0;
}

const char *device_reason(int err)
{
	switch (-err) {
	case EDQUOT:
		return "the module's limit is reached: 64 MiB held by a thread, 128 MiB held in "
		       "all, 64 MiB leaked since it was loaded";
	case EOPNOTSUPP:
		return "this kernel has no such function for modules";
	case ENOMEM:
		return "the kernel has no more memory for it";
	default:
		return NULL;
	}
}
