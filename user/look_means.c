/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looks at the filesystems and at what the kernel itself has to show of its memory.
 */
#include "kernel_looks.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

static void look_filesystem(struct feature *feature, const struct sight *sight, const char *type,
			    const char *name, const char *place)
{
	char where[SIGHT_PATH], seen[96];

	if (sight_mount(sight, type, where, sizeof(where))) {
		feature->status = FEATURE_OK;
		feature_value(feature, where);
		return;
	}
	snprintf(seen, sizeof(seen), "not mounted, and not in /proc/filesystems");
	if (!sight_filesystem(sight, type)) {
		feature_not_built(feature, sight, seen, name);
		return;
	}
	feature_say(feature, FEATURE_MISSING, "not mounted; the kernel has it");
	feature_cure(feature, "mount -t %s %s %s", type, type, place);
}

void look_tracefs(struct feature *feature, const struct sight *sight)
{
	look_filesystem(feature, sight, "tracefs", "CONFIG_TRACING", "/sys/kernel/tracing");
}

void look_debugfs(struct feature *feature, const struct sight *sight)
{
	look_filesystem(feature, sight, "debugfs", "CONFIG_DEBUG_FS", "/sys/kernel/debug");
}

void look_securityfs(struct feature *feature, const struct sight *sight)
{
	look_filesystem(feature, sight, "securityfs", "CONFIG_SECURITYFS", "/sys/kernel/security");
}

void look_cgroup2(struct feature *feature, const struct sight *sight)
{
	look_filesystem(feature, sight, "cgroup2", "CONFIG_CGROUPS", "/sys/fs/cgroup");
}

void look_memcg(struct feature *feature, const struct sight *sight)
{
	char text[SIGHT_TEXT];

	if (sight_option_on(sight, "CONFIG_MEMCG")) {
		feature->status = FEATURE_OK;
	} else if (sight->config.text) {
		feature_not_built(feature, sight, "no memory controller", "CONFIG_MEMCG");
	} else if ((sight_read(sight, "/sys/fs/cgroup/cgroup.controllers", text, sizeof(text)) >
			    0 &&
		    strstr(text, "memory")) ||
		   (sight_read(sight, "/proc/cgroups", text, sizeof(text)) > 0 &&
		    strstr(text, "memory\t"))) {
		feature_say(feature, FEATURE_OK, "the memory controller is listed");
	} else {
		feature_say(feature, FEATURE_UNKNOWN,
			    "no memory controller is listed, and no kernel "
			    "config is readable");
	}
}

void look_modules(struct feature *feature, const struct sight *sight)
{
	bool forbidden = sight_command_line(sight, "nomodule");
	size_t length;
	char text[16];

	if (!sight_has(sight, "/proc/modules")) {
		feature_not_built(feature, sight, "/proc/modules is absent", "CONFIG_MODULES");
		length = strlen(feature->reason);
		if (forbidden)
			snprintf(feature->reason + length, sizeof(feature->reason) - length,
				 "; nomodule is on the kernel's command line as well");
	} else if (forbidden) {
		feature_say(feature, FEATURE_REFUSED, "nomodule is on the kernel's command line");
		feature_cure(feature, "boot without nomodule");
	} else if (sight_read(sight, "/proc/sys/kernel/modules_disabled", text, sizeof(text)) > 0 &&
		   text[0] != '0') {
		feature_say(feature, FEATURE_REFUSED, "kernel.modules_disabled = %s", text);
		feature_cure(feature, "reboot: it can't be set back");
	} else if (!sight_capable(sight, CAP_SYS_MODULE)) {
		feature_say(feature, FEATURE_UNKNOWN, "needs CAP_SYS_MODULE");
		feature_cure(feature, "%s", AS_ROOT);
	} else {
		feature_say(feature, FEATURE_OK,
			    "loaded ones are listed; under lockdown or with "
			    "module.sig_enforce a new one must be signed");
	}
}

/* A file that the kernel offers or not: opened, not read. */
static void look_file(struct feature *feature, const struct sight *sight, const char *path,
		      const char *name)
{
	char seen[128];
	int error = sight_open(sight, path);

	snprintf(seen, sizeof(seen), "%s is absent", path);
	if (!error) {
		feature->status = FEATURE_OK;
	} else if (error == -ENOENT) {
		feature_not_built(feature, sight, seen, name);
	} else if (error == -EPERM && !sight->trials->missing_rights[0]) {
		feature_say(feature, FEATURE_REFUSED, "%s: %s", path, strerror(-error));
		feature_cure(feature, "see lockdown");
	} else {
		feature_say(feature, FEATURE_UNKNOWN, "%s: %s", path, strerror(-error));
		feature_cure(feature, "%s", AS_ROOT);
	}
}

void look_kcore(struct feature *feature, const struct sight *sight)
{
	look_file(feature, sight, "/proc/kcore", "CONFIG_PROC_KCORE");
}

void look_kmemleak(struct feature *feature, const struct sight *sight)
{
	char where[SIGHT_PATH], path[PATH_MAX];
	enum kernel_option built = sight_option(sight, "CONFIG_DEBUG_KMEMLEAK");

	if (built == OPTION_NO || built == OPTION_ABSENT) {
		feature_not_built(feature, sight, "not in this kernel", "CONFIG_DEBUG_KMEMLEAK");
	} else if (!sight_mount(sight, "debugfs", where, sizeof(where))) {
		feature_say(feature, FEATURE_UNKNOWN, "debugfs, where its file is, is not mounted");
		feature_cure(feature, "mount -t debugfs debugfs /sys/kernel/debug");
	} else {
		snprintf(path, sizeof(path), "%.100s/kmemleak", where);
		look_file(feature, sight, path, "CONFIG_DEBUG_KMEMLEAK");
		if (feature->status == FEATURE_MISSING && built != OPTION_UNKNOWN)
			feature_cure(feature, "boot with kmemleak=on");
	}
}

void look_allocinfo(struct feature *feature, const struct sight *sight)
{
	char text[16];

	look_file(feature, sight, "/proc/allocinfo", "CONFIG_MEM_ALLOC_PROFILING");
	if (feature->status == FEATURE_MISSING) {
		if (sight_option_on(sight, "CONFIG_MEM_ALLOC_PROFILING"))
			feature_cure(feature, "boot with sysctl.vm.mem_profiling=1");
		return;
	}
	if (sight_read(sight, "/proc/sys/vm/mem_profiling", text, sizeof(text)) <= 0)
		return;
	feature_value(feature, text);
	if (text[0] != '0')
		return;
	feature_say(feature, FEATURE_MISSING, "built in and off: vm.mem_profiling = 0");
	feature_cure(feature, "sysctl vm.mem_profiling=1");
}

void look_slub_debug(struct feature *feature, const struct sight *sight)
{
	enum kernel_option built = sight_option(sight, "CONFIG_SLUB_DEBUG");

	if (built == OPTION_SET || sight_has(sight, "/sys/kernel/slab/kmalloc-64/sanity_checks") ||
	    sight_has(sight, "/proc/slabinfo")) {
		feature_say(feature, FEATURE_OK,
			    "built in; slab_debug=FZPU on the kernel's command "
			    "line turns it on (slub_debug= on older ones)");
	} else if (built == OPTION_UNKNOWN) {
		feature_say(feature, FEATURE_UNKNOWN, "no kernel config is readable");
	} else {
		feature_not_built(feature, sight, "/proc/slabinfo is absent", "CONFIG_SLUB_DEBUG");
	}
}

void look_config(struct feature *feature, const struct sight *sight)
{
	if (sight->config.text) {
		feature->status = FEATURE_OK;
		snprintf(feature->value, sizeof(feature->value), "%.120s", sight->config.source);
		return;
	}
	feature_say(feature, FEATURE_MISSING,
		    "neither /proc/config.gz nor /boot/config-RELEASE can be "
		    "read: some reasons here are less exact");
	feature_cure(feature, "a kernel with CONFIG_IKCONFIG_PROC=y, or its config in /boot");
}
