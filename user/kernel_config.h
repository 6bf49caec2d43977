/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The options that the running kernel was built with, from whatever the machine keeps of them:
 * /proc/config.gz, or the file that distributions put beside the kernel.
 */
#ifndef TRACER_KERNEL_CONFIG_H
#define TRACER_KERNEL_CONFIG_H

#include <limits.h>

struct kernel_config {
	char *text;	       /* NULL: none could be read */
	char source[PATH_MAX]; /* where it was read */
};

enum kernel_option {
	OPTION_UNKNOWN, /* no config was read */
	OPTION_ABSENT,	/* not mentioned: this kernel has no such option, or what it needs is off */
	OPTION_NO,
	OPTION_MODULE,
	OPTION_SET, /* y, or a value */
};

/*
 * Reads the config of kernel `release` (as uname -r) below `root`. 0, and the caller frees it with
 * kernel_config_fini(); -ENOENT when there is none that can be read, -ENOMEM.
 */
int kernel_config_read(struct kernel_config *config, const char *root, const char *release);

/* Frees what was read, not the struct. Safe on a zeroed one. */
void kernel_config_fini(struct kernel_config *config);

/* What `name` ("CONFIG_KPROBES") is set to. Pure. */
enum kernel_option kernel_config_lookup(const struct kernel_config *config, const char *name);

#endif
