/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * /dev/workload, the module's device: opened, asked, and what stands in the way said in words. What
 * the module answers is not believed further than its types go: texts end, rows are within bounds.
 */
#ifndef WORKLOAD_DEVICE_H
#define WORKLOAD_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "workload_ioctl.h"

struct device {
	int fd; /* close-on-exec, readable and writable */
	struct workload_info info;
};

/*
 * Opens the device and asks it for its version. 0, or -errno of open(2), -ENOTTY (something else
 * answers, or a module of another version) or -EPROTO (another version; `info.abi` says which).
 * The descriptor belongs to the caller: device_close().
 */
int device_open(const char *path, struct device *device);

/* Closes it; the module then frees what it held. Once is enough. */
void device_close(struct device *device);

/* Says on standard error why device_open() failed, and what to do about it. */
void device_say(const char *path, int err, const struct device *device);

/* The same in a few words that fit behind a colon. Pure. */
const char *device_why_not(int err);

/* Whether the module on this kernel can do the scenario. Pure. */
bool device_supports(const struct device *device, unsigned int scenario);

/* The rows of one scenario, since the module was loaded. 0 or -errno. */
int device_counts(const struct device *device, unsigned int scenario,
		  struct workload_counts *counts);

/* Waits until RCU has freed what was given to it. 0 or -errno. */
int device_sync(const struct device *device);

/* What an error of RUN means here, or NULL if strerror() tells as much. Pure. */
const char *device_reason(int err);

#endif
